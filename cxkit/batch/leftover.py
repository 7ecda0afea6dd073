"""Rows of a shared file that are of no client: told, since a list of clients is soon older than the data."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cxkit.batch.config import HOW, Config
from cxkit.errors import CxError, DataError, SettingsError
from cxkit.report.job import Job, settings_of
from cxkit.survey.codebook import Codebook, read_codebook
from cxkit.survey.sources import distinct_values
from cxkit.survey.spelling import key, look
from cxkit.survey.value_labels import own_words
from cxkit.survey.values import Pick, Values, rows_by_name

NAMED = 5  # values that one sentence names


@dataclass(frozen=True)
class Split:
    """A column of a data file that tells clients apart, by its name in the file; ``how`` is the sheet, encoding and
    delimiter that the reports are told, and ``picks`` are the tests for rows of clients."""

    data: str
    column: str
    how: tuple[str, ...]
    picks: tuple[Pick, ...]


@dataclass(frozen=True)
class Leftover:
    """Rows of a file that no client has.

    Attributes
    ----------
    values : each value that no client has, its count of rows, and the client's value that looks the same but for the
        alphabet of a word ("" for none); the most frequent first. An empty value is "".
    problem : why the values could not be counted, or "".
    """

    file: str
    column: str
    values: tuple[tuple[str, int, str], ...] = ()
    problem: str = ""

    def sentences(self) -> list[str]:
        """What to say of these rows on a terminal."""
        where = f'{self.file}, column "{self.column}"'
        if self.problem:
            return [f"{where}: whether all its values are of a client was not checked. {self.problem}"]
        empty = sum(rows for value, rows, _ in self.values if not value)
        near = [f'"{_short(value)}" ({_rows(rows)}; did you mean "{_short(near)}"?)'
                for value, rows, near in self.values if near]  # fmt: skip
        others = [f'"{_short(value)}" ({_rows(rows)})' for value, rows, near in self.values if value and not near]
        told = []
        if empty:
            told.append(
                f"{where}: {_rows(empty)} without a value, of no client; fill the cells in if they are of one."
            )
        if near:
            told.append(
                f"{where}: no client has {_listed(near)}; the values differ only by letters of another alphabet, so "
                f"write them alike."
            )
        if others:
            told.append(f"{where}: no client has {_listed(others)}; list those that belong here.")
        return told


def splits(config: Config, jobs: Sequence[Job]) -> list[Split]:
    """The columns by which a config's list of clients shares out data files; each file and column stands once."""
    columns = {c.client: c.split_by if "split_by" in c.model_fields_set else config.split_by for c in config.clients}
    book, own = cache(codebook_or_empty), cache(file_values)  # of one batch: they may be others the next time
    found: dict[tuple[str, str, tuple[str, ...]], dict[tuple[str, str], Pick]] = {}
    for job in jobs:
        data, where = job.parameters.get("data_path"), job.parameters.get("where") or {}
        if data and (column := columns.get(job.client)) and column in where:
            how = tuple(str(settings_of(job).get(name, "")) for name in HOW)
            path, value = str(job.parameters.get("codebook", "")), str(where[column])
            item = book(path).items.get(column)
            place = data, (item.column if item else "") or column, how
            values = book(path).values.get(column) or own(data, place[1], place[2][HOW.index("encoding")])
            found.setdefault(place, {})[path, value] = values.pick(value)
    return [Split(*place, tuple(picks.values())) for place, picks in found.items()]


def file_values(data: str, column: str, encoding: str) -> Values:
    """The names that a file itself gives the values of a column; none where it cannot be read."""
    try:
        return own_words(data, encoding).values(column)
    except DataError:  # told when its rows are counted
        return Values()


def leftovers(found: Sequence[Split]) -> list[Leftover]:
    """Count the rows that are of no client, reading each file once; nothing that is wrong with a file is raised."""
    counted = []
    for split in found:
        file = split.data if split.data.startswith("sample:") else Path(split.data).name
        try:
            cells = dict(distinct_values(split.data, split.column, **dict(zip(HOW, split.how, strict=True))))
            values = rows_by_name(split.column, cells, Values())
        except CxError as error:
            counted.append(Leftover(file, split.column, problem=str(error)))
            continue
        theirs = frozenset[str]().union(*(pick.keys for pick in split.picks))
        apart = _taken_apart(split.picks)
        near = {look(pick.value): pick.value for pick in split.picks}
        odd = []
        for value, rows in values:
            if key(value) in theirs:
                continue
            if not any(keys.intersection(map(key, its.parts(value))) for its, keys in apart):
                odd.append((value, rows, near.get(look(value), "")))
        if odd:
            counted.append(Leftover(file, split.column, tuple(sorted(odd, key=lambda one: (-one[1], one[0])))))
    return counted


def _taken_apart(picks: Sequence[Pick]) -> list[tuple[Values, set[str]]]:
    """How cells with several answers are taken apart, each way once, with the keys of all clients that do it so."""
    ways: dict[tuple[str, ...], tuple[Values, set[str]]] = {}
    for pick in picks:
        if pick.apart:
            ways.setdefault((pick.apart.separator, *pick.apart.known), (pick.apart, set()))[1].update(pick.keys)
    return list(ways.values())


def codebook_or_empty(path: str) -> Codebook:
    """A codebook; an empty one where it cannot be read."""
    try:
        return read_codebook(path)
    except SettingsError:  # its clients will say so
        return Codebook()


def _rows(count: int) -> str:
    return f"{count} row{'' if count == 1 else 's'}"


def _short(value: str) -> str:
    return " ".join(value[:60].split()) + ("..." if len(value) > 60 else "")


def _listed(found: list[str]) -> str:
    return ", ".join(found[:NAMED]) + (f" and {len(found) - NAMED} more" if len(found) > NAMED else "")
