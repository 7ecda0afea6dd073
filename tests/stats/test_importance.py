"""LMG and Johnson importance, against R's printed numbers, all orders of entry, properties and simulation."""

from dataclasses import astuple
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxkit.errors import DataError, SettingsError
from cxkit.stats import importance
from cxkit.stats.bootstrap import covariances
from cxkit.stats.importance import drivers, johnson, lmg

# mtcars (Henderson & Velleman 1981, Biometrics 37), R's copy: mpg cyl disp hp gear am vs
MTCARS = np.array([
    [21.0, 6, 160.0, 110, 4, 1, 0], [21.0, 6, 160.0, 110, 4, 1, 0], [22.8, 4, 108.0, 93, 4, 1, 1],
    [21.4, 6, 258.0, 110, 3, 0, 1], [18.7, 8, 360.0, 175, 3, 0, 0], [18.1, 6, 225.0, 105, 3, 0, 1],
    [14.3, 8, 360.0, 245, 3, 0, 0], [24.4, 4, 146.7, 62, 4, 0, 1], [22.8, 4, 140.8, 95, 4, 0, 1],
    [19.2, 6, 167.6, 123, 4, 0, 1], [17.8, 6, 167.6, 123, 4, 0, 1], [16.4, 8, 275.8, 180, 3, 0, 0],
    [17.3, 8, 275.8, 180, 3, 0, 0], [15.2, 8, 275.8, 180, 3, 0, 0], [10.4, 8, 472.0, 205, 3, 0, 0],
    [10.4, 8, 460.0, 215, 3, 0, 0], [14.7, 8, 440.0, 230, 3, 0, 0], [32.4, 4, 78.7, 66, 4, 1, 1],
    [30.4, 4, 75.7, 52, 4, 1, 1], [33.9, 4, 71.1, 65, 4, 1, 1], [21.5, 4, 120.1, 97, 3, 0, 1],
    [15.5, 8, 318.0, 150, 3, 0, 0], [15.2, 8, 304.0, 150, 3, 0, 0], [13.3, 8, 350.0, 245, 3, 0, 0],
    [19.2, 8, 400.0, 175, 3, 0, 0], [27.3, 4, 79.0, 66, 4, 1, 1], [26.0, 4, 120.3, 91, 5, 1, 0],
    [30.4, 4, 95.1, 113, 5, 1, 1], [15.8, 8, 351.0, 264, 5, 1, 0], [19.7, 6, 145.0, 175, 5, 1, 0],
    [15.0, 8, 301.0, 335, 5, 1, 0], [21.4, 4, 121.0, 109, 4, 1, 1],
])  # fmt: skip
COLUMNS = ["mpg", "cyl", "disp", "hp", "gear", "am", "vs"]


def mtcars(*names):
    """Covariance of the named drivers and mpg."""
    return np.cov(MTCARS[:, [COLUMNS.index(name) for name in (*names, "mpg")]], rowvar=False)


def r_squared(S, inside):
    inside = list(inside)
    return S[-1, inside] @ np.linalg.solve(S[np.ix_(inside, inside)], S[-1, inside]) / S[-1, -1]


def random_covariance(seed, k):
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((k + 1, k + 6)) + rng.uniform(-1, 1) * rng.standard_normal((1, k + 6))
    return rows @ rows.T


def survey(n=300, k=3, seed=1):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, k)) + 0.8 * rng.standard_normal((n, 1))
    return x, x @ np.arange(1, k + 1) + 2 * rng.standard_normal(n), rng.uniform(0.5, 2, n)


def run(x, y, w=None, resamples=50, seed=1, **more):
    names = [f"q{k + 1}" for k in range(x.shape[1])]
    w = np.ones(len(y)) if w is None else w
    return drivers(x, y, w, names, rng=np.random.default_rng(seed), resamples=resamples, **more)


