"""Intervals for shares against published numbers, and their coverage by exact enumeration."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cxkit.stats.shares import goodman, wilson

# Sison & Glaz 1995, JASA 90(429), the Goodman 1965 intervals of their example, to 4 decimals.
SISON_GLAZ = {
    56: (0.0852, 0.1663), 72: (0.1145, 0.2044), 73: (0.1164, 0.2067), 59: (0.0906, 0.1735),
    62: (0.0961, 0.1807), 87: (0.1427, 0.2394), 58: (0.0888, 0.1711),
}  # fmt: skip


def goodman_by_hand(counts, level=0.95):
    """Goodman 1965, Technometrics 7(2), formula 2.5: chi square with one df at alpha / k."""
    counts = np.asarray(counts, dtype=float)
    n, a = counts.sum(), stats.chi2.ppf(1 - (1 - level) / len(counts), 1)
    root = np.sqrt(a * (a + 4 * counts * (n - counts) / n))
    return np.column_stack([a + 2 * counts - root, a + 2 * counts + root]) / (2 * (n + a))


def test_wilson_18_of_20_equals_the_printed_interval():
    # R package "binom" (Dorai-Raj), binom.confint(18, 20), method wilson.
    assert wilson(18 / 20, 20) == pytest.approx((0.6989663548, 0.9721335188), abs=5e-11)


@pytest.mark.parametrize(("hits", "n"), [(0, 77), (38, 38)])
def test_wilson_of_none_or_all_stays_inside_zero_and_one(hits, n):
    low, high = wilson(hits / n, n)
    z2 = stats.norm.ppf(0.975) ** 2
    assert 0 <= low <= hits / n <= high <= 1
    assert high - low == pytest.approx(z2 / (n + z2), rel=1e-12)


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
    found = goodman([count / n for count in SISON_GLAZ], n)
    assert np.array(found) == pytest.approx(np.array(list(SISON_GLAZ.values())), abs=5e-5)


@settings(deadline=None, derandomize=True, max_examples=50)
@given(st.lists(st.integers(0, 60), min_size=2, max_size=11).filter(lambda counts: sum(counts) > 0))
def test_goodman_equals_its_formula_and_holds_every_share(counts):
    n = sum(counts)
    shares = [count / n for count in counts]
    found = np.array(goodman(shares, n))
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
    bounds = np.array([goodman(draw / 120, 120) for draw in draws])
    together = ((bounds[..., 0] <= shares) & (shares <= bounds[..., 1])).all(1)
    assert 0.94 <= together.mean() <= 0.975
