"""Is a path model the same in a group of respondents as among the others? Permutation tests."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from cxkit.errors import DataError
from cxkit.methods.acsi_regression.moments import Items
from cxkit.methods.acsi_regression.pls import Structure
from cxkit.methods.acsi_regression.resamples import Sample, estimate, from_totals

CELLS = 2**20  # numbers in one array of memberships or totals, 8 MB
STOP, TIE = 1e-9, 1e-8  # where fits of permutations stop, and below which two statistics are the same number
TAIL = 0.05  # of the permuted correlations lie below ``composition_low``


@dataclass(frozen=True)
class Permuted:
    """A difference with its error from resamples, tested by permutations; what a ``stats.compare.Difference`` has.

    ``null`` holds the sizes of the differences in all permutations, the real one included. The interval reaches as
    far as the largest difference that the test does not reject, so that the two agree.
    """

    value: float
    se: float
    null: np.ndarray

    @property
    def p(self) -> float:
        if not np.isfinite(self.null).all():  # a side could not be estimated
            return math.nan
        share = float((self.null >= abs(self.value) - TIE).mean())
        return min(1.0, share + TIE)  # or 0.05 would be below 1 - 0.95, which is 0.05 and some rounding

    def interval(self, level: float) -> tuple[float, float]:
        reach = self._critical(level)
        return self.value - reach, self.value + reach

    def detectable(self, level: float) -> float:
        """The smallest true difference that a test at this level sees with a power of 80 %."""
        return self._critical(level) + float(stats.norm.ppf(0.8)) * self.se

    def _critical(self, level: float) -> float:
        beyond = math.ceil((1 - level) * len(self.null) - TIE)
        return float(np.sort(self.null)[-max(1, beyond)])


@dataclass(frozen=True)
class GroupComparison:
    """A group against the rest; p values are not adjusted for their number.

    By arrow: ``inside rest`` the paths of both sides, ``difference`` inside - rest with its two-sided ``p``, and
    ``null`` the sizes of the differences in all permutations, the real one first.
    By construct: ``composition`` the correlation of its scores, over all respondents, with the weights of the one and
    of the other side, ``composition_low`` its 5 % quantile when sides do not matter, ``composition_p`` one-sided (a
    single item: 1, NaN, NaN); ``mean_difference`` of scores with the weights of all, inside - rest, in their standard
    deviations, with ``mean_p``; ``variance_ratio`` of the same scores, inside / rest, with ``variance_p``.
    ``permutations`` : how many were used; ``left_out`` : how many were not, as a side could not be estimated (an item
    does not vary). Both are 0 and the rest NaN when this is so of the real sides.
    """

    inside: np.ndarray
    rest: np.ndarray
    difference: np.ndarray
    p: np.ndarray
    null: np.ndarray
    composition: np.ndarray
    composition_low: np.ndarray
    composition_p: np.ndarray
    mean_difference: np.ndarray
    mean_p: np.ndarray
    variance_ratio: np.ndarray
    variance_p: np.ndarray
    permutations: int
    left_out: int


def compare_groups(
    items: Items,
    model: Structure,
    inside: np.ndarray,
    rng: np.random.Generator,
    times: int = 1000,
    scheme: str = "path",
    standardised: bool = True,
) -> GroupComparison:
    """Permute who belongs to the group: paths (Chin & Dibbern 2010) and MICOM (Henseler, Ringle & Sarstedt 2016).

    p = (1 + permutations at least as far out) / (1 + permutations). Compositional invariance is step 2 of MICOM, with
    weights for answers in their own units, those an index is made of; equal means and variances (by the logarithm of
    their ratio) are step 3. Respondents keep their weights when they change sides.

    For all but means, each side's means are taken away before the sides are mixed (permuted residuals, Freedman &
    Lane 1983). Otherwise sides that differ in level only would be told apart too often: with means one standard
    deviation apart, up to 9 % of paths and 19 % of compositions at 5 %.

    Parameters
    ----------
    items : respondents of both sides; where answers are missing, they count as means in scores.
    inside : True for the respondents of the group.
    times : permutations.

    Raises
    ------
    DataError : the group is empty or holds everybody, ``inside`` is of another length, or the model cannot be
        estimated among all.

    >>> rng = np.random.default_rng(1)
    >>> cause, inside = rng.normal(size=200), np.arange(200) < 100
    >>> x = np.column_stack([cause, np.where(inside, cause, -cause) + rng.normal(size=200)])
    >>> items = Items(x, np.ones(200), np.full(2, -5.0), np.full(2, 5.0))
    >>> compare_groups(items, Structure(((0,), (1,)), ((0, 1),), ("A", "A")), inside, rng, 199).p.tolist()
    [0.005]
    """
    n, inside = len(items.x), np.asarray(inside, bool)
    if inside.shape != (n,) or not 0 < inside.sum() < n:
        raise DataError(
            f"A group of {inside.sum()} cannot be compared with the rest of {n} respondents; give True or False for "
            "each respondent, and each to some."
        )
    test = _Test.of(items, model, inside, scheme, standardised)
    arrows, constructs = len(model.arrows), len(model.blocks)
    statistics = test.statistics(inside[None], 1e-13)
    if not statistics.size:
        path, each = np.full(arrows, np.nan), np.full(constructs, np.nan)
        return GroupComparison(path, path, path, path, path[:, None], each, each, each, each, each, each, each, 0, 0)
    members = _permuted(inside, rng, times, CELLS // max(n, test.moments.shape[1]))
    statistics = np.hstack([statistics, *(test.statistics(block, STOP) for block in members)])
    used = statistics.shape[1] - 1
    own, others, c, means, ratios = np.split(statistics, np.cumsum([arrows, arrows, constructs, constructs]))
    several = np.array([len(block) > 1 for block in model.blocks])
    low = np.quantile(c[:, 1:], TAIL, axis=1) if used else np.nan
    return GroupComparison(
        inside=own[:, 0],
        rest=others[:, 0],
        difference=own[:, 0] - others[:, 0],
        p=_p(np.abs(own - others)),
        null=np.abs(own - others),
        composition=np.where(several, c[:, 0], 1.0),
        composition_low=np.where(several, low, np.nan),
        composition_p=np.where(several, _p(-c), np.nan),
        mean_difference=means[:, 0],
        mean_p=_p(np.abs(means)),
        variance_ratio=np.exp(ratios[:, 0]),
        variance_p=_p(np.abs(ratios)),
        permutations=used,
        left_out=times - used,
    )


@dataclass(frozen=True)
class _Test:
    """What stays the same when respondents change sides.

    ``level`` : the items without the means of the real sides, and their ``moments``; ``scores`` with the weights of
    all respondents: times weight as they are, then without the sides' means, and the squares of these;
    ``covariance`` : of the items among all.
    """

    level: Items
    model: Structure
    scheme: str
    standardised: bool
    moments: np.ndarray
    scores: np.ndarray
    covariance: np.ndarray

    @classmethod
    def of(cls, items: Items, model: Structure, inside: np.ndarray, scheme: str, standardised: bool) -> "_Test":
        own = _own(estimate(items, model, scheme, standardised), standardised)[:, 0]
        x, w = items.x.copy(), items.w[:, None]
        for side in (inside, ~inside):
            with np.errstate(invalid="ignore"):  # nobody on this side answered an item
                x[side] -= Items(x[side], items.w[side], items.low, items.high).centre
        away, within = (np.where(np.isnan(z), 0, z) for z in (items.x - items.centre, x))
        y, flat = (
            np.column_stack([z[:, list(block)] @ own[list(block)] for block in model.blocks]) for z in (away, within)
        )
        level = replace(items, x=x)
        scores, covariance = w * np.hstack([y, flat, flat**2]), away.T @ (w * away) / w.sum()
        return cls(level, model, scheme, standardised, level.moments, scores, covariance)

    def statistics(self, members: np.ndarray, tolerance: float) -> np.ndarray:
        """Paths inside and of the rest, correlations of scores, differences of means, logarithms of ratios of
        variances: below each other, in columns the divisions (rows of ``members``) that leave both sides usable."""
        sides = [side.astype(float).T for side in (members, ~members)]
        samples = [
            from_totals(self.moments.T @ side, self.level, self.model, self.scheme, self.standardised, tolerance)
            for side in sides
        ]
        both = samples[0].kept & samples[1].kept
        paths, weights, means, variances = [], [], [], []
        for side, sample in zip(sides, samples, strict=True):
            paths.append(sample.fit.paths[:, both[sample.kept]])
            weights.append(_own(sample, self.standardised)[:, both[sample.kept]])
            number, weight = side[:, both].sum(axis=0), self.level.w @ side[:, both]
            mean, shift, square = np.split(self.scores.T @ side[:, both] / weight, 3)
            means.append(mean)
            variances.append((square - shift**2) * number / (number - 1))
        c, ratios = self._alike(*weights), np.log(variances[0] / variances[1])
        found = np.vstack([*paths, c, means[0] - means[1], ratios])
        return found[:, np.isfinite(found).all(axis=0)]

    def _alike(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Correlation of each construct's scores with two sides' weights, over all respondents."""
        found = []
        for block in self.model.blocks:
            rows = list(block)
            S, a, b = self.covariance[np.ix_(rows, rows)], one[rows], other[rows]
            shared, var_a, var_b = ((left * (S @ right)).sum(axis=0) for left, right in ((a, b), (a, a), (b, b)))
            found.append(shared / np.sqrt(var_a * var_b))
        return np.array(found)


def _own(sample: Sample, standardised: bool) -> np.ndarray:
    """Weights of answers in their own units."""
    return sample.fit.weights / sample.sd if standardised else sample.fit.weights


def _permuted(inside: np.ndarray, rng: np.random.Generator, times: int, most: int) -> Iterator[np.ndarray]:
    """Random divisions of the same sizes, up to ``most`` rows at once."""
    step = max(1, most)
    for start in range(0, times, step):
        yield rng.permuted(np.tile(inside, (min(step, times - start), 1)), axis=1)


def _p(statistics: np.ndarray) -> np.ndarray:
    """The share of columns at least as large as the first, which counts itself."""
    return (statistics >= statistics[:, :1] - TIE).mean(axis=1)
