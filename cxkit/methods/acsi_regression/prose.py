"""What a path model says in words: the index, what goes with it, and what it goes with."""

from cxkit.result import Result, Row
from cxkit.show.language import Language, mark
from cxkit.show.rows import Rows, compared, current_rows, now_of
from cxkit.show.wording import KeyFigure, Reading, answers, level, quoted, star, too_few_sentence

STEP = 5  # points that links are told for: one point is less than anybody can picture
DRIVERS, RESULTS = 3, 2  # at most so many links into and out of the target are told
LINKS = {
    True: mark("Five points more of “{cause}” go with {points} points more of “{effect}” ({interval})."),
    False: mark("Five points more of “{cause}” go with {points} points less of “{effect}” ({interval})."),
}


def index_title(result: Result, words: Language) -> str:
    """The index of the target, or why there is none."""
    target = result.settings["target"]
    row, label = current_rows(result, "index")[target], words.label(result, target)
    if row["base"] == "hidden":
        return words.text("Too few answers to report")
    if row["estimate"] != row["estimate"]:
        return words.text("“{item}” has no index, as some of its answers count negatively", item=label)
    return words.text("“{item}” reaches {index} of 100 points", item=label, index=words.number(row["estimate"], 1))


def path_title(result: Result, words: Language) -> str:
    """The index of the target, and its strongest driver when no other comes near."""
    target = result.settings["target"]
    row = now_of(result, "index").get(target)
    if not row:
        return index_title(result, words)
    label, index = words.label(result, target), words.number(row["estimate"], 1)
    impact = drivers(result)
    first, *others = strongest(impact) or [""]
    if others and impact[first]["low"] > max(impact[item]["high"] for item in others):
        sentence = mark("“{target}” reaches {index} of 100 points; what matters most for it is “{item}”")
        return words.text(sentence, target=label, index=index, item=words.label(result, first))
    return index_title(result, words)


def prose(result: Result, words: Language) -> Reading:
    """Headline, key figures and reading of a path model."""
    target, index = result.settings["target"], now_of(result, "index")
    if current_rows(result, "index")[target]["base"] == "hidden":
        return Reading(path_title(result, words), [], [too_few_sentence(words, result)])
    last = [name for name in result.settings["constructs"] if name in index and name != target][-1:]
    figures = [level(words, result, index[name]) for name in (target, *last) if name in index]
    label = words.label(result, target)
    if target in (r2 := now_of(result, "r2")):
        explained = words.text("“{target}”: explained share", target=label)
        figures.append(KeyFigure(explained, words.percent(r2[target]["estimate"]) + star(r2[target])))
    figures.append(answers(words, result, result.facts["rows"]))
    reading = [
        told for tell in (_explained, _before, _first, _after, _open, _groups, change) for told in tell(result, words)
    ]
    return Reading(path_title(result, words), figures, reading)


def drivers(result: Result) -> Rows:
    """The impact on the target of every construct before it, all respondents of the current wave."""
    return {item: row for item, row in now_of(result, "impact").items() if item != result.settings["target"]}


def strongest(rows: Rows) -> list[str]:
    """The names from the largest impact down, whatever its sign."""
    return sorted(rows, key=lambda item: -abs(rows[item]["estimate"]))


def results_of(result: Result) -> Rows:
    """What the target leads to: construct -> effect along all routes, in points per point."""
    start = f"{result.settings['target']} -> "
    effects = now_of(result, "path_points") | now_of(result, "total_points")
    return {item.removeprefix(start): row for item, row in effects.items() if item.startswith(start)}


def _sure(row: Row) -> bool:
    return bool(row["low"] > 0 or row["high"] < 0)


def _explained(result: Result, words: Language) -> list[str]:
    """How much the drivers explain, and whether plain regression puts the same one first."""
    r2, impact, target = now_of(result, "r2"), drivers(result), result.settings["target"]
    if target not in r2 or not impact:
        return []
    slopes = now_of(result, "regression_total")
    plain_impact = {item: slopes[f"{item} -> {target}"] for item in impact if f"{item} -> {target}" in slopes}
    first, other = strongest(impact)[0], strongest(plain_impact)[0] if len(plain_impact) > 1 else ""
    alone = mark("The drivers explain {r2} of the differences in “{target}”.")
    same = mark(
        "The drivers explain {r2} of the differences in “{target}”; “{item}” is the strongest, "
        "in plain regression too."
    )
    differ = mark(
        "The drivers explain {r2} of the differences in “{target}”; the strongest is “{item}” in this model but "
        "“{other}” in plain regression, so their order is open."
    )
    sentence = (same if first == other else differ) if other else alone
    values = {"item": words.label(result, first), "other": words.label(result, other)}
    return [
        words.text(sentence, r2=words.percent(r2[target]["estimate"]), target=words.label(result, target), **values)
    ]


