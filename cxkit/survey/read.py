"""Read a survey file into numbers one can trust, with an audit of what was read."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pandas as pd

from cxkit.errors import CxError, DataError
from cxkit.survey.amounts import read_weights, row_per_respondent
from cxkit.survey.audit import Audit, Note
from cxkit.survey.cards import Card, answer_notes, cards, to_scores
from cxkit.survey.codebook import Codebook, read_codebook
from cxkit.survey.columns import name_columns, spelled_as
from cxkit.survey.respondents import check_respondents
from cxkit.survey.samples import sample_codebook
from cxkit.survey.sources import SAMPLE, distinct_values, read_text_table
from cxkit.survey.spelling import look
from cxkit.survey.survey import Survey
from cxkit.survey.texttable import TextTable
from cxkit.survey.timeline import check_dates
from cxkit.survey.totals import refuse_unlike
from cxkit.survey.value_labels import OwnWords, asked_in, own_words
from cxkit.survey.values import Picks, Values, name_roles, rows_by_name, split_of, texts_of
from cxkit.survey.wave_column import check_period, read_waves


def read(
    path: str | Path,
    codebook: str | Path | Mapping[str, Any] | None = None,
    *,
    items: Sequence[str] = (),
    scale: Any = None,
    by: str = "",
    wave: str = "",
    weight: str = "",
    respondent: str = "",
    count: str = "",
    waves: Sequence[str] = (),
    dates: str = "",
    period: str = "",
    outcome: str = "",
    where: Mapping[str, Any] | None = None,
    sheet: str = "",
    encoding: str = "",
    delimiter: str = "",
) -> Survey:
    """Read a survey file; every value is checked against its scale card.

    Parameters
    ----------
    path : a text file (.csv .tsv .txt), a spreadsheet (.xlsx .xlsm .xls .ods .xlsb), an SPSS, Stata or SAS file (.sav
        .zsav .dta .sas7bdat), a .parquet or .duckdb file, a folder of .parquet files, or "sample:NAME" for bundled
        simulated data. What an SPSS, Stata or SAS file says of its columns (scales, labels, missing codes, texts)
        holds where neither the codebook nor a setting says otherwise.
    codebook : a YAML file, or the same as a dict; settings given here win over it.
    items : the rating columns to convert; empty takes the items of the codebook that share the first one's ends.
    scale : the scale of items that the codebook does not hold: [min, max], a card, or item -> either.
    by, wave, weight, respondent : names of columns; "-" sets a role of the codebook aside. All names of columns are
        found without regard to case, spaces and form of letters, which the audit then tells.
    count : a column that says how many respondents each row stands for; "-" as above. Their rows are repeated.
    waves : the waves in order; empty takes the codebook's.
    dates : "day first" or "month first", where waves are dates such as 3/4/2026; "" takes the codebook's.
    period : "day", "week", "month", "quarter", "half-year" or "year", to make waves of dates and timestamps, named
        so that they sort, such as 2026-05 or 2026-Q2; "" takes the codebook's.
    outcome : a rating column that the items should explain; converted like them but not one of ``audit.items``.
    where : column -> value; only rows with these values, in whatever spelling, are kept. With it, .parquet, .duckdb
        and text files may be of any size: the other rows are never held in memory.
    sheet, encoding, delimiter : set them when the file's own are not found right; ``sheet`` also names the table of
        a .duckdb file.

    Returns
    -------
    A survey: ``frame`` has a row per respondent, indexed by spreadsheet row; items and weight are numbers, all else
    is text; groups and waves in one spelling, by the names that the codebook gives them; ``audit`` tells of the file.

    Raises
    ------
    DataError, SettingsError : one sentence that names file, column, row and value.

    >>> survey = read("sample:bank", items=["ease", "trust"])
    >>> survey.audit.file, survey.audit.simulated
    ('sample:bank', True)
    """
    book = _codebook(path, codebook)
    check_period(period)
    check_dates(dates)
    given = {"by": by, "wave": wave, "weight": weight, "respondent": respondent, "count": count}
    given = {role: column or getattr(book, "group" if role == "by" else role) for role, column in given.items()}
    roles = {role: "" if column == "-" else column for role, column in given.items()}
    where = {spelled_as(column, roles.values()): value for column, value in (where or {}).items()}
    asked = [*filter(None, roles.values()), *where]
    names = list(items) or [name for name in _same_scale(book) if name != outcome]
    words = own_words(path, encoding)
    declared, told_of_file = _declared(names, outcome, scale, book, words)
    named = _named(asked, book, words)
    picks = {column: named.get(column, Values()).pick(str(value)) for column, value in where.items()}
    how = {"sheet": sheet, "encoding": encoding, "delimiter": delimiter}
    table = _rows_asked_for(path, how, declared, asked, picks, words)
    file, frame, notes = Path(path).name, table.frame, [*table.notes, *told_of_file]
    used = {*declared, *where}
    if given["count"] != "-":
        rated = {name: declared[name] for name in names}
        frame, told = row_per_respondent(frame, rated, roles, used, file, book.decimal)
        notes += told
    in_order, dates = list(dict.fromkeys(waves or book.waves)), dates or book.dates
    if column := roles["wave"]:
        period = period or (book.period if spelled_as(column, [book.wave]) == book.wave else "")
        frame[column], told = read_waves(frame[column], file, period=period, dates=dates, waves=in_order)
        notes += told
    order = list(dict.fromkeys(named.get(roles["wave"], Values()).name(wave) for wave in in_order))
    notes += name_roles(frame, roles, named, order, picks)
    answers, told = _read_answers(frame, declared, file)
    notes += told
    if column := roles["weight"]:
        frame[column] = read_weights(frame[column], file, book.decimal)
    notes += check_respondents(frame, roles, used.union(roles.values()), file, ids=given["respondent"] != "-")
    audit = Audit(
        file, table.encoding, table.delimiter, table.sheet, len(frame), table.blank_rows, table.filtered_rows,
        answers, names, {name: card.plain() for name, card in asked_in(declared, table.texts).items()}, waves=order,
        dates=dates, simulated=str(path).startswith(SAMPLE), notes=tuple(notes),
        values=texts_of(named, roles["by"], roles["wave"]), split=split_of(named, roles["by"]), **roles,
    )  # fmt: skip
    return Survey(frame, audit)


def _named(asked: Sequence[str], book: Codebook, words: OwnWords) -> dict[str, Values]:
    """The names of the values of columns, by the codebook, else by the file itself."""
    own = {column: words.values(column) for column in asked if words.of(column).labels}
    return {**own, **{spelled_as(column, asked): values for column, values in book.values.items()}}


def _declared(
    names: Sequence[str], outcome: str, scale: Any, book: Codebook, words: OwnWords
) -> tuple[dict[str, Card], tuple[Note, ...]]:
    """The cards of the items and the outcome, and what the file itself added to them."""
    items = [*names, *([outcome] if outcome and outcome not in names else [])]
    one_for_all = scale and not (isinstance(scale, Mapping) and "min" not in scale)
    without = [] if one_for_all else [item for item in items if item not in book.items and item not in (scale or {})]
    own = words.scales(without)
    return words.under(cards(items, scale or {}, {**own, **book.items}), own)


def _rows_asked_for(
    path: str | Path, how: Mapping[str, str], declared: Mapping[str, Card], asked: Sequence[str], picks: Picks,
    words: OwnWords,
) -> TextTable:  # fmt: skip
    """The rows with the values that were asked for, in columns named as the items and as they are asked for.

    Cells outside the items are empty where the file itself declares their code as no answer.
    """
    # Files of any size pick rows while they are read, so by the names that the columns have there.
    columns = {name: card.column or name for name, card in declared.items()}
    picked = {columns.get(column, column): pick for column, pick in picks.items()}
    table = read_text_table(path, **how, where=picked)
    file = Path(path).name
    frame, matched = name_columns(table.frame, table.names, declared, asked, file)
    keep = pd.Series(True, index=frame.index)
    for column, pick in picks.items():
        keep &= frame[column].map({cell: pick(cell) for cell in frame[column].unique()}).astype(bool)
    if not keep.any():
        wanted = " and ".join(f'{column} = "{pick.value}"' for column, pick in picks.items())
        raise DataError(f"{file} has no row with {wanted}; {_spelling(path, picked, how)}")
    filtered = table.filtered_rows + int((~keep).sum())
    frame = frame[keep].copy()
    refuse_unlike(file, frame, [*declared, *picks], blank=bool(table.blank_rows) and not picks)
    emptied = words.empty_missing(frame, declared, asked)
    return replace(table, frame=frame, filtered_rows=filtered, notes=(*table.notes, *matched, *emptied))


def _read_answers(frame: pd.DataFrame, declared: Mapping[str, Card], file: str) -> tuple[pd.DataFrame, list[Note]]:
    """Turn the ratings of a frame into scores; how many answers each item has, and what was assumed."""
    rows, notes = [], []
    for name, card in declared.items():
        scores, missing_codes = to_scores(frame[name], card, file)
        notes += answer_notes(frame[name], card)
        frame[name] = scores
        rows.append({"item": name, "n": int(scores.notna().sum()), "missing": int(scores.isna().sum()),
                     "declared": missing_codes})  # fmt: skip
    if all(row["n"] == 0 for row in rows):
        named = ", ".join(declared)
        raise DataError(f"{file} has no answer in {named}: all {len(frame)} rows are empty or missing.")
    return pd.DataFrame(rows), notes


def section(name: str, path: str | Path, codebook: str | Path | Mapping[str, Any] | None = None) -> Any:
    """Return a section of the codebook that a single method reads; empty when there is none.

    Parameters
    ----------
    name : poles, objects, tree, tables, constructs, paths or economy.
    path, codebook : as in :func:`read`.

    >>> sorted(section("objects", "sample:bank"))
    ['ideal', 'own', 'rival']
    """
    return _codebook(path, codebook).sections.get(name) or {}


def split_values(
    path: str | Path, column: str, codebook: str | Path | Mapping[str, Any] | None = None, **how: str
) -> list[tuple[str, int]]:
    """The values of a column by their names, in sorted order, each with its count of rows; empty cells come first,
    as "".

    Parameters
    ----------
    path, codebook : as in :func:`read`; ``column`` may be the name that the codebook gives to a column.
    how : ``sheet``, ``encoding`` and ``delimiter`` as in :func:`read`.

    >>> [value for value, rows in split_values("sample:mobile", "company")]
    ['Orbenta', 'Quenvia', 'Talvessa']
    """
    book = _codebook(path, codebook)
    values, words = book.values.get(column), own_words(path, how.get("encoding", ""))
    column = (book.items[column].column if column in book.items else "") or column
    cells, none = Counter[str](), set() if values else set(words.of(column).missing)
    for text, rows in distinct_values(path, column, **how):
        cells["" if text in none else text] += rows
    return rows_by_name(column, cells, values or words.values(column))


def sample(name: str) -> pd.DataFrame:
    """Return a simulated survey, ready for a method; no real customer stands behind any row.

    Parameters
    ----------
    name : "bank", "shop" or "dairy": one business each; "mobile": a market of three operators.

    Returns
    -------
    A business: ``id segment wave weight ease trust appeal return recommend comment``, then the items of a
    satisfaction tree and three sites on bipolar scales (``own_modern ...``). The market: ``id company wave weight``,
    then the items of a path model (``image_trust ...``). Indexed by spreadsheet row.

    Raises
    ------
    SettingsError : the name is unknown.

    >>> sample("bank")["wave"].nunique()
    4
    """
    book = sample_codebook(name)
    sites = [f"{thing}_{scale}" for thing in book.get("objects", ()) for scale in book.get("poles", ())]
    return read(f"sample:{name}", items=[*book["items"], *sites], scale={"min": 1, "max": 10, "missing": [99]}).frame


def _spelling(path: str | Path, where: Picks, how: Mapping[str, str]) -> str:
    """What to do when no row has these values: the nearest value that is there, of the first one that is not."""
    for column, pick in where.items():
        with suppress(CxError):  # such as too many values
            known = {look(text): text for text, _ in split_values(path, column, **how) if text}
            near = get_close_matches(look(pick.value), known, n=1)
            if near and not any(map(pick, known.values())):
                return f'check the spelling: did you mean {column} = "{known[near[0]]}"?'
    return "check the spelling of column and value."


def _codebook(path: str | Path, codebook: Any) -> Codebook:
    if str(path).startswith(SAMPLE):
        codebook = codebook or sample_codebook(str(path).removeprefix(SAMPLE))
    return read_codebook(codebook)


def _same_scale(book: Codebook) -> list[str]:
    ends = [(card.low, card.high) for card in book.items.values()]
    return [name for name, end in zip(book.items, ends, strict=True) if end == ends[0]]
