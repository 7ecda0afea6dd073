"""What a page may say: one family of tests, how they come about, and how often they are false."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import cxkit as cx
from cxkit.measure.claims import Claim, against_zero, drawn_claims, pair_claims, settle
from cxkit.stats.joint import means
from tests.benchmarks.claims import Design, made
from tests.benchmarks.power import TOLD, told


def test_all_claims_of_a_page_are_one_family():
    """Holm 1979, the printed example .143, .909, .126 -> .38, .91, .38, whatever they are about."""
    kinds = [("vs_rest", 0.143), ("pair", 0.909), ("driver", 0.126), ("gap", 0.0001)]
    found = settle([Claim(kind, "q", 1.0, p) for kind, p in kinds], 0.95)
    assert found["p_page"].round(4).tolist() == [0.378, 0.909, 0.378, 0.0004]
    assert found["made"].tolist() == [False, False, False, True]


def test_a_claim_without_a_test_is_not_made_and_costs_nothing():
    found = settle([Claim("gap", "a", 1.0, np.nan), Claim("gap", "b", 1.0, 0.04)], 0.95)
    assert found["made"].tolist() == [False, True]


def test_a_page_without_tests_claims_nothing():
    assert settle([], 0.95).empty
    assert "made" in settle([], 0.95)


def test_two_items_of_the_same_respondents_are_compared_as_pairs():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(60, 1)) + rng.normal(0, 0.5, (60, 3)) + [0, 0.1, 0.3]
    levels = dict(zip("abc", means(x, np.ones(60)), strict=True))
    found = pair_claims(levels, 10)
    assert [(claim.item, claim.other) for claim in found] == [("a", "b"), ("a", "c"), ("b", "c")]
    for claim, (i, j) in zip(found, ((0, 1), (0, 2), (1, 2)), strict=True):
        assert claim.p == pytest.approx(stats.ttest_rel(x[:, i], x[:, j]).pvalue, rel=1e-9)
    assert pair_claims(levels, 61) == []


def test_resamples_are_judged_by_their_spread():
    rng = np.random.default_rng(2)
    draws = rng.normal([0.5, 0.2], [0.1, 0.1], (4000, 2))
    (claim,) = drawn_claims("driver", {"a": 0.5, "b": 0.2}, draws, 10)
    assert (claim.item, claim.other, claim.estimate) == ("a", "b", pytest.approx(0.3))
    assert claim.p == pytest.approx(2 * stats.t.sf(0.3 / (2 * 0.1**2) ** 0.5, 10), rel=0.15)
    assert np.isnan(against_zero(0.3, np.full(100, 0.3), 10)[1])


def test_of_two_groups_one_comparison_is_claimed_and_of_waves_only_the_last():
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"recommend": rng.integers(0, 11, 400), "g": rng.choice(["a", "b"], 400)})
    frame["wave"] = np.repeat(["2024", "2025", "2026", "2027"], 100)
    claims = cx.nps(frame, by="g", wave="wave").claims
    assert claims["kind"].tolist() == ["vs_rest", "vs_previous", "vs_first", "slope"]
    assert claims["estimate"].iloc[0] >= 0


@pytest.mark.parametrize(("method", "surveys"), [("nps", 100), ("scaling", 40), ("semantic_differential", 40)])
def test_of_surveys_with_nothing_in_them_at_most_a_few_claim_anything(method, surveys):
    """5 in 100, plus 2.5 standard errors of so few; ``tests.benchmarks.claims`` has the large numbers."""
    false = [len(made(method, Design(n=100), seed)) > 0 for seed in range(surveys)]
    assert np.mean(false) <= 0.05 + 2.5 * (0.05 * 0.95 / surveys) ** 0.5


@pytest.mark.parametrize("name", TOLD)
def test_a_planted_winner_and_a_low_group_are_told(name):
    """Half a standard deviation above nine equals, and 0.6 below the rest on one item: at n = 400 in four of five."""
    assert sum(told(name, seed) for seed in range(20)) >= 16
