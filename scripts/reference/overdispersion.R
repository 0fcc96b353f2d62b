# Overdispersion by Pearson residuals and residual degrees of freedom, as performance tests it.
# Rscript scripts/reference/overdispersion.R   (from the repository root; writes test/fixtures/diagnostics/overdispersion.json)
# R 4.2.2, lme4 1.1-31, glmmTMB 1.1.5, performance 0.10.2.
source("scripts/reference/small-sets.R")
suppressPackageStartupMessages(library(performance))
describe <- function(id, data, formula, m) {
  test <- check_overdispersion(m)
  list(id = id, data = data, formula = formula, family = family(m)$family, ratio = test$dispersion_ratio, p = test$p_value)
}
tmb <- function(formula, frame, family) glmmTMB(as.formula(formula), frame, family, control = tight_tmb)
counts <- "y ~ trt + lbase + V4 + (1 | subject)"
small <- "cbind(pmin(y, 20), 20 - pmin(y, 20)) ~ trt + lbase + (1 | subject)"
calls <- "SiblingNegotiation ~ FoodTreatment * SexParent + offset(log(BroodSize)) + (1 | Nest)"
write_reference(list(
  describe("counts", "epil", counts, glmer(as.formula(counts), epil, poisson, control = tight)),
  describe("proportions", "epil", small, glmer(as.formula(small), epil, binomial, control = tight)),
  describe("many zeros", "owls", calls, tmb(calls, owls, poisson())),
  describe("negative binomial", "owls", calls, tmb(calls, owls, nbinom2()))),
  "test/fixtures/diagnostics/overdispersion.json")
