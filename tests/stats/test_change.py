"""The change of a net score in a panel: by hand, against scipy, at its two ends, and by simulation."""

import math
from dataclasses import dataclass

import numpy as np
import pytest
from scipy import stats

from cxkit.stats.change import Pairs, net_change
from cxkit.stats.compare import Basis, Difference, difference
from cxkit.stats.net import adjusted
from cxkit.stats.weights import Distribution
from tests.benchmarks.coverage import COVERAGE, EVEN, FALSE_ALARMS, HIGH, Panel


def answers(scores, w=None):
    """Each answer on its own, with its weight."""
    scores = np.array(scores, float)
    w = np.ones(len(scores)) if w is None else np.array(w, float)
    return Distribution(scores, np.ones(len(scores)), w, w**2, w**3)


def pairs(before, after, v=None, w=None):
    before, after = np.array(before, float), np.array(after, float)
    v = np.ones(len(before)) if v is None else np.array(v, float)
    w = v if w is None else np.array(w, float)
    return Pairs.of(before, after, v, w)


@dataclass(frozen=True)
class At:
    """A change as it is told at a level."""

    found: Difference
    level: float = 0.95

    def __getattr__(self, name):
        if name in ("low", "high"):
            return self.found.interval(self.level)[name == "high"]
        if name == "detectable":
            return self.found.detectable(self.level)
        return getattr(self.found, name)


def change(after, before, same, level=0.95):
    return At(net_change(after, before, same), level)


def panel(before, after, v=None, w=None):
    """The change of complete pairs."""
    w = v if w is None else w
    return change(answers(after, w), answers(before, v), pairs(before, after, v, w))


def influences(scores, w):
    """What each respondent adds to a weighted mean, w (x - m) / W."""
    scores, w = np.array(scores, float), np.array(w, float)
    return w * (scores - np.average(scores, weights=w)) / w.sum()


def test_a_small_weighted_panel_by_hand():
    """30 respondents: 20 passives of weight 1, 10 of them become promoters; 5 promoters and 5 detractors of weight 6.

    The change is 10 / 80 = .125. Deviations w (d - .125) / 80: 10 of .875, 10 of -.125, 10 of -.75; their squares sum
    to 13.4375 / 6400, times 30 / 29.
    """
    w = [1] * 20 + [6] * 10
    found = panel([0] * 20 + [1] * 5 + [-1] * 5, [1] * 10 + [0] * 10 + [1] * 5 + [-1] * 5, w)
    assert found.se == pytest.approx(math.sqrt(13.4375 / 6400 * 30 / 29), rel=1e-12)
    assert found.se == pytest.approx(0.0466, abs=5e-5)
    # Skewness: 10 (.875^3 - .125^3 - .75^3) = 2.46094 above 0, so the high side is longer; Kish's base is 6400/380.
    t = stats.t.ppf(0.975, 6400 / 380 - 1)
    b = 2.4609375 / 80**3 / found.se**3
    assert found.low == pytest.approx(0.125 - t * found.se, rel=1e-9)
    assert found.high == pytest.approx(0.125 + (t + b * (2 * t**2 + 1) / 6) * found.se, rel=1e-9)
    assert found.p == pytest.approx(2 * stats.t.sf(0.125 / found.se, 6400 / 380 - 1), rel=1e-9)


def test_complete_pairs_have_the_error_and_the_p_of_the_paired_t_test():
    """Where the differences lean to the side of the change, as scipy's test stands on the other side."""
    before, after = [0] * 12 + [1] * 5 + [-1] * 7, [1] * 6 + [0] * 6 + [1] * 5 + [0] * 2 + [-1] * 4 + [1]
    change = np.subtract(after, before)
    assert stats.skew(change) > 0 < change.mean()
    found, expected = panel(before, after), stats.ttest_rel(after, before)
    assert found.se == pytest.approx(stats.sem(change), rel=1e-12)
    assert found.p == pytest.approx(expected.pvalue, rel=1e-10)
    assert found.low == pytest.approx(expected.confidence_interval().low, rel=1e-10)
    assert found.high > expected.confidence_interval().high


def test_weights_of_each_wave_give_the_sum_of_squared_influences():
    """Taylor linearisation with respondents as clusters, as R's survey has it for a difference of two ratios."""
    rng = np.random.default_rng(4)
    before, after = rng.integers(-1, 2, (2, 50))
    v, w = rng.lognormal(0, 0.7, (2, 50))
    z = influences(after, w) - influences(before, v)
    assert panel(before, after, v, w).se == pytest.approx(math.sqrt((z**2).sum() * 50 / 49), rel=1e-12)


def test_turning_the_scale_or_the_waves_round_turns_the_interval_round():
    rng = np.random.default_rng(5)
    before, after = rng.choice([-1, 0, 1], 40, p=[0.5, 0.3, 0.2]), rng.choice([-1, 0, 1], 40, p=[0.1, 0.3, 0.6])
    w = rng.lognormal(0, 0.5, 40)
    there = panel(before, after, w)
    for back in (panel(-before, -after, w), panel(after, before, w)):
        assert (back.low, back.high) == pytest.approx((-there.high, -there.low), rel=1e-9)
        assert (back.p, back.detectable) == pytest.approx((there.p, there.detectable), rel=1e-9)


@pytest.mark.parametrize("size", [1e-6, 7.0, 1e6])
def test_only_the_ratios_of_weights_matter(size):
    rng = np.random.default_rng(6)
    before, after = rng.integers(-1, 2, (2, 30))
    w = rng.lognormal(0, 0.5, 30)
    one, other = panel(before, after, w), panel(before, after, w * size)
    assert (other.low, other.high, other.p) == pytest.approx((one.low, one.high, one.p), rel=1e-9)


