"""Penalty-reward contrast against a regression worked out by hand."""

import numpy as np
import pytest
from scipy import stats

from cxkit.stats.contrast import penalty_reward

LEVELS = np.array([0, 25, 50, 75, 100.0])  # grades 1-5: 1 and 2 are low, 4 and 5 high


def survey(n=200, k=2, seed=1):
    rng = np.random.default_rng(seed)
    x = LEVELS[np.clip(np.rint(rng.normal(2, 1.2, (n, k))), 0, 4).astype(int)]
    y = 50 + x @ np.linspace(0.2, 0.4, k) - 12 * (x[:, 0] < 30) + rng.normal(0, 8, n)
    return x, y, rng.uniform(0.5, 2, n)


def by_hand(x, y, w, level=0.95):
    """Weighted least squares on 1, low and high dummies; HC1: n/(n-p) (X'WX)^-1 X'W e e' W X (X'WX)^-1."""
    k = x.shape[1]
    X = np.column_stack([np.ones(len(y)), x < 100 / 3, x > 200 / 3]).astype(float)
    root = np.sqrt(w)
    beta = np.linalg.lstsq(X * root[:, None], y * root, rcond=None)[0]
    bread = np.linalg.inv((X * w[:, None]).T @ X)
    scores = X * (w * (y - X @ beta))[:, None]
    df = len(y) - X.shape[1]
    V = len(y) / df * bread @ scores.T @ scores @ bread
    t = stats.t.ppf((1 + level) / 2, df)

    def row(*members):
        value, se = beta[list(members)].sum(), np.sqrt(V[np.ix_(members, members)].sum())
        return value, se, value - t * se, value + t * se

    return tuple(
        np.array([row(*members(j)) for j in range(k)])
        for members in (lambda j: (1 + j,), lambda j: (1 + k + j,), lambda j: (1 + j, 1 + k + j))
    )


@pytest.mark.parametrize("k", [1, 2, 4])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("level", [0.95, 0.8])
def test_penalty_reward_and_asymmetry_are_those_of_the_regression_by_hand(k, weighted, level):
    x, y, w = survey(k=k)
    w = w if weighted else np.ones(len(y))
    found = penalty_reward(x, y, w, level=level)
    for term, expected in zip(("penalty", "reward", "asymmetry"), by_hand(x, y, w, level), strict=True):
        assert getattr(found, term) == pytest.approx(expected, abs=1e-9), term
    assert found.n_low.tolist() == (x <= 25).sum(axis=0).tolist()
    assert found.n_high.tolist() == (x >= 75).sum(axis=0).tolist()


def test_one_driver_is_the_difference_of_means_from_the_middle():
    # low 10 and 20, middle 50 and 50, high 60 and 80: penalty 15 - 50, reward 70 - 50, asymmetry their sum
    x, y = np.array([0, 25, 50, 50, 75, 100.0])[:, None], np.array([10, 20, 50, 50, 60, 80.0])
    found = penalty_reward(x, y, np.ones(6), least=2)
    assert found.penalty[0, 0] == pytest.approx(-35, abs=1e-10)
    assert found.reward[0, 0] == pytest.approx(20, abs=1e-10)
    assert found.asymmetry[0, 0] == pytest.approx(-15, abs=1e-10)
    assert (found.n_low.tolist(), found.n_high.tolist()) == ([2], [2])


@pytest.mark.parametrize(
    ("scale", "low", "high"),
    [((1, 5), (1, 2), (4, 5)), ((0, 10), (0, 1, 2, 3), (7, 8, 9, 10)), ((1, 10), (1, 2, 3), (8, 9, 10)),
     ((1, 4), (1,), (4,)), ((1, 7), (1, 2), (6, 7))],
)  # fmt: skip
def test_low_is_below_a_third_of_the_declared_scale_and_high_above_two_thirds(scale, low, high):
    """A grade exactly on a third (2 of 1-4, 4 of 1-10) belongs to the middle."""
    points = np.arange(scale[0], scale[1] + 1)
    x = np.repeat(100 * (points - scale[0]) / (scale[1] - scale[0]), 20)[:, None]
    found = penalty_reward(x, np.random.default_rng(1).normal(size=len(x)), np.ones(len(x)))
    assert (found.n_low[0], found.n_high[0]) == (20 * len(low), 20 * len(high))


def test_a_constant_added_to_the_outcome_changes_nothing_and_its_sign_turns_everything():
    x, y, w = survey()
    one, moved, turned = penalty_reward(x, y, w), penalty_reward(x, y + 1000, w), penalty_reward(x, -y, w)
    assert moved.penalty == pytest.approx(one.penalty, abs=1e-8)
    assert turned.penalty[:, :2] == pytest.approx(one.penalty[:, :2] * [-1, 1], abs=1e-9)
    assert turned.reward[:, 2:] == pytest.approx(-one.reward[:, [3, 2]], abs=1e-9)


def test_the_scale_of_weights_means_nothing():
    x, y, w = survey()
    assert penalty_reward(x, y, 1e5 * w).asymmetry == pytest.approx(penalty_reward(x, y, w).asymmetry, abs=1e-8)


@pytest.mark.parametrize(("low", "shown"), [(9, False), (10, True)])
def test_a_dummy_that_too_few_hold_is_not_estimated_and_the_others_are(low, shown):
    rng = np.random.default_rng(2)
    x = np.array([0.0] * low + [50.0] * 40 + [100.0] * 40)[:, None]
    y = x[:, 0] + rng.normal(0, 5, len(x))
    found = penalty_reward(x, y, np.ones(len(x)), least=10)
    assert np.isfinite(found.reward).all()
    assert np.isfinite(found.penalty).all() == shown
    assert np.isfinite(found.asymmetry).all() == shown
    assert np.isnan(found.penalty).all() != shown
    assert found.n_low[0] == low


def test_a_dummy_that_nearly_everybody_holds_is_not_estimated():
    x = np.array([0.0] * 5 + [50.0] * 4 + [100.0] * 91)[:, None]
    found = penalty_reward(x, np.arange(100.0), np.ones(100), least=10)
    assert np.isnan(found.reward).all()
    assert found.n_high[0] == 91


def test_drivers_whose_dummies_repeat_each_other_are_not_estimated():
    x, y, w = survey(k=1)
    found = penalty_reward(np.hstack([x, x]), y, w)
    for term in ("penalty", "reward", "asymmetry"):
        assert np.isnan(getattr(found, term)).all()


def test_fewer_respondents_than_dummies_give_nothing():
    x = np.array([[0.0], [50], [100]])
    assert np.isnan(penalty_reward(x, np.array([1.0, 2, 3]), np.ones(3), least=1).penalty).all()


def test_robust_intervals_hold_the_truth_where_low_ratings_scatter_more():
    """The outcome scatters 3 times more among low ratings: plain errors would be too small for the penalty."""
    rng = np.random.default_rng(8)
    x = np.repeat([0, 50, 100.0], [40, 80, 80])[:, None]
    spread = np.repeat([30, 10, 10.0], [40, 80, 80])
    truth = np.repeat([20, 50, 60.0], [40, 80, 80])
    hits = 0
    for _ in range(1500):
        _, _, low, high = penalty_reward(x, truth + spread * rng.normal(size=200), np.ones(200)).penalty[0]
        hits += low <= -30 <= high
    assert 0.93 <= hits / 1500 <= 0.97
