"""The charts: diverging bars, stacked shares with the score beside, dots with intervals, trend, distribution."""

from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from cxkit.data.cards import card
from cxkit.results import Result
from cxkit.views.canvas import HIGH, INK, LOW, MIDDLE, RULE, SERIES, SOFT, bare, dot, finish, ink_on, new_figure, wrap
from cxkit.views.findings import change_title, group_title, items_title, score_title, spread_title
from cxkit.views.language import Language, plain, span
from cxkit.views.table import show
from cxkit.views.view import View

ROW = 0.46  # inches of height per row


def diverging(result: Result, lang: Language) -> View:
    """Every item's distribution as a bar around the middle of its scale, the extremes strongest."""
    rows = _cells(result, "share")
    items = [i for i in result.settings["items"] if i in set(rows["item"])]
    mean = _cells(result, "index").set_index("item")["estimate"]
    items.sort(key=lambda item: -np.nan_to_num(mean.get(item, np.nan), nan=-1))
    figure = new_figure(1.55 + ROW * len(items))
    ax, key = figure.subplots(2, 1, height_ratios=[len(items), 0.32])
    told: list[str] = []
    reach = 0.0
    for y, item in enumerate(items):
        scale = card(item, result.settings["scale"][item])
        mine = rows[rows["item"] == item].sort_values("score")
        if mine["estimate"].isna().any():
            ax.text(0, y, _hidden(result), ha="center", va="center", color=SOFT)
            continue
        shares = mine["estimate"].to_numpy()
        middle = (scale.low + scale.high) / 2
        side = np.sign(mine["score"].to_numpy() - middle)
        left = -(shares[side < 0].sum() + shares[side == 0].sum() / 2)
        colors = _ramp(len(shares))
        for share, color in zip(shares, colors, strict=True):
            ax.barh(y, share, left=left, height=0.66, color=color, edgecolor="#b9bec6")
            left += share
        ends = {term: _value(result, term, item) for term in ("top_box", "bottom_box")}
        first = left - shares.sum()
        ax.text(
            first - 0.012, y, lang.percent(ends["bottom_box"]), ha="right", va="center", fontweight="bold", color=LOW
        )
        ax.text(
            left + 0.012, y, lang.percent(ends["top_box"]), ha="left", va="center", fontweight="bold", color="#542788"
        )
        reach = max(reach, -first, left)
        told.append(f"{lang.label(result, item)}: {span(scale.bottom)} {lang.percent(ends['bottom_box'])}, "
                    f"{span(scale.top)} {lang.percent(ends['top_box'])}")  # fmt: skip
    bases = _cells(result, "mean").set_index("item")["n"]
    ax.set_yticks(
        range(len(items)), [f"{wrap(lang.label(result, i), 27)}\nn = {lang.number(bases[i])}" for i in items]
    )
    ax.set_ylim(len(items) - 0.5, -0.5)
    ax.set_xlim(-reach - 0.13, reach + 0.13)
    ax.axvline(0, color=INK, linewidth=0.8)
    ax.set_xticks([])
    bare(ax)
    scale = card(items[0], result.settings["scale"][items[0]])
    _key(key, lang, [str(k) for k in scale.points], span(scale.bottom), span(scale.top))
    return finish(figure, items_title(result, lang), "; ".join(told))


def _key(ax: Axes, lang: Language, points: list[str], bottom: str, top: str) -> None:
    """The scale as a strip of its colours, with what the two printed percentages count."""
    n = len(points)
    for k, (point, color) in enumerate(zip(points, _ramp(n), strict=True)):
        ax.barh(0, 1, left=k - n / 2, height=0.9, color=color, edgecolor="white")
        if n <= 11:
            ax.text(k - n / 2 + 0.5, 0, point, ha="center", va="center", fontsize=8, color=ink_on(color))
    style: dict[str, Any] = {"va": "center", "fontsize": 8, "fontweight": "bold"}
    ax.text(-n / 2 - 0.3, 0, lang.text("Share of {scores}", scores=bottom), ha="right", color=LOW, **style)
    ax.text(n / 2 + 0.3, 0, lang.text("Share of {scores}", scores=top), ha="left", color="#542788", **style)
    ax.set_xlim(-n * 1.35, n * 1.35)
    ax.set_axis_off()


