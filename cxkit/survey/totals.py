"""Rows that sum a table up: they are no respondents, so a table that holds one is refused by the row."""

import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise, takewhile
from statistics import fmean
from typing import Any

import pandas as pd

from cxkit.errors import DataError
from cxkit.survey.cards import fold, to_number
from cxkit.survey.spelling import grouped

Cells = Sequence[str | None]
NO_CELL = ("", "nan", "None", "NaN", "NaT", "<NA>")  # how frames write an empty cell
FEW = 3  # rows below which nothing is told from the others
SOME = 8  # and below which numbers may sum up the others by chance
TAIL = 12  # rows that may stand below the answers, such as those of a description
CODE = re.compile(r"(?=.*[^\W\d_])(?=.*[\d@])[^\s:/,;]+")  # an id in another form, such as 13b or K-13
EDGE = 50  # rows at each end that show what all rows have
LABELS = """
    total, totals, grand total, subtotal, sub-total, sum, average, avg, avg., mean, median, average score, mean
    score, total score, average rating, total responses, total respondents, number of responses, number of
    respondents, responses, respondents, base size, sample size, count, base, overall, std dev, std. dev.,
    standard deviation, all respondents,
    всего ответов, всего респондентов, количество ответов, число респондентов, средняя оценка, итоговый балл,
    итоговая оценка, итого, итог, итоги, общий итог, промежуточный итог, всего, среднее, среднее значение,
    средний балл, в среднем, сумма, количество, кол-во, число ответов, медиана, база,
    jami javoblar, javoblar soni, oʻrtacha baho, jami respondentlar, jami, umumiy, oʻrtacha, oʻrtacha qiymat,
    oʻrtacha ball, yigʻindi, soni, mediana,
    жами жавоблар, жавоблар сони, ўртача баҳо, жами респондентлар, жами, умумий, ўртача, ўртача қиймат, ўртача
    балл, йиғинди, сони,
    gesamt, summe, durchschnitt, mittelwert, moyenne, somme, promedio, suma, toplam, ortalama
"""
WORDS = frozenset(fold(word) for word in LABELS.split(","))


def is_total(text: str) -> bool:
    """Whether a text is the label of a total: such a word alone, or with a number after it.

    >>> is_total("Итого:"), is_total("n = 120"), is_total("Total (n=12)"), is_total("Total quality")
    (True, True, True, False)
    """
    if text[-1:].isdigit() and text.isalnum():  # an id or a number, at a fraction of the time
        return False
    head, mark, _ = re.split(r"([:=(]|$)", text, maxsplit=1)
    return len(text) <= 60 and (fold(head) in WORDS or (fold(head) == "n" and mark == "="))


@lru_cache(maxsize=10_000)
def _labels_a_total(text: str) -> bool:
    return is_total(text) or _is_subtotal(text)


def _is_subtotal(text: str) -> bool:
    """Whether a text begins or ends with the label of a total, such as "Retail Average"."""
    words = re.findall(r"[^\s()]+", text)
    return 1 < len(words) < 6 and (is_total(words[0]) or is_total(words[-1]))


def refuse_totals(
    file: str, names: Sequence[str], numbers: Sequence[int], rows: Sequence[Cells], apart: Collection[int] = ()
) -> None:
    """Refuse a table with a row that is a total, mean or count of the others.

    Parameters
    ----------
    numbers, rows : the numbers of the rows as a spreadsheet shows them, and their cells.
    apart : places of columns whose texts label no row, such as those that chose the rows.

    Raises
    ------
    DataError : a row is labelled "Total", "Average", "Итого" or the like and lacks what all others have, or stands at
        an end of the table with a label unlike the others' or with their sum, mean or count; or the first or last row
        has no label and sums up the others.
    """
    edges = _edges(len(rows))
    labels = {k: place for k, row in enumerate(rows) if (place := _first_label(row, apart)) is not None}
    labels |= {k: place for k in edges if (place := _only_label(rows[k], apart)) is not None}
    plain = [rows[k] for k in edges if k not in labels]
    if len(plain) < FEW:
        return
    alike = grouped(sorted(labels), lambda k: (labels[k], rows[k][labels[k]] or ""))
    lead = next((k for k in range(len(rows)) if k not in labels), len(rows))  # labels from the top, and from the end
    tail = next((k + 1 for k in reversed(range(len(rows))) if k not in labels), 0)
    always = [at for at in range(len(names)) if all(row[at] is not None for row in plain)]
    for (place, text), same in alike.items():
        k = same[0]
        alone = len(same) == 1 and (k <= lead or k >= tail)
        tells = alone and _tells(rows, k, place, plain, first=_first_label(rows[k], apart) == place)
        lacks = all(any(rows[one][at] is None for at in always) for one in same)
        if not is_total(text):
            tells = len(same) == 1 and _sums_a_part_up(text, {row[place] for row in plain})
            lacks = lacks and all(_is_number(cell) for at, cell in enumerate(rows[k]) if at != place)
        if lacks or tells:
            raise DataError(
                f'{file}, row {numbers[k]}: "{text}" in column "{names[place] or place + 1}" looks like a total or a '
                f"mean of the rows, not a respondent; delete the row, or write another text if it is a respondent."
            )
    for k in {0, len(rows) - 1} - set(labels):
        place = _sums_up_without_label(rows, k)
        if place is not None:
            raise DataError(
                f'{file}, column "{names[place] or place + 1}", row {numbers[k]}: found an empty cell, and numbers '
                f"that are the sum, mean or count of the other rows; delete the row if it is a note or a total, else "
                f"fill the cell in."
            )


