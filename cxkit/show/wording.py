"""Wording of single numbers that the views of all methods share."""

from typing import NamedTuple

import pandas as pd

from cxkit.measure.comparison import FIRST, PREVIOUS
from cxkit.result import Result, Row
from cxkit.show.language import Language, mark
from cxkit.show.rows import claimed
from cxkit.show.units import INDEX, Unit

SMALL = mark("Numbers with * rest on fewer than {base} answers: read them as a first hint.")
SINCE = mark("{change} since {wave}")
FEW = mark("Numbers are shown from {base} answers on; fewer say too little.")


class KeyFigure(NamedTuple):
    """A number that stands out: what it is, the number, and small print under it."""

    name: str
    value: str
    small: str = ""


class Reading(NamedTuple):
    """What prose says: its headline, key figures and sentences."""

    headline: str
    figures: list[KeyFigure]
    sentences: list[str]


def answers(words: Language, result: Result, n: int, name: str = mark("Respondents")) -> KeyFigure:
    """How many were asked, as a key figure."""
    small = [words.text("as counted") if result.settings["weight"] else "", words.wave(result, result.facts["wave"])]
    return KeyFigure(words.text(name), words.number(n), " · ".join(filter(None, small)))


def too_few_sentence(words: Language, result: Result) -> str:
    """From how many answers on numbers are shown."""
    return words.text(FEW, base=words.number(result.settings["min_base"]))


def base(words: Language, result: Result, row: Row | pd.Series) -> str:
    """The base of a row in words; where the row is hidden, only that it is too small."""
    least = words.number(result.settings["min_base"])
    return f"n < {least}" if row["base"] == "hidden" else words.number(row["n"])


def sample_size(words: Language, result: Result, row: Row | pd.Series) -> str:
    """The base of a row as it stands beside a name in a chart."""
    known = base(words, result, row)
    return known if row["base"] == "hidden" else f"n = {known}"


def star(row: Row | pd.Series) -> str:
    """The mark of a number whose base is small; prose and the tables say what it means."""
    return "*" if row["base"] == "small" else ""


def between(words: Language, row: Row | pd.Series, digits: int = 0) -> str:
    """The interval of a row in words; "" without one."""
    if pd.isna(row["low"]):
        return ""
    low, high = words.number(row["low"], digits), words.number(row["high"], digits)
    return words.text("{low} to {high}", low=low, high=high)


def moved(words: Language, result: Result, item: str, unit: Unit, sentence: str = SINCE) -> str:
    """The reliable change of an item since the first wave, else since the last, as small print; "" without one.

    Parameters
    ----------
    sentence : says ``change`` since ``wave``, and of what where that is not the number above.
    """
    waves = {FIRST: "first_wave", PREVIOUS: "previous_wave"}
    for kind, wave in waves.items():
        for row in claimed(result, kind):
            if row["item"] == item:
                change = unit.finer(row["estimate"]).show(words, row["estimate"], difference=True)
                return words.text(sentence, change=change, wave=words.wave(result, result.facts[wave]))
    return ""


def level(words: Language, result: Result, row: Row) -> KeyFigure:
    """An index as a key figure."""
    value = words.number(row["estimate"], 1) + star(row)
    small = [between(words, row, 1), moved(words, result, row["item"], INDEX)]
    return KeyFigure(f"{words.label(result, row['item'])}, 0–100", value, "; ".join(filter(None, small)))


def quoted(words: Language, names: list[str]) -> str:
    """Names in a row, in the quotation marks of the language."""
    return ", ".join(words.text("“{name}”", name=name) for name in names)


def some(words: Language, names: list[str], most: int) -> str:
    """The first few of names or phrases in a row, and how many more there are."""
    shown, more = ", ".join(names[:most]), len(names) - most
    return words.text("{items} and {n} more", items=shown, n=words.number(more)) if more > 0 else shown
