"""Scaling: means, boxes, scores, groups, waves, reliability and errors."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

import cxkit as cx
from tests.by_hand import on_the_logit, share_base

ITEMS = ["SATIS", "OVERALLQ", "PQ", "REPUR"]
TEN = [1, 10]
OPEN = {"min_base": 1, "flag_base": 1}

surveys = st.lists(
    st.tuples(st.integers(1, 5), st.integers(1, 5), st.sampled_from(["a", "b"]), st.floats(0.1, 9)),
    min_size=12, max_size=30,
)  # fmt: skip


@pytest.fixture(scope="module")
def acsi(shared_data):
    return pd.read_csv(shared_data / "acsi2015.csv").assign(INDUSTRY=lambda d: d["INDUSTRY"].astype(str))


@pytest.fixture(scope="module")
def measured(acsi):
    return cx.scaling(acsi, ITEMS, scale=TEN, by="INDUSTRY")


@pytest.fixture(scope="module")
def satisfaction(shared_data):
    return pd.read_csv(shared_data / "satisfaction.csv")


def one(result, **where):
    rows = result.rows(**where)
    assert len(rows) == 1, f"{len(rows)} rows for {where}"
    return rows.iloc[0]


def ends(row):
    return row["low"], row["high"]


def codes(result):
    return dict(result.notes)


def frame(**columns):
    return pd.DataFrame(columns)


def panel(before, after, weight=1.0):
    ids = np.arange(len(before))
    return pd.concat(
        [frame(id=ids, wave="1", q=np.array(before)), frame(id=ids[::-1], wave="2", q=np.array(after)[::-1])],
        ignore_index=True,
    ).assign(w=weight)  # fmt: skip


@pytest.mark.parametrize("item", ITEMS)
def test_descriptions_equal_plain_pandas(acsi, measured, item):
    for group, rows in [("", acsi), *acsi.groupby("INDUSTRY")]:
        y = rows[item].dropna()
        mean = one(measured, item=item, term="mean", group=group)
        assert (mean["n"], mean["missing"], mean["n_eff"]) == (len(y), rows[item].isna().sum(), len(y))
        assert mean["estimate"] == pytest.approx(y.mean(), abs=1e-12)
        assert mean["se"] == pytest.approx(stats.sem(y), abs=1e-12)
        assert ends(mean) == pytest.approx(on_the_logit(y.mean(), stats.sem(y), len(y) - 1, 1, 10), abs=1e-10)
        expected = {
            "sd": y.std(),
            "index": 100 * (y.mean() - 1) / 9,
            "top_box": (y >= 9).mean(),
            "bottom_box": (y <= 2).mean(),
            "net_box": (y >= 9).mean() - (y <= 2).mean(),
        }
        for term, value in expected.items():
            found = one(measured, item=item, term=term, group=group)["estimate"]
            assert found == pytest.approx(value, abs=1e-10), term
        shares = measured.rows(item=item, term="share", group=group)
        assert shares["score"].tolist() == list(range(1, 11))
        assert shares["estimate"].tolist() == pytest.approx([(y == k).mean() for k in range(1, 11)], abs=1e-12)


@pytest.mark.parametrize("item", ITEMS)
def test_groups_against_the_rest_equal_the_welch_test_of_scipy(acsi, measured, item):
    answered = acsi.dropna(subset=[item])
    for group in acsi["INDUSTRY"].unique():
        mine, rest = (answered.loc[inside, item] for inside in (answered["INDUSTRY"] == group,
                                                                answered["INDUSTRY"] != group))  # fmt: skip
        found = one(measured, item=item, term="mean_vs_rest", group=group)
        expected = stats.ttest_ind(mine, rest, equal_var=False)
        assert (found["n"], found["n_other"]) == (len(mine), len(rest))
        assert found["estimate"] == pytest.approx(mine.mean() - rest.mean(), abs=1e-10)
        assert found["p"] == pytest.approx(expected.pvalue, abs=1e-10)
        together = 1 - 0.05 / acsi["INDUSTRY"].nunique()  # Bonferroni
        assert ends(found) == pytest.approx(tuple(expected.confidence_interval(together)), abs=1e-10)


@pytest.mark.parametrize(("correction", "theirs"), [("bonferroni", "bonferroni"), ("bh", "fdr_bh")])
def test_each_item_and_variable_is_a_family_of_tests_of_its_own(correction, theirs):
    bank = cx.sample("bank")
    result = cx.scaling(bank, ["ease", "trust"], scale=TEN, by="segment", wave="wave", correction=correction)
    families = 0
    for item in ("ease", "trust"):
        for terms in (("mean_vs_rest",), ("mean_vs_previous", "mean_vs_first", "mean_slope")):
            rows = result.rows(item=item)
            tests = rows[rows["term"].isin(terms)].dropna(subset=["p"])
            expected = multipletests(tests["p"], method=theirs)[1]
            assert tests["p_adjusted"].tolist() == pytest.approx(expected.tolist(), abs=1e-12)
            families += len(tests)
    assert families == result.facts["tests"] == 16


def test_a_group_never_stands_in_its_own_rest():
    """A group compared with a total that contains it shows half of this gap of 4 points."""
    survey = frame(q=[5, 5, 4, 5, 1, 1, 2, 1], g=list("aaaabbbb"))
    found = one(cx.scaling(survey, ["q"], scale=[1, 5], by="g", **OPEN), term="mean_vs_rest", group="a")
    assert (found["n"], found["n_other"]) == (4, 4)
    assert found["estimate"] == pytest.approx(4.75 - 1.25, abs=1e-12)


def test_respondents_of_an_unknown_group_are_noted_and_stand_in_no_rest():
    survey = frame(q=[5, 5, 4, 5, 1, 1, 2, 1, 3, 3, 3], g=[*"aaaabbbb", None, None, None])
    result = cx.scaling(survey, ["q"], scale=[1, 5], by="g", **OPEN)
    assert one(result, term="mean_vs_rest", group="a")["n_other"] == 4
    assert one(result, term="mean", group="")["n"] == 11
    assert codes(result)["group_unknown"] == {"n": 3, "column": "g"}


def test_respondents_of_an_unknown_wave_are_noted_and_stand_in_no_wave():
    survey = frame(q=[5, 4, 3, 1, 2, 3, 5], w=["1", "1", "1", "2", "2", "2", None])
    result = cx.scaling(survey, ["q"], scale=[1, 5], wave="w", **OPEN)
    assert result.rows(term="mean")["n"].tolist() == [3, 3]
    assert codes(result)["wave_unknown"] == {"n": 1, "column": "w"}


def test_one_group_alone_has_no_rest():
    survey = frame(q=[1, 2, 3], g=["a"] * 3)
    assert cx.scaling(survey, ["q"], scale=[1, 5], by="g", **OPEN).rows(term="mean_vs_rest").empty


def test_waves_stand_in_natural_order_and_the_last_is_current():
    survey = frame(
        q=[1, 2, 3, 4, 5, 5], w=["wave 10", "wave 10", "wave 9", "wave 9", "wave 1", "wave 1"], g=["a", "b"] * 3
    )
    result = cx.scaling(survey, ["q"], scale=[1, 5], by="g", wave="w", **OPEN)
    everyone = result.rows(term="mean", group="")
    assert everyone["wave"].tolist() == ["wave 1", "wave 9", "wave 10"]
    assert everyone["estimate"].tolist() == [5, 3.5, 1.5]
    assert (result.facts["wave"], result.facts["previous_wave"]) == ("wave 10", "wave 9")
    assert set(result.rows(group="a")["wave"]) == {"wave 10"}
    assert result.rows(term="mean_vs_previous")["wave"].tolist() == ["wave 9", "wave 10"]
    assert result.rows(term="mean_vs_previous")["estimate"].tolist() == [-1.5, -2.0]


@pytest.mark.parametrize("respondent", ["", "id"])
def test_waves_of_different_respondents_equal_the_welch_test_of_scipy(respondent):
    rng = np.random.default_rng(8)
    one_wave, two_wave = rng.integers(1, 11, 40), rng.integers(3, 11, 55)
    survey = frame(q=[*one_wave, *two_wave], w=["1"] * 40 + ["2"] * 55, id=range(95))
    found = one(cx.scaling(survey, ["q"], scale=TEN, wave="w", respondent=respondent), term="mean_vs_previous")
    expected = stats.ttest_ind(two_wave, one_wave, equal_var=False)
    assert found["p"] == pytest.approx(expected.pvalue, abs=1e-10)
    assert ends(found) == pytest.approx(tuple(expected.confidence_interval()), abs=1e-10)


@pytest.mark.parametrize("turned", [False, True])
def test_waves_of_the_same_respondents_equal_the_paired_test_of_scipy(turned):
    rng = np.random.default_rng(9)
    before = rng.integers(2, 9, 45)
    after = before + rng.integers(-1, 3, 45)
    scale = {"min": 1, "max": 10, "reversed": turned}
    result = cx.scaling(panel(before, after), ["q"], scale=scale, wave="wave", respondent="id")
    found = one(result, term="mean_vs_previous")
    expected = stats.ttest_rel(before, after) if turned else stats.ttest_rel(after, before)
    assert found["p"] == pytest.approx(expected.pvalue, abs=1e-10)
    assert ends(found) == pytest.approx(tuple(expected.confidence_interval()), abs=1e-10)
    assert found["se"] == pytest.approx(stats.sem(after - before), abs=1e-10)


def test_paired_waves_with_equal_weights_of_any_size_equal_the_paired_test():
    rng = np.random.default_rng(10)
    before = rng.integers(2, 9, 30)
    after = before + rng.integers(-1, 3, 30)
    survey = panel(before, after, weight=2.5)
    found = one(
        cx.scaling(survey, ["q"], scale=TEN, wave="wave", respondent="id", weight="w"), term="mean_vs_previous"
    )
    assert found["p"] == pytest.approx(stats.ttest_rel(after, before).pvalue, abs=1e-10)


def test_waves_that_share_some_respondents_lie_between_paired_and_independent():
    rng = np.random.default_rng(12)
    before = rng.integers(2, 9, 60)
    after = before + rng.integers(-1, 3, 60)
    survey = panel(before, after)
    survey["half"] = np.where((survey["wave"] == "2") & (survey["id"] >= 30), survey["id"] + 1000, survey["id"])
    errors = [
        one(cx.scaling(survey, ["q"], scale=TEN, wave="wave", respondent=r), term="mean_vs_previous")["se"]
        for r in ("id", "half", "")
    ]
    assert errors[0] < errors[1] < errors[2]
    shared = np.cov(before[:30], after[:30])[0, 1]
    by_hand = before.var(ddof=1) / 60 + after.var(ddof=1) / 60 - 2 * 30 * shared / 60**2
    assert errors[1] ** 2 == pytest.approx(by_hand, rel=0.1)


def test_a_panel_in_which_everyone_moved_by_one_point_has_no_test():
    for before in ([6, 3, 2, 8, 2, 3, 6, 7, 6, 7, 1, 4], [1, 6, 2, 3, 8, 1, 5, 3, 4, 8, 2, 7]):
        survey = panel(before, np.add(before, 1))
        result = cx.scaling(survey, ["q"], scale=TEN, wave="wave", respondent="id")
        found = one(result, term="mean_vs_previous")
        assert found["estimate"] == pytest.approx(1, abs=1e-12)
        assert np.isnan(found["p"])
        assert codes(result)["untested"] == {"n": 1}


def test_comparisons_of_answers_without_spread_are_noted_once_each():
    """Two groups that are each other's rest are one comparison; a base too small to show is none."""
    survey = frame(q=[4] * 20 + [2] * 20 + [3], r=[*range(1, 11)] * 4 + [3], g=["a"] * 20 + ["b"] * 20 + [None])
    assert codes(cx.scaling(survey, ["q", "r"], scale=TEN, by="g"))["untested"] == {"n": 1}
    few = frame(q=[4] * 38 + [2] * 2, g=["a"] * 38 + ["b"] * 2)
    assert "untested" not in codes(cx.scaling(few, ["q"], scale=TEN, by="g"))


