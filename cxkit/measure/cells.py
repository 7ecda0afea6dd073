"""What the methods share: the tally rolled up to a group or a wave, and comparisons between them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from cxkit.errors import DataError
from cxkit.measure import doubts
from cxkit.measure.common import Common
from cxkit.measure.groups import Members, in_order, members_of, mirrored, name_notes
from cxkit.result import Result, tidy_table
from cxkit.stats.bases import apply_base_policy
from cxkit.stats.change import Pairs, mean_change
from cxkit.stats.compare import Difference, adjust
from cxkit.stats.joint import Estimate
from cxkit.stats.shares import goodman, wilson
from cxkit.stats.weights import Distribution, mean
from cxkit.survey import tally
from cxkit.survey.cards import Card
from cxkit.survey.survey import Survey
from cxkit.survey.tally import Answers
from cxkit.survey.timeline import natural, wave_order
from cxkit.survey.wave_column import declared_order

Row = dict[str, Any]  # a row of the result's table to be


@dataclass(frozen=True)
class Cells:
    """Counts per item, group, wave and score; scores of reversed items are already turned round.

    ``notes`` say how waves were put in order, and what in the data contradicts the declared scales and weights."""

    counts: pd.DataFrame
    groups: tuple[str, ...]
    waves: tuple[str, ...]
    members: Members
    notes: tuple[tuple[str, Mapping[str, Any]], ...] = ()

    @property
    def current(self) -> str:
        """The last wave, which the report is about; "" without waves."""
        return self.waves[-1] if self.waves else ""

    def all_cells(self) -> list[tuple[str, str]]:
        """The (group, wave) cells a report shows: all in each wave, each group in the current one."""
        return [("", wave) for wave in self.waves or ("",)] + [(g, self.current) for g in self.groups]

    def answers(self, item: str, group: str = "", wave: str = "", *, rest: bool = False) -> Distribution:
        """The answers of one group, or of the other known groups together (``rest``); "" is everybody."""
        found = self._cell(item, group, wave, rest)
        score, count, w, w2 = (self.counts[c].to_numpy()[found] for c in ("score", "n", "w", "w2"))
        known = ~np.isnan(score)
        values, place = np.unique(score[known], return_inverse=True)
        return Distribution(values, *(np.bincount(place, x[known], len(values)) for x in (count, w, w2)))

    def missing(self, item: str, group: str = "", wave: str = "") -> int:
        """Respondents of the cell who gave no answer."""
        found = self._cell(item, group, wave, False) & np.isnan(self.counts["score"].to_numpy())
        return int(self.counts["n"].to_numpy()[found].sum())

    def describe(self, item: str, term: str, estimates: Callable[[Distribution, str, str], list[Row]]) -> list[Row]:
        """The rows of an item in every cell of a report; a cell without answers keeps one row, of ``term``."""
        rows = []
        for group, wave in self.all_cells():
            answers = self.answers(item, group, wave)
            base = {"item": item, "group": group, "wave": wave, "n": answers.n, "n_eff": answers.n_eff,
                    "missing": self.missing(item, group, wave)}  # fmt: skip
            found = estimates(answers, group, wave) if answers.n else [{"term": term}]
            rows += [{**base, **row} for row in found]
        return rows

    def _cell(self, item: str, group: str, wave: str, rest: bool) -> np.ndarray:
        items, groups, waves = (self.counts[c].to_numpy() for c in ("item", "group", "wave"))
        found = items == item
        if wave:
            found &= waves == wave
        return found & self.members.belong(groups, group, rest=rest) if group else found


@dataclass(frozen=True)
class Measure:
    """An estimate that can be compared: its value, the test of first minus second at a level of confidence, with the
    pairs of answers of those who stand in both (before: in the second), and the largest difference there can be."""

    term: str
    estimate: Callable[[Distribution], float]
    test: Callable[[Distribution, Distribution, Pairs | None, float], Difference]
    reach: float


def tally_cells(data: Any, cards: Mapping[str, Card], common: Common) -> Cells:
    """Count the answers, check them against their cards and turn reversed items round.

    Raises
    ------
    DataError : a score is not on its scale, or there is no answer at all.
    SettingsError : the level is out of range, or the order of waves is not certain or lacks a wave of the data.
    """
    counts = tally.counts(data, list(cards), by=common.by, wave=common.wave, weight=common.weight)
    notes = []
    for item, card in cards.items():
        scores = counts.loc[(counts["item"] == item) & counts["score"].notna(), "score"]
        doubts.refuse_off_scale(data, card, scores)
        notes += doubts.scale_notes(counts[counts["item"] == item], card, common.min_base)
        counts.loc[scores.index, "score"] = card.turn(scores)
    answered = counts[counts["score"].notna()]
    if answered.empty:
        raise DataError(f"There is no answer in {', '.join(cards)}; all respondents left them empty.")
    sizes = answered[answered["wave"] != ""].groupby(["wave", "item"])["n"].sum().groupby("wave").max()
    answers = {str(wave): int(n) for wave, n in sizes.items()}
    declared = declared_order(data, common.wave)
    waves, told = wave_order(answers, common.waves, common.dates, common.wave, common.min_base, declared)
    notes += [*told, *doubts.weight_notes(data, common.weight, common.wave, waves[-1] if waves else "")]
    members, known = members_of(_names(counts["group"]), common), set(answered["group"])
    groups = _names(pd.Series([group for group, values in members.of.items() if values & known], dtype=object))
    return Cells(counts, in_order(groups, common), waves, members, tuple(notes))


def share_rows(answers: Distribution, points: range, level: float, **terms: range) -> list[Row]:
    """Shares with their intervals: those of ``terms`` each on its own (Wilson), then every score (Goodman)."""
    rows: list[Row] = []
    for term, scores in terms.items():
        share = answers.share_of(scores)
        low, high = wilson(share, answers.n_eff, level)
        rows.append({"term": term, "estimate": share, "se": answers.share_se(scores), "low": low, "high": high})
    single = [range(k, k + 1) for k in points]
    shares = [answers.share_of(one) for one in single]
    for one, share, (low, high) in zip(single, shares, goodman(shares, answers.n_eff, level), strict=True):
        rows.append({"term": "share", "score": one[0], "estimate": share, "se": answers.share_se(one), "low": low,
                     "high": high})  # fmt: skip
    return rows


def compare(data: Any, cards: Mapping[str, Card], cells: Cells, measure: Measure, common: Common) -> list[Row]:
    """Compare each group with the rest of the current wave, and each wave with the one before.

    A family of tests, adjusted together, is one item by one variable. Respondents who stand in two waves enter
    as pairs.
    """
    rows = []
    repeated = common.respondent and tally.repeats(data, common.respondent, common.wave)
    for item, card in cards.items():
        rest, previous = [], []
        for group in cells.groups:
            one, other = (cells.answers(item, group, cells.current, rest=side) for side in (False, True))
            if one.n and other.n:
                found = _difference(measure, one, other, common.level, None)
                rest.append({**found, "term": f"{measure.term}_vs_rest", "group": group, "wave": cells.current})
        for before, after in zip(cells.waves, cells.waves[1:], strict=False):
            one, other = cells.answers(item, "", after), cells.answers(item, "", before)
            if one.n and other.n:
                same = _pairs(panel(data, item, card, common, before, after)) if repeated else None
                found = _difference(measure, one, other, common.level, same)
                previous.append({**found, "term": f"{measure.term}_vs_previous", "wave": after})
        rows += adjusted(item, rest, common, once=mirrored(rest, cells.members))
        rows += adjusted(item, previous, common)
    return rows


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


def mean_measure(deck: Mapping[str, Card]) -> Measure:
    """The mean in scale points, for comparisons by t tests."""
    ends = (min(card.low for card in deck.values()), max(card.high for card in deck.values()))

    def test(one: Distribution, other: Distribution, same: Pairs | None, level: float) -> Difference:
        return mean_change(one, other, same, ends, level)

    return Measure("mean", lambda answers: mean(answers, ends).estimate, test, ends[1] - ends[0])


def panel(data: Any, item: str, card: Card, common: Common, earlier: str, later: str) -> pd.DataFrame:
    """How the same respondents answered in two waves, reversed items turned round."""
    columns = {"respondent": common.respondent, "wave": common.wave, "weight": common.weight}
    same = tally.transitions(data, item, **columns, earlier=earlier, later=later)
    return same.assign(before=card.turn(same["before"]), after=card.turn(same["after"]))


def _pairs(same: pd.DataFrame) -> Pairs | None:
    if same.empty:
        return None
    w = {(i, j): same[f"w{i}{j}"].to_numpy(float) for i in range(4) for j in range(4 - i) if i + j}
    before, after, n = (same[name].to_numpy(float) for name in ("before", "after", "n"))
    return Pairs(before, after, n, w)


def in_cell(answers: Answers, cells: Cells, group: str, wave: str, *, rest: bool = False) -> Answers:
    """The respondents of a group, or of the other known groups together (``rest``), in a wave; "" is everybody."""
    keep = answers.wave == wave if wave else np.ones(len(answers.w), bool)
    if group:
        keep &= cells.members.belong(answers.group, group, rest=rest)
    return answers.where(keep)


def shared_covariance(sides: Sequence[Answers], one: Estimate, other: Estimate) -> float:
    """The covariance of an estimate in two waves: the influences of the respondents who stand in both."""
    places = {name: k for k, name in enumerate(sides[1].respondent) if name is not None}
    pairs = [(k, places[name]) for k, name in enumerate(sides[0].respondent) if name in places]
    return float(sum(one.influence[a] * other.influence[b] for a, b in pairs))


def finish(
    method: str,
    settings: Mapping[str, Any],
    common: Common,
    cells: Cells,
    rows: list[Row],
    facts: Mapping[str, Any],
    notes: Sequence[tuple[str, dict[str, Any]]] = (),
    scores: pd.DataFrame | None = None,
    labels: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
    survey: Survey | None = None,
) -> Result:
    """Apply the small-base policy and add the facts, notes and labels that every method has."""
    table = apply_base_policy(tidy_table(rows), common.min_base, common.flag_base)
    first = cells.counts["item"].iloc[0]
    everyone = cells.answers(first, "", cells.current)
    shared = {
        "wave": cells.current, "previous_wave": cells.waves[-2] if len(cells.waves) > 1 else "",
        "groups": table.loc[(table["group"] != "") & (table["n"] > 0), "group"].nunique(), "level": common.level,
        "tests": _once(table[table["p_adjusted"].notna()], cells),
    }  # fmt: skip
    if cells.members.overlapping:
        shared["overlapping"] = True
    found = [*cells.notes, *notes, *name_notes(cells.counts, cells.members, cells.waves, common)]
    mine = cells.counts[cells.counts["item"] == first]
    for kind, column in (("group", common.by), ("wave", common.wave)):
        n = int(mine.loc[mine[kind].isna(), "n"].sum())
        if column and n:
            found.append((f"{kind}_unknown", {"n": n, "column": column}))
    own = table["n_other"].isna() & ~table["term"].str.startswith("flow_to_") & (table["group"] != "")
    few = {base: table.loc[own & (table["base"] == base), "group"].nunique() for base in ("hidden", "small")}
    if few["hidden"]:
        found.append(("base_hidden", {"groups": few["hidden"], "base": common.min_base}))
    if ((table["base"] == "small") & table["estimate"].notna()).any():  # of groups, waves, items, or of all
        found.append(("base_small", {"groups": few["small"], "base": common.flag_base}))
    if common.weight:
        found.append(("weighted", {"n": everyone.n, "n_eff": everyone.n_eff}))
    shown, alone = table["base"] != "hidden", table["n_other"].isna()
    if len(table[table["term"].str.startswith("mean") & alone & shown & table["se"].isna()]):
        found.append(("no_spread", {}))
    compared = table["term"].str.contains("_vs_|^gap_") & ~alone & shown & table["estimate"].notna()
    if untested := _once(table[compared & table["p"].isna()], cells):
        found.append(("untested", {"n": untested}))
    known = {name: value for name, value in {**shared, **facts}.items() if value == value}
    texts = {item: scale["text"] for item, scale in settings["scale"].items()}
    audit = survey.audit.plain() if survey else {}
    return Result(
        method, {**settings, **common.plain()}, table, known, tuple(found), scores, {**texts, **labels}, audit
    )


def _once(rows: pd.DataFrame, cells: Cells) -> int:
    """How many comparisons these are; two groups that are each other's rest are one."""
    rest = rows[rows["term"].str.endswith("_vs_rest")]
    families = (family.to_dict("records") for _, family in rest.groupby(["item", "term"]))
    return len(rows) - sum(mirrored(family, cells.members) for family in families)


def _difference(measure: Measure, one: Distribution, other: Distribution, level: float, same: Pairs | None) -> Row:
    gap = measure.estimate(one) - measure.estimate(other)
    found = measure.test(one, other, same, level)
    low, high = max(-measure.reach, min(found.low, gap)), min(measure.reach, max(found.high, gap))
    ends = {"low": low, "high": high} if found.se > 0 else {}
    return {"n": one.n, "n_other": other.n, "n_eff": one.n_eff, "estimate": gap, **asdict(found), **ends}


def _names(column: pd.Series) -> tuple[str, ...]:
    """Names in natural order: "wave 2" before "wave 10"."""
    return tuple(sorted({str(name) for name in column.dropna() if name != ""}, key=natural))
