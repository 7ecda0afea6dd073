"""Tables: what a client reads, one line per item, group or wave."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape

import pandas as pd

from cxkit.result import Result, Row
from cxkit.show.language import Language, mark, span
from cxkit.show.units import Unit, unit_of
from cxkit.show.view import html_table
from cxkit.show.wording import SMALL, base, star
from cxkit.survey.cards import card

HEADS = {"group": mark("Group"), "wave": mark("Wave")}
INDEX = (mark("0–100"), "index")
MEAN = (mark("Mean"), "mean")
HIGHEST = (mark("Highest scores"), "top_box")
REST = mark("Against the rest")
PREVIOUS = mark("Against the wave before")
FIRST, SLOPE = mark("Against the first wave"), mark("From wave to wave on average")
Remark = Callable[[Result, Language, Row], str]


@dataclass(frozen=True)
class Table:
    """One table: what its lines run over beside items ("", "group" or "wave"), and per column a heading and a term.

    With ``rank``, items come by this term from the largest down, and those without it or at 0 are left out;
    ``nested`` moves the parts of a tree in by their depth; with ``lines`` (name, ending of the terms) an item fills
    several lines; ``first`` heads the names, in English. With ``every``, all items that have this term get a line, if
    only of dashes; a ``rolling`` table keeps items that only some waves have.
    """

    caption: str
    over: str
    columns: tuple[tuple[str, str], ...]
    rank: str = ""
    nested: bool = False
    lines: tuple[tuple[str, str], ...] = (("", ""),)
    first: str = mark("Item")
    every: str = ""
    rolling: bool = False


DRIVERS = Table(mark("What matters most"), "", (
    (mark("Importance"), "importance"), (mark("Johnson’s weight"), "johnson"), (mark("Correlation"), "correlation"),
    (mark("Beta"), "beta"), (mark("VIF"), "vif"), (mark("Effect of a low rating"), "penalty"),
    (mark("Effect of a high rating"), "reward"),
), rank="importance")  # fmt: skip


def trend_table(term: str) -> Table:
    """The last wave against the first, and the slope, of everything that is compared over waves."""
    return Table(mark("The trend as a whole"), "", ((FIRST, f"{term}_vs_first"), (SLOPE, f"{term}_slope")))


def translated(tables: Sequence[Table], words: Language) -> tuple[Table, ...]:
    """Tables whose captions and headings are in the language."""
    return tuple(
        replace(t, caption=words.text(t.caption), columns=tuple((words.text(head), term) for head, term in t.columns))
        for t in tables
    )


def drawn(
    result: Result,
    words: Language,
    tables: Sequence[Table],
    units: Mapping[str, Unit],
    *,
    remark: Remark = lambda *_: "",
    depths: Mapping[str, int] | None = None,
) -> list[str]:
    """The tables of a result as HTML; those without lines are left out.

    Parameters
    ----------
    tables : with captions and headings in the language.
    units : the method's own, by term.
    remark : says what to think of a number, under it.
    depths : item -> how deep it lies in a tree, for tables that are ``nested``.
    """
    return [html for table in tables if (html := _drawn(result, words, table, units, remark, depths or {}))]


def _drawn(
    result: Result,
    words: Language,
    table: Table,
    units: Mapping[str, Unit],
    remark: Remark,
    depths: Mapping[str, int],
) -> str:
    current, over = result.facts["wave"], table.over
    rows = _rows(result, table)
    if rows.empty:
        return ""
    named = not over or rows["item"].nunique() > 1
    lines = []
    for (item, name), mine in rows.groupby(["item", over or "group"], sort=False):
        found = {row["term"]: row for row in mine.to_dict("records")}
        for line, ending in table.lines:
            label = line or "\u2003" * (depths.get(str(item), 0) * table.nested) + words.label(result, str(item))
            its = [found.get(term + ending) for _, term in table.columns]
            if any(its) or table.every:
                cells = (estimate(result, words, row, units, remark) for row in its)
                cell = words.wave if over == "wave" else words.group
                whose = [cell(result, str(name))] * bool(over)
                lines.append([*[label] * named, *whose, bases(result, words, its), *cells])
    heads = [words.text(table.first)] * named + ([words.text(HEADS[over])] if over else [])
    caption = table.caption + (f" · {words.wave(result, current)}" if current and over != "wave" else "")
    columns = (head + _boxes(result, term) for head, term in table.columns)
    return html_table(caption, [*heads, words.text("Answers"), *columns], lines, names=len(heads))


def _rows(result: Result, table: Table) -> pd.DataFrame:
    """The rows that a table shows, in its order."""
    current, over = result.facts["wave"], table.over
    rows = result.rows(group="") if over == "wave" else result.rows(wave=current)
    shown = rows["term"].isin([term + ending for _, term in table.columns for _, ending in table.lines])
    rows = rows[shown | (rows["term"] == table.every) if shown.any() else shown]
    rows = rows[rows[over] != ""] if over else rows[rows["group"] == ""]
    if table.rank:
        ranked = rows[(rows["term"] == table.rank) & ~(rows["estimate"] <= 0)]
        order = list(ranked.sort_values("estimate", ascending=False, kind="stable")["item"])
        rows = rows[rows["item"].isin(order)].sort_values("item", key=lambda c: c.map(order.index), kind="stable")
    if over == "wave" and len(rows):
        if not table.rolling:  # what only one wave has, as the leaves of a tree, is no series
            waves = rows.groupby("item")["wave"].transform("nunique")
            rows = rows[waves == waves.max()]
        # the current one is the last, wherever its rows stand
        rows = rows.sort_values("wave", key=lambda c: c == current, kind="stable")
    return rows.sort_values("item", key=lambda c: c.map(list(dict.fromkeys(c)).index), kind="stable")


def bases(result: Result, words: Language, rows: Sequence[Row | None]) -> str:
    """The smallest and the largest base of what a line shows; levels from the books have none."""
    based = [row for row in rows if row and row["n"] == row["n"]]
    shown = sorted((row for row in based if row["base"] != "hidden"), key=lambda row: row["n"]) or based[:1]
    return "–".join(dict.fromkeys(base(words, result, row) for row in (*shown[:1], *shown[-1:]))) or "–"


def estimate(
    result: Result, words: Language, row: Row | None, units: Mapping[str, Unit], remark: Remark = lambda *_: ""
) -> str:
    """A row as a cell of a table: the number, its interval, what to think of it, its test."""
    if row is None:
        return "–"
    if row["base"] == "hidden":
        return base(words, result, row)
    if pd.isna(row["estimate"]):
        return "–"
    unit, difference = unit_of(row["term"], units), re.search("_vs_|_slope$", row["term"]) is not None
    value, low, high = (unit.show(words, row[k], difference=difference) for k in ("estimate", "low", "high"))
    text = value + star(row)
    if pd.notna(row["low"]):
        text += "\n" + words.text("{low} to {high}", low=low, high=high)
    if said := remark(result, words, row):
        text += "\n" + said
    if pd.notna(row["p_adjusted"]):
        text += "\n" + words.p(row["p_adjusted"])
        if pd.notna(row["detectable"]):
            gap = unit.show(words, row["detectable"], difference=difference).removeprefix("+")
            text += "; " + words.text("visible from {gap}", gap=gap)
    return text


def _boxes(result: Result, term: str) -> str:
    """The scores that a box column counts, when they are the same for all items."""
    if term not in ("top_box", "bottom_box"):
        return ""
    decks = [card(item, scale) for item, scale in result.settings["scale"].items()]
    ranges = {deck.top if term == "top_box" else deck.bottom for deck in decks}
    return f"\n{span(ranges.pop())}" if len(ranges) == 1 else ""


def star_explained(result: Result, words: Language, tables: Sequence[str]) -> str:
    """The tables, with what a star means under the first that has one."""
    first = next((k for k, html in enumerate(tables) if re.search(r"\*(<br>|</td>)", html)), None)
    if first is None:
        return "".join(tables)
    few = words.text(SMALL, base=words.number(result.settings["flag_base"]))
    return "".join([*tables[: first + 1], f'<p class="cx-note">{escape(few)}</p>', *tables[first + 1 :]])
