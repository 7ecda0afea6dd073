"""Phrases that the prose of several methods shares."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cxkit.results import Result
from cxkit.views.language import Language, plain

Figures = list[tuple[str, str, str]]  # name, value, small print


def answers(words: Language, result: Result, n: int) -> tuple[str, str, str]:
    small = [words.text("unweighted") if result.settings["weight"] else "", plain(result.facts["wave"])]
    name = words.text("Answers") if result.method == "nps" else words.text("Respondents")
    return name, words.number(n), " · ".join(filter(None, small))


def between(words: Language, row: Mapping[Any, Any] | pd.Series) -> str:
    if pd.isna(row["low"]):
        return ""
    low, high = words.number(row["low"]), words.number(row["high"])
    return words.text("{low} to {high}", low=low, high=high)
