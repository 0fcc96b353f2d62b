# BCa and studentised intervals by package boot for fixed replicates. boot interpolates between order statistics on a normal scale, we
# linearly: of BCa the numbers of the order statistics are compared, of studentised intervals a level at which they are whole.
# Rscript scripts/reference/bca-intervals.R > test/fixtures/studies/bca-intervals.json
library(jsonlite)
set.seed(6)
n <- 999
t <- rgamma(n, 3) / 3; v <- (0.3 + 0.2 * t)^2 * rchisq(n, 20) / 20; left <- 1.02 - rexp(15) / 20
L <- mean(left) - left
bca <- boot:::bca.ci(NULL, conf = 0.9, index = 1, t0 = 1.02, t = t, L = L)
student <- boot:::stud.ci(c(1.02, 0.3^2), cbind(t, v), conf = 0.9)
cat(toJSON(list(level = 0.9, estimate = 1.02, se = 0.3, replicates = t, errors = sqrt(v), jackknife = left,
  ranks = bca[2:3], studentised = student[4:5]), auto_unbox = TRUE, digits = NA))
