"""Method: what is known of a method before any of its code is loaded."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from cxkit.show.units import Unit

if TYPE_CHECKING:  # so that the list of methods loads neither pandas nor matplotlib
    from cxkit.result import Result
    from cxkit.show.views import Views

Settings = Mapping[str, Any]


@dataclass(frozen=True)
class Headline:
    """Where a method's result holds the number that stands for it in a league table.

    Attributes
    ----------
    measure : what the number is, in English.
    unit : how it is written.
    row : settings -> item and term of its row among all respondents of the last wave.
    asked : settings -> what must be the same for two clients to be compared.
    limits : the least and the most it can be.
    smaller_is_better : whether the first place goes to the smallest number.
    """

    measure: str
    unit: Unit
    row: Callable[[Settings], tuple[str, str]]
    asked: Callable[[Settings], Any]
    limits: tuple[float, float] = (0, 100)
    smaller_is_better: bool = False


@dataclass(frozen=True)
class Method:
    """A method: its room holds ``compute.py`` with a function of its word, and ``views.py`` with ``VIEWS``.

    Attributes
    ----------
    word : names the room, the template, the lesson and the command.
    question : what the method answers, for the list of methods.
    title : of its page, in English.
    headline : the number of its league table; None for no table.
    example : settings that run on the sample "bank", beside the roles of columns and scales.
    sections : parts of the codebook that the method takes as settings of the same names.
    parameters : names that its template declares beside keywords of its function and of reading.
    reading : keywords of a reading function of its own.
    demo : sample -> settings of its report in the demo.
    """

    word: str
    question: str
    title: str
    headline: Headline | None = None
    example: Settings = field(default_factory=dict)
    sections: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    reading: tuple[str, ...] = ()
    demo: Mapping[str, Settings] = field(default_factory=dict)

    @property
    def compute(self) -> "Callable[..., Result]":
        """The function of the method."""
        found: Callable[..., Result] = getattr(import_module(f"cxkit.methods.{self.word}.compute"), self.word)
        return found

    @property
    def views(self) -> "Views":
        """What the method shows."""
        found: Views = import_module(f"cxkit.methods.{self.word}.views").VIEWS
        return found


def ends(settings: Settings) -> dict[str, list[float]]:
    """The lowest and highest answer of every item."""
    return {item: [card["min"], card["max"]] for item, card in settings["scale"].items()}
