"""Do the items of a scale go together? Reliability among all respondents, and what stands in its way."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from cxkit.measure.common import Common
from cxkit.measure.key_errors import Note, key_errors
from cxkit.stats.direction import NOTHING, together
from cxkit.stats.moments import Moments, moments
from cxkit.stats.reliability import Reliability, reliability
from cxkit.survey.cards import Card
from cxkit.survey.tally import Answers

STILL = 1e-12  # of the squared width of the scale: a variance below it is only rounding


def screen(answers: Answers) -> dict[str, int]:
    """Count respondents, those who gave one and the same answer to all (3 or more) items, and those who left more
    than half of the items unanswered."""
    scores, n = answers.scores, answers.n
    none = np.isnan(scores).sum(axis=1)
    same = (scores == scores[:, :1]).all(axis=1) & (len(answers.items) >= 3)
    few = 2 * none > len(answers.items)
    return {"rows": int(n.sum()), "straight_lined": int(n[same].sum()), "mostly_missing": int(n[few].sum())}


def scale_checks(answers: Answers, deck: Mapping[str, Card], common: Common) -> tuple[dict[str, Any], list[Note]]:
    """The reliability of the sum of items as facts, and notes on whatever stops it or runs against it.

    Parameters
    ----------
    answers : to these items in one wave, turned round where reversed.

    Returns
    -------
    Facts: ``alpha`` with its interval and base, ``omega``, ``alpha_pairwise``, and of each item ``alpha_without_``
    and ``item_rest_`` (correlation with the sum of the others); none where alpha is not defined.
    """
    if len(deck) < 2:
        return {}, []
    everybody = answers.where(~np.isnan(answers.scores).any(axis=1))
    complete, pairs = (_moments(some, deck) for some in (everybody, answers))
    least = max(common.min_base, 3)
    if pairs.n.max() < least:
        return {}, []  # too few for anything, which the page says
    enough = complete.n.min() >= least
    turned = {item: card.reversed for item, card in deck.items()}
    some = list(deck) if enough else [list(deck)[k] for k in together(pairs.n_pairs, least)]
    told = complete if enough else _moments(answers.of(some), {item: deck[item] for item in some})
    notes = key_errors(some, told.covariance, told.n_eff, turned, least)
    stopped = _obstacles(deck, complete, pairs, common.min_base)
    listwise = None if stopped else reliability(complete, common.level)
    if not listwise:
        return {}, notes + stopped
    facts = {"alpha": listwise.alpha, "alpha_low": listwise.low, "alpha_high": listwise.high,
             "alpha_n": listwise.n, "omega": listwise.omega}  # fmt: skip
    for item, without, rest in zip(deck, listwise.alpha_without, listwise.item_rest, strict=True):
        facts |= {f"alpha_without_{item}": without, f"item_rest_{item}": rest}
    both = reliability(pairs, common.level)
    facts |= {"alpha_pairwise": both.alpha} if both else {}
    return facts, notes + _no_omega(list(deck), listwise)


def _moments(answers: Answers, deck: Mapping[str, Card]) -> Moments:
    """Moments of the items; one that does not vary has none at all."""
    found = moments(answers.scores, answers.w, answers.n)
    width = np.array([float(card.high - card.low) for card in deck.values()])
    varies = np.diag(found.covariance) > STILL * width**2
    return replace(found, covariance=found.covariance * np.outer(varies, varies))


def _obstacles(deck: Mapping[str, Card], complete: Moments, pairs: Moments, least: int) -> list[Note]:
    """What leaves alpha undefined, by name."""
    empty = [("item_empty", {"item": item}) for item, n in zip(deck, pairs.n, strict=True) if not n]
    if empty:
        return [*empty]
    if complete.n.min() < max(least, 3):
        return [("alpha_few", {"base": max(least, 3)})]
    S = complete.covariance
    still = [("item_constant", {"item": item}) for item, v in zip(deck, np.diag(S), strict=True) if not v > 0]
    if still:
        return [*still]
    return [("alpha_cancels", {})] * bool(S.sum() <= NOTHING * np.trace(S))


def _no_omega(items: Sequence[str], found: Reliability) -> list[Note]:
    """Why there is no omega, if there is none."""
    if found.omega == found.omega:
        return []
    if len(items) < 3:
        return [("omega_two", {})]
    whole = [("omega_item", {"item": items[k]}) for k in found.explained]
    return [*whole] or [("omega_none", {})]
