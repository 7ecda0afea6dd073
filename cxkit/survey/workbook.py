"""XLSX sheets: rows of cells as text, and what the sheet hides."""

import re
import zipfile
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxkit.errors import DataError, did_you_mean
from cxkit.survey.header import clean
from cxkit.survey.texttable import cell_text

MAX_UNPACKED = 2 * 2**30
MAX_RATIO = 200
MAX_ENTRIES = 2_000
MAX_COLUMNS = 2_000
CHUNK = 2**20
MAX_TAG = 2**16
_HIDDEN = rb"""\b(?:hidden=["'](?:1|true)|(?:ht|width)=["']0(?:\.0+)?)["']"""
_TAG = re.compile(rb"<(?:\w+:)?(row|col)\b([^>]*" + _HIDDEN + rb"[^>]*)>")
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\b[^>]*\bref=["']([A-Z]+(\d+):[A-Z]+(\d+))["']""")
_PLACE = re.compile(rb"""\b(r|min|max)=["'](\d+)["']""")


@dataclass(frozen=True)
class Sheet:
    """A sheet's rows one by one, the numbers of the rows and columns that it hides, the rows of merged cells with
    their place such as "A2:A6", and how many other sheets are hidden."""

    name: str
    rows: Iterator[list[str]]
    hidden_rows: frozenset[int]
    hidden_columns: frozenset[int]
    merged: Mapping[str, range]
    hidden_sheets: int


@contextmanager
def open_sheet(path: Path, sheet: str = "") -> Iterator[Sheet]:
    """Open a sheet of an XLSX file, the only visible one where none is named.

    Raises
    ------
    DataError : the file is damaged or no survey, the sheet is not certain, or a formula has no stored value.
    """
    import openpyxl

    if not openpyxl.DEFUSEDXML:
        raise DataError(f"{path.name} was not read: openpyxl does not use defusedxml here; install defusedxml.")
    try:
        _check_zip(path)
        with (
            closing(openpyxl.load_workbook(path, read_only=True, data_only=True)) as values,
            closing(openpyxl.load_workbook(path, read_only=True)) as formulas,
        ):
            name = _sheet_name(path.name, values, sheet)
            rows, columns, merged = _marked(path, values[name]._worksheet_path)
            others = sum(page.sheet_state != "visible" and page.title != name for page in values.worksheets)
            with closing(_rows(path.name, values[name], formulas[name])) as cells:
                yield Sheet(name, cells, rows, columns, merged, others)
    except DataError:
        raise
    except Exception:  # zipfile and openpyxl raise whatever their parsers raise on a damaged file
        raise DataError(
            f"{path.name} is not a readable XLSX file; open it in a spreadsheet and save it again as .xlsx."
        ) from None


def _marked(path: Path, part: str) -> tuple[frozenset[int], frozenset[int], dict[str, range]]:
    """The hidden rows and columns and the merged cells of a sheet, which openpyxl does not tell row by row."""
    rows: set[int] = set()
    columns: set[int] = set()
    merged: dict[str, range] = {}
    rest = b""
    with zipfile.ZipFile(path) as archive, archive.open(part.lstrip("/")) as xml:
        while chunk := xml.read(CHUNK):
            text = rest + chunk
            end = max(text.rfind(b"<"), len(text) - MAX_TAG)  # the next chunk may end the last tag
            for cells, first, last in _MERGED.findall(text[:end]):
                merged[cells.decode()] = range(int(first), int(last) + 1)
            for kind, tag in _TAG.findall(text[:end]):
                places = {name: int(number) for name, number in _PLACE.findall(tag)}
                if kind == b"row":
                    rows.update([places[b"r"]] if b"r" in places else [])
                else:
                    columns.update(range(places.get(b"min", 0), min(places.get(b"max", 0), MAX_COLUMNS) + 1))
            rest = text[end:]
    return frozenset(rows), frozenset(columns), merged


def _check_zip(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED or unpacked / packed > MAX_RATIO:
        raise DataError(
            f"{path.name} unpacks to {unpacked / 2**20:.0f} MiB in {len(entries)} parts, which is no survey; "
            f"save the answers as a plain sheet or CSV."
        )


def _sheet_name(file: str, book: Any, sheet: str) -> str:
    visible = [page.title for page in book.worksheets if page.sheet_state == "visible"]
    if sheet:
        if sheet not in book.sheetnames:
            raise DataError(f'{file} has no sheet "{sheet}"; {did_you_mean(sheet, book.sheetnames)}')
        return sheet
    if len(visible) != 1:
        raise DataError(f"{file} has {len(visible)} visible sheets ({', '.join(visible)}); name one with sheet.")
    return visible[0]


def _rows(file: str, values: Any, formulas: Any) -> Generator[list[str], None, None]:
    values.reset_dimensions()
    formulas.reset_dimensions()
    # An iterator that is left in the middle would hold the file open.
    with closing(values.iter_rows(values_only=True)) as one, closing(formulas.iter_rows(values_only=True)) as other:
        yield from _checked_rows(file, zip(one, other, strict=False))


def _checked_rows(file: str, pairs: Iterator[tuple[Any, Any]]) -> Iterator[list[str]]:
    width = 0
    for number, (cells, sources) in enumerate(pairs, 1):
        if len(cells) > MAX_COLUMNS:
            raise DataError(
                f"{file}, row {number}: a cell stands in column {len(cells)}; at most {MAX_COLUMNS} columns are "
                f"read, so delete stray cells far from the table."
            )
        for place, (cell, source) in enumerate(zip(cells, sources, strict=False), 1):
            if cell is None and source is not None and (not isinstance(source, str) or source.startswith("=")):
                raise DataError(
                    f"{file}, row {number}, column {place}: the formula has no stored value; "
                    f"open the file in a spreadsheet, save it, and read it again."
                )
        row = [cell_text(cell) for cell in cells]
        while row and not clean(row[-1]) and len(row) > width:
            row.pop()
        width = width or len(row)
        yield row + [""] * (width - len(row))
