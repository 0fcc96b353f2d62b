# Wald tests of terms by car, and cluster-robust covariances: clubSandwich for linear models, scores of clusters by TMB's automatic differentiation for others.
# Rscript scripts/reference/term-tests.R   (from the repository root; writes test/fixtures/inference/term-tests.json)
# R 4.2.2, lme4 1.1-31, glmmTMB 1.1.5, car 3.1-1, clubSandwich 0.5.8.
source("scripts/reference/small-sets.R")
suppressPackageStartupMessages({library(car); library(clubSandwich)})
tests <- function(m) { a <- Anova(m, type = 3); list(term = rownames(a), chisq = a$Chisq, df = a$Df, p = a[["Pr(>Chisq)"]]) }
summed <- function(frame, ...) { for (f in c(...)) contrasts(frame[[f]]) <- contr.sum(nlevels(frame[[f]])); frame }
# A cluster's score: the gradient of the Laplace approximation with all other rows at weight zero.
tmb_sandwich <- function(formula, frame, family, cluster) {
  fit <- function(weights) glmmTMB(formula, cbind(frame, w = weights), family, weights = w, doFit = FALSE)
  whole <- fitTMB(fit(1))
  par <- whole$fit$par
  scores <- sapply(levels(cluster), function(level) {
    part <- fit(as.numeric(cluster == level))
    -drop(with(part, TMB::MakeADFun(data.tmb, parameters, map = mapArg, random = "b", DLL = "glmmTMB", silent = TRUE))$gr(par))
  })
  bread <- whole$sdr$cov.fixed
  fixed <- names(par) == "beta"
  (bread %*% tcrossprod(scores) %*% bread)[fixed, fixed]
}
slopes <- lmer(distance ~ age * Sex + (age | Subject), orthodont, control = tight_lmer)
nested <- lmer(yield ~ nitro * Variety + (1 | Block/Variety), oats, control = tight_lmer)
worker <- lmer(score ~ Machine + (Machine | Worker), machines, control = tight_lmer)
owl <- SiblingNegotiation ~ FoodTreatment * SexParent + offset(log(BroodSize)) + (1 | Nest)
bug <- y ~ trt * week + (1 | ID)
robust <- function(m, cluster) list(CR0 = as.matrix(vcovCR(m, cluster, type = "CR0")), CR1 = as.matrix(vcovCR(m, cluster, type = "CR1")))
write_reference(list(
  terms = list(
    orthodont = list(treatment = tests(slopes), sum = tests(update(slopes, data = summed(orthodont, "Sex")))),
    oats = list(treatment = tests(nested), sum = tests(update(nested, data = summed(oats, "Variety")))),
    bacteria = list(treatment = tests(glmmTMB(bug, bacteria, binomial, control = tight_tmb)), sum = tests(glmmTMB(bug, summed(bacteria, "trt"), binomial, control = tight_tmb))),
    owls = list(treatment = tests(glmmTMB(owl, owls, nbinom2, control = tight_tmb)), sum = tests(glmmTMB(owl, summed(owls, "FoodTreatment", "SexParent"), nbinom2, control = tight_tmb)))),
  robust = list(orthodont = robust(slopes, orthodont$Subject), oats = robust(nested, oats$Block), machines = robust(worker, machines$Worker)),
  scores = list(owls = tmb_sandwich(owl, owls, nbinom2, owls$Nest), bacteria = tmb_sandwich(bug, bacteria, binomial(), bacteria$ID))),
  "test/fixtures/inference/term-tests.json")
