"""Items that run against the others: by hand, by numpy and pandas, by simulation."""

import numpy as np
import pytest

from cxkit.stats.direction import against, together, upper_bound, with_rest
from cxkit.stats.moments import moments


def of_factor(loadings, n=200, seed=1):
    """The covariance of answers that one factor makes; a negative loading is an item asked the other way round."""
    rng, loads = np.random.default_rng(seed), np.array(loadings)
    answers = rng.normal(size=(n, 1)) * loads + rng.normal(size=(n, len(loads))) * np.sqrt(1 - loads**2)
    return np.cov(answers, rowvar=False)


def named(covariance, n=200):
    return [(one.item, one.open) for one in against(covariance, n)]


def test_the_upper_bound_of_a_correlation_is_that_of_fisher():
    # Fisher z by hand: atanh(-0.5) = -0.5493; + 1.6449 / sqrt(25) = -0.2203; tanh = -0.2168
    assert upper_bound(-0.5, 28) == pytest.approx(-0.2168, abs=1e-4)
    assert upper_bound(-1.0, 28) == -1.0
    assert upper_bound(-1.0, 3) == 1.0


def test_the_item_rest_correlation_is_that_with_the_sum_of_the_others():
    scores = np.random.default_rng(6).normal(size=(50, 4)) * [1, 2, 3, 4]
    expected = [np.corrcoef(scores[:, k], np.delete(scores, k, axis=1).sum(axis=1))[0, 1] for k in range(4)]
    assert with_rest(np.cov(scores, rowvar=False)) == pytest.approx(expected, abs=1e-12)


def test_what_does_not_vary_has_no_item_rest_correlation():
    cancels = np.array([[1.0, 0.3, 0.3], [0.3, 1, -1], [0.3, -1, 1]])  # the sum of the last two is always the same
    assert np.isnan(with_rest(cancels)).tolist() == [True, False, False]
    assert np.isnan(with_rest(np.diag([1.0, 0]))).all()


def test_columns_of_other_respondents_are_left_out_and_the_rest_stays():
    n_pairs = np.array([[80, 0, 80], [0, 40, 40], [80, 40, 120]])
    assert together(n_pairs, 10) == [1, 2]
    assert together(n_pairs, 50) == [0, 2]
    assert together(n_pairs, 1000) == []


@pytest.mark.parametrize(
    ("loadings", "expected"),
    [
        ([0.8, 0.7, 0.6], []),
        ([0.8, 0.7, -0.6], [(2, False)]),
        ([-0.8, 0.7, 0.6, 0.7], [(0, False)]),
        ([0.7, -0.7, 0.7, -0.7, 0.7], [(1, False), (3, False)]),
        ([-0.7, 0.7, -0.7, 0.7, -0.7], [(1, False), (3, False)]),  # most run the other way
        ([0.8, -0.7], [(0, True), (1, True)]),
        ([0.7, 0.7, -0.7, -0.7], [(0, True), (1, True), (2, True), (3, True)]),
        ([0.9, -0.9, 0, 0, 0], [(0, True), (1, True)]),  # items of another thing settle nothing
    ],
)
def test_the_smaller_camp_is_named_and_of_two_equal_ones_both(loadings, expected):
    assert named(of_factor(loadings)) == expected


def test_a_named_item_has_its_correlation_with_those_it_runs_against():
    S = of_factor([0.8, 0.7, -0.6, 0.7])
    (found,) = against(S, 200)
    assert found.others == (0, 1, 3)
    assert found.r == pytest.approx(with_rest(S)[2], abs=1e-12)
    first, second = against(of_factor([0.8, -0.7]), 200)
    assert (first.others, second.others) == ((1,), (0,))
    assert first.r == pytest.approx(second.r)


def test_a_weak_one_of_three_does_not_draw_the_others_in():
    # 1 and 2 go together; 3 is turned, so each of the two correlates with the sum of its others by about -.1.
    S = np.array([[1, 0.6, -0.7], [0.6, 1, -0.75], [-0.7, -0.75, 1]])
    assert with_rest(S)[:2].max() < -0.1
    assert named(S, 500) == [(2, False)]


def test_what_does_not_vary_or_is_not_known_is_no_item():
    S = of_factor([0.8, 0.7, -0.6, 0.7])
    still = np.insert(np.insert(S, 1, 0, axis=0), 1, 0, axis=1)
    assert named(still) == [(3, False)]
    still[1] = still[:, 1] = np.nan
    assert named(still) == [(3, False)]
    assert named(S[:1, :1]) == []
    assert named(np.zeros((3, 3))) == []


def test_exact_opposites_are_named_from_four_respondents_on():
    S = np.array([[1.0, -1], [-1, 1]])
    assert named(S, 4) == [(0, True), (1, True)]
    assert named(S, 3) == []


@pytest.mark.parametrize(("n", "k"), [(200, 10), (60, 2)])
def test_of_items_without_anything_in_common_about_one_survey_in_twenty_names_some(n, k):
    rng, surveys = np.random.default_rng(4), 400
    answers = rng.integers(1, 11, (surveys, n, k)).astype(float)
    share = np.mean([bool(against(np.cov(rows, rowvar=False), n)) for rows in answers])
    assert share <= 0.05 + 2.5 * (0.05 * 0.95 / surveys) ** 0.5


def test_gaps_and_weights_accuse_no_more_often():
    rng = np.random.default_rng(5)
    found = 0
    for _ in range(200):
        rows = rng.integers(1, 6, (150, 6)).astype(float)
        rows[rng.uniform(size=rows.shape) < 0.3] = np.nan
        m = moments(rows, rng.exponential(size=150) + 0.2)
        found += bool(against(m.covariance, m.n_eff))
    assert found / 200 <= 0.05 + 2.5 * (0.05 * 0.95 / 200) ** 0.5


def test_a_reversed_item_of_a_usable_scale_is_seldom_missed():
    rng = np.random.default_rng(8)
    hits = [named(of_factor([0.6, 0.6, 0.6, -0.6], 100, int(seed)), 100) for seed in rng.integers(0, 10**6, 100)]
    assert np.mean([found == [(3, False)] for found in hits]) > 0.95
