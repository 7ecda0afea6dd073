"""The charts: diverging bars, stacked shares with the score beside, dots with intervals, trend, distribution."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.transforms import blended_transform_factory

from cxkit.result import Result
from cxkit.show.canvas import (
    HIGH,
    INK,
    LOW,
    MIDDLE,
    RULE,
    SERIES,
    SOFT,
    TOP,
    bare,
    dot,
    finish,
    hidden,
    ink_on,
    new_figure,
    number_axis,
    ramp,
    row_height,
    wrap,
)
from cxkit.show.findings import change_title, compared, group_title, items_title, score_title, spread_title
from cxkit.show.language import Language, span
from cxkit.show.phrases import sample_size, star
from cxkit.show.table import show
from cxkit.show.view import View
from cxkit.survey.cards import Card, card

FEW = 11  # scores that a bar can still show one by one
Rows = dict[tuple[str, str], dict[Any, Any]]  # (item, group) -> one row of the result's table


def diverging(result: Result, lang: Language) -> View:
    """Every item's distribution as a bar around the middle of its scale, the extremes strongest."""
    shares = result.rows(term="share", group="", wave=result.facts["wave"])
    if shares["estimate"].isna().all():
        return View()
    terms = {term: _rows(result, term) for term in ("index", "mean", "top_box", "bottom_box")}
    items = [i for i in result.settings["items"] if i in set(shares["item"])]
    items.sort(key=lambda item: -np.nan_to_num(terms["index"][item, ""]["estimate"], nan=-1))
    scales = _scales(result, items)
    mixed = len({(scale.points, scale.boxes) for scale in scales.values()}) > 1
    labels = [
        f"{wrap(lang.label(result, item), 30)}\n{f'{span(scales[item].points)}, ' * mixed}"
        f"{sample_size(lang, result, terms['mean'][item, ''])}"
        for item in items
    ]
    rows = row_height(labels) * len(items)
    figure = new_figure(0.45 + rows)
    ax, key = figure.subplots(2, 1, height_ratios=[rows, 0.27])
    told: list[str] = []
    reach = [0.0, 0.0]
    for y, item in enumerate(items):
        scale = scales[item]
        mine = shares[shares["item"] == item].sort_values("score")
        if mine["estimate"].isna().any():
            hidden(ax, y, result.settings["min_base"])
            continue
        share = mine["estimate"].to_numpy()
        side = np.sign(mine["score"].to_numpy() - (scale.low + scale.high) / 2)
        first = -(share[side < 0].sum() + share[side == 0].sum() / 2)
        left = first + np.concatenate([[0.0], share.cumsum()])
        colors = np.array(ramp(len(share)))
        some = share > 0
        edge = "#b9bec6" if len(share) <= FEW else colors[some]
        ax.barh(np.full(some.sum(), y), share[some], left=left[:-1][some], height=0.66, color=colors[some],
                edgecolor=edge)  # fmt: skip
        ends = (terms[term][item, ""] for term in ("bottom_box", "top_box"))
        low, high = (lang.percent(row["estimate"]) + star(row) for row in ends)
        style: dict[str, Any] = {"va": "center", "fontweight": "bold"}
        ax.annotate(low, (first, y), (-5, 0), textcoords="offset points", ha="right", color=LOW, **style)
        ax.annotate(high, (left[-1], y), (5, 0), textcoords="offset points", ha="left", color=TOP, **style)
        reach = [min(reach[0], first), max(reach[1], left[-1])]
        told.append(f"{lang.label(result, item)}: {span(scale.bottom)} {low}, {span(scale.top)} {high}")
    ax.set_yticks(range(len(items)), labels)
    ax.set_ylim(len(items) - 0.5, -0.5)
    room = 0.14 * (reach[1] - reach[0])  # for the printed percentages
    ax.set_xlim(reach[0] - room, reach[1] + room)
    ax.axvline(0, color=INK, linewidth=0.8)
    ax.set_xticks([])
    bare(ax)
    _key(key, lang, scales[items[0]], mixed)
    return finish(figure, items_title(result, lang), "; ".join(told))


