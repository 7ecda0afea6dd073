"""The chart of drivers: importance and penalty-reward contrast, for any method that has an outcome."""

from cxkit.measure.drivers import DRIVER
from cxkit.result import Result
from cxkit.show.canvas import (
    INK,
    LOW,
    SERIES,
    SOFT,
    TOP,
    bare,
    dot,
    finish,
    new_figure,
    number_axis,
    percent_axis,
    wrap,
)
from cxkit.show.claims import outcome_of
from cxkit.show.language import Language, mark
from cxkit.show.rows import now_of, possible_first
from cxkit.show.units import EFFECT
from cxkit.show.view import View

_EFFECTS = {"penalty": mark("Effect of a low rating"), "reward": mark("Effect of a high rating")}


def drivers(result: Result, lang: Language) -> View:
    """How much of the outcome each driver explains, and what a low or a high rating of it does to the outcome."""
    rows = now_of(result, "importance")
    names = sorted(rows, key=lambda name: -rows[name]["estimate"])
    if not names:
        return View()
    labels = [wrap(lang.label(result, name), 26, 3) for name in names]
    colors = {"penalty": LOW, "reward": TOP}
    effects = {term: now_of(result, term) for term in colors}
    shown = [term for term in colors if effects[term]]
    figure = new_figure(0.95 + sum(max(0.42, 0.15 * (label.count("\n") + 1) + 0.1) for label in labels))
    panels = figure.subplots(1, 1 + bool(shown), sharey=True, squeeze=False, gridspec_kw={"wspace": 0.08})[0]
    ax, side = panels[0], panels[-1]  # one panel where nobody rates low or high
    told, johnson = [], now_of(result, "johnson")
    for y, name in enumerate(names):
        row = rows[name]
        dot(ax, row["estimate"], y, (row["low"], row["high"]))
        ax.plot(
            johnson[name]["estimate"], y, "D", markersize=5, markerfacecolor="none", markeredgecolor=INK, zorder=4
        )
        ax.annotate(lang.percent(row["estimate"]), (row["estimate"], y), (0, 7), textcoords="offset points",
                    ha="center", fontsize=8, fontweight="bold")  # fmt: skip
        told.append(f"{lang.label(result, name)}: {lang.percent(row['estimate'])}")
        for term in shown:
            if effect := effects[term].get(name):
                dot(side, effect["estimate"], y, (effect["low"], effect["high"]), colors[term])
                told.append(f"{lang.text(_EFFECTS[term])} {EFFECT.show(lang, effect['estimate'])}")
    ax.set_yticks(range(len(names)), labels)
    ax.set_ylim(len(names) - 0.5, -0.6)
    ax.set_xlim(left=0)
    percent_axis(ax.xaxis, lang)
    ax.set_title(lang.text("Share of what the drivers explain"), fontsize=8.5, color=SOFT, loc="left")
    if shown:
        title = wrap(lang.text("Effect on the outcome, points of 0–100"), 38)
        side.set_title(title, fontsize=8.5, color=SOFT, loc="left")
        side.axvline(0, color=SOFT, linewidth=0.8)
        side.tick_params(labelleft=False)
        number_axis(side.xaxis, lang, 5)
    for one in panels:
        one.grid(axis="x")
        bare(one)
    hollow = {"markerfacecolor": "none", "markeredgecolor": INK}
    keys = [
        *ax.plot([], [], "o", color=SERIES, label="LMG"),
        *ax.plot([], [], "D", **hollow, label=lang.text("Johnson’s weight")),
        *(side.plot([], [], "o", color=colors[term], label=lang.text(_EFFECTS[term]))[0] for term in shown),
    ]
    figure.legend(handles=keys, loc="outside lower center", ncols=2, frameon=False, fontsize=8)
    leading = possible_first(result, DRIVER, names)
    outcome = lang.label(result, outcome_of(result))
    title = (
        lang.text("“{item}” matters most for “{outcome}”", item=lang.label(result, names[0]), outcome=outcome)
        if len(leading) == 1 < len(names)
        else lang.text("What matters most for “{outcome}”", outcome=outcome)
    )
    return finish(figure, title, "; ".join(told))
