"""The chart of waves, for any method."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from cxkit.result import Result
from cxkit.show.canvas import SERIES, SOFT, bare, finish, new_figure, number_axis, percent_axis, wrap
from cxkit.show.claims import change_title
from cxkit.show.language import Language
from cxkit.show.units import INDEX, Unit
from cxkit.show.view import View
from cxkit.show.wording import star

Title = Callable[[Result, Language], str]


def trend(
    result: Result, lang: Language, *, term: str = "index", unit: Unit = INDEX, title: Title = change_title
) -> View:
    """An estimate in each wave with intervals, a panel per item; the title tells whether anything changed."""
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
                shown = unit.show(lang, value[k]) + star(mine.loc[wave])
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
        if unit.kind == "share":
            percent_axis(ax.yaxis, lang)
        else:
            number_axis(ax.yaxis, lang, 4)
        ax.tick_params(axis="y", labelsize=8, labelcolor=SOFT)
        bare(ax)
    for ax in panels[len(items) :]:
        ax.set_axis_off()
    return finish(figure, title(result, lang), "; ".join(told))


def _wave_names(waves: list[str], columns: int) -> tuple[list[str], bool]:
    """The names broken into lines that fit beside each other, or short and to be turned aslant."""
    fits = int(96 / columns / len(waves))
    turned = any(len(word) > fits for wave in waves for word in wave.split())
    return [wrap(wave, 20, 2) if turned else wrap(wave, fits) for wave in waves], turned
