"""Intervals for one share and for a whole distribution."""

import math
from collections.abc import Sequence

from scipy import special

FEW, FEW_TOGETHER = 2.0, 5.0  # hits below which a score interval starts too far from 0


def wilson(share: float, n_eff: float, level: float = 0.95) -> tuple[float, float]:
    """Wilson (1927) score interval of one share; never leaves 0-1.

    A single hit (or miss) is a surprise the score interval underrates: below 2 the end that leaves 0 (or 1) out is
    Poisson's instead, chi2(alpha; 2 hits) / 2 n (Brown, Cai & DasGupta 2001, Statistical Science 16:101, sec. 4.1.1).
    Coverage still swings with the share, from about .89 to .99 while fewer than 3 hits are expected, as hits are
    whole numbers.

    Parameters
    ----------
    share : the estimate, 0-1.
    n_eff : base, or effective base when weighted.
    level : confidence, 0-1.

    >>> [round(x, 4) for x in wilson(18 / 20, 20)]
    [0.699, 0.9721]
    """
    return _score(share, n_eff, 1 - level, FEW)


def goodman(shares: Sequence[float], n_eff: Sequence[float], level: float = 0.95) -> list[tuple[float, float]]:
    """Goodman (1965) simultaneous intervals: all shares of a distribution hold together at ``level``.

    Of k shares each has the score interval at 1 - alpha / k on its own base. Rare scores break the joint level (n 50:
    .80 to .95), so that below 5 hits the end that leaves 0 out is Poisson's at alpha / k, as in :func:`wilson`;
    Sison & Glaz (1995) have .85 to .93 there. It then holds at .92 to .96, with weights to .99; down to .68 where the
    heaviest respondents gave the rarest answers (``python -m tests.benchmarks.coverage distributions``).

    >>> [[round(x, 3) for x in pair] for pair in goodman([0.2, 0.8], [50, 50])]
    [[0.103, 0.351], [0.649, 0.897]]
    """
    alpha = (1 - level) / max(1, len(shares))
    return [_score(share, base, alpha, FEW_TOGETHER) for share, base in zip(shares, n_eff, strict=True)]


def _score(share: float, n: float, alpha: float, few: float) -> tuple[float, float]:
    """The score interval, its ends moved out to those of a Poisson count where hits or misses are below ``few``."""
    z2 = float(special.ndtri(1 - alpha / 2)) ** 2
    centre, half = share + z2 / (2 * n), math.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n**2)))
    low, high = (centre - half) / (1 + z2 / n), (centre + half) / (1 + z2 / n)
    hits, misses, few = share * n, (1 - share) * n, few - 1e-9  # 2 of 20 are 2, whatever rounding says
    if 0 < hits < few:
        low = min(low, float(special.gammaincinv(hits, alpha)) / n)
    if 0 < misses < few:
        high = max(high, 1 - float(special.gammaincinv(misses, alpha)) / n)
    return max(0.0, min(low, share)), min(1.0, max(high, share))
