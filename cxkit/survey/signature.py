"""How files of a kind begin, and what a file is that only has their ending."""

from pathlib import Path

from cxkit.errors import DataError

START = 64  # bytes that tell
_KNOWN = {
    b"\x80": "begins as a Python pickle does, which is never opened",
    b"PK": "is a zip archive, as .xlsx and .ods files are",
    b"\xd0\xcf\x11\xe0": "is an old Office file, as .xls files are, or one locked by a password",
    b"$FL": "is an SPSS file, as .sav files are",
    b"PAR1": "is a Parquet file",
    b"%PDF": "is a PDF file",
    b"<": "begins as a web page or XML does",
}


def start_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(START)


def other_kind(path: Path, program: str) -> DataError:
    """The refusal of a file that is none of a program's, although its ending says so."""
    start = start_of(path)
    line = start.split(b"\n")[0].strip()[:40]
    found = next((what for begin, what in _KNOWN.items() if start.startswith(begin)), "begins with other bytes")
    if found.endswith("other bytes") and line and line.decode("utf-8", "replace").isprintable():
        found = f'begins with the text "{line.decode("utf-8", "ignore")}"'
    return DataError(
        f"{path.name} is no {program} file: it {found}; give it the ending of what it is, or export it again."
    )
