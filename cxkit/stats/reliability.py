"""Do several items measure one thing? Cronbach's alpha, omega and item statistics from moments."""

from dataclasses import dataclass

import numpy as np
from scipy import stats
from statsmodels.multivariate.factor import Factor

from cxkit.stats.direction import NOTHING, with_rest
from cxkit.stats.moments import Moments


@dataclass(frozen=True)
class Reliability:
    """``alpha`` with its Feldt interval, ``alpha_standardised``, ``omega``, and per item ``alpha_without``
    (alpha if the item is deleted) and ``item_rest`` (correlation with the sum of the others). ``explained`` : places
    of items that one factor would explain wholly, so that omega is not defined."""

    n: int
    alpha: float
    low: float
    high: float
    alpha_standardised: float
    omega: float
    alpha_without: tuple[float, ...]
    item_rest: tuple[float, ...]
    explained: tuple[int, ...] = ()


def reliability(found: Moments, level: float = 0.95) -> Reliability | None:
    """Reliability of the sum of two or more items.

    alpha = k/(k-1) (1 - sum of variances / variance of the sum), Cronbach 1951; interval by F on the
    effective base, Feldt 1965;
    omega total of one factor = (sum of loadings)^2 / variance of the sum, McDonald 1999.

    Returns
    -------
    None with fewer than two items or three respondents, or when an item does not vary. omega is NaN with
    two items, where one factor is not identified, and when the factor explains all of an item.
    """
    S, k, n = found.covariance, len(found.covariance), int(found.n_pairs.min())
    if k < 2 or n < 3 or not (np.isfinite(S).all() and (np.diag(S) > 0).all()):
        return None
    if not S.sum() > NOTHING * np.trace(S):
        return None
    alpha = cronbach(S)
    df1, df2 = found.n_eff - 1, (found.n_eff - 1) * (k - 1)
    low = 1 - (1 - alpha) * float(stats.f.ppf((1 + level) / 2, df1, df2))
    high = 1 - (1 - alpha) * float(stats.f.ppf((1 - level) / 2, df1, df2))
    sd = np.sqrt(np.diag(S))
    without = [cronbach(np.delete(np.delete(S, i, 0), i, 1)) if k > 2 else np.nan for i in range(k)]
    standardised, (omega, explained) = cronbach(S / np.outer(sd, sd)), _omega(S)
    return Reliability(
        n, alpha, low, high, standardised, omega, tuple(without), tuple(with_rest(S).tolist()), explained
    )


def cronbach(covariance: np.ndarray) -> float:
    """Cronbach's alpha of a covariance matrix; of a correlation matrix, the standardised alpha.

    >>> round(cronbach(np.array([[1, 0.5], [0.5, 1]])), 4)
    0.6667
    """
    k, whole = len(covariance), covariance.sum()
    return float(k / (k - 1) * (1 - np.trace(covariance) / whole)) if whole > 0 else np.nan


def _omega(S: np.ndarray) -> tuple[float, tuple[int, ...]]:
    """Omega, and the items for which it is not defined."""
    if len(S) < 3:
        return np.nan, ()
    sd = np.sqrt(np.diag(S))
    twins = np.abs(S / np.outer(sd, sd)) > 1 - NOTHING
    repeated = np.flatnonzero(twins.sum(axis=0) > 1)
    if len(repeated):
        return np.nan, tuple(repeated.tolist())
    try:
        with np.errstate(divide="ignore", invalid="ignore"):  # of items that repeat each other
            fit = Factor(corr=S / np.outer(sd, sd), n_factor=1, method="pa").fit(maxiter=2000, tol=1e-10)
    except (np.linalg.LinAlgError, ValueError):
        return np.nan, ()
    if not fit.loadings.size:  # the items have nothing in common
        return np.nan, ()
    loadings = fit.loadings[:, 0] * sd
    if (fit.communality >= 1).any():
        return np.nan, tuple(np.flatnonzero(fit.communality >= 1).tolist())
    unique = np.diag(S) * fit.uniqueness
    return float(loadings.sum() ** 2 / (loadings.sum() ** 2 + unique.sum())), ()
