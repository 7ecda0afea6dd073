"""Distances between profiles: published values, an identity, intervals that cover, probabilities that are right."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import optimize, stats

from cxkit.measure.claims import pair_claims
from cxkit.methods.semantic_differential.distances import (
    closer,
    distance,
    part_estimates,
    profile_r,
    profile_r_interval,
    resampled_means,
    split,
)
from cxkit.stats.joint import means

TARGET = [1, 2.5, 3]
TYPES = {
    "boxer": ([0.66, 2.46, 2.40], 0.4772), "daredevil": ([0.51, 1.74, 3.08], 0.8241),
    "fighter": ([0.62, 2.36, 2.17], 0.8529), "extrovert": ([1.33, 1.69, 2.66], 0.8806),
    "athlete": ([1.81, 2.5, 2.45], 0.9586),
}  # fmt: skip
ONE = [1.537255, 1.670588, 1.641176, 1.258824, 1.258824, 0.914706]
OTHER = [1.516908, 1.663043, 1.710145, 1.300725, 1.246377, 0.851449]
profiles = st.integers(1, 12).flatmap(
    lambda k: st.tuples(*[arrays(float, k, elements=st.floats(-100, 100, width=32))] * 2)
)


def raw(one, other):
    gap = np.array(one, dtype=float) - other
    return distance(gap, np.zeros((len(gap), len(gap))), 99).raw


@pytest.mark.parametrize("name", TYPES)
def test_distances_to_a_target_are_those_published(name):
    profile, squared = TYPES[name]
    assert raw(profile, TARGET) ** 2 == pytest.approx(squared, abs=5e-5)


def test_distance_and_correlation_of_two_profiles_are_those_of_the_reference():
    assert raw(ONE, OTHER) == pytest.approx(0.1055442, abs=1e-6)  # the means are printed with six decimals
    assert profile_r(np.array(ONE), np.array(OTHER)) == pytest.approx(0.9925095, abs=1e-6)


@settings(max_examples=200, deadline=None)
@given(profiles)
def test_level_spread_and_shape_sum_to_the_squared_distance(pair):
    one, other = pair
    parts = split(one, other)
    assert sum(parts.values()) == pytest.approx(float(((one - other) ** 2).sum()), rel=1e-10, abs=1e-9)
    assert min(parts.values()) >= 0


def test_the_parts_are_those_of_cronbach_and_gleser():
    one, other = np.array(ONE), np.array(OTHER)
    k, r = 6, np.corrcoef(one, other)[0, 1]
    expected = {
        "level": k * (one.mean() - other.mean()) ** 2,
        "spread": k * (one.std() - other.std()) ** 2,
        "shape": 2 * k * one.std() * other.std() * (1 - r),
    }
    assert split(one, other) == pytest.approx(expected, rel=1e-10)


def test_the_correlation_of_a_flat_profile_is_undefined():
    assert np.isnan(profile_r(np.ones(4), np.arange(4.0)))
    assert np.isnan(profile_r(np.full(3, 0.1 + 0.2), np.arange(3.0)))


def rated(rng, n, one=(6, 7, 5, 8, 6, 7), other=(7, 6.5, 5.8, 8.2, 5, 8)):
    """Answers to two profiles of six scales by the same respondents, and estimates of the means."""
    x = rng.normal([*one, *other], 1.5, (n, 12)) + rng.normal(size=(n, 1))
    found = means(x, np.ones(n))
    return x, found[:6], found[6:]


def test_errors_of_correlation_and_parts_are_those_of_their_slopes_on_the_means():
    """Slopes by small steps; covariance of the means by NumPy."""
    x, one, other = rated(np.random.default_rng(4), 80)
    m, covariance = x.mean(axis=0), np.cov(x.T) / 80

    def error(of):
        slopes = [(of(m + step) - of(m - step)) / 2e-5 for step in 1e-5 * np.eye(12)]
        return float(np.sqrt(slopes @ covariance @ slopes))

    z = error(lambda m: np.arctanh(profile_r(m[:6], m[6:])))
    centre = np.arctanh(profile_r(m[:6], m[6:]))
    reach = stats.t.ppf(0.975, 79) * z
    assert profile_r_interval(one, other, 0.95) == pytest.approx(np.tanh([centre - reach, centre + reach]), rel=1e-6)
    for part, found in part_estimates(one, other).items():
        assert found.se == pytest.approx(error(lambda m, part=part: split(m[:6], m[6:])[part]), rel=1e-6)


def test_what_the_error_of_a_sample_adds_is_taken_off_each_part():
    """Means over 400 surveys of 30; without it they are larger by 0.15 (level), about as much, and 0.6 (shape)."""
    rng, true = np.random.default_rng(7), split(np.array([6, 7, 5, 8, 6, 7.0]), np.array([7, 6.5, 5.8, 8.2, 5, 8]))
    found = [{part: each.value for part, each in part_estimates(*rated(rng, 30)[1:]).items()} for _ in range(400)]
    for part, value in true.items():
        values = np.array([one[part] for one in found])
        assert abs(values.mean() - value) <= 3 * values.std() / 20, part


def test_no_correlation_of_two_scales_or_of_flat_profiles_has_an_interval():
    _, one, other = rated(np.random.default_rng(4), 80)
    assert np.isnan(profile_r_interval(one[:2], other[:2], 0.95)).all()
    flat = means(np.hstack([np.ones((9, 3)), np.arange(27.0).reshape(9, 3)]), np.ones(9))
    assert np.isnan(profile_r_interval(flat[:3], flat[3:], 0.95)).all()


def test_the_interval_of_the_correlation_holds_the_truth():
    """.95 by 300 surveys of 100; simulation error .013."""
    rng, true = (
        np.random.default_rng(5),
        profile_r(np.array([6, 7, 5, 8, 6, 7.0]), np.array([7, 6.5, 5.8, 8.2, 5, 8])),
    )
    ends = np.array([profile_r_interval(*rated(rng, 100)[1:], 0.95) for _ in range(300)])
    assert 0.92 <= np.mean((ends[:, 0] <= true) & (true <= ends[:, 1])) <= 0.98


def test_of_two_equal_parts_neither_is_called_the_larger():
    """The other profile lies 0.8 higher and turns until shape equals level; false claims of 300 surveys."""
    one, away = np.array([6, 7, 5, 8, 6, 7.0]), np.array([1, -1, 1, -1, 0, 0.0])
    centred = one - one.mean()
    away -= centred * (centred @ away) / (centred @ centred)
    away *= np.sqrt(centred @ centred / (away @ away))

    def turned(angle):
        return one.mean() + 0.8 + np.cos(angle) * centred + np.sin(angle) * away

    angle = optimize.brentq(lambda a: np.diff([split(one, turned(a))[p] for p in ("level", "shape")])[0], 0.01, 1.5)
    rng, p = np.random.default_rng(6), []
    for _ in range(300):
        found = part_estimates(*rated(rng, 150, one, turned(angle))[1:])
        p += [claim.p for claim in pair_claims(found, 10) if {claim.item, claim.other} == {"level", "shape"}]
    assert 0.01 <= np.mean(np.array(p) < 0.05) <= 0.085


def test_the_bias_of_the_squared_distance_is_subtracted():
    rng, true = np.random.default_rng(1), 0.5
    found = []
    for _ in range(2000):
        sample = rng.normal(true / 2, 1, (40, 4))
        d = distance(sample.mean(axis=0), np.cov(sample.T) / 40, 39)
        found.append((d.raw**2, d.raw**2 - np.trace(np.cov(sample.T)) / 40, d.estimate))
    raw_square, corrected, estimate = np.mean(found, axis=0)
    assert raw_square == pytest.approx(true**2 + 4 / 40, abs=0.015)
    assert corrected == pytest.approx(true**2, abs=0.015)
    assert estimate < np.sqrt(raw_square)


def shared(k, rho):
    return np.linalg.cholesky(np.full((k, k), rho) + (1 - rho) * np.eye(k))


@pytest.mark.parametrize("n", [50, 200])
@pytest.mark.parametrize("k", [3, 20])
@pytest.mark.parametrize("true", [0.0, 0.5, 3.0])
def test_the_interval_of_a_distance_covers_it_as_often_as_it_says(n, k, true):
    """On correlated scales with the gap along their common factor, where the naive direction of the gap fails."""
    rng, times, lower = np.random.default_rng(n + k), 500, shared(k, 0.3)
    inside, above = 0, 0
    for _ in range(times):
        sample = rng.normal(size=(n, k)) @ lower.T + true / k**0.5
        found = distance(sample.mean(axis=0), np.cov(sample.T) / n, n - 1)
        inside += found.low <= true <= found.high
        above += found.low > 0
    # The true coverage lies within 93 to 97 % (4,000 draws, by hand); 500 draws add 2 % to either side.
    assert 0.91 <= inside / times <= 0.985
    if true == 0:
        assert above / times == pytest.approx(0.05, abs=0.03)


def test_the_interval_holds_the_estimate_and_widens_with_the_level():
    rng = np.random.default_rng(2)
    for k in (1, 3, 25):
        for true in (0, 0.2, 2):
            sample = rng.normal(true, 1, (30, k))
            covariance = np.atleast_2d(np.cov(sample.T)) / 30
            found = [distance(sample.mean(axis=0), covariance, 29, level) for level in (0.8, 0.95, 0.99)]
            assert all(0 <= d.low <= d.estimate <= d.high < np.inf for d in found)
            assert found[0].high < found[1].high < found[2].high
            assert found[0].low >= found[1].low >= found[2].low


def test_one_scale_far_from_zero_has_the_t_interval():
    d = distance(np.array([-5.0]), np.array([[0.04]]), 19)
    half = stats.t.ppf(0.975, 19) * 0.2
    assert (d.low, d.high) == pytest.approx((5 - half, 5 + half), abs=0.04)


def test_the_same_profiles_have_no_distance():
    d = distance(np.zeros(3), np.eye(3) / 100, 49)
    assert (d.raw, d.estimate, d.low) == (0, 0, 0)
    assert 0 < d.high < 0.3


def test_without_variation_there_is_no_interval():
    for covariance, df in ((np.zeros((2, 2)), 9), (np.eye(2), 1), (np.full((2, 2), np.nan), 9)):
        d = distance(np.array([3.0, 4]), covariance, df)
        assert d.raw == 5
        assert np.isnan([d.low, d.high]).all()


def test_resampled_means_have_the_error_of_the_means():
    rng = np.random.default_rng(3)
    scores, w = rng.normal(5, 2, (300, 2)), rng.uniform(0.5, 2, 300)
    scores[:100, 1] = np.nan
    drawn = resampled_means(scores, w, np.random.default_rng(1))
    for k, use in enumerate((slice(None), slice(100, None))):
        mean = np.average(scores[use, k], weights=w[use])
        se = (((w[use] * (scores[use, k] - mean)) ** 2).sum()) ** 0.5 / w[use].sum()
        assert drawn[:, k].mean() == pytest.approx(mean, abs=0.02)
        assert drawn[:, k].std() == pytest.approx(se, rel=0.05)


def test_the_closer_of_two_is_found_and_two_equally_far_are_even():
    rng = np.random.default_rng(4)
    near, far = (rng.normal(centre, 0.1, (4000, 5)) for centre in (1.0, 1.2))
    assert closer(near, 0.05, far, 0.05) > 0.99
    assert closer(far, 0.05, near, 0.05) < 0.01
    assert 0 < closer(far, 0.05, near + 9, 0.05) < 1
    assert closer(near, 0.05, rng.normal(1.0, 0.1, (4000, 5)), 0.05) == pytest.approx(0.5, abs=0.05)


def test_the_bias_of_the_less_known_object_does_not_make_it_farther():
    """Both lie 1 away; the second is measured with five times the variance, and drawn around a sample with it."""
    rng, won = np.random.default_rng(5), []
    for _ in range(300):
        centres = [1 / 2 + rng.normal(0, se, 4) for se in (0.05, 0.25)]
        drawn = [centre + rng.normal(0, se, (300, 4)) for centre, se in zip(centres, (0.05, 0.25), strict=True)]
        won.append(closer(drawn[0], 4 * 0.05**2, drawn[1], 4 * 0.25**2))
    assert np.mean(won) == pytest.approx(0.5, abs=0.08)


def test_a_resample_without_a_mean_does_not_count():
    assert closer(np.array([[1.0], [np.nan]]), 0, np.array([[2.0], [2.0]]), 0) == 1.5 / 2
    assert np.isnan(closer(np.array([[np.nan]]), 0, np.array([[2.0]]), 0))
