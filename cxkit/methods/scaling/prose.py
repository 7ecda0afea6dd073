"""What rating items say in words."""

import pandas as pd

from cxkit.measure.claims import PAIR
from cxkit.measure.key_errors import named
from cxkit.result import Result
from cxkit.show.claims import FEW, change_sentences, driver_sentences, group_sentences
from cxkit.show.language import Language, mark, span
from cxkit.show.rows import looked_at, possible_first, too_few, total
from cxkit.show.units import SCALE_POINTS
from cxkit.show.wording import KeyFigure, Reading, answers, between, moved, quoted, star
from cxkit.survey.cards import card

CONSISTENT = 0.7  # alpha from which items may be averaged, Nunnally 1978


def prose(result: Result, words: Language) -> Reading:
    """The best and the worst item, whether items go together, and what differs or changed."""
    rows = ranked(result)
    figures: list[KeyFigure] = []
    reading = []
    if len(rows) > 1 and len(overall := result.rows(item="scale_score", group="", wave=result.facts["wave"])):
        row = overall.iloc[0]
        if row["base"] != "hidden":
            value = words.number(row["estimate"]) + star(row)
            figures.append(KeyFigure(words.text("All items, 0–100"), value, between(words, row)))
    ends = rows if len(rows) == 1 else rows.iloc[[0, -1]]
    for item in ends["item"]:
        scale = card(item, result.settings["scale"][item])
        top, bottom, mean, index = (total(result, term, item) for term in ("top_box", "bottom_box", "mean", "index"))
        label, share, scores = words.label(result, item), words.percent(top["estimate"]), span(scale.top)
        given = words.text("{top} give {scores}", top=share, scores=scores)
        changed = moved(words, result, item, SCALE_POINTS, mark("mean {change} since {wave}"))
        small = "; ".join(filter(None, [between(words, index), given, changed]))
        figures.append(KeyFigure(f"{label}, 0–100", words.number(index["estimate"]) + star(index), small))
        reading.append(words.text(
            "“{item}”: {top} give {top_scores}, {bottom} give {bottom_scores}; the mean is {mean}.",
            item=label, top=share, top_scores=scores, bottom=words.percent(bottom["estimate"]),
            bottom_scores=span(scale.bottom), mean=words.number(mean["estimate"], 2),
        ))  # fmt: skip
    figures.append(answers(words, result, result.facts["rows"]))
    reading += [
        *together(result, words), *change_sentences(result, words, SCALE_POINTS), *driver_sentences(result, words),
        *group_sentences(result, words, SCALE_POINTS),
    ]  # fmt: skip
    return Reading(items_title(result, words), figures, reading)


def together(result: Result, words: Language) -> list[str]:
    """Whether the items of a scale go together, and which run against the others; nothing without alpha."""
    if "alpha" not in result.facts:
        return []
    against = mark(
        "The items do not all go together (alpha {alpha}, {alpha_low} to {alpha_high}). Running against the others: "
        "{items}."
    )
    well = mark("The items go together well enough to be averaged (alpha {alpha}, {alpha_low} to {alpha_high}).")
    open_ = mark("Whether the items go together well enough is open (alpha {alpha}, {alpha_low} to {alpha_high}).")
    loose = mark("The items go together only loosely (alpha {alpha}, {alpha_low} to {alpha_high}); read them singly.")
    apart = mark("The items do not go together (alpha {alpha}, {alpha_low} to {alpha_high}); read them singly.")
    alpha, low, high = (result.facts[name] for name in ("alpha", "alpha_low", "alpha_high"))
    names = [words.label(result, item) for item in named(result.notes)]
    told = well if low >= CONSISTENT else open_ if high >= CONSISTENT else loose if alpha >= 0 else apart
    sentence = against if names else told
    values = {name: words.number(result.facts[name], 2) for name in ("alpha", "alpha_low", "alpha_high")}
    return [words.text(sentence, **values, items=quoted(words, names))]


def ranked(result: Result) -> pd.DataFrame:
    """Items of the current wave from best to worst on 0-100, those with numbers only."""
    rows = result.rows(term="index", group="", wave=result.facts["wave"])
    rows = rows[rows["item"].isin(result.settings["items"]) & rows["estimate"].notna()]
    return rows.sort_values("estimate", ascending=False, kind="stable")


def items_title(result: Result, lang: Language) -> str:
    """Which items are highest and which lowest, as far as that is reliable."""
    if too_few(result):
        return lang.text("Too few answers to report")
    names = ranked(result)["item"].tolist()
    if len(names) == 1:
        index = lang.number(ranked(result)["estimate"].iloc[0])
        return lang.text("“{item}” reaches {index} of 100 points", item=lang.label(result, names[0]), index=index)
    if not looked_at(result, PAIR):
        return lang.text("How customers rate the service")
    first, last = (possible_first(result, PAIR, names, lowest=lowest) for lowest in (False, True))
    labels = {"first": lang.label(result, first[0]), "last": lang.label(result, last[-1])}
    if len(first) == len(last) == 1:
        return lang.text("“{first}” is rated highest, “{last}” lowest", **labels)
    if len(first) == 1:
        return lang.text("“{first}” is rated highest", **labels)
    if len(last) == 1:
        return lang.text("“{last}” is rated lowest", **labels)
    if len(first) <= FEW and len(first) < len(names):
        items = quoted(lang, [lang.label(result, name) for name in first])
        return lang.text("Among the highest: {items}", items=items)
    return lang.text("No item is reliably rated highest or lowest")
