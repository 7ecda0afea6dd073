"""Scale cards: what a rating item's answers may be, and what they mean."""

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeGuard

import pandas as pd

from cxkit.errors import DataError, SettingsError
from cxkit.survey.advice import advice, moved_code
from cxkit.survey.audit import Note
from cxkit.survey.yamlfile import only_keys

KEYS = ("min", "max", "reversed", "boxes", "missing", "labels", "text", "column")
_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")
_APOSTROPHES = str.maketrans(dict.fromkeys("ʻʼ’‘`´ʹ", "'"))


@dataclass(frozen=True)
class Card:
    """The declared scale of one item.

    Attributes
    ----------
    item : the item's name in cxkit.
    low, high : the lowest and highest answer, whole numbers.
    reversed : True when a high answer is bad; methods turn it round as ``low + high - answer``.
    boxes : how many scores at each end count as the top and the bottom box; by default 2 on 5 to 11 points,
        else a fifth of the points.
    missing : answers that mean "no answer", such as 99 or "Don't know".
    labels : answer text -> score.
    text : language -> question text.
    column : the column's name in the file, when it is not the item's name.
    """

    item: str
    low: int
    high: int
    reversed: bool = False
    boxes: int = 2
    missing: tuple[str, ...] = ()
    labels: Mapping[str, int] = field(default_factory=dict)
    text: Mapping[str, str] = field(default_factory=dict)
    column: str = ""

    @property
    def points(self) -> range:
        return range(self.low, self.high + 1)

    @property
    def top(self) -> range:
        return range(self.high - self.boxes + 1, self.high + 1)

    @property
    def bottom(self) -> range:
        return range(self.low, self.low + self.boxes)

    def turn(self, answer: Any) -> Any:
        """Turn an answer round on a reversed scale: low + high - answer; leave it alone otherwise."""
        return self.low + self.high - answer if self.reversed else answer

    def percent(self, answer: Any) -> Any:
        """Put an answer on 0-100 of the declared scale, turned round where reversed."""
        return 100 * (self.turn(answer) - self.low) / (self.high - self.low)

    def plain(self) -> dict[str, Any]:
        """Return the card as plain values, as :func:`card` takes them."""
        values = {**vars(self), "min": self.low, "max": self.high, "missing": list(self.missing)}
        return {key: values[key] for key in KEYS}


