"""Which columns have a role: weight, wave, respondent, group, count. Content decides, a name only helps."""

import re
from collections.abc import Mapping, Sequence
from statistics import fmean, median
from typing import Any

import numpy as np
import pandas as pd

from cxkit.errors import CxError
from cxkit.survey.amounts import CERTAIN, DOUBTFUL, undeclared_counts
from cxkit.survey.cards import Card
from cxkit.survey.draft.column import Column, shown
from cxkit.survey.draft.guess import Guess, written
from cxkit.survey.draft.words import named
from cxkit.survey.numbers import MARKS, read_numbers
from cxkit.survey.spelling import pieces
from cxkit.survey.timeline import DATES, MAX_DAYS, in_time
from cxkit.survey.wave_column import read_waves

FEWEST = 10  # answers that a wave or group needs in a report
MOST_GROUPS = 50
LONGEST = 25  # letters in the name of a group, on average
MOST_WAVES = 40
LIGHTEST, HEAVIEST = 0.9, 1.1  # mean of weights that sum to the number of respondents
_CLOCK = r"[ T]\d{1,2}:\d\d.*$"
PERIODS = ("month", "quarter", "half-year", "year")


def weight_of(columns: Sequence[Column]) -> list[Guess]:
    """The column of weights and, where their commas may be read in two ways, the decimal mark."""
    best: tuple[int, list[Guess]] = (0, [])
    for column in columns:
        found = _weights(column)
        if found and found[0] > best[0]:
            best = found
    return best[1]


def _weights(column: Column) -> tuple[int, list[Guess]] | None:
    """How sure it is that a column holds weights, and the guesses."""
    by_name = named(column.name, "weight")
    if column.filled < column.rows or len(column.counts) < 2 or len(column.numbers) < 0.5 * len(column.counts):
        return None
    if not by_name and all(number % 1 == 0 for number in column.numbers.values()):
        return None
    read, mark, guesses = read_numbers(list(column.cells)), "", []
    if read.unclear.any():
        if not by_name:
            return None
        spans = {one: _span(read_numbers(list(column.cells), one).values) for one in MARKS}
        mark = min(MARKS, key=lambda one: spans[one])
        example = next(text for text, odd in zip(column.cells, read.unclear, strict=True) if odd)
        why = f'weights such as "{example}" lie closest together with this mark ({spans[mark]:.3g} times the least)'
        guesses = [Guess("", "decimal", mark, why, "a report would weight by them as read so")]
        read = read_numbers(list(column.cells), mark)
    values = read.values
    if not (values >= 0).all():
        return None
    mean, decimals = float(values.mean()), bool((values % 1 != 0).any())
    around_one = LIGHTEST <= mean <= HEAVIEST and decimals
    if not by_name and not around_one:
        return None
    why = f"{values.min():.3g} to {values.max():.4g}, mean {mean:.4g}, in all rows"
    unsure = "" if by_name and around_one else "a report would weight every answer by it"
    return 2 * by_name + around_one, [Guess("", "weight", column.name, why, unsure), *guesses]


def _span(values: np.ndarray) -> float:
    return float(values.max() / values.min()) if (values > 0).all() else np.inf


def wave_of(columns: Sequence[Column]) -> list[Guess]:
    """The column of waves, with what its dates need to be read."""
    dated = [column for column in columns if column.dates is not None and len(column.counts) > 1]
    periods = [column for column in dated if not column.days or _are_waves(column)]
    few = [column for column in columns if named(column.name, "wave") and 1 < len(column.counts) <= MAX_DAYS]
    for column in sorted(periods, key=lambda one: not named(one.name, "wave")):
        if len(column.counts) <= MOST_WAVES and 2 * len(column.counts) <= column.filled:
            return _in_order(column)
    for column in few:
        if column not in dated and column.filled >= FEWEST * len(column.counts):
            return _in_order(column)
    return next(filter(None, map(_made, dated)), [])


