"""The order of waves: by time where their names tell it for certain, as given, or refused."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

from cxkit.errors import SettingsError, did_you_mean
from cxkit.survey.calendar_words import UNITS, WAVES
from cxkit.survey.counted import other_dates
from cxkit.survey.doubtful import LOST_ZERO, lost_zero, may_be_days, may_turn, short_months
from cxkit.survey.periods import Period, Reading, calendar, series

DAY_FIRST, MONTH_FIRST = Reading(True, True, short=True), Reading(False, False, short=True)
WAYS = {"day first": DAY_FIRST, "month first": MONTH_FIRST}
DATES = tuple(WAYS)
MAX_DAYS = 12
FAR = 10 * 366 * 86_400  # seconds
# As many are in a year, and fiscal years of two digits in a century.
MOST = {"quarter": 4, "half-year": 2, "month of the year": 12, "week": 53, "fiscal": 99}
_ORDER_ASKED = "give waves: [first, ..., last] in the codebook or the settings."
_DATES_ASKED = "say dates: day first or dates: month first"

Readings = list[dict[str, Period]]  # each reads all names of a column alike


@dataclass(frozen=True)
class Timeline:
    """Waves in order; ``form`` is what their names were read as, "" where sorting them by name does the same."""

    waves: tuple[str, ...]
    form: str = ""


def in_time(names: Iterable[str], dates: str = "") -> Timeline:
    """Put the names of waves into the order of time.

    Parameters
    ----------
    dates : "day first" or "month first" for dates such as 3/4/2026; with "" they are refused where it matters.

    Raises
    ------
    SettingsError : the order is not certain, or two names are of one and the same time.

    >>> in_time(["01/2026", "11/2025", "12/2025"])
    Timeline(waves=('11/2025', '12/2025', '01/2026'), form='month')
    """
    by_name = tuple(sorted(set(names), key=natural))
    if len(by_name) < 2:
        return Timeline(by_name)
    readings = column_readings(by_name, dates)
    orders = {_sorted(found) for found in readings}
    if not readings:
        raise SettingsError(_no_order(by_name, dates))
    if len(orders) > 1:
        why, asked = "", f"{_DATES_ASKED}, or " if all(one.dated for one in readings[0].values()) else ""
        if lost := lost_zero(by_name):
            why, asked = f', as "{lost}" {LOST_ZERO}', ""
        raise SettingsError(f"The waves {listed(by_name)} can be read in two orders{why}; {asked}{_ORDER_ASKED}")
    (waves,) = orders
    for found in readings:
        for one, other in pairwise(waves):
            if found[one] == found[other]:
                raise SettingsError(
                    f'The waves "{one}" and "{other}" are one and the same; give them one name in the data, or read '
                    f"the file with cx.read, which joins them."
                )
            if not found[one].before(found[other]):
                raise SettingsError(
                    f'The waves {listed(by_name)} have no known order, as "{one}" is not certainly before "{other}"; '
                    f"{_ORDER_ASKED}"
                )
    first = day_or_month_first(readings[0]) if len(readings) == 1 else ""
    return Timeline(waves, first or (_form(readings[0]) if waves != by_name else ""))


def wave_order(
    answers: Mapping[str, int], waves: Sequence[str], dates: str, column: str, min_base: int, own: Sequence[str] = ()
) -> tuple[tuple[str, ...], list[tuple[str, dict[str, Any]]]]:
    """The waves of a survey in order, with notes; an order that is given wins over the one by time.

    Parameters
    ----------
    answers : wave -> number of its answers.
    waves : the order that was given; empty for none.
    dates : as in :func:`in_time`.
    column : the column with the waves, for errors.
    min_base : days with fewer answers than this are no waves.
    own : the order that the column itself declares, for waves whose names tell none.

    Raises
    ------
    SettingsError : the order is not certain or lacks a wave, or the waves are the days of a timestamp.
    """
    check_dates(dates)
    if not waves:
        _check_size(answers, column, min_base)
        try:
            found = in_time(answers, dates)
        except SettingsError:
            if not set(answers) <= set(own):
                raise
            given = tuple(name for name in own if name in answers)
            return given, [("waves_as_ordered", {"waves": list(given)})]
        told = [(f"waves_by_{found.form}", {"waves": list(found.waves)})] if found.form else []
        far = _far(found.waves, dates)
        return found.waves, [*told, ("waves_far", {"waves": far})] if far else told
    for name in sorted(answers, key=natural):
        if name not in waves:
            raise SettingsError(f'The wave "{name}" is not in the order of waves; {did_you_mean(name, waves)}')
    given = tuple(name for name in dict.fromkeys(waves) if name in answers)
    by_time = {_sorted(found) for found in column_readings(given, dates) if _certain(found)}
    if len(by_time) != 1 or given in by_time:
        return given, []
    return given, [("waves_against_time", {"waves": list(given), "by_time": list(*by_time)})]


def column_readings(names: Sequence[str], dates: str = "") -> Readings:
    """The ways to read all names of a column alike, the likeliest first; none where a name tells no time."""
    if may_be_days(names):
        return []
    found = _dated(names, short_months(names), dates)
    if lost := lost_zero(names):
        return [*found, *({**one, **october} for one in found for october in _dated([lost], [f"{lost}0"], dates))]
    width = max(map(len, names), default=0)
    if found or not (width in range(5, 9) and all(name.isdecimal() for name in names)):
        return found or _numbered(names)
    # 12026 is 012026, a month that lost its 0, beside 112025, as 20261 is beside 202511; alone it may be any number.
    padded = _dated(names, [name.zfill(width + width % 2) for name in names], dates)
    if width == 6 and not padded:
        padded = _dated(names, [f"{name[:4]}{name[4:]:>02}" for name in names], dates)
    return padded if padded and width % 2 == 0 else [*_numbered(names), *padded]


def check_dates(dates: str) -> None:
    """Refuse an order of day and month that is none."""
    if dates not in ("", *DATES):
        raise SettingsError(f"Found dates: {dates}; {did_you_mean(dates, DATES)}")


def dates_of(text: str) -> list[Period]:
    """What a text is as a date, with the day first and with the month first."""
    return [one for way in WAYS.values() if (one := calendar(text, way))]


def day_or_month_first(found: Mapping[str, Period]) -> str:
    """Whether names were read with the "day_first" or the "month_first"; "" where none of them could be either."""
    for name, one in found.items():
        if calendar(name, DAY_FIRST) != calendar(name, MONTH_FIRST):
            return "day_first" if one == calendar(name, DAY_FIRST) else "month_first"
    return ""


def natural(text: str) -> list[tuple[int, int, str]]:
    """A key that sorts numbers within names by size: "wave 2" before "wave 10"."""
    parts = [part for part in re.split(r"(\d+)", text) if part]
    return [(0, int(part), "") if part.isdecimal() and len(part) < 1_000 else (1, 0, part) for part in parts]


def listed(names: Sequence[str]) -> str:
    """A few names, for a sentence."""
    return ", ".join(names if len(names) <= 6 else [*names[:4], "...", names[-1]])


def _dated(names: Sequence[str], texts: Sequence[str], dates: str) -> Readings:
    def read(reading: Reading) -> Readings:
        found = {name: calendar(text, reading) for name, text in zip(names, texts, strict=True)}
        return [{name: one for name, one in found.items() if one}] if None not in found.values() else []

    if dates:
        return read(WAYS[dates])
    # With dots the day stands first, unless it cannot; with slashes it may be either.
    day_first, slashes = read(Reading(True, True)), read(Reading(False, True))
    if day_first and (not slashes or slashes == day_first):
        return day_first
    ways = day_first + slashes + read(Reading(False, False))
    return [one for k, one in enumerate(ways) if one not in ways[:k]]


def _numbered(names: Sequence[str]) -> Readings:
    found = {name: one for name in names if (one := series(name))}
    if len(found) < len(names):
        return []
    numbers, kinds = [one.first for one in found.values()], {one.kind for one in found.values()}
    affix = kinds.pop().removeprefix("series ") if len(kinds) == 1 else ""
    if affix in WAVES or (affix == "w" and (max(numbers) < 50 or len(numbers) == max(numbers))):
        return [found]  # waves, but W51, W52, W1 are weeks
    signed = {bool(re.search(r"[^\W\d]\s*[-−–]\s*\d", name)) for name in names}  # T-1 is not T1, but Wave-1 may be
    if len(signed) > 1 or may_turn(numbers):
        return []
    unit = UNITS.get(affix)
    if unit and max(numbers) <= MOST[unit]:
        return []  # Q1 may come before Q4, or after it
    return [found]


def _far(waves: Sequence[str], dates: str) -> list[str]:
    """The few waves that are over ten years from the others, and twice as far as all others are apart."""
    for found in column_readings(waves, dates):
        gaps = [later.first - one.first for one, later in pairwise(found[name] for name in waves)]
        if gaps and all(one.dated for one in found.values()) and max(gaps) > max(FAR, 2 * (sum(gaps) - max(gaps))):
            at = gaps.index(max(gaps)) + 1
            return min(list(waves[at:]), list(waves[:at]), key=len)
    return []


def _sorted(found: Mapping[str, Period]) -> tuple[str, ...]:
    return tuple(sorted(found, key=lambda name: (found[name].first, found[name].last)))


def _certain(found: Mapping[str, Period]) -> bool:
    waves = [found[name] for name in _sorted(found)]
    told = all(one.dated or one.kind.startswith("fiscal") for one in waves)
    return told and all(one.before(other) for one, other in pairwise(waves))


def _form(found: Mapping[str, Period]) -> str:
    kinds = {"day" if one.kind == "moment" else one.kind for one in found.values()}
    kind = kinds.pop()
    if kind.startswith(("series", "number")):
        return "number"
    return "time" if kinds or kind.startswith("fiscal") else kind.replace("-", "_")


def _no_order(names: Sequence[str], dates: str) -> str:
    start = f"The waves {listed(names)}"
    if dates and column_readings(names):
        return f"{start} are no dates with the {dates}; correct them, or the setting dates."
    if not dates and any(column_readings(names, one) for one in DATES):
        return f"{start} are dates that can be read in several ways; {_DATES_ASKED}, or {_ORDER_ASKED}"
    if not may_be_days(names) and all(map(dates_of, names)):
        either = "some have the day first and some the month first"
        return f"{start} are dates of which {either}; write them alike, or {_ORDER_ASKED}"
    with_year = (any(calendar(f"{name}{mark}2026", DAY_FIRST) for mark in " ./") for name in names)
    why = "name no year and " if all(with_year) else ""
    return f"{start} {why}have no known order; {_ORDER_ASKED}"


def _check_size(answers: Mapping[str, int], column: str, min_base: int) -> None:
    typical = median(answers.values()) if answers else min_base
    if typical >= min_base or len(answers) < 2:
        return
    days = [name for name in answers if _is_day(name)]
    times = any(":" in name for name in days)
    if 2 * len(days) > len(answers) and (times or len(answers) > MAX_DAYS or typical < 2):
        raise SettingsError(
            f'The column "{column}" holds {len(answers)} different dates, such as "{days[0]}", and most have '
            f"fewer than {min_base} answers; make longer waves of them when the file is read, with period: month (or "
            f"week, quarter, half-year, year) in the settings, or wave: {{column: {column}, period: month}} in the "
            f"codebook."
        )


def _is_day(name: str) -> bool:
    return any(one.kind in ("day", "moment") for one in dates_of(name)) or other_dates(name) != ""
