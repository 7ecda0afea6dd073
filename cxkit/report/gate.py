"""The gate: no page is published that could run something, call outside, or leave a reader out."""

from html.parser import HTMLParser
from urllib.parse import urlparse

from cxkit.errors import ReportError

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "base-uri 'none'; form-action 'none'"
)
_HEAD = ["html", "head", "meta"]
# What runs, frames, posts or loads, and what makes a browser read the rest in another way than a parser does.
_FORBIDDEN = {
    *("script", "iframe", "object", "embed", "base", "form", "link", "applet", "frame", "portal", "svg", "math"),
    *("textarea", "noscript", "xmp", "noembed", "noframes", "plaintext", "template"),
}
_ADDRESSES = {
    *("href", "src", "action", "formaction", "poster", "background", "xlink:href", "data", "cite"),
    *("srcset", "ping", "imagesrcset"),
}


class _Gate(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.tags: list[str] = []
        self.within = ""
        self.caption: bool | None = True  # None: a table waits for its caption; False: the caption is empty so far

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        if len(values) < len(attrs):  # a browser takes the first, a parser the last
            self.faults.append(f"an attribute twice in a <{tag}>")
        if tag in _FORBIDDEN or self.within == "title":
            self.faults.append(f"a <{tag}>")
        if len(self.tags) == 3:
            policy = (values.get("http-equiv", "").lower(), values.get("content"))
            if self.tags != _HEAD or policy != ("content-security-policy", POLICY):
                self.faults.append("no content security policy first in its head")
        if tag == "meta" and values.get("http-equiv", "").lower() == "refresh":
            self.faults.append("a refresh")
        if tag == "html" and not values.get("lang"):
            self.faults.append("no language")
        if tag == "img" and not values.get("alt", "").strip():
            self.faults.append("a picture without alternative text")
        if self.caption is None and tag != "caption":
            self.faults.append("a table without a caption")
        if tag in ("table", "caption"):
            self.caption = None if tag == "table" else False
        self.within = tag
        for name, value in values.items():
            if name.startswith("on"):
                self.faults.append(f"an {name} handler")
            if name in _ADDRESSES and not _inside(name, value, picture=tag == "img"):
                self.faults.append(f'the address "{value[:60]}"')
            if name == "style":
                self._style(value)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("caption", "table") and not self.caption:
            self.faults.append("a table without a caption")
            self.caption = True
        self.within = ""

    def handle_data(self, data: str) -> None:
        if data.strip() and len(self.tags) < 3:
            self.faults.append("text before its content security policy")
        if data.strip() and self.caption is False:
            self.caption = True
        if self.within == "style":
            self._style(data)

    def handle_comment(self, data: str) -> None:
        self.faults.append("a comment")

    def unknown_decl(self, data: str) -> None:
        self.faults.append("a declaration")

    def handle_pi(self, data: str) -> None:
        self.faults.append("a processing instruction")

    def close(self) -> None:
        super().close()
        if len(self.tags) < 3:
            self.faults.append("no content security policy first in its head")
        if self.caption is None:
            self.faults.append("a table without a caption")

    def _style(self, text: str) -> None:
        loads = ("url(", "@import", "expression(", "image-set(", "\\", "<")
        if any(word in text.lower() for word in loads):
            self.faults.append("a style that loads something")


def check_page(html: str) -> None:
    """Refuse a page that is not safe, self-contained and readable by all.

    Raises
    ------
    ReportError : the page holds script, a frame, a form, an outside address, lacks the content
        security policy, a language, alternative text or a table caption.
    """
    gate = _Gate()
    gate.feed(html)
    gate.close()
    if gate.faults:
        raise ReportError(f"The page was not published: it has {gate.faults[0]}; correct the template that shows it.")


def _inside(name: str, address: str, *, picture: bool) -> bool:
    if name in ("srcset", "ping", "imagesrcset"):
        return False
    if picture:
        return address.startswith("data:image/")
    found = urlparse(address.strip())
    relative = not found.scheme and not found.netloc and not address.startswith(("/", "\\"))
    return relative and ".." not in address and "\\" not in address and address.isprintable()