def _key(ax: Axes, lang: Language, scale: Card, mixed: bool) -> None:
    """The scale as a strip of its colours, with what the two printed percentages count.

    Items on different scales share the colours only, so the strip then bears no scores.
    """
    n = len(scale.points)
    step = 8 / n
    for k, (point, color) in enumerate(zip(scale.points, ramp(n), strict=True)):
        ax.barh(0, step, left=k * step - 4, height=0.9, color=color, edgecolor="white" if n <= FEW else color)
        if n <= FEW and not mixed:
            ax.text((k + 0.5) * step - 4, 0, str(point), ha="center", va="center", fontsize=8, color=ink_on(color))
    bottom = lang.text("Lowest scores") if mixed else lang.text("Share of {scores}", scores=span(scale.bottom))
    top = lang.text("Highest scores") if mixed else lang.text("Share of {scores}", scores=span(scale.top))
    style: dict[str, Any] = {"va": "center", "fontsize": 8, "fontweight": "bold"}
    ax.text(-4.3, 0, bottom, ha="right", color=LOW, **style)
    ax.text(4.3, 0, top, ha="left", color=TOP, **style)
    ax.set_xlim(-10, 10)
    ax.set_axis_off()


def stacked(result: Result, lang: Language) -> View:
    """Detractors, passives and promoters per group, with the score and its interval beside."""
    item = result.settings["score"]
    scores, everyone = _rows(result, "nps"), lang.text("All respondents")
    colors = {"detractors": LOW, "passives": MIDDLE, "promoters": HIGH}
    words = [lang.text("Detractors"), lang.text("Passives"), lang.text("Promoters")]
    shares = [_rows(result, term) for term in colors]
    names = [group for _, group in scores]
    shown = {g: lang.group(result, g) if g else everyone for g in names}
    labels = [f"{wrap(shown[g], 24)}\n{sample_size(lang, result, scores[item, g])}" for g in names]
    figure = new_figure(0.75 + row_height(labels) * len(names))
    ax, side = figure.subplots(1, 2, width_ratios=[1.7, 1], sharey=True)
    told: list[str] = []
    for y, group in enumerate(names):
        score, low, high = (scores[item, group][column] for column in ("estimate", "low", "high"))
        if np.isnan(score):
            hidden(ax, y, result.settings["min_base"])
            continue
        left = 0.0
        for name, rows, color in zip(words, shares, colors.values(), strict=True):
            share = rows[item, group]["estimate"]
            ax.barh(y, share, left=left, height=0.62, color=color, edgecolor="white",
                    label=None if told else name)  # fmt: skip
            if share >= 0.07:
                ax.text(left + share / 2, y, lang.percent(share), ha="center", va="center", fontsize=8,
                        color=ink_on(color))  # fmt: skip
            left += share
        dot(side, score, y, (low, high), INK if not group else SERIES)
        printed = lang.number(score) + star(scores[item, group])
        side.annotate(printed, (score, y), (0, 6), textcoords="offset points", ha="center", fontsize=8.5,
                      fontweight="bold")  # fmt: skip
        interval = lang.text("{low} to {high}", low=lang.number(low), high=lang.number(high))
        told.append(f"{shown[group]}: NPS {printed} ({interval})")
    if not told:
        return View()
    ax.set_yticks(range(len(names)), labels)
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.set_xlim(0, 1)
    ax.set_xticks([])
    bare(ax)
    ax.legend(ncols=3, loc="lower left", bbox_to_anchor=(-0.02, 1.0), frameon=False, handlelength=0.9,
              handleheight=0.9, columnspacing=1.2, handletextpad=0.5, fontsize=8.5)  # fmt: skip
    side.axvline(0, color=RULE, linewidth=1)
    side.grid(axis="x")
    side.margins(x=0.16)
    side.set_title(lang.text("NPS with its interval"), fontsize=8.5, color=SOFT)
    side.tick_params(labelleft=False)
    number_axis(side.xaxis, lang)
    bare(side)
    return finish(figure, score_title(result, lang), "; ".join(told))


