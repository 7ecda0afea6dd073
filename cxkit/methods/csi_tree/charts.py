"""Charts of a satisfaction tree: the tree itself, what matters most, the map of parts, groups, trend."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from cxkit.measure.claims import IMPORTANT
from cxkit.methods.csi_tree.prose import root_title
from cxkit.result import Result, Row
from cxkit.show import charts
from cxkit.show.canvas import (
    CATEGORIES,
    HIGH,
    INDENTS,
    INK,
    LOW,
    MIDDLE,
    RULE,
    SERIES,
    SOFT,
    bare,
    dot,
    finish,
    new_figure,
    number_axis,
    percent_axis,
    wrap,
)
from cxkit.show.claims import FEW, VERDICTS, group_title, judged, verdict_of
from cxkit.show.importance_map import QUADRANTS, name_quadrants, numbered
from cxkit.show.language import Language
from cxkit.show.rows import claimed, current_rows
from cxkit.show.units import INDEX
from cxkit.show.view import View
from cxkit.show.wording import quoted, some, star
from cxkit.survey.trees import Tree, read_tree

COLORS = {"reached": HIGH, "not_reached": LOW, "undecided": MIDDLE}


def tree(result: Result, lang: Language) -> View:
    """The tree from root to leaves: weight, level with interval, and whether the target is reached."""
    nodes = read_tree(result.settings["tree"])
    index, weight = current_rows(result, "index"), current_rows(result, "weight")
    if index[nodes[0].name]["estimate"] != index[nodes[0].name]["estimate"]:
        return View()
    labels = [
        wrap(lang.label(result, n.name), (36 if n.children else 42) - 3 * min(n.depth, INDENTS), 3) for n in nodes
    ]
    heights = [max(0.34, 0.15 * (label.count("\n") + 1) + 0.13) for label in labels]
    y = np.cumsum(heights) - np.array(heights) / 2
    figure = new_figure(sum(heights) + 0.75)
    names, ax = figure.subplots(1, 2, width_ratios=[1.3, 1], sharey=True)
    told = []
    for place, (node, label) in enumerate(zip(nodes, labels, strict=True)):
        x = 0.05 * min(node.depth, INDENTS)
        if node.children:
            last = node.children[-1]
            names.plot([x + 0.015] * 2, [y[place] + 0.12, y[last]], color=RULE, linewidth=1.2, zorder=1)
        if node.depth:
            names.plot([x - 0.035, x - 0.008], [y[place]] * 2, color=RULE, linewidth=1.2, zorder=1)
            share = lang.percent(weight[node.name]["estimate"])
            names.text(0.97, y[place], share, ha="right", va="center", fontsize=8, color=SOFT)
        style: dict[str, Any] = {"fontweight": "bold"} if node.children else {}
        names.text(x, y[place], label, va="center", fontsize=9 if node.depth < 2 else 8.5, **style)
        row = index[node.name]
        if row["estimate"] != row["estimate"]:
            ax.text(0.5, y[place], _absent(result, row), transform=ax.get_yaxis_transform(), ha="center", va="center",
                    fontsize=8, color=SOFT)  # fmt: skip
            continue
        verdict = judged(result, row, lang)
        color = COLORS[verdict_of(result, row)]
        dot(ax, row["estimate"], y[place], (row["low"], row["high"]), color)
        value = INDEX.show(lang, row["estimate"]) + star(row)
        ax.text(1.02, y[place], value, transform=ax.get_yaxis_transform(), va="center", fontsize=8.5,
                fontweight="bold", color=INK)  # fmt: skip
        told.append(f"{lang.label(result, node.name)}: {value}, {verdict}")
    target = result.settings["target"]
    ax.axvline(target, color=INK, linewidth=0.9, linestyle=(0, (3, 2)), zorder=1)
    names.set_ylim(y[-1] + heights[-1] / 2, 0)
    names.set_xlim(0, 1)
    names.set_axis_off()
    names.annotate(lang.text("Weight"), (0.97, 1.0), (0, 6), xycoords="axes fraction", textcoords="offset points",
                   ha="right", va="baseline", fontsize=8, color=SOFT)  # fmt: skip
    lows = [row["low"] if row["low"] == row["low"] else row["estimate"] for row in index.values()]
    left = min(np.nanmin(lows), target, 90.0)
    room = 0.05 * (100 - left)  # so that no dot at an end is cut
    ax.set_xlim(left - room, 100 + room)
    ax.grid(axis="x")
    ax.set_title(lang.text("Level, 0–100; dashed: target"), fontsize=8, color=SOFT, loc="left", fontweight="normal")
    ax.tick_params(labelleft=False)
    number_axis(ax.xaxis, lang, 5)
    bare(ax)
    keys = [ax.plot([], [], "o", color=color, label=lang.text(VERDICTS[word]))[0] for word, color in COLORS.items()]
    figure.legend(handles=keys, loc="outside lower center", ncols=3, frameon=False, fontsize=8)
    return finish(figure, root_title(result, lang), "; ".join(told))


def importance_map(result: Result, lang: Language) -> View:
    """Parts by level and importance with their intervals; beside it, the most likely quadrant of each."""
    index = current_rows(result, "index")
    across = current_rows(result, "importance") or current_rows(result, "weight")
    nodes = read_tree(result.settings["tree"])
    names = [nodes[k].name for k in nodes[0].children if nodes[k].name in across]
    names = [n for n in names if pd.notna(index[n]["estimate"]) and pd.notna(across[n]["estimate"])]
    chances = {term: current_rows(result, term) for term in QUADRANTS}
    if len(names) < 2 or names[0] not in chances["keep_up"]:
        return View()
    figure = new_figure(max(3.3, 0.5 + 0.52 * len(names)))
    ax, side = figure.subplots(1, 2, width_ratios=[1.3, 1])
    told = []
    x = [index[name]["estimate"] for name in names]
    y = [across[name]["estimate"] for name in names]
    ax.axvline(np.mean(x), color=SOFT, linewidth=0.8, linestyle=(0, (3, 2)), zorder=1)
    ax.axhline(np.mean(y), color=SOFT, linewidth=0.8, linestyle=(0, (3, 2)), zorder=1)
    for number, name in enumerate(names, 1):
        one, other = index[name], across[name]
        ax.plot([one["low"], one["high"]], [other["estimate"]] * 2, color=SERIES, alpha=0.45, linewidth=1.6)
        ax.plot([one["estimate"]] * 2, [other["low"], other["high"]], color=SERIES, alpha=0.45, linewidth=1.6)
        likely = max(QUADRANTS, key=lambda term: chances[term][name]["estimate"])
        sure = chances[likely][name]["estimate"]
        word = lang.text(QUADRANTS[likely])
        top = 1 - (number - 0.5) / len(names)
        side.text(0.065, top, str(number), fontweight="bold", color=SERIES, va="center", ha="right")
        side.text(0.09, top, f"{wrap(lang.label(result, name), 30, 2)}\n{word}, {lang.percent(sure)}", va="center",
                  fontsize=8.5, linespacing=1.25)  # fmt: skip
        told.append(f"{lang.label(result, name)}: {INDEX.show(lang, one['estimate'])}{star(one)}, "
                    f"{lang.percent(other['estimate'])}, {word} ({lang.percent(sure)})")  # fmt: skip
    side.set_xlim(0, 1)
    side.set_ylim(0, 1)
    side.set_axis_off()
    name_quadrants(ax, lang)
    ax.margins(0.16, 0.2)
    if np.ptp(ax.get_ylim()) < 0.1:  # else its whole percents would repeat
        bottom = max(0.0, float(np.mean(y)) - 0.05)
        ax.set_ylim(bottom, bottom + 0.1)
    numbered(ax, figure.get_figheight(), x, y)
    ax.set_xlabel(lang.text("Level, 0–100; dashed: average of the parts"), fontsize=8)
    ax.set_ylabel(lang.text("Importance") if current_rows(result, "importance") else lang.text("Weight"), fontsize=8)
    number_axis(ax.xaxis, lang, 5)
    percent_axis(ax.yaxis, lang)
    ax.tick_params(labelsize=8, labelcolor=SOFT)
    bare(ax, left=True, bottom=True)
    below = [row["item"] for row in claimed(result, IMPORTANT) if row["estimate"] < 0]
    finding = [quoted(lang, [lang.label(result, item)]) for item in below]
    title = (
        lang.text("Important and below average: {items}", items=some(lang, finding, FEW))
        if finding
        else lang.text("No part is reliably both important and below average")
    )
    return finish(figure, title, "; ".join(told))


def profile(result: Result, lang: Language) -> View:
    """The parts along x and their level along y, one line per group."""
    nodes: Tree = read_tree(result.settings["tree"])
    rows = result.rows(term="index", wave=result.facts["wave"])
    rows = rows[(rows["group"] != "") & rows["estimate"].notna()]
    parts = [nodes[k].name for k in nodes[0].children if nodes[k].name in set(rows["item"])]
    groups = list(dict.fromkeys(rows["group"]))
    if not parts or not groups:
        return View()
    names = [lang.label(result, part) for part in parts]
    fits = max(9, int(92 / len(parts)))
    turned = len(parts) > 6 or any(len(word) > fits for name in names for word in name.split())
    lines = max(wrap(lang.group(result, group), 26, 2).count("\n") + 1 for group in groups)
    figure = new_figure(3.1 + 0.9 * turned + (0.06 + 0.14 * lines) * -(-len(groups) // 3))
    ax = figure.subplots()
    told = []
    for k, group in enumerate(groups):
        mine = rows[rows["group"] == group].set_index("item").reindex(parts)
        x = np.arange(len(parts)) + (k - (len(groups) - 1) / 2) * min(0.1, 0.5 / len(groups))
        color = CATEGORIES[k % len(CATEGORIES)]
        ax.vlines(x, mine["low"], mine["high"], color=color, alpha=0.5, linewidth=1.6)
        ax.plot(x, mine["estimate"], color=color, marker="os^Dvp"[(k + k // 6) % 6], markersize=5.5, linewidth=1.3,
                markeredgecolor="white", label=wrap(lang.group(result, group), 26, 2))  # fmt: skip
        whose = lang.group(result, group)
        told += [f"{whose}, {lang.label(result, part)}: {INDEX.show(lang, row['estimate'])}{star(row)}"
                 for part, row in mine[mine["estimate"].notna()].iterrows()]  # fmt: skip
    if turned:
        aslant: dict[str, Any] = {"rotation": 40, "ha": "right", "rotation_mode": "anchor"}
        ax.set_xticks(range(len(parts)), [wrap(name, 26, 2) for name in names], **aslant)
    else:
        ax.set_xticks(range(len(parts)), [wrap(name, fits, 4) for name in names])
    ax.set_xlim(-0.5, len(parts) - 0.5)
    ax.set_ylabel(lang.text("Level, 0–100"), fontsize=8)
    ax.margins(y=0.1)
    ax.grid(axis="y")
    number_axis(ax.yaxis, lang, 5)
    ax.tick_params(axis="y", labelsize=8, labelcolor=SOFT)
    bare(ax)
    figure.legend(loc="outside lower center", ncols=min(3, len(groups)), frameon=False, fontsize=8)
    return finish(figure, group_title(result, lang), "; ".join(told))


def trend(result: Result, lang: Language) -> View:
    """The root and its parts over the waves."""
    rows = result.rows(term="index", group="")
    often = rows["item"].value_counts()
    keep = result.tidy["item"].isin(often[often > 1].index)
    return charts.trend(replace(result, tidy=result.tidy[keep]), lang)


def _absent(result: Result, row: Row) -> str:
    return f"n < {result.settings['min_base']}" if row["base"] == "hidden" else "–"
