"""Means and covariances of items with gaps, against numpy and pandas."""

from itertools import combinations_with_replacement

import numpy as np
import pandas as pd
import pytest

from cxkit.stats.moments import moments


def kish(w):
    """The effective base of weights: Kish, Survey Sampling (1965)."""
    return w.sum() ** 2 / (w**2).sum()


def rated(n=90, gaps=0.2):
    rng = np.random.default_rng(7)
    scores = rng.integers(1, 6, (n, 3)).astype(float)
    scores[rng.uniform(size=scores.shape) < gaps] = np.nan
    return scores, rng.uniform(0.5, 2, n).round(2)


def test_each_pair_of_items_has_the_moments_of_those_who_answered_both():
    scores, w = rated()
    found = moments(scores, w)
    pairs = {(i, j): ~np.isnan(scores[:, [i, j]]).any(axis=1) for i, j in combinations_with_replacement(range(3), 2)}
    for (i, j), both in pairs.items():
        n = both.sum()
        expected = np.cov(scores[both, i], scores[both, j], aweights=w[both], ddof=0)[0, 1] * n / (n - 1)
        assert found.n_pairs[i, j] == n < 90
        assert found.covariance[i, j] == pytest.approx(expected, rel=1e-10)
    for i in range(3):
        assert found.n[i] == pairs[i, i].sum()
        assert found.mean[i] == pytest.approx(np.average(scores[pairs[i, i], i], weights=w[pairs[i, i]]), rel=1e-12)
    assert found.n_eff == pytest.approx(min(kish(w[both]) for both in pairs.values()), rel=1e-12)


def test_covariances_of_pairs_are_those_of_pandas():
    scores, _ = rated()
    found = moments(scores + 1e6, np.ones(90))
    assert pd.DataFrame(scores).cov().to_numpy() == pytest.approx(found.covariance, abs=1e-8)


def test_weights_count_as_respondents_do_but_for_the_base():
    scores, _ = rated(40, gaps=0)
    twice = moments(np.vstack([scores, scores[:10]]), np.ones(50))
    weighted = moments(scores, np.r_[np.full(10, 2.0), np.ones(30)])
    assert weighted.covariance * 39 / 40 == pytest.approx(twice.covariance * 49 / 50, abs=1e-12)
    assert weighted.n_eff == pytest.approx(50**2 / 70)  # Kish 1965: (10 x 2 + 30)^2 / (10 x 4 + 30)


def test_a_line_for_several_is_several_lines():
    scores, w = rated()
    n = np.random.default_rng(8).integers(1, 4, 90)
    one, many = moments(scores, w, n), moments(np.repeat(scores, n, axis=0), np.repeat(w, n))
    assert one.n_pairs.tolist() == many.n_pairs.tolist()
    assert one.mean == pytest.approx(many.mean, rel=1e-12)
    assert one.covariance == pytest.approx(many.covariance, rel=1e-10)
    assert one.n_eff == pytest.approx(many.n_eff, rel=1e-12)


def test_a_large_mean_does_not_drown_the_variance():
    scores = 1e9 + np.array([[1.0, 3], [2, 1], [3, 2]])
    np.testing.assert_allclose(moments(scores, np.ones(3)).covariance, [[1, -0.5], [-0.5, 1]])


def test_what_nobody_or_one_respondent_answered_has_no_covariance():
    one = moments(np.array([[4.0, 2.0]]), np.ones(1))
    assert (one.n.tolist(), one.mean.tolist()) == ([1, 1], [4, 2])
    assert np.isnan(one.covariance).all()
    apart = moments(np.array([[4.0, np.nan], [np.nan, 2.0]]), np.ones(2))
    assert apart.n_pairs.tolist() == [[1, 0], [0, 1]]
    assert apart.mean.tolist() == [4, 2]
    assert apart.n_eff == 0
