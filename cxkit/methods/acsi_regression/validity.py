"""Do the items of a path model measure their constructs, and are the constructs different things?"""

from dataclasses import dataclass

import numpy as np

from cxkit.methods.acsi_regression.pls import Fit, Structure, solve
from cxkit.stats.reliability import cronbach

REPEAT = 1e-9  # an eigenvalue of a correlation matrix below it is only rounding


@dataclass(frozen=True)
class Measurement:
    """How well one construct is measured; NaN where a measure does not apply, as with a single item.

    ``alpha`` standardised, Cronbach 1951; ``rho_a`` Dijkstra & Henseler 2015; ``rho_c`` from the loadings, Werts,
    Linn & Joreskog 1974; ``ave`` average variance extracted, Fornell & Larcker 1981; ``vif`` of each item on the
    others of its construct, infinite where some repeat each other.
    """

    alpha: float
    rho_a: float
    rho_c: float
    ave: float
    vif: np.ndarray


def measurement(correlation: np.ndarray, found: Fit, model: Structure) -> list[Measurement]:
    """Reliability and convergent validity of each construct, from (items, items) and the fit of one data set.

    rho_A = (w'w)^2 w'(R - diag R)w / w'(ww' - diag ww')w with weights of standardised items; it is not defined for
    mode B. rho_C = (sum l)^2 / ((sum l)^2 + sum(1 - l^2)); AVE = mean l^2.
    """
    sd = np.sqrt(np.diag(correlation))
    R = correlation / np.outer(sd, sd)
    measured = []
    for block, mode in zip(model.blocks, model.modes, strict=True):
        rows = list(block)
        if len(rows) == 1:
            measured.append(Measurement(np.nan, np.nan, np.nan, np.nan, np.full(1, np.nan)))
            continue
        inside, loads = R[np.ix_(rows, rows)], found.loadings[rows, 0]
        rho_a = np.nan if mode == "B" else _rho_a(inside, found.weights[rows, 0] * sd[rows])
        rho_c = loads.sum() ** 2 / (loads.sum() ** 2 + (1 - loads**2).sum())
        measured.append(
            Measurement(cronbach(inside), rho_a, float(rho_c), float((loads**2).mean()), _inflations(inside))
        )
    return measured


def _inflations(R: np.ndarray) -> np.ndarray:
    repeat = np.linalg.eigvalsh(R)[0] < REPEAT
    return np.full(len(R), np.inf) if repeat else np.diag(np.linalg.inv(R))


def _rho_a(R: np.ndarray, w: np.ndarray) -> float:
    outer = np.outer(w, w)
    off = 1 - np.eye(len(w))
    return float((w @ w) ** 2 * (w @ (R * off) @ w) / (w @ (outer * off) @ w))


def htmt(correlation: np.ndarray, model: Structure) -> np.ndarray:
    """Heterotrait-monotrait ratios of absolute correlations, constructs x constructs, the diagonal NaN.

    Mean |r| between the items of two constructs over the geometric mean of the mean |r| inside each (Henseler,
    Ringle & Sarstedt 2015, on absolute values as in seminr); a single item counts 1 inside. NaN
    where the items of a construct have nothing in common.

    Parameters
    ----------
    correlation : (items, items) or (items, items, sets).
    """
    R = np.abs(correlation[:, :, None] if correlation.ndim == 2 else correlation)
    size = len(model.blocks)
    inside = []
    for block in model.blocks:
        rows, cols = np.triu_indices(len(block), 1)
        index = np.array(block)
        inside.append(R[index[rows], index[cols]].mean(axis=0) if len(block) > 1 else np.ones(R.shape[2]))
    found = np.full((size, size, R.shape[2]), np.nan)
    for a in range(size):
        for b in range(a):
            between = R[np.ix_(model.blocks[a], model.blocks[b])].mean(axis=(0, 1))
            common = np.sqrt(inside[a] * inside[b])
            found[a, b] = found[b, a] = between / np.where(common > 0, common, np.nan)
    return found[:, :, 0] if correlation.ndim == 2 else found


def effect_sizes(found: Fit, model: Structure) -> np.ndarray:
    """f2 by arrow: (R2 - R2 without it) / (1 - R2), Cohen 1988."""
    C = found.correlations
    sizes = []
    for start, end in model.arrows:
        others = [k for k in model.before(end) if k != start]
        without = (solve(C, others, end) * C[others, end]).sum(axis=0) if others else 0.0
        sizes.append((found.r2[end] - without) / (1 - found.r2[end]))
    return np.array(sizes)


def inflation(found: Fit, model: Structure) -> np.ndarray:
    """Variance inflation factor by arrow among the constructs before its end; NaN when it is the only one."""
    factors = np.full((len(model.arrows), found.correlations.shape[2]), np.nan)
    for k, (start, end) in enumerate(model.arrows):
        before = model.before(end)
        if len(before) > 1:
            inverse = np.linalg.inv(np.moveaxis(found.correlations[np.ix_(before, before)], 2, 0))
            place = before.index(start)
            factors[k] = inverse[:, place, place]
    return factors


def consistent(found: Fit, model: Structure, rho: np.ndarray) -> np.ndarray:
    """Correlations of the constructs freed of measurement error: C_ab / sqrt(rho_a rho_b), Dijkstra & Henseler 2015.

    Parameters
    ----------
    rho : rho_A by construct; 1 for single items and mode B.

    Returns
    -------
    constructs x constructs of the first data set; paths follow by regression on it. Values beyond 1 can occur.
    """
    C = found.correlations[:, :, 0] / np.sqrt(np.outer(rho, rho))
    np.fill_diagonal(C, 1.0)
    return C
