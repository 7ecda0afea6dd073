"""Dates and periods as people write them in English, Russian, Uzbek and Excel: one text to one stretch of time."""

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

from cxkit.survey.calendar_words import BESIDE, MONTHS, ORDINALS, UNITS, WEEKDAYS
from cxkit.survey.cards import fold

PERIODS = ("day", "week", "month", "quarter", "half-year", "year")
DAY = 86_400
YEARS = range(1900, 2101)
MONTHS_IN = {"month of the year": 1, "quarter": 3, "half-year": 6}
_ROMAN = re.compile(r"(?=[ivxх])([xх]{0,3})(i[xх]|iv|v?i{0,3})")
_TOKENS = re.compile(r"\d+|[^\W\d_]+")
_CLOCK = re.compile(
    r"[T, ] ?(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,]\d+)?)? ?(?:([AP])\.?M\.?)? ?"
    r"(?:Z|(?:UTC|GMT)? ?(?:[+-]\d{1,2}(?::?\d\d)?)?)$",
    re.IGNORECASE,
)
_YEAR_WORD = re.compile(r"(?<=\d)[ -]?(?:г|год|года|yil|yili|йил|йили)\.?$")
_WEEKDAY = re.compile(rf"[ (,]*\b(?:{'|'.join(WEEKDAYS)})\b[.,) ]*")
_RANGE = re.compile(r"(\d+([-/.])\d+\2\d+)[-/](\d+\2\d+\2\d+)")
_FISCAL_YEAR = re.compile(r"(?:fy|fiscal(?: year)?)[ -]?(\d{4}|\d\d)(?!\d)")
_LONGEST = 60  # letters in the name of a date or a numbered wave


