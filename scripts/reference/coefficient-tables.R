# Coefficients with t tests on n - p degrees of freedom, their limits, and Wald F tests of terms: the example of MATLAB's fitglme (20 factories, 5 batches each, effects
# coding) on simulated data of that design, by glmmTMB, whose standard errors are those of the exact Hessian.
# Rscript scripts/reference/coefficient-tables.R > test/fixtures/inference/coefficient-tables.json   (from the repository root)
suppressMessages(library(glmmTMB))
num <- function(x) paste0("[", paste(sprintf("%.12g", x), collapse = ","), "]")
mfr <- read.csv("test/fixtures/data/mfr1.csv")
mfr$supplier <- factor(mfr$supplier, levels = c("C", "B", "A"))
contrasts(mfr$supplier) <- contr.sum(3)
m <- glmmTMB(defects ~ newprocess + time_dev + temp_dev + supplier + (1 | factory), mfr, poisson,
  control = glmmTMBControl(optCtrl = list(rel.tol = 1e-14, x.tol = 1e-14, iter.max = 1e4, eval.max = 1e4)))
b <- fixef(m)$cond; V <- vcov(m)$cond; se <- sqrt(diag(V)); df <- nrow(mfr) - length(b)
limits <- function(level) rbind(b - qt(0.5 + level / 2, df) * se, b + qt(0.5 + level / 2, df) * se)
wald <- function(j) { f <- drop(t(b[j]) %*% solve(V[j, j], b[j])) / length(j); c(f, length(j), df, pf(f, length(j), df, lower.tail = FALSE)) }
terms <- list(1, 2, 3, 4, 5:6)
cat(sprintf('{"estimate":%s,"se":%s,"t":%s,"df":%d,"p":%s,"limits95":%s,"limits9999":%s,"anova":[%s],"sd":%.12g,"logLik":%.12g,"AIC":%.12g,"BIC":%.12g}\n',
  num(b), num(se), num(b / se), df, num(2 * pt(-abs(b / se), df)), num(limits(0.95)), num(limits(0.9999)),
  paste(sapply(terms, function(j) num(wald(j))), collapse = ","), attr(VarCorr(m)$cond$factory, "stddev"), logLik(m), AIC(m), BIC(m)))
