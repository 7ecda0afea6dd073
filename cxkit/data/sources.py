"""Files to text tables: CSV, TSV, XLSX and Parquet, every cell as text, rows numbered as a spreadsheet shows."""

import codecs
import csv
import io
import zipfile
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from cxkit.data import big
from cxkit.data.texttable import (
    TextTable,
    cell_text,
    checked_header,
    checked_rows,
    clean,
    collect,
    column_place,
    no_answers,
)
from cxkit.data.values import Pick, Values
from cxkit.errors import DataError, did_you_mean

BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
DELIMITERS = (",", ";", "\t")
TEXT_FILES = (".csv", ".tsv", ".txt")
MAX_BYTES = 512 * 2**20
MAX_UNPACKED = 2 * 2**30
MAX_RATIO = 200
MAX_ENTRIES = 2_000
MAX_COLUMNS = 2_000
MAX_VALUES = 10_000

csv.field_size_limit(2**24)


def read_text_table(
    path: Path, *, sheet: str = "", encoding: str = "", delimiter: str = "", where: Mapping[str, Any] | None = None
) -> TextTable:
    """Read one file by its ending, or a folder of .parquet files; see :func:`cxkit.read` for the settings.

    With ``where`` (column -> value, or the test that picks it) only rows with these values are kept in memory, so a
    text file, a Parquet file or a DuckDB file may be of any size. A column that is not there keeps no row.
    """
    wanted = {
        str(column): value if isinstance(value, Pick) else Values().pick(str(value))
        for column, value in (where or {}).items()
    }
    kind = _kind(path)
    by_rows = bool(wanted) and (kind in TEXT_FILES or big.reads(path))
    size = sum(one.stat().st_size for one in big.files(path))
    if size > MAX_BYTES and not by_rows:
        hint = "split it" if kind.startswith(".xls") else "split it, or read a part of its rows with where"
        raise DataError(f"{path.name} has {size / 2**20:.0f} MiB, more than the 512 MiB read at once; {hint}.")
    if kind in TEXT_FILES:
        with _csv_open(path, encoding, delimiter) as (rows, encoding, delimiter):
            return replace(_table(path.name, rows, wanted), encoding=encoding, delimiter=delimiter)
    if kind in (".xlsx", ".xlsm"):
        return _read_xlsx(path, sheet, wanted)
    if kind == ".parquet" and not by_rows:
        return _table(path.name, _parquet_rows(path), wanted)
    return big.rows_where(path, wanted, sheet=sheet)


def distinct_values(
    path: Path, column: str, *, sheet: str = "", encoding: str = "", delimiter: str = ""
) -> list[tuple[str, int]]:
    """The texts of a column in sorted order, each with its count of rows; empty cells come first, as "".

    Raises
    ------
    DataError : the column is not there, or has more than 10,000 values.
    """
    counts: Counter[str] = Counter()
    for text, rows in _values(path, column, sheet, encoding, delimiter):
        counts[text or ""] += rows
        if len(counts) > MAX_VALUES:
            raise DataError(
                f'{path.name}, column "{column}", has more than {MAX_VALUES:,} values; name the column that tells '
                f"clients apart."
            )
    return sorted((text, rows) for text, rows in counts.items() if rows)


def _values(
    path: Path, column: str, sheet: str, encoding: str, delimiter: str
) -> Iterator[tuple[str | None, int]]:  # fmt: skip
    kind = _kind(path)
    if kind in TEXT_FILES:
        with _csv_open(path, encoding, delimiter) as (rows, _, _):
            header = checked_header(path.name, next(rows, []))
            place = column_place(path.name, header, column)
            yield from ((cells[place], 1) for _, cells in checked_rows(path.name, header, rows) if cells)
    elif big.reads(path) or kind not in (".xlsx", ".xlsm", ".parquet"):
        yield from big.values(path, column, sheet)
    else:
        frame = read_text_table(path, sheet=sheet).frame
        column_place(path.name, list(frame.columns), column)
        yield from ((text, 1) for text in frame[column])