def distribution(result: Result, lang: Language) -> View:
    """How many gave each score, coloured by what the score counts as."""
    rows = result.rows(term="share", group="", wave=result.facts["wave"]).sort_values("score")
    if rows["estimate"].isna().any() or rows.empty:
        return View()
    figure = new_figure(2.7)
    ax = figure.subplots()
    colors = [LOW if s <= 6 else HIGH if s >= 9 else MIDDLE for s in rows["score"]]
    ax.bar(rows["score"], rows["estimate"], color=colors, width=0.82)
    for score, share in zip(rows["score"], rows["estimate"], strict=True):
        ax.text(score, share + 0.006, lang.percent(share), ha="center", va="bottom", fontsize=8.5)
    ax.set_xticks(rows["score"], [lang.number(s) for s in rows["score"]])
    ax.set_yticks([])
    ax.set_ylim(0, rows["estimate"].max() * 1.14)
    ax.axhline(0, color=RULE, linewidth=1)
    ax.set_xlabel(wrap(lang.label(result, result.settings["score"]), 88))
    bare(ax)
    told = "; ".join(f"{s:.0f}: {lang.percent(v)}" for s, v in zip(rows["score"], rows["estimate"], strict=True))
    return finish(figure, spread_title(result, lang), told)


def groups(result: Result, lang: Language) -> View:
    """The mean of each item in each group, with intervals; a dot in full colour differs from the rest.

    Items on different scales share one axis as their 0-100 index.
    """
    if compared(result, "rest").empty:
        return View()
    items = [i for i in result.settings["items"] if (i, "") in _rows(result, "mean")]
    mixed = len({scale.points for scale in _scales(result, items).values()}) > 1
    term = "index" if mixed else "mean"
    rows, tests = _rows(result, term), _rows(result, "mean_vs_rest")
    names = list(dict.fromkeys(group for _, group in rows if group))
    labels = [wrap(lang.group(result, group), 28, 2) for group in names]
    heads = [wrap(lang.label(result, item), 76, 2) for item in items]
    row = row_height(labels, 0.25)
    tops = [0.36 + 0.16 * head.count("\n") for head in heads]  # inches, as the whole y axis
    figure = new_figure(0.55 + sum(tops) + row * len(names) * len(items))
    ax = figure.subplots()
    y, told, ticks = 0.0, [], []
    edge = blended_transform_factory(figure.transFigure, ax.transData)
    for item, head, top in zip(items, heads, tops, strict=True):
        ax.text(0.012, y + top - 0.06, head, transform=edge, fontweight="bold", va="bottom", in_layout=False)
        y += top
        total = rows[item, ""]["estimate"]
        ax.plot([total, total], [y, y + row * len(names)], color=SOFT, linewidth=0.8, linestyle=(0, (3, 2)), zorder=1)
        for group in names:
            ticks.append(y + row / 2)
            y += row
            value, low, high = (rows[item, group][column] for column in ("estimate", "low", "high"))
            if np.isnan(value):
                hidden(ax, ticks[-1], result.settings["min_base"])
                continue
            differs = tests.get((item, group), {"p_adjusted": 1})["p_adjusted"] < 1 - result.settings["level"]
            color = SERIES if differs else SOFT
            dot(ax, value, ticks[-1], (low, high), color)
            interval = lang.text("{low} to {high}", low=show(lang, term, low), high=show(lang, term, high))
            shown = show(lang, term, value) + star(rows[item, group])
            text = f"{shown} ({interval})" if low == low else shown
            ax.text(1.01, ticks[-1], text, transform=ax.get_yaxis_transform(), va="center", fontsize=8, color=color)
            told.append(f"{lang.label(result, item)}, {lang.group(result, group)}: {text}")
    ax.set_yticks(ticks, labels * len(items))
    ax.set_ylim(y + 0.08, 0)
    ax.margins(x=0.06)
    ax.grid(axis="x")
    number_axis(ax.xaxis, lang)
    note = lang.text("Mean; dashed: all respondents; blue: differs from the rest")
    figure.supxlabel(lang.text("0–100") + " · " + note if mixed else note, fontsize=8, color=SOFT)
    bare(ax)
    return finish(figure, group_title(result, lang), "; ".join(told))


