"""Prose: headline, key figures, reading and caveats in whole sentences."""

from collections.abc import Callable
from html import escape

from cxkit.data.cards import card
from cxkit.results import Result
from cxkit.views import findings, key_prose, path_prose, profile_prose
from cxkit.views.language import Language, language, mark, plain, span
from cxkit.views.phrases import Figures, answers, between, matters
from cxkit.views.table import DIGITS, unit
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
            figures.append((words.text("All items, 0–100"), words.number(row["estimate"]), between(words, row)))
    ends = rows if len(rows) == 1 else rows.iloc[[0, -1]]
    for item in ends["item"]:
        scale = card(item, result.settings["scale"][item])
        top, bottom, mean, index = (
            findings.total(result, term, item) for term in ("top_box", "bottom_box", "mean", "index")
        )
        label, share, scores = words.label(result, item), words.percent(top["estimate"]), span(scale.top)
        given = words.text("{top} give {scores}", top=share, scores=scores)
        small = "; ".join(filter(None, [between(words, index), given]))
        figures.append((f"{label}, 0–100", words.number(index["estimate"]), small))
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
    figures = [("NPS", score, between(words, row))]
    for name, term in ((words.text("Promoters"), "promoters"), (words.text("Detractors"), "detractors")):
        low, high = (words.percent(parts[term][end]) for end in ("low", "high"))
        figures.append((name, shown[term], words.text("{low} to {high}", low=low, high=high)))
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
    (True, True): mark("{group} lies {gap} points above the rest ({p})."),
    (True, False): mark("{group} lies {gap} points below the rest ({p})."),
    (False, True): mark("{group} lies {gap} points above the rest on “{item}” ({p})."),
    (False, False): mark("{group} lies {gap} points below the rest on “{item}” ({p})."),
}


def _groups(result: Result, words: Language) -> list[str]:
    if findings.compared(result, "rest").empty:
        return []
    rows = findings.reliable(result, "rest")
    if rows.empty:
        return [words.text("No group differs reliably from the rest; a small difference may still exist.")]
    sentences = []
    if result.facts["groups"] == 2:  # the lower one says the same from the other side
        rows = rows[rows["estimate"] > 0]
    for row in rows.head(5).to_dict("records"):
        sentence = GAPS[result.method == "nps", row["estimate"] > 0]
        gap = words.number(abs(row["estimate"]), DIGITS[unit(row["term"])])
        item, p = words.label(result, row["item"]), words.p(row["p_adjusted"])
        sentences.append(words.text(sentence, group=plain(row["group"]), gap=gap, item=item, p=p))
    return sentences


CAVEATS = {
    "weighted": mark("Answers are weighted: {n} answers carry the information of {n_eff} unweighted ones."),
    "scale_from_one": mark("The question was asked on 1–10 instead of 0–10; compare with other surveys with care."),
    "reversed": mark("“{item}” was asked the other way round; its answers are turned so that high is good."),
    "no_spread": mark("Where all answers are the same, no interval can be given."),
    "unpaired": mark("Nobody rated both “{item}” and “{object}”; they are compared as independent samples."),
    "object_missing": mark("Respondents who rated “{object}” on no scale: {n}."),
    "group_unknown": mark("Respondents whose group is not known: {n}. They count in the total only."),
    "wave_unknown": mark("Respondents whose wave is not known: {n}. They are left out of the waves."),
    "weighted_index": mark(
        "For the whole index the weights leave {n_linear} effective answers (linearised); by Kish’s formula {n_eff}."
    ),
    "weighted_distance": mark(
        "For the distance of “{item}” from the ideal the weights leave {n_linear} effective answers (linearised); "
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
    "base_hidden": mark("Groups with fewer than {base} answers are not shown: {groups}."),
    "base_small": mark("Numbers with * rest on fewer than {base} answers: read them as a first hint."),
    **key_prose.CAVEATS,
    **path_prose.CAVEATS,
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
        values = {k: words.number(v, 2 * (k == "r")) if isinstance(v, int | float) else plain(v)
                  for k, v in numbers.items()}  # fmt: skip
        values |= {k: words.label(result, numbers[k]) for k in ("item", "object", "construct") if k in numbers}
        values |= {k: words.percent(numbers[k]) for k in ("coverage",) if k in numbers}
        values |= path_prose.pair(result, words, numbers) if code == "htmt" else {}
        sentences.append(words.text(CAVEATS[code], **values, setting=key_prose.SETTING))
    facts = result.facts
    if not findings.too_few(result):
        sentences += CHECKS[result.method](result, words) if result.method in CHECKS else []
        sentences.append(words.text("Intervals hold with {level} confidence.", level=words.percent(facts["level"])))
    for name, (one, many) in COUNTS.items():
        if facts.get(name):
            sentences.append(words.plural(one, many, int(facts[name])))
    return sentences


def _small(text: str) -> str:
    return f"<br><small>{_safe(text)}</small>" if text else ""


def _safe(text: str) -> str:
    return escape(plain(text))
