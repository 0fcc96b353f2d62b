# Rscript glmmTMB.R FOLDER: times glmmTMB's refit on the replicates of a case; the first line of stdout is the version.
script <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
source(file.path(dirname(script), "read-case.R"))
suppressWarnings(suppressPackageStartupMessages(library(glmmTMB)))
cat(as.character(packageVersion("glmmTMB")), "\n")
folder <- commandArgs(TRUE)[1]
case <- read_case(folder)
# glmmTMB's refit wants both columns of the response in the data.
lhs <- case$formula[[2]]
if (is.call(lhs)) {
  case$data$failures <- eval(lhs[[3]], case$data)
  case$formula[[2]][[3]] <- quote(failures)
}
fit <- glmmTMB(case$formula, case$data, family = case$family)
time_refits(case, function(y) refit(fit, y), function(f) fixef(f)$cond, file.path(folder, "glmmTMB.csv"))
