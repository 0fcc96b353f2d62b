# Seconds per lmer refit of given responses: Rscript lmer-refit.R DATA.csv RESPONSES.csv; prints one number, then logLik of each refit.
suppressMessages(library(lme4))
arguments <- commandArgs(TRUE)
data <- read.csv(arguments[1])
data$Subject <- factor(data$Subject)
responses <- as.matrix(read.csv(arguments[2]))
# By maximum likelihood: logLik() of a refitted REML model is not its REML criterion (lme4 1.1-31).
fit <- lmer(Reaction ~ Days + (Days | Subject), data, REML = FALSE)
invisible(suppressMessages(refit(fit, responses[, 1])))
values <- numeric(ncol(responses))
seconds <- system.time(for (i in seq_len(ncol(responses))) values[i] <- logLik(suppressWarnings(suppressMessages(refit(fit, responses[, i])))))[["elapsed"]]
cat(seconds / ncol(responses), sprintf("%.10f", values), sep = "\n")
