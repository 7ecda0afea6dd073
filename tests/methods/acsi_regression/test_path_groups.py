"""Permutation comparison of groups against R (seminr), enumeration, hand calculation, simulation and properties."""

import csv
import json
from itertools import combinations

import numpy as np
import pytest

from cxkit.errors import DataError
from cxkit.methods.acsi_regression import groups as path_groups
from cxkit.methods.acsi_regression.groups import Permuted, compare_groups
from cxkit.methods.acsi_regression.moments import Items
from cxkit.methods.acsi_regression.pls import Structure
from cxkit.methods.acsi_regression.resamples import estimate
from tests.conftest import SHARED

DRIVERS = Structure(
    ((0, 1, 2), (3, 4, 5), (6, 7, 8), (9, 10)), ((0, 1), (0, 2), (1, 2), (2, 3)), ("A", "A", "A", "A")
)
TWO = Structure(((0, 1), (2, 3)), ((0, 1),), ("A", "A"))
PAIR = Structure(((0,), (1,)), ((0, 1),), ("A", "A"))


def survey(x, w=None):
    return Items(x, np.ones(len(x)) if w is None else w, np.zeros(x.shape[1]), np.full(x.shape[1], 10.0))


def answers(rng, n, slope=0.6, low=1, high=10):
    """Whole ratings of the items of four constructs; ``slope`` leads from the first to the second."""
    noise = rng.normal(size=(n, 4))
    first = noise[:, 0]
    second = slope * first + 0.8 * noise[:, 1]
    third = 0.3 * first + 0.5 * second + 0.6 * noise[:, 2]
    fourth = 0.7 * third + 0.7 * noise[:, 3]
    level = np.column_stack([first] * 3 + [second] * 3 + [third] * 3 + [fourth] * 2)
    return np.clip(np.rint(6.5 + 1.6 * level + rng.normal(0, 1.2, level.shape)), low, high)


