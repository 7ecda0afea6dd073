"""How well does a path model predict answers of respondents it has not seen?"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cxkit.errors import SettingsError
from cxkit.methods.acsi_regression.moments import Items, covariances
from cxkit.methods.acsi_regression.pls import Structure
from cxkit.methods.acsi_regression.resamples import Sample, from_totals
from cxkit.stats.compare import UNKNOWN, Difference
from cxkit.stats.joint import means

CONSTANT = 1e-9  # of the squared width of the scale; a variance below it is only rounding
RANK = 1e-10  # of the largest eigenvalue of a correlation matrix; below it, items repeat each other


@dataclass(frozen=True)
class Prediction:
    """Errors of prediction out of sample, in units of each item; one number per item of the model.

    ``rmse mae`` : root mean squared and mean absolute error of the path model; ``rmse_regression mae_regression`` of
    the benchmark, NaN when a training part has too few respondents for it; ``q2`` : 1 - squared errors of the path
    model over those of the training mean. All NaN: items of constructs without arrows to them, and items that do not
    vary in some training part. ``left_out`` : respondents without a prediction, as an item does not vary in theirs.
    ``losses`` : squared errors of the path model, the benchmark and the training mean (3 x respondents x items), NaN
    for no answer and no prediction.
    """

    rmse: np.ndarray
    mae: np.ndarray
    rmse_regression: np.ndarray
    mae_regression: np.ndarray
    q2: np.ndarray
    left_out: int
    losses: np.ndarray


def predict(
    items: Items,
    model: Structure,
    rng: np.random.Generator,
    folds: int = 10,
    scheme: str = "path",
    standardised: bool = True,
) -> Prediction:
    """PLSpredict: predict items from those of the constructs with an arrow to theirs (Shmueli et al. 2016, 2019).

    Respondents are divided into folds; each fold is predicted by the model of all others as mean + sd * loading *
    sum(path * score of a construct before), from direct antecedents. The benchmark is a linear regression of the item
    on the same antecedent items. It gets no others: with items of later constructs, as in seminr, it would predict
    causes from their consequences, which a path model does not, and could win by that alone. Weights of respondents
    count in the fits and in the means of errors; a missing predictor takes its mean, a missing answer has no error.

    Parameters
    ----------
    rng : draws the folds, equal in size up to one respondent; unused when each respondent is a fold.
    folds : 2 or more; from the number of respondents on, each is predicted from all others.
    scheme, standardised : see ``path_samples.estimate``.

    Raises
    ------
    SettingsError : fewer than 2 folds.

    >>> x = np.array([[1, 2], [2, 3], [3, 5], [4, 4], [5, 7.0]])
    >>> items = Items(x, np.ones(5), np.zeros(2), np.full(2, 10.0))
    >>> found = predict(items, Structure(((0,), (1,)), ((0, 1),), ("A", "A")), np.random.default_rng(1), folds=5)
    >>> found.rmse.round(3).tolist(), found.rmse_regression.round(3).tolist()
    ([nan, 1.159], [nan, 1.159])
    """
    if folds < 2:
        raise SettingsError(f"The number of folds is {folds}; give 2 or more, or as many as there are respondents.")
    n, p = items.x.shape
    fold = np.arange(n) if folds >= n else rng.permutation(n) % folds
    parts = [np.flatnonzero(fold == k) for k in range(fold.max() + 1)]
    moments = items.moments
    without = moments.sum(axis=0)[:, None] - np.column_stack([moments[rows].sum(axis=0) for rows in parts])
    sample = from_totals(without, items, model, scheme, standardised)
    usable = np.flatnonzero(sample.kept)
    if not len(usable):
        unknown = np.full(p, np.nan)
        return Prediction(unknown, unknown, unknown, unknown, unknown, n, np.full((3, n, p), np.nan))
    pairs, _ = covariances(without, items)
    i, j = np.triu_indices(p)
    varies = (pairs[i == j] > CONSTANT * (items.high - items.low)[:, None] ** 2).all(axis=1)
    S = np.empty((p, p, len(usable)))
    S[i, j] = S[j, i] = pairs[:, usable]
    predicted = np.isin(np.arange(p), [k for _, b in model.arrows for k in model.blocks[b]])
    fewest = n - max(len(rows) for rows in parts)
    slopes = [path_slopes(sample, model, standardised), regression_slopes(S, model, fewest), np.zeros_like(S)]
    parts = [parts[k] for k in usable]
    (mse, mae), (mse_regression, mae_regression), (mse_mean, _) = (
        np.where(varies & predicted, mean_errors(items, parts, sample.mean, each), np.nan) for each in slopes
    )
    losses = np.array([errors(items, parts, sample.mean, each) ** 2 for each in slopes])
    return Prediction(
        rmse=np.sqrt(mse),
        mae=mae,
        rmse_regression=np.sqrt(mse_regression),
        mae_regression=mae_regression,
        q2=1 - mse / mse_mean,
        left_out=n - sum(len(rows) for rows in parts),
        losses=np.where(varies & predicted, losses, np.nan),
    )


def foresight(losses: np.ndarray, w: np.ndarray) -> tuple[float, float]:
    """Does the path model or the regression foresee answers better (CVPAT: Liengaard, Sharma, Hult, Jensen, Sarstedt,
    Hair & Ringle 2021, Decision Sciences 52:362)?

    Each respondent's squared errors are averaged over the items; a paired t test over the respondents asks whether
    the two differ, and the better one must beat the training mean by the same test. Respondents predicted by one
    model share its error, which the test leaves out, so it fails with hardly more respondents than items.

    Parameters
    ----------
    losses : of ``Prediction``, the items to judge by.
    w : weights of the respondents.

    Returns
    -------
    by how much the path model's squared error is smaller, and the larger of the two p values; NaN where both foresee
    the same.

    >>> losses = np.array([[[1.0], [2], [0.5], [1]], [[2.0], [2.5], [1.5], [2.5]], [[9.0], [8], [9], [7]]])
    >>> tuple(round(found, 4) for found in foresight(losses, np.ones(4)))
    (1.0, 0.0163)
    """
    known = ~np.isnan(losses).any(axis=0)
    count = known.sum(axis=1)
    total = np.where(known, losses, 0).sum(axis=2)
    model, regression, plain = (np.where(count > 0, each / np.maximum(count, 1), np.nan) for each in total)
    gain, *_ = means(np.column_stack([regression - model]), w)
    best = model if gain.value > 0 else regression
    beyond, *_ = means(np.column_stack([plain - best]), w)
    tests = [Difference(each.value, each.se, each.df) if each.se > 0 else UNKNOWN for each in (gain, beyond)]
    return gain.value, float(np.max([test.p for test in tests])) if beyond.value > 0 else 1.0


def path_slopes(sample: Sample, model: Structure, standardised: bool = True) -> np.ndarray:
    """What a point of one item (first axis) adds to the prediction of another (second), by data set."""
    own = sample.fit.weights / sample.sd if standardised else sample.fit.weights
    back = sample.fit.loadings * sample.sd
    slopes = np.zeros((len(own), *own.shape))
    for (a, b), path in zip(model.arrows, sample.fit.paths, strict=True):
        start, end = list(model.blocks[a]), list(model.blocks[b])
        slopes[np.ix_(start, end)] = own[start][:, None] * back[end] * path
    return slopes


def regression_slopes(
    S: np.ndarray, model: Structure, fewest: int, given: Mapping[int, list[int]] | None = None
) -> np.ndarray:
    """Least squares of each construct's items on those of the constructs before it, laid out as ``path_slopes``.

    Where predictors repeat each other, the shortest slopes are taken (Moore-Penrose).

    Parameters
    ----------
    S : covariances, items x items x sets.
    fewest : respondents in the smallest set; with no more than 1 + predictors, slopes are NaN.
    given : construct -> the items to predict it from, in place of those before it.
    """
    sd = np.sqrt(np.einsum("iis->is", S))
    R = np.moveaxis(S / sd[:, None] / sd, 2, 0)
    if given is None:
        given = {b: [k for a in model.before(b) for k in model.blocks[a]] for _, b in model.arrows}
    slopes = np.zeros_like(S)
    for construct, start in given.items():
        end = list(model.blocks[construct])
        inverse = np.linalg.pinv(R[:, start][:, :, start], rcond=RANK, hermitian=True)
        found = np.moveaxis(inverse @ R[:, start][:, :, end], 0, 2)
        slopes[np.ix_(start, end)] = found / sd[start][:, None] * sd[end] if len(start) + 1 < fewest else np.nan
    return slopes


def mean_errors(items: Items, parts: list[np.ndarray], mean: np.ndarray, slopes: np.ndarray) -> np.ndarray:
    """Mean squared and mean absolute error by item (2 x items) of the respondents of all parts.

    Parameters
    ----------
    parts : rows of respondents.
    mean, slopes : of the items outside each part; items x parts, predictors x items x parts.
    """
    rows = np.concatenate(parts)
    error, known = errors(items, parts, mean, slopes)[rows], ~np.isnan(items.x[rows])
    w = items.w[rows][:, None] * known
    error = np.where(known, error, 0)
    return np.array([(w * error**2).sum(axis=0), (w * np.abs(error)).sum(axis=0)]) / w.sum(axis=0)


def errors(items: Items, parts: list[np.ndarray], mean: np.ndarray, slopes: np.ndarray) -> np.ndarray:
    """What each respondent's answers are above their predictions (respondents x items), NaN for those in no part."""
    found = np.full(items.x.shape, np.nan)
    for k, rows in enumerate(parts):
        away = items.x[rows] - mean[:, k]
        found[rows] = away - np.where(np.isnan(away), 0, away) @ slopes[:, :, k]
    return found
