"""A survey that was read: its respondents, and what the codebook and the file say of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxkit.errors import SettingsError
from cxkit.survey.audit import Audit

if TYPE_CHECKING:
    from cxkit.show.view import View

ROLES = ("by", "wave", "weight", "respondent", "waves", "dates", "values", "split")


@dataclass(frozen=True)
class Survey:
    """What :func:`cxkit.read` returns and every method takes.

    Attributes
    ----------
    frame : a row per respondent, indexed by spreadsheet row; items and weight are numbers, all else is text.
    audit : what was read, assumed and left out, and the scales and roles that follow from it.
    """

    frame: pd.DataFrame
    audit: Audit

    @property
    def items(self) -> list[str]:
        """The rating columns that were asked for."""
        return self.audit.items

    @property
    def scale(self) -> Mapping[str, Any]:
        """Item -> its scale card as plain values."""
        return self.audit.scale

    @property
    def roles(self) -> dict[str, Any]:
        """The columns and names of groups, waves, weights and respondents, as keywords of a method."""
        return {name: getattr(self.audit, name) for name in ROLES}

    def table(self, lang: str = "en") -> "View":
        """Show what was read, assumed and left out as HTML tables, in en, ru, uz or uz_Cyrl."""
        return self.audit.table(lang)

    def __iter__(self) -> Any:
        raise SettingsError("A survey is one value: survey = cx.read(...), with survey.frame and survey.audit.")

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return self.table()._repr_mimebundle_(include, exclude)
