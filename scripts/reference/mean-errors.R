# Means with random effects of zero and their standard errors by glmmTMB: delta method over fixed effects, zero inflation and dispersion.
# Rscript scripts/reference/mean-errors.R > test/fixtures/prediction/mean-errors.json   (from the repository root)
suppressMessages(library(glmmTMB))
num <- function(x) paste0("[", paste(sprintf("%.12g", x), collapse = ","), "]")
tight <- glmmTMBControl(optCtrl = list(rel.tol = 1e-14, iter.max = 1e4, eval.max = 1e4))
data <- read.csv("test/fixtures/data/salamanders.csv")
new <- data.frame(mined = c("no", "yes"), site = NA)
cases <- list(
  list(id = "zero-inflated poisson", family = "poisson", zi = "~ mined"),
  list(id = "zero-inflated nbinom2", family = "nbinom2", zi = "~ 1"),
  list(id = "hurdle nbinom2", family = "truncated_nbinom2", zi = "~ mined"),
  list(id = "truncated nbinom2", family = "truncated_nbinom2", zi = NULL))
rows <- sapply(cases, function(case) {
  used <- if (is.null(case$zi)) subset(data, count > 0) else data
  m <- glmmTMB(count ~ mined + (1 | site), ziformula = if (is.null(case$zi)) ~0 else as.formula(case$zi), family = case$family, data = used, control = tight)
  p <- predict(m, newdata = new, re.form = NA, type = "response", se.fit = TRUE)
  sprintf('{"id":"%s","formula":"count ~ mined + (1 | site)","family":"%s","zi":%s,"new":{"mined":["no","yes"]},"mean":%s,"se":%s}',
    case$id, case$family, if (is.null(case$zi)) "null" else sprintf('"%s"', case$zi), num(p$fit), num(p$se.fit))
})
cat("[\n", paste(rows, collapse = ",\n"), "\n]\n", sep = "")
