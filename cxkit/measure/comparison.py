"""One comparison for all methods: groups with the rest, waves with the one before, panels as pairs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from cxkit.measure.cells import Cells, Where, turned
from cxkit.measure.common import Common
from cxkit.measure.groups import mirrored
from cxkit.result import Row
from cxkit.stats.compare import Basis, Difference, adjust, difference
from cxkit.stats.joint import Estimate, means
from cxkit.stats.weights import Distribution
from cxkit.survey.cards import Card
from cxkit.survey.tally import Answers

REST, PREVIOUS = "rest", "previous"
NOTHING = 1e-24  # a variance below it is only rounding
Same = tuple[np.ndarray | slice, np.ndarray | slice]  # places of the same respondents in two cells
EVERYBODY = (slice(None), slice(None))  # two estimates of one cell


@dataclass(frozen=True)
class Contrast:
    """Two cells to compare: a group of the current wave with the "rest" of it, or a wave with the "previous" one."""

    kind: str
    one: Where
    other: Where


def contrasts(cells: Cells) -> list[Contrast]:
    """What a report compares."""
    rest = [(group, cells.current) for group in cells.groups]
    return [Contrast(REST, Where(*place), Where(*place, rest=True)) for place in rest] + [
        Contrast(PREVIOUS, Where("", after), Where("", before))
        for before, after in zip(cells.waves, cells.waves[1:], strict=False)
    ]


def compare(
    cells: Cells, items: Iterable[str], term: str, test: Callable[[Contrast], Mapping[str, Row]], common: Common
) -> list[Row]:
    """Compare each group with the rest of the current wave, and each wave with the one before.

    A family of tests, adjusted together, is one item by one variable.

    Parameters
    ----------
    test : the tests of a contrast by item, as of :func:`gap`; without those that cannot be made.
    """
    families: dict[tuple[str, str], list[Row]] = {(item, kind): [] for item in items for kind in (REST, PREVIOUS)}
    for contrast in contrasts(cells):
        group, wave, _ = contrast.one
        for item, row in test(contrast).items():
            told = {"term": f"{term}_vs_{contrast.kind}", "group": group, "wave": wave}
            families[item, contrast.kind].append({**row, **told})
    rows = []
    for (item, kind), family in families.items():
        rows += adjusted(item, family, common, once=kind == REST and mirrored(family, cells.members))
    return rows


def compare_means(cells: Cells, deck: Mapping[str, Card], term: str, common: Common) -> list[Row]:
    """Compare the means of items, in scale points, by t tests (Welch 1947; of a panel, paired)."""

    def test(contrast: Contrast) -> dict[str, Row]:
        sides = [turned(cells.answers(*side).of([*deck]), deck) for side in (contrast.one, contrast.other)]
        same = same_people(*sides)
        pairs = zip(deck.items(), *(means(side.scores, side.w, side.n) for side in sides), strict=True)
        return {
            item: gap(one, other, common.level, reach=card.high - card.low, same=same)
            for (item, card), one, other in pairs
            if one.n and other.n
        }

    return compare(cells, deck, term, test, common)


def adjusted(item: str, family: Sequence[Row], common: Common, *, once: bool = False) -> list[Row]:
    """Adjust the p values of one family of comparisons, leaving out those whose base is too small.

    Parameters
    ----------
    once : the rows tell one and the same test, as when of two groups each is the other's rest.
    """
    tested = [min(row["n"], row["n_other"]) >= common.min_base for row in family]
    p = [row["p"] if shown else np.nan for row, shown in zip(family, tested, strict=True)]
    found = p if once else adjust(p, common.correction)
    return [{"item": item, **row, "p_adjusted": p} for row, p in zip(family, found, strict=True)]


def gap(
    one: Estimate, other: Estimate, level: float, *, reach: float = np.inf, same: Same | None = None
) -> dict[str, Any]:
    """The difference of two estimates, first minus second, with its interval and test.

    Parameters
    ----------
    reach : the largest difference there can be.
    same : respondents who stand in both, as of :func:`same_people`.
    """
    covariance = shared_covariance(one, other, same) if same else 0.0
    sides = [Basis(e.value, 0.0 if e.variance <= NOTHING else e.variance, e.df) for e in (one, other)]
    found = difference(*sides, covariance=covariance, level=level)
    return tested(one, other, one.value - other.value, found, reach)


def tested(
    one: Estimate | Distribution, other: Estimate | Distribution, value: float, found: Difference, reach: float
) -> dict[str, Any]:
    """A tested difference with the bases of both sides; the interval holds the value and stays within reach."""
    row = {"n": one.n, "n_other": other.n, "n_eff": one.n_eff, "estimate": value, **asdict(found)}
    if found.se > 0:
        row |= {"low": max(-reach, min(found.low, value)), "high": min(reach, max(found.high, value))}
    return row


def same_people(one: Answers, other: Answers) -> Same:
    """The lines of the respondents who stand in both: their places in the one and in the other."""
    named = [np.flatnonzero(side.respondent.astype(bool)) for side in (one, other)]
    place = pd.Index(other.respondent[named[1]]).get_indexer(pd.Index(one.respondent[named[0]]))
    return named[0][place >= 0], named[1][place[place >= 0]]


def shared_covariance(one: Estimate, other: Estimate, same: Same) -> float:
    """The covariance of two estimates, from the influences of the respondents who stand in both."""
    here, there = same
    return float(one.influence[here] @ other.influence[there])
