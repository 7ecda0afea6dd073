"""What a file itself says of its columns, taken under what the codebook and the settings say."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import pandas as pd

from cxkit.errors import DataError
from cxkit.survey.audit import Note, told
from cxkit.survey.cards import Card, card, fold, to_number
from cxkit.survey.columns import spelled_as
from cxkit.survey.spelling import key
from cxkit.survey.statfile import READERS, Described, describe
from cxkit.survey.values import Values

SHOWN = 12  # labels that one sentence names
MOST_STEPS = 10  # of a scale of which not every point is labelled, but for 0-100
_FIRST_NUMBER = re.compile(r"[+-]?[0-9]+(?![0-9])")
# Labels that say there is no answer, in the words of questionnaires; "qiyin", hard, is the end of a scale.
_NO_ANSWER = re.compile(
    r"(do not|don't|dont) know|not sure|no (answer|opinion|response|experience)|refuse|not (applicable|asked|used)"
    r"|never used|n/a|(hard|difficult) to (say|tell|answer)|(can't|cannot) (say|tell|rate)|skipped"
    r"|не (знаю|помню|уверен|примен|ответил|пользо|сталкива|могу)|затруд|отказ|(нет|без) ответа|неприменимо|нет опыта"
    r"|bilmayman|javob (yo'q|bermadi|bermagan)|qiynal|foydalanma"
    r"|билмайман|жавоб (йўқ|бермади|бермаган)|қийнал|фойдаланма"
)


@dataclass(frozen=True)
class OwnWords:
    """What a file says of its columns, by their names there; nothing where it is of another kind."""

    file: str = ""
    columns: Mapping[str, Described] = field(default_factory=dict)

    def of(self, column: str) -> Described:
        return self.columns.get(spelled_as(column, self.columns), Described())

    def scales(self, items: Iterable[str]) -> dict[str, Card]:
        """The cards of items that nobody has declared, where the labels in the file make a scale."""
        return {item: _own_scale(self.file, item, self.of(item)) for item in items if self.of(item).labels}

    def under(self, declared: Mapping[str, Card], own: Iterable[str]) -> tuple[dict[str, Card], tuple[Note, ...]]:
        """Cards with the labels, missing codes and text of the file where they have none, and what was taken.

        Raises
        ------
        DataError : labels of the file give an item other numbers than its codes, and the card does not say which.
        """
        cards = {item: _under(self.file, one, self.of(one.column or item)) for item, one in declared.items()}
        missing = [f"{item}: {_listed(one.missing)}" for item, one in cards.items()
                   if one.missing and not declared[item].missing]  # fmt: skip
        missing += [f"{item}: {_listed(declared[item].missing)}" for item in own if declared[item].missing]
        scales = [f"{item}: {declared[item].low}–{declared[item].high}" for item in own]
        return cards, told({
            "scales_of_file": {"names": "; ".join(scales)}, "missing_of_file": {"names": "; ".join(missing)},
        })  # fmt: skip

    def values(self, column: str) -> Values:
        """The names of a column's values; labels that would be taken for one another are left out."""
        labels, missing = self.of(column).labels, self.of(column).missing
        kept = [(code, label) for code, label in labels.items() if code not in missing and label.strip()]
        named = dict(sorted(kept, key=lambda one: to_number(one[0]) or 0.0))
        codes = set(map(key, named))
        often = Counter(map(key, named.values()))
        clear = {code: label for code, label in named.items() if often[key(label)] == 1 and key(label) not in codes}
        return Values({label: {} for label in clear.values()},
                      {**{label: label for label in clear.values()}, **clear})  # fmt: skip

    def empty_missing(self, frame: pd.DataFrame, items: Iterable[str], used: Iterable[str]) -> tuple[Note, ...]:
        """Empty the cells of all columns but the items whose code means no answer, in place."""
        items, used, found = set(items), set(used), []
        for column in frame.columns if self.columns else ():
            codes = self.of(column).missing if column not in items else ()
            if codes and frame[column].isin(codes).any():
                frame[column] = frame[column].where(~frame[column].isin(codes), None)
                found += [f"{column}: {_listed(codes)}"] if column in used else []
        return told({"emptied_by_file": {"names": "; ".join(found)}})


