# Nakagawa's R² and intra-class correlations by insight and performance.
# Rscript scripts/reference/variance-explained.R   (from the repository root; writes test/fixtures/prediction/variance-explained.json)
# R 4.2.2, lme4 1.1-31, glmmTMB 1.1.5, insight 0.19.0, performance 0.10.2.
source("scripts/reference/small-sets.R")
suppressPackageStartupMessages({library(insight); library(performance)})
# insight takes the distribution's variance of log links at exp(intercept of the null model); `lambda` is the mean over the rows with new random effects
# averaged over, exp(Xβ + offset + z'Σz/2), and `latent` is the same formula at that mean. Of negative binomial models insight 0.19.0 finds no such variance (0).
describe <- function(id, data, formula, m, family, link) {
  v <- suppressWarnings(get_variance(m, tolerance = 1e-12))
  tmb <- inherits(m, "glmmTMB")
  vc <- if (tmb) VarCorr(m)$cond else VarCorr(m)
  frame <- model.frame(m)
  lambda <- latent <- NULL
  if (link == "log") {
    spread <- Reduce(`+`, lapply(seq_along(vc), function(t) {
      Z <- model.matrix(formula(paste("~", paste(c("1", setdiff(colnames(vc[[t]]), "(Intercept)")), collapse = "+"))), frame)
      rowSums((Z %*% vc[[t]]) * Z)
    }))
    X <- if (tmb) getME(m, "X") else model.matrix(m)
    beta <- if (tmb) fixef(m)$cond else fixef(m)
    offset <- model.offset(frame)
    lambda <- mean(exp(drop(X %*% beta) + (if (is.null(offset)) 0 else offset) + spread / 2))
    latent <- switch(family, poisson = log1p(1 / lambda), nbinom2 = log1p(1 / lambda + 1 / sigma(m)), nbinom1 = log1p((1 + sigma(m)) / lambda), Gamma = log1p(sigma(m)^2))
  }
  r2 <- suppressWarnings(r2_nakagawa(m, tolerance = 1e-12)); rho <- suppressWarnings(icc(m, tolerance = 1e-12))
  c(list(id = id, data = data, formula = formula, family = family, link = link),
    list(fixed = v$var.fixed, random = v$var.random, distribution = v$var.distribution, dispersion = v$var.dispersion, lambda = lambda, latent = latent),
    if (is.null(latent) && !is.null(v$var.random)) list(r2 = unname(c(r2$R2_marginal, r2$R2_conditional)), icc = c(rho$ICC_adjusted, rho$ICC_unadjusted)))
}
bin <- function(link) describe(paste("bacteria", link), "bacteria", "y ~ trt + week + (1 | ID)",
  glmer(y ~ trt + week + (1 | ID), bacteria, binomial(link), control = tight), "binomial", link)
tmb <- function(id, data, formula, frame, family) {
  m <- glmmTMB(as.formula(formula), frame, family = family, control = tight_tmb)
  describe(id, data, formula, m, family$family, family$link)
}
lmm <- function(id, data, formula, frame) describe(id, data, formula, lmer(as.formula(formula), frame, control = tight_lmer), "gaussian", "identity")
glm <- function(id, data, formula, frame, family) describe(id, data, formula, glmer(as.formula(formula), frame, family, control = tight), family$family, family$link)
cases <- list(
  bin("logit"), bin("probit"), bin("cloglog"),
  lmm("slopes", "orthodont", "distance ~ age * Sex + (age | Subject)", orthodont),
  lmm("nested", "oats", "yield ~ nitro + Variety + (1 | Block/Variety)", oats),
  lmm("slopes of a factor", "machines", "score ~ Machine + (Machine | Worker)", machines),
  lmm("no fixed effects", "dyestuff2", "Yield ~ 1 + (1 | Batch)", dyestuff2),
  glm("counts", "epil", "y ~ trt + lbase + V4 + (V4 | subject)", epil, poisson()),
  glm("counts with an effect per row", "epil", "y ~ trt + lbase + (1 | subject) + (1 | row)", epil, poisson()),
  glm("square roots of counts", "epil", "y ~ trt + lbase + (1 | subject)", epil, poisson("sqrt")),
  tmb("negative binomial with an offset", "owls", "SiblingNegotiation ~ FoodTreatment * SexParent + offset(log(BroodSize)) + (1 | Nest)", owls, nbinom2()),
  tmb("linear variance", "owls", "SiblingNegotiation ~ FoodTreatment + (1 | Nest)", owls, nbinom1()),
  tmb("gamma", "orthodont", "distance ~ age + Sex + (1 | Subject)", orthodont, Gamma("log")))
write_reference(cases, "test/fixtures/prediction/variance-explained.json")
