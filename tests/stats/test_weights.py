"""Weighted means, effective bases and design effects against R and by simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cxkit.stats import weights
from cxkit.stats.weights import Distribution, bounded_interval, effective_base, mean
from tests.by_hand import freedom, on_the_logit, share_base

# R package "survey" (Lumley), tests/deff.R: the printed mean, standard error and design effect.
Y = [15, 143, 21, 51, 337, 50, 274, 145, 15, 86]
W = [20, 200, 11, 25, 550, 30, 250, 100, 10, 55]

answers_and_weights = st.lists(
    st.tuples(st.integers(1, 10), st.floats(0.05, 20)), min_size=2, max_size=40
).filter(lambda rows: len({score for score, _ in rows}) > 1)  # fmt: skip


def answers(y, w=None):
    y = np.array(y, dtype=float)
    w = np.ones(len(y)) if w is None else np.array(w, dtype=float)
    return Distribution(y, np.ones(len(y)), w, w**2, w**3)


def tallied(y, w):
    y, w = np.array(y, dtype=float), np.array(w, dtype=float)
    scores, place = np.unique(y, return_inverse=True)
    return Distribution(
        scores, np.bincount(place), np.bincount(place, w), np.bincount(place, w**2), np.bincount(place, w**3)
    )


def numbers(found):
    return [found.estimate, found.se, found.low, found.high, found.sd, found.deff, found.n_eff]


def test_weighted_mean_error_and_design_effect_equal_r_survey():
    found = mean(answers(Y, W), (0, 1000))
    assert found.estimate == pytest.approx(243.914, abs=5e-4)
    assert found.se == pytest.approx(48.752, abs=5e-4)
    assert found.deff == pytest.approx(1.974067, abs=5e-7)
    assert found.n_eff == pytest.approx(10 / 1.974067, abs=5e-6)


def test_effective_base_equals_kish_1965():
    assert answers(Y, W).n_kish == pytest.approx(3.7247, abs=5e-5)


def test_equal_weights_give_the_plain_mean_and_error_of_r_survey():
    found = mean(answers(Y), (0, 1000))
    assert found.estimate == pytest.approx(113.700, abs=5e-4)
    assert found.se == pytest.approx(35.626, abs=5e-4)
    assert found.deff == pytest.approx(1, abs=1e-12)
    assert (answers(Y).n_kish, found.n_eff) == pytest.approx((10, 10), abs=1e-12)


def test_without_bounds_equal_weights_give_the_t_interval_of_scipy():
    found = mean(answers(Y), (-np.inf, np.inf))
    low, high = stats.t.interval(0.95, 9, np.mean(Y), stats.sem(Y))
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-12)


def test_a_weighted_interval_stands_on_the_logit_and_on_the_freedom_of_its_weights():
    """R survey's mean and SE; of ten weights two are heavy, which leaves 1 degree of freedom."""
    found = mean(answers(Y, W), (0, 1000))
    assert (found.low, found.high) == pytest.approx(on_the_logit(243.914, 48.752, freedom(W), 0, 1000), abs=0.02)


def test_in_the_middle_of_the_scale_the_bounded_interval_is_nearly_the_plain_one():
    """With the error of 100 answers whose standard deviation is a quarter of the scale, by hand within 1 %."""
    low, high = bounded_interval(3.0, 0.1, 99, (1, 5))
    t = stats.t.ppf(0.975, 99)
    assert (3 - low, high - 3) == pytest.approx((t * 0.1, t * 0.1), rel=0.01)
    assert bounded_interval(3.0, 0.1, 99, (-np.inf, np.inf)) == pytest.approx((3 - t * 0.1, 3 + t * 0.1), rel=1e-12)


@pytest.mark.parametrize("place", [0.02, 0.4, 0.97])
def test_a_bounded_interval_mirrors_and_moves_with_its_scale(place):
    low, high = bounded_interval(place, 0.013, 19, (0, 1))
    assert 0 < low < place < high < 1
    assert bounded_interval(1 - place, 0.013, 19, (0, 1)) == pytest.approx((1 - high, 1 - low), rel=1e-9)
    assert bounded_interval(2 + 8 * place, 0.104, 19, (2, 10)) == pytest.approx((2 + 8 * low, 2 + 8 * high), rel=1e-9)


def test_at_an_end_of_the_scale_a_bounded_interval_is_the_plain_one_cut_off():
    """As an operational level of 100 has it, whose error comes from the books."""
    assert bounded_interval(100, 2, np.inf, (0, 100)) == pytest.approx((100 - 2 * 1.959964, 100), abs=1e-5)


