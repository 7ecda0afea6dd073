"""A client's brand on the page: a logo and two colours."""

import base64
import re
from dataclasses import dataclass
from pathlib import Path

from cxkit.errors import SettingsError

LOGOS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"<svg": "image/svg+xml",
    b"<?xml": "image/svg+xml",
}
MAX_LOGO = 2**20


@dataclass(frozen=True)
class Brand:
    """``logo`` is a PNG, JPEG or SVG file; ``primary`` colours header and headings, ``accent`` the rules ("" is
    primary)."""

    logo: str = ""
    primary: str = "#12344d"
    accent: str = ""

    def __post_init__(self) -> None:
        for name, color in self.colors().items():
            if not re.fullmatch(r"#[0-9a-fA-F]{6}", color):
                raise SettingsError(f'The brand colour {name} is "{color}"; give it as #rrggbb, such as #12344d.')

    def colors(self) -> dict[str, str]:
        return {"primary": self.primary, "accent": self.accent or self.primary}

    def logo_address(self) -> str:
        """The logo as a data: address; "" without one."""
        if not self.logo:
            return ""
        path = Path(self.logo)
        if not path.is_file():
            raise SettingsError(f'The logo "{path.name}" was not found; check the path.')
        content = path.read_bytes()
        kind = next((kind for start, kind in LOGOS.items() if content.startswith(start)), "")
        if not kind or len(content) > MAX_LOGO:
            found = f"{len(content) / 2**20:.1f} MiB, so make it smaller" if kind else "another kind of file"
            raise SettingsError(
                f'The logo "{path.name}" must be a PNG, JPEG or SVG picture of at most 1 MiB; found {found}.'
            )
        return f"data:{kind};base64,{base64.b64encode(content).decode()}"

    def warnings(self) -> list[str]:
        """One sentence per colour that is hard to read on white (WCAG 2.2 contrast below 3)."""
        return [
            f"The brand colour {name} {color} has a contrast of {contrast(color):.1f} on white; "
            f"below 3 it is hard to read, so choose a darker one."
            for name, color in self.colors().items()
            if contrast(color) < 3
        ]


def contrast(color: str) -> float:
    """Contrast of a #rrggbb colour on white, 1-21 (WCAG 2.2, 2023, relative luminance).

    >>> contrast("#000000")
    21.0
    """
    parts = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)
