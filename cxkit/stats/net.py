"""A net score: the share of one group of answers minus the share of another, such as NPS / 100."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from cxkit.errors import SettingsError
from cxkit.stats.weights import Distribution, effective_base

INTERVALS = ("adjusted", "wald", "score", "bootstrap")
PRIOR = 3.0  # answers added by the adjusted Wald interval: 1/4 to the top, 1/2 between, 1/4 to the bottom


@dataclass(frozen=True)
class Net:
    """Top share minus bottom share, -1 to 1: ``estimate``, its interval, and the basis of its tests."""

    estimate: float
    low: float
    high: float
    centre: float
    variance: float


def adjusted(top: float, bottom: float, n_eff: float) -> tuple[float, float]:
    """Centre and variance after adding 3 answers (.75 top, 1.5 between, .75 bottom).

    Rocks 2016, "Interval estimation for the Net Promoter Score", The American Statistician 70(4).
    Intervals, two-sample tests and sample sizes of this module all stand on these two numbers.
    """
    n = n_eff + PRIOR
    t, b = (top * n_eff + PRIOR / 4) / n, (bottom * n_eff + PRIOR / 4) / n
    return t - b, (t + b - (t - b) ** 2) / n


def net_base(answers: Distribution, top: range, bottom: range) -> float:
    """Effective base of the share in ``top`` minus the share in ``bottom``, see ``weights.effective_base``."""
    counts = np.isin(answers.score, top).astype(float) - np.isin(answers.score, bottom)
    return effective_base(answers, counts, (-1, 1))


def net(
    top: float,
    bottom: float,
    n_eff: float,
    *,
    method: str = "adjusted",
    level: float = 0.95,
    se: float | None = None,
    rng: np.random.Generator | None = None,
) -> Net:
    """Net of two shares of one sample, with an interval clipped to -1..1.

    Parameters
    ----------
    top, bottom : shares, 0-1, of the same answers.
    n_eff : base, or when weighted the effective base of this net score (:func:`net_base`).
    se : standard error for "wald" when it is known better, as the linearised one of weighted answers.
    method : "adjusted" (Wald with 3 answers added, Rocks 2016), "wald" (var = [t + b - (t - b)^2] / n),
        "score" (Tango 1998) or "bootstrap" (5,000 multinomial resamples, percentiles; needs ``rng``).

    Raises
    ------
    SettingsError : the method is unknown.

    >>> found = net(9 / 11, 2 / 11, 11)
    >>> round(100 * found.low, 4), round(100 * found.high, 4)
    (8.0008, 91.9992)
    """
    estimate = top - bottom
    centre, variance = adjusted(top, bottom, n_eff)
    z = float(stats.norm.ppf((1 + level) / 2))
    if method == "adjusted":
        low, high = centre - z * math.sqrt(variance), centre + z * math.sqrt(variance)
    elif method == "wald":
        half = z * (math.sqrt(max(0.0, top + bottom - estimate**2) / n_eff) if se is None else se)
        low, high = estimate - half, estimate + half
    elif method == "score":
        low, high = _score_interval(top, bottom, n_eff, z)
    elif method == "bootstrap":
        if rng is None:
            raise SettingsError("The bootstrap interval needs a random generator; give rng.")
        size = max(1, round(n_eff))
        shares = np.clip([top, bottom, 1 - top - bottom], 0, 1)  # sums of weights can pass 1 in the last digit
        drawn = rng.multinomial(size, shares, size=5000) / size
        low, high = np.quantile(drawn[:, 0] - drawn[:, 1], [(1 - level) / 2, (1 + level) / 2])
    else:
        raise SettingsError(f'There is no interval "{method}"; give one of {", ".join(INTERVALS)}.')
    return Net(estimate, min(estimate, max(-1.0, float(low))), max(estimate, min(1.0, float(high))), centre, variance)


def _score_interval(top: float, bottom: float, n: float, z: float) -> tuple[float, float]:
    """Invert the score test of Tango (1998, Statistics in Medicine 17:891): the nets not rejected at z."""
    estimate = top - bottom

    def distance(net: float) -> float:
        b = -top - bottom + (2 - estimate) * net
        rest = (math.sqrt(max(0.0, b**2 + 8 * bottom * net * (1 - net))) - b) / 4
        spread = 2 * rest + net * (1 - net)
        return (estimate - net) ** 2 * n - z**2 * max(spread, 0.0)

    step = 1e-9  # at the estimate itself the test statistic can be 0 / 0
    inner, outer = max(-1.0, estimate - step), min(1.0, estimate + step)
    low = optimize.brentq(distance, -1, inner, xtol=1e-12) if distance(-1) > 0 > distance(inner) else -1.0
    high = optimize.brentq(distance, outer, 1, xtol=1e-12) if distance(1) > 0 > distance(outer) else 1.0
    return low, high


def sample_size(margin: float, *, variance: float = 1.0, level: float = 0.95) -> int:
    """Answers needed so that the adjusted interval of a net score is about +- ``margin``.

    n = z^2 s^2 / d^2 - 3, the size at which Rocks' (2016) interval has the half-width d.

    Parameters
    ----------
    margin : half-width in points of -100..100, such as 5.
    variance : of one answer coded -1, 0, 1; 1 is the worst case, .69 a usual one.

    Raises
    ------
    SettingsError : the margin or the variance is not above 0 (variance at most 1).

    >>> sample_size(5, variance=0.69), sample_size(5)
    (1058, 1534)
    """
    _planning(margin, variance)
    z = float(stats.norm.ppf((1 + level) / 2))
    return max(1, math.ceil(z**2 * variance / (margin / 100) ** 2 - PRIOR - 1e-9))


def sample_size_two(
    difference: float, *, variances: tuple[float, float] = (1.0, 1.0), level: float = 0.95, power: float = 0.8
) -> int:
    """Answers needed in each of two groups to detect a ``difference`` of two net scores.

    n = (s1^2 + s2^2) (z_a + z_b)^2 / d^2 - 3 per group, on the adjusted basis of the test.

    Parameters
    ----------
    difference : in points, such as 10.
    variances : of one answer coded -1, 0, 1, in each group.
    power : chance to detect the difference, 0-1.

    >>> sample_size_two(10, variances=(0.69, 0.69))
    1081
    """
    for variance in variances:
        _planning(difference, variance)
    z = float(stats.norm.ppf((1 + level) / 2) + stats.norm.ppf(power))
    return max(1, math.ceil(sum(variances) * z**2 / (difference / 100) ** 2 - PRIOR - 1e-9))


def _planning(points: float, variance: float) -> None:
    if not (points > 0 and 0 < variance <= 1):
        raise SettingsError(
            f"Found a margin of {points} points and a variance of {variance}; "
            f"give a margin above 0 and a variance above 0 and at most 1."
        )
