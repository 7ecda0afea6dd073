"""Scaling: how good are the separate properties of a service, rated on 1-5, 1-10 and the like?"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Unpack

import numpy as np

from cxkit.errors import SettingsError
from cxkit.measure.cells import Cells, share_rows, tally_cells, turned
from cxkit.measure.claims import pair_claims
from cxkit.measure.common import Common, Keywords, open_data
from cxkit.measure.comparison import compare_means
from cxkit.measure.drivers import item_drivers
from cxkit.measure.finish import finish
from cxkit.measure.key_errors import Note, named, not_named
from cxkit.measure.scale_checks import scale_checks, screen
from cxkit.result import Result, Row
from cxkit.stats.joint import means
from cxkit.stats.net import net, net_base
from cxkit.stats.weights import Distribution, mean
from cxkit.survey import tally
from cxkit.survey.cards import Card, cards

OVERALL = "scale_score"  # the item name of the respondent's average over all items, 0-100


def scaling(
    data: Any, items: Sequence[str] = (), *, scale: Any = None, outcome: str = "", **given: Unpack[Keywords]
) -> Result:
    """Describe rating items: means, boxes, net and a 0-100 score, by group and wave.

    Parameters
    ----------
    data : a survey of ``cx.read``, or respondents in rows (pandas, polars, pyarrow, DuckDB).
    items : rating columns; () takes those of the survey.
    scale : [min, max], a card, or item -> either (see ``cx.read``), a survey knows its own; a reversed item is
        turned round.
    outcome : an overall rating that the items should explain; adds their importance.
    given : what all methods share, see ``cx.Common``: by, wave, weight, respondent, waves, dates, values, split,
        level, correction, min_base, flag_base, client, seed.

    Returns
    -------
    Result with the terms ``mean`` and ``sd`` (scale points), ``index`` (0-100), ``top_box bottom_box share``
    (0-1), ``net_box`` (-1..1), ``mean_vs_rest``, ``mean_vs_previous``; the item ``scale_score`` is the
    respondent's average over all items, 0-100. With an outcome, the driver terms of ``cxkit.measure.drivers``.

    index = 100 (mean - min) / (max - min) on the declared scale. Shares: Wilson 1927; all scores together:
    Goodman 1965; net: adjusted Wald, Rocks 2016; means: t on the linearised error (Saerndal et al. 1992), on the
    logit of the scale. ``n_eff`` is the effective base of each estimate, on which its interval stands.

    Raises
    ------
    DataError, SettingsError : a column is absent, an answer is off its scale, or a setting is wrong.

    >>> import cxkit as cx
    >>> result = cx.scaling(cx.sample("bank"), ["ease", "trust"], scale=[1, 10])
    >>> result.rows(item="ease", term="mean")["n"].item()
    1356.0
    """
    data, common, survey = open_data(data, given)
    items, scale = items or (survey.items if survey else ()), scale or (survey.scale if survey else None)
    deck = cards(items, scale)
    if OVERALL in deck:
        raise SettingsError(f'No item may be named "{OVERALL}"; rename the column.')
    everything = cards([*items, *([outcome] if outcome and outcome not in items else [])], scale)
    cells = tally_cells(data, everything, common, each=bool(outcome))
    rows = []
    for item, card in deck.items():
        rows += cells.describe(item, "mean", lambda answers, *_, card=card: _estimates(answers, card, common.level))
    rows += _overall(deck, cells, common)
    rows += compare_means(cells, deck, "mean", common)
    now = cells.now.of(items)
    reliable, checked = scale_checks(turned(now, deck), deck, common)
    facts = {"items": len(items), **screen(now), **reliable}
    notes: list[Note] = [("reversed", {"item": item}) for item, card in deck.items() if card.reversed]
    notes += checked
    levels = [card.percent(column) for card, column in zip(deck.values(), now.scores.T, strict=True)]
    claims = pair_claims(dict(zip(deck, means(np.column_stack(levels), now.w, now.n), strict=True)), common.min_base)
    if outcome:
        found = item_drivers(cells.now, list(items), outcome, everything, cells.current, common)
        rows, facts = rows + found.rows, facts | found.facts
        notes += not_named(found.notes, named(checked))
        claims += found.claims
    settings = {
        "items": list(items), "scale": {name: card.plain() for name, card in everything.items()}, "outcome": outcome,
    }  # fmt: skip
    return finish("scaling", settings, common, cells, rows, facts, notes, survey=survey, claims=claims)


def _estimates(answers: Distribution, card: Card, level: float) -> list[Row]:
    top, bottom = answers.share_of(card.top), answers.share_of(card.bottom)
    m = mean(answers, (card.low, card.high), level)
    spread = card.high - card.low
    n_eff = net_base(answers, card.top, card.bottom)
    both = net(top, bottom, n_eff, level=level)
    return [
        {"term": "mean", "n_eff": m.n_eff, "estimate": m.estimate, "se": m.se, "low": m.low, "high": m.high},
        {"term": "sd", "n_eff": m.n_eff, "estimate": m.sd},
        {"term": "index", "n_eff": m.n_eff, "estimate": 100 * (m.estimate - card.low) / spread,
         "se": 100 * m.se / spread, "low": 100 * (m.low - card.low) / spread,
         "high": 100 * (m.high - card.low) / spread},
        {"term": "net_box", "n_eff": n_eff, "estimate": both.estimate, "low": both.low, "high": both.high},
        *share_rows(answers, card.points, level, top_box=card.top, bottom_box=card.bottom),
    ]  # fmt: skip


def _overall(deck: Mapping[str, Card], cells: Cells, common: Common) -> list[Row]:
    if len(deck) < 2:
        return []
    answers = cells.everyone.of([*deck])
    levels = [card.percent(column) for card, column in zip(deck.values(), answers.scores.T, strict=True)]
    whole = replace(answers, items=(OVERALL,), scores=np.mean(levels, axis=0)[:, None])

    def index(answers: Distribution, *_: str) -> list[Row]:
        m = mean(answers, (0, 100), common.level)
        return [{"term": "index", "n_eff": m.n_eff, "estimate": m.estimate, "se": m.se, "low": m.low, "high": m.high}]

    return replace(cells, counts=tally.counts(whole)).describe(OVERALL, "index", index)
