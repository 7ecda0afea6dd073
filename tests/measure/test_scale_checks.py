"""Reliability of a scale: whatever stops alpha or omega is told by name."""

import re
from html import unescape

import numpy as np
import pandas as pd
import pytest

import cxkit as cx
from cxkit.measure.scale_checks import screen
from cxkit.show.key_errors import CAVEATS
from cxkit.show.language import LANGUAGES, language
from cxkit.survey.tally import answers

ITEMS = ["a", "b", "c", "d"]


def survey(n=80):
    rng = np.random.default_rng(9)
    level = rng.normal(size=(n, 1))
    return pd.DataFrame(np.rint(3 + level + rng.normal(0, 0.7, (n, 4))).clip(1, 5), columns=ITEMS)


def scaling(data, items=ITEMS, **more):
    return cx.scaling(data, list(items), scale=[1, 5], **more)


def stops(result):
    return [note for note in result.notes if note[0].startswith(("item_", "alpha_", "omega_"))]


def read(result, lang="en"):
    return [unescape(text) for text in re.findall(r"<(?:li|p)>(.*?)</(?:li|p)>", result.prose(lang).html)]


def test_a_screen_counts_straight_lines_and_gaps():
    nan = np.nan
    rows = [[3, 3, 3], [3, 3, nan], [1, 2, 3], [5, nan, nan], [nan] * 3, [4, 4, 4], [2, 2, 2]]
    frame = pd.DataFrame(rows, columns=list("abc")).assign(w=[1, 1, 1, 1, 1, 2.5, 0])
    for each in (True, False):
        plain, weighted = (answers(frame, list("abc"), weight=weight, each=each) for weight in ("", "w"))
        assert screen(plain) == {"rows": 7, "straight_lined": 3, "mostly_missing": 2}
        assert screen(weighted) == {"rows": 6, "straight_lined": 2, "mostly_missing": 2}


def test_half_the_items_missing_is_not_most_and_two_items_show_no_straight_line():
    frame = pd.DataFrame([[3, np.nan], [np.nan, np.nan], [4, 4]], columns=["a", "b"], dtype=float)
    assert screen(answers(frame, ["a", "b"])) == {"rows": 3, "straight_lined": 0, "mostly_missing": 1}


def test_nothing_stops_a_good_scale():
    result = scaling(survey())
    assert stops(result) == []
    assert {"alpha", "omega", "alpha_pairwise", "item_rest_a"} <= set(result.facts)


def test_an_item_that_nobody_answered_is_named():
    result = scaling(survey().assign(c=np.nan))
    assert stops(result) == [("item_empty", {"item": "c"})]
    assert "alpha" not in result.facts
    assert any("“c”" in text and "alpha" in text for text in read(result))


def test_several_empty_items_are_each_named():
    assert [numbers["item"] for _, numbers in stops(scaling(survey().assign(a=np.nan, c=np.nan)))] == ["a", "c"]


@pytest.mark.parametrize("value", [1.0, 3.0, 5.0])
def test_an_item_with_one_and_the_same_answer_is_named(value):
    result = scaling(survey().assign(c=value))
    assert stops(result) == [("item_constant", {"item": "c"})]
    assert not [name for name in result.facts if name.startswith(("alpha", "omega"))]


def test_weights_hide_no_constant_item():
    data = survey().assign(c=3.0, w=np.random.default_rng(1).exponential(size=80) + 0.01)
    assert stops(scaling(data, weight="w")) == [("item_constant", {"item": "c"})]


def test_an_item_that_varies_only_among_those_who_left_others_empty_is_named():
    data = survey().assign(c=3.0)
    data.loc[:9, "c"], data.loc[:9, "a"] = 5.0, np.nan
    assert stops(scaling(data)) == [("item_constant", {"item": "c"})]


def test_too_few_who_answered_everything_are_told_without_their_number():
    data = survey()
    data.loc[data.index % 2 == 0, "a"] = np.nan
    data.loc[data.index % 2 == 1, "b"] = np.nan
    result = scaling(data)
    assert stops(result) == [("alpha_few", {"base": 10})]
    assert "Fewer than 10 respondents answered all items, so alpha and omega are not given." in read(result)


def test_a_reversed_item_is_found_although_nobody_answered_everything():
    data = survey(400).assign(d=6 - survey(400)["d"])
    data.loc[data.index % 2 == 0, "a"] = np.nan
    data.loc[data.index % 2 == 1, "b"] = np.nan
    found = [numbers["item"] for code, numbers in scaling(data).notes if code == "key_error"]
    assert found == ["d"]


def test_items_that_cancel_out_are_told_and_both_are_named():
    data = survey()[["a"]].assign(b=6 - survey()["a"])
    result = scaling(data, "ab")
    assert stops(result) == [("alpha_cancels", {})]
    ((_, numbers),) = [note for note in result.notes if note[0] == "key_error_pair"]
    assert (numbers["item"], numbers["object"]) == ("a", "b")
    assert numbers["r"] == pytest.approx(-1)


def test_omega_is_missed_by_name():
    assert stops(scaling(survey(), "ab")) == [("omega_two", {})]
    twins = survey().assign(b=survey()["a"])
    assert stops(scaling(twins)) == [("omega_item", {"item": "a"}), ("omega_item", {"item": "b"})]


def test_an_item_that_a_factor_would_explain_wholly_is_named():
    """A Heywood case: r12 r13 / r23 = .8 x .8 / .5 = 1.28 of the variance of the first (Harman 1976)."""
    rng = np.random.default_rng(2)
    R = np.array([[1, 0.8, 0.8], [0.8, 1, 0.5], [0.8, 0.5, 1]])
    answers = np.rint(50 + 12 * rng.standard_normal((2000, 3)) @ np.linalg.cholesky(R).T).clip(0, 100)
    result = cx.scaling(pd.DataFrame(answers, columns=list("abc")), list("abc"), scale=[0, 100])
    assert stops(result) == [("omega_item", {"item": "a"})]
    assert "omega" not in result.facts


def test_a_survey_too_small_to_be_shown_is_not_told_more():
    assert [
        code for code, _ in scaling(survey(6).assign(c=np.nan)).notes if code.startswith(("item_", "alpha"))
    ] == []


def test_one_item_has_nothing_to_go_with():
    assert stops(scaling(survey(), "a")) == []


def test_the_sentence_on_alpha_names_the_item_instead_of_reading_all_singly():
    turned = survey().assign(c=6 - survey()["c"])
    (sentence,) = [text for text in read(scaling(turned)) if "alpha" in text]
    assert sentence.endswith("Running against the others: “c”.")
    assert "singly" not in sentence
    rng = np.random.default_rng(30)
    noise = pd.DataFrame(rng.integers(1, 6, (60, 4)).astype(float), columns=ITEMS)
    below = scaling(noise)
    assert below.facts["alpha"] < 0
    assert any(text.startswith("The items do not go together (alpha −") for text in read(below))


EVERY = {"item": "a", "object": "b", "construct": "c", "group": "d", "r": -0.625, "base": 12, "n": 7, "of": 9}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_caveat_is_said_with_its_names_and_numbers(lang):
    words = language(lang)
    for code, sentence in CAVEATS.items():
        values = {k: words.number(v, 2 * (k == "r")) if isinstance(v, int | float) else v for k, v in EVERY.items()}
        said = words.text(sentence, **values, setting="reversed: true")
        assert (said == sentence.format(**values, setting="reversed: true")) is (lang == "en"), code
        for name in re.findall(r"{(\w+)}", sentence):
            assert {**values, "setting": "reversed: true"}[name] in said, code
