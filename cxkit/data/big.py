"""One big file, many clients: DuckDB reads only the rows that are asked for, and skips what it can."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cxkit.data.pushdown import condition
from cxkit.data.texttable import (
    SPACES,
    TextTable,
    cell_text,
    checked_header,
    clean,
    collect,
    column_place,
    no_answers,
)
from cxkit.data.values import Pick
from cxkit.errors import DataError, did_you_mean

MEMORY = "256MB"
BATCH = 20_000
TEXTS = ("string", "large_string", "string_view")


@dataclass(frozen=True)
class _Part:
    """A table inside DuckDB: what stands after FROM, and its columns in the file's order."""

    source: str
    params: Sequence[Any]
    number: str  # SQL that counts the rows from 0
    header: list[str]
    names: list[str]  # as DuckDB calls them, which takes "a" and "A" for one name
    kinds: list[str]
    types: list[Any]  # the Arrow types that the cells' texts are made from


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
        all_rows = blank = 0
        found = []
        for part in parts:
            first = all_rows
            all_rows += _count(con, part, "true", [])
            blank += _count_blank(con, part)
            if set(where) <= set(header):
                found.append(_rows(con, part, where, first))
        if all_rows == blank:
            raise no_answers(path.name)
        table = collect(header, (row for rows in found for row in rows), where)
        others = all_rows - blank - len(table.frame)
        return replace(table, sheet=name, blank_rows=blank, filtered_rows=others)


def values(path: Path, column: str, sheet: str = "") -> Iterator[tuple[str | None, int]]:
    """The texts of a column and their counts of rows; a text may come again."""
    with _opened(path, sheet) as (con, parts, _):
        for part in parts:
            place = column_place(path.name, part.header, column)
            sql = f"SELECT {_name(part.names[place])}, count(*) FROM {part.source} GROUP BY 1"
            for batch in _batches(con, sql, part.params):
                texts = _texts(batch.column(0), part.types[place])
                yield from zip(texts, batch.column(1).to_pylist(), strict=True)
            yield None, -_count_blank(con, part)


@contextmanager
def _opened(path: Path, sheet: str) -> Iterator[tuple[Any, list[_Part], str]]:
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
                parts = [_table_part(con, path.name, table)] if table else _parquet_parts(con, path, allowed)
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
    asked = "SELECT table_name FROM duckdb_tables() WHERE database_name = 'cx' AND schema_name = 'main' ORDER BY 1"
    tables = [name for (name,) in con.execute(asked).fetchall()]
    if sheet and sheet not in tables:
        raise DataError(f'{file} has no table "{sheet}"; {did_you_mean(sheet, tables)}')
    if not sheet and len(tables) != 1:
        raise DataError(f"{file} has {len(tables)} tables ({', '.join(tables[:20])}); name one with sheet.")
    return sheet or tables[0]


def _table_part(con: Any, file: str, table: str) -> _Part:
    source = f"cx.main.{_name(table)}"
    names, kinds = _described(con, source, [])
    types = con.sql(f"SELECT * FROM {source} LIMIT 0").to_arrow_table().schema.types
    return _numbered(_Part(source, [], "rowid", checked_header(file, names), names, kinds, types))


def _parquet_parts(con: Any, path: Path, paths: list[str]) -> list[_Part]:
    import pyarrow.parquet

    parts: list[_Part] = []
    for file, real in zip(files(path), paths, strict=True):
        params = [real]
        source = "read_parquet(?, hive_partitioning = false)"  # a folder company=acme is no column of the file
        schema = pyarrow.parquet.read_schema(real)
        header = checked_header(file.name, schema.names)
        for name, kind in zip(header, schema.types, strict=True):
            if pyarrow.types.is_decimal256(kind):
                raise DataError(f'{file.name}, column "{name}": numbers of over 38 digits; write them shorter.')
        names, kinds = _described(con, source, params)
        part = _Part(source, params, "file_row_number", header, names, kinds, schema.types)
        if parts and header != parts[0].header:
            if sorted(header) != sorted(parts[0].header):
                odd = sorted({*header} ^ {*parts[0].header})[0]
                raise DataError(
                    f'{path.name}: the column "{odd}" stands in one of {files(path)[0].name} and {file.name} only; '
                    f"give all files the same columns."
                )
            order = [header.index(name) for name in parts[0].header]
            names, kinds, types = ([had[k] for k in order] for had in (names, kinds, schema.types))
            part = replace(part, header=parts[0].header, names=names, kinds=kinds, types=types)
        parts.append(_numbered(part))
    return parts


def _described(con: Any, source: str, params: Sequence[Any]) -> tuple[list[str], list[str]]:
    rows = con.execute(f"DESCRIBE SELECT * FROM {source}", params).fetchall()
    return [row[0] for row in rows], [row[1] for row in rows]


def _numbered(part: _Part) -> _Part:
    """Make sure that the number of a row is no column of the file, whatever the names of its columns."""
    if part.number in map(str.casefold, part.names):
        alias = _name("_" * (1 + max(map(len, part.names))))
        source = f"(SELECT *, row_number() OVER () - 1 AS {alias} FROM {part.source})"
        return replace(part, source=source, number=alias)
    if part.number == "file_row_number":
        return replace(part, source=part.source.replace("(?,", "(?, file_row_number = true,"))
    return part


def _rows(con: Any, part: _Part, where: Mapping[str, Pick], first: int) -> Iterator[tuple[int, list[str | None]]]:
    """Rows by number: all with these values, and a few others that only their texts tell apart."""
    tests, params = ["true"], list(part.params)
    for column, pick in where.items():
        sql, given = _test(con, part, part.header.index(column), pick)
        tests.append(f"({sql})")
        params += given
    columns = ", ".join(map(_name, part.names))
    sql = f"SELECT {columns}, {part.number} FROM {part.source} WHERE {' AND '.join(tests)}"
    for batch in _batches(con, sql, params):
        *cells, numbers = batch.columns
        texts = [_texts(column, kind) for column, kind in zip(cells, part.types, strict=True)]
        for number, row in zip(numbers.to_pylist(), zip(*texts, strict=True), strict=True):
            yield first + number + 2, list(row) if any(text is not None for text in row) else []


def _test(con: Any, part: _Part, place: int, pick: Pick) -> tuple[str, list[str]]:
    """What DuckDB can use to skip rows. The test decides in the end, so this only must not lose a row."""
    name = _name(part.names[place])

    def distinct(sql: str, given: Sequence[str]) -> Iterator[str | None]:
        for batch in _batches(con, f"SELECT DISTINCT {name} FROM {part.source} WHERE {sql}", [*part.params, *given]):
            yield from batch.column(0).to_pylist()

    return condition(name, part.kinds[place], str(part.types[place]), pick, distinct)


def _count(con: Any, part: _Part, test: str, params: Sequence[Any]) -> int:
    sql = f"SELECT count(*) FROM {part.source} WHERE {test}"
    return con.execute(sql, [*part.params, *params]).fetchall()[0][0]


def _count_blank(con: Any, part: _Part) -> int:
    tests, params = [], []
    for name, kind in zip(map(_name, part.names), part.kinds, strict=True):
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


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
