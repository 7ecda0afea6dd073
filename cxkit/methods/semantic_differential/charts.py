"""The charts of the semantic differential: profiles, gaps, what distances consist of, distances by group."""

from typing import Any, cast

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import blended_transform_factory

from cxkit.methods.semantic_differential.prose import gap_title, object_pairs, objects, profile_title, scales_by_gap
from cxkit.result import Result
from cxkit.show.canvas import (
    INK,
    RULE,
    SERIES,
    SOFT,
    bare,
    dot,
    finish,
    hidden,
    ink_on,
    new_figure,
    number_axis,
    row_height,
    wrap,
)
from cxkit.show.language import Language
from cxkit.show.units import SCALE_POINTS
from cxkit.show.view import View
from cxkit.show.wording import sample_size, star
from cxkit.survey.cards import card

MARKERS = "osv^Dp"


def snake(result: Result, lang: Language) -> View:
    """The mean profile of each object between the poles of each scale, with interval ribbons.

    Scales stand in the order of own's gap to the ideal, the best on top: strengths and weaknesses are then read off
    from the ends, while the order of a questionnaire says nothing about them.
    """
    scales = scales_by_gap(result)
    if not scales:
        return View()
    poles = [[wrap(lang.label(result, f"{name}_{end}"), 23) for name in scales] for end in ("left", "right")]
    row = max(row_height(side, 0.36) for side in poles)
    names = {thing: lang.label(result, thing) for thing in objects(result)}
    figure = new_figure(0.5 + row * len(scales))
    ax = figure.subplots()
    y, told = np.arange(len(scales)), []
    for thing, style in _styles(result).items():
        rows = _by_scale(result, f"mean_{thing}", scales)
        if rows["estimate"].isna().all():
            continue
        ax.fill_betweenx(y, rows["low"], rows["high"], color=style["color"], alpha=0.15, linewidth=0)
        ax.plot(rows["estimate"], y, **style, label=wrap(names[thing], 34, 2))
        known = rows["estimate"].dropna()
        means = (f"{lang.label(result, str(name))} {lang.number(value, 1)}" for name, value in known.items())
        told.append(f"{names[thing]}: {', '.join(means)}")
    scale = card("", next(iter(result.settings["scale"].values())))
    _rows(ax, poles[0])
    ax.tick_params(axis="y", labelcolor=INK)
    other = ax.twinx()
    other.set_ylim(ax.get_ylim())
    other.set_yticks(y, poles[1])
    ax.set_xlim(scale.low - 0.02 * (scale.high - scale.low), scale.high + 0.02 * (scale.high - scale.low))
    if len(scale.points) <= 11:
        ax.set_xticks(list(scale.points))
    else:
        number_axis(ax.xaxis, lang)
    ax.grid(axis="x")
    ax.hlines(y, *ax.get_xlim(), color=RULE, linewidth=0.4, zorder=0)
    bare(other)
    _legend(ax)
    return finish(figure, profile_title(result, lang), "; ".join(told))


