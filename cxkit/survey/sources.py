"""Files to text tables: every cell as text, rows numbered as a spreadsheet shows."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cxkit.errors import DataError
from cxkit.survey import big
from cxkit.survey.audit import told
from cxkit.survey.columns import as_seen, column_place
from cxkit.survey.delimited import guessed, open_text
from cxkit.survey.header import HEAD, Heading, read_heading
from cxkit.survey.samples import sample_text
from cxkit.survey.statfile import READERS, open_statfile
from cxkit.survey.texttable import TextTable, cell_text, checked_rows, collect, no_answers
from cxkit.survey.totals import totals_refused
from cxkit.survey.values import Picks

SAMPLE = "sample:"  # before the name of a bundled one
TEXT_FILES = (".csv", ".tsv", ".txt")
SHEETS = (".xlsx", ".xlsm", ".xls", ".ods", ".xlsb")
GIVEN = (".csv", ".tsv", ".xlsx", ".xls", ".ods", ".xlsb", ".sav", ".dta", ".sas7bdat", ".parquet", ".duckdb")
MAX_BYTES = 512 * 2**20
MAX_VALUES = 10_000


def read_text_table(
    path: str | Path, *, sheet: str = "", encoding: str = "", delimiter: str = "", where: Picks = MappingProxyType({})
) -> TextTable:
    """Read one file by its ending, a folder of .parquet files or a sample; see :func:`cxkit.read` for the settings.

    With ``where`` (column -> the test that picks a value) only rows with these values are kept in memory, so a text
    file, a Parquet file or a DuckDB file may be of any size. A column that is not there keeps no row. A sample
    is given whole.
    """
    path, kind = _located(path)
    if kind == "sample":
        frame = sample_text(path.name.removeprefix(SAMPLE))
        return TextTable(frame, names=tuple(frame.columns))
    _refuse_unused(path, kind, sheet, encoding, delimiter)
    by_rows = bool(where) and (kind in TEXT_FILES or big.reads(path))
    size = sum(one.stat().st_size for one in big.files(path))
    if size > MAX_BYTES and not by_rows:
        hint = "split it" if kind in SHEETS + tuple(READERS) else "split it, or read a part of its rows with where"
        raise DataError(f"{path.name} has {size / 2**20:.0f} MiB, more than the 512 MiB read at once; {hint}.")
    if kind in TEXT_FILES:
        with open_text(path, encoding, delimiter) as text:
            table = _table(path.name, text.rows, where, text.delimiter)
        notes = (*text.notes, *table.notes)
        found = text.delimiter if len(table.names) > 1 else ""
        return replace(table, encoding=text.encoding, delimiter=found, notes=notes)
    if kind in SHEETS:
        with _open_sheet(path, sheet) as page:
            table = _table(path.name, page.rows(), where)
            page.check_merged(table)
        return replace(table, sheet=page.name, notes=(*page.notes(table), *table.notes))
    if kind in READERS:
        with open_statfile(path, encoding) as said:
            table = _table(path.name, said.rows, where)
        return replace(table, encoding=said.encoding, notes=(*guessed(said.encoding, said.words), *table.notes))
    if kind == ".parquet" and not by_rows:
        return _table(path.name, _parquet_rows(path), where)
    return big.rows_where(path, where, sheet=sheet)


def _open_sheet(path: Path, sheet: str) -> AbstractContextManager[Any]:
    """A sheet by the reader of its kind; both are imported only where they are needed, as they are slow."""
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        from cxkit.survey.workbook import open_sheet

        return open_sheet(path, sheet)
    from cxkit.survey.spreadsheet import open_spreadsheet

    return open_spreadsheet(path, sheet)


def distinct_values(path: str | Path, column: str, **how: str) -> list[tuple[str, int]]:
    """The texts of a column in sorted order, each with its count of rows; empty cells come first, as "".

    Parameters
    ----------
    how : ``sheet``, ``encoding`` and ``delimiter`` as in :func:`cxkit.read`.

    Raises
    ------
    DataError : the column is not there, or has more than 10,000 values.
    """
    counts: Counter[str] = Counter()
    file = Path(path).name
    for text, rows in _values(path, column, **how):
        counts[text or ""] += rows
        if len(counts) > MAX_VALUES:
            raise DataError(
                f'{file}, column "{column}", has more than {MAX_VALUES:,} values; name the column that tells '
                f"clients apart."
            )
    return sorted((text, rows) for text, rows in counts.items() if rows)


def _values(
    path: str | Path, column: str, sheet: str = "", encoding: str = "", delimiter: str = ""
) -> Iterator[tuple[str | None, int]]:
    path, kind = _located(path)
    _refuse_unused(path, kind, sheet, encoding, delimiter)
    if kind in TEXT_FILES:
        with open_text(path, encoding, delimiter) as text:
            heading, rows = _head(path.name, text.rows)
            place = column_place(path.name, heading.names, column)
            checked = checked_rows(path.name, heading.names, rows, heading.rows + 1)
            filled = (row for row in heading.answers(checked, []) if row[1])
            yield from ((cells[place], 1) for cells in totals_refused(path.name, heading.names, filled))
    elif big.reads(path) or kind not in (*SHEETS, *READERS, ".parquet", "sample"):
        yield from big.values(path, column, sheet)
    else:
        table = read_text_table(path, sheet=sheet, encoding=encoding)
        place = column_place(path.name, table.names, column)
        yield from ((text, 1) for text in table.frame[as_seen(table.names[place])])


def _located(source: str | Path) -> tuple[Path, str]:
    """Where a file is that is there and not empty, and its ending; "folder" for a folder, "sample" for a sample."""
    path = Path(source)
    if str(source).startswith(SAMPLE):
        return path, "sample"
    if "://" in str(source):
        raise DataError(f'"{source}" is an address; download the file and give its path.')
    if path.is_dir():
        if not big.files(path):
            raise DataError(f'The folder "{path.name}" holds no .parquet file; check the path.')
        others = sum(one.suffix.lower() == ".parquet" for one in path.rglob("*")) - len(big.files(path))
        if others:
            raise DataError(
                f'The folder "{path.name}" holds .parquet files ({others}) that would not be read, in folders inside '
                f"it or with an ending in capitals; put all beside each other, or give the folder that holds them."
            )
        return path, "folder"
    if not path.is_file():
        raise DataError(f'The file "{path.name}" was not found; check the path.')
    if path.stat().st_size == 0:
        raise DataError(f"{path.name} is empty; export it again with a header row and answers.")
    kind = path.suffix.lower()
    if kind not in (*TEXT_FILES, *SHEETS, *READERS, ".parquet", ".duckdb"):
        raise DataError(f'{path.name} ends in "{kind}"; give a {", ".join(GIVEN[:-1])} or {GIVEN[-1]} file.')
    return path, kind


def _refuse_unused(path: Path, kind: str, sheet: str, encoding: str, delimiter: str) -> None:
    """Refuse a setting that says nothing about a file of this kind."""
    uses = {**dict.fromkeys(TEXT_FILES, ("encoding", "delimiter")), **dict.fromkeys(READERS, ("encoding",)),
            **dict.fromkeys((*SHEETS, ".duckdb"), ("sheet",))}.get(kind, ())  # fmt: skip
    for setting, value in {"sheet": sheet, "encoding": encoding, "delimiter": delimiter}.items():
        if value and setting not in uses and kind != "sample":
            raise DataError(
                f'{path.name}: the setting {setting}, "{value}", says nothing of a file of this kind; leave it out.'
            )


def _head(file: str, rows: Iterable[list[str]]) -> tuple[Heading, Iterator[list[str]]]:
    """What stands above the answers, and the rows below it."""
    rows = iter(rows)
    head = list(islice(rows, HEAD))
    heading = read_heading(file, head)
    return heading, chain(head[heading.rows :], rows)


def _table(file: str, rows: Iterable[list[str]], where: Picks, delimiter: str = "") -> TextTable:
    heading, below = _head(file, rows)
    left: list[int] = []
    answers = heading.answers(checked_rows(file, heading.names, below, heading.rows + 1), left)
    table = collect(file, heading.names, answers, where, delimiter)
    if len(table.frame) + table.filtered_rows == 0:
        raise no_answers(file)
    return replace(table, texts=heading.texts, notes=(*table.notes, *told({"previews": {"n": len(left)}})))


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
