"""SUS and SUPR-Q arithmetic."""

import pytest

from cxkit.errors import DataError
from cxkit.stats.usability import supr_q, sus

SEVEN = [5, 4, 4, 5, 4, 4, 3]


@pytest.mark.parametrize(
    ("answers", "score"),
    [
        ([5, 4, 2, 1, 2, 3, 2, 4, 5, 2], 55.0),  # by hand: 2.5 * (11 + 11)
        ([5, 1] * 5, 100.0),  # Brooke 1996: the best answers give 100, the worst 0
        ([1, 5] * 5, 0.0),
        ([3] * 10, 50.0),
        ([5] * 10, 50.0),
    ],
)
def test_sus_equals_the_published_arithmetic(answers, score):
    assert sus(answers) == score


def test_supr_q_equals_the_published_arithmetic():
    # Sauro 2015, "SUPR-Q", Journal of Usability Studies 10(2): (29 + 8 / 2) / 8.
    assert supr_q(SEVEN, 8) == 4.125


@pytest.mark.parametrize(("ratings", "recommend", "score"), [([5] * 7, 10, 5.0), ([1] * 7, 0, 0.875)])
def test_supr_q_at_its_ends(ratings, recommend, score):
    assert supr_q(ratings, recommend) == score


@pytest.mark.parametrize(
    "answers", [[3] * 9, [3] * 11, [], [0] + [3] * 9, [6] + [3] * 9, [2.5] + [3] * 9, [float("nan")] + [3] * 9]
)
def test_sus_refuses_answers_off_its_form(answers):
    with pytest.raises(DataError, match=r"SUS: found .*expected 10 whole numbers from 1 to 5"):
        sus(answers)


@pytest.mark.parametrize("ratings", [SEVEN[:6], [*SEVEN, 5], [0, *SEVEN[1:]], [4.5, *SEVEN[1:]]])
def test_supr_q_refuses_ratings_off_its_form(ratings):
    with pytest.raises(DataError, match=r"SUPR-Q: found .*expected 7 whole numbers from 1 to 5"):
        supr_q(ratings, 8)


@pytest.mark.parametrize("recommend", [-1, 11, 7.5, float("nan")])
def test_supr_q_refuses_a_recommendation_off_its_scale(recommend):
    with pytest.raises(DataError, match=r"recommend: found .*whole numbers from 0 to 10"):
        supr_q(SEVEN, recommend)
