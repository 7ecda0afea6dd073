"""What an NPS says in words."""

from cxkit.result import Result
from cxkit.show.claims import change_sentences, driver_sentences, group_sentences
from cxkit.show.language import Language, mark
from cxkit.show.rows import too_few, total
from cxkit.show.units import POINTS
from cxkit.show.wording import KeyFigure, Reading, answers, between, moved, star


def prose(result: Result, words: Language) -> Reading:
    """The score, its parts, and what it is in groups, waves and by drivers."""
    row = total(result, "nps")
    parts = {term: total(result, term) for term in ("promoters", "passives", "detractors")}
    shown = {term: words.percent(part["estimate"]) for term, part in parts.items()}
    score = words.number(row["estimate"])
    sentence = {
        "recommend": mark("NPS is {score}: {promoters} promoters, {detractors} detractors"),
        "expectation": mark("Better than expected for {promoters}, worse for {detractors}: a score of {score}"),
    }[result.settings["variant"]]
    headline = words.text(sentence, score=score, **shown)
    small = [between(words, row), moved(words, result, result.settings["score"], POINTS)]
    figures = [KeyFigure("NPS", score + star(row), "; ".join(filter(None, small)))]
    for name, term in ((words.text("Promoters"), "promoters"), (words.text("Detractors"), "detractors")):
        low, high = (words.percent(parts[term][end]) for end in ("low", "high"))
        figures.append(
            KeyFigure(name, shown[term] + star(parts[term]), words.text("{low} to {high}", low=low, high=high))
        )
    figures.append(answers(words, result, result.facts["n"], mark("Answers")))
    scale = result.settings["scale"][result.settings["score"]]
    reading = [
        words.text(
            "If everyone had been asked, the score would with {level} confidence lie between {low} and {high}.",
            level=words.percent(result.settings["level"]),
            low=words.number(row["low"]), high=words.number(row["high"]),
        ),
        words.text(
            "{passives} are passive; the mean answer is {mean} on {min}–{max}.",
            mean=words.number(total(result, "mean")["estimate"], 1), min=scale["min"], max=scale["max"],
            passives=shown["passives"],
        ),
    ]  # fmt: skip
    reading += [
        *change_sentences(result, words, POINTS, "NPS"), *driver_sentences(result, words),
        *group_sentences(result, words, POINTS, named=False),
    ]  # fmt: skip
    return Reading(headline, figures, reading)


def score_title(result: Result, lang: Language) -> str:
    if too_few(result):
        return lang.text("Too few answers to report")
    row = total(result, "nps")
    low, high = lang.number(row["low"]), lang.number(row["high"])
    return lang.text("NPS is {score} ({low} to {high})", score=lang.number(row["estimate"]), low=low, high=high)


def spread_title(result: Result, lang: Language) -> str:
    top, bottom = total(result, "promoters")["estimate"], total(result, "detractors")["estimate"]
    lowest = result.settings["scale"][result.settings["score"]]["min"]
    return lang.text(
        "{top} answer 9 or 10, {bottom} answer {lowest} to 6",
        top=lang.percent(top), bottom=lang.percent(bottom), lowest=lowest,
    )  # fmt: skip