def _before(result: Result, words: Language) -> list[str]:
    """What goes with the target, strongest first; one fewer where links without proof are told too."""
    target, rows = result.settings["target"], drivers(result)
    sure = [item for item in strongest(rows) if _sure(rows[item])]
    return [_link(result, words, item, target, rows[item]) for item in sure[: DRIVERS - bool(_open(result, words))]]


def _after(result: Result, words: Language) -> list[str]:
    """What the target goes with."""
    target, rows = result.settings["target"], results_of(result)
    sure = [item for item in strongest(rows) if _sure(rows[item])]
    return [_link(result, words, target, item, rows[item]) for item in sure[:RESULTS]]


def _open(result: Result, words: Language) -> list[str]:
    """The links before and after the target whose intervals hold 0."""
    rows = drivers(result) | results_of(result)
    names = [words.label(result, item) for item, row in rows.items() if row["low"] <= 0 <= row["high"]]
    if not names:
        return []
    target = words.label(result, result.settings["target"])
    sentence = mark("No reliable link with “{target}” shows for: {items}.")
    return [words.text(sentence, target=target, items=quoted(words, names))]


def _link(result: Result, words: Language, cause: str, effect: str, row: Row) -> str:
    more = bool(row["estimate"] > 0)
    points, *ends = (STEP * (row[name] if more else -row[name]) for name in ("estimate", "low", "high"))
    digits = 1 if points >= 0.05 else 2  # a reliable link is never told as 0.0
    low, high = (words.number(end, digits) for end in sorted(ends))
    return words.text(
        LINKS[more], cause=words.label(result, cause), effect=words.label(result, effect),
        points=words.number(points, digits), interval=words.text("{low} to {high}", low=low, high=high),
    )  # fmt: skip


def _first(result: Result, words: Language) -> list[str]:
    """The driver with the most to gain: impact times the points left up to 100."""
    rows, index = drivers(result), now_of(result, "index")
    gains = {item: row["estimate"] * (100 - index[item]["estimate"]) for item, row in rows.items()
             if row["low"] > 0 and item in index}  # fmt: skip
    if len(rows) < 2 or not gains:
        return []
    item = max(gains, key=lambda name: gains[name])
    return [words.text(
        "Improve first “{item}”: its index is {index} of 100, and given the strength of its link with “{target}” it "
        "leaves the most points to gain.",
        item=words.label(result, item), index=words.number(index[item]["estimate"], 1),
        target=words.label(result, result.settings["target"]),
    )]  # fmt: skip


def _groups(result: Result, words: Language) -> list[str]:
    """The best and the worst of the groups that differ reliably from the rest in the target."""
    target = result.settings["target"]
    tested = compared(result, "rest").query("item == @target")
    if tested.empty:
        return []
    sure = tested[tested["p_adjusted"] < 1 - result.settings["level"]].set_index("group")["estimate"]
    index = result.rows(term="index", item=target, wave=result.facts["wave"]).set_index("group")["estimate"]
    above, below = index.reindex(sure.index[sure > 0]), index.reindex(sure.index[sure < 0])
    values = {"target": words.label(result, target)}
    if len(above):
        values |= {"best": words.group(result, str(above.idxmax())), "high": words.number(above.max(), 1)}
    if len(below):
        values |= {"worst": words.group(result, str(below.idxmin())), "low": words.number(below.min(), 1)}
    sentence = {
        (True, True): mark(
            "On “{target}”, “{best}” lies reliably above the rest ({high} of 100), “{worst}” below ({low})."
        ),
        (True, False): mark("On “{target}”, “{best}” lies reliably above the rest ({high} of 100)."),
        (False, True): mark("On “{target}”, “{worst}” lies reliably below the rest ({low} of 100)."),
        (False, False): mark(
            "On “{target}”, no group differs reliably from the rest; a small difference may still exist."
        ),
    }[bool(len(above)), bool(len(below))]
    return [words.text(sentence, **values)]


def change(result: Result, words: Language) -> list[str]:
    """How the index of the target moved since the wave before, in percent."""
    target, before = result.settings["target"], words.wave(result, result.facts["previous_wave"])
    tested = compared(result, "previous").query("item == @target")
    row = now_of(result, "change_previous").get(target)
    if tested.empty or not row or row["low"] != row["low"]:
        return []
    values = {"target": words.label(result, target), "wave": before}
    if tested["p_adjusted"].iloc[0] >= 1 - result.settings["level"]:
        return [words.text("No reliable change of “{target}” since {wave}.", **values)]
    rose = mark("The index of “{target}” rose by {change} since {wave} ({low} to {high}).")
    fell = mark("The index of “{target}” fell by {change} since {wave} ({low} to {high}).")
    sign = 1 if row["estimate"] > 0 else -1
    change, low, high = (_percent(words, sign * row[name]) for name in ("estimate", "low", "high"))
    low, high = (low, high) if sign > 0 else (high, low)
    return [words.text(rose if sign > 0 else fell, change=change, low=low, high=high, **values)]


def _percent(words: Language, value: float) -> str:
    return words.text("{change}%", change=words.number(value, 1))