def test_one_in_twenty_groups_differs_from_the_rest_by_chance():
    rng = np.random.default_rng(2718)
    groups = 200
    survey = frame(q=rng.choice([1, 2, 3, 4, 5], 40 * groups, p=[0.05, 0.1, 0.2, 0.4, 0.25]),
                   g=np.repeat(np.arange(groups), 40))  # fmt: skip
    tests = cx.scaling(survey, ["q"], scale=[1, 5], by="g").rows(term="mean_vs_rest")
    assert len(tests) == groups
    assert 0.025 <= (tests["p"] < 0.05).mean() <= 0.08
    assert (tests["p_adjusted"] < 0.05).sum() <= 1


def test_small_and_hidden_groups_are_marked_and_counted():
    survey = frame(q=[1, 2, 3, 4, 5] * 16, g=["a"] * 9 + ["b"] * 29 + ["c"] * 42)
    result = cx.scaling(survey, ["q"], scale=[1, 5], by="g")
    means = result.rows(term="mean").set_index("group")["base"].to_dict()
    assert means == {"": "ok", "a": "hidden", "b": "small", "c": "ok"}
    assert result.rows(group="a")[["estimate", "low", "high", "p"]].isna().all(axis=None)
    assert result.rows(group="a")["n"].eq(9).all()
    assert codes(result)["base_hidden"] == {"groups": 1, "base": 10}
    assert codes(result)["base_small"] == {"groups": 1, "base": 30}
    assert result.facts["tests"] == 2


