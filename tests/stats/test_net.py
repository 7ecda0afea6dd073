"""Net scores: published numbers, the score interval by brute force, coverage by exact enumeration, planning."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from cxkit.errors import SettingsError
from cxkit.stats.compare import Basis, difference
from cxkit.stats.net import adjusted, net, sample_size, sample_size_two

Z = stats.norm.ppf(0.975)
MIXES = [(0.4, 0.3, 0.3), (0.55, 0.3, 0.15), (0.2, 0.3, 0.5), (0.7, 0.2, 0.1)]
EXTREME = (0.95, 0.04, 0.01)


def of_counts(promoters, passives, detractors, **settings):
    n = promoters + passives + detractors
    return net(promoters / n, detractors / n, n, **settings)


def in_points(found):
    return 100 * found.estimate, 100 * found.low, 100 * found.high


def trinomial(n):
    """All (promoters, passives, detractors) that sum to n."""
    top, bottom = np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij")
    kept = top + bottom <= n
    return np.column_stack([top[kept], (n - top - bottom)[kept], bottom[kept]])


def coverage(n, method, mixes):
    outcomes = trinomial(n)
    found = [of_counts(*map(int, row), method=method) for row in outcomes]
    low, high = np.array([f.low for f in found]), np.array([f.high for f in found])
    chances = []
    for mix in mixes:
        held = (low <= mix[0] - mix[2]) & (mix[0] - mix[2] <= high)
        chances.append(float(stats.multinomial.pmf(outcomes, n, mix)[held].sum()))
    return chances


def score_statistic(promoters, passives, detractors, true_net):
    """z^2 of the score test, the shares under the hypothesis found by maximising the likelihood numerically."""
    n = promoters + passives + detractors

    def minus_log_likelihood(bottom):
        shares = bottom + true_net, 1 - 2 * bottom - true_net, bottom
        pairs = zip((promoters, passives, detractors), shares, strict=True)
        return -sum(x * math.log(max(p, 1e-300)) for x, p in pairs if x)

    least, most = max(0.0, -true_net), (1 - true_net) / 2
    best = optimize.minimize_scalar(
        minus_log_likelihood, bounds=(least, most), method="bounded", options={"xatol": 1e-13}
    )
    bottom = min((least, most, best.x), key=minus_log_likelihood)
    variance = (2 * bottom + true_net - true_net**2) / n
    return ((promoters - detractors) / n - true_net) ** 2 / variance


# Wald and adjusted Wald of Rocks 2016, "Interval estimation for the Net Promoter Score", The American
# Statistician 70(4), worked by hand from the formulas to the digits shown.
@pytest.mark.parametrize(
    ("counts", "method", "expected"),
    [
        ((9, 0, 2), "wald", (63.6364, 18.051, 100)),
        ((9, 0, 2), "adjusted", (63.6364, 8.0008, 91.9992)),
        ((20, 0, 10), "adjusted", (33.3333, -1.3872, 61.9933)),
        ((5, 0, 0), "adjusted", (100, 17.4915, 100)),
        ((350, 440, 210), "adjusted", (14.0, 9.4090, 18.5073)),
    ],
)
def test_net_and_interval_equal_the_reference(counts, method, expected):
    digits = [len(str(number).partition(".")[2]) for number in expected]
    for found, number, places in zip(in_points(of_counts(*counts, method=method)), expected, digits, strict=True):
        assert found == pytest.approx(number, abs=max(0.5 * 10**-places, 1e-9) if places > 1 else 1e-9)


@pytest.mark.parametrize(("counts", "centre"), [((9, 0, 2), 50.0), ((20, 0, 10), 30.3030), ((5, 0, 0), 62.5)])
def test_adjusted_centre_equals_the_reference(counts, centre):
    assert 100 * of_counts(*counts).centre == pytest.approx(centre, abs=5e-5)


# (promoters, passives, detractors), NPS and variance of one answer, printed with the variance formula
# p + d - (p - d)^2; the fractions are exact.
@pytest.mark.parametrize(
    ("counts", "score", "variance"), [((3, 2, 1), 1 / 3, 5 / 9), ((1, 1, 1), 0, 2 / 3), ((0, 0, 1), -1, 0)]
)
def test_net_and_variance_of_one_answer_equal_the_printed_fractions(counts, score, variance):
    n = 600
    found = of_counts(*(n * c // sum(counts) for c in counts), method="wald")
    assert found.estimate == pytest.approx(score, abs=1e-12)
    assert n * ((found.high - found.low) / (2 * Z)) ** 2 == pytest.approx(variance, abs=1e-12)


def test_two_samples_on_the_adjusted_basis_equal_the_reference():
    first, second = adjusted(20 / 30, 10 / 30, 30), adjusted(12 / 30, 18 / 30, 30)
    found = difference(Basis(*first), Basis(*second))
    gap = first[0] - second[0]
    assert 100 * gap == pytest.approx(48.4848, abs=5e-5)
    assert 100 * found.se == pytest.approx(23.2523, abs=5e-5)
    assert gap / found.se == pytest.approx(2.0852, abs=5e-5)
    assert found.p == pytest.approx(0.03705, abs=5e-6)
    assert [100 * end for end in found.interval(0.95)] == pytest.approx([2.911, 94.058], abs=5e-4)


def test_swapping_two_samples_turns_the_sign_of_the_interval_and_keeps_p():
    first, second = (Basis(*adjusted(t, b, 30)) for t, b in ((2 / 3, 1 / 3), (0.4, 0.6)))
    there, back = difference(first, second), difference(second, first)
    assert back.p == pytest.approx(there.p, rel=1e-12)
    assert back.interval(0.95) == pytest.approx([-end for end in there.interval(0.95)[::-1]], rel=1e-12)


# Computed from n = z^2 s^2 / d^2 - 3 and n = 2 s^2 (z_a + z_b)^2 / d^2 - 3 with tabulated z 1.959964, .841621.
@pytest.mark.parametrize(("margin", "variance", "n"), [(5, 0.69, 1058), (10, 0.69, 263), (5, 1.0, 1534)])
def test_sample_size_for_a_margin_equals_the_reference(margin, variance, n):
    assert sample_size(margin, variance=variance) == n


@pytest.mark.parametrize(("gap", "n"), [(10, 1081), (5, 4330)])
def test_sample_size_to_detect_a_gap_equals_the_reference(gap, n):
    assert sample_size_two(gap, variances=(0.69, 0.69)) == n


# A quarter promoters and a quarter detractors stay so when 3 answers are added; their variance is exactly .5.
@pytest.mark.parametrize("margin", [2, 5, 12.5])
def test_planned_sample_is_the_smallest_whose_adjusted_interval_has_the_margin(margin):
    n = sample_size(margin, variance=0.5)

    def half_width(size):
        found = net(0.25, 0.25, size)
        return 50 * (found.high - found.low)

    assert half_width(n) <= margin + 1e-9 < half_width(n - 1)


@pytest.mark.parametrize("gap", [5, 10, 20])
def test_planned_groups_are_the_smallest_in_which_the_test_can_detect_the_gap(gap):
    n = sample_size_two(gap, variances=(0.5, 0.5))

    def detectable(size):
        side = Basis(*adjusted(0.25, 0.25, size))
        return 100 * difference(side, side).detectable(0.95)

    assert detectable(n) <= gap + 1e-9 < detectable(n - 1)


@pytest.mark.parametrize("call", [lambda: sample_size(0), lambda: sample_size(-5), lambda: sample_size_two(0)])
def test_a_margin_of_nothing_cannot_be_planned(call):
    with pytest.raises(SettingsError, match="give a margin above 0"):
        call()


@pytest.mark.parametrize("variance", [0, -1, 1.2, float("nan")])
def test_a_variance_no_net_score_has_cannot_be_planned(variance):
    with pytest.raises(SettingsError, match="variance above 0 and at most 1"):
        sample_size(5, variance=variance)


def test_an_unknown_interval_is_an_error_that_names_the_known():
    with pytest.raises(SettingsError, match=r'no interval "exact".*adjusted'):
        net(0.5, 0.2, 40, method="exact")


def test_the_bootstrap_needs_a_generator():
    with pytest.raises(SettingsError, match="give rng"):
        net(0.5, 0.2, 40, method="bootstrap")


@pytest.mark.parametrize(
    "counts",
    [(9, 0, 2), (20, 0, 10), (350, 440, 210), (5, 3, 0), (0, 4, 6), (1, 8, 1), (0, 10, 0), (12, 1, 12), (30, 0, 1)],
)
def test_score_interval_ends_where_the_constrained_likelihood_test_rejects(counts):
    """Tango 1998, Statistics in Medicine 17:891-908."""
    found = of_counts(*counts, method="score")
    for end, outside in ((found.low, -1e-4), (found.high, 1e-4)):
        if abs(end) < 1:
            assert score_statistic(*counts, end) == pytest.approx(Z**2, rel=1e-5)
            assert score_statistic(*counts, end + outside) > Z**2 > score_statistic(*counts, end - outside)


@pytest.mark.parametrize("n", [1, 3, 5, 10, 77, 1000])
def test_score_interval_of_all_promoters_has_its_closed_form(n):
    """With no passive and no detractor the score equation solves to (n - z^2) / (n + z^2)."""
    found = of_counts(n, 0, 0, method="score")
    assert found.low == pytest.approx((n - Z**2) / (n + Z**2), abs=1e-9)
    assert found.high == 1


def test_score_interval_of_all_detractors_mirrors_all_promoters():
    up, down = of_counts(20, 0, 0, method="score"), of_counts(0, 0, 20, method="score")
    assert (down.low, down.high) == pytest.approx((-up.high, -up.low), abs=1e-9)


def test_bootstrap_agrees_with_the_other_intervals_on_a_large_sample():
    rng = np.random.default_rng(11)
    found = of_counts(350, 440, 210, method="bootstrap", rng=rng)
    assert in_points(found)[1:] == pytest.approx((9.4090, 18.5073), abs=0.5)


@pytest.mark.parametrize("n", [10, 20, 30, 100])
def test_adjusted_interval_covers_the_true_net_about_95_times_in_100(n):
    for chance in coverage(n, "adjusted", MIXES):
        assert 0.935 <= chance <= 0.967


@pytest.mark.parametrize("n", [10, 20, 30, 100])
def test_adjusted_interval_keeps_its_coverage_near_the_end_of_the_scale(n):
    assert 0.90 <= coverage(n, "adjusted", [EXTREME])[0] <= 0.985


def test_plain_wald_interval_does_not_keep_its_coverage_which_is_why_it_is_not_the_default():
    assert coverage(10, "wald", [EXTREME])[0] < 0.6


@pytest.mark.parametrize("n", [10, 30])
def test_score_interval_covers_the_true_net_about_95_times_in_100(n):
    for chance in coverage(n, "score", MIXES):
        assert 0.935 <= chance <= 0.975


def test_two_sample_test_on_the_adjusted_basis_rejects_equal_nets_about_5_times_in_100():
    mix, (n, m) = (0.4, 0.3, 0.3), (12, 15)
    first, second = trinomial(n), trinomial(m)
    one = [Basis(*adjusted(t / n, b / n, n)) for t, _, b in first.tolist()]
    other = [Basis(*adjusted(t / m, b / m, m)) for t, _, b in second.tolist()]
    chance = np.outer(stats.multinomial.pmf(first, n, mix), stats.multinomial.pmf(second, m, mix))
    gap = np.subtract.outer([a.value for a in one], [b.value for b in other])
    spread = np.sqrt(np.add.outer([a.variance for a in one], [b.variance for b in other]))
    rejected = np.abs(gap) / spread > Z
    assert 0.035 <= chance[rejected].sum() <= 0.06
    for i, j in ((0, 0), (20, 80), (60, 5), (90, 135)):
        assert (difference(one[i], other[j]).p < 0.05) == rejected[i, j]


@settings(deadline=None, derandomize=True, max_examples=50)
@given(
    st.tuples(st.integers(0, 200), st.integers(0, 200), st.integers(0, 200)).filter(any),
    st.sampled_from(["adjusted", "wald", "score", "bootstrap"]),
    st.floats(0.5, 0.999),
)
def test_low_estimate_high_stand_in_order_inside_the_scale(counts, method, level):
    found = of_counts(*counts, method=method, level=level, rng=np.random.default_rng(1))
    assert -1 <= found.low <= found.estimate <= found.high <= 1


@settings(deadline=None, derandomize=True, max_examples=50)
@given(
    st.tuples(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99)).filter(any),
    st.sampled_from(["adjusted", "wald", "score"]),
)
def test_swapping_promoters_and_detractors_mirrors_the_interval(counts, method):
    there, back = of_counts(*counts, method=method), of_counts(*counts[::-1], method=method)
    assert (back.estimate, back.low, back.high) == pytest.approx((-there.estimate, -there.high, -there.low), abs=1e-8)


def test_a_share_that_passes_1_in_its_last_digit_is_drawn_from():
    found = net(1.0000000000000002, 0.0, 50, method="bootstrap", rng=np.random.default_rng(1))
    assert (found.low, found.high) == (1.0, pytest.approx(1.0))
