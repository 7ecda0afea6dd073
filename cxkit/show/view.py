"""What a view returns: HTML or a picture with alt text that notebooks, reports and screen readers understand."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from cxkit.show.language import plain

# JupyterLab centres captions, sets names right and pictures in, by rules as close as :not(.a) .b th; so these name
# the box around a table too. A report leaves this out, as it has a style of its own.
NOTEBOOK = (
    "<style>.cx-table caption{text-align:left;font-weight:bold;padding-bottom:.4em}figure.cx-scroll{margin:0}"
    ".cx-scroll .cx-table .name{text-align:left}.cx-table tbody .name{font-weight:normal}"
    ".cx-scroll .cx-table th,.cx-scroll .cx-table td{vertical-align:top}"
    ".cx-glance .cx-table th,.cx-glance .cx-table td{text-align:left;padding-right:2em}</style>"
)


@dataclass(frozen=True)
class View:
    """``html``, or a picture as ``svg`` and ``png`` with ``alt``; an empty view shows nothing."""

    html: str = ""
    svg: str = ""
    png: bytes = b""
    alt: str = ""

    def as_html(self) -> str:
        """The view as HTML; a picture as an image."""
        if not self.svg:
            return self.html
        return picture("image/svg+xml", base64.b64encode(self.svg.encode()).decode(), self.alt)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, str], dict[str, Any]]:
        if self.png:
            picture = base64.b64encode(self.png).decode()
            bundle = {"image/svg+xml": self.svg, "image/png": picture, "text/plain": self.alt}
            return bundle, {"image/png": {"alt": self.alt}}
        return ({"text/html": NOTEBOOK + self.html, "text/plain": ""} if self.html else {"text/plain": ""}), {}


def picture(kind: str, content: str, alt: str) -> str:
    """A figure as an image that cannot run anything, from base64; wide figures scroll on a phone."""
    return (
        f'<figure class="cx-scroll" tabindex="0">'
        f'<img src="data:{kind};base64,{content}" alt="{escape(alt, quote=True)}"></figure>'
    )


def html_table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]], names: int = 1) -> str:
    """An HTML table of escaped texts; the first ``names`` cells of each row are its headers."""
    header = "".join(f'<th scope="col"{_name(k < max(1, names))}>{cell(text)}</th>' for k, text in enumerate(head))
    body = []
    for row in rows:
        cells = [f'<th scope="row" class="name">{cell(text)}</th>' for text in row[:names]]
        cells += [f"<td{_name(names == 0 and k == 0)}>{cell(text)}</td>" for k, text in enumerate(row[names:])]
        body.append(f"<tr>{''.join(cells)}</tr>")
    return (
        f'<div class="cx-scroll" tabindex="0"><table class="cx-table"><caption>{escape(plain(caption))}</caption>'
        f"<thead><tr>{header}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def cell(text: str) -> str:
    """Escape a cell; lines after the first are set small."""
    first, *rest = plain(text).split("\n")
    return escape(first) + "".join(f"<br><small>{escape(line)}</small>" for line in rest)


def _name(yes: bool) -> str:
    return ' class="name"' if yes else ""
