"""Helpers of the tests of figures: small surveys and trees, the sheet a figure is drawn on, and what stands on it."""

import sys
from contextlib import ExitStack
from functools import lru_cache
from itertools import combinations, pairwise
from unittest.mock import patch

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from cxkit.methods import METHODS
from cxkit.show import charts as shared_charts
from cxkit.show import driver_charts
from cxkit.show.canvas import finish, paper

TITLES = ("center", "left", "right")


def frame(**columns):
    data = pd.DataFrame({name: pd.Series(values) for name, values in columns.items()})
    return data.set_index(pd.RangeIndex(2, len(data) + 2, name="row"))


def leaf(name, weight=1.0, **more):
    return {"name": name, "weight": weight, "item": name, **more}


def branch(name, weight, *children, **more):
    return {"name": name, "weight": weight, "children": list(children), **more}


def rated(items, n=200, groups=("x",), waves=("1",), outcome=True, seed=5):
    """Ratings 1-5 that follow a mood, an outcome "r" 0-10, groups "g" and waves "w"."""
    rng = np.random.default_rng(seed)
    mood = rng.normal(0, 0.8, n)
    columns = {
        item: np.clip(np.rint(3.2 + 0.2 * (k % 5) + mood + rng.normal(0, 1, n)), 1, 5) for k, item in enumerate(items)
    }
    if outcome:
        columns["r"] = np.clip(np.rint(7 + 2 * mood + rng.normal(0, 1, n)), 0, 10)
    columns["g"] = [groups[k % len(groups)] for k in range(n)]
    columns["w"] = [waves[k * len(waves) // n] for k in range(n)]
    return frame(**columns)


def scales(*items):
    """Every item on 1-5, and the outcome "r" on 0-10."""
    return {**{item: [1, 5] for item in items}, "r": [0, 10]}


def chart_modules():
    """The modules that draw: those that methods share, and those of every room."""
    charts = (chart for method in METHODS.values() for chart in method.views.figures.values())
    own = {sys.modules[getattr(chart, "func", chart).__module__] for chart in charts}
    return {*own, shared_charts, driver_charts}


def drawn(result, lang="en", part="main"):
    """The view of a figure and the sheet it was drawn on."""
    sheets = []

    def keep(figure, title, alt):
        sheets.append(figure)
        return finish(figure, title, alt)

    with ExitStack() as kept:
        for module in chart_modules():
            kept.enter_context(patch.object(module, "finish", keep))
        view = result.figure(lang, part)
    return view, sheets[0] if sheets else None


def texts(figure):
    """Every text that is printed; tick labels only within the axes."""
    found = list(figure.texts)
    for legend in [*figure.legends, *(ax.get_legend() for ax in figure.axes)]:
        found += legend.get_texts() if legend else []
    for ax in figure.axes:
        found += [*ax.texts, *(ax.title if loc == "center" else getattr(ax, f"_{loc}_title") for loc in TITLES)]
        if ax.axison:
            for axis in (ax.xaxis, ax.yaxis):
                low, high = sorted(axis.get_view_interval())
                found.append(axis.label)
                found += [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
    return [text for text in found if text.get_visible() and text.get_text().strip()]


@lru_cache(maxsize=1)  # what is cut and what overlaps is asked of one sheet after the other
def boxes(figure):
    """The texts with the boxes, in pixels, that they take on the sheet."""
    with paper():
        figure.set_dpi(mpl.rcParams["figure.dpi"])  # as the PNG has
        renderer = FigureCanvasAgg(figure).get_renderer()
        figure.draw_without_rendering()  # printing left legends and axes at the places of another resolution
        return [(text, Text.get_window_extent(text, renderer)) for text in texts(figure)]


def cut(figure):
    """The texts that reach over an edge of the sheet."""
    found = boxes(figure)
    wide, high = figure.bbox.width, figure.bbox.height
    return [
        text.get_text() for text, box in found
        if box.x0 < -0.5 or box.y0 < -0.5 or box.x1 > wide + 0.5 or box.y1 > high + 0.5
    ]  # fmt: skip


def overlapping(figure):
    """Pairs of level texts that lie on each other; beside them, aslant labels closer than they are thick."""
    found = boxes(figure)
    level = [(text, box) for text, box in found if not text.get_rotation() % 90]
    pairs = [
        (one.get_text(), other.get_text()) for (one, a), (other, b) in combinations(level, 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > 1 and min(a.y1, b.y1) - max(a.y0, b.y0) > 1
    ]  # fmt: skip
    aslant = [text for text, _ in found if text.get_rotation() % 90]
    for one, other in pairwise(aslant):
        a, b = (text.get_transform().transform(text.get_position())[0] for text in (one, other))
        with paper():
            other.set_rotation(0)
            thick = other.get_window_extent(figure.canvas.get_renderer()).height
            other.set_rotation(one.get_rotation())
        if (b - a) * np.sin(np.radians(one.get_rotation())) < thick:
            pairs.append((one.get_text(), other.get_text()))
    return pairs


def spans(ax):
    """The lines of two points along x or along y on the axes, as ((x, x), (y, y)) sets: the intervals drawn."""
    lines = [line.get_xydata() for line in ax.lines if len(line.get_xydata()) == 2]
    for collection in ax.collections:
        lines += [np.asarray(path.vertices) for path in collection.get_paths() if len(path.vertices) == 2]
    return [tuple(tuple(round(float(v), 6) for v in side) for side in line.T) for line in lines]
