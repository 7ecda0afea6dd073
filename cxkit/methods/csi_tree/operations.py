"""Levels 0-100 from operational tables (prices, returns, stock, sales): leaves of a satisfaction tree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan, nan, sqrt
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from cxkit.errors import DataError, SettingsError, did_you_mean
from cxkit.survey.cards import fold
from cxkit.survey.numbers import read_numbers
from cxkit.survey.totals import is_total

# Columns of amounts; the others name what a row is about.
AMOUNTS = ("own", "competitor", "turnover", "weight", "shipped", "returned", "shortage", "previous", "current")
PRICES, SALES = 100, 500  # times that no two prices of a good, and no two periods, differ unless in other units
SUMS = 4  # rows below which the last may be the sum of the others by chance
LARGEST, MOST = 1e18, 1e10  # of amounts and of counts: above them sums and exact intervals are not sure


@dataclass(frozen=True)
class Level:
    """A level and its interval, 0-100.

    Attributes
    ----------
    low, high : NaN where the data allow no interval.
    variance : ((high - low) / 2z)^2, of the interval as it is cut at 100, for a roll-up; 0 without an interval.
    n : the base of the interval: units shipped, experts, or customers of both periods; NaN without one.
    """

    value: float
    low: float
    high: float
    variance: float
    n: float


@dataclass(frozen=True)
class _Table:
    name: str
    rows: Mapping[int, Mapping[str, Any]]  # by their number in the full table, which errors name

    def has(self, column: str) -> bool:
        return any(column in row for row in self.rows.values())

    def cells(self, column: str) -> list[Any]:
        if not self.has(column):
            found = ", ".join(_columns(self.rows))
            raise DataError(f'{self.name} has no column "{column}"; add it (found: {found}).')
        return [row.get(column) for row in self.rows.values()]

    def numbers(self, column: str, *, whole: bool = False) -> np.ndarray:
        read = read_numbers(self.cells(column))
        self.refuse(read.unclear, column, "a number without thousands separators, as it may be read in two ways")
        found = read.values
        most = MOST if whole else LARGEST
        wrong = ~((found >= 0) & (found <= most)) | (whole & (found != np.floor(found)))
        self.refuse(wrong, column, f"a {'whole ' * whole}number, 0 or more, at most {most:g}")
        return found

    def words(self, column: str) -> list[str]:
        found = [fold(_text(cell)) for cell in self.cells(column)]
        self.refuse([not word for word in found], column, "a name")
        return found

    def refuse(self, wrong: Any, column: str, expected: str) -> None:
        """Name the first row that is wrong; one truth value stands for every row."""
        for (number, row), bad in zip(self.rows.items(), np.broadcast_to(wrong, len(self.rows)), strict=True):
            if bad:
                text = _text(row.get(column))
                found = f'"{text[:40]}{"..." * (len(text) > 40)}"' if text else "an empty cell"
                where = f'{self.name}, row {number}, column "{column}"'
                raise DataError(f"{where}: found {found}, expected {expected}; correct the table.")


def _text(cell: Any) -> str:
    return "" if cell is None or cell != cell else str(cell).strip()


def _columns(rows: Mapping[int, Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(str(column) for row in rows.values() for column in row))


def _level(ratio: float, confidence: float, ends: tuple[float, float] = (nan, nan), n: float = nan) -> Level:
    value, low, high = (100 * np.clip([ratio, *ends], 0, 1)).tolist()
    z = float(stats.norm.ppf((1 + confidence) / 2))
    return Level(value, low, high, 0.0 if isnan(low) else ((high - low) / (2 * z)) ** 2, n)


def _exact(count: float, n: float, confidence: float) -> tuple[float, float]:
    # Clopper & Pearson 1934, Biometrika 26; not by beta quantiles, which SciPy gets wrong for 1000 in 10^9.
    return stats.binomtest(int(count), int(n)).proportion_ci(confidence, "exact")


def _apart(one: np.ndarray, other: np.ndarray, times: float) -> np.ndarray:
    return (one > 0) & (other > 0) & ((one >= times * other) | (other >= times * one))


def _refuse_totals(table: _Table) -> None:
    """Refuse a row that sums the others up, and a good that stands twice."""
    columns = _columns(table.rows)
    names = [column for column in columns if column not in AMOUNTS]
    texts = {column: [_text(cell) for cell in table.cells(column)] for column in names}
    for column, cells in texts.items():
        if column in ("criterion", "expert"):  # a criterion may be "overall"
            continue
        totals = [is_total(cell) and cells.count(cell) == 1 for cell in cells]
        table.refuse(totals, column, "a row of its own, no total or mean of the others")
    amounts = {column: read_numbers(table.cells(column)).values for column in columns if column in AMOUNTS}
    sums = [np.isclose(cells[:-1].sum(), cells[-1], rtol=1e-9) for cells in amounts.values() if cells.any()]
    if len(table.rows) >= SUMS and len(sums) > 1 and all(sums):
        last = np.arange(len(table.rows)) == len(table.rows) - 1
        table.refuse(last, next(iter(amounts)), "a row that is not the sum of the others")
    if "good" in texts and "criterion" not in texts:
        again = pd.DataFrame(texts).map(fold).duplicated()
        table.refuse(again, "good", "each good once, or a column that tells its rows apart, such as shop")


def _price_level(table: _Table, confidence: float) -> Level:
    own, competitor = table.numbers("own"), table.numbers("competitor")
    table.refuse(own == 0, "own", "a price above 0")
    table.refuse(competitor == 0, "competitor", "a price above 0")
    table.refuse(_apart(own, competitor, PRICES), "competitor", "a price in the same unit as own")
    turnover = table.numbers("turnover") if table.has("turnover") else np.ones(len(own))
    table.refuse(not turnover.any(), "turnover", "a sum above 0 over the rows")
    return _level(float(np.average(np.minimum(1, competitor / own), weights=turnover)), confidence)


def _defect_level(table: _Table, confidence: float) -> Level:
    shipped, returned = table.numbers("shipped", whole=True), table.numbers("returned", whole=True)
    table.refuse(returned > shipped, "returned", "no more than was shipped in this row")
    table.refuse(not shipped.any(), "shipped", "a sum above 0 over the rows")
    n, kept = float(shipped.sum()), float((shipped - returned).sum())
    return _level(kept / n, confidence, _exact(kept, n, confidence), n)


def _goods_quality(table: _Table, confidence: float) -> Level:
    columns: dict[str, Any] = {key: table.words(key) for key in ("good", "criterion")}
    columns |= {key: table.numbers(key) for key in ("turnover", "weight", "own", "competitor")}
    rows = pd.DataFrame(columns | {"expert": table.words("expert") if table.has("expert") else ""})
    experts, turnover = rows.expert.nunique(), rows.groupby("good").turnover.transform("first")
    again = rows.duplicated(["expert", "good", "criterion"])
    table.refuse(again, "criterion", "each criterion of a good once, or once per expert in a column expert")
    partly = rows.groupby(["good", "criterion"]).expert.transform("size") < experts
    table.refuse(partly, "criterion", f"a row of each of the {experts} experts for this criterion of the good")
    table.refuse(rows.turnover != turnover, "turnover", "the same turnover in every row of the good")
    weights = rows.groupby(["expert", "good"]).weight.transform("sum")
    table.refuse(weights == 0, "weight", "a sum above 0 over the criteria of the good")
    table.refuse(not turnover.any(), "turnover", "a sum above 0 over the goods")
    share = turnover * rows.weight / weights  # the sum of turnover would cancel in the ratio
    index = rows[["own", "competitor"]].mul(share, axis=0).groupby(rows.expert).sum()
    own, competitor = index.mean()
    table.refuse(competitor == 0, "competitor", "a rating above 0 where turnover and weight are above 0")
    ratio = own / competitor
    squares = float((((index.own - ratio * index.competitor) / competitor) ** 2).sum())
    if squares <= 1e-24:  # one expert, or none that differ: the spread is not known, as in `weights.mean`
        return _level(ratio, confidence)
    half = float(stats.t.ppf((1 + confidence) / 2, experts - 1)) * sqrt(squares / (experts * (experts - 1)))
    return _level(ratio, confidence, (ratio - half, ratio + half), experts)


def _availability(table: _Table, confidence: float) -> Level:
    sold, short = table.numbers("turnover").sum(), table.numbers("shortage").sum()
    table.refuse(sold + short == 0, "turnover", "a sum of turnover and shortage above 0")
    return _level(sold / (sold + short), confidence)


def _dynamics(table: _Table, whole: bool) -> tuple[float, float]:
    previous, current = (float(table.numbers(column, whole=whole).sum()) for column in ("previous", "current"))
    table.refuse(previous == 0, "previous", "a sum above 0 over the rows")
    units = _apart(np.array(previous), np.array(current), SALES)
    table.refuse(units, "current", "amounts in the same unit as previous")
    return previous, current


def _sales_dynamics(table: _Table, confidence: float) -> Level:
    previous, current = _dynamics(table, whole=False)
    return _level(current / previous, confidence)


def _customer_dynamics(table: _Table, confidence: float) -> Level:
    previous, current = _dynamics(table, whole=True)
    low, high = _exact(current, previous + current, confidence)
    return _level(current / previous, confidence, (low / (1 - low), high / (1 - high)), previous + current)


KINDS = {
    "price_level": _price_level,
    "defect_level": _defect_level,
    "goods_quality": _goods_quality,
    "availability": _availability,
    "sales_dynamics": _sales_dynamics,
    "customer_dynamics": _customer_dynamics,
}


def level(
    kind: str, rows: Sequence[Mapping[str, Any]], *, where: Mapping[str, str] = {}, table: str = "",
    confidence: float = 0.95,
) -> Level:  # fmt: skip
    """Level 0-100 of one operational table.

    Parameters
    ----------
    kind : which level, and the columns it reads (money and units in any one unit, 0 or more):

        - price_level (own, competitor, optional turnover): mean over goods, weighted by turnover, of 100 if
          own <= competitor else 100 competitor / own. No interval.
        - defect_level (shipped, returned): 100 (1 - returned / shipped) on the sums; exact binomial interval.
        - goods_quality (good, turnover, criterion, weight, own, competitor, optional expert): index = sum over
          goods of turnover share x sum over criteria of weight x rating, weights made to sum to 1 within a good;
          100 own index / competitor index, at most 100. A good's turnover stands the same in each of its rows
          and counts once. With experts: ratio of their mean indices and its t interval by the delta method.
        - availability (turnover, shortage): 100 T / (D + T) on the sums. No interval.
        - sales_dynamics (previous, current): 100 current / previous on the sums, at most 100. No interval.
        - customer_dynamics (previous, current): the same of counts of customers, with the exact interval of a
          ratio of two Poisson counts (conditional binomial, Clopper & Pearson 1934), its ends at most 100;
          customers who stand in both periods make it wider than it need be.
    where : keep the rows with these values, such as {"class": "A"}.
    table : its name in errors.
    confidence : 0-1.

    Raises
    ------
    SettingsError : the kind or a column of ``where`` is unknown.
    DataError : no row, a missing column, a cell that cannot be used, or a base of 0.

    >>> round(level("price_level", [{"good": "milk, 1 l", "own": 8200, "competitor": "8003"}]).value, 1)
    97.6
    """
    if kind not in KINDS:
        raise SettingsError(f'There is no operational level "{kind}"; {did_you_mean(kind, KINDS)}')
    name = f'Table "{table}"' if table else f'The table of "{kind}"'
    if not isinstance(rows, Sequence) or not rows:
        raise DataError(f"{name} has no rows; give a list with at least one row.")
    for number, row in enumerate(rows, 1):
        if not isinstance(row, Mapping):
            raise DataError(f'{name}, row {number}: found {row!r:.40}, expected "column: value" pairs; rewrite it.')
    kept = dict(enumerate(rows, 1))
    for column, wanted in where.items():
        if column not in (known := _columns(kept)):
            raise SettingsError(f'{name} has no column "{column}" to choose rows by; {did_you_mean(column, known)}')
        values = {number: _text(row.get(column)) for number, row in kept.items()}
        kept = {number: kept[number] for number, value in values.items() if fold(value) == fold(wanted)}
        if not kept:
            known = list(dict.fromkeys(filter(None, values.values())))
            raise DataError(f'{name} has no row whose {column} is "{wanted}"; {did_you_mean(wanted, known)}')
    used = _Table(name, kept)
    _refuse_totals(used)
    return KINDS[kind](used, confidence)
