"""XLSX sheets: rows of cells as text, and what the sheet hides. Imported only where one is read: openpyxl is slow."""

import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

from cxkit.errors import DataError, did_you_mean
from cxkit.survey.audit import Note, told
from cxkit.survey.header import clean
from cxkit.survey.texttable import TextTable, cell_text

MAX_UNPACKED = 2 * 2**30
MAX_RATIO = 200
MAX_ENTRIES = 2_000
MAX_COLUMNS = 2_000


class Sheet(WorkSheetParser):
    """A sheet's rows one by one; when they are read, what it hides and merges, which openpyxl keeps to its parser."""

    def __init__(self, file: str, page: Any, source: Any) -> None:
        book = page.parent
        super().__init__(
            source, page._shared_strings, data_only=True, epoch=book.epoch, date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )  # fmt: skip
        self.file, self.name = file, page.title
        self.hidden_sheets = sum(one.sheet_state != "visible" and one is not page for one in book.worksheets)

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell = super().parse_cell(element)
        if cell["value"] is None and element.find(FORMULA_TAG) is not None:
            raise DataError(
                f"{self.file}, row {cell['row']}, column {cell['column']}: the formula has no stored value; "
                f"open the file in a spreadsheet, save it, and read it again."
            )
        return cell

    def rows(self) -> Iterator[list[str]]:
        width = above = 0
        for number, cells in self.parse():
            if number <= above:  # openpyxl leaves out a row whose number was there before, too
                continue
            last = max((cell["column"] for cell in cells), default=0)
            if last > MAX_COLUMNS:
                raise DataError(
                    f"{self.file}, row {number}: a cell stands in column {last}; at most {MAX_COLUMNS} columns are "
                    f"read, so delete stray cells far from the table."
                )
            row = [""] * last
            for cell in cells:
                row[cell["column"] - 1] = cell_text(cell["value"])
            while len(row) > width and not clean(row[-1]):
                row.pop()
            yield from ([""] * width for _ in range(above + 1, number))  # empty rows may not be in the file
            width, above = width or len(row), number
            yield row + [""] * (width - len(row))

    def check_merged(self, table: TextTable) -> None:
        """Refuse merged cells among the answers."""
        for cells in self.merged_cells.mergeCell if self.merged_cells else ():
            if table.frame.index.to_series().between(cells.min_row, cells.max_row).any():
                raise DataError(
                    f"{self.file}, row {cells.min_row}: the cells {cells.coord} are merged, so only the first of "
                    f"them holds what is seen in all; unmerge them and fill each in."
                )

    def notes(self, table: TextTable) -> tuple[Note, ...]:
        """What the sheet hides and is read all the same, and the hidden sheets, which are not."""
        rows = {int(number) for number, row in self.row_dimensions.items() if _is_hidden(row, "ht")}
        columns = [column for column in self.column_dimensions.values() if _is_hidden(column, "width")]
        places = [range(int(column["min"]), int(column["max"]) + 1) for column in columns]
        names = [name for at, name in enumerate(table.names, 1) if name and any(at in some for some in places)]
        return told({
            "hidden_rows": {"n": len(rows.intersection(table.frame.index))},
            "hidden_columns": {"names": ", ".join(names)},
            "hidden_sheets": {"n": self.hidden_sheets},
        })  # fmt: skip


@contextmanager
def open_sheet(path: Path, sheet: str = "") -> Iterator[Sheet]:
    """Open a sheet of an XLSX file, the only visible one where none is named.

    Raises
    ------
    DataError : the file is damaged or no survey, the sheet is not certain, or a formula has no stored value.
    """
    if not openpyxl.DEFUSEDXML:
        raise DataError(f"{path.name} was not read: openpyxl does not use defusedxml here; install defusedxml.")
    try:
        _check_zip(path)
        with closing(openpyxl.load_workbook(path, read_only=True, data_only=True)) as book:
            page = book[_sheet_name(path.name, book, sheet)]
            with page._get_source() as source:
                yield Sheet(path.name, page, source)
    except (DataError, MemoryError):
        raise
    except Exception:  # zipfile and openpyxl raise whatever their parsers raise on a damaged file
        raise DataError(
            f"{path.name} is not a readable XLSX file; open it in a spreadsheet and save it again as .xlsx."
        ) from None


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


def _is_hidden(row_or_column: Mapping[str, str], size: str) -> bool:
    return row_or_column.get("hidden") in ("1", "true") or float(row_or_column.get(size) or 1) == 0
