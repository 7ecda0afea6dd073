"""Prose: the frame of headline, key figures, reading and caveats."""

from collections.abc import Sequence
from html import escape

from cxkit.show.language import Language, plain
from cxkit.show.wording import Reading


def prose_html(reading: Reading, caveats: Sequence[str], words: Language) -> str:
    """What a result says, as HTML."""
    keys = "".join(
        f"<div><dt>{_safe(one.name)}</dt><dd>{_safe(one.value)}{_small(one.small)}</dd></div>"
        for one in reading.figures
    )
    body = "".join(f"<p>{_safe(sentence)}</p>" for sentence in reading.sentences)
    notes = "".join(f"<li>{_safe(sentence)}</li>" for sentence in caveats)
    heading = _safe(words.text("Please note"))
    return (
        f'<div class="cx-prose"><h2>{_safe(reading.headline)}</h2>'
        + (f"<dl>{keys}</dl>" if keys else "")
        + body
        + (f"<h3>{heading}</h3><ul>{notes}</ul>" if notes else "")
        + "</div>"
    )


def _small(text: str) -> str:
    return f"<br><small>{_safe(text)}</small>" if text else ""


def _safe(text: str) -> str:
    return escape(plain(text))
