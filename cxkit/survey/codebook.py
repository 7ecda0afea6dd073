"""A codebook: one small YAML file that says what the columns of a survey are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cxkit.errors import SettingsError, did_you_mean
from cxkit.survey.cards import Card, bounds, card
from cxkit.survey.timeline import check_dates
from cxkit.survey.values import Values, read_values
from cxkit.survey.wave_column import check_period
from cxkit.survey.yamlfile import load_yaml

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
    from cxkit.survey.codebook_keys import read_keys

    content = source if isinstance(source, Mapping) else load_yaml(source, "codebook")
    where = "The codebook" if isinstance(source, Mapping) else f'The codebook "{Path(source).name}"'
    said = read_keys(content, where)
    items, scales = {}, said.scales or {}
    for name, entry in (said.items or {}).items():
        scale = entry.scale
        if isinstance(scale, str):
            if scale not in scales:
                raise SettingsError(f'{where}: item "{name}" uses the scale "{scale}"; {did_you_mean(scale, scales)}')
            scale = scales[scale]
        shared = {} if scale is None else bounds(name, scale)
        items[name] = card(name, {**shared, **entry.model_dump(exclude_unset=True, exclude={"scale"})})
    check_dates(said.dates)
    check_period(said.wave.period)
    return Codebook(
        items,
        **{name: getattr(said, name) for name in ("respondent", "weight", "group", "count", "decimal", "dates")},
        wave=said.wave.column,
        waves=tuple(said.waves),
        period=said.wave.period,
        values=read_values(said.values or {}, said.split or {}, where),
        sections={name: content[name] for name in SECTIONS if name in content},
    )
