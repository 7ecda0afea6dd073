"""Which letters the charts can draw, and which names have others."""

from functools import lru_cache

from cxkit.result import ARROW, PAIR, Result
from cxkit.show.language import Language, plain
from cxkit.show.wording import quoted

FONT = "DejaVu Sans"  # the typeface of all charts
NAMED = 5  # names that one sentence lists


def drawable(text: str) -> bool:
    """Whether the typeface of the charts has every letter."""
    return text.isascii() or _charmap().issuperset(map(ord, "".join(text.split())))


def undrawn(result: Result, words: Language) -> list[str]:
    """Say which names the charts cannot draw; the first few."""
    names = [words.label(result, item) for item in result.labels if ARROW not in item and PAIR not in item]
    names += [plain(name) for column in ("group", "wave") for name in result.tidy[column].unique()]
    found = [name for name in dict.fromkeys(names) if not drawable(name)]
    if not found:
        return []
    shown = quoted(words, found[:NAMED]) + " …" * (len(found) > NAMED)
    return [words.text(
        "The typeface of the charts lacks letters of these names and shows boxes instead; the tables have them "
        "right: {names}.", names=shown,
    )]  # fmt: skip


@lru_cache(maxsize=1)
def _charmap() -> frozenset[int]:
    from matplotlib.font_manager import findfont
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(findfont(FONT)).get_charmap())
