"""Which items run against the others, as items do that were asked the other way round and not declared so?"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

NOTHING = 1e-9  # of the sum of variances: a variance of a sum below it is only rounding


@dataclass(frozen=True)
class Against:
    """An item that runs against others beyond chance.

    ``item`` : its place; ``others`` : the places of those it runs against; ``r`` : its correlation with their sum;
    ``open`` : as many run one way as the other, so that it cannot be told which of them were asked in reverse.
    """

    item: int
    others: tuple[int, ...]
    r: float
    open: bool


def against(covariance: np.ndarray, n_eff: float, level: float = 0.95) -> list[Against]:
    """Find the items that run against the others.

    The item whose correlation with the sum of the others is the lowest is turned round, as long as that lies below 0
    beyond chance: its one-sided upper bound (Fisher z) is below 0 at ``level``, by Bonferroni over the items (two
    items have one correlation and one test). So among items that have nothing to do with each other, some are named
    in 1 - ``level`` of surveys. Then two camps stand against each other; the smaller one is named, of two of one size
    both. An item counts in a camp when it goes with its fellows, by the same bound for itself alone.

    Parameters
    ----------
    covariance : of the items, in the units in which they would be summed; taken pair by pair or not.
    n_eff : effective base of its weakest pair.

    Returns
    -------
    by place. An item that does not vary or whose covariances are not known is none of the items.

    >>> S = np.array([[1, 0.5, -0.4], [0.5, 1, -0.4], [-0.4, -0.4, 1]])
    >>> [(found.item, round(found.r, 3), found.open) for found in against(S, 100)]
    [(2, -0.462, False)]
    >>> [found.item for found in against(S, 12)]
    []
    """
    places = _known(covariance)
    S, k = covariance[np.ix_(places, places)], len(places)
    if k < 2:
        return []
    tests = 1 if k == 2 else k
    signs = np.ones(k)
    for _ in range(k):  # each turn is one item less against the sum
        rest = with_rest(S * np.outer(signs, signs))
        lowest = int(np.nanargmin(rest)) if np.isfinite(rest).any() else 0
        if not upper_bound(rest[lowest], n_eff, 1 - (1 - level) / tests) < 0:
            break
        signs[lowest] *= -1
    turned = np.flatnonzero(signs < 0)
    if not len(turned):
        return []
    bounds = [upper_bound(-r, n_eff, level) for r in with_rest(S * np.outer(signs, signs))]
    straight = np.array([i for i in np.flatnonzero(signs > 0) if bounds[i] < 0], dtype=int)
    if len(straight) == len(turned):
        camps = [(turned, straight), (straight, turned)]
    else:
        named = straight if 0 < len(straight) < len(turned) else turned
        camps = [(named, np.setdiff1d(np.arange(k), named))]
    found = []
    for mine, others in camps:
        for i in mine:
            r = _with_sum(S, i, others)
            if r < 0:
                found.append(Against(places[i], tuple(places[j] for j in others), r, len(camps) > 1))
    return sorted(found, key=lambda one: one.item)


def with_rest(covariance: np.ndarray) -> np.ndarray:
    """Correlation of each item with the sum of all others; NaN where a side does not vary.

    >>> with_rest(np.array([[1, 0.5], [0.5, 4]])).tolist()
    [0.25, 0.25]
    """
    k = len(covariance)
    return np.array([_with_sum(covariance, i, np.delete(np.arange(k), i)) for i in range(k)])


def upper_bound(r: float, n: float, level: float = 0.95) -> float:
    """One-sided upper end of a correlation (Fisher z); 1 where so few answers say nothing."""
    if not n > 3:
        return 1.0
    with np.errstate(divide="ignore"):
        return float(np.tanh(np.arctanh(np.clip(r, -1, 1)) + stats.norm.ppf(level) / (n - 3) ** 0.5))


def together(n_pairs: np.ndarray, least: int) -> list[int]:
    """Items of which any two were answered by ``least`` respondents; what lacks the most partners is left out first.

    >>> together(np.array([[90, 0, 50], [0, 40, 40], [50, 40, 90]]), 10)
    [1, 2]
    """
    places = list(range(len(n_pairs)))
    while places:
        lacking = (n_pairs[np.ix_(places, places)] < least).sum(axis=1)
        if not lacking.any():
            break
        del places[int(np.argmax(lacking))]
    return places


def _known(covariance: np.ndarray) -> list[int]:
    """The items that vary, and whose covariances with each other are known."""
    variance = np.diag(covariance)
    places = [i for i in range(len(covariance)) if variance[i] > 0]
    return [i for i in places if np.isfinite(covariance[i, places]).all()]


def _with_sum(S: np.ndarray, item: int, others: np.ndarray) -> float:
    inside = S[np.ix_(others, others)]
    if not (S[item, item] > 0 and inside.sum() > NOTHING * np.trace(inside)):
        return np.nan
    return float(np.clip(S[item, others].sum() / (S[item, item] * inside.sum()) ** 0.5, -1, 1))
