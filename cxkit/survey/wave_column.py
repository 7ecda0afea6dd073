"""The column with the waves as it is read: periods made of its dates, and spellings of one period joined."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw
import pandas as pd

from cxkit.errors import DataError, SettingsError, did_you_mean
from cxkit.survey.audit import Note
from cxkit.survey.counted import from_number, other_dates
from cxkit.survey.doubtful import LOST_ZERO, lost_zero
from cxkit.survey.periods import PERIODS, calendar
from cxkit.survey.spelling import grouped
from cxkit.survey.timeline import DATES, WAYS, check_dates, column_readings, dates_of, day_or_month_first, natural

_TYPED = re.compile(r"\d{4}-\d\d-\d\d")
_DATES_ASKED = "say dates: day first or dates: month first in the codebook or the settings."


def check_period(period: str) -> None:
    """Refuse a period that is none."""
    if period and period not in PERIODS:
        raise SettingsError(f"Found period: {period}; {did_you_mean(period, PERIODS)}")


def declared_order(data: Any, column: str) -> tuple[str, ...]:
    """The names of an ordered categorical or enumerated column in their order; none for any other column."""
    kind = nw.from_native(data).lazy().select(column).collect_schema()[column] if column else None
    return tuple(map(str, kind.categories)) if isinstance(kind, nw.Enum) else ()


def read_waves(
    column: pd.Series, file: str, *, period: str = "", dates: str = "", waves: Sequence[str] = ()
) -> tuple[pd.Series, list[Note]]:
    """Read the texts of the wave column.

    Parameters
    ----------
    period : one of PERIODS to make of dates, named so that they sort, such as 2026-05 or 2026-Q2; "" leaves the names
        as they are, but joins those of one and the same period: "Nov 2025" and "11/2025".
    dates : "day first" or "month first", where dates are such as 3/4/2026.
    waves : the order of waves, whose spelling is kept where spellings are joined.

    Returns
    -------
    The column and what was assumed, as notes.

    Raises
    ------
    DataError : a text is no date, may be two dates, or is longer than the period.
    SettingsError : the period or the order of day and month is unknown.
    """
    check_period(period)
    check_dates(dates)
    if period or not waves:
        _check_turned(column, file)
    counts = {str(text): n for text, n in column.value_counts().items()}
    if not counts:
        return column, []
    if not period:
        names, notes = _joined(counts, dates, waves)
    else:
        names, notes = _made(column, file, period, dates)
    return column.map(names).astype(object).where(column.notna(), None) if names else column, notes


def _joined(counts: Mapping[str, int], dates: str, waves: Sequence[str]) -> tuple[dict[str, str], list[Note]]:
    """One name for each period: the one in the order of waves, else the most frequent. Names that both stand in the
    order of waves are two waves."""
    readings = column_readings(list(counts), dates)
    by_use = sorted(counts, key=lambda name: (name not in waves, -counts[name], name))
    same = grouped(by_use, lambda name: tuple(found[name] for found in readings))
    heads = ([name, *(other for other in others if other not in waves)] for name, *others in same.values())
    twice = [found for found in heads if readings and len(found) > 1]
    notes: list[Note] = [
        ("waves_joined", {"name": name, "names": ", ".join(f"{one} ({counts[one]})" for one in (name, *others))})
        for name, *others in sorted(twice, key=lambda found: natural(found[0]))
    ]
    names = {other: found[0] for found in twice for other in found}
    return {name: names.get(name, name) for name in counts} if names else {}, notes


def _made(column: pd.Series, file: str, period: str, dates: str) -> tuple[dict[str, str], list[Note]]:
    """The period of each date."""
    texts = list(column.dropna().unique())
    numbers = [one for text in texts if (one := from_number(text))]
    forms = {form for _, form in numbers}
    if len(numbers) == len(texts) and len(forms) == 1:
        readings, form = [{text: one for text, (one, _) in zip(texts, numbers, strict=True)}], forms.pop()
    else:
        readings = [found for found in column_readings(texts, dates) if all(one.dated for one in found.values())]
        form = day_or_month_first(readings[0]) if len(readings) == 1 else ""
    names = {}
    for text in texts:
        found = {one[text].within(period) for one in readings}
        if len(found) != 1 or None in found:
            wrong, problem = (text, _too_long(found, period)) if readings else _no_date(texts, dates)
            problem = f"which {LOST_ZERO}." if wrong == lost_zero(texts) else problem
            row = column.index[column == wrong][0]
            raise DataError(f'{file}, column "{column.name}", row {row}: found "{wrong}", {problem}')
        names[text] = str(*found)
    made = sorted(names.values())
    notes: list[Note] = [
        (f"waves_of_{period.replace('-', '_')}", {"column": column.name, "first": made[0], "last": made[-1]})
    ]
    return names, notes + ([(f"dates_{form}", {"column": column.name})] if form else [])


def _check_turned(column: pd.Series, file: str) -> None:
    """Refuse what a spreadsheet in another language leaves of a text file: 1/5/2026 becomes a date with day and month
    turned round, 1/13/2026 stays a text. Where they are few, all lie closer together when they are turned back."""
    texts = list(column.dropna().unique())
    dated = [text[:10] for text in texts if _TYPED.match(text)]
    if len(dated) in (0, len(texts)) or any(int(text[8:10]) > 12 for text in dated):
        return
    others = [text for text in texts if not _TYPED.match(text)]
    if any(len(dates_of(text)) != 1 for text in others):
        return
    turned = [f"{text[:5]}{text[8:10]}-{text[5:7]}" for text in dated]
    if _span(turned + others) < _span(dated + others) or min(len(dated), len(others)) >= 3:
        first = others[0]
        row = column.index[column == first][0]
        raise DataError(
            f'{file}, column "{column.name}", row {row}: found "{first}" beside dates such as "{dated[0]}", of which '
            f"none is after the 12th of a month, as when a spreadsheet turns day and month round; take the file "
            f"as it was first exported, or write all dates alike."
        )


def _span(texts: Sequence[str]) -> int:
    """The seconds from the first to the last of dates."""
    found = [one.first for text in texts for one in dates_of(text)]
    return max(found) - min(found)


def _too_long(found: set[str | None], period: str) -> str:
    if len(found) > 1:
        return f"which may have the day or the month first; {_DATES_ASKED}"
    return f"which does not lie within one {period}; correct the cell, or give a longer period."


def _no_date(texts: Sequence[str], dates: str) -> tuple[str, str]:
    """The first text of a column that is not read as a date like the others, and why."""
    for text in texts:
        if not any(one.dated for one in dates_of(text)):
            number = f" (as a number of days or seconds it is {found})" if (found := other_dates(text)) else ""
            return text, f"expected a date such as 2026-05-31{number}; correct the cell, or leave out the period."
    failed = {word: [text for text in texts if not calendar(text, way)] for word, way in WAYS.items()}
    if not any(failed.values()) and not any(column_readings(texts, word) for word in DATES):
        return texts[0], "which may be a day or a month; write the year with four digits, such as 2026-05."
    if dates:
        return failed[dates][0], f"which is no date with the {dates}; correct the cell, or the setting dates."
    if not all(failed.values()):  # years of two digits, which may stand first too
        return texts[0], f"a date that can be read in several ways; {_DATES_ASKED}"
    only_month_first, only_day_first = (failed[word][0] for word in DATES)
    return only_month_first, (
        f'which has the month first, while "{only_day_first}" has the day first; write the dates alike.'
    )
