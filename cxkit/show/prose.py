"""Prose: headline, key figures, reading and caveats in whole sentences."""

from collections.abc import Callable
from html import escape

from cxkit.methods.acsi_regression import prose as path_prose
from cxkit.methods.csi_tree.prose import tree_prose
from cxkit.methods.semantic_differential import prose as profile_prose
from cxkit.result import Result
from cxkit.show import findings, key_prose
from cxkit.show.caveats import caveats
from cxkit.show.language import Language, language, mark, plain, span
from cxkit.show.phrases import Figures, answers, between, matters, star
from cxkit.show.table import DIGITS, unit
from cxkit.show.view import View
from cxkit.survey.cards import card


def prose(result: Result, lang: str = "en") -> View:
    """Say what a Result found: a headline, key figures, a reading and its caveats.

    Parameters
    ----------
    lang : en, ru, uz or uz_Cyrl.

    Raises
    ------
    SettingsError : the language is unknown.

    >>> import cxkit as cx
    >>> "NPS" in cx.prose(cx.nps(cx.sample("shop"), weight="weight"), "ru").html
    True
    """
    words = language(lang)
    if findings.too_few(result):
        headline = words.text("Too few answers to report")
        base = words.number(result.settings["min_base"])
        reading = [words.text("Numbers are shown from {base} answers on; fewer say too little.", base=base)]
        figures: Figures = []
    else:
        headline, figures, reading = PROSE[result.method](result, words)
        if result.method not in WHOLE:
            if len(findings.compared(result, "previous")):
                reading.append(findings.change_title(result, words) + ".")
            reading += matters(result, words) + _groups(result, words)
    keys = "".join(
        f"<div><dt>{_safe(name)}</dt><dd>{_safe(value)}{_small(small)}</dd></div>" for name, value, small in figures
    )
    body = "".join(f"<p>{_safe(sentence)}</p>" for sentence in reading)
    heading = words.text("Please note")
    notes = "".join(f"<li>{_safe(sentence)}</li>" for sentence in caveats(result, words))
    return View(
        f'<div class="cx-prose"><h2>{_safe(headline)}</h2>'
        + (f"<dl>{keys}</dl>" if keys else "")
        + body
        + (f"<h3>{_safe(heading)}</h3><ul>{notes}</ul>" if notes else "")
        + "</div>"
    )


def _scaling(result: Result, words: Language) -> tuple[str, Figures, list[str]]:
    rows = findings.ranked(result)
    figures: Figures = []
    reading = []
    if len(rows) > 1 and len(overall := result.rows(item="scale_score", group="", wave=result.facts["wave"])):
        row = overall.iloc[0]
        if row["base"] != "hidden":
            value = words.number(row["estimate"]) + star(row)
            figures.append((words.text("All items, 0–100"), value, between(words, row)))
    ends = rows if len(rows) == 1 else rows.iloc[[0, -1]]
    for item in ends["item"]:
        scale = card(item, result.settings["scale"][item])
        top, bottom, mean, index = (
            findings.total(result, term, item) for term in ("top_box", "bottom_box", "mean", "index")
        )
        label, share, scores = words.label(result, item), words.percent(top["estimate"]), span(scale.top)
        given = words.text("{top} give {scores}", top=share, scores=scores)
        small = "; ".join(filter(None, [between(words, index), given]))
        figures.append((f"{label}, 0–100", words.number(index["estimate"]) + star(index), small))
        reading.append(words.text(
            "“{item}”: {top} give {top_scores}, {bottom} give {bottom_scores}; the mean is {mean}.",
            item=label, top=share, top_scores=scores, bottom=words.percent(bottom["estimate"]),
            bottom_scores=span(scale.bottom), mean=words.number(mean["estimate"], 2),
        ))  # fmt: skip
    figures.append(answers(words, result, result.facts["rows"]))
    reading += key_prose.together(result, words)
    return findings.items_title(result, words), figures, reading


def _nps(result: Result, words: Language) -> tuple[str, Figures, list[str]]:
    row = findings.total(result, "nps")
    parts = {term: findings.total(result, term) for term in ("promoters", "passives", "detractors")}
    shown = {term: words.percent(part["estimate"]) for term, part in parts.items()}
    score = words.number(row["estimate"])
    sentence = {
        "recommend": mark("NPS is {score}: {promoters} promoters, {detractors} detractors"),
        "expectation": mark("Better than expected for {promoters}, worse for {detractors}: a score of {score}"),
    }[result.settings["variant"]]
    headline = words.text(sentence, score=score, **shown)
    figures = [("NPS", score + star(row), between(words, row))]
    for name, term in ((words.text("Promoters"), "promoters"), (words.text("Detractors"), "detractors")):
        low, high = (words.percent(parts[term][end]) for end in ("low", "high"))
        figures.append((name, shown[term] + star(parts[term]), words.text("{low} to {high}", low=low, high=high)))
    figures.append(answers(words, result, result.facts["n"]))
    scale = result.settings["scale"][result.settings["score"]]
    reading = [
        words.text(
            "If everyone had been asked, the score would with {level} confidence lie between {low} and {high}.",
            level=words.percent(result.settings["level"]),
            low=words.number(row["low"]), high=words.number(row["high"]),
        ),
        words.text(
            "{passives} are passive; the mean answer is {mean} on {min}–{max}.",
            mean=words.number(findings.total(result, "mean")["estimate"], 1), min=scale["min"], max=scale["max"],
            passives=shown["passives"],
        ),
    ]  # fmt: skip
    return headline, figures, reading


PROSE: dict[str, Callable[[Result, Language], tuple[str, Figures, list[str]]]] = {
    "scaling": _scaling, "semantic_differential": profile_prose.reading, "csi_tree": tree_prose,
    "acsi_regression": path_prose.path_prose, "nps": _nps,
}  # fmt: skip
WHOLE = ("acsi_regression",)  # what these say tells of groups and waves too


GAPS = {
    (True, True): (
        mark("{group} lies {n} point above the rest ({p})."),
        mark("{group} lies {n} points above the rest ({p})."),
    ),
    (True, False): (
        mark("{group} lies {n} point below the rest ({p})."),
        mark("{group} lies {n} points below the rest ({p})."),
    ),
    (False, True): (
        mark("{group} lies {n} point above the rest on “{item}” ({p})."),
        mark("{group} lies {n} points above the rest on “{item}” ({p})."),
    ),
    (False, False): (
        mark("{group} lies {n} point below the rest on “{item}” ({p})."),
        mark("{group} lies {n} points below the rest on “{item}” ({p})."),
    ),
}


def _groups(result: Result, words: Language) -> list[str]:
    if findings.compared(result, "rest").empty:
        return []
    rows = findings.reliable(result, "rest")
    if rows.empty:
        return [words.text("No group differs reliably from the rest; a small difference may still exist.")]
    sentences = []
    if result.facts["groups"] == 2 and not result.facts.get(
        "overlapping"
    ):  # the lower one says the same from the other side
        rows = rows[rows["estimate"] > 0]
    for row in rows.head(5).to_dict("records"):
        one, many = GAPS[result.method == "nps", row["estimate"] > 0]
        digits, item = DIGITS[unit(row["term"])], words.label(result, row["item"])
        group, p = words.group(result, row["group"]), words.p(row["p_adjusted"])
        sentences.append(words.plural(one, many, abs(row["estimate"]), digits=digits, group=group, item=item, p=p))
    return sentences


def _small(text: str) -> str:
    return f"<br><small>{_safe(text)}</small>" if text else ""


def _safe(text: str) -> str:
    return escape(plain(text))
