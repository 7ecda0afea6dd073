"""What a satisfaction tree says in words."""

from cxkit.measure.claims import IMPORTANT, IMPROVE
from cxkit.result import Result
from cxkit.show.claims import FEW, change_sentences, driver_sentences, group_sentences, verdict_of
from cxkit.show.language import Language, mark
from cxkit.show.rows import claimed, now_of, possible_first, total
from cxkit.show.units import INDEX
from cxkit.show.wording import Reading, answers, between, level, quoted, too_few_sentence
from cxkit.survey.trees import read_tree

HEADLINES = {
    "reached": mark("{root}: {index} of 100, the target of {target} is reached"),
    "not_reached": mark("{root}: {index} of 100, the target of {target} is not reached"),
    "undecided": mark("{root}: {index} of 100, whether the target of {target} is reached is open"),
}


def root_title(result: Result, words: Language) -> str:
    """The whole index and the verdict on it."""
    root = read_tree(result.settings["tree"])[0].name
    row = total(result, "index", root)
    if row["base"] == "hidden":  # levels from the books may be shown still
        return words.text("Too few answers to report")
    sentence = HEADLINES[verdict_of(result, row)]
    index, target = words.number(row["estimate"], 1), words.number(result.settings["target"])
    return words.text(sentence, root=words.label(result, root), index=index, target=target)


def prose(result: Result, words: Language) -> Reading:
    """Headline, key figures and reading of a tree."""
    tree = read_tree(result.settings["tree"])
    rows = now_of(result, "index")
    if tree[0].name not in rows:
        few = [too_few_sentence(words, result)]
        return Reading(root_title(result, words), [], [*few, *_compared(result, words)])
    parts = [tree[k].name for k in tree[0].children if tree[k].name in rows]
    parts.sort(key=lambda name: -rows[name]["estimate"])
    shown = [tree[0].name] + [parts[0], parts[-1]] * (len(parts) > 1)
    figures = [level(words, result, rows[name]) for name in shown]
    figures.append(answers(words, result, result.facts["rows"]))
    sentences = [*_first(result, words), *_quadrants(result, words), *_compared(result, words)]
    return Reading(root_title(result, words), figures, sentences)


def _compared(result: Result, words: Language) -> list[str]:
    """What changed, what matters most, and which groups differ."""
    changed = change_sentences(result, words)
    return [*changed, *driver_sentences(result, words), *group_sentences(result, words, INDEX)]


def _first(result: Result, words: Language) -> list[str]:
    """The leaf whose gap to the target costs the whole most, as far as it can be told from the others."""
    known = now_of(result, "priority")
    if not any(row["estimate"] > 0 for row in known.values()):
        leaves = result.rows(term="priority", group="", wave=result.facts["wave"])
        return [words.text("No part lies below its target.")] * (len(known) == len(leaves))
    if len(known) < 2:
        return []  # there is nothing to choose from
    leading = possible_first(result, IMPROVE, known)  # a part at its target now may in truth lie below it
    if len(leading) > 1:
        few = len(leading) <= FEW and len(leading) < len(known)
        some = mark("Improve first one of {items}: which of them costs the whole most cannot be told.")
        open_ = mark("Which part to improve first cannot be told from these answers.")
        items = quoted(words, [words.label(result, item) for item in leading])
        return [words.text(some if few else open_, items=items)]
    index, weight = now_of(result, "index"), now_of(result, "total_weight")
    target, item = result.settings["target"], leading[0]
    return [
        words.text(
            "Improve first “{item}”: it has {weight} of the weight and lies {gap} points below the target; "
            "closing the gap would add {points} points to the whole{interval}.",
            item=words.label(result, item), weight=words.percent(weight[item]["estimate"]),
            gap=words.number(target - index[item]["estimate"], 1), points=words.number(known[item]["estimate"], 1),
            interval=f" ({ends})" if (ends := between(words, known[item], 1)) else "",
        )
    ]  # fmt: skip


def _quadrants(result: Result, words: Language) -> list[str]:
    concentrate = mark("Concentrate on “{item}”: important and below average.")
    keep = mark("Keep up “{item}”: important and above average.")
    told = []
    for row in sorted(claimed(result, IMPORTANT), key=lambda row: row["estimate"] > 0):
        sentence = concentrate if row["estimate"] < 0 else keep
        told.append(words.text(sentence, item=words.label(result, row["item"])))
    return told
