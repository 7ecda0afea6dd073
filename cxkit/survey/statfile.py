"""SPSS, Stata and SAS files: rows of codes as text, and what a file itself says of its columns."""

import codecs
import datetime as dt
import math
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxkit.errors import DataError
from cxkit.survey.encoding import guess, odd_words
from cxkit.survey.signature import other_kind, start_of
from cxkit.survey.texttable import cell_text

READERS = {".sav": "read_sav", ".zsav": "read_sav", ".dta": "read_dta", ".sas7bdat": "read_sas7bdat"}
PROGRAMS = {".sav": "SPSS", ".zsav": "SPSS", ".dta": "Stata", ".sas7bdat": "SAS"}
LETTERS = (".dta", ".sas7bdat")  # that write declared gaps as letters, which only the rows tell
MAX_UNPACKED = 512 * 2**20
LISTED = 100  # codes of a range that are listed whether they occur or not
LOOKED_AT = 2_000  # rows whose texts show the encoding
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
    labels: Mapping[str, str] | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class StatFile:
    """An SPSS, Stata or SAS file whose dictionary was read.

    ``encoding`` is the one it is read with, "" for the file's own; ``words`` are those that decided where it was
    guessed; ``about`` is what pyreadstat tells.
    """

    path: Path
    encoding: str
    words: str
    about: Any

    @property
    def encoding_told(self) -> str:
        return self.encoding or str(self.about.file_encoding or "utf-8").lower()

    def rows(self) -> Iterator[list[str]]:
        """The names of the columns, then each row as texts."""
        names, limit = self.about.column_names, _most_rows(self.about)
        if (self.about.number_rows or 0) > limit:
            raise _too_big(self.path)
        data, _ = _load(self.path, self.encoding, row_limit=limit + 1, user_missing=True)
        columns = [[self._text(name, cell) for cell in data.pop(name)] for name in names]
        if columns and len(columns[0]) > limit:  # a packed file need not say how many it has
            raise _too_big(self.path)
        yield list(names)
        yield from map(list, zip(*columns, strict=True))

    def described(self) -> dict[str, Described]:
        """What the file says of each column; the codes of a long or open range are those that occur."""
        about = self.about
        ranges = {name: [(one["lo"], one["hi"]) for one in some] for name, some in about.missing_ranges.items()}
        wide = [name for name, some in ranges.items() if any(_listed(low, high) is None for low, high in some)]
        found: Mapping[str, Any] = {}
        letters: Mapping[str, Any] = {}
        if wide or self.path.suffix.lower() in LETTERS:
            columns = wide or about.column_names
            found, more = _load(
                self.path, self.encoding, usecols=columns, user_missing=True, row_limit=_most_rows(about)
            )
            letters = more.missing_user_values
        described = {}
        for name in about.column_names:
            labels = about.variable_value_labels.get(name) or {}
            codes = self._gaps(name, [*letters.get(name, ()), *labels])
            for low, high in ranges.get(name, ()):
                some = _listed(low, high)
                codes += _occurring(found[name], low, high) if some is None else some
            described[name] = Described(
                about.column_names_to_labels.get(name) or "",
                {self._text(name, code): label for code, label in labels.items()},
                tuple(dict.fromkeys(self._text(name, code) for code in codes)),
            )
        return described

    def _gaps(self, name: str, codes: list[Any]) -> list[Any]:
        """The letters among the codes of a number, which are declared gaps."""
        kind = self.about.readstat_variable_types[name]
        return [] if kind == "string" else sorted({code for code in codes if isinstance(code, str)})

    def _text(self, name: str, cell: Any) -> str:
        kind = self.about.readstat_variable_types[name]
        if kind == "string":
            return cell or ""
        if isinstance(cell, str):  # Stata and SAS write a declared gap as a letter
            return f".{cell}"
        if isinstance(cell, float) and math.isfinite(cell):
            if kind == "float":
                cell = float(f"{cell:.7g}")  # as many digits as the file holds
            return _period(cell, self.about.original_variable_types[name] or "") or cell_text(cell)
        return cell_text(cell)


def open_statfile(path: Path, encoding: str = "") -> StatFile:
    """Read the dictionary of an SPSS, Stata or SAS file, in the encoding that is given, told or guessed.

    Raises
    ------
    DataError : pyreadstat is not there, the file is damaged or another, or the encoding is wrong or not certain.
    """
    _check_start(path)
    words = ""
    if encoding:
        encoding = _known(path, encoding)
        _refuse_for_utf8(path, encoding)
    elif not _says_encoding(path):
        odd = odd_words(_raw_texts(path))
        if all(map(_is_utf8, odd)):
            encoding = "utf-8" if odd else ""
        else:
            encoding, words = guess(path.name, odd)
    _, about = _load(path, encoding, metadataonly=True, user_missing=True)
    return StatFile(path, encoding, words, about)


