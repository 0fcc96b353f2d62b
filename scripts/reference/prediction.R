# Predictions, residuals and conditional variances by lme4 at tight tolerances, on rows of the fit and on new rows.
# Rscript scripts/reference/prediction.R > test/fixtures/prediction/lme4.json   (from the repository root)
suppressMessages(library(lme4))
num <- function(x) paste0("[", paste(ifelse(is.na(x), "null", sprintf("%.15g", x)), collapse = ","), "]")
tight <- glmerControl(optimizer = "nloptwrap", optCtrl = list(xtol_abs = 1e-12, ftol_abs = 1e-14, maxeval = 1e5), tolPwrss = 1e-13)
tight_lmer <- lmerControl(optimizer = "nloptwrap", optCtrl = list(xtol_abs = 1e-12, ftol_abs = 1e-14, maxeval = 1e5))
cbpp <- read.csv("data/cbpp.csv"); cbpp$period <- factor(cbpp$period); cbpp$herd <- factor(cbpp$herd)
contra <- read.csv("data/contraception.csv")
for (v in c("urban", "livch", "district", "use")) contra[[v]] <- factor(contra[[v]])
sleep <- read.csv("data/sleepstudy.csv"); sleep$Subject <- factor(sleep$Subject)
epil <- read.csv("data/epil.csv")
ticks <- read.csv("test/fixtures/data/grouseticks.csv")
for (v in c("YEAR", "BROOD", "LOCATION")) ticks[[v]] <- factor(ticks[[v]])
penicillin <- read.csv("test/fixtures/data/penicillin.csv")
describe <- function(id, m, new, extra = "") {
  r <- ranef(m, condVar = TRUE)
  groups <- paste(sapply(names(r), function(g) {
    post <- attr(r[[g]], "postVar")
    sprintf('"%s":{"mode":%s,"sd":%s}', g, num(as.vector(t(as.matrix(r[[g]])))), num(as.vector(apply(post, 3, function(v) sqrt(diag(as.matrix(v)))))))
  }), collapse = ",")
  linear <- isLMM(m)
  types <- if (linear) c("response", "pearson") else c("response", "pearson", "deviance", "working")
  sprintf('{"id":"%s","fixef":%s,"theta":%s,"ranef":{%s},"residuals":{%s},"hat":%s,"fitted":%s,"population":%s,"newLink":%s,"newPopulation":%s}',
    id, num(fixef(m)), num(getME(m, "theta") * sigma(m)), groups,
    paste(sapply(types, function(t) sprintf('"%s":%s', t, num(residuals(m, type = t)))), collapse = ","),
    if (linear) num(hatvalues(m)) else "null",
    num(fitted(m)), num(predict(m, re.form = NA, type = "response")),
    num(predict(m, newdata = new, re.form = NULL, type = "link", allow.new.levels = TRUE)), num(predict(m, newdata = new, re.form = NA, type = "response")))
}
cases <- c(
  describe("cbpp", glmer(cbind(incidence, size - incidence) ~ period + (1 | herd), cbpp, binomial, control = tight),
    data.frame(period = factor(c(1, 4, 2), levels = 1:4), herd = factor(c(1, 15, 99)), incidence = 0, size = 1)),
  describe("epil", glmer(y ~ lbase + trt * V4 + (1 | subject), epil, poisson, control = tight),
    data.frame(lbase = c(-0.5, 0.3), trt = c("placebo", "progabide"), V4 = c(0, 1), subject = c(1, 30), y = 0)),
  describe("sleepstudy", lmer(Reaction ~ Days + (Days | Subject), sleep, REML = FALSE, control = tight_lmer),
    data.frame(Days = c(0, 5.5, 10), Subject = factor(c("308", "372", "none")), Reaction = 0)),
  describe("sleepstudy-reml", lmer(Reaction ~ poly(Days, 2) + (1 | Subject), sleep, control = tight_lmer),
    data.frame(Days = c(0, 5.5, 10), Subject = factor(c("308", "372", "none")), Reaction = 0)),
  describe("contraception", glmer(use ~ age + I(age^2) + urban + livch + (1 | district), contra, binomial, control = tight),
    data.frame(age = c(-5, 0, 7.5), urban = c("N", "Y", "Y"), livch = c("0", "3+", "1"), district = c("1", "61", "99"), use = "N")),
  describe("grouseticks", glmer(TICKS ~ YEAR + cHEIGHT + (1 | BROOD) + (1 | LOCATION), ticks, poisson, control = tight),
    data.frame(YEAR = c("95", "97"), cHEIGHT = c(-20, 35), BROOD = c("501", "new"), LOCATION = c("32", "14"), TICKS = 0)),
  describe("penicillin", lmer(diameter ~ 1 + (1 | plate) + (1 | sample), penicillin, control = tight_lmer),
    data.frame(plate = c("a", "zz"), sample = c("F", "B"), diameter = 0)))
cat("[\n", paste(cases, collapse = ",\n"), "\n]\n", sep = "")
