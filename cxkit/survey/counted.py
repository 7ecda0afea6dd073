"""Dates that are numbers: days as Excel counts them, and seconds or milliseconds since 1970."""

import datetime as dt
import re

from cxkit.survey.periods import DAY, Period

# From 1990 to 2050: R counts days from 1970 and SAS and Stata from 1960, and what they count is Excel's before 1990.
EXCEL_DAYS = range(32_874, 55_153)
# From 2001, when they have ten digits, to 2034: seconds since 1960 of 2025 are those since 1970 of 2035.
UNIX_SECONDS = range(10**9, 2_051_222_400)
_STARTS = {  # Excel counts a 29 February 1900, so its day 0 is this one
    "as Excel counts": dt.date(1899, 12, 30),
    "as SAS and Stata count": dt.date(1960, 1, 1),
    "as R counts": dt.date(1970, 1, 1),
}


def from_number(text: str) -> tuple[Period, str] | None:
    """Read a number as a day as Excel counts them, or as seconds or milliseconds since 1970, with the form found.

    >>> found, form = from_number("45962")
    >>> found.within("day"), form
    ('2025-11-01', 'excel')
    """
    whole = _whole(text)
    if whole in EXCEL_DAYS:
        start = (_STARTS["as Excel counts"].toordinal() + whole) * DAY
        return Period("day", start, start + DAY - 1), "excel"
    seconds = whole if whole < 10**10 else whole // 1000
    if seconds not in UNIX_SECONDS:
        return None
    at = _STARTS["as R counts"].toordinal() * DAY + seconds
    return Period("moment", at, at), "unix"


def other_dates(text: str) -> str:
    """What date a number may be that is none for certain, for a sentence; "" where it cannot be one."""
    whole = _whole(text)
    if whole < 0:
        return ""
    days = whole if whole < 10**5 else (whole if whole < 10**10 else whole // 1000) // DAY
    ways = list(_STARTS.items())[whole >= 10**5 :]  # Excel counts no seconds
    return ", ".join(f"{start + dt.timedelta(days)} {how}" for how, start in ways)


def _whole(text: str) -> int:
    """The whole part of a number that may be a date; -1 for any other text."""
    return int(re.split("[.,]", text)[0]) if re.fullmatch(r"\d{5}([.,]\d+)?|\d{10}(\.\d+)?|\d{13}", text) else -1
