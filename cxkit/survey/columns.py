"""The columns of a table by the names they are asked for, whatever the case, spaces and form of the letters."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import permutations

import pandas as pd

from cxkit.errors import DataError, did_you_mean
from cxkit.survey.audit import Note, told
from cxkit.survey.cards import Card, fold
from cxkit.survey.header import UNSEEN

_UNSEEN = re.compile(f"[{UNSEEN}]")
MOST_TEXTS = 1_000  # of a column that may name the items in its rows


def as_seen(name: str) -> str:
    """A name as it looks: one form of letters, single spaces, nothing unseen.

    >>> as_seen("How\\u00a0easy?\\u200b")
    'How easy?'
    """
    return " ".join(_UNSEEN.sub("", unicodedata.normalize("NFC", name)).split())


def find_column(file: str, names: Sequence[str], column: str) -> int | None:
    """The place of the column with this name, whatever its case, spaces and form of letters; None when not there.

    Raises
    ------
    DataError : several columns have this name.
    """
    found = [place for place, name in enumerate(names) if name and _key(name) == _key(column)]
    if len(found) > 1:
        one, two = found[:2]
        first, second = as_seen(names[one]), as_seen(names[two])
        if first == second:
            raise DataError(
                f'{file}, row 1: the column name "{first}" stands twice, in columns {one + 1} and {two + 1}; make '
                f"each name unique."
            )
        raise DataError(
            f'{file}, row 1: "{column}" may be column {one + 1}, "{first}", or column {two + 1}, "{second}", which '
            f"differ only in case, spaces or form of letters; rename one of them."
        )
    return found[0] if found else None


def spelled_as(name: str, others: Iterable[str]) -> str:
    """The one of other names that is of the same column, else the name itself.

    >>> spelled_as("Segment", ["wave", "segment"]), spelled_as("Segment", [])
    ('segment', 'Segment')
    """
    return next((other for other in others if other and _key(other) == _key(name)), name)


@lru_cache(maxsize=20_000)
def _key(name: str) -> str:
    return fold(as_seen(name))


def column_place(file: str, names: Sequence[str], column: str) -> int:
    """As :func:`find_column`, but a column that is not there is refused."""
    place = find_column(file, names, column)
    if place is None:
        raise DataError(f'{file} has no column "{column}"; {did_you_mean(column, filter(None, names))}')
    return place


def name_columns(
    frame: pd.DataFrame, known: Sequence[str], items: Mapping[str, Card], others: Sequence[str], file: str
) -> tuple[pd.DataFrame, tuple[Note, ...]]:
    """Give columns the names of their items, and the others the names they are asked for by.

    Parameters
    ----------
    known : the names of all columns of the file, as it has them; empty where the frame holds them all.
    items, others : the cards of the items, and the names of further columns.

    Returns
    -------
    The frame, and notes of the columns that do not stand in the file letter for letter as they are asked for, or that
    a program may have found twice and told apart by ".1".

    Raises
    ------
    DataError : a column is not there, stands twice, or is asked for by two names.
    """
    known = known or list(frame.columns)
    names: dict[str, str] = {}
    matched = []
    for name in dict.fromkeys([*items, *others]):
        column = (items[name].column if name in items else "") or name
        place = find_column(file, known, column)
        there = "" if place is None else as_seen(known[place])
        if place is None or (there in names and name not in items):
            raise _no_column(frame.rename(columns=names), known, column, list(items), file)
        if there in names or (name != there and name in frame.columns):
            raise DataError(
                f'{file}: the item "{name}" takes the column "{there}", but "{names.get(there, name)}" stands there '
                f"already; give the item another name or column."
            )
        names[there] = name
        if known[place] != column:
            matched.append(column)
    spelled = set(map(as_seen, known))
    twice = [there for there in names if not there[-1].isdigit() and f"{there}.1" in spelled.difference(names)]
    notes = told({"matched_columns": {"names": ", ".join(matched)}, "columns_twice": {"names": ", ".join(twice)}})
    return frame.rename(columns=names), notes


def _no_column(frame: pd.DataFrame, known: Sequence[str], column: str, items: Sequence[str], file: str) -> DataError:
    """Why a column is not there: its name is a text in a table of one row per answer, whole or as that of an object
    and that of a scale, or it is not known."""
    found = {str(name): frame[name].dropna().unique() for name in frame}
    texts = {name: set(map(fold, values)) for name, values in found.items() if len(values) <= MOST_TEXTS}
    pairs = [fold(item).partition("_")[::2] for item in items]
    wholes, objects, scales = set(map(fold, items)), {one for one, _ in pairs}, {other for _, other in pairs}
    ways = [f'rows of column "{name}" name it' for name in texts if column in items and wholes <= texts[name]]
    if pairs and "" not in objects | scales:
        ways += [f'columns "{one}" and "{other}" name its two parts' for one, other in permutations(texts, 2)
                 if objects <= texts[one] and scales <= texts[other]]  # fmt: skip
    if ways:
        return DataError(
            f'{file} has no column "{column}", but the {ways[0]}: a row is one answer; make it one row per '
            f"respondent with a column per item, as a pivot table does."
        )
    nameless = f", and in row 1 column {known.index('') + 1} has no name" if "" in known else ""
    return DataError(f'{file} has no column "{column}"{nameless}; {did_you_mean(column, frame.columns)}')
