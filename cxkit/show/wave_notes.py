"""What is told about waves: how they were put in order, and what was made of their dates."""

from typing import Any

from cxkit.show.language import mark, plain

MOST = 12

CAVEATS = {
    "waves_by_day": mark("Waves are in the order of time: {waves} (read as dates)."),
    "waves_by_day_first": mark("Waves are in the order of time: {waves} (read as dates with the day first)."),
    "waves_by_month_first": mark("Waves are in the order of time: {waves} (read as dates with the month first)."),
    "waves_by_week": mark("Waves are in the order of time: {waves} (read as week and year)."),
    "waves_by_month": mark("Waves are in the order of time: {waves} (read as month and year)."),
    "waves_by_quarter": mark("Waves are in the order of time: {waves} (read as quarter and year)."),
    "waves_by_half_year": mark("Waves are in the order of time: {waves} (read as half-year and year)."),
    "waves_by_year": mark("Waves are in the order of time: {waves} (read as years)."),
    "waves_by_time": mark("Waves are in the order of time: {waves}."),
    "waves_by_number": mark("Waves are in the order of their numbers: {waves}."),
    "waves_against_time": mark("Waves are in the order that was given: {waves}. By time it would be: {by_time}."),
    "waves_as_ordered": mark("Waves are in the order of the column’s own categories: {waves}."),
    "waves_far": mark("More than ten years lie between these waves and the others: {waves}. A year may be mistyped."),
}
TOLD = {
    "waves_joined": mark("Spellings of one wave were joined as {name}: {names}."),
    "waves_of_day": mark("Waves are days, made of the dates in “{column}”: {first} to {last}."),
    "waves_of_week": mark("Waves are weeks, made of the dates in “{column}”: {first} to {last}."),
    "waves_of_month": mark("Waves are months, made of the dates in “{column}”: {first} to {last}."),
    "waves_of_quarter": mark("Waves are quarters, made of the dates in “{column}”: {first} to {last}."),
    "waves_of_half_year": mark("Waves are half-years, made of the dates in “{column}”: {first} to {last}."),
    "waves_of_year": mark("Waves are years, made of the dates in “{column}”: {first} to {last}."),
    "dates_day_first": mark("Dates in “{column}” were read with the day first."),
    "dates_month_first": mark("Dates in “{column}” were read with the month first."),
    "dates_excel": mark("Numbers in “{column}” were read as dates, which spreadsheets store as numbers of days."),
    "dates_unix": mark("Numbers in “{column}” were read as times, counted from the beginning of 1970 (UTC)."),
}


def names(value: Any) -> str:
    """The text of a note's value; of a long list of waves its first and last ones."""
    if not isinstance(value, list | tuple):
        return plain(value)
    shown = value if len(value) <= MOST else [*value[: MOST - 2], "…", value[-1]]
    return ", ".join(map(plain, shown))
