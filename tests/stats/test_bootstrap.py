"""Bootstrap totals and covariances, against the same resamples taken row by row."""

import math

import numpy as np
import pytest
from scipy import stats

from cxkit.stats import bootstrap
from cxkit.stats.bootstrap import covariances, resampled_totals, tail


def rows_of(seed, n, times):
    return np.random.default_rng(seed).integers(n, size=(times, n))


@pytest.mark.parametrize("cells", [bootstrap.CELLS, 100, 1])
def test_totals_are_the_sums_over_the_rows_drawn_whatever_the_block(monkeypatch, cells):
    monkeypatch.setattr(bootstrap, "CELLS", cells)
    columns = np.random.default_rng(3).standard_normal((30, 4))
    times = 3 * bootstrap.LEAST - 1
    expected = columns[rows_of(7, 30, times)].sum(axis=1)
    assert resampled_totals(columns, np.random.default_rng(7), times) == pytest.approx(expected, abs=1e-12)


def test_first_resamples_are_the_same_however_many_follow():
    columns = np.random.default_rng(3).standard_normal((50, 2))
    few, many = (resampled_totals(columns, np.random.default_rng(7), times) for times in (5, 40))
    assert few == pytest.approx(many[:5], abs=1e-12)


def test_totals_vary_as_sums_of_independent_draws_do():
    """Efron 1979: given the sample, a bootstrap mean has the variance (n-divisor) s^2 / n."""
    column = np.random.default_rng(3).standard_normal((80, 1))
    totals = resampled_totals(column, np.random.default_rng(7), 20_000)
    assert totals.var() == pytest.approx(80 * column.var(), rel=0.04)
    assert totals.mean() == pytest.approx(column.sum(), abs=0.3)


@pytest.mark.parametrize("shift", [0, 1e6])
def test_covariance_of_a_resample_is_the_weighted_one_of_its_rows(shift):
    rng = np.random.default_rng(5)
    x = (rng.standard_normal((40, 3)) + rng.standard_normal((40, 1))) * [1, 100, 0.01] + shift
    w = rng.uniform(0.2, 3, 40)
    found = covariances(x, w, np.random.default_rng(9), 6)
    for one, rows in zip(found, rows_of(9, 40, 6), strict=True):
        expected = np.cov(x[rows] - shift, rowvar=False, aweights=w[rows], ddof=0) * 40 / 39
        sd = np.sqrt(np.diag(expected))
        assert one / np.outer(sd, sd) == pytest.approx(expected / np.outer(sd, sd), abs=1e-7 if shift else 1e-12)
        assert (one == one.T).all()


def test_equal_weights_give_the_sample_covariance():
    x = np.random.default_rng(5).standard_normal((25, 2))
    found = covariances(x, np.full(25, 7.0), np.random.default_rng(9), 3)
    for one, rows in zip(found, rows_of(9, 25, 3), strict=True):
        assert one == pytest.approx(np.cov(x[rows], rowvar=False), abs=1e-12)


def test_a_variable_that_is_constant_in_a_resample_is_exactly_0_there_and_only_there():
    rng = np.random.default_rng(5)
    x = np.column_stack([rng.standard_normal(20), np.where(np.arange(20) == 4, 3.7, 0.1)])
    drawn = (rows_of(9, 20, 50) == 4).any(axis=1)
    found = covariances(x, rng.uniform(1, 2, 20), np.random.default_rng(9), 50)
    assert drawn.any()
    assert not drawn.all()
    assert (found[~drawn, 1] == 0).all()
    assert (found[~drawn, :, 1] == 0).all()
    assert (found[drawn, 1, 1] > 0.1).all()
    assert (found[:, 0, 0] > 0.1).all()


@pytest.mark.parametrize("answer", [0.1, 5])
def test_a_variable_without_any_variance_is_0_in_every_resample(answer):
    x = np.column_stack([np.arange(20.0), np.full(20, answer)])
    found = covariances(x, np.ones(20), np.random.default_rng(9), 4)
    assert (found[:, 1] == 0).all()
    assert np.isfinite(found).all()


# Ends of intervals


@pytest.mark.parametrize(("n", "t"), [(5, 2.776), (10, 2.262), (30, 2.045), (100, 1.984)])
def test_a_percentile_interval_is_expanded_as_t_is_wider_than_normal(n, t):
    """t from a printed table; normal(-sqrt(n/(n-1)) t) by the error function."""
    expected = math.erfc(math.sqrt(n / (n - 1)) * t / math.sqrt(2)) / 2
    assert tail(0.95, n) == pytest.approx(expected, rel=5e-3)
    assert tail(0.95, n) < 0.025
    assert tail(0.95, 1.0) == 0


def test_an_expanded_interval_of_a_mean_is_hardly_less_than_a_t_interval():
    """Resamples of a mean are narrower than t by sqrt((n-1)/n) and the tails of t; both are put back."""
    x = np.random.default_rng(5).normal(size=12)
    draws = resampled_totals(x[:, None] / 12, np.random.default_rng(1), 200_000)[:, 0]
    low, high = np.quantile(draws, [tail(0.95, 12), 1 - tail(0.95, 12)])
    theirs = stats.t.interval(0.95, 11, x.mean(), x.std(ddof=1) / 12**0.5)
    plain = np.quantile(draws, [0.025, 0.975])
    assert high - low == pytest.approx(theirs[1] - theirs[0], rel=0.04)
    assert plain[1] - plain[0] < 0.9 * (theirs[1] - theirs[0])
