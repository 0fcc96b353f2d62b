# Probabilities of the categories of an ordinal::clmm fit: at the conditional modes, at random effects of zero, and averaged over new random
# effects by numerical integration. clmm has no predict method; the probabilities at zero are those of a clm object with clmm's estimates.
# Run from the repository root: Rscript scripts/reference/category-probabilities.R
# Writes test/fixtures/prediction/categories.json.
suppressPackageStartupMessages({ library(ordinal); library(jsonlite) })
one <- function(link, distribution) {
  fit <- clmm(rating ~ temp + contact + (1 | judge), data = wine, link = link, control = clmm.control(method = "nlminb", gradTol = 1e-9, innerCtrl = "noWarn"))
  eta <- as.numeric(model.matrix(~ temp + contact, wine)[, -1] %*% fit$beta)
  mode <- as.numeric(fit$ranef[as.integer(wine$judge)])
  sd <- fit$ST$judge[1, 1]
  at <- function(shift) t(sapply(seq_along(eta), function(i) diff(c(0, distribution(fit$alpha - eta[i] - shift[i]), 1))))
  averaged <- t(sapply(seq_along(eta), function(i) sapply(1:5, function(k) integrate(function(b) {
    upper <- if (k == 5) 1 else distribution(fit$alpha[k] - eta[i] - b)
    lower <- if (k == 1) 0 else distribution(fit$alpha[k - 1] - eta[i] - b)
    (upper - lower) * dnorm(b, 0, sd)
  }, -12 * sd, 12 * sd, rel.tol = 1e-10)$value)))
  # The same numbers by clm: its own predict at the same estimates.
  fixed <- clm(rating ~ temp + contact, data = wine, link = link)
  fixed$alpha <- fit$alpha; fixed$beta <- fit$beta; fixed$coefficients[] <- c(fit$alpha, fit$beta)
  none <- predict(fixed, newdata = wine[c("temp", "contact")], type = "prob")$fit
  stopifnot(max(abs(none - at(0 * eta))) < 1e-6)
  list(link = link, conditional = at(mode)[1:12, ], none = none[1:12, ], averaged = averaged[1:12, ], class = as.integer(apply(at(mode), 1, which.max)))
}
write(toJSON(list(one("logit", plogis), one("probit", pnorm)), digits = NA, auto_unbox = TRUE), "test/fixtures/prediction/categories.json")
