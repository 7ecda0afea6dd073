"""Path modelling against R (seminr, plspm, cSEM), two theorems on two blocks, and properties."""

import csv
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxkit.errors import SettingsError
from cxkit.methods.acsi_regression.pls import SCHEMES, Structure, fit
from cxkit.methods.acsi_regression.resamples import Items, estimate, from_totals, ready
from cxkit.methods.acsi_regression.validity import consistent, effect_sizes, htmt, inflation, measurement
from tests.conftest import SHARED

TINY = 1e-10  # the tolerance written beside the reference values


@pytest.fixture(scope="module")
def reference(shared_data):
    return json.loads((SHARED / "references" / "pls_satisfaction.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def survey(shared_data, reference):
    with (shared_data / "satisfaction.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return np.array([[float(row[item]) for item in reference["meta"]["items"]] for row in rows])


def structure(reference, modes="A", without=()):
    """The bank's model; ``modes`` is one for all, or construct -> mode."""
    meta = reference["meta"]
    names = [name for name in meta["blocks"] if name not in without]
    items = [item for item in meta["items"] if any(item in meta["blocks"][name] for name in names)]
    blocks = tuple(tuple(items.index(item) for item in meta["blocks"][name]) for name in names)
    arrows = tuple((names.index(a), names.index(b)) for a, b in meta["arrows"] if a in names and b in names)
    chosen = tuple(modes if isinstance(modes, str) else modes.get(name, "A") for name in names)
    return names, items, Structure(blocks, arrows, chosen)


def whole(x, w=None):
    items = x.shape[1]
    return Items(x, np.ones(len(x)) if w is None else w, np.zeros(items), np.full(items, 10.0))


VARIANTS = {
    "path_A": ("path", "A", ()), "factorial_A": ("factorial", "A", ()), "path_B_exog": ("path", {"IMAG": "B"}, ()),
    "path_B_all": ("path", "B", ()), "acsi_noimage_path_A": ("path", "A", ("IMAG",)),
}  # fmt: skip


@pytest.mark.parametrize("variant", VARIANTS)
def test_estimates_are_those_of_seminr(reference, survey, variant):
    scheme, modes, without = VARIANTS[variant]
    names, items, model = structure(reference, modes, without)
    columns = [reference["meta"]["items"].index(item) for item in items]
    sample = estimate(whole(survey[:, columns]), model, scheme)
    found, theirs = sample.fit, reference["variants"][variant]
    for k, item in enumerate(items):
        own = next(i for i, block in enumerate(model.blocks) if k in block)
        assert found.weights[k, 0] == pytest.approx(theirs["outer_weights"][item][names[own]], abs=TINY)
        for c, name in enumerate(names):
            assert found.crossings[k, c, 0] == pytest.approx(theirs["cross_loadings"][item][name], abs=TINY)
    for k, (a, b) in enumerate(model.arrows):
        assert found.paths[k, 0] == pytest.approx(theirs["path_coef"][names[a]][names[b]], abs=TINY)
    for a, one in enumerate(names):
        for b, other in enumerate(names):
            assert found.total[a, b, 0] == pytest.approx(theirs["total_effects_std"][one][other], abs=TINY)
    for name, r2 in theirs["r2_adj"]["Rsq"].items():
        assert found.r2[names.index(name), 0] == pytest.approx(r2, abs=TINY)
    for k, name in enumerate(names):
        assert sample.index[k, 0] == pytest.approx(theirs["index_0_100"]["mean"][name], abs=1e-9)
        assert sample.spread[k, 0] == pytest.approx(theirs["index_0_100"]["sd"][name], abs=1e-9)
    assert found.converged.all()


def test_the_centroid_scheme_is_that_of_plspm(reference, survey):
    names, _, model = structure(reference)
    found = estimate(whole(survey), model, "centroid").fit
    theirs = reference["cross_package"]["plspm_centroid_A_scaled"]["path"]
    for k, (a, b) in enumerate(model.arrows):
        assert found.paths[k, 0] == pytest.approx(theirs[f"{names[a]}->{names[b]}"], abs=1e-8)


@pytest.mark.parametrize("scheme", ["path", "centroid"])
def test_unstandardised_items_are_weighted_as_in_plspm(reference, survey, scheme):
    names, _, model = structure(reference)
    found = estimate(whole(survey), model, scheme, standardised=False).fit
    theirs = reference["cross_package"][f"plspm_{scheme}_A_unscaled"]["path"]
    for k, (a, b) in enumerate(model.arrows):
        assert found.paths[k, 0] == pytest.approx(theirs[f"{names[a]}->{names[b]}"], abs=1e-8)


def test_case_weights_are_replicated_rows(reference, survey):
    names, _, model = structure(reference)
    sample = estimate(whole(survey, 1.0 + np.arange(250) % 3), model)
    theirs = reference["case_weights"]
    for k, (a, b) in enumerate(model.arrows):
        assert sample.fit.paths[k, 0] == pytest.approx(theirs["path_coef"][names[a]][names[b]], abs=TINY)
    for k, name in enumerate(names):
        assert sample.index[k, 0] == pytest.approx(theirs["index_0_100"]["mean"][name], abs=1e-9)


def test_missing_answers_are_replaced_by_means_as_in_seminr(reference, survey):
    names, _, model = structure(reference)
    row, column = np.indices(survey.shape)
    holes = np.where((row * 27 + column) % 29 == 0, np.nan, survey)
    theirs = reference["missing"]
    full = whole(survey)
    found = estimate(ready(holes, full.w, full.low, full.high), model).fit
    for k, (a, b) in enumerate(model.arrows):
        assert found.paths[k, 0] == pytest.approx(
            theirs["mean_replacement"]["path_coef"][names[a]][names[b]], abs=TINY
        )
    assert len(ready(holes, full.w, full.low, full.high, "complete").x) == theirs["complete_case_n"]


def test_resamples_of_given_respondents_are_those_of_seminr(reference, survey):
    _, _, model = structure(reference)
    items = whole(survey)
    drawn = np.loadtxt(SHARED / "references" / "boot_idx_sat.csv", delimiter=",").astype(int)
    counts = np.stack([np.bincount(rows, minlength=250) for rows in drawn]).astype(float)
    found = from_totals((counts @ items.moments).T, items, model, tolerance=1e-13).fit
    for k, replicate in enumerate(reference["bootstrap_fixed_indices"]["replicates"]):
        assert found.paths[:, k] == pytest.approx(replicate["path"], abs=1e-9)
        assert found.weights[:, k] == pytest.approx(replicate["weights"], abs=1e-9)


def test_reliability_and_validity_are_those_of_seminr(reference, survey):
    names, _, model = structure(reference)
    R, theirs = np.corrcoef(survey, rowvar=False), reference["variants"]["path_A"]
    found = fit(R, model, tolerance=1e-13)
    measured = measurement(R, found, model)
    for name, one in zip(names, measured, strict=True):
        words = theirs["reliability"][name]
        assert (one.alpha, one.rho_a) == pytest.approx((words["alpha"], words["rhoA"]), abs=TINY)
        assert (one.rho_c, one.ave) == pytest.approx((words["rhoC"], words["AVE"]), abs=TINY)
        assert one.vif == pytest.approx(list(theirs["vif_items"][name].values()), abs=1e-9)
    ratios = htmt(R, model)
    for one, row in theirs["htmt"].items():
        for other, ratio in row.items():
            if ratio is not None:
                assert ratios[names.index(one), names.index(other)] == pytest.approx(ratio, abs=TINY)
    for k, (a, b) in enumerate(model.arrows):
        factor = theirs["vif_antecedents"][names[b]][names[a]]
        assert inflation(found, model)[k, 0] == pytest.approx(
            np.nan if factor is None else factor, abs=1e-9, nan_ok=True
        )


def test_effect_sizes_are_those_of_csem(reference, survey):
    """seminr estimates the weights anew without the arrow; Cohen's f2 keeps them, as cSEM does."""
    names, _, model = structure(reference)
    found = effect_sizes(fit(np.corrcoef(survey, rowvar=False), model, tolerance=1e-13), model)[:, 0]
    theirs = reference["cross_package"]["cSEM_assess_path_A"]["F2"]
    assert found == pytest.approx([theirs[names[b]][names[a]] for a, b in model.arrows], abs=1e-8)


def test_paths_freed_of_measurement_error_are_those_of_plsc(reference, survey):
    names, _, model = structure(reference)
    R = np.corrcoef(survey, rowvar=False)
    found = fit(R, model, tolerance=1e-13)
    C = consistent(found, model, np.array([one.rho_a for one in measurement(R, found, model)]))
    theirs = reference["variants"]["plsc_path"]["path_coef"]
    for end, name in enumerate(names):
        before = model.before(end)
        slopes = np.linalg.solve(C[np.ix_(before, before)], C[before, end]) if before else []
        for start, slope in zip(before, slopes, strict=True):
            assert slope == pytest.approx(theirs[names[start]][name], abs=1e-9)


def correlation(seed, p=6):
    x = np.random.default_rng(seed).normal(size=(60, p)) @ np.random.default_rng(seed + 1).normal(size=(p, p))
    return np.corrcoef(x + x.mean(axis=1, keepdims=True) * 2, rowvar=False)


PAIR = ((0, 1, 2), (3, 4, 5))


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("seed", range(4))
def test_two_blocks_in_mode_b_are_canonical_correlation(scheme, seed):
    """Wold 1982: with two blocks mode B gives the first canonical correlation (Hotelling 1936)."""
    R = correlation(seed)
    roots = []
    for block in PAIR:
        values, vectors = np.linalg.eigh(R[np.ix_(block, block)])
        roots.append(vectors / np.sqrt(values) @ vectors.T)
    first = np.linalg.svd(roots[0] @ R[np.ix_(*PAIR)] @ roots[1])[1][0]
    found = fit(R, Structure(PAIR, ((0, 1),), ("B", "B")), scheme, 1e-13)
    assert abs(found.paths[0, 0]) == pytest.approx(first, abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_two_blocks_in_mode_a_are_interbattery_factors(seed):
    """Wold 1982: with two blocks mode A gives weights along the first singular vectors (Tucker 1958)."""
    R = correlation(seed)
    left, _, right = np.linalg.svd(R[np.ix_(*PAIR)])
    found = fit(R, Structure(PAIR, ((0, 1),), ("A", "A")), tolerance=1e-13)
    for block, axis in zip(PAIR, (left[:, 0], right[0]), strict=True):
        w = found.weights[list(block), 0]
        assert abs(w @ axis) / np.linalg.norm(w) == pytest.approx(1, abs=1e-9)


CHAIN = Structure(((0, 1), (2, 3), (4, 5)), ((0, 1), (0, 2), (1, 2)), ("A", "A", "A"))


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.sampled_from(SCHEMES))
def test_what_must_change_nothing_changes_nothing(seed, scheme):
    rng = np.random.default_rng(seed)
    mood = rng.normal(size=(80, 1))
    x = np.clip(np.rint(5 + 2 * mood + rng.normal(size=(80, 6))), 0, 10) + rng.uniform(0, 1e-3, (80, 6))
    items = Items(x, np.ones(80), np.zeros(6), np.full(6, 10.0))
    one = estimate(items, CHAIN, scheme)
    order = rng.permutation(80)
    doubled = Items(np.vstack([x, x]), np.full(160, 0.5), items.low, items.high)
    moved = Items(3 * x[order] + 1, items.w, 3 * items.low + 1, 3 * items.high + 1)
    for other in (estimate(doubled, CHAIN, scheme), estimate(moved, CHAIN, scheme)):
        assert other.fit.paths == pytest.approx(one.fit.paths, abs=1e-9)
        assert other.index == pytest.approx(one.index, abs=1e-8)
    swapped = Structure(((1, 0), (3, 2), (5, 4)), CHAIN.arrows, CHAIN.modes)
    assert estimate(items, swapped, scheme).fit.paths == pytest.approx(one.fit.paths, abs=1e-9)
    if (one.fit.weights > 0).all():
        assert ((one.index >= 0) & (one.index <= 100)).all()


def test_a_single_item_is_its_construct():
    R = correlation(3, 2)
    found = fit(R, Structure(((0,), (1,)), ((0, 1),), ("A", "A")))
    assert found.paths[0, 0] == pytest.approx(R[0, 1], abs=1e-12)
    assert found.loadings[:, 0] == pytest.approx([1, 1])


def test_many_data_sets_are_fitted_as_one_by_one():
    many = np.stack([correlation(seed) for seed in range(12)], axis=2)
    together = fit(many, CHAIN, tolerance=1e-12)
    for k in range(12):
        alone = fit(many[:, :, k], CHAIN, tolerance=1e-12)
        assert together.paths[:, k] == pytest.approx(alone.paths[:, 0], abs=1e-9)
        assert together.steps[k] == alone.steps[0]


def test_a_block_whose_items_run_against_it_is_turned_round():
    R = correlation(5)
    flip = np.diag([1, 1, -1, -1, 1, 1.0])
    found = fit(flip @ R @ flip, CHAIN).loadings[:, 0]
    for block in CHAIN.blocks:
        assert (found[list(block)] < 0).sum() * 2 <= len(block)


def test_an_unknown_scheme_is_refused():
    with pytest.raises(SettingsError, match=r'^There is no scheme "pth"; did you mean "path"\?$'):
        fit(correlation(1), CHAIN, "pth")


def test_a_tie_of_signs_is_decided_by_the_first_item():
    model = Structure(((0, 1), (2,)), ((0, 1),), ("B", "A"))
    for first, second in ((0.4, -0.3), (0.3, -0.4), (-0.4, 0.3), (-0.3, 0.4)):
        R = np.array([[1, -0.5, first], [-0.5, 1, second], [first, second, 1]])
        found = fit(R, model)
        assert found.loadings[0, 0] > 0 > found.loadings[1, 0]
        assert np.sign(found.paths[0, 0]) == np.sign(first)


def test_one_singular_data_set_does_not_stop_the_others():
    twins = np.array([[1, 1, 0.5], [1, 1, 0.5], [0.5, 0.5, 1.0]])
    apart = np.array([[1, 0.6, 0.5], [0.6, 1, 0.3], [0.5, 0.3, 1.0]])
    both = np.stack([twins, apart], axis=2)
    block = Structure(((0, 1), (2,)), ((0, 1),), ("B", "A"))
    assert fit(both, block).paths[0, 1] == pytest.approx(fit(apart, block).paths[0, 0], abs=1e-12)
    assert fit(both, block).paths[0, 0] == pytest.approx(0.5, abs=1e-12)  # the twins together say what one says
    rows = np.array([[1.0, 1, 2], [2, 2, 3], [3, 3, 3], [4, 4, 5]])
    items = Items(rows, np.ones(4), np.zeros(3), np.full(3, 10.0))
    drawn = from_totals(
        items.moments.T @ np.ones((4, 1)), items, Structure(((0,), (1,), (2,)), ((0, 2), (1, 2)), "AAA")
    )
    assert drawn.kept.tolist() == [False]
