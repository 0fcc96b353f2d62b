# Known answers for single pieces of the table and formula side: level labels and order, contrasts, rank decisions, type inference.
# Run from the repository root: Rscript scripts/reference/formula-pieces.R
# Writes test/fixtures/formula/pieces.json and test/fixtures/table/inference.json.
suppressPackageStartupMessages(library(jsonlite))
icuSetCollate(locale = "en")

numbers <- c(0, 1, -1, 10, 123456, 1e5, 1e15, 1e-4, 0.00012, 1e-5, 1 / 3, 2 / 3 * 1e10, 0.1 + 0.2, 1e5 + 0.1, 1234567.891, 1e22, 5e-324,
  1.7976931348623157e308, -2.5e-7, 100, 3e9 + 0.5, 12345678901234567, 0.1234567890123456)
texts <- c("a", "B", "A", "b", "_x", "-y", "10", "9", "Z z", "zz", "\u00e9a", "eb", "Eb", "ez", "a b", "a-b", "ab", "a.b", "1e3", "~", "#1")

contrasts <- lapply(2:9, function(k) {
  entry <- function(name, m) list(levels = k, name = name, columns = I(if (is.null(colnames(m))) character(0) else colnames(m)), matrix = I(as.numeric(t(m))))
  levels <- letters[seq_len(k)]
  list(entry("treatment", contr.treatment(levels)), entry("sum", contr.sum(k)), entry("helmert", contr.helmert(k)), entry("poly", contr.poly(k)))
})

# Columns made by rule, so that the test makes the same ones; `near` is how far the last is from a combination of the others.
rank_cases <- do.call(c, lapply(c(0, 1e-12, 1e-9, 5e-8, 9e-8, 2e-7, 1e-6, 1e-3), function(near) {
  lapply(c(1, 1e-150, 1e8), function(size) {
    n <- 700; i <- seq_len(n)
    x <- cbind(1, sin(i), sin(i) * 3 + 2 + near * cos(7 * i), cos(i), i %% 2 == 0, i %% 2 == 1, size * (cos(i) + near * sin(3 * i)))
    q <- qr(x, tol = 1e-7, LAPACK = FALSE)
    list(near = near, size = size, kept = I(sort(q$pivot[seq_len(q$rank)])))
  })
}))
# More columns than rows.
wide <- outer(1:4, 1:6, function(i, j) sin(i * j))
q <- qr(wide, tol = 1e-7, LAPACK = FALSE)

write(toJSON(list(
  numbers = lapply(numbers, function(x) list(value = sprintf("%.17g", x), label = as.character(x))),
  sorted = sort(texts), contrasts = do.call(c, contrasts), rank = rank_cases, wide = I(sort(q$pivot[seq_len(q$rank)]))
), auto_unbox = TRUE, digits = NA), "test/fixtures/formula/pieces.json")

# One tricky file, as R reads it; blank strings are missing here, which `na.strings` says.
csv <- paste0(
  "id,num,logi,logi2,text,mixed,quoted,hex,inf,blank,exp,lead,t f\n",
  "1,1.5,TRUE,T,b,1,\"x, y\",0x1F, Inf,,1e3,001,T\n",
  "2,,FALSE,F,B,2,\"say \"\"hi\"\"\",0x10,-inf,,1E-2,010,F\n",
  "3, 2 ,T,NA,a,three,plain,7,NA,,.5,2,T\n",
  "4,NA,,T,A,NA,\"\",1,NaN,,5.,100,M\n"
)
writeLines(csv, "test/fixtures/table/inference.csv", sep = "")
d <- read.csv(text = csv, na.strings = c("NA", ""), stringsAsFactors = FALSE, check.names = FALSE)
write(toJSON(lapply(d, function(x) list(
  class = if (is.numeric(x)) "numeric" else class(x),
  values = I(as.character(x)),
  levels = I(if (is.numeric(x)) character(0) else levels(factor(x)))
)), auto_unbox = TRUE, na = "null"), "test/fixtures/table/inference.json")
