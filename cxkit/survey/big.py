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
from cxkit.survey.parts import Part, parquet_parts, quoted_name, table_part
from cxkit.survey.pushdown import condition
from cxkit.survey.texttable import TextTable, cell_text, chosen, collect, no_answers
from cxkit.survey.totals import EDGE, is_total, refuse_totals
from cxkit.survey.values import Pick, Values

MEMORY = "256MB"
BATCH = 20_000


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


def rows_where(path: Path, where: Mapping[str, Pick], *, sheet: str = "") -> TextTable:
    """Read the rows of a .parquet file, a folder of them or a table of a .duckdb file that have these values.

    ``where`` is column -> the test of its cells, and ``sheet`` names the table when a .duckdb file holds several.
    Rows are numbered as if the table stood in a spreadsheet, the files of a folder one below the other in the order
    of their names; rows deleted from a DuckDB table may leave gaps.
    """
    with _opened(path, sheet) as (con, parts, name):
        header = parts[0].header
        tests = chosen(path.name, header, where)
        all_rows = blank = 0
        found = []
        for part in parts:
            first = all_rows
            all_rows += _count(con, part, "true", [])
            blank += _count_blank(con, part)
            if tests is not None:
                found.append(_rows(con, part, tests, first))
        if all_rows == blank:
            raise no_answers(path.name)
        table = collect(path.name, header, (row for rows in found for row in rows), where)
        others = all_rows - blank - len(table.frame)
        return replace(table, sheet=name, blank_rows=blank, filtered_rows=others)


def values(path: Path, column: str, sheet: str = "") -> Iterator[tuple[str | None, int]]:
    """The texts of a column and their counts of rows; a text may come again."""
    with _opened(path, sheet) as (con, parts, _):
        for part in parts:
            place = column_place(path.name, part.header, column)
            sql = f"SELECT {quoted_name(part.names[place])}, count(*) FROM {part.source} GROUP BY 1"
            for batch in _batches(con, sql, part.params):
                texts = _texts(batch.column(0), part.types[place])
                yield from zip(texts, batch.column(1).to_pylist(), strict=True)
            yield None, -_count_blank(con, part)
        _refuse_totals(con, path.name, parts)


def _refuse_totals(con: Any, file: str, parts: Sequence[Part]) -> None:
    """Look at the first and the last rows, and at others that are labelled as those are."""
    rows: dict[int, list[str | None]] = {}
    first = 0
    for part in parts:
        last = con.execute(f"SELECT max({part.number}) FROM {part.source}", part.params).fetchall()[0][0] or 0
        for test in (f"{part.number} < {EDGE}", f"{part.number} > {last - EDGE}"):
            rows.update((number, cells) for number, cells in _rows(con, part, {}, first, test) if cells)
        first += _count(con, part, "true", [])
    labels = {(place, text) for cells in rows.values() for place, text in enumerate(cells) if text and is_total(text)}
    first = 0
    for part in parts:
        for place, text in sorted(labels):
            alike = islice(_rows(con, part, {place: Values().pick(text)}, first), 2 * EDGE)
            rows.update((number, cells) for number, cells in alike if cells and cells[place] == text)
        first += _count(con, part, "true", [])
    numbers = sorted(rows)
    refuse_totals(file, parts[0].header, numbers, [rows[number] for number in numbers])


@contextmanager
def _opened(path: Path, sheet: str) -> Iterator[tuple[Any, list[Part], str]]:
    """A connection that can read this file and nothing else, and writes only into a temporary folder."""
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
                con.execute(f"SET allowed_paths = [{', '.join(map(_quoted, allowed))}]")
                con.execute("SET enable_external_access = false")
                con.execute("SET lock_configuration = true")
                parts = (
                    [table_part(con, path.name, table)]
                    if table
                    else parquet_parts(con, path.name, files(path), allowed)
                )
                yield con, parts, table
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
    con.execute(f"ATTACH {_quoted(str(path))} AS cx (TYPE duckdb, READ_ONLY)")
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


def _rows(
    con: Any, part: Part, where: Mapping[int, Pick], first: int, test: str = "true"
) -> Iterator[tuple[int, list[str | None]]]:
    """Rows by number: all with these values, and a few others that only their texts tell apart."""
    tests, params = [test], list(part.params)
    for place, pick in where.items():
        sql, given = _test(con, part, place, pick)
        tests.append(f"({sql})")
        params += given
    columns = ", ".join(map(quoted_name, part.names))
    sql = f"SELECT {columns}, {part.number} FROM {part.source} WHERE {' AND '.join(tests)}"
    for batch in _batches(con, sql, params):
        *cells, numbers = batch.columns
        texts = [_texts(column, kind) for column, kind in zip(cells, part.types, strict=True)]
        for number, row in zip(numbers.to_pylist(), zip(*texts, strict=True), strict=True):
            yield first + number + 2, list(row) if any(text is not None for text in row) else []


def _test(con: Any, part: Part, place: int, pick: Pick) -> tuple[str, list[str]]:
    """What DuckDB can use to skip rows. The test decides in the end, so this only must not lose a row."""
    name = quoted_name(part.names[place])

    def distinct(sql: str, given: Sequence[str]) -> Iterator[str | None]:
        for batch in _batches(con, f"SELECT DISTINCT {name} FROM {part.source} WHERE {sql}", [*part.params, *given]):
            yield from batch.column(0).to_pylist()

    return condition(name, part.kinds[place], str(part.types[place]), pick, distinct)


def _count(con: Any, part: Part, test: str, params: Sequence[Any]) -> int:
    sql = f"SELECT count(*) FROM {part.source} WHERE {test}"
    return con.execute(sql, [*part.params, *params]).fetchall()[0][0]


def _count_blank(con: Any, part: Part) -> int:
    tests, params = [], []
    for name, kind in zip(map(quoted_name, part.names), part.kinds, strict=True):
        if kind in ("FLOAT", "DOUBLE"):
            tests.append(f"({name} IS NULL OR isnan({name}))")
        elif kind in ("VARCHAR", "JSON") or kind.startswith("ENUM("):
            tests.append(f"({name} IS NULL OR trim({name}::VARCHAR, ?) = '')")
            params.append(SPACES)
        else:
            tests.append(f"{name} IS NULL")
    return _count(con, part, " AND ".join(tests), params)


def _batches(con: Any, sql: str, params: Sequence[Any]) -> Iterator[Any]:
    relation = con.sql(sql, params=list(params))
    reader = getattr(relation, "to_arrow_reader", None) or relation.fetch_arrow_reader  # its name before DuckDB 2
    yield from reader(BATCH)


def _texts(column: Any, kind: Any) -> list[str | None]:
    """The cells as the reader of a whole file shows them, who knows the types the file was written with."""
    import pyarrow

    if column.type != kind and not pyarrow.types.is_dictionary(kind):
        with suppress(pyarrow.ArrowException):
            column = column.cast(kind)
    return [clean(cell_text(cell)) for cell in column.to_pylist()]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
