"""What the methods share: the tally rolled up to a group or a wave, and comparisons between them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cxkit.data import tally
from cxkit.data.cards import Card
from cxkit.errors import DataError, SettingsError, did_you_mean
from cxkit.stats.compare import Basis, adjust, difference
from cxkit.stats.weights import Distribution


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
    """An estimate that can be compared: its value, the basis of its test, and what one answer adds to it."""

    term: str
    estimate: Callable[[Distribution], float]
    basis: Callable[[Distribution], Basis]
    influence: Callable[[Distribution, np.ndarray], np.ndarray]


def tally_cells(
    data: Any, cards: Mapping[str, Card], *, by: str, wave: str, weight: str, waves: Sequence[str] = ()
) -> Cells:
    """Count the answers, check them against their cards and turn reversed items round.

    Raises
    ------
    DataError : a score is not on its scale, or there is no answer at all.
    SettingsError : the order ``waves`` lacks a wave of the data.
    """
    counts = tally.counts(data, list(cards), by=by, wave=wave, weight=weight)
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
    found = _names(answered["wave"])
    for name in found:
        if waves and name not in waves:
            raise SettingsError(f'The wave "{name}" is not in the order of waves; {did_you_mean(name, waves)}')
    return Cells(counts, _names(answered["group"]), tuple(w for w in waves if w in found) or found)


def compare(
    cells: Cells,
    items: Sequence[str],
    measure: Measure,
    *,
    level: float,
    correction: str,
    min_base: int,
    overlap: Callable[[str, str, str], pd.DataFrame] | None = None,
) -> list[dict[str, Any]]:
    """Compare each group with the rest of the current wave, and each wave with the one before.

    A family of tests, adjusted together, is one item by one variable.

    Parameters
    ----------
    overlap : (item, earlier, later) -> how the same respondents answered in both waves, for paired tests.
    """
    rows: list[dict[str, Any]] = []
    for item in items:
        pairs = [(g, cells.answers(item, g, cells.current), cells.answers(item, g, cells.current, rest=True))
                 for g in cells.groups if len(cells.groups) > 1]  # fmt: skip
        rows += _family(
            [
                {"item": item, "term": f"{measure.term}_vs_rest", "group": g, "wave": cells.current,
                 **_difference(measure, one, other, level, 0.0)}
                for g, one, other in pairs if one.n and other.n
            ],
            correction, min_base,
        )  # fmt: skip
        family = []
        for before, after in zip(cells.waves, cells.waves[1:], strict=False):
            first, second = cells.answers(item, "", before), cells.answers(item, "", after)
            if not (first.n and second.n):
                continue
            shared = 0.0
            if overlap:
                same = overlap(item, before, after)
                shared = float(
                    np.sum(
                        same["ww"].to_numpy(float)
                        * measure.influence(first, same["before"].to_numpy(float))
                        * measure.influence(second, same["after"].to_numpy(float))
                    )
                )
            family.append({"item": item, "term": f"{measure.term}_vs_previous", "wave": after,
                           **_difference(measure, second, first, level, shared)})  # fmt: skip
        rows += _family(family, correction, min_base)
    return rows


def _difference(
    measure: Measure, one: Distribution, other: Distribution, level: float, shared: float
) -> dict[str, Any]:
    gap = measure.estimate(one) - measure.estimate(other)
    found = difference(measure.basis(one), measure.basis(other), covariance=shared, level=level)
    return {
        "n": one.n, "n_other": other.n, "n_eff": one.n_eff, "estimate": gap, "se": found.se,
        "low": np.fmin(found.low, gap) if found.se > 0 else np.nan,
        "high": np.fmax(found.high, gap) if found.se > 0 else np.nan,
        "p": found.p, "detectable": found.detectable,
    }  # fmt: skip


def _family(rows: list[dict[str, Any]], correction: str, min_base: int) -> list[dict[str, Any]]:
    p = [row["p"] if min(row["n"], row["n_other"]) >= min_base else np.nan for row in rows]
    for row, adjusted in zip(rows, adjust(p, correction), strict=True):
        row["p_adjusted"] = adjusted
    return rows


def panel(
    data: Any, cards: Mapping[str, Card], *, respondent: str, wave: str, weight: str
) -> Callable[[str, str, str], pd.DataFrame] | None:
    """Return the ``overlap`` of :func:`compare`; None when no respondent stands in two waves."""
    if not (respondent and wave and tally.repeats(data, respondent)):
        return None

    def overlap(item: str, earlier: str, later: str) -> pd.DataFrame:
        same = tally.transitions(data, item, respondent=respondent, wave=wave, earlier=earlier, later=later,
                                 weight=weight)  # fmt: skip
        turn = cards[item].turn
        return same.assign(before=turn(same["before"]), after=turn(same["after"]))

    return overlap


def unknown_notes(cells: Cells, item: str, by: str, wave: str) -> list[tuple[str, dict[str, Any]]]:
    """Notes on respondents whose group or wave is not known."""
    mine = cells.counts[cells.counts["item"] == item]
    notes = []
    for column, used in (("group", by), ("wave", wave)):
        n = int(mine.loc[mine[column].isna(), "n"].sum())
        if used and n:
            notes.append((f"{column}_unknown", {"n": n, "column": used}))
    return notes


def base_notes(table: pd.DataFrame, min_base: int, flag_base: int) -> list[tuple[str, dict[str, Any]]]:
    """Notes on groups and waves that are hidden or marked for their small base."""
    cells = table[(table["n_other"].isna())].drop_duplicates(["group", "wave", "base"])
    notes = []
    for code, base in (("hidden", min_base), ("small", flag_base)):
        n = len(cells[cells["base"] == code].drop_duplicates(["group", "wave"]))
        if n:
            notes.append((f"base_{code}", {"groups": n, "base": base}))
    return notes


def check_level(level: float) -> None:
    if not 0.5 <= level < 1:
        raise SettingsError(f"Found level {level}; give a confidence from 0.5 to below 1, such as 0.95.")


def _names(column: pd.Series) -> tuple[str, ...]:
    names = {str(name) for name in column.dropna() if name != ""}
    return tuple(sorted(names, key=_natural))


def _natural(text: str) -> list[tuple[int, int, str]]:
    """Sort "wave 2" before "wave 10"."""
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", text) if part]
