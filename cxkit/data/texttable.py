"""A table of texts: the check of the header and of every row, and the numbers a spreadsheet gives the rows."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from cxkit.errors import DataError, did_you_mean

Note = tuple[str, Mapping[str, Any]]  # what the reader assumed or left out; its sentence stands in views/audit.py
SPACES = " \t\r\n\u00a0\ufeff"


@dataclass(frozen=True)
class TextTable:
    """A file's cells as text (None where empty), indexed by spreadsheet row (the header is row 1).

    ``filtered_rows`` counts the rows that were left out because they have other values than were asked for;
    ``notes`` say what else was assumed or left out, as (code, values).
    """

    frame: pd.DataFrame
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    blank_rows: int = 0
    filtered_rows: int = 0
    notes: tuple[Note, ...] = ()


class Typed(str):
    """The text of a cell that is a number in the file, so its point is a decimal mark."""


def clean(cell: str) -> str | None:
    return cell if isinstance(cell, Typed) else cell.strip(SPACES) or None


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


def checked_header(file: str, cells: Iterable[str]) -> list[str]:
    header = [clean(name) or "" for name in cells]
    if not any(header):
        raise DataError(f"{file} has no header in row 1; the first row must name the columns.")
    for place, name in enumerate(header, 1):
        if not name:
            raise DataError(f"{file}, row 1: column {place} has no name; name it or delete the column.")
        if header.index(name) != place - 1:
            raise DataError(f'{file}, row 1: the column name "{name}" stands twice; make each name unique.')
    return header


def checked_rows(file: str, header: list[str], rows: Iterable[list[str]]) -> Iterator[tuple[int, list[str | None]]]:
    """Check field counts and number the rows as a spreadsheet does; a blank row comes without cells."""
    blank = False
    for number, row in enumerate(rows, 2):
        cells = [clean(cell) for cell in row]
        filled = sum(cell is not None for cell in cells)
        if not filled:
            blank = True
            yield number, []
        elif blank and filled <= 2 and len(header) > 4:
            raise DataError(
                f"{file}, row {number} stands below an empty row and fills {filled} of {len(header)} columns; "
                f"if it is a note or a total, delete it, else delete the empty row."
            )
        elif number == 2 and len(header) == 1 and len(cells) > 1:
            raise DataError(
                f"{file}: row 1 fills 1 column, row 2 fills {len(cells)}; the names of the columns must stand in "
                f"row 1, so delete a title above them."
            )
        elif len(cells) != len(header):
            raise DataError(
                f"{file}, row {number}: found {len(cells)} fields, expected {len(header)} as in the header; "
                f"look for a stray cell, delimiter or quotation mark in that row."
            )
        else:
            yield number, cells


Test = Callable[[str | None], bool]  # whether a row is kept, by its cell in one column


def collect(header: list[str], rows: Iterable[tuple[int, list[str | None]]], where: Mapping[str, Test]) -> TextTable:
    """Keep the rows whose cells pass the tests of their columns, and count the blank and the others.

    A column that is not there keeps no row: the caller refuses it, who knows by what name it was asked for.
    """
    known = set(where) <= set(header)
    tests = [(header.index(column), test) for column, test in where.items()] if known else []
    numbers, kept, blank, others = [], [], 0, 0
    for number, cells in rows:
        if not cells:
            blank += 1
        elif known and all(test(cells[place]) for place, test in tests):
            numbers.append(number)
            kept.append(cells)
        else:
            others += 1
    frame = pd.DataFrame(kept, columns=header, index=pd.Index(numbers, name="row", dtype="int64"), dtype=object)
    return TextTable(frame, blank_rows=blank, filtered_rows=others)


def no_answers(file: str) -> DataError:
    return DataError(f"{file} has a header but no answers; export it again with rows.")


def column_place(file: str, header: list[str], column: str) -> int:
    if column not in header:
        raise DataError(f'{file} has no column "{column}"; {did_you_mean(column, header)}')
    return header.index(column)