def stacked(result: Result, lang: Language) -> View:
    """Detractors, passives and promoters per group, with the score and its interval beside."""
    terms = {"detractors": LOW, "passives": MIDDLE, "promoters": HIGH}
    words = [lang.text("Detractors"), lang.text("Passives"), lang.text("Promoters")]
    everyone = lang.text("All")
    names = ["", *_groups(result, "nps")]
    figure = new_figure(1.25 + ROW * len(names))
    ax, side = figure.subplots(1, 2, width_ratios=[1.7, 1], sharey=True)
    told: list[str] = []
    for y, group in enumerate(names):
        if np.isnan(_value(result, "nps", group=group)):
            ax.text(0.5, y, _hidden(result), ha="center", va="center", color=SOFT)
            continue
        left = 0.0
        for name, (term, color) in zip(words, terms.items(), strict=True):
            share = _value(result, term, group=group)
            ax.barh(y, share, left=left, height=0.62, color=color, edgecolor="white",
                    label=None if told else name)  # fmt: skip
            if share >= 0.055:
                ax.text(left + share / 2, y, lang.percent(share), ha="center", va="center", fontsize=8, color="white")
            left += share
        score, low, high = (_value(result, "nps", group=group, column=c) for c in ("estimate", "low", "high"))
        dot(side, score, y, (low, high), INK if not group else SERIES)
        side.annotate(lang.number(score), (score, y), (0, 6), textcoords="offset points", ha="center", fontsize=8.5,
                      fontweight="bold")  # fmt: skip
        interval = lang.text("{low} to {high}", low=lang.number(low), high=lang.number(high))
        told.append(f"{plain(group) or everyone}: NPS {lang.number(score)} ({interval})")
    labels = [
        f"{wrap(g or everyone, 22)}\nn = {lang.number(_value(result, 'nps', group=g, column='n'))}" for g in names
    ]
    ax.set_yticks(range(len(names)), labels)
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.set_xlim(0, 1)
    ax.set_xticks([])
    bare(ax)
    if told:
        ax.legend(ncols=3, loc="lower left", bbox_to_anchor=(-0.02, 1.0), frameon=False, handlelength=0.9,
                  handleheight=0.9, columnspacing=1.2, handletextpad=0.5, fontsize=8.5)  # fmt: skip
    side.axvline(0, color=RULE, linewidth=1)
    side.grid(axis="x")
    side.margins(x=0.12)
    side.set_title(lang.text("NPS with its interval"), fontsize=8.5, color=SOFT)
    side.tick_params(labelleft=False)
    side.xaxis.set_major_formatter(lambda x, _: lang.number(x))
    side.xaxis.set_major_locator(_ticks())
    bare(side)
    return finish(figure, score_title(result, lang), "; ".join(told))


def distribution(result: Result, lang: Language) -> View:
    """How many gave each score, coloured by what the score counts as."""
    rows = _cells(result, "share").sort_values("score")
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
    ax.set_xlabel(wrap(lang.label(result, result.settings["score"]), 70))
    bare(ax)
    told = "; ".join(f"{s:.0f}: {lang.percent(v)}" for s, v in zip(rows["score"], rows["estimate"], strict=True))
    return finish(figure, spread_title(result, lang), told)


def groups(result: Result, lang: Language) -> View:
    """The mean of each item in each group, with intervals; a dot in full colour differs from the rest."""
    rows = _cells(result, "mean", groups=True)
    if rows.empty:
        return View()
    items = [i for i in result.settings["items"] if i in set(rows["item"])]
    names = _groups(result, "mean")
    figure = new_figure(0.9 + 0.25 * (len(names) + 1.35) * len(items))
    ax = figure.subplots()
    y, told, ticks, labels = 0.0, [], [], []
    for item in items:
        ax.text(0, y, plain(lang.label(result, item)), transform=ax.get_yaxis_transform(), fontweight="bold",
                va="center", fontsize=9)  # fmt: skip
        total = _value(result, "mean", item)
        ax.plot(
            [total, total],
            [y + 0.5, y + len(names) + 0.5],
            color=SOFT,
            linewidth=0.8,
            linestyle=(0, (3, 2)),
            zorder=1,
        )
        for k, group in enumerate(names, 1):
            place = y + k
            ticks.append(place)
            labels.append(wrap(group, 26, 1))
            value, low, high = (_value(result, "mean", item, group, column=c) for c in ("estimate", "low", "high"))
            if np.isnan(value):
                ax.text(total, place, _hidden(result), va="center", ha="center", fontsize=8, color=SOFT,
                        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})  # fmt: skip
                continue
            p = _value(result, "mean_vs_rest", item, group, column="p_adjusted")
            differs = p < 1 - result.settings["level"]
            dot(ax, value, place, (low, high), SERIES if differs else SOFT)
            interval = lang.text("{low} to {high}", low=show(lang, "mean", low), high=show(lang, "mean", high))
            text = f"{show(lang, 'mean', value)} ({interval})" if low == low else show(lang, "mean", value)
            ax.text(1.01, place, text, transform=ax.get_yaxis_transform(), va="center", fontsize=8,
                    color=SERIES if differs else SOFT)  # fmt: skip
            told.append(f"{lang.label(result, item)}, {plain(group)}: {text}")
        y += len(names) + 1.35
    ax.set_yticks(ticks, labels)
    ax.set_ylim(y - 0.7, -0.7)
    ax.margins(x=0.06)
    ax.grid(axis="x")
    ax.xaxis.set_major_formatter(lambda x, _: lang.number(x, 1))
    ax.xaxis.set_major_locator(_ticks())
    ax.set_xlabel(lang.text("Mean; dashed: all respondents; blue: differs from the rest"), fontsize=8)
    bare(ax)
    return finish(figure, group_title(result, lang), "; ".join(told))


