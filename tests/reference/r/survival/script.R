# Answers of R for tests/reference/test_survival_*.py. Run in this folder: Rscript script.R
# Needs the packages survival and cmprsk; their versions are written into answers/versions.csv.
# With the argument "data" it also rewrites the extracts and the simulated data sets.
suppressPackageStartupMessages({ library(survival); library(cmprsk) })
options(digits = 17, stringsAsFactors = FALSE)

columns <- c("entry", "time", "cause", "group", "stratum", "exposed_at")
write_data <- function(d, name) {
  for (column in setdiff(columns, names(d))) d[[column]] <- NA
  write.csv(d[columns], file.path("data", paste0(name, ".csv")), row.names = FALSE, na = "", quote = FALSE)
}

make_data <- function() {
  write_data(with(lung, data.frame(time = time, cause = ifelse(status == 2, "death", NA),
    group = ifelse(sex == 1, "male", "female"))), "lung")
  write_data(with(veteran, data.frame(time = time, cause = ifelse(status == 1, "death", NA),
    group = celltype, stratum = ifelse(trt == 1, "standard", "test"))), "veteran")
  m <- mgus2[1:400, ]
  write_data(with(m, data.frame(time = ifelse(pstat == 1, ptime, futime),
    cause = ifelse(pstat == 1, "malignancy", ifelse(death == 1, "death", NA)), group = sex)), "mgus2")
  write_data(with(jasa, data.frame(time = futime, cause = ifelse(fustat == 1, "death", NA), group = surgery,
    exposed_at = ifelse(transplant == 1, wait.time, NA))), "heart")
  set.seed(20261121)
  n <- 300
  group <- sample(c("A", "B", "C"), n, TRUE)
  end <- ceiling(rexp(n, c(A = 0.05, B = 0.08, C = 0.06)[group]))
  censored <- ceiling(runif(n, 5, 40))
  write_data(data.frame(time = pmin(end, censored),
    cause = ifelse(end <= censored, sample(c("relapse", "death", "other"), n, TRUE, c(5, 3, 2)), NA), group = group,
    stratum = sample(c("x", "y"), n, TRUE), exposed_at = ifelse(runif(n) < 0.5, ceiling(runif(n, 1, 15)), NA)),
    "simulated_ties")
  n <- 200
  group <- sample(c("A", "B", "C"), n, TRUE)
  entry <- ifelse(runif(n) < 0.3, NA, floor(runif(n, 1, 200)))
  start <- ifelse(is.na(entry), 0, entry)
  stay <- ceiling(rexp(n, c(A = 1, B = 1.5, C = 0.8)[group] / 300))
  censored <- ceiling(runif(n, 50, 700))
  write_data(data.frame(entry = entry, time = start + pmin(stay, censored),
    cause = ifelse(stay <= censored, sample(c("relapse", "death"), n, TRUE, c(3, 2)), NA), group = group,
    stratum = sample(c("x", "y"), n, TRUE), exposed_at = ifelse(runif(n) < 0.4, start + ceiling(runif(n, 1, 150)), NA)),
    "simulated_delayed")
}

if ("data" %in% commandArgs(TRUE)) make_data()

files <- c("hand_ties", "hand_delayed", "lung", "veteran", "mgus2", "heart", "simulated_ties", "simulated_delayed")
data <- lapply(setNames(nm = files), function(f) {
  d <- read.csv(file.path("data", paste0(f, ".csv")), colClasses = c(cause = "character", group = "character",
    stratum = "character"), na.strings = "")
  d$delayed <- any(!is.na(d$entry))
  d$start <- ifelse(is.na(d$entry), 0, d$entry)
  d$event <- as.integer(!is.na(d$cause))
  d
})
rows <- list()
add <- function(table, ...) rows[[table]] <<- c(rows[[table]], list(data.frame(...)))
surv <- function(d, event = d$event) if (d$delayed[1]) Surv(d$start, d$time, event) else Surv(d$time, event)
parts <- function(d) c(list(all = d), split(d, d$group))

