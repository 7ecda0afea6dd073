"""What a reader tells of a file: what was read, assumed and left out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from cxkit.show.view import View

Note = tuple[str, Mapping[str, Any]]  # what was assumed or left out; its sentence stands in show/audit.py


def told(found: Mapping[str, Mapping[str, Any]]) -> tuple[Note, ...]:
    """The notes in which something is found: a number above 0, a text that is not empty."""
    return tuple((code, values) for code, values in found.items() if any(values.values()))


@dataclass(frozen=True)
class Audit:
    """What was read, and the settings that follow from it.

    ``items, scale, by, wave, weight, respondent, waves, dates`` are plain values ready for a method; ``answers`` has
    a row per item: ``item n missing declared`` (``declared`` counts the missing codes within ``missing``); ``notes``
    say what was assumed or left out, as (code, values); ``values`` and ``split`` are what the codebook says of the
    names of groups and waves, and of several answers in one cell.
    """

    file: str
    encoding: str
    delimiter: str
    sheet: str
    rows: int
    blank_rows: int
    filtered_rows: int
    answers: pd.DataFrame
    items: list[str]
    scale: dict[str, Any]
    by: str
    wave: str
    weight: str
    respondent: str
    waves: list[str]
    dates: str = ""
    simulated: bool = False
    notes: tuple[Note, ...] = ()
    values: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    split: Mapping[str, str] = field(default_factory=dict)
    count: str = ""

    def table(self, lang: str = "en") -> "View":
        """Show what was read, assumed and left out as HTML tables, in en, ru, uz or uz_Cyrl."""
        from cxkit.show.audit import audit_view
        from cxkit.show.language import language

        return audit_view(self, language(lang))

    def plain(self) -> dict[str, Any]:
        """The audit as plain values, as ``result.json`` keeps it; cards and roles stand in the result's settings."""
        kept = ("file", "encoding", "delimiter", "sheet", "rows", "blank_rows", "filtered_rows", "simulated", "notes")
        return {name: getattr(self, name) for name in kept} | {"answers": self.answers.to_dict("records")}
