"""Weighted shares and means from score counts, with their effective base and linearised error."""

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy import special


@dataclass(frozen=True)
class Distribution:
    """The answers to one item by one group: score, respondents, sums of weights, of their squares and cubes."""

    score: np.ndarray
    count: np.ndarray
    w: np.ndarray
    w2: np.ndarray
    w3: np.ndarray

    @property
    def n(self) -> int:
        return int(self.count.sum())

    @property
    def n_kish(self) -> float:
        """Effective base (sum w)^2 / sum w^2, Kish 1965, Survey Sampling: for weights unrelated to answers."""
        return float(self.w.sum() ** 2 / self.w2.sum()) if self.n else 0.0

    @property
    def df(self) -> float:
        """Degrees of freedom of a linearised variance, see :func:`freedom`."""
        return float(_freedom(self.w.sum(), self.w2.sum(), self.w3.sum())) if self.n else 1.0

    @property
    def alike(self) -> bool:
        """Whether all weights are equal, so that every effective base is n, whatever rounding says."""
        return self.n - self.n_kish <= 1e-9 * self.n

    @property
    def share(self) -> np.ndarray:
        """Weighted share of each score, 0-1."""
        return self.w / self.w.sum()

    def share_of(self, scores: range) -> float:
        """Weighted share of the answers that lie in ``scores``, 0-1."""
        return float(self.share[np.isin(self.score, scores)].sum())

    def share_se(self, scores: range) -> float:
        """Linearised standard error of the share in ``scores``, as :func:`mean` of answers 1 (in it) and 0 has it."""
        inside = np.isin(self.score, scores).astype(float)
        return mean(replace(self, score=inside), (0, 1)).se

    def share_base(self, scores: range) -> float:
        """Effective base of the share in ``scores``."""
        return effective_base(self, np.isin(self.score, scores).astype(float), (0, 1))


def kish(w: np.ndarray) -> float:
    """Kish's effective base of weights, (sum w)^2 / sum w^2."""
    return float(w.sum() ** 2 / (w**2).sum()) if len(w) else 0.0


def freedom(w: np.ndarray, n: np.ndarray | float = 1.0) -> np.ndarray:
    """Degrees of freedom of a variance that is linearised under weights, per column of ``w``: 1 / a - 1, at least 1.

    Deviations are from the weighted mean, which heavy respondents pull to themselves, so sum w_i^2 (y_i - m)^2 lacks
    the share a = 2 sum w^3 / (sum w sum w^2) - sum w^2 / (sum w)^2 of its expectation (answers of equal variance; the
    bias that Bell & McCaffrey 2002, Survey Methodology 28:169, correct). At equal weights a = 1 / n; otherwise the
    error is told as by 1 / a answers: about 25 at n = 150 and a coefficient of variation of 1, where Kish's base is
    75. With these, a nominal 5 in 100 are 4 to 5 in simulations, with Kish's base up to 6.4.

    Parameters
    ----------
    n : how many respondents each line stands for.

    >>> float(freedom(np.ones(5))), round(float(freedom(np.array([1.0, 1, 1, 1, 3]))), 2)
    (4.0, 1.4)
    """
    return _freedom(*((n * w.T**power).sum(axis=-1) for power in (1, 2, 3)))


