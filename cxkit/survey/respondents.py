"""Whether each row is one respondent: ids in one spelling, and rows that are copies, previews or parts of one."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations, islice
from math import prod

import pandas as pd

from cxkit.errors import DataError
from cxkit.survey.audit import Note
from cxkit.survey.spelling import grouped, key, visible
from cxkit.survey.totals import CODE, is_total

FEWEST = 8  # ids below which rows may be alike by chance
CHANCE = 0.01  # below which rows are not alike by chance
SELDOM = 0.1  # of the rows repeat an id, where the others have one of their own
RUNNING = 1.2  # of the rows is the span of numbers that count them
LONG = tuple({digits} for digits in range(6, 16))  # numbers of clients have one length, amounts seldom
FULL = 0.8  # of the rows that a table crossed with another column would have
SHOWN = 3  # respondents told with a note
# What survey tools write about a row that is no finished answer: column -> its texts, "" for an empty cell.
UNFINISHED = {
    "status": {"survey preview", "survey test", "spam", "partial", "disqualified"},
    "distributionchannel": {"preview"},
    "finished": {"false", "0"},
    "submitdate": {""},
}
_DIGITS = re.compile(r"[0-9]{1,15}")
_SAME_NUMBER = re.compile(r"^0*([0-9]+?)(?:\.0*)?$")


def check_respondents(
    frame: pd.DataFrame, roles: Mapping[str, str], used: Collection[str], file: str, *, ids: bool
) -> list[Note]:
    """Give the ids of respondents one spelling, in place, and tell of rows that may be no respondents of their own.

    Parameters
    ----------
    roles : ``wave respondent count``, each a column or "".
    used : columns that cannot tell respondents apart, as they are items, roles or choose the rows.
    ids : whether to look for ids in columns that are not declared.

    Raises
    ------
    DataError : an id is missing, belongs to a total, or stands twice (in a wave).
    """
    respondent, wave = roles["respondent"], roles["wave"]
    notes = _unfinished(frame, used)
    if roles["count"]:
        return notes
    if respondent:
        _refuse_twice(frame, respondent, wave, file)
        notes += one_spelling(frame, respondent, [wave] if wave else [])
    others = [str(column) for column in frame if column not in used]
    if copies := _copies(frame, others):
        notes.append(("copied_rows", {"n": copies}))
    elif ids and not respondent:
        notes += [*islice(_repeated_ids(frame, others, wave), 1), *islice(_crossed(frame, others, wave), 1)]
    return notes


def one_spelling(frame: pd.DataFrame, respondent: str, within: Sequence[str]) -> list[Note]:
    """Join ids that differ only in case, spaces or leading zeros, in place, unless two of them stand side by side.

    Parameters
    ----------
    within : columns within whose values a respondent stands once, such as the wave.
    """
    ids = frame[respondent]
    meant = {cell: _meant(cell) for cell in ids.dropna().unique()}
    spelled = grouped(sorted(meant), meant.__getitem__)
    several = [cells for cells in spelled.values() if len(cells) > 1]
    if not several:
        return []
    joined = ids.map({cell: spelled[same][0] for cell, same in meant.items()})
    apart = frame.assign(**{respondent: joined})[ids.notna()].duplicated([respondent, *within]).any()
    if not apart:
        frame[respondent] = joined.where(ids.notna(), None)
    names = ", ".join(" / ".join(map(visible, cells)) for cells in several[:SHOWN])
    code = "ids_apart" if apart else "ids_joined"
    return [(code, {"column": respondent, "n": len(several), "names": names})]


def _meant(cell: str) -> str:
    """What spellings of one id share."""
    if cell.isdecimal() and cell[0] != "0":  # the same, at a fraction of the time
        return cell
    return _SAME_NUMBER.sub(r"\1", key(cell))


def _refuse_twice(frame: pd.DataFrame, respondent: str, wave: str, file: str) -> None:
    keys = [respondent, wave] if wave else [respondent]
    ids = frame[frame[respondent].notna()]
    if 0 < len(ids) < len(frame):
        row = frame.index[frame[respondent].isna()][0]
        raise DataError(
            f'{file}, column "{respondent}", row {row}: found an empty cell, expected a respondent\'s id; '
            f"fill it in, or delete the row if it is a note or a total."
        )
    totals = ids.index[[is_total(one) for one in ids[respondent]]]
    if len(totals):
        raise DataError(
            f'{file}, column "{respondent}", row {totals[0]}: found "{ids.loc[totals[0], respondent]}", expected a '
            f"respondent's id; delete the row if it is a total, or give the respondent another id."
        )
    again = ids[ids.duplicated(keys)]
    if len(again):
        row, value = again.index[0], again[respondent].iloc[0]
        same = ids.groupby(keys, dropna=False).ngroup()
        first = same.index[same == same[row]][0]
        raise DataError(
            f'{file}, column "{respondent}", row {row}: the id "{value}" stands already in row {first}; '
            f"a respondent may answer once{' per wave' if wave else ''}, so correct the id or delete a row."
        )


def _unfinished(frame: pd.DataFrame, used: Collection[str]) -> list[Note]:
    others = [column for column in map(str, frame) if column not in used]
    texts = {column: some for column in others if (some := UNFINISHED.get(key(column)))}
    marked = pd.DataFrame({
        column: frame[column].map(lambda cell, some=some: key(cell or "") in some).astype(bool)
        for column, some in texts.items()
    })  # fmt: skip
    columns = [column for column in texts if marked[column].any()]
    n = int(marked.any(axis=1).sum())
    return [("unfinished", {"n": n, "columns": ", ".join(columns), "setting": "where"})] if columns else []


def _copies(frame: pd.DataFrame, others: Sequence[str]) -> int:
    """How many rows repeat another in every cell, in a table put below itself or where a column tells rows apart."""
    again, half = int(frame.duplicated().sum()), len(frame) // 2
    told_apart = (column for column in others if FEWEST <= _different(frame[column]) == len(frame) - again)
    telling = next(told_apart, "") if again else ""
    if not telling:
        first, second = (frame[start : start + half].reset_index(drop=True) for start in (0, half))
        if half < FEWEST or len(frame) % 2 or not first.equals(second):
            return 0
        again = half
    counts = [frame[column].value_counts(normalize=True, dropna=False) for column in frame if column != telling]
    return again if prod(float((shares**2).sum()) for shares in counts) ** again < CHANCE else 0


def _different(cells: pd.Series) -> int:
    """How many different texts a column holds; 0 when a cell is empty."""
    return 0 if cells.isna().any() else cells.nunique()


def _repeated_ids(frame: pd.DataFrame, others: Sequence[str], wave: str) -> Iterator[Note]:
    """Columns of running numbers or codes that tell nearly all rows (of a wave) apart, but not all."""
    for column in others:
        again = int(frame.duplicated([column, wave] if wave else [column]).sum())
        if not 0 < again <= SELDOM * len(frame) or frame[column].isna().any():
            continue
        cells = frame[column].unique()
        numbers = [int(cell) for cell in cells if _DIGITS.fullmatch(cell)]
        running = len(numbers) == len(cells) and (
            max(numbers) - min(numbers) < RUNNING * len(frame) or {*map(len, cells)} in LONG
        )
        if running or all(map(CODE.fullmatch, cells)):
            yield "repeated_ids", {"column": column, "n": again, "setting": "respondent"}


def _crossed(frame: pd.DataFrame, others: Sequence[str], wave: str) -> Iterator[Note]:
    """Columns that have all their values for each value of another, as questions have for respondents (of a wave)."""
    if wave:
        frame = frame[frame[wave] == frame[wave].iloc[0]]
    sizes = {column: _different(frame[column]) for column in others}
    for respondent, n in sizes.items():
        most = int(frame[respondent].value_counts().max()) if FEWEST <= n <= len(frame) / 2 else 0
        if most < 2 or len(frame) < FULL * n * most:
            continue
        rest = [column for column, size in sizes.items() if column != respondent and 1 < size <= most]
        for columns in (*combinations(rest, 1), *combinations(rest, 2)):
            crossed = prod(sizes[column] for column in columns) == most
            if crossed and not frame.duplicated([respondent, *columns]).any():
                names = ", ".join(columns)
                yield "several_rows", {"respondent": respondent, "column": names, "n": most, "setting": "where"}
