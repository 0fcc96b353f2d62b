# Random formulas with the columns R makes of them: names, which of them survive the rank check, and sums of the matrix.
# Run from the repository root: Rscript scripts/reference/formula-random.R
# Writes test/fixtures/formula/random.json.
suppressPackageStartupMessages(library(jsonlite))
icuSetCollate(locale = "en")
set.seed(20240117)

d <- read.csv("test/fixtures/formula/data/contraception.csv", stringsAsFactors = FALSE)
d$livch <- ordered(d$livch)

atoms <- c("age", "urban", "livch", "urb", "factor(urb)", "poly(age, 2)", "I(age > 0)", "scale(age)", "I(age^2)", "I(urb == 1 & age > 0)")
random_term <- function(depth) {
  if (depth == 0 || runif(1) < 0.3) return(sample(atoms, 1))
  switch(sample(4, 1),
    paste(random_term(depth - 1), sample(c("+", "-", "*", ":", "/", "%in%"), 1), random_term(depth - 1)),
    paste0("(", random_term(depth - 1), ")"),
    paste0("(", random_term(depth - 1), " + ", random_term(depth - 1), ")^", sample(2:3, 1)),
    # In parentheses: in `1 * x` R lets the 1 swallow x without a word, which we refuse.
    paste0("(", random_term(depth - 1), " + ", sample(c("0", "1", random_term(depth - 1)), 1), ")"))
}

cases <- list()
while (length(cases) < 250) {
  text <- paste(replicate(sample(2, 1), random_term(sample(3, 1))), collapse = " + ")
  x <- model.matrix(as.formula(paste("~", text)), d)
  if (ncol(x) == 0 || ncol(x) > 40 || text %in% vapply(cases, function(case) case$text, "")) next
  q <- qr(x, tol = 1e-7)
  keep <- sort(q$pivot[seq_len(q$rank)])
  cases[[length(cases) + 1]] <- list(text = text, names = I(colnames(x)), kept = I(keep - 1),
    sums = I(signif(as.numeric(colSums(x[, keep, drop = FALSE] * sin(seq_len(nrow(x))))), 12)))
}
write(toJSON(cases, auto_unbox = TRUE, digits = NA), "test/fixtures/formula/random.json")
