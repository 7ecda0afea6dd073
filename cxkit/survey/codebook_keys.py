"""The keys of a codebook, declared once: pydantic checks by them, and editors get them as a JSON schema.

Imported only where there is a codebook, as pydantic takes a tenth of a second.
"""

import json
from collections.abc import Callable, Mapping
from reprlib import repr as short
from typing import Annotated, Any, Literal

import pydantic
from pydantic import BaseModel, BeforeValidator, Field, SkipValidation, StrictBool, StrictInt
from pydantic_core import PydanticCustomError

from cxkit.errors import SettingsError, did_you_mean
from cxkit.survey.cards import texts
from cxkit.survey.periods import PERIODS
from cxkit.survey.timeline import DATES

_LINES, _SIGN = 'lines of "key: value"', 'the sign between two answers in quotes, such as ", " or ";"'
_GIVE = {  # kind of pydantic's error -> what to give instead
    "bool_type": "true or false",
    "dict_type": _LINES,
    "int_type": "a whole number",
    "literal_error": '"." or ","',
    "model_type": _LINES,
    "string_pattern_mismatch": _SIGN,
    "string_too_short": "the name of a column, as in {column: NAME, period: month}",
    "string_type": _SIGN,
}


def _read(how: Callable[[Any], Any], written: Any) -> BeforeValidator:
    """Have a value read by a function; editors are told that it is ``written`` so."""
    return BeforeValidator(how, json_schema_input_type=written)


def _or_empty(value: Any) -> Any:
    return value or {}


def _in_file(value: Any) -> list[str]:
    found = list(value) if isinstance(value, list | tuple) else [] if value is None else [value]
    if any(isinstance(one, bool) or not isinstance(one, str | int) or not str(one).strip() for one in found):
        raise ValueError('values as in the file, in quotes: "1"')
    return [str(one) for one in found]


One = str | int | float | bool | None  # what YAML makes of a text
Key = Annotated[str, BeforeValidator(str)]
Text = Annotated[str, _read(lambda value: str(value or ""), One)]
Texts = Annotated[list[str], _read(texts, One | list[One])]
Words = Annotated[dict[Key, Text], _read(_or_empty, dict[str, One] | None)]
Scores = Annotated[dict[Any, StrictInt], _read(_or_empty, dict[str, int] | None)]
Mark = Annotated[Literal["", ".", ","], _read(lambda value: value or "", Literal["", ".", ",", None])]
Sign = Annotated[str, Field(pattern=r"^[\W_]+$")]
InFile = str | int | list[str | int] | None


def _plain(schema: dict[str, Any]) -> None:
    for about in schema["properties"].values():
        about.pop("default", None)  # min has none, and boxes follow from the points


class _Keys(BaseModel, extra="forbid", json_schema_extra=_plain):
    @pydantic.model_validator(mode="before")
    @classmethod
    def _known(cls, content: Any) -> Any:
        known = [field.alias or name for name, field in cls.model_fields.items()]
        for key in content if isinstance(content, Mapping) else ():
            if key not in known:
                raise PydanticCustomError("unknown", "{hint}", {"key": key, "hint": did_you_mean(str(key), known)})
        return {} if content is None else content


class Scale(_Keys):
    """What an answer may be, and what it means."""

    min: StrictInt = Field(0, description="lowest answer")
    max: StrictInt = Field(0, description="highest answer")
    reversed: StrictBool = Field(False, description="true when a high answer is bad")
    boxes: StrictInt = Field(2, description="how many scores at each end are the top and the bottom box")
    missing: Texts = Field([], description="answers that mean no answer, such as 99")
    labels: Scores = Field({}, description="answer in the file: its score")
    text: Words = Field({}, description="language: the question, such as en: Easy to use")
    column: Text = Field("", description="the column's name in the file, when it is not the item's")


Ends = tuple[int, int] | Scale | None


