# Leverages by lme4 at tight tolerances. hatvalues() of a glmer fit weighs rows by the prior weights (trials), not by those of the weighted least squares:
# `working` multiplies by the ratio of the two, so that the sum is the trace of the hat matrix of the last least squares.
# Rscript scripts/reference/leverage.R > test/fixtures/prediction/leverage.json   (from the repository root)
suppressMessages(library(lme4))
num <- function(x) paste0("[", paste(sprintf("%.12g", x), collapse = ","), "]")
cbpp <- read.csv("data/cbpp.csv"); cbpp$period <- factor(cbpp$period); cbpp$herd <- factor(cbpp$herd)
sleep <- read.csv("data/sleepstudy.csv"); sleep$Subject <- factor(sleep$Subject)
glm <- glmer(cbind(incidence, size - incidence) ~ period + (1 | herd), cbpp, binomial, control = glmerControl(
  optimizer = "nloptwrap", optCtrl = list(xtol_abs = 1e-12, ftol_abs = 1e-14, maxeval = 1e5), tolPwrss = 1e-13))
lmm <- lmer(Reaction ~ Days + (Days | Subject), sleep, control = lmerControl(optCtrl = list(xtol_abs = 1e-12, ftol_abs = 1e-14, maxeval = 1e5)))
own <- suppressWarnings(hatvalues(glm))
cat(sprintf('{\n"cbpp":{"hatvalues":%s,"working":%s},\n"sleepstudy":{"hatvalues":%s}\n}\n',
  num(own), num(own * weights(glm, type = "working") / weights(glm, type = "prior")), num(hatvalues(lmm))))