@pytest.fixture(scope="module")
def bank(shared_data):
    """The reference values, the names of the arrows, and the comparison of the bank's women and men."""
    reference = json.loads((SHARED / "references" / "pls_satisfaction.json").read_text(encoding="utf-8"))
    meta = reference["meta"]
    with (shared_data / "satisfaction.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    x = np.array([[float(row[item]) for item in meta["items"]] for row in rows])
    names = list(meta["blocks"])
    blocks = tuple(tuple(meta["items"].index(item) for item in meta["blocks"][name]) for name in names)
    arrows = tuple((names.index(a), names.index(b)) for a, b in meta["arrows"])
    women = np.array([row["gender"] == "female" for row in rows])
    model = Structure(blocks, arrows, ("A",) * len(names))
    found = compare_groups(survey(x), model, women, np.random.default_rng(1), 4000)
    return reference, [f"{a}->{b}" for a, b in meta["arrows"]], found


def test_paths_of_both_sides_are_those_of_seminr_and_plspm(bank):
    reference, arrows, found = bank
    seminr, plspm = reference["seminr_bootstrap_and_predict"]["mga_gender"], reference["cross_package"]
    for k, arrow in enumerate(arrows):
        assert found.inside[k] == pytest.approx(seminr["group1_female"][arrow], abs=1e-10)
        assert found.rest[k] == pytest.approx(seminr["group2_male"][arrow], abs=1e-10)
        assert found.inside[k] == pytest.approx(plspm["group_female"]["path"][arrow], abs=1e-8)
        assert found.rest[k] == pytest.approx(plspm["group_male"]["path"][arrow], abs=1e-8)


def test_p_values_are_those_of_seminr(bank):
    """seminr took 2,000 permutations, of answers as they are; the sides are 0.2 standard deviations apart, which does
    not show. Agreement within 3.5 standard errors of both numbers of permutations."""
    reference, arrows, found = bank
    theirs = reference["seminr_bootstrap_and_predict"]["mga_gender"]["permutation"]
    for k, arrow in enumerate(arrows):
        p = theirs["p"][arrow]
        assert abs(found.p[k] - p) < 3.5 * np.sqrt(p * (1 - p) * (1 / theirs["R"] + 1 / 4000)) + 1 / 2000
    assert (found.permutations, found.left_out) == (4000, 0)


def test_the_correlation_of_scores_is_that_of_two_tiny_groups_by_hand():
    """With two blocks the weights of mode A are the first singular vectors (Tucker 1958), found here by svd."""
    one = np.array([[1, 2, 1, 3], [2, 1, 2, 2], [3, 5, 4, 3], [4, 4, 3, 5], [6, 5, 6, 5.0]])
    other = np.array([[2, 1, 3, 1], [3, 4, 2, 4], [5, 2, 5, 3], [6, 6, 4, 7], [7, 3, 6, 4], [4, 5, 5, 5.0]])
    both = np.vstack([one, other])
    scores = []
    for side in (one, other):
        left, _, right = np.linalg.svd(np.corrcoef(side.T)[:2, 2:])
        scores.append([both[:, :2] @ (left[:, 0] / side[:, :2].std(axis=0, ddof=1)),
                       both[:, 2:] @ (right[0] / side[:, 2:].std(axis=0, ddof=1))])  # fmt: skip
    expected = [abs(np.corrcoef(scores[0][k], scores[1][k])[0, 1]) for k in (0, 1)]
    found = compare_groups(survey(both), TWO, np.arange(11) < 5, np.random.default_rng(1), 50)
    assert found.composition == pytest.approx(expected, abs=1e-9)
    assert (found.composition < 1).all()


@pytest.mark.parametrize("w", [np.ones(8), np.array([9.0, 3, 1, 1, 1, 1, 3, 9])])
def test_p_values_are_those_of_all_divisions(w):
    """Of 8 respondents 70 groups of 4 can be made; 3,000 permutations see them within 3.5 standard errors.

    Correlations and variances are those of answers without the means of the real sides.
    """

    def mean(z, side):
        return np.average(z[side], axis=0, weights=w[side])

    def covariance(z, side):
        return np.cov(z[side].T, aweights=w[side], ddof=0) * side.sum() / (side.sum() - 1)

    x = np.array([[1, 2], [2, 1], [3, 5], [5, 4], [4, 3], [7, 8], [8, 6], [9, 4.0]])
    everybody, first = np.ones(8, bool), np.arange(8) < 4
    pooled = (x - mean(x, everybody)) / np.sqrt(np.diag(covariance(x, everybody)))
    flat = pooled - np.where(first[:, None], mean(pooled, first), mean(pooled, ~first))
    rows = []
    for group in combinations(range(8), 4):
        sides = np.isin(np.arange(8), group), ~np.isin(np.arange(8), group)
        S, rest = (covariance(flat, side) for side in sides)
        r = [C[0, 1] / np.sqrt(C[0, 0] * C[1, 1]) for C in (S, rest)]
        gap = mean(pooled, sides[0]) - mean(pooled, sides[1])
        rows.append([r[0] - r[1], *gap, *np.log(np.diag(S) / np.diag(rest))])
    every = np.abs(rows)
    exact = (every >= every[0] - 1e-9).mean(axis=0)  # the real group comes first among the combinations
    found = compare_groups(survey(x, w), PAIR, first, np.random.default_rng(2), 3000)
    p = np.concatenate([found.p, found.mean_p, found.variance_p])
    assert (np.abs(p - exact) < 3.5 * np.sqrt(exact * (1 - exact) / 3000) + 1 / 3000).all()
    assert found.difference == pytest.approx(rows[0][:1], abs=1e-12)
    assert found.mean_difference == pytest.approx(rows[0][1:3], abs=1e-12)
    assert np.log(found.variance_ratio) == pytest.approx(rows[0][3:], abs=1e-12)
    assert found.composition.tolist() == [1, 1]
    assert np.isnan([found.composition_low, found.composition_p]).all()


def test_sides_that_are_the_same_differ_in_nothing():
    x = answers(np.random.default_rng(3), 60)
    found = compare_groups(survey(np.vstack([x, x])), DRIVERS, np.arange(120) < 60, np.random.default_rng(1), 60)
    assert found.composition == pytest.approx(np.ones(4), abs=1e-12)
    assert found.difference == pytest.approx(np.zeros(4), abs=1e-9)
    assert found.mean_difference == pytest.approx(np.zeros(4), abs=1e-9)
    assert found.variance_ratio == pytest.approx(np.ones(4), abs=1e-9)
    for p in (found.p, found.composition_p, found.mean_p, found.variance_p):
        assert (p == 1).all()


def test_the_other_side_sees_the_same_from_its_end():
    rng = np.random.default_rng(4)
    x, inside = answers(rng, 90), np.arange(90) < 30
    one, other = (compare_groups(survey(x), DRIVERS, g, np.random.default_rng(5), 80) for g in (inside, ~inside))
    assert other.inside == pytest.approx(one.rest, abs=1e-9)
    assert other.difference == pytest.approx(-one.difference, abs=1e-9)
    assert other.mean_difference == pytest.approx(-one.mean_difference, abs=1e-9)
    assert other.variance_ratio == pytest.approx(1 / one.variance_ratio, abs=1e-9)
    for name in ("composition", "composition_low", "p", "composition_p", "mean_p", "variance_p"):
        assert getattr(other, name) == pytest.approx(getattr(one, name), abs=1e-9)


@pytest.mark.parametrize("standardised", [True, False])
def test_weights_are_replicated_rows(standardised):
    rng = np.random.default_rng(6)
    x, w, inside = answers(rng, 80), rng.integers(1, 4, 80), np.arange(80) < 35
    times = np.repeat(np.arange(80), w)
    one, other = (
        compare_groups(items, DRIVERS, group, rng, 5, standardised=standardised)
        for items, group in ((survey(x, w.astype(float)), inside), (survey(x[times]), inside[times]))
    )
    assert one.inside == pytest.approx(other.inside, abs=1e-10)
    assert one.composition == pytest.approx(other.composition, abs=1e-10)
    # n/(n-1) counts respondents: 80 and 35, 45 here, more in the replicated rows.
    n, many = np.array([[80, 35, 45], [w.sum(), w[inside].sum(), w[~inside].sum()]])
    factor = n / (n - 1) / (many / (many - 1))
    assert one.mean_difference * factor[0] ** 0.5 == pytest.approx(other.mean_difference, abs=1e-10)
    assert one.variance_ratio == pytest.approx(other.variance_ratio * factor[1] / factor[2], abs=1e-10)
    alone = estimate(
        Items(x[inside], w[inside] * 1.0, np.zeros(11), np.full(11, 10.0)), DRIVERS, "path", standardised
    )
    assert one.inside == pytest.approx(alone.fit.paths[:, 0], abs=1e-10)


def test_a_construct_is_compared_the_right_way_up():
    """Two of three items asked in reverse: both sides are turned by the majority, so scores still run together."""
    x = answers(np.random.default_rng(7), 200)
    x[:, :2] = 11 - x[:, :2]
    found = compare_groups(survey(x), DRIVERS, np.arange(200) < 100, np.random.default_rng(1), 99)
    assert (found.composition > 0.95).all()
    assert (found.composition_low > 0.9).all()


def test_permutations_come_in_blocks_of_any_size(monkeypatch):
    x, inside = answers(np.random.default_rng(8), 70), np.arange(70) < 30
    whole = compare_groups(survey(x), DRIVERS, inside, np.random.default_rng(1), 50)
    monkeypatch.setattr(path_groups, "CELLS", 600)
    parts = compare_groups(survey(x), DRIVERS, inside, np.random.default_rng(1), 50)
    assert np.array_equal(parts.p, whole.p)
    assert parts.composition_low == pytest.approx(whole.composition_low, abs=1e-9)


def test_permutations_that_leave_an_item_still_are_counted():
    """Two of 20 gave another answer; both fall on one side in 2 * 10 * 9 / (20 * 19) = 9/19 of the divisions."""
    x = np.random.default_rng(9).permuted(np.tile(np.arange(20.0) / 2, (4, 1)), axis=1).T
    x[:, 3] = 4
    x[[0, 10], 3] = 6
    found = compare_groups(survey(x), TWO, np.arange(20) < 10, np.random.default_rng(1), 2000)
    assert found.permutations + found.left_out == 2000
    assert abs(found.left_out / 2000 - 9 / 19) < 3.5 * np.sqrt(9 / 19 * 10 / 19 / 2000)
    assert np.isfinite(found.p).all()
    x[[0, 1], 3], x[10, 3] = 6, 4
    still = compare_groups(survey(x), TWO, np.arange(20) < 10, np.random.default_rng(1), 20)
    assert np.isnan([*still.p, *still.inside, *still.composition, *still.mean_p]).all()
    assert (still.permutations, still.left_out) == (0, 0)


def test_missing_answers_count_as_means_in_scores():
    x = answers(np.random.default_rng(10), 100)
    x[np.random.default_rng(11).random(x.shape) < 0.05] = np.nan
    inside = np.arange(100) < 50
    found = compare_groups(survey(x), DRIVERS, inside, np.random.default_rng(1), 20)
    sample = estimate(survey(x), DRIVERS)
    z = np.where(np.isnan(x), 0, x - np.nanmean(x, axis=0))
    for k, block in enumerate(DRIVERS.blocks):
        score = z[:, list(block)] @ (sample.fit.weights / sample.sd)[list(block), 0]
        assert found.mean_difference[k] == pytest.approx(score[inside].mean() - score[~inside].mean(), abs=1e-10)
    alone = estimate(survey(x[inside]), DRIVERS).fit.paths[:, 0]
    assert found.inside == pytest.approx(alone, abs=1e-9)


@pytest.mark.parametrize("sizes", [(100, 100), (60, 140)])
def test_alike_groups_differ_at_the_chosen_rate(sizes):
    """80 pairs of groups of one population: each rate at 5 % within 3.5 standard errors, up to 13.5 %.

    2,000 such pairs gave 4.5 to 5.4 % for paths, 4.4 to 5.6 % for composition, 4.2 to 5.9 % for means and variances.
    """
    rng, inside = np.random.default_rng(12), np.arange(200) < sizes[0]
    below = []
    for _ in range(80):
        found = compare_groups(survey(answers(rng, 200)), DRIVERS, inside, rng, 39)
        below.append(np.r_[found.p, found.composition_p, found.mean_p, found.variance_p] <= 0.05)
    rates = np.mean(below, axis=0)
    assert (rates < 0.05 + 3.5 * np.sqrt(0.05 * 0.95 / 80)).all()
    assert 0.025 < rates[:4].mean() < 0.08
    assert 0.025 < rates.mean() < 0.075


def test_another_level_is_no_other_path():
    """Means two standard deviations apart: when answers are permuted as they are, 28 % of the first paths and 46 % of
    the first compositions are called different (1,000 pairs of groups); here 60 within 3.5 standard errors of 5 %."""
    rng, inside = np.random.default_rng(15), np.arange(200) < 100
    below = []
    for _ in range(60):
        x = answers(rng, 200, low=-30, high=30)
        x[inside] += 3
        found = compare_groups(survey(x), DRIVERS, inside, rng, 39)
        assert (found.mean_p < 0.05).all()
        below.append(np.r_[found.p, found.composition_p, found.variance_p] <= 0.05)
    assert (np.mean(below, axis=0) < 0.05 + 3.5 * np.sqrt(0.05 * 0.95 / 60)).all()


def test_a_real_difference_is_found():
    """A path of 0.6 against 0.1 at 150 and 150; what is equal on both sides is not called different."""
    rng = np.random.default_rng(13)
    x = np.vstack([answers(rng, 150), answers(rng, 150, slope=0.1)])
    found = compare_groups(survey(x), DRIVERS, np.arange(300) < 150, rng, 199)
    assert found.p[0] <= 0.01
    assert found.difference[0] > 0.2
    assert (found.p[1:] > 0.05).all()
    assert (found.composition_p > 0.05).all()


def test_other_weights_means_and_variances_are_found():
    rng = np.random.default_rng(14)
    x = answers(rng, 300)
    x[:150, 2] = rng.integers(1, 11, 150)  # an item that measures nothing on one side
    x[:150, 6:9] = np.clip(x[:150, 6:9] + 1, 1, 10)
    x[:150, 9:] = np.rint(6 + (x[:150, 9:] - 6) / 2)
    found = compare_groups(survey(x), DRIVERS, np.arange(300) < 150, rng, 199)
    assert found.composition_p[0] <= 0.01
    assert found.composition[0] < found.composition_low[0]
    assert found.mean_p[2] <= 0.01
    assert found.mean_difference[2] > 0.3
    assert found.variance_p[3] <= 0.01
    assert found.variance_ratio[3] < 0.5


@pytest.mark.parametrize("inside", [np.zeros(30, bool), np.ones(30, bool), np.ones(29, bool)])
def test_a_group_without_rest_is_refused(inside):
    with pytest.raises(DataError, match=r"cannot be compared with the rest of 30 respondents; give True or False"):
        compare_groups(survey(answers(np.random.default_rng(1), 30)), DRIVERS, inside, np.random.default_rng(1))


# The interval of a permuted difference

LEVELS = (0.8, 0.95, 0.99, 0.9987)


def agree(value, null):
    """At every level the interval leaves 0 out exactly when p is below 1 - level."""
    test = Permuted(value, 0.1, null)
    for level in LEVELS:
        low, high = test.interval(level)
        assert (low > 0 or high < 0) == (test.p < 1 - level), (level, test.p, low, high)
        assert low <= value <= high


@pytest.mark.parametrize("times", [3, 19, 20, 99, 100, 199, 1000])
def test_interval_and_p_of_permutations_agree_at_every_level(times):
    """Differences of every rank, so that p takes every value there is up to 0.25, at its limits too."""
    rng = np.random.default_rng(times)
    for shift in (0, 1, -2):
        others = np.abs(rng.normal(size=times - 1))
        for k in range(min(times, 250)):
            value = float(np.sort(np.r_[others, 9])[::-1][k]) * (1 if shift >= 0 else -1)
            agree(value, np.r_[abs(value), others + 1e-3 * (shift == 1)])


def test_interval_and_p_agree_where_differences_are_tied():
    rng = np.random.default_rng(2)
    for _ in range(200):
        sizes = np.round(np.abs(rng.normal(size=rng.integers(5, 60))), 1)
        agree(float(sizes[0]), sizes)
        agree(-float(sizes[0]), sizes)


def test_interval_and_p_agree_in_groups():
    rng = np.random.default_rng(16)
    seen = set()
    for slope in (0.6, 0.3, 0.0, 0.6, 0.1, -0.2):
        x = np.vstack([answers(rng, 80), answers(rng, 80, slope=slope)])
        found = compare_groups(survey(x), DRIVERS, np.arange(160) < 80, rng, 199)
        for value, null, p in zip(found.difference, found.null, found.p, strict=True):
            agree(float(value), null)
            assert Permuted(float(value), 0.1, null).p == pytest.approx(p, abs=1e-7)
            seen |= {level for level in LEVELS if p < 1 - level}
    assert seen == {0.8, 0.95, 0.99}  # 200 divisions have no p below 0.005


def test_sides_that_cannot_be_estimated_are_not_different():
    x = answers(np.random.default_rng(17), 40)
    x[:20, 3] = 4
    found = compare_groups(survey(x), DRIVERS, np.arange(40) < 20, np.random.default_rng(1), 20)
    test = Permuted(0.3, 0.1, found.null[0])
    assert np.isnan([test.p, *test.interval(0.95)]).all()
