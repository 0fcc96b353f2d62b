# Influence of each herd of cbpp and each subject of sleepstudy by lme4, and pooled estimates of imputed data by mice's pool.scalar.
# Rscript scripts/reference/influence.R   (from the root of the repository; writes test/fixtures/studies/influence.json)
suppressMessages({ library(lme4); library(jsonlite) })
read <- function(name) read.csv(file.path("test/fixtures/data", paste0(name, ".csv")))

case <- function(model, group) {
  left <- influence(model, group)
  changes <- dfbeta(left)
  list(group = group, units = rownames(changes), dfbeta = unname(changes), dfbetas = unname(as.matrix(dfbetas(left))),
    cooks = unname(cooks.distance(left)), varcov = unname(left[[paste0("var.cov.comps[-", group, "]")]]), names = colnames(left[[paste0("var.cov.comps[-", group, "]")]]))
}
cbpp <- read("cbpp"); cbpp$period <- factor(cbpp$period); cbpp$herd <- factor(cbpp$herd)
sleep <- read("sleepstudy"); sleep$Subject <- factor(sleep$Subject)
# Tighter than lme4's defaults, so that the differences are the models' and not the optimiser's.
tight <- glmerControl(tolPwrss = 1e-12, optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9))
binomial_fit <- glmer(cbind(incidence, size - incidence) ~ period + (1 | herd), cbpp, binomial, control = tight)
gaussian_fit <- lmer(RT ~ Days + (1 | Subject), sleep, control = lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10)))

# Every ninth response is missing; imputation i puts 250 + 20 i + 9 i Days there.
imputed <- lapply(1:5, function(i) { d <- sleep; m <- seq(9, nrow(d), 9); d$RT[m] <- 250 + 20 * i + 9 * i * d$Days[m]; d })
fits <- lapply(imputed, function(d) lmer(RT ~ Days + (1 | Subject), d, control = lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10))))
pooled <- lapply(1:2, function(j) {
  p <- mice::pool.scalar(sapply(fits, function(f) fixef(f)[j]), sapply(fits, function(f) vcov(f)[j, j]), n = nrow(sleep), k = 2)
  p[c("qbar", "t", "df", "r", "fmi")]
})
write(toJSON(list(cases = list(cbpp = case(binomial_fit, "herd"), sleepstudy = case(gaussian_fit, "Subject")), pooled = pooled), auto_unbox = TRUE, digits = NA),
  "test/fixtures/studies/influence.json")
