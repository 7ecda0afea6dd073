"""The one place that touches rows: the answers of a survey, brought over once from wherever the data live.

Written with narwhals, so pandas, polars, pyarrow, DuckDB and Dask frames go in, and arrays come out.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from cxkit.errors import CxError, DataError, did_you_mean

LABELS = ("group", "wave", "respondent")


@dataclass(frozen=True)
class Answers:
    """Answers to several items, in an order that depends on nothing but the answers and weights.

    Attributes
    ----------
    items : the columns of ``scores`` (lines x items, NaN for no answer).
    n, w : how many respondents answered alike in a line, 1 where each has a line of their own; the weight of each.
    group, wave, respondent : of each line; None where not known, "" where not asked.
    zero : respondents with weight 0, who represent nobody and have no line.
    """

    items: tuple[str, ...]
    scores: np.ndarray
    n: np.ndarray
    w: np.ndarray
    group: np.ndarray
    wave: np.ndarray
    respondent: np.ndarray
    zero: int = 0

    def where(self, keep: np.ndarray) -> "Answers":
        """Some of the lines, or the lines in another order."""
        return replace(self, **{k: getattr(self, k)[keep] for k in ("scores", "n", "w", *LABELS)})

    def of(self, items: Sequence[str]) -> "Answers":
        """The answers to some of the items, in the order that depends on these only."""
        if tuple(items) == self.items:
            return self
        scores = self.scores[:, [self.items.index(item) for item in items]]
        return replace(self, items=tuple(items), scores=scores).where(_order(scores, self.w))


def answers(
    data: Any,
    items: Sequence[str],
    *,
    by: str = "",
    wave: str = "",
    weight: str = "",
    respondent: str = "",
    each: bool = True,
) -> Answers:
    """Bring over the answers to some items, with group, wave, weight and respondent; the rows are read once.

    Parameters
    ----------
    each : False counts respondents who answered alike, in the data's own engine, instead of bringing over a line
        for each; what follows from counts is the same.

    Raises
    ------
    DataError : a column is absent, stands twice or holds no numbers, a weight is none, or an id stands twice in a
        wave.

    >>> answers(pd.DataFrame({"a": [2, 1], "b": [5, None]}), ["a", "b"]).scores.tolist()
    [[1.0, nan], [2.0, 5.0]]
    >>> answers(pd.DataFrame({"a": [2, 1, 2]}), ["a"], each=False).n.tolist()
    [1, 2]
    """
    columns = dict(zip(LABELS, (by, wave, respondent), strict=True))
    scores = [f"score {k}" for k in range(len(items))]
    with _numbers_only(data, *items, *([weight] if weight else [])):
        lines = _frame(data, [*items, *columns.values(), weight]).select(
            *(_number(item).alias(name) for item, name in zip(items, scores, strict=True)),
            (nw.col(weight).cast(nw.Float64()) if weight else nw.lit(1.0)).alias("w"),
            *(_label(column).alias(k) if column else nw.lit("").alias(k) for k, column in columns.items()),
        )
        if not each:
            lines = lines.group_by(*scores, "w", *LABELS).agg(nw.len().alias("n"))
        table = lines.collect(backend="pandas").to_native()
    found, w = (table[columns].astype(float).to_numpy() for columns in (scores, "w"))
    n = np.ones(len(table), int) if each else table["n"].to_numpy(int)
    group, when, who = (table[k].astype(object).where(table[k].notna(), None).to_numpy() for k in LABELS)
    _check_weights(weight, n, w)
    if respondent:
        _refuse_twice(respondent, wave, pd.DataFrame({"wave": when, "id": who}))
    order = _order(found, w)
    everybody = Answers(tuple(items), found, n, w, group, when, who, zero=int(n[w == 0].sum()))
    return everybody.where(order[w[order] > 0])


def _order(scores: np.ndarray, w: np.ndarray) -> np.ndarray:
    """So random draws do not depend on the order of a file."""
    return np.lexsort([w, *scores.T[::-1]])


def _check_weights(weight: str, n: np.ndarray, w: np.ndarray) -> None:
    if bad := int(n[~(np.isfinite(w) & (w >= 0))].sum()):
        raise DataError(
            f'The column "{weight}" has {bad} empty, negative or infinite weights; '
            f"expected 0 or more, so correct them or leave those rows out."
        )
    if weight and not (w > 0).any():
        raise DataError(f'The column "{weight}" holds no weight above 0; give at least one.')


def _refuse_twice(respondent: str, wave: str, ids: pd.DataFrame) -> None:
    if ids.dropna(subset="id").duplicated().any():
        raise DataError(
            f'The column "{respondent}" holds an id twice{" in one wave" if wave else ""}; '
            f"a respondent may answer once{' per wave' if wave else ''}, so delete one of the rows."
        )


def counts(found: Answers) -> pd.DataFrame:
    """Count the answers per item, group, wave and score.

    Returns
    -------
    ``item group wave score n w w2 w3``: number of respondents, sums of weights, of their squares and cubes.
    ``score`` is NaN for no answer; ``group`` and ``wave`` are None where not known, "" where not asked.

    >>> counts(answers(pd.DataFrame({"q": [5, 5, None]}), ["q"]))["n"].tolist()
    [2, 1]
    """
    sums = {"n": found.n, "w": found.n * found.w, "w2": found.n * found.w**2, "w3": found.n * found.w**3}
    lines = pd.DataFrame({"group": found.group, "wave": found.wave, **sums})
    keys = ["group", "wave", "score"]
    parts = [
        lines.assign(score=scores).groupby(keys, dropna=False)[[*sums]].sum().reset_index().assign(item=item, order=k)
        for k, (item, scores) in enumerate(zip(found.items, found.scores.T, strict=True))
    ]
    table = pd.concat(parts, ignore_index=True)
    for label in ("group", "wave"):
        table[label] = table[label].astype(object).where(table[label].notna(), None)
    table = table.sort_values(["order", *keys], kind="stable", ignore_index=True)
    return table[["item", *keys, *sums]]


def first_row(data: Any, column: str, value: float) -> Any:
    """Return the index label of the first row with this value in a pandas frame, None in any other."""
    if not isinstance(data, pd.DataFrame):
        return None
    return next(iter(data.index[data[column] == value]), None)


def _frame(data: Any, columns: Sequence[str]) -> Any:
    if isinstance(data, pd.DataFrame) and (twice := data.columns[data.columns.duplicated()].tolist()):
        raise DataError(f'The data have several columns "{twice[0]}"; give each column a name of its own.')
    try:
        given = nw.from_native(data)
    except TypeError:
        kind = type(data).__name__
        raise DataError(f"Data of type {kind} cannot be read; give a pandas, polars or DuckDB table.") from None
    names = given.columns  # not a schema, which looks into every column for its type
    for column in (needed := list(dict.fromkeys(filter(None, columns)))):
        if column not in names:
            raise DataError(f'The data have no column "{column}"; {did_you_mean(column, names)}')
    return given.lazy().select(needed)


def _label(column: str) -> Any:
    """An empty text is no name."""
    text = nw.col(column).cast(nw.String())
    return nw.when(text != "").then(text)


@contextmanager
def _numbers_only(data: Any, *columns: str) -> Iterator[None]:
    """Each backend has its own error for a text that is no number; say it in one sentence, with the columns."""
    try:
        yield
    except (CxError, MemoryError):
        raise
    except Exception as error:
        found = (str(error) or type(error).__name__).splitlines()[0]
        wrong = [column for column in columns if not _is_number(data, column)] or columns
        raise DataError(
            f'The column "{", ".join(wrong)}" holds values that are not numbers ({found}); '
            f"correct them, or read the file with cx.read and a scale."
        ) from None


def _is_number(data: Any, column: str) -> bool:
    with suppress(Exception):
        return bool(len(nw.from_native(data).lazy().select(_number(column).max()).collect(backend="pandas")))
    return False


def _number(column: str) -> Any:
    """NaN and null are both "no answer"."""
    return nw.col(column).cast(nw.Float64()).fill_nan(None)
