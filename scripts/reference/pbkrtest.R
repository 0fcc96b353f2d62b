# Null distributions and p-values of pbkrtest's PBmodcomp, for test/studies/simulated-lrt.test.ts.
# Rscript scripts/reference/pbkrtest.R   (from the root of the repository; writes test/fixtures/studies/pbkrtest.json)
suppressMessages({ library(lme4); library(pbkrtest); library(jsonlite) })

read <- function(name, factors) {
  data <- read.csv(file.path("test/fixtures/data", paste0(name, ".csv")))
  data[factors] <- lapply(data[factors], factor)
  data
}
case <- function(id, large, small, nsim) {
  set.seed(20)
  ref <- PBrefdist(large, small, nsim = nsim)
  both <- summary(PBmodcomp(large, small, ref = ref))
  test <- both$test
  row <- function(name) as.list(test[name, ])
  # With a variance on the boundary a part of the statistics is zero but for the optimiser's noise, of either sign.
  positive <- ref[ref > 1e-4]
  list(id = id, nsim = nsim, statistic = row("LRT")$stat, df = row("LRT")$df, chisq = row("LRT")$p.value,
       share = length(positive) / length(ref), mean = mean(positive), variance = var(positive), exceeding = sum(ref >= row("LRT")$stat),
       quantiles = as.list(quantile(positive, c(0.5, 0.9, 0.95))), bartlett = row("Bartlett")$p.value, gamma = row("Gamma")$p.value)
}

cbpp <- read("cbpp", c("herd", "period"))
formula <- cbind(incidence, size - incidence) ~ period + (1 | herd)
pastes <- read("pastes", c("batch", "cask", "sample"))
# The formulas alone, on given statistics: one degree of freedom, for which its F agrees with the paper's (mean of T / df).
set.seed(3)
given <- rgamma(400, shape = 0.6, scale = 2)
rows <- pbkrtest:::.summarizePB(c(4.1, 1), given)$test
out <- list(
  formulas = list(replicates = given, statistic = 4.1, df = 1, p = setNames(as.list(rows$p.value), rownames(rows)), ddf = rows["F", "ddf"]),
  lme4 = as.character(packageVersion("lme4")), pbkrtest = as.character(packageVersion("pbkrtest")),
  cases = list(
    case("cbpp-period", glmer(formula, cbpp, binomial), glmer(update(formula, . ~ . - period), cbpp, binomial), 2000),
    case("pastes-batch", lmer(strength ~ 1 + (1 | batch) + (1 | sample), pastes, REML = FALSE), lmer(strength ~ 1 + (1 | sample), pastes, REML = FALSE), 2000)))
write(toJSON(out, auto_unbox = TRUE, digits = NA, pretty = TRUE), "test/fixtures/studies/pbkrtest.json")
