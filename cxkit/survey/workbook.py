"""XLSX sheets: rows of cells as text, and what the sheet hides. Imported only where one is read: openpyxl is slow."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

from cxkit.errors import DataError
from cxkit.survey.audit import Note, told
from cxkit.survey.sheets import MAX_COLUMNS, check_zip, cut, far_cell, refuse_merged, sheet_name
from cxkit.survey.texttable import TextTable, cell_text


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
                raise far_cell(self.file, number, last)
            row = [""] * last
            for cell in cells:
                row[cell["column"] - 1] = cell_text(cell["value"])
            row = cut(row, width)
            yield from ([""] * width for _ in range(above + 1, number))  # empty rows may not be in the file
            width, above = width or len(row), number
            yield row

    def check_merged(self, table: TextTable) -> None:
        """Refuse merged cells among the answers."""
        merged = self.merged_cells.mergeCell if self.merged_cells else ()
        refuse_merged(self.file, table, ((cells.min_row, cells.max_row, cells.coord) for cells in merged))

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
        check_zip(path)
        with closing(openpyxl.load_workbook(path, read_only=True, data_only=True)) as book:
            visible = [page.title for page in book.worksheets if page.sheet_state == "visible"]
            page = book[sheet_name(path.name, book.sheetnames, visible, sheet)]
            with page._get_source() as source:
                yield Sheet(path.name, page, source)
    except (DataError, MemoryError):
        raise
    except Exception:  # zipfile and openpyxl raise whatever their parsers raise on a damaged file
        raise DataError(
            f"{path.name} is not a readable XLSX file; open it in a spreadsheet and save it again as .xlsx."
        ) from None


def _is_hidden(row_or_column: Mapping[str, str], size: str) -> bool:
    return row_or_column.get("hidden") in ("1", "true") or float(row_or_column.get(size) or 1) == 0
