"""Partial least squares path modelling from covariance matrices, any number of them at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cxkit.errors import SettingsError, did_you_mean

SCHEMES = ("path", "factorial", "centroid")
TOLERANCE, MOST = 1e-10, 1000  # sum of the changes of weights to stop at, and steps to stop after


@dataclass(frozen=True)
class Structure:
    """A path model by numbers: items of each construct, arrows (from, to) between constructs, modes "A" or "B".

    Constructs stand in an order in which every arrow points forward.
    """

    blocks: tuple[tuple[int, ...], ...]
    arrows: tuple[tuple[int, int], ...]
    modes: tuple[str, ...]

    def before(self, construct: int) -> list[int]:
        """The constructs with an arrow to this one."""
        return [a for a, b in self.arrows if b == construct]

    def after(self, construct: int) -> list[int]:
        """The constructs that this one has an arrow to."""
        return [b for a, b in self.arrows if a == construct]


@dataclass(frozen=True)
class Fit:
    """An estimated path model; the last axis is the data set.

    ``weights`` : items x sets, of items in their own units; each construct's score has variance 1.
    ``loadings`` : correlation of each item with its construct; ``crossings`` with all (items x constructs x sets).
    ``correlations`` : of constructs; ``paths`` : by arrow, standardised; ``r2`` : by construct, 0 without arrows.
    ``total`` : effects along all routes (from, to, sets).
    ``steps`` : iterations; ``converged`` : whether they came to rest.
    """

    weights: np.ndarray
    loadings: np.ndarray
    crossings: np.ndarray
    correlations: np.ndarray
    paths: np.ndarray
    r2: np.ndarray
    total: np.ndarray
    steps: np.ndarray
    converged: np.ndarray


def fit(covariance: np.ndarray, model: Structure, scheme: str = "path", tolerance: float = TOLERANCE) -> Fit:
    """Estimate a path model by PLS (Wold 1982; Lohmoeller 1989, ch. 2; path scheme as in Tenenhaus et al. 2005).

    Weights start at 1. In turn, each construct's inner proxy is a sum of its neighbours (path scheme: those before it
    by their regression slopes, those after it by correlation; factorial: correlations; centroid: their signs), and
    its weights become the covariances of its items with the proxy (mode A) or the slopes on them (mode B). It stops
    when the sum of the changes of all weights is below ``tolerance``. At the end a construct is turned round when
    most of its items (of a tie, the first) would correlate negatively with it.

    Parameters
    ----------
    covariance : (items, items, sets) or (items, items); of standardised items the correlation matrix.
    scheme : "path", "factorial" or "centroid".

    Raises
    ------
    SettingsError : the scheme is unknown.

    >>> R = np.array([[1, 0.6, 0.3], [0.6, 1, 0.3], [0.3, 0.3, 1]])
    >>> fit(R, Structure(((0, 1), (2,)), ((0, 1),), ("A", "A"))).paths.round(4).tolist()
    [[0.3354]]
    """
    if scheme not in SCHEMES:
        raise SettingsError(f'There is no scheme "{scheme}"; {did_you_mean(scheme, SCHEMES)}')
    S = covariance[:, :, None] if covariance.ndim == 2 else covariance
    items, sets = S.shape[0], S.shape[2]
    owner = np.empty(items, dtype=int)
    for construct, block in enumerate(model.blocks):
        owner[list(block)] = construct
    weights = _unit(np.ones((items, sets)), S, model)
    steps, moving = np.ones(sets, dtype=int), np.arange(sets)
    inside = S
    for _ in range(MOST):
        old = weights[:, moving]
        new = _step(inside, old, model, scheme)
        weights[:, moving] = new
        still = np.abs(new - old).sum(axis=0) >= tolerance
        steps[moving[still]] += 1
        if not still.any():
            moving = moving[:0]
            break
        if still.sum() < 0.8 * len(moving):  # copying the rest pays only when it is much smaller
            moving, inside = moving[still], inside[:, :, still]
    converged = np.ones(sets, dtype=bool)
    converged[moving] = False
    sd = np.sqrt(np.einsum("iis->is", S))
    crossings = _with_scores(S, weights, model) / sd[:, None]
    own = crossings[np.arange(items), owner]
    flip = np.array([_direction(own[list(block)]) for block in model.blocks])
    weights, crossings = weights * flip[owner], crossings * flip
    C = _scores_covariance(crossings * sd[:, None], weights, model)
    paths, r2 = regress(C, model)
    return Fit(
        weights,
        crossings[np.arange(items), owner],
        crossings,
        C,
        paths,
        r2,
        total_effects(paths, model),
        steps,
        converged,
    )


def _direction(loadings: np.ndarray) -> np.ndarray:
    """-1 for a construct with which most of its items, or half of them and the first, go negatively."""
    against = (loadings < 0).sum(axis=0) * 2 - len(loadings)
    return np.where((against > 0) | ((against == 0) & (loadings[0] < 0)), -1.0, 1.0)


def _step(S: np.ndarray, weights: np.ndarray, model: Structure, scheme: str) -> np.ndarray:
    with_scores = _with_scores(S, weights, model)
    C = _scores_covariance(with_scores, weights, model)
    new = np.empty_like(weights)
    for construct, block in enumerate(model.blocks):
        inner = _inner(C, construct, model, scheme)
        rows = list(block)
        target = sum(with_scores[rows, other] * e for other, e in inner)
        if model.modes[construct] == "B" and len(rows) > 1:
            target = _solved(S[np.ix_(rows, rows)], target)
        new[rows] = target
    return _unit(new, S, model)


def _inner(C: np.ndarray, construct: int, model: Structure, scheme: str) -> list[tuple[int, np.ndarray]]:
    before, after = model.before(construct), model.after(construct)
    if scheme == "path":
        slopes = solve(C, before, construct)
        return [*zip(before, slopes, strict=True), *((other, C[construct, other]) for other in after)]
    weigh = np.sign if scheme == "centroid" else np.array
    return [(other, weigh(C[construct, other])) for other in [*before, *after]]


def solve(C: np.ndarray, given: Sequence[int], target: int) -> np.ndarray:
    """Regression slopes of one variable on others from (variables, variables, sets): (given, sets)."""
    if len(given) == 1:
        return C[given[0], target][None] / C[given[0], given[0]]
    if len(given) == 2:  # written out, as thousands of small systems cost more to call than to solve
        a, b = given
        det = C[a, a] * C[b, b] - C[a, b] ** 2
        one, other = C[a, target], C[b, target]
        det = np.where(det == 0, np.nan, det)  # of two that repeat each other there are no slopes
        return np.stack([one * C[b, b] - other * C[a, b], other * C[a, a] - one * C[a, b]]) / det
    if not given:
        return np.zeros((0, C.shape[2]))
    return _solved(C[np.ix_(given, given)], C[list(given), target])


def _solved(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    matrices, columns = np.moveaxis(left, 2, 0), right.T[:, :, None]
    try:
        found = np.linalg.solve(matrices, columns)
    except np.linalg.LinAlgError:  # one singular resample must not stop the others
        found = np.linalg.pinv(matrices, hermitian=True) @ columns
    return found[:, :, 0].T


def _with_scores(S: np.ndarray, weights: np.ndarray, model: Structure) -> np.ndarray:
    """Covariance of every item with every construct's score: items x constructs x sets."""
    return np.stack([np.einsum("ijs,js->is", S[:, list(b)], weights[list(b)]) for b in model.blocks], axis=1)