def _are_waves(column: Column) -> bool:
    """Whether days are waves as they stand: few, with enough answers each."""
    return len(column.counts) <= MAX_DAYS and min(column.counts.values()) >= FEWEST


def _in_order(column: Column) -> list[Guess]:
    known = column.dates is not None
    for way in ("", *DATES):
        try:
            order = in_time(column.counts, way).waves
        except CxError:
            continue
        why = f"{len(order)} waves in the order of time, {order[0]} to {order[-1]}, {_sizes(column.counts)}"
        unsure = "" if named(column.name, "wave") and not way else _about(order[-1])
        dates = [Guess("", "dates", way, "the order of day and month by which all are dates", _about(order[-1]))]
        return [Guess("", "wave", column.name, why, unsure), *(dates if way else [])]
    order = tuple(dict.fromkeys(column.cells.dropna()))
    why = f"{len(order)} different texts, {_sizes(column.counts)}"
    in_file = (
        "as they follow each other in the file, for their names tell no order" if not known else "as in the file"
    )
    return [Guess("", "wave", column.name, why, "" if named(column.name, "wave") else _about(order[-1])),
            Guess("", "waves", list(order), in_file, _about(order[-1]))]  # fmt: skip


def _about(last: str) -> str:
    return f"a report would be about {last} and compare it with the wave before"


def _sizes(counts: Mapping[str, int]) -> str:
    least, most = min(counts.values()), max(counts.values())
    return f"{least:,} rows each" if least == most else f"{least:,} to {most:,} rows each"


def _made(column: Column) -> list[Guess]:
    """Waves made of the dates of a column, in the shortest period that leaves enough answers in each."""
    days = column.cells.str.replace(_CLOCK, "", regex=True)  # which repeat, and are read in no time
    for period in PERIODS:
        made, way = _periods(days, period, column.dates or "")
        if len(made) > 1 and median(made.values()) >= FEWEST and max(made.values()) < column.filled - FEWEST:
            first, last = min(made), max(made)
            why = f"dates; each {period} from {first} to {last} is a wave, {_sizes(made)}"
            guesses = [Guess("", "wave", {"column": column.name, "period": period}, why, _about(last))]
            if way:
                why = "the order of day and month by which all are dates"
                guesses.append(Guess("", "dates", way, why, _about(last)))
            return guesses
    return []


def _periods(days: pd.Series, period: str, known: str) -> tuple[dict[str, int], str]:
    """The rows of each period, and the order of day and month that had to be said for it."""
    for way in dict.fromkeys((known, *DATES)):
        try:
            made = read_waves(days, "", period=period, dates=way)[0].value_counts()
        except CxError:
            continue
        return {str(wave): int(n) for wave, n in made.items()}, way
    return {}, ""


def respondent_of(columns: Sequence[Column], wave: str) -> list[Guess]:
    """The column with the id of each respondent: another text in every row, or in every row of a wave."""
    found = []
    for column in columns:
        if named(column.name, "person"):
            continue
        by_name = named(column.name, "respondent")
        if column.dates is None and column.unique and (by_name or (column.codes and column.rows > 2 * FEWEST)):
            found.append((not by_name, column))
    if found:
        unnamed, column = min(found, key=lambda one: one[0])
        others = [other.name for _, other in found if other is not column]
        why = f"{column.rows:,} different texts in {column.rows:,} rows"
        why += f"; {shown(others)} would do as well" if others else ""
        unsure = "a report would take it for the id of respondents, of whom each answers once"
        return [Guess("", "respondent", column.name, why, unsure if unnamed else "")]
    waves = next((column.cells for column in columns if column.name == wave), None)
    for column in columns if waves is not None else ():
        twice = pd.DataFrame({"id": column.cells, "wave": waves}).duplicated().any()
        if named(column.name, "respondent") and column.filled == column.rows and not twice and column.name != wave:
            why = f"{len(column.counts):,} different texts, each once in a wave: a panel"
            return [Guess("", "respondent", column.name, why)]
    return []