def refuse_totals_of_frame(frame: pd.DataFrame) -> None:
    """Refuse a frame that was not read by cxkit, where its first or last row is labelled as a total.

    Raises
    ------
    DataError : as in :func:`refuse_totals`; the index counts as a column.
    """

    def cells(k: int) -> list[str | None]:
        return [None if text in NO_CELL else text for text in map(str, (frame.index[k], *frame.iloc[k]))]

    ends = [cells(k) for k in (0, -1)] if len(frame) else []
    columns = [frame.index.to_series(), *(frame.iloc[:, place] for place in range(frame.shape[1]))]
    if any(
        cell and is_total(cell) and (columns[at] == cell).sum() == 1 for row in ends for at, cell in enumerate(row)
    ):
        edges = _edges(len(frame))
        names = ["index", *map(str, frame.columns)]
        refuse_totals("The data", names, [frame.index[k] for k in edges], [cells(k) for k in edges])


def refuse_unlike(file: str, frame: pd.DataFrame, apart: Collection[str], *, blank: bool) -> None:
    """Refuse rows at an end of a table that are of another kind than the others, such as a mean or a note.

    Parameters
    ----------
    frame : texts, indexed by spreadsheet row.
    apart : columns that show no kind of row: items, whose answers may be missing or texts.
    blank : whether the table has rows without cells.

    Raises
    ------
    DataError : the first filled cell has no number or no digit where all others have, in a column of ids or in a
        row that leaves a cell empty which all others fill; or such a row stands below an empty one.
    """
    shown = frame.drop(columns=[name for name in apart if name in frame])
    usual = shown.iloc[1 : max(SOME, min(len(frame) // 2, EDGE)) + 1]
    if len(usual) < SOME or len(frame) < SOME + 2:
        return
    always = [str(name) for name in shown if usual[name].notna().all()]
    ids = [name for name in always if usual[name].is_unique]
    tests = {name: next((test for test in (_is_number, _has_digit) if all(map(test, usual[name]))), None)
             for name in always}  # fmt: skip
    end = shown.index[-min(TAIL, len(frame) // 2) - 1 :].tolist()
    gaps = [later for one, later in pairwise(end) if later - one > 1] if blank else []

    def unlike(number: int) -> str:
        """The column that shows it, or ""."""
        row: dict[str, Any] = dict(zip(map(str, shown), shown.loc[number], strict=True))
        lacks = [name for name in always if row[name] is None]
        if lacks and gaps and number >= gaps[0]:
            return lacks[0]
        if any(name in ids for name in lacks) and any(_is_new(shown[name], cell) for name, cell in row.items()):
            return next(name for name in lacks if name in ids)
        first = next((name for name, cell in row.items() if cell is not None), "")
        test = tests.get(first)
        strange = test and not test(row[first]) and not CODE.fullmatch(row[first]) and (lacks or first in ids)
        return first if strange and shown[first].eq(row[first]).sum() == 1 else ""

    last = list(takewhile(unlike, shown.index[: -TAIL - 2 : -1]))
    found = [*last[-1:] * (len(last) <= TAIL), *takewhile(unlike, shown.index[:1])]
    for number in found:
        column = unlike(number)
        cell: Any = shown.at[number, column]
        text = "an empty cell" if cell is None else f'"{cell}"'
        raise DataError(
            f'{file}, column "{column}", row {number}: found {text}, unlike all other rows; delete the row if it is '
            f"a total, a mean or a note, else correct the cell{' and delete the empty row' * bool(gaps)}."
        )


def _is_new(column: pd.Series, cell: str | None) -> bool:
    """Whether a text stands once in a column whose other texts repeat, as groups do."""
    return cell is not None and 2 * column.nunique() <= len(column) and (column == cell).sum() == 1


def totals_refused(file: str, names: Sequence[str], rows: Iterable[tuple[int, Cells]]) -> Iterator[Cells]:
    """Pass on very many rows; when all are seen, look for totals at their ends and among those with a label."""
    kept: list[tuple[int, Cells]] = []
    last: deque[tuple[int, Cells]] = deque(maxlen=EDGE)
    for number, cells in rows:
        telling = len(kept) < EDGE or _first_label(cells, ()) is not None
        (kept if telling else last).append((number, cells))
        yield cells
    if kept:
        refuse_totals(file, names, *zip(*sorted([*kept, *last]), strict=True))


def _edges(count: int) -> list[int]:
    return list(range(count)) if count <= 2 * EDGE else [*range(EDGE), *range(count - EDGE, count)]


def _first_label(row: Cells, apart: Collection[int]) -> int | None:
    """The place of the first cell with something in it, if that is the label of a total."""
    for place, cell in enumerate(row):
        if cell is not None and place not in apart:
            return place if not (cell[-1].isdigit() and cell.isalnum()) and _labels_a_total(cell) else None
    return None


def _only_label(row: Cells, apart: Collection[int]) -> int | None:
    """The place of the only cell that is no number, if that is the label of a total."""
    texts = [k for k, cell in enumerate(row) if cell is not None and k not in apart and to_number(cell) is None]
    return texts[0] if len(texts) == 1 and _labels_a_total(row[texts[0]] or "") else None


def _tells(rows: Sequence[Cells], k: int, place: int, plain: Sequence[Cells], *, first: bool) -> bool:
    """Whether a label is unlike the cells above it, or the numbers beside it sum up the other rows."""
    others = [row[place] for row in plain if row[place] is not None]
    unlike = bool(others) and all(map(_has_digit, others))
    group = first and len(set(others)) <= len(others) / 2
    numbers = [at for at, cell in enumerate(rows[k]) if cell is not None and at != place]
    return unlike or group or all(_sums_up(rows, k, at) for at in numbers)


def _sums_a_part_up(text: str, values: Collection[str | None]) -> bool:
    """Whether a text such as "Retail (total)" names another value of its column beside the label of a total."""
    words = re.findall(r"[^\s()]+", text)
    return " ".join(words[:-1]) in values or " ".join(words[1:]) in values


def _has_digit(cell: str | None) -> bool:
    """As a number or an id has, and a comment seldom."""
    return any(map(str.isdigit, cell or ""))


def _is_number(cell: str | None) -> bool:
    return cell is None or to_number(cell) is not None


def _sums_up_without_label(rows: Sequence[Cells], k: int) -> int | None:
    """The place that only this row leaves empty, if all it holds are sums, means or counts of the other rows."""
    others = [rows[one] for one in _edges(len(rows)) if one != k]
    filled = [place for place, cell in enumerate(rows[k]) if cell is not None]
    missing = [place for place, cell in enumerate(rows[k]) if cell is None and all(row[place] for row in others)]
    singular = [place for place in missing if len({row[place] for row in others}) == len(others)]
    varied = any(len({row[place] for row in others}) > 1 for place in filled)
    if len(others) < SOME or not varied or not (singular or len(missing) > 1):
        return None
    return missing[0] if all(_sums_up(rows, k, place) for place in filled) else None


def _sums_up(rows: Sequence[Cells], k: int, place: int) -> bool:
    """Whether a cell is the mean, sum or count of the rest of its column, to the decimals that it shows."""
    text = rows[k][place] or ""
    value = to_number(text)
    found = [to_number(row[place] or "") for one, row in enumerate(rows) if one != k]
    numbers = [number for number in found if number is not None]
    if value is None or not numbers:
        return False
    decimals = len(text.replace(",", ".").partition(".")[2])
    return any(abs(of(numbers) - value) <= 0.5 * 10**-decimals + 1e-9 for of in (fmean, sum, len))
