# Reference values for test/inference: anova and drop1 tables, estimated marginal means,
# and sandwich covariances from cluster likelihoods integrated numerically.
# Rscript scripts/reference/inference.R data test/fixtures/inference
# R 4.2.2, lme4 1.1-31, emmeans 1.8.4, numDeriv 2016.8-1.1, jsonlite.
suppressPackageStartupMessages({library(emmeans); library(numDeriv)})
source("scripts/reference/inference-fits.R")

cat("anova, drop1\n")
cbpp0 <- update(fits$cbpp, . ~ . - period)
sleep1 <- lmer(Reaction ~ Days + (1 | Subject), sleepstudy, control = tightLinear)
interaction <- glmer(use ~ age * urban + livch + (1 | district), contraception, binomial, control = tight)
write(list(
  cbpp = table(anova(cbpp0, fits$cbpp)),
  sleepstudy = table(anova(sleep1, fits$sleepstudy)),
  drop1 = list(cbpp = table(drop1(fits$cbpp, test = "Chisq")),
               contraception = table(drop1(interaction, test = "Chisq")),
               sleepstudy = table(drop1(fits$sleepstudy, test = "Chisq")))), "comparisons")

cat("emmeans\n")
frame <- function(x) as.data.frame(x)
both <- glmer(use ~ age + I(age^2) + urban * livch + (1 | district), contraception, binomial, control = tight)
write(list(
  cbpp = frame(summary(emmeans(fits$cbpp, ~ period), infer = TRUE)),
  cbppResponse = frame(summary(emmeans(fits$cbpp, ~ period, type = "response"), infer = TRUE)),
  cbppPairs = lapply(c(none = "none", tukey = "tukey", bonferroni = "bonferroni", holm = "holm", sidak = "sidak"), function(a)
    frame(summary(pairs(emmeans(fits$cbpp, ~ period), adjust = a), infer = TRUE))),
  cbppTreatment = frame(summary(contrast(emmeans(fits$cbpp, ~ period), "trt.vs.ctrl", adjust = "none"), infer = TRUE)),
  contraception = frame(summary(emmeans(both, ~ livch), infer = TRUE)),
  contraceptionBy = frame(summary(emmeans(both, ~ urban * livch), infer = TRUE))), "emmeans")

cat("sandwich\n")
# Exact likelihood of each herd by quadrature, so that scores and Hessian owe nothing to an approximation.
herds <- split(seq_len(nrow(cbpp)), cbpp$herd)
X <- model.matrix(~ period, cbpp)
herd <- function(rows, par) {
  eta <- drop(X[rows, , drop = FALSE] %*% par[1:4])
  g <- Vectorize(function(u) exp(sum(dbinom(cbpp$incidence[rows], cbpp$size[rows], plogis(eta + par[5] * u), log = TRUE)) + dnorm(u, log = TRUE)))
  log(integrate(g, -12, 12, rel.tol = 1e-12, subdivisions = 2000)$value)
}
whole <- function(par) sum(vapply(herds, herd, 0, par = par))
start <- c(fixef(fits$cbpp), getME(fits$cbpp, "theta"))
best <- optim(start, function(p) -whole(p), method = "BFGS", control = list(reltol = 1e-15))$par
for (i in 1:3) best <- best - drop(solve(hessian(whole, best), grad(whole, best)))
scores <- t(vapply(herds, function(rows) grad(function(p) herd(rows, p), best), numeric(5)))
bread <- solve(-hessian(whole, best))
# Linear: V of each subject at the REML estimates, CR0 of the generalised least-squares estimator.
f <- fits$sleepstudy
V <- sigma(f)^2 * (as.matrix(getME(f, "Z") %*% tcrossprod(getME(f, "Lambda")) %*% t(getME(f, "Z"))) + diag(nobs(f)))
Xs <- getME(f, "X"); e <- getME(f, "y") - drop(Xs %*% fixef(f)); Vi <- solve(V); M <- solve(t(Xs) %*% Vi %*% Xs)
meat <- Reduce(`+`, lapply(split(seq_len(nobs(f)), sleepstudy$Subject), function(r) tcrossprod(crossprod(Xs[r, ], Vi[r, r] %*% e[r]))))
write(list(cbpp = list(estimates = best, vcov = bread, scores = scores, robust = bread %*% crossprod(scores) %*% bread),
           sleepstudy = M %*% meat %*% M), "sandwich")
