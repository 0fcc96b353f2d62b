# Data sets of R packages, written to test/fixtures/data and read back as the tests read them; tight controls and writers. Sourced from the root of the repository.
suppressPackageStartupMessages({library(lme4); library(glmmTMB); library(jsonlite)})
small_set <- function(name, x, factors = character()) {
  path <- file.path("test/fixtures/data", paste0(name, ".csv"))
  write.csv(x, path, row.names = FALSE, quote = FALSE)
  x <- read.csv(path, stringsAsFactors = TRUE)
  for (f in factors) x[[f]] <- factor(x[[f]])
  x
}
# Unordered factors with the levels in the order of the alphabet, as a reader of CSV finds them.
bacteria <- small_set("bacteria", MASS::bacteria[c("y", "week", "ID", "trt")])
orthodont <- small_set("orthodont", as.data.frame(nlme::Orthodont)[c("distance", "age", "Subject", "Sex")])
oats <- small_set("oats", as.data.frame(nlme::Oats)[c("Block", "Variety", "nitro", "yield")])
machines <- small_set("machines", as.data.frame(nlme::Machines)[c("Worker", "Machine", "score")], "Worker")
ergostool <- small_set("ergostool", as.data.frame(nlme::ergoStool)[c("effort", "Type", "Subject")], "Subject")
dyestuff2 <- small_set("dyestuff2", lme4::Dyestuff2)
epil <- read.csv("data/epil.csv", stringsAsFactors = TRUE)
epil$row <- seq_len(nrow(epil))
owls <- read.csv("test/fixtures/data/owls.csv", stringsAsFactors = TRUE)
tight <- glmerControl(optimizer = "bobyqa", tolPwrss = 1e-12, calc.derivs = FALSE, optCtrl = list(rhoend = 1e-9, maxfun = 1e5))
tight_lmer <- lmerControl(optimizer = "bobyqa", calc.derivs = FALSE, optCtrl = list(rhoend = 1e-9, maxfun = 1e5))
tight_tmb <- glmmTMBControl(optCtrl = list(rel.tol = 1e-14, iter.max = 1e4, eval.max = 1e4))
write_reference <- function(x, path) write_json(x, path, digits = NA, auto_unbox = TRUE, null = "null", na = "null")
