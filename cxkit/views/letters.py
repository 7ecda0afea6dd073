"""Which letters the charts can draw as they are."""

import unicodedata
from functools import lru_cache

FONT = "DejaVu Sans"  # the typeface of all charts


def drawable(text: str) -> bool:
    """Whether the charts' typeface has every letter, and none is written from right to left or joined to the next."""
    return text.isascii() or all(c.isspace() or _drawn(c) for c in text)


@lru_cache(maxsize=2**14)
def _drawn(letter: str) -> bool:
    return ord(letter) in _charmap() and unicodedata.bidirectional(letter) not in ("R", "AL", "AN")


@lru_cache(maxsize=1)
def _charmap() -> frozenset[int]:
    from matplotlib.font_manager import findfont
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(findfont(FONT)).get_charmap())