covariances_of_1_to_6 = st.builds(random_covariance, st.integers(0, 2**32), st.integers(1, 6))
of_2_to_6 = st.builds(random_covariance, st.integers(0, 2**32), st.integers(2, 6))
both_methods = pytest.mark.parametrize("method", [lmg, johnson])
examples = settings(max_examples=60, deadline=None)


# R's relaimpo::calc.relimp(mpg ~ am + vs + cyl, mtcars, type = "lmg") and domir::domin, as printed side by side
# in the README of domir (Luchman); 7 decimals.
def test_lmg_of_mtcars_equals_relaimpo_and_domir():
    found = lmg(mtcars("am", "vs", "cyl"))
    assert found == pytest.approx([0.1774892, 0.2027032, 0.3817849], abs=5e-8)
    assert found.sum() == pytest.approx(0.7619773, abs=5e-8)


# R's rwa(mtcars, "mpg", c("cyl", "disp", "hp", "gear")), as printed in the README of rwa (Chan); 7 decimals.
def test_johnson_of_mtcars_equals_rwa():
    found = johnson(mtcars("cyl", "disp", "hp", "gear"))
    assert found == pytest.approx([0.2284797, 0.2221469, 0.2321744, 0.0963886], abs=5e-8)
    assert found.sum() == pytest.approx(0.7791896, abs=5e-8)


# The example of relWt in R's iopsych 0.90.1 (Goebl, Jones & Beatty), its printed eps; 8 decimals.
def test_johnson_of_a_correlation_matrix_equals_iopsych():
    R = np.array([
        [1, 0.2, 0.3, 0.4, -0.4], [0.2, 1, 0.5, 0.1, 0.1], [0.3, 0.5, 1, 0.2, -0.3], [0.4, 0.1, 0.2, 1, 0.4],
        [-0.4, 0.1, -0.3, 0.4, 1],
    ])  # fmt: skip
    assert johnson(R) == pytest.approx([0.24066119, 0.05492664, 0.12143476, 0.28158189], abs=5e-9)


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5])
def test_lmg_is_the_mean_gain_over_all_orders_of_entry(k):
    rng = np.random.default_rng(k)
    x = rng.standard_normal((60, k)) + rng.standard_normal((60, 1))
    y = x @ rng.standard_normal(k) + rng.standard_normal(60)
    x, y = x - x.mean(axis=0), y - y.mean()

    def fitted(inside):
        slopes = np.linalg.lstsq(x[:, inside], y, rcond=None)[0]
        return 1 - ((y - x[:, inside] @ slopes) ** 2).sum() / (y @ y)

    gains, orders = np.zeros(k), list(permutations(range(k)))
    for order in orders:
        for place, driver in enumerate(order):
            gains[driver] += fitted(list(order[: place + 1])) - fitted(list(order[:place]))
    found = lmg(np.cov(np.column_stack([x, y]), rowvar=False))
    assert found == pytest.approx(gains / len(orders), abs=1e-12)


@both_methods
@examples
@given(S=covariances_of_1_to_6)
def test_parts_sum_to_r2_and_none_is_negative(method, S):
    found = method(S)
    assert found.sum() == pytest.approx(r_squared(S, range(len(S) - 1)), abs=1e-10)
    assert (found >= 0).all()


@both_methods
@examples
@given(S=of_2_to_6, order=st.randoms(use_true_random=False))
def test_another_order_of_the_drivers_is_another_order_of_the_parts(method, S, order):
    new = list(range(len(S) - 1))
    order.shuffle(new)
    both = [*new, len(S) - 1]
    assert method(S[np.ix_(both, both)]) == pytest.approx(method(S)[new], abs=1e-10)


@both_methods
@examples
@given(S=of_2_to_6, seed=st.integers(0, 2**32))
def test_other_units_and_directions_change_nothing(method, S, seed):
    rng = np.random.default_rng(seed)
    unit = 10 ** rng.uniform(-4, 4, len(S)) * rng.choice([-1, 1], len(S))
    assert method(S * np.outer(unit, unit)) == pytest.approx(method(S), abs=1e-10)


