"""What a row of a survey file stands for: its weight, or several respondents with the same answers."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from cxkit.errors import DataError, SettingsError
from cxkit.survey.audit import Note
from cxkit.survey.cards import fold
from cxkit.survey.numbers import read_numbers, unclear_number

MOST_RESPONDENTS = 10_000_000
COUNT_NAMES = frozenset({
    "count", "counts", "n", "freq", "frequency", "frequencies", "respondents", "responses", "number", "total",
    "кол-во", "количество", "число", "частота", "ответов", "ответы", "респондентов", "респонденты",
    "soni", "son", "miqdori", "javoblar", "javoblar soni", "сони", "сон", "миқдори", "жавоблар", "жавоблар сони",
})  # fmt: skip


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
    return numbers


def row_per_respondent(
    frame: pd.DataFrame,
    items: Sequence[str],
    roles: Mapping[str, str],
    file: str,
    decimal: str = "",
    apart: Sequence[str] = (),
) -> tuple[pd.DataFrame, list[Note]]:
    """Repeat each row as often as its column ``count`` says, and say so.

    Without that role a table of how many gave each answer is refused. It is taken for one when a column is named
    like a count and holds whole numbers, 2 or more on average, and the rows never repeat: one item has each score
    once in each group and wave, or all columns but the count are crossed with each other.

    Parameters
    ----------
    roles : ``by wave respondent count``, each a column or "".
    apart : further columns that are no counts, as they are used for something else.

    Raises
    ------
    DataError : a cell is no count, there are over 10 million respondents, or the counts are not declared.
    SettingsError : rows that stand for several respondents have ids.
    """
    column = roles["count"]
    if not column:
        _refuse_undeclared(frame, items, [roles["by"], roles["wave"]], [*apart, roles["respondent"]], file)
        return frame, []
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


def _refuse_undeclared(
    frame: pd.DataFrame, items: Sequence[str], cells: Sequence[str], apart: Sequence[str], file: str
) -> None:
    roles = list(filter(None, cells))
    for column in frame.columns:
        if fold(column) not in COUNT_NAMES or column in (*items, *roles, *apart) or len(frame) < 4:
            continue
        counts = read_numbers(frame[column].tolist()).values
        if not ((counts >= 0) & (counts == np.floor(counts))).all() or counts.mean() < 2:
            continue
        others = frame.drop(columns=column)
        crossed = np.prod([float(others[name].nunique(dropna=False)) for name in others])
        by_score = len(items) == 1 and not frame.duplicated([*items, *roles]).any()
        if by_score or (len(frame) >= crossed / 2 and not others.duplicated().any()):
            raise DataError(
                f'{file}: {len(frame)} rows with a column "{column}" that sums to {counts.sum():.0f} look like a '
                f'table of how many gave each answer; declare count: {column} in the codebook, or count: "-" if each '
                f"row is one respondent."
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
