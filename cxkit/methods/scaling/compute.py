"""Scaling: how good are the separate properties of a service, rated on 1-5, 1-10 and the like?"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from cxkit.errors import SettingsError
from cxkit.measure.cells import Cells, Row, compare, finish, mean_measure, share_rows, tally_cells
from cxkit.measure.drivers import item_drivers
from cxkit.measure.groups import NOTHING, plain_names
from cxkit.measure.key_errors import Note, named, not_named
from cxkit.measure.scale_checks import scale_checks
from cxkit.result import Result
from cxkit.stats.net import net
from cxkit.stats.weights import Distribution, mean
from cxkit.survey import tally
from cxkit.survey.cards import Card, cards

OVERALL = "scale_score"  # the item name of the respondent's average over all items, 0-100


def scaling(
    data: Any,
    items: Sequence[str],
    *,
    scale: Any,
    by: str = "",
    wave: str = "",
    weight: str = "",
    respondent: str = "",
    waves: Sequence[str] = (),
    dates: str = "",
    values: Mapping[str, Any] = NOTHING,
    split: Mapping[str, str] = NOTHING,
    outcome: str = "",
    level: float = 0.95,
    correction: str = "holm",
    min_base: int = 10,
    flag_base: int = 30,
    client: str = "",
    seed: int = 1,
) -> Result:
    """Describe rating items: means, boxes, net and a 0-100 score, by group and wave.

    Parameters
    ----------
    data : respondents in rows; pandas, polars, pyarrow or DuckDB.
    items : rating columns.
    scale : [min, max], a card, or item -> either (see ``cx.read``); a reversed item is turned round.
    by, wave, weight, respondent : columns; "" for none. With waves the report is about the last one, and
        respondents who stand in two waves are compared as pairs. ``waves`` gives the order of the waves;
        without it they stand in the order of time, or are refused where their names do not tell it for certain.
    dates : "day first" or "month first", where waves are dates such as 3/4/2026.
    values, split : column -> names of groups or waves -> language -> text, in the order of groups; and column -> the
        sign between several answers in one cell, each of which is then a group of its own. As ``cx.read`` gives them.
    outcome : an overall rating that the items should explain; adds their importance.
    level : confidence, 0.5 to 1.
    correction : "holm" or "bh", within one item x variable.
    min_base, flag_base : below the first, numbers are hidden; below the second, marked.
    client : id that stands in the settings; no number depends on it.
    seed : fixes the random numbers behind the intervals of importance.

    Returns
    -------
    Result with the terms ``mean`` and ``sd`` (scale points), ``index`` (0-100), ``top_box bottom_box share``
    (0-1), ``net_box`` (-1..1), ``mean_vs_rest``, ``mean_vs_previous``; the item ``scale_score`` is the
    respondent's average over all items, 0-100. With an outcome, the driver terms of ``cxkit.measure.drivers``.

    index = 100 (mean - min) / (max - min) on the declared scale. Shares: Wilson 1927; all scores together:
    Goodman 1965; net: adjusted Wald, Rocks 2016; means: t on the linearised error (Saerndal et al. 1992).

    Raises
    ------
    DataError, SettingsError : a column is absent, an answer is off its scale, or a setting is wrong.

    >>> import cxkit as cx
    >>> result = cx.scaling(cx.sample("bank"), ["ease", "trust"], scale=[1, 10])
    >>> result.rows(item="ease", term="mean")["n"].item()
    1356.0
    """
    settings = {name: value for name, value in locals().items() if name != "data"} | plain_names(values, split)
    settings |= {"waves": list(waves)}
    deck = cards(items, scale)
    if OVERALL in deck:
        raise SettingsError(f'No item may be named "{OVERALL}"; rename the column.')
    everything = cards([*items, *([outcome] if outcome and outcome not in items else [])], scale)
    settings |= {"items": list(items), "scale": {name: card.plain() for name, card in everything.items()}}
    cells = tally_cells(data, everything, settings)
    rows = []
    for item, card in deck.items():
        rows += cells.describe(item, "mean", lambda answers, *_, card=card: _estimates(answers, card, level))
    rows += _overall(data, deck, cells, settings)
    rows += compare(data, deck, cells, mean_measure(deck), settings)
    now = tally.in_wave(data, wave, cells.current)
    reliable, checked = scale_checks(now, deck, settings)
    facts = {"items": len(items), **tally.screen(now, list(items), weight), **reliable}
    notes: list[Note] = [("reversed", {"item": item}) for item, card in deck.items() if card.reversed]
    notes += checked
    if outcome:
        found = item_drivers(data, list(items), outcome, everything, cells.current, settings)
        rows, facts = rows + found.rows, facts | found.facts
        notes += not_named(found.notes, named(checked))
    return finish("scaling", settings, cells, rows, facts, notes)


def _estimates(answers: Distribution, card: Card, level: float) -> list[Row]:
    top, bottom = answers.share_of(card.top), answers.share_of(card.bottom)
    m = mean(answers, (card.low, card.high), level)
    spread = card.high - card.low
    both = net(top, bottom, answers.n_eff, level=level)
    return [
        {"term": "mean", "estimate": m.estimate, "se": m.se, "low": m.low, "high": m.high},
        {"term": "sd", "estimate": m.sd},
        {"term": "index", "estimate": 100 * (m.estimate - card.low) / spread, "se": 100 * m.se / spread,
         "low": 100 * (m.low - card.low) / spread, "high": 100 * (m.high - card.low) / spread},
        {"term": "net_box", "estimate": both.estimate, "low": both.low, "high": both.high},
        *share_rows(answers, card.points, level, top_box=card.top, bottom_box=card.bottom),
    ]  # fmt: skip


def _overall(data: Any, deck: Mapping[str, Card], cells: Cells, settings: Mapping[str, Any]) -> list[Row]:
    if len(deck) < 2:
        return []
    parts = {}
    for item, card in deck.items():
        slope = (-100 if card.reversed else 100) / (card.high - card.low)
        parts[item] = (-slope * (card.high if card.reversed else card.low), slope)
    columns = {k: settings[k] for k in ("by", "wave", "weight")}
    counts = tally.counts(tally.with_composite(data, OVERALL, parts), [OVERALL], **columns)

    def index(answers: Distribution, *_: str) -> list[Row]:
        m = mean(answers, (0, 100), settings["level"])
        return [{"term": "index", "estimate": m.estimate, "se": m.se, "low": m.low, "high": m.high}]

    return replace(cells, counts=counts).describe(OVERALL, "index", index)
