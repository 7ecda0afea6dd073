"""Text files with delimiters: rows of cells, after the delimiter is found and quotation marks are checked."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TextIO

from cxkit.errors import DataError
from cxkit.survey.audit import Note
from cxkit.survey.encoding import find_encoding
from cxkit.survey.header import is_number

DELIMITERS = ("\t", ";", "|", ",")
LINES = 50  # that show the delimiter
_SEP = re.compile(r'"?sep=(.)"?\r?\n?', re.IGNORECASE)

_LINE_END = re.compile(r"\r\n|\r|\n")
_TO_CHECK = frozenset("\n\r\0")

csv.field_size_limit(2**24)


@dataclass(frozen=True)
class Opened:
    """The rows of a text file one by one, and how they were read."""

    rows: Iterator[list[str]]
    encoding: str
    delimiter: str
    notes: tuple[Note, ...]


@contextmanager
def open_text(path: Path, encoding: str = "", delimiter: str = "") -> Iterator[Opened]:
    """Open a text file with the encoding and the delimiter that are given or found.

    A first line such as "sep=;" names the delimiter and is no row, as in a spreadsheet.

    Raises
    ------
    DataError : the encoding is not certain, a quotation mark is never closed or swallows rows, or a cell holds a
        null character.
    """
    if delimiter and len(delimiter) != 1:
        raise DataError(f'The delimiter "{delimiter}" must be one character, such as "," or ";".')
    encoding, words = find_encoding(path, encoding)
    notes = guessed(encoding, words)
    with path.open(encoding=encoding, newline="") as stream:
        named = _start(stream)
        delimiter = delimiter or named or _delimiter(list(islice(_lines(stream), LINES)))
        _start(stream)
        yield Opened(_rows(path.name, stream, delimiter), encoding, delimiter, notes)


def guessed(encoding: str, words: str) -> tuple[Note, ...]:
    """The note of an encoding that was guessed from these words."""
    return (("encoding_guessed", {"encoding": encoding, "words": words}),) if words else ()


def _start(stream: TextIO) -> str:
    """Go to the first row; the delimiter that a line before it names, or ""."""
    stream.seek(0)
    if stream.read(1) != "\ufeff":
        stream.seek(0)
    place = stream.tell()
    first = _SEP.fullmatch(stream.readline(100))
    if first:
        return first[1]
    stream.seek(place)
    return ""


def _lines(stream: TextIO) -> Iterator[str]:
    """The lines without the mark that DOS sets behind the last."""
    return (line for one in stream if (line := one.removesuffix("\x1a")))


def _delimiter(lines: Sequence[str]) -> str:
    """The delimiter that cuts the header and the next rows into the same number of fields, the most."""
    bare = not any(delimiter in lines[0] for delimiter in DELIMITERS)
    if bare and all(map(is_number, lines[1:])):
        return ";"  # one column, whose decimal commas are no delimiters

    def score(delimiter: str) -> tuple[bool, int, int]:
        rows = [row for row in csv.reader(io.StringIO("".join(lines), newline=""), delimiter=delimiter) if row]
        whole = rows[:-1] if len(lines) == LINES else rows  # the last may be cut
        widths = Counter(map(len, whole))
        width, often = max(widths.items(), key=lambda one: (one[1] if one[0] > 1 else 0, one), default=(0, 0))
        return len(widths) == 1 and width > 1, often if width > 1 else 0, width

    return max(DELIMITERS, key=score)


def _rows(file: str, stream: TextIO, delimiter: str) -> Iterator[list[str]]:
    row, width = 1, 0
    try:
        for cells in csv.reader(_lines(stream), delimiter=delimiter, strict=True):
            width = width or len(cells)
            if not _TO_CHECK.isdisjoint("".join(cells)):
                _check_cells(file, row, cells, width, delimiter)
            yield cells
            row += 1
    except csv.Error as error:
        hint = "a quotation mark is opened and never closed" if "unexpected end" in str(error) else str(error)
        raise DataError(f"{file}, row {row}: {hint}; correct the quotation marks in that row.") from None


def _check_cells(file: str, row: int, cells: list[str], width: int, delimiter: str) -> None:
    for place, cell in enumerate(cells):
        if "\0" in cell:
            raise DataError(
                f"{file}, row {row}, column {place + 1}: found a null character, so the file is damaged; export it "
                f"again."
            )
        lines = [line for line in _LINE_END.split(cell) if line]
        if width > 1 and len(lines) > 1 and _are_rows(cells, place, lines, width, delimiter):
            raise DataError(
                f'{file}, row {row}, column {place + 1}: a quotation mark opens before "{lines[0].strip()[:20]}" and '
                f"swallows rows below it ({len(lines) - 1}); delete the stray mark, or double it inside a text."
            )


def _are_rows(cells: list[str], place: int, lines: list[str], width: int, delimiter: str) -> bool:
    """Whether the lines of a text would be rows of the table, with numbers where this row has some."""
    first, *middle, last = (next(csv.reader([line], delimiter=delimiter)) for line in lines)
    parts = [[""] * place + first, *middle, last + [""] * (width - place - 1)]
    if any(len(part) != width for part in parts):
        return False
    numbers = [k for k, cell in enumerate(cells) if k != place and is_number(cell)]
    if not numbers:
        return width > 2 and len(parts) > 2
    return any(is_number(part[k]) for part in parts for k in numbers)
