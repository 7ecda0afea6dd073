"""Rows of a result that views ask for, and what is reliable among them."""

from collections.abc import Collection

import pandas as pd

from cxkit.measure.comparison import REST
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
    return list(dict.fromkeys(claims.loc[claims["kind"] == kind, "item"]))


def claimed(result: Result, kind: str) -> list[Row]:
    """The claims of a kind that the page may make, largest first."""
    rows = result.claims[(result.claims["kind"] == kind) & result.claims["made"].astype(bool)]
    return sorted(rows.to_dict("records"), key=lambda row: -abs(row["estimate"]))


def apart(result: Result, term: str) -> set[tuple[str, str]]:
    """(item, group) of the groups that the page may say differ from the rest, in the comparisons of a term.

    Of two groups of which each is the other's rest only one is claimed, as both are one test; both differ then.
    """
    tests = result.rows(term=f"{term}_{REST}", wave=result.facts["wave"])
    tested = tests[tests["p_adjusted"].notna()].groupby("item")["group"].agg(list).to_dict()
    looked = list(result.claims.loc[result.claims["kind"] == REST, "item"])
    found = {(row["item"], row["group"]) for row in claimed(result, REST)}
    once = {item for item, _ in found if len(tested.get(item, ())) == 2 and looked.count(item) == 1}
    return found | {(item, group) for item in once for group in tested[item]}


def places(result: Result, kind: str, names: Collection[str]) -> dict[str, tuple[int, int]]:
    """The places at which each item may stand, 1 for the highest: simultaneous rank intervals.

    A place runs from 1 + the number of items that are claimed to be higher to their number - those claimed to be
    lower (Klein, Wright & Wieczorek 2020, JRSS A 183:1035); as claims are adjusted together, all hold together.
    """
    above, below = dict.fromkeys(names, 0), dict.fromkeys(names, 0)
    for row in claimed(result, kind):
        high, low = (row["item"], row["other"]) if row["estimate"] > 0 else (row["other"], row["item"])
        if high in above and low in above:
            above[low] += 1
            below[high] += 1
    return {name: (1 + above[name], len(names) - below[name]) for name in names}


def possible_first(result: Result, kind: str, names: Collection[str], *, lowest: bool = False) -> list[str]:
    """The items that may be the highest (or lowest) of all."""
    found = places(result, kind, names)
    return [name for name, (high, low) in found.items() if (low == len(found) if lowest else high == 1)]
