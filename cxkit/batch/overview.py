"""The page over all clients: what is missing, one league table per method, and every other report."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cxkit.batch.league import Entry, axis, in_order, read_entry
from cxkit.batch.leftover import Leftover
from cxkit.batch.stacked import NAMES, write_results
from cxkit.batch.summary import Outcome
from cxkit.methods import METHODS
from cxkit.methods.method import Headline, Method
from cxkit.report.gate import check_page
from cxkit.report.page import method_title, render
from cxkit.report.publish import write_atomic
from cxkit.show.language import Language, language, mark, plain

STATUSES = {"failed": mark("failed"), "interrupted": mark("interrupted"), "waiting": mark("waiting")}
FILES = {
    "summary.csv": mark("What became of each report"),
    "results.csv": mark("All numbers of all reports"),
    "results.parquet": mark("The same for analysis tools, with numbers as numbers"),
}
DAMAGED = "Its published table.csv cannot be read; run the batch again."
LISTED = 20  # so many values that no client has are listed of a file
OPEN = 12  # so many waiting reports are named at once; more are folded away


@dataclass(frozen=True)
class Line:
    """One client in a league table, ready to be shown; ``left``, ``width`` and ``dot`` are percents of the axis."""

    place: str
    name: str
    href: str
    lang: str
    small: str
    answers: str
    estimate: str
    marked: bool
    interval: str
    change: str
    left: float | None
    width: float
    dot: float | None


def write_overview(
    rows: Sequence[Outcome], out: Path, *, title: str, lang: str, date: str, leftovers: Sequence[Leftover] = ()
) -> list[Outcome]:
    """Write results.csv, results.parquet and index.html; each replaces its older one whole.

    Returned are the rows as the page shows them: a published report whose table cannot be read counts as failed.

    Raises
    ------
    ReportError : the page is not safe.
    """
    damaged = {row.folder for row in write_results(rows, out)}
    shown = [replace(row, status="failed", reason=DAMAGED) if row.folder in damaged else row for row in rows]
    words = language(lang)
    leagues, others = _leagues(shown, out, words)
    page = render(
        "index.html.j2",
        lang,
        title=plain(title) or words.text("Reports"),
        date=words.date(date),
        summary=words.plural(
            "{good} of {n} report published",
            "{good} of {n} reports published",
            len(shown),
            good=words.number(sum(row.status == "published" for row in shown)),
        ),
        missed=[_item(row, words) for status in ("failed", "interrupted") for row in shown if row.status == status],
        waiting=[_item(row, words) for row in shown if row.status not in ("published", "failed", "interrupted")],
        open=OPEN,
        leagues=leagues,
        others=[_item(row, words) for row in others],
        leftovers=[_leftover(one, words) for one in leftovers],
        files=[(name, words.text(FILES[name])) for name in ("summary.csv", *NAMES) if (out / name).is_file()],
    )
    check_page(page)
    write_atomic(out / "index.html", page)
    return shown


def _item(row: Outcome, words: Language) -> dict[str, str]:
    """A report as it is listed, in texts that are safe to draw."""
    return {
        "name": plain(row.name),
        "title": method_title(row.method, words),
        "lang": row.lang,
        "status": words.text(STATUSES[row.status]) if row.status in STATUSES else plain(row.status),
        "reason": plain(row.reason),
        "href": _address(row),
    }


def _leftover(one: Leftover, words: Language) -> dict[str, Any]:
    """Values of a file that no client has, as they are listed."""
    listed, more = one.values[:LISTED], len(one.values) - LISTED
    return {
        "caption": plain(f"{one.file} · {one.column}"),
        "problem": plain(one.problem),
        "more": words.text("Further values: {n}.", n=words.number(more)) if more > 0 else "",
        "lines": [
            {
                "value": plain(value) or words.text("no value"),
                "near": words.text("did you mean “{value}”?", value=plain(near)) if near else "",
                "rows": words.number(rows),
            }
            for value, rows, near in listed
        ],
    }


def _address(row: Outcome) -> str:
    return quote(f"{row.folder}/report.html")


def _leagues(rows: Sequence[Outcome], out: Path, words: Language) -> tuple[list[dict[str, Any]], list[Outcome]]:
    """A league table per method, in the order methods come up, and the published reports that stand in none."""
    found: dict[str, list[Entry]] = {}
    others = []
    for row in rows:
        if row.status == "published":
            entry = read_entry(row, out)
            if entry:
                found.setdefault(row.method, []).append(entry)
            else:
                others.append(row)
    leagues = {}
    for method, entries in found.items():
        if any(entry.base != "hidden" for entry in entries):
            leagues[method] = _league(METHODS[method], entries, words)
        else:
            others += [entry.row for entry in entries]
    return list(leagues.values()), others


def _league(method: Method, entries: Sequence[Entry], words: Language) -> dict[str, Any]:
    headline = method.headline
    assert headline  # else it had no entries
    order = in_order(entries, headline)
    known = [entry for entry in entries if entry.base != "hidden"]
    start, step, end = axis(known, headline.limits)
    scale = (start, end - start)
    waves, langs = {e.wave for e in entries}, {e.row.lang for e in entries}
    same = _called(words, entries[0], waves.pop()) if len(waves) == 1 else None
    moved = [entry for entry in known if entry.since]
    since = {entry.since for entry in moved}
    told = (same is None, len(langs) > 1, len(since) > 1)
    levels = {entry.level for entry in known}
    share, digits = headline.unit.kind == "share", 0 if step >= 1 else 1
    written = words.percent if share else partial(words.number, digits=digits)
    ticks = [start + k * step for k in range(round((end - start) / step) + 1)]
    return {
        "id": method.word,
        "title": words.text(method.title),
        "caption": " · ".join(filter(None, [words.text(headline.measure), same or ""])),
        "clients": words.plural("{n} client", "{n} clients", len(entries)),
        "notes": _notes(order, headline, words),
        "placed": any(place for place, _ in order),
        "measure": words.text(headline.measure),
        "interval": words.text("{level} interval", level=words.percent(levels.pop())) if len(levels) == 1 else "",
        "change": _moved(moved, words),
        "step": round(100 * step / scale[1], 4),
        "ticks": [(round(100 * (t - start) / scale[1], 2), written(t)) for t in ticks],
        "lines": [_line(place, entry, headline, scale, told, words) for place, entry in order],
    }


def _notes(order: Sequence[tuple[int, Entry]], headline: Headline, words: Language) -> list[str]:
    """What a reader must know before he compares clients."""
    known = [(place, entry) for place, entry in order if entry.base != "hidden"]
    apart = sum(not place for place, _ in known)
    notes = []
    if len(known) > 1 and apart < len(known):
        first = mark("Sorted by estimate, the best first.")
        nearest = mark("Sorted by estimate, the smallest distance first.")
        notes.append(words.text(nearest if headline.smaller_is_better else first))
        notes.append(words.text(
            "Clients whose intervals overlap widely do not differ reliably: their order can be chance."
        ))  # fmt: skip
    if len(known) > 1 and apart == len(known):
        notes.append(words.text(
            "These clients were surveyed or evaluated in different ways (questions, scales or settings): their "
            "numbers cannot be compared, so there are no places."
        ))  # fmt: skip
    elif len(known) > 1 and apart:
        notes.append(words.text(
            "Clients without a place were surveyed or evaluated in another way (questions, scales or settings): do "
            "not compare them with the others. Number of such clients: {n}.",
            n=words.number(apart),
        ))  # fmt: skip
    if any(entry.since for _, entry in known):
        chance = words.percent(1 - min(entry.level for _, entry in known))
        notes.append(words.text(
            "A change is shown where the client’s own report calls it reliable; among reports in which nothing "
            "changed, at most {chance} show one.",
            chance=chance,
        ))  # fmt: skip
    bases = sorted({entry.least[1] for _, entry in known if entry.base == "small"})
    if bases:
        base = "–".join(words.number(b) for b in sorted({bases[0], bases[-1]}))
        notes.append(words.text("Numbers with * rest on fewer than {base} answers: read them as a first hint.",
                                base=base))  # fmt: skip
    return notes


def _called(words: Language, entry: Entry, wave: str) -> str:
    return words.named(entry.waves.get(wave, {}), wave)


def _moved(entries: Sequence[Entry], words: Language) -> str:
    """The head of changes: since which wave, where that is the same for all; "" where nothing changed."""
    since = {entry.since for entry in entries}
    if len(since) == 1:
        return words.text("since {wave}", wave=_called(words, entries[0], entries[0].since))
    return words.text("Reliable change") if since else ""


def _line(
    place: int,
    entry: Entry,
    headline: Headline,
    scale: tuple[float, float],
    small: tuple[bool, bool, bool],
    words: Language,
) -> Line:
    hidden, bounded = entry.base == "hidden", entry.low == entry.low and entry.high == entry.high
    notes = [_called(words, entry, entry.wave) if small[0] else "", entry.row.lang if small[1] else ""]
    low, high = (headline.unit.show(words, v) if bounded else "" for v in (entry.low, entry.high))
    change = headline.unit.finer(entry.change).show(words, entry.change, difference=True) if entry.since else ""
    if change and small[2]:
        change = words.text("{change} since {wave}", change=change, wave=_called(words, entry, entry.since))
    few = f"n < {words.number(entry.least[0])}"

    def at(value: float) -> float:
        return round(min(100.0, max(0.0, 100 * (value - scale[0]) / scale[1])), 2)

    return Line(
        place=words.number(place) if place else "–",
        name=plain(entry.row.name),
        href=_address(entry.row),
        lang=entry.row.lang.replace("_", "-"),
        small=plain(" · ".join(filter(None, notes))),
        answers=few if hidden else "–" if entry.n != entry.n else words.number(entry.n),
        estimate=few if hidden else headline.unit.show(words, entry.estimate),
        marked=entry.base == "small",
        interval=words.text("{low} to {high}", low=low, high=high) if bounded else "",
        change=change,
        left=at(entry.low) if bounded else None,
        width=round(at(entry.high) - at(entry.low), 2) if bounded else 0.0,
        dot=None if hidden else at(entry.estimate),
    )
