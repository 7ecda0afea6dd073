"""Surveys in which respondents rate several objects on the same scales."""

from collections.abc import Iterable


def profile_items(scales: Iterable[str], objects: Iterable[str]) -> list[str]:
    """Return the names of the rating columns, one per object and scale.

    >>> profile_items(["modern", "clear"], ["own", "ideal"])
    ['own_modern', 'own_clear', 'ideal_modern', 'ideal_clear']
    """
    scales = list(scales)
    return [f"{name}_{scale}" for name in objects for scale in scales]
