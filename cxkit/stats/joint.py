"""Estimates from the same respondents: each keeps what every respondent adds to it, so sums of them have an error."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cxkit.stats.weights import bounded_interval, freedom


@dataclass(frozen=True)
class Estimate:
    """A value with its linearised error.

    Attributes
    ----------
    n, n_kish : base and Kish's effective base; of a combination, the smallest among its parts.
    influence : what each respondent adds to the value; the sum of squares is the variance. Of n respondents who
        answered alike, sqrt(n) times what each adds.
    fixed : variance from outside the survey, such as of an operational level.
    alike : what each would add if all weights were equal, influence sqrt(W / (n w)); None is the influence itself.
    df : degrees of freedom of the variance (``weights.freedom``); infinite where no respondents stand behind it.
    """

    value: float
    n: float
    n_kish: float
    influence: np.ndarray
    fixed: float = 0.0
    alike: np.ndarray | None = None
    df: float = np.inf

    @property
    def variance(self) -> float:
        return float(self.influence @ self.influence) + self.fixed

    @property
    def se(self) -> float:
        """Standard error; NaN when nothing varies, as then no error can be told."""
        return self.variance**0.5 if self.variance > 1e-24 else np.nan

    @property
    def n_eff(self) -> float:
        """Effective base: the answers that, of equal weight, would give the value the same error from the survey.

        n sum(a^2) / sum(z^2) for influences z, and a if weights were equal: n / deff of a mean, as R's ``survey`` has
        it (Saerndal, Swensson & Wretman 1992, ch. 5). Kish's where nothing varies.
        """
        squares = float(self.influence @ self.influence)
        if self.alike is None or not squares > 1e-24 or self.n - self.n_kish <= 1e-9 * self.n:
            return self.n_kish
        return self.n * float(self.alike @ self.alike) / squares

    def interval(self, level: float, bounds: tuple[float, float] = (-np.inf, np.inf)) -> tuple[float, float]:
        """The t interval, inside ``bounds`` by its logit (``weights.bounded_interval``); NaN without an error."""
        se = self.se
        return bounded_interval(self.value, se, self.df, bounds, level) if se == se else (np.nan, np.nan)


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
    people = np.ones(len(w)) if n is None else n
    base, total, squares = (people * w**power @ known for power in (0, 1, 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.where(known, scores, 0.0).T @ (people * w) / total
        deviation = np.where(known, scores - value, 0.0) * (np.sqrt(people) * w)[:, None]
        influence = np.sqrt(base / (base - 1)) * deviation / total
        alike = influence * np.sqrt(total / base / w[:, None])
        n_kish = np.where(base, total**2 / squares, 0.0)
    influence[:, base < 2] = np.nan
    df = freedom(known * w[:, None], people)
    columns = zip(
        value.tolist(), base.astype(int).tolist(), n_kish.tolist(), influence.T, alike.T, df.tolist(), strict=True
    )
    return [Estimate(v, n_, kish, z, alike=a, df=f) for v, n_, kish, z, a, f in columns]


def combine(parts: Sequence[Estimate], factors: Sequence[float] | np.ndarray) -> Estimate:
    """The weighted sum of estimates of the same respondents, with their covariance.

    A base that is NaN (no respondents) does not count among the smallest.
    """
    bases = [(part.n, part.n_kish) for part in parts if part.n == part.n] or [(np.nan, np.nan)]
    return Estimate(
        float(sum(f * part.value for f, part in zip(factors, parts, strict=True))),
        min(n for n, _ in bases),
        min(n_kish for _, n_kish in bases),
        sum((f * part.influence for f, part in zip(factors, parts, strict=True)), np.zeros(len(parts[0].influence))),
        float(sum(f**2 * part.fixed for f, part in zip(factors, parts, strict=True))),
        sum((f * equal(part) for f, part in zip(factors, parts, strict=True)), np.zeros(len(parts[0].influence))),
        min(part.df for part in parts),
    )


def equal(estimate: Estimate) -> np.ndarray:
    """What each respondent would add at equal weights."""
    return estimate.influence if estimate.alike is None else estimate.alike
