"""Prose: headline, key figures, reading and caveats in whole sentences."""

import math
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from cxkit.data.cards import card
from cxkit.results import Result
from cxkit.views import findings, key_prose, path_prose, profile_prose, wave_notes
from cxkit.views.language import Language, language, mark, plain, span
from cxkit.views.letters import undrawn
from cxkit.views.phrases import Figures, answers, between, matters, star
from cxkit.views.table import DIGITS, SMALL, unit
from cxkit.views.tree_prose import tree_prose
from cxkit.views.view import View


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
    notes = "".join(f"<li>{_safe(sentence)}</li>" for sentence in _caveats(result, words))
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
CHECKS = {"acsi_regression": path_prose.checks}  # caveats that are read off the table


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


CAVEATS = {
    "weighted": mark(
        "Answers are weighted: {n} answers (as counted) are as precise as {n_eff} of equal weight would be."
    ),
    "scale_from_one": mark("The question was asked on 1–10 instead of 0–10; compare with other surveys with care."),
    "reversed": mark("“{item}” was asked the other way round; its answers are turned so that high is good."),
    "top_unused": mark(
        "“{item}”: nobody of {n} answered above {score} on {min}–{max}. If it was asked or coded on another scale, "
        "these numbers are wrong."
    ),
    "top_unused_in_wave": mark(
        "“{item}” in “{wave}”: nobody of {n} answered above {score} on {min}–{max}. If it was asked or coded on "
        "another scale, these numbers are wrong."
    ),
    "bottom_unused": mark(
        "“{item}”: nobody of {n} answered below {score} on {min}–{max}. If it was asked or coded on another scale, "
        "these numbers are wrong."
    ),
    "bottom_unused_in_wave": mark(
        "“{item}” in “{wave}”: nobody of {n} answered below {score} on {min}–{max}. If it was asked or coded on "
        "another scale, these numbers are wrong."
    ),
    "zero_weights": mark("Respondents with the weight 0: {n}. They are left out of all numbers."),
    "heavy_weight": mark("One respondent alone carries {share} of all weight; check the weights."),
    "no_spread": mark("Where all answers are the same, no interval can be given."),
    "untested": mark("Comparisons without a test, because nothing varies in them: {n}."),
    "unpaired": mark("Nobody rated both “{item}” and “{object}”; they are compared as independent samples."),
    "object_missing": mark("Respondents who rated “{object}” on no scale: {n}."),
    "group_unknown": mark("Respondents whose group is not known: {n}. They count in the total only."),
    "wave_unknown": mark("Respondents whose wave is not known: {n}. They are left out of the waves."),
    "weighted_index": mark(
        "For the whole index the weights leave an effective base of {n_linear} (linearised); by Kish’s formula "
        "{n_eff}."
    ),
    "weighted_distance": mark(
        "For the distance of “{item}” from the ideal the weights leave an effective base of {n_linear} (linearised); "
        "by Kish’s formula {n_eff}."
    ),
    "operations_fixed": mark("Levels from the books are those of this period in every group and wave."),
    "grades_maximum": mark("Levels divide by the highest grade, so the lowest grade is not 0."),
    "grades_top_box": mark("Levels are shares of the highest grades, in percent."),
    "renormalised": mark("“{item}” stands on {coverage} of its weight; the rest has no answers."),
    "drivers_complete": mark(
        "What matters most is worked out on the {n} of {of} respondents who answered everything."
    ),
    "negative_driver": mark("“{item}” goes against the outcome when the other drivers are held fixed; check it."),
    "wrong_penalty": mark("Low ratings of “{item}” go with a better outcome, which is odd; read it with care."),
    "wrong_reward": mark("High ratings of “{item}” go with a worse outcome, which is odd; read it with care."),
    "resamples_failed": mark("Resamples that could not be used: {n}."),
    "group_unanswered": mark("“{group}” is not shown: nobody there answered. Respondents: {n}."),
    "group_before": mark("“{group}” was asked in earlier waves only, last in {wave}."),
    "wave_unanswered": mark("The wave “{wave}” is left out: nobody there answered. Respondents: {n}."),
    "near_groups": mark(
        "Groups whose names differ only in case, spaces or letters that look the same, counted apart: {names}."
    ),
    "near_waves": mark(
        "Waves whose names differ only in case, spaces or letters that look the same, counted apart: {names}."
    ),
    "several_answers": mark(
        "Cells of “{column}” seem to hold several answers with “{separator}” between them, so that each combination "
        "is a group; with “{setting}” in the codebook each answer is one."
    ),
    "groups_overlap": mark(
        "Groups overlap, and each is compared with those outside it. Respondents in several groups: {n}."
    ),
    "base_hidden": mark("Groups with fewer than {base} answers are not shown: {groups}."),
    "base_small": SMALL,
    **key_prose.CAVEATS,
    **path_prose.CAVEATS,
    **wave_notes.CAVEATS,
}
COUNTED = {  # how those caveats that agree with their n are said of one
    "weighted": mark(
        "Answers are weighted: {n} answer (as counted) is as precise as {n_eff} of equal weight would be."
    ),
    "drivers_complete": mark(
        "What matters most is worked out on the {n} of {of} respondents who answered everything."
    ),
}


