# Models with structured covariances of the random effects, fitted by glmmTMB (cs, ar1, diag; polished by Newton steps far beyond its
# defaults) and by nlme (pdIdent, pdCompSymm), each with the formula this program takes for the same model.
# Run from the repository root: Rscript scripts/reference/covariance-structures.R
# Writes test/fixtures/fits/covariance-structures.json.
suppressPackageStartupMessages({ library(glmmTMB); library(nlme); library(jsonlite) })
icuSetCollate(locale = "en")
data_set <- function(name) read.csv(paste0("test/fixtures/data/", name, ".csv"), stringsAsFactors = FALSE)

polished <- function(par, fn, gr, ...) {
  inner <- environment(fn)
  inner$inner.control <- modifyList(inner$inner.control, list(tol = 1e-12, grad.tol = 1e-12, step.tol = 1e-13, maxit = 1000))
  par <- nlminb(par, fn, gr, control = list(rel.tol = 1e-14, x.tol = 1e-14, iter.max = 1000, eval.max = 2000))$par
  for (i in 1:4) par <- par - solve(optimHess(par, fn, gr, control = list(ndeps = rep(1e-4, length(par)))), as.numeric(gr(par)))
  list(par = par, objective = as.numeric(fn(par)), gradient = max(abs(gr(par))), convergence = 0)
}

fits <- list()
add <- function(fit) fits[[length(fits) + 1]] <<- fit
base <- function(id, dataset, formula, family, link, reml, program, factors) list(
  id = paste(dataset, id, sep = "--"), dataset = dataset, formula = formula, family = family, link = link, REML = reml, program = program, factors = factors)

tmb <- function(id, dataset, data, formula, family, theirs = formula, reml = FALSE, factors, start = NULL) {
  fit <- suppressWarnings(glmmTMB(as.formula(theirs), data, family, REML = reml, start = start, control = glmmTMBControl(optimizer = polished, optCtrl = list())))
  covariances <- unname(lapply(VarCorr(fit)$cond, function(v) list(sd = I(unname(attr(v, "stddev"))), correlation = unname(attr(v, "correlation")))))
  add(c(base(id, dataset, formula, family$family, family$link, reml, paste("glmmTMB", packageVersion("glmmTMB")), factors), list(
    logLik = -fit$fit$objective, gradient = fit$fit$gradient, fixef = I(unname(fixef(fit)$cond)), se = I(unname(sqrt(diag(vcov(fit)$cond)))), random = covariances)))
}

mixed <- function(id, dataset, data, formula, fixed, random, reml, factors) {
  fit <- lme(fixed, data, random, method = if (reml) "REML" else "ML", control = lmeControl(opt = "nlminb", tolerance = 1e-13, msTol = 1e-13, niterEM = 200, msMaxIter = 500, msMaxEval = 2000))
  v <- matrix(getVarCov(fit), nrow(getVarCov(fit))); sd <- sqrt(diag(v))
  # nlme's REML criterion has the constant of R's lm, without log |X'X|: the likelihood as lmer has it.
  add(c(base(id, dataset, formula, "gaussian", "identity", reml, paste("nlme", packageVersion("nlme")), factors), list(
    logLik = as.numeric(logLik(fit)), gradient = NULL, fixef = I(unname(fixef(fit))), se = I(unname(sqrt(diag(vcov(fit))))),
    random = list(list(sd = I(unname(sd)), correlation = unname(cov2cor(v)))))))
}

epil <- data_set("epil")
epil <- transform(epil, trt = factor(trt, c("placebo", "progabide")), subject = factor(subject), period = factor(period))
count <- "y ~ lbase * trt + lage + %s(0 + period | subject)"
for (structure in c("ar1", "cs", "diag")) tmb(structure, "epil", epil, sprintf(count, structure), poisson(), factors = c("period", "trt"))
tmb("ar1-and-intercept", "epil", epil, "y ~ lbase * trt + lage + V4 + (1 | subject) + ar1(0 + period | subject)", poisson(), factors = c("period", "trt"))
tmb("homdiag", "epil", epil, sprintf(count, "homdiag"), poisson(), "y ~ lbase * trt + lage + (1 | subject:period)", factors = c("period", "trt"))

contraception <- data_set("contraception")
contraception <- transform(contraception, use = factor(use), urban = factor(urban), livch = factor(livch, c("0", "1", "2", "3+")), district = factor(district))
choice <- "use ~ age + I(age^2) + urban + livch + %s(0 + urban | district)"
for (structure in c("cs", "diag")) tmb(structure, "contraception", contraception, sprintf(choice, structure), binomial(), factors = c("use", "urban", "livch"))
tmb("homdiag", "contraception", contraception, sprintf(choice, "homdiag"), binomial(), "use ~ age + I(age^2) + urban + livch + (1 | district:urban)", factors = c("use", "urban", "livch"))
tmb("cs-livch", "contraception", contraception, "use ~ age + I(age^2) + urban + livch + cs(0 + livch | district)", binomial(), factors = c("use", "urban", "livch"))

sleep <- transform(data_set("sleepstudy"), Subject = factor(Subject), day = factor(Days))
sleep$Days <- factor(sleep$Days)
# From glmmTMB's own start its search ends at a lower maximum, where the residual variance is zero.
near <- list(betad = log(80), theta = c(log(60), 1.76))
for (reml in c(TRUE, FALSE)) tmb(paste0("ar1-", if (reml) "REML" else "ML"), "sleepstudy", sleep, "Reaction ~ 1 + ar1(0 + Days | Subject)", gaussian(), reml = reml, factors = "Days", start = near)

cake <- transform(data_set("cake"), replicate = factor(replicate), recipe = factor(recipe), temperature = factor(temperature))
for (reml in c(TRUE, FALSE)) {
  suffix <- if (reml) "REML" else "ML"
  mixed(paste0("homcs-", suffix), "cake", cake, "angle ~ recipe + temp + homcs(0 + recipe | replicate)", angle ~ recipe + temp,
    list(replicate = pdCompSymm(~ recipe - 1)), reml, "recipe")
  mixed(paste0("homdiag-", suffix), "cake", cake, "angle ~ recipe + temp + homdiag(0 + recipe | replicate)", angle ~ recipe + temp,
    list(replicate = pdIdent(~ recipe - 1)), reml, "recipe")
}
tmb("cs-ML", "cake", cake, "angle ~ recipe + temp + cs(0 + recipe | replicate)", gaussian(), factors = "recipe")

write(toJSON(fits, auto_unbox = TRUE, digits = NA, null = "null"), "test/fixtures/fits/covariance-structures.json")
for (fit in fits) cat(fit$id, fit$logLik, fit$gradient, fit$random[[1]]$sd, fit$random[[1]]$correlation[1, ], "\n")
