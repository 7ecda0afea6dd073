"""Tables: what a client reads, one row per item, group or wave."""

import re
from collections.abc import Sequence
from html import escape
from typing import Any

import pandas as pd

from cxkit.errors import SettingsError, did_you_mean
from cxkit.result import Result
from cxkit.show.audit import audit_view
from cxkit.show.findings import judged, too_few
from cxkit.show.language import Language, language, mark, span
from cxkit.show.phrases import base, star
from cxkit.show.sheets import NPS, sheets
from cxkit.show.table_spec import HEADS, Sheet
from cxkit.show.view import View, html_table
from cxkit.stats.resample import generator
from cxkit.survey.audit import Audit
from cxkit.survey.cards import card
from cxkit.survey.trees import read_tree

COMMENT_LENGTH = 300
SMALL = mark("Numbers with * rest on fewer than {base} answers: read them as a first hint.")

DIGITS = {
    "nps": 0, "mean": 2, "sd": 2, "index": 1, "priority": 1, "change_scores": 1, "change_weights": 1, "penalty": 1,
    "reward": 1, "beta": 2, "correlation": 2, "vif": 1, "gap": 2, "dz": 2, "distance": 2, "level": 2, "spread": 2,
    "shape": 2, "profile": 2, "simple_index": 1, "economy_index": 1, "impact": 2, "path": 2, "consistent": 2,
    "indirect_points": 2, "total_points": 2, "regression": 2, "r2": 2, "f2": 2, "alpha": 2, "rho": 2, "ave": 2,
    "htmt": 2, "loading": 2, "item_weight": 2, "item_vif": 1, "rmse": 2, "q2": 2, "composition": 3,
}  # fmt: skip
SIGNED = ("gap", "change_scores", "change_weights", "penalty", "reward")
SHARES = ("distance_share", "index_share")  # percent, although their first word has a unit of its own
CHANGES = ("change_previous", "change_first", "economy_change", "economy_change_first")  # numbers that mean percent
# Nunnally 1978 for alpha and rho_C, Fornell & Larcker 1981 for AVE; Henseler, Ringle & Sarstedt 2015 for HTMT.
LEAST = {"alpha": 0.7, "rho_c": 0.7, "ave": 0.5}
MOST = {"htmt": 0.9}
TESTS = ("breusch_pagan", "reset", "composition_p")  # p values of checks


def unit(term: str) -> str:
    """The key of a term in ``DIGITS``: a comparison has that of its estimate, and terms of profiles name objects."""
    stem = term.partition("_vs_")[0]
    return stem if stem in DIGITS else stem.partition("_")[0]


def show(lang: Language, term: str, value: float) -> str:
    """Format an estimate in the unit of its term; differences carry their sign."""
    stem, _, comparison = term.partition("_vs_")
    known = unit(stem)
    if stem in TESTS:
        return lang.p(value)
    if stem in CHANGES:
        return lang.text("{change}%", change=lang.number(value, 1, signed=True))
    if known in DIGITS and not stem.startswith(SHARES):
        return lang.number(value, DIGITS[known], signed=bool(comparison) or known in SIGNED)
    if stem == "net_box":
        return lang.number(100 * value, 0, signed=True)
    return lang.percent(value)


def table(result: Result | Audit, lang: str = "en", part: str = "main") -> View:
    """Show a Result, its comments or an audit of the data as HTML tables.

    Parameters
    ----------
    lang : en, ru, uz or uz_Cyrl.
    part : "main", or "comments" for verbatim answers by group of respondent.

    Raises
    ------
    SettingsError : the language or the part is unknown.

    >>> import cxkit as cx
    >>> "<caption>All respondents</caption>" in cx.table(cx.nps(cx.sample("shop"))).html
    True
    """
    words = language(lang)
    if isinstance(result, Audit):
        return audit_view(result, words)
    if part == "main":
        found = [_sheet(result, words, sheet) for sheet in sheets(result, words)] + [_flow(result, words)]
        return View("".join(_explained(result, words, found)))
    if part == "comments":
        return View(_comments(result, words))
    raise SettingsError(f'There is no table "{part}"; {did_you_mean(part, ["main", "comments"])}')


