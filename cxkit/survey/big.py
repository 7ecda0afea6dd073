"""One big file, many clients: DuckDB reads only the rows that are asked for, and skips what it can."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from cxkit.errors import DataError, did_you_mean
from cxkit.survey.columns import column_place
from cxkit.survey.header import SPACES, clean
from cxkit.survey.parts import Part, parquet_parts, quoted_name, quoted_text, table_part
from cxkit.survey.texttable import TextTable, cell_text, chosen, collect, no_answers
from cxkit.survey.totals import EDGE, is_total, refuse_totals
from cxkit.survey.values import Pick, Picks, Values

MEMORY = "256MB"


def files(path: Path) -> list[Path]:
    """The .parquet files of a folder in the order of their names, or the file itself."""
    return sorted(path.glob("*.parquet")) if path.is_dir() else [path]


def reads(path: Path) -> bool:
    """Whether DuckDB is here and reads this kind of file."""
    if not path.is_dir() and path.suffix.lower() not in (".parquet", ".duckdb"):
        return False
    try:
        import duckdb  # noqa: F401
        import pyarrow.parquet  # noqa: F401
    except ImportError:
        return False
    return True


def rows_where(path: Path, where: Picks, *, sheet: str = "") -> TextTable:
    """Read the rows of a .parquet file, a folder of them or a table of a .duckdb file that have these values.

    ``where`` is column -> the test of its cells, and ``sheet`` names the table when a .duckdb file holds several.
    Rows are numbered as if the table stood in a spreadsheet, the files of a folder one below the other in the order
    of their names; rows deleted from a DuckDB table may leave gaps.
    """
    with _opened(path, sheet) as (parts, name):
        all_rows, blank = sum(part.number_of() for part in parts), sum(map(_count_blank, parts))
        if all_rows == blank:
            raise no_answers(path.name)
        header = parts[0].header
        tests = chosen(path.name, header, where)
        rows = (row for part in parts for row in _rows(part, tests)) if tests is not None else ()
        table = collect(path.name, header, rows, where)
        others = all_rows - blank - len(table.frame)
        return replace(table, sheet=name, blank_rows=blank, filtered_rows=others)


def values(path: Path, column: str, sheet: str = "") -> Iterator[tuple[str | None, int]]:
    """The texts of a column and their counts of rows; a text may come again."""
    with _opened(path, sheet) as (parts, _):
        for part in parts:
            place = column_place(path.name, part.header, column)
            name = quoted_name(part.names[place])
            for batch in part.batches(f"{name}, count(*)", "true GROUP BY 1"):
                yield from zip(_texts(batch.column(0), part.types[place]), batch.column(1).to_pylist(), strict=True)
            yield None, -_count_blank(part)
        _refuse_totals(path.name, parts)


def _refuse_totals(file: str, parts: Sequence[Part]) -> None:
    """Look at the first and the last rows of each part, and at others that are labelled as those are."""
    rows: dict[int, list[str | None]] = {}
    for part in parts:
        last = part.number_of(f"max({part.number})")
        edges = f"({part.number} < {EDGE} OR {part.number} > {last - EDGE})"
        rows.update((number, cells) for number, cells in _rows(part, {}, edges) if cells)
    labels = {(place, text) for cells in rows.values() for place, text in enumerate(cells) if text and is_total(text)}
    for part in parts:
        for place, text in sorted(labels):
            alike = islice(_rows(part, {place: Values().pick(text)}), 2 * EDGE)
            rows.update((number, cells) for number, cells in alike if cells and cells[place] == text)
    numbers = sorted(rows)
    refuse_totals(file, parts[0].header, numbers, [rows[number] for number in numbers])


@contextmanager
def _opened(path: Path, sheet: str) -> Iterator[tuple[list[Part], str]]:
    """The parts of a table and its name, by a connection that can read this file and nothing else, and writes only
    into a temporary folder."""
    if not reads(path):
        raise DataError(f'{path.name} needs duckdb and pyarrow; install them with pip install "cxkit[big]".')
    import duckdb
    import pyarrow

    is_duckdb = path.is_file() and path.suffix.lower() == ".duckdb"
    with tempfile.TemporaryDirectory(prefix="cxkit-") as spill:
        settings: dict[str, Any] = {
            "threads": 1, "memory_limit": MEMORY, "temp_directory": spill,
            "autoinstall_known_extensions": False, "autoload_known_extensions": False,
        }  # fmt: skip
        with closing(duckdb.connect(":memory:", config=settings)) as con:
            try:
                con.execute("SET TimeZone = 'UTC'")
                table = _attach(con, path.name, path.resolve(), sheet) if is_duckdb else ""
                allowed = [_literal(one.resolve(), Path(spill)) for one in files(path)]
                con.execute(f"SET allowed_paths = [{', '.join(map(quoted_text, allowed))}]")
                con.execute("SET enable_external_access = false")
                con.execute("SET lock_configuration = true")
                parts = (
                    [table_part(con, path.name, table)]
                    if table
                    else parquet_parts(con, path.name, files(path), allowed)
                )
                yield parts, table
            except duckdb.OutOfMemoryException:
                raise DataError(
                    f"{path.name} needs more than {MEMORY} of memory to be read in parts; write it with smaller row "
                    f"groups."
                ) from None
            except MemoryError:  # Arrow's own is an ArrowException too
                raise
            except (duckdb.Error, pyarrow.ArrowException, OSError):
                if is_duckdb:
                    hint = "DuckDB file; close the program that writes to it, or write it again"
                else:
                    hint = "Parquet file; write it again"
                raise DataError(f"{path.name} is not a readable {hint}.") from None


def _literal(path: Path, spill: Path) -> str:
    """A path that DuckDB takes for one file; a name that it would take for a pattern is reached by a link."""
    if not set("*?[") & set(str(path)):
        return str(path)
    link = spill / f"{len(list(spill.iterdir()))}.parquet"
    link.symlink_to(path)
    return str(link)


def _attach(con: Any, file: str, path: Path, sheet: str) -> str:
    con.execute(f"ATTACH {quoted_text(str(path))} AS cx (TYPE duckdb, READ_ONLY)")
    asked = " UNION ".join(
        f"SELECT {kind}_name FROM duckdb_{kind}s() WHERE database_name = 'cx' AND schema_name = 'main'"
        for kind in ("table", "view")
    ) + " ORDER BY 1"  # fmt: skip
    tables = [name for (name,) in con.execute(asked).fetchall()]
    if sheet and sheet not in tables:
        raise DataError(f'{file} has no table "{sheet}"; {did_you_mean(sheet, tables)}')
    if not sheet and len(tables) != 1:
        raise DataError(f"{file} has {len(tables)} tables ({', '.join(tables[:20])}); name one with sheet.")
    return sheet or tables[0]


def _rows(part: Part, where: Mapping[int, Pick], test: str = "true") -> Iterator[tuple[int, list[str | None]]]:
    """Rows by number, those with these values."""
    tests, given = [test], []
    for place, pick in where.items():
        sql, values = _test(part, place, pick)
        tests.append(sql)
        given += values
    columns = ", ".join(map(quoted_name, part.names))
    for batch in part.batches(f"{columns}, {part.number}", " AND ".join(tests), given):
        *cells, numbers = batch.columns
        texts = [_texts(column, kind) for column, kind in zip(cells, part.types, strict=True)]
        for number, row in zip(numbers.to_pylist(), zip(*texts, strict=True), strict=True):
            yield part.first + number + 2, list(row) if any(text is not None for text in row) else []


def _test(part: Part, place: int, pick: Pick) -> tuple[str, list[str]]:
    """The values of a column that the test takes, as a condition that lets DuckDB skip rows.

    Each is written as DuckDB writes it, and so is itself again in whatever type.
    """
    name, taken = quoted_name(part.names[place]), []
    for batch in part.batches(f"DISTINCT {name}, {name}::VARCHAR"):
        cells, written = batch.columns
        taken += [one for text, one in zip(_texts(cells, part.types[place]), written.to_pylist(), strict=True)
                  if text and pick(text)]  # fmt: skip
    marks = ", ".join([f"CAST(? AS {part.kinds[place]})"] * len(taken))
    return (f"{name} IN ({marks})" if taken else "false"), taken


def _count_blank(part: Part) -> int:
    tests, given = [], []
    for name, kind in zip(map(quoted_name, part.names), part.kinds, strict=True):
        if kind in ("FLOAT", "DOUBLE"):
            tests.append(f"({name} IS NULL OR isnan({name}))")
        elif kind in ("VARCHAR", "JSON") or kind.startswith("ENUM("):
            tests.append(f"({name} IS NULL OR trim({name}::VARCHAR, ?) = '')")
            given.append(SPACES)
        else:
            tests.append(f"{name} IS NULL")
    return part.number_of(test=" AND ".join(tests), given=given)


def _texts(column: Any, kind: Any) -> list[str | None]:
    """The cells as the reader of a whole file shows them, who knows the types the file was written with."""
    import pyarrow

    if column.type != kind and not pyarrow.types.is_dictionary(kind):
        with suppress(pyarrow.ArrowException):
            column = column.cast(kind)
    return [clean(cell_text(cell)) for cell in column.to_pylist()]
