"""What a template is asked: its parameters and options, checked by name and type before anything is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from inspect import Parameter, signature
from types import UnionType
from typing import Any, get_args, get_origin

from cxkit.errors import SettingsError, did_you_mean
from cxkit.measure.common import Common
from cxkit.methods import METHODS
from cxkit.survey.read import read

HOUSE = {"data_path": str, "codebook": str, "lang": str, "out": str, "options": dict}  # what every template declares
READ_FIRST = ("path", "codebook", "items")  # arguments of ``read`` that a template fills itself
OF_THE_SURVEY = ("by", "wave", "weight", "respondent", "waves", "dates", "values", "split", "scale")
WIDER: dict[type, tuple[type, ...]] = {float: (int, float), list: (list, tuple)}
SHELL = ("In", "Out", "exit", "quit", "open")  # what IPython puts beside a notebook's own names


@dataclass(frozen=True)
class Asked:
    """Keywords for reading and for the method, as a template's parameters and options give them."""

    reading: dict[str, Any]
    method: dict[str, Any]


@dataclass(frozen=True)
class Option:
    """A setting of a template: the type of its values, ``object`` where they may be anything, and its default."""

    kind: type
    default: Any

    def fits(self, value: Any) -> bool:
        """Whether a value has the type of the setting."""
        kinds = WIDER.get(self.kind, (self.kind,))
        return self.kind is object or (isinstance(value, kinds) and isinstance(value, bool) == (self.kind is bool))


def options_of(word: str) -> dict[str, Option]:
    """The settings that a method's template takes beside its own parameters, by name."""
    return {**_reading(word), **_own(word)}


def asked(word: str, names: Mapping[str, Any]) -> Asked:
    """Sort what stands in a notebook into keywords for reading and for a method.

    Parameters
    ----------
    word : of the method.
    names : the notebook's ``globals()``: its parameters, what papermill put beside them, and ``options``.

    Raises
    ------
    SettingsError : a name that nobody reads, in ``options`` or beside the parameters, or a value of another type.

    >>> asked("nps", {"score": "q1", "comment": "why", "options": {"level": 0.9, "sheet": "May"}})
    Asked(reading={'sheet': 'May'}, method={'comment': 'why', 'level': 0.9})
    """
    kinds, own = options_of(word), METHODS[word].parameters
    options = names.get("options", {})
    if not isinstance(options, Mapping):
        raise SettingsError(f'The options are {options!r}; give names and values, such as {{"level": 0.9}}.')
    beside = {
        name: value
        for name, value in names.items()
        if not name.startswith("_") and name not in SHELL and isinstance(value, str | int | float | list | dict)
    }
    for name in [*options, *beside]:
        if name not in kinds and name not in own and not (name in HOUSE and name in beside):
            known = [*kinds, *own, *HOUSE]
            raise SettingsError(f'The template has no parameter and no option "{name}"; {did_you_mean(name, known)}')
    given = {**beside, **options}
    for name, one in kinds.items():
        if name in given and not one.fits(given[name]):
            expected = "True or False" if one.kind is bool else one.kind.__name__  # papermill leaves -p x true a text
            raise SettingsError(f'The setting "{name}" is {given[name]!r}; expected {expected}.')
    both = (_reading(word), _own(word))
    return Asked(*({name: given[name] for name in known if name in given} for known in both))


def _reading(word: str) -> dict[str, Option]:
    """The keywords of reading that a template can pass on; an outcome only where the method has one."""
    without = READ_FIRST if "outcome" in _own(word) else (*READ_FIRST, "outcome")
    found = {name: _option(one) for name, one in signature(read).parameters.items() if name not in without}
    return found | dict.fromkeys(METHODS[word].reading, Option(str, ""))


def _own(word: str) -> dict[str, Option]:
    """The keywords of a method that are not the survey's to say."""
    own = signature(METHODS[word].compute).parameters
    found = {name: one for name, one in own.items() if one.kind is Parameter.KEYWORD_ONLY}
    found |= signature(Common).parameters
    return {name: _option(one) for name, one in found.items() if name not in OF_THE_SURVEY}


def _option(parameter: Parameter) -> Option:
    return Option(_kind(parameter.annotation), parameter.default)


def _kind(annotation: Any) -> type:
    """The type that a value of a setting has in a notebook; ``object`` where it may be any."""
    kinds = get_args(annotation) if isinstance(annotation, UnionType) else (annotation,)
    found = get_origin(kinds[0]) or kinds[0]
    return {Sequence: list, Mapping: dict, Any: object}.get(found, found)
