"""Intervals for shares against published numbers, and their coverage by exact enumeration."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from cxkit.stats.shares import goodman, wilson

# Sison & Glaz 1995, JASA 90(429), the Goodman 1965 intervals of their example, to 4 decimals.
SISON_GLAZ = {
    56: (0.0852, 0.1663), 72: (0.1145, 0.2044), 73: (0.1164, 0.2067), 59: (0.0906, 0.1735),
    62: (0.0961, 0.1807), 87: (0.1427, 0.2394), 58: (0.0888, 0.1711),
}  # fmt: skip


def goodman_by_hand(counts, level=0.95):
    """Goodman 1965, Technometrics 7(2), formula 2.5: chi square with one df at alpha / k.

    Fewer than 5 hits, or misses: chi square with 2 df for each, at alpha / k (R: qchisq(alpha / k, 2 * x) / 2 / n).
    """
    counts = np.asarray(counts, dtype=float)
    n, alpha = counts.sum(), (1 - level) / len(counts)
    a = stats.chi2.ppf(1 - alpha, 1)
    root = np.sqrt(a * (a + 4 * counts * (n - counts) / n))
    low, high = (a + 2 * counts - root) / (2 * (n + a)), (a + 2 * counts + root) / (2 * (n + a))
    few = [stats.chi2.ppf(alpha, 2 * np.maximum(side, 0.5)) / 2 / n for side in (counts, n - counts)]
    low = np.where((counts > 0) & (counts < 5), np.minimum(low, few[0]), low)
    high = np.where((counts < n) & (n - counts < 5), np.maximum(high, 1 - few[1]), high)
    return np.column_stack([low, high])


def test_wilson_18_of_20_equals_the_printed_interval():
    # R package "binom" (Dorai-Raj), binom.confint(18, 20), method wilson.
    assert wilson(18 / 20, 20) == pytest.approx((0.6989663548, 0.9721335188), abs=5e-11)


@pytest.mark.parametrize(("hits", "n"), [(0, 77), (38, 38)])
def test_wilson_of_none_or_all_stays_inside_zero_and_one(hits, n):
    low, high = wilson(hits / n, n)
    z2 = stats.norm.ppf(0.975) ** 2
    assert 0 <= low <= hits / n <= high <= 1
    assert high - low == pytest.approx(z2 / (n + z2), rel=1e-12)


@pytest.mark.parametrize("n", [20, 50, 400])
def test_one_hit_leaves_out_only_shares_that_hardly_ever_give_one(n):
    """By hand: nobody is hit with chance exp(-lambda) = .95 at lambda = -ln .95; Wilson begins at .18 hits."""
    low, high = wilson(1 / n, n)
    assert low == pytest.approx(-np.log(0.95) / n, rel=1e-12)
    assert high == pytest.approx(proportion_confint(1, n, method="wilson")[1], rel=1e-9)
    assert wilson(1 - 1 / n, n) == pytest.approx((1 - high, 1 - low), rel=1e-9)


@pytest.mark.parametrize(("hits", "n"), [(0, 50), (2, 50), (18, 20), (7, 30), (300, 1000)])
def test_otherwise_wilson_is_that_of_statsmodels(hits, n):
    assert wilson(hits / n, n) == pytest.approx(proportion_confint(hits, n, method="wilson"), abs=1e-12)


def test_a_rare_share_is_covered_by_exact_enumeration():
    """A share of .3 % among 50 is none in 86 of 100 samples; Wilson alone leaves it out in the others."""
    hits = np.arange(51)
    bounds = np.array([wilson(x / 50, 50) for x in hits])
    held = (bounds[:, 0] <= 0.003) & (bounds[:, 1] >= 0.003)
    assert stats.binom.pmf(hits, 50, 0.003)[held].sum() > 0.93
    plain = np.array(proportion_confint(hits, 50, method="wilson"))
    held = (plain[0] <= 0.003) & (plain[1] >= 0.003)
    assert stats.binom.pmf(hits, 50, 0.003)[held].sum() == pytest.approx(0.862, abs=0.002)


def test_wilson_narrows_as_the_level_falls():
    wide, narrow = wilson(0.3, 50, 0.99), wilson(0.3, 50, 0.8)
    assert wide[0] < narrow[0] < 0.3 < narrow[1] < wide[1]


@pytest.mark.parametrize("n", [10, 20, 50])
def test_wilson_covers_the_true_share_about_95_times_in_100(n):
    """Brown, Cai & DasGupta 2001, Statistical Science 16(2): the mean coverage of Wilson is close to .95."""
    hits, shares = np.arange(n + 1), np.linspace(0.005, 0.995, 199)
    bounds = np.array([wilson(x / n, n) for x in hits])
    held = (bounds[:, 0] <= shares[:, None]) & (shares[:, None] <= bounds[:, 1])
    coverage = (held * stats.binom.pmf(hits, n, shares[:, None])).sum(1)
    middle = (shares >= 0.1) & (shares <= 0.9)
    assert 0.945 <= coverage.mean() <= 0.96
    assert coverage[middle].min() >= 0.9
    assert coverage.min() >= 0.83


def test_goodman_equals_the_printed_table_of_sison_and_glaz():
    n = sum(SISON_GLAZ)
    found = goodman([count / n for count in SISON_GLAZ], [n] * len(SISON_GLAZ))
    assert np.array(found) == pytest.approx(np.array(list(SISON_GLAZ.values())), abs=5e-5)


@settings(deadline=None, derandomize=True, max_examples=50)
@given(st.lists(st.integers(0, 60), min_size=2, max_size=11).filter(lambda counts: sum(counts) > 0))
def test_goodman_equals_its_formula_and_holds_every_share(counts):
    n = sum(counts)
    shares = [count / n for count in counts]
    found = np.array(goodman(shares, [n] * len(shares)))
    assert found == pytest.approx(goodman_by_hand(counts), abs=1e-9)
    assert (found[:, 0] <= shares).all()
    assert (shares <= found[:, 1]).all()


@settings(deadline=None, derandomize=True, max_examples=50)
@given(st.floats(0, 1), st.floats(1, 1e6), st.floats(0.5, 0.999))
def test_wilson_holds_its_share_and_stays_inside_zero_and_one(share, n_eff, level):
    low, high = wilson(share, n_eff, level)
    assert 0 <= low <= share <= high <= 1


def test_goodman_intervals_hold_together_about_95_times_in_100():
    rng = np.random.default_rng(7)
    shares = [0.1, 0.2, 0.3, 0.4]
    draws = rng.multinomial(120, shares, 3000)
    bounds = np.array([goodman(draw / 120, [120] * 4) for draw in draws])
    together = ((bounds[..., 0] <= shares) & (shares <= bounds[..., 1])).all(1)
    assert 0.94 <= together.mean() <= 0.975


def test_rare_scores_hold_together_too():
    """0-10 as a recommended firm has it, n 50; Goodman alone holds in 82 of 100 (two standard errors are .01)."""
    rng = np.random.default_rng(8)
    shares = np.array([0.3, 0.2, 0.3, 0.5, 0.7, 2, 3, 8, 17, 23, 45]) / 100
    draws = rng.multinomial(50, shares, 2000)
    bounds = np.array([goodman(draw / 50, [50] * 11) for draw in draws])
    together = ((bounds[..., 0] <= shares) & (shares <= bounds[..., 1])).all(1)
    assert 0.94 <= together.mean() <= 0.985
