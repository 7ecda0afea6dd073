"""Path models over respondents: missing answers, both levels in the same resamples, coverage, and properties."""

import csv
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxkit.errors import DataError, SettingsError
from cxkit.methods.acsi_regression.moments import covariances
from cxkit.methods.acsi_regression.pls import Structure, fit, regress, total_effects
from cxkit.methods.acsi_regression.resamples import MISSING, Items, estimate, from_totals, ready, resample
from cxkit.methods.acsi_regression.rows import spans
from cxkit.stats.moments import moments
from tests.conftest import SHARED

TINY = 1e-9  # 12 digits are printed, of numbers up to 100
ALIKE = ("mean", "sd", "shares", "index", "spread", "points", "total_points", "simple", "slopes", "slopes_total")


@pytest.fixture(scope="module")
def reference(shared_data):
    return json.loads((SHARED / "references" / "pls_satisfaction.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def survey(shared_data, reference):
    with (shared_data / "satisfaction.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return pd.DataFrame({item: [float(row[item]) for row in rows] for item in reference["meta"]["items"]})


@pytest.fixture(scope="module")
def bank(reference, survey):
    """Names of constructs, the bank's model, and its respondents."""
    return bank_model(reference, survey)


def bank_model(reference, survey, modes="A", without=(), weights=None):
    meta = reference["meta"]
    names = [name for name in meta["blocks"] if name not in without]
    items = [item for name in names for item in meta["blocks"][name]]
    blocks = tuple(tuple(items.index(item) for item in meta["blocks"][name]) for name in names)
    arrows = tuple((names.index(a), names.index(b)) for a, b in meta["arrows"] if a in names and b in names)
    chosen = tuple(modes if isinstance(modes, str) else modes.get(name, "A") for name in names)
    return names, Structure(blocks, arrows, chosen), rated(survey[items].to_numpy(), weights)


def rated(x, w=None):
    """Answers on 0..10."""
    return Items(x, np.ones(len(x)) if w is None else w, np.zeros(x.shape[1]), np.full(x.shape[1], 10.0))


def cells(table, names, pairs):
    """Numbers of a nested reference table, by (from, to)."""
    return [table[names[a]][names[b]] for a, b in pairs]


# Level 1 and level 2 in points, and HTMT: R 4.2.2, seminr 2.3.4

VARIANTS = {
    "path_A": ("path", "A", ()), "factorial_A": ("factorial", "A", ()), "path_B_exog": ("path", {"IMAG": "B"}, ()),
    "path_B_all": ("path", "B", ()), "acsi_noimage_path_A": ("path", "A", ("IMAG",)),
}  # fmt: skip


@pytest.mark.parametrize("variant", VARIANTS)
def test_effects_in_points_and_htmt_are_those_of_r(reference, survey, variant):
    scheme, modes, without = VARIANTS[variant]
    names, model, items = bank_model(reference, survey, modes, without)
    found, theirs = estimate(items, model, scheme), reference["variants"][variant]
    assert found.points[:, 0] == pytest.approx(cells(theirs["path_coef_unstd_0_100"], names, model.arrows), abs=TINY)
    everything = [(a, b) for a in range(len(names)) for b in range(len(names))]
    total = found.total_points[:, :, 0].ravel()
    assert total == pytest.approx(cells(theirs["total_effects_unstd_0_100"], names, everything), abs=TINY)
    for target, map_ in theirs["ipma"].items():
        for name, importance in map_["importance_unstd"].items():
            k = names.index(name)
            assert found.total_points[k, names.index(target), 0] == pytest.approx(importance, abs=TINY)
            assert found.index[k, 0] == pytest.approx(map_["performance"][name], abs=TINY)
    below = [(a, b) for a in range(len(names)) for b in range(a)]
    for side in (found.htmt, found.htmt.swapaxes(0, 1)):
        assert [side[a, b, 0] for a, b in below] == pytest.approx(cells(theirs["htmt"], names, below), abs=TINY)


RULES = {"ols_0_100": np.ones(250), "wls_0_100_rule_1_plus_i_mod_3": 1.0 + np.arange(250) % 3}


@pytest.mark.parametrize("rule", RULES)
def test_regressions_of_plain_means_are_those_of_r(reference, survey, rule):
    names, model, items = bank_model(reference, survey, weights=RULES[rule])
    found, theirs = estimate(items, model), reference["regression_level"]
    slopes = [theirs[rule][names[b]]["coef"][names[a]] for a, b in model.arrows]
    assert found.slopes[:, 0] == pytest.approx(slopes, abs=TINY)
    B = np.zeros((6, 6))
    B[tuple(np.transpose(model.arrows))] = slopes
    everything = np.linalg.inv(np.eye(6) - B) - np.eye(6)  # B + B^2 + ..., Bollen 1987
    assert found.slopes_total[:, :, 0] == pytest.approx(everything, abs=TINY)
    if rule == "ols_0_100":
        assert found.simple[:, 0] == pytest.approx(list(theirs["construct_mean_0_100"].values()), abs=TINY)


def test_every_resample_is_an_estimate_of_its_own_rows(reference, bank):
    """Against the rows drawn by R: both levels stand on the same respondents."""
    _, model, items = bank
    drawn = np.loadtxt(SHARED / "references" / "boot_idx_sat.csv", delimiter=",").astype(int)[:6]
    counts = np.stack([np.bincount(rows, minlength=250) for rows in drawn]).astype(float)
    many = from_totals((counts @ items.moments).T, items, model, tolerance=1e-13)
    for k, rows in enumerate(drawn):
        one = estimate(rated(items.x[rows]), model)
        for name in (*ALIKE, "htmt"):
            mine, its = getattr(many, name)[..., k], getattr(one, name)[..., 0]
            assert mine == pytest.approx(its, abs=1e-8, nan_ok=True), name


def test_errors_from_resamples_are_those_of_seminr(reference, bank):
    """B = 5000 in R: a bootstrap error is known to 1 % there and 1.6 % here; 4 of the joint 1.9 % are 7.5 %."""
    names, model, items = bank
    found = resample(items, model, np.random.default_rng(1), 2000)
    theirs = reference["seminr_bootstrap_and_predict"]["bootstrap"]
    for table, values in (("total", found.fit.total), ("htmt", found.htmt)):
        for pair, row in theirs[table].items():
            a, b = (names.index(name) for name in pair.split("->"))
            assert values[a, b].std(ddof=1) == pytest.approx(row["Bootstrap SD"], rel=0.075), (table, pair)
    for k, row in enumerate(theirs["loadings"].values()):
        assert found.fit.loadings[k].std(ddof=1) == pytest.approx(row["Bootstrap SD"], rel=0.1)


# Missing answers

CHAIN = Structure(((0, 1), (2, 3), (4, 5)), ((0, 1), (0, 2), (1, 2)), ("A", "A", "A"))


def answers(seed, n=80, p=6):
    """Ratings 0-10 that go together, with some decimals so that no two are the same."""
    rng = np.random.default_rng(seed)
    x = np.clip(np.rint(5 + 2 * rng.normal(size=(n, 1)) + rng.normal(size=(n, p))), 0, 10)
    return x * 0.99 + rng.uniform(0, 0.1, (n, p))


def punched(seed, share=0.1, n=80, p=6):
    x = answers(seed, n, p)
    return np.where(np.random.default_rng(seed + 1).uniform(size=x.shape) < share, np.nan, x)


@pytest.mark.parametrize("seed", range(3))
def test_pairwise_covariances_are_those_of_pandas(seed):
    """``DataFrame.cov`` takes each pair from those who answered both; tolerance: rounding."""
    table = pd.DataFrame(punched(seed))
    items = ready(table.to_numpy(), np.full(80, 2.0), np.zeros(6), np.full(6, 10.0), "pairwise")
    S = table.cov().to_numpy()
    pairs, mean = covariances(items.moments.sum(axis=0)[:, None], items)
    assert pairs[:, 0] == pytest.approx(S[np.triu_indices(6)], abs=1e-12)
    assert mean[:, 0] == pytest.approx(table.mean().to_numpy(), abs=1e-12)
    sd = np.sqrt(np.diag(S))
    found = estimate(items, CHAIN)
    assert found.correlation == pytest.approx(S / np.outer(sd, sd), abs=1e-12)
    assert found.fit.paths == pytest.approx(fit(S / np.outer(sd, sd), CHAIN, tolerance=1e-13).paths, abs=1e-10)
    assert estimate(items, CHAIN, standardised=False).fit.weights == pytest.approx(
        fit(S, CHAIN, tolerance=1e-13).weights, abs=1e-10
    )
    assert found.simple[:, 0] == pytest.approx(10 * table.mean().to_numpy().reshape(3, 2).mean(axis=1), abs=1e-11)
    C = S.reshape(3, 2, 3, 2).mean(axis=(1, 3)) * 100
    assert found.slopes == pytest.approx(regress(C[:, :, None], CHAIN)[0], abs=1e-10)


def test_weighted_pairwise_covariances_are_those_of_all_methods():
    x, w = punched(4), np.random.default_rng(4).uniform(0.2, 3, 80)
    known = moments(x, w)
    items = ready(x, w, np.zeros(6), np.full(6, 10.0), "pairwise")
    pairs, mean = covariances(items.moments.sum(axis=0)[:, None], items)
    assert pairs[:, 0] == pytest.approx(known.covariance[np.triu_indices(6)], abs=1e-12)
    assert mean[:, 0] == pytest.approx(known.mean, abs=1e-12)


def test_a_pairwise_resample_is_the_estimate_of_its_rows():
    items = ready(punched(5), np.ones(80), np.zeros(6), np.full(6, 10.0), "pairwise")
    drawn = np.random.default_rng(6).integers(80, size=(5, 80))
    counts = np.stack([np.bincount(rows, minlength=80) for rows in drawn]).astype(float)
    many = from_totals((counts @ items.moments).T, items, CHAIN, tolerance=1e-13)
    assert resample(items, CHAIN, np.random.default_rng(6), 5).index == pytest.approx(many.index, abs=1e-6)
    for k, rows in enumerate(drawn):
        one = estimate(rated(items.x[rows]), CHAIN)
        for name in ALIKE:
            assert getattr(many, name)[..., k] == pytest.approx(getattr(one, name)[..., 0], abs=1e-9), name


def test_the_mean_of_a_resample_stands_for_its_missing_answers():
    """Means are those of the answers drawn; covariances are those of rows filled with them, but for a part in n."""
    items, n = ready(punched(5, 0.15, 400), np.ones(400), np.zeros(6), np.full(6, 10.0)), 400
    drawn = np.random.default_rng(6).integers(n, size=(5, n))
    counts = np.stack([np.bincount(rows, minlength=n) for rows in drawn]).astype(float)
    pairs, mean = covariances((counts @ items.moments).T, items)
    for k, rows in enumerate(drawn):
        table = pd.DataFrame(items.x[rows])
        assert mean[:, k] == pytest.approx(table.mean().to_numpy(), abs=1e-12)
        S = table.fillna(table.mean()).cov().to_numpy()
        assert pairs[:, k] == pytest.approx(S[np.triu_indices(6)], abs=20 / n)  # variances of 4
        diagonal = [0, 6, 11, 15, 18, 20]
        assert pairs[diagonal, k] == pytest.approx(np.diag(S), abs=1e-12)


def test_rules_agree_bit_for_bit_when_nothing_is_missing():
    x, w = answers(7), np.random.default_rng(7).uniform(0.5, 2, 80)
    found = [ready(x, w, np.zeros(6), np.full(6, 10.0), rule) for rule in MISSING]
    many = [resample(items, CHAIN, np.random.default_rng(8), 40) for items in found]
    for other in many[1:]:
        for name in (*ALIKE, "htmt", "kept"):
            assert np.array_equal(getattr(other, name), getattr(many[0], name), equal_nan=True)


def test_answers_of_pairs_that_contradict_each_other_are_refused_and_counted():
    """a goes with b, b with c, but a against c, each pair asked of others: no data could have all three."""
    rng = np.random.default_rng(1)
    mood = rng.normal(5, 1.5, (300, 1)) + rng.normal(0, 0.3, (300, 3))
    mood[200:, 2] = 10 - mood[200:, 2]
    for part, left_out in enumerate((2, 0, 1)):
        mood[100 * part : 100 * (part + 1), left_out] = np.nan
    items = ready(mood, np.ones(300), np.zeros(3), np.full(3, 10.0), "pairwise")
    triangle = Structure(((0,), (1,), (2,)), ((0, 1), (0, 2), (1, 2)), ("A", "A", "A"))
    with pytest.raises(DataError, match=r'^The covariances contradict each other .* set missing to "mean"\.$'):
        estimate(items, triangle)
    assert not resample(items, triangle, np.random.default_rng(2), 50).kept.any()
    filled = ready(mood, np.ones(300), np.zeros(3), np.full(3, 10.0))
    assert resample(filled, triangle, np.random.default_rng(2), 50).kept.all()


def test_resamples_that_contradict_themselves_are_told_apart():
    """By pandas, row by row: loadings beyond 1, or impossible correlations of scores or of plain means."""
    x, drawn = punched(3, 0.6, 60), np.random.default_rng(2).integers(60, size=(150, 60))
    found = resample(rated(x), CHAIN, np.random.default_rng(2), 150)
    S = np.stack([pd.DataFrame(x[rows]).cov().to_numpy() for rows in drawn])
    known = np.isfinite(S).all(axis=(1, 2))
    C = S[known].reshape(-1, 3, 2, 3, 2).mean(axis=(2, 4))
    known[known] = (np.diagonal(C, axis1=1, axis2=2) > 0).all(axis=1)
    C = S[known].reshape(-1, 3, 2, 3, 2).mean(axis=(2, 4))
    R, plain = (A / np.sqrt(np.einsum("sii,sjj->sij", A, A)) for A in (S[known], C))
    with np.errstate(invalid="ignore"):
        one = fit(np.moveaxis(R, 0, 2), CHAIN, tolerance=1e-7)
    scores = np.moveaxis(one.correlations, 2, 0)
    unfit = ~np.isfinite(scores).all(axis=(1, 2))
    scores[unfit] = -np.ones((3, 3))  # no square root, so no score
    lowest = [np.linalg.eigvalsh(each)[:, 0] < -1e-9 for each in (scores, plain)]
    reasons = np.array([(np.abs(one.loadings) > 1 + 1e-9).any(axis=0), *lowest])
    assert (reasons & (reasons.sum(axis=0) == 1)).any(axis=1).all()  # each of them is the only one somewhere
    known[known] = ~reasons.any(axis=0)
    assert found.kept.tolist() == known.tolist()
    assert found.index.shape == (3, found.kept.sum())


def test_a_pair_that_nobody_answered_is_refused():
    x = answers(9)
    x[:40, 0], x[40:, 3] = np.nan, np.nan
    with pytest.raises(DataError, match="are unknown"):
        estimate(ready(x, np.ones(80), np.zeros(6), np.full(6, 10.0), "pairwise"), CHAIN)


def test_a_negative_eigenvalue_of_the_items_alone_is_no_obstacle(reference, bank):
    """The bank's 27 items with 3 in 10 answers missing: constructs sum over what contradicts itself."""
    _, model, items = bank
    holes = np.where(np.random.default_rng(5).random(items.x.shape) < 0.3, np.nan, items.x)
    found = estimate(ready(holes, items.w, items.low, items.high, "pairwise"), model)
    assert np.linalg.eigvalsh(found.correlation)[0] < -0.05
    assert found.fit.paths == pytest.approx(estimate(items, model).fit.paths, abs=0.25)


def test_unknown_rules_and_empty_items_are_refused():
    x = answers(1)
    with pytest.raises(SettingsError, match=r'^There is no rule "pairwize" .* did you mean "pairwise"\?$'):
        ready(x, np.ones(80), np.zeros(6), np.full(6, 10.0), "pairwize")
    x[:, 2] = np.nan
    for rule in MISSING:
        with pytest.raises(DataError, match=r"^Nobody answered item 3 of the model;"):
            ready(x, np.ones(80), np.zeros(6), np.full(6, 10.0), rule)
    x[:, 2] = np.where(np.arange(80) < 40, 5.0, np.nan)
    x[:40, 1] = np.nan
    with pytest.raises(DataError, match=r"^Nobody answered all items"):
        ready(x, np.ones(80), np.zeros(6), np.full(6, 10.0), "complete")


# Data sets that cannot be estimated


@pytest.mark.parametrize("size", [10.0, 1e4, 1e-3])
def test_resamples_without_variation_are_left_out_and_told_apart(size):
    x = answers(3, 12) / 10 * size
    x[:, 5] = np.where(np.arange(12) == 0, 0.1, 0.7) * size  # a third of resamples, (11/12)^12, have only the others
    items = Items(x, np.random.default_rng(1).uniform(1, 2, 12), np.zeros(6), np.full(6, size))
    drawn = np.random.default_rng(4).integers(12, size=(60, 12))
    found = resample(items, CHAIN, np.random.default_rng(4), 60)
    assert found.kept.tolist() == (drawn == 0).any(axis=1).tolist()
    assert found.index.shape == (3, found.kept.sum())
    assert found.fit.converged.shape == (found.kept.sum(),)
    assert np.isfinite(found.fit.paths).all()


def test_a_constant_item_is_named():
    x = answers(3)
    x[:, 4] = 3.7
    with pytest.raises(DataError, match=r"^Item 5 of the model has the same answer from everybody;"):
        estimate(rated(x, np.random.default_rng(1).uniform(1, 2, 80)), CHAIN)


def test_items_that_cancel_out_are_refused():
    x = answers(3)
    x[:, 3] = 10 - x[:, 2]
    with pytest.raises(DataError, match=r"^The items of a construct cancel out, .* as reversed\.$"):
        estimate(rated(x), CHAIN)


def test_blocks_of_resamples_do_not_matter(monkeypatch):
    items, rng = ready(punched(2), np.ones(80), np.zeros(6), np.full(6, 10.0), "pairwise"), np.random.default_rng
    whole = resample(items, CHAIN, rng(3), 50)
    monkeypatch.setattr("cxkit.methods.acsi_regression.resamples.SETS", 36 * 7)
    parts = resample(items, CHAIN, rng(3), 50)
    totals = np.stack([items.moments[rows].sum(axis=0) for rows in rng(3).integers(80, size=(50, 80))], axis=1)
    for other in (parts, from_totals(totals, items, CHAIN)):
        for name in ALIKE:
            assert getattr(other, name) == pytest.approx(getattr(whole, name), abs=1e-5), name


# Coverage


def population():
    """20,000 customers: quality, value and satisfaction of three items each on 1-10, most answers high, some at the
    ceiling, and a complaint (1 no, 10 yes) by about one in six."""
    rng = np.random.default_rng(12345)
    quality, *noise = rng.normal(size=(5, 20_000))
    value = 0.6 * quality + 0.8 * noise[0]
    satisfaction = 0.45 * quality + 0.35 * value + 0.55 * noise[1]
    anger = -0.5 * satisfaction + 0.8 * noise[2]
    loads = np.array([0.9, 0.8, 0.7, 0.85, 0.75, 0.8, 0.9, 0.85, 0.8])
    z = loads * np.column_stack([quality] * 3 + [value] * 3 + [satisfaction] * 3)
    z += np.sqrt(1 - loads**2) * rng.normal(size=z.shape)
    scores = np.clip(np.rint(10.4 - 1.3 * np.exp(-0.55 * z)), 1, 10)
    return np.column_stack([scores, np.where(anger + 0.5 * noise[3] > 1.1, 10, 1)])


def true_values(x, model):
    """PLS values of a population from its covariances, and 0-100 of its means with the weights found."""
    sd, mean = x.std(axis=0), x.mean(axis=0)
    found = fit(np.corrcoef(x, rowvar=False), model, tolerance=1e-13)
    own = found.weights[:, 0] / sd
    index = [own[list(b)] @ (mean[list(b)] - 1) / own[list(b)].sum() / 9 * 100 for b in model.blocks]
    means = np.column_stack([x[:, list(b)].mean(axis=1) for b in model.blocks])
    slopes = regress(np.cov(means, rowvar=False)[:, :, None], model)[0]
    return found, np.array(index), total_effects(slopes, model)


def test_intervals_cover_the_true_values_of_a_population():
    """300 surveys of 250, 200 resamples each. Coverage is within .92-.97; the simulation adds an error of 1.4 points
    to one number and up to 0.8 to their mean, so that 3 of these give .88-1 and .92-.97."""
    model = Structure(((0, 1, 2), (3, 4, 5), (6, 7, 8), (9,)), ((0, 1), (0, 2), (1, 2), (2, 3)), ("A",) * 4)
    people = population()
    found, index, slopes_total = true_values(people, model)
    truth = np.array([*found.paths[:, 0], found.total[0, 2, 0], found.total[0, 3, 0], *index, *slopes_total[0, 2]])
    rng, inside, surveys = np.random.default_rng(99), 0, 300
    for _ in range(surveys):
        x = people[rng.integers(len(people), size=250)]
        draws = resample(Items(x, np.ones(250), np.ones(10), np.full(10, 10.0)), model, rng, 200)
        total = draws.fit.total
        values = [*draws.fit.paths, total[0, 2], total[0, 3], *draws.index, draws.slopes_total[0, 2]]
        low, high = np.quantile(values, [0.025, 0.975], axis=1)
        inside = inside + ((low <= truth) & (truth <= high))
    coverage = inside / surveys
    assert coverage.min() >= 0.88, coverage
    assert 0.92 <= coverage.mean() <= 0.97, coverage


# Properties: whatever the survey, the rule for missing answers, and the gaps


def surveyed(seed, missing, gaps, places=None, blow=(1.0, 0.0)):
    """60 weighted respondents who leave out some answers; ``blow`` is the slope and intercept of another scale."""
    slope, start = blow
    x, w = punched(seed, 0.04 * gaps, 60), np.random.default_rng(seed).uniform(0.5, 2, 60)
    places = np.arange(60) if places is None else places
    return ready(slope * x[places] + start, w[places], np.full(6, start), np.full(6, 10 * slope + start), missing)


def same(one, other, within=1e-8):
    for name in ("paths", "total", "loadings", "r2"):
        assert getattr(other.fit, name) == pytest.approx(getattr(one.fit, name), abs=within), name
    for name in ("shares", "index", "points", "total_points", "simple", "slopes", "slopes_total", "htmt"):
        mine, its = getattr(one, name), getattr(other, name)
        assert its == pytest.approx(mine, abs=100 * within, nan_ok=True), name


CASES = {"seed": st.integers(0, 10_000), "missing": st.sampled_from(MISSING), "gaps": st.booleans()}
few = settings(deadline=None, max_examples=15)


@few
@given(**CASES)
def test_the_order_of_respondents_changes_nothing(seed, missing, gaps):
    order = np.random.default_rng(seed).permutation(60)
    same(estimate(surveyed(seed, missing, gaps), CHAIN), estimate(surveyed(seed, missing, gaps, order), CHAIN))


@few
@given(**CASES)
def test_the_places_of_items_change_nothing(seed, missing, gaps):
    items, order = surveyed(seed, missing, gaps), np.random.default_rng(seed).permutation(6)
    moved = replace(items, x=items.x[:, order])
    blocks = tuple(tuple(int(np.argsort(order)[k]) for k in reversed(block)) for block in CHAIN.blocks)
    one, other = estimate(items, CHAIN), estimate(moved, Structure(blocks, CHAIN.arrows, CHAIN.modes))
    assert other.fit.loadings == pytest.approx(one.fit.loadings[order], abs=1e-8)
    assert other.shares == pytest.approx(one.shares[order], abs=1e-8)
    for name in ("index", "spread", "points", "total_points", "simple", "slopes", "slopes_total", "htmt"):
        assert getattr(other, name) == pytest.approx(getattr(one, name), abs=1e-6, nan_ok=True), name


@few
@given(**CASES)
def test_the_numbers_of_constructs_and_arrows_change_nothing(seed, missing, gaps):
    items, (a, b, c) = surveyed(seed, missing, gaps), CHAIN.blocks
    one = estimate(items, Structure((a, b, c), ((0, 2), (1, 2)), CHAIN.modes))
    other = estimate(items, Structure((b, a, c), ((0, 2), (1, 2)), CHAIN.modes))
    turned = estimate(items, Structure((b, a, c), ((1, 2), (0, 2)), CHAIN.modes))
    for name in ("points", "slopes"):
        mine = getattr(one, name)
        assert getattr(other, name)[::-1] == pytest.approx(mine, abs=1e-6)
        assert getattr(turned, name) == pytest.approx(mine, abs=1e-6)
    for name in ("index", "simple", "spread"):
        assert getattr(other, name)[[1, 0, 2]] == pytest.approx(getattr(one, name), abs=1e-6)
    order = np.ix_([1, 0, 2], [1, 0, 2])
    for name in ("total_points", "slopes_total", "htmt"):
        assert getattr(other, name)[order] == pytest.approx(getattr(one, name), abs=1e-6, nan_ok=True)


@few
@given(**CASES, slope=st.sampled_from([0.01, 0.4, 9.0]), start=st.sampled_from([-3.0, 0.0, 1.0]))
def test_another_scale_of_answers_changes_nothing(seed, missing, gaps, slope, start):
    same(estimate(surveyed(seed, missing, gaps), CHAIN),
         estimate(surveyed(seed, missing, gaps, blow=(slope, start)), CHAIN))  # fmt: skip


def divided_by_n(items):
    """Covariances of pairs with the divisor n, which weights do not change."""
    known = (~np.isnan(items.filled.x if items.fill else items.x)).astype(float)
    n = (known.T @ known)[np.triu_indices(6)]
    return covariances(items.moments.sum(axis=0)[:, None], items)[0][:, 0] * (n - 1) / n


@few
@given(**CASES)
def test_integer_weights_are_repeated_respondents(seed, missing, gaps):
    """But for n/(n-1), as weights do not say how many were asked; it leaves correlations of all pairs alone unless
    pairs have different n."""
    x, times = punched(seed, 0.04 * gaps, 60), np.random.default_rng(seed).integers(1, 4, 60)
    weighted, repeated, halves = (
        ready(rows, w, np.zeros(6), np.full(6, 10.0), missing)
        for rows, w in (
            (x, times.astype(float)),
            (np.repeat(x, times, axis=0), np.ones(times.sum())),
            (np.repeat(x, 2, axis=0), np.repeat(times / 2, 2)),
        )
    )
    for other in (repeated, halves):
        assert divided_by_n(other) == pytest.approx(divided_by_n(weighted), abs=1e-10)
        if not weighted.by_pairs:
            same(estimate(weighted, CHAIN), estimate(other, CHAIN))


@few
@given(**CASES)
def test_an_index_lies_between_its_items_when_no_weight_is_negative(seed, missing, gaps):
    items = surveyed(seed, missing, gaps)
    for found in (estimate(items, CHAIN), resample(items, CHAIN, np.random.default_rng(seed), 20)):
        assert found.shares.reshape(3, 2, -1).sum(axis=1) == pytest.approx(np.ones_like(found.index))
        plain = (found.shares.reshape(3, 2, -1) >= 0).all(axis=1)
        level = 10 * found.mean.reshape(3, 2, -1)
        assert (found.index >= level.min(axis=1) - 1e-9)[plain].all()
        assert (found.index <= level.max(axis=1) + 1e-9)[plain].all()
        assert ((found.index >= 0) & (found.index <= 100))[plain].all()
        assert ((found.simple >= 0) & (found.simple <= 100)).all()


# Intervals from resamples

DRAWS = np.arange(1.0, 100)[None] / 100  # 99 of them, so that the k-th is the quantile k/100


def test_an_interval_leaves_out_the_tail_on_both_sides():
    (row,) = spans(["a"], "x", np.array([0.5]), DRAWS, 0.05)
    assert (row["low"], row["high"]) == (pytest.approx(0.05), pytest.approx(0.95))
    assert row["se"] == pytest.approx(DRAWS.std(ddof=1))


@pytest.mark.parametrize(("less", "ends"), [(0, (0.05, 0.95)), (1, (0, 0.85)), (2, (0, 0.75))])
def test_an_interval_loses_the_bias_of_its_resamples_and_stays_on_its_scale(less, ends):
    """Their median is 0.5, the estimate 0.4; the error stays that of the resamples."""
    (row,) = spans(["a"], "x", np.array([0.4]), DRAWS, 0.05, (0, 1), less)
    assert (row["low"], row["high"]) == (pytest.approx(ends[0], abs=1e-12), pytest.approx(ends[1]))
    assert row["se"] == pytest.approx(DRAWS.std(ddof=1))


def test_an_interval_holds_its_estimate_and_leaves_unknown_resamples_out():
    (row,) = spans(["a"], "x", np.array([1.2]), DRAWS, 0.05)
    assert row["high"] == 1.2
    holes = np.concatenate([DRAWS, np.full((1, 9), np.nan)], axis=1)
    assert spans(["a"], "x", np.array([0.4]), holes, 0.05, less=1) == spans(
        ["a"], "x", np.array([0.4]), DRAWS, 0.05, less=1
    )
