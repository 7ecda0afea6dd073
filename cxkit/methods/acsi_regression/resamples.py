"""A path model over respondents: its estimates, and those of thousands of resamples in one array."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

import numpy as np

from cxkit.errors import DataError
from cxkit.methods.acsi_regression.moments import MISSING, Items, covariances, obstacle, ready
from cxkit.methods.acsi_regression.pls import Fit, Structure, fit, regress, total_effects
from cxkit.methods.acsi_regression.validity import htmt
from cxkit.stats.bootstrap import resampled_totals

__all__ = ["MISSING", "Items", "Sample", "estimate", "from_totals", "ready", "resample"]

SETS = 2**18  # numbers held per covariance matrix stack, 2 MB: what the processor's cache can take
CONSTANT = 1e-12  # of the squared width of the scale: a variance below it is only rounding
IMPOSSIBLE = -1e-9  # eigenvalues of a correlation matrix below it are more than rounding
LARGE = ("crossings", "correlation")  # left empty for many data sets, as they would double the memory


@dataclass(frozen=True)
class Sample:
    """A fit with what it stands on; the last axis is the data set.

    ``mean sd`` of the items; ``shares`` : each item's share of its construct, summing to 1; ``index`` : of each
    construct, 0-100; ``spread`` : standard deviation of the constructs' respondent indices, in points of 0-100.
    ``points`` (by arrow) and ``total_points`` (from, to, sets): paths and total effects of these indices, in points
    per point. ``simple`` : mean of each construct's items on 0-100; ``slopes slopes_total slopes_r2`` : regression of
    each of these on those before it, its total effects and R2. ``htmt`` (constructs x constructs x sets).
    ``kept`` : whether each data set asked for could be estimated; the other arrays hold only those that could.
    ``correlation`` of the items (items x items) and the fit's ``crossings``: from ``estimate`` alone, else empty.
    """

    fit: Fit
    mean: np.ndarray
    sd: np.ndarray
    shares: np.ndarray
    index: np.ndarray
    spread: np.ndarray
    points: np.ndarray
    total_points: np.ndarray
    simple: np.ndarray
    slopes: np.ndarray
    slopes_total: np.ndarray
    slopes_r2: np.ndarray
    htmt: np.ndarray
    kept: np.ndarray
    correlation: np.ndarray


def estimate(items: Items, model: Structure, scheme: str = "path", standardised: bool = True) -> Sample:
    """Estimate the model among all respondents, to the last digits.

    Parameters
    ----------
    scheme : "path", "factorial" or "centroid", as of ``pls.fit``.
    standardised : False weighs the items in their own units.

    Raises
    ------
    DataError : an item does not vary, or covariances taken pair by pair contradict each other (see ``resample``).

    >>> x = np.array([[1.0, 2, 1], [2, 1, 3], [4, 5, 4], [5, 4, 4]])
    >>> items = Items(x, np.ones(4), np.ones(3), np.full(3, 5.0))
    >>> estimate(items, Structure(((0, 1), (2,)), ((0, 1),), ("A", "A"))).index.round(2).tolist()
    [[50.0], [50.0]]
    """
    found = _sample(items.moments.sum(axis=0)[:, None], items, model, scheme, standardised, 1e-13)
    if not found.kept.all():
        raise DataError(obstacle(items))
    return replace(found, correlation=found.correlation[:, :, 0])


def resample(
    items: Items,
    model: Structure,
    rng: np.random.Generator,
    times: int,
    scheme: str = "path",
    standardised: bool = True,
) -> Sample:
    """Estimate it in resamples of the respondents, item weights anew in each (bootstrap, Efron 1979).

    A resample is left out in which an item does not vary, or covariances taken pair by pair contradict each other,
    so that an item or a construct correlates beyond 1 with others; ``kept`` tells which. That the matrix of all items
    has a negative eigenvalue is no reason: it is common with many items, and the constructs sum over it.

    Parameters
    ----------
    times : number of resamples, each as large as the survey.

    Returns
    -------
    a sample whose last axis is the resample; quantiles along it are intervals.

    >>> x = np.array([[1.0, 2, 1], [2, 1, 3], [4, 5, 4], [5, 4, 4], [3, 3, 2]])
    >>> items = Items(x, np.ones(5), np.ones(3), np.full(3, 5.0))
    >>> model = Structure(((0, 1), (2,)), ((0, 1),), ("A", "A"))
    >>> found = resample(items, model, np.random.default_rng(1), 100)
    >>> found.index.shape, int((~found.kept).sum())
    ((2, 99), 1)
    """
    moments, step = items.moments, _step(items)
    blocks = (resampled_totals(moments, rng, min(step, times - start)).T for start in range(0, times, step))
    return _together((_sample(block, items, model, scheme, standardised, 1e-7) for block in blocks), times)


def from_totals(
    totals: np.ndarray,
    items: Items,
    model: Structure,
    scheme: str = "path",
    standardised: bool = True,
    tolerance: float = 1e-7,
) -> Sample:
    """Estimate from column sums of ``Items.moments``, as many sets at once as the cache takes.

    Parameters
    ----------
    totals : columns x sets; each sums the rows of the respondents who are in a set, as often as they are.
    tolerance : of the changes of weights, see ``pls.fit``.

    Returns
    -------
    a sample of the sets, those left out that ``resample`` leaves out.
    """
    sets = totals.shape[1]
    blocks = np.split(totals, range(_step(items), sets, _step(items)), axis=1)
    return _together((_sample(block, items, model, scheme, standardised, tolerance) for block in blocks), sets)


def _step(items: Items) -> int:
    return max(1, SETS // items.x.shape[1] ** 2)


def _together(parts: Iterator[Sample], sets: int) -> Sample:
    """Put samples side by side in arrays made once, as joining them would take twice the memory."""
    arrays: dict[str, np.ndarray] = {}
    ends: dict[str, int] = {}
    for part in parts:
        for name, values in {**vars(part.fit), **vars(part)}.items():
            if name not in ("fit", *LARGE):
                if name not in arrays:
                    arrays[name], ends[name] = np.empty((*values.shape[:-1], sets), values.dtype), 0
                start, ends[name] = ends[name], ends[name] + values.shape[-1]
                arrays[name][..., start : ends[name]] = values
        del part, values  # or they would be there while the next are made
    filled = {name: values[..., : ends[name]] for name, values in arrays.items()}
    filled |= {name: np.empty(0) for name in LARGE}
    found = Fit(**{field.name: filled.pop(field.name) for field in fields(Fit)})
    return Sample(found, **filled)


def _sample(
    totals: np.ndarray, items: Items, model: Structure, scheme: str, standardised: bool, tolerance: float
) -> Sample:
    pairs, mean = covariances(np.ascontiguousarray(totals), items)
    level, plain = _plain(items, model)
    with np.errstate(invalid="ignore"):  # of pairs that nobody answered
        C = plain @ pairs
    kept = _usable(pairs, C, items)
    pairs, mean, C = pairs[:, kept], mean[:, kept], C[:, :, kept]
    R, sd = _correlations(pairs, items)
    with np.errstate(invalid="ignore"):
        found = fit(R if standardised else R * sd[:, None] * sd, model, scheme, tolerance)
    possible = np.isfinite(found.paths).all(axis=0) & np.isfinite(found.weights).all(axis=0)
    if items.by_pairs:
        possible &= (np.abs(found.loadings) < 1 - IMPOSSIBLE).all(axis=0) & _lawful(found.correlations)
    if not possible.all():
        found = Fit(**{name: values[..., possible] for name, values in vars(found).items()})
        R, C, mean, sd = R[..., possible], C[..., possible], mean[:, possible], sd[:, possible]
        kept[kept] = possible
    own = found.weights / sd if standardised else found.weights
    low, width = items.low[:, None], (items.high - items.low)[:, None]
    percent = 100 * (mean - low) / width
    shares, index, spread = np.empty_like(own), [], []
    for block in model.blocks:
        rows = list(block)
        total = own[rows].sum(axis=0)
        shares[rows] = own[rows] / total
        index.append((shares[rows] * percent[rows]).sum(axis=0))
        # A score has variance 1, so the sum of shares varies by 1 / total; all items of a block share their width.
        spread.append(100 / np.abs(total) / width[rows[0]])
    size = np.array(spread)
    start, end = np.array(model.arrows, dtype=int).reshape(-1, 2).T
    slopes, explained = regress(C, model)
    return Sample(
        fit=found,
        mean=mean,
        sd=sd,
        shares=shares,
        index=np.array(index),
        spread=size,
        points=found.paths * size[end] / size[start],
        total_points=found.total * size / size[:, None],
        simple=level @ percent,
        slopes=slopes,
        slopes_total=total_effects(slopes, model),
        slopes_r2=explained / np.einsum("ccs->cs", C),
        htmt=htmt(R, model),
        kept=kept,
        correlation=R,
    )


def _plain(items: Items, model: Structure) -> tuple[np.ndarray, np.ndarray]:
    """What makes plain means on 0-100 of items on 0-100 (constructs x items), and the covariances of these means of
    the covariances of pairs of answers (constructs x constructs x pairs)."""
    level = np.zeros((len(model.blocks), items.x.shape[1]))
    for construct, block in enumerate(model.blocks):
        level[construct, list(block)] = 1 / len(block)
    points = level * 100 / (items.high - items.low)
    i, j = np.triu_indices(items.x.shape[1])
    a, b = points[:, None], points[None]
    return level, a[..., i] * b[..., j] + np.where(i == j, 0, a[..., j] * b[..., i])


def _correlations(pairs: np.ndarray, items: Items) -> tuple[np.ndarray, np.ndarray]:
    p = items.x.shape[1]
    i, j = np.triu_indices(p)
    place = np.empty((p, p), dtype=int)
    place[i, j] = place[j, i] = np.arange(len(i))
    sd = np.sqrt(pairs[i == j])
    return (pairs / (sd[i] * sd[j]))[place], sd


def _usable(pairs: np.ndarray, C: np.ndarray, items: Items) -> np.ndarray:
    """Whether in a set every item and every plain mean varies, and covariances are known and possible."""
    i, j = np.triu_indices(items.x.shape[1])
    varies = pairs[i == j] > CONSTANT * (items.high - items.low)[:, None] ** 2
    usable = varies.all(axis=0) & (np.einsum("ccs->cs", C) > CONSTANT * 100**2).all(axis=0)
    usable &= np.isfinite(pairs).all(axis=0)
    if items.by_pairs:
        sd = np.sqrt(np.einsum("ccs->cs", C[:, :, usable]))
        usable[usable] = _lawful(C[:, :, usable] / sd[:, None] / sd)
    return usable


def _lawful(R: np.ndarray) -> np.ndarray:
    """Whether these can be correlations, by set: their matrix has no eigenvalue below 0."""
    known = np.isfinite(R).all(axis=(0, 1))
    known[known] = np.linalg.eigvalsh(np.moveaxis(R[:, :, known], 2, 0))[:, 0] > IMPOSSIBLE
    return known
