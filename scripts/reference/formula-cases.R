# Known answers for the formula side: column names, model matrices, grouping factors, responses, offsets and dropped rows as lme4 and R's
# model.matrix make them. Run from the repository root: Rscript scripts/reference/formula-cases.R
# Writes test/fixtures/formula/cases.json.
suppressPackageStartupMessages({ library(lme4); library(jsonlite) })
# The order of string levels must not depend on the locale of the machine.
icuSetCollate(locale = "en")

data_dir <- "test/fixtures/formula/data"
read <- function(name) read.csv(file.path(data_dir, paste0(name, ".csv")), na.strings = c("NA", ""), stringsAsFactors = FALSE)

# Values knocked out by rule, so that the test can knock out the same ones.
holes <- function(d, columns, step) {
  for (j in seq_along(columns)) d[[columns[j]]][seq(j, nrow(d), by = step)] <- NA
  d
}

cases <- list(
  list(data = "cbpp", formula = "cbind(incidence, size - incidence) ~ period + (1 | herd)", types = list(period = "factor")),
  list(data = "cbpp", formula = "cbind(incidence, size - incidence) ~ period + (1 | herd)"),
  list(data = "cbpp", formula = "cbind(incidence, size - incidence) ~ factor(period) + (1 | herd)"),
  list(data = "cbpp", formula = "cbind(incidence, size - incidence) ~ 0 + period + (1 | herd)", types = list(period = "factor")),
  list(data = "cbpp", formula = "cbind(incidence, size - incidence) ~ period - 1 + (1 | herd)", types = list(period = "factor")),
  list(data = "cbpp", formula = "cbind(incidence, size - incidence) ~ period + (1 | herd)", types = list(period = "factor"), contrasts = list(period = "sum")),
  list(data = "cbpp", formula = "cbind(incidence, size - incidence) ~ period + (1 | herd)", types = list(period = "factor"), contrasts = list(period = "helmert")),
  list(data = "cbpp", formula = "cbind(incidence, size - incidence) ~ period + (1 | herd)", types = list(period = "factor"), contrasts = list(period = "poly")),
  list(data = "cbpp", formula = "cbind(incidence, size - incidence) ~ period + (1 | herd)", types = list(period = "ordered")),
  list(data = "cbpp", formula = "cbind(incidence, size - incidence) ~ period + (1 | herd)", types = list(period = "ordered"), contrasts = list(period = "treatment")),
  list(data = "cbpp", formula = "cbind(incidence, size - incidence) ~ period + (1 | herd)", levels = list(period = c("3", "1", "4", "2"))),
  list(data = "cbpp", formula = "prop ~ period + (1 | herd)", types = list(period = "factor"), weights = "size"),
  list(data = "cbpp", formula = "cbind(incidence, size - incidence) ~ period * log(size) + (1 | herd)", types = list(period = "factor")),
  list(data = "cbpp", formula = "cbind(incidence, size - incidence) ~ log(size):period + (1 | herd)", types = list(period = "factor")),
  list(data = "cbpp", formula = "cbind(incidence, size - incidence) ~ period + (1 | herd) + (1 | obs)", types = list(period = "factor")),
  list(data = "cbpp", formula = "cbind(incidence, size - incidence) ~ period + (period | herd)", types = list(period = "factor")),
  list(data = "cbpp", formula = "cbind(incidence, size - incidence) ~ period + (0 + period | herd)", types = list(period = "factor")),
  list(data = "cbpp", formula = "cbind(incidence, size - incidence) ~ period + (period | herd)", types = list(period = "factor"), contrasts = list(period = "sum")),
  list(data = "cbpp", formula = "cbind(incidence, size - incidence) ~ period + I(period == 2) + (1 | herd)", types = list(period = "factor")),
  list(data = "cbpp", formula = "cbind(incidence, size - incidence) ~ I(period > 2) * scale(size) + (1 | herd)"),
  list(data = "cbpp", formula = "cbind(incidence, size - incidence) ~ poly(size, 3) + (1 | herd)"),
  list(data = "cbpp", formula = "cbind(incidence, size - incidence) ~ poly(size, 2, raw = TRUE) + poly(period, 1) + (1 | herd)"),
  list(data = "cbpp", formula = "cbind(incidence, size - incidence) ~ period + (1 | herd)", types = list(period = "factor"), subset = "period != 4 & size > 3"),
  list(data = "cbpp", formula = "cbind(incidence, size - incidence) ~ poly(size, 2) + (1 | herd)", subset = "herd %in% c(1, 2, 3, 7)"),
  list(data = "cbpp", formula = "incidence ~ period + offset(log(size)) + (1 | herd)", types = list(period = "factor"), family = "poisson"),
  list(data = "cbpp", formula = "incidence ~ offset(log(size)) + period + offset(size / 100) + (1 | herd)", types = list(period = "factor"), family = "poisson"),
  list(data = "contraception", formula = "use ~ age + I(age^2) + urban + livch + (1 | district)"),
  list(data = "contraception", formula = "use ~ age + I(age^2) + urban + livch + (urban | district)"),
  list(data = "contraception", formula = "use ~ age * urban + livch + (age || district)"),
  list(data = "contraception", formula = "use ~ age + (urban + age || district)"),
  list(data = "contraception", formula = "use ~ age + (age * urban || district)"),
  list(data = "contraception", formula = "use ~ livch + (1 | district:urban)"),
  list(data = "contraception", formula = "use ~ livch + (1 | urban/district)"),
  list(data = "contraception", formula = "use ~ livch + (0 + age | urban/district) + (1 | livch)"),
  list(data = "contraception", formula = "use ~ (age + urban + livch)^2 + (1 | district)"),
  list(data = "contraception", formula = "use ~ (age + urban + livch)^3 - age:urban:livch + (1 | district)"),
  list(data = "contraception", formula = "use ~ urban/livch + (1 | district)"),
  list(data = "contraception", formula = "use ~ urban/age + (1 | district)"),
  list(data = "contraception", formula = "use ~ livch %in% urban + (1 | district)"),
  list(data = "contraception", formula = "use ~ urban:livch + (1 | district)"),
  list(data = "contraception", formula = "use ~ 0 + urban:livch + (1 | district)"),
  list(data = "contraception", formula = "use ~ livch + urban:livch + (1 | district)"),
  list(data = "contraception", formula = "use ~ livch:age + urban:livch:age + (1 | district)"),
  list(data = "contraception", formula = "use ~ urban + urb + age + (1 | district)"),
  list(data = "contraception", formula = "use ~ urb + urban * livch + I(2 * age) + age + (1 | district)"),
  list(data = "contraception", formula = "use ~ livch * urban + (1 | district)", contrasts = list(livch = "helmert", urban = "sum")),
  list(data = "contraception", formula = "use ~ 0 + livch * urban + (1 | district)", contrasts = list(livch = "sum")),
  list(data = "contraception", formula = "use ~ I(livch == \"0\") + pmin(age, 5) + ifelse(age > 0, age, 0) + (1 | district)"),
  list(data = "contraception", formula = "use ~ as.numeric(factor(livch)) + sqrt(abs(age)) + exp(age / 10) + log2(age + 20) + (1 | district)"),
  list(data = "contraception", formula = "y ~ relevel(factor(livch), ref = \"3+\") + (1 | district)"),
  list(data = "contraception", formula = "y ~ ordered(livch, levels = c(\"0\", \"1\", \"2\", \"3+\")) + (1 | district)"),
  list(data = "contraception", formula = "use ~ I(age > 0 & urban == \"Y\") + I(-age) + I((age - 3) / 10) + (1 | district)"),
  list(data = "contraception", formula = "use ~ age + livch + (1 | district)", holes = list(columns = c("age", "livch", "district"), step = 50)),
  list(data = "contraception", formula = "use ~ scale(age) + livch + (scale(age) | district)", holes = list(columns = c("age", "urban", "use"), step = 40), subset = "livch != \"2\""),
  list(data = "epil", formula = "y ~ lbase * trt + lage + V4 + (1 | subject)", family = "poisson"),
  list(data = "epil", formula = "y ~ lbase * trt + lage + Visit + (Visit | subject)", family = "poisson", weights = "wt"),
  list(data = "epil", formula = "y ~ scale(age, scale = FALSE) + scale(base, center = FALSE) + factor(period) + (1 | subject)", family = "poisson"),
  list(data = "epil", formula = "y ~ trt + (1 | subject) + (0 + Visit | subject)", family = "poisson"),
  list(data = "epil", formula = "y ~ .^2 + (1 | subject)", rformula = "y ~ (trt + age + V4)^2 + (1 | subject)", family = "poisson", keep = c("y", "trt", "age", "V4", "subject")),
  list(data = "epil", formula = "y ~ . - age + (1 | subject)", rformula = "y ~ trt + V4 + (1 | subject)", family = "poisson", keep = c("y", "trt", "age", "V4", "subject")),
  list(data = "cake", formula = "angle ~ recipe * temperature + (1 | recipe:replicate)", types = list(temperature = "ordered"), family = "poisson"),
  list(data = "cake", formula = "angle ~ recipe / temp + (1 | replicate/recipe/temperature)", types = list(temperature = "factor"), family = "poisson"),
  list(data = "cake", formula = "angle ~ recipe + temp + recipe:temp + (temp | replicate)", family = "poisson"),
  list(data = "cake", formula = "angle ~ temperature:recipe + (recipe || replicate)", types = list(temperature = "factor"), family = "poisson"),
  list(data = "verbagg79", formula = "r2 ~ (Anger + Gender + btype + situ)^2 + (1 | id) + (1 | item)"),
  list(data = "verbagg79", formula = "r2 ~ Anger + btype * mode * situ + (0 + btype | id) + (mode | item)"),
  list(data = "verbagg79", formula = "r2 ~ item + btype + mode + Gender + (1 | id)"),
  list(data = "verbagg79", formula = "r2 ~ btype * situ + (1 | id)", levels = list(btype = c("scold", "shout", "curse"), r2 = c("N", "Y"))),
  list(data = "toenail", formula = "y ~ treatment * visit + (1 | patientID)"),
  list(data = "toenail", formula = "y ~ treatment * factor(visit) + (time | patientID)", holes = list(columns = c("treatment", "time"), step = 17)),
  list(data = "toenail", formula = "outcome ~ treatment:time + (1 + time + I(time^2) | patientID)", subset = "visit <= 5 | treatment == \"itraconazole\""),
  list(data = "toenail", formula = "y ~ poly(time, 2) * treatment + log1p(visit) + log(visit, base = 3) + (poly(time, 1) | patientID)"),
  list(data = "toenail", formula = "y ~ I(visit %% 2 == 0) + I(visit %/% 2) + I(visit / 1e5) + I(time * 0.25) + (1 | patientID)")
)

