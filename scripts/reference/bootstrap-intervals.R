# Bootstrap intervals by package boot and quantiles by base R for fixed replicates.
# boot interpolates on a normal scale, we linearly: "exact" marks the cases where (R + 1)·alpha is an integer and the rule does not matter.
# Rscript scripts/reference/bootstrap-intervals.R > test/fixtures/studies/bootstrap-intervals.json
set.seed(4)
num <- function(x) paste0("[", paste(sprintf("%.17g", x), collapse = ","), "]")
case <- function(n, level, estimate, t) {
  basic <- boot:::basic.ci(estimate, t, conf = level); percentile <- boot:::perc.ci(t, conf = level)
  normal <- boot:::norm.ci(t0 = estimate, t = t, conf = level)
  alpha <- (1 - level) / 2
  sprintf('{"exact":%s,"level":%.17g,"estimate":%.17g,"replicates":%s,"bias":%.17g,"std_error":%.17g,"percentile":%s,"basic":%s,"normal":%s,"type6":%s}',
    if (abs(alpha * (n + 1) - round(alpha * (n + 1))) < 1e-9) "true" else "false", level, estimate, num(t), mean(t) - estimate, sd(t), num(percentile[4:5]), num(basic[4:5]), num(normal[2:3]),
    num(quantile(t, c(alpha, 1 - alpha), type = 6, names = FALSE)))
}
cat("[\n", paste(c(case(199, 0.9, 1.1, rgamma(199, 2)), case(99, 0.5, -0.2, rnorm(99)), case(399, 0.95, 0.3, rexp(399)^2),
  case(50, 0.93, 0.3, rnorm(50)), case(200, 0.9999, 1, rnorm(200))), collapse = ",\n"),
  "\n]\n", sep = "")
