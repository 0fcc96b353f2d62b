# The three fits of the references for test/inference, converged beyond lme4's defaults. Sourced by inference.R and profiles.R from the root of the repository.
suppressPackageStartupMessages({library(lme4); library(jsonlite)})
args <- commandArgs(TRUE)
read <- function(name) read.csv(file.path(args[1], paste0(name, ".csv")), stringsAsFactors = TRUE)
write <- function(x, name) write_json(x, file.path(args[2], paste0(name, ".json")), digits = NA, auto_unbox = TRUE, null = "null", na = "null")
table <- function(x) cbind(data.frame(row = rownames(x)), as.data.frame(x), row.names = NULL)

cbpp <- read("cbpp"); cbpp$period <- factor(cbpp$period); cbpp$herd <- factor(cbpp$herd)
contraception <- read("contraception"); contraception$district <- factor(contraception$district)
sleepstudy <- read("sleepstudy"); sleepstudy$Subject <- factor(sleepstudy$Subject)
tight <- glmerControl(optimizer = "bobyqa", tolPwrss = 1e-11, calc.derivs = FALSE, optCtrl = list(rhoend = 1e-9, maxfun = 1e5))
tightLinear <- lmerControl(optimizer = "bobyqa", calc.derivs = FALSE, optCtrl = list(rhoend = 1e-9, maxfun = 1e5))

fits <- list(
  cbpp = glmer(cbind(incidence, size - incidence) ~ period + (1 | herd), cbpp, binomial, control = tight),
  contraception = glmer(use ~ age + I(age^2) + urban + livch + (1 | district), contraception, binomial, control = tight),
  sleepstudy = lmer(Reaction ~ Days + (Days | Subject), sleepstudy, control = tightLinear))
