# What R finds in a survey: Rscript against_r.R survey.csv prints name,value lines. Packages survey and psych.
suppressMessages({library(survey); library(psych)})
data <- read.csv(commandArgs(TRUE)[1], stringsAsFactors = FALSE)
tell <- function(name, value) cat(name, ",", sprintf("%.15g", value), "\n", sep = "")
code <- function(x) (x >= 9) - (x <= 6)

now <- data[data$wave == "2026", ]
# A design of those who answered: who did not, as a domain, would change n / (n - 1) only.
of_those <- function(item, inside = TRUE) svydesign(ids = ~1, weights = ~w, data = now[inside & !is.na(now[[item]]), ])
for (item in c("q1", "q2", "q3", "nps")) {
  found <- svymean(as.formula(paste0("~", item)), of_those(item))
  tell(paste0("mean.", item), coef(found)); tell(paste0("se.", item), SE(found))
}
top <- svymean(~I(as.numeric(q1 >= 9)), of_those("q1"))
tell("top.q1", coef(top)); tell("top.se.q1", SE(top))
net <- svymean(~I(code(nps)), of_those("nps"))
n <- sum(!is.na(now$nps))
tell("nps", 100 * coef(net)); tell("nps.se", 100 * SE(net) * sqrt((n - 1) / n))
tell("alpha", alpha(na.omit(now[, c("q1", "q2", "q3")]), warnings = FALSE)$total$raw_alpha)

# Each respondent is a cluster over both waves; a difference of two means by linearisation.
influence <- function(data, first, item) {
  y <- data[[item]]; known <- !is.na(y)
  z <- rep(0, nrow(data))
  for (side in list(list(first, 1), list(!first, -1))) {
    inside <- known & side[[1]]; w <- data$w * inside; m <- sum(w * y, na.rm = TRUE) / sum(w)
    z <- z + side[[2]] * sqrt(sum(inside) / (sum(inside) - 1)) * ifelse(inside, w * (y - m) / sum(w), 0)
  }
  z
}
for (item in c("q1", "q2")) {
  sides <- lapply(c(TRUE, FALSE), function(side)
    svymean(as.formula(paste0("~", item)), of_those(item, (now$group == "North") == side)))
  means <- sapply(sides, coef); errors <- sapply(sides, SE)
  tell(paste0("rest.", item), means[1] - means[2]); tell(paste0("rest.se.", item), sqrt(sum(errors^2)))
  z <- influence(data, data$wave == "2026", item)
  tell(paste0("panel.se.", item), sqrt(sum(tapply(z, data$id, sum)^2)))
}
