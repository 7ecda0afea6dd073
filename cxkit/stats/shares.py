"""Intervals for one share and for a whole distribution."""

from collections.abc import Sequence

import numpy as np
from statsmodels.stats.proportion import multinomial_proportions_confint, proportion_confint


def wilson(share: float, n_eff: float, level: float = 0.95) -> tuple[float, float]:
    """Wilson (1927) score interval of one share; never leaves 0-1.

    Parameters
    ----------
    share : the estimate, 0-1.
    n_eff : base, or effective base when weighted.
    level : confidence, 0-1.

    >>> [round(x, 4) for x in wilson(18 / 20, 20)]
    [0.699, 0.9721]
    """
    low, high = proportion_confint(share * n_eff, n_eff, alpha=1 - level, method="wilson")
    return min(float(low), share), max(float(high), share)


def goodman(shares: Sequence[float], n_eff: float, level: float = 0.95) -> list[tuple[float, float]]:
    """Goodman (1965) simultaneous intervals: all shares of a distribution hold together at ``level``.

    >>> [[round(x, 3) for x in pair] for pair in goodman([0.2, 0.8], 50)]
    [[0.103, 0.351], [0.649, 0.897]]
    """
    counts = np.asarray(shares, dtype=float) * n_eff
    bounds = multinomial_proportions_confint(counts, alpha=1 - level, method="goodman")
    return [(min(lo, s), max(hi, s)) for (lo, hi), s in zip(bounds.tolist(), shares, strict=True)]
