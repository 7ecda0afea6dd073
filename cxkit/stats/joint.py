"""Estimates from the same respondents: each keeps what every respondent adds to it, so sums of them have an error."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats


@dataclass(frozen=True)
class Estimate:
    """A value with its linearised error.

    Attributes
    ----------
    n, n_eff : base and Kish's effective base; of a combination, the smallest among its parts.
    influence : what each respondent adds to the value; the sum of squares is the variance. Of n respondents who
        answered alike, sqrt(n) times what each adds.
    fixed : variance from outside the survey, such as of an operational level.
    """

    value: float
    n: float
    n_eff: float
    influence: np.ndarray
    fixed: float = 0.0

    @property
    def variance(self) -> float:
        return float(self.influence @ self.influence) + self.fixed

    @property
    def se(self) -> float:
        """Standard error; NaN when nothing varies, as then no error can be told."""
        return self.variance**0.5 if self.variance > 1e-24 else np.nan

    @property
    def df(self) -> float:
        """Degrees of freedom of a t interval; infinite where no respondents stand behind the value."""
        return max(1.0, self.n - 1) if self.n == self.n else np.inf

    def interval(self, level: float, bounds: tuple[float, float] = (-np.inf, np.inf)) -> tuple[float, float]:
        """The t interval, kept inside ``bounds``; NaN without an error."""
        half = float(stats.t.ppf((1 + level) / 2, self.df)) * self.se
        low, high = self.value - half, self.value + half
        return (max(bounds[0], low), min(bounds[1], high)) if half == half else (np.nan, np.nan)


def means(scores: np.ndarray, w: np.ndarray, n: np.ndarray | None = None) -> list[Estimate]:
    """Weighted mean of each column over the respondents who answered it.

    The influence of a respondent is sqrt(n/(n-1)) w_i (y_i - m) / W (Taylor linearisation with replacement,
    Saerndal, Swensson & Wretman 1992, ch. 5), so a column's variance is that of ``cxkit.stats.weights.mean``,
    and columns answered by the same people have the covariance of pairs.

    Parameters
    ----------
    scores : respondents x columns, NaN for no answer.
    w : weights above 0.
    n : how many respondents each line stands for; 1 when not given.

    >>> one, other = means(np.array([[1.0, 2], [2, 4], [3, 6], [4, 8]]), np.ones(4))
    >>> round(one.se, 4), round(combine([one, other], [-1, 1]).se, 4)
    (0.6455, 0.6455)
    """
    known = ~np.isnan(scores)
    alike = np.ones(len(w)) if n is None else n
    base, total, squares = (alike * w**power @ known for power in (0, 1, 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.where(known, scores, 0.0).T @ (alike * w) / total
        deviation = np.where(known, scores - value, 0.0) * (np.sqrt(alike) * w)[:, None]
        influence = np.sqrt(base / (base - 1)) * deviation / total
        n_eff = np.where(base, total**2 / squares, 0.0)
    influence[:, base < 2] = np.nan
    columns = zip(value.tolist(), base.astype(int).tolist(), n_eff.tolist(), influence.T, strict=True)
    return [Estimate(*column) for column in columns]


def combine(parts: Sequence[Estimate], factors: Sequence[float] | np.ndarray) -> Estimate:
    """The weighted sum of estimates of the same respondents, with their covariance.

    A base that is NaN (no respondents) does not count among the smallest.
    """
    bases = [(part.n, part.n_eff) for part in parts if part.n == part.n] or [(np.nan, np.nan)]
    return Estimate(
        float(sum(f * part.value for f, part in zip(factors, parts, strict=True))),
        min(n for n, _ in bases),
        min(n_eff for _, n_eff in bases),
        sum((f * part.influence for f, part in zip(factors, parts, strict=True)), np.zeros(len(parts[0].influence))),
        float(sum(f**2 * part.fixed for f, part in zip(factors, parts, strict=True))),
    )


def linear_base(estimate: Estimate, w: np.ndarray) -> float:
    """Effective base by linearisation: the answers that, unweighted, would give the estimate the same error.

    W sum(z^2 / w) / sum(z^2) for influences z; Kish's (sum w)^2 / sum w^2 is its special case where weights and
    answers have nothing to do with each other (Saerndal, Swensson & Wretman 1992, ch. 5).
    """
    squares = estimate.influence**2
    return float(w.sum() * (squares / w).sum() / squares.sum()) if squares.sum() > 0 else np.nan
