"""Views: what a method shows, and the one way to show it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from cxkit.errors import SettingsError, did_you_mean
from cxkit.result import Result
from cxkit.show.canvas import paper
from cxkit.show.caveats import Caveat, caveats
from cxkit.show.language import Language, language
from cxkit.show.prose import prose_html
from cxkit.show.rows import too_few
from cxkit.show.table import star_explained
from cxkit.show.units import Unit, unit_of
from cxkit.show.view import View, html_table
from cxkit.show.wording import Reading, too_few_sentence


@dataclass(frozen=True)
class Views:
    """What a method shows of its results.

    Attributes
    ----------
    figures : part -> chart; "main" comes first.
    tables : part -> HTML tables.
    prose : headline, key figures and sentences of a result that has enough answers.
    units : term -> unit, where ``cxkit.show.units.COMMON`` does not have it.
    caveats : code of a note -> its sentence, where ``cxkit.show.caveats.COMMON`` does not have it.
    checks : sentences among the caveats that are read off the table.
    """

    figures: Mapping[str, Callable[[Result, Language], View]]
    tables: Mapping[str, Callable[[Result, Language], Sequence[str]]]
    prose: Callable[[Result, Language], Reading]
    units: Mapping[str, Unit] = field(default_factory=dict)
    caveats: Mapping[str, Caveat] = field(default_factory=dict)
    checks: Callable[[Result, Language], list[str]] = lambda *_: []

    def unit(self, term: str) -> Unit:
        """The unit of a term."""
        return unit_of(term, self.units)

    def figure(self, result: Result, lang: str, part: str) -> View:
        """A chart of a result; empty where there is nothing to draw."""
        with paper():
            return _part(self.figures, part, "figure", result)(result, language(lang))

    def table(self, result: Result, lang: str, part: str) -> View:
        """Tables of a result."""
        words = language(lang)
        return View(star_explained(result, words, _part(self.tables, part, "table", result)(result, words)))

    def glance(self, result: Result) -> View:
        """Headline, key figures and the main chart, as a notebook shows a result."""
        words = language("en")
        if too_few(result):
            return View(f"<h3>{escape(words.text('Too few answers to report'))}</h3>")
        found = self.prose(result, words)
        values = ["\n".join(filter(None, [one.value, one.small])) for one in found.figures]
        figures = html_table(found.headline, [one.name for one in found.figures], [values], names=0)
        chart = self.figure(result, "en", next(iter(self.figures))).as_html()
        return View(f'<div class="cx-glance">{figures}{chart}</div>')

    def read(self, result: Result, lang: str) -> View:
        """Headline, key figures, reading and caveats of a result."""
        words = language(lang)
        if few := too_few(result):
            found = Reading(words.text("Too few answers to report"), [], [too_few_sentence(words, result)])
        else:
            found = self.prose(result, words)
        checks = [] if few else self.checks(result, words)
        return View(prose_html(found, caveats(result, words, self.caveats, checks), words))


def _part(parts: Mapping[str, Any], part: str, kind: str, result: Result) -> Any:
    if part not in parts:
        raise SettingsError(f'There is no {kind} "{part}" of {result.method}; {did_you_mean(part, parts)}')
    return parts[part]
