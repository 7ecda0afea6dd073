"""What maps of importance against level share: their quadrants, and dots that bear numbers."""

import numpy as np
from matplotlib.axes import Axes

from cxkit.show.canvas import SERIES, SOFT
from cxkit.show.language import Language, mark

QUADRANTS = {
    "concentrate_here": mark("Concentrate here"),
    "keep_up": mark("Keep up"),
    "low_priority": mark("Low priority"),
    "possible_overkill": mark("Possibly too much"),
}


def name_quadrants(ax: Axes, lang: Language) -> None:
    """Say in each corner of a map what lies there."""
    corners = {"concentrate_here": (0.0, 1.0), "keep_up": (1.0, 1.0), "low_priority": (0.0, 0.0),
               "possible_overkill": (1.0, 0.0)}  # fmt: skip
    for term, (right, upper) in corners.items():
        ax.text(0.015 + 0.97 * right, 0.015 + 0.97 * upper, lang.text(QUADRANTS[term]), transform=ax.transAxes,
                ha="right" if right else "left", va="top" if upper else "bottom", fontsize=8, color=SOFT, zorder=1.5,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})  # fmt: skip


def numbered(ax: Axes, height: float, x: list[float], y: list[float]) -> None:
    """Dots that bear their numbers; where dots lie on each other, small dots with the numbers above and below."""
    size = 72 * np.array([3.3, height - 0.7])  # the axes in points, about
    spots = np.column_stack([x, y]) * size / [np.ptp(ax.get_xlim()), np.ptp(ax.get_ylim())]
    crowded = any(np.hypot(*(one - other)) < 13 for k, one in enumerate(spots) for other in spots[:k])
    taken: list[np.ndarray] = []
    for number, place in enumerate(zip(x, y, strict=True), 1):
        ax.plot(*place, "o", color=SERIES, markersize=6 if crowded else 13, markeredgecolor="white", zorder=3)
        shift = 0
        if crowded:
            steps = [sign * step for step in range(13, 13 * len(x) + 1, 13) for sign in (1, -1)]
            free = (s for s in steps if all(np.hypot(*(spots[number - 1] + [0, s] - t)) > 12 for t in taken))
            shift = next(free, 13)
            taken.append(spots[number - 1] + [0, shift])
        line = {"arrowstyle": "-", "color": SERIES, "linewidth": 0.8, "shrinkA": 0, "shrinkB": 0}
        ax.annotate(str(number), place, (0, shift), textcoords="offset points", ha="center", va="center", zorder=4,
                    color=SERIES if crowded else "white", fontsize=8, fontweight="bold",
                    arrowprops=line if crowded else None)  # fmt: skip
