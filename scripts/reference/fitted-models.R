# What lme4 and broom.mixed say of fits not used elsewhere: profile intervals, comparisons of three models, conditional standard deviations, tidy, glance and augment.
# Rscript scripts/reference/fitted-models.R   (from the repository root; writes test/fixtures/inference/fitted-models.json)
# R 4.2.2, lme4 1.1-31, broom.mixed 0.2.9.4.
source("scripts/reference/small-sets.R")
suppressPackageStartupMessages(library(broom.mixed))
linear <- function(formula, frame, ...) lmer(formula, frame, control = tight_lmer, ...)
binary <- function(formula, frame) glmer(formula, frame, binomial, control = tight)
rows <- function(x) cbind(data.frame(row = rownames(x)), as.data.frame(x), row.names = NULL)
models <- list(
  bacteria = binary(y ~ trt + week + (1 | ID), bacteria),
  oats = linear(yield ~ nitro + Variety + (1 | Block/Variety), oats),
  orthodont = linear(distance ~ age * Sex + (age | Subject), orthodont),
  machines = linear(score ~ Machine + (Machine | Worker), machines),
  dyestuff2 = linear(Yield ~ 1 + (1 | Batch), dyestuff2))
describe <- function(m, profiled) {
  r <- ranef(m, condVar = TRUE)
  a <- as.data.frame(augment(m))
  list(
    tidy = setNames(as.data.frame(tidy(m, effects = c("fixed", "ran_pars"), conf.int = TRUE))[c("effect", "group", "term", "estimate", "std.error", "statistic", "conf.low", "conf.high")],
      c("effect", "group", "term", "estimate", "std_error", "statistic", "conf_low", "conf_high")), glance = as.list(glance(m)),
    augment = head(a, 20)[c(".fitted", ".fixed", ".mu", ".resid", if (isLMM(m)) ".hat")],
    modes = lapply(r, function(x) list(level = rownames(x), term = I(names(x)), mode = unname(as.matrix(x)), sd = t(matrix(apply(attr(x, "postVar"), 3, function(v) sqrt(diag(as.matrix(v)))), length(x))))),
    # Where the variance is zero lme4 finds no upper limit of sigma.
    profile = if (profiled) subset(rows(suppressWarnings(confint(profile(m, signames = FALSE, devtol = 1e-6)))), is.finite(`97.5 %`)))
}
growth <- orthodont
write_reference(list(
  # Not those of random slopes: lme4's search of them ends anywhere.
  fits = Map(describe, models, !names(models) %in% c("machines", "orthodont")),
  comparisons = list(
    orthodont = rows(anova(linear(distance ~ age + (1 | Subject), growth), linear(distance ~ age * Sex + (1 | Subject), growth), models$orthodont)),
    bacteria = rows(anova(binary(y ~ 1 + (1 | ID), bacteria), binary(y ~ week + (1 | ID), bacteria), models$bacteria)),
    oats = rows(anova(linear(yield ~ nitro + (1 | Block), oats), linear(yield ~ nitro + (1 | Block/Variety), oats), models$oats)))),
  "test/fixtures/inference/fitted-models.json")
