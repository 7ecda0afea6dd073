"""Charts of a path model beside its diagram: what to improve, indices, groups, waves, the rolling economy."""

from dataclasses import replace
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from cxkit.measure.claims import IMPORTANT
from cxkit.methods.acsi_regression.prose import drivers, index_title
from cxkit.result import Result, Row
from cxkit.show import charts
from cxkit.show.canvas import (
    INDENTS,
    INK,
    SERIES,
    SOFT,
    bare,
    dot,
    finish,
    hidden,
    new_figure,
    number_axis,
    row_height,
    wrap,
)
from cxkit.show.claims import FEW, group_title
from cxkit.show.importance_map import QUADRANTS, name_quadrants, numbered
from cxkit.show.language import Language, mark
from cxkit.show.rows import apart, claimed, current_rows, now_of
from cxkit.show.units import INDEX, SCALE_POINTS
from cxkit.show.view import View
from cxkit.show.wording import between, quoted, sample_size, some, star
from cxkit.survey.trees import read_tree

WAVES = 12  # columns of the rolling economy that can still be read


def importance_map(result: Result, lang: Language) -> View:
    """The constructs before the target by index and impact on it, with intervals; beside it, the quadrant of each.

    A construct lies in its quadrant for certain when neither interval reaches over a dashed mean.
    """
    impact, index = drivers(result), now_of(result, "index")
    names = [name for name in impact if name in index]
    if len(names) < 2:
        return View()
    x, y = ([rows[name]["estimate"] for name in names] for rows in (index, impact))
    labels = [wrap(lang.label(result, name), 32, 2) for name in names]
    figure = new_figure(max(3.5, 0.6 + sum(0.16 * (label.count("\n") + 3) + 0.1 for label in labels)))
    ax, side = figure.subplots(1, 2, width_ratios=[1.3, 1])
    ax.axvline(np.mean(x), color=SOFT, linewidth=0.8, linestyle=(0, (3, 2)), zorder=1)
    ax.axhline(np.mean(y), color=SOFT, linewidth=0.8, linestyle=(0, (3, 2)), zorder=1)
    told, first = [], []
    told_apart = {row["item"] for row in claimed(result, IMPORTANT)}
    for number, (name, label) in enumerate(zip(names, labels, strict=True), 1):
        at, weight = index[name], impact[name]
        ax.plot([at["low"], at["high"]], [weight["estimate"]] * 2, color=SERIES, alpha=0.45, linewidth=1.6)
        ax.plot([at["estimate"]] * 2, [weight["low"], weight["high"]], color=SERIES, alpha=0.45, linewidth=1.6)
        quadrant, sure = _quadrant(at, np.mean(x), weight, np.mean(y)), name in told_apart
        word = lang.text(QUADRANTS[quadrant])
        word = word if sure else lang.text("{quadrant} (uncertain)", quadrant=word)
        place, strength = (
            unit.show(lang, row["estimate"]) + star(row) for unit, row in ((INDEX, at), (SCALE_POINTS, weight))
        )
        values = lang.text("index {index}, impact {impact}", index=place, impact=strength)
        top = 1 - (number - 0.5) / len(names)
        side.text(0.065, top, str(number), fontweight="bold", color=SERIES, va="center", ha="right")
        side.text(0.09, top, f"{label}\n{word}\n{values}", va="center", fontsize=8.5, linespacing=1.25)
        told.append(f"{lang.label(result, name)}: {values}, {word}")
        first += [quoted(lang, [lang.label(result, name)])] * (quadrant == "concentrate_here" and sure)
    side.set_xlim(0, 1)
    side.set_ylim(0, 1)
    side.set_axis_off()
    name_quadrants(ax, lang)
    ax.margins(0.16, 0.2)
    numbered(ax, figure.get_figheight(), x, y)
    target = lang.label(result, result.settings["target"])
    ax.set_xlabel(wrap(lang.text("Index, 0–100; dashed: average of these constructs"), 58), fontsize=8)
    effect = wrap(lang.text("Impact on “{target}”", target=target), 46, 2)
    ax.set_ylabel(f"{effect}\n{lang.text('points per point')}", fontsize=8)
    number_axis(ax.xaxis, lang, 5)
    number_axis(ax.yaxis, lang, 5)
    ax.tick_params(labelsize=8, labelcolor=SOFT)
    bare(ax, left=True, bottom=True)
    title = (
        lang.text("Important and below average: {items}", items=some(lang, first, FEW))
        if first
        else lang.text("No construct is reliably both important and below average")
    )
    return finish(figure, title, "; ".join(told))