def _most_rows(about: Any) -> int:
    return max(1, MAX_UNPACKED // max(1, sum(about.variable_storage_width.values())))


def _load(path: Path, encoding: str, **how: Any) -> tuple[dict[str, Any], Any]:
    try:
        import pyreadstat
    except ImportError:
        raise DataError(f'{path.name} needs pyreadstat; install it with pip install "cxkit[spss]".') from None
    kind = path.suffix.lower()
    try:
        data, about = getattr(pyreadstat, READERS[kind])(path, encoding=encoding or None, output_format="dict", **how)
        if len({*filter(None, about.column_names)}) == len(about.column_names):
            return data, about
    except MemoryError:
        raise
    except OverflowError:
        raise DataError(
            f"{path.name} holds a date or time beyond what a calendar has; correct it in {PROGRAMS[kind]} and save "
            f"the file again."
        ) from None
    except Exception as error:  # pyreadstat raises plain exceptions and whatever decoding raises
        if isinstance(error, UnicodeError) or "convert string" in str(error):
            tried = f"in {encoding}" if encoding else "in the encoding that it names"
            raise DataError(
                f'{path.name} cannot be read {tried}; give the one it was written in, such as encoding: "cp1251".'
            ) from None
    raise DataError(
        f"{path.name} is a damaged or unfinished {PROGRAMS[kind]} file; copy it again whole, or export it again."
    )


def _too_big(path: Path) -> DataError:
    return DataError(
        f"{path.name} unpacks to more than the 512 MiB read at once; export only the columns that are needed, or "
        f"split it."
    )


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


def _refuse_for_utf8(path: Path, encoding: str) -> None:
    """Refuse another encoding for a file that is UTF-8, whose texts would become other letters."""
    odd = odd_words(_raw_texts(path))
    if odd and encoding != "utf-8" and all(map(_is_utf8, odd)):
        raise DataError(f"{path.name} is UTF-8, not {encoding}; leave the encoding out.")


def _is_utf8(word: bytes) -> bool:
    try:
        return bool(word.decode("utf-8"))
    except UnicodeError:
        return False


def _raw_texts(path: Path) -> list[bytes]:
    """The labels and the first texts of a file as their bytes, by an encoding that has a letter for each."""
    _, about = _load(path, "iso-8859-1", metadataonly=True)
    data, about = _load(path, "iso-8859-1", row_limit=min(LOOKED_AT, _most_rows(about)))
    texts = [text for text in about.column_labels if text]
    texts += [label for labels in about.value_labels.values() for label in labels.values() if isinstance(label, str)]
    kinds = about.readstat_variable_types
    texts += [cell for name, cells in data.items() if kinds[name] == "string" for cell in cells if cell]
    return [text.encode("iso-8859-1", "replace") for text in texts]


def _listed(low: Any, high: Any) -> list[Any] | None:
    """The codes of a range when they are few and certain: its only one, or whole numbers."""
    if low == high:
        return [low]
    if isinstance(low, str) or not (math.isfinite(low) and math.isfinite(high)):
        return None
    whole = low == int(low) and high == int(high) and high - low < LISTED
    return list(range(int(low), int(high) + 1)) if whole else None


def _occurring(cells: Any, low: Any, high: Any) -> list[Any]:
    numbers = {cell for cell in cells if isinstance(cell, int | float) and math.isfinite(cell)}
    return sorted(number for number in numbers if low <= number <= high)


def _period(number: float, written: str) -> str:
    """A month or quarter as text where the file shows the number as one; "" for any other number."""
    if written.startswith(("MOYR", "QYR")):
        day = _SPSS_BEGINS + dt.timedelta(seconds=number)
        months, quarterly = day.year * 12 + day.month - 1, written.startswith("Q")
    elif written.startswith(("%tm", "%tq")):
        quarterly = written.startswith("%tq")
        months = 1960 * 12 + int(number) * (3 if quarterly else 1)
    else:
        return ""
    return f"{months // 12}-Q{months % 12 // 3 + 1}" if quarterly else f"{months // 12}-{months % 12 + 1:02}"
