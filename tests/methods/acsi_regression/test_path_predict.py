"""Prediction out of sample against R (seminr), least squares fold by fold, and hand calculation."""

import csv
import json

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from cxkit.errors import SettingsError
from cxkit.methods.acsi_regression.moments import Items
from cxkit.methods.acsi_regression.pls import Structure
from cxkit.methods.acsi_regression.predict import Prediction, foresight, mean_errors, predict, regression_slopes
from cxkit.methods.acsi_regression.resamples import estimate
from tests.conftest import SHARED

CHAIN = Structure(((0, 1, 2), (3, 4), (5, 6)), ((0, 1), (0, 2), (1, 2)), ("A", "B", "A"))
PAIR = Structure(((0,), (1,)), ((0, 1),), ("A", "A"))


@pytest.fixture(scope="module")
def bank(shared_data):
    """The reference values, the bank's customers and their model."""
    reference = json.loads((SHARED / "references" / "pls_satisfaction.json").read_text(encoding="utf-8"))
    meta = reference["meta"]
    with (shared_data / "satisfaction.csv").open(encoding="utf-8") as file:
        x = np.array([[float(row[item]) for item in meta["items"]] for row in csv.DictReader(file)])
    names = list(meta["blocks"])
    blocks = tuple(tuple(meta["items"].index(item) for item in meta["blocks"][name]) for name in names)
    arrows = tuple((names.index(a), names.index(b)) for a, b in meta["arrows"])
    return reference, survey(x, 10), Structure(blocks, arrows, ("A",) * len(names))


def survey(x, high=10.0, w=None):
    return Items(x, np.ones(len(x)) if w is None else w, np.zeros(x.shape[1]), np.full(x.shape[1], float(high)))


def answers(seed, n):
    rng = np.random.default_rng(seed)
    mood = rng.normal(size=(n, 1))
    return np.clip(np.rint(6 + 1.5 * mood + rng.normal(size=(n, 7))), 0, 10)


def leave_one_out(items, model, **settings):
    return predict(items, model, np.random.default_rng(0), len(items.x), **settings)


def test_each_predicted_from_all_others_is_that_of_seminr(bank):
    """seminr 2.3.4 predict_pls, direct antecedents, leave-one-out; it stops at 1e-7, so the tolerance is 1e-5."""
    reference, items, model = bank
    close = reference["meta"]["tolerances_to_test_with"]["plspredict_loocv"]
    theirs = reference["seminr_bootstrap_and_predict"]["plspredict_loocv_DA"]["pls_out_of_sample"]
    found = leave_one_out(items, model)
    for k, item in enumerate(reference["meta"]["items"]):
        expected = theirs["RMSE"].get(item, np.nan), theirs["MAE"].get(item, np.nan)
        assert (found.rmse[k], found.mae[k]) == pytest.approx(expected, abs=close, nan_ok=True)
    assert found.left_out == 0


def test_the_regression_is_that_of_seminr_when_given_its_predictors(bank):
    """seminr regresses on every item outside the target's block; the tolerance is the one of the file, 1e-5."""
    reference, items, model = bank
    close = reference["meta"]["tolerances_to_test_with"]["plspredict_loocv"]
    theirs = reference["seminr_bootstrap_and_predict"]["plspredict_loocv_DA"]["lm_out_of_sample"]
    others = [np.delete(items.x, k, axis=0) for k in range(250)]
    S = np.stack([np.cov(x, rowvar=False) for x in others], axis=2)
    outside = {b: [k for k in range(27) if k not in model.blocks[b]] for _, b in model.arrows}
    mean = np.column_stack([x.mean(axis=0) for x in others])
    found = mean_errors(items, list(np.arange(250)[:, None]), mean, regression_slopes(S, model, 249, outside))
    for k, item in enumerate(reference["meta"]["items"]):
        if item in theirs["RMSE"]:
            expected = theirs["RMSE"][item] ** 2, theirs["MAE"][item]
            assert tuple(found[:, k]) == pytest.approx(expected, abs=close)


