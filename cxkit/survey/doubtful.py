"""Names that may not be what they seem: of waves, numbers that begin anew, days, a lost 0, short years; of groups, no
answer, lost letters, a range that became a date."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from cxkit.survey.calendar_words import MONTHS, is_date

# What begins anew: quarters, months, periods and weeks of a year, days of a month, years of two digits.
CYCLES = (*(range(1, last + 1) for last in (4, 12, 13, 30, 31, 52, 53)), range(100))
STEPS = (12, 52, 100)  # every second month, week or year is asked too
# An empty cell as programs write it: dashes, dots or ? alone (but $$ and ★★ are names), a word in brackets, a
# spreadsheet's error, what pandas and R say.
_EMPTY = re.compile(r"[-‐-―−.…?/\\_ ]*|[(<\[]\w[\w /]+[)>\]]|#\w+[!?/].*|n[/.]?a[.]?|nan|none|null")
LOST_ZERO = "may be January, or October without its 0: write it as 2025-01 or 2025-10"


def may_turn(numbers: Iterable[int], cycles: Iterable[range] = CYCLES) -> bool:
    """Whether numbers stand at the end of a cycle and at its start, with a gap between, and in even steps if it is
    crossed: 11, 12, 1 may be months of two years; 1, 3, 6, 12 are none.

    >>> may_turn([11, 12, 1]), may_turn([1, 3, 6, 12]), may_turn(range(1, 13))
    (True, False, False)
    """
    numbers = sorted(set(numbers))
    *steps, gap = sorted(later - one for one, later in pairwise(numbers)) or [0]
    for cycle in cycles:
        over = len(cycle) - numbers[-1] + numbers[0]
        if over > 1 and len(cycle) not in STEPS:
            continue
        even = max(over, *steps) <= 2 * min(over, *steps) if steps else over <= 2
        if numbers[0] in cycle and numbers[-1] in cycle and over < gap and even:
            return True
    return False


def may_be_days(names: Sequence[str]) -> bool:
    """Whether Nov-20, Dec-20, Jan-20 may be days of two years as well as months of one."""
    found = _matches(r"([^\W\d_]+)[-.](\d\d)", map(str.casefold, names))
    months, days = [MONTHS.get(one[1], 0) for one in found], {int(one[2]) for one in found}
    return len(months) == len(names) and len(days) == 1 and max(days) < 32 and may_turn(months, [range(1, 13)])


def short_months(names: Sequence[str]) -> Sequence[str]:
    """Names such as 11/25, 12/25, 1/26 with the whole year, where three or more of two years are in equal steps."""
    found = _matches(r"(0?[1-9]|1[012])([/.])(1[3-9]|[2-6]\d)", names)
    months = sorted(int(one[3]) * 12 + int(one[1]) for one in found)
    years, steps = {one[3] for one in found}, {later - one for one, later in pairwise(months)}
    if len(months) < max(3, len(names)) or len(years) == 1 or len(steps) > 1 or max(steps) > 6:
        return names
    return [f"{one[1]}{one[2]}20{one[3]}" for one in found]


def lost_zero(names: Iterable[str]) -> str:
    """The first name such as 2025.1 that may be October as well as January: a number, which has lost its 0."""
    months = [(int(one[1]), int(one[2])) for one in _matches(r"(\d{4})\.(\d\d?)", names)]
    if any(month == 10 for _, month in months):
        return ""
    for year, month in months:
        others = [12 * (other - year) + at for other, at in months if (other, at) != (year, month)]
        if month == 1 and others and min(abs(at - 10) for at in others) <= min(abs(at - 1) for at in others):
            return f"{year}.1"
    return ""


def doubtful_groups(names: Iterable[str]) -> list[str]:
    """Names of groups that may stand for no answer, for letters that a program lost, or among ranges for one that a
    spreadsheet took for a date.

    >>> doubtful_groups(["A", "NULL", "(blank)", "-", "???", "<18"])
    ['NULL', '(blank)', '-', '???']
    >>> doubtful_groups(["6-9", "Oct-14", "15-17"]), doubtful_groups(["Oct-14", "Nov-14"])
    (['Oct-14'], [])
    """
    names = list(names)
    ranges = any(re.fullmatch(r"\d+ ?[-–—] ?\d+", name) for name in names)
    return [name for name in names if _EMPTY.fullmatch(name.casefold()) or "\ufffd" in name or "???" in name
            or (ranges and is_date(name))]  # fmt: skip


def _matches(pattern: str, names: Iterable[str]) -> list[re.Match[str]]:
    return [one for name in names if (one := re.fullmatch(pattern, name))]
