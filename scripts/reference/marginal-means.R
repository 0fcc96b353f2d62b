# Estimated marginal means and their differences by emmeans: interactions, covariates elsewhere, offsets, weights, degrees of freedom, excess zeros, truncation.
# Rscript scripts/reference/marginal-means.R   (from the repository root; writes test/fixtures/inference/marginal-means.json)
# R 4.2.2, lme4 1.1-31, glmmTMB 1.1.5, emmeans 1.8.4-1.
source("scripts/reference/small-sets.R")
suppressPackageStartupMessages(library(emmeans))
emm_options(lmer.df = "asymptotic", msg.interaction = FALSE)
columns <- function(x) {
  x <- as.data.frame(summary(x, infer = TRUE))
  at <- match("SE", names(x))
  limits <- x[grep("LCL|lower.CL|UCL|upper.CL", names(x))]
  lapply(list(value = x[[at - 1]], se = x$SE, low = limits[[1]], high = limits[[2]], p = x$p.value), I)
}
describe <- function(id, data, formula, m, specs, adjust = NULL, method = "pairwise", df = NULL, options = list(), ...) {
  means <- emmeans(m, specs, df = if (is.null(df)) Inf else df, ...)
  list(id = id, data = data, formula = formula, options = options, specs = I(specs), at = list(...)$at, df = if (is.null(df)) "none" else "residual",
    link = columns(means), response = columns(update(means, type = "response", infer = TRUE)), method = method,
    differences = lapply(setNames(nm = adjust), function(a) columns(contrast(means, method, adjust = a))))
}
all <- c("none", "tukey", "bonferroni", "holm", "sidak")
bug <- "y ~ trt * week + (1 | ID)"; plot <- "yield ~ nitro * Variety + (1 | Block/Variety)"
owl <- "SiblingNegotiation ~ FoodTreatment * SexParent + offset(log(BroodSize)) + (1 | Nest)"
growth <- "distance ~ age * Sex + (1 | Subject)"
tmb <- function(formula, frame, family, ...) glmmTMB(as.formula(formula), frame, family, ..., control = tight_tmb)
linear <- function(formula, frame) lmer(as.formula(formula), frame, control = tight_lmer)
heavy <- lmer(as.formula(growth), orthodont, weights = age, control = tight_lmer)
# The mean of the offsets, as emmeans takes it for models of lme4 (for those of glmmTMB it evaluates log(BroodSize) at the mean).
exposure <- mean(log(owls$BroodSize))
few <- subset(owls, SiblingNegotiation > 0)
write_reference(list(
  describe("interaction with a covariate", "bacteria", bug, tmb(bug, bacteria, binomial()), "trt", all, at = list(week = 5), options = list(family = "binomial")),
  describe("treatments against a control", "bacteria", bug, tmb(bug, bacteria, binomial()), "trt", c("none", "bonferroni", "holm", "sidak"), "trt.vs.ctrl", options = list(family = "binomial")),
  describe("nested factors", "oats", plot, linear(plot, oats), "Variety", all, at = list(nitro = 0.3), options = list(family = "gaussian")),
  describe("degrees of freedom", "ergostool", "effort ~ Type + (1 | Subject)", linear("effort ~ Type + (1 | Subject)", ergostool), "Type", all, df = 32, options = list(family = "gaussian")),
  describe("weights", "orthodont", growth, heavy, "Sex", "none", options = list(family = "gaussian", weights = "age")),
  describe("excess zeros and an offset", "owls", owl, tmb(owl, owls, nbinom2(), ziformula = ~FoodTreatment), c("FoodTreatment", "SexParent"), all, offset = exposure, options = list(family = "nbinom2", ziformula = "~ FoodTreatment")),
  describe("truncation", "owls", owl, tmb(owl, few, truncated_nbinom2()), "FoodTreatment", "none", offset = mean(log(few$BroodSize)), options = list(family = "truncated_nbinom2", subset = "SiblingNegotiation > 0")),
  describe("falling link", "orthodont", "distance ~ age + Sex + (1 | Subject)", tmb("distance ~ age + Sex + (1 | Subject)", orthodont, Gamma("inverse")), "Sex", "none", options = list(family = "Gamma", link = "inverse")),
  describe("square root", "epil", "y ~ lbase + trt + (1 | subject)", glmer(y ~ lbase + trt + (1 | subject), epil, poisson("sqrt"), control = tight), "trt", "none", options = list(family = "poisson", link = "sqrt", information = "expected", standardErrors = "wls"))),
  "test/fixtures/inference/marginal-means.json")