def _explained(result: Result, words: Language, tables: list[str]) -> list[str]:
    """The tables, with what a star means under the first that has one."""
    first = next((k for k, html in enumerate(tables) if re.search(r"\*(<br>|</td>)", html)), None)
    if first is None:
        return tables
    few = words.text(SMALL, base=words.number(result.settings["flag_base"]))
    return [*tables[: first + 1], f'<p class="cx-note">{escape(few)}</p>', *tables[first + 1 :]]


def _sheet(result: Result, words: Language, sheet: Sheet) -> str:
    current, over = result.facts["wave"], sheet.over
    rows = result.rows(group="") if over == "wave" else result.rows(wave=current)
    endings = sheet.lines or (("", ""),)
    shown = rows["term"].isin([term + ending for _, term in sheet.columns for _, ending in endings])
    rows = rows[shown | (rows["term"] == sheet.every) if shown.any() else shown]
    rows = rows[rows[over] != ""] if over else rows[rows["group"] == ""]
    if sheet.rank:
        ranked = rows[(rows["term"] == sheet.rank) & ~(rows["estimate"] <= 0)]
        order = list(ranked.sort_values("estimate", ascending=False, kind="stable")["item"])
        rows = rows[rows["item"].isin(order)].sort_values("item", key=lambda c: c.map(order.index), kind="stable")
    if rows.empty:
        return ""
    if over == "wave" and not sheet.rolling:  # what only one wave has, as the leaves of a tree, is no series
        waves = rows.groupby("item")["wave"].transform("nunique")
        rows = rows[waves == waves.max()]
    if over == "wave":  # the current one is the last, wherever its rows stand
        rows = rows.sort_values("wave", key=lambda c: c == current, kind="stable")
    rows = rows.sort_values("item", key=lambda c: c.map(list(dict.fromkeys(c)).index), kind="stable")
    named = not over or rows["item"].nunique() > 1
    depths = {node.name: node.depth for node in read_tree(result.settings["tree"])} if sheet.nested else {}
    lines = []
    for (item, name), mine in rows.groupby(["item", over or "group"], sort=False):
        found = {row["term"]: row for row in mine.to_dict("records")}
        for line, ending in endings:
            label = line or "\u2003" * depths.get(str(item), 0) + words.label(result, str(item))
            its = [found.get(term + ending) for _, term in sheet.columns]
            if any(its) or sheet.every:
                cells = (_estimate(result, words, row) for row in its)
                cell = words.wave if over == "wave" else words.group
                whose = [cell(result, str(name))] * bool(over)
                lines.append([*[label] * named, *whose, _bases(result, words, its), *cells])
    heads = [words.text(sheet.first)] * named + ([words.text(HEADS[over])] if over else [])
    caption = sheet.caption + (f" · {words.wave(result, current)}" if current and over != "wave" else "")
    columns = (head + _boxes(result, term) for head, term in sheet.columns)
    return html_table(caption, [*heads, words.text("Answers"), *columns], lines, names=len(heads))


def _bases(result: Result, words: Language, rows: Sequence[dict[Any, Any] | None]) -> str:
    """The smallest and the largest base of what a line shows; levels from the books have none."""
    based = [row for row in rows if row and row["n"] == row["n"]]
    shown = sorted((row for row in based if row["base"] != "hidden"), key=lambda row: row["n"]) or based[:1]
    return "–".join(dict.fromkeys(base(words, result, row) for row in (*shown[:1], *shown[-1:]))) or "–"


def _boxes(result: Result, term: str) -> str:
    """The scores that a box column counts, when they are the same for all items."""
    if term not in ("top_box", "bottom_box"):
        return ""
    decks = [card(item, scale) for item, scale in result.settings["scale"].items()]
    ranges = {deck.top if term == "top_box" else deck.bottom for deck in decks}
    return f"\n{span(ranges.pop())}" if len(ranges) == 1 else ""


