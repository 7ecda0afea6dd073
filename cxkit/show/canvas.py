"""The paper figures are drawn on: one look, reproducible bytes, text from data never read as markup."""

import io
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from PIL import Image

from cxkit.show.language import Language, plain
from cxkit.show.letters import FONT
from cxkit.show.view import View

WIDTH = 7.2  # inches; the page shows a figure about 900 px wide, so 9 points read as 12 px
INK, SOFT, RULE = "#1f2933", "#5f6b7a", "#d9dee4"
LOW, MIDDLE, HIGH = "#d55e00", "#949494", "#0173b2"
SERIES, TOP = "#0173b2", "#542788"
INDENTS = 8  # levels of a tree that are moved in; below them there would be no room for names
CATEGORIES = ("#5790fc", "#f89c20", "#964a8b", "#717581", "#7a21dd", "#1f2933")  # petroff6, dark for its red
_STYLE: dict[Any, Any] = {
    "font.family": [FONT], "font.size": 9, "text.color": INK, "axes.labelcolor": SOFT,
    "xtick.color": SOFT, "ytick.color": INK, "xtick.labelsize": 8, "axes.edgecolor": RULE, "grid.color": RULE,
    "grid.linewidth": 0.6, "svg.hashsalt": "cxkit", "svg.fonttype": "path", "text.parse_math": False,
    "axes.unicode_minus": True, "axes.titley": 1.0, "figure.dpi": 160, "patch.linewidth": 0.6, "text.hinting": "none",
}  # fmt: skip


@contextmanager
def paper() -> Iterator[None]:
    """Draw inside this: seaborn's white style and the house settings, whatever the user's own are."""
    with mpl.rc_context():
        mpl.rcParams.update(mpl.rcParamsDefault)
        mpl.rcParams.update(sns.axes_style("white"))
        mpl.rcParams.update(_STYLE)
        yield


def row_height(labels: Sequence[str], least: float = 0.46) -> float:
    """Inches that each row needs so that the longest label, in lines of 9 points, does not touch the next."""
    return max(least, 0.15 * max(label.count("\n") + 1 for label in labels) + 0.07)


def new_figure(height: float) -> Figure:
    """A sheet of the house's width; the title's lines come on top of ``height``."""
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def finish(figure: Figure, title: str, alt: str) -> View:
    """Put the title on and print the figure as SVG and PNG."""
    lines = wrap(title, 64, 4)
    figure.set_figheight(figure.get_figheight() + 0.2 * (lines.count("\n") + 1))
    figure.suptitle(lines, x=0.012, ha="left", fontsize=11, fontweight="bold", color=INK)
    for axis in (axis for ax in figure.axes for axis in (ax.xaxis, ax.yaxis)):
        if not axis.get_label_text():  # else each print measures all tick labels to place a label that is not there
            axis.set_label_coords(0, 0)
    engine = figure.get_layout_engine()
    if engine:  # the layout is worked out once and kept for both prints
        engine.execute(figure)
    figure.set_layout_engine("none")
    svg, png = io.StringIO(), io.BytesIO()
    # Straight to the canvases: savefig draws a figure twice, the first time for a layout that is there already. And
    # the PNG by the canvas of the layout, which has measured all texts.
    canvas = figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    canvas.draw()
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    picture.save(png, "png", compress_level=2, dpi=(figure.dpi, figure.dpi))  # 6 takes twice the time for 15 % less
    FigureCanvasSVG(figure).print_svg(svg, metadata={"Date": None, "Creator": None})
    return View(svg=svg.getvalue(), png=png.getvalue(), alt=plain(f"{title}. {alt}"))


def wrap(text: str, width: int, most: int = 3) -> str:
    """Break text into lines of at most ``width`` characters; what does not fit in ``most`` lines ends in …"""
    return "\n".join(textwrap.wrap(plain(text), width, max_lines=most, placeholder=" …")) or " "


def bare(ax: Axes, **shown: bool) -> None:
    """Take the frame off, but for the sides named."""
    for side in ("left", "right", "top", "bottom"):
        ax.spines[side].set_visible(shown.get(side, False))
    ax.tick_params(length=0)


def dot(ax: Axes, x: float, y: float, ends: tuple[float, float], color: Any = SERIES) -> None:
    """A point with its interval, if it has one, along x."""
    if ends[0] == ends[0]:
        ax.plot(ends, (y, y), color=color, linewidth=2, solid_capstyle="butt", alpha=0.55, zorder=2)
    ax.plot([x], [y], "o", color=color, markersize=6.5, markeredgecolor="white", markeredgewidth=0.8, zorder=3)


def hidden(ax: Axes, y: float, base: int, *, withheld: bool = False) -> None:
    """Say in the middle of a row that its base is too small to be shown, or by a dash that it has no number."""
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1}
    text = "–" if withheld else f"n < {base}"
    ax.text(0.5, y, text, transform=ax.get_yaxis_transform(), va="center", ha="center", fontsize=8.5,
            color=SOFT, bbox=box)  # fmt: skip


def ink_on(color: Any) -> str:
    """Black or white, whichever reads better on the colour."""
    r, g, b = mpl.colors.to_rgb(color)
    return "white" if 0.299 * r + 0.587 * g + 0.114 * b < 0.55 else INK


def ramp(n: int) -> list[tuple[float, float, float]]:
    """Colours for a scale of ``n`` points, lowest first."""
    return [color[:3] for color in sns.color_palette("PuOr", as_cmap=True)(np.linspace(0.08, 0.92, n))]


def number_axis(axis: Axis, lang: Language, ticks: int = 6) -> None:
    """A few round ticks, with the decimals that tell them apart."""

    def label(value: float, _: Any) -> str:
        places = axis.get_majorticklocs()
        step = places[1] - places[0] if len(places) > 1 else 1.0
        return lang.number(value, max(0, -int(np.floor(np.log10(step) + 1e-9))))

    axis.set_major_formatter(label)
    axis.set_major_locator(MaxNLocator(ticks, steps=[1, 2, 5, 10]))


def percent_axis(axis: Axis, lang: Language) -> None:
    """A few round ticks of shares, in percent."""
    axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(lambda value, _: lang.percent(value))