@both_methods
@examples
@given(r=st.lists(st.floats(-1, 1), min_size=1, max_size=7))
def test_uncorrelated_drivers_get_their_squared_correlation(method, r):
    r = np.array(r) / max(1, 1.01 * np.linalg.norm(r))
    R = np.eye(len(r) + 1)
    R[-1, :-1] = R[:-1, -1] = r
    assert method(R) == pytest.approx(r**2, abs=1e-10)


def test_a_driver_that_adds_nothing_is_not_below_0_by_rounding():
    rng = np.random.default_rng(1)
    S = np.zeros((200, 6, 6))
    S[:, 0, 0] = 1
    S[:, 1:, 1:] = [random_covariance(seed, 4) for seed in rng.integers(1000, size=200)]
    found = lmg(S)
    assert (found >= 0).all()
    assert found[:, 0] == pytest.approx(0, abs=1e-15)


@both_methods
@examples
@given(S=of_2_to_6)
def test_two_drivers_in_the_same_role_share_equally(method, S):
    swap = [1, 0, *range(2, len(S))]
    found = method(S + S[np.ix_(swap, swap)])
    assert found[0] == pytest.approx(found[1], abs=1e-10)


@both_methods
@examples
@given(seed=st.integers(0, 2**32))
def test_two_drivers_get_the_hand_calculated_parts(method, seed):
    """With two drivers LMG and Johnson are both (r_j^2 - r_other^2 + R2) / 2."""
    S = random_covariance(seed, 2)
    r2, both = S[-1, :2] ** 2 / np.diag(S)[:2] / S[-1, -1], r_squared(S, [0, 1])
    assert method(S) == pytest.approx((r2 - r2[::-1] + both) / 2, abs=1e-10)


@both_methods
@pytest.mark.parametrize("cells", [importance.CELLS, 32, 1])
def test_one_call_for_many_data_sets_is_the_loop_over_them(monkeypatch, method, cells):
    many = np.array([[random_covariance(3 * i + j, 4) for j in range(3)] for i in range(2)])
    one_by_one = [[method(many[i, j]) for j in range(3)] for i in range(2)]
    monkeypatch.setattr(importance, "CELLS", cells)
    assert method(many) == pytest.approx(np.array(one_by_one), abs=1e-12)
    assert method(many[:0]).shape == (0, 3, 4)


@both_methods
@pytest.mark.parametrize("constant", [0, 3])
def test_a_data_set_with_a_constant_or_a_collinear_driver_is_nan_and_spoils_no_other(method, constant):
    many = np.array([random_covariance(seed, 3) for seed in range(4)])
    expected = method(many)
    many[1, constant], many[1, :, constant] = 0, 0
    mix = np.eye(4)
    mix[2] = [1, -2, 0, 0]
    many[2] = mix @ many[2] @ mix.T
    found = method(many)
    assert np.isnan(found[1:3]).all()
    assert found[[0, 3]] == pytest.approx(expected[[0, 3]], abs=1e-12)


def test_fifteen_drivers_sum_to_r2():
    S = random_covariance(1, 15)
    assert lmg(S).sum() == pytest.approx(r_squared(S, range(15)), abs=1e-10)


@pytest.mark.parametrize("k", [0, 16])
def test_no_driver_and_sixteen_drivers_are_an_error(k):
    todo = "name at least one" if k == 0 else "group them into a tree or take fewer"
    text = f"^Found {k} drivers, expected 1 to 15; {todo}.$"
    with pytest.raises(SettingsError, match=text):
        lmg(np.eye(k + 1))
    with pytest.raises(SettingsError, match=text):
        run(np.zeros((400, k)), np.zeros(400))


