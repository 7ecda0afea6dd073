"""Claims that several methods make in titles and prose, each only when it is reliable."""

from collections.abc import Mapping, Sequence

import pandas as pd

from cxkit.measure.comparison import FIRST, PREVIOUS, REST, SLOPE
from cxkit.measure.drivers import DRIVER
from cxkit.result import Result, Row
from cxkit.show.language import Language, mark
from cxkit.show.rows import claimed, looked_at, now_of, possible_first
from cxkit.show.units import INDEX, Unit
from cxkit.show.wording import quoted, some
from cxkit.stats.rollup import verdict

FEW = 3  # items that are named where it cannot be told which of them is first
TOLD = 5  # groups, or items that changed, that prose tells of at most
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
    return lang.text("Differs reliably from the rest: {groups}", groups=some(lang, names, FEW))


def change_title(result: Result, lang: Language, unit: Unit = INDEX, name: str = "") -> str:
    """What changed since the first wave and the last, in which direction and how far.

    Parameters
    ----------
    name : what is told of, where it is one thing that needs no quotation marks, such as NPS.
    """
    return (_changes(result, lang, unit, name, FEW) or [lang.text("By wave")])[0]


def change_sentences(result: Result, lang: Language, unit: Unit = INDEX, name: str = "") -> list[str]:
    """The same as prose; nothing where nothing was compared."""
    return [f"{told}." for told in _changes(result, lang, unit, name, TOLD)]


def _changes(result: Result, lang: Language, unit: Unit, name: str, most: int) -> list[str]:
    tested = {kind: looked_at(result, kind) for kind in (FIRST, PREVIOUS)}
    items = list(dict.fromkeys([*tested[PREVIOUS], *tested[FIRST]]))
    if not items:
        return []
    waves = {FIRST: result.facts["first_wave"], PREVIOUS: result.facts["previous_wave"]}
    since = {kind: lang.wave(result, wave) for kind, wave in waves.items()}
    if len(items) == 1:
        label = name or quoted(lang, [lang.label(result, items[0])])
        return [_one_change(result, lang, unit, label, since)]
    made = {kind: claimed(result, kind) for kind in (FIRST, PREVIOUS, SLOPE)}
    told = [
        lang.text("Since {wave}: {items}", wave=since[kind], items=_listed(result, lang, unit, made[kind], most))
        for kind in (FIRST, PREVIOUS)
        if made[kind]
    ]
    if made[SLOPE] and not told:
        items_told = _listed(result, lang, unit, made[SLOPE], most)
        told.append(lang.text("On average from wave to wave: {items}", items=items_told))
    return told or [lang.text("No reliable change since {wave}", wave=since[FIRST if tested[FIRST] else PREVIOUS])]


def _one_change(result: Result, lang: Language, unit: Unit, name: str, since: Mapping[str, str]) -> str:
    """The sentence on the only thing that was compared over waves."""
    waves = result.claims[result.claims["kind"].isin([FIRST, PREVIOUS, SLOPE])].set_index("kind")
    size, made = waves["estimate"].to_dict(), {kind for kind, yes in waves["made"].items() if yes}
    change = {kind: unit.change(lang, value) for kind, value in size.items()}
    values = {"name": name, "wave": since[FIRST], "before": since[PREVIOUS], "change": change.get(FIRST, ""),
              "step": change.get(PREVIOUS, "")}  # fmt: skip
    last = size.get(PREVIOUS, 0.0)
    short = {**values, "step": unit.finer(last).show(lang, last, difference=True)}
    if FIRST in made and PREVIOUS in made:
        whole, step = size[FIRST], size[PREVIOUS]
        if (whole > 0) != (step > 0):
            return lang.text("{name}: {change} since {wave}, but {step} since {before}", **short)
        if abs(step) > abs(whole):  # no part of it: the wave before lies on the other side of the first
            return lang.text("{name}: {change} since {wave}; {step} since {before}", **short)
        return lang.text("{name}: {change} since {wave}, {step} of it since {before}", **short)
    if FIRST in made and PREVIOUS in size:
        return lang.text("{name}: {change} since {wave}; the last step ({step}) is within chance", **short)
    if FIRST in made:
        return lang.text("{name}: {step} since {before}", name=name, step=change[FIRST], before=since[FIRST])
    if PREVIOUS in made and FIRST in size:
        return lang.text("{name}: {step} since {before}, but no reliable change since {wave}", **values)
    if PREVIOUS in made:
        return lang.text("{name}: {step} since {before}", **values)
    if SLOPE in made:
        return lang.text(
            "{name}: {slope} from wave to wave on average, though the first and the last do not differ reliably",
            name=name, slope=change[SLOPE],
        )  # fmt: skip
    return lang.text("No reliable change since {wave}", wave=since[FIRST if FIRST in size else PREVIOUS])


def _listed(result: Result, lang: Language, unit: Unit, rows: Sequence[Row], most: int) -> str:
    """The items of claims with their size, at most so many."""
    return some(lang, [
        f"{quoted(lang, [lang.label(result, row['item'])])} "
        f"{unit.finer(row['estimate']).show(lang, row['estimate'], difference=True)}"
        for row in rows
    ], most)  # fmt: skip


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
            digits=unit.finer(row["estimate"]).digits, group=words.group(result, row["group"]),
            item=words.label(result, row["item"]), p=words.p(row["p_page"]),
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
