"""The diagram of a path model: constructs as boxes with their index, paths as arrows with their intervals."""

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch, Polygon, Rectangle
from matplotlib.text import Text

from cxkit.methods.acsi_regression.layout import Graph, compose
from cxkit.methods.acsi_regression.prose import path_title
from cxkit.result import ARROW, Result, Row
from cxkit.show.canvas import LOW, SERIES, SOFT, WIDTH, finish, new_figure, wrap
from cxkit.show.language import Language
from cxkit.show.rows import current_rows, now_of
from cxkit.show.units import INDEX, SCALE_POINTS
from cxkit.show.view import View
from cxkit.show.wording import between, star

DASHES: Any = (0, (2.2, 1.4))
EDGE, AIR, LINE = 0.08, 0.09, 0.135  # inches beside the diagram, beside a text, and of a line of 8 points


def diagram(result: Result, lang: Language) -> View:
    """The path model: boxes with index and R², arrows with standardised path and interval, the target's box strong.

    Arrows are as thick as their path is strong; negative ones have another colour, and those whose interval includes
    0 are dashed and pale.
    """
    names, target = list(result.settings["constructs"]), result.settings["target"]
    index, paths = current_rows(result, "index"), now_of(result, "path")
    if index[target]["base"] == "hidden" or not paths:
        return View()
    figure = new_figure(1)
    figure.subplots().set_axis_off()
    pairs = [path.split(ARROW) for path in paths]
    arrows = tuple((names.index(start), names.index(end)) for start, end in pairs)
    texts = [lang.label(result, name) for name in names]
    wide = _width(figure, texts, max(Graph(len(names), arrows, (1, 1)).levels) + 1)
    labels = [_fitted(figure, text, wide) for text in texts]
    high = 0.36 + LINE * max(label.get_text().count("\n") + 1 for label in labels)
    graph = Graph(len(names), arrows, (wide, high))
    tags = [_tag(figure, lang, row) for row in paths.values()]
    picture = compose(graph, np.array([_size(tag) for tag in tags]), WIDTH - 2 * EDGE)
    if picture.crowded:  # the intervals, which the tables have too, make room
        for tag in tags:
            for text in tag[1:]:
                text.remove()
        tags = [tag[:1] for tag in tags]
        picture = compose(graph, np.array([_size(tag) for tag in tags]), WIDTH - 2 * EDGE)
    floor = _key(figure, lang, list(paths.values()))
    figure.set_figheight(floor + picture.boxes[:, 1].max() + high / 2 + EDGE)
    corner = np.array([EDGE, floor])
    told = []
    for line, tag, spot, (pair, row) in zip(picture.lines, tags, picture.labels, paths.items(), strict=True):
        _arrow(figure, line + corner, row)
        _put(tag, spot + corner)
        told.append(f"{lang.label(result, pair)}: {_number(lang, row)}")
    r2 = now_of(result, "r2")
    for name, label, place in zip(names, labels, picture.boxes + corner, strict=True):
        _box(figure, place, graph.box, strong=name == target)
        label.set_position((place[0], place[1] + 0.13))
        value = INDEX.show(lang, index[name]["estimate"]) + star(index[name])
        value = value if pd.notna(index[name]["estimate"]) else "–"
        share = f"R² {SCALE_POINTS.show(lang, r2[name]['estimate'])}" if name in r2 else ""
        base = place[1] - high / 2 + 0.15
        away = 0.27 * bool(share)
        _write(figure, (place[0] - away, base), value, 10.5, fontweight="bold")
        if share:
            _write(figure, (place[0] + 0.29, base), share, 7.5, color=SOFT)
        told.append(f"{lang.label(result, name)}: " + ", ".join(filter(None, [value, share])))
    return finish(figure, path_title(result, lang), "; ".join(told))


def _number(lang: Language, row: Row) -> str:
    interval = between(lang, row, 2)
    return SCALE_POINTS.show(lang, row["estimate"]) + (f" ({interval})" if interval else "")


def _write(figure: Figure, place: tuple[float, float], text: str, size: float, **style: Any) -> Text:
    """Print at a place in inches from the lower left corner of the sheet."""
    style = {"ha": "center", "va": "center", "zorder": 5, **style}
    return figure.text(*place, text, fontsize=size, transform=figure.dpi_scale_trans, in_layout=False, **style)


def _size(texts: list[Text]) -> np.ndarray:
    """Inches that lines of text below each other take, with a little air."""
    figure: Any = texts[0].figure
    found = [text.get_window_extent(figure.canvas.get_renderer()) for text in texts]
    return np.array([max(box.width for box in found) / figure.dpi + AIR, LINE * len(texts) - 0.01])


