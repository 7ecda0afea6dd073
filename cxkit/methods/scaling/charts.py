"""Charts of rating items: diverging bars, and the means of groups and waves."""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import blended_transform_factory

from cxkit.measure.comparison import REST
from cxkit.methods.scaling.prose import items_title
from cxkit.result import Result
from cxkit.show import charts
from cxkit.show.canvas import (
    INK,
    LOW,
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
from cxkit.show.claims import change_title, group_title
from cxkit.show.language import Language, span
from cxkit.show.rows import apart, by_group, looked_at
from cxkit.show.units import COMMON, SCALE_POINTS
from cxkit.show.view import View
from cxkit.show.wording import sample_size, star
from cxkit.survey.cards import Card, card

FEW = 11  # scores that a bar can still show one by one


def diverging(result: Result, lang: Language) -> View:
    """Every item's distribution as a bar around the middle of its scale, the extremes strongest."""
    shares = result.rows(term="share", group="", wave=result.facts["wave"])
    if shares["estimate"].isna().all():
        return View()
    terms = {term: by_group(result, term) for term in ("index", "mean", "top_box", "bottom_box")}
    items = [i for i in result.settings["items"] if i in set(shares["item"])]
    items.sort(key=lambda item: -np.nan_to_num(terms["index"][item, ""]["estimate"], nan=-1))
    scales = scales_of(result, items)
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


def groups(result: Result, lang: Language) -> View:
    """The mean of each item in each group, with intervals; a dot in full colour differs from the rest.

    Items on different scales share one axis as their 0-100 index.
    """
    if not looked_at(result, REST):
        return View()
    items = [i for i in result.settings["items"] if (i, "") in by_group(result, "mean")]
    mixed = len({scale.points for scale in scales_of(result, items).values()}) > 1
    term = "index" if mixed else "mean"
    unit = COMMON[term]
    rows, sure = by_group(result, term), apart(result, "mean")
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
            color = SERIES if (item, group) in sure else SOFT
            dot(ax, value, ticks[-1], (low, high), color)
            interval = lang.text("{low} to {high}", low=unit.show(lang, low), high=unit.show(lang, high))
            shown = unit.show(lang, value) + star(rows[item, group])
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


def trend(result: Result, lang: Language) -> View:
    """Each item over the waves, in scale points as changes are told; on different scales as 0-100 indices."""
    cards = scales_of(result, result.settings["items"])
    if len({scale.points for scale in cards.values()}) == 1:
        told = partial(change_title, unit=SCALE_POINTS)
        return charts.trend(result, lang, term="mean", unit=SCALE_POINTS, title=told)
    width = result.claims["item"].map({item: card.high - card.low for item, card in cards.items()})
    claims = result.claims.assign(estimate=100 * result.claims["estimate"] / width)
    return charts.trend(replace(result, claims=claims), lang)


def scales_of(result: Result, items: list[str]) -> dict[str, Card]:
    return {item: card(item, result.settings["scale"][item]) for item in items}
