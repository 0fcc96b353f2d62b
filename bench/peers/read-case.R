# A case as bench/peers.mjs wrote it: data.csv, responses.csv (one column per replicate), case.dcf (formula, family, nagq, factors, trials, seconds).
read_case <- function(folder) {
  case <- as.list(read.dcf(file.path(folder, "case.dcf"))[1, ])
  data <- read.csv(file.path(folder, "data.csv"), stringsAsFactors = TRUE)
  for (name in strsplit(case$factors, ",")[[1]]) data[[name]] <- factor(data[[name]])
  responses <- as.matrix(read.csv(file.path(folder, "responses.csv"), header = FALSE))
  trials <- if (case$trials == "") NULL else data[[case$trials]]
  list(
    data = data, formula = as.formula(case$formula), family = case$family, nAGQ = as.integer(case$nagq), seconds = as.numeric(case$seconds), count = ncol(responses),
    # Successes and failures where a row is more than one trial.
    response = function(i) if (is.null(trials)) responses[, i] else cbind(responses[, i], trials - responses[, i])
  )
}

# Times `refit` on one replicate after another until the time is up (three at least); seconds and fixed effects, one line each.
time_refits <- function(case, refit, fixed, file) {
  rows <- list()
  end <- Sys.time() + case$seconds
  for (i in seq_len(case$count)) {
    y <- case$response(i)
    begin <- Sys.time()
    fit <- suppressMessages(suppressWarnings(refit(y)))
    rows[[i]] <- c(as.numeric(Sys.time() - begin, units = "secs"), fixed(fit))
    if (i >= 3 && Sys.time() > end) break
  }
  write.table(do.call(rbind, rows), file, sep = ",", row.names = FALSE, col.names = FALSE)
}