def card(item: str, scale: Any) -> Card:
    """Make the card of one item from plain values.

    Parameters
    ----------
    scale : ``[min, max]`` or a dict with ``min max reversed boxes missing labels text column``.

    Raises
    ------
    SettingsError : a key is unknown, or the bounds, boxes or labels make no scale.

    >>> card("ease", [1, 5]).top
    range(4, 6)
    """
    where = f'The scale of "{item}"'
    if isinstance(scale, Card):
        return scale
    scale = bounds(item, scale)
    only_keys(scale, KEYS, where)
    low, high = scale.get("min"), scale.get("max")
    if not (_whole(low) and _whole(high) and low < high):
        raise SettingsError(f"{where} runs from {low!r} to {high!r}; give whole numbers, min below max.")
    if high - low > 100:
        raise SettingsError(f"{where} has more than 101 points; a rating scale has at most 101.")
    points = high - low + 1
    boxes = scale.get("boxes", 2 if 5 <= points <= 11 else max(1, points // 5))
    if not (_whole(boxes) and 1 <= boxes <= points // 2):
        raise SettingsError(f"{where} has boxes: {boxes!r}; give a whole number from 1 to {points // 2}.")
    for key in ("labels", "text"):
        if not isinstance(scale.get(key) or {}, Mapping):
            raise SettingsError(f'{where} has {key}: {scale[key]!r}; give lines of "key: value".')
    if not isinstance(scale.get("reversed", False), bool):
        raise SettingsError(f"{where} has reversed: {scale['reversed']!r}; give true or false.")
    labels: dict[str, int] = {}
    for label, score in (scale.get("labels") or {}).items():
        if not (_whole(score) and low <= score <= high):
            raise SettingsError(f'{where} gives the label "{label}" the score {score!r}; give {low}..{high}.')
        if labels.setdefault(fold(label), score) != score:
            raise SettingsError(f'{where} gives the label "{label}" two scores; give one.')
    for code in texts(scale.get("missing")):
        if fold(code) in labels:
            raise SettingsError(f'{where} gives "{code}" a score and declares it as missing; keep one of them.')
    return Card(
        item, low, high, scale.get("reversed", False), boxes, tuple(texts(scale.get("missing"))), labels,
        dict(scale.get("text") or {}), str(scale.get("column") or ""),
    )  # fmt: skip


def bounds(item: str, scale: Any) -> Mapping[str, Any]:
    """A scale as a dict, also where it is written as its two ends.

    >>> bounds("ease", [1, 5])
    {'min': 1, 'max': 5}
    """
    if isinstance(scale, Sequence) and not isinstance(scale, str) and len(scale) == 2:
        return {"min": scale[0], "max": scale[1]}
    if not isinstance(scale, Mapping):
        raise SettingsError(f'The scale of "{item}" is {scale!r}; give [min, max], such as [1, 10], or a scale card.')
    return scale


def cards(items: Sequence[str], scale: Any, declared: Mapping[str, Card] = MappingProxyType({})) -> dict[str, Card]:
    """Make the cards of several items: ``scale`` is one scale for all, or item -> scale; ``declared`` cards win."""
    if isinstance(items, str):
        raise SettingsError(f'The items are the text "{items}"; give a list, such as ["{items}"].')
    if not items:
        raise SettingsError('The list of items is empty; name at least one rating column, such as ["ease"].')
    if len(set(items)) < len(items):
        raise SettingsError(f"The list of items names one twice: {', '.join(items)}; name each once.")
    one_each = isinstance(scale, Mapping) and "min" not in scale
    scales = {**(scale if one_each else dict.fromkeys(items, scale)), **declared}
    for item in items:
        if item not in scales:
            raise SettingsError(f'The item "{item}" has no scale; declare it, such as {{"{item}": [1, 10]}}.')
    return {item: card(item, scales[item]) for item in items}


def fold(text: Any) -> str:
    """Fold a label for matching: one apostrophe, one case, single spaces, compatibility forms joined.

    >>> fold("  Yoʻq ") == fold("yo'q")
    True
    """
    joined = unicodedata.normalize("NFKC", str(text).translate(_APOSTROPHES))
    return " ".join(joined.translate(_APOSTROPHES).casefold().split())


def to_number(text: str) -> float | None:
    """Read "7", "7.5" or "7,5" as a number; anything else, and what is too large for one, is None."""
    number = float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else math.inf
    return number if math.isfinite(number) else None


def to_scores(answers: pd.Series, scale: Card, file: str) -> tuple[pd.Series, int]:
    """Turn a column of answer texts into scores by the item's card.

    Returns
    -------
    scores (float, NaN where there is no answer) and how many answers were declared missing codes.

    Raises
    ------
    DataError : an answer is no number, label or missing code of the card, is not whole, or is out of range.
    """
    missing = {fold(code) for code in scale.missing}
    known: dict[str, float] = {}
    found: dict[str, float | None] = {}
    declared = set()
    for answer in answers.dropna().unique():
        key = fold(answer)
        if key in missing:
            declared.add(answer)
        elif key in scale.labels:
            known[answer] = float(scale.labels[key])
        else:
            found[answer] = to_number(key)
    numbers = [number for number in found.values() if number is not None]
    for answer, number in found.items():
        problem = _problem(number, scale)
        if problem:
            words = [one for one, number in found.items() if number is None]
            hint = advice(answer, number, numbers, scale.low, scale.high, texts=words, labels=scale.labels)
            raise DataError(f"{_place(answers, answer, scale, file)}, {problem}; {hint}.")
        known[answer] = number  # type: ignore[assignment]
    moved = moved_code(numbers, scale.labels)
    if moved is not None:
        answer = next(answer for answer, number in found.items() if number == moved)
        raise DataError(
            f"{_place(answers, answer, scale, file)}, a number without a label, though labels give other numbers new "
            f"scores; add a label for every number of this item in the codebook."
        )
    scores = answers.map(known).astype(float).rename(scale.item)
    return scores, int(answers.isin(declared).sum())


def answer_notes(answers: pd.Series, scale: Card) -> list[Note]:
    """What was assumed about the texts of an item that :func:`to_scores` has read, as (code, values).

    A missing code may be a point of the scale, and labels may stand beside numbers.
    """
    missing = {fold(code) for code in scale.missing}
    notes: list[Note] = []
    labels = numbers = 0
    for answer, n in answers.value_counts().items():
        key = fold(answer)
        number = to_number(key)
        if key in missing:
            if number in scale.points:
                notes.append(("missing_on_scale", {"item": scale.item, "code": answer, "n": int(n),
                                                   "min": scale.low, "max": scale.high}))  # fmt: skip
        elif number is None or key in scale.labels:
            labels += int(n)
        else:
            numbers += int(n)
    if labels and numbers:
        notes.append(("labels_and_numbers", {"item": scale.item, "labels": labels, "numbers": numbers}))
    return sorted(notes, key=str)


def _place(answers: pd.Series, answer: str, scale: Card, file: str) -> str:
    row = answers.index[answers == answer][0]
    shown = answer if len(answer) <= 40 else answer[:40] + "..."
    column = f'"{scale.column}" (item "{scale.item}")' if scale.column else f'"{scale.item}"'
    return f'{file}, column {column}, row {row}: found "{shown}"'


def _problem(number: float | None, scale: Card) -> str:
    allowed = f"expected a whole number from {scale.low} to {scale.high}"
    if number is None:
        return f"which is not a rating, {allowed}"
    if number != int(number):
        return f"which is not whole, {allowed}"
    return "" if scale.low <= number <= scale.high else allowed


def texts(value: Any) -> list[str]:
    """One value or a list of values as a list of texts; nothing is an empty list.

    >>> texts(99), texts(["99", "-"]), texts(None)
    (['99'], ['99', '-'], [])
    """
    if value is None or value == "":
        return []
    return [str(one) for one in (value if isinstance(value, list | tuple) else [value])]


def _whole(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
