"""What a Result says at a glance: the findings that titles and prose state, each only when it is reliable."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cxkit.result import Result
from cxkit.show.language import Language, mark
from cxkit.stats.rollup import verdict


def too_few(result: Result) -> bool:
    """True when the base of the whole report is below the smallest that may be shown."""
    rows = result.rows(group="", wave=result.facts["wave"])
    return bool((rows.loc[rows["n"].notna(), "base"] == "hidden").all())


def total(result: Result, term: str, item: str = "") -> pd.Series:
    """The row of one term for all respondents of the current wave."""
    rows = result.rows(term=term, group="", wave=result.facts["wave"])
    return (rows[rows["item"] == item] if item else rows).iloc[0]


def ranked(result: Result) -> pd.DataFrame:
    """Items of the current wave from best to worst on 0-100, those with numbers only."""
    rows = result.rows(term="index", group="", wave=result.facts["wave"])
    rows = rows[rows["item"].isin(result.settings["items"]) & rows["estimate"].notna()]
    return rows.sort_values("estimate", ascending=False, kind="stable")


def apart(result: Result) -> bool:
    """True when the best item lies above the worst beyond their intervals."""
    rows = ranked(result)
    return len(rows) > 1 and bool(rows["low"].iloc[0] > rows["high"].iloc[-1])


def reliable(result: Result, comparison: str) -> pd.DataFrame:
    """Comparisons "rest" or "previous" that hold in the current wave after adjustment, largest first."""
    rows = compared(result, comparison)
    rows = rows[rows["p_adjusted"] < 1 - result.settings["level"]]
    return rows.reindex(rows["estimate"].abs().sort_values(ascending=False, kind="stable").index)


def compared(result: Result, comparison: str) -> pd.DataFrame:
    """All comparisons "rest" or "previous" of the current wave that could be tested."""
    rows = result.table[result.table["term"].str.endswith(f"_vs_{comparison}")]
    return rows[(rows["wave"] == result.facts["wave"]) & rows["p_adjusted"].notna()]


VERDICTS = {
    "reached": mark("target reached"),
    "not_reached": mark("target not reached"),
    "undecided": mark("target undecided"),
}


def verdict_of(result: Result, row: Mapping[Any, Any] | pd.Series) -> str:
    """Judge an index against the target of the result by its interval; a level from books alone is exact."""
    exact = row["low"] != row["low"] and row["n"] != row["n"]
    low, high = (row["estimate"],) * 2 if exact else (row["low"], row["high"])
    return verdict(low, high, result.settings["target"])


def judged(result: Result, row: Mapping[Any, Any] | pd.Series, lang: Language) -> str:
    """The verdict on an index in words; "" where the result has no target."""
    return lang.text(VERDICTS[verdict_of(result, row)]) if "target" in result.settings else ""


def items_title(result: Result, lang: Language) -> str:
    if too_few(result):
        return lang.text("Too few answers to report")
    rows = ranked(result)
    first, last = lang.label(result, rows["item"].iloc[0]), lang.label(result, rows["item"].iloc[-1])
    if len(rows) == 1:
        index = lang.number(rows["estimate"].iloc[0])
        return lang.text("“{item}” reaches {index} of 100 points", item=first, index=index)
    if apart(result):
        return lang.text("“{first}” is rated highest, “{last}” lowest", first=first, last=last)
    if rows["low"].isna().any():
        return lang.text("How customers rate the service")
    return lang.text("The items are rated much alike")


def score_title(result: Result, lang: Language) -> str:
    if too_few(result):
        return lang.text("Too few answers to report")
    row = total(result, "nps")
    low, high = lang.number(row["low"]), lang.number(row["high"])
    return lang.text("NPS is {score} ({low} to {high})", score=lang.number(row["estimate"]), low=low, high=high)


def spread_title(result: Result, lang: Language) -> str:
    top, bottom = total(result, "promoters")["estimate"], total(result, "detractors")["estimate"]
    lowest = result.settings["scale"][result.settings["score"]]["min"]
    return lang.text(
        "{top} answer 9 or 10, {bottom} answer {lowest} to 6",
        top=lang.percent(top), bottom=lang.percent(bottom), lowest=lowest,
    )  # fmt: skip


def group_title(result: Result, lang: Language) -> str:
    rows = reliable(result, "rest")
    if compared(result, "rest").empty:
        return lang.text("By group")
    if rows.empty:
        return lang.text("No group differs reliably from the rest")
    names = list(dict.fromkeys(lang.group(result, g) for g in rows["group"]))
    shown, more = ", ".join(names[:3]), len(names) - 3
    if more > 0:
        return lang.text("Differs reliably from the rest: {groups} and {n} more", groups=shown, n=more)
    return lang.text("Differs reliably from the rest: {groups}", groups=shown)


def change_title(result: Result, lang: Language) -> str:
    before = lang.wave(result, result.facts["previous_wave"])
    if compared(result, "previous").empty:
        return lang.text("By wave")
    rows = reliable(result, "previous")
    if rows.empty:
        return lang.text("No reliable change since {wave}", wave=before)
    if result.method == "nps":
        change = rows["estimate"].iloc[0]
        rose = (mark("NPS rose by {n} point since {wave}"), mark("NPS rose by {n} points since {wave}"))
        fell = (mark("NPS fell by {n} point since {wave}"), mark("NPS fell by {n} points since {wave}"))
        return lang.plural(*(rose if change > 0 else fell), abs(change), wave=before)
    names = quoted(lang, [lang.label(result, item) for item in rows["item"]])
    return lang.text("Changed since {wave}: {items}", wave=before, items=names)


def quoted(lang: Language, names: list[str]) -> str:
    """Names in a row, in the quotation marks of the language."""
    return ", ".join(lang.text("“{name}”", name=name) for name in names)