def _kind(path: Path) -> str:
    """The ending of a file that is there and not empty; "folder" for a folder."""
    if path.is_dir():
        if not big.files(path):
            raise DataError(f'The folder "{path.name}" holds no .parquet file; check the path.')
        return "folder"
    if not path.is_file():
        raise DataError(f'The file "{path.name}" was not found; check the path.')
    if path.stat().st_size == 0:
        raise DataError(f"{path.name} is empty; export it again with a header row and answers.")
    kind = path.suffix.lower()
    if kind not in (*TEXT_FILES, ".xlsx", ".xlsm", ".parquet", ".duckdb"):
        raise DataError(f'{path.name} ends in "{kind}"; give a .csv, .tsv, .xlsx, .parquet or .duckdb file.')
    return kind


def _table(file: str, rows: Iterable[list[str]], where: Mapping[str, Pick]) -> TextTable:
    rows = iter(rows)
    header = checked_header(file, next(rows, []))
    table = collect(header, checked_rows(file, header, rows), where)
    if len(table.frame) + table.filtered_rows == 0:
        raise no_answers(file)
    return table


@contextmanager
def _csv_open(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[Iterator[list[str]], str, str]]:
    """The rows of a text file one by one, with the encoding and the delimiter that were found or given."""
    encoding = _encoding(path, encoding)
    if delimiter and len(delimiter) != 1:
        raise DataError(f'The delimiter "{delimiter}" must be one character, such as "," or ";".')
    with path.open(encoding=encoding, newline="") as stream:
        _start(stream)
        delimiter = delimiter or _delimiter("".join(islice(stream, 50)))
        _start(stream)
        yield _csv_rows(path.name, stream, delimiter), encoding, delimiter


def _start(stream: TextIO) -> None:
    stream.seek(0)
    if stream.read(1) != "\ufeff":
        stream.seek(0)


def _encoding(path: Path, encoding: str) -> str:
    """The first encoding that reads the whole file."""
    with path.open("rb") as file:
        raw = file.read(4)
    marked = [name for bom, name in BOMS if raw.startswith(bom)]
    order = [encoding] if encoding else marked[:1] or ["utf-8", "cp1251"]
    for name in order:
        try:
            with path.open(encoding=name, newline="") as stream:
                while stream.read(2**20):
                    pass
            return name
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


def _csv_rows(file: str, stream: TextIO, delimiter: str) -> Iterator[list[str]]:
    row = 1
    try:
        for cells in csv.reader(stream, delimiter=delimiter, strict=True):
            yield cells
            row += 1
    except csv.Error as error:
        hint = "a quotation mark is opened and never closed" if "unexpected end" in str(error) else str(error)
        raise DataError(f"{file}, row {row}: {hint}; correct the quotation marks in that row.") from None


def _read_xlsx(path: Path, sheet: str, where: Mapping[str, Pick]) -> TextTable:
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
                table = _table(path.name, rows, where)
    except DataError:
        raise
    except Exception:  # zipfile and openpyxl raise whatever their parsers raise on a damaged file
        raise DataError(
            f"{path.name} is not a readable XLSX file; open it in a spreadsheet and save it again as .xlsx."
        ) from None
    return replace(table, sheet=name)


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
        row = [cell_text(cell) for cell in cells]
        while row and not clean(row[-1]) and len(row) > width:
            row.pop()
        width = width or len(row)
        yield row + [""] * (width - len(row))


def _parquet_rows(path: Path) -> Iterator[list[str]]:
    try:
        import pyarrow.parquet
    except ImportError:
        raise DataError(f'{path.name} needs pyarrow; install it with pip install "cxkit[big]".') from None
    try:
        table = pyarrow.parquet.read_table(path)
    except MemoryError:  # Arrow's own is an ArrowException too
        raise
    except (pyarrow.ArrowException, OSError):
        raise DataError(f"{path.name} is not a readable Parquet file; write it again.") from None
    yield table.column_names
    yield from ([cell_text(cell) for cell in row.values()] for row in table.to_pylist())
