"""What all readers of spreadsheets share: limits, the choice of a sheet, merged cells."""

import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from cxkit.errors import DataError, did_you_mean
from cxkit.survey.header import clean
from cxkit.survey.texttable import TextTable

MAX_UNPACKED = 2 * 2**30
MAX_RATIO = 200
MAX_ENTRIES = 2_000
MAX_COLUMNS = 2_000


def check_zip(path: Path) -> None:
    """Refuse an archive that unpacks to more than a survey has, by what it says of itself."""
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED or unpacked / packed > MAX_RATIO:
        raise DataError(
            f"{path.name} unpacks to {unpacked / 2**20:.0f} MiB in {len(entries)} parts, which is no survey; "
            f"save the answers as a plain sheet or CSV."
        )


def sheet_name(file: str, names: Sequence[str], visible: Sequence[str], sheet: str) -> str:
    """The sheet that is asked for, else the only visible one."""
    if sheet:
        if sheet not in names:
            raise DataError(f'{file} has no sheet "{sheet}"; {did_you_mean(sheet, names)}')
        return sheet
    if len(visible) != 1:
        raise DataError(f"{file} has {len(visible)} visible sheets ({', '.join(visible)}); name one with sheet.")
    return visible[0]


def far_cell(file: str, row: int, column: int) -> DataError:
    return DataError(
        f"{file}, row {row}: a cell stands in column {column}; at most {MAX_COLUMNS} columns are read, so delete "
        f"stray cells far from the table."
    )


def cut(row: list[str], width: int) -> list[str]:
    """A row as wide as the table: without empty cells behind its last, and with those it lacks."""
    while len(row) > width and not clean(row[-1]):
        row.pop()
    return row + [""] * (width - len(row))


def refuse_merged(file: str, table: TextTable, merged: Iterable[tuple[int, int, str]]) -> None:
    """Refuse merged cells among the answers; of each the first and last row and the place, such as "A1:B2"."""
    for first, last, place in merged:
        if table.frame.index.to_series().between(first, last).any():
            raise DataError(
                f"{file}, row {first}: the cells {place} are merged, so only the first of them holds what is seen in "
                f"all; unmerge them and fill each in."
            )
