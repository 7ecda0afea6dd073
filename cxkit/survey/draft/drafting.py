"""The draft of a codebook, written as a person would have written it."""

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from cxkit.errors import CxError
from cxkit.survey.audit import Note
from cxkit.survey.cards import Card
from cxkit.survey.draft.column import Column, columns_of
from cxkit.survey.draft.guess import Guess, written
from cxkit.survey.draft.ratings import Rating, rating
from cxkit.survey.draft.roles import count_of, group_of, respondent_of, rest_of, wave_of, weight_of
from cxkit.survey.draft.scales import items_of
from cxkit.survey.draft.words import named
from cxkit.survey.read import read
from cxkit.survey.respondents import check_respondents
from cxkit.survey.sources import read_text_table
from cxkit.survey.texttable import TextTable
from cxkit.survey.yamlfile import yaml_value

WIDTH = 118
ROLES = ("respondent", "weight", "decimal", "group", "wave", "dates", "waves", "count")
SEVERAL_ROWS = "a report would compare these groups, though a respondent seems to stand in several"
_HEAD = (
    "Look at every line with CHECK: confirm it by the questionnaire or correct it, then delete the mark. All other "
    "lines follow from the file; each says how."
)
_TOLD = {  # notes of the reader that concern the codebook
    "several_rows": "each {respondent} has {n} rows, one per {column}: a row seems to be an answer, no respondent; "
    "a report would count every row as a respondent",
    "unfinished": "{n} rows are marked as previews, tests or unfinished in {columns}; a report would count them",
    "repeated_ids": 'the ids in "{column}" repeat {n} times; a report would count every row as a respondent',
    "copied_rows": "{n} rows repeat another in every cell; a report would count them twice",
    "doubled_columns": "the columns {names} stand twice and are left out; give each its own name",
    "unnamed_columns": "{n} columns have no name and are left out",
    "encoding_guessed": "the encoding {encoding} is a guess; look at the letters of {words}",
}


@dataclass(frozen=True)
class Draft:
    """The guesses for one file; ``told`` is what a report would do with rows that are not sure."""

    title: str
    guesses: Sequence[Guess]
    told: Sequence[str] = ()

    @property
    def text(self) -> str:
        """The codebook as YAML."""
        lines = [*_comment(f"{self.title}. {_HEAD}"), *(one for told in self.told for one in _comment(told))]
        lines.append("")
        for section in ("", "split", "scales", "items"):
            here = [one for one in self.guesses if one.section == section]
            indent = "  " if section else ""
            lines += [f"{section}:"] * bool(section and here)
            lines += [line for one in here for line in _lines(one, indent)]
            lines += [""] * bool(here)
        left = [one for one in self.guesses if one.section == "left out"]
        lines += ["# Left out:"] * bool(left)
        for one in left:
            lines += _comment(f"{'CHECK ' * bool(one.check)}{written(one.key)}: {_reason(one)}", "#   ")
        return "\n".join(lines).strip() + "\n"


def draft_codebook(path: str | Path, *, sheet: str = "", encoding: str = "", delimiter: str = "") -> str:
    """Draft a codebook for a file that has none: roles, scales, items, waves, each with the reason as a comment.

    What is not sure carries ``# CHECK`` and says what a report would do with it. A scale whose ends nobody used,
    codes that may be points of the scale, and groups known by their content only are never sure. The draft reads as
    it stands; where :func:`cxkit.read` refuses it, its first lines say why.

    Parameters
    ----------
    path : a file as :func:`cxkit.read` takes it.
    sheet, encoding, delimiter : set them when the file's own are not found right.

    Returns
    -------
    YAML, to be saved beside the file, looked through and given to :func:`cxkit.read`.

    Raises
    ------
    DataError : the file cannot be read as a table, in one sentence that names file, row and column.

    >>> text = draft_codebook("sample:mobile")
    >>> print(*(line.split("#")[0].strip() for line in text.splitlines() if line[:6] in ("weight", "group:")))
    weight: weight group: company
    """
    return draft(path, sheet=sheet, encoding=encoding, delimiter=delimiter).text


def draft(path: str | Path, *, texts: Mapping[str, str] = MappingProxyType({}), **how: str) -> Draft:
    """The guesses of :func:`draft_codebook`; ``texts`` are the questions of columns where the file has them."""
    table = read_text_table(path, **how)  # type: ignore[arg-type]
    guesses = guesses_of(table, texts or table.texts)
    notes = _notes(table, guesses)
    if any(code == "several_rows" for code, _ in notes):
        guesses = [replace(one, check=one.check or SEVERAL_ROWS) if one.key == "group" else one for one in guesses]
    file, n = Path(path).name, f"{len(table.frame):,} rows, {len(table.frame.columns)} columns"
    read_as = [table.encoding, f'with "{table.delimiter}"'.replace("\t", "tab") * bool(table.delimiter),
               f'sheet "{table.sheet}"' * bool(table.sheet)]  # fmt: skip
    made = Draft(f"Drafted from {file} ({', '.join([n, *filter(None, read_as)])})", guesses)
    told = [f"CHECK {_TOLD[code].format(**values)}." for code, values in notes if code in _TOLD]
    return replace(made, told=[*told, *_refused(made, path, how)])


