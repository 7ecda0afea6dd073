"""Penalty-reward contrast: does a low rating take more than a high one gives?"""

from dataclasses import dataclass

import numpy as np
from scipy import stats
from statsmodels.regression.linear_model import WLS


@dataclass(frozen=True)
class Contrast:
    """Per driver, in units of the outcome, each as (estimate, se, low, high).

    ``penalty`` is the effect of a low rating, ``reward`` that of a high one, both against the middle;
    ``asymmetry`` is reward + penalty: above 0 the driver delights, below 0 it can only disappoint.
    ``n_low`` and ``n_high`` count respondents.
    """

    penalty: np.ndarray
    reward: np.ndarray
    asymmetry: np.ndarray
    n_low: np.ndarray
    n_high: np.ndarray


def penalty_reward(x: np.ndarray, y: np.ndarray, w: np.ndarray, *, least: int = 10, level: float = 0.95) -> Contrast:
    """Regress the outcome on a dummy for low and one for high ratings of each driver (Brandt 1987).

    Low is below a third of the declared scale, high above two thirds; errors are robust (HC1). A dummy that fewer
    than ``least`` respondents hold, or leave, is not estimated (NaN).

    Parameters
    ----------
    x : respondents x drivers, 0-100, complete.
    y : the outcome, complete.
    """
    k = x.shape[1]
    dummies = np.hstack([x < 100 / 3, x > 200 / 3]).astype(float)
    counts = dummies.sum(axis=0)
    held = np.flatnonzero((counts >= least) & (len(y) - counts >= least))
    estimates = np.full((3, k, 4), np.nan)
    design = np.column_stack([np.ones(len(y)), dummies[:, held]])
    if len(held) and np.linalg.matrix_rank(design) == design.shape[1] < len(y):
        fit = WLS(y, design, weights=w).fit(cov_type="HC1")
        beta, V, df = np.asarray(fit.params), np.asarray(fit.cov_params()), len(y) - design.shape[1]
        place = {int(column): 1 + row for row, column in enumerate(held)}
        for j in range(k):
            for row, wanted in enumerate(([j], [k + j], [j, k + j])):
                members = [place[column] for column in wanted if column in place]
                if len(members) == len(wanted):
                    estimates[row, j] = _tested(beta[members].sum(), V[np.ix_(members, members)].sum(), df, level)
    penalty, reward, asymmetry = estimates
    return Contrast(penalty, reward, asymmetry, counts[:k], counts[k:])


def _tested(value: float, variance: float, df: float, level: float) -> tuple[float, ...]:
    se = float(variance) ** 0.5
    half = float(stats.t.ppf((1 + level) / 2, df)) * se
    return value, se, value - half, value + half