def two_samples(after, before):
    sides = []
    for x in (after, before):
        x = np.array(x)
        sides.append(Basis(*adjusted((x > 0).mean(), (x < 0).mean(), len(x))))
    return At(difference(*sides))


def test_with_hardly_any_pair_it_is_the_two_sample_test_on_the_adjusted_scores():
    rng = np.random.default_rng(7)
    before, after = rng.choice([-1, 0, 1], (2, 4000), p=[0.2, 0.3, 0.5])
    after[:300] = 1
    expected = two_samples(after, before)
    found = change(answers(after), answers(before), pairs(before[-1:], after[-1:]))
    for name in ("se", "low", "high", "p", "detectable"):
        assert getattr(found, name) == pytest.approx(getattr(expected, name), rel=2e-3), name


def test_from_no_pair_to_all_the_error_falls_without_a_jump():
    before = np.tile([-1, 0, 0, 1, 1], 20)
    after = np.where(np.arange(100) % 7, before, 1)
    errors = [change(answers(after), answers(before), pairs(before[:k], after[:k])).se for k in range(1, 101)]
    assert two_samples(after, before).se == pytest.approx(errors[0], rel=0.01)
    assert (np.abs(np.diff(errors)) < 0.05 * errors[0]).all()
    assert errors[-1] < 0.6 * errors[0]


STILL = {
    "nobody moves": ([-1, 0, 0, 1] * 10, [-1, 0, 0, 1] * 10),
    "all are promoters": ([1] * 40, [1] * 40),
    "all move alike": ([0] * 40, [1] * 40),
    "all fall alike": ([1] * 40, [-1] * 40),
}


@pytest.mark.parametrize("w", [None, np.linspace(1, 9, 40)], ids=["plain", "weighted"])
@pytest.mark.parametrize("case", STILL)
def test_a_panel_without_spread_has_the_error_of_one_respondent_who_moves_by_one(case, w):
    before, after = STILL[case]
    found, gap = panel(before, after, w), after[0] - before[0]
    assert found.se == pytest.approx(1 / 40, rel=1e-12)
    assert found.low < gap < found.high
    assert gap - found.low == pytest.approx(found.high - gap, rel=1e-9)
    assert (found.p == 1) == (gap == 0)
    assert found.p < 1e-8 or gap == 0


def test_the_interval_of_a_panel_in_which_nobody_moves_is_about_the_exact_one():
    """No mover among n: Clopper & Pearson 1934 give the share of movers at most 1 - .025^(1/n)."""
    for n in (60, 400, 5000):
        found = panel([0] * n, [0] * n)
        assert found.high == pytest.approx(1 - 0.025 ** (1 / n), rel=0.12)


def test_one_who_moves_and_nobody_who_moves_are_the_same_error():
    n = 50
    one, nobody = panel([0] * n, [1] + [0] * (n - 1)), panel([0] * n, [0] * n)
    assert one.se == pytest.approx(nobody.se, rel=1e-12)
    assert one.high > nobody.high > 0 > one.low


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_the_interval_leaves_0_out_exactly_when_p_is_below_the_level(level):
    rng = np.random.default_rng(8)
    seen = []
    for _ in range(150):
        before = rng.choice([-1, 0, 1], 25, p=[0.3, 0.4, 0.3])
        after = np.where(rng.random(25) < 0.7, before, rng.choice([-1, 0, 1], 25, p=[0.2, 0.2, 0.6]))
        found = change(answers(after), answers(before), pairs(before, after), level)
        outside = found.low > 0 or found.high < 0
        assert outside == (found.p < 1 - level)
        seen.append(outside)
    assert 0 < sum(seen) < 150


# Cells of tests.benchmarks.coverage with fewer surveys: 4 standard errors of a share of .05 in 1,200 are .025.
@pytest.mark.parametrize(
    "design",
    [
        Panel(EVEN[0], EVEN[0], 0.7, 400, cv=0.5, heavy=True),
        Panel(EVEN[0], EVEN[0], 0.9, 400, cv=0.5, heavy=True),
        Panel(HIGH[0], HIGH[0], 0.5, 100, cv=1.0),
        Panel(EVEN[0], EVEN[0], 0.7, 100, overlap=0.5, cv=0.5, heavy=True, own=True),
    ],
)
def test_false_alarms_are_5_in_100(design):
    assert design.truth == pytest.approx(0, abs=1e-12) or not design.heavy
    found = design.draw(np.random.default_rng(3), 1200)
    assert FALSE_ALARMS[0] - 0.015 < found.false_alarms < FALSE_ALARMS[1] + 0.015
    assert (found.undefined, found.disagree) == (0, 0)


@pytest.mark.parametrize(
    "design",
    [
        Panel(EVEN[0], EVEN[25], 0.9, 100, cv=1.0, heavy=True),
        Panel(EVEN[0], EVEN[40], 1.0, 60),
        Panel(HIGH[0], HIGH[10], 1.0, 100, cv=0.5),
        Panel(EVEN[0], EVEN[25], 0.9, 100, overlap=0.5, cv=1.0, own=True),
    ],
)
def test_intervals_hold_a_real_change_in_95_of_100(design):
    found = design.draw(np.random.default_rng(4), 1200)
    assert COVERAGE[0] - 0.015 < found.coverage < COVERAGE[1] + 0.015
    assert (found.undefined, found.disagree) == (0, 0)
