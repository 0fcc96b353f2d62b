# Printed summaries of lme4 with the numbers behind them: what formatSummary() must reproduce.
# Usage: Rscript scripts/reference/print-summary.R > test/fixtures/report/summaries.json
suppressMessages({ library(lme4); library(jsonlite) })
invisible(Sys.setlocale("LC_ALL", "C.UTF-8"))
contraception <- read.csv("data/contraception.csv", stringsAsFactors = TRUE)
epil <- read.csv("data/epil.csv", stringsAsFactors = TRUE)
toenail <- read.csv("data/toenail.csv", stringsAsFactors = TRUE)
cbpp <- read.csv("data/cbpp.csv"); cbpp$period <- factor(cbpp$period); cbpp$herd <- factor(cbpp$herd)

describe <- function(fit, data) {
  s <- summary(fit)
  p <- length(fixef(fit))
  coefficients <- unname(coef(s))
  printed <- capture.output(print(s))
  # lme4 splits `||` into terms of one column each.
  random <- lapply(names(VarCorr(fit)), function(name) {
    v <- VarCorr(fit)[[name]]
    list(group = sub("\\.\\d+$", "", name), terms = I(colnames(v)), sd = I(unname(attr(v, "stddev"))), correlation = unname(unclass(cov2cor(v + 0)))) })
  list(
    data = data, printed = printed, residuals = unname(s$residuals),
    fit = list(
      formula = paste(deparse(formula(fit), width.cutoff = 500), collapse = " "),
      family = family(fit)$family, link = family(fit)$link,
      method = if (getME(fit, "devcomp")$dims[["nAGQ"]] == 1) "laplace" else "agq", nAGQ = getME(fit, "devcomp")$dims[["nAGQ"]],
      nobs = nobs(fit), groups = as.list(s$ngrps), 
      fixed = lapply(seq_len(p), function(i) list(term = names(fixef(fit))[i], estimate = coefficients[i, 1], std_error = coefficients[i, 2],
        statistic = coefficients[i, 3], p_value = coefficients[i, 4], conf_low = NA, conf_high = NA)),
      vcov = unname(as.matrix(vcov(fit))), random = random, dispersion = NA,
      logLik = as.numeric(logLik(fit)), AIC = AIC(fit), BIC = BIC(fit), deviance = deviance(fit), df = attr(logLik(fit), "df"),
      status = "converged", warnings = list()))
}

quiet <- function(call) suppressWarnings(suppressMessages(call))
fits <- list(
  cbpp = describe(quiet(glmer(cbind(incidence, size - incidence) ~ period + (1 | herd), cbpp, binomial)), "cbpp"),
  cbpp9 = describe(quiet(glmer(cbind(incidence, size - incidence) ~ period + (1 | herd), cbpp, binomial, nAGQ = 9)), "cbpp"),
  null = describe(quiet(glmer(cbind(incidence, size - incidence) ~ 1 + (1 | herd), cbpp, binomial)), "cbpp"),
  slope = describe(quiet(glmer(use ~ age + I(age^2) + urban + livch + (1 + urban | district), contraception, binomial)), "contraception"),
  diagonal = describe(quiet(glmer(use ~ age + I(age^2) + urban + livch + (1 | district) + (0 + age | district), contraception, binomial)), "contraception"),
  many = describe(quiet(glmer(use ~ age * urban * livch + I(age^2) + (1 | district), contraception, binomial)), "contraception"),
  probit = describe(quiet(glmer(use ~ age + urban + (1 | district), contraception, binomial("probit"))), "contraception"),
  poisson = describe(quiet(glmer(y ~ lbase * trt + lage + V4 + (Visit | subject), epil, poisson)), "epil"),
  toenail = describe(quiet(glmer(y ~ treatment * visit + (1 | patientID), toenail, binomial, nAGQ = 9)), "toenail"))

# Columns of numbers as format() and format.pval() print them.
columns <- list(c(0.2294779, 0.0003628), 0, c(0, 0.5), 1234567.891, c(1e-10, 1), c(1e5, 1e-5), 123456, 99999.6, c(9.9996, 0.1), 1.234e-5,
  c(-1.5, 2.25), c(1e-300, 1e300), c(0.1, 100, -1e-4), c(1, 10, 100), c(-0.00001, 123.456), c(5e-324, 1))
set.seed(1)
for (i in 1:60) columns[[length(columns) + 1]] <- signif(rnorm(sample(4, 1)) * 10^sample(-6:7, 1), sample(8, 1))
formats <- lapply(columns, function(x) list(x = I(x), digits3 = I(trimws(format(x, digits = 3))), digits4 = I(trimws(format(x, digits = 4)))))
pvalues <- list(c(1e-20, .04), c(1e-20, .044444), c(1e-20, 1e-30), c(1e-20, 1.234e-9, .0123), c(.2, .3, 1), c(.001068, .000474), c(0, 1))
pformats <- lapply(pvalues, function(x) list(x = I(x), text = I(trimws(format.pval(x, digits = 3)))))
names6 <- list(c("(Intercept)", "period2", "period3", "period4"), c("age", "I(age^2)", "urbanY", "livch3+"),
  c("age:urbanY:livch1", "treatmentterbinafine:visit", "temperature", "ABCDEFGHIJKLMN", "my var with spaces"))
short <- lapply(names6, function(x) list(x = I(x), six = I(unname(abbreviate(x, 6))), eleven = I(unname(abbreviate(x, 11)))))

cat(toJSON(list(version = as.character(packageVersion("lme4")), fits = fits, formats = formats, pvalues = pformats, abbreviations = short),
  digits = NA, auto_unbox = TRUE, na = "null", null = "null"), "\n")