def trend(result: Result, lang: Language, title: str = "") -> View:
    """The main estimate in each wave with intervals, a panel per item; without a title of its own it tells whether
    anything changed."""
    term = "nps" if result.method == "nps" else "index"
    rows = result.rows(term=term, group="")
    waves = list(dict.fromkeys(rows["wave"]))
    if len(waves) < 2 or rows["estimate"].isna().all():
        return View()
    items = list(dict.fromkeys(rows["item"]))
    columns = 1 if len(waves) > 6 else min(2, len(items))
    lines = -(-len(items) // columns)
    names, turned = _wave_names([lang.wave(result, wave) for wave in waves], columns)
    figure = new_figure(0.1 + (1.75 + 0.9 * turned) * lines)
    panels = figure.subplots(lines, columns, squeeze=False, sharey=True).ravel()
    told = []
    for ax, item in zip(panels, items, strict=False):
        mine = rows[rows["item"] == item].set_index("wave").reindex(waves)
        x, value = np.arange(len(waves)), mine["estimate"].to_numpy()
        ax.fill_between(x, mine["low"], mine["high"], color=SERIES, alpha=0.16, linewidth=0)
        ax.plot(x, value, "o-", color=SERIES, markeredgecolor="white")
        for k, wave in enumerate(waves):
            if pd.notna(value[k]):
                shown = show(lang, term, value[k]) + star(mine.loc[wave])
                if len(waves) <= 16 or k in (0, len(waves) - 1):
                    ax.annotate(shown, (k, value[k]), (0, 7), textcoords="offset points", ha="center", fontsize=8,
                                fontweight="bold")  # fmt: skip
                told.append(f"{lang.label(result, item)}, {lang.wave(result, wave)}: {shown}")
        if len(items) > 1:
            ax.set_title(wrap(lang.label(result, item), 84 // columns, 2), fontsize=8.5, loc="left")
        turn: dict[str, Any] = {"rotation": 40, "ha": "right", "rotation_mode": "anchor"} if turned else {}
        ax.set_xticks(x, names, **turn)
        ax.set_xlim(-0.35, len(waves) - 0.65)
        ax.margins(y=0.2)
        ax.grid(axis="y")
        number_axis(ax.yaxis, lang, 4)
        ax.tick_params(axis="y", labelsize=8, labelcolor=SOFT)
        bare(ax)
    for ax in panels[len(items) :]:
        ax.set_axis_off()
    return finish(figure, title or change_title(result, lang), "; ".join(told))


def _wave_names(waves: list[str], columns: int) -> tuple[list[str], bool]:
    """The names broken into lines that fit beside each other, or short and to be turned aslant."""
    fits = int(96 / columns / len(waves))
    turned = any(len(word) > fits for wave in waves for word in wave.split())
    return [wrap(wave, 20, 2) if turned else wrap(wave, fits) for wave in waves], turned


def _rows(result: Result, term: str) -> Rows:
    """The rows of one term in the current wave; the group "" is everybody."""
    rows = result.rows(term=term, wave=result.facts["wave"]).to_dict("records")
    return {(row["item"], row["group"]): row for row in rows}


def _scales(result: Result, items: list[str]) -> dict[str, Card]:
    return {item: card(item, result.settings["scale"][item]) for item in items}