curve <- function(set, kind, name, y, since = NULL) {
  fit <- if (is.null(since)) survfit(y ~ 1, conf.type = "log-log") else
    survfit(y ~ 1, conf.type = "log-log", start.time = since)
  q <- quantile(fit, probs = c(0.25, 0.5, 0.75))
  add("quantiles", set = set, curve = kind, group = name, share = c(0.25, 0.5, 0.75), estimate = as.numeric(q$quantile),
    low = as.numeric(q$lower), high = as.numeric(q$upper))
  if (kind == "follow_up" && !set %in% c("hand_ties", "lung")) return(invisible())  # to keep the tables small
  add("survival", set = set, curve = kind, group = name, time = fit$time, at_risk = fit$n.risk, events = fit$n.event,
    censored = fit$n.censor, estimate = fit$surv, error = fit$std.err * fit$surv, low = fit$lower, high = fit$upper)
}

# survdiff takes no delayed entry: the log-rank test is Mantel and Haenszel's over one table per stratum and event time
compared <- function(set, test, start, time, event, group, stratum = rep(1, length(time)), first = rep(FALSE, length(time))) {
  group <- factor(group)
  tables <- list()
  for (s in unique(stratum)) {
    for (t in sort(unique(time[event == 1 & stratum == s]))) {
      at_risk <- stratum == s & time >= t & (first | start < t)
      died <- at_risk & event == 1 & time == t
      if (sum(at_risk) > 1) tables <- c(tables, list(rbind(table(group[died]), table(group[at_risk & !died]))))
    }
  }
  fit <- mantelhaen.test(array(unlist(tables), c(2, nlevels(group), length(tables))), correct = FALSE)
  add("tests", set = set, test = test, detail = "mantelhaen", chi2 = as.numeric(fit$statistic),
    df = as.numeric(fit$parameter), p = as.numeric(fit$p.value))
}

differed <- function(set, test, fit) {
  df <- sum(as.matrix(fit$exp) %*% rep(1, ncol(as.matrix(fit$exp))) > 0) - 1
  add("tests", set = set, test = test, detail = "survdiff", chi2 = fit$chisq, df = df,
    p = pchisq(fit$chisq, df, lower.tail = FALSE))
}

incidence <- function(set, name, d) {
  state <- factor(ifelse(is.na(d$cause), "censored", d$cause), c("censored", sort(unique(na.omit(d$cause)))))
  y <- if (d$delayed[1]) Surv(d$start, d$time, state) else Surv(d$time, state)
  fit <- if (d$delayed[1]) survfit(y ~ 1, id = seq_len(nrow(d)), conf.type = "log-log") else
    survfit(y ~ 1, conf.type = "log-log")
  for (k in 2:length(fit$states)) {
    add("incidence", set = set, group = name, cause = fit$states[k], time = fit$time, at_risk = fit$n.risk[, 1],
      estimate = fit$pstate[, k], error = fit$std.err[, k], low = fit$lower[, k], high = fit$upper[, k])
  }
}

