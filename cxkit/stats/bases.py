"""The one policy for small bases: hide below one number of respondents, mark below another."""

from typing import Any

import numpy as np
import pandas as pd

from cxkit.errors import SettingsError

NUMBERS = ["n_eff", "estimate", "se", "low", "high", "p", "p_adjusted", "detectable"]


def check_bases(min_base: Any, flag_base: Any) -> None:
    """Refuse bases that are no whole numbers of 1 or more, or a ``min_base`` above ``flag_base``."""
    if not (isinstance(min_base, int) and isinstance(flag_base, int) and 1 <= min_base <= flag_base):
        raise SettingsError(
            f"Found min_base {min_base} and flag_base {flag_base}; "
            f"give whole numbers of 1 or more, min_base not above flag_base."
        )


def apply_base_policy(table: pd.DataFrame, min_base: int, flag_base: int) -> pd.DataFrame:
    """Blank every number that rests on fewer than ``min_base`` respondents, and say so in ``base``.

    A comparison rests on the smaller of its two sides. Views and files show only what is left here.

    Returns
    -------
    A copy with ``base`` "hidden" (numbers NaN), "small" (fewer than ``flag_base``) or "ok".

    Raises
    ------
    SettingsError : a base is not a whole number of 1 or more, or min_base is above flag_base.
    """
    check_bases(min_base, flag_base)
    policed = table.copy()
    smallest = policed[["n", "n_other"]].min(axis=1)
    hidden = smallest < min_base
    words = np.select([hidden, smallest < flag_base], ["hidden", "small"], "ok")
    policed["base"] = pd.Series(words, policed.index, dtype=object)
    policed.loc[hidden, NUMBERS] = np.nan
    return policed
