"""Level 1 of a satisfaction index: R's slopes, errors by formula, residual checks against R and by simulation."""

import csv
import json

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.datasets import macrodata
from statsmodels.stats.diagnostic import linear_reset

from cxkit.methods.acsi_regression.pls import Structure
from cxkit.methods.acsi_regression.regression import plain_levels, regressions
from cxkit.methods.acsi_regression.resamples import Items
from tests.conftest import SHARED


def model_of(size, *arrows):
    """As many constructs of one item each."""
    return Structure(tuple((k,) for k in range(size)), arrows, ("A",) * size)


TWO = model_of(3, (0, 2), (1, 2))


@pytest.fixture(scope="module")
def reference(shared_data):
    return json.loads((SHARED / "references" / "pls_satisfaction.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def bank(shared_data, reference):
    """Names of constructs in model order, their structure, and the bank's answers on 0..10."""
    meta = reference["meta"]
    names = list(meta["blocks"])
    blocks = tuple(tuple(meta["items"].index(item) for item in meta["blocks"][name]) for name in names)
    arrows = tuple((names.index(a), names.index(b)) for a, b in meta["arrows"])
    with (shared_data / "satisfaction.csv").open(encoding="utf-8") as file:
        x = np.array([[float(row[item]) for item in meta["items"]] for row in csv.DictReader(file)])
    return names, Structure(blocks, arrows, ("A",) * len(names)), x


RULES = {"ols_0_100": np.ones(250), "wls_0_100_rule_1_plus_i_mod_3": 1.0 + np.arange(250) % 3}


@pytest.mark.parametrize("rule", RULES)
def test_slopes_and_r2_are_those_of_r(reference, bank, rule):
    """R 4.2.2 lm, 12 digits; tolerance 1e-9."""
    names, model, x = bank
    theirs, w = reference["regression_level"][rule], RULES[rule]
    levels = plain_levels(Items(x, w, np.zeros(27), np.full(27, 10.0)), model)
    equations = regressions(levels, w, model)
    assert {names[e.construct] for e in equations} == set(theirs)
    for equation in equations:
        words = theirs[names[equation.construct]]
        before = [names[k] for k in equation.before]
        assert equation.slope == pytest.approx([words["coef"][name] for name in before], abs=1e-9)
        assert equation.r2 == pytest.approx(words["r2"], abs=1e-9)
        k, n = len(before), equation.n
        assert 1 - (1 - equation.r2) * (n - 1) / (n - k - 1) == pytest.approx(words["adj_r2"], abs=1e-9)
        design = sm.add_constant(levels[:, list(equation.before)])
        classical = sm.WLS(levels[:, equation.construct], design, weights=w).fit().bse[1:]
        assert classical == pytest.approx([words["se_classical"][name] for name in before], abs=1e-9)


def test_levels_are_those_of_r(reference, bank):
    names, model, x = bank
    levels = plain_levels(Items(x, np.ones(250), np.zeros(27), np.full(27, 10.0)), model)
    theirs = reference["regression_level"]
    assert levels.mean(axis=0) == pytest.approx([theirs["construct_mean_0_100"][name] for name in names], abs=1e-9)
    assert levels.std(axis=0, ddof=1) == pytest.approx([theirs["construct_sd"][name] for name in names], abs=1e-9)


def test_levels_use_declared_bounds_of_each_item():
    # 4 on 1-7 is 50, 10 on 0-10 is 100: mean 75; 0 of complaints 0/1 is 0
    answers = Items(np.array([[4.0, 10, 0]]), np.ones(1), np.array([1.0, 0, 0]), np.array([7.0, 10, 1]))
    assert plain_levels(answers, Structure(((0, 1), (2,)), ((0, 1),), ("A", "A"))).tolist() == [[75, 0]]


def survey(seed, n=80):
    """Three constructs on 0-100 in steps of 5, and weights between 1 and 5."""
    rng = np.random.default_rng(seed)
    x = rng.normal(65, 18, (n, 2)) + rng.normal(0, 10, (n, 1))
    y = 10 + x @ [0.5, 0.3] + rng.normal(size=n) * (40 - 0.3 * x[:, 0])
    return np.clip(np.rint(np.column_stack([x, y]) / 5) * 5, 0, 100), rng.uniform(1, 5, n)


@pytest.mark.parametrize("seed", range(3))
def test_errors_are_those_of_the_formula_of_mackinnon_and_white(seed):
    """(X'WX)^-1 X'W diag(e^2/(1-h)^2) WX (X'WX)^-1 written out (HC3; MacKinnon & White 1985); tolerance 1e-10."""
    levels, w = survey(seed)
    X, y = np.column_stack([np.ones(80), levels[:, :2]]), levels[:, 2]
    bread = np.linalg.inv(X.T @ np.diag(w) @ X)
    b = bread @ X.T @ (w * y)
    e, h = y - X @ b, np.diag(X @ bread @ X.T) * w
    V = bread @ X.T @ np.diag(w**2 * e**2 / (1 - h) ** 2) @ X @ bread
    se = np.sqrt(np.diag(V))[1:]
    found = regressions(levels, w, TWO, level=0.9)[0]
    assert found.slope == pytest.approx(b[1:], abs=1e-10)
    assert found.se == pytest.approx(se, rel=1e-10)
    half = stats.t.ppf(0.95, 77) * se
    assert (found.low, found.high) == (pytest.approx(b[1:] - half, abs=1e-9), pytest.approx(b[1:] + half, abs=1e-9))
    assert found.p == pytest.approx(2 * stats.t.sf(np.abs(b[1:]) / se, 77), rel=1e-8)
    assert found.r2 == pytest.approx(1 - w @ e**2 / (w @ (y - np.average(y, weights=w)) ** 2), abs=1e-12)


@settings(deadline=None, max_examples=20, derandomize=True)
@given(st.integers(0, 10_000), st.sampled_from([0.01, 10, 1000]))
def test_the_scale_of_weights_and_the_order_of_respondents_mean_nothing(seed, factor):
    levels, w = survey(seed)
    order = np.random.default_rng(seed).permutation(80)
    one, other = regressions(levels, w, TWO)[0], regressions(levels[order], factor * w[order], TWO)[0]
    for name in ("slope", "se", "low", "high", "p", "vif", "r2", "breusch_pagan", "reset"):
        assert getattr(other, name) == pytest.approx(getattr(one, name), rel=1e-6, abs=1e-9)


def test_inflation_is_one_over_what_the_others_leave_unexplained():
    levels, w = survey(1)
    model = model_of(4, (0, 3), (1, 3), (2, 3))
    rng = np.random.default_rng(2)
    levels = np.column_stack([levels, 0.6 * levels[:, 2] + rng.normal(0, 5, 80)])
    found = regressions(levels, w, model)[0]
    for k in range(3):
        others = sm.add_constant(levels[:, [j for j in range(3) if j != k]])
        assert found.vif[k] == pytest.approx(1 / (1 - sm.WLS(levels[:, k], others, weights=w).fit().rsquared))
    assert np.isnan(regressions(levels, w, model_of(2, (0, 1)))[0].vif).all()


# --- residual checks -------------------------------------------------------------------------------------------


def test_breusch_pagan_is_that_of_r():
    """R's lmtest::bptest with its defaults, growth of investment on growth of GDP and real interest (macrodata of
    statsmodels, whose own tests quote the same R output): 0.709924388395087, p 0.701199952134347; to 1e-9."""
    data = macrodata.load_pandas().data
    growth = 400 * np.diff(np.log(data[["realgdp", "realinv"]].to_numpy()), axis=0)
    table = np.column_stack([growth[:, 0], data["realint"].to_numpy()[:-1], growth[:, 1]])
    found = regressions(table, np.ones(len(table)), TWO)[0]
    assert found.breusch_pagan == pytest.approx((0.709924388395087, 0.701199952134347), abs=1e-9)


def test_breusch_pagan_by_hand():
    # x 0 20 40 60 80, y 10 30 30 50 80: slope 3200/4000 = .8, intercept 8, residuals 2 6 -10 -6 8, squares
    # 4 36 100 36 64 (mean 48): slope of squares (-40 * -44 + -20 * -12 + 20 * -12 + 40 * 16)/4000 = .6, so
    # R2 = .36 * 4000 / (44^2 + 12^2 + 52^2 + 12^2 + 16^2) = 1440/5184 and 5 R2 = 1.3889.
    levels = np.array([[0.0, 10], [20, 30], [40, 30], [60, 50], [80, 80]])
    found = regressions(levels, np.ones(5), model_of(2, (0, 1)))[0]
    assert found.breusch_pagan == pytest.approx((5 * 1440 / 5184, stats.chi2.sf(5 * 1440 / 5184, 1)), abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_reset_without_weights_is_that_of_statsmodels(seed):
    levels, _ = survey(seed)
    design = np.column_stack([np.ones(80), levels[:, :2]])
    theirs = linear_reset(sm.OLS(levels[:, 2], design).fit(), power=3, use_f=True, cov_type="HC3")
    found = regressions(levels, np.ones(80), TWO)[0].reset
    assert found == pytest.approx((float(theirs.fvalue), float(theirs.pvalue)), rel=1e-5)


def test_reset_with_weights_is_a_wald_test_on_two_powers():
    levels, w = survey(5)
    X, y = np.column_stack([np.ones(80), levels[:, :2]]), levels[:, 2]
    fitted = X @ np.linalg.solve(X.T * w @ X, X.T @ (w * y))
    Z = np.column_stack([X, fitted**2, fitted**3])
    Z /= np.abs(Z).max(axis=0)
    bread = np.linalg.inv(Z.T * w @ Z)
    b = bread @ Z.T @ (w * y)
    u = w * (y - Z @ b) / (1 - np.diag(Z @ bread @ Z.T) * w)
    V = bread @ (Z.T * u**2 @ Z) @ bread
    F = b[-2:] @ np.linalg.solve(V[-2:, -2:], b[-2:]) / 2
    assert regressions(levels, w, TWO)[0].reset == pytest.approx((F, stats.f.sf(F, 2, 75)), rel=1e-5)


def share_of_alarms(change, weigh, n=200, times=400):
    """How often the two checks reject at 5 %."""
    rng = np.random.default_rng(7)
    alarms = np.zeros(2)
    for _ in range(times):
        x = np.clip(np.rint(rng.normal(70, 20, (n, 2)) / 10) * 10, 0, 100)
        mean = 15 + x @ [0.4, 0.35]
        y = change(x, mean, rng)
        found = regressions(np.column_stack([x, y]), weigh(x, rng), TWO)[0]
        alarms += np.array([found.breusch_pagan[1], found.reset[1]]) < 0.05
    return alarms / times


def even(x, mean, rng):
    return mean + rng.normal(0, 12, len(mean))


def test_checks_are_quiet_where_nothing_is_wrong_even_under_weights_that_follow_a_construct():
    """5 % wanted; 400 surveys have a Monte-Carlo error of 1.1 %."""
    for weigh in (lambda x, rng: rng.choice([1.0, 2, 6], len(x)), lambda x, rng: 1 + 5.0 * (x[:, 0] > 70)):
        spread, bend = share_of_alarms(even, weigh)
        assert 0.015 <= spread <= 0.085
        assert 0.015 <= bend <= 0.1


def test_uneven_spread_is_seen_and_is_not_taken_for_a_bend():
    def uneven(x, mean, rng):
        return mean + rng.normal(size=len(mean)) * (30 - 0.25 * x[:, 0])

    spread, bend = share_of_alarms(uneven, lambda x, rng: rng.choice([1.0, 2, 6], len(x)))
    assert spread > 0.95
    assert bend <= 0.12  # the classical F, which counts on an even spread, rejects 18 %


def test_a_bend_is_seen():
    def bent(x, mean, rng):
        return mean + (mean - 65) ** 2 / 40 + rng.normal(0, 12, len(mean))

    assert share_of_alarms(bent, lambda x, rng: np.ones(len(x)), times=100)[1] > 0.9


def test_intervals_of_a_probability_model_hold_the_truth():
    """Complaints of 0 or 100 with weights: 95 % wanted; 800 surveys have a Monte-Carlo error of 0.8 %."""
    rng = np.random.default_rng(3)
    hits = 0
    for _ in range(800):
        x = np.clip(np.rint(rng.normal(70, 20, 200) / 10) * 10, 0, 100)
        y = 100.0 * (rng.random(200) < 0.75 - 0.007 * x)
        found = regressions(np.column_stack([x, y]), rng.choice([1.0, 2, 6], 200), model_of(2, (0, 1)))[0]
        hits += found.low[0] <= -0.7 <= found.high[0]
    assert 0.925 <= hits / 800 <= 0.97


# --- what cannot be estimated ----------------------------------------------------------------------------------


def unknown(found, *names):
    return all(np.isnan(getattr(found, name)).all() for name in names)


EVERYTHING = ("slope", "se", "low", "high", "p", "r2", "vif", "breusch_pagan", "reset")


def test_a_construct_without_arrows_has_no_equation():
    levels, w = survey(1)
    assert [e.construct for e in regressions(levels, w, model_of(3, (0, 2)))] == [2]
    assert [e.before for e in regressions(levels, w, model_of(3, (0, 1), (0, 2), (1, 2)))] == [(0,), (0, 1)]


@pytest.mark.parametrize("case", ["constant outcome", "constant predictor", "the same twice", "few"])
def test_what_has_no_solution_is_nan(case):
    levels, w = survey(1)
    if case == "constant outcome":
        levels[:, 2] = 50
    elif case == "constant predictor":
        levels[:, 1] = 100 / 3
    elif case == "the same twice":
        levels[:, 1] = 100 - levels[:, 0]
    else:
        levels, w = levels[3:6], w[3:6]
    found = regressions(levels, w, TWO)[0]
    assert unknown(found, *EVERYTHING)
    assert found.n == len(levels)


def test_a_respondent_who_decides_a_slope_alone_gives_no_error():
    levels, w = survey(1)
    levels[:, 1] = 0
    levels[7, 1] = 100
    found = regressions(levels, w, TWO)[0]
    without = regressions(np.delete(levels, 7, 0), np.delete(w, 7), model_of(3, (0, 2)))[0]
    assert found.slope[0] == pytest.approx(without.slope[0], abs=1e-10)
    assert unknown(found, "se", "low", "high", "p", "reset")
    assert np.isfinite(found.breusch_pagan).all()


def test_a_perfect_line_has_no_residuals_to_check():
    levels, w = survey(1)
    levels[:, 2] = 10 + 0.5 * levels[:, 0]
    found = regressions(levels, w, TWO)[0]
    assert found.slope == pytest.approx([0.5, 0], abs=1e-10)
    assert found.r2 == pytest.approx(1, abs=1e-12)
    assert unknown(found, "breusch_pagan", "reset")


def test_residuals_of_one_size_have_no_spread_to_explain():
    # each of 0 10 20 50 70 100 with 0 and with 100: no slope, residuals of -50 and 50, and fitted values all 50
    levels = np.array([[x, y] for x in (0.0, 10, 20, 50, 70, 100) for y in (0.0, 100)])
    found = regressions(levels, np.full(12, 1.7), model_of(2, (0, 1)))[0]
    assert (found.slope[0], found.r2) == pytest.approx((0, 0), abs=1e-12)
    assert unknown(found, "breusch_pagan", "reset")


def test_two_fitted_values_cannot_bend():
    levels, w = survey(1)
    levels[:, 0] = 100.0 * (levels[:, 0] > 60)
    found = regressions(levels, w, model_of(3, (0, 2)))[0]
    assert unknown(found, "reset")
    assert np.isfinite([*found.se, *found.breusch_pagan]).all()