def _freedom(total: np.ndarray, squares: np.ndarray, cubes: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        lost = 2 * cubes / (total * squares) - squares / total**2
        found: np.ndarray = np.maximum(1.0, 1 / lost - 1)
    return found


def effective_base(answers: Distribution, counts: np.ndarray, ends: tuple[float, float]) -> float:
    """How many answers of equal weight would give a share or a net score the same linearised error.

    n_eff = v / variance, where v is the variance of one answer, p (1 - p) for a share and t + b - (t - b)^2 for a net
    score, and the variance is linearised: sum w (x - m)^2 W / sum w^2 (x - m)^2. Times (t_{n-1} / t_df)^2 at 95 %, as
    few heavy answers tell the variance less surely (Korn & Graubard 1998, Survey Methodology 24:193; Dean & Pagano
    2015, JSSAM 3:484; df by :func:`freedom`). Where few answers lie at one end their own weights hardly tell
    anything, so one answer of average weight is added at each end for v and variance: with all answers equal this
    would be Kish's base, with k at the emptier end at most about (1 + sqrt(k)) / 2 times that. It may pass n, as
    light answers do tell more: a cap at n has coverages up to .99. It is not below 1, and exactly n with equal
    weights.

    Too large where fewer than about 5 respondents of great weight carry a share: nobody like them may be in the
    sample (``python -m tests.benchmarks.coverage shares net``).

    Parameters
    ----------
    counts : what each score counts, 0 or 1 for a share, -1, 0 or 1 for a net score.
    ends : the least and most that an answer can count.

    >>> none, w = np.zeros(2), np.array([9.0, 18])  # nine of weight 1 and nine of weight 2, Kish 27^2 / 45 = 16.2
    >>> round(effective_base(Distribution(none, none + 9, w, w**2 / 9, w**3 / 9**2), none, (0, 1)), 2)
    15.44
    """
    n = answers.n
    if answers.alike:
        return float(n)
    average = np.full(2, 1 / n)
    w, w2 = (np.concatenate([side, side.sum() * average]) for side in (answers.w, answers.w2))
    x = np.concatenate([counts, ends])
    square = (x - w @ x / w.sum()) ** 2
    base = float(w @ square * w.sum() / (w2 @ square)) * n / (n + 2)
    t, less_sure = special.stdtrit([n - 1.0, answers.df], 0.975)
    return max(1.0, base * float(t / less_sure) ** 2)


def bounded_interval(
    value: float, se: float, df: float, bounds: tuple[float, float], level: float = 0.95
) -> tuple[float, float]:
    """The t interval of a mean of answers that cannot leave ``bounds``: on the logit of its place between them.

    With s = (value - low) / (high - low): logit s -+ t se / [(high - low) s (1 - s)], turned back (the delta method;
    for shares Brown, Cai & DasGupta 2001, Statistical Science 16:101, sec. 4.2). A mean near an end comes from skewed
    answers, and its interval reaches further towards the middle than the plain value -+ t se, which in the middle of
    the scale is nearly the same. Too short where hardly anybody gave the answers that make the mean differ from the
    end, and NaN where nobody did. Without bounds, or at one, it is value -+ t se.

    >>> [round(x, 3) for x in bounded_interval(9.5, 0.2, 19, (0, 10)) + bounded_interval(5, 0.2, 19, (0, 10))]
    [8.873, 9.787, 4.582, 5.418]
    """
    t = float(special.stdtrit(df, (1 + level) / 2))
    low, high = bounds
    place = (value - low) / (high - low) if math.isfinite(high - low) else 0.0
    if not 0 < place < 1 or not se > 0:
        return max(low, value - t * se), min(high, value + t * se)
    centre, half = special.logit(place), t * se / ((high - low) * place * (1 - place))
    down, up = special.expit([centre - half, centre + half])
    return low + (high - low) * float(down), low + (high - low) * float(up)


@dataclass(frozen=True)
class Mean:
    """A weighted mean: ``estimate se low high`` in units of the scale; ``deff`` is its design effect and ``n_eff``
    its effective base, n / deff (Kish's where the answers do not differ)."""

    estimate: float
    se: float
    low: float
    high: float
    sd: float
    deff: float
    n_eff: float


def mean(answers: Distribution, bounds: tuple[float, float], level: float = 0.95) -> Mean:
    """Weighted mean with a t interval on the Taylor-linearised standard error, kept inside the scale by its logit.

    se = sqrt(n/(n-1) sum[w_i (y_i - m) / W]^2), with replacement (Saerndal, Swensson & Wretman 1992, ch. 5);
    at equal weights this is s/sqrt(n). ``deff`` divides se^2 by the variance under simple random sampling. Degrees
    of freedom by :func:`freedom`. The interval is too short where the few who lie far from the others also weigh
    most (``python -m tests.benchmarks.coverage means``), as then hardly any survey has enough of them.

    Parameters
    ----------
    bounds : the scale's ends; the interval does not leave them, see :func:`bounded_interval`.
    level : confidence, 0-1.

    Returns
    -------
    With fewer than two answers, or none that differ, ``se`` has no meaning and it and the interval are NaN.

    >>> one = np.ones(4)
    >>> round(mean(Distribution(np.array([1., 2, 3, 4]), one, one, one, one), (1, 5)).se, 4)
    0.6455
    """
    n, share = answers.n, answers.share
    centre = float(share @ answers.score)
    deviation = answers.score - centre
    spread = float(share @ deviation**2)
    if n < 2 or spread <= 1e-24:
        return Mean(centre, np.nan, np.nan, np.nan, 0.0 if n > 1 else np.nan, np.nan, answers.n_kish)
    variance = n / (n - 1) * float(answers.w2 @ deviation**2) / float(answers.w.sum()) ** 2
    se, s2 = variance**0.5, spread * n / (n - 1)
    low, high = bounded_interval(centre, se, answers.df, bounds, level)
    n_eff = float(n) if answers.alike else s2 / variance
    return Mean(centre, se, low, high, s2**0.5, variance / (s2 / n), n_eff)
