"""Advice on an answer off its scale leads to the right number."""

import json

import pytest

from cxkit.survey.advice import advice, moved_code

CODE = "correct the cell, or declare it as a missing code of this item in the codebook"


def on(answer, numbers, low, high, **more):
    return advice(str(answer), float(answer), [*numbers, answer], low, high, **more)


@pytest.mark.parametrize("code", [77, 88, 99, 98, 97, 888, 999, 998, -9, -99, -8])
def test_a_usual_code_may_be_a_missing_one(code):
    assert on(code, [1, 5, 10], 1, 10) == CODE


@pytest.mark.parametrize(
    ("answer", "numbers", "low", "high"),
    [
        (20, [0, 50, 100], 0, 10), (6, [1, 2, 5], 1, 5), (7, [1, 6], 1, 5), (-1, [0, 5], 0, 10), (9, [1, 5], 1, 5),
        (11, [0, 10], 0, 10), (11, [1, 10], 1, 10), (99, [20, 40, 60], 0, 10), (0, [1, 5], 1, 5),
    ],
)  # fmt: skip
def test_what_could_be_another_scale_is_never_declared_missing(answer, numbers, low, high):
    told = on(answer, numbers, low, high)
    assert "missing" not in told
    assert "look up in the questionnaire" in told
    assert f"run from {min(answer, *numbers)} to {max(answer, *numbers)}" in told


@pytest.mark.parametrize(
    ("answer", "numbers", "low", "high", "codes", "pairs"),
    [
        (
            11,
            [4, 7, 8, 9, 10],
            0,
            10,
            "1–11",
            "{1: 0, 2: 1, 3: 2, 4: 3, 5: 4, 6: 5, 7: 6, 8: 7, 9: 8, 10: 9, 11: 10}",
        ),
        (5, [1, 2], 0, 4, "1–5", "{1: 0, 2: 1, 3: 2, 4: 3, 5: 4}"),
        (0, [4, 1], 1, 5, "0–4", "{0: 1, 1: 2, 2: 3, 3: 4, 4: 5}"),
        (4, [1, 2], -2, 2, "1–5", "{1: -2, 2: -1, 3: 0, 4: 1, 5: 2}"),
        (4, [0, 2], -2, 2, "0–4", "{0: -2, 1: -1, 2: 0, 3: 1, 4: 2}"),
    ],
)
def test_codes_of_an_export_are_named(answer, numbers, low, high, codes, pairs):
    told = on(answer, numbers, low, high)
    assert told.startswith(f"if {low}–{high} was exported as {codes}, declare labels: {pairs} for this item")
    off = {number for number in [*numbers, answer] if not low <= number <= high}
    assert (f"; if {answer} means no answer, declare it as a missing code" in told) == (len(off) == 1)


def test_codes_are_not_named_where_labels_stand_already():
    assert "exported" not in on(11, [4, 7], 0, 10, labels=["yes"])


@pytest.mark.parametrize(
    ("answer", "numbers", "low", "high", "cure"),
    [(11, [1, 10], 0, 10, "subtract 1 from every answer"), (0, [1, 4], 1, 5, "add 1 to every answer")],
)
def test_in_a_frame_answers_are_moved(answer, numbers, low, high, cure):
    assert cure in on(answer, numbers, low, high, frame=True)


def test_in_a_frame_no_codebook_helps():
    assert on(99, [1, 5], 1, 5, frame=True) == "correct the cell, or empty it if it means no answer"


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("10 - Extremely likely", 10),
        ("10 – Extremely", 10),
        ("0 Not at all likely", 0),
        ("5 stars", 5),
        ("5: so", 5),
        ("'9", 9),
        ('="9"', 9),
        ("9/10", 9),
        ("7 of 10", 7),
        ("10 из 10", 10),
        ("★ 4", 4),
    ],
)
def test_a_number_with_words_is_a_label(text, score):
    pair = f"{json.dumps(text, ensure_ascii=False)}: {score}"
    assert f"declare labels: {{{pair}}} for this item" in advice(text, None, [1.0], 0, 10)


def test_all_such_labels_are_given_at_once():
    told = advice("10 - Yes", None, [], 0, 10, texts=["10 - Yes", "n/a", '0 - "No"', "12 - More"])
    assert 'labels: {"10 - Yes": 10, "0 - \\"No\\"": 0} for' in told


@pytest.mark.parametrize("text", ["n/a", "#N/A", "-", "★★★★★", "12 stars", "six", "99 - none"])
def test_other_texts_are_labels_or_missing_codes(text):
    assert advice(text, None, [], 0, 10).endswith(
        "declare it as a missing code or label of this item in the codebook"
    )


@pytest.mark.parametrize("text", ["90%", "4/5", "1e1", "1_0", "9-10"])
def test_a_text_with_a_number_is_never_a_missing_code(text):
    assert advice(text, None, [], 0, 10) == "correct the cell, or declare it as a label of this item in the codebook"


@pytest.mark.parametrize("text", ["#DIV/0!", "#REF!", "#ЗНАЧ!", "#NAME?"])
def test_a_formula_that_went_wrong_is_corrected(text):
    assert advice(text, None, [], 0, 10) == "correct the cell, as a formula went wrong there"


def test_the_nearest_label_is_named():
    told = advice("Very god", None, [], 1, 5, labels=["very good", "good"])
    assert 'did you mean "very good"?' in told
    assert "did you mean" not in advice("poor", None, [], 1, 5, labels=["very good", "good"])


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Satisfied", "dissatisfied"),
        ("Very likely", "very unlikely"),
        ("Disagree somewhat", "agree somewhat"),
        ("удовлетворен", "неудовлетворен"),
        ("4 stars", "5 stars"),
        ("9 - Likely", "8 - likely"),
    ],
)
def test_neither_the_opposite_nor_another_number_is_a_slip_of_the_pen(text, label):
    assert "did you mean" not in advice(text, None, [], 0, 10, labels=[label])


@pytest.mark.parametrize("text", ["10-Sep", "09.окт", "5 May 2026"])
def test_an_answer_that_became_a_date_is_corrected(text):
    assert advice(text, None, [], 0, 10) == "correct the cell, as a spreadsheet took its answer for a date"


def test_a_share_is_the_number_in_it_on_a_scale_of_shares_only():
    assert 'labels: {"10%": 10}' in advice("10%", None, [], 0, 100)
    assert "labels: {" not in advice("10%", None, [], 0, 10)


def test_half_a_point_is_no_answer():
    assert advice("7.5", 7.5, [7.5], 0, 10) == (
        "correct the cell, as the answer of one respondent is one of the points"
    )


def test_labels_move_all_numbers_or_none():
    assert moved_code([1, 11, 10], {"11": 10}) == 1
    assert moved_code([1, 2, 3], {"1": 0, "2": 1}) == 3
    assert moved_code([1, 2], {"1": 0, "2": 1}) is None
    assert moved_code([1, 5, 3], {"1": 5, "5": 1}) is None
    assert moved_code([3], {"good": 5}) is None
