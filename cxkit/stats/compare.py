"""Differences between two groups or two waves, on the same basis as the intervals."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import special, stats

from cxkit.errors import SettingsError

CORRECTIONS = ("bonferroni", "bh")


@dataclass(frozen=True)
class Basis:
    """What a test needs of one side: a value, its variance, and degrees of freedom (inf for a z test)."""

    value: float
    variance: float
    df: float = math.inf


@dataclass(frozen=True)
class Difference:
    """A difference and its error: tested against 0 by t, with the interval of all values that are not rejected.

    Attributes
    ----------
    value, se, df : first minus second, its standard error and degrees of freedom; all NaN when neither side varies.
    skewness : of the estimate, 0-1, where its low and where its high values are the rarer; that side of the
        interval reaches t + b (2 t^2 + 1) / 6 standard errors instead of t, which inverts the modified t test of
        Johnson (1978, JASA 73:536) to its first order.

    >>> found = Difference(0.1, 0.05, 20, skewness=(0.5, 0.0))
    >>> round(found.p, 3), round(found.interval(0.95)[0], 3)
    (0.142, -0.045)
    """

    value: float
    se: float
    df: float = math.inf
    skewness: tuple[float, float] = (0.0, 0.0)

    @property
    def p(self) -> float:
        """Two-sided p; the interval at a level leaves 0 out exactly when p is below 1 - level."""
        b = self.skewness[int(self.value < 0)]
        away = abs(self.value) / self.se - b / 6
        root = 2 * away / (1 + math.sqrt(1 + 4 * b / 3 * away))  # the t whose limit is 0
        return 2 * float(special.stdtr(self.df, -max(0.0, root)))

    def interval(self, level: float) -> tuple[float, float]:
        low, high = self._reach(level)
        return self.value - low * self.se, self.value + high * self.se

    def detectable(self, level: float) -> float:
        """The smallest true difference that a test at this level sees with a power of 80 %."""
        low, high = self._reach(level)
        towards_zero = low if self.value > 0 else high if self.value < 0 else max(low, high)
        return (towards_zero + float(special.stdtrit(self.df, 0.8))) * self.se

    def times(self, factor: float) -> "Difference":
        """The same in other units."""
        return replace(self, value=self.value * factor, se=self.se * factor)

    def _reach(self, level: float) -> tuple[float, float]:
        t = float(
            special.stdtrit(self.df, (1 + level) / 2)
        )  # what stats.t does, without its checks: a tenth of the time
        low, high = (t + b * (2 * t**2 + 1) / 6 for b in self.skewness)
        return low, high


UNKNOWN = Difference(math.nan, math.nan, math.nan)


def difference(first: Basis, second: Basis, *, covariance: float = 0.0) -> Difference:
    """Compare two values by a z or Welch (1947) t test.

    Parameters
    ----------
    covariance : of the two values when the same respondents stand in both; the degrees of freedom are then
        the smaller of the two, which for complete pairs is the paired t test.

    >>> round(difference(Basis(0.303, 0.0264), Basis(-0.182, 0.0276)).p, 3)
    0.037
    """
    a, b = first.variance, second.variance
    variance = a + b - 2 * covariance
    if not variance > 1e-12 * (a + b):
        return UNKNOWN
    if covariance:
        df = min(first.df, second.df)
    elif math.isinf(first.df) or math.isinf(second.df):
        df = math.inf
    else:
        df = (a + b) ** 2 / ((a**2 / first.df if a else 0) + (b**2 / second.df if b else 0))
    return Difference(first.value - second.value, math.sqrt(variance), df)


def adjust(p: Sequence[float], correction: str = "bonferroni", level: float = 0.95) -> tuple[np.ndarray, float]:
    """Adjust the p values of one family, and give the level of intervals that leave 0 out exactly where they hold.

    "bonferroni" (default) bounds the chance of any false one: m p, intervals at 1 - (1 - level) / m, which hold
    together at ``level``. "bh" (Benjamini & Hochberg 1995) bounds the share of false ones, for screening: with R that
    hold, intervals at 1 - (1 - level) R / m (Benjamini & Yekutieli 2005, JASA 100:71).

    Parameters
    ----------
    p : NaN stays NaN and does not count as a test.
    level : confidence, 0-1.

    >>> adjust([0.143, 0.909, 0.126])[0].round(2).tolist()
    [0.43, 1.0, 0.38]
    """
    if correction not in CORRECTIONS:
        raise SettingsError(f'There is no correction "{correction}"; give "bonferroni" or "bh".')
    values = np.array(p, dtype=float)
    tested = ~np.isnan(values)
    m, kept = max(1, int(tested.sum())), 1
    if correction == "bh":
        values[tested] = stats.false_discovery_control(values[tested])
        kept = max(1, int((values[tested] < 1 - level).sum()))
    else:
        values = np.minimum(1, m * values)
    return values, 1 - (1 - level) * kept / m


def holm(p: Sequence[float]) -> np.ndarray:
    """Adjust the p values of one family step by step (Holm 1979); NaN stays NaN and does not count as a test.

    >>> holm([0.143, 0.909, 0.126]).round(2).tolist()
    [0.38, 0.91, 0.38]
    """
    values = np.array(p, dtype=float)
    # statsmodels has Holm too, but collects garbage on each call, which took most of a report's own time.
    order = np.flatnonzero(~np.isnan(values))
    order = order[np.argsort(values[order], kind="stable")]
    steps = values[order] * np.arange(len(order), 0, -1)
    values[order] = np.minimum(1, np.maximum.accumulate(steps))
    return values