def asked_in(declared: Mapping[str, Card], texts: Mapping[str, str]) -> dict[str, Card]:
    """Cards with the questions of the file where they have no text."""
    questions = {item: texts.get(spelled_as(one.column or item, texts), "") for item, one in declared.items()}
    return {item: replace(one, text={"en": text, **one.text}) if (text := questions[item]) else one
            for item, one in declared.items()}  # fmt: skip


def own_words(path: str | Path, encoding: str = "") -> OwnWords:
    """What an SPSS, Stata or SAS file says of its columns; nothing for a file of another kind."""
    path = Path(path)
    if path.suffix.lower() not in READERS or not path.is_file() or not path.stat().st_size:
        return OwnWords()  # what is wrong with the file is told when it is read
    return OwnWords(path.name, describe(path, encoding))


def _own_scale(file: str, item: str, column: Described) -> Card:
    labels = {code: label for code, label in column.labels.items() if code not in column.missing}
    where = f'{file}, column "{item}"'
    if unsure := [code for code, label in labels.items() if _NO_ANSWER.search(fold(label))]:
        raise DataError(
            f'{where}: the code {unsure[0]} is labelled "{labels[unsure[0]]}", but not declared as no answer; '
            f"declare the scale with its missing codes in the codebook."
        )
    points = [to_number(code) for code in labels]
    ends = _ends(points)
    if ends is None:
        raise DataError(
            f"{where}: the labelled codes, {_listed(labels)}, are not the points or the ends of a scale; declare it, "
            f'such as {{"{item}": [1, 10]}}.'
        )
    return card(item, {"min": ends[0], "max": ends[1], "missing": list(column.missing)})


def _ends(points: Sequence[float | None]) -> tuple[int, int] | None:
    """The ends of a scale of which these are all points, or evenly spaced ones; None where they are not."""
    found = sorted(int(point) for point in points if point is not None and point % 1 == 0)
    steps = {later - one for one, later in pairwise(found)}
    if len(found) < len(points) or len(steps) != 1:
        return None
    low, high = found[0], found[-1]
    return (low, high) if steps == {1} or high - low <= MOST_STEPS or (low, high) == (0, 100) else None


def _under(file: str, declared: Card, column: Described) -> Card:
    missing = declared.missing or column.missing
    none = set(map(fold, missing))
    points = {code: label for code, label in column.labels.items() if fold(code) not in none}
    if not declared.labels:
        _refuse_other_numbers(file, declared, points)
    often = Counter(map(fold, points.values()))
    labels = {
        fold(label): point
        for point in declared.points
        if (label := points.get(str(point))) and often[fold(label)] == 1
        and fold(label) not in none and to_number(fold(label)) in (None, point)
    }  # fmt: skip
    text = {"en": column.text} if column.text else {}
    return replace(declared, missing=missing, labels=declared.labels or labels, text={**text, **declared.text})


def _refuse_other_numbers(file: str, declared: Card, points: Mapping[str, str]) -> None:
    """Refuse codes 1 to 11 that are labelled 0 to 10: which are the answers is not known."""
    numbers = {code: _FIRST_NUMBER.match(label.strip()) for code, label in points.items()}
    said = {code: int(found[0]) for code, found in numbers.items() if found}
    if not said or len(said) < len(points) or all(to_number(code) == number for code, number in said.items()):
        return
    column = declared.column or declared.item
    pairs = ", ".join(f'"{code}": {number}' for code, number in said.items())
    raise DataError(
        f'{file}, column "{column}": the codes {_listed(said)} are labelled with other numbers, '
        f"{_listed(map(str, said.values()))}; declare in the codebook which are the answers, such as "
        f"labels: {{{pairs}}} for this item."
    )


def _listed(codes: Iterable[str]) -> str:
    codes = list(codes)
    return ", ".join(codes[:SHOWN]) + (", …" if len(codes) > SHOWN else "")
