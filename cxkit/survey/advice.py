"""What to do about an answer that is off its scale."""

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches

from cxkit.survey.calendar_words import is_date

NO_ANSWER_CODE = re.compile(
    r"-?([789])\1+|-?9+[678]|-[789]"
)  # 99, 98, 888, -9 and the like: on few scales, in many files
_NUMBERS = re.compile(r"-?[0-9]+")
_WORDS = re.compile(r"[^\W\d_]{2}")
_FORMULA_ERROR = re.compile(r"#[\w/]+[!?]")  # #DIV/0! and the like; #N/A is no answer


def advice(
    text: str, number: float | None, numbers: Iterable[float], low: int, high: int, *,
    texts: Sequence[str] = (), labels: Collection[str] = (), frame: bool = False,
) -> str:  # fmt: skip
    """Say what to do about the first answer of a column that is off its scale.

    What could belong to another scale is not advised to be declared as missing without that reading beside it.

    Parameters
    ----------
    text, number : the answer as it stands there, and as a number; None where it is none.
    numbers, texts : all answers of the column that are numbers, and those that are none.
    low, high : the ends of the declared scale.
    labels : those that the item has already.
    frame : whether the answers stand in a frame, for which no codebook can help.

    >>> advice("99", 99, [1, 5, 99], 1, 5)
    'correct the cell, or declare it as a missing code of this item in the codebook'
    >>> advice("11", 11, [4, 9, 10, 11], 0, 10, frame=True).split("; ")[:2]
    ['if 0–10 was exported as 1–11, subtract 1 from every answer', 'if 11 means no answer, empty it']
    """
    if number is None:
        return _of_text(text, texts, low, high, labels)
    if number % 1 != 0:
        return "correct the cell, as the answer of one respondent is one of the points"
    found = sorted(set(numbers))
    points = high - low
    no_answer = "empty it" if frame else "declare it as a missing code of this item in the codebook"
    for first in (1, 0):  # codes of a scale's points begin at 1 or 0 in exports
        if first != low and not labels and first <= found[0] and found[-1] <= first + points and len(found) > 1:
            pairs = ", ".join(f"{first + k}: {low + k}" for k in range(points + 1))
            turn = f"subtract {first - low} from" if first > low else f"add {low - first} to"
            cure = f"{turn} every answer" if frame else f"declare labels: {{{pairs}}} for this item in the codebook"
            off = [f"{value:.15g}" for value in found if not low <= value <= high]
            none = f"; if {off[0]} means no answer, {no_answer}" if len(off) == 1 else ""
            return f"if {low}–{high} was exported as {first}–{first + points}, {cure}{none}; else correct the cell"
    if all(NO_ANSWER_CODE.fullmatch(f"{value:.15g}") for value in found if not low <= value <= high):
        return f"correct the cell, or {no_answer}{' if it means no answer' * frame}"
    return (
        f"look up in the questionnaire what it stands for, then correct the cell or the card of this item (the "
        f"column's numbers run from {found[0]:.15g} to {found[-1]:.15g})"
    )


def _of_text(text: str, texts: Sequence[str], low: int, high: int, labels: Collection[str]) -> str:
    if _FORMULA_ERROR.fullmatch(text):
        return "correct the cell, as a formula went wrong there"
    if near := [one for one in get_close_matches(text.casefold(), labels, cutoff=0.8) if _misspelled(text, one)]:
        return (
            f'check the spelling: did you mean "{near[0]}"? Else declare it as a label of this item in the codebook'
        )
    if is_date(text):  # what a spreadsheet makes of 9/10: which of its numbers was the answer is not known
        return "correct the cell, as a spreadsheet took its answer for a date"
    numbers = {one: _number_in(one, high) for one in (text, *texts)}
    meant = {one: score for one, score in numbers.items() if score is not None and low <= score <= high}
    if text in meant:
        pairs = ", ".join(f"{json.dumps(one, ensure_ascii=False)}: {score}" for one, score in meant.items())
        return f"if it means the number in it, declare labels: {{{pairs}}} for this item in the codebook"
    if _NUMBERS.search(text) and not _WORDS.search(text):  # such as 90%: an answer, so no missing code
        return "correct the cell, or declare it as a label of this item in the codebook"
    return "correct the cell, or declare it as a missing code or label of this item in the codebook"


def _misspelled(text: str, label: str) -> bool:
    """Whether a text may be the label with a slip of the pen: with the same numbers, and not its opposite, as a word
    is of that with "un" or "dis" before it."""
    words, others = text.casefold().split(), label.split()
    if len(words) != len(others) or _NUMBERS.findall(text) != _NUMBERS.findall(label):
        return False
    pairs = [pair for pair in zip(words, others, strict=True) if pair[0] != pair[1]]
    return not any(one.endswith(other) or other.endswith(one) for one, other in pairs)


def _number_in(text: str, high: int) -> int | None:
    """The only number in a text, or that before the highest point, as in 9/10 and 9 of 10; none in a share."""
    if "%" in text and high != 100:
        return None
    found = [int(number) for number in _NUMBERS.findall(text)]
    return found[0] if len(found) == 1 or (len(found) == 2 and found[1] == high) else None


def moved_code(numbers: Iterable[float], labels: Mapping[str, int]) -> float | None:
    """The first number that is read as it stands although labels give other numbers new scores, or None.

    Labels that only change places among themselves, such as {"1": 5, "5": 1}, leave the other numbers alone.

    >>> moved_code([3, 11], {"11": 10}), moved_code([3, 5], {"1": 5, "5": 1})
    (3, None)
    """
    codes = {float(label): float(score) for label, score in labels.items() if re.fullmatch(r"-?[0-9]+", label)}
    if set(codes) == set(codes.values()):
        return None
    return next((number for number in numbers if number not in codes), None)
