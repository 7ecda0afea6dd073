"""The error family: every mistake a person can make ends in one sentence from here."""

import difflib
from collections.abc import Iterable

DISK_FULL = "The disk is full; make room and run the batch again."


class CxError(Exception):
    """Base of all cxkit errors; the message says what was found, what was expected and what to do."""


class DataError(CxError):
    """The survey data cannot be used as they are."""


class SettingsError(CxError):
    """A setting, codebook or config is wrong."""


class ReportError(CxError):
    """A report could not be made or published."""


class LockedError(ReportError):
    """Another batch works in the folder of reports."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """End an error sentence with the nearest known words, or with all of them when few.

    >>> did_you_mean("scalling", ["scaling", "nps"])
    'did you mean "scaling"?'
    """
    words = [str(k) for k in known]
    folded = {w.casefold(): w for w in words}
    near = difflib.get_close_matches(str(word).casefold(), folded, n=1)
    if near:
        return f'did you mean "{folded[near[0]]}"?'
    return f"known are: {', '.join(words[:20])}{' ...' if len(words) > 20 else ''}."
