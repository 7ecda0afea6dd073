"""Weighted shares and means from score counts, with their effective base and linearised error."""

from dataclasses import dataclass

import numpy as np
from scipy import stats


@dataclass(frozen=True)
class Distribution:
    """The answers to one item by one group: score, respondents, sum of weights, sum of squared weights."""

    score: np.ndarray
    count: np.ndarray
    w: np.ndarray
    w2: np.ndarray

    @property
    def n(self) -> int:
        return int(self.count.sum())

    @property
    def n_eff(self) -> float:
        """Effective base (sum w)^2 / sum w^2, Kish 1965, Survey Sampling."""
        return float(self.w.sum() ** 2 / self.w2.sum()) if self.n else 0.0

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
        return mean(Distribution(inside, self.count, self.w, self.w2), (0, 1)).se


@dataclass(frozen=True)
class Mean:
    """A weighted mean: ``estimate se low high`` in units of the scale; ``deff`` is its design effect."""

    estimate: float
    se: float
    low: float
    high: float
    sd: float
    deff: float


def mean(answers: Distribution, bounds: tuple[float, float], level: float = 0.95) -> Mean:
    """Weighted mean with a t interval on the Taylor-linearised standard error.

    se = sqrt(n/(n-1) sum[w_i (y_i - m) / W]^2), with replacement (Saerndal, Swensson & Wretman 1992, ch. 5);
    at equal weights this is s/sqrt(n). ``deff`` divides se^2 by the variance under simple random sampling.

    Parameters
    ----------
    bounds : the scale's ends; the interval does not leave them.
    level : confidence, 0-1.

    Returns
    -------
    With fewer than two answers, or none that differ, ``se`` has no meaning and it and the interval are NaN.

    >>> one = np.ones(4)
    >>> round(mean(Distribution(np.array([1., 2, 3, 4]), one, one, one), (1, 5)).se, 4)
    0.6455
    """
    n, share = answers.n, answers.share
    centre = float(share @ answers.score)
    deviation = answers.score - centre
    spread = float(share @ deviation**2)
    if n < 2 or spread <= 1e-24:
        return Mean(centre, np.nan, np.nan, np.nan, 0.0 if n > 1 else np.nan, np.nan)
    variance = n / (n - 1) * float(answers.w2 @ deviation**2) / float(answers.w.sum()) ** 2
    se = variance**0.5
    half = float(stats.t.ppf((1 + level) / 2, n - 1)) * se
    s2 = spread * n / (n - 1)
    low, high = max(bounds[0], centre - half), min(bounds[1], centre + half)
    return Mean(centre, se, low, high, s2**0.5, variance / (s2 / n))