def _estimate(result: Result, words: Language, row: dict[Any, Any] | None) -> str:
    if row is None:
        return "–"
    if row["base"] == "hidden":
        return base(words, result, row)
    if pd.isna(row["estimate"]):
        return "–"
    text = show(words, row["term"], row["estimate"]) + star(row)
    if pd.notna(row["low"]):
        low, high = (show(words, row["term"], row[end]) for end in ("low", "high"))
        text += "\n" + words.text("{low} to {high}", low=low, high=high)
    if remark := _remark(result, words, row):
        text += "\n" + remark
    if pd.notna(row["p_adjusted"]):
        text += "\n" + words.p(row["p_adjusted"])
        if pd.notna(row["detectable"]):
            gap = show(words, row["term"].partition("_vs_")[0], row["detectable"]).removeprefix("+")
            text += "; " + words.text("visible from {gap}", gap=gap)
    return text


def _remark(result: Result, words: Language, row: dict[Any, Any]) -> str:
    """What to think of a number, where a rule says so; else ""."""
    term, value = row["term"], row["estimate"]
    if term == "index" and not isinstance(result.settings.get("target"), str):  # a path model's is a construct
        return judged(result, row, words)
    if term in LEAST and value < LEAST[term]:
        return words.text("too low: below {least}", least=show(words, term, LEAST[term]))
    if term in MOST and value >= MOST[term]:
        return words.text("too much alike: {most} or more", most=show(words, term, MOST[term]))
    if term == "economy_index" and row["score"] > 0:
        return words.plural("measured {n} wave ago", "measured {n} waves ago", int(row["score"]))
    return ""


def _comments(result: Result, words: Language) -> str:
    """A few verbatim answers per group of respondent, drawn by chance."""
    if result.scores is None or not result.settings.get("comment") or too_few(result):
        return ""
    scores = result.scores[result.scores["comment"] != ""]
    if result.facts["wave"]:
        scores = scores[scores["wave"] == result.facts["wave"]]
    titles = {
        "promoters": (
            mark("Promoters, in their own words: {shown} of {n} comment"),
            mark("Promoters, in their own words: {shown} of {n} comments"),
        ),
        "passives": (
            mark("Passives, in their own words: {shown} of {n} comment"),
            mark("Passives, in their own words: {shown} of {n} comments"),
        ),
        "detractors": (
            mark("Detractors, in their own words: {shown} of {n} comment"),
            mark("Detractors, in their own words: {shown} of {n} comments"),
        ),
    }
    rng = generator(result.settings["seed"], "comments")
    html = []
    for category, title in titles.items():
        every = scores[scores["category"] == category].sort_index()
        mine = every.drop_duplicates("comment")
        pick = sorted(rng.permutation(len(mine))[: result.settings["comments"]])
        rows = [[_short(text), words.number(score)] for text, score in
                zip(mine["comment"].iloc[pick], mine["score"].iloc[pick], strict=True)]  # fmt: skip
        if rows:
            caption = words.plural(*title, len(every), shown=words.number(len(rows)))
            html.append(html_table(caption, [words.text("Comment"), words.text("Score")], rows, names=0))
    return "".join(html)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= COMMENT_LENGTH else text[:COMMENT_LENGTH].rstrip() + " …"


def _flow(result: Result, words: Language) -> str:
    """Where the same respondents moved between the last two waves."""
    rows = result.table[result.table["term"].str.startswith("flow_to_")]
    if rows.empty:
        return ""
    names = {term: words.text(head) for head, term in NPS[1:4]}
    lines = []
    for group, mine in rows.groupby("group", sort=False):
        found = mine.to_dict("records")
        cells = {r["term"]: _estimate(result, words, r) for r in found}
        lines.append([names[str(group)], _bases(result, words, found), *(cells[f"flow_to_{k}"] for k in names)])
    before, now = (words.wave(result, result.facts[wave]) for wave in ("previous_wave", "wave"))
    heads = [before, words.text("Answers"), *(f"{now}: {name}" for name in names.values())]
    return html_table(words.text("The same respondents in two waves"), heads, lines)