@pytest.mark.parametrize("standardised", [True, False])
def test_folds_and_weights_are_those_of_one_model_after_another(standardised):
    """Each fold by itself: PLS by ``estimate`` and scores of the fold, the benchmark by statsmodels."""
    x, w = answers(1, 83), np.random.default_rng(2).uniform(0.5, 2, 83)
    items = survey(x, w=w)
    fold = np.random.default_rng(3).permutation(83) % 5
    ours, theirs, plain = (np.zeros((83, 7)) for _ in range(3))
    for k in range(5):
        train, test = fold != k, fold == k
        sample = estimate(Items(x[train], w[train], items.low, items.high), CHAIN, standardised=standardised)
        mean, sd = np.average(x[train], axis=0, weights=w[train]), sample.sd[:, 0]
        own = sample.fit.weights[:, 0] / (sd if standardised else 1)
        scores = [(x[test] - mean)[:, list(block)] @ own[list(block)] for block in CHAIN.blocks]
        for end in (1, 2):
            arrows = [(k, a) for k, (a, b) in enumerate(CHAIN.arrows) if b == end]
            score = sum(sample.fit.paths[k, 0] * scores[a] for k, a in arrows)
            given = [item for _, a in arrows for item in CHAIN.blocks[a]]
            for item in CHAIN.blocks[end]:
                ours[test, item] = x[test, item] - mean[item] - sd[item] * sample.fit.loadings[item, 0] * score
                line = sm.WLS(x[train, item], sm.add_constant(x[train][:, given]), weights=w[train]).fit()
                theirs[test, item] = x[test, item] - line.predict(sm.add_constant(x[test][:, given]))
                plain[test, item] = x[test, item] - mean[item]
    found = predict(items, CHAIN, np.random.default_rng(3), 5, standardised=standardised)
    mean_of = {name: w @ e**2 / w.sum() for name, e in (("ours", ours), ("theirs", theirs), ("plain", plain))}
    ends = slice(3, 7)
    assert found.rmse[ends] == pytest.approx(np.sqrt(mean_of["ours"])[ends], abs=1e-6)  # folds stop at 1e-7
    assert found.mae[ends] == pytest.approx((w @ np.abs(ours) / w.sum())[ends], abs=1e-6)
    assert found.q2[ends] == pytest.approx((1 - mean_of["ours"][ends] / mean_of["plain"][ends]), abs=1e-6)
    assert found.rmse_regression[ends] == pytest.approx(np.sqrt(mean_of["theirs"])[ends], abs=1e-10)
    assert found.mae_regression[ends] == pytest.approx((w @ np.abs(theirs) / w.sum())[ends], abs=1e-10)
    assert np.isnan([value[..., :3] for value in (found.rmse, found.mae, found.rmse_regression, found.q2)]).all()


def test_one_item_predicted_by_one_is_simple_regression():
    """The errors of leaving one out are e / (1 - h) with the leverage h (Belsley, Kuh & Welsch 1980)."""
    cause, effect = x = np.array([[1.0, 2, 3, 4, 5], [2.0, 3, 5, 4, 7]])
    leverage = 1 / 5 + (cause - 3) ** 2 / 10
    error = (effect - (0.9 + 1.1 * cause)) / (1 - leverage)
    found = leave_one_out(survey(x.T), PAIR)
    assert found.rmse[1] == pytest.approx(np.sqrt(np.mean(error**2)), abs=1e-12)
    assert found.rmse_regression[1] == pytest.approx(found.rmse[1], abs=1e-12)
    assert found.mae[1] == pytest.approx(np.abs(error).mean(), abs=1e-12)
    # The mean of the others misses by 5/4 of the deviation, so squares of 25/16 * 14.8 in sum.
    assert found.q2[1] == pytest.approx(1 - (error**2).sum() / (25 / 16 * 14.8), abs=1e-12)


def test_what_must_change_nothing_changes_nothing():
    x = answers(5, 60)
    one = leave_one_out(survey(x), CHAIN)
    order = np.random.default_rng(1).permutation(60)
    other = predict(survey(3 * x[order] + 1, 31), CHAIN, np.random.default_rng(9), 1000)
    for name in ("rmse", "mae", "rmse_regression", "mae_regression"):
        assert getattr(other, name) == pytest.approx(3 * getattr(one, name), abs=1e-5, nan_ok=True)
    assert other.q2 == pytest.approx(one.q2, abs=1e-6, nan_ok=True)


