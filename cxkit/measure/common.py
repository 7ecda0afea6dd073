"""What all methods are asked in the same words: columns, names, confidence, bases and random numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, TypedDict

import pandas as pd

from cxkit.errors import SettingsError, did_you_mean
from cxkit.stats.bases import check_bases
from cxkit.survey.survey import Survey
from cxkit.survey.totals import refuse_totals_of_frame

NOTHING: Mapping[str, Any] = MappingProxyType({})


class Keywords(TypedDict, total=False):
    """The keywords that every method takes, as :class:`Common` describes them."""

    by: str
    wave: str
    weight: str
    respondent: str
    waves: Sequence[str]
    dates: str
    values: Mapping[str, Any]
    split: Mapping[str, str]
    level: float
    correction: str
    min_base: int
    flag_base: int
    client: str
    seed: int


@dataclass(frozen=True)
class Common:
    """The settings that all methods share.

    Attributes
    ----------
    by, wave, weight, respondent : columns; "" for none. With waves the report is about the last one, and
        respondents who stand in two waves are compared as pairs.
    waves : the waves in order; without it they stand in the order of time, or are refused where their names do not
        tell it for certain.
    dates : "day first" or "month first", where waves are dates such as 3/4/2026.
    values, split : column -> names of groups or waves -> language -> text, in the order of groups; and column -> the
        sign between several answers in one cell, each of which is then a group of its own.
    level : confidence, 0.5 to 1.
    correction : "bonferroni", or "bh" for screening, within one item x variable; intervals agree with it.
    min_base, flag_base : below the first, numbers are hidden; below the second, marked.
    client : id that stands in the settings; no number depends on it.
    seed : fixes the random numbers.
    """

    by: str = ""
    wave: str = ""
    weight: str = ""
    respondent: str = ""
    waves: Sequence[str] = ()
    dates: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    split: Mapping[str, str] = field(default_factory=dict)
    level: float = 0.95
    correction: str = "bonferroni"
    min_base: int = 10
    flag_base: int = 30
    client: str = ""
    seed: int = 1

    def columns(self) -> dict[str, str]:
        """The columns of groups, waves, weights and respondents."""
        return {"by": self.by, "wave": self.wave, "weight": self.weight, "respondent": self.respondent}

    def plain(self) -> dict[str, Any]:
        """All settings as plain values."""
        return {one.name: getattr(self, one.name) for one in fields(self)} | {"waves": list(self.waves)}


def open_data(data: Any, given: Keywords) -> tuple[Any, Common, Survey | None]:
    """The respondents, the shared settings, and the survey where the data are one.

    What is given here wins over the roles of a survey.

    Raises
    ------
    SettingsError : a keyword that no method has, or a value that makes no sense.
    DataError : a row of a pandas frame is a total of the others.
    """
    known = [one.name for one in fields(Common)]
    for name in given:
        if name not in known:
            raise SettingsError(f'There is no setting "{name}"; {did_you_mean(name, known)}')
    survey = data if isinstance(data, Survey) else None
    asked: dict[str, Any] = {**(survey.roles if survey else {}), **given}
    common = Common(**(asked | _plain_names(asked.get("values", NOTHING), asked.get("split", NOTHING))))
    if not (isinstance(common.level, int | float) and 0.5 <= common.level < 1):
        raise SettingsError(f"Found level {common.level!r}; give a confidence from 0.5 to below 1, such as 0.95.")
    check_bases(common.min_base, common.flag_base)
    if isinstance(data, pd.DataFrame):
        refuse_totals_of_frame(data)
    return (survey.frame if survey else data), common, survey


def _plain_names(values: Any, split: Any) -> dict[str, Any]:
    """Check the settings ``values`` and ``split`` of a method, and return them as plain values.

    Raises
    ------
    SettingsError : they are not column -> name -> language -> text, and column -> separator.
    """
    for column, names in _mapping(values, "values").items():
        for name, text in _mapping(names, f'values of "{column}"').items():
            _mapping(text, f'values of "{column}", "{name}",')
    for column, separator in _mapping(split, "split").items():
        if not isinstance(separator, str) or not separator:
            raise SettingsError(f'The split of "{column}" is {separator!r}; give the sign between two answers.')
    texts = {column: {name: dict(text) for name, text in names.items()} for column, names in values.items()}
    return {"values": texts, "split": dict(split)}


def _mapping(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise SettingsError(
            f"The setting {where} is {value!r}; give column: name: language: text, such as "
            f'{{"segment": {{"Retail": {{"ru": "Розница"}}}}}}, as audit.values does.'
        )
    return value
