"""Charts of NPS: shares with the score beside, and the distribution of the answers."""

import numpy as np

from cxkit.methods.nps.prose import score_title, spread_title
from cxkit.result import Result
from cxkit.show.canvas import (
    HIGH,
    INK,
    LOW,
    MIDDLE,
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
from cxkit.show.rows import by_group
from cxkit.show.view import View
from cxkit.show.wording import sample_size, star


def stacked(result: Result, lang: Language) -> View:
    """Detractors, passives and promoters per group, with the score and its interval beside."""
    item = result.settings["score"]
    scores, everyone = by_group(result, "nps"), lang.text("All respondents")
    colors = {"detractors": LOW, "passives": MIDDLE, "promoters": HIGH}
    words = [lang.text("Detractors"), lang.text("Passives"), lang.text("Promoters")]
    shares = [by_group(result, term) for term in colors]
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
