"""What a row of a survey file stands for: its weight, or several respondents with the same answers."""

from collections.abc import Collection, Mapping, Sequence
from math import prod

import numpy as np
import pandas as pd

from cxkit.errors import DataError, SettingsError
from cxkit.survey.audit import Note
from cxkit.survey.cards import Card
from cxkit.survey.numbers import read_numbers, unclear_number
from cxkit.survey.totals import SOME

MOST_RESPONDENTS = 10_000_000
MOST_ROWS = 2_000  # of a table of counts
FEW = 4  # rows below which nothing is told from respondents
CERTAIN, DOUBTFUL = 0.01, 0.1  # chance that so many respondents never give the same answer
SORTED = 0.05  # of the files of respondents stand in the order of their answers


def read_weights(column: pd.Series, file: str, decimal: str = "") -> pd.Series:
    """Read a column of weights, 0 or more, not all 0.

    Parameters
    ----------
    decimal : "." or "," where the codebook says so; see :func:`cxkit.survey.numbers.read_numbers`.

    Raises
    ------
    DataError : a cell is no weight, or its comma or point may separate thousands or decimals.
    """
    numbers = _amounts(column, file, decimal, "a weight of 0 or more, a plain number without % or currency")
    if not (numbers > 0).any():
        raise DataError(f'{file}, column "{column.name}": all weights are 0; give at least one above 0.')
    last = numbers.iloc[-1]
    if len(numbers) > SOME and abs(numbers.iloc[:-1].sum() - last) <= 1e-6 * last:
        raise DataError(
            f'{file}, column "{column.name}", row {numbers.index[-1]}: found {last:.10g}, the sum of all other '
            f"weights; delete the row if it is a total, or correct its weight."
        )
    return numbers


def row_per_respondent(
    frame: pd.DataFrame,
    items: Mapping[str, Card],
    roles: Mapping[str, str],
    used: Collection[str],
    file: str,
    decimal: str = "",
) -> tuple[pd.DataFrame, list[Note]]:
    """Repeat each row as often as its column ``count`` says, and say so.

    Without that role a table of how many gave each answer is refused, or told where it may as well be respondents:
    no answer stands twice within the values of the columns that repeat, such as groups and waves, which is unlikely
    of so many respondents, and another column holds numbers that could be counts or shares.

    Parameters
    ----------
    roles : ``by wave respondent count``, each a column or "".
    used : columns that are no counts, as they are items or used for something else.

    Raises
    ------
    DataError : a cell is no count, there are over 10 million respondents, or the counts are not declared.
    SettingsError : rows that stand for several respondents have ids.
    """
    column = roles["count"]
    if not column:
        column, chance = undeclared_counts(frame, items, roles, used)
        if chance < CERTAIN:
            raise _no_respondents(file, frame, column)
        return frame, [("perhaps_counts", {"column": column, "setting": "count"})] if column else []
    if column == roles["weight"]:
        raise SettingsError(f'{file}: "{column}" cannot be both count and weight; set weight to "-".')
    if roles["respondent"]:
        raise SettingsError(
            f"{file}: a row that stands for several respondents (count: {column}) has no id of one; set respondent "
            f'or count to "-".'
        )
    expected = "how many respondents the row stands for, a whole number of 0 or more"
    counts = _amounts(frame[column], file, decimal, expected, whole=True)
    total = counts.sum()
    if not total:
        raise DataError(f'{file}, column "{column}": all counts are 0; give at least one above 0.')
    if total > MOST_RESPONDENTS:
        raise DataError(
            f'{file}, column "{column}": found {total:.15g} respondents, expected at most {MOST_RESPONDENTS:,}; if '
            f'these are no counts of respondents, set count to "-".'
        )
    repeated = frame.loc[frame.index.repeat(counts.astype(int))]
    return repeated, [("counted", {"column": column, "rows": len(frame), "respondents": len(repeated)})]