def _scores_covariance(with_scores: np.ndarray, weights: np.ndarray, model: Structure) -> np.ndarray:
    return np.stack([np.einsum("is,ics->cs", weights[list(b)], with_scores[list(b)]) for b in model.blocks])


def _unit(weights: np.ndarray, S: np.ndarray, model: Structure) -> np.ndarray:
    """Scale each construct's weights so that its score has variance 1."""
    scaled = np.empty_like(weights)
    for block in model.blocks:
        rows = list(block)
        w = weights[rows]
        scaled[rows] = w / np.sqrt(np.einsum("is,ijs,js->s", w, S[np.ix_(rows, rows)], w))
    return scaled


def regress(C: np.ndarray, model: Structure) -> tuple[np.ndarray, np.ndarray]:
    """Slopes by arrow and R2 by construct, from covariances of constructs (constructs, constructs, sets) with
    variance 1."""
    paths, r2 = np.empty((len(model.arrows), C.shape[2])), np.zeros((len(C), C.shape[2]))
    for construct in range(len(C)):
        before = model.before(construct)
        slopes = solve(C, before, construct)
        for other, slope in zip(before, slopes, strict=True):
            paths[model.arrows.index((other, construct))] = slope
            r2[construct] += slope * C[other, construct]
    return paths, r2


def total_effects(paths: np.ndarray, model: Structure) -> np.ndarray:
    """Effects along all routes (from, to, sets), from those by arrow (arrows, sets)."""
    size = len(model.blocks)
    total = np.zeros((size, size, paths.shape[1]))
    for target in range(size):  # every arrow points forward, so what leads to its start is known
        for k, (start, end) in enumerate(model.arrows):
            if end == target:
                total[:, target] += total[:, start] * paths[k]
                total[start, target] += paths[k]
    return total
