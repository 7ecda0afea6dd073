"""A path model over respondents: its estimates, and those of thousands of resamples in one array."""

from dataclasses import dataclass

import numpy as np

from cxkit.stats.bootstrap import resampled_totals
from cxkit.stats.pls import Fit, Structure, fit

SETS = 2**19  # numbers held per covariance matrix stack, 4 MB: what the processor's cache can take


@dataclass(frozen=True)
class Items:
    """Respondents' answers ready for a path model: ``x`` (respondents x items), weights ``w``, and the declared
    lowest and highest answer of each item."""

    x: np.ndarray
    w: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @property
    def moments(self) -> np.ndarray:
        """Per respondent: weight, weighted deviations and weighted products of deviations from the items' means."""
        z = self.x - self.centre
        i, j = np.triu_indices(z.shape[1])
        return np.hstack([np.ones((len(z), 1)), z, z[:, i] * z[:, j]]) * (self.w / self.w.sum())[:, None]

    @property
    def centre(self) -> np.ndarray:
        return self.w @ self.x / self.w.sum()


@dataclass(frozen=True)
class Sample:
    """A fit with what it stands on; the last axis is the data set.

    ``mean sd`` of the items; ``shares`` : each item's share of its construct, summing to 1; ``index`` : of each
    construct, 0-100; ``spread`` : standard deviation of the constructs' respondent indices, in points of 0-100.
    """

    fit: Fit
    mean: np.ndarray
    sd: np.ndarray
    shares: np.ndarray
    index: np.ndarray
    spread: np.ndarray


def ready(x: np.ndarray, w: np.ndarray, low: np.ndarray, high: np.ndarray, missing: str = "mean") -> Items:
    """Deal with missing answers: "mean" puts an item's mean in their place, "complete" leaves respondents out."""
    known = ~np.isnan(x)
    if missing == "complete":
        keep = known.all(axis=1)
        return Items(x[keep], w[keep], low, high)
    centre = np.where(known, x, 0).T @ w / (known.T @ w)
    return Items(np.where(known, x, centre), w, low, high)


def estimate(items: Items, model: Structure, scheme: str = "path", standardised: bool = True) -> Sample:
    """Estimate the model among all respondents, to the last digits."""
    return _sample(items.moments.sum(axis=0)[:, None], items, model, scheme, standardised, 1e-13)


def resample(
    items: Items,
    model: Structure,
    rng: np.random.Generator,
    times: int,
    scheme: str = "path",
    standardised: bool = True,
) -> Sample:
    """Estimate it in resamples of the respondents; weights are estimated anew in each.

    A resample in which an item does not vary is left out.
    """
    moments = items.moments
    totals = resampled_totals(moments, rng, times).T
    return from_totals(totals, items, model, scheme, standardised)


def from_totals(
    totals: np.ndarray,
    items: Items,
    model: Structure,
    scheme: str = "path",
    standardised: bool = True,
    tolerance: float = 1e-7,
) -> Sample:
    """Estimate from column sums of ``Items.moments`` (columns x sets), as many sets at once as the cache takes."""
    step = max(1, SETS // items.x.shape[1] ** 2)
    parts = [
        _sample(totals[:, k : k + step], items, model, scheme, standardised, tolerance)
        for k in range(0, totals.shape[1], step)
    ]
    joined = {name: np.concatenate([getattr(part, name) for part in parts], axis=-1)
              for name in ("mean", "sd", "shares", "index", "spread")}  # fmt: skip
    fits = {name: np.concatenate([getattr(part.fit, name) for part in parts], axis=-1) for name in vars(parts[0].fit)}
    return Sample(Fit(**fits), **joined)


def _sample(
    totals: np.ndarray, items: Items, model: Structure, scheme: str, standardised: bool, tolerance: float
) -> Sample:
    n, p = items.x.shape
    i, j = np.triu_indices(p)
    totals = totals / totals[0]
    shift, products = totals[1 : p + 1], totals[p + 1 :]
    S = np.empty((p, p, totals.shape[1]))
    S[i, j] = S[j, i] = (products - shift[i] * shift[j]) * (n / (n - 1))
    varies = (np.einsum("iis->is", S) > 1e-12).all(axis=0)
    S, mean = S[:, :, varies], items.centre[:, None] + shift[:, varies]
    sd = np.sqrt(np.einsum("iis->is", S)).copy()
    if standardised:
        S /= sd[:, None]
        S /= sd[None]
    found = fit(S, model, scheme, tolerance)
    own = found.weights / sd if standardised else found.weights
    shares, index, spread = np.empty_like(own), [], []
    for block in model.blocks:
        rows = list(block)
        total = own[rows].sum(axis=0)
        shares[rows] = own[rows] / total
        width = (items.high - items.low)[rows][:, None]
        index.append((100 * shares[rows] * (mean[rows] - items.low[rows][:, None]) / width).sum(axis=0))
        # A score has variance 1, so the sum of shares varies by 1 / total; all items of a block share their width.
        spread.append(100 / np.abs(total) / width[0])
    return Sample(found, mean, sd, shares, np.array(index), np.array(spread))
