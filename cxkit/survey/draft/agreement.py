"""Which columns of numbers are answered alike, as ratings are and codes are not, and which ends are no answers."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

ALIKE = 0.3  # correlation with the other ratings from which a column is one of them
APART = 0.12  # and below which it is none
FEWEST = 30  # respondents below which nothing is told from correlations
SEVERE = 3.5  # standard errors from 0 that one of many correlations must be
MOST = 4_000  # rows that are looked at
ENOUGH = 10  # answers at an end that show whether it belongs to the scale


@dataclass(frozen=True, eq=False)
class Agreement:
    """``r`` has the correlation of each column with the mean of the ratings without itself; ``rest`` is that mean;
    ``least`` the correlation from which a column is a rating, which few answers raise."""

    r: Mapping[str, float]
    least: Mapping[str, float]
    rest: Mapping[str, np.ndarray]
    scores: pd.DataFrame

    def rates(self, name: str) -> bool:
        """Whether a column is answered as the ratings are."""
        return name in self.r and abs(self.r[name]) >= self.least[name]

    def differs(self, name: str) -> bool:
        """Whether a column is certainly not answered as the ratings are."""
        return name in self.r and abs(self.r[name]) < APART and self.least[name] <= ALIKE


def agreement(scores: pd.DataFrame, doubtful: Mapping[str, set[int]]) -> Agreement:
    """Find the columns that are answered alike.

    Parameters
    ----------
    scores : a column of numbers per candidate.
    doubtful : candidate -> numbers that may be no answers, which do not count here.
    """
    scores = scores.iloc[:: -(-len(scores) // MOST) or 1]
    inside = pd.DataFrame({str(name): scores[name].where(~scores[name].isin(doubtful[str(name)])) for name in scores})
    inside = inside.loc[:, inside.std() > 0]
    near = inside.corr(min_periods=FEWEST).fillna(0)
    partners = near.abs().ge(ALIKE).sum() - 1
    if len(inside) < FEWEST or inside.empty or partners.max() < 2:
        return Agreement({}, {}, {}, scores)
    z = ((inside - inside.mean()) / inside.std()).to_numpy()
    seed = near[partners.idxmax()].to_numpy()
    signs = np.where(np.abs(seed) >= ALIKE, np.sign(seed), 0.0)
    r, rest = np.zeros(z.shape[1]), np.zeros_like(z)
    least = np.maximum(ALIKE, SEVERE / np.sqrt((~np.isnan(z)).sum(0)))
    for _ in range(4):
        own = np.where(np.isnan(z), 0.0, z) * signs
        known = ~np.isnan(z) & (signs != 0)
        n = known.sum(1, keepdims=True) - known
        rest = np.where(n > 1, (own.sum(1, keepdims=True) - own) / np.maximum(n, 1), np.nan)
        r = np.array([_r(z[:, k], rest[:, k]) for k in range(z.shape[1])])
        signs = np.where(np.abs(r) >= least, np.sign(r), 0.0)  # a NaN is no rating
    if signs.sum() < 0:
        r, rest = -r, -rest
    names = list(map(str, inside))
    known = {name: float(one) for name, one in zip(names, r, strict=True) if not np.isnan(one)}
    means = {name: rest[:, k] for k, name in enumerate(names)}
    return Agreement(known, dict(zip(names, least, strict=True)), means, scores)


@dataclass(frozen=True)
class End:
    """What those who gave a number at the end of a scale say elsewhere, over several columns, in standard
    deviations: ``found``, and what a point of the scale there would have (``expected``)."""

    answers: int
    found: float
    expected: float

    @property
    def outside(self) -> bool:
        """Whether the number is no point of the scale: its answers are nearer to the mean of all."""
        return self.answers >= ENOUGH and abs(self.found) < abs(self.found - self.expected) / 2


def end_of_scale(found: Agreement, names: list[str], end: int, doubtful: set[int]) -> End:
    """Compare the other ratings of those who gave the number ``end`` with what the other points lead to expect."""
    n, seen, line = 0, 0.0, 0.0
    for name in names:
        x, y = found.scores[name].to_numpy(), found.rest[name] * np.sign(found.r[name])
        inner = ~np.isnan(x) & ~np.isnan(y) & ~np.isin(x, list(doubtful))
        at = (x == end) & ~np.isnan(y)
        if inner.sum() < FEWEST or not at.any():
            continue
        slope = np.cov(x[inner], y[inner])[0, 1] / x[inner].var(ddof=1)
        n += int(at.sum())
        seen += float((y[at] - y[inner].mean()).sum())
        line += float(at.sum() * slope * (end - x[inner].mean()))
    return End(n, seen / n, line / n) if n else End(0, 0.0, 0.0)


def _r(x: np.ndarray, y: np.ndarray) -> float:
    both = ~np.isnan(x) & ~np.isnan(y)
    if both.sum() < FEWEST or not x[both].std() or not y[both].std():
        return np.nan
    return float(np.corrcoef(x[both], y[both])[0, 1])
