# Rscript ordinal.R FOLDER: times ordinal's clmm on the replicates of a case; the first line of stdout is the version. It has no refit: each response
# is a fit of its own, from clmm's own starting values.
script <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
source(file.path(dirname(script), "read-case.R"))
suppressPackageStartupMessages(library(ordinal))
cat(as.character(packageVersion("ordinal")), "\n")
folder <- commandArgs(TRUE)[1]
case <- read_case(folder)
response <- as.character(case$formula[[2]])
categories <- levels(case$data[[response]])
# clmm looks its data up where the formula was made.
environment(case$formula) <- globalenv()
refit <- function(y) {
  data <- case$data
  # An empty category has no threshold to estimate.
  data[[response]] <- droplevels(factor(categories[y], levels = categories, ordered = TRUE))
  clmm(case$formula, data, Hess = FALSE)
}
time_refits(case, refit, function(f) f$beta, file.path(folder, "ordinal.csv"))