def _quadrant(index: Row, level: float, impact: Row, weight: float) -> str:
    """The quadrant of a construct among means."""
    high, strong = index["estimate"] >= level, impact["estimate"] >= weight
    names = {(False, True): "concentrate_here", (True, True): "keep_up", (False, False): "low_priority",
             (True, False): "possible_overkill"}  # fmt: skip
    return names[bool(high), bool(strong)]


def indices(result: Result, lang: Language) -> View:
    """The index of each construct with its interval, in the order of the model; the target stands out.

    They are not ranked: a construct such as complaints is good when its index is low.
    """
    rows, target = current_rows(result, "index"), result.settings["target"]
    names = [name for name in result.settings["constructs"] if name in rows]
    if rows[target]["base"] == "hidden":
        return View()
    labels = [wrap(lang.label(result, name), 30, 2) for name in names]
    figure = new_figure(0.55 + row_height(labels, 0.32) * len(names))
    ax = figure.subplots()
    told: list[str] = []
    for y, name in enumerate(names):
        row, strong = rows[name], name == target
        if pd.isna(row["estimate"]):
            hidden(ax, y, result.settings["min_base"], withheld=row["base"] != "hidden")
            continue
        dot(ax, row["estimate"], y, (row["low"], row["high"]), SERIES if strong else SOFT)
        told.append(f"{lang.label(result, name)}: {_beside(ax, lang, y, row, strong)}")
    _lines(ax, labels, lang)
    ax.get_yticklabels()[names.index(target)].set_fontweight("bold")
    figure.supxlabel(lang.text("Index, 0–100"), fontsize=8, color=SOFT)
    return finish(figure, index_title(result, lang), "; ".join(told))


def groups(result: Result, lang: Language) -> View:
    """The target's index in each group, best first; hollow marks use the group's own weights."""
    target, wave = result.settings["target"], result.facts["wave"]
    mine = replace(result, tidy=result.tidy[result.tidy["item"] == target])
    by_term = {term: mine.rows(term=term, wave=wave).set_index("group") for term in ("index", "index_own")}
    rows = by_term["index"].drop(index="", errors="ignore").sort_values("estimate", ascending=False, kind="stable")
    if rows["estimate"].isna().all():
        return View()
    sure = {group for _, group in apart(mine, "index")}
    labels = [
        f"{wrap(lang.group(result, str(group)), 28, 2)}\n{sample_size(lang, result, row)}"
        for group, row in rows.iterrows()
    ]
    figure = new_figure(0.8 + row_height(labels) * len(rows))
    ax = figure.subplots()
    told, own = [], by_term["index_own"]["estimate"].dropna()
    for y, row in enumerate(rows.reset_index().to_dict("records")):
        group = row["group"]
        if pd.isna(row["estimate"]):
            hidden(ax, y, result.settings["min_base"], withheld=row["base"] != "hidden")
            continue
        dot(ax, row["estimate"], y, (row["low"], row["high"]), SERIES if group in sure else SOFT)
        if group in own.index:
            ax.plot([own[group]], [y - 0.24], "D", markersize=4, markerfacecolor="white", markeredgecolor=INK,
                    markeredgewidth=0.9, zorder=4)  # fmt: skip
        told.append(f"{lang.group(result, group)}: {_beside(ax, lang, y, row, group in sure)}")
    everyone = by_term["index"]["estimate"].get("", np.nan)
    if everyone == everyone:
        ax.axvline(everyone, color=SOFT, linewidth=0.8, linestyle=(0, (3, 2)), zorder=1)
    _lines(ax, labels, lang)
    if len(own):
        key = ax.plot([], [], "D", markersize=4, markerfacecolor="white", markeredgecolor=INK,
                      label=lang.text("With the group’s own weights"))  # fmt: skip
        figure.legend(handles=key, loc="outside lower center", frameon=False, fontsize=8)
    note = mark("Index of “{item}”, 0–100; dashed: all respondents; blue: differs from the rest")
    ax.set_xlabel(wrap(lang.text(note, item=lang.label(result, target)), 84), fontsize=8, color=SOFT)
    return finish(figure, group_title(mine, lang), "; ".join(told))


def _beside(ax: Axes, lang: Language, y: float, row: Row, strong: bool) -> str:
    """Print an index and its interval at the right of its row; return what was printed."""
    interval = between(lang, row, 1)
    text = INDEX.show(lang, row["estimate"]) + star(row) + (f" ({interval})" if interval else "")
    ax.text(1.01, y, text, transform=ax.get_yaxis_transform(), va="center", fontsize=8, color=INK,
            fontweight="bold" if strong else "normal")  # fmt: skip
    return text