def test_drivers_are_described_as_by_least_squares():
    x, y, _ = survey()
    found = run(x, y)
    z, v = (x - x.mean(axis=0)) / x.std(axis=0), (y - y.mean()) / y.std()
    slopes = np.linalg.lstsq(z, v, rcond=None)[0]
    assert found.beta == pytest.approx(slopes, abs=1e-12)
    assert found.r2 == pytest.approx(1 - np.mean((v - z @ slopes) ** 2), abs=1e-12)
    assert found.correlation == pytest.approx(z.T @ v / 300, abs=1e-12)
    for k in range(3):
        others = np.delete(z, k, axis=1)
        rest = z[:, k] - others @ np.linalg.lstsq(others, z[:, k], rcond=None)[0]
        assert found.vif[k] == pytest.approx(1 / np.mean(rest**2), rel=1e-10)
    S = np.cov(np.column_stack([x, y]), rowvar=False)
    assert found.lmg == pytest.approx(lmg(S), abs=1e-12)
    assert found.johnson == pytest.approx(johnson(S), abs=1e-12)
    assert found.share == pytest.approx(found.lmg / found.r2, abs=1e-12)
    assert (found.names, found.n, found.n_eff, found.failed) == (("q1", "q2", "q3"), 300, 300, 0)


def test_a_driver_whose_slope_is_below_0_is_flagged_and_keeps_its_share():
    rng = np.random.default_rng(2)
    x = rng.standard_normal((200, 2)) + rng.standard_normal((200, 1))
    found = run(x, 2 * x[:, 0] - 0.6 * x[:, 1] + rng.standard_normal(200))
    assert found.negative.tolist() == [False, True]
    assert found.correlation[1] > 0
    assert found.share[1] > 0.05


def test_whole_number_weights_are_repeated_rows():
    x, y, _ = survey(n=80)
    times = np.random.default_rng(4).integers(1, 5, 80)
    weighted, repeated = run(x, y, times.astype(float)), run(np.repeat(x, times, axis=0), np.repeat(y, times))
    for name in ("r2", "lmg", "share", "johnson", "beta", "correlation", "vif"):
        assert getattr(weighted, name) == pytest.approx(getattr(repeated, name), abs=1e-12)
    assert (weighted.n, repeated.n) == (80, times.sum())
    assert weighted.n_eff == pytest.approx(times.sum() ** 2 / (times**2).sum())


def test_respondents_with_a_missing_answer_or_weight_0_are_left_out():
    x, y, w = survey(n=100)
    holes, silent, nobody = x.copy(), y.copy(), w.copy()
    holes[3, 1], silent[5], nobody[7] = np.nan, np.nan, 0
    keep = ~np.isin(np.arange(100), [3, 5, 7])
    for one, other in zip(astuple(run(holes, silent, nobody)), astuple(run(x[keep], y[keep], w[keep])), strict=True):
        assert np.array_equal(one, other)


def test_the_same_seed_gives_the_same_answer_and_another_seed_another():
    x, y, w = survey()
    one, again, other = run(x, y, w), run(x, y, w), run(x, y, w, seed=2)
    assert np.array_equal(one.draws, again.draws)
    assert not np.array_equal(one.draws, other.draws)


def test_draws_are_the_lmg_of_weighted_resamples():
    x, y, w = survey(n=60)
    expected = lmg(covariances(np.column_stack([x, y]), w, np.random.default_rng(1), 50))
    assert run(x, y, w).draws == pytest.approx(expected, abs=1e-12)


def test_intervals_are_percentiles_of_the_draws_and_hold_the_estimate():
    found = run(*survey(), resamples=400, level=0.9)
    shares = found.draws / found.draws.sum(axis=1, keepdims=True)
    for low, high, draws in [
        (found.lmg_low, found.lmg_high, found.draws),
        (found.share_low, found.share_high, shares),
    ]:
        assert np.array([low, high]) == pytest.approx(np.quantile(draws, [0.05, 0.95], axis=0), abs=1e-12)
    assert ((found.lmg_low < found.lmg) & (found.lmg < found.lmg_high)).all()
    assert ((found.share_low < found.share) & (found.share < found.share_high)).all()


