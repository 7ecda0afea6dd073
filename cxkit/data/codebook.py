"""A codebook: one small YAML file that says what the columns of a survey are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cxkit.data.cards import Card, card, texts
from cxkit.data.yamlfile import load_yaml, only_keys
from cxkit.errors import SettingsError, did_you_mean

ROLES = ("respondent", "weight", "group", "wave", "count")
# What one method needs beside items; the method checks it.
SECTIONS = ("poles", "objects", "tree", "tables", "constructs", "paths", "economy")


@dataclass(frozen=True)
class Codebook:
    """What the columns are: a card per item, the columns with a role ("" when there is
    none), the mark that separates ``decimal`` places ("" when numbers tell), the waves in
    order (empty: sorted by name), and ``sections`` for single methods."""

    items: Mapping[str, Card] = field(default_factory=dict)
    respondent: str = ""
    weight: str = ""
    group: str = ""
    wave: str = ""
    count: str = ""
    decimal: str = ""
    waves: tuple[str, ...] = ()
    sections: Mapping[str, Any] = field(default_factory=dict)


def read_codebook(source: str | Path | Mapping[str, Any] | None) -> Codebook:
    """Read a codebook from a YAML file or from the same content as a dict.

    Keys: ``respondent weight group wave count`` name columns; ``decimal`` is "." or "," when weights and counts do
    not show it themselves; ``waves`` lists the waves in order; ``scales`` holds
    scales by name; ``items`` maps each item to ``{scale: name or [min, max] or card, text: {en: ..., ru: ...},
    column, missing, labels, reversed}``; ``poles objects tree tables constructs paths economy`` are kept for the
    methods that read them.

    Raises
    ------
    SettingsError : the file cannot be read, or a key, a scale name or a scale is wrong.
    """
    if not source:
        return Codebook()
    content = source if isinstance(source, Mapping) else load_yaml(source, "codebook")
    where = "The codebook" if isinstance(source, Mapping) else f'The codebook "{Path(source).name}"'
    only_keys(content, (*ROLES, "decimal", "waves", "scales", "items", *SECTIONS), where)
    scales = _mapping(content.get("scales"), f'{where}, "scales",')
    items = {}
    for name, entry in _mapping(content.get("items"), f'{where}, "items",').items():
        entry = dict(_mapping(entry, f'{where}, item "{name}",'))
        scale = entry.pop("scale", None)
        if isinstance(scale, str):
            if scale not in scales:
                raise SettingsError(f'{where}: item "{name}" uses the scale "{scale}"; {did_you_mean(scale, scales)}')
            scale = scales[scale]
        if isinstance(scale, list) and len(scale) == 2:
            scale = {"min": scale[0], "max": scale[1]}
        items[str(name)] = card(str(name), {**_mapping(scale, f'{where}, scale of "{name}",'), **entry})
    roles = {role: str(content.get(role) or "") for role in ROLES}
    decimal = str(content.get("decimal") or "")
    if decimal not in ("", ".", ","):
        raise SettingsError(f'{where} has decimal: "{decimal}"; give "." or ",".')
    sections = {name: content[name] for name in SECTIONS if name in content}
    return Codebook(items, **roles, decimal=decimal, waves=tuple(texts(content.get("waves"))), sections=sections)


def _mapping(value: Any, where: str) -> Mapping[str, Any]:
    if value is not None and not isinstance(value, Mapping):
        raise SettingsError(f'{where} must be lines of "key: value".')
    return value or {}
