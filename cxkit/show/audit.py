"""The audit of the data as a client reads it: the file, what was assumed or left out, answers per item."""

from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

from cxkit.result import Result
from cxkit.show import wave_notes
from cxkit.show.language import Language, mark, plain
from cxkit.show.view import View, html_table
from cxkit.survey.audit import Audit
from cxkit.survey.spelling import visible

LISTED = 20  # spellings that one sentence names
# What the reader assumed or left out, by the code of its note: one sentence, or the two that depend on {n}.
TOLD: dict[str, str | tuple[str, str]] = {
    "encoding_guessed": mark("The file does not say its encoding. It was read as {encoding}: {words}."),
    "matched_columns": mark("Columns found without regard to case, spaces and form of letters: {names}."),
    "unnamed_columns": (
        mark("{n} column without a name was left out."),
        mark("{n} columns without a name were left out."),
    ),
    "doubled_columns": mark("Columns left out because their name stands twice: {names}."),
    "hidden_rows": (
        mark("{n} row that is hidden in the sheet was read like the others."),
        mark("{n} rows that are hidden in the sheet were read like the others."),
    ),
    "previews": (
        mark("{n} row that the survey tool marks as a preview, a test or spam was left out."),
        mark("{n} rows that the survey tool marks as previews, tests or spam were left out."),
    ),
    "hidden_columns": mark("Columns that are hidden in the sheet and were read like the others: {names}."),
    "hidden_sheets": (mark("{n} hidden sheet was not read."), mark("{n} hidden sheets were not read.")),
    "hidden_unseen": mark(
        "A file of this kind does not tell which cells are hidden and which formulas failed. Hidden ones were read "
        "like the others, failed ones as empty."
    ),
    "scales_of_file": mark("Scales taken from the labels of codes in the file: {names}."),
    "missing_of_file": mark("Codes that the file itself declares as no answer: {names}."),
    "emptied_by_file": mark("Cells read as empty, as the file itself declares their codes as no answer: {names}."),
    "columns_twice": mark(
        "Columns that may stand twice, as there is one with “.1” behind the name too: {names}. The first was read."
    ),
    "copied_rows": mark(
        "Rows that repeat another in every cell, read like the others: {n}. Delete them if they are copies."
    ),
    "unfinished": mark(
        "Rows marked in {columns} as previews or as unfinished, read like the others: {n}. Leave them out with "
        "“{setting}” or in the export."
    ),
    "repeated_ids": mark(
        "“{column}” looks like ids of respondents, but rows have the id of another row: {n}. If they are ids, name "
        "the column as “{setting}” and correct these rows."
    ),
    "several_rows": mark(
        "Rows with the same “{respondent}” differ in “{column}” (values: {n}). If they are several answers of one "
        "respondent, choose one value with “{setting}”."
    ),
    "ids_joined": mark(
        "Column “{column}”: ids that differ only in case, spaces or leading zeros were taken for one respondent, "
        "such as {names}. Respondents: {n}."
    ),
    "ids_apart": mark(
        "Column “{column}”: ids that differ only in case, spaces or leading zeros were counted apart, such as "
        "{names}. Cases: {n}."
    ),
    "counted": mark(
        "A row stands for as many respondents as “{column}” says. Rows: {rows}; respondents: {respondents}."
    ),
    "perhaps_counts": mark(
        "“{column}” may say how many respondents a row stands for, as no answer stands twice. If so, name the column "
        "as “{setting}”; each row was counted as one respondent."
    ),
    "missing_on_scale": mark(
        "“{item}”: {code} is declared as no answer, though it is a point of the scale {min}–{max}. Answers left out: "
        "{n}."
    ),
    "labels_and_numbers": mark(
        "“{item}”: labels and numbers stand in one column. Read by the labels of the codebook: {labels}; read as the "
        "number itself: {numbers}."
    ),
    "spellings": mark("Column “{column}”: {spellings} counted as “{name}”."),
    "spellings_several": mark(
        "Column “{column}”: values in several spellings were counted as one, such as {names}. Values: {n}."
    ),
    "values_unnamed": mark("Column “{column}”: values that the codebook does not name: {spellings}."),
    "values_unused": mark("Column “{column}”: names of the codebook that no row has: {names}."),
    "values_no_column": mark("The codebook names values of the column “{column}”, which the file does not have."),
    **wave_notes.TOLD,
}


def audit_view(audit: Audit, words: Language) -> View:
    """Show what was read as tables, and what was assumed or left out as a list."""
    simulated = words.text("{file} (simulated: no real customers)", file=audit.file)
    delimiters = {",": words.text("comma"), ";": words.text("semicolon"), "\t": words.text("tab")}
    facts = [
        (words.text("File"), simulated if audit.simulated else audit.file),
        (words.text("Sheet"), audit.sheet),
        (words.text("Encoding"), audit.encoding),
        (words.text("Delimiter"), delimiters.get(audit.delimiter, audit.delimiter)),
        (words.text("Respondents read"), words.number(audit.rows)),
        (words.text("Blank rows left out"), words.number(audit.blank_rows) if audit.blank_rows else ""),
        (words.text("Rows outside the selection"), words.number(audit.filtered_rows) if audit.filtered_rows else ""),
    ]
    heads = [
        words.text("Item"),
        words.text("Answers"),
        words.text("No answer"),
        words.text("of these, missing codes"),
    ]
    rows = []
    for item, *numbers in audit.answers.itertuples(index=False, name=None):
        text = audit.scale[item]["text"]
        rows.append([text.get(words.code) or text.get("en") or item, *map(words.number, numbers)])
    head = [words.text("Property"), words.text("Value")]
    found = [fact for fact in facts if fact[1]]
    return View(
        html_table(words.text("The data"), head, found)
        + _told(audit, words)
        + html_table(words.text("Answers per item"), heads, rows)
    )


def audit_of(result: Result) -> Audit:
    """The audit that a result keeps of the survey it was made of."""
    told, settings = dict(result.audit), result.settings
    roles = {name: settings[name] for name in ("by", "wave", "weight", "respondent", "waves")}
    notes = tuple((code, numbers) for code, numbers in told.pop("notes"))
    answers = pd.DataFrame(told.pop("answers"))
    scale = {item: {"text": result.labels.get(item, {})} for item in answers["item"]}
    return Audit(**told, **roles, answers=answers, items=[*answers["item"]], scale=scale, notes=notes)


def _told(audit: Audit, words: Language) -> str:
    lines = "".join(f"<li>{escape(_sentence(code, values, words))}</li>" for code, values in audit.notes)
    heading = words.text("What was assumed or left out in reading")
    return f'<div class="cx-prose"><h3>{escape(heading)}</h3><ul>{lines}</ul></div>' if lines else ""


def _sentence(code: str, values: Mapping[str, Any], words: Language) -> str:
    shown: dict[str, Any] = {k: _shown(v, words) for k, v in values.items()}
    sentence = TOLD[code]
    if isinstance(sentence, str):
        return words.text(sentence, **shown)
    del shown["n"]
    return words.plural(*sentence, values["n"], **shown)


def _shown(value: Any, words: Language) -> str:
    """A value of a note; of spellings and their rows, what an eye cannot tell apart is spelled out."""
    if isinstance(value, Mapping):
        first = [f"{plain(visible(str(name)))} ({words.number(n)})" for name, n in list(value.items())[:LISTED]]
        return ", ".join(first) + (f", … (+{words.number(len(value) - LISTED)})" if len(value) > LISTED else "")
    return words.number(value) if isinstance(value, int) else plain(value)
