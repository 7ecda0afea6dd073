"""The one place that touches rows: counts and moments of a survey, wherever the data live.

Written with narwhals, so pandas, polars, pyarrow and DuckDB frames go in; small pandas frames come out.
Respondents with weight 0 represent nobody and are left out everywhere.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from cxkit.errors import CxError, DataError, did_you_mean

WEIGHT = "__cxkit_weight"


@dataclass(frozen=True)
class Moments:
    """Weighted moments of several items.

    ``n`` and ``mean`` belong to each item or, when complete, to the same respondents; ``covariance`` has the
    n - 1 divisor, so with equal weights it is the sample covariance; ``n_pairs`` counts per pair of items, and
    ``n_eff`` is Kish's effective base of the weakest pair.
    """

    items: tuple[str, ...]
    n: np.ndarray
    mean: np.ndarray
    covariance: np.ndarray
    n_pairs: np.ndarray
    n_eff: float


@dataclass(frozen=True)
class Answers:
    """Every respondent's answers to several items: ``scores`` (respondents x items, NaN for no answer), weights
    ``w``, and ``group wave respondent`` (None where not known, "" where not asked)."""

    items: tuple[str, ...]
    scores: np.ndarray
    w: np.ndarray
    group: np.ndarray
    wave: np.ndarray
    respondent: np.ndarray

    def where(self, keep: np.ndarray) -> "Answers":
        """The answers of some respondents."""
        return Answers(self.items, *(getattr(self, k)[keep] for k in ("scores", "w", "group", "wave", "respondent")))


def answers(
    data: Any, items: Sequence[str], *, by: str = "", wave: str = "", weight: str = "", respondent: str = ""
) -> Answers:
    """Bring the answers of each respondent together, for statistics that need several items at once.

    Respondents come in an order that depends on their answers only, so random draws do not depend on the file's.

    >>> answers(pd.DataFrame({"a": [2, 1], "b": [5, None]}), ["a", "b"]).scores.tolist()
    [[1.0, nan], [2.0, 5.0]]
    """
    labels = {"__group": by, "__wave": wave, "__respondent": respondent}
    with _numbers_only(data, *items):
        frame = _frame(data, [*items, *labels.values(), weight], weight)
        table = _collect(frame.select(
            *(_number(item).alias(item) for item in items), nw.col(WEIGHT),
            *(_label(c).alias(k) if c else nw.lit("").alias(k) for k, c in labels.items()),
        ))  # fmt: skip
    scores, w = table[list(items)].to_numpy(float), table[WEIGHT].to_numpy(float)
    order = np.lexsort([w, *scores.T[::-1]])
    names = (table[k].astype(object).where(table[k].notna(), None).to_numpy()[order] for k in labels)
    return Answers(tuple(items), scores[order], w[order], *names)


def counts(data: Any, items: Sequence[str], *, by: str = "", wave: str = "", weight: str = "") -> pd.DataFrame:
    """Count the answers per item, group, wave and score.

    Returns
    -------
    ``item group wave score n w w2``: number of respondents, sum of weights, sum of squared weights.
    ``score`` is NaN for no answer; ``group`` and ``wave`` are None where not known, "" where not asked.

    >>> counts(pd.DataFrame({"q": [5, 5, None]}), ["q"])["n"].tolist()
    [2, 1]
    """
    labels = {"group": by, "wave": wave}
    parts = []
    with _numbers_only(data, *items):
        weights = {"w": nw.col(WEIGHT), "w2": nw.col(WEIGHT) * nw.col(WEIGHT)}
        rows = _frame(data, [*items, by, wave, weight], weight).select(
            *(_label(c).alias(k) if c else nw.lit("").alias(k) for k, c in labels.items()),
            *(value.alias(k) for k, value in weights.items()),
            *(_number(item).alias(f"score {k}") for k, item in enumerate(items)),
        )
        for k, item in enumerate(items):
            cells = rows.group_by(*labels, f"score {k}").agg(nw.len().alias("n"), *(nw.col(w).sum() for w in weights))
            parts.append(_collect(cells).rename(columns={f"score {k}": "score"}).assign(item=item, order=k))
    table = pd.concat(parts, ignore_index=True)
    for label in labels:
        table[label] = table[label].astype(object).where(table[label].notna(), None)
    table = table.astype({"score": float, "n": int}).assign(w=_steady(table["w"]), w2=_steady(table["w2"]))
    table = table.sort_values(["order", "group", "wave", "score"], kind="stable", ignore_index=True)
    return table[["item", "group", "wave", "score", "n", "w", "w2"]]


def moments(data: Any, items: Sequence[str], *, weight: str = "", complete: bool = True) -> Moments:
    """Weighted means and covariances of several items, in two passes for numerical safety.

    Parameters
    ----------
    complete : True takes respondents who answered every item; False takes each pair's own respondents.
    """
    with _numbers_only(data, *items):
        size, w = len(items), nw.col(WEIGHT)
        frame = _frame(data, [*items, weight], weight).select(
            *(_number(item).fill_null(0.0).alias(f"score {i}") for i, item in enumerate(items)), w,
            *((~_number(item).is_null()).cast(nw.Float64()).alias(f"known {i}") for i, item in enumerate(items)),
        )  # fmt: skip
        score, known = ([nw.col(f"{kind} {i}") for i in range(size)] for kind in ("score", "known"))
        if complete:
            frame = frame.filter(*(one == 1 for one in known))
        pairs = [(i, j) for i in range(size) for j in range(i, size)]
        first = []
        for k, (i, j) in enumerate(pairs):
            both = known[i] * known[j]
            sums = {"x": w * score[i] * both, "y": w * score[j] * both, "w": w * both, "s": w * w * both, "n": both}
            first += [value.sum().alias(f"{name}{k}") for name, value in sums.items()]
        one = {key: float(value or 0) for key, value in _collect(frame.select(*first)).iloc[0].items()}
        n, mean = np.zeros((size, size)), np.zeros(size)
        products = []
        for k, (i, j) in enumerate(pairs):
            total = one[f"w{k}"] or 1.0
            x, y = one[f"x{k}"] / total, one[f"y{k}"] / total
            n[i, j] = n[j, i] = one[f"n{k}"]
            mean[i] = x if i == j else mean[i]
            product = w * ((score[i] - x) * known[i]) * ((score[j] - y) * known[j])
            products.append(product.sum().alias(f"c{k}") / total)
        two = _collect(frame.select(*products)).iloc[0]
        covariance = np.zeros((size, size))
        for k, (i, j) in enumerate(pairs):
            value = float(two[f"c{k}"] or 0) * (n[i, j] / (n[i, j] - 1) if n[i, j] > 1 else np.nan)
            covariance[i, j] = covariance[j, i] = value
        n_eff = min(one[f"w{k}"] ** 2 / (one[f"s{k}"] or 1.0) for k in range(len(pairs)))
        mean[np.diag(n) == 0] = np.nan
    return Moments(tuple(items), np.diag(n).copy(), mean, covariance, n, n_eff)


def transitions(
    data: Any, item: str, *, respondent: str, wave: str, earlier: str, later: str, weight: str = ""
) -> pd.DataFrame:
    """Count how the same respondents answered in two waves.

    Returns
    -------
    ``before after n``: earlier and later score, respondents; ``w01 ... w30``: sums of powers of the two weights.
    """
    with _numbers_only(data, item):
        frame = _frame(data, [item, respondent, wave, weight], weight)
        frame = frame.filter(~nw.col(respondent).is_null()).select(
            nw.col(respondent).alias("id"), nw.col(wave).cast(nw.String()).alias("wave"),
            _number(item).alias("score"), nw.col(WEIGHT).alias("w"),
        ).filter(~nw.col("score").is_null())  # fmt: skip
        before = frame.filter(nw.col("wave") == earlier).select("id", nw.col("score").alias("before"), "w")
        after = frame.filter(nw.col("wave") == later).select("id", nw.col("score").alias("after"), "w")
        both = before.join(after, on="id", how="inner", suffix="_after")
        w, v = nw.col("w"), nw.col("w_after")
        powers = {f"w{i}{j}": w**i * v**j for i in range(4) for j in range(4 - i) if i + j}
        both = both.select("before", "after", **powers).group_by("before", "after")
        cells = both.agg(nw.len().alias("n"), *(nw.col(k).sum() for k in powers))
        table = _collect(cells).sort_values(["before", "after"]).reset_index(drop=True)
        return table.assign(**{k: _steady(table[k]) for k in powers})


def repeats(data: Any, respondent: str, wave: str) -> bool:
    """Say whether any respondent id stands in more than one wave; twice in one wave is an error."""
    ids = _frame(data, [respondent, wave], "").filter(~nw.col(respondent).is_null())
    counted = ids.group_by(respondent, *([wave] if wave else [])).agg(nw.len().alias("_n"))
    found = _collect(
        counted.select(nw.len().alias("cells"), nw.col("_n").max(), nw.col(respondent).n_unique().alias("ids"))
    ).iloc[0]
    if found["cells"] and found["_n"] > 1:
        raise DataError(
            f'The column "{respondent}" holds an id twice{" in one wave" if wave else ""}; '
            f"a respondent may answer once{' per wave' if wave else ''}, so delete one of the rows."
        )
    return bool(found["cells"] > found["ids"])


def screen(data: Any, items: Sequence[str], weight: str = "") -> dict[str, int]:
    """Count respondents, those who gave one and the same answer to all (3 or more) items, and those who
    left more than half of the items unanswered."""
    with _numbers_only(data, *items):
        frame = _frame(data, [*items, weight], weight).select(*(_number(i).alias(i) for i in items))
        none = nw.sum_horizontal(*(nw.col(i).is_null().cast(nw.Int64()) for i in items))
        same = (nw.min_horizontal(*items) == nw.max_horizontal(*items)) & (none == 0)
        flags = frame.select(
            same.cast(nw.Int64()).alias("same"), (none * 2 > len(items)).cast(nw.Int64()).alias("few")
        )
        found = _collect(flags.select(nw.len().alias("rows"), nw.col("same").sum(), nw.col("few").sum())).iloc[0]
        straight = int(found["same"] or 0) if len(items) >= 3 else 0
        return {"rows": int(found["rows"]), "straight_lined": straight, "mostly_missing": int(found["few"] or 0)}


def with_composite(data: Any, name: str, parts: dict[str, tuple[float, float]]) -> Any:
    """Return the data with a column that averages ``intercept + slope * item`` over respondents who answered
    all of ``parts`` (item -> (intercept, slope))."""
    with _numbers_only(data, *parts):
        frame = nw.from_native(data)
        terms = [_number(item) * slope + intercept for item, (intercept, slope) in parts.items()]
        total = terms[0]
        for term in terms[1:]:
            total = total + term
        return frame.with_columns((total / len(parts)).alias(name))


def first_row(data: Any, column: str, value: float) -> Any:
    """Return the index label of the first row with this value in a pandas frame, None in any other."""
    if not isinstance(data, pd.DataFrame):
        return None
    return next(iter(data.index[data[column] == value]), None)


def in_wave(data: Any, wave: str, value: str) -> Any:
    """Return the rows of one wave; all rows when ``wave``, the column, or its ``value`` is ""."""
    frame = nw.from_native(data)
    return frame.filter(nw.col(wave).cast(nw.String()) == value) if wave and value else frame


def _frame(data: Any, columns: Sequence[str], weight: str) -> Any:
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
    frame = given.lazy().select(needed)
    if not weight:
        return frame.with_columns(nw.lit(1.0).alias(WEIGHT))
    w = nw.col(weight).cast(nw.Float64())
    with _numbers_only(data, weight):
        bad = _collect(frame.filter(w.is_null() | ~w.is_finite() | (w < 0)).select(nw.len().alias("n")))["n"].iloc[0]
    if bad:
        raise DataError(
            f'The column "{weight}" has {bad} empty, negative or infinite weights; '
            f"expected 0 or more, so correct them or leave those rows out."
        )
    frame = frame.with_columns(w.alias(WEIGHT)).filter(nw.col(WEIGHT) > 0)
    if not _collect(frame.select(nw.len().alias("n")))["n"].iloc[0]:
        raise DataError(f'The column "{weight}" holds no weight above 0; give at least one.')
    return frame


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
        return bool(len(_collect(nw.from_native(data).lazy().select(_number(column).max()))))
    return False


def _number(column: str) -> Any:
    """NaN and null are both "no answer"."""
    return nw.col(column).cast(nw.Float64()).fill_nan(None)


def _steady(sums: pd.Series) -> pd.Series:
    """Engines that add in parallel differ in the last digits from run to run; 12 digits are the same every time."""
    return sums.map("{:.12g}".format).astype(float)


def _collect(frame: Any) -> pd.DataFrame:
    return frame.collect(backend="pandas").to_native()