def gaps(result: Result, lang: Language) -> View:
    """Own minus each other object on every scale, the best against the ideal on top; the interval of a hollow
    dot holds 0."""
    scales = scales_by_gap(result)
    own, *others = objects(result)
    if not scales:
        return View()
    labels = [wrap(lang.label(result, name), 34) for name in scales]
    row = row_height(labels, 0.2 + 0.13 * len(others))
    figure = new_figure(0.65 + row * len(scales))
    ax = figure.subplots()
    told = []
    for k, thing in enumerate(others):
        color, marker = (_styles(result)[thing][name] for name in ("color", "marker"))
        rows = _by_scale(result, f"gap_{own}_{thing}", scales)
        if rows["estimate"].isna().all():
            continue
        y = np.arange(len(scales)) + (k - (len(others) - 1) / 2) * 0.56 / len(others)
        ax.hlines(y, rows["low"], rows["high"], color=color, linewidth=1.6, alpha=0.6)
        sure = (rows["p_adjusted"] < 1 - result.settings["level"]).to_numpy()
        for where, face in ((sure, color), (~sure, "white")):
            ax.plot(rows["estimate"][where], y[where], linestyle="none", marker=marker, color=color,
                    markersize=5, markerfacecolor=face)  # fmt: skip
        name = lang.text("Against “{object}”", object=lang.label(result, thing))
        ax.plot([], [], marker=marker, color=color, linestyle="none", label=wrap(name, 38, 2))
        known = rows["estimate"].dropna()
        found = (f"{lang.label(result, str(item))} {lang.number(gap, 1, signed=True)}" for item, gap in known.items())
        told.append(f"{name}: {', '.join(found)}")
    _rows(ax, labels)
    ax.hlines(np.arange(len(scales) - 1) + 0.5, 0, 1, color=RULE, linewidth=0.4, transform=ax.get_yaxis_transform())
    ax.axvline(0, color=INK, linewidth=0.8)
    ax.grid(axis="x")
    number_axis(ax.xaxis, lang)
    note = lang.text("Gap of “{own}” in scale points; hollow: interval includes 0", own=lang.label(result, own))
    figure.supxlabel(wrap(note, 100), fontsize=8, color=SOFT)
    _legend(ax)
    return finish(figure, gap_title(result, lang), "; ".join(told))


def split(result: Result, lang: Language) -> View:
    """What the squared distance of each pair of objects consists of, as bars; the distance is printed."""
    rows = result.rows(item="profile", group="", wave=result.facts["wave"]).set_index("term")["estimate"]
    pairs = [pair for pair in object_pairs(result) if rows.get("shape_{}_{}".format(*pair), np.nan) >= 0]
    if not pairs:
        return View()
    labels = [wrap(" – ".join(lang.label(result, thing) for thing in pair), 34) for pair in pairs]
    figure = new_figure(0.4 + row_height(labels) * len(pairs))
    ax = figure.subplots()
    words = {
        "level": lang.text("Level: higher or lower overall"),
        "spread": lang.text("Spread: more or less even"),
        "shape": lang.text("Shape: other strong points"),
    }
    reach = max(rows["distance_raw_{}_{}".format(*pair)] for pair in pairs) ** 2
    told = []
    for y, pair in enumerate(pairs):
        left, name = 0.0, "_".join(pair)
        whole = rows[f"distance_raw_{name}"] ** 2
        told.append(" – ".join(lang.label(result, thing) for thing in pair))
        for (part, word), color in zip(words.items(), _colors()[:3], strict=True):
            value = rows[f"{part}_{name}"]
            share = lang.percent(value / whole) if whole else "–"
            ax.barh(y, value, left=left, height=0.6, color=color, edgecolor="white", label=None if y else word)
            if value > 0.11 * reach:
                ax.text(left + value / 2, y, share, ha="center", va="center", fontsize=8, color=ink_on(color))
            left += value
            told[-1] += f", {word}: {share}"
        shown = f"D = {SCALE_POINTS.show(lang, rows[f'distance_{name}'])}" if f"distance_{name}" in rows else ""
        ax.annotate(shown, (left, y), (5, 0), textcoords="offset points", va="center", fontweight="bold",
                    fontsize=8.5)  # fmt: skip
        told[-1] += f", {shown}"
    _rows(ax, labels)
    ax.set_xlim(0, reach * 1.15 or 1.0)
    ax.set_xticks([])
    _legend(ax)
    return finish(figure, lang.text("What the distances consist of"), "; ".join(told))