def group_of(columns: Sequence[Column], by_name: bool) -> list[Guess]:
    """The column of groups to compare, among those that are named so, else among all with few texts."""
    found = [column for column in columns if _may_be_groups(column) and by_name == _named_as_group(column)]
    if not by_name:
        found = [column for column in found if len(column.numbers) < len(column.counts)]
    if not found:
        return []
    column = found[0]
    others = f"; {shown([other.name for other in found[1:]])} could be it too" if found[1:] else ""
    unsure = "a report would compare these groups" if others or not by_name else ""
    if column.separator:
        parts = list(dict.fromkeys(part for cell in column.counts for part in pieces(cell, column.separator)))
        why = f"several answers in one cell, such as {shown(parts)}{others}"
        told = "a report would compare each answer with those without it; an answer that holds the sign needs values"
        sign = Guess("split", column.name, column.separator, "the sign between answers that recur", told)
        return [Guess("", "group", column.name, why, "a report would compare the answers in it"), sign]
    names = ", ".join(f"{shown([text], 1)} {n:,}" for text, n in list(column.groups.items())[:4])
    joined = ", with spellings joined" if len(column.groups) < len(column.counts) else ""
    why = f"{len(column.groups)} different: {names}{' ...' if len(column.groups) > 4 else ''}{joined}{others}"
    if len(column.numbers) == len(column.counts):
        unsure = f"a report would show {shown(sorted(column.counts))} as names; give theirs under values"
    return [Guess("", "group", column.name, why, unsure)]


def _named_as_group(column: Column) -> bool:
    """Whether the name is that of a group, and not of a question such as Q4STORE."""
    return named(column.name, "group") and not re.match(r"[^\W\d_]{1,2}\d", column.name)


def _may_be_groups(column: Column) -> bool:
    few = 2 <= len(column.groups) <= MOST_GROUPS and column.filled >= 5 * len(column.groups)
    few = few and fmean(map(len, column.groups)) <= LONGEST
    return (few or bool(column.separator)) and column.dates is None and not column.clock


def count_of(frame: pd.DataFrame, cards: Mapping[str, Card], roles: Mapping[str, Any], used: set[str]) -> list[Guess]:
    """The column that says how many respondents gave the answers of a row."""
    given = {"by": "", "wave": "", "respondent": "", "count": "", **roles}
    column, chance = undeclared_counts(frame, cards, given, used) if cards else ("", 1.0)
    if chance >= DOUBTFUL:
        return []
    total = np.nansum(read_numbers(list(frame[column])).values)
    why = f"no answer stands in two rows, and it sums to {total:,.10g}"
    sure = chance < CERTAIN and named(column, "count")
    return [Guess("", "count", column, why, "" if sure else "a report would repeat each row so many times")]


def rest_of(column: Column) -> Guess:
    """What a column without a role seems to hold."""
    name, different = column.name, f"{len(column.counts):,} different"
    texts = list(column.counts)
    if not texts:
        why = "empty"
    elif len(texts) == 1:
        why = "one text in all rows" if column.filled == column.rows else f"one text, in {column.filled:,} rows"
    elif named(name, "person"):
        why = f"personal data by its name, {different}"
    elif column.dates is not None:
        why = f"dates, {different}"
    elif column.clock:
        why = f"times of the day, {different}"
    elif column.unique and column.codes:
        why = "numbers or codes that differ in every row, as ids"
    elif column.separator:
        why = f"several answers in one cell, {written(column.separator)} between them; could be the group"
    elif len(column.numbers) == len(texts):
        numbers = column.numbers.values()
        why = f"numbers or codes, {min(numbers):.6g} to {max(numbers):.6g}, {different}"
    elif _may_be_groups(column):
        why = f"{different} texts, {_sizes(column.counts)}; could be the group"
    else:
        why = f"texts, {different}, up to {max(map(len, texts)):,} letters"
    return Guess("left out", name, "", why)
