"""The tables inside DuckDB: what a .duckdb file or some .parquet files hold, one part per file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from filecmp import cmp
from itertools import combinations
from pathlib import Path
from typing import Any

from cxkit.errors import DataError
from cxkit.survey.header import column_names
from cxkit.survey.spelling import grouped

BATCH = 20_000  # rows


@dataclass(frozen=True)
class Part:
    """A table inside DuckDB: what stands after FROM, and its columns in the file's order."""

    con: Any
    source: str
    number: str  # SQL that counts the rows from 0
    header: list[str]
    names: list[str]  # as DuckDB calls them, which takes "a" and "A" for one name
    kinds: list[str]
    types: list[Any]  # the Arrow types that the cells' texts are made from
    first: int = 0  # the rows of the parts above it

    def batches(self, what: str, test: str = "true", given: Sequence[Any] = ()) -> Iterator[Any]:
        """What the rows under a condition with its parameters give, as Arrow batches."""
        relation = self.con.sql(f"SELECT {what} FROM {self.source} WHERE {test}", params=list(given))
        reader = getattr(relation, "to_arrow_reader", None) or relation.fetch_arrow_reader  # before DuckDB 2
        yield from reader(BATCH)

    def number_of(self, what: str = "count(*)", test: str = "true", given: Sequence[Any] = ()) -> int:
        """A single number, by default of rows; 0 where there is none."""
        return next(self.batches(what, test, given)).column(0)[0].as_py() or 0


def table_part(con: Any, file: str, table: str) -> Part:
    source = f"cx.main.{quoted_name(table)}"
    names, kinds = _described(con, source)
    types = con.sql(f"SELECT * FROM {source} LIMIT 0").to_arrow_table().schema.types
    stored = con.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE database_name = 'cx' AND table_name = ?", [table]
    )
    number = "rowid" if stored.fetchall()[0][0] else ""  # which a view has none of
    return _numbered(Part(con, source, number, column_names(file, names), names, kinds, types))


def parquet_parts(con: Any, folder: str, files: Sequence[Path], paths: Sequence[str]) -> list[Part]:
    import pyarrow.parquet

    _refuse_copies(folder, files)
    parts: list[Part] = []
    for file, real in zip(files, paths, strict=True):
        # A folder company=acme is no column of the file.
        source = f"read_parquet({quoted_text(real)}, hive_partitioning = false)"
        schema = pyarrow.parquet.read_schema(real)
        header = column_names(file.name, schema.names)
        for name, kind in zip(header, schema.types, strict=True):
            if pyarrow.types.is_decimal256(kind):
                raise DataError(f'{file.name}, column "{name}": numbers of over 38 digits; write them shorter.')
        names, kinds = _described(con, source)
        first = parts[-1].first + parts[-1].number_of() if parts else 0
        part = Part(con, source, "file_row_number", header, names, kinds, schema.types, first)
        if parts and header != parts[0].header:
            if sorted(header) != sorted(parts[0].header):
                odd = sorted({*header} ^ {*parts[0].header})[0]
                raise DataError(
                    f'{folder}: the column "{odd}" stands in one of {files[0].name} and {file.name} only; '
                    f"give all files the same columns."
                )
            mine, theirs = (sorted(range(len(had)), key=had.__getitem__) for had in (header, parts[0].header))
            order = [k for _, k in sorted(zip(theirs, mine, strict=True))]
            names, kinds, types = ([had[k] for k in order] for had in (names, kinds, schema.types))
            part = replace(part, header=parts[0].header, names=names, kinds=kinds, types=types)
        parts.append(_numbered(part))
    return parts


def _refuse_copies(folder: str, files: Sequence[Path]) -> None:
    """Refuse two files that are the same byte for byte, as "a (1).parquet" beside "a.parquet"; empty ones may be."""
    import pyarrow.parquet

    for alike in grouped(files, lambda file: file.stat().st_size).values():
        for one, other in combinations(alike, 2):
            if cmp(one, other, shallow=False) and pyarrow.parquet.read_metadata(one).num_rows:
                raise DataError(
                    f'The folder "{folder}" holds {one.name} and {other.name}, which are copies of each other; keep '
                    f"one of them."
                )


def _described(con: Any, source: str) -> tuple[list[str], list[str]]:
    rows = con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    return [row[0] for row in rows], [row[1] for row in rows]


def _numbered(part: Part) -> Part:
    """Make sure that the number of a row is no column of the file, whatever the names of its columns."""
    if part.number in ("", *map(str.casefold, part.names)):
        alias = quoted_name("_" * (1 + max(map(len, part.names))))
        source = f"(SELECT *, row_number() OVER () - 1 AS {alias} FROM {part.source})"
        return replace(part, source=source, number=alias)
    if part.number == "file_row_number":
        return replace(part, source=part.source.removesuffix(")") + ", file_row_number = true)")
    return part


def quoted_name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def quoted_text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
