"""Distances between mean profiles of the same or of other respondents, and what they consist of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import optimize, special, stats

from cxkit.stats.bootstrap import resampled_totals
from cxkit.stats.joint import Estimate, combine

LUCK = 0.1  # an observed distance below this quantile of no distance at all is read as that quantile


@dataclass(frozen=True)
class Distance:
    """``raw`` is D as published; ``estimate`` is corrected for its bias and has the interval ``low`` to ``high``."""

    raw: float
    estimate: float
    low: float
    high: float


def distance(gap: np.ndarray, covariance: np.ndarray, df: float, level: float = 0.95) -> Distance:
    """Distance D = sqrt(sum gap^2) between two mean profiles (Osgood, Suci & Tannenbaum 1957).

    Sampling error makes profiles look farther apart than they are, E[raw^2] = D^2 + trace(covariance), so the trace
    is subtracted. The interval holds every D under which raw^2 is no surprise. The law of raw^2 is a sum of
    noncentral chi-squares, taken as the chi-square with the same three moments (Imhof 1961). Near D = 0 the upper
    tail gets more than the lower, as no distance is negative (Feldman & Cousins 1998): low is 0 exactly when D = 0
    is not rejected, and high is never 0.

    Parameters
    ----------
    gap : differences of the means, one per scale.
    covariance : of the gaps, estimated with ``df`` degrees of freedom.

    Returns
    -------
    Where nothing varies, or ``df`` is below 2, no interval can be given and its ends are NaN.

    >>> found = distance(np.array([1.0, 1, 1, 1]), np.eye(4) / 100, 99)
    >>> round(found.raw, 3), round(found.estimate, 3), round(found.low, 2), round(found.high, 2)
    (2.0, 1.99, 1.79, 2.19)
    """
    square, trace = float(gap @ gap), float(np.trace(covariance))
    excess = square - trace
    raw, estimate = square**0.5, max(0.0, excess) ** 0.5 if trace == trace else np.nan
    if not trace > 1e-24 * max(1.0, square) or df < 2:
        return Distance(raw, estimate, np.nan, np.nan)
    v, axes = np.linalg.eigh(covariance)
    v, along = np.maximum(v, 0.0), (gap @ axes) ** 2
    # Few respondents give a covariance whose square is too large; this is unbiased (Bai & Saranadasa 1996).
    two = max(((v**2).sum() - trace**2 / df) * df**2 / ((df - 1) * (df + 2)), trace**2 / len(v))
    three, four = (float((v**k).sum()) * (two / (v**2).sum()) ** (k / 2) for k in (3, 4))
    # How strongly the true gap lies along the errors is not known; its estimate moves with the observed distance,
    # and the regression on it says by how much at another distance.
    once, twice = float(along @ v) - two, float(along @ v**2) - three
    spread = 2 * two + 4 * max(0.0, once)
    slope = min((2 * three + 4 * max(0.0, twice)) / spread, v[-1])
    slope2 = min((2 * four + 4 * max(0.0, float(along @ v**3) - four)) / spread, v[-1] ** 2)

    def curve(d: float) -> tuple[float, float]:
        """Degrees of freedom and scale of the chi-square that stands for raw^2 at the distance d."""
        first = min(max(once + slope * (d**2 - excess), v[0] * d**2), v[-1] * d**2)
        second = min(max(twice + slope2 * (d**2 - excess), first**2 / d**2 if d else 0.0), v[-1] * first)
        variance = 2 * two * (1 + 1 / df) + 4 * first
        freedom = 8 * variance**3 / (8 * three + 24 * second) ** 2
        return freedom, (variance / (2 * freedom)) ** 0.5

    def below(value: float, d: float) -> float:
        freedom, scale = curve(d)
        return float(special.gammainc(freedom / 2, max(0.0, freedom + (value - d**2) / scale) / 2))

    def quantile(share: float) -> float:
        freedom, scale = curve(0.0)
        return (2 * float(special.gammaincinv(freedom / 2, share)) - freedom) * scale

    tails = 2 * float(stats.norm.cdf(stats.t.ppf((1 - level) / 2, df)))  # t, as the covariance is estimated
    surprise, seen = quantile(1 - tails), max(excess, quantile(LUCK))

    def lower_tail(d: float) -> float:
        return tails / 2 * max(0.0, 1 - below(surprise, d) - tails) / (1 - tails)

    reach = trace**0.5
    while below(seen, reach) > lower_tail(reach):
        reach *= 2
    low, high = 0.0, optimize.brentq(lambda d: below(seen, d) - lower_tail(d), 0.0, reach)
    if seen > surprise:
        low = optimize.brentq(lambda d: 1 - below(seen, d) - tails + lower_tail(d), 0.0, reach)
    return Distance(raw, estimate, min(low, estimate), max(high, estimate))


def split(one: np.ndarray, other: np.ndarray) -> dict[str, float]:
    """The parts of D^2 (Cronbach & Gleser 1953): k (difference of means)^2, k (difference of SDs)^2 and shape.

    >>> split(np.array([1.0, 3]), np.array([4.0, 4]))
    {'level': 8.0, 'spread': 2.0, 'shape': 0.0}
    """
    k, spreads = len(one), (one.std(), other.std())
    together = float((one - one.mean()) @ (other - other.mean())) / k
    return {
        "level": k * float(one.mean() - other.mean()) ** 2,
        "spread": k * float(spreads[0] - spreads[1]) ** 2,
        "shape": 2 * k * max(0.0, float(spreads[0] * spreads[1]) - together),
    }


def profile_r(one: np.ndarray, other: np.ndarray, w: np.ndarray | None = None) -> float:
    """Correlation of two profiles, NaN where one is flat. It does not see how far apart they lie.

    >>> round(profile_r(np.array([1.0, 2, 3]), np.array([5.0, 6, 7])), 12)
    1.0
    """
    w = np.ones(len(one)) if w is None else w
    x, y = (side - np.average(side, weights=w) for side in (one, other))
    spread = float(w @ x**2 * (w @ y**2)) ** 0.5
    return float(w * x @ y) / spread if spread > 1e-12 * w.sum() else np.nan


def profile_r_interval(one: Sequence[Estimate], other: Sequence[Estimate], level: float) -> tuple[float, float]:
    """Interval of the correlation of two mean profiles: Fisher's z with its linearised error (Fisher 1921).

    The scales are fixed, only their means are uncertain. NaN where r is undefined or two scales leave it no freedom.
    """
    x, y = (np.array([m.value for m in side]) for side in (one, other))
    r = profile_r(x, y)
    if len(x) < 3 or not abs(r) < 1 - 1e-9:
        return np.nan, np.nan
    u, v = (_standardised(side) for side in (x, y))
    slopes = np.concatenate([v - r * u, u - r * v]) / np.repeat([x.std(), y.std()], len(x)) / len(x)
    moved = combine([*one, *other], slopes / (1 - r**2))
    reach = float(stats.t.ppf((1 + level) / 2, moved.df)) * moved.se
    return float(np.tanh(np.arctanh(r) - reach)), float(np.tanh(np.arctanh(r) + reach))


def part_estimates(one: Sequence[Estimate], other: Sequence[Estimate]) -> dict[str, Estimate]:
    """The parts of D^2 with their linearised errors, to be compared with each other.

    The error of the sample adds to each part what it adds to a square, its variance, which is taken off here.
    """
    x, y = (np.array([m.value for m in side]) for side in (one, other))
    k, together = len(x), [*one, *other]
    level = np.repeat([1.0, -1.0], k) / k
    spread = np.concatenate([_standardised(x), -_standardised(y)]) / k
    roots = {"level": combine(together, level), "spread": combine(together, spread)}
    values = split(x, y)
    slopes = {
        "level": 2 * k * float(x.mean() - y.mean()) * level,
        "spread": 2 * k * float(x.std() - y.std()) * spread,
    }
    slopes["shape"] = 2 * np.concatenate([x - y, y - x]) - slopes["level"] - slopes["spread"]
    luck = {part: k * root.variance for part, root in roots.items()}
    luck["shape"] = sum(combine([a, b], [1, -1]).variance for a, b in zip(one, other, strict=True)) - sum(
        luck.values()
    )
    return {part: replace(combine(together, slopes[part]), value=values[part] - luck[part]) for part in values}


def _standardised(profile: np.ndarray) -> np.ndarray:
    spread = profile.std()
    return (profile - profile.mean()) / spread if spread > 1e-12 else np.zeros(len(profile))


def resampled_means(scores: np.ndarray, w: np.ndarray, rng: np.random.Generator, times: int = 5000) -> np.ndarray:
    """Weighted mean of each column in resamples of the respondents: times x columns.

    NaN where nobody in a resample answered a column.
    """
    known = ~np.isnan(scores)
    columns = np.hstack([np.where(known, scores, 0.0), known]) * w[:, None]
    totals, weights = np.split(resampled_totals(columns, rng, times), 2, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return totals / weights


def closer(drawn: np.ndarray, one: float, other_drawn: np.ndarray, other: float) -> float:
    """Probability that the first of two distances is the smaller.

    Parameters
    ----------
    drawn, other_drawn : gaps in resamples, times x scales.
    one, other : traces of the covariances of the gaps. A draw holds the error of the sample and that of the
        resample, so twice the trace is taken from its square. Resamples in which a mean is undefined do not count.
    """
    ahead = (other_drawn**2).sum(axis=1) - (drawn**2).sum(axis=1) - 2 * (other - one)
    known = ahead[~np.isnan(ahead)]
    # Half a draw more on each side: that a share of all draws is 0 does not make it impossible.
    return ((known > 0).sum() + (known == 0).sum() / 2 + 0.5) / (len(known) + 1) if len(known) else np.nan
