"""Files to text tables: CSV, TSV, XLSX and Parquet, every cell as text, rows numbered as a spreadsheet shows."""

import codecs
import csv
import datetime as dt
import io
import zipfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from cxkit.errors import DataError, did_you_mean

BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
DELIMITERS = (",", ";", "\t")
MAX_BYTES = 512 * 2**20
MAX_UNPACKED = 2 * 2**30
MAX_RATIO = 200
MAX_ENTRIES = 2_000
MAX_COLUMNS = 2_000

csv.field_size_limit(2**24)


@dataclass(frozen=True)
class TextTable:
    """A file's cells as text (None where empty), indexed by spreadsheet row (the header is row 1)."""

    frame: pd.DataFrame
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    blank_rows: int = 0


def read_text_table(path: Path, *, sheet: str = "", encoding: str = "", delimiter: str = "") -> TextTable:
    """Read one file by its ending; see :func:`cxkit.read` for the meaning of the settings."""
    if not path.is_file():
        raise DataError(f'The file "{path.name}" was not found; check the path.')
    size = path.stat().st_size
    if size == 0:
        raise DataError(f"{path.name} is empty; export it again with a header row and answers.")
    if size > MAX_BYTES:
        raise DataError(f"{path.name} has {size / 2**20:.0f} MiB, more than the 512 MiB read at once; split it.")
    kind = path.suffix.lower()
    if kind in (".csv", ".tsv", ".txt"):
        return _read_csv(path, encoding, delimiter)
    if kind in (".xlsx", ".xlsm"):
        return _read_xlsx(path, sheet)
    if kind == ".parquet":
        return _read_parquet(path)
    raise DataError(f'{path.name} ends in "{kind}"; give a .csv, .tsv, .xlsx or .parquet file.')


def _read_csv(path: Path, encoding: str, delimiter: str) -> TextTable:
    text, encoding = _decode(path, encoding)
    if delimiter and len(delimiter) != 1:
        raise DataError(f'The delimiter "{delimiter}" must be one character, such as "," or ";".')
    delimiter = delimiter or _delimiter(text)
    frame, blank = _table(path.name, _csv_rows(path.name, text, delimiter))
    return TextTable(frame, encoding, delimiter, "", blank)


def _decode(path: Path, encoding: str) -> tuple[str, str]:
    raw = path.read_bytes()
    marked = [name for bom, name in BOMS if raw.startswith(bom)]
    order = [encoding] if encoding else marked[:1] or ["utf-8", "cp1251"]
    for name in order:
        try:
            return raw.decode(name).removeprefix("\ufeff"), name
        except UnicodeError:
            continue
        except LookupError:
            raise DataError(f'{path.name}: the encoding "{name}" is unknown; try "utf-8" or "cp1251".') from None
    raise DataError(f"{path.name} cannot be read as {' or '.join(order)}; name its encoding.")


def _delimiter(text: str) -> str:
    """The delimiter that cuts the header and the next rows into the same number of fields, the most."""
    head = "\n".join(text.splitlines()[:50])

    def score(delimiter: str) -> tuple[bool, int]:
        widths = [len(row) for row in csv.reader(io.StringIO(head), delimiter=delimiter) if row]
        return len(set(widths)) == 1 and widths[0] > 1, widths[0] if widths else 0

    return max(DELIMITERS, key=score)


def _csv_rows(file: str, text: str, delimiter: str) -> Iterator[list[str]]:
    row = 1
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            yield cells
            row += 1
    except csv.Error as error:
        hint = "a quotation mark is opened and never closed" if "unexpected end" in str(error) else str(error)
        raise DataError(f"{file}, row {row}: {hint}; correct the quotation marks in that row.") from None


def _table(file: str, rows: Iterable[list[str]]) -> tuple[pd.DataFrame, int]:
    """Check names and field counts, drop blank rows, and number the rest as a spreadsheet does."""
    rows = iter(rows)
    header = [_clean(name) or "" for name in next(rows, [])]
    if not any(header):
        raise DataError(f"{file} has no header in row 1; the first row must name the columns.")
    for place, name in enumerate(header, 1):
        if not name:
            raise DataError(f"{file}, row 1: column {place} has no name; name it or delete the column.")
        if header.index(name) != place - 1:
            raise DataError(f'{file}, row 1: the column name "{name}" stands twice; make each name unique.')
    numbers, kept, blank = [], [], 0
    for number, row in enumerate(rows, 2):
        cells = [_clean(cell) for cell in row]
        filled = sum(cell is not None for cell in cells)
        if not filled:
            blank += 1
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
            numbers.append(number)
            kept.append(cells)
    if not kept:
        raise DataError(f"{file} has a header but no answers; export it again with rows.")
    return pd.DataFrame(kept, columns=header, index=pd.Index(numbers, name="row"), dtype=object), blank


def _clean(cell: str) -> str | None:
    return cell.strip(" \t\r\n\u00a0\ufeff") or None


def _read_xlsx(path: Path, sheet: str) -> TextTable:
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
            with closing(_xlsx_rows(path.name, values[name], formulas[name])) as rows:
                frame, blank = _table(path.name, rows)
    except DataError:
        raise
    except Exception:  # zipfile and openpyxl raise whatever their parsers raise on a damaged file
        raise DataError(
            f"{path.name} is not a readable XLSX file; open it in a spreadsheet and save it again as .xlsx."
        ) from None
    return TextTable(frame, "", "", name, blank)


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


def _xlsx_rows(file: str, values: Any, formulas: Any) -> Generator[list[str], None, None]:
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
        row = [_cell_text(cell) for cell in cells]
        while row and not _clean(row[-1]) and len(row) > width:
            row.pop()
        width = width or len(row)
        yield row + [""] * (width - len(row))


def _cell_text(cell: Any) -> str:
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, dt.date | dt.time) else str(cell)


def _read_parquet(path: Path) -> TextTable:
    try:
        import pyarrow.parquet
    except ImportError:
        raise DataError(f'{path.name} needs pyarrow; install it with pip install "cxkit[big]".') from None
    try:
        table = pyarrow.parquet.read_table(path)
    except (pyarrow.ArrowException, OSError):
        raise DataError(f"{path.name} is not a readable Parquet file; write it again.") from None
    rows = ([_cell_text(cell) for cell in row.values()] for row in table.to_pylist())
    return TextTable(_table(path.name, iter([table.column_names, *rows]))[0])
