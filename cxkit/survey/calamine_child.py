"""Reads one sheet for ``spreadsheet.py`` in a process of its own: calamine ends the process on some damaged files.

It is run by its path and imports nothing of cxkit. Lines of JSON go out: the sheets; then, for the one that is named
on the way in, its merged cells; then its rows without empty cells at their end, a date or time as a list of its text.
"""

import datetime as dt
import json
import sys
from contextlib import suppress
from typing import Any

MEMORY = 2 * 2**30
SECONDS = 600
MAX_CELLS = 2**24  # those of the largest .xls sheet


def set_limits() -> None:
    with suppress(ImportError, ValueError, OSError):  # not everywhere
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def plain(cell: Any) -> Any:
    """A cell as JSON has it; a day without a time is that day."""
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return [cell.date().isoformat()]
    if isinstance(cell, dt.date | dt.time):
        return [cell.isoformat()]
    return [str(cell)] if isinstance(cell, dt.timedelta | bool) else cell


def filled(row: list[Any]) -> list[Any]:
    while row and row[-1] == "":
        row.pop()
    return list(map(plain, row))


def say(value: Any) -> None:
    print(json.dumps(value))


def read(path: str) -> None:
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_path(path)
        visible, worksheet = calamine.SheetVisibleEnum.Visible, calamine.SheetTypeEnum.WorkSheet
        say([[one.name, one.visible == visible] for one in book.sheets_metadata if one.typ == worksheet])
        sys.stdout.flush()
        page = book.get_sheet_by_name(json.loads(sys.stdin.readline()))
        if page.total_height * page.total_width > MAX_CELLS:
            say("far")
            return
        say(page.merged_cell_ranges or [])
        for row in page.to_python(skip_empty_area=False):
            say(filled(row))
        say("end")
    except calamine.PasswordError:
        say("locked")
    except calamine.CalamineError as error:
        say("far" if "limit exceeded" in str(error) else "damaged")


if __name__ == "__main__":
    set_limits()
    with suppress(BrokenPipeError):
        read(sys.argv[1])
        sys.stdout.flush()
