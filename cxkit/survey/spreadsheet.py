"""XLS, ODS and XLSB sheets: rows of cells as text, read by calamine."""

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter

from cxkit.errors import DataError
from cxkit.survey.apart import DAMAGED, apart
from cxkit.survey.audit import Note, told
from cxkit.survey.ods import Outline, outline
from cxkit.survey.reader_child import MAX_CELLS
from cxkit.survey.sheets import MAX_COLUMNS, check_zip, cut, far_cell, refuse_merged, sheet_name
from cxkit.survey.signature import other_kind, start_of
from cxkit.survey.texttable import TextTable, cell_text

PROGRAMS = {".xls": "Excel 97–2003", ".ods": "OpenDocument", ".xlsb": "Excel binary"}
STARTS = {".xls": b"\xd0\xcf\x11\xe0", ".ods": b"PK\3\4", ".xlsb": b"PK\3\4"}


@dataclass(frozen=True)
class Spreadsheet:
    """A sheet: its rows one by one, what it merges, of which .xls and .ods files tell, and what .ods files tell
    beside."""

    file: str
    name: str
    hidden_sheets: int
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]]
    lines: Iterator[Any] = field(repr=False)
    outline: Outline | None = None

    def rows(self) -> Iterator[list[str]]:
        width = 0
        for number, cells in enumerate(self.lines, 1):
            failed = self.outline.failed.get(number - 1, {}) if self.outline else {}
            texts = [*map(_text, cells), *[""] * (max(failed, default=-1) + 1 - len(cells))]
            row = cut([failed.get(place, text) for place, text in enumerate(texts)], width)
            if len(row) > MAX_COLUMNS:
                raise far_cell(self.file, number, len(row))
            width = width or len(row)
            yield row

    def check_merged(self, table: TextTable) -> None:
        """Refuse merged cells among the answers."""
        places = [
            (top + 1, bottom + 1, f"{_place(top, left)}:{_place(bottom, right)}")
            for (top, left), (bottom, right) in self.merged
        ]
        refuse_merged(self.file, table, places)

    def notes(self, table: TextTable) -> tuple[Note, ...]:
        sheets = {"hidden_sheets": {"n": self.hidden_sheets}}
        if self.outline is None:
            return (("hidden_unseen", {}), *told(sheets))
        n = sum(any(first <= row <= last for first, last in self.outline.rows) for row in table.frame.index)
        names = [name for at, name in enumerate(table.names, 1)
                 if name and any(first <= at <= last for first, last in self.outline.columns)]  # fmt: skip
        return told({"hidden_rows": {"n": n}, "hidden_columns": {"names": ", ".join(names)}, **sheets})


@contextmanager
def open_spreadsheet(path: Path, sheet: str = "") -> Iterator[Spreadsheet]:
    """Open a sheet of an XLS, ODS or XLSB file, the only visible one where none is named.

    Raises
    ------
    DataError : python-calamine is not there, the file is damaged, locked or no survey, or the sheet is not certain.
    """
    file, kind = path.name, path.suffix.lower()
    if not start_of(path).startswith(STARTS[kind]):
        raise other_kind(path, PROGRAMS[kind])
    if kind != ".xls":
        _check_parts(path)
    if find_spec("python_calamine") is None:
        raise DataError(f'{file} needs python-calamine; install it with pip install "cxkit[sheets]".')
    refusals = {
        DAMAGED: _damaged(path),
        "locked": f"{file} is locked by a password; save it without one and read it again.",
        "far": f"{file} has a cell so far from the table that more than {MAX_CELLS:,} cells lie between; delete "
        f"stray cells, or save the answers as CSV.",
    }
    with apart("sheet", str(path.resolve()), refusals=refusals) as lines:
        sheets = next(lines)
        names, visible = [name for name, _ in sheets], [name for name, shown in sheets if shown]
        name = sheet_name(file, names, visible, sheet)
        lines.answer(name)
        hidden = [one for one in names if one not in (*visible, name)]
        merged, own = next(lines), _outline(path, name) if kind == ".ods" else None
        yield Spreadsheet(file, name, len(hidden), [*merged, *(own.merged if own else ())], lines, own)


def _outline(path: Path, sheet: str) -> Outline:
    try:
        return outline(path, sheet)
    except (DataError, MemoryError):
        raise
    except Exception:  # the parser raises whatever it meets in a damaged file
        raise DataError(_damaged(path)) from None


def _damaged(path: Path) -> str:
    return (
        f"{path.name} is not a readable {PROGRAMS[path.suffix.lower()]} file; open it in a spreadsheet and save it "
        f"again as .xlsx."
    )


def _check_parts(path: Path) -> None:
    """Refuse an archive that is too large or torn, or that unpacks to other sizes than it says."""
    try:
        check_zip(path)
        with zipfile.ZipFile(path) as archive:
            torn = archive.testzip()
    except (DataError, MemoryError):
        raise
    except Exception:  # zipfile raises whatever it meets in a damaged file
        raise DataError(_damaged(path)) from None
    if torn:
        raise DataError(_damaged(path))


def _place(row: int, column: int) -> str:
    return f"{get_column_letter(column + 1)}{row + 1}"


def _text(cell: Any) -> str:
    return cell[0] if isinstance(cell, list) else cell if isinstance(cell, str) else cell_text(cell)
