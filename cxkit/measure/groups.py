"""Groups of respondents: which values of the column belong to each, and what is told of their names."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cxkit.measure.common import Common
from cxkit.survey.doubtful import doubtful_groups
from cxkit.survey.spelling import alike, key, pieces, separator_of, visible

Note = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Members:
    """Group -> the values of the column that belong to it: its own name, or with several answers in one cell every
    combination that holds it."""

    of: Mapping[str, frozenset[str]]

    @property
    def overlapping(self) -> bool:
        """Whether a respondent can belong to several groups."""
        return len(frozenset().union(*self.of.values())) < sum(map(len, self.of.values()))

    def belong(self, values: np.ndarray, group: str, *, rest: bool = False) -> np.ndarray:
        """Whether respondents with these values are in the group, or known not to be (``rest``)."""
        inside = pd.Series(values, dtype=object).isin(self.of.get(group, frozenset())).to_numpy()
        return ~inside & pd.notna(values) if rest else inside

    def of_several(self) -> list[str]:
        """The values that belong to more than one group."""
        times = Counter(value for values in self.of.values() for value in values)
        return [value for value, n in times.items() if n > 1]


def members_of(values: Iterable[str], common: Common) -> Members:
    """The groups that the values of the group column stand for, by the settings ``by values split``."""
    separator = common.split.get(common.by, "")
    names = {key(name): name for name in common.values.get(common.by, ())}
    found: dict[str, set[str]] = {}
    for value in values:
        for part in pieces(value, separator, names) if separator else [value]:
            found.setdefault(names.get(key(part), part) if separator else part, set()).add(value)
    return Members({group: frozenset(mine) for group, mine in found.items()})


def in_order(groups: Sequence[str], common: Common) -> tuple[str, ...]:
    """Groups in the order of their ``values`` setting; what it does not name follows in the order given."""
    named = list(common.values.get(common.by, ()))
    return tuple(sorted(groups, key=lambda name: named.index(name) if name in named else len(named)))


def mirrored(family: Sequence[Mapping[Any, Any]], members: Members) -> bool:
    """Whether two comparisons with the rest tell one and the same test, as each of two groups is the other's rest."""
    if len(family) != 2 or members.overlapping:
        return False
    one, other = family
    return bool(one["n"] == other["n_other"] and one["n_other"] == other["n"])


def name_notes(counts: pd.DataFrame, members: Members, waves: Sequence[str], common: Common) -> list[Note]:
    """What must be told of groups and waves: that names are hardly different or may be none, that cells hold several
    answers, and which groups and waves are not shown because nobody there answered.

    Parameters
    ----------
    counts : of :func:`cxkit.survey.tally.counts`; ``waves`` are those with answers, in order.
    """
    notes = _spelling_notes(members, [*waves, *set(counts["wave"].dropna()).difference(waves, [""])])
    if odd := doubtful_groups(set(members.of).difference(common.values.get(common.by, ()))):
        shown = ", ".join(visible(name) for name in sorted(odd))
        notes.append(("doubtful_groups", {"names": shown, "setting": "values"}))
    values = [value for value in counts["group"].unique() if value]
    if not members.overlapping and (separator := separator_of(values)):
        found = {"column": common.by, "separator": separator.replace("\n", "\\n"), "setting": "split"}
        notes.append(("several_answers", found))
    mine = counts[counts["item"] == counts["item"].iloc[0]]
    current = waves[-1] if waves else ""
    now = mine[(mine["wave"] == current) | (current == "")]
    if several := members.of_several():
        n = int(now.loc[now["group"].isin(several), "n"].sum())
        notes.append(("groups_overlap", {"n": n}))
    known = counts[counts["score"].notna()]
    answered: dict[str, set[str]] = {}
    for value, wave in zip(known["group"], known["wave"], strict=True):
        answered.setdefault(value, set()).add(wave)
    asked, asked_now = (rows.groupby("group")["n"].sum().to_dict() for rows in (mine, now))
    for group, its in members.of.items():
        told = set().union(*(answered.get(value, set()) for value in its))
        here, ever = (int(sum(n.get(value, 0) for value in its)) for n in (asked_now, asked))
        if waves and told and not told & set(waves):
            notes.append(("group_without_wave", {"group": group, "n": ever}))
        elif not told or (current and current not in told and here):
            notes.append(("group_unanswered", {"group": group, "n": here or ever}))
        elif current and current not in told:
            notes.append(("group_before", {"group": group, "wave": [w for w in waves if w in told][-1]}))
    for wave in sorted(set(mine["wave"].dropna()).difference(waves, [""])):
        notes.append(("wave_unanswered", {"wave": wave, "n": int(mine.loc[mine["wave"] == wave, "n"].sum())}))
    return notes


def _spelling_notes(members: Members, waves: Sequence[str]) -> list[Note]:
    notes: list[Note] = []
    for kind, names in (("groups", list(members.of)), ("waves", waves)):
        for near in alike(names):
            letters = len(set(map(key, near))) > 1
            shown = ", ".join(visible(name, alphabets=letters) for name in near)
            notes.append((f"near_{kind}", {"names": shown}))
    return notes
