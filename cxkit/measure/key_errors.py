"""Notes on items that run against those they belong with, for any method that has items."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from cxkit.stats.direction import against

Note = tuple[str, dict[str, Any]]
KEY_ERRORS = ("key_error", "key_error_reversed", "key_error_pair", "key_error_half")


def key_errors(
    names: Sequence[str], covariance: np.ndarray, n_eff: float, turned: Mapping[str, bool], least: int
) -> list[Note]:
    """Name the items that run against the others beyond chance, at 95 % (see ``cxkit.stats.direction.against``).

    Parameters
    ----------
    covariance, n_eff : of the items, those declared as reversed turned round, and their effective base.
    turned : item -> whether it is declared as reversed.
    least : base below which nothing is said.

    Returns
    -------
    ``key_error``, or ``key_error_reversed`` of an item that was turned round, with its correlation ``r`` with the sum
    of the others. Where as many run one way as the other: ``key_error_pair`` names two items, ``item`` and
    ``object``; of more each has a ``key_error_half``.
    """
    notes: list[Note] = []
    for found in against(covariance, n_eff) if n_eff >= least else ():
        name, r = names[found.item], found.r
        if not found.open:
            notes.append(("key_error_reversed" if turned[name] else "key_error", {"item": name, "r": r}))
        elif len(found.others) > 1:
            notes.append(("key_error_half", {"item": name, "r": r}))
        elif found.item < found.others[0]:
            notes.append(("key_error_pair", {"item": name, "object": names[found.others[0]], "r": r}))
    return notes


def named(notes: Sequence[tuple[str, Mapping[str, Any]]]) -> list[str]:
    """The items that notes on key errors name."""
    told = [numbers for code, numbers in notes if code in KEY_ERRORS]
    return [numbers[key] for numbers in told for key in ("item", "object") if key in numbers]


def not_named(notes: Sequence[Note], names: Collection[str]) -> list[Note]:
    """Notes without those on drivers that run against the outcome and are named as key errors already."""
    return [note for note in notes if not (note[0].startswith("driver_against") and note[1]["item"] in names)]