def undeclared_counts(
    frame: pd.DataFrame, items: Mapping[str, Card], roles: Mapping[str, str], used: Collection[str]
) -> tuple[str, float]:
    """The column that may count respondents, "" for none, and the chance that the rows are respondents all the same.

    Columns whose values repeat, and groups and waves, make cells, in each of which a table of counts has an answer
    once. An id or a comment differs in nearly every row: then each row is a cell of its own, and nothing is unlikely.
    """
    if roles["respondent"] or not FEW <= len(frame) <= MOST_ROWS:
        return "", 1.0
    groups = [name for name in (roles["by"], roles["wave"]) if name]
    others = [str(name) for name in frame if name not in (*used, *groups)]
    numbers = {name: _numbers(frame[name]) for name in others}
    telling = {
        name for name in others if frame[name].nunique() <= len(frame) / 2 or np.isnan(numbers[name]).any()
    }  # apart from amounts, such as shares beside the counts
    points = prod(len(card.points) for card in items.values())  # how many different answers there are to all items
    found = []
    for column in others:
        cells = groups + [name for name in others if name in telling - {column}]
        if _may_count(numbers[column]) and not frame.duplicated([*items, *cells]).any():
            sizes = frame.groupby(cells, dropna=False).size().tolist() if cells else [len(frame)]
            chance = prod(1 - k / points for size in sizes for k in range(size))
            if 2 * len(sizes) <= len(frame) and _in_order(frame, next(iter(items)), cells):
                chance *= SORTED
            found.append((chance, bool((numbers[column] % 1).any()), column))
    chance, _, column = min(found, default=(1.0, False, ""))
    return (column, chance) if chance < DOUBTFUL else ("", 1.0)


def _numbers(column: pd.Series) -> np.ndarray:
    return read_numbers([cell.removesuffix("%") if isinstance(cell, str) else cell for cell in column]).values


def _may_count(numbers: np.ndarray) -> bool:
    """Numbers of 0 or more, of several sizes, that do not run on in even steps like the numbers of rows."""
    if not (numbers >= 0).all():
        return False
    values = np.unique(numbers)
    running = len(values) == len(numbers) and len(set(np.diff(values))) == 1
    return len(values) > 2 and not running


def _in_order(frame: pd.DataFrame, item: str, cells: Sequence[str]) -> bool:
    """Whether the answers rise, or fall, within all cells."""
    scores = pd.Series(_numbers(frame[item]), frame.index)
    by = [frame[name] for name in cells]
    steps = (scores.groupby(by, dropna=False).diff() if by else scores.diff()).dropna()
    return bool((steps >= 0).all() or (steps <= 0).all())


def _no_respondents(file: str, frame: pd.DataFrame, column: str) -> DataError:
    numbers = _numbers(frame[column])
    quoted = column if column.isidentifier() else f'"{column}"'
    counts = f'declare count: {quoted} in the codebook, or count: "-" if each row is one respondent'
    if (numbers % 1).any():
        counts = f"write whole numbers of respondents into it for the shares, then {counts}"
    return DataError(
        f'{file}: {len(frame)} rows with a column "{column}" that sums to {numbers.sum():.10g} look like a table of '
        f"how many gave each answer; {counts}."
    )


def _amounts(column: pd.Series, file: str, decimal: str, expected: str, whole: bool = False) -> pd.Series:
    read = read_numbers(column.tolist(), decimal)
    wrong = ~(read.values >= 0) | (whole & (read.values != np.floor(read.values)))
    for row, value, unclear in zip(column.index[wrong], column[wrong], read.unclear[wrong], strict=True):
        where = f'{file}, column "{column.name}", row {row}: found '
        if unclear:
            raise DataError(
                f'{where}"{value}", {unclear_number(value)}; say which mark separates decimals with decimal: "." or '
                f'decimal: "," in the codebook, or write the numbers without thousands separators.'
            )
        found = "an empty cell" if pd.isna(value) else f'"{value}"'
        raise DataError(f"{where}{found}, expected {expected}; correct the cell or leave the row out.")
    return pd.Series(read.values, column.index, float, column.name)
