"""Claims that several methods make in titles and prose, each only when it is reliable."""

from collections.abc import Mapping, Sequence

import pandas as pd

from cxkit.measure.comparison import FIRST, PREVIOUS, REST, SLOPE
from cxkit.measure.drivers import DRIVER
from cxkit.result import Result, Row
from cxkit.show.language import Language, mark
from cxkit.show.rows import claimed, looked_at, now_of, possible_first
from cxkit.show.units import INDEX, Unit
from cxkit.show.wording import quoted
from cxkit.stats.rollup import verdict

FEW = 3  # items that are named where it cannot be told which of them is first
TOLD = 5  # groups that prose tells of at most
VERDICTS = {
    "reached": mark("target reached"),
    "not_reached": mark("target not reached"),
    "undecided": mark("target undecided"),
}
# (differences of shares, whether the item is named, above) -> the sentence by number
GAPS = {
    (False, False, True): (
        mark("{group} lies {n} point above the rest ({p})."),
        mark("{group} lies {n} points above the rest ({p})."),
    ),
    (False, False, False): (
        mark("{group} lies {n} point below the rest ({p})."),
        mark("{group} lies {n} points below the rest ({p})."),
    ),
    (False, True, True): (
        mark("{group} lies {n} point above the rest on “{item}” ({p})."),
        mark("{group} lies {n} points above the rest on “{item}” ({p})."),
    ),
    (False, True, False): (
        mark("{group} lies {n} point below the rest on “{item}” ({p})."),
        mark("{group} lies {n} points below the rest on “{item}” ({p})."),
    ),
    (True, True, True): (
        mark("{group} lies {n} percentage point above the rest on “{item}” ({p})."),
        mark("{group} lies {n} percentage points above the rest on “{item}” ({p})."),
    ),
    (True, True, False): (
        mark("{group} lies {n} percentage point below the rest on “{item}” ({p})."),
        mark("{group} lies {n} percentage points below the rest on “{item}” ({p})."),
    ),
}


def verdict_of(result: Result, row: Row | pd.Series) -> str:
    """Judge an index against the target of the result by its interval; a level from books alone is exact."""
    exact = row["low"] != row["low"] and row["n"] != row["n"]
    low, high = (row["estimate"],) * 2 if exact else (row["low"], row["high"])
    return verdict(low, high, result.settings["target"])


def judged(result: Result, row: Row | pd.Series, lang: Language) -> str:
    """The verdict on an index in words; "" where the result has no target."""
    return lang.text(VERDICTS[verdict_of(result, row)]) if "target" in result.settings else ""


def group_title(result: Result, lang: Language) -> str:
    """Which groups differ reliably from the rest."""
    if not looked_at(result, REST):
        return lang.text("By group")
    names = list(dict.fromkeys(lang.group(result, row["group"]) for row in claimed(result, REST)))
    if not names:
        return lang.text("No group differs reliably from the rest")
    shown, more = ", ".join(names[:3]), len(names) - 3
    if more > 0:
        return lang.text("Differs reliably from the rest: {groups} and {n} more", groups=shown, n=more)
    return lang.text("Differs reliably from the rest: {groups}", groups=shown)


def change_title(result: Result, lang: Language, unit: Unit = INDEX, name: str = "") -> str:
    """What changed since the first wave and the last, in which direction and how far.

    Parameters
    ----------
    name : what is told of, where it is one thing that needs no quotation marks, such as NPS.
    """
    return (_changes(result, lang, unit, name) or [lang.text("By wave")])[0]


def change_sentences(result: Result, lang: Language, unit: Unit = INDEX, name: str = "") -> list[str]:
    """The same as prose; nothing where nothing was compared."""
    return [f"{told}." for told in _changes(result, lang, unit, name)]


def _changes(result: Result, lang: Language, unit: Unit, name: str) -> list[str]:
    items = looked_at(result, PREVIOUS)
    if not items:
        return []
    waves = {PREVIOUS: result.facts["previous_wave"], FIRST: result.facts["first_wave"]}
    several = bool(looked_at(result, FIRST))
    since = {kind: lang.wave(result, wave) for kind, wave in waves.items()}
    made = {kind: claimed(result, kind) for kind in (FIRST, PREVIOUS, SLOPE)}
    if len(items) == 1:
        label = name or quoted(lang, [lang.label(result, items[0])])
        step = next(row for row in result.claims.to_dict("records") if row["kind"] == PREVIOUS)["estimate"]
        return [_one_change(lang, unit, label, made, since, unit.show(lang, step, difference=True), several)]
    told = [
        _listed(result, lang, unit, mark("Since {wave}: {items}"), made[kind], wave=since[kind])
        for kind in (FIRST, PREVIOUS)
        if made[kind]
    ]
    if made[SLOPE] and not told:
        told.append(_listed(result, lang, unit, mark("On average from wave to wave: {items}"), made[SLOPE]))
    return told or [lang.text("No reliable change since {wave}", wave=since[FIRST])]


