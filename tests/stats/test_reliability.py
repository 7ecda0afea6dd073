"""Cronbach's alpha, omega and item statistics, against published numbers, numpy and simulation."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cxkit.stats.moments import Moments, moments
from cxkit.stats.reliability import cronbach, reliability

LOADINGS = np.array([0.9, 0.8, 0.7, 0.6])


def of_covariance(S, n=200):
    S = np.array(S, dtype=float)
    k = len(S)
    return Moments(np.full((k, k), n), np.zeros(k), S, float(n))


def of_rows(rows):
    S = np.cov(rows, rowvar=False)
    return of_covariance(S, len(rows))


@pytest.fixture(scope="module")
def bank(shared_data):
    return pd.read_csv(shared_data / "satisfaction.csv")


def columns(name, count):
    return [f"{name}{k}" for k in range(1, count + 1)]


# Standardised: printed by plspm 0.5.1 (Sanchez) for its data set "satisfaction".
# Raw: k / (k - 1) (1 - sum of variances / variance of the sum) of the same 250 rows.
@pytest.mark.parametrize(
    ("block", "count", "standardised", "raw"),
    [("imag", 5, 0.830226690205339, 0.8218546), ("sat", 4, 0.894010912676559, 0.8942952)],
)
def test_alpha_of_the_satisfaction_data_equals_the_published(bank, block, count, standardised, raw):
    found = reliability(moments(bank[columns(block, count)].to_numpy(float), np.ones(250)))
    assert found.alpha_standardised == pytest.approx(standardised, abs=1e-14)
    assert found.alpha == pytest.approx(raw, abs=5e-8)
    assert found.n == 250


def test_item_statistics_equal_plain_numpy(bank):
    names = columns("imag", 5)
    found = reliability(moments(bank[names].to_numpy(float), np.ones(250)))
    for k, name in enumerate(names):
        others = bank[names].drop(columns=name)
        expected = 4 / 3 * (1 - others.var().sum() / others.sum(axis=1).var())
        assert found.alpha_without[k] == pytest.approx(expected, abs=1e-12)
        assert found.item_rest[k] == pytest.approx(bank[name].corr(others.sum(axis=1)), abs=1e-12)


def test_omega_of_an_exact_one_factor_covariance_is_its_share_of_common_variance():
    sd = np.array([1.0, 2.0, 0.5, 1.5])
    S = np.outer(LOADINGS * sd, LOADINGS * sd)
    np.fill_diagonal(S, sd**2)
    expected = (LOADINGS * sd).sum() ** 2 / S.sum()
    assert reliability(of_covariance(S)).omega == pytest.approx(expected, abs=1e-4)


def test_omega_equals_alpha_when_all_loadings_are_equal():
    S = np.full((5, 5), 0.4) + 0.6 * np.eye(5)
    found = reliability(of_covariance(S))
    assert found.omega == pytest.approx(found.alpha, abs=1e-4)
    assert found.alpha == pytest.approx(5 * 0.4 / (1 + 4 * 0.4), abs=1e-12)


def test_items_with_nothing_in_common_have_no_omega():
    found = reliability(of_covariance(np.eye(3)))
    assert np.isnan(found.omega)
    assert found.explained == ()


def test_omega_is_the_same_number_on_every_call():
    S = [[1, 0.5, 0.3, 0.4], [0.5, 1, 0.6, 0.2], [0.3, 0.6, 1, 0.5], [0.4, 0.2, 0.5, 1]]
    assert len({reliability(of_covariance(S)).omega for _ in range(4)}) == 1


def test_alpha_of_two_items_is_the_spearman_brown_formula():
    assert cronbach(np.array([[1, 0.6], [0.6, 1]])) == pytest.approx(2 * 0.6 / 1.6, abs=1e-15)


def test_two_items_have_no_omega_and_no_alpha_without_an_item():
    found = reliability(of_covariance([[1, 0.6], [0.6, 1]]))
    assert np.isnan(found.omega)
    assert np.isnan(found.alpha_without).all()


@pytest.mark.parametrize(
    ("S", "n"),
    [
        ([[1.0]], 50),
        ([[1, 0.5], [0.5, 1]], 2),
        ([[1, 0], [0, 0]], 50),
        ([[1, -1], [-1, 1]], 50),
        ([[1, np.nan], [np.nan, 1]], 50),
    ],
)
def test_reliability_that_is_undefined_is_none(S, n):
    assert reliability(of_covariance(S, n)) is None


def test_feldt_interval_equals_its_formula():
    """Feldt 1965, Psychometrika 30(3): (1 - alpha) / (1 - estimate) follows F(n - 1, (n - 1)(k - 1))."""
    found = reliability(of_covariance([[1, 0.5, 0.5], [0.5, 1, 0.5], [0.5, 0.5, 1]], 41))
    ends = [1 - 0.25 * stats.f.isf(q, 40, 80) for q in (0.025, 0.975)]
    assert found.alpha == pytest.approx(0.75, abs=1e-12)
    assert [found.low, found.high] == pytest.approx(ends, abs=1e-12)


@pytest.mark.parametrize(("n", "k", "r"), [(15, 2, 0.5), (25, 4, 0.5), (60, 3, 0.3)])
def test_feldt_interval_covers_the_true_alpha_about_95_times_in_100(n, k, r):
    rng = np.random.default_rng(314)
    truth = k * r / (1 + (k - 1) * r)
    S = np.full((k, k), r) + (1 - r) * np.eye(k)
    one = reliability(of_covariance(S, n))
    below, above = (1 - one.low) / (1 - one.alpha), (1 - one.high) / (1 - one.alpha)
    rows = rng.standard_normal((20_000, n, k)) @ np.linalg.cholesky(S).T
    items, sums = rows.var(axis=1, ddof=1).sum(axis=1), rows.sum(axis=2).var(axis=1, ddof=1)
    alpha = k / (k - 1) * (1 - items / sums)
    again = reliability(of_rows(rows[0]))
    assert again.low == pytest.approx(1 - (1 - alpha[0]) * below, abs=1e-12)
    held = (1 - (1 - alpha) * below <= truth) & (truth <= 1 - (1 - alpha) * above)
    assert 0.945 <= held.mean() <= 0.955


def test_interval_of_a_weighted_alpha_rests_on_the_effective_base():
    rng = np.random.default_rng(5)
    rows = rng.standard_normal((400, 3)) + rng.standard_normal((400, 1))
    weighted = reliability(moments(rows, np.r_[np.ones(40), np.full(360, 1e-9)]))
    alone = reliability(moments(rows[:40], np.ones(40)))
    assert weighted.alpha == pytest.approx(alone.alpha, abs=1e-6)
    assert (weighted.low, weighted.high) == pytest.approx((alone.low, alone.high), abs=1e-3)
