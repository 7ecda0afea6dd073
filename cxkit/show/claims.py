"""Claims that several methods make in titles and prose, each only when it is reliable."""

import pandas as pd

from cxkit.result import Result, Row
from cxkit.show.language import Language, mark
from cxkit.show.rows import compared, now_of, reliable
from cxkit.show.units import Unit
from cxkit.show.wording import quoted
from cxkit.stats.rollup import verdict

SURE = 0.8  # probability from which a finding is told as one
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
    rows = reliable(result, "rest")
    if compared(result, "rest").empty:
        return lang.text("By group")
    if rows.empty:
        return lang.text("No group differs reliably from the rest")
    names = list(dict.fromkeys(lang.group(result, g) for g in rows["group"]))
    shown, more = ", ".join(names[:3]), len(names) - 3
    if more > 0:
        return lang.text("Differs reliably from the rest: {groups} and {n} more", groups=shown, n=more)
    return lang.text("Differs reliably from the rest: {groups}", groups=shown)


def change_title(result: Result, lang: Language) -> str:
    """Which items changed reliably since the wave before."""
    if compared(result, "previous").empty:
        return lang.text("By wave")
    before = lang.wave(result, result.facts["previous_wave"])
    rows = reliable(result, "previous")
    if rows.empty:
        return lang.text("No reliable change since {wave}", wave=before)
    names = quoted(lang, [lang.label(result, item) for item in rows["item"]])
    return lang.text("Changed since {wave}: {items}", wave=before, items=names)


def change_sentences(result: Result, lang: Language) -> list[str]:
    """The same as prose; nothing where nothing was compared."""
    return [change_title(result, lang) + "."] if len(compared(result, "previous")) else []


def group_sentences(result: Result, words: Language, unit: Unit, *, named: bool = True) -> list[str]:
    """How far which groups lie from the rest, in ``unit``; with ``named``, or of shares, on which item."""
    if compared(result, "rest").empty:
        return []
    rows = reliable(result, "rest")
    if rows.empty:
        return [words.text("No group differs reliably from the rest; a small difference may still exist.")]
    if result.facts["groups"] == 2 and not result.facts.get("overlapping"):
        rows = rows[rows["estimate"] > 0]  # the lower one says the same from the other side
    shares = unit.kind == "share"
    return [
        words.plural(
            *GAPS[shares, named or shares, row["estimate"] > 0], abs(row["estimate"]) * (100 if shares else 1),
            digits=unit.digits, group=words.group(result, row["group"]), item=words.label(result, row["item"]),
            p=words.p(row["p_adjusted"]),
        )
        for row in rows.head(TOLD).to_dict("records")
    ]  # fmt: skip


def outcome_of(result: Result) -> str:
    """The item that the drivers of a result explain."""
    return result.settings.get("outcome") or result.settings["score"]


def driver_sentences(result: Result, words: Language) -> list[str]:
    """Which driver explains most of the outcome, when the result has several."""
    importance = now_of(result, "importance")
    if len(importance) < 2:
        return []
    item, top = max(importance.items(), key=lambda pair: pair[1]["estimate"])
    first = result.rows(item=item, term="rank", score=1)["estimate"].iloc[0]
    low, high = words.percent(top["low"]), words.percent(top["high"])
    interval = words.text("{low} to {high}", low=low, high=high)
    values = {"item": words.label(result, item), "outcome": words.label(result, outcome_of(result)),
              "share": words.percent(top["estimate"]), "r2": words.percent(result.facts["r2"]),
              "interval": interval, "sure": words.percent(first)}  # fmt: skip
    clear = mark(
        "The drivers explain {r2} of the differences in “{outcome}”. “{item}” matters most: {share} of that "
        "({interval}), in first place with a probability of {sure}."
    )
    open_ = mark(
        "The drivers explain {r2} of the differences in “{outcome}”. Which one matters most is open; "
        "“{item}” leads with {share} of that ({interval})."
    )
    return [words.text(clear if first >= SURE else open_, **values)]