@dataclass(frozen=True)
class Period:
    """A stretch of time.

    ``kind`` is one of PERIODS, "moment" for a time of day, or what only itself can be compared with: a fiscal year,
    a numbered wave. ``first`` and ``last`` are seconds since the first day of the calendar, else numbers in order.
    """

    kind: str
    first: int
    last: int

    @property
    def dated(self) -> bool:
        return self.kind in (*PERIODS, "moment")

    def before(self, other: "Period") -> bool:
        """Whether this one is certainly over when the other begins."""
        return (self.kind == other.kind or (self.dated and other.dated)) and self.last < other.first

    def within(self, period: str) -> str | None:
        """The name of the day, week, month ... that holds all of it, such as 2026-Q2; None when there is none."""
        if not self.dated:
            return None
        first, last = (period_name(dt.date.fromordinal(end // DAY), period) for end in (self.first, self.last))
        return first if first == last else None


@dataclass(frozen=True)
class Reading:
    """How numbers such as 3/4/2026 and 3.4.2026 are read; ``short`` years such as 26 stand last."""

    day_first: bool
    day_first_with_dots: bool
    short: bool = False


@lru_cache(maxsize=10_000)
def period_name(day: dt.date, period: str) -> str:
    """The name of the period that a day lies in; such names sort by time.

    >>> [period_name(dt.date(2026, 5, 1), period) for period in PERIODS]
    ['2026-05-01', '2026-W18', '2026-05', '2026-Q2', '2026-H1', '2026']
    """
    week = day.isocalendar()
    return {
        "day": day.isoformat(),
        "week": f"{week.year}-W{week.week:02}",
        "month": f"{day.year}-{day.month:02}",
        "quarter": f"{day.year}-Q{(day.month + 2) // 3}",
        "half-year": f"{day.year}-H{(day.month + 5) // 6}",
        "year": str(day.year),
    }[period]


def calendar(text: str, reading: Reading) -> Period | None:
    """Read a text as a time, a day, a week, a month, a quarter, a half-year or a (fiscal) year; else None.

    >>> calendar("ноябрь 2025", Reading(True, True)) == calendar("11/2025", Reading(True, True))
    True
    """
    day_text, seconds = _clock(text)
    found = _calendar(day_text, reading)
    if seconds is None:
        return found
    if not found or found.kind != "day" or seconds >= DAY:
        return None
    return Period("moment", found.first + seconds, found.first + seconds) if seconds else found


def series(text: str) -> Period | None:
    """Read a text as a numbered wave: 10, wave 2, 2-soʻrov, Волна III, 2026 wave 2; None where no number tells it.

    >>> series("wave 2").before(series("Wave X")), series("15 Dec")
    (True, None)
    """
    text = _plain(text)
    if len(text) > _LONGEST:
        return None
    if re.fullmatch(r"-?\d+", text):
        return Period("number", int(text), int(text))
    numbers, words = _parts(text)
    if any(word in MONTHS for word in words) or (UNITS.keys() & words and len(words) + len(numbers) > 2):
        return None
    kind = f"series {' '.join(words)}"
    if len(numbers) == 1:
        return Period(kind, int(numbers[0]), int(numbers[0]))
    years = [n for n in numbers if _is_year(n)]
    if len(numbers) != 2 or len(years) != 1 or not re.fullmatch(r"[\w\s.,()/№#'-]*", text):
        return None
    other = int(numbers[numbers[0] == years[0]])
    at = int(years[0]) * 10**9 + other
    return Period(f"{kind} of a year", at, at) if other < 10**9 else None


# A survey has many times, but few days.
@lru_cache(maxsize=10_000)
def _calendar(text: str, reading: Reading) -> Period | None:
    text = _plain(text)
    if len(text) > _LONGEST:
        return None
    text = _WEEKDAY.sub(" ", text).strip()
    if found := _RANGE.fullmatch(text):  # 2025-11-03/2025-11-09, a week as pandas names it
        start, end = _calendar(found[1], reading), _calendar(found[3], reading)
        return Period("day", start.first, end.last) if start and end and start.last < end.first else None
    return _numbers(_YEAR_WORD.sub("", text), reading) or _named(text)


@lru_cache(maxsize=100_000)  # the same times are read in several ways
def _clock(text: str) -> tuple[str, int | None]:
    """A text without its time of day, and that in seconds: a whole day where there is no such time."""
    text = " ".join(text.split())
    found = _CLOCK.search(text)
    if not found:
        return text, None
    hours, minutes, seconds = (int(part or 0) for part in found.groups()[:3])
    if hours > 23 or minutes > 59 or seconds > 59:
        return text, DAY
    if found[4]:
        hours = hours % 12 + 12 * (found[4] in "pP")
    return text[: found.start()], hours * 3600 + minutes * 60 + seconds


def _plain(text: str) -> str:
    text = re.sub(r"(?<=\d)\s*([-/.])\s*(?=\d)", r"\1", re.sub("[\u2010-\u2015\u2212_]", "-", fold(text)))
    text = re.sub(r"(?<=\w) ?'(\d\d)$", lambda found: f" {_year(found[1])}", text)  # W51'25
    return text[:-2] if re.fullmatch(r"-?\d+\.0", text) else text  # as engines write whole numbers beside gaps


def _numbers(text: str, reading: Reading) -> Period | None:
    """Forms of digits and separators only."""
    if found := re.fullmatch(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", text):
        return _day(found[1], found[3], found[4])
    if found := re.fullmatch(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d\d)", text):
        if len(found[4]) == 2 and not reading.short:
            return None
        day_first = reading.day_first_with_dots if found[2] == "." else reading.day_first
        return _day(found[4], found[3], found[1]) if day_first else _day(found[4], found[1], found[3])
    found = re.fullmatch(r"(\d{4})[-/.](\d{1,2})", text) or re.fullmatch(r"(\d{4})(\d\d)", text)
    if found and (month := _month(found[1], found[2])):
        return month
    if found := re.fullmatch(r"(\d{1,2})[-/.](\d{4})", text) or re.fullmatch(r"(\d\d)(\d{4})", text):
        return _month(found[2], found[1])
    if found := re.fullmatch(r"(\d{4})[-/](\d\d|\d{4})", text):
        return _fiscal(found[1], found[2])
    if re.fullmatch(r"\d{8}", text):
        year_first = _day(text[:4], text[4:6], text[6:])
        parts = (text[2:4], text[:2]) if reading.day_first else (text[:2], text[2:4])
        return year_first or _day(text[4:], *parts)
    return None


def _named(text: str) -> Period | None:
    """Forms with the name of a month, a quarter, a half-year, a week or a fiscal year; a year alone."""
    numbers, words = _parts(text)
    kinds = [UNITS.get(word, "month" if word in MONTHS else "") for word in words]
    if len(kinds) > 1:  # noyabr oyi; and 2-ой квартал, where it is no month
        kinds = [kind for kind in kinds if kind != "month of the year"]
    if kinds == ["month"]:
        return _named_month(text, numbers, str(next(MONTHS[word] for word in words if word in MONTHS)))
    years = [n for n in numbers if _is_year(n)]
    rest = [n for n in numbers if n not in years]
    if kinds == ["fiscal"] and len(numbers) in (1, 2):
        return _fiscal(*numbers)
    if "fiscal" in kinds and len(kinds) == len(numbers) == 2:
        return _fiscal_part(text, numbers, *(UNITS.get(word, word) for word in words if UNITS.get(word) != "fiscal"))
    if kinds in (["quarter"], ["half-year"]) and len(numbers) == 2 and not years:
        # Beside a quarter a number of two digits is a year: Q1 26, 1Q26.
        years, rest = [n for n in numbers if len(n) == 2], [n for n in numbers if len(n) == 1]
    if len(kinds) == len(years) == len(rest) == 1:
        return _part_of_year(kinds[0], years[0], int(rest[0]))
    return _months("year", int(years[0]), 1, 12) if not kinds and len(numbers) == len(years) == 1 else None


def _named_month(text: str, numbers: list[str], month: str) -> Period | None:
    years = [n for n in numbers if _is_year(n)]
    if len(numbers) == 1:
        # Nov-25 and ноя.25 are how Excel shows a month; Nov 25 could be a day.
        return _month(numbers[0], month) if years or re.search(r"[-.']\d\d$", text) else None
    if len(numbers) != 2 or len(years) > 1:
        return None
    if years:
        return _day(years[0], month, numbers[numbers[0] == years[0]])
    return _day(numbers[1], month, numbers[0]) if re.fullmatch(r"\d{1,2}\D+\d\d", text) else None  # 15-Dec-25


def _parts(text: str) -> tuple[list[str], list[str]]:
    """The numbers of a text, Roman ones too, and its words without what only stands beside them."""
    numbers, words = [], []
    after_number = False
    for found in _TOKENS.finditer(text):
        token, beside = found[0], text[found.end() : found.end() + 1]
        roman = None if beside.isdecimal() else _ROMAN.fullmatch(token)  # V1 is a visit
        if token.isdecimal() or roman:
            numbers.append(str(_roman(roman)) if roman else token)
        elif token not in BESIDE and not (after_number and token in ORDINALS):
            words.append(token)
        after_number = token.isdecimal()
    return numbers, words


def _roman(found: re.Match[str]) -> int:
    ones = found[2].replace("х", "x")
    return 10 * len(found[1]) + {"ix": 9, "iv": 4}.get(ones, 5 * ones.count("v") + ones.count("i"))


def _is_year(number: str) -> bool:
    return len(number) == 4 and int(number) in YEARS


def _year(number: str) -> int:
    return int(number) if len(number) > 2 else int(number) + (2000 if int(number) < 70 else 1900)


def _fiscal_part(text: str, numbers: list[str], part: str = "") -> Period | None:
    """A quarter, a period ... of a fiscal year: Q1 FY26, FY26 P11."""
    years = _FISCAL_YEAR.findall(text) or [n for n in numbers if _is_year(n)]
    if len(years) != 1 or not part or years[0] not in numbers:
        return None
    at = _year(years[0]) * 100 + int(numbers[numbers[0] == years[0]])
    return Period(f"fiscal {part}", at, at)


def _fiscal(start: str, end: str = "") -> Period | None:
    """A year that is named by one or two calendar years: FY26, 2025/26."""
    first = _year(start)
    if first not in YEARS or (end and int(end) != (first + 1) % 10 ** len(end)) or len(start) not in (2, 4):
        return None
    return Period("fiscal span" if end else "fiscal year", first, first)


def _month(year: str, month: str) -> Period | None:
    return _part_of_year("month of the year", year, int(month))


def _part_of_year(unit: str, year: str, number: int) -> Period | None:
    if unit == "week":
        try:
            return _days("week", dt.date.fromisocalendar(int(year), number, 1).toordinal(), 7)
        except ValueError:
            return None
    months = MONTHS_IN.get(unit)
    if not months or _year(year) not in YEARS or not 1 <= number <= 12 // months:
        return None
    return _months(unit.removesuffix(" of the year"), _year(year), (number - 1) * months + 1, months)


def _day(year: str, month: str, day: str) -> Period | None:
    try:
        found = dt.date(_year(year), int(month), int(day))
    except ValueError:
        return None
    return _days("day", found.toordinal(), 1) if found.year in YEARS else None


def _months(kind: str, year: int, month: int, count: int) -> Period:
    start, after = (dt.date(year + at // 12, at % 12 + 1, 1).toordinal() for at in (month - 1, month - 1 + count))
    return _days(kind, start, after - start)


def _days(kind: str, start: int, count: int) -> Period:
    return Period(kind, start * DAY, (start + count) * DAY - 1)