def groups(result: Result, lang: Language) -> View:
    """The distance of own to the ideal in each group with its interval; dashed: all respondents."""
    own, ideal = objects(result)[0], objects(result)[-1]
    rows = result.rows(term=f"distance_{own}_{ideal}", wave=result.facts["wave"])
    rows = rows.sort_values("estimate", kind="stable").set_index("group")
    if len(rows) < 3 or rows["estimate"].drop("", errors="ignore").isna().all():
        return View()
    found = rows.drop("", errors="ignore")
    labels = [
        f"{wrap(lang.group(result, str(group)), 28, 2)}\n{sample_size(lang, result, row)}"
        for group, row in found.iterrows()
    ]
    figure = new_figure(0.55 + row_height(labels) * len(found))
    ax = figure.subplots()
    told = []
    for y, (group, row) in enumerate(found.iterrows()):
        if row["base"] == "hidden":
            hidden(ax, y, result.settings["min_base"])
            continue
        dot(ax, row["estimate"], y, (row["low"], row["high"]), SERIES)
        text = SCALE_POINTS.show(lang, row["estimate"]) + star(row)
        if pd.notna(row["low"]):
            low, high = (SCALE_POINTS.show(lang, row[end]) for end in ("low", "high"))
            text += f" ({lang.text('{low} to {high}', low=low, high=high)})"
        ax.text(1.01, y, text, transform=ax.get_yaxis_transform(), va="center", fontsize=8)
        told.append(f"{lang.group(result, str(group))}: {text}")
    if "" in rows.index and pd.notna(rows["estimate"][""]):
        ax.axvline(rows["estimate"][""], color=SOFT, linewidth=0.8, linestyle=(0, (3, 2)), zorder=1)
    _rows(ax, labels)
    ax.set_xlim(0, None)
    ax.grid(axis="x")
    number_axis(ax.xaxis, lang)
    note = lang.text("Distance to “{ideal}”; dashed: all respondents", ideal=lang.label(result, ideal))
    figure.supxlabel(wrap(note, 100), fontsize=8, color=SOFT)
    return finish(figure, lang.text("The distance to the ideal by group"), "; ".join(told))


def _styles(result: Result) -> dict[str, dict[str, Any]]:
    """How each object's curve looks: the ideal dashed, own strongest."""
    own, *others = objects(result)
    colors = _colors()
    style = {own: {"color": colors[0], "marker": MARKERS[0], "linewidth": 2.2, "markersize": 5.5, "zorder": 4}}
    for k, thing in enumerate(others[:-1], 1):
        style[thing] = {"color": colors[1 + (k - 1) % (len(colors) - 1)], "marker": MARKERS[k % len(MARKERS)],
                        "linewidth": 1.5, "markersize": 4.5, "zorder": 3}  # fmt: skip
    style[others[-1]] = {"color": INK, "marker": "D", "linewidth": 1.4, "markersize": 4, "linestyle": (0, (4, 2)),
                         "zorder": 2}  # fmt: skip
    return style


def _colors() -> list[Any]:
    """Matplotlib's petroff6 (Petroff 2021), told apart by all kinds of colour vision, strongest contrasts first."""
    blue, orange, red, purple, grey, violet = mpl.color_sequences["petroff6"]
    return [blue, orange, purple, violet, grey, red]


def _by_scale(result: Result, term: str, scales: list[str]) -> pd.DataFrame:
    rows = result.rows(term=term, group="", wave=result.facts["wave"])
    return rows.set_index("item").reindex(scales)


def _rows(ax: Axes, labels: list[str]) -> None:
    ax.set_yticks(range(len(labels)), labels)
    ax.set_ylim(len(labels) - 0.5, -0.5)
    bare(ax)


def _legend(ax: Axes) -> None:
    """The names above the chart, in as many columns as fit beside each other."""
    names = ax.get_legend_handles_labels()[1]
    longest = max(len(line) for name in names for line in name.split("\n"))
    columns = min(max(1, 96 // (longest + 8)), len(names))
    figure = cast(Figure, ax.figure)
    lines = -(-len(names) // columns) * max(name.count("\n") + 1 for name in names)
    figure.set_figheight(figure.get_figheight() + 0.17 * lines)
    ax.legend(ncols=columns, loc="lower center", bbox_to_anchor=(0.5, 1.0), frameon=False, fontsize=8.5,
              bbox_transform=blended_transform_factory(figure.transFigure, ax.transAxes), handlelength=2.4,
              columnspacing=1.4, handletextpad=0.5)  # fmt: skip
