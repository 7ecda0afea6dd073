"""Semantic differential: how is our site perceived on bipolar scales against a competitor and an ideal?"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Unpack

import numpy as np

from cxkit.errors import DataError, SettingsError
from cxkit.measure.cells import tally_cells, turned
from cxkit.measure.common import Common, Keywords, open_data
from cxkit.measure.comparison import EVERYBODY, adjusted, compare_means, gap
from cxkit.measure.finish import finish
from cxkit.measure.key_errors import Note, key_errors
from cxkit.measure.scale_checks import screen
from cxkit.methods.semantic_differential.claims import profile_claims
from cxkit.methods.semantic_differential.distances import (
    closer,
    distance,
    profile_r,
    profile_r_interval,
    resampled_means,
    split,
)
from cxkit.methods.semantic_differential.read import NOTHING, PROFILE, Pole, in_languages, profile_items, read_poles
from cxkit.result import Result, Row
from cxkit.stats.direction import together
from cxkit.stats.joint import Estimate, combine, means
from cxkit.stats.moments import moments
from cxkit.stats.resample import generator
from cxkit.survey.cards import Card, cards
from cxkit.survey.tally import Answers


def semantic_differential(
    data: Any,
    poles: Mapping[str, Any],
    *,
    own: str = "own",
    competitors: Sequence[str] = ("rival",),
    ideal: str = "ideal",
    objects: Mapping[str, Any] = NOTHING,
    scale: Any = None,
    **given: Unpack[Keywords],
) -> Result:
    """Profiles of objects on bipolar scales, their gaps and their distances, by group and wave.

    D = sqrt(sum over scales of (mean of one - mean of the other)^2) (Osgood, Suci & Tannenbaum 1957), corrected for
    the sampling error that makes it too large; parts of D^2: Cronbach & Gleser 1953. Gaps have t intervals, paired
    as far as the same respondents rated both objects.

    Parameters
    ----------
    data : respondents in rows, a column "object_scale" for each object and scale (``cx.read_profiles`` makes them);
        pandas, polars, pyarrow or DuckDB.
    poles : scale -> [left, right] or {left, right, reversed}, each end a text or language -> text. A reversed scale
        has the good pole left; it is turned round, so that high is good for every scale.
    own, competitors, ideal : keys of the objects.
    objects : key -> name, or language -> name.
    scale : [min, max] or a card for all, or column -> either, with the same ends.
    given : what all methods share, see ``cx.Common``: by, wave, weight, respondent, waves, dates, values, split,
        level, correction, min_base, flag_base, client, seed.

    Returns
    -------
    Result with, per scale, ``mean_OBJECT`` (scale points), ``gap_A_B`` and ``dz_A_B`` (gap in standard deviations)
    for the pairs own - competitor, own - ideal and competitor - ideal, ``mean_OWN_vs_rest`` and
    ``mean_OWN_vs_previous``. For the item ``profile`` and each pair: ``distance_A_B`` (D, scale points),
    ``distance_raw_A_B`` (uncorrected, as published), ``distance_mean_A_B`` (D / sqrt(k)), ``distance_share_A_B``
    (of the largest possible D, 0-1), ``level_A_B spread_A_B shape_A_B`` (sum to the raw D^2), ``profile_r_A_B``
    (-1 to 1); and ``closer_OWN_COMPETITOR``, the probability that own lies closer to the ideal (0-1, bootstrap).

    Raises
    ------
    DataError, SettingsError : a column is absent or empty, an answer is off its scale, or a setting is wrong.

    >>> import cxkit as cx
    >>> result = cx.semantic_differential(cx.sample("bank"), {"clear": ["confusing", "clear"]})
    >>> round(result.rows(item="clear", term="gap_own_rival")["estimate"].item(), 2)
    -0.47
    """
    data, common, survey = open_data(data, given)
    scale = scale or (survey.scale if survey else (1, 10))
    scales, things = read_poles(poles), [own, *competitors, ideal]
    deck = _deck(scales, things, scale)
    scales = {name: replace(pole, reversed=deck[f"{own}_{name}"].reversed) for name, pole in scales.items()}
    cells = tally_cells(data, deck, common, each=True)
    for column, n in zip(deck, (~np.isnan(cells.everyone.scores)).sum(axis=0), strict=True):
        if not n:
            raise DataError(
                f'The column "{column}" holds no answer at all; leave its scale or object out, or check the file.'
            )
    pairs = [(own, other) for other in (*competitors, ideal)] + [(other, ideal) for other in competitors]
    rows: list[Row] = []
    for group, when in cells.all_cells():
        mine = turned(cells.answers(group, when), deck)
        found = _cell(mine, list(scales), things, pairs, next(iter(deck.values())), common)
        rows += [{**row, "group": group, "wave": when} for row in found]
    ours = {name: deck[name] for name in profile_items(scales, [own])}
    for row in compare_means(cells, ours, "mean", common):
        rows.append({**row, "item": row["item"].removeprefix(f"{own}_"), "term": f"mean_{own}{row['term'][4:]}"})
    rows = [row for row in rows if np.isfinite(row.get("estimate", np.nan)) or _base(row) < common.min_base]
    order = {name: k for k, name in enumerate((*scales, PROFILE))}
    rows.sort(key=lambda row: order[row["item"]])
    now = turned(cells.now, deck)
    notes: list[Note] = [("reversed", {"item": name}) for name, pole in scales.items() if pole.reversed]
    notes += _notes(now.scores, things)
    notes += _key_errors(now.scores, now.w, {name: pole.reversed for name, pole in scales.items()}, common.min_base)
    facts = {"scales": len(scales), **screen(cells.now)}
    labels: dict[str, Mapping[str, str]] = {}
    for name, pole in ((name, pole.turned) for name, pole in scales.items()):
        labels |= {name: pole.text(), f"{name}_left": pole.left, f"{name}_right": pole.right}
    labels |= {key: in_languages(objects.get(key) or key) for key in things}
    settings = {
        "poles": {name: list(ends) if isinstance(ends, tuple) else ends for name, ends in poles.items()}, "own": own,
        "competitors": list(competitors), "ideal": ideal, "objects": dict(objects),
        "scale": {name: card.plain() for name, card in deck.items()},
    }  # fmt: skip
    shown = [row for row in rows if not row["group"] and row["wave"] == cells.current]
    return finish(
        "semantic_differential", settings, common, cells, rows, facts, notes, labels=labels, survey=survey,
        claims=profile_claims(shown, things, now, common.min_base),
    )  # fmt: skip


def _deck(scales: Mapping[str, Pole], things: Sequence[str], scale: Any) -> dict[str, Card]:
    """A card per object and scale: the same ends for all, turned where the scale is."""
    for thing in things:
        if things.count(thing) > 1:
            raise SettingsError(f'The object "{thing}" is named twice in own, competitors and ideal; name each once.')
        if thing in ("mean", "raw", "share"):
            raise SettingsError(f'No object may be called "{thing}", as the distances have such terms; rename it.')
    for name in scales:
        if name in (PROFILE, *things):
            raise SettingsError(f'No scale may be named "{name}"; rename it in the poles and in the columns.')
    deck = cards(profile_items(scales, things), scale)
    first = next(iter(deck.values()))
    for card in deck.values():
        if card.points != first.points:
            raise SettingsError(
                f'The scale of "{first.item}" runs from {first.low} to {first.high}, that of "{card.item}" from '
                f"{card.low} to {card.high}; distances need the same ends everywhere."
            )
    turned = {
        name: pole.reversed or any(deck[f"{t}_{name}"].reversed for t in things) for name, pole in scales.items()
    }
    return {f"{t}_{name}": replace(deck[f"{t}_{name}"], reversed=turned[name]) for t in things for name in scales}


def _base(row: Row) -> float:
    return min(row["n"], row.get("n_other", row["n"]))


def _cell(
    mine: Answers, scales: list[str], things: list[str], pairs: list[tuple[str, str]], card: Card, common: Common
) -> list[Row]:
    """All estimates of one group in one wave."""
    k, level = len(scales), common.level
    columns = {thing: slice(i * k, (i + 1) * k) for i, thing in enumerate(things)}
    found = means(mine.scores, mine.w)
    each = {thing: found[place] for thing, place in columns.items()}
    rows: list[Row] = []
    for thing in things:
        for name, m in zip(scales, each[thing], strict=True):
            low, high = m.interval(level, (card.low, card.high))
            rows.append({"item": name, "term": f"mean_{thing}", "n": m.n, "n_eff": m.n_eff, "estimate": m.value,
                         "missing": len(mine.w) - m.n, "se": m.se, "low": low, "high": high})  # fmt: skip
    for one, other in pairs:
        gaps = [
            {"item": name, "term": f"gap_{one}_{other}", **_gap(a, b, card.high - card.low)}
            for name, a, b in zip(scales, each[one], each[other], strict=True)
        ]
        rows += adjusted("", gaps, common)
        for j, row in enumerate(gaps):
            x, y = (mine.scores[:, columns[thing]][:, j] for thing in (one, other))
            rows.append({**{name: row[name] for name in ("item", "n", "n_other", "n_eff")},
                         "term": f"dz_{one}_{other}", "estimate": _dz(row["estimate"], x, y, mine.w)})  # fmt: skip
        rows += _distances(f"{one}_{other}", each[one], each[other], card, level)
    return rows + _closer(mine, each, things, common)


def _gap(a: Estimate, b: Estimate, reach: float) -> Row:
    return {**gap(a, b, reach=reach, same=EVERYBODY), "n_eff": combine([a, b], [1, -1]).n_eff}


def _dz(gap: float, x: np.ndarray, y: np.ndarray, w: np.ndarray) -> float:
    """A gap in standard deviations of the differences, or of the answers where nobody rated both."""
    both = ~np.isnan(x) & ~np.isnan(y)
    sd = [_sd((x - y)[both], w[both])] if both.sum() > 1 else [_sd(s[~np.isnan(s)], w[~np.isnan(s)]) for s in (x, y)]
    spread = float(np.mean(np.square(sd))) ** 0.5
    return gap / spread if spread > 1e-12 else np.nan


def _sd(scores: np.ndarray, w: np.ndarray) -> float:
    if len(scores) < 2:
        return np.nan
    variance = np.average((scores - np.average(scores, weights=w)) ** 2, weights=w)
    return float(variance * len(scores) / (len(scores) - 1)) ** 0.5


def _differences(one: Sequence[Estimate], other: Sequence[Estimate]) -> list[Estimate]:
    return [combine([a, b], [1, -1]) for a, b in zip(one, other, strict=True)]


def _distances(pair: str, one: Sequence[Estimate], other: Sequence[Estimate], card: Card, level: float) -> list[Row]:
    """How far two profiles lie apart, in several units, and what the distance consists of."""
    parts = _differences(one, other)
    whole = combine(parts, [part.value for part in parts])  # moves as D does, whose slope on each gap is gap / D
    base: Row = {"item": PROFILE, "n": whole.n, "n_eff": whole.n_eff}
    x, y = (np.array([m.value for m in side]) for side in (one, other))
    if base["n"] < 1:
        return [{**base, "term": f"distance_{pair}"}]
    influence = np.column_stack([p.influence for p in parts])
    d = distance(x - y, influence.T @ influence, whole.df, level)
    root = len(parts) ** 0.5
    units = {"distance": 1.0, "distance_mean": root, "distance_share": root * (card.high - card.low)}
    most = units["distance_share"]  # from one end to the other on every scale
    estimate, low, high = (min(value, most) if value == value else value for value in (d.estimate, d.low, d.high))
    rows = [{"term": term, "estimate": estimate / unit, "low": low / unit, "high": high / unit}
            for term, unit in units.items()]  # fmt: skip
    single = {"distance_raw": d.raw, **(split(x, y) if len(parts) > 1 else {})}
    rows += [{"term": term, "estimate": value} for term, value in single.items()]
    low, high = profile_r_interval(one, other, level)
    rows.append({"term": "profile_r", "estimate": profile_r(x, y), "low": low, "high": high})
    return [{**base, **row, "term": f"{row['term']}_{pair}"} for row in rows]


def _closer(mine: Answers, each: Mapping[str, list[Estimate]], things: list[str], common: Common) -> list[Row]:
    """The probability that own lies closer to the ideal than each competitor."""
    found = [m for side in each.values() for m in side]
    n, n_eff = (min(getattr(m, name) for m in found) for name in ("n", "n_eff"))
    own, *competitors, ideal = things
    rows: list[Row] = [{"item": PROFILE, "term": f"closer_{own}_{other}", "n": n, "n_eff": n_eff}
                       for other in competitors]  # fmt: skip
    if n < max(2, common.min_base) or not competitors:
        return rows
    rng = generator(common.seed, "semantic_differential")
    drawn = np.moveaxis(resampled_means(mine.scores, mine.w, rng).reshape(-1, len(things), len(each[own])), 1, 0)
    traces = [sum(m.variance for m in _differences(each[thing], each[ideal])) for thing in things]
    for k, row in enumerate(rows, 1):
        row["estimate"] = closer(drawn[0] - drawn[-1], traces[0], drawn[k] - drawn[-1], traces[k])
    return rows


def _notes(scores: np.ndarray, things: list[str]) -> list[Note]:
    """Objects that not everybody rated."""
    blocks = np.split(scores, len(things), axis=1)
    rated = [~np.isnan(block).all(axis=1) for block in blocks]
    notes: list[Note] = []
    for thing, mine in zip(things, rated, strict=True):
        if not (mine & rated[0]).any():
            notes.append(("unpaired", {"item": things[0], "object": thing}))
        if not mine.all():
            notes.append(("object_missing", {"object": thing, "n": int((~mine).sum())}))
    return notes


def _key_errors(scores: np.ndarray, w: np.ndarray, turned: Mapping[str, bool], least: int) -> list[Note]:
    """Scales that run against the others in the ratings of own and competitors."""
    # The ideal is left out: everybody agrees on it, so its answers hardly tell how scales go together.
    blocks = np.split(scores, scores.shape[1] // len(turned), axis=1)[:-1]
    # Each object around its own means: that objects have opposite strong points makes no scale run backwards.
    centred = np.vstack([block - [m.value for m in means(block, w)] for block in blocks])
    known = ~np.isnan(centred)
    keep = together(known.T.astype(int) @ known, least)
    covariance = moments(centred[:, keep], np.tile(w, len(blocks))).covariance
    # A respondent's ratings of several objects are no more respondents.
    people = max(moments(block[:, keep], w).n_eff for block in blocks)
    names = list(turned)
    return key_errors([names[k] for k in keep], covariance, people, turned, least)