COUNTS = {
    "missing": (mark("{n} respondent gave no answer."), mark("{n} respondents gave no answer.")),
    "straight_lined": (
        mark("{n} respondent gave one and the same answer to every item."),
        mark("{n} respondents gave one and the same answer to every item."),
    ),
    "mostly_missing": (
        mark("{n} respondent left more than half of the items empty."),
        mark("{n} respondents left more than half of the items empty."),
    ),
    "tests": (
        mark("{n} comparison was tested; p values are adjusted within each question and variable."),
        mark("{n} comparisons were tested; p values are adjusted within each question and variable."),
    ),
}


def _caveats(result: Result, words: Language) -> list[str]:
    sentences = []
    for code, numbers in result.notes:
        values: dict[str, Any] = {
            k: words.number(v, 2 * (k == "r")) if isinstance(v, int | float) else wave_notes.names(v)
            for k, v in numbers.items()
        }
        values |= {k: words.label(result, numbers[k]) for k in ("item", "object", "construct") if k in numbers}
        values |= {k: words.percent(numbers[k]) for k in ("coverage", "share") if k in numbers}
        values |= _cell(result, words, numbers, CAVEATS[code])
        values |= path_prose.pair(result, words, numbers) if code == "htmt" else {}
        values.setdefault("setting", key_prose.SETTING)
        few = numbers.get("n", math.inf) < result.settings["min_base"]
        values |= {"n": f"< {words.number(result.settings['min_base'])}"} if few and code == "few_rows" else {}
        if code in COUNTED:
            del values["n"]
            sentences += [] if few else [words.plural(COUNTED[code], CAVEATS[code], numbers["n"], **values)]
        else:
            sentences.append(words.text(CAVEATS[code], **values))
    facts = result.facts
    if not findings.too_few(result):
        sentences += CHECKS[result.method](result, words) if result.method in CHECKS else []
        sentences.append(words.text("Intervals hold with {level} confidence.", level=words.percent(facts["level"])))
    for name, (one, many) in COUNTS.items():
        if facts.get(name):
            sentences.append(words.plural(one, many, int(facts[name])))
    return sentences + undrawn(result, words)


def _cell(result: Result, words: Language, numbers: Mapping[str, Any], sentence: str) -> dict[str, str]:
    """The group and the wave of a note by their names; one after the other where the sentence has one place."""
    names = {"wave": words.wave(result, numbers["wave"])} if "wave" in numbers else {}
    if "group" in numbers:
        group = words.group(result, numbers["group"])
        if group == plain(numbers["group"]):  # a model is fitted in waves too
            group = words.wave(result, numbers["group"])
        names["group"] = ", ".join([group, *names.values()] if "{wave}" not in sentence else [group])
    return names


def _small(text: str) -> str:
    return f"<br><small>{_safe(text)}</small>" if text else ""


def _safe(text: str) -> str:
    return escape(plain(text))
