"""What a path model says in words: the index, what goes with it, and what it goes with."""

from cxkit.measure.claims import IMPROVE
from cxkit.measure.comparison import REST
from cxkit.measure.drivers import DRIVER
from cxkit.methods.acsi_regression.claims import LINK
from cxkit.result import ARROW, Result, Row
from cxkit.show.claims import change_sentences
from cxkit.show.language import Language, mark
from cxkit.show.rows import Rows, claimed, current_rows, looked_at, now_of, possible_first
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
    if first := _alone(result, DRIVER):
        sentence = mark("“{target}” reaches {index} of 100 points; what matters most for it is “{item}”")
        return words.text(sentence, target=label, index=index, item=words.label(result, first))
    return index_title(result, words)


def _alone(result: Result, kind: str) -> str:
    """The one driver that is first of several, where that can be told."""
    rows = drivers(result)
    leading = possible_first(result, kind, rows)
    return leading[0] if len(leading) == 1 < len(rows) else ""


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
        told
        for tell in (_explained, _before, _first, _after, _open, _groups, change_sentences)
        for told in tell(result, words)
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


def _linked(result: Result, rows: Rows) -> list[str]:
    """The constructs of these effects whose link with the target holds, the strongest first."""
    held = {end for row in claimed(result, LINK) for end in row["item"].split(ARROW)}
    return [item for item in strongest(rows) if item in held and rows[item]["low"] == rows[item]["low"]]


def _explained(result: Result, words: Language) -> list[str]:
    """How much the drivers explain, and which is the strongest."""
    r2, impact, target = now_of(result, "r2"), drivers(result), result.settings["target"]
    if target not in r2 or not impact:
        return []
    first = _alone(result, DRIVER)
    alone = mark("The drivers explain {r2} of the differences in “{target}”.")
    strong = mark("The drivers explain {r2} of the differences in “{target}”; “{item}” is the strongest.")
    open_ = mark("The drivers explain {r2} of the differences in “{target}”; which of them is the strongest is open.")
    sentence = strong if first else open_ if len(impact) > 1 else alone
    values = {"target": words.label(result, target), "item": words.label(result, first)}
    return [words.text(sentence, r2=words.percent(r2[target]["estimate"]), **values)]


def _before(result: Result, words: Language) -> list[str]:
    """What goes with the target, strongest first; one fewer where links without proof are told too."""
    target, rows = result.settings["target"], drivers(result)
    most = DRIVERS - bool(_open(result, words))
    return [_link(result, words, item, target, rows[item]) for item in _linked(result, rows)[:most]]


def _after(result: Result, words: Language) -> list[str]:
    """What the target goes with."""
    target, rows = result.settings["target"], results_of(result)
    return [_link(result, words, target, item, rows[item]) for item in _linked(result, rows)[:RESULTS]]


def _open(result: Result, words: Language) -> list[str]:
    """The links before and after the target that do not hold."""
    rows = drivers(result) | results_of(result)
    sure = _linked(result, rows)
    names = [words.label(result, item) for item, row in rows.items() if row["low"] == row["low"] and item not in sure]
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
    """The driver with the most to gain, impact times the points left up to 100, where one has more than others."""
    index, item = now_of(result, "index"), _alone(result, IMPROVE)
    if item not in index or item not in _linked(result, drivers(result)):
        return []
    return [words.text(
        "Improve first “{item}”: its index is {index} of 100, and given the strength of its link with “{target}” it "
        "leaves the most points to gain.",
        item=words.label(result, item), index=words.number(index[item]["estimate"], 1),
        target=words.label(result, result.settings["target"]),
    )]  # fmt: skip


def _groups(result: Result, words: Language) -> list[str]:
    """The best and the worst of the groups that differ reliably from the rest in the target."""
    target = result.settings["target"]
    if not looked_at(result, REST):
        return []
    sure = claimed(result, REST)
    index = result.rows(term="index", item=target, wave=result.facts["wave"]).set_index("group")["estimate"]
    above, below = (
        index.reindex([row["group"] for row in sure if (row["estimate"] > 0) == up]) for up in (True, False)
    )
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
