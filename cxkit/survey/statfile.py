"""SPSS, Stata and SAS files: rows of codes as text, and what a file itself says of its columns."""

import codecs
import datetime as dt
import math
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Any

from cxkit.errors import DataError
from cxkit.survey.apart import DAMAGED, Conversation, apart
from cxkit.survey.encoding import guess, odd_words
from cxkit.survey.signature import other_kind, start_of
from cxkit.survey.texttable import cell_text

READERS = {".sav": "read_sav", ".zsav": "read_sav", ".dta": "read_dta", ".sas7bdat": "read_sas7bdat"}
PROGRAMS = {".sav": "SPSS", ".zsav": "SPSS", ".dta": "Stata", ".sas7bdat": "SAS"}
MAX_UNPACKED = 512 * 2**20
LISTED = 100  # codes of a range that are listed whether they occur or not
BYTES = "iso-8859-1"  # has a letter for each byte
_SAYS_ENCODING = tuple(struct.pack(f"{order}iii", 7, 20, 1) for order in "<>")
_SPSS_BEGINS = dt.datetime(1582, 10, 14)


@dataclass(frozen=True)
class Described:
    """What a file says of one of its columns.

    Attributes
    ----------
    text : the label of the variable; "" where it has none.
    labels : code as it stands in a cell -> its label.
    missing : codes that mean no answer.
    """

    text: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Read:
    """An SPSS, Stata or SAS file that is being read: its encoding, the words by which it was guessed, and its rows,
    the first of which names the columns."""

    encoding: str
    words: str
    rows: Iterator[list[str]]


@contextmanager
def open_statfile(path: Path, encoding: str = "") -> Iterator[Read]:
    """Open an SPSS, Stata or SAS file in the encoding that is given, told or guessed.

    Raises
    ------
    DataError : pyreadstat is not there, the file is damaged or another, or the encoding is wrong or not certain.
    """
    name, words = _encoding(path, encoding)
    with _said(path, name, "rows") as (about, lines):
        columns = about["columns"]
        below = ([_text(*pair) for pair in zip(columns, row, strict=True)] for row in lines)
        names = [column["name"] for column in columns]
        yield Read(name or about["encoding"].lower() or "utf-8", words, chain([names], below))


def describe(path: Path, encoding: str = "") -> dict[str, Described]:
    """What a file says of each column; the codes of a long or open range of missing ones are those that occur."""
    with _said(path, _encoding(path, encoding)[0], "codes") as (about, _):
        return {column["name"]: _described(column) for column in about["columns"]}


def _described(column: Mapping[str, Any]) -> Described:
    codes = [code for code, _ in column["labels"]]
    missing: list[Any] = []
    if column["kind"] != "string":  # a letter is a declared gap
        missing = sorted({code for code in [*column["letters"], *codes] if isinstance(code, str)})
    for low, high in column["ranges"]:
        listed = _listed(low, high)
        missing += [code for code in column["found"] if low <= code <= high] if listed is None else listed
    labels = {_text(column, code): label for code, label in column["labels"]}
    return Described(column["text"], labels, tuple(dict.fromkeys(_text(column, code) for code in missing)))


@contextmanager
def _said(path: Path, encoding: str, part: str) -> Iterator[tuple[Any, Conversation]]:
    """The dictionary of a file, and what follows of its part."""
    file, kind = path.name, path.suffix.lower()
    program, tried = PROGRAMS[kind], f"in {encoding}" if encoding else "in the encoding that it names"
    refusals = {
        DAMAGED: f"{file} is a damaged or unfinished {program} file; copy it again whole, or export it again.",
        "encoding": f'{file} cannot be read {tried}; give the one it was written in, such as encoding: "cp1251".',
        "date": f"{file} holds a date or time beyond what a calendar has; correct it in {program} and save the file "
        f"again.",
        "large": f"{file} unpacks to more than the 512 MiB read at once; export only the columns that are needed, or "
        f"split it.",
    }
    given = str(path.resolve()), READERS[kind], encoding, part, MAX_UNPACKED
    with apart("stat", *given, refusals=refusals) as lines:
        yield next(lines), lines


