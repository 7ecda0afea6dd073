"""Weighted means, effective bases and design effects against R and by simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cxkit.stats.weights import Distribution, mean

# R package "survey" (Lumley), tests/deff.R: the printed mean, standard error and design effect.
Y = [15, 143, 21, 51, 337, 50, 274, 145, 15, 86]
W = [20, 200, 11, 25, 550, 30, 250, 100, 10, 55]

answers_and_weights = st.lists(
    st.tuples(st.integers(1, 10), st.floats(0.05, 20)), min_size=2, max_size=40
).filter(lambda rows: len({score for score, _ in rows}) > 1)  # fmt: skip


def answers(y, w=None):
    y = np.array(y, dtype=float)
    w = np.ones(len(y)) if w is None else np.array(w, dtype=float)
    return Distribution(y, np.ones(len(y)), w, w**2)


def tallied(y, w):
    y, w = np.array(y, dtype=float), np.array(w, dtype=float)
    scores, place = np.unique(y, return_inverse=True)
    return Distribution(scores, np.bincount(place), np.bincount(place, w), np.bincount(place, w**2))


def numbers(found):
    return [found.estimate, found.se, found.low, found.high, found.sd, found.deff]


def test_weighted_mean_error_and_design_effect_equal_r_survey():
    found = mean(answers(Y, W), (0, 1000))
    assert found.estimate == pytest.approx(243.914, abs=5e-4)
    assert found.se == pytest.approx(48.752, abs=5e-4)
    assert found.deff == pytest.approx(1.974067, abs=5e-7)


def test_effective_base_equals_kish_1965():
    assert answers(Y, W).n_eff == pytest.approx(3.7247, abs=5e-5)


def test_equal_weights_give_the_plain_mean_and_error_of_r_survey():
    found = mean(answers(Y), (0, 1000))
    assert found.estimate == pytest.approx(113.700, abs=5e-4)
    assert found.se == pytest.approx(35.626, abs=5e-4)
    assert found.deff == pytest.approx(1, abs=1e-12)
    assert answers(Y).n_eff == pytest.approx(10, abs=1e-12)


def test_equal_weights_give_the_t_interval_of_scipy():
    found = mean(answers(Y), (0, 1000))
    low, high = stats.t.interval(0.95, 9, np.mean(Y), stats.sem(Y))
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-12)


def test_the_design_effect_of_an_estimate_is_not_the_effect_of_kish():
    kish = 10 / answers(Y, W).n_eff
    assert abs(mean(answers(Y, W), (0, 1000)).deff - kish) > 0.5


def test_interval_stays_inside_the_scale():
    found = mean(answers([1, 1, 1, 1, 5]), (1, 5))
    assert found.low == 1
    assert found.estimate < found.high < 5


@pytest.mark.parametrize("y", [[4], [4, 4, 4]])
def test_a_mean_without_spread_has_no_error(y):
    found = mean(answers(y), (1, 5))
    assert found.estimate == 4
    assert np.isnan([found.se, found.low, found.high, found.deff]).all()


def test_no_answers_have_an_effective_base_of_zero():
    assert answers([]).n_eff == 0


def test_shares_of_scores_are_weighted():
    found = tallied([1, 5, 5, 4], [1, 2, 3, 4])
    assert found.share_of(range(5, 6)) == pytest.approx(0.5, abs=1e-15)
    assert found.share_of(range(4, 6)) == pytest.approx(0.9, abs=1e-15)
    assert found.share_of(range(2, 4)) == 0


def test_the_error_of_a_share_is_that_of_a_mean_of_zeros_and_ones():
    """By hand: answers 1, 1, 0, 0 with weights 1, 2, 3, 4; p = .3; 4/3 (5 .7^2 + 25 .3^2) / 10^2 = .0626667."""
    found = answers([5, 4, 1, 2], [1, 2, 3, 4])
    assert found.share_se(range(4, 6)) ** 2 == pytest.approx(4 / 3 * (5 * 0.49 + 25 * 0.09) / 100, abs=1e-15)
    assert found.share_se(range(1, 4)) == pytest.approx(found.share_se(range(4, 6)), abs=1e-15)
    assert np.isnan(
        [found.share_se(range(1, 6)), found.share_se(range(6, 9)), answers([3]).share_se(range(3, 4))]
    ).all()


@settings(deadline=None, derandomize=True, max_examples=50)
@given(answers_and_weights)
def test_tallied_answers_give_the_same_as_rows_in_any_order(rows):
    y, w = zip(*rows, strict=True)
    back = mean(tallied(y[::-1], w[::-1]), (1, 10))
    assert numbers(back) == pytest.approx(numbers(mean(answers(y, w), (1, 10))), rel=1e-9, abs=1e-9)


@settings(deadline=None, derandomize=True, max_examples=50)
@given(answers_and_weights, st.floats(1e-3, 1e3))
def test_multiplying_all_weights_changes_nothing(rows, factor):
    y, w = zip(*rows, strict=True)
    first, second = tallied(y, w), tallied(y, np.array(w) * factor)
    assert second.n_eff == pytest.approx(first.n_eff, rel=1e-9)
    assert second.share == pytest.approx(first.share, rel=1e-9)
    assert numbers(mean(second, (1, 10))) == pytest.approx(numbers(mean(first, (1, 10))), rel=1e-9)


@settings(deadline=None, derandomize=True, max_examples=50)
@given(answers_and_weights)
def test_effective_base_lies_between_one_and_the_base(rows):
    y, w = zip(*rows, strict=True)
    found = tallied(y, w)
    assert 1 - 1e-9 <= found.n_eff <= found.n + 1e-9


@settings(deadline=None, derandomize=True, max_examples=50)
@given(answers_and_weights)
def test_low_estimate_high_stand_in_order_and_shares_sum_to_one(rows):
    y, w = zip(*rows, strict=True)
    found = mean(tallied(y, w), (1, 10))
    assert 1 <= found.low <= found.estimate <= found.high <= 10
    assert tallied(y, w).share.sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(("n", "spread"), [(30, 0.3), (60, 0.6)])
def test_weighted_interval_holds_the_true_mean_about_95_times_in_100(n, spread):
    rng = np.random.default_rng(20260)
    shares = np.array([0.03, 0.04, 0.06, 0.09, 0.12, 0.16, 0.18, 0.16, 0.1, 0.06])
    truth = shares @ np.arange(1, 11)
    runs = 2500
    y = rng.choice(np.arange(1, 11), (runs, n), p=shares)
    w = rng.lognormal(0, spread, (runs, n))
    found = [mean(answers(y[k], w[k]), (1, 10)) for k in range(runs)]
    inside = np.mean([one.low <= truth <= one.high for one in found])
    assert 0.93 <= inside <= 0.965
