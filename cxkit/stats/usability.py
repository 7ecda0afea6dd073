"""Arithmetic of two published usability questionnaires; no norms are shipped."""

from collections.abc import Sequence

import numpy as np

from cxkit.errors import DataError


def sus(answers: Sequence[float]) -> float:
    """System Usability Scale of one respondent, 0-100 (Brooke 1996).

    2.5 * (sum over odd items (x - 1) + sum over even items (5 - x)).

    Parameters
    ----------
    answers : the ten answers in order, each 1-5.

    >>> sus([5, 4, 2, 1, 2, 3, 2, 4, 5, 2])
    55.0
    """
    x = _checked("SUS", answers, 10, (1, 5))
    return float(2.5 * ((x[0::2] - 1).sum() + (5 - x[1::2]).sum()))


def supr_q(ratings: Sequence[float], recommend: float) -> float:
    """SUPR-Q raw score of one respondent (Sauro 2015): (sum of seven 1-5 ratings + recommend / 2) / 8.

    Parameters
    ----------
    ratings : seven ratings, each 1-5.
    recommend : likelihood to recommend, 0-10.

    >>> supr_q([5, 4, 4, 5, 4, 4, 3], 8)
    4.125
    """
    likely = _checked("SUPR-Q recommend", [recommend], 1, (0, 10))[0]
    return float((_checked("SUPR-Q", ratings, 7, (1, 5)).sum() + likely / 2) / 8)


def _checked(name: str, answers: Sequence[float], count: int, bounds: tuple[int, int]) -> np.ndarray:
    x = np.asarray(answers, dtype=float)
    if len(x) != count or not np.isin(x, np.arange(bounds[0], bounds[1] + 1)).all():
        raise DataError(
            f"{name}: found {list(answers)}, expected {count} whole numbers from {bounds[0]} to {bounds[1]}."
        )
    return x