def _encoding(path: Path, given: str) -> tuple[str, str]:
    """The encoding to read a file with, "" for the one it names, and the words that decided where it was guessed."""
    _check_start(path)
    if find_spec("pyreadstat") is None:
        raise DataError(f'{path.name} needs pyreadstat; install it with pip install "cxkit[spss]".')
    if not given and _says_encoding(path):
        return "", ""
    name = _known(path, given) if given else ""
    odd = odd_words(_raw_texts(path))
    utf8 = bool(odd) and all(map(_is_utf8, odd))
    if utf8 and given and name != "utf-8":
        raise DataError(f"{path.name} is UTF-8, not {name}; leave the encoding out.")
    if given or utf8 or not odd:
        return name or ("utf-8" if utf8 else ""), ""
    return guess(path.name, odd)


def _check_start(path: Path) -> None:
    """Refuse what only has the ending of such a file, before anything looks into it."""
    head, kind = start_of(path), path.suffix.lower()
    if kind in (".sav", ".zsav"):
        good = head[:4] in (b"$FL2", b"$FL3", "$FL2".encode("cp037"))
    elif kind == ".dta":
        good = head.startswith(b"<stata_dta>") or (102 <= head[0] <= 115 and head[1:2] in (b"\1", b"\2"))
    else:
        good = head[12:16] == b"\xc2\xea\x81\x60"
    if not good:
        raise other_kind(path, PROGRAMS[kind])


def _says_encoding(path: Path) -> bool:
    """Whether the file names its encoding, as newer ones do; SAS always does."""
    with path.open("rb") as file:
        head = file.read(2**24)
    if path.suffix.lower() == ".dta":
        return head.startswith(b"<stata_dta>") and head[28:31] >= b"118"
    return path.suffix.lower() == ".sas7bdat" or any(mark in head for mark in _SAYS_ENCODING)


def _known(path: Path, encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name.removesuffix("-sig")
    except LookupError:
        raise DataError(f'{path.name}: the encoding "{encoding}" is unknown; try "utf-8" or "cp1251".') from None


def _raw_texts(path: Path) -> list[bytes]:
    """The labels and the first texts of a file as their bytes."""
    with _said(path, BYTES, "texts") as (about, lines):
        texts = [column["text"] for column in about["columns"]]
        texts += [label for column in about["columns"] for _, label in column["labels"]]
        texts += chain.from_iterable(lines)
    return [text.encode(BYTES, "replace") for text in texts]


def _is_utf8(word: bytes) -> bool:
    try:
        return bool(word.decode("utf-8"))
    except UnicodeError:
        return False


def _listed(low: Any, high: Any) -> list[Any] | None:
    """The codes of a range when they are few and certain: its only one, or whole numbers."""
    if low == high:
        return [low]
    if isinstance(low, str) or not (math.isfinite(low) and math.isfinite(high)):
        return None
    whole = low == int(low) and high == int(high) and high - low < LISTED
    return list(range(int(low), int(high) + 1)) if whole else None


def _text(column: Mapping[str, Any], cell: Any) -> str:
    kind = column["kind"]
    if isinstance(cell, list):
        return str(cell[0])
    if kind == "string":
        return cell or ""
    if isinstance(cell, str):  # Stata and SAS write a declared gap as a letter
        return f".{cell}"
    if isinstance(cell, float) and math.isfinite(cell):
        if kind == "float":
            cell = float(f"{cell:.7g}")  # as many digits as the file holds
        return _period(cell, column["written"]) or cell_text(cell)
    return cell_text(cell)


def _period(number: float, written: str) -> str:
    """A month or quarter as text where the file shows the number as one; "" for any other number."""
    try:
        if written.startswith(("MOYR", "QYR")):
            day = _SPSS_BEGINS + dt.timedelta(seconds=number)
            months, quarterly = day.year * 12 + day.month - 1, written.startswith("Q")
        elif written.startswith(("%tm", "%tq")):
            quarterly = written.startswith("%tq")
            months = 1960 * 12 + int(number) * (3 if quarterly else 1)
        else:
            return ""
    except OverflowError:
        return ""
    return f"{months // 12}-Q{months % 12 // 3 + 1}" if quarterly else f"{months // 12}-{months % 12 + 1:02}"
