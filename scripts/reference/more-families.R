# Models of data sets that users know (glmmTMB, lme4, MASS, ordinal) and of simulated ones, over families, links and structures, fitted by glmmTMB
# and by ordinal::clmm; both polished by Newton steps far beyond their defaults.
# Run from the repository root: Rscript scripts/reference/more-families.R
# Writes test/fixtures/fits/more-families.json and the data sets that are not there yet to test/fixtures/data/.
suppressPackageStartupMessages({ library(glmmTMB); library(ordinal); library(jsonlite); library(MASS) })
icuSetCollate(locale = "en")
path <- function(name) paste0("test/fixtures/data/", name, ".csv")
data_set <- function(name) read.csv(path(name), stringsAsFactors = TRUE)
write_set <- function(name, data) write.csv(data, path(name), row.names = FALSE, quote = FALSE)

polished <- function(par, fn, gr, ...) {
  inner <- environment(fn)
  inner$inner.control <- modifyList(inner$inner.control, list(tol = 1e-12, grad.tol = 1e-12, step.tol = 1e-13, maxit = 1000))
  par <- nlminb(par, fn, gr, control = list(rel.tol = 1e-14, x.tol = 1e-14, iter.max = 1000, eval.max = 2000))$par
  # Where a variance is zero a Newton step may lead away: steps count only if the gradient becomes shorter.
  for (i in 1:4) {
    to <- tryCatch(par - solve(optimHess(par, fn, gr, control = list(ndeps = rep(1e-4, length(par)))), as.numeric(gr(par))), error = function(e) par)
    if (isTRUE(sum(gr(to)^2) < sum(gr(par)^2))) par <- to
  }
  list(par = par, objective = as.numeric(fn(par)), gradient = max(abs(gr(par))), convergence = 0)
}

fits <- list()
described <- function(data, used) {
  columns <- Filter(function(name) is.factor(data[[name]]), intersect(used, names(data)))
  setNames(lapply(columns, function(name) list(levels = levels(data[[name]]), ordered = is.ordered(data[[name]]), contrasts = NULL)), columns)
}
components <- function(v) unname(Map(function(m, group) list(
  group = group, terms = I(rownames(m)), sd = I(unname(attr(m, "stddev"))), corr = unname(attr(m, "correlation"))), v, names(v)))
part <- function(fit, name) {
  estimate <- fixef(fit)[[name]]
  if (length(estimate) == 0) return(NULL)
  list(names = I(names(estimate)), estimate = I(unname(estimate)), se = I(unname(sqrt(diag(vcov(fit)[[name]])))))
}

tmb <- function(id, dataset, data, formula, family, zi = "~ 0", disp = "~ 1", start = NULL, family_name = family$family) {
  cat(dataset, id, "")
  fit <- suppressWarnings(glmmTMB(as.formula(formula), data, family, ziformula = as.formula(zi), dispformula = as.formula(disp), start = start,
    control = glmmTMBControl(optimizer = polished, optCtrl = list())))
  f <- fitted(fit)
  out <- list(id = paste(dataset, id, sep = "--"), dataset = dataset, package = "glmmTMB", formula = formula, family = family_name, link = family$link,
    nAGQ = 1, factors = described(data, all.vars(as.formula(paste(formula, "+", sub("~", "", zi), "+", sub("~", "", disp))))),
    logLik = -fit$fit$objective, gradient = fit$fit$gradient, fixef = part(fit, "cond"), randomEffects = components(VarCorr(fit)$cond),
    sigma = if (disp == "~ 1") sigma(fit), fitted = list(first20 = f[1:20], sum = sum(f)))
  if (zi != "~ 0") {
    out$ziformula <- zi; out$zi <- part(fit, "zi")
    if (length(VarCorr(fit)$zi) > 0) out$randomEffectsZi <- components(VarCorr(fit)$zi)
    at <- 1:20
    out$predicted <- list(conditional = predict(fit, type = "conditional")[at], zprob = predict(fit, type = "zprob")[at])
  }
  if (disp != "~ 1") { out$dispformula <- disp; out$disp <- part(fit, "disp") }
  cat(out$logLik, out$gradient, "\n")
  fits[[length(fits) + 1]] <<- out
}