number <- function(x) if (length(x) == 0) list() else as.numeric(x)

sums <- function(m) {
  n <- nrow(m)
  lapply(seq_len(ncol(m)), function(j) list(sum = sum(m[, j]), squares = sum(m[, j]^2), ramp = sum(m[, j] * seq_len(n)) / n))
}

run <- function(case) {
  d <- read(case$data)
  if (!is.null(case$keep)) d <- d[case$keep]
  if (!is.null(case$holes)) d <- holes(d, case$holes$columns, case$holes$step)
  for (name in names(case$types)) {
    d[[name]] <- switch(case$types[[name]], factor = factor(d[[name]]), ordered = ordered(d[[name]]), stop("type"))
  }
  for (name in names(case$levels)) d[[name]] <- factor(d[[name]], levels = case$levels[[name]])
  family <- if (is.null(case$family)) "binomial" else case$family
  text <- if (is.null(case$rformula)) case$formula else case$rformula
  contr <- if (is.null(case$contrasts)) NULL else lapply(case$contrasts, function(name) paste0("contr.", name))
  call <- list(quote(lme4::glFormula), formula = as.formula(text), data = quote(d), family = family, contrasts = contr,
    control = quote(glmerControl(check.nobs.vs.nRE = "ignore", check.scaleX = "ignore")))
  if (!is.null(case$subset)) call$subset <- parse(text = case$subset)[[1]]
  if (!is.null(case$weights)) call$weights <- as.name(case$weights)
  g <- suppressMessages(suppressWarnings(eval(as.call(call))))
  x <- g$X
  n <- nrow(x)
  y <- model.response(g$fr)
  if (is.factor(y)) y <- as.numeric(y != levels(y)[1])
  if (is.character(y)) y <- as.numeric(y != levels(factor(y))[1])
  y <- as.matrix(y) * 1
  weights <- model.weights(g$fr)
  # `model.offset` adds the offsets up.
  offset <- model.offset(g$fr)
  re <- g$reTrms
  terms <- lapply(seq_along(re$cnms), function(j) {
    names <- re$cnms[[j]]
    q <- length(names)
    f <- re$flist[[attr(re$flist, "assign")[j]]]
    z <- sapply(seq_len(q), function(k) re$Ztlist[[j]][cbind((as.integer(f) - 1) * q + k, seq_len(n))])
    list(group = names(re$flist)[attr(re$flist, "assign")[j]], names = I(names), nlevels = nlevels(f),
      firstLevels = I(head(levels(f), 5)), lastLevels = I(tail(levels(f), 3)), indexSum = sum((as.integer(f) - 1) * seq_len(n)) / n,
      columns = sums(matrix(z, n)))
  })
  dropped <- attr(x, "col.dropped")
  c(case, list(
    nobs = n,
    columns = I(colnames(x)),
    dropped = I(if (is.null(dropped)) character(0) else names(dropped)),
    first = I(number(x[1, ])), last = I(number(x[n, ])), sums = I(sums(x)),
    response = sums(y), weightSum = if (is.null(weights)) NULL else sum(weights),
    offset = if (is.null(offset)) NULL else sums(matrix(offset, n))[[1]],
    rowsUsed = sum(as.numeric(rownames(g$fr))), random = terms
  ))
}

out <- lapply(cases, function(case) {
  tryCatch(run(case), error = function(e) stop(case$formula, ": ", conditionMessage(e)))
})
write(toJSON(list(r = R.version.string, lme4 = as.character(packageVersion("lme4")), cases = out), auto_unbox = TRUE, digits = 17, null = "null", na = "null"),
  "test/fixtures/formula/cases.json")
