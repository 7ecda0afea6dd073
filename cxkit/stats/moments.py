"""Means and covariances of items with gaps."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Moments:
    """Weighted moments of items: a mean from those who answered, a covariance from those who answered both.

    ``n_pairs`` counts the respondents of each pair of items, ``n`` of each item; ``covariance`` has the n - 1
    divisor, so with equal weights it is the sample covariance, and is NaN for a pair that fewer than two answered;
    ``n_eff`` is Kish's effective base of the weakest pair.
    """

    n_pairs: np.ndarray
    mean: np.ndarray
    covariance: np.ndarray
    n_eff: float

    @property
    def n(self) -> np.ndarray:
        return np.diag(self.n_pairs)


def moments(scores: np.ndarray, w: np.ndarray, n: np.ndarray | None = None) -> Moments:
    """Weighted means and covariances of columns with gaps, n/(n-1) sum w (x - mx)(y - my) / sum w.

    Parameters
    ----------
    scores, w : lines x columns, NaN for no answer; weights above 0.
    n : how many respondents each line stands for; 1 when not given.

    >>> found = moments(np.array([[1.0, 2], [3, 6], [np.nan, 10]]), np.ones(3))
    >>> found.covariance.round(9).tolist(), found.mean.tolist(), found.n_eff
    ([[2.0, 4.0], [4.0, 16.0]], [2.0, 6.0], 2.0)
    """
    known = ~np.isnan(scores)
    n = np.ones(len(w)) if n is None else n
    lines, weights, squares = (known * (n * w**power)[:, None] for power in (0, 1, 2))
    n_pairs, total, squared = (column.T.astype(float) @ known for column in (lines, weights, squares))
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(known, scores, 0.0).T @ (n * w) / np.diag(total)  # taken away first, for numerical safety
        x = np.where(known, scores - mean, 0.0)
        first = (weights * x).T @ known / total  # mean of a column among those who answered the other one too
        S = ((weights * x).T @ x / total - first * first.T) * n_pairs / (n_pairs - 1)
        n_eff = total**2 / squared
    return Moments(n_pairs, mean, S, float(n_eff.min(initial=n.sum())) if n_pairs.all() else 0.0)
