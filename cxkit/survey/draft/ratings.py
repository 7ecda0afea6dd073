"""Columns that may be ratings: their numbers, labels and codes for no answer."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from cxkit.survey.advice import NO_ANSWER_CODE
from cxkit.survey.cards import fold
from cxkit.survey.draft.column import Column
from cxkit.survey.draft.words import LIKERT, NO_ANSWER

WIDEST = 13  # points of a scale whose points are answers, no amounts
MOST_LABELS = 101  # words of a scale and of its codes
FULL = 0.9  # of the filled cells must be numbers or labels
_LABELLED = re.compile(r"(-?\d{1,3})\s*[-–—=.:)]\s*\D+|\D+\((-?\d{1,3})\)")
_STEM = re.compile(r"([^\W\d_]+\d+)[^\d\W].*")


@dataclass(frozen=True)
class Rating:
    """A column that may be a rating.

    Attributes
    ----------
    levels : number -> its rows, without far codes for no answer.
    missing : texts that are no answers for certain, or far from all other numbers; ``perhaps`` those that may be.
    labels : text -> its score; ``ends`` are those of the scale that the labels belong to.
    question : what was asked, where the file says it.
    """

    column: Column
    levels: Mapping[int, int]
    missing: tuple[str, ...] = ()
    perhaps: tuple[str, ...] = ()
    labels: Mapping[str, int] = field(default_factory=dict)
    ends: tuple[int, int] | None = None
    question: str = ""

    @property
    def words(self) -> str:
        """What tells the kind of rating: the name, and the question as far as it is known."""
        return f"{self.name} {self.question}"

    @property
    def name(self) -> str:
        return self.column.name

    @property
    def place(self) -> int:
        """Its place among the columns."""
        return self.column.place

    @property
    def low(self) -> int:
        return min(self.levels)

    @property
    def high(self) -> int:
        return max(self.levels)

    @property
    def range(self) -> tuple[int, int]:
        return self.low, self.high

    @property
    def wide(self) -> bool:
        """Whether it has so many points that it may be an amount, such as an age."""
        return self.high - self.low >= WIDEST

    @property
    def doubtful(self) -> set[int]:
        """Numbers at the ends that may be no answers: 0 for a blank, and what stands above a usual scale."""
        if self.labels or len(self.levels) < 4 or self.range in ((0, 10), (0, 100)):
            return set()
        return {end for end, odd in ((0, self.low == 0), (self.high, self.high in (6, 8, 9, 11))) if odd}

    @property
    def seen(self) -> str:
        """What was seen, for a comment."""
        different = f"{len(self.levels)} different answers"
        missing = f", {', '.join(self.missing)} apart" if self.missing else ""
        if self.labels:
            return f"{different} in words{missing}"
        return f"{self.low} to {self.high}, {different}{missing}"

    def scores(self) -> pd.Series:
        column = self.column
        known = {text: float(number) for text, number in column.numbers.items() if number in self.levels}
        return column.cells.map({**known, **{text: float(score) for text, score in self.labels.items()}}).astype(
            float
        )


def stem(name: str) -> str:
    """What the columns of one question share, such as Q7 of Q7FOOD; "" for none.

    >>> [stem(name) for name in ("Q7FOOD", "own_modern", "q12")]
    ['Q7', '', '']
    """
    found = _STEM.fullmatch(name)
    return found[1] if found else ""


def parts(name: str) -> tuple[str, str] | None:
    """The first and the last part of a name such as own_modern; None where it has one part.

    >>> parts("own_modern"), parts("q_1")
    (('own', 'modern'), None)
    """
    found = re.split(r"[_.]", name)
    told = len(found) > 1 and found[0] and found[-1] and not found[-1].isdecimal()
    return (found[0], found[-1]) if told else None


def rating(column: Column) -> Rating | None:
    """Read a column as a rating; None where it cannot be one."""
    words = [text for text in column.counts if text not in column.numbers]
    missing = [text for text in words if fold(text) in NO_ANSWER]
    words = [text for text in words if text not in missing]
    labels, ends = _labels(words)
    others = [text for text in words if text not in labels]
    if sum(column.counts[text] for text in others) > (1 - FULL) * column.filled or len(others) > 3:
        return None
    if any(number != int(number) for number in column.numbers.values()):
        return None
    levels = dict(column.whole)
    for text, score in labels.items():
        levels[score] = levels.get(score, 0) + column.counts[text]
    if not levels:
        return None
    far, perhaps = _codes(levels)
    levels = {number: n for number, n in sorted(levels.items()) if number not in far | perhaps}
    few = len(levels) > 1 and max(levels) - min(levels) < WIDEST and -WIDEST < min(levels) <= max(levels) <= 100
    slider = len(levels) >= WIDEST and 0 <= min(levels) <= max(levels) <= 100
    if not (few or slider):
        return None
    return Rating(column, levels, (*_texts(column, far), *missing), (*_texts(column, perhaps), *others), labels, ends)


def _labels(words: Sequence[str]) -> tuple[dict[str, int], tuple[int, int] | None]:
    """The scores of labels, by the number in each or by the words of a usual scale, and the ends of that scale."""
    if not 0 < len(words) <= MOST_LABELS:
        return {}, None
    numbers = {text: one[1] or one[2] for text in words if (one := _LABELLED.fullmatch(text))}
    if len(numbers) == len(words):
        return {text: int(number) for text, number in numbers.items()}, None
    best: dict[str, int] = {}
    for points in LIKERT:
        scores = {word: score for score, point in enumerate(points, 1) for word in point}
        found = {text: scores[fold(text)] for text in words if fold(text) in scores}
        best = max(best, found, key=len)
    different = len(set(best.values()))
    # Two words for one point would be two points of another scale.
    return (best, (1, 5)) if 1 < different == len(set(map(fold, best))) else ({}, None)


def _codes(levels: Iterable[int]) -> tuple[set[int], set[int]]:
    """The numbers that are codes for no answer for certain, as they are far from the others, and those that may be:
    8 and 9 above a gap, and a negative number alone."""
    levels = set(levels)
    likely = {number for number in levels if NO_ANSWER_CODE.fullmatch(str(number))}
    rest = levels - likely or levels
    width = max(rest) - min(rest)
    far = {number for number in likely if abs(number) > 5 and not min(rest) - width <= number <= max(rest) + width}
    left = levels - far
    above, below = left & {8, 9}, {number for number in left if number < 0}
    perhaps = above if max(left - above, default=7) <= 6 else set()
    return far, perhaps | (below if len(below) == 1 and max(left) > 2 else set())


def _texts(column: Column, numbers: set[int]) -> tuple[str, ...]:
    return tuple(sorted(text for text, number in column.numbers.items() if number in numbers))
