"""results.csv and results.parquet: the tables of all published reports, one under another."""

import csv
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from cxkit.batch.summary import Outcome
from cxkit.report.publish import staging_folder
from cxkit.result import COLUMNS, TEXT_COLUMNS, csv_safe_text

KEYS = ("client", "method")
NAMES = ("results.csv", "results.parquet")
BLOCK = 2**24  # bytes of results.csv that are turned into parquet at a time
_NUMBER = re.compile(r"-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_NO_CODE = re.compile(rf"(?!-?0\d){_NUMBER.pattern}", re.ASCII)  # in a column of a user's own 007 names something


def write_results(rows: Sequence[Outcome], out: Path) -> list[Outcome]:
    """Stack the published tables below each other as text, and as numbers too where pyarrow is installed.

    Tables are read one at a time: a big batch has more than fits into memory comfortably. Without a published
    report there are no files; without pyarrow there is no results.parquet. Returned are the published reports whose
    table cannot be read, as when somebody has changed it; they are left out.
    """
    columns, published, damaged = _columns([row for row in rows if row.status == "published"], out)
    made: list[str] = []
    if published:
        with staging_folder(out) as folder:
            _write_csv(published, out, list(columns), folder / "results.csv")
            made = ["results.csv", *_write_parquet(columns, folder)]
            for name in made:
                with (folder / name).open("rb") as file:
                    os.fsync(file.fileno())
                os.replace(folder / name, out / name)
    for name in NAMES:
        if name not in made:
            (out / name).unlink(missing_ok=True)
    return damaged


def _columns(published: Sequence[Outcome], out: Path) -> tuple[dict[str, bool], list[Outcome], list[Outcome]]:
    """All columns in the order they come up, and whether all their cells are numbers or empty; then the reports
    whose tables can be read, and those whose cannot."""
    found = dict.fromkeys(KEYS, False)
    sound: list[Outcome] = []
    damaged: list[Outcome] = []
    for row in published:
        try:
            head, *lines = _table(row, out)
        except (OSError, UnicodeError, csv.Error):
            damaged.append(row)
            continue
        sound.append(row)
        columns = zip(*lines, strict=True) if lines else ((),) * len(head)
        for name, cells in zip(head, columns, strict=True):
            if found.setdefault(name, name not in TEXT_COLUMNS):
                number = _NUMBER if name in COLUMNS else _NO_CODE
                found[name] = all(map(number.fullmatch, filter(None, set(cells))))
    return found, sound, damaged


def _write_csv(published: Sequence[Outcome], out: Path, columns: list[str], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for row in published:
            head, *lines = _table(row, out)
            keys = [csv_safe_text(row.client), csv_safe_text(row.method)]
            places = [head.index(name) if name in head else len(head) for name in columns[len(KEYS) :]]
            if places != list(range(len(head))):
                lines = [[line[k] for k in places] for line in ([*line, ""] for line in lines)]
            writer.writerows([*keys, *line] for line in lines)


def _write_parquet(columns: dict[str, bool], folder: Path) -> list[str]:
    """Turn the finished results.csv into results.parquet; return its name, if pyarrow is there to do it."""
    try:
        import pyarrow as pa
        from pyarrow import csv as arrow_csv
        from pyarrow import parquet
    except ImportError:
        return []
    schema = pa.schema([(name, pa.float64() if numeric else pa.string()) for name, numeric in columns.items()])
    convert = arrow_csv.ConvertOptions(column_types=schema, null_values=[""], strings_can_be_null=False)
    blocks = arrow_csv.open_csv(
        folder / "results.csv",
        arrow_csv.ReadOptions(use_threads=False, block_size=BLOCK),
        arrow_csv.ParseOptions(newlines_in_values=True),
        convert,
    )
    with blocks, parquet.ParquetWriter(folder / "results.parquet", schema) as writer:
        for block in blocks:
            writer.write_batch(block)
    return ["results.parquet"]


def _table(row: Outcome, out: Path) -> Iterator[list[str]]:
    """The lines of a report's table.csv, its heading first; short lines are filled up, long ones cut."""
    with (out / row.folder / "table.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file)
        head = [f"{name}_in_table" if name in KEYS else name for name in next(lines, [])]
        yield head
        for line in lines:
            if line:
                yield (line + [""] * (len(head) - len(line)))[: len(head)]