def trend(result: Result, lang: Language) -> View:
    """The main estimate in each wave with intervals, a panel per item."""
    term = "nps" if result.method == "nps" else "index"
    rows = result.table[(result.table["term"] == term) & (result.table["group"] == "") & (result.table["wave"] != "")]
    waves = list(dict.fromkeys(rows["wave"]))
    if len(waves) < 2:
        return View()
    items = list(dict.fromkeys(rows["item"]))
    columns = min(2, len(items))
    lines = -(-len(items) // columns)
    figure = new_figure(0.55 + 1.75 * lines)
    panels = figure.subplots(lines, columns, squeeze=False, sharey=True).ravel()
    told = []
    for ax, item in zip(panels, items, strict=False):
        mine = rows[rows["item"] == item].set_index("wave").reindex(waves)
        x, value = np.arange(len(waves)), mine["estimate"].to_numpy()
        ax.fill_between(x, mine["low"], mine["high"], color=SERIES, alpha=0.16, linewidth=0)
        sns.lineplot(x=x, y=value, ax=ax, color=SERIES, marker="o", errorbar=None)
        for k, wave in enumerate(waves):
            if pd.notna(value[k]):
                ax.annotate(show(lang, term, value[k]), (k, value[k]), (0, 7), textcoords="offset points",
                            ha="center", fontsize=8, fontweight="bold")  # fmt: skip
                told.append(f"{lang.label(result, item)}, {plain(wave)}: {show(lang, term, value[k])}")
        if len(items) > 1:
            ax.set_title(wrap(lang.label(result, item), 44, 1), fontsize=8.5, loc="left")
        ax.set_xticks(x, [wrap(w, 12, 2) for w in waves])
        ax.set_xlim(-0.35, len(waves) - 0.65)
        ax.margins(y=0.2)
        ax.grid(axis="y")
        ax.yaxis.set_major_formatter(lambda v, _: lang.number(v))
        ax.yaxis.set_major_locator(_ticks(4))
        ax.tick_params(axis="y", labelsize=8, labelcolor=SOFT)
        bare(ax)
    for ax in panels[len(items) :]:
        ax.set_axis_off()
    return finish(figure, change_title(result, lang), "; ".join(told))


def _cells(result: Result, term: str, *, groups: bool = False) -> pd.DataFrame:
    rows = result.table[(result.table["term"] == term) & (result.table["wave"] == result.facts["wave"])]
    return rows[(rows["group"] != "") == groups]


def _groups(result: Result, term: str) -> list[str]:
    return list(dict.fromkeys(_cells(result, term, groups=True)["group"]))


def _value(result: Result, term: str, item: str = "", group: str = "", *, column: str = "estimate") -> float:
    rows = _cells(result, term, groups=bool(group))
    rows = rows[rows["group"] == group]
    rows = rows[rows["item"] == item] if item else rows
    return float(rows[column].iloc[0]) if len(rows) else float("nan")


def _hidden(result: Result) -> str:
    return f"n < {result.settings['min_base']}"


def _ramp(n: int) -> list[tuple[float, float, float]]:
    return [color[:3] for color in sns.color_palette("PuOr", as_cmap=True)(np.linspace(0.08, 0.92, n))]


def _ticks(n: int = 6) -> MaxNLocator:
    return MaxNLocator(n, steps=[1, 2, 5, 10], integer=False)
