# Rscript lme4.R FOLDER: times lme4's refit on the replicates of a case; the first line of stdout is the version.
script <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
source(file.path(dirname(script), "read-case.R"))
suppressPackageStartupMessages(library(lme4))
cat(as.character(packageVersion("lme4")), "\n")
folder <- commandArgs(TRUE)[1]
case <- read_case(folder)
fit <- suppressWarnings(glmer(case$formula, case$data, family = case$family, nAGQ = case$nAGQ))
time_refits(case, function(y) refit(fit, y), fixef, file.path(folder, "lme4.csv"))
