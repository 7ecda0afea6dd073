"""What an ODS sheet hides and merges, and which of its formulas failed, of which calamine tells nothing."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from defusedxml.ElementTree import iterparse

from cxkit.errors import DataError
from cxkit.survey.sheets import MAX_COLUMNS

_TABLE, _OFFICE, _TEXT = (
    f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("table", "office", "text")
)
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_FAILED = re.compile(r"#[A-Z0-9/]+[!?]?|Err:\d+")  # as LibreOffice shows it, whatever value it stores beside
Place = tuple[int, int]  # row and column, the first is 0


@dataclass
class Outline:
    """Hidden rows and columns as (first, last), from 1; merged cells by their corners and row -> column -> the
    text of a formula that failed, from 0."""

    rows: list[Place] = field(default_factory=list)
    columns: list[Place] = field(default_factory=list)
    merged: list[tuple[Place, Place]] = field(default_factory=list)
    failed: dict[int, dict[int, str]] = field(default_factory=dict)


def outline(path: Path, sheet: str) -> Outline:
    """Read the outline of a sheet, row by row.

    Raises
    ------
    DataError : a formula has no stored value.
    """
    found, row, column = Outline(), 0, 0
    for element in _rows_and_columns(path, sheet):
        if element.tag == f"{_TABLE}table-column":
            n = _number(element, "number-columns-repeated")
            if _is_hidden(element):
                found.columns.append((column + 1, column + n))
            column += n
        else:
            n = _number(element, "number-rows-repeated")
            if _is_hidden(element):
                found.rows.append((row + 1, row + n))
            _look_at_cells(path.name, element, row, found)
            row += n
    return found


def _rows_and_columns(path: Path, sheet: str) -> Iterator[Any]:
    inside = False
    with zipfile.ZipFile(path) as archive, archive.open("content.xml") as content:
        for event, element in iterparse(content, events=("start", "end")):
            if element.tag == f"{_TABLE}table":
                inside = event == "start" and element.get(f"{_TABLE}name") == sheet
            elif event == "end" and element.tag in (f"{_TABLE}table-row", f"{_TABLE}table-column"):
                if inside:
                    yield element
                element.clear()


def _look_at_cells(file: str, line: Any, row: int, found: Outline) -> None:
    column, alike = 0, min(_number(line, "number-rows-repeated"), MAX_COLUMNS)
    for cell in line:
        if cell.tag not in _CELLS:
            continue
        n = _number(cell, "number-columns-repeated")
        wide, high = _number(cell, "number-columns-spanned"), _number(cell, "number-rows-spanned")
        if wide > 1 or high > 1:
            found.merged.append(((row, column), (row + high - 1, column + wide - 1)))
        if cell.get(f"{_TABLE}formula") is not None:
            text = "".join(cell.find(f"{_TEXT}p").itertext()) if cell.find(f"{_TEXT}p") is not None else ""
            if _FAILED.fullmatch(text):
                for one in range(row, row + alike):
                    texts = dict.fromkeys(range(column, column + min(n, MAX_COLUMNS)), text)
                    found.failed.setdefault(one, {}).update(texts)
            elif cell.get(f"{_OFFICE}value-type") is None:
                raise DataError(
                    f"{file}, row {row + 1}, column {column + 1}: the formula has no stored value; open the file in "
                    f"a spreadsheet, save it, and read it again."
                )
        column += n


def _is_hidden(element: Any) -> bool:
    return element.get(f"{_TABLE}visibility", "visible") != "visible"


def _number(element: Any, name: str) -> int:
    return max(1, int(element.get(f"{_TABLE}{name}", 1)))
