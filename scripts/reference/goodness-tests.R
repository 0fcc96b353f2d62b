# Kolmogorov–Smirnov (asymptotic), Shapiro–Wilk and exact binomial tests by base R.
# Rscript scripts/reference/goodness-tests.R > test/fixtures/diagnostics/goodness-tests.json   (from the repository root)
set.seed(11)
num <- function(x) paste0("[", paste(sprintf("%.17g", x), collapse = ","), "]")
samples <- list(rnorm(4), rnorm(5), rnorm(8), rnorm(11), rnorm(12), rexp(15), rnorm(60), rt(200, 3), runif(1000))
uniform <- list(runif(60), runif(300), rbeta(80, 1.4, 1), rbeta(500, 1, 1.15))
cat('{"shapiro":[', paste(sapply(samples, function(x) { s <- shapiro.test(x); sprintf('{"x":%s,"w":%.12g,"p":%.12g}', num(x), s$statistic, s$p.value) }), collapse = ",\n"),
  '],\n"uniformity":[', paste(sapply(uniform, function(x) { s <- ks.test(x, "punif", exact = TRUE); sprintf('{"x":%s,"d":%.12g,"p":%.12g}', num(x), s$statistic, s$p.value) }), collapse = ",\n"),
  '],\n"binomial":[', paste(apply(rbind(c(0, 50, 0.02), c(3, 50, 0.02), c(7, 300, 0.008), c(12, 40, 0.5), c(30, 40, 0.5)), 1, function(a)
    sprintf('{"k":%d,"n":%d,"p":%.12g,"value":%.12g}', as.integer(a[1]), as.integer(a[2]), a[3], binom.test(a[1], a[2], a[3])$p.value)), collapse = ",\n"), ']}\n', sep = "")
