"""What matters most: a table of drivers of one outcome, for any method that has both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from cxkit.errors import SettingsError
from cxkit.measure.claims import Claim, drawn_claims
from cxkit.measure.common import Common
from cxkit.measure.key_errors import Note
from cxkit.result import Row
from cxkit.stats.contrast import penalty_reward
from cxkit.stats.direction import upper_bound
from cxkit.stats.importance import Drivers, drivers
from cxkit.stats.resample import generator
from cxkit.survey.cards import Card
from cxkit.survey.tally import Answers

DRIVER = "driver"  # the kind of claim that one driver matters more than another


@dataclass(frozen=True)
class DriverTable:
    """``rows``, ``facts``, ``notes`` and ``claims`` of a result, and ``draws``: each driver's share in resamples."""

    rows: list[Row]
    facts: dict[str, Any]
    notes: list[Note]
    draws: np.ndarray
    claims: list[Claim]


def driver_rows(
    names: Sequence[str],
    x: np.ndarray,
    y: np.ndarray,
    w: np.ndarray,
    wave: str,
    common: Common,
    outcome: str = "",
    turned: Mapping[str, bool] = MappingProxyType({}),
) -> DriverTable:
    """Importance and penalty-reward contrast of drivers.

    Parameters
    ----------
    x, y : drivers (respondents x names) and outcome, 0-100, NaN for no answer.
    outcome : its name, for the notes.
    turned : driver -> whether it is declared as reversed; a driver that is no item is absent.

    Returns
    -------
    Rows have the terms ``importance`` and ``johnson`` (shares of the explained variance, 0-1: LMG and Johnson
    2000), ``beta correlation vif``, ``rank`` (probability that the driver is at place ``score``), and ``penalty
    reward asymmetry`` (points of the outcome on 0-100; Brandt 1987).
    Drivers whose correlation with the outcome lies below 0 beyond chance are named: its one-sided upper bound (Fisher
    z) is below 0 at 95 %, by Bonferroni over the drivers.
    """
    level, rng = common.level, generator(common.seed, "drivers")
    found = drivers(x, y, w, names, rng=rng, level=level)
    complete = np.isfinite(x).all(axis=1) & np.isfinite(y)
    contrast = penalty_reward(x[complete], y[complete], w[complete], least=common.min_base, level=level)
    rows: list[Row] = []
    notes: list[Note] = [("drivers_complete", {"n": found.n, "of": len(y)})]
    opposed, told = _opposed(names, found, outcome, turned) if found.n >= common.min_base else ([], [])
    notes += told
    for k, name in enumerate(names):
        base: Row = {"item": name, "wave": wave, "n": found.n, "n_eff": found.n_eff}
        low, share, high = found.share_low[k], found.share[k], found.share_high[k]
        rows.append(
            {**base, "term": "importance", "estimate": share, "low": min(low, share), "high": max(high, share)}
        )
        single = {"johnson": found.johnson[k] / found.r2, "beta": found.beta[k], "correlation": found.correlation[k],
                  "vif": found.vif[k]}  # fmt: skip
        rows += [{**base, "term": term, "estimate": value} for term, value in single.items()]
        rows += [{**base, "term": "rank", "score": j + 1, "estimate": p} for j, p in enumerate(found.rank[k])]
        held = {"penalty": contrast.n_low[k], "reward": contrast.n_high[k],
                "asymmetry": min(contrast.n_low[k], contrast.n_high[k])}  # fmt: skip
        for term, n in held.items():
            value, se, low, high = getattr(contrast, term)[k]
            if value == value:
                rows.append({**base, "term": term, "n": n, "n_eff": np.nan, "estimate": value, "se": se, "low": low,
                             "high": high})  # fmt: skip
                wrong = (term == "penalty" and low > 0) or (term == "reward" and high < 0)
                notes += [(f"wrong_{term}", {"item": name})] * bool(wrong and name not in opposed)
        notes += [("negative_driver", {"item": name})] * bool(found.negative[k] and name not in opposed)
    if found.failed:
        notes.append(("resamples_failed", {"n": found.failed}))
    shares = found.draws / found.draws.sum(axis=1, keepdims=True)
    claims = drawn_claims(DRIVER, dict(zip(names, found.share.tolist(), strict=True)), shares, found.df)
    return DriverTable(rows, {"r2": found.r2, "drivers_n": found.n}, notes, shares, claims)


def _opposed(
    names: Sequence[str], found: Drivers, outcome: str, turned: Mapping[str, bool]
) -> tuple[list[str], list[Note]]:
    """The drivers that run against the outcome beyond chance, and notes on them; on the outcome when most do."""
    level = 1 - 0.05 / len(names)
    pairs = zip(names, found.correlation.tolist(), strict=True)
    opposed = {name: r for name, r in pairs if upper_bound(r, found.n_eff, level) < 0}
    if len(names) > 1 and 2 * len(opposed) > len(names):
        return [*opposed], [("outcome_against", {"item": outcome, "n": len(opposed), "of": len(names)})]
    codes = {True: "driver_against_reversed", False: "driver_against", None: "part_against"}
    return [*opposed], [(codes[turned.get(name)], {"item": name, "r": r}) for name, r in opposed.items()]


def item_drivers(
    answers: Answers, items: Sequence[str], outcome: str, deck: Mapping[str, Card], wave: str, common: Common
) -> DriverTable:
    """The table of rating items as drivers of another one.

    Parameters
    ----------
    answers : a line for each respondent of one wave.

    Raises
    ------
    SettingsError : the outcome is one of the items.
    """
    if outcome in items:
        raise SettingsError(f'"{outcome}" cannot explain itself; take it out of the items or name another outcome.')
    found = answers.of([*items, outcome])
    percent = np.column_stack(
        [deck[item].percent(column) for item, column in zip(found.items, found.scores.T, strict=True)]
    )
    turned = {item: deck[item].reversed for item in items}
    return driver_rows(items, percent[:, :-1], percent[:, -1], found.w, wave, common, outcome, turned)
