"""The one door to all figures: which chart shows which part of which method."""

from cxkit.errors import SettingsError, did_you_mean
from cxkit.methods.acsi_regression import charts as path_charts
from cxkit.methods.acsi_regression import diagram as path_diagram
from cxkit.methods.csi_tree import charts as tree_charts
from cxkit.methods.semantic_differential import charts as profile_charts
from cxkit.result import Result
from cxkit.show import charts, driver_charts
from cxkit.show.canvas import paper
from cxkit.show.language import language
from cxkit.show.view import View

FIGURES = {
    "scaling": {
        "main": charts.diverging, "groups": charts.groups, "trend": charts.trend, "drivers": driver_charts.drivers,
    },
    "semantic_differential": {
        "main": profile_charts.snake, "gaps": profile_charts.gaps, "split": profile_charts.split,
        "groups": profile_charts.groups,
    },
    "csi_tree": {
        "main": tree_charts.tree, "map": tree_charts.importance_map, "drivers": driver_charts.drivers,
        "groups": tree_charts.profile, "trend": tree_charts.trend,
    },
    "nps": {
        "main": charts.stacked, "distribution": charts.distribution, "trend": charts.trend,
        "drivers": driver_charts.drivers,
    },
    "acsi_regression": {
        "main": path_diagram.diagram, "map": path_charts.importance_map, "groups": path_charts.groups,
        "trend": path_charts.trend, "index": path_charts.indices, "economy": path_charts.rolling,
    },
}  # fmt: skip


def figure(result: Result, lang: str = "en", part: str = "main") -> View:
    """Draw a Result; where there is nothing to draw the view is empty.

    Parameters
    ----------
    lang : en, ru, uz or uz_Cyrl.
    part : "main"; also "groups" but for nps, "trend" and "drivers" but for semantic_differential, which has "gaps"
        and "split"; "distribution" for nps, "map" for csi_tree and acsi_regression, which has "index" and "economy"
        too.

    Raises
    ------
    SettingsError : the language or the part is unknown.

    >>> import cxkit as cx
    >>> cx.figure(cx.nps(cx.sample("shop")), part="distribution").alt[:19]
    '26% answer 9 or 10,'
    """
    parts = FIGURES[result.method]
    if part not in parts:
        raise SettingsError(f'There is no figure "{part}" of {result.method}; {did_you_mean(part, parts)}')
    with paper():
        return parts[part](result, language(lang))