ord <- function(id, dataset, data, formula, link = "logit", threshold = "flexible") {
  cat(dataset, id, "")
  # With the cauchit link clmm's own start has no finite likelihood.
  settings <- list(formula = as.formula(formula), data = quote(data), link = link, threshold = threshold, Hess = TRUE,
    control = clmm.control(method = "nlminb", gradTol = 1e-9, innerCtrl = "noWarn"))
  if (link == "cauchit") {
    logit <- clmm(as.formula(formula), data = data, threshold = threshold, Hess = FALSE)
    settings$start <- c(coef(logit), log(unlist(logit$ST)))
  }
  fit <- do.call(clmm, settings)
  se <- sqrt(diag(vcov(fit)))
  cuts <- seq_along(fit$alpha); slopes <- length(fit$alpha) + seq_along(fit$beta)
  out <- list(id = paste(dataset, id, sep = "--"), dataset = dataset, package = "clmm", formula = formula, family = "cumulative", link = link, nAGQ = 1,
    factors = described(data, all.vars(as.formula(formula))), logLik = as.numeric(logLik(fit)), gradient = max(abs(fit$gradient)),
    fixef = list(names = I(names(fit$beta)), estimate = I(unname(fit$beta)), se = I(unname(se[slopes]))),
    thresholds = list(names = I(names(fit$alpha)), estimate = I(unname(fit$alpha)), se = I(unname(se[cuts]))),
    randomEffects = components(VarCorr(fit)), threshold = threshold, fitted = list(first20 = unname(fitted(fit)[1:20]), sum = sum(fitted(fit))))
  cat(out$logLik, out$gradient, "\n")
  fits[[length(fits) + 1]] <<- out
}

owls <- data_set("owls")
calls <- "SiblingNegotiation ~ FoodTreatment * SexParent + offset(log(BroodSize)) + (1 | Nest)"
tmb("nbinom1", "owls", owls, calls, nbinom1())
tmb("zinb2-sex", "owls", owls, calls, nbinom2(), "~ SexParent")
tmb("zip-nest", "owls", owls, calls, poisson(), "~ FoodTreatment + (1 | Nest)")
tmb("zinb1-nest", "owls", owls, "SiblingNegotiation ~ FoodTreatment + ArrivalTime + offset(log(BroodSize)) + (1 | Nest)", nbinom1(), "~ 1 + (1 | Nest)")
tmb("nbinom2-slope", "owls", owls, "SiblingNegotiation ~ FoodTreatment + scale(ArrivalTime) + (FoodTreatment | Nest)", nbinom2())
tmb("nbinom2-disp", "owls", owls, calls, nbinom2(), disp = "~ FoodTreatment * SexParent")
tmb("hurdle-nbinom1", "owls", owls, "SiblingNegotiation ~ FoodTreatment + (1 | Nest)", truncated_nbinom1(), "~ FoodTreatment")
tmb("hurdle-poisson-nest", "owls", owls, "SiblingNegotiation ~ FoodTreatment + (1 | Nest)", truncated_poisson(), "~ FoodTreatment + (1 | Nest)")

salamanders <- data_set("salamanders")
salamanders$mined <- factor(salamanders$mined, c("yes", "no"))
tmb("nbinom2-crossed", "salamanders", salamanders, "count ~ mined + spp + (1 | site) + (1 | sample)", nbinom2())
# The square-root link is not compared: glmmTMB lets its linear predictor be negative, where the mean rises again, and its modes lie on either side.
tmb("zinb2-spp", "salamanders", salamanders, "count ~ spp + mined + (1 | site)", nbinom2(), "~ mined + DOP")
# With a negative binomial and random effects in both parts the Laplace approximation of these counts has no maximum, in glmmTMB as here.
tmb("hurdle-nbinom2-crossed", "salamanders", salamanders, "count ~ mined + (1 | spp)", truncated_nbinom2(), "~ mined + (1 | site)")
tmb("nbinom1-disp", "salamanders", salamanders, "count ~ mined + (mined | spp)", nbinom1(), disp = "~ DOY")

data(Arabidopsis, package = "lme4")
write_set("arabidopsis", Arabidopsis[c("popu", "gen", "rack", "nutrient", "amd", "status", "total.fruits")])
arabidopsis <- transform(data_set("arabidopsis"), rack = factor(rack), gen = factor(gen), nutrient = factor(nutrient))
tmb("nbinom2-popu", "arabidopsis", arabidopsis, "total.fruits ~ nutrient * amd + rack + status + (1 | popu) + (1 | gen)", nbinom2())
tmb("zinb1", "arabidopsis", arabidopsis, "total.fruits ~ nutrient + amd + rack + (1 | gen)", nbinom1(), "~ nutrient")

write_set("quine", quine)
quine <- data_set("quine")
tmb("nbinom2-lrn", "quine", quine, "Days ~ Sex * Eth + (1 | Age:Lrn)", nbinom2())
tmb("nbinom1-lrn", "quine", quine, "Days ~ Sex + Eth + (1 | Age)", nbinom1())

