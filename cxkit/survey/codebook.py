"""A codebook: one small YAML file that says what the columns of a survey are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cxkit.errors import SettingsError, did_you_mean
from cxkit.survey.cards import Card, card, texts
from cxkit.survey.timeline import check_dates
from cxkit.survey.values import Values, read_values
from cxkit.survey.wave_column import check_period
from cxkit.survey.yamlfile import load_yaml, only_keys

ROLES = ("respondent", "weight", "group", "wave", "count")
# What one method needs beside items; the method checks it.
SECTIONS = ("poles", "objects", "tree", "tables", "constructs", "paths", "economy")


@dataclass(frozen=True)
class Codebook:
    """What the columns are: a card per item, the columns with a role ("" when there is
    none), the mark that separates ``decimal`` places ("" when numbers tell), the waves in order (empty: by time),
    how their dates are written, the period that is made of dates, ``values`` of columns that tell groups or waves,
    and ``sections`` for single methods."""

    items: Mapping[str, Card] = field(default_factory=dict)
    respondent: str = ""
    weight: str = ""
    group: str = ""
    wave: str = ""
    count: str = ""
    decimal: str = ""
    waves: tuple[str, ...] = ()
    dates: str = ""
    period: str = ""
    values: Mapping[str, Values] = field(default_factory=dict)
    sections: Mapping[str, Any] = field(default_factory=dict)


def read_codebook(source: str | Path | Mapping[str, Any] | None) -> Codebook:
    """Read a codebook from a YAML file or from the same content as a dict.

    Keys: ``respondent weight group wave count`` name columns, and ``wave: {column, period}`` makes periods of dates
    as :func:`cxkit.read` does; ``decimal`` is "." or "," when weights and counts do not show it themselves;
    ``waves`` lists the waves in order; ``dates`` is "day first" or "month first"; ``scales`` holds scales by name;
    ``items`` maps each item to ``{scale: name or [min, max] or card, text: {en: ..., ru: ...}, column, missing,
    labels, reversed}``; ``values`` maps a column to the names of its values, each with the values in the file
    (``"2"``, ``["1", "01"]`` or ``{from: [...], text: {en: ..., ru: ...}}``), in the order of groups; ``split`` maps
    a column with several answers in one cell to the sign between them, such as ``", "``; ``poles objects tree tables
    constructs paths economy`` are kept for the methods that read them.

    Raises
    ------
    SettingsError : the file cannot be read, or a key, a scale name or a scale is wrong.
    """
    if not source:
        return Codebook()
    content = source if isinstance(source, Mapping) else load_yaml(source, "codebook")
    where = "The codebook" if isinstance(source, Mapping) else f'The codebook "{Path(source).name}"'
    known = (*ROLES, "decimal", "waves", "dates", "scales", "items", "values", "split", *SECTIONS)
    only_keys(content, known, where)
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
    wave = content.get("wave")
    if isinstance(wave, Mapping):
        only_keys(wave, ("column", "period"), f'{where}, "wave",')
        if not wave.get("column"):
            raise SettingsError(f'{where}, "wave", names no column; give {{column: NAME, period: month}}.')
    else:
        wave = {"column": wave}
    named = {**content, "wave": wave["column"]}
    roles = {role: str(named.get(role) or "") for role in ROLES}
    dates, period = str(content.get("dates") or ""), str(wave.get("period") or "")
    decimal = str(content.get("decimal") or "")
    if decimal not in ("", ".", ","):
        raise SettingsError(f'{where} has decimal: "{decimal}"; give "." or ",".')
    check_dates(dates)
    check_period(period)
    sections = {name: content[name] for name in SECTIONS if name in content}
    given, split = (_mapping(content.get(name), f'{where}, "{name}",') for name in ("values", "split"))
    values, waves = read_values(given, split, where), tuple(texts(content.get("waves")))
    return Codebook(
        items, **roles, decimal=decimal, waves=waves, dates=dates, period=period, values=values, sections=sections
    )


def _mapping(value: Any, where: str) -> Mapping[str, Any]:
    if value is not None and not isinstance(value, Mapping):
        raise SettingsError(f'{where} must be lines of "key: value".')
    return value or {}
