"""Scale cards: what an answer may be and what it means."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.errors import DataError, SettingsError
from cxkit.survey.cards import answer_notes, card, cards, fold, to_number, to_scores

UZBEK_APOSTROPHES = ["'", "\u02bb", "\u02bc", "\u2019", "\u2018", "`", "\u00b4", "\u02b9", "\uff07"]


def answers(*texts, name="ease"):
    return pd.Series(texts, index=range(2, len(texts) + 2), dtype=object, name=name)


def scored(scale, *texts):
    scores, declared = to_scores(answers(*texts), card("ease", scale), "answers.csv")
    return [None if np.isnan(score) else score for score in scores], declared


def refusal(kind, call, *arguments):
    with pytest.raises(kind) as caught:
        call(*arguments)
    message = str(caught.value)
    assert "\n" not in message
    assert message[-1] in ".?"
    return message


def scales():
    return st.integers(-5, 5).flatmap(lambda low: st.tuples(st.just(low), st.integers(low + 1, low + 100)))


class TestCard:
    def test_two_bounds_make_a_card(self):
        ease = card("ease", [1, 5])
        assert (ease.item, ease.low, ease.high, ease.reversed, ease.missing) == ("ease", 1, 5, False, ())
        assert list(ease.points) == [1, 2, 3, 4, 5]

    @pytest.mark.parametrize(
        ("scale", "bottom", "top"),
        [
            ([1, 5], [1, 2], [4, 5]),
            ([0, 10], [0, 1], [9, 10]),
            ([1, 4], [1], [4]),
            ([1, 2], [1], [2]),
            ([-3, 3], [-3, -2], [2, 3]),
            ({"min": 1, "max": 10, "boxes": 3}, [1, 2, 3], [8, 9, 10]),
            ({"min": 1, "max": 7, "boxes": 1}, [1], [7]),
        ],
    )
    def test_boxes_stand_at_the_ends(self, scale, bottom, top):
        ease = card("ease", scale)
        assert (list(ease.bottom), list(ease.top)) == (bottom, top)

    @pytest.mark.parametrize(("points", "boxes"), [(2, 1), (4, 1), (5, 2), (11, 2), (15, 3), (101, 20)])
    def test_a_box_is_about_a_fifth_of_a_scale_when_nothing_is_said(self, points, boxes):
        assert card("ease", [1, points]).boxes == boxes

    def test_boxes_never_meet(self):
        for high in range(1, 101):
            ease = card("ease", [0, high])
            assert ease.bottom[-1] < ease.top[0]

    @given(scales(), st.data())
    def test_turning_twice_is_turning_never(self, bounds, data):
        ease = card("ease", {"min": bounds[0], "max": bounds[1], "reversed": True})
        answer = data.draw(st.integers(*bounds))
        assert ease.turn(ease.turn(answer)) == answer
        assert ease.turn(answer) in ease.points
        assert (ease.turn(ease.low), ease.turn(ease.high)) == (ease.high, ease.low)

    def test_a_scale_that_is_not_reversed_is_left_alone(self):
        assert card("ease", [1, 5]).turn(2) == 2

    def test_a_whole_column_is_turned(self):
        effort = card("effort", {"min": 1, "max": 7, "reversed": True})
        assert effort.turn(np.array([1.0, 3.0, np.nan])).tolist()[:2] == [7, 5]

    def test_plain_values_make_the_same_card(self):
        plain = {
            "min": 1,
            "max": 5,
            "reversed": True,
            "boxes": 1,
            "missing": [99, "Don't know"],
            "labels": {"Yoʻq": 1, "Ha": 5},
            "text": {"en": "Easy?"},
            "column": "Q1",
        }
        made = card("ease", plain)
        assert card("ease", made.plain()) == made
        assert made.plain()["missing"] == ["99", "Don't know"]
        assert (made.text["en"], made.column) == ("Easy?", "Q1")

    def test_a_card_is_taken_as_it_is(self):
        ease = card("ease", [1, 5])
        assert card("ease", ease) is ease

    @pytest.mark.parametrize(
        ("scale", "part"),
        [
            (None, "is None; give [min, max]"),
            (5, "is 5; give [min, max]"),
            ("15", "is '15'; give [min, max]"),
            ([1, 5, 7], "is [1, 5, 7]; give [min, max]"),
            ([5, 1], "runs from 5 to 1"),
            ([5, 5], "runs from 5 to 5"),
            ([1, 5.0], "runs from 1 to 5.0"),
            (["1", "5"], "runs from '1' to '5'"),
            ([False, True], "runs from False to True"),
            ({"min": 1}, "runs from 1 to None"),
            ([0, 101], "more than 101 points"),
            ({"min": 1, "max": 5, "boxes": 3}, "boxes: 3; give a whole number from 1 to 2"),
            ({"min": 1, "max": 5, "boxes": 0}, "boxes: 0; give a whole number from 1 to 2"),
            ({"min": 1, "max": 5, "boxes": True}, "boxes: True"),
            ({"min": 1, "max": 5, "lables": {}}, 'unknown key "lables"; did you mean "labels"?'),
            ({"min": 1, "max": 5, "labels": {"Great": 6}}, 'the label "Great" the score 6; give 1..5'),
            ({"min": 1, "max": 5, "labels": {"Great": "5"}}, "the score '5'; give 1..5"),
        ],
    )
    def test_what_makes_no_scale_is_refused(self, scale, part):
        message = refusal(SettingsError, card, "ease", scale)
        assert 'The scale of "ease"' in message
        assert part in message

    @pytest.mark.parametrize("code", [98, "98", "Don't know"])
    def test_one_missing_code_needs_no_list(self, code):
        assert card("ease", {"min": 0, "max": 10, "missing": code}).missing == (str(code),)

    @pytest.mark.parametrize("word", ["no", "False", "0", 2])
    def test_reversed_is_true_or_false_and_nothing_else(self, word):
        assert "reversed" in refusal(SettingsError, card, "ease", {"min": 1, "max": 5, "reversed": word})

    @pytest.mark.parametrize(("key", "value"), [("labels", ["Bad", "Good"]), ("labels", "Bad"), ("text", "Easy?")])
    def test_labels_and_texts_must_be_pairs(self, key, value):
        assert key in refusal(SettingsError, card, "ease", {"min": 1, "max": 5, key: value})

    def test_two_scores_for_one_label_are_refused(self):
        scale = {"min": 1, "max": 5, "labels": {"Yoʻq": 1, "yo'q": 5}}
        assert "yo'q" in refusal(SettingsError, card, "ease", scale)

    @pytest.mark.parametrize("code", ["Don't know", "don’t  KNOW"])
    def test_a_label_with_a_score_is_not_missing(self, code):
        scale = {"min": 1, "max": 5, "labels": {"Don't know": 3}, "missing": [code]}
        assert f'gives "{code}" a score and declares it as missing' in refusal(SettingsError, card, "ease", scale)


class TestCards:
    def test_one_scale_serves_all_items(self):
        assert {name: (c.low, c.high) for name, c in cards(["a", "b"], [1, 7]).items()} == {"a": (1, 7), "b": (1, 7)}

    def test_each_item_may_have_its_own(self):
        made = cards(["b", "a"], {"a": [1, 7], "b": {"min": 0, "max": 10}})
        assert [(c.item, c.high) for c in made.values()] == [("b", 10), ("a", 7)]

    @pytest.mark.parametrize(
        ("items", "scale", "part"),
        [
            ([], [1, 5], "list of items is empty"),
            (["a", "a"], [1, 5], "names one twice: a, a"),
            (["a", "b"], {"a": [1, 5]}, 'item "b" has no scale'),
        ],
    )
    def test_what_makes_no_set_is_refused(self, items, scale, part):
        assert part in refusal(SettingsError, cards, items, scale)


class TestScores:
    def test_texts_become_numbers(self):
        assert scored([0, 10], "0", "10", "7.0", "7,0", "+7", "07", None) == ([0, 10, 7, 7, 7, 7, None], 0)

    def test_missing_codes_are_counted_apart_from_empty_cells(self):
        scale = {"min": 1, "max": 5, "missing": [99, "Don't know"]}
        assert scored(scale, "5", "99", None, "don’t  KNOW", "99") == ([5, None, None, None, None], 3)

    def test_a_missing_code_within_the_scale_is_no_answer(self):
        assert scored({"min": 0, "max": 10, "missing": [0]}, "0", "1") == ([None, 1], 1)

    def test_nothing_is_missing_unless_declared(self):
        message = refusal(DataError, scored, [1, 5], "5", "99")
        assert 'answers.csv, column "ease", row 3: found "99"' in message
        assert "declare it as a missing code" in message

    @pytest.mark.parametrize("written", ["Juda yaxshi", "JUDA YAXSHI", "  juda   yaxshi ", "juda\u00a0yaxshi"])
    def test_labels_match_however_they_are_spaced_or_cased(self, written):
        assert scored({"min": 1, "max": 5, "labels": {"Juda yaxshi": 5}}, written) == ([5], 0)

    def test_cyrillic_labels_match(self):
        scale = {"min": 1, "max": 5, "labels": {"Очень хорошо": 5, "Жуда яхши": 4}}
        assert scored(scale, "ОЧЕНЬ ХОРОШО", "жуда яхши", "3") == ([5, 4, 3], 0)

    @pytest.mark.parametrize("mark", UZBEK_APOSTROPHES)
    @pytest.mark.parametrize("declared", ["Yoʻq", "Yo'q"])
    def test_uzbek_labels_match_with_any_apostrophe(self, mark, declared):
        scale = {"min": 1, "max": 5, "labels": {declared: 1, "Toʻgʻri": 5}}
        assert scored(scale, f"YO{mark}Q", f"to{mark}g{mark}ri") == ([1, 5], 0)

    def test_a_label_that_is_a_number_goes_before_the_number(self):
        assert scored({"min": 1, "max": 5, "labels": {"1": 5, "5": 1}}, "1", "5", "3") == ([5, 1, 3], 0)

    def test_reversed_items_keep_their_answers(self):
        assert scored({"min": 1, "max": 5, "reversed": True}, "1", "5") == ([1, 5], 0)

    def test_the_first_bad_row_is_named(self):
        message = refusal(DataError, scored, [1, 5], "4", "six", "6", "six")
        assert 'answers.csv, column "ease", row 3: found "six", which is not a rating' in message
        assert "expected a whole number from 1 to 5" in message

    @pytest.mark.parametrize("text", ["5 ", "5"])
    def test_compatible_digits_are_numbers(self, text):
        assert scored([1, 5], text) == ([5], 0)

    @pytest.mark.parametrize("labels", [{"11": 10}, {"1": 0, "11": 10}, {"1": 0, "2": 1, "3": 2}])
    def test_labels_that_move_codes_must_move_all(self, labels):
        message = refusal(DataError, scored, {"min": 0, "max": 10, "labels": labels}, "1", "2", "3", "10")
        first = next(code for code in ("1", "2", "3", "10") if code not in labels)
        assert f'found "{first}", a number without a label' in message
        assert "add a label for every number" in message

    def test_an_export_by_codes_is_read_by_its_labels(self):
        labels = {code: code - 1 for code in range(1, 12)}
        found, _ = scored({"min": 0, "max": 10, "labels": labels}, "11", "10", "1", "7", None)
        assert found == [10, 9, 0, 6, None]

    def test_a_wrong_scale_is_not_declared_missing(self):
        assert "missing" not in refusal(DataError, scored, [0, 10], "20", "100", "5")
        assert "exported as 1–11" in refusal(DataError, scored, [0, 10], "7", "11", "5")

    def test_scores_keep_rows_and_take_the_items_name(self):
        scores, _ = to_scores(answers("5", None, name="Q1"), card("ease", [1, 5]), "answers.csv")
        assert (list(scores.index), scores.name, scores.dtype) == ([2, 3], "ease", float)


class TestNotes:
    def test_a_missing_code_on_the_scale_is_told_with_its_count(self):
        nine = card("ease", {"min": 0, "max": 10, "missing": [9, 99, "none"]})
        assert answer_notes(answers("9", "9", "99", "none", "8", None), nine) == [
            ("missing_on_scale", {"item": "ease", "code": "9", "n": 2, "min": 0, "max": 10})
        ]

    @pytest.mark.parametrize("texts", [("99", "8"), ("8", None), ("none",)])
    def test_a_code_that_is_not_found_or_lies_outside_is_not_told(self, texts):
        assert answer_notes(answers(*texts), card("ease", {"min": 0, "max": 10, "missing": [9, 99, "none"]})) == []

    def test_labels_beside_numbers_are_told(self):
        scale = card("ease", {"min": 0, "max": 10, "labels": {"Never": 0, "Always": 10}})
        assert answer_notes(answers("Never", "3", "always", "3", "7", None), scale) == [
            ("labels_and_numbers", {"item": "ease", "labels": 2, "numbers": 3})
        ]

    @pytest.mark.parametrize("texts", [("Never", "Always"), ("4", "7"), ("1", "3")])
    def test_one_kind_alone_is_not(self, texts):
        labels = {"Never": 0, "Always": 10, "1": 3, "3": 1}
        assert answer_notes(answers(*texts), card("ease", {"min": 0, "max": 10, "labels": labels})) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7),
        ("-3", -3),
        ("7.5", 7.5),
        ("7,5", 7.5),
        ("007", 7),
        ("7.", None),
        (".5", None),
        ("1,000.5", None),
        ("7 of 10", None),
        ("1e3", None),
        ("nan", None),
        ("٣", None),
        ("", None),
    ],
)
def test_a_number_is_digits_with_at_most_one_point_or_comma(text, number):
    assert to_number(text) == number


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


def test_folding_keeps_different_labels_apart():
    assert len({fold(word) for word in ("Yaxshi", "Yomon", "O'rta", "Orta", "Хорошо")}) == 5