def _lines(ax: Axes, labels: list[str], lang: Language) -> None:
    ax.set_yticks(range(len(labels)), labels)
    ax.set_ylim(len(labels) - 0.5, -0.5)
    ax.margins(x=0.06)
    ax.grid(axis="x")
    number_axis(ax.xaxis, lang)
    bare(ax)


def trend(result: Result, lang: Language) -> View:
    """The target's index in each wave with intervals."""
    mine = result.tidy[result.tidy["item"] == result.settings["target"]]
    # The current wave is the last, wherever its rows stand.
    mine = mine.sort_values("wave", key=lambda waves: waves == result.facts["wave"], kind="stable")
    return charts.trend(replace(result, tidy=mine), lang)


def rolling(result: Result, lang: Language) -> View:
    """The rolling index of each node of the economy at each wave, darker when higher.

    What was not measured in a wave and stands on is pale and in brackets; what was not measured yet is a dash.
    """
    rows = result.rows(term="economy_index", group="")
    if rows["estimate"].isna().all():
        return View()
    nodes = read_tree(result.settings["economy"])
    waves = list(dict.fromkeys(rows["wave"]))[-WAVES:]
    cells = {(row["item"], row["wave"]): row for row in rows.to_dict("records") if pd.notna(row["estimate"])}
    labels = [wrap(lang.label(result, node.name), 32 - 2 * min(node.depth, INDENTS), 2) for node in nodes]
    heads = [wrap(lang.wave(result, wave), max(5, int(66 / len(waves))), 3) for wave in waves]
    height = row_height(labels, 0.32)
    figure = new_figure(0.4 + height * len(nodes) + 0.15 * max(head.count("\n") + 1 for head in heads))
    names, ax = figure.subplots(1, 2, width_ratios=[1, 2.2], sharey=True)
    found = [row["estimate"] for (_, wave), row in cells.items() if wave in waves]
    told, printed = [], []
    for y, (node, label) in enumerate(zip(nodes, labels, strict=True)):
        style = {"va": "center", "fontweight": "normal" if node.depth else "bold"}
        names.text(0.05 * min(node.depth, INDENTS), y, label, fontsize=8.5, **style)
        for x, wave in enumerate(waves):
            text, shade = _cell(lang, cells.get((node.name, wave)), min(found), max(found))
            ax.add_patch(Rectangle((x - 0.48, y - 0.46), 0.96, 0.92, facecolor=shade, edgecolor="none"))
            ax.text(x, y, text, ha="center", fontsize=8, color=SOFT if text[0] in "(–" else INK, **style)
            printed.append(text)
            told.append(f"{lang.label(result, node.name)}, {lang.wave(result, wave)}: {text}")
    names.set_xlim(0, 1)
    names.set_axis_off()
    ax.set_ylim(len(nodes) - 0.5, -0.5)
    ax.set_xlim(-0.5, max(len(waves), 5) - 0.5)  # so that one or two waves make no bars
    ax.set_xticks(range(len(waves)), heads)
    ax.xaxis.tick_top()
    ax.tick_params(labelleft=False)
    bare(ax)
    signs = {text[0] for text in printed}
    notes = [lang.text("Index, 0–100")]
    notes += [lang.text("in brackets: not measured in this wave, the last value stands on")] * ("(" in signs)
    notes += [lang.text("–: not measured yet")] * ("–" in signs)
    figure.supxlabel(wrap(" · ".join(notes), 105), fontsize=8, color=SOFT)
    root = cells.get((nodes[0].name, waves[-1]))
    value = INDEX.show(lang, root["estimate"]) if root else "–"
    title = lang.text("“{item}” reaches {index} of 100 points", item=lang.label(result, nodes[0].name), index=value)
    return finish(figure, title, "; ".join(told))


def _cell(lang: Language, row: Row | None, low: float, high: float) -> tuple[str, Any]:
    """What stands in a cell and its shade."""
    if row is None:
        return "–", "white"
    text = INDEX.show(lang, row["estimate"])
    share = 0.08 + 0.42 * (row["estimate"] - low) / max(
        high - low, 5.0
    )  # five points at least, else noise would glow
    share, text = (share / 3, f"({text})") if row["score"] > 0 else (share, text)
    return text, tuple(1 - share * (1 - part) for part in mpl.colors.to_rgb(SERIES))
