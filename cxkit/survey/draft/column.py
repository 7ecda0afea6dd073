"""A column of a file without a codebook, and what its cells show."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from cxkit.survey.cards import fold, to_number
from cxkit.survey.counted import from_number
from cxkit.survey.spelling import key, separator_of
from cxkit.survey.timeline import DATES, column_readings
from cxkit.survey.totals import CODE

SEEN = 200  # texts that show what a column holds
_CLOCK = re.compile(r"\d{1,2}:\d\d(:\d\d)?( ?[AP]M)?", re.IGNORECASE)
_YEAR = re.compile(r"(19|20)\d\d")


@dataclass(frozen=True, eq=False)
class Column:
    """``place`` is that among the columns; ``counts`` has each text with its rows, the most frequent first."""

    name: str
    place: int
    cells: pd.Series
    counts: Mapping[str, int]

    @property
    def rows(self) -> int:
        return len(self.cells)

    @cached_property
    def filled(self) -> int:
        return sum(self.counts.values())

    @cached_property
    def numbers(self) -> dict[str, float]:
        """Text -> the number it is."""
        return {text: number for text in self.counts if (number := to_number(fold(text))) is not None}

    @cached_property
    def whole(self) -> dict[int, int]:
        """Whole number -> its rows, from the lowest."""
        found: dict[int, int] = {}
        for text, number in self.numbers.items():
            if number == int(number):
                found[int(number)] = found.get(int(number), 0) + self.counts[text]
        return dict(sorted(found.items()))

    @cached_property
    def groups(self) -> dict[str, int]:
        """Value in its most frequent spelling -> its rows."""
        found: dict[str, int] = {}
        names: dict[str, str] = {}
        for text, n in self.counts.items():
            name = names.setdefault(key(text), text)
            found[name] = found.get(name, 0) + n
        return found

    @cached_property
    def separator(self) -> str:
        """What stands between several answers in one cell, or ""."""
        few = 1 < len(self.counts) < self.filled / 2 and not self.numbers
        return separator_of(self.counts) if few else ""

    @cached_property
    def unique(self) -> bool:
        """Whether no cell is empty and no text stands twice."""
        return self.rows > 1 and len(self.counts) == self.rows

    @cached_property
    def codes(self) -> bool:
        """Whether all texts are whole numbers without a gap worth telling, or ids such as K-13."""
        if len(self.whole) == len(self.counts) > 1:
            return max(self.whole) - min(self.whole) < 1.2 * len(self.whole)
        return all(CODE.fullmatch(text) for text in self.counts)

    @cached_property
    def clock(self) -> bool:
        """Whether most texts are times of a day."""
        texts = list(self.counts)[:SEEN]
        return bool(texts) and sum(bool(_CLOCK.fullmatch(text)) for text in texts) > 0.9 * len(texts)

    @cached_property
    def dates(self) -> str | None:
        """None when the column holds no dates or periods; "" or the order of day and month by which it does."""
        texts = list(self.counts)[:SEEN]
        bare = len(self.numbers) == len(self.counts)
        if not texts or (bare and not all(_YEAR.fullmatch(text) or len(text) > 9 for text in texts)):
            return None
        if bare and all(from_number(text) for text in texts):
            return ""
        for way in ("", *DATES):
            readings = column_readings(texts, way)
            if readings and all(one.dated for found in readings for one in found.values()):
                return way
        return None

    @cached_property
    def days(self) -> bool:
        """Whether the dates are days or moments, not longer periods."""
        if self.dates is None:
            return False
        texts = list(self.counts)[:SEEN]
        kinds = {one.kind for found in column_readings(texts, self.dates) for one in found.values()}
        return not kinds or bool(kinds & {"day", "moment"})


def columns_of(frame: pd.DataFrame) -> list[Column]:
    """The columns of a table of texts."""
    counts = {name: frame[name].value_counts() for name in frame}
    return [
        Column(str(name), place, frame[name], {str(text): int(n) for text, n in found.items()})
        for place, (name, found) in enumerate(counts.items())
    ]


def shown(texts: Sequence[str], most: int = 4) -> str:
    """A few texts on one line, for a comment."""
    short = [" ".join(text.split())[:30] for text in texts[:most]]
    return ", ".join(short) + (" ..." if len(texts) > most else "")
