"""One comparison for all methods: groups with the rest, waves with the one before, panels as pairs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cxkit.measure.cells import Cells, Where, turned
from cxkit.measure.common import Common
from cxkit.measure.groups import mirrored
from cxkit.result import Row
from cxkit.stats.compare import UNKNOWN, Basis, Difference, adjust, difference
from cxkit.stats.joint import Estimate, means
from cxkit.survey.cards import Card
from cxkit.survey.tally import Answers

REST, PREVIOUS, FIRST, SLOPE = "vs_rest", "vs_previous", "vs_first", "slope"
NOTHING = 1e-24  # a variance below it is only rounding
SEVERAL = 4  # waves from which a slope says more than the ends do
Same = tuple[np.ndarray | slice, np.ndarray | slice]  # places of the same respondents in two cells
EVERYBODY = (slice(None), slice(None))  # two estimates of one cell


@dataclass(frozen=True)
class Contrast:
    """Two cells to compare, and how: a group of the current wave "vs_rest" of it, a wave "vs_previous", the current
    one "vs_first"."""

    kind: str
    one: Where
    other: Where


def contrasts(cells: Cells) -> list[Contrast]:
    """What a report compares."""
    rest = [(group, cells.current) for group in cells.groups]
    pairs = [(PREVIOUS, *pair) for pair in zip(cells.waves, cells.waves[1:], strict=False)]
    if len(cells.waves) > 2:
        pairs.append((FIRST, cells.waves[0], cells.current))
    return [Contrast(REST, Where(*place), Where(*place, rest=True)) for place in rest] + [
        Contrast(kind, Where("", after), Where("", before)) for kind, before, after in pairs
    ]


def compare(
    cells: Cells,
    items: Iterable[str],
    term: str,
    test: Callable[[Contrast], Mapping[str, Row]],
    levels: Callable[[Answers], Mapping[str, Estimate]],
    common: Common,
) -> list[Row]:
    """Compare each group with the rest of the current wave, each wave with the one before, the last with the first.

    Four waves or more have a slope, too. A family of tests, adjusted together, is one item by one variable.

    Parameters
    ----------
    test : the tests of a contrast by item, as of :func:`gap`; without those that cannot be made.
    levels : estimates of the items among some respondents, for the slope.
    """
    groups: dict[str, list[Row]] = {item: [] for item in items}
    waves: dict[str, list[Row]] = {item: [] for item in groups}
    for contrast in contrasts(cells):
        group, wave, _ = contrast.one
        for item, row in test(contrast).items():
            family = groups if contrast.kind == REST else waves
            family[item].append({**row, "term": f"{term}_{contrast.kind}", "group": group, "wave": wave})
    for item, row in slopes(cells, levels).items():
        waves[item].append({**row, "term": f"{term}_{SLOPE}", "group": "", "wave": cells.current})
    rows = []
    for item in groups:
        rows += adjusted(item, groups[item], common, once=mirrored(groups[item], cells.members))
        rows += adjusted(item, waves[item], common)
    return rows


def compare_means(cells: Cells, deck: Mapping[str, Card], term: str, common: Common) -> list[Row]:
    """Compare the means of items, in scale points, by t tests (Welch 1947; of a panel, paired)."""

    def levels(answers: Answers) -> dict[str, Estimate]:
        mine = turned(answers.of([*deck]), deck)
        return dict(zip(deck, means(mine.scores, mine.w, mine.n), strict=True))

    def test(contrast: Contrast) -> dict[str, Row]:
        sides = [cells.answers(*side).of([*deck]) for side in (contrast.one, contrast.other)]
        (one, other), same = map(levels, sides), same_people(*sides)
        return {
            item: gap(one[item], other[item], reach=card.high - card.low, same=same)
            for item, card in deck.items()
            if one[item].n and other[item].n
        }

    return compare(cells, deck, term, test, levels, common)


def adjusted(item: str, family: Sequence[Row], common: Common, *, once: bool = False) -> list[Row]:
    """Test one family of comparisons, leaving out those whose base is too small; intervals agree with adjusted p.

    Parameters
    ----------
    family : rows of :func:`gap`.
    once : the rows tell one and the same test, as when of two groups each is the other's rest.
    """
    shown = [min(row["n"], row["n_other"]) >= common.min_base for row in family]
    p = [row["test"].p if known else np.nan for row, known in zip(family, shown, strict=True)]
    found, level = adjust(p[:1] if once else p, common.correction, common.level)
    rows = []
    for row, own, whole in zip(family, p, np.resize(found, len(p)), strict=True):
        test, reach, value = row["test"], row["reach"], row["estimate"]
        low, high = test.interval(level)
        ends = {"low": max(-reach, min(low, value)), "high": min(reach, max(high, value))} if test.se > 0 else {}
        told = {name: row[name] for name in row if name not in ("test", "reach")}
        rows.append({"item": item, **told, "se": test.se, **ends, "p": own, "p_adjusted": whole,
                     "detectable": test.detectable(level)})  # fmt: skip
    return rows


def gap(one: Estimate, other: Estimate, *, reach: float = np.inf, same: Same | None = None) -> Row:
    """The difference of two estimates, first minus second, and its test.

    Parameters
    ----------
    reach : the largest difference there can be.
    same : respondents who stand in both, as of :func:`same_people`.
    """
    covariance = shared_covariance(one, other, same) if same else 0.0
    sides = [Basis(e.value, 0.0 if e.variance <= NOTHING else e.variance, e.df) for e in (one, other)]
    return difference_row(one, other, one.value - other.value, difference(*sides, covariance=covariance), reach)


def difference_row(one: Estimate, other: Estimate, value: float, test: Any, reach: float) -> Row:
    """A difference with the bases of both sides, and its test, for :func:`adjusted`."""
    return {"n": one.n, "n_other": other.n, "n_eff": one.n_eff, "estimate": value, "test": test, "reach": reach}


def slopes(cells: Cells, levels: Callable[[Answers], Mapping[str, Estimate]]) -> dict[str, Row]:
    """The change from wave to wave by item, over four waves and more in which all have answers."""
    if len(cells.waves) < SEVERAL:
        return {}
    sides = [cells.answers("", wave) for wave in cells.waves]
    found = [levels(side) for side in sides]
    same = {(s, t): same_people(sides[s], sides[t]) for s in range(len(sides)) for t in range(s)}
    return {
        item: slope([one[item] for one in found], same)
        for item in found[0]
        if all(item in one and one[item].n for one in found)
    }


def slope(levels: Sequence[Estimate], same: Mapping[tuple[int, int], Same]) -> Row:
    """The straight line through estimates of waves, by least squares weighted with their variances.

    Its error has the covariance of respondents who stand in several waves; degrees of freedom by Satterthwaite 1946.

    Parameters
    ----------
    same : who stands in two waves, by their places.
    """
    V = np.diag([e.variance for e in levels])
    for (s, t), places in same.items():
        V[s, t] = V[t, s] = shared_covariance(levels[s], levels[t], places)
    w = 1 / np.diag(V) if (np.diag(V) > NOTHING).all() else np.ones(len(levels))
    time = np.arange(len(levels)) - np.average(np.arange(len(levels)), weights=w)
    c = w * time / (w @ time**2)
    value, variance, parts = float(c @ [e.value for e in levels]), float(c @ V @ c), c**2 * np.diag(V)
    test = UNKNOWN
    if variance > NOTHING:
        df = parts.sum() ** 2 / sum(part**2 / e.df for part, e in zip(parts, levels, strict=True))
        test = Difference(value, variance**0.5, df)
    last, others = levels[-1], min(levels[:-1], key=lambda e: e.n)
    return difference_row(last, others, value, test, np.inf)


def same_people(one: Answers, other: Answers) -> Same:
    """The lines of the respondents who stand in both: their places in the one and in the other."""
    named = [np.flatnonzero(side.respondent.astype(bool)) for side in (one, other)]
    place = pd.Index(other.respondent[named[1]]).get_indexer(pd.Index(one.respondent[named[0]]))
    return named[0][place >= 0], named[1][place[place >= 0]]


def shared_covariance(one: Estimate, other: Estimate, same: Same) -> float:
    """The covariance of two estimates, from the influences of the respondents who stand in both."""
    here, there = same
    return float(one.influence[here] @ other.influence[there])
