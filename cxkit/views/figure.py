"""The one door to all figures: which chart shows which part of which method."""

from cxkit.errors import SettingsError, did_you_mean
from cxkit.results import Result
from cxkit.views import charts, profile_charts
from cxkit.views.canvas import paper
from cxkit.views.language import language
from cxkit.views.view import View

FIGURES = {
    "scaling": {"main": charts.diverging, "groups": charts.groups, "trend": charts.trend},
    "semantic_differential": {
        "main": profile_charts.snake,
        "gaps": profile_charts.gaps,
        "split": profile_charts.split,
        "groups": profile_charts.groups,
    },
    "nps": {"main": charts.stacked, "distribution": charts.distribution, "trend": charts.trend},
}


def figure(result: Result, lang: str = "en", part: str = "main") -> View:
    """Draw a Result; where there is nothing to draw the view is empty.

    Parameters
    ----------
    lang : en, ru, uz or uz_Cyrl.
    part : "main"; for scaling also "groups" and "trend", for semantic_differential "gaps", "split" and
        "groups"; for nps "distribution" and "trend".

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
