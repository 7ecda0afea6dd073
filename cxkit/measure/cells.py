"""The answers of a survey by group and wave, and what is estimated in each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from cxkit.errors import DataError
from cxkit.measure import doubts
from cxkit.measure.common import Common
from cxkit.measure.groups import Members, in_order, members_of
from cxkit.result import Row
from cxkit.stats.shares import goodman, wilson
from cxkit.stats.weights import Distribution
from cxkit.survey import tally
from cxkit.survey.cards import Card
from cxkit.survey.tally import Answers
from cxkit.survey.timeline import natural, wave_order
from cxkit.survey.wave_column import declared_order


class Where(NamedTuple):
    """A cell: a group, or the other known groups together (``rest``), in a wave; "" is everybody."""

    group: str = ""
    wave: str = ""
    rest: bool = False


@dataclass(frozen=True)
class Cells:
    """A survey by group and wave.

    Attributes
    ----------
    everyone : the answers as given.
    counts : ``item group wave score n w w2 w3``, scores of reversed items turned round.
    notes : how waves were put in order, and what in the data contradicts the declared scales and weights.
    """

    everyone: Answers
    counts: pd.DataFrame
    groups: tuple[str, ...]
    waves: tuple[str, ...]
    members: Members
    notes: tuple[tuple[str, Mapping[str, Any]], ...] = ()

    @property
    def current(self) -> str:
        """The last wave, which the report is about; "" without waves."""
        return self.waves[-1] if self.waves else ""

    @property
    def now(self) -> Answers:
        """The answers of the current wave."""
        return self.answers("", self.current)

    def all_cells(self) -> list[tuple[str, str]]:
        """The (group, wave) cells a report shows: all in each wave, each group in the current one."""
        return [("", wave) for wave in self.waves or ("",)] + [(g, self.current) for g in self.groups]

    def answers(self, group: str = "", wave: str = "", rest: bool = False) -> Answers:
        """The answers of the respondents in a cell, as given."""
        return self.everyone.where(self._cell(self.everyone.group, self.everyone.wave, Where(group, wave, rest)))

    def distribution(self, item: str, group: str = "", wave: str = "", rest: bool = False) -> Distribution:
        """How many gave which answer to an item in a cell, turned round if reversed."""
        score, *sums = self._counts(item, Where(group, wave, rest)).T
        known = ~np.isnan(score)
        values, place = np.unique(score[known], return_inverse=True)
        return Distribution(values, *(np.bincount(place, x[known], len(values)) for x in sums))

    def missing(self, item: str, group: str = "", wave: str = "") -> int:
        """Respondents of the cell who gave no answer."""
        score, count, *_ = self._counts(item, Where(group, wave)).T
        return int(count[np.isnan(score)].sum())

    def describe(self, item: str, term: str, estimates: Callable[[Distribution, str, str], list[Row]]) -> list[Row]:
        """The rows of an item in every cell of a report; a cell without answers keeps one row, of ``term``."""
        rows = []
        for group, wave in self.all_cells():
            answers = self.distribution(item, group, wave)
            base = {"item": item, "group": group, "wave": wave, "n": answers.n, "n_eff": answers.n_kish,
                    "missing": self.missing(item, group, wave)}  # fmt: skip
            found = estimates(answers, group, wave) if answers.n else [{"term": term}]
            rows += [{**base, **row} for row in found]
        return rows

    def _counts(self, item: str, where: Where) -> np.ndarray:
        items, groups, waves = (self.counts[column].to_numpy() for column in ("item", "group", "wave"))
        found = (items == item) & self._cell(groups, waves, where)
        return np.column_stack([self.counts[column].to_numpy()[found] for column in ("score", "n", "w", "w2", "w3")])

    def _cell(self, groups: np.ndarray, waves: np.ndarray, where: Where) -> np.ndarray:
        found = waves == where.wave if where.wave else np.ones(len(waves), bool)
        return found & self.members.belong(groups, where.group, rest=where.rest) if where.group else found


def tally_cells(data: Any, cards: Mapping[str, Card], common: Common, *, each: bool = False) -> Cells:
    """Read the answers, check them against their cards, and count them.

    Parameters
    ----------
    each : whether a line for each respondent is needed, as when resamples are drawn; a panel needs it always.

    Raises
    ------
    DataError : a score is not on its scale, or there is no answer at all.
    SettingsError : the level is out of range, or the order of waves is not certain or lacks a wave of the data.
    """
    each = each or bool(common.respondent)
    everyone = tally.answers(data, list(cards), **common.columns(), each=each)
    counts = tally.counts(everyone)
    notes = []
    for item, card in cards.items():
        mine = counts[counts["item"] == item]
        scores = mine["score"].dropna()
        doubts.refuse_off_scale(data, card, scores)
        notes += doubts.scale_notes(mine, card, common.min_base)
        counts.loc[scores.index, "score"] = card.turn(scores)
    answered = counts[counts["score"].notna()]
    if answered.empty:
        raise DataError(f"There is no answer in {', '.join(cards)}; all respondents left them empty.")
    sizes = answered[answered["wave"] != ""].groupby(["wave", "item"])["n"].sum().groupby("wave").max()
    waved = {str(wave): int(n) for wave, n in sizes.items()}
    declared = declared_order(data, common.wave)
    waves, told = wave_order(waved, common.waves, common.dates, common.wave, common.min_base, declared)
    members, known = members_of(_names(counts["group"]), common), set(answered["group"])
    groups = _names(pd.Series([group for group, values in members.of.items() if values & known], dtype=object))
    cells = Cells(everyone, counts, in_order(groups, common), waves, members)
    weighed = doubts.weight_notes(everyone, cells.now) if common.weight else []
    return replace(cells, notes=(*notes, *told, *weighed))


def turned(answers: Answers, cards: Mapping[str, Card]) -> Answers:
    """The answers with those to reversed items turned round, so that high is high for every item."""
    columns = [cards[item].turn(column) for item, column in zip(answers.items, answers.scores.T, strict=True)]
    return replace(answers, scores=np.column_stack(columns))


def share_rows(answers: Distribution, points: range, level: float, **terms: range) -> list[Row]:
    """Shares with their intervals: those of ``terms`` each on its own (Wilson), then every score (Goodman)."""
    rows: list[Row] = []
    for term, scores in terms.items():
        share, n_eff = answers.share_of(scores), answers.share_base(scores)
        low, high = wilson(share, n_eff, level)
        rows.append({"term": term, "n_eff": n_eff, "estimate": share, "se": answers.share_se(scores), "low": low,
                     "high": high})  # fmt: skip
    single = [range(k, k + 1) for k in points]
    shares, bases = ([of(one) for one in single] for of in (answers.share_of, answers.share_base))
    for one, share, n_eff, (low, high) in zip(single, shares, bases, goodman(shares, bases, level), strict=True):
        rows.append({"term": "share", "score": one[0], "n_eff": n_eff, "estimate": share,
                     "se": answers.share_se(one), "low": low, "high": high})  # fmt: skip
    return rows


def _names(column: pd.Series) -> tuple[str, ...]:
    """Names in natural order: "wave 2" before "wave 10"."""
    return tuple(sorted({str(name) for name in column.dropna() if name != ""}, key=natural))
