"""Phrases that the prose of several methods shares."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cxkit.result import Result
from cxkit.show.language import Language, mark

SURE = 0.8  # probability from which a finding is told as one
Figures = list[tuple[str, str, str]]  # name, value, small print


def answers(words: Language, result: Result, n: int) -> tuple[str, str, str]:
    """How many were asked, as a key figure."""
    small = [words.text("as counted") if result.settings["weight"] else "", words.wave(result, result.facts["wave"])]
    name = words.text("Answers") if result.method == "nps" else words.text("Respondents")
    return name, words.number(n), " · ".join(filter(None, small))


def base(words: Language, result: Result, row: Mapping[Any, Any] | pd.Series) -> str:
    """The base of a row in words; where the row is hidden, only that it is too small."""
    least = words.number(result.settings["min_base"])
    return f"n < {least}" if row["base"] == "hidden" else words.number(row["n"])


def sample_size(words: Language, result: Result, row: Mapping[Any, Any] | pd.Series) -> str:
    """The base of a row as it stands beside a name in a chart."""
    known = base(words, result, row)
    return known if row["base"] == "hidden" else f"n = {known}"


def star(row: Mapping[Any, Any] | pd.Series) -> str:
    """The mark of a number whose base is small; ``prose`` and the tables say what it means."""
    return "*" if row["base"] == "small" else ""


def between(words: Language, row: Mapping[Any, Any] | pd.Series, digits: int = 0) -> str:
    """The interval of a row in words; "" without one."""
    if pd.isna(row["low"]):
        return ""
    low, high = words.number(row["low"], digits), words.number(row["high"], digits)
    return words.text("{low} to {high}", low=low, high=high)


def level(words: Language, result: Result, row: Mapping[Any, Any]) -> tuple[str, str, str]:
    """An index as a key figure."""
    value = words.number(row["estimate"], 1) + star(row)
    return f"{words.label(result, row['item'])}, 0–100", value, between(words, row, 1)


def matters(result: Result, words: Language) -> list[str]:
    """Which driver explains most of the outcome, when the result has several."""
    importance = now_of(result, "importance")
    if len(importance) < 2:
        return []
    item, top = max(importance.items(), key=lambda pair: pair[1]["estimate"])
    first = result.rows(item=item, term="rank", score=1)["estimate"].iloc[0]
    low, high = words.percent(top["low"]), words.percent(top["high"])
    interval = words.text("{low} to {high}", low=low, high=high)
    values = {"item": words.label(result, item), "outcome": words.label(result, outcome_of(result)),
              "share": words.percent(top["estimate"]), "r2": words.percent(result.facts["r2"]),
              "interval": interval, "sure": words.percent(first)}  # fmt: skip
    clear = mark(
        "The drivers explain {r2} of the differences in “{outcome}”. “{item}” matters most: {share} of that "
        "({interval}), in first place with a probability of {sure}."
    )
    open_ = mark(
        "The drivers explain {r2} of the differences in “{outcome}”. Which one matters most is open; "
        "“{item}” leads with {share} of that ({interval})."
    )
    return [words.text(clear if first >= SURE else open_, **values)]


def outcome_of(result: Result) -> str:
    """The item that the drivers of a result explain."""
    return result.settings.get("outcome") or result.settings["score"]


def current_rows(result: Result, term: str) -> dict[str, dict[Any, Any]]:
    """The rows of a term among all respondents of the current wave, by item."""
    rows = result.rows(term=term, group="", wave=result.facts["wave"])
    return {row["item"]: row for row in rows.to_dict("records")}


def now_of(result: Result, term: str) -> dict[str, dict[Any, Any]]:
    """Those of the current rows that have a number."""
    return {item: row for item, row in current_rows(result, term).items() if pd.notna(row["estimate"])}