def test_rank_counts_how_often_a_driver_takes_a_place():
    found = run(*survey(n=150, k=4), resamples=200)
    assert found.rank.sum(axis=0) == pytest.approx(1, abs=1e-12)
    assert found.rank.sum(axis=1) == pytest.approx(1, abs=1e-12)
    for i in range(4):
        above = (found.draws > found.draws[:, [i]]).sum(axis=1)
        assert found.rank[i] == pytest.approx([np.mean(above == place) for place in range(4)], abs=1e-12)
    assert found.rank.argmax(axis=1).tolist() == [3, 2, 1, 0]


def test_resamples_that_cannot_be_used_are_counted_and_left_out():
    x, y, _ = survey(n=60, k=2)
    x[:, 1] = np.arange(60) < 2
    drawn = np.random.default_rng(1).integers(60, size=(300, 60))
    constant = int(((drawn >= 2).all(axis=1)).sum())
    found = run(x, y, resamples=300)
    assert 20 < constant < 80
    assert found.failed == constant
    assert found.draws.shape == (300 - constant, 2)
    assert np.isfinite([found.lmg_low, found.lmg_high, found.share_low, found.share_high]).all()
    assert found.rank.sum(axis=0) == pytest.approx(1, abs=1e-12)


def test_lmg_interval_covers_the_truth_about_95_times_in_100():
    R = np.array([[1, 0.4, 0.3, 0.6], [0.4, 1, 0.5, 0.5], [0.3, 0.5, 1, 0.4], [0.6, 0.5, 0.4, 1]])
    truth, root, rng = lmg(R), np.linalg.cholesky(R), np.random.default_rng(11)
    held = []
    for _ in range(300):
        rows = rng.standard_normal((200, 4)) @ root.T
        found = drivers(rows[:, :3], rows[:, 3], np.ones(200), ["a", "b", "c"], rng=rng, resamples=300)
        held.append((found.lmg_low <= truth) & (truth <= found.lmg_high))
    assert 0.90 <= np.mean(held) <= 0.98


@pytest.mark.parametrize(("n", "k", "needed"), [(29, 1, 30), (29, 2, 30), (39, 4, 40)])
def test_too_few_complete_respondents_are_an_error(n, k, needed):
    x, y, _ = survey(n=n + 1, k=k)
    run(x, y)
    x[0, 0] = np.nan
    listed = ", ".join(f'"q{j + 1}"' for j in range(k))
    text = (
        rf"^Found {n} respondents who answered the outcome and every driver \({listed}\), expected at least {needed} "
        f"for {k}; leave out the drivers that few answered, or collect more answers.$"
    )
    with pytest.raises(DataError, match=text):
        run(x, y)


@pytest.mark.parametrize(("column", "what"), [(1, 'the driver "q2"'), (None, "the outcome")])
def test_a_constant_variable_is_an_error_that_names_it(column, what):
    x, y, _ = survey(n=100)
    (y if column is None else x[:, column])[:] = [0.1 + 0.2, 0.3] * 50
    text = (
        f"^Found one and the same value of {what} among all 100 respondents who answered everything, expected "
        f"values that differ; use another item in its place.$"
    )
    with pytest.raises(DataError, match=text):
        run(x, y)


@pytest.mark.parametrize("unit", [1, 1e6])
def test_collinear_drivers_are_an_error_that_names_those_involved_only(unit):
    x, y, w = survey(n=100, k=4)
    x[:, 3] = unit * (x[:, 0] - 2 * x[:, 2]) + 5
    text = (
        r'^Found drivers of which one is an exact combination of the others \("q1", "q3", "q4"\), expected none; '
        r"leave one of them out.$"
    )
    with pytest.raises(DataError, match=text):
        run(x, y, w)


def test_drivers_that_are_nearly_collinear_still_work():
    x, y, w = survey(n=100)
    x[:, 2] = x[:, 0] + 1e-3 * x[:, 2]
    found = run(x, y, w)
    assert found.vif[0] > 1e5
    assert found.failed == 0
    assert found.johnson.sum() == pytest.approx(found.r2, abs=1e-9)
