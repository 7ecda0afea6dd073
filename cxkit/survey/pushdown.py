"""What DuckDB can use to skip rows that a test leaves out; the test itself decides, so no row may be lost here."""

import re
from collections.abc import Callable, Iterable, Sequence

from cxkit.survey.values import Pick

# What DuckDB compares in the column's own type: the text of such a cell, cast, is the cell again.
CASTS = {
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float", "double", "date32[day]", "timestamp[us]", "timestamp[ms]", "timestamp[s]"),
}
# What a key leaves out of a text in ASCII, or writes otherwise: marks, spaces, idle zeros.
_IDLE = "^[^a-z0-9]*0*|[.,]00?[^a-z0-9]*$|[^a-z0-9]"
_SURROGATE = re.compile("[\ud800-\udfff]")
Distinct = Callable[[str, Sequence[str]], Iterable[str | None]]


def condition(name: str, kind: str, arrow: str, pick: Pick, distinct: Distinct) -> tuple[str, list[str]]:
    """A condition for the rows that ``pick`` may take, and its parameters.

    Parameters
    ----------
    name : the column in SQL; ``kind`` and ``arrow`` are its types in DuckDB and in Arrow.
    distinct : gives the different texts of the column under a condition with its parameters.
    """
    if kind == "VARCHAR":
        texts = [text for text in distinct(*_candidates(name, pick)) if text and pick(text)]
        return (f"{name} IN ({_marks(texts)})" if texts else "false"), texts
    if (arrow in CASTS or kind.startswith("DECIMAL(")) and not pick.apart:
        wanted = [text for text in {pick.value, *pick.given, *pick.keys} if not _SURROGATE.search(text)]
        return " OR ".join(["false", *(f"{name} = TRY_CAST(? AS {kind})" for _ in wanted)]), wanted
    return "true", []


def _candidates(name: str, pick: Pick) -> tuple[str, list[str]]:
    """A condition for texts that may be a spelling of what is asked for: few, so that Python can look at each.

    They have the same letters and digits but for case and idle zeros, or hold what DuckDB does not fold as Python
    does: letters beyond ASCII, &amp;.
    """
    if pick.apart:
        return "true", []
    plain = sorted({re.sub(_IDLE, "", one) for one in pick.keys if one.isascii()})
    tests = [f"strlen({name}) <> length({name})", f"contains({name}, '&amp;')"]
    if plain:
        tests.append(f"regexp_replace(lower({name}), '{_IDLE}', '', 'g') IN ({_marks(plain)})")
    return " OR ".join(f"({test})" for test in tests), plain


def _marks(given: Sequence[str]) -> str:
    return ", ".join("?" * len(given))
