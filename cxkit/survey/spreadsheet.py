"""XLS, ODS and XLSB sheets: rows of cells as text, read by calamine in a process of its own."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter

from cxkit.errors import DataError
from cxkit.survey import calamine_child
from cxkit.survey.audit import Note, told
from cxkit.survey.sheets import MAX_COLUMNS, check_zip, cut, far_cell, refuse_merged, sheet_name
from cxkit.survey.signature import other_kind, start_of
from cxkit.survey.texttable import TextTable, cell_text

PROGRAMS = {".xls": "Excel 97–2003", ".ods": "OpenDocument", ".xlsb": "Excel binary"}
STARTS = {".xls": b"\xd0\xcf\x11\xe0", ".ods": b"PK\3\4", ".xlsb": b"PK\3\4"}


@dataclass(frozen=True)
class Spreadsheet:
    """A sheet whose rows come from the child."""

    file: str
    name: str
    hidden_sheets: int
    lines: Iterator[Any] = field(repr=False)
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]] = ()

    def rows(self) -> Iterator[list[str]]:
        width = 0
        for number, cells in enumerate(self.lines, 1):
            row = cut(list(map(_text, cells)), width)
            if len(row) > MAX_COLUMNS:
                raise far_cell(self.file, number, len(row))
            width = width or len(row)
            yield row

    def check_merged(self, table: TextTable) -> None:
        """Refuse merged cells among the answers, of which an .xls file tells."""
        places = [
            (top + 1, bottom + 1, f"{_place(top, left)}:{_place(bottom, right)}")
            for (top, left), (bottom, right) in self.merged
        ]
        refuse_merged(self.file, table, places)

    def notes(self, table: TextTable) -> tuple[Note, ...]:
        return (("hidden_unseen", {}), *told({"hidden_sheets": {"n": self.hidden_sheets}}))


@contextmanager
def open_spreadsheet(path: Path, sheet: str = "") -> Iterator[Spreadsheet]:
    """Open a sheet of an XLS, ODS or XLSB file, the only visible one where none is named.

    Raises
    ------
    DataError : python-calamine is not there, the file is damaged, locked or no survey, or the sheet is not certain.
    """
    kind = path.suffix.lower()
    if not start_of(path).startswith(STARTS[kind]):
        raise other_kind(path, PROGRAMS[kind])
    if kind != ".xls":
        _check_parts(path)
    if find_spec("python_calamine") is None:
        raise DataError(f'{path.name} needs python-calamine; install it with pip install "cxkit[sheets]".')
    command = [sys.executable, "-P", calamine_child.__file__, str(path.resolve())]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8"
    ) as child:
        try:
            yield _opened(path, sheet, child)
        finally:
            child.kill()


def _opened(path: Path, sheet: str, child: Any) -> Spreadsheet:
    lines = _lines(path, child)
    sheets = next(lines)
    names, visible = [name for name, _ in sheets], [name for name, shown in sheets if shown]
    name = sheet_name(path.name, names, visible, sheet)
    with suppress(BrokenPipeError):
        os.write(child.stdin.fileno(), f"{json.dumps(name)}\n".encode())
    hidden = len([one for one in names if one not in (*visible, name)])
    return Spreadsheet(path.name, name, hidden, lines, next(lines))


def _lines(path: Path, child: Any) -> Iterator[Any]:
    """What the child says, until it says that this was all."""
    for line in child.stdout:
        said = json.loads(line) if line.endswith("\n") else None
        if said == "end":
            return
        if said == "locked":
            raise DataError(f"{path.name} is locked by a password; save it without one and read it again.")
        if said == "far":
            raise DataError(
                f"{path.name} has a cell so far from the table that more than {calamine_child.MAX_CELLS:,} cells lie "
                f"between; delete stray cells, or save the answers as CSV."
            )
        if said is None or said == "damaged":
            break
        yield said
    raise _damaged(path)


def _damaged(path: Path) -> DataError:
    return DataError(
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
        raise _damaged(path) from None
    if torn:
        raise _damaged(path)


def _place(row: int, column: int) -> str:
    return f"{get_column_letter(column + 1)}{row + 1}"


def _text(cell: Any) -> str:
    return cell[0] if isinstance(cell, list) else cell if isinstance(cell, str) else cell_text(cell)
