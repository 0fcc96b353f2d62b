# Pseudo-likelihood by dense algebra: the likelihood (MPL) or restricted likelihood (REMPL) of the working response with known residual variances,
# maximised in turn until the linear predictor stands still. (nlme's lme with a fixed sigma gives the same MPL; its REML criterion then is another.)
# Rscript scripts/reference/pseudo-likelihood.R > test/fixtures/fits/pseudo-likelihood.json   (from the repository root)
num <- function(x) paste0("[", paste(sprintf("%.15g", x), collapse = ","), "]")
pl <- function(id, method, fixed, random, group, data, family, y, size) {
  X <- model.matrix(fixed, data); R <- model.matrix(random, data); q <- ncol(R); n <- nrow(X)
  lower <- lower.tri(diag(q), diag = TRUE)
  sigma <- function(theta) { L <- matrix(0, q, q); L[lower] <- theta; L %*% t(L) }
  same <- outer(data[[group]], data[[group]], "==")
  mu <- if (family$family == "poisson") y + 0.1 else (y + 0.5) / (size + 1)
  eta <- family$linkfun(mu); theta <- diag(0.6, q)[lower]
  for (round in 1:60) {
    mu <- family$linkinv(eta); d <- family$mu.eta(eta)
    z <- eta + (y / size - mu) / d; residual <- family$variance(mu) / (size * d^2)
    between <- function(theta) same * (R %*% sigma(theta) %*% t(R))
    parts <- function(theta) {
      U <- chol(between(theta) + diag(residual)); W <- backsolve(U, cbind(X, z), transpose = TRUE)
      Q <- qr(W[, 1:ncol(X)]); list(U = U, A = crossprod(W[, 1:ncol(X)]), b = qr.coef(Q, W[, ncol(X) + 1]), rest = sum(qr.resid(Q, W[, ncol(X) + 1])^2))
    }
    criterion <- function(theta) { p <- parts(theta); 2 * sum(log(diag(p$U))) + p$rest + (if (method == "REMPL") as.numeric(determinant(p$A)$modulus) else 0) }
    theta <- nlminb(theta, criterion, control = list(rel.tol = 1e-15, x.tol = 1e-12, eval.max = 2000, iter.max = 1000))$par
    p <- parts(theta); old <- eta
    eta <- as.vector(X %*% p$b + between(theta) %*% chol2inv(p$U) %*% (z - X %*% p$b))
    if (max(abs(eta - old)) < 1e-9) break
  }
  sprintf('{"id":"%s","method":"%s","fixef":%s,"se":%s,"sd":%s}', id, method, num(p$b), num(sqrt(diag(solve(p$A)))), num(sqrt(diag(sigma(theta)))))
}
cbpp <- read.csv("data/cbpp.csv"); cbpp$period <- factor(cbpp$period)
epil <- read.csv("data/epil.csv")
out <- c()
for (method in c("MPL", "REMPL")) {
  out <- c(out, pl("cbpp", method, ~ period, ~ 1, "herd", cbpp, binomial(), cbpp$incidence, cbpp$size),
    pl("epil", method, ~ lbase + trt + V4, ~ Visit, "subject", epil, poisson(), epil$y, rep(1, nrow(epil))))
}
cat("[\n", paste(out, collapse = ",\n"), "\n]\n", sep = "")