def _width(figure: Figure, labels: list[str], columns: int) -> float:
    """Inches a box needs for the longest word, and more where few columns leave room."""
    text = _write(figure, (0, 0), "\n".join(word for label in labels for word in label.split()) or " ", 8)
    word = float(_size([text])[0]) + 0.04
    text.remove()
    return min(max(word, {2: 1.8, 3: 1.5}.get(columns, 1.1)), {2: 2.4, 3: 1.9}.get(columns, 1.32))


def _fitted(figure: Figure, label: str, width: float) -> Text:
    """The name in lines that are not wider than this."""
    text = _write(figure, (0, 0), label, 8, linespacing=1.15)
    most = int(len(label) * width / _size([text])[0]) + 4  # letters of a line, of letters that are not wide
    for letters in range(min(most, 60), 5, -1):
        lines = wrap(label, letters, 4)
        if lines == text.get_text() and letters < most:
            continue
        text.set_text(lines)
        if _size([text])[0] <= width:
            break
    return text


def _look(row: Row) -> tuple[Any, bool, float]:
    """Colour, whether the path may be 0, and thickness in points."""
    color: Any = LOW if row["estimate"] < 0 else SERIES
    open_ = bool(row["low"] <= 0 <= row["high"])
    if open_:
        color = tuple(0.4 + 0.6 * part for part in mpl.colors.to_rgb(color))
    return color, open_, 0.9 + 4 * min(1, abs(row["estimate"]))


def _arrow(figure: Figure, line: np.ndarray, row: Row) -> None:
    color, open_, width = _look(row)
    along = (line[1] - line[0]) / np.hypot(*(line[1] - line[0]))
    across = np.array([-along[1], along[0]]) * (0.035 + 0.016 * width)
    neck = line[1] - along * (0.08 + 0.022 * width)
    style: Any = DASHES if open_ else "-"
    shaft = Line2D(*np.array([line[0], neck]).T, color=color, linewidth=width, linestyle=style, zorder=2,
                   transform=figure.dpi_scale_trans, solid_capstyle="butt", dash_capstyle="butt")  # fmt: skip
    figure.add_artist(shaft)
    tip = Polygon([neck + across, line[1], neck - across], facecolor=color, edgecolor="none", zorder=2,
                  transform=figure.dpi_scale_trans)  # fmt: skip
    figure.add_artist(tip)


def _tag(figure: Figure, lang: Language, row: Row) -> list[Text]:
    """The path, and in small print its interval, in the short form that fits beside arrows in every language."""
    texts = [_write(figure, (0, 0), SCALE_POINTS.show(lang, row["estimate"]), 8.5, fontweight="bold")]
    if pd.notna(row["low"]):
        ends = "…".join(SCALE_POINTS.show(lang, row[end]) for end in ("low", "high"))
        texts.append(_write(figure, (0, 0), ends, 7.5, color=SOFT))
    return texts


def _put(tag: list[Text], spot: np.ndarray) -> None:
    figure: Any = tag[0].figure
    size = _size(tag)
    left, low = spot - size / 2
    paper = Rectangle((left, low), *size, facecolor="white", zorder=4, transform=figure.dpi_scale_trans)
    figure.add_artist(paper)
    for k, text in enumerate(tag):
        text.set_position((spot[0], spot[1] + LINE * ((len(tag) - 1) / 2 - k)))


def _box(figure: Figure, place: np.ndarray, size: tuple[float, float], strong: bool) -> None:
    face, edge, width = ("#dcebf5", SERIES, 2.2) if strong else ("white", SOFT, 0.9)
    left, low = place - np.array(size) / 2
    style: Any = {"boxstyle": "round,pad=0,rounding_size=0.07", "facecolor": face, "edgecolor": edge}
    shape = FancyBboxPatch((left, low), *size, **style, linewidth=width, zorder=3, transform=figure.dpi_scale_trans)
    figure.add_artist(shape)


def _key(figure: Figure, lang: Language, rows: list[Row]) -> float:
    """Below the diagram, what its marks mean; return the inches they take."""
    keys = []
    if any(row["estimate"] < 0 for row in rows):
        keys += [Line2D([], [], color=SERIES, linewidth=2.5, label=lang.text("Positive path")),
                 Line2D([], [], color=LOW, linewidth=2.5, label=lang.text("Negative path"))]  # fmt: skip
    if any(_look(row)[1] for row in rows):
        text = lang.text("Interval includes 0")
        keys.append(Line2D([], [], color=SOFT, linewidth=1.6, alpha=0.6, linestyle=DASHES, label=text))
    if keys:
        figure.legend(handles=keys, loc="outside lower center", ncols=3, frameon=False, fontsize=8, handlelength=2.8)
    note = lang.text(
        "In a box: index, 0–100, and explained share {r2}. On an arrow: path coefficient and its interval.", r2="R²"
    )
    lines = wrap(note, 96)
    low = 0.06 + 0.22 * bool(keys)
    _write(figure, (WIDTH / 2, low), lines, 8, va="bottom", color=SOFT)
    return low + 0.14 * (lines.count("\n") + 1) + 0.12
