"""Which drivers explain an outcome? Exact LMG (Shapley) and Johnson importance from covariance matrices."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import comb

from cxkit.errors import DataError, SettingsError
from cxkit.stats.bootstrap import covariances
from cxkit.stats.weights import freedom, kish

MAX_DRIVERS = 15  # every subset of the drivers is a model: 15 are 32,768 per resample
COLLINEAR = 1e-9  # share of a driver's variance that the others leave; below, it is only rounding
CELLS = 2**16  # models held at once: few enough for the processor's cache


@dataclass(frozen=True)
class Drivers:
    """Importance of k drivers of one outcome, arrays in the order of ``names``.

    ``n n_eff`` : complete respondents and their effective base, ``df`` the degrees of freedom of errors; ``r2`` of
    all drivers together, 0-1.
    ``lmg johnson`` : parts of r2; ``lmg_low lmg_high`` bound LMG, ``share_low share_high`` its ``share`` of r2.
    ``beta`` : standardised slope; ``correlation`` with the outcome; ``vif`` : variance inflation factor, 1 or more.
    ``rank`` : k x k, probability that driver i takes LMG rank j + 1 among the resamples.
    ``draws`` : LMG of each usable resample (resamples x k); ``failed`` : resamples in which a driver or the outcome
    was constant or drivers were collinear, left out of everything.
    """

    names: tuple[str, ...]
    n: int
    n_eff: float
    df: float
    r2: float
    lmg: np.ndarray
    lmg_low: np.ndarray
    lmg_high: np.ndarray
    share: np.ndarray
    share_low: np.ndarray
    share_high: np.ndarray
    johnson: np.ndarray
    beta: np.ndarray
    correlation: np.ndarray
    vif: np.ndarray
    rank: np.ndarray
    draws: np.ndarray
    failed: int

    @property
    def negative(self) -> np.ndarray:
        """Drivers whose slope is below 0: the share counts, its direction is against the outcome."""
        return self.beta < 0


def lmg(covariance: np.ndarray) -> np.ndarray:
    """Exact LMG parts of R2: what a driver adds, averaged over all orders of entry (not below 0).

    LMG_j = sum over subsets S without j of |S|! (k - |S| - 1)! / k! [R2(S + j) - R2(S)]; Lindeman, Merenda & Gold
    1980; Groemping 2006, J. Statistical Software 17(1). It is Shapley's value (1953) and sums to R2.

    Parameters
    ----------
    covariance : (..., k + 1, k + 1), the outcome last; leading axes are separate data sets, such as resamples.

    Returns
    -------
    (..., k); all NaN where a variable is constant or drivers are collinear.

    Raises
    ------
    SettingsError : k is 0 or above 15.

    >>> lmg(np.array([[1, 0.5, 0.6], [0.5, 1, 0.4], [0.6, 0.4, 1]])).round(4).tolist()
    [0.2867, 0.0867]
    """
    k = covariance.shape[-1] - 1
    _check_count(k)
    R = _correlation(covariance)
    flat = R.reshape(-1, k + 1, k + 1)
    gain, step = _gain(k), max(1, CELLS >> k)
    found = np.empty((len(flat), k))
    for start in range(0, len(flat), step):
        found[start : start + step] = (gain @ _unexplained(flat[start : start + step])).T
    # Rounding can leave a driver that adds nothing a hair below 0, which would be printed as "-0.0 %".
    return np.maximum(found, 0).reshape(*R.shape[:-2], k)


def johnson(covariance: np.ndarray) -> np.ndarray:
    """Johnson's relative weights, parts of R2 by way of the nearest uncorrelated stand-ins of the drivers.

    epsilon = (V^1/2)^2 (V^-1/2 r)^2, squares by element; V driver correlations, r with the outcome. Johnson 2000,
    Multivariate Behavioral Research 35(1). Parameters and returns as for ``lmg``, with no limit to k.

    >>> johnson(np.array([[1, 0.5, 0.6], [0.5, 1, 0.4], [0.6, 0.4, 1]])).round(4).tolist()
    [0.2867, 0.0867]
    """
    R = _correlation(covariance)
    k = R.shape[-1] - 1
    usable = np.isfinite(R).all(axis=(-2, -1))
    values, vectors = np.linalg.eigh(np.where(usable[..., None, None], R[..., :k, :k], np.eye(k)))
    # When every driver keeps COLLINEAR of its variance, the smallest eigenvalue is at least a k-th of it.
    root = np.sqrt(np.where(usable[..., None] & (values > COLLINEAR / k), values, np.nan))[..., None]
    across = np.swapaxes(vectors, -1, -2)
    slopes = vectors @ (across @ R[..., :k, k:] / root)
    return ((vectors @ (root * across)) ** 2 @ slopes**2)[..., 0]


def drivers(
    x: np.ndarray,
    y: np.ndarray,
    w: np.ndarray,
    names: Sequence[str],
    *,
    rng: np.random.Generator,
    level: float = 0.95,
    resamples: int = 1000,
) -> Drivers:
    """Importance of up to 15 drivers among respondents who answered all of them, with percentile intervals.

    Respondents are resampled with equal probability and bring their weights along. No LMG of a sample is 0, so an
    interval never holds 0: it says how large an importance is, not whether there is one.

    Parameters
    ----------
    x, y, w : drivers (n x k) and outcome (n), NaN for no answer; weights (n), 0 represents nobody.
    names : of the k drivers, for the errors.
    level : confidence, 0-1.

    Raises
    ------
    SettingsError : there are no or more than 15 drivers.
    DataError : fewer than 30 or 10 k complete respondents; a constant driver or outcome; collinear drivers.

    >>> rng = np.random.default_rng(1)
    >>> x = rng.standard_normal((400, 2))
    >>> y = x @ [2, 1] + rng.standard_normal(400)
    >>> drivers(x, y, np.ones(400), ["staff", "price"], rng=rng).share.round(1).tolist()
    [0.8, 0.2]
    """
    k = len(names)
    _check_count(k)
    complete = np.isfinite(x).all(axis=1) & np.isfinite(y) & (w > 0)
    rows, w = np.column_stack([x, y])[complete], w[complete]
    _check_rows(rows, names)
    S = np.cov(rows, rowvar=False, aweights=w)
    R = _correlation(S)
    values, vectors = np.linalg.eigh(R[:k, :k])
    vif = (vectors**2 / np.maximum(values, np.finfo(float).eps)).sum(axis=1)
    if (tied := vif > 1 / COLLINEAR).any():
        raise DataError(
            f"Found drivers of which one is an exact combination of the others "
            f"({_listed(np.array(names)[tied])}), expected none; leave one of them out."
        )
    estimate = lmg(S)
    r2 = float(estimate.sum())
    draws = lmg(covariances(rows, w, rng, resamples))
    usable = np.isfinite(draws).all(axis=1) & (draws.sum(axis=1) > 0)
    draws = draws[usable]
    ends = [(1 - level) / 2, (1 + level) / 2]
    lmg_low, lmg_high = np.quantile(draws, ends, axis=0)
    share_low, share_high = np.quantile(draws / draws.sum(axis=1, keepdims=True), ends, axis=0)
    place = np.argsort(np.argsort(-draws, axis=1, kind="stable"), axis=1)
    return Drivers(
        names=tuple(names),
        n=len(rows),
        n_eff=kish(w),
        df=float(freedom(w)),
        r2=r2,
        lmg=estimate,
        lmg_low=lmg_low,
        lmg_high=lmg_high,
        share=estimate / (r2 or np.nan),
        share_low=share_low,
        share_high=share_high,
        johnson=johnson(S),
        beta=vectors @ (vectors.T @ R[:k, k] / values),
        correlation=R[:k, k],
        vif=vif,
        rank=(place[:, :, None] == np.arange(k)).mean(axis=0),
        draws=draws,
        failed=int((~usable).sum()),
    )


def _check_rows(rows: np.ndarray, names: Sequence[str]) -> None:
    n, k = len(rows), len(names)
    needed = max(30, 10 * k)
    if n < needed:
        raise DataError(
            f"Found {n} respondents who answered the outcome and every driver ({_listed(names)}), expected at least "
            f"{needed} for {k}; leave out the drivers that few answered, or collect more answers."
        )
    for what, column in zip([*(f'the driver "{name}"' for name in names), "the outcome"], rows.T, strict=True):
        # Recoded answers can differ by rounding alone.
        if np.ptp(column) <= 1e-12 * np.abs(column).max():
            raise DataError(
                f"Found one and the same value of {what} among all {n} respondents who answered everything, "
                f"expected values that differ; use another item in its place."
            )


def _check_count(k: int) -> None:
    if not 1 <= k <= MAX_DRIVERS:
        todo = "group them into a tree or take fewer" if k else "name at least one"
        raise SettingsError(f"Found {k} drivers, expected 1 to {MAX_DRIVERS}; {todo}.")


def _listed(names: Sequence[str] | np.ndarray) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _correlation(covariance: np.ndarray) -> np.ndarray:
    variance = np.diagonal(covariance, axis1=-2, axis2=-1)
    sd = np.sqrt(np.where(variance > 0, variance, np.nan))
    return covariance / (sd[..., :, None] * sd[..., None, :])


def _unexplained(R: np.ndarray) -> np.ndarray:
    """1 - R2 of every subset (2^k x data sets); driver j is in the subsets whose number has bit j.

    Each step settles one driver for all subsets so far: left out, its row and column go; taken in, it is swept out
    of the rest (Schur complement). Data sets stand last, so the inner loops are long.
    """
    left = np.ascontiguousarray(np.moveaxis(R, 0, -1))[:, :, None]
    while len(left) > 1:
        pivot = np.where(left[0, 0] > COLLINEAR, left[0, 0], np.nan)
        rest = left[1:, 1:]
        left = np.concatenate([rest, rest - (left[1:, 0] / pivot)[:, None] * left[0, 1:]], axis=2)
    return left[0, 0]


def _gain(k: int) -> np.ndarray:
    """k x 2^k: what to multiply 1 - R2 of every subset by, to get LMG."""
    subset = np.arange(2**k)
    inside = subset >> np.arange(k)[:, None] & 1
    per_order = 1 / (k * comb(k - 1, np.arange(k)))
    return (1 - 2 * inside) * per_order[np.bitwise_count(subset) - inside]
