"""What a satisfaction tree says in words."""

from typing import Any

import pandas as pd

from cxkit.data.trees import read_tree
from cxkit.results import Result
from cxkit.views import findings
from cxkit.views.language import Language, mark
from cxkit.views.phrases import Figures, answers, between

SURE = 0.8  # probability from which a part is said to stand in a quadrant or to matter most
HEADLINES = {
    "reached": mark("{root}: {index} of 100, the target of {target} is reached"),
    "not_reached": mark("{root}: {index} of 100, the target of {target} is not reached"),
    "undecided": mark("{root}: {index} of 100, whether the target of {target} is reached is open"),
}


def root_title(result: Result, words: Language) -> str:
    """The whole index and the verdict on it."""
    if findings.too_few(result):
        return words.text("Too few answers to report")
    root = read_tree(result.settings["tree"])[0].name
    row = findings.total(result, "index", root)
    sentence = HEADLINES[findings.verdict_of(result, row)]
    index, target = words.number(row["estimate"], 1), words.number(result.settings["target"])
    return words.text(sentence, root=words.label(result, root), index=index, target=target)


def tree_prose(result: Result, words: Language) -> tuple[str, Figures, list[str]]:
    """Headline, key figures and reading of a tree."""
    tree = read_tree(result.settings["tree"])
    rows = _records(_of(result, "index"))
    parts = [tree[k].name for k in tree[0].children if tree[k].name in rows]
    parts.sort(key=lambda name: -rows[name]["estimate"])
    shown = [tree[0].name] + [parts[0], parts[-1]] * (len(parts) > 1)
    figures: Figures = [
        (f"{words.label(result, name)}, 0–100", words.number(rows[name]["estimate"], 1), between(words, rows[name]))
        for name in shown
    ]
    figures.append(answers(words, result, result.facts["rows"]))
    reading = [*_first(result, words), *_matters(result, words), *_quadrants(result, words)]
    return root_title(result, words), figures, reading


def _first(result: Result, words: Language) -> list[str]:
    """The leaves whose gap to the target costs the whole most."""
    rows = _of(result, "priority")
    rows = rows[rows["estimate"] > 0].sort_values("estimate", ascending=False, kind="stable")
    if rows.empty:
        return [words.text("No part lies below its target.")]
    index, weight = _of(result, "index")["estimate"], _of(result, "total_weight")["estimate"]
    target = result.settings["target"]
    return [
        words.text(
            "Improve first “{item}”: it has {weight} of the weight and lies {gap} points below the target; "
            "closing the gap would add {points} points to the whole.",
            item=words.label(result, item), weight=words.percent(weight[item]),
            gap=words.number(target - index[item], 1), points=words.number(row["estimate"], 1),
        )
        for item, row in _records(rows.head(2)).items()
    ]  # fmt: skip


def _matters(result: Result, words: Language) -> list[str]:
    importance = _of(result, "importance")
    if importance.empty:
        return []
    item, top = max(_records(importance).items(), key=lambda pair: pair[1]["estimate"])
    first = result.rows(item=item, term="rank", score=1)["estimate"].iloc[0]
    outcome = words.label(result, result.settings["outcome"])
    low, high = words.percent(top["low"]), words.percent(top["high"])
    values = {"item": words.label(result, item), "outcome": outcome, "share": words.percent(top["estimate"]),
              "interval": words.text("{low} to {high}", low=low, high=high), "r2": words.percent(result.facts["r2"]),
              "sure": words.percent(first)}  # fmt: skip
    clear = mark(
        "The parts explain {r2} of the differences in “{outcome}”. “{item}” matters most: {share} of that "
        "({interval}), in first place with a probability of {sure}."
    )
    open_ = mark(
        "The parts explain {r2} of the differences in “{outcome}”. Which part matters most is open; "
        "“{item}” leads with {share} of that ({interval})."
    )
    return [words.text(clear if first >= SURE else open_, **values)]


def _quadrants(result: Result, words: Language) -> list[str]:
    sentences = {
        "concentrate_here": mark("Concentrate on “{item}”: important and below average (probability {sure})."),
        "keep_up": mark("Keep up “{item}”: important and above average (probability {sure})."),
    }
    return [
        words.text(sentence, item=words.label(result, item), sure=words.percent(row["estimate"]))
        for term, sentence in sentences.items() for item, row in _records(_of(result, term)).items()
        if row["estimate"] >= SURE
    ]  # fmt: skip


def _of(result: Result, term: str) -> pd.DataFrame:
    """Rows of a term among all respondents of the current wave that have a number, by item."""
    rows = result.rows(term=term, group="", wave=result.facts["wave"])
    return rows[rows["estimate"].notna()].set_index("item")


def _records(rows: pd.DataFrame) -> dict[str, dict[Any, Any]]:
    return {str(item): row for item, row in rows.to_dict("index").items()}
