"""Reads one file for ``apart.py`` in a process of its own: some damaged files end the process that reads them.

It is run by its path and imports nothing of cxkit. Lines of JSON go out, a date or time as a list of its text. The
last line is "end", or the word for what was wrong.
"""

import datetime as dt
import json
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

MEMORY = 3 * 2**30
SECONDS = 600
MAX_CELLS = 2**24  # those of the largest .xls sheet
LOOKED_AT = 2_000  # rows whose texts show the encoding
LETTERS = ("read_dta", "read_sas7bdat")  # of files that write declared gaps as letters, which only the rows tell


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


def sheet(path: str) -> str:
    """Say which sheets there are, then of the one that is asked for what is merged, then its rows."""
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_path(path)
        visible, worksheet = calamine.SheetVisibleEnum.Visible, calamine.SheetTypeEnum.WorkSheet
        say([[one.name, one.visible == visible] for one in book.sheets_metadata if one.typ == worksheet])
        sys.stdout.flush()
        page = book.get_sheet_by_name(json.loads(sys.stdin.readline()))
        if page.total_height * page.total_width > MAX_CELLS:
            return "far"
        say(page.merged_cell_ranges or [])
        for row in page.to_python(skip_empty_area=False):
            say(filled(row))
    except calamine.PasswordError:
        return "locked"
    except calamine.CalamineError as error:
        return "far" if "limit exceeded" in str(error) else "damaged"
    return "end"


def stat(path: str, reader: str, encoding: str, part: str, unpacked: int) -> str:
    """Say the dictionary of an SPSS, Stata or SAS file, then of its ``part`` "texts" or "rows" each one."""
    import pyreadstat

    def load(**how: Any) -> tuple[dict[str, Any], Any]:
        read = getattr(pyreadstat, reader)
        data, about = read(path, encoding=encoding or None, output_format="dict", user_missing=True, **how)
        return data, about

    try:
        _, about = load(metadataonly=True)
        if len({*filter(None, about.column_names)}) < len(about.column_names):
            return "damaged"
        limit = max(1, unpacked // max(1, sum(about.variable_storage_width.values())))
        ranges = about.missing_ranges
        found: dict[str, Any] = {}
        if part == "codes":
            wide = [name for name, some in ranges.items() if any(one["lo"] != one["hi"] for one in some)]
            if wide or reader in LETTERS:
                data, more = load(usecols=wide or about.column_names, row_limit=limit)
                found = {name: numbers(data[name]) for name in wide}
                about.missing_user_values = more.missing_user_values
        say(dictionary(about, found))
        if part == "rows":
            data, _ = load(row_limit=limit + 1)  # what a packed file says of its rows need not hold
            columns = [data.pop(name) for name in about.column_names]
            if columns and len(columns[0]) > limit:
                return "large"
            for row in zip(*columns, strict=True):
                say(list(map(plain, row)))
        if part == "texts":
            data, _ = load(row_limit=min(LOOKED_AT, limit))
            for name, cells in data.items():
                if about.readstat_variable_types[name] == "string":
                    say([cell for cell in cells if cell])
    except MemoryError:
        return "large"
    except OverflowError:
        return "date"
    except UnicodeError:
        return "encoding"
    except Exception as error:  # pyreadstat raises plain exceptions
        return "encoding" if "convert string" in str(error) else "damaged"
    return "end"


def numbers(cells: Iterable[Any]) -> list[Any]:
    return sorted({cell for cell in cells if isinstance(cell, int | float) and cell == cell})


def dictionary(about: Any, found: dict[str, Any]) -> dict[str, Any]:
    """What the file says of itself and of each column; codes stand in pairs, as JSON has no numbers for keys."""
    columns = [
        {
            "name": name,
            "text": about.column_names_to_labels.get(name) or "",
            "kind": about.readstat_variable_types[name],
            "written": about.original_variable_types.get(name) or "",
            "labels": [[code, str(label)] for code, label in about.variable_value_labels.get(name, {}).items()],
            "ranges": [[one["lo"], one["hi"]] for one in about.missing_ranges.get(name, ())],
            "letters": list(about.missing_user_values.get(name, ())),
            "found": found.get(name, []),
        }
        for name in about.column_names
    ]
    return {"encoding": about.file_encoding or "", "columns": columns}


if __name__ == "__main__":
    set_limits()
    with suppress(BrokenPipeError):
        work, *given = json.loads(sys.argv[1])
        say(sheet(*given) if work == "sheet" else stat(*given))
        sys.stdout.flush()
