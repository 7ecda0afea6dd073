"""The number that stands for a report, and the order of clients by it."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, floor, nan
from pathlib import Path

from cxkit.batch.summary import Outcome
from cxkit.methods import METHODS
from cxkit.methods.method import Headline
from cxkit.show.language import language


@dataclass(frozen=True)
class Entry:
    """A client's headline number; ``base`` is "ok", "small" or "hidden", ``asked`` tells who can be compared.

    ``change`` is how far it moved since the wave ``since``, where the client's own report calls that reliable.
    """

    row: Outcome
    wave: str
    n: float
    estimate: float
    low: float
    high: float
    base: str
    least: tuple[int, int]  # smallest base that is shown, and that is not marked
    level: float
    asked: str
    change: float = nan
    since: str = ""
    waves: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # wave -> language -> what it is called


def read_entry(row: Outcome, out: Path) -> Entry | None:
    """Read the headline number of a published report; None where its method or its result has none."""
    headline = METHODS[row.method].headline if row.method in METHODS else None
    if not headline:
        return None
    try:
        result = json.loads((out / row.folder / "result.json").read_text(encoding="utf-8"))
        settings, wave = result["settings"], result["facts"]["wave"]
        item, term = headline.row(settings)
        rows = {tuple(r[k] for k in _KEY): r for r in result["table"] if result["method"] == row.method}
        found = rows[item, term, "", wave]
        n, estimate, low, high = (_number(found[k]) for k in ("n", "estimate", "low", "high"))
        asked = json.dumps([settings["level"], headline.asked(settings)], sort_keys=True)
        least = (int(settings["min_base"]), int(settings["flag_base"]))
        named = {**settings.get("values", {}).get(settings.get("wave"), {})}
        base, level = str(found["base"]), settings["level"]
        change, since = nan, ""
        reliable = {c["kind"] for c in result.get("claims", ()) if c["made"] and c["item"] == item and not c["group"]}
        for kind, before in _SINCE.items():
            moved = rows.get((item, f"{term}_{kind}", "", wave))
            if moved and kind in reliable and not since and base != "hidden":
                change, since = _number(moved["estimate"]), str(result["facts"][before])
        entry = Entry(row, str(wave), n, estimate, low, high, base, least, level, asked, change, since, named)
    # The template may be the user's own copy, whose result can look like anything.
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    return entry if estimate == estimate or entry.base == "hidden" else None


_KEY = ("item", "term", "group", "wave")
_SINCE = {"vs_first": "first_wave", "vs_previous": "previous_wave"}  # the longest change that is reliable comes first


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def in_order(entries: Sequence[Entry], headline: Headline) -> list[tuple[int, Entry]]:
    """Clients from best to worst with their places, then those asked in another way, then those without a number.

    The place is 0 where there is none to give. Clients whose shown numbers are equal share a place. Places go to
    those who were all asked the same, if they are more than half of all that have a number.
    """
    words, sign = language("en"), 1 if headline.smaller_is_better else -1
    known = [entry for entry in entries if entry.base != "hidden"]
    known.sort(key=lambda e: (sign * e.estimate, e.row.name.casefold(), e.row.client))
    usual, count = Counter(e.asked for e in known).most_common(1)[0] if known else ("", 0)
    alike = [e for e in known if e.asked == usual] if 2 * count > len(known) > 1 else []
    placed: list[tuple[int, Entry]] = []
    last = ""
    for k, entry in enumerate(alike, 1):
        shown = headline.unit.show(words, entry.estimate)
        placed.append((placed[-1][0] if shown == last else k, entry))
        last = shown
    others = [e for e in known if not alike or e.asked != usual]
    hidden = sorted((e for e in entries if e.base == "hidden"), key=lambda e: (e.row.name.casefold(), e.row.client))
    return placed + [(0, e) for e in others + hidden]


def axis(entries: Sequence[Entry], limits: tuple[float, float]) -> tuple[float, float, float]:
    """Start, step and end of a scale with few round marks that holds all intervals."""
    values = [v for e in entries for v in (e.estimate, e.low, e.high) if v == v]
    least, most = max(min(values), limits[0]), min(max(values), limits[1])
    for step in (m * 10.0**e for e in range(-1, 9) for m in (1, 2, 5)):
        first, last = floor(least / step + 1e-9), ceil(most / step - 1e-9)
        if last - first <= 4:
            break
    if first == last:  # all in one point, which may be the most there is
        first, last = (first, last + 1) if (last + 1) * step <= limits[1] else (first - 1, last)
    return first * step, step, last * step
