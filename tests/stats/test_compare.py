"""Comparisons of two values and adjusted p values, against scipy, statsmodels and a published example."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from cxkit.errors import SettingsError
from cxkit.stats.compare import CORRECTIONS, UNKNOWN, Basis, Difference, adjust, difference, holm

FIRST = np.array([7, 8, 9, 10, 4, 6, 8, 9.0])
SECOND = np.array([5, 6, 9, 8, 4, 2, 7, 8.0])

p_values = st.lists(st.floats(0, 1), min_size=1, max_size=12)


def basis(y):
    return Basis(y.mean(), y.var(ddof=1) / len(y), len(y) - 1)


def test_independent_values_equal_the_welch_test_of_scipy():
    found = difference(basis(FIRST), basis(SECOND[:5]))
    expected = stats.ttest_ind(FIRST, SECOND[:5], equal_var=False)
    assert found.p == pytest.approx(expected.pvalue, abs=1e-12)
    assert found.interval(0.95) == pytest.approx(tuple(expected.confidence_interval()), abs=1e-12)


def test_complete_pairs_equal_the_paired_t_test_of_scipy():
    shared = np.cov(FIRST, SECOND)[0, 1] / len(FIRST)
    found = difference(basis(FIRST), basis(SECOND), covariance=shared)
    expected = stats.ttest_rel(FIRST, SECOND)
    assert found.p == pytest.approx(expected.pvalue, abs=1e-12)
    assert found.interval(0.95) == pytest.approx(tuple(expected.confidence_interval()), abs=1e-12)


def test_values_without_degrees_of_freedom_are_compared_by_a_z_test():
    found = difference(Basis(3, 0.5), Basis(1, 0.5))
    assert found.p == pytest.approx(2 * stats.norm.sf(2), rel=1e-12)
    assert found.interval(0.95) == pytest.approx((2 - 1.959963985, 2 + 1.959963985), abs=1e-9)


def test_one_side_without_spread_leaves_the_degrees_of_freedom_of_the_other():
    found = difference(basis(FIRST), Basis(5, 0.0, 7))
    assert found.p == pytest.approx(stats.ttest_1samp(FIRST, 5).pvalue, abs=1e-12)


def test_two_values_without_spread_have_no_test():
    found = difference(Basis(5, 0.0, 7), Basis(4, 0.0, 7))
    assert found == UNKNOWN
    assert all(math.isnan(x) for x in (found.se, *found.interval(0.95), found.p, found.detectable(0.95)))


def test_pairs_that_all_moved_by_the_same_amount_have_no_test():
    moved = FIRST + 0.1
    shared = np.cov(FIRST, moved)[0, 1] / len(FIRST)
    for covariance in (shared, shared * (1 - 1e-15), shared * (1 - 1e-14)):
        found = difference(basis(moved), basis(FIRST), covariance=covariance)
        assert math.isnan(found.p)


def test_the_detectable_gap_is_seen_with_a_power_of_80_percent():
    side = Basis(0, 0.02)
    for level in (0.95, 1 - 0.05 / 8):
        gap = difference(side, side).detectable(level)
        power = stats.norm.sf(stats.norm.ppf((1 + level) / 2) - gap / math.sqrt(0.04))
        assert power == pytest.approx(0.8, abs=1e-9)


def test_a_higher_level_widens_the_interval():
    found = difference(basis(FIRST), basis(SECOND))
    (low, high), (inner_low, inner_high) = found.interval(0.99), found.interval(0.8)
    assert low < inner_low < inner_high < high


def test_other_units_change_the_value_and_its_error_alone():
    found = Difference(0.1, 0.05, 20, (0.5, 0.1))
    points = found.times(100)
    assert points.p == found.p
    assert points.interval(0.9) == pytest.approx([100 * end for end in found.interval(0.9)], rel=1e-12)


def test_holm_equals_the_printed_example():
    # R Core, stats::p.adjust, method "holm" of the p values shown, printed to 2 decimals.
    assert holm([0.143, 0.909, 0.126]).round(2).tolist() == [0.38, 0.91, 0.38]


def in_family(correction):
    return holm if correction == "holm" else lambda p: adjust(p, correction)[0]


@pytest.mark.parametrize(("ours", "theirs"), [("holm", "holm"), ("bonferroni", "bonferroni"), ("bh", "fdr_bh")])
@pytest.mark.parametrize("p", [[0.5], [0.01, 0.04, 0.03, 0.005], [0, 1, 0.2, 0.2, 0.9], [0.049] * 7])
def test_adjusted_p_values_equal_statsmodels(ours, theirs, p):
    assert in_family(ours)(p) == pytest.approx(multipletests(p, method=theirs)[1], abs=1e-12)


@settings(deadline=None, derandomize=True, max_examples=50)
@given(
    st.lists(st.floats(-6, 6), min_size=1, max_size=12), st.sampled_from(CORRECTIONS), st.sampled_from([0.8, 0.95])
)
def test_intervals_at_the_level_of_the_family_agree_with_adjusted_p(gaps, correction, level):
    tests = [Difference(gap, 1.0) for gap in gaps]
    found, family = adjust([test.p for test in tests], correction, level)
    for test, p in zip(tests, found, strict=True):
        low, high = test.interval(family)
        if abs(p - (1 - level)) > 1e-9:
            assert (low > 0 or high < 0) == (p < 1 - level)


def test_intervals_of_a_family_hold_together():
    """Bonferroni: of m independent intervals at 1 - 0.05 / m all hold the truth in 95 of 100 surveys or more."""
    rng = np.random.default_rng(1)
    _, level = adjust([0.5] * 8)
    reach = stats.norm.ppf((1 + level) / 2)
    held = (np.abs(rng.standard_normal((20_000, 8))) < reach).all(axis=1).mean()
    assert 0.947 <= held <= 0.955


@settings(deadline=None, derandomize=True, max_examples=50)
@given(p_values)
def test_holm_equals_its_definition(p):
    """Holm 1979: the j-th smallest of m times m - j + 1, never below a smaller one, at most 1."""
    ranked = sorted(range(len(p)), key=p.__getitem__)
    expected, running = {}, 0.0
    for step, k in enumerate(ranked):
        running = max(running, (len(p) - step) * p[k])
        expected[k] = min(1.0, running)
    assert holm(p) == pytest.approx([expected[k] for k in range(len(p))], abs=1e-12)


@pytest.mark.parametrize(("correction", "last"), [("holm", 0.04), ("bonferroni", 0.08), ("bh", 0.04)])
def test_an_undefined_p_value_stays_undefined_and_counts_as_no_test(correction, last):
    found = in_family(correction)([math.nan, 0.01, 0.04, math.nan])
    assert np.isnan(found[[0, 3]]).all()
    assert found[1:3] == pytest.approx([0.02, last], abs=1e-12)


@pytest.mark.parametrize("correction", ["holm", "bonferroni", "bh"])
def test_a_family_without_tests_stays_empty(correction):
    assert in_family(correction)([]).tolist() == []
    assert np.isnan(in_family(correction)([math.nan])).all()


@settings(deadline=None, derandomize=True, max_examples=50)
@given(p_values, st.sampled_from(["holm", "bonferroni", "bh"]), st.randoms(use_true_random=False))
def test_adjusting_never_lowers_a_p_value_and_does_not_depend_on_the_order(p, correction, random):
    found = in_family(correction)(p)
    assert (found >= np.array(p) - 1e-15).all()
    assert (found <= 1).all()
    order = list(range(len(p)))
    random.shuffle(order)
    assert in_family(correction)([p[k] for k in order]) == pytest.approx(found[order], abs=1e-15)


def test_an_unknown_correction_is_an_error_that_names_the_known():
    with pytest.raises(SettingsError, match='no correction "holm"; give "bonferroni" or "bh"'):
        adjust([0.1], "holm")
