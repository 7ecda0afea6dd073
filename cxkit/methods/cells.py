"""What the methods share: the tally rolled up to a group or a wave, and comparisons between them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from cxkit.data import tally
from cxkit.data.cards import Card
from cxkit.data.tally import Answers
from cxkit.errors import DataError, SettingsError, did_you_mean
from cxkit.results import Result, tidy
from cxkit.stats.bases import apply_base_policy, check_bases
from cxkit.stats.compare import Basis, adjust, difference
from cxkit.stats.joint import Estimate
from cxkit.stats.shares import goodman, wilson
from cxkit.stats.weights import Distribution, mean

Row = dict[str, Any]  # a row of the result's table to be


@dataclass(frozen=True)
class Cells:
    """Counts per item, group, wave and score; scores of reversed items are already turned round."""

    counts: pd.DataFrame
    groups: tuple[str, ...]
    waves: tuple[str, ...]

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
        if rest:
            return found & (groups != group) & self.counts["group"].notna().to_numpy()
        return found & (groups == group) if group else found


@dataclass(frozen=True)
class Measure:
    """An estimate that can be compared: its value, the basis of its test, what one answer adds to it, and the largest
    difference there can be."""

    term: str
    estimate: Callable[[Distribution], float]
    basis: Callable[[Distribution], Basis]
    influence: Callable[[Distribution, np.ndarray], np.ndarray]
    reach: float


def check_level(level: Any) -> None:
    """Refuse a confidence that is no number from 0.5 to below 1."""
    if not (isinstance(level, int | float) and 0.5 <= level < 1):
        raise SettingsError(f"Found level {level!r}; give a confidence from 0.5 to below 1, such as 0.95.")


def tally_cells(data: Any, cards: Mapping[str, Card], settings: Mapping[str, Any]) -> Cells:
    """Count the answers, check them against their cards and turn reversed items round.

    Raises
    ------
    DataError : a score is not on its scale, or there is no answer at all.
    SettingsError : the level is out of range, or the order ``waves`` lacks a wave of the data.
    """
    check_level(settings["level"])
    check_bases(settings["min_base"], settings["flag_base"])
    counts = tally.counts(data, list(cards), **{k: settings[k] for k in ("by", "wave", "weight")})
    for item, card in cards.items():
        scores = counts.loc[(counts["item"] == item) & counts["score"].notna(), "score"]
        for score in scores[~scores.isin(card.points)]:
            row = tally.first_row(data, item, score)
            place = "" if row is None else f", row {row}"
            raise DataError(
                f'Column "{item}"{place}: found {score:g}, expected a whole number from {card.low} to '
                f"{card.high}; correct the answer or declare it as missing."
            )
        counts.loc[scores.index, "score"] = card.turn(scores)
    answered = counts[counts["score"].notna()]
    if answered.empty:
        raise DataError(f"There is no answer in {', '.join(cards)}; all respondents left them empty.")
    found, order = _names(answered["wave"]), settings["waves"]
    if not order and not _ordered(found):
        raise SettingsError(
            f"The waves {', '.join(found)} have no known order; "
            f"give waves: [first, ..., last] in the codebook or the settings."
        )
    for name in found if order else ():
        if name not in order:
            raise SettingsError(f'The wave "{name}" is not in the order of waves; {did_you_mean(name, order)}')
    return Cells(counts, _names(answered["group"]), tuple(w for w in order if w in found) or found)


def share_rows(answers: Distribution, points: range, level: float, **terms: float) -> list[Row]:
    """Shares with their intervals: each of ``terms`` on its own (Wilson), then every score (Goodman)."""
    rows: list[Row] = []
    for term, share in terms.items():
        low, high = wilson(share, answers.n_eff, level)
        rows.append({"term": term, "estimate": share, "low": low, "high": high})
    shares = [answers.share_of(range(k, k + 1)) for k in points]
    for k, share, (low, high) in zip(points, shares, goodman(shares, answers.n_eff, level), strict=True):
        rows.append({"term": "share", "score": k, "estimate": share, "low": low, "high": high})
    return rows


def compare(
    data: Any, cards: Mapping[str, Card], cells: Cells, measure: Measure, settings: Mapping[str, Any]
) -> list[Row]:
    """Compare each group with the rest of the current wave, and each wave with the one before.

    A family of tests, adjusted together, is one item by one variable. Respondents who stand in two waves enter
    with the covariance of their answers.
    """
    rows = []
    repeated = settings["respondent"] and tally.repeats(data, settings["respondent"], settings["wave"])
    for item, card in cards.items():
        rest, previous = [], []
        for group in cells.groups:
            one, other = (cells.answers(item, group, cells.current, rest=side) for side in (False, True))
            if one.n and other.n:
                found = _difference(measure, one, other, settings["level"], 0.0)
                rest.append({**found, "term": f"{measure.term}_vs_rest", "group": group, "wave": cells.current})
        for before, after in zip(cells.waves, cells.waves[1:], strict=False):
            one, other = cells.answers(item, "", after), cells.answers(item, "", before)
            if one.n and other.n:
                shared = 0.0
                if repeated:
                    same = panel(data, item, card, settings, before, after)
                    moves = [measure.influence(side, same[column].to_numpy(float))
                             for side, column in ((one, "after"), (other, "before"))]  # fmt: skip
                    shared = float(same["ww"].to_numpy(float) @ (moves[0] * moves[1]))
                found = _difference(measure, one, other, settings["level"], shared)
                previous.append({**found, "term": f"{measure.term}_vs_previous", "wave": after})
        rows += adjusted(item, rest, settings, once=len(rest) == 2) + adjusted(item, previous, settings)
    return rows


def adjusted(item: str, family: Sequence[Row], settings: Mapping[str, Any], *, once: bool = False) -> list[Row]:
    """Adjust the p values of one family of comparisons, leaving out those whose base is too small.

    Parameters
    ----------
    once : the rows tell one and the same test, as when of two groups each is the other's rest.
    """
    tested = [min(row["n"], row["n_other"]) >= settings["min_base"] for row in family]
    p = [row["p"] if shown else np.nan for row, shown in zip(family, tested, strict=True)]
    found = p if once else adjust(p, settings["correction"])
    return [{"item": item, **row, "p_adjusted": p} for row, p in zip(family, found, strict=True)]


def mean_measure(deck: Mapping[str, Card]) -> Measure:
    """The mean in scale points, for comparisons by t tests."""
    ends = (min(card.low for card in deck.values()), max(card.high for card in deck.values()))

    def basis(answers: Distribution) -> Basis:
        m = mean(answers, ends)
        constant = answers.n > 1 and np.isnan(m.se)
        return Basis(m.estimate, 0.0 if constant else m.se**2, max(1, answers.n - 1))

    def influence(answers: Distribution, scores: np.ndarray) -> np.ndarray:
        small = (answers.n / max(1, answers.n - 1)) ** 0.5
        return small * (scores - mean(answers, ends).estimate) / answers.w.sum()

    return Measure("mean", lambda answers: mean(answers, ends).estimate, basis, influence, ends[1] - ends[0])


def panel(data: Any, item: str, card: Card, settings: Mapping[str, Any], earlier: str, later: str) -> pd.DataFrame:
    """How the same respondents answered in two waves, reversed items turned round."""
    columns = {k: settings[k] for k in ("respondent", "wave", "weight")}
    same = tally.transitions(data, item, **columns, earlier=earlier, later=later)
    return same.assign(before=card.turn(same["before"]), after=card.turn(same["after"]))


def in_cell(answers: Answers, group: str, wave: str, *, rest: bool = False) -> Answers:
    """The respondents of a group, or of the other known groups together (``rest``), in a wave; "" is everybody."""
    keep = answers.wave == wave if wave else np.ones(len(answers.w), bool)
    if rest:
        keep &= (answers.group != group) & np.array([name is not None for name in answers.group], bool)
    elif group:
        keep &= answers.group == group
    return answers.where(keep)


def shared_covariance(sides: Sequence[Answers], one: Estimate, other: Estimate) -> float:
    """The covariance of an estimate in two waves: the influences of the respondents who stand in both."""
    places = {name: k for k, name in enumerate(sides[1].respondent) if name is not None}
    pairs = [(k, places[name]) for k, name in enumerate(sides[0].respondent) if name in places]
    return float(sum(one.influence[a] * other.influence[b] for a, b in pairs))


def finish(
    method: str,
    settings: Mapping[str, Any],
    cells: Cells,
    rows: list[Row],
    facts: Mapping[str, Any],
    notes: Sequence[tuple[str, dict[str, Any]]] = (),
    scores: pd.DataFrame | None = None,
    labels: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
) -> Result:
    """Apply the small-base policy and add the facts, notes and labels that every method has."""
    table = apply_base_policy(tidy(rows), settings["min_base"], settings["flag_base"])
    first = cells.counts["item"].iloc[0]
    everyone = cells.answers(first, "", cells.current)
    shared = {
        "wave": cells.current, "previous_wave": cells.waves[-2] if len(cells.waves) > 1 else "",
        "groups": len(cells.groups), "level": settings["level"], "tests": _tests(table, len(cells.groups)),
    }  # fmt: skip
    found = list(notes)
    mine = cells.counts[cells.counts["item"] == first]
    for column, setting in (("group", "by"), ("wave", "wave")):
        n = int(mine.loc[mine[column].isna(), "n"].sum())
        if settings[setting] and n:
            found.append((f"{column}_unknown", {"n": n, "column": settings[setting]}))
    for base, setting in (("hidden", "min_base"), ("small", "flag_base")):
        own = table["n_other"].isna() & ~table["term"].str.startswith("flow_to_") & (table["group"] != "")
        groups = table[own & (table["base"] == base)].drop_duplicates("group")
        if len(groups):
            found.append((f"base_{base}", {"groups": len(groups), "base": settings[setting]}))
    if settings["weight"]:
        found.append(("weighted", {"n": everyone.n, "n_eff": everyone.n_eff}))
    if len(table[table["term"].str.startswith("mean") & table["se"].isna() & (table["base"] != "hidden")]):
        found.append(("no_spread", {}))
    known = {name: value for name, value in {**shared, **facts}.items() if value == value}
    texts = {item: scale["text"] for item, scale in settings["scale"].items()}
    return Result(method, settings, table, known, tuple(found), scores, {**texts, **labels})


def _tests(table: pd.DataFrame, groups: int) -> int:
    """How many comparisons were tested; two groups that are each other's rest are one."""
    tested = table[table["p_adjusted"].notna()]
    twice = tested["term"].str.endswith("_vs_rest").sum() // 2 if groups == 2 else 0
    return int(len(tested) - twice)


