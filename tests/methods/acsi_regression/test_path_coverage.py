"""Small versions of ``tests.benchmarks.coverage_paths``: do intervals and claims of a path model keep their word?

Bounds are wide enough for chance (3.5 standard errors); the studies in full print what lies behind them.
"""

import numpy as np
import pytest

from tests.benchmarks.coverage_paths import AIM, TERMS, Cell, Planted

SURVEYS = 60
CHANCE = 3.5 * (0.95 * 0.05 / SURVEYS) ** 0.5  # of one interval; quantities of one survey go together


@pytest.fixture(scope="module")
def pairwise():
    return Cell("skewed", 100, 0.08, resamples=200).coverage(SURVEYS)


@pytest.mark.parametrize("term", TERMS)
def test_intervals_of_few_respondents_with_gaps_hold_the_truth(pairwise, term):
    assert pairwise[term].min() > AIM[0] - CHANCE
    assert pairwise[term].mean() > AIM[0] - CHANCE / 2


def test_a_mean_in_place_of_an_answer_makes_loadings_wrong():
    """They come out too small whatever the base, so their intervals miss the truth more the more are asked."""
    filled = Cell("skewed", 1000, 0.2, "mean", resamples=200).coverage(20)
    pairs = Cell("skewed", 1000, 0.2, "pairwise", resamples=200).coverage(20)
    assert filled["loading"].mean() < 0.6
    assert pairs["loading"].mean() > 0.85


def shares(design, surveys):
    """In how many surveys a page makes each claim."""
    made = [design.claims(seed) for seed in range(surveys)]
    return [{(kind, item) for kind, item in zip(found["kind"], found["item"], strict=True)} for found in made]


@pytest.mark.parametrize("noise", [True, False])
def test_a_page_about_nothing_claims_nothing(noise):
    """At most 5 in 100; 3.5 standard errors of 40 surveys are 12 more. Weights of noise come slowly to rest."""
    told = shares(Planted(100, noise=noise), 10 if noise else 40)
    assert np.mean([bool(found) for found in told]) <= 0.05 + 0.12


def test_a_link_of_nothing_is_not_told_beside_a_real_one():
    told = shares(Planted(250, 0.5, 0, 0.5), 40)
    assert np.mean([("link", "value -> satisfaction") in found for found in told]) <= 0.05 + 0.12
    assert np.mean([("link", "quality -> satisfaction") in found for found in told]) > 0.9


def test_the_stronger_of_two_drivers_is_named_and_neither_of_two_equal_ones():
    strong, equal = shares(Planted(400, 0.5, 0.1, 0.5), 30), shares(Planted(250, 0.3, 0.3, 0.5), 40)
    assert np.mean([any(kind == "driver" for kind, _ in found) for found in strong]) > 0.8
    assert np.mean([any(kind == "driver" for kind, _ in found) for found in equal]) <= 0.06 + 0.12
