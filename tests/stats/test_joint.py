"""Estimates of the same respondents: means, their covariance, sums and differences."""

import numpy as np
import pytest
from scipy import stats

from cxkit.stats.joint import Estimate, combine, means
from cxkit.stats.weights import Distribution, mean
from tests.by_hand import freedom

NAN = np.nan


def test_weighted_mean_and_error_are_those_of_the_r_survey_package():
    # Printed by the deff test of R's survey: mean 243.914, SE 48.752, n_eff 3.7247.
    y = np.array([15, 143, 21, 51, 337, 50, 274, 145, 15, 86.0])
    w = np.array([20, 200, 11, 25, 550, 30, 250, 100, 10, 55.0])
    found = means(y[:, None], w)[0]
    assert (found.value, found.se, found.n_kish) == pytest.approx((243.914, 48.752, 3.7247), abs=5e-4)
    assert found.n_eff == pytest.approx(10 / 1.974067, abs=5e-6)  # the printed design effect
    assert found.df == pytest.approx(freedom(w))


def test_one_column_agrees_with_the_mean_of_counts():
    rng = np.random.default_rng(1)
    y, w = rng.integers(1, 6, 80).astype(float), rng.uniform(0.5, 2, 80)
    counted = mean(Distribution(y, np.ones(80), w, w**2, w**3), (1, 5))
    found = means(y[:, None], w)[0]
    assert (found.value, found.se) == pytest.approx((counted.estimate, counted.se), abs=1e-12)
    assert found.interval(0.95, (1, 5)) == pytest.approx((counted.low, counted.high), abs=1e-12)


def test_a_difference_of_complete_pairs_is_the_paired_t_test():
    rng = np.random.default_rng(2)
    first = rng.normal(5, 1, 40)
    pairs = np.column_stack([first, first + rng.normal(0.3, 1, 40)])
    gap = combine(means(pairs, np.ones(40)), [-1, 1])
    reference = stats.ttest_rel(pairs[:, 1], pairs[:, 0])
    assert gap.value / gap.se == pytest.approx(reference.statistic, abs=1e-12)
    assert gap.interval(0.95) == pytest.approx(tuple(reference.confidence_interval()), abs=1e-12)


def test_a_difference_of_other_respondents_has_the_sum_of_variances():
    scores = np.array([[1, NAN], [2, NAN], [4, NAN], [NAN, 3], [NAN, 7]])
    one, other = means(scores, np.ones(5))
    assert (one.n, other.n) == (3, 2)
    gap = combine([one, other], [1, -1])
    # by hand: variances 7/3 and 8, over 3 and 2
    assert gap.variance == pytest.approx(7 / 9 + 4, abs=1e-12)
    assert (gap.n, gap.df) == (2, 1)


def test_a_value_from_outside_the_survey_adds_its_own_variance_and_no_base():
    survey = means(np.array([[1.0], [3.0]]), np.ones(2))[0]
    books = Estimate(97.6, NAN, NAN, np.zeros(2), fixed=4.0)
    both = combine([survey, books], [0.5, 0.5])
    assert both.value == pytest.approx(0.5 * 2 + 0.5 * 97.6)
    assert both.variance == pytest.approx(0.25 * 1 + 0.25 * 4)
    assert both.n == 2
    alone = combine([books], [1.0])
    assert np.isnan(alone.n)
    assert alone.interval(0.95) == pytest.approx((97.6 - 1.959964 * 2, 97.6 + 1.959964 * 2), abs=1e-5)


def test_where_nothing_varies_no_interval_is_given():
    same, single = means(np.array([[5, 4], [5, NAN]]), np.ones(2))
    for found in (same, single):
        assert np.isnan(found.se)
        assert np.isnan(found.interval(0.95)).all()


def test_an_interval_stays_inside_the_bounds():
    found = means(np.array([[0.0], [100.0], [0.0]]), np.ones(3))[0]
    low, high = found.interval(0.95, (0, 100))
    assert 0 < low < 100 / 3 < high < 100
