# Probability masses of the binomial and Poisson distributions over their central range, for the chi-square tests of the samplers.
# Rscript scripts/reference/count-masses.R > test/fixtures/random/count-masses.json
cells <- function(p) paste(sprintf("%.17g", p), collapse = ",")
entries <- c(
  vapply(list(c(1, 0.3), c(5, 0.02), c(33, 0.2), c(40, 0.9), c(60, 0.15), c(70, 0.1), c(20, 0.5), c(40, 0.25), c(36, 0.7), c(1000, 0.4), c(1e6, 1.2e-5)),
    function(a) {
      lo <- qbinom(1e-4, a[1], a[2]); hi <- qbinom(1 - 1e-4, a[1], a[2])
      sprintf('{"family":"binomial","size":%.17g,"p":%.17g,"from":%d,"mass":[%s],"logMass":[%s]}', a[1], a[2], as.integer(lo),
        cells(dbinom(lo:hi, a[1], a[2])), cells(dbinom(lo:hi, a[1], a[2], log = TRUE)))
    }, ""),
  vapply(c(0.05, 0.7, 4, 9.9, 10, 14, 20, 31.5, 150), function(m) {
    lo <- qpois(1e-4, m); hi <- qpois(1 - 1e-4, m)
    sprintf('{"family":"poisson","mean":%.17g,"from":%d,"mass":[%s],"logMass":[%s]}', m, as.integer(lo), cells(dpois(lo:hi, m)),
      cells(dpois(lo:hi, m, log = TRUE)))
  }, ""),
  # Log masses far out and for huge counts, where sums of log-gammas fail.
  vapply(list(c(1e12 + 3e6, 1e12), c(1e15 - 1e8, 1e15), c(50, 1e3), c(400, 10)), function(a)
    sprintf('{"family":"poisson","mean":%.17g,"from":%.17g,"mass":[],"logMass":[%.17g]}', a[2], a[1], dpois(a[1], a[2], log = TRUE)), ""),
  vapply(list(c(3e11 + 1e6, 1e12, 0.3), c(0, 50, 0.3), c(50, 50, 0.3), c(7, 2e9, 1e-8)), function(a)
    sprintf('{"family":"binomial","size":%.17g,"p":%.17g,"from":%.17g,"mass":[],"logMass":[%.17g]}', a[2], a[3], a[1],
      dbinom(a[1], a[2], a[3], log = TRUE)), ""))
cat("[\n", paste(entries, collapse = ",\n"), "\n]\n", sep = "")
