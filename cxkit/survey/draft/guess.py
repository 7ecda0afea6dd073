"""What a draft guesses of a file, each guess with its reason."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_PLAIN = re.compile(r"[^\W\d][\w-]*(?: [\w-]+)*")


@dataclass(frozen=True)
class Guess:
    """One line of a codebook.

    Attributes
    ----------
    section : "" for a role, else scales, items, split or "left out".
    key, value : what stands on the line; ``value`` is plain.
    why : what was seen, with numbers.
    check : what a report would do with the guess if it is wrong; "" where it is sure.
    """

    section: str
    key: str
    value: Any
    why: str
    check: str = ""


def written(value: Any) -> str:
    """A plain value as YAML in one line.

    >>> written({"min": 1, "missing": ["99", "don't know"], "text": {"en": "Easy?"}})
    '{min: 1, missing: [99, "don\\'t know"], text: {en: "Easy?"}}'
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{written(key)}: {written(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    reserved = text.casefold() in ("true", "false", "null", "yes", "no", "on", "off")
    if (re.fullmatch(r"-?(0|[1-9][0-9]*)", text) or _PLAIN.fullmatch(text)) and not reserved:
        return text
    return json.dumps(text, ensure_ascii=not text.isprintable())


def times(n: int) -> str:
    return {0: "never", 1: "once"}.get(n, f"{n:,} times")
