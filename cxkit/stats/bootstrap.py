"""Totals and covariances over bootstrap resamples of respondents, all resamples in one array."""

import numpy as np
from scipy import stats

CELLS = 2**18  # resample counts held at once, 2 MB: more are no faster,
LEAST = 16  # but of a large sample several resamples are, as its columns are read once for all of them,
MOST = 2**21  # as long as their counts, 16 MB, leave memory to others
CONSTANT = 1e-12  # of its variance among all respondents; below, a resampled variance is only rounding


def resampled_totals(columns: np.ndarray, rng: np.random.Generator, times: int) -> np.ndarray:
    """Column sums over resamples of the rows with replacement, each as large as the sample (Efron 1979).

    Parameters
    ----------
    columns : respondents x columns. Every row is drawn with the same probability; put weights into the columns.
    times : number of resamples.

    Returns
    -------
    times x columns; the first resamples are the same however many follow.

    >>> resampled_totals(np.ones((5, 1)), np.random.default_rng(1), 2).ravel().tolist()
    [5.0, 5.0]
    """
    n, step = len(columns), _block(len(columns))
    totals = np.empty((times, columns.shape[1]))
    for start in range(0, times, step):
        block = min(step, times - start)
        drawn = rng.integers(n, size=(block, n))
        drawn += n * np.arange(block)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=block * n).reshape(block, n)
        totals[start : start + block] = counts.astype(float) @ columns
    return totals


def _block(n: int) -> int:
    return max(1, CELLS // n, min(LEAST, MOST // n))


def tail(level: float, n: float) -> float:
    """The share of resamples to leave out at each end of a percentile interval: normal(-sqrt(n/(n-1)) t), with t of
    n - 1 degrees of freedom at ``level`` (the expanded percentile interval, Hesterberg 2015, Am Stat 69:371).

    The plain percentile interval is too narrow by the factor that a t interval with n - 1 in it corrects for a mean.
    It takes the bias of the resamples for that of the sample, so it fails where an estimate is far from the middle of
    its resamples.

    Parameters
    ----------
    n : respondents, or their effective number; of one or fewer there is no interval, and nothing is left out.

    >>> round(tail(0.95, 100), 4), round(tail(0.95, 10**6), 4)
    (0.0231, 0.025)
    """
    if not n > 1:
        return 0.0
    return float(stats.norm.cdf((n / (n - 1)) ** 0.5 * stats.t.ppf((1 - level) / 2, n - 1)))


def covariances(x: np.ndarray, w: np.ndarray, rng: np.random.Generator, times: int) -> np.ndarray:
    """Weighted covariance matrix of each resample; a respondent who is drawn brings the own weight along.

    n/(n-1) sum w (x - m)(x - m)' / sum w, so with equal weights it is the sample covariance.

    Parameters
    ----------
    x : respondents x variables, nothing missing.
    w : weights above 0.
    times : number of resamples.

    Returns
    -------
    times x variables x variables; the row and column of a variable that is constant in a resample are 0 there.

    >>> covariances(np.eye(4), np.ones(4), np.random.default_rng(1), 3).shape
    (3, 4, 4)
    """
    n, p = x.shape
    share = w / w.sum()
    z = x - share @ x
    scale = np.sqrt(share @ z**2)
    z /= np.where(scale > 0, scale, 1)
    i, j = np.triu_indices(p)
    columns = np.hstack([np.ones((n, 1)), z, *(z[:, [k]] * z[:, k:] for k in range(p))])
    columns *= share[:, None]
    totals = resampled_totals(columns, rng, times)
    mean, product = np.split(totals[:, 1:] / totals[:, :1], [p], axis=1)
    found = np.empty((times, p, p))
    found[:, i, j] = found[:, j, i] = product - mean[:, i] * mean[:, j]
    varies = np.diagonal(found, axis1=1, axis2=2) > CONSTANT
    found *= varies[:, :, None] & varies[:, None, :]
    return found * np.outer(scale, scale) * (n / (n - 1))
