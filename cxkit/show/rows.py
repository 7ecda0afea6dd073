"""Rows of a result that views ask for, and what is reliable among them."""

import pandas as pd

from cxkit.result import Result, Row

Rows = dict[str, Row]


def too_few(result: Result) -> bool:
    """True when the base of the whole report is below the smallest that may be shown."""
    rows = result.rows(group="", wave=result.facts["wave"])
    return bool((rows.loc[rows["n"].notna(), "base"] == "hidden").all())


def total(result: Result, term: str, item: str = "") -> pd.Series:
    """The row of one term for all respondents of the current wave."""
    rows = result.rows(term=term, group="", wave=result.facts["wave"])
    return (rows[rows["item"] == item] if item else rows).iloc[0]


def current_rows(result: Result, term: str) -> Rows:
    """The rows of a term among all respondents of the current wave, by item."""
    rows = result.rows(term=term, group="", wave=result.facts["wave"])
    return {row["item"]: row for row in rows.to_dict("records")}


def now_of(result: Result, term: str) -> Rows:
    """Those of the current rows that have a number."""
    return {item: row for item, row in current_rows(result, term).items() if pd.notna(row["estimate"])}


def by_group(result: Result, term: str) -> dict[tuple[str, str], Row]:
    """(item, group) -> the row of one term in the current wave; the group "" is everybody."""
    rows = result.rows(term=term, wave=result.facts["wave"]).to_dict("records")
    return {(row["item"], row["group"]): row for row in rows}


def compared(result: Result, comparison: str) -> pd.DataFrame:
    """All comparisons "rest" or "previous" of the current wave that could be tested."""
    rows = result.tidy[result.tidy["term"].str.endswith(f"_vs_{comparison}")]
    return rows[(rows["wave"] == result.facts["wave"]) & rows["p_adjusted"].notna()]


def reliable(result: Result, comparison: str) -> pd.DataFrame:
    """Comparisons "rest" or "previous" that hold in the current wave after adjustment, largest first."""
    rows = compared(result, comparison)
    rows = rows[rows["p_adjusted"] < 1 - result.settings["level"]]
    return rows.reindex(rows["estimate"].abs().sort_values(ascending=False, kind="stable").index)
