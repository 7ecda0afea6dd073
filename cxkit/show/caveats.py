"""What the reader of a result should know: its notes in whole sentences."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cxkit.result import Result
from cxkit.show import key_errors, wave_notes
from cxkit.show.language import Language, mark, plain
from cxkit.show.letters import undrawn
from cxkit.show.rows import too_few
from cxkit.show.wording import SMALL

# A sentence with {names} of the note's numbers, or what says it itself; "" is not said.
Caveat = str | Callable[[Result, Language, Mapping[str, Any]], str]


def _weighted(result: Result, words: Language, numbers: Mapping[str, Any]) -> str:
    if numbers["n"] < result.settings["min_base"]:
        return ""
    one = mark(
        "Answers are weighted: {n} answer (as counted) is about as precise as {n_kish} of equal weight would be "
        "(design effect {deff}). Each interval takes in what the weights do to its own number."
    )
    many = mark(
        "Answers are weighted: {n} answers (as counted) are about as precise as {n_kish} of equal weight would be "
        "(design effect {deff}). Each interval takes in what the weights do to its own number."
    )
    n_kish, deff = words.number(numbers["n_kish"]), words.number(numbers["deff"], 2)
    return words.plural(one, many, numbers["n"], n_kish=n_kish, deff=deff)


def _drivers_complete(result: Result, words: Language, numbers: Mapping[str, Any]) -> str:
    if numbers["n"] < result.settings["min_base"]:
        return ""
    sentence = mark("What matters most is worked out on the {n} of {of} respondents who answered everything.")
    return words.plural(sentence, sentence, numbers["n"], of=words.number(numbers["of"]))


COMMON: Mapping[str, Caveat] = {
    "weighted": _weighted,
    "drivers_complete": _drivers_complete,
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
    "zeros": mark(
        "“{item}”: answers of 0: {n} of {of}, with hardly any close to it. If 0 was written for no answer, these "
        "numbers are wrong; declare it as a missing code in the codebook."
    ),
    "zero_weights": mark("Respondents with the weight 0: {n}. They are left out of all numbers."),
    "heavy_weight": mark("One respondent alone carries {share} of all weight; check the weights."),
    "no_spread": mark("Where all answers are the same, no interval can be given."),
    "untested": mark("Comparisons without a test, because nothing varies in them: {n}."),
    "group_unknown": mark("Respondents whose group is not known: {n}. They count in the total only."),
    "wave_unknown": mark("Respondents whose wave is not known: {n}. They are left out of the waves."),
    "renormalised": mark("“{item}” stands on {coverage} of its weight; the rest has no answers."),
    "negative_driver": mark("“{item}” goes against the outcome when the other drivers are held fixed; check it."),
    "wrong_penalty": mark("Low ratings of “{item}” go with a better outcome, which is odd; read it with care."),
    "wrong_reward": mark("High ratings of “{item}” go with a worse outcome, which is odd; read it with care."),
    "resamples_failed": mark("Resamples that could not be used: {n}."),
    "group_unanswered": mark("“{group}” is not shown: nobody there answered. Respondents: {n}."),
    "group_without_wave": mark(
        "“{group}” is not shown: the wave of those who answered there is not known. Respondents: {n}."
    ),
    "group_before": mark("“{group}” was asked in earlier waves only, last in {wave}."),
    "wave_unanswered": mark("The wave “{wave}” is left out: nobody there answered. Respondents: {n}."),
    "near_groups": mark("Groups whose names are hardly different, counted apart: {names}."),
    "near_waves": mark("Waves whose names are hardly different, counted apart: {names}."),
    "doubtful_groups": mark(
        "Groups whose names may stand for no answer, lost letters or a range that became a date: {names}. Correct "
        "them in the file, or say what they mean with “{setting}” in the codebook."
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
    **key_errors.CAVEATS,
    **wave_notes.CAVEATS,
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


def caveats(result: Result, words: Language, own: Mapping[str, Caveat], checks: Sequence[str]) -> list[str]:
    """The notes of a result, and what its facts say, in whole sentences.

    Parameters
    ----------
    own : the caveats that only the result's method has, by code.
    checks : sentences of the method's own that are read off the table.
    """
    known, facts = {**COMMON, **own}, result.facts
    sentences = [_sentence(result, words, known[code], numbers) for code, numbers in result.notes]
    sentences += checks
    if not too_few(result):
        sentences.append(words.text("Intervals hold with {level} confidence.", level=words.percent(facts["level"])))
    for name, (one, many) in COUNTS.items():
        if facts.get(name):
            sentences.append(words.plural(one, many, int(facts[name])))
    if facts.get("tests") and len(result.claims) > 1:
        sentences.append(words.text(
            "Sentences and titles are adjusted for all tests of this page together, so they name less than the "
            "tables mark."
        ))  # fmt: skip
    return [*filter(None, sentences), *undrawn(result, words)]


def _sentence(result: Result, words: Language, caveat: Caveat, numbers: Mapping[str, Any]) -> str:
    if not isinstance(caveat, str):
        return caveat(result, words, numbers)
    values: dict[str, Any] = {
        k: words.number(v, 2 * (k == "r")) if isinstance(v, int | float) else wave_notes.names(v)
        for k, v in numbers.items()
    }
    values |= {k: words.label(result, numbers[k]) for k in ("item", "object", "construct") if k in numbers}
    values |= {k: words.percent(numbers[k]) for k in ("coverage", "share") if k in numbers}
    values |= cell_names(result, words, numbers, caveat)
    values.setdefault("setting", key_errors.SETTING)
    return words.text(caveat, **values)


def cell_names(result: Result, words: Language, numbers: Mapping[str, Any], sentence: str) -> dict[str, str]:
    """The group and the wave of a note by their names; one after the other where the sentence has one place."""
    names = {"wave": words.wave(result, numbers["wave"])} if "wave" in numbers else {}
    if "group" in numbers:
        group = words.group(result, numbers["group"])
        if group == plain(numbers["group"]):  # a model is fitted in waves too
            group = words.wave(result, numbers["group"])
        names["group"] = ", ".join([group, *names.values()] if "{wave}" not in sentence else [group])
    return names
