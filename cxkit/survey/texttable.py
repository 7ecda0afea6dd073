"""A table of texts: the check of every row, and the numbers a spreadsheet gives the rows."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

import pandas as pd

from cxkit.errors import DataError
from cxkit.survey.audit import Note, told
from cxkit.survey.columns import as_seen, find_column
from cxkit.survey.header import Typed, clean, is_number
from cxkit.survey.totals import refuse_totals, refuse_unlike

MOST_SEEN = 10_000  # cells whose test is remembered
T = TypeVar("T")
Test = Callable[[str | None], bool]  # whether a row is kept, by its cell in one column


@dataclass(frozen=True)
class TextTable:
    """A file's cells as text (None where empty), indexed by spreadsheet row (the header is row 1).

    ``filtered_rows`` counts the rows that were left out because they have other values than were asked for;
    ``notes`` say what else was assumed or left out, as (code, values). ``names`` are the names of all columns as
    the file has them, also of those that ``frame`` leaves out because they have none ("") or one that stands twice;
    ``texts`` the questions that a file has for its columns.
    """

    frame: pd.DataFrame
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    blank_rows: int = 0
    filtered_rows: int = 0
    notes: tuple[Note, ...] = ()
    names: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)


def cell_text(cell: Any) -> str:
    """The text of a typed cell, as a reader of a spreadsheet sees it."""
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    if isinstance(cell, float | Decimal):
        return Typed(cell)
    return cell.isoformat() if isinstance(cell, dt.date | dt.time) else str(cell)


def checked_rows(
    file: str, names: list[str], rows: Iterable[list[str]], first: int = 2
) -> Iterator[tuple[int, list[str | None]]]:
    """Check field counts, and number rows from ``first`` as a spreadsheet does; a blank row comes without cells."""
    blank = False
    for number, row in enumerate(rows, first):
        cells = [cell if cell.isalnum() else clean(cell) for cell in row]  # most need no call
        while len(cells) > len(names) and cells[-1] is None:  # delimiters at the end of a line
            cells.pop()
        filled = len(cells) - cells.count(None)
        if not filled:
            blank = True
            yield number, []
        elif blank and (filled <= 2 if len(names) > 4 else filled == 1 and len((cells[0] or "").split()) > 2):
            raise DataError(
                f"{file}, row {number} stands below an empty row and fills {filled} of {len(names)} columns; "
                f"if it is a note or a total, delete it, else delete the empty row."
            )
        elif number == 2 and len(names) == 1 and len(cells) > 1:
            raise DataError(
                f"{file}: row 1 fills 1 column, row 2 fills {len(cells)}; the names of the columns must stand in "
                f"row 1, so delete a title above them."
            )
        elif len(cells) != len(names):
            raise DataError(
                f"{file}, row {number}: found {len(cells)} fields, expected {len(names)} as in the header; "
                f"look for a stray cell, delimiter or quotation mark in that row."
            )
        elif cells[0] in (names[0], None) and _is_header(cells, names):
            raise DataError(f"{file}, row {number} repeats the header; delete it where two tables were put together.")
        else:
            yield number, cells


def _is_header(cells: list[str | None], names: list[str]) -> bool:
    """Names that are numbers may be the answers of a respondent."""
    return [cell or "" for cell in cells] == names and not all(is_number(name) for name in names)


def collect(
    file: str, names: list[str], rows: Iterable[tuple[int, list[str | None]]], where: Mapping[str, Test],
    delimiter: str = "",
) -> TextTable:  # fmt: skip
    """Keep the rows whose cells pass the tests of their columns, and count the blank and the others.

    A column that is not there keeps no row: the caller refuses it, who knows by what name it was asked for. Columns
    without a name, or with a name that stands twice, are left out and told.

    Raises
    ------
    DataError : a kept row is no respondent but a total, or most columns have no name.
    """
    # A column that chooses rows repeats its values.
    tests = chosen(file, names, {column: lru_cache(MOST_SEEN)(test) for column, test in where.items()})
    numbers: list[int] = []
    kept: list[list[str | None]] = []
    blank = others = 0
    for number, cells in rows:
        if not cells:
            blank += 1
        elif tests is not None and all(test(cells[place]) for place, test in tests.items()):
            numbers.append(number)
            kept.append(cells)
        else:
            others += 1
    refuse_totals(file, names, numbers, kept, tests or ())
    frame = pd.DataFrame(
        kept, columns=range(len(names)), index=pd.Index(numbers, name="row", dtype="int64"), dtype=object
    )
    shown = list(map(as_seen, names))
    if delimiter == ",":
        _refuse_cut_numbers(file, shown, frame)
    notes = _left_out(file, shown, frame)
    unnamed = [place for place, name in enumerate(shown) if not name]  # such as the numbers of rows from pandas
    refuse_unlike(file, frame[unnamed].rename(columns=lambda place: str(place + 1)), (), blank=False)
    usable = {place: name for place, name in enumerate(shown) if name and shown.count(name) == 1}
    frame = frame[[*usable]].rename(columns=usable)
    return TextTable(frame, blank_rows=blank, filtered_rows=others, notes=notes, names=tuple(names))


def chosen(file: str, names: list[str], where: Mapping[str, T]) -> dict[int, T] | None:
    """The places of the columns that choose the rows, with their tests; None when one is not there."""
    tests = {find_column(file, names, column): test for column, test in where.items()}
    return None if None in tests else tests  # type: ignore[return-value]


def _refuse_cut_numbers(file: str, names: list[str], frame: pd.DataFrame) -> None:
    """Refuse whole numbers before whole numbers without a name, which may be one number with a decimal comma."""
    last = len(names) - 1
    if not last or names[last] or not names[last - 1] or frame.empty:
        return
    if all(cell and cell.isdecimal() for cell in frame[[last - 1, last]].to_numpy().ravel()):
        raise DataError(
            f"{file}, row 1: column {last + 1} has no name and may hold what stands behind a decimal comma in "
            f'"{names[last - 1]}"; write decimal points, or semicolons between columns, else name the column.'
        )


def _left_out(file: str, names: list[str], frame: pd.DataFrame) -> tuple[Note, ...]:
    unnamed = [place for place, name in enumerate(names) if not name and frame[place].notna().any()]
    if len(unnamed) > sum(map(bool, names)):
        raise DataError(
            f"{file}, row 1: {len(unnamed)} columns have no name, column {unnamed[0] + 1} first; name the columns in "
            f"row 1."
        )
    twice = ", ".join(dict.fromkeys(name for name in names if name and names.count(name) > 1))
    return told({"unnamed_columns": {"n": len(unnamed)}, "doubled_columns": {"names": twice}})


def no_answers(file: str) -> DataError:
    return DataError(f"{file} has a header but no answers; export it again with rows.")