def test_random_folds_come_from_the_generator_and_are_balanced():
    items, rng = survey(answers(6, 64)), np.random.default_rng(1)
    first, again, other = (predict(items, CHAIN, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first.rmse, again.rmse, equal_nan=True)
    assert not np.array_equal(first.rmse, other.rmse, equal_nan=True)
    predict(items, CHAIN, rng, 64)
    assert rng.random() == np.random.default_rng(1).random()


def test_an_item_that_does_not_vary_among_the_others_is_not_judged():
    """Only one respondent chose otherwise; with that one held out, the model cannot be estimated."""
    x = answers(7, 50)
    x[:, 5] = 4
    x[12, 5] = 9
    found = predict(survey(x), CHAIN, np.random.default_rng(1), 10)
    assert np.isnan(found.rmse).tolist() == [True] * 3 + [False, False, True, False]
    assert np.isnan(found.q2[5])
    assert np.isnan(found.rmse_regression[5])
    assert found.left_out == 5  # the fold of that respondent
    assert leave_one_out(survey(x), CHAIN).left_out == 1
    x[12, 5] = 4
    nothing = predict(survey(x), CHAIN, np.random.default_rng(1))
    assert np.isnan(nothing.rmse).all()
    assert nothing.left_out == 50


def test_a_regression_with_too_few_respondents_is_left_out():
    """The items of the third construct have 5 predictors: at least 7 respondents must be left."""
    x = answers(8, 14)
    few, enough = (predict(survey(x[:n]), CHAIN, np.random.default_rng(1), 2) for n in (12, 14))
    assert np.isnan(few.rmse_regression).tolist() == [True] * 3 + [False] * 2 + [True] * 2
    assert np.isfinite(few.rmse[3:]).all()
    assert np.isfinite(enough.rmse_regression[3:]).all()


def test_predictors_that_repeat_each_other_count_once():
    x = answers(9, 40)
    twice = Structure(((0, 1, 2), (3,)), ((0, 1),), ("A", "A"))
    once = Structure(((0, 1), (2,)), ((0, 1),), ("A", "A"))
    repeated = predict(survey(x[:, [0, 1, 1, 3]]), twice, np.random.default_rng(1))
    single = predict(survey(x[:, [0, 1, 3]]), once, np.random.default_rng(1))
    assert repeated.rmse_regression[3] == pytest.approx(single.rmse_regression[2], abs=1e-9)


def test_missing_answers_have_no_error_and_predict_by_their_mean():
    """Pairs of items in covariances, so the slope is that of complete pairs over the variance of all predictors."""
    x = np.array([[1.0, 2], [2, 4], [4, 3], [5, 7], [np.nan, 5], [6, np.nan], [3, 3]])
    errors = []
    for k in [0, 1, 2, 3, 4, 6]:
        rest = np.delete(x, k, axis=0)
        pairs = rest[~np.isnan(rest).any(axis=1)]
        slope = np.cov(pairs.T)[0, 1] / np.nanvar(rest[:, 0], ddof=1)
        away = 0 if np.isnan(x[k, 0]) else x[k, 0] - np.nanmean(rest[:, 0])
        errors.append(x[k, 1] - np.nanmean(rest[:, 1]) - slope * away)
    found = leave_one_out(survey(x), PAIR)
    assert found.rmse[1] == pytest.approx(np.sqrt(np.mean(np.square(errors))), abs=1e-9)
    assert found.mae[1] == pytest.approx(np.abs(errors).mean(), abs=1e-9)


def test_noise_is_predicted_no_better_than_by_the_mean():
    rng = np.random.default_rng(4)
    x = np.rint(rng.uniform(0, 10, (300, 7)))
    noise = predict(survey(x), CHAIN, rng)
    assert (noise.q2[3:] < 0.02).all()
    assert (predict(survey(answers(4, 300)), CHAIN, rng).q2[3:] > 0.3).all()


def test_one_fold_is_refused():
    with pytest.raises(SettingsError, match=r"^The number of folds is 1; give 2 or more"):
        predict(survey(answers(1, 20)), CHAIN, np.random.default_rng(1), 1)
    assert isinstance(predict(survey(answers(1, 20)), CHAIN, np.random.default_rng(1), 2), Prediction)


# Does the model foresee better than the regression? CVPAT, Liengaard et al. 2021


def test_losses_are_what_the_errors_are_means_of():
    x = np.where(np.random.default_rng(3).random((90, 7)) < 0.1, np.nan, answers(2, 90))
    w = np.random.default_rng(2).uniform(0.5, 2, 90)
    found = predict(survey(x, w=w), CHAIN, np.random.default_rng(1), 6)
    known = ~np.isnan(x)
    model, regression, plain = (
        (w[:, None] * np.where(known, each, 0)).sum(axis=0) / (w[:, None] * known).sum(axis=0)
        for each in found.losses
    )
    ends = slice(3, 7)
    assert np.isnan(found.losses[:, :, :3]).all()
    assert np.isnan(found.losses[:, ~known]).all()
    assert np.sqrt(model[ends]) == pytest.approx(found.rmse[ends], abs=1e-12)
    assert np.sqrt(regression[ends]) == pytest.approx(found.rmse_regression[ends], abs=1e-12)
    assert 1 - model[ends] / plain[ends] == pytest.approx(found.q2[ends], abs=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_who_foresees_better_is_a_paired_t_test(seed):
    """The t test is scipy's; that the better one beats the mean is the surer of the two here."""
    rng = np.random.default_rng(seed)
    losses = rng.chisquare(1, (3, 60, 3)) + np.array([0, 0.3 * (seed - 1.5), 9])[:, None, None]
    mean = losses.mean(axis=2)
    gain, p = foresight(losses, np.full(60, 2.5))
    assert gain == pytest.approx(mean[1].mean() - mean[0].mean(), abs=1e-12)
    assert p == pytest.approx(stats.ttest_rel(mean[0], mean[1]).pvalue, abs=1e-12)


def test_nobody_foresees_better_who_does_not_beat_the_mean():
    rng = np.random.default_rng(1)
    plain = rng.chisquare(1, (50, 2))
    worse = np.array([plain + 0.1, plain + 1 + rng.normal(0, 0.1, (50, 2)), plain])
    assert foresight(worse, np.ones(50)) == (pytest.approx(0.9, abs=0.1), 1.0)
    hardly = np.array([plain + rng.normal(0, 1, (50, 2)) - 0.1, plain + 9, plain])
    mean = hardly.mean(axis=2)
    assert foresight(hardly, np.ones(50))[1] == pytest.approx(stats.ttest_rel(mean[0], mean[2]).pvalue, abs=1e-12)


def test_answers_that_are_missing_have_no_part_in_the_test():
    losses = np.random.default_rng(1).chisquare(1, (3, 40, 2))
    losses[2] += 5
    holes = losses.copy()
    holes[:, :10, 1] = np.nan
    mean = np.where(np.arange(40)[:, None] < 10, holes[:, :, :1].transpose(1, 0, 2)[:, :, 0], losses.mean(axis=2).T)
    assert foresight(holes, np.ones(40))[1] == pytest.approx(
        stats.ttest_rel(mean[:, 0], mean[:, 1]).pvalue, abs=1e-12
    )
    gone = np.concatenate([losses, np.full((3, 5, 2), np.nan)], axis=1)
    assert foresight(gone, np.ones(45)) == pytest.approx(foresight(losses, np.ones(40)), abs=1e-12)


def test_the_same_predictions_are_no_test():
    """One item by one other: both are the same line."""
    found = leave_one_out(survey(answers(5, 50)[:, :2]), PAIR)
    gain, p = foresight(found.losses[:, :, 1:], np.ones(50))
    assert gain == pytest.approx(0, abs=1e-12)
    assert np.isnan(p)


def test_noise_is_not_foreseen():
    rng, found = np.random.default_rng(6), []
    for _ in range(60):
        x = np.rint(rng.uniform(0, 10, (100, 7)))
        losses = predict(survey(x), CHAIN, rng, 5).losses
        found.append(foresight(losses[:, :, 3:5], np.ones(100))[1] < 0.05)
    assert sum(found) <= 1
