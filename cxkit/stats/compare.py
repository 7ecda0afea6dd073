"""Differences between two groups or two waves, on the same basis as the intervals."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from cxkit.errors import SettingsError

CORRECTIONS = ("holm", "bh")


@dataclass(frozen=True)
class Basis:
    """What a test needs of one side: a value, its variance, and degrees of freedom (inf for a z test)."""

    value: float
    variance: float
    df: float = math.inf


@dataclass(frozen=True)
class Difference:
    """First minus second; ``detectable`` is the smallest true gap seen with 80 % power."""

    se: float
    low: float
    high: float
    p: float
    detectable: float


def difference(
    first: Basis, second: Basis, *, covariance: float = 0.0, level: float = 0.95, reach: float = math.inf
) -> Difference:
    """Compare two values by a z or Welch (1947) t test.

    Parameters
    ----------
    covariance : of the two values when the same respondents stand in both; the degrees of freedom are then
        the smaller of the two, which for complete pairs is the paired t test.
    reach : the largest difference there can be, such as 100 of two indices; the interval does not leave it.

    Returns
    -------
    All NaN when neither side varies.

    >>> round(difference(Basis(0.303, 0.0264), Basis(-0.182, 0.0276)).p, 3)
    0.037
    """
    a, b = first.variance, second.variance
    variance = a + b - 2 * covariance
    if not variance > 1e-12 * (a + b):
        return Difference(math.nan, math.nan, math.nan, math.nan, math.nan)
    se = math.sqrt(variance)
    if covariance:
        df = min(first.df, second.df)
    elif math.isinf(first.df) or math.isinf(second.df):
        df = math.inf
    else:
        df = (a + b) ** 2 / ((a**2 / first.df if a else 0) + (b**2 / second.df if b else 0))
    gap = first.value - second.value
    half = float(stats.t.ppf((1 + level) / 2, df)) * se
    p = 2 * float(stats.t.sf(abs(gap) / se, df))
    power = float(stats.t.ppf((1 + level) / 2, df) + stats.t.ppf(0.8, df))
    return Difference(se, max(-reach, gap - half), min(reach, gap + half), p, power * se)


def adjust(p: Sequence[float], correction: str = "holm") -> np.ndarray:
    """Adjust the p values of one family: "holm" (Holm 1979) or "bh" (Benjamini & Hochberg 1995, screening).

    NaN stays NaN and does not count as a test.

    >>> adjust([0.143, 0.909, 0.126]).round(2).tolist()
    [0.38, 0.91, 0.38]
    """
    if correction not in CORRECTIONS:
        raise SettingsError(f'There is no correction "{correction}"; give "holm" or "bh".')
    values = np.array(p, dtype=float)
    tested = ~np.isnan(values)
    if correction == "bh":
        values[tested] = stats.false_discovery_control(values[tested])
        return values
    # statsmodels has Holm too, but collects garbage on each call, which took most of a report's own time.
    order = np.flatnonzero(tested)[np.argsort(values[tested])]
    steps = values[order] * np.arange(len(order), 0, -1)
    values[order] = np.minimum(1, np.maximum.accumulate(steps))
    return values
