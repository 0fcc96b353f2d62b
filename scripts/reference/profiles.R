# Reference values for test/inference: likelihood profiles by lme4, whose searches end up to 0.02 standard errors from the constrained maxima, and
# limits found by root search on glmmTMB's profiles. Takes a quarter of an hour.
# Rscript scripts/reference/profiles.R data test/fixtures/inference
# R 4.2.2, lme4 1.1-31, glmmTMB 1.1.5, jsonlite.
suppressPackageStartupMessages(library(glmmTMB))
source("scripts/reference/inference-fits.R")

write(lapply(fits, function(fit) {
  pr <- profile(fit, signames = FALSE, devtol = 1e-6)
  list(ci95 = table(confint(pr, level = 0.95)), ci80 = table(confint(pr, level = 0.8)), ci99 = table(confint(pr, level = 0.99)),
       zeta = lapply(split(as.data.frame(pr), pr$.par), function(d) data.frame(value = diag(as.matrix(d[, as.character(d$.par)])), zeta = d$.zeta)))
}), "profiles")

roots <- list(
  cbpp = glmmTMB(cbind(incidence, size - incidence) ~ period + (1 | herd), cbpp, binomial),
  contraception = glmmTMB(use ~ age + I(age^2) + urban + livch + (1 | district), contraception, binomial))
write(lapply(roots, function(fit) table(confint(fit, method = "uniroot", level = 0.95, parm = "beta_"))), "profile-roots")