@pytest.mark.parametrize("where", ["all", "wave", "item"])
def test_a_small_base_is_noted_where_no_group_has_it(where):
    n = 20 if where == "all" else 60
    survey = frame(q=[1, 2, 3, 4, 5] * (n // 5), w=["1"] * 20 + ["2"] * (n - 20))
    survey["s"] = [float(k % 5 + 1) if where != "item" or k < 20 else np.nan for k in range(n)]
    result = cx.scaling(survey, ["q", "s"], scale=[1, 5], wave="w" if where == "wave" else None)
    assert codes(result)["base_small"] == {"groups": 0, "base": 30}
    assert "base_small" not in codes(cx.scaling(survey, ["q", "s"], scale=[1, 5], flag_base=10, min_base=5))


def test_index_rescales_on_the_declared_scale_and_never_on_the_observed_range():
    """Rescaling on the observed 4-8 gives both waves the same ruler-less 50."""
    survey = frame(q=[4, 6, 8, 6, 5, 7, 9, 7], w=["1"] * 4 + ["2"] * 4)
    index = cx.scaling(survey, ["q"], scale=TEN, wave="w", **OPEN).rows(term="index")
    assert index["estimate"].tolist() == pytest.approx([100 * 5 / 9, 100 * 6 / 9], abs=1e-12)


def test_index_of_a_middle_answer_is_50_and_not_its_share_of_the_maximum():
    found = one(cx.scaling(frame(q=[3, 3, 2, 4]), ["q"], scale=[1, 5], **OPEN), term="index")
    assert found["estimate"] == pytest.approx(50, abs=1e-12)


def test_differences_are_taken_before_rounding():
    survey = frame(q=[4] * 44 + [5] * 56 + [4] * 46 + [5] * 54, g=["a"] * 100 + ["b"] * 100)
    found = one(cx.scaling(survey, ["q"], scale=[1, 5], by="g"), term="mean_vs_rest", group="a")
    assert found["estimate"] == pytest.approx(0.02, abs=1e-12)


@pytest.mark.parametrize(
    ("scale", "top", "bottom"),
    [([1, 5], (4, 5), (1, 2)), ([1, 10], (9, 10), (1, 2)), ([1, 3], (3,), (1,)), ([0, 10], (9, 10), (0, 1)),
     ({"min": 1, "max": 7, "boxes": 3}, (5, 6, 7), (1, 2, 3))],
)  # fmt: skip
def test_boxes_follow_the_scale_card(scale, top, bottom):
    rng = np.random.default_rng(3)
    low, high = (scale["min"], scale["max"]) if isinstance(scale, dict) else scale
    y = rng.integers(low, high + 1, 60)
    result = cx.scaling(frame(q=y), ["q"], scale=scale)
    assert one(result, term="top_box")["estimate"] == pytest.approx(np.isin(y, top).mean(), abs=1e-12)
    assert one(result, term="bottom_box")["estimate"] == pytest.approx(np.isin(y, bottom).mean(), abs=1e-12)


def test_scale_score_is_the_average_of_respondents_who_answered_every_item(acsi):
    result = cx.scaling(acsi, ITEMS, scale=TEN)
    complete = (100 * (acsi[ITEMS].dropna() - 1) / 9).mean(axis=1)
    found = one(result, item="scale_score", term="index")
    assert (found["n"], found["missing"]) == (len(complete), len(acsi) - len(complete))
    assert found["estimate"] == pytest.approx(complete.mean(), abs=1e-9)
    assert found["se"] == pytest.approx(stats.sem(complete), abs=1e-9)


def test_scale_score_turns_reversed_items_round_on_their_own_scale():
    survey = frame(a=[1, 5, 4], b=[10, 1, 1])
    scale = {"a": [1, 5], "b": {"min": 1, "max": 10, "reversed": True}}
    found = one(cx.scaling(survey, ["a", "b"], scale=scale, **OPEN), item="scale_score")
    assert found["estimate"] == pytest.approx((0 + 100 + 87.5) / 3, abs=1e-9)


def test_one_item_has_no_scale_score_and_no_alpha():
    result = cx.scaling(frame(a=[1, 5, 4]), ["a"], scale=[1, 5], **OPEN)
    assert result.rows(item="scale_score").empty
    assert "alpha" not in result.facts


def test_alpha_is_the_raw_one_and_not_the_standardised(satisfaction):
    items = [f"imag{k}" for k in range(1, 6)]
    facts = cx.scaling(satisfaction, items, scale=[0, 10]).facts
    assert facts["alpha"] == pytest.approx(0.8218546, abs=5e-8)  # .8302267 is the standardised one
    assert facts["alpha_low"] < facts["alpha"] < facts["alpha_high"]
    assert facts["alpha_n"] == 250


def test_alpha_takes_complete_respondents_and_says_what_pairs_give(acsi):
    facts = cx.scaling(acsi, ITEMS, scale=TEN).facts
    complete = acsi[ITEMS].dropna()
    S = complete.cov().to_numpy()
    assert facts["alpha_n"] == len(complete) < len(acsi)
    assert facts["alpha"] == pytest.approx(4 / 3 * (1 - np.trace(S) / S.sum()), abs=1e-10)
    pairs = acsi[ITEMS].cov().to_numpy()
    assert facts["alpha_pairwise"] == pytest.approx(4 / 3 * (1 - np.trace(pairs) / pairs.sum()), abs=1e-3)


def test_alpha_turns_reversed_items_round(satisfaction):
    items = [f"sat{k}" for k in range(1, 5)]
    turned = satisfaction.assign(sat2=10 - satisfaction["sat2"])
    scale = {item: {"min": 0, "max": 10, "reversed": item == "sat2"} for item in items}
    facts = cx.scaling(turned, items, scale=scale).facts
    assert facts["alpha"] == pytest.approx(0.8942952, abs=5e-8)
    assert facts["item_rest_sat2"] > 0.5


def test_reliability_of_fewer_respondents_than_the_smallest_base_is_hidden():
    survey = frame(a=[1, 2, 4, 5, 3, 2], b=[2, 2, 5, 4, 3, 1], c=[1, 3, 4, 4, 2, 2])
    result = cx.scaling(survey, ["a", "b", "c"], scale=[1, 5])
    assert (result.tidy["base"] == "hidden").all()
    assert not [name for name in result.facts if name.startswith(("alpha", "omega", "item_rest"))]


def test_straight_lining_and_mostly_missing_are_counted(acsi):
    facts = cx.scaling(acsi, ITEMS, scale=TEN).facts
    answers = acsi[ITEMS]
    assert facts["rows"] == len(acsi)
    assert facts["straight_lined"] == (answers.notna().all(axis=1) & (answers.nunique(axis=1) == 1)).sum()
    assert facts["mostly_missing"] == (answers.isna().sum(axis=1) > 2).sum()


def test_answers_without_spread_are_noted_and_have_no_interval():
    result = cx.scaling(frame(q=[4] * 40), ["q"], scale=[1, 5])
    found = one(result, term="mean")
    assert found["estimate"] == pytest.approx(4, abs=1e-12)
    assert np.isnan([found["se"], found["low"]]).all()
    assert "no_spread" in codes(result)


def test_an_item_a_group_never_answered_has_a_base_of_zero():
    survey = frame(q=[1, 2, 3, None, None], r=[1, 2, 3, 4, 5], g=["a", "a", "a", "b", "b"])
    result = cx.scaling(survey, ["q", "r"], scale=[1, 5], by="g", **OPEN)
    found = one(result, item="q", term="mean", group="b")
    assert (found["n"], found["missing"], found["base"]) == (0, 2, "hidden")
    assert result.rows(item="q", term="mean_vs_rest").empty
    assert len(result.rows(item="r", term="mean_vs_rest")) == 2


def test_weighted_mean_and_shares_equal_numpy():
    bank = cx.sample("bank")
    result = cx.scaling(bank, ["ease"], scale=TEN, weight="weight")
    known = bank.dropna(subset=["ease"])
    y, w = known["ease"].to_numpy(), known["weight"].to_numpy()
    m, n = np.average(y, weights=w), len(y)
    found = one(result, term="mean")
    assert found["estimate"] == pytest.approx(m, abs=1e-12)
    assert found["se"] == pytest.approx(np.sqrt(n / (n - 1) * ((w * (y - m)) ** 2).sum()) / w.sum(), abs=1e-12)
    spread, kish = np.average((y - m) ** 2, weights=w) * n / (n - 1), w.sum() ** 2 / (w**2).sum()
    assert found["n_eff"] == pytest.approx(spread / found["se"] ** 2, abs=1e-9)
    top = one(result, term="top_box")
    assert top["estimate"] == pytest.approx(np.average(y >= 9, weights=w), abs=1e-12)
    assert top["n_eff"] == pytest.approx(share_base(y >= 9, w))
    assert one(result, term="net_box")["n_eff"] == pytest.approx(share_base((y >= 9) * 1.0 - (y <= 2), w, (-1, 1)))
    assert codes(result)["weighted"] == {"n": n, "n_kish": pytest.approx(kish), "deff": pytest.approx(n / kish)}
    assert result.facts["n_kish"] == pytest.approx(kish)


@settings(deadline=None, derandomize=True, max_examples=6)
@given(surveys)
def test_a_reversed_item_mirrors_its_mean_and_swaps_its_boxes(rows):
    survey = frame(q=[r[0] for r in rows], g=[r[2] for r in rows], w=[r[3] for r in rows])
    plain, turned = (
        cx.scaling(survey, ["q"], scale={"min": 1, "max": 5, "reversed": back}, by="g", weight="w", **OPEN)
        for back in (False, True)
    )
    for group in ("", *sorted(set(survey["g"]))):
        pairs = {term: (one(plain, term=term, group=group), one(turned, term=other, group=group))
                 for term, other in (("mean", "mean"), ("index", "index"), ("net_box", "net_box"), ("sd", "sd"),
                                     ("top_box", "bottom_box"), ("bottom_box", "top_box"))}  # fmt: skip
        for term, (there, back) in pairs.items():
            total = {"mean": 6, "index": 100, "net_box": 0}.get(term)
            expected = there["estimate"] if total is None else total - there["estimate"]
            assert back["estimate"] == pytest.approx(expected, abs=1e-9)
            if total is not None:
                mirrored = [total - there["high"], total - there["low"]]
                assert list(ends(back)) == pytest.approx(mirrored, abs=1e-9, nan_ok=True)
    if survey["g"].nunique() > 1:
        gaps = [one(r, term="mean_vs_rest", group="a") for r in (plain, turned)]
        assert gaps[1]["estimate"] == pytest.approx(-gaps[0]["estimate"], abs=1e-9)
        assert gaps[1]["p"] == pytest.approx(gaps[0]["p"], abs=1e-9, nan_ok=True)
    assert codes(turned)["reversed"] == {"item": "q"}


@settings(deadline=None, derandomize=True, max_examples=6)
@given(surveys)
def test_any_survey_gives_ordered_intervals_and_shares_that_sum_to_one(rows):
    survey = frame(q=[r[0] for r in rows], r=[r[1] for r in rows], g=[r[2] for r in rows], w=[r[3] for r in rows])
    table = cx.scaling(survey, ["q", "r"], scale=[1, 5], by="g", weight="w", **OPEN).tidy
    known = table.dropna(subset=["low"])
    assert ((known["low"] <= known["estimate"]) & (known["estimate"] <= known["high"])).all()
    sums = table[table["term"] == "share"].groupby(["item", "group"])["estimate"].sum()
    assert sums.to_numpy() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(
    ("bad", "shown"), [(6, "6"), (0, "0"), (-1, "-1"), (99, "99"), (3.5, "3.5"), (np.inf, "inf")]
)
def test_an_answer_off_its_scale_or_not_whole_is_an_error_that_names_the_row(bad, shown):
    survey = frame(ease=[3.0, 4, bad, 5])
    survey.index = [2, 3, 4, 5]
    with pytest.raises(cx.DataError, match=rf'"ease", row 4: found {shown}, expected a whole number from 1 to 5'):
        cx.scaling(survey, ["ease"], scale=[1, 5])


@pytest.mark.parametrize(
    ("items", "scale", "text"),
    [
        ([], [1, 5], "list of items is empty"),
        (["ease", "ease"], [1, 5], "names one twice"),
        (["ease"], None, r"is None; give \[min, max\]"),
        (["ease"], "1-5", r"give \[min, max\]"),
        (["ease"], [5, 1], "min below max"),
        (["ease"], [1.0, 5.5], "whole numbers"),
        (["ease"], {"trust": [1, 5]}, '"ease" has no scale'),
        (["ease"], {"min": 1, "max": 5, "boxes": 3}, "boxes: 3; give a whole number from 1 to 2"),
        (["ease"], {"min": 1, "max": 5, "reverse": True}, 'unknown key "reverse"; did you mean "reversed"'),
    ],
)
def test_items_and_scales_that_make_no_sense_are_errors(items, scale, text):
    with pytest.raises(cx.SettingsError, match=text):
        cx.scaling(frame(ease=[1, 2, 3]), items, scale=scale)


def test_one_item_given_as_text_is_taken_or_refused_by_name():
    with pytest.raises(cx.SettingsError, match='"ease"'):
        cx.scaling(frame(ease=[1, 2, 3]), "ease", scale=[1, 5])


def test_an_unknown_item_is_an_error_that_names_the_nearest():
    with pytest.raises(cx.DataError, match='no column "eaze"; did you mean "ease"'):
        cx.scaling(frame(ease=[1, 2, 3]), ["eaze"], scale=[1, 5])


@pytest.mark.parametrize("empty", [np.nan, None])
def test_items_nobody_answered_are_an_error(empty):
    with pytest.raises(cx.DataError, match="no answer in ease, trust"):
        cx.scaling(frame(ease=[empty] * 3, trust=[empty] * 3), ["ease", "trust"], scale=[1, 5])


def test_text_in_a_rating_column_is_an_error_that_names_the_column():
    with pytest.raises(cx.DataError, match='"ease" holds values that are not numbers'):
        cx.scaling(frame(ease=[5, "great", 3]), ["ease"], scale=[1, 5])


def test_numbers_written_as_text_are_numbers():
    result = cx.scaling(frame(ease=["5", "4", "3"]), ["ease"], scale=[1, 5], **OPEN)
    assert one(result, term="mean")["estimate"] == pytest.approx(4, abs=1e-12)
