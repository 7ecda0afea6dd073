"""Rows of a result that views ask for, and what is reliable among them."""

from collections.abc import Collection

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


def looked_at(result: Result, kind: str) -> list[str]:
    """The items of the claims of a kind, made or not."""
    claims = result.claims
    return list(dict.fromkeys(claims.loc[claims["kind"] == kind, "item"])) if len(claims) else []


def claimed(result: Result, kind: str) -> list[Row]:
    """The claims of a kind that the page may make, largest first."""
    if result.claims.empty:
        return []
    rows = result.claims[(result.claims["kind"] == kind) & result.claims["made"].astype(bool)]
    return sorted(rows.to_dict("records"), key=lambda row: -abs(row["estimate"]))


def possible_first(result: Result, kind: str, names: Collection[str], *, lowest: bool = False) -> list[str]:
    """The items that may be the highest (or lowest) of all: those that no other is claimed to beat.

    As claims are adjusted together, this is the set of possible bests of Klein, Wright & Wieczorek (2020, JRSS A
    183:1035): an item may stand at place 1 as long as none lies reliably above it.
    """
    beaten = {row["item"] if (row["estimate"] < 0) != lowest else row["other"] for row in claimed(result, kind)}
    return [name for name in names if name not in beaten]