def _notes(table: TextTable, guesses: Sequence[Guess]) -> list[Note]:
    """What the reader tells of the file and of rows that may be no respondents."""
    roles = {role: _column(guesses, role) for role in ("respondent", "wave", "count")}
    items = {str(one.value.get("column", one.key)) for one in guesses if one.section == "items"}
    used = {*items, *roles.values(), _column(guesses, "weight")}
    return [*table.notes, *check_respondents(table.frame.copy(), roles, used, "", ids=True)]


def guesses_of(table: TextTable, texts: Mapping[str, str] = MappingProxyType({})) -> list[Guess]:
    """All guesses for a table: roles first, then scales and items, then what is left out in the file's order."""
    columns = columns_of(table.frame)
    roles = weight_of(columns)
    roles += wave_of(_others(columns, roles))
    roles += respondent_of([*_others(columns, roles), *_chosen(columns, roles, "wave")], _column(roles, "wave"))
    roles += group_of(_others(columns, roles), by_name=True)
    counts = [] if _column(roles, "respondent") else [one for one in columns if named(one.name, "count")]
    rated = [one for column in _others(columns, roles) if column not in counts and (one := _rating(column))]
    items = items_of(rated, texts)
    taken = {one.rating.name for one in items.found}
    cards = {one.rating.name: Card(one.rating.name, *one.ends) for one in items.found}
    said = {"by": _column(roles, "group"), "wave": _column(roles, "wave"), "respondent": _column(roles, "respondent")}
    roles += count_of(table.frame, cards, said, {*cards, _column(roles, "weight")})
    free = [column for column in _others(columns, roles) if column.name not in taken]
    if not _column(roles, "group"):
        plain = [one for one in free if not any(named(one.name, kind) for kind in ("metadata", "comment", "person"))]
        roles += group_of(plain, by_name=False)
    left = [items.left_out.get(column.name) or rest_of(column) for column in _others(free, roles)]
    in_order = sorted((one for one in roles if not one.section), key=lambda one: ROLES.index(one.key))
    return [*in_order, *(one for one in roles if one.section), *items.guesses, *left]


def _rating(column: Column) -> Rating | None:
    """A column read as a rating, unless it is dates, an id, or about the interview or the person."""
    if column.dates is not None or named(column.name, "person"):
        return None
    if named(column.name, "metadata") and not named(column.name, "rating"):
        return None
    return rating(column)


def _column(roles: Iterable[Guess], key: str) -> str:
    """The column that has a role, or ""."""
    value = next((one.value for one in roles if one.key == key and not one.section), "")
    return str(value["column"] if isinstance(value, Mapping) else value)


def _others(columns: Iterable[Column], roles: Sequence[Guess]) -> list[Column]:
    taken = {_column(roles, role) for role in ("weight", "wave", "respondent", "group", "count")}
    return [column for column in columns if column.name not in taken]


def _chosen(columns: Iterable[Column], roles: Sequence[Guess], role: str) -> list[Column]:
    return [column for column in columns if column.name == _column(roles, role)]


def _refused(made: Draft, path: str | Path, how: Mapping[str, str]) -> list[str]:
    """Why the file cannot be read with a draft; nothing where it can."""
    items = [one.key for one in made.guesses if one.section == "items"]
    if not items:
        return ["CHECK no column looks like a rating; a report needs one under items."]
    try:
        read(path, yaml_value(made.text), items=items, **how)  # type: ignore[arg-type]
    except CxError as error:
        return [f"CHECK the file is refused with this draft: {error}"]
    return []


def _reason(guess: Guess) -> str:
    return "; ".join(" ".join(part.split()) for part in (guess.why, guess.check) if part)


def _lines(guess: Guess, indent: str) -> list[str]:
    """The line of a guess, its comment beside it or, where that is too long, above it; a long line in several."""
    key = f"{indent}{written(guess.key)}:"
    line = f"{key} {written(guess.value)}"
    above = _comment(f"{'CHECK ' * bool(guess.check)}{_reason(guess)}", f"{indent}# ")
    if len(above) == 1 and len(line) + len(above[0]) + 2 <= WIDTH:
        return [f"{line}  {above[0].strip()}"]
    if len(line) <= WIDTH or not isinstance(guess.value, Mapping):
        return [*above, line]
    return [*above, key, *(f"{indent}  {written(name)}: {written(one)}" for name, one in guess.value.items())]


def _comment(text: str, start: str = "# ") -> list[str]:
    text = "".join(c if c.isprintable() else "\ufffd" for c in text)  # such as what turns the direction of a line
    return textwrap.wrap(text, WIDTH, initial_indent=start, subsequent_indent=start, break_long_words=False)