def _difference(measure: Measure, one: Distribution, other: Distribution, level: float, shared: float) -> Row:
    gap = measure.estimate(one) - measure.estimate(other)
    bases = measure.basis(one), measure.basis(other)
    found = difference(*bases, covariance=shared, level=level, reach=measure.reach)
    ends = {"low": min(found.low, gap), "high": max(found.high, gap)} if found.se > 0 else {}
    return {"n": one.n, "n_other": other.n, "n_eff": one.n_eff, "estimate": gap, **asdict(found), **ends}


def _ordered(waves: Sequence[str]) -> bool:
    """Whether sorting by name is sorting by time: 2026-Q1, 2026-Q2 or wave 1, wave 2, but not march, june."""
    patterns = {re.sub(r"\d+", "#", wave) for wave in waves}
    return len(waves) < 2 or (len(patterns) == 1 and all(p.startswith("#") or p.count("#") == 1 for p in patterns))


def _names(column: pd.Series) -> tuple[str, ...]:
    """Names in natural order: "wave 2" before "wave 10"."""

    def natural(text: str) -> list[tuple[int, int, str]]:
        parts = [part for part in re.split(r"(\d+)", text) if part]
        return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]

    return tuple(sorted({str(name) for name in column.dropna() if name != ""}, key=natural))