def test_the_base_of_a_share_is_its_own():
    """Hits of weight 3 among ones, by hand: 20 of 80; the design effect is p (1 - p) / variance, not Kish's."""
    inside, w = np.repeat([1.0, 0.0], [20, 60]), np.repeat([3.0, 1.0], [20, 60])
    found = effective_base(answers(inside, w), inside, (0, 1))
    # p = .5; variance (20 9 .25 + 60 .25) / 120^2 = 60 / 14400, so 60 answers; Kish 120^2 / 240 = 60 too
    assert found == pytest.approx(60, rel=0.05)
    light = effective_base(answers(inside, np.repeat([1.0, 3.0], [20, 60])), inside, (0, 1))
    # p = .1; variance (20 .81 + 60 9 .01) / 200^2 = 21.6 / 40000, so .09 / .00054 = 167 answers, where Kish has 71
    assert 120 < light < 167
    for heavy in (w, np.repeat([1.0, 3.0], [20, 60]), np.linspace(0.2, 5, 80)):
        assert effective_base(answers(inside, heavy), inside, (0, 1)) == pytest.approx(share_base(inside, heavy))


@pytest.mark.parametrize(("n", "cv"), [(30, 0.5), (30, 1), (60, 1), (150, 1)])
def test_a_weighted_mean_is_rejected_in_5_of_100_surveys_by_the_freedom_of_its_weights(n, cv):
    """Of 20,000 surveys; with Kish's base less 1: .055, .063, .060 and .056."""
    rng = np.random.default_rng(3)
    w, y = rng.lognormal(0, np.log(1 + cv**2) ** 0.5, (n, 20_000)), rng.normal(size=(n, 20_000))
    m = (w * y).sum(axis=0) / w.sum(axis=0)
    error = np.sqrt(n / (n - 1) * ((w * (y - m)) ** 2).sum(axis=0)) / w.sum(axis=0)
    p = 2 * stats.t.sf(abs(m / error), weights.freedom(w))
    assert 0.039 < (p < 0.05).mean() < 0.0525
    assert (p < 0.001).mean() <= 0.001


@pytest.mark.parametrize("inside", [np.zeros(40), np.ones(40)])
def test_where_all_answers_are_equal_the_base_is_that_of_kish(inside):
    w = np.linspace(0.5, 2, 40)
    kish = w.sum() ** 2 / (w**2).sum()
    t, less_sure = stats.t.ppf(0.975, [39, freedom(w)])
    assert effective_base(answers(inside, w), inside, (0, 1)) == pytest.approx(kish * (t / less_sure) ** 2, rel=1e-9)


@settings(deadline=None, derandomize=True, max_examples=50)
@given(st.lists(st.tuples(st.integers(-1, 1), st.floats(0.01, 100)), min_size=1, max_size=40))
def test_the_base_of_a_share_lies_between_one_and_its_cap_and_is_n_at_equal_weights(rows):
    x, w = (np.array(side, float) for side in zip(*rows, strict=True))
    few = min(int((x == end).sum()) for end in (0, 1)) if (x >= 0).all() else 0
    if (x >= 0).all():
        base, kish = effective_base(answers(x, w), x, (0, 1)), w.sum() ** 2 / (w**2).sum()
        assert 1 <= base <= max(1.0, 1.25 * kish * max(1, (1 + np.sqrt(few)) / 2))
    assert effective_base(answers(x, 7 * np.ones(len(x))), x, (-1, 1)) == len(x)


def test_a_net_score_without_passives_has_the_base_of_its_share():
    rng = np.random.default_rng(3)
    x, w = rng.choice([-1.0, 1.0], 50, p=[0.2, 0.8]), rng.lognormal(0, 0.7, 50)
    found = effective_base(answers(x, w), x, (-1, 1))
    assert found == pytest.approx(effective_base(answers(x, w), (x + 1) / 2, (0, 1)), rel=1e-9)


def test_the_design_effect_of_an_estimate_is_not_the_effect_of_kish():
    kish = 10 / answers(Y, W).n_kish
    assert abs(mean(answers(Y, W), (0, 1000)).deff - kish) > 0.5


def test_interval_stays_inside_the_scale():
    found = mean(answers([1, 1, 1, 1, 5]), (1, 5))
    assert 1 < found.low < 1.3
    assert found.estimate < found.high < 5


@pytest.mark.parametrize("y", [[4], [4, 4, 4]])
def test_a_mean_without_spread_has_no_error(y):
    found = mean(answers(y), (1, 5))
    assert found.estimate == 4
    assert np.isnan([found.se, found.low, found.high, found.deff]).all()


def test_no_answers_have_an_effective_base_of_zero():
    assert answers([]).n_kish == 0


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
    assert second.n_kish == pytest.approx(first.n_kish, rel=1e-9)
    assert second.share == pytest.approx(first.share, rel=1e-9)
    assert numbers(mean(second, (1, 10))) == pytest.approx(numbers(mean(first, (1, 10))), rel=1e-9)


@settings(deadline=None, derandomize=True, max_examples=50)
@given(answers_and_weights)
def test_effective_base_lies_between_one_and_the_base(rows):
    y, w = zip(*rows, strict=True)
    found = tallied(y, w)
    assert 1 - 1e-9 <= found.n_kish <= found.n + 1e-9


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
