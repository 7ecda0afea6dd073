"""Helpers of the tests of path figures: models of any shape with known numbers, the sheet they are drawn on."""

from contextlib import ExitStack
from functools import cache
from unittest.mock import patch

from cxkit.methods.acsi_regression import charts as path_charts
from cxkit.methods.acsi_regression import diagram as path_diagram
from cxkit.result import Result, tidy_table
from cxkit.show import charts
from cxkit.show.canvas import finish, paper
from cxkit.show.language import LANGUAGES, language
from tests.methods.acsi_regression.path_result import row

LONG = "Щедрые скидки для оптовых жителей шах"  # 40 characters with what tells the constructs apart
ACSI = ((0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3), (3, 4), (3, 5), (4, 5))
ECSI = ((0, 1), (0, 4), (0, 6), *((a + 1, b + 1) for a, b in ACSI))
EIGHT = ((0, 1), (0, 2), (1, 3), (2, 3), (1, 4), (3, 4), (3, 5), (4, 5), (4, 6), (5, 6), (5, 7), (6, 7))
SHAPES = {
    "acsi": (ACSI, 3), "ecsi": (ECSI, 4), "eight": (EIGHT, 4), "two": (((0, 1),), 1),
    "fan": (tuple((k, 5) for k in range(5)), 5), "chain": (tuple((k, k + 1) for k in range(5)), 5),
    "dense": (tuple((a, b) for b in range(7) for a in range(b)), 4),
}  # fmt: skip
STRENGTHS = ((0.7, 0.1), (-0.2, 0.1), (0.05, 0.11), (0.3, 0.08), (0.46, 0.12))  # paths and half their intervals


@cache
def shaped(shape, long=True):
    """A model of one of the shapes, its names 40 Cyrillic letters or short, all kinds of paths in it."""
    arrows, target = SHAPES[shape]
    names = [f"c{k}" for k in range(max(map(max, arrows)) + 1)]
    texts = {name: f"{LONG} {name}" if long else name.upper() for name in names}
    labels = {name: dict.fromkeys(LANGUAGES, text) for name, text in texts.items()}
    found = [row(name, "index", 50 + 4.2 * k, 48 + 4.2 * k, 52 + 4.2 * k) for k, name in enumerate(names)]
    found += [row(name, "r2", 0.6) for name in names[1:]]
    found += [row(name, "impact", 0.1 * k, 0.1 * k - 0.05, 0.1 * k + 0.05) for k, name in enumerate(names[:target])]
    for k, (start, end) in enumerate(arrows):
        pair, (at, half) = f"{names[start]} -> {names[end]}", STRENGTHS[k % len(STRENGTHS)]
        labels[pair] = dict.fromkeys(LANGUAGES, f"{texts[names[start]]} → {texts[names[end]]}")
        found.append(row(pair, "path", at, at - half, at + half))
    settings = {"constructs": {name: {} for name in names}, "paths": [], "target": names[target], "level": 0.95,
                "min_base": 10}  # fmt: skip
    return Result("acsi_regression", settings, tidy_table(found), {"wave": "", "previous_wave": ""}, labels=labels)


def drawn_by(draw, result, lang="en"):
    """The view of a figure and the sheet it was drawn on."""
    sheets = []

    def keep(figure, title, alt):
        sheets.append(figure)
        return finish(figure, title, alt)

    with ExitStack() as kept:
        for module in (charts, path_charts, path_diagram):
            kept.enter_context(patch.object(module, "finish", keep))
        kept.enter_context(paper())
        view = draw(result, language(lang))
    return view, sheets[0] if sheets else None
