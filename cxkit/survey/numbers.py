"""Columns of plain numbers (weights, counts, amounts) as people and programs write them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, nan
from typing import Any

import numpy as np

from cxkit.survey.cards import fold
from cxkit.survey.header import Typed

MARKS = (".", ",")
_PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:([.,])[0-9]+)?|([.,])[0-9]+)(e[+-]?[0-9]+)?")  # .850 as SPSS writes it
_GROUPED = {
    mark: re.compile(rf"[+-]?[1-9][0-9]{{0,2}}([{group} '])[0-9]{{3}}(?:\1[0-9]{{3}})*(?:{re.escape(mark)}[0-9]+)?")
    for mark, group in zip(MARKS, reversed(MARKS), strict=True)
}


@dataclass(frozen=True)
class Numbers:
    """A column read as numbers.

    Attributes
    ----------
    values : NaN where a cell is no number or not clear.
    unclear : True where a comma or a point may separate thousands or decimals, and the column does not say which.
    """

    values: np.ndarray
    unclear: np.ndarray


def read_numbers(cells: Sequence[Any], decimal: str = "") -> Numbers:
    """Read a column of numbers, with one decimal mark for the whole column.

    Thousands may be grouped by a space, an apostrophe, or the comma or point that is not the decimal mark; 1e-06 is
    a number. "1,250" alone may be 1250 or 1.25: a cell such as "0,98" or "1,250,000" decides for all of the column.

    Parameters
    ----------
    cells : texts, or numbers, which are taken as they are.
    decimal : "." or "," where it is known, "" where the cells must tell.

    >>> read_numbers(["1 250,5", "1,250", "2e+00"]).values.tolist()
    [1250.5, 1.25, 2.0]
    >>> read_numbers(["1,250", "980"]).unclear.tolist()
    [True, False]
    """
    kinds = {(type(cell), cell) for cell in cells}  # a column repeats its numbers
    known = {one: _readings(one[1]) for one in kinds}
    readings = [known[type(cell), cell] for cell in cells]
    marks = {decimal} if decimal else {mark for found in readings if len(found) == 1 for mark in found}
    values, unclear = np.full(len(readings), nan), np.zeros(len(readings), bool)
    for place, found in enumerate(readings):
        left = {mark: value for mark, value in found.items() if mark in marks} if len(marks) == 1 else found
        numbers = {value for value, _ in left.values()}
        if len(numbers) > 1 or (len(marks) > 1 and any(grouped for _, grouped in left.values())):
            unclear[place] = True
        elif numbers:
            values[place] = numbers.pop()
    return Numbers(values, unclear)


def unclear_number(text: str) -> str:
    """The two numbers that a text may stand for, as the end of an error sentence tells them.

    >>> unclear_number("1,250")
    'which may be 1250 or 1.25'
    """
    found = sorted({value for value, _ in _readings(text).values()}, reverse=True)
    if len(found) == 2:
        return f"which may be {found[0]:.15g} or {found[1]:.15g}"
    return "while other cells use the same mark in another way"


def _readings(cell: Any) -> dict[str, tuple[float, bool]]:
    """Decimal mark -> the number, and whether a comma or point groups its thousands; both marks where all is one."""
    if isinstance(cell, float | Typed):
        return _finite(dict.fromkeys(MARKS, (float(cell), False)))
    text = "" if cell is None else str(cell)
    text = text if _PLAIN.fullmatch(text) else fold(text)  # most have nothing to fold
    found: dict[str, tuple[float, bool]] = {}
    if plain := _PLAIN.fullmatch(text):
        number = (float(text.replace(",", ".")), False)
        mark = plain[1] or plain[2]
        found = {mark: number} if mark else dict.fromkeys(MARKS, number)
    for mark, pattern in _GROUPED.items():
        if grouped := pattern.fullmatch(text):
            digits = text.replace(grouped[1], "").replace(mark, ".")
            found[mark] = (float(digits), grouped[1] in MARKS)
    return _finite(found)


def _finite(found: dict[str, tuple[float, bool]]) -> dict[str, tuple[float, bool]]:
    return {mark: number for mark, number in found.items() if isfinite(number[0])}