for (set in files) {
  d <- data[[set]]
  for (name in names(parts(d))) {
    part <- parts(d)[[name]]
    curve(set, "survival", name, surv(part))
    if (!d$delayed[1]) curve(set, "follow_up", name, surv(part, 1 - part$event))
    if (length(unique(na.omit(part$cause))) > 1) incidence(set, name, part)
  }
  compared(set, "log_rank", d$start, d$time, d$event, d$group, first = is.na(d$entry))
  if (!d$delayed[1]) {
    fit <- survdiff(surv(d) ~ group, d)
    differed(set, "log_rank", fit)
    add("expected", set = set, group = sort(unique(d$group)), observed = as.numeric(fit$obs),
      expected = as.numeric(fit$exp))
  }
  if (any(!is.na(d$stratum))) {
    compared(set, "stratified_log_rank", d$start, d$time, d$event, d$group, d$stratum, is.na(d$entry))
    if (!d$delayed[1]) differed(set, "stratified_log_rank", survdiff(surv(d) ~ group + strata(stratum), d))
  }
  if (any(!is.na(d$exposed_at))) {
    at <- ifelse(!is.na(d$exposed_at) & d$exposed_at < d$time, d$exposed_at, Inf)
    exposed_at_start <- at <= d$start
    before <- data.frame(start = d$start, time = pmin(at, d$time), event = ifelse(is.finite(at), 0, d$event),
      group = "unexposed")[!exposed_at_start, ]
    after <- data.frame(start = pmax(at, d$start), time = d$time, event = d$event, group = "exposed")[is.finite(at), ]
    both <- rbind(before, after)
    both <- both[both$time > both$start, ]  # R takes no patient with a time of 0 in this form
    for (name in c("unexposed", "exposed")) {
      p <- both[both$group == name, ]
      curve(set, "simon_makuch", name, Surv(p$start, p$time, p$event))
      if (set == "heart") curve(set, "simon_makuch_since_30.5", name, Surv(p$start, p$time, p$event), since = 30.5)
    }
    compared(set, "mantel_byar", both$start, both$time, both$event, both$group)
  }
  if (!d$delayed[1] && length(unique(na.omit(d$cause))) > 1) {
    gray <- cuminc(d$time, ifelse(is.na(d$cause), "censored", d$cause), d$group, cencode = "censored")
    add("tests", set = set, test = "gray", detail = rownames(gray$Tests), chi2 = gray$Tests[, "stat"],
      df = gray$Tests[, "df"], p = pchisq(gray$Tests[, "stat"], gray$Tests[, "df"], lower.tail = FALSE))
    for (name in setdiff(names(gray), "Tests")) {
      last <- !duplicated(gray[[name]]$time, fromLast = TRUE)
      words <- strsplit(name, " ")[[1]]
      add("cuminc", set = set, group = words[1], cause = words[2], time = gray[[name]]$time[last],
        estimate = gray[[name]]$est[last])
    }
  }
  times <- sort(d$time)
  q <- quantile(times, c(0.25, 0.5, 0.75), type = 7)
  add("quartiles", set = set, q1 = q[1], median = q[2], q3 = q[3])
}

for (pair in list(c(0, 1), c(1, 1), c(0, 6), c(6, 6), c(3, 7), c(27, 64), c(12, 44), c(1, 70), c(54, 70), c(999, 1000),
                  c(20000, 50000), c(1, 50000))) {
  limits <- binom.test(pair[1], pair[2])$conf.int
  add("proportions", count = pair[1], of = pair[2], low = limits[1], high = limits[2])
}
for (cells in list(c(3, 1, 1, 3), c(10, 2, 3, 15), c(0, 5, 5, 0), c(7, 7, 7, 7), c(0, 0, 4, 6), c(27, 37, 12, 32),
                   c(5, 0, 1, 4), c(120, 80, 90, 110), c(1, 9, 11, 3))) {
  add("fisher", with_a = cells[1], without_a = cells[2], with_b = cells[3], without_b = cells[4],
    p = fisher.test(matrix(cells, 2, byrow = TRUE))$p.value)
}
add("versions", what = c("R", "survival", "cmprsk"), version = c(paste(R.version$major, R.version$minor, sep = "."),
  as.character(packageVersion("survival")), as.character(packageVersion("cmprsk"))))

for (table in names(rows)) {
  made <- do.call(rbind, rows[[table]])
  for (column in names(made)) {
    if (is.double(made[[column]])) {
      made[[column]] <- ifelse(is.finite(made[[column]]), trimws(formatC(made[[column]], digits = 9, format = "g")), NA)
    }
  }
  write.csv(made, file.path("answers", paste0(table, ".csv")), row.names = FALSE, na = "", quote = FALSE)
}
