# Rscript pbkrtest.R CBPP.csv N: version, statistic and seconds of a parametric bootstrap test of the period effect with N replicates.
suppressPackageStartupMessages({ library(lme4); library(pbkrtest) })
arguments <- commandArgs(TRUE)
data <- read.csv(arguments[1])
for (name in c("herd", "period")) data[[name]] <- factor(data[[name]])
large <- glmer(cbind(incidence, size - incidence) ~ period + (1 | herd), data, binomial)
small <- update(large, . ~ . - period)
seconds <- system.time(test <- suppressMessages(PBmodcomp(large, small, nsim = as.integer(arguments[2]), seed = 1)))[["elapsed"]]
cat(as.character(packageVersion("pbkrtest")), test$test["LRT", "stat"], seconds, sep = "\n")
