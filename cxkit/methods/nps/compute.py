"""NPS: how likely are customers to recommend, and why?"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Unpack

import narwhals as nw
import numpy as np
import pandas as pd

from cxkit.errors import DataError, SettingsError, did_you_mean
from cxkit.measure.cells import Cells, share_rows, tally_cells
from cxkit.measure.claims import Claim
from cxkit.measure.common import Keywords, open_data
from cxkit.measure.comparison import PREVIOUS, REST, Contrast, compare, contrasts, same_people
from cxkit.measure.drivers import item_drivers
from cxkit.measure.finish import finish
from cxkit.result import Result, Row
from cxkit.stats.change import Pairs, net_change
from cxkit.stats.compare import Basis, Difference, difference
from cxkit.stats.joint import Estimate, means
from cxkit.stats.net import INTERVALS, adjusted, net, net_base
from cxkit.stats.resample import generator
from cxkit.stats.shares import wilson
from cxkit.stats.weights import Distribution, mean
from cxkit.survey.cards import Card, cards
from cxkit.survey.survey import Survey
from cxkit.survey.tally import Answers

VARIANTS = ("recommend", "expectation")
CATEGORIES = ("detractors", "passives", "promoters")
PROMOTERS, DETRACTORS = range(9, 11), range(7)


def nps(
    data: Any,
    score: str = "",
    *,
    scale: Any = None,
    drivers: Sequence[str] = (),
    comment: str = "",
    comments: int = 5,
    variant: str = "recommend",
    interval: str = "adjusted",
    **given: Unpack[Keywords],
) -> Result:
    """Net Promoter Score with its interval, shares, distribution, groups, waves and comments.

    NPS = 100 (promoters - detractors); promoters answer 9-10, passives 7-8, detractors 0-6 (Reichheld 2003).

    Parameters
    ----------
    data : a survey of ``cx.read``, or respondents in rows (pandas, polars, pyarrow, DuckDB).
    score : the rating column; "" takes the only item of the survey that is asked on 0-10, else "recommend".
    scale : [0, 10], or [1, 10] where the question was asked so; a survey knows its own.
    drivers : rating items that should explain the answers; with them, ``scale`` may be item -> scale.
    comment : column with the answer to "why this score?"; ``comments`` of them per category are shown.
    variant : "recommend", or "expectation" ("how much better or worse than you expected?", on 1-10).
    interval : "adjusted" (Rocks 2016), "wald", "score" (Tango 1998) or "bootstrap".
    given : what all methods share, see ``cx.Common``: by, wave, weight, respondent, waves, dates, values, split,
        level, correction, min_base, flag_base, client, seed.

    Returns
    -------
    Result with the terms ``nps`` (-100..100; ``se`` is linearised, sqrt(sum w^2 (x - NPS)^2) / W),
    ``promoters passives detractors share`` (0-1), ``mean`` (scale points), ``nps_vs_rest`` and
    ``nps_vs_previous`` (interval and test on the adjusted basis, or for the same respondents on the paired
    linearised one, ``stats.change.net_change``), and for a panel ``flow_to_promoters ...``, where ``group`` is the
    category in the wave before. ``scores`` holds ``score category group wave comment`` per respondent (pandas data
    only).

    Raises
    ------
    DataError, SettingsError : a column is absent, an answer is off its scale, or a setting is wrong.

    >>> import cxkit as cx
    >>> data = cx.sample("shop")
    >>> cx.nps(data, "recommend", weight="weight").rows(term="nps")["n"].item()
    863.0
    """
    data, common, survey = open_data(data, given)
    score = score or _only_item(survey)
    everything = cards([score, *drivers], scale or (survey.scale if survey else (0, 10)))
    rating = everything[score]
    _check(rating, variant, interval)
    cells = tally_cells(data, everything, common, each=bool(drivers))

    def estimates(answers: Distribution, *_: str) -> list[Row]:
        return _estimates(answers, rating, interval, common.level, generator(common.seed, "nps"))

    rows = cells.describe(score, "nps", estimates)

    def test(contrast: Contrast) -> dict[str, Row]:
        one, other = (cells.distribution(score, *side) for side in (contrast.one, contrast.other))
        if not (one.n and other.n):
            return {}
        same = _same(cells, contrast, score) if common.respondent and contrast.kind != REST else None
        found = _difference(one, other, same)
        return {score: {"n": one.n, "n_other": other.n, "n_eff": _base(one), "estimate": _nps(one) - _nps(other),
                        "test": found, "reach": 200}}  # fmt: skip

    def levels(answers: Answers) -> dict[str, Estimate]:
        codes = np.where(np.isnan(answers.scores[:, :1]), np.nan, 100.0 * category_of(answers.scores[:, :1]))
        return {score: means(codes, answers.w, answers.n)[0]}

    rows += compare(cells, [score], "nps", test, levels, common)
    if common.respondent and len(cells.waves) > 1:
        last = next(one for one in contrasts(cells)[::-1] if one.kind == PREVIOUS)
        rows += _flow(_same(cells, last, score), score, cells.current, common.level)
    everyone = cells.distribution(score, "", cells.current)
    facts: dict[str, Any] = {
        "n": everyone.n,
        "n_eff": _base(everyone),
        "missing": cells.missing(score, "", cells.current),
    }
    notes: list[tuple[str, dict[str, Any]]] = [("scale_from_one", {})] if rating.low == 1 else []
    claims: list[Claim] = []
    if drivers:
        found = item_drivers(cells.now, list(drivers), score, everything, cells.current, common)
        rows, facts, notes = rows + found.rows, facts | found.facts, notes + found.notes
        claims = found.claims
    settings = {
        "score": score, "scale": {item: card.plain() for item, card in everything.items()}, "drivers": list(drivers),
        "comment": comment, "comments": comments, "variant": variant, "interval": interval,
    }  # fmt: skip
    scores = _scores(data, rating, common.by, common.wave, comment)
    return finish("nps", settings, common, cells, rows, facts, notes, scores, survey=survey, claims=claims)


def _check(rating: Card, variant: str, interval: str) -> None:
    if (rating.low, rating.high) not in ((0, 10), (1, 10)) or rating.reversed:
        raise SettingsError(
            f'The scale of "{rating.item}" runs from {rating.low} to {rating.high}{" reversed" * rating.reversed}; '
            f"NPS is defined on 0-10, or on 1-10 when asked so."
        )
    for word, known, name in ((variant, VARIANTS, "variant"), (interval, INTERVALS, "interval")):
        if word not in known:
            raise SettingsError(f'There is no {name} "{word}"; {did_you_mean(word, known)}')
    if variant == "expectation" and rating.low != 1:
        raise SettingsError("The expectation form is asked on 1-10; give scale [1, 10].")


def _only_item(survey: Survey | None) -> str:
    """The item of a survey that can be the score, where there is one only."""
    if survey is None:
        return "recommend"
    found = [item for item, scale in survey.scale.items() if (scale["min"], scale["max"]) == (0, 10)]
    if not found:
        raise SettingsError(f"No item is asked on 0-10; name the score yourself: {', '.join(survey.scale)}.")
    if len(found) > 1:
        raise SettingsError(f"Several items are asked on 0-10: {', '.join(found)}; name the one that is the score.")
    return found[0]


def category_of(scores: np.ndarray) -> np.ndarray:
    """Code answers -1 detractor (6 or less), 0 passive (7, 8), 1 promoter (9, 10).

    >>> category_of(np.array([6, 7, 9])).tolist()
    [-1, 0, 1]
    """
    scores = np.asarray(scores, dtype=float)
    return (scores >= 9).astype(int) - (scores <= 6).astype(int)


def _parts(answers: Distribution) -> tuple[float, float]:
    code = category_of(answers.score)
    return float(answers.share[code == 1].sum()), float(answers.share[code == -1].sum())


def _nps(answers: Distribution) -> float:
    top, bottom = _parts(answers)
    return 100 * (top - bottom)


def _base(answers: Distribution) -> float:
    return net_base(answers, PROMOTERS, DETRACTORS)


def _basis(answers: Distribution) -> Basis:
    centre, variance = adjusted(*_parts(answers), _base(answers))
    return Basis(100 * centre, 100**2 * variance)


def _same(cells: Cells, contrast: Contrast, score: str) -> Pairs:
    """The categories of those who answered in both waves."""
    sides = [cells.answers(*side).of([score]) for side in (contrast.one, contrast.other)]
    now, before = (side.where(~np.isnan(side.scores[:, 0])) for side in sides)
    here, there = same_people(now, before)
    was, is_now = category_of(before.scores[there, 0]), category_of(now.scores[here, 0])
    return Pairs.of(was, is_now, before.w[there], now.w[here])


def _difference(one: Distribution, other: Distribution, same: Pairs | None) -> Difference:
    if same is None or not len(same.n):
        return difference(_basis(one), _basis(other))
    after, before = (replace(side, score=category_of(side.score)) for side in (one, other))
    return net_change(after, before, same).times(100)


def _estimates(
    answers: Distribution, rating: Card, interval: str, level: float, rng: np.random.Generator
) -> list[Row]:
    top, bottom = _parts(answers)
    deviation = category_of(answers.score) - (top - bottom)
    se = float(answers.w2 @ deviation**2) ** 0.5 / float(answers.w.sum())
    n_eff = _base(answers)
    found = net(top, bottom, n_eff, method=interval, level=level, se=se, rng=rng)
    m = mean(answers, (rating.low, rating.high), level)
    parts = {"detractors": range(rating.low, 7), "passives": range(7, 9), "promoters": PROMOTERS}
    return [
        {"term": "nps", "n_eff": n_eff, "estimate": 100 * found.estimate, "se": 100 * se,
         "low": 100 * found.low, "high": 100 * found.high},
        {"term": "mean", "n_eff": m.n_eff, "estimate": m.estimate, "se": m.se, "low": m.low, "high": m.high},
        *share_rows(answers, rating.points, level, **parts),
    ]  # fmt: skip


def _flow(same: Pairs, score: str, wave: str, level: float) -> list[Row]:
    """Where the respondents of each category went between the last two waves; counts are unweighted."""
    moves = np.zeros((3, 3))
    np.add.at(moves, (same.before + 1, same.after + 1), same.n)
    rows = []
    for group, counts in zip(CATEGORIES, moves, strict=True):
        n = counts.sum()
        for term, share in zip(CATEGORIES, counts / n if n else (), strict=bool(n)):
            low, high = wilson(share, n, level)
            rows.append({"item": score, "term": f"flow_to_{term}", "group": group, "wave": wave, "n": n,
                         "n_eff": n, "estimate": share, "low": low, "high": high})  # fmt: skip
    return rows


def _scores(data: Any, rating: Card, by: str, wave: str, comment: str) -> pd.DataFrame | None:
    frame = nw.from_native(data)
    names = frame.lazy().collect_schema().names()
    if comment and comment not in names:
        raise DataError(f'The data have no column "{comment}"; {did_you_mean(comment, names)}')
    native = nw.to_native(frame)
    if not isinstance(native, pd.DataFrame):
        return None
    answered = native[native[rating.item].notna()]
    scores = pd.DataFrame({"score": answered[rating.item].astype(float)})
    scores["category"] = [CATEGORIES[k + 1] for k in category_of(scores["score"].to_numpy())]
    for name, column in (("group", by), ("wave", wave), ("comment", comment)):
        text = nw.from_native(answered).select(nw.col(column).cast(nw.String())).to_native() if column else None
        scores[name] = "" if text is None else text[column].astype(object).fillna("")
    scores.index = pd.Index([k if isinstance(k, int) else str(k) for k in scores.index])
    scores.index.name = "row"
    return scores