def _one_change(
    lang: Language,
    unit: Unit,
    name: str,
    made: Mapping[str, list[Row]],
    since: Mapping[str, str],
    step: str,
    several: bool,
) -> str:
    change = {kind: unit.change(lang, rows[0]["estimate"]) for kind, rows in made.items() if rows}
    up = {kind: rows[0]["estimate"] > 0 for kind, rows in made.items() if rows}
    values = {"name": name, "wave": since[FIRST], "before": since[PREVIOUS], "change": change.get(FIRST, ""),
              "step": step}  # fmt: skip
    if FIRST in change and PREVIOUS in change:
        along = mark("{name}: {change} since {wave}, {step} of it since {before}")
        back = mark("{name}: {change} since {wave}, but {step} since {before}")
        return lang.text(along if up[FIRST] == up[PREVIOUS] else back, **values)
    if FIRST in change:
        return lang.text("{name}: {change} since {wave}; the last step ({step}) is within chance", **values)
    values["step"] = change.get(PREVIOUS, "")
    if PREVIOUS in change and several:
        return lang.text("{name}: {step} since {before}, but no reliable change since {wave}", **values)
    if PREVIOUS in change:
        return lang.text("{name}: {step} since {before}", **values)
    if SLOPE in change:
        return lang.text(
            "{name}: {slope} from wave to wave on average, though the first and the last do not differ reliably",
            slope=change[SLOPE], **values,
        )  # fmt: skip
    return lang.text("No reliable change since {wave}", **values)


def _listed(result: Result, lang: Language, unit: Unit, sentence: str, rows: Sequence[Row], **values: str) -> str:
    """The items of claims with their size, at most so many."""
    shown = [
        f"{quoted(lang, [lang.label(result, row['item'])])} {unit.show(lang, row['estimate'], difference=True)}"
        for row in rows[:TOLD]
    ]
    if len(rows) > TOLD:
        shown.append(lang.text("and {n} more", n=len(rows) - TOLD))
    return lang.text(sentence, items=", ".join(shown), **values)


def group_sentences(result: Result, words: Language, unit: Unit, *, named: bool = True) -> list[str]:
    """How far which groups lie from the rest, in ``unit``; with ``named``, or of shares, on which item."""
    if not looked_at(result, REST):
        return []
    rows = claimed(result, REST)
    if not rows:
        return [words.text("No group differs reliably from the rest; a small difference may still exist.")]
    shares = unit.kind == "share"
    return [
        words.plural(
            *GAPS[shares, named or shares, row["estimate"] > 0], abs(row["estimate"]) * (100 if shares else 1),
            digits=unit.digits, group=words.group(result, row["group"]), item=words.label(result, row["item"]),
            p=words.p(row["p_page"]),
        )
        for row in rows[:TOLD]
    ]  # fmt: skip


def outcome_of(result: Result) -> str:
    """The item that the drivers of a result explain."""
    return result.settings.get("outcome") or result.settings["score"]


def driver_sentences(result: Result, words: Language) -> list[str]:
    """Which driver explains most of the outcome, when the result has several."""
    importance = now_of(result, "importance")
    if len(importance) < 2:
        return []
    leading = possible_first(result, DRIVER, importance)
    item = max(leading, key=lambda name: importance[name]["estimate"])
    top = importance[item]
    interval = words.text("{low} to {high}", low=words.percent(top["low"]), high=words.percent(top["high"]))
    values = {"item": words.label(result, item), "outcome": words.label(result, outcome_of(result)),
              "share": words.percent(top["estimate"]), "r2": words.percent(result.facts["r2"]), "interval": interval,
              "items": quoted(words, [words.label(result, name) for name in leading])}  # fmt: skip
    clear = mark(
        "The drivers explain {r2} of the differences in “{outcome}”. “{item}” matters most: {share} of that "
        "({interval})."
    )
    some = mark("The drivers explain {r2} of the differences in “{outcome}”. What matters most is one of {items}.")
    open_ = mark("The drivers explain {r2} of the differences in “{outcome}”. Which one matters most is open.")
    few = len(leading) <= FEW and len(leading) < len(importance)
    return [words.text(clear if len(leading) == 1 else some if few else open_, **values)]
