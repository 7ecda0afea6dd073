"""What the reader of a path model should know beside its numbers."""

from collections.abc import Mapping
from typing import Any

from cxkit.methods.acsi_regression.claims import FORESEES
from cxkit.methods.acsi_regression.tables import LEAST
from cxkit.result import PAIR, Result
from cxkit.show.caveats import Caveat, cell_names
from cxkit.show.language import Language, mark
from cxkit.show.rows import claimed, now_of

FORESIGHT = {
    True: mark("The model foresees answers on “{target}” reliably better than plain regression."),
    False: mark(
        "Plain regression on single questions foresees answers on “{target}” reliably better than the model."
    ),
}


def _told_apart(result: Result, words: Language, numbers: Mapping[str, Any]) -> str:
    one, other = (words.label(result, name) for name in numbers["item"].split(PAIR))
    sentence = mark("“{one}” and “{other}” can hardly be told apart by these questions ({ratio}).")
    ratio = f"HTMT\u00a0=\u00a0{words.number(numbers['value'], 2)}"
    return words.text(sentence, one=one, other=other, ratio=ratio)


def _few_rows(result: Result, words: Language, numbers: Mapping[str, Any]) -> str:
    sentence = mark(
        "“{group}” has no estimates of its own: the model needs {least} respondents with answers but has {n}."
    )
    least = result.settings["min_base"]
    shown = f"< {words.number(least)}" if numbers["n"] < least else words.number(numbers["n"])
    return words.text(
        sentence, n=shown, least=words.number(numbers["least"]), **cell_names(result, words, numbers, sentence)
    )


CAVEATS: Mapping[str, Caveat] = {
    "paths_associative": mark(
        "These are associations in answers of one survey; they do not prove that raising one raises the other."
    ),
    "constructs_left_out": mark("“{item}” has no questions in this survey and is left out of the model."),
    "not_converged": mark("The weights of the model did not come to rest; read its numbers with care."),
    "negative_weight": mark(
        "“{item}” counts negatively in the index of “{construct}”: should its answers be reversed, or left out?"
    ),
    "weak_measurement": mark("The questions on “{construct}” go together only loosely; read its index with care."),
    "htmt": _told_apart,
    "rho_low": mark(
        "“{construct}” is measured too unreliably to correct its paths for measurement error with confidence."
    ),
    "plsc_inadmissible": mark(
        "Paths corrected for measurement error are left out: with these data the correction gives impossible numbers."
    ),
    "collinear": mark(
        "Some questions on “{construct}” say nearly the same; how they share the weight between them is open."
    ),
    "regression_curved": mark(
        "The links into “{construct}” are not straight lines; a path is their average over low and high levels."
    ),
    "not_invariant": mark(
        "“{item}” is composed differently in the group “{group}”; read the differences in its index with care."
    ),
    "few_rows": _few_rows,
    "group_constant": mark(
        "“{group}” has no estimates of its own: everybody there gave the same answer to “{item}”."
    ),
    "group_no_answers": mark("“{group}” has no estimates of its own: nobody there answered “{item}”."),
    "items_repeat": mark(
        "“{group}” has no estimates of its own: questions on “{construct}” repeat each other there."
    ),
    "constructs_repeat": mark(
        "“{group}” has no estimates of its own: constructs that lead to “{construct}” repeat each other there."
    ),
    "pairs_contradict": mark(
        "“{group}” has no estimates of its own: correlations of different respondents contradict each other there."
    ),
    "rest_without_model": mark(
        "The paths of “{group}” are not compared with the rest, as the rest has no estimates of its own."
    ),
    "economy_grew": mark(
        "Companies came in after the first measurement of “{item}”; a part of its change comes from them."
    ),
    "pairwise": mark("Missing answers: {n}. Each correlation rests on those who answered both of its questions."),
    "mean_replaced": mark(
        "Missing answers: {n}. They were replaced by the mean of their question: links and loadings come out too "
        "weak, and their intervals miss the truth more often than they should."
    ),
    "resamples_dropped": mark("Resamples that could not be used: {n}."),
    "index_withheld": mark(
        "“{construct}” has no index, and no effects in points: some of its answers count negatively, so the index "
        "would be no mean and could leave 0–100."
    ),
    "construct_against": mark(
        "“{construct}” runs against the rest of the model (r = {r}): check which way round its questions were asked, "
        "and set {setting} in the codebook for those asked the other way round, and only for those."
    ),
    "key_error_in": mark(
        "In “{group}” the answers to “{item}” run against those that belong with it: check whether it was asked or "
        "coded the other way round there, and turn its answers round in the file."
    ),
    "index_withheld_in": mark(
        "“{group}” has no index of “{construct}”: some answers count negatively there, so it would be no mean and "
        "could leave 0–100."
    ),
}


def checks(result: Result, words: Language) -> list[str]:
    """How far the numbers carry: what is measured well, and what the model predicts better than plain regression."""
    told = []
    measures = {term: now_of(result, term) for term in LEAST}
    if any(measures.values()) and all(
        row["estimate"] >= LEAST[term] for term, rows in measures.items() for row in rows.values()
    ):
        told.append(words.text("The questions measure their constructs reliably."))
    for row in claimed(result, FORESEES):
        told.append(words.text(FORESIGHT[bool(row["estimate"] > 0)], target=words.label(result, row["item"])))
    return told