class Item(Scale):
    """A rating column: its scale, and what holds for it alone."""

    scale: SkipValidation[str | Ends] = Field(None, description="name of a scale, [min, max], or a scale")


class Wave(_Keys):
    """The column of waves, and the periods made of its dates."""

    column: Text = Field("", min_length=1, validate_default=True, description="name of the column")
    period: Text = Field("", description="made of dates", json_schema_extra={"enum": [*PERIODS, "", None]})


class Value(_Keys):
    """A group or wave."""

    values: Annotated[list[str], _read(_in_file, InFile)] = Field(
        [], alias="from", description="its values in the file"
    )
    text: Words = Field({}, description="language: its name on the page")


def _wave(value: Any) -> Any:
    return value if isinstance(value, Mapping) else Wave.model_construct(column=str(value or ""))


def _value(value: Any) -> Any:
    return value if isinstance(value, Mapping) else {"from": value}


Named = dict[Key, Annotated[Value, _read(_value, Value | InFile)]]


class CodebookKeys(_Keys):
    """What the columns of a survey are."""

    respondent: Text = Field("", description="column with the id of each respondent")
    weight: Text = Field("", description="column with case weights")
    group: Text = Field("", description="column with the groups to compare")
    wave: Annotated[Wave, _read(_wave, Wave | One)] = Field(_wave(""), description="column with the waves")
    count: Text = Field("", description="column that says how many respondents gave the answers of a row")
    decimal: Mark = Field("", description="decimal mark of weights and counts that do not show it")
    waves: Texts = Field([], description="the waves in order, where their names do not tell it")
    dates: Text = Field("", description="order of 3/4/2026", json_schema_extra={"enum": [*DATES, "", None]})
    scales: dict[Key, SkipValidation[Ends]] | None = Field(None, description="scales by name, which items share")
    items: dict[Key, Item] | None = Field(None, description="rating columns by name")
    values: dict[Key, Annotated[Named, _read(_or_empty, Named | None)]] | None = Field(
        None, description="column: names of its groups or waves, in order"
    )
    split: dict[Key, Sign] | None = Field(None, description="column: the sign between several answers in one cell")
    poles: Any = Field(None, description="semantic_differential: scale: [left, right] or {left, right, reversed}")
    objects: Any = Field(None, description="semantic_differential: what is rated, own first: name in each language")
    tree: Any = Field(None, description="csi_tree: {name, weight, and children, item or operation}, nested")
    tables: Any = Field(None, description="csi_tree: tables that levels are computed from: a file, or rows")
    constructs: Any = Field(None, description="acsi_regression: construct: its items, or {items, mode, text}")
    paths: Any = Field(None, description="acsi_regression: acsi, ecsi, or a list of [from, to]")
    economy: Any = Field(None, description="acsi_regression: companies under industries and sectors, as a tree")


def read_keys(content: Mapping[str, Any], where: str) -> CodebookKeys:
    """Check a codebook's content, and return it with texts as texts and lists as lists.

    Raises
    ------
    SettingsError : a key is unknown or its value is of another kind; the sentence begins with ``where``.

    >>> read_keys({"waves": 2026, "wave": "year"}, "The codebook").waves
    ['2026']
    """
    try:
        return CodebookKeys.model_validate(content)
    except pydantic.ValidationError as error:
        first = error.errors()[0]
    place, kind, more = [*map(str, first["loc"])], first["type"], first.get("ctx", {})
    if kind == "unknown":
        found = f'the unknown key "{more["key"]}"; {more["hint"]}'
    else:
        give = _GIVE.get(kind) or more["error"]
        shown = short(first["input"])
        found = f"{place.pop()}: {shown if len(shown) <= 60 else shown[:60] + '...'}; give {give}."
    raise SettingsError(f"{where}, {'.'.join(place)}, has {found}" if place else f"{where} has {found}")


def json_schema() -> str:
    """The codebook's JSON schema, for editors that check YAML while it is written."""
    return json.dumps(CodebookKeys.model_json_schema(), indent=1)
