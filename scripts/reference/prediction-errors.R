# Standard errors of predictions at the conditional modes by glmmTMB: the uncertainty of all parameters and of the random effects together.
# Rscript scripts/reference/prediction-errors.R   (from the repository root; writes test/fixtures/prediction/prediction-errors.json)
# R 4.2.2, glmmTMB 1.1.5.
source("scripts/reference/small-sets.R")
describe <- function(id, data, formula, family, options = list(), ...) {
  m <- glmmTMB(as.formula(formula), get(data), family, ..., control = tight_tmb)
  rows <- seq(1, nobs(m), by = 7)
  link <- predict(m, type = "link", se.fit = TRUE); mean <- predict(m, type = "response", se.fit = TRUE)
  list(id = id, data = data, formula = formula, options = options, rows = rows,
    link = link$fit[rows], link_se = link$se.fit[rows], mean = mean$fit[rows], mean_se = mean$se.fit[rows])
}
owl <- "SiblingNegotiation ~ FoodTreatment * SexParent + offset(log(BroodSize)) + (1 | Nest)"
write_reference(list(
  describe("binary", "bacteria", "y ~ trt + week + (1 | ID)", binomial(), list(family = "binomial")),
  describe("nested", "oats", "yield ~ nitro + Variety + (1 | Block/Variety)", gaussian(), list(family = "gaussian"), REML = TRUE),
  describe("slopes", "orthodont", "distance ~ age * Sex + (age | Subject)", gaussian(), list(family = "gaussian", REML = FALSE)),
  describe("slopes of counts", "epil", "y ~ trt + lbase + V4 + (V4 | subject)", poisson(), list(family = "poisson")),
  describe("compound symmetry", "machines", "score ~ Machine + cs(0 + Machine | Worker)", gaussian(), list(family = "gaussian", REML = FALSE)),
  describe("negative binomial", "owls", owl, nbinom2(), list(family = "nbinom2")),
  describe("excess zeros", "owls", owl, nbinom2(), list(family = "nbinom2", ziformula = "~ FoodTreatment"), ziformula = ~FoodTreatment),
  describe("excess zeros with random effects", "owls", owl, poisson(), list(family = "poisson", ziformula = "~ 1 + (1 | Nest)"), ziformula = ~1 + (1 | Nest))),
  "test/fixtures/prediction/prediction-errors.json")