set.seed(417)
n <- 400; g <- gl(25, 16); x <- round(rnorm(n), 3); f <- factor(sample(c("a", "b", "c"), n, TRUE)); b0 <- rnorm(25, 0, 0.5)[g]; b1 <- rnorm(25, 0, 0.3)[g]
mu <- exp(1 + 0.4 * x + 0.3 * (f == "b") + b0 + b1 * x)
shares <- plogis(-0.3 + 0.5 * x + b0)
size <- sample(3:12, n, TRUE)
made <- data.frame(g, x, f, size,
  gamma = signif(rgamma(n, 3, 3 / mu), 6), positive = signif(rgamma(n, 4, 4 / (3 + 0.4 * x + 0.5 * b0)), 6),
  share = signif(pmin(pmax(rbeta(n, shares * 8, (1 - shares) * 8), 1e-4), 1 - 1e-4), 6),
  hits = rbinom(n, size, rbeta(n, shares * 5, (1 - shares) * 5)), curve = signif(pmax(rnorm(n, mu, 0.8), 0.02), 6), count = rnbinom(n, mu = mu, size = 1.5))
made$some <- ifelse(runif(n) < plogis(-1 + 0.6 * x + rnorm(25)[g]), 0, made$gamma)
made$excess <- ifelse(runif(n) < plogis(-0.5 + rnorm(25)[g]), 0L, made$hits)
write_set("made", made)
made <- transform(data_set("made"), g = factor(g), misses = size - hits)
tmb("gamma-log-slope", "made", made, "gamma ~ x + f + (x | g)", Gamma("log"))
tmb("gamma-inverse", "made", made, "positive ~ x + (1 | g)", Gamma("inverse"), start = list(beta = c(0.3, -0.03)))
tmb("gamma-identity", "made", made, "positive ~ x + (1 | g)", Gamma("identity"), start = list(beta = c(3, 0.4)))
tmb("gamma-log-disp", "made", made, "gamma ~ x + (1 | g)", Gamma("log"), disp = "~ f")
tmb("hurdle-gamma", "made", made, "some ~ x + (1 | g)", ziGamma("log"), "~ x + (1 | g)", family_name = "ziGamma")
tmb("beta-slope", "made", made, "share ~ x + f + (x | g)", beta_family(), family_name = "beta")
tmb("beta-cloglog-disp", "made", made, "share ~ x + (1 | g)", beta_family("cloglog"), disp = "~ x", family_name = "beta")
tmb("betabinomial-logit", "made", made, "cbind(hits, size - hits) ~ x + f + (1 | g)", betabinomial())
tmb("betabinomial-probit-disp", "made", made, "cbind(hits, size - hits) ~ x + (1 | g)", betabinomial("probit"), disp = "~ f")
tmb("zi-betabinomial", "made", made, "cbind(excess, size - excess) ~ x + (1 | g)", betabinomial(), "~ 1 + (1 | g)")
tmb("gaussian-log-slope", "made", made, "curve ~ x + f + (x | g)", gaussian("log"))
tmb("gaussian-disp", "made", made, "curve ~ x + (1 | g)", gaussian(), disp = "~ x")

wine <- transform(data_set("wine"), rating = factor(rating, ordered = TRUE), judge = factor(judge), bottle = factor(bottle))
ord("crossed", "wine", wine, "rating ~ temp + contact + (1 | judge) + (1 | bottle)")
ord("crossed-probit", "wine", wine, "rating ~ temp + contact + (1 | judge) + (1 | bottle)", "probit")
ord("loglog", "wine", wine, "rating ~ temp + contact + (1 | judge)", "loglog")
data(soup)
write_set("soup", soup[c("RESP", "PROD", "PRODID", "SURENESS", "DAY", "SOUPFREQ")])
soup <- transform(data_set("soup"), RESP = factor(RESP), PRODID = factor(PRODID), DAY = factor(DAY), SURENESS = factor(SURENESS, ordered = TRUE))
ord("sureness", "soup", soup, "SURENESS ~ PROD + (1 | RESP)")
ord("sureness-probit-symmetric", "soup", soup, "SURENESS ~ PROD + DAY + (1 | RESP)", "probit", "symmetric")
ord("sureness-cauchit", "soup", soup, "SURENESS ~ PROD + (1 | RESP)", "cauchit")
ord("sureness-prodid", "soup", soup, "SURENESS ~ PRODID + DAY + (1 | RESP)", "cloglog")
ord("sureness-nested", "soup", soup, "SURENESS ~ PROD + (1 | RESP) + (1 | RESP:PROD)", threshold = "equidistant")

write(paste0("[\n", paste(sapply(fits, toJSON, auto_unbox = TRUE, digits = NA, null = "null"), collapse = ",\n"), "\n]"), "test/fixtures/fits/more-families.json")
