"""CSI tree: values, weights, intervals, operational leaves, comparisons, changes and errors."""

import gc
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import cxkit as cx
from cxkit.report.job import Job
from tests.by_hand import freedom, on_the_logit

OPEN = {"min_base": 1, "flag_base": 1}
FIVE = [1, 5]
QUADRANTS = ["concentrate_here", "keep_up", "low_priority", "possible_overkill"]
PARTS = {"image": ("imag", 5), "expectations": ("expe", 5), "quality": ("qual", 5), "value": ("val", 4)}
ITEMS = {part: [f"{stem}{k}" for k in range(1, count + 1)] for part, (stem, count) in PARTS.items()}
EVERY = [item for items in ITEMS.values() for item in items]


@pytest.fixture(scope="module", autouse=True)
def frozen():
    """statsmodels collects garbage at each correction of p values; what is there already need not be seen again."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def leaf(name, weight=None, **more):
    return {"name": name, "item": name, **({} if weight is None else {"weight": weight}), **more}


def root(*children):
    return {"name": "all", "children": list(children)}


def part(name, weight, *children, **more):
    return {"name": name, "weight": weight, "children": list(children), **more}


# all: p .6 (a .5, b .5), q .4 (c)
TREE = root(part("p", 0.6, leaf("a", 0.5), leaf("b", 0.5)), part("q", 0.4, leaf("c", 1)))
TWO = root(leaf("a", 0.7), leaf("b", 0.3))


def one(result, **where):
    rows = result.rows(**where)
    assert len(rows) == 1, f"{len(rows)} rows for {where}"
    return rows.iloc[0]


def value(result, item="all", term="index", **where):
    return one(result, item=item, term=term, **where)["estimate"]


def ends(row):
    return row["low"], row["high"]


def codes(result):
    return dict(result.notes)


def survey(n=90, items="abc", seed=1, groups="xyz", waves=1):
    """Grades of 1-5 that share a mood, groups, waves, weights, importances of 1-10 and an outcome of 0-10."""
    rng = np.random.default_rng(seed)
    mood = rng.normal(0, 0.8, n)
    columns = {k: np.clip(np.rint(rng.normal(3.5, 1, n) + mood), 1, 5) for k in items}
    columns |= {f"imp_{k}": np.clip(np.rint(rng.normal(4 + 2 * j, 2, n)), 1, 10) for j, k in enumerate(items)}
    columns["y"] = np.clip(np.rint(5 + columns[items[0]] / 2 + 1.5 * mood + rng.normal(0, 1, n)), 0, 10)
    columns["g"] = [groups[k % len(groups)] for k in range(n)]
    columns["t"] = [str(1 + k * waves // n) for k in range(n)]
    return pd.DataFrame(columns).assign(w=rng.uniform(0.5, 2, n))


def scales(items="abc"):
    return {**dict.fromkeys(items, FIVE), **{f"imp_{k}": [1, 10] for k in items}, "y": [0, 10]}


def hundred(column):
    return 25 * (column - 1)


# --- references ----------------------------------------------------------------------------------------------

# Ten people whose grades average 4.2, 3.8 and 3.5; weights .4, .3, .3: .4 * 4.2 + .3 * 3.8 + .3 * 3.5 = 3.87.
GRADES = pd.DataFrame({"a": [4] * 8 + [5] * 2, "b": [4] * 8 + [3] * 2, "c": [3] * 5 + [4] * 5})
WEIGHED = root(leaf("a", 0.4), leaf("b", 0.3), leaf("c", 0.3))


@pytest.mark.parametrize(
    ("grades", "leaves", "index"),
    [
        ("range", (80, 70, 62.5), 71.75),  # 25 (3.87 - 1): of the way from 1 to 5
        ("maximum", (84, 76, 70), 77.4),  # 20 * 3.87: divided by the maximum
        ("top_box", (100, 80, 50), 79),  # answered 4 or 5: .4 * 100 + .3 * 80 + .3 * 50
    ],
)
def test_mean_grade_of_3_87_in_the_three_presentations(grades, leaves, index):
    result = cx.csi_tree(GRADES, WEIGHED, grades=grades)
    assert [value(result, k) for k in "abc"] == pytest.approx(leaves, abs=1e-10)
    assert value(result) == pytest.approx(index, abs=1e-10)
    if grades == "range":
        assert 1 + 4 * value(result) / 100 == pytest.approx(3.87, abs=1e-12)
        assert not [code for code in codes(result) if code.startswith("grades")]
    else:
        assert f"grades_{grades}" in codes(result)


def test_top_box_of_a_leaf_is_the_share_of_4_and_5_in_every_presentation():
    for grades in ("range", "maximum", "top_box"):
        result = cx.csi_tree(GRADES, WEIGHED, grades=grades)
        assert [value(result, k, "top_box") for k in "abc"] == pytest.approx([1, 0.8, 0.5], abs=1e-12)
    # Wilson 1927 by hand for 8 of 10: (p + z2/2n -+ z sqrt(p q/n + z2/4n2)) / (1 + z2/n), z2 = 3.841459
    assert ends(one(result, item="b", term="top_box")) == pytest.approx((0.4901625, 0.9433178), abs=1e-6)


def test_weights_that_sum_to_90_percent_are_refused_or_brought_to_one():
    tree = root(leaf("a", 0.25), leaf("b", 0.35), leaf("c", 0.15), leaf("d", 0.15))
    data = survey(items="abcd")
    with pytest.raises(cx.SettingsError, match=r'below "all" sum to 0\.9 \(a 0\.25, .*expected 1; correct them or'):
        cx.csi_tree(data, tree)
    result = cx.csi_tree(data, tree, normalise=True)
    assert [value(result, k, "weight") for k in "abcd"] == pytest.approx(
        [25 / 90, 35 / 90, 15 / 90, 15 / 90], abs=1e-12
    )
    means = hundred(data[list("abcd")]).mean().to_numpy()
    assert value(result) == pytest.approx(means @ [25, 35, 15, 15] / 90, abs=1e-10)


def test_equal_weights_and_equal_bases_give_the_grand_mean_whatever_is_written():
    data = survey(items="abcd")
    tree = root(part("p", 0.9, leaf("a", 0.9), leaf("b")), part("q", 7, leaf("c"), leaf("d", 0.1)))
    result = cx.csi_tree(data, tree, weights="equal")
    assert value(result) == pytest.approx(hundred(data[list("abcd")]).to_numpy().mean(), abs=1e-10)
    assert result.rows(term="total_weight")["estimate"].tolist() == [0.5, 0.25, 0.25, 0.5, 0.25, 0.25]


def test_an_index_with_its_interval_is_that_of_respondents_own_indices():
    data = survey()
    result = cx.csi_tree(data, TREE)
    own = hundred(data[list("abc")]).to_numpy() @ [0.3, 0.3, 0.4]
    found = one(result, item="all", term="index")
    assert found["estimate"] == pytest.approx(own.mean(), abs=1e-10)
    assert found["se"] == pytest.approx(stats.sem(own), abs=1e-10)
    assert ends(found) == pytest.approx(on_the_logit(own.mean(), stats.sem(own), 89, 0, 100), abs=1e-9)
    assert (found["n"], found["n_eff"]) == (90, pytest.approx(90))
    total = dict(zip(*(result.rows(term="total_weight")[k] for k in ("item", "estimate")), strict=True))
    assert total == pytest.approx({"p": 0.6, "a": 0.3, "b": 0.3, "q": 0.4, "c": 0.4}, abs=1e-12)


def test_a_tree_of_one_leaf_is_the_mean_of_its_item():
    data = survey()
    result = cx.csi_tree(data, leaf("a"))
    assert value(result, "a") == pytest.approx(hundred(data["a"]).mean(), abs=1e-10)
    explained = cx.csi_tree(data, leaf("a"), scale=scales(), outcome="y")
    assert value(explained, "a", "correlation") == pytest.approx(np.corrcoef(data["a"], data["y"])[0, 1], abs=1e-10)


def test_a_tree_as_yaml_is_the_same_tree():
    text = "{name: all, children: [{name: a, item: a, weight: 0.7}, {name: b, item: b, weight: 0.3}]}"
    pd.testing.assert_frame_equal(cx.csi_tree(survey(), text).tidy, cx.csi_tree(survey(), TWO).tidy)


def test_a_reversed_item_is_turned_round_and_noted():
    data = survey()
    turned = cx.csi_tree(
        data.assign(a=6 - data["a"]), TWO, scale={"a": {"min": 1, "max": 5, "reversed": True}, "b": FIVE}
    )
    tables = [r.tidy[~r.tidy["term"].isin(QUADRANTS)] for r in (turned, cx.csi_tree(data, TWO))]
    pd.testing.assert_frame_equal(*tables, check_exact=False, rtol=1e-10)
    assert codes(turned)["reversed"] == {"item": "a"}


@pytest.mark.parametrize(("grades", "low"), [("range", 0), ("maximum", 20)])
@pytest.mark.parametrize("back", [False, True])
def test_intervals_stay_between_the_lowest_and_the_highest_level_and_no_narrower(grades, low, back):
    """With every item reversed too: the lowest level is that of the highest answer."""
    scale = {"min": 1, "max": 5, "reversed": back}
    middle = one(
        cx.csi_tree(pd.DataFrame({"a": [2, 3, 4] * 10}), leaf("a"), scale=scale, grades=grades), term="index"
    )
    assert ends(middle) == pytest.approx(on_the_logit(middle["estimate"], middle["se"], 29, low, 100), abs=1e-9)
    extreme = pd.DataFrame({"a": [5 if back else 1, 3, 5 if back else 1]})
    found = one(cx.csi_tree(extreme, leaf("a"), scale=scale, grades=grades, **OPEN), term="index")
    assert low < found["low"] < low + 2 < found["estimate"] < found["high"] < 100


# --- bases ---------------------------------------------------------------------------------------------------


def test_the_effective_base_of_an_index_is_its_own_and_the_page_tells_one():
    # m = 75, z proportional to (1 * -75, 3 * 25): linearised 4 (1 + 1/3)/2 = 8/3; Kish 4^2 / (1 + 9) = 1.6
    result = cx.csi_tree(pd.DataFrame({"a": [1, 5], "w": [1, 3]}), leaf("a"), weight="w", **OPEN)
    assert one(result, term="index")["n_eff"] == pytest.approx(8 / 3)
    assert codes(result)["weighted"] == {"n": 2, "n_kish": pytest.approx(1.6), "deff": pytest.approx(1.25)}
    assert "weighted_index" not in codes(result)


def test_with_equal_weights_both_bases_are_the_respondents():
    result = cx.csi_tree(survey().assign(w=2.5), TREE, weight="w")
    assert one(result, item="all", term="index")["n_eff"] == pytest.approx(90)
    assert result.facts["n_kish"] == pytest.approx(90)
    assert "n_kish" not in cx.csi_tree(survey(), TREE).facts


def test_the_effective_base_counts_nobody_who_answered_nothing():
    data = survey().assign(w=1.0)
    data.loc[:49, ["a", "b", "c"]] = np.nan
    assert one(cx.csi_tree(data, TREE, weight="w"), item="all", term="index")["n_eff"] == pytest.approx(40)


def test_the_effective_base_reproduces_the_error_from_the_spread():
    """variance = weighted spread of respondents' indices (divisor n - 1 over n) / n_eff, as if unweighted."""
    data = survey()
    result = cx.csi_tree(data, TREE, weight="w")
    own, w = hundred(data[list("abc")]).to_numpy() @ [0.3, 0.3, 0.4], data["w"].to_numpy()
    spread = 90 / 89 * np.average((own - np.average(own, weights=w)) ** 2, weights=w)
    found, kish = one(result, item="all", term="index"), w.sum() ** 2 / (w**2).sum()
    assert found["se"] ** 2 == pytest.approx(spread / found["n_eff"], rel=1e-10)
    assert found["n_eff"] != pytest.approx(kish, rel=1e-3)
    assert ends(found) == pytest.approx(on_the_logit(found["estimate"], found["se"], freedom(w), 0, 100), abs=1e-9)


def test_an_error_that_cannot_be_told_leaves_the_base_of_kish():
    data = survey()
    data.loc[1:, "a"] = np.nan  # one answer
    found = one(cx.csi_tree(data, TREE, weight="w", **OPEN), item="all", term="index")
    assert np.isnan(found["se"])
    assert found["n_eff"] == pytest.approx(1)


# --- missing answers -----------------------------------------------------------------------------------------


def test_a_leaf_nobody_answered_gives_its_weight_to_its_siblings_and_says_so():
    data = survey().assign(a=np.nan)
    result = cx.csi_tree(data, TREE)
    b, c = (hundred(data[k]).mean() for k in "bc")
    assert (value(result, "p"), value(result)) == pytest.approx((b, 0.6 * b + 0.4 * c), abs=1e-10)
    assert value(result, "p", "coverage") == pytest.approx(0.5, abs=1e-12)
    assert value(result, "all", "coverage") == pytest.approx(0.6 * 0.5 + 0.4, abs=1e-12)
    notes = [numbers for code, numbers in result.notes if code == "renormalised"]
    assert notes == [{"item": "all", "coverage": pytest.approx(0.7)}, {"item": "p", "coverage": pytest.approx(0.5)}]
    assert one(result, item="a", term="index")["base"] == "hidden"
    assert result.rows(item="q", term="coverage").empty


def test_a_leaf_a_group_did_not_answer_is_renormalised_there_alone():
    data = survey()
    data.loc[data["g"] == "y", "a"] = np.nan
    result = cx.csi_tree(data, TREE, by="g")
    y = data[data["g"] == "y"]
    b, c = (hundred(y[k]).mean() for k in "bc")
    assert value(result, group="y") == pytest.approx(0.6 * b + 0.4 * c, abs=1e-10)
    assert value(result, "p", "coverage", group="y") == pytest.approx(0.5, abs=1e-12)
    assert value(result, "all", "coverage", group="y") == pytest.approx(0.7, abs=1e-12)
    assert result.rows(term="coverage")["group"].unique().tolist() == ["y"]
    assert "renormalised" not in codes(result)


@pytest.mark.parametrize(
    ("more", "text"),
    [({}, 'Nobody answered "a", so "all" has no full value; add answers, take the leaf out, or set missing to'),
     ({"by": "g"}, 'Nobody in "y" answered "a", so "all" has no full value'),
     ({"wave": "t"}, 'Nobody in "1" answered "a", so "all" has no full value')],
)  # fmt: skip
def test_a_leaf_nobody_answered_is_an_error_that_names_item_node_and_cell(more, text):
    data = survey(waves=2)
    empty = {"by": data["g"] == "y", "wave": data["t"] == "1"}.get(next(iter(more), ""), data["a"] > 0)
    data = data.assign(a=data["a"].where(~empty))
    with pytest.raises(cx.DataError, match=text):
        cx.csi_tree(data, TREE, missing="error", **more)
    assert len(cx.csi_tree(data, TREE, missing="renormalise", **more).tidy)


def test_missing_answers_are_counted_and_means_take_those_who_answered():
    data = survey()
    data.loc[:19, "a"] = np.nan
    data.loc[10:39, "c"] = np.nan
    result = cx.csi_tree(data, TREE)
    assert one(result, item="a", term="index")["missing"] == 20
    assert one(result, item="all", term="index")["n"] == 60
    means = hundred(data[list("abc")]).mean().to_numpy()
    assert value(result) == pytest.approx(means @ [0.3, 0.3, 0.4], abs=1e-10)
    assert result.rows(term="coverage").empty


# --- weights -------------------------------------------------------------------------------------------------

STATED = root(*(leaf(k, importance=f"imp_{k}") for k in "abc"))


@pytest.mark.parametrize("weight", ["", "w"])
def test_stated_weights_are_mean_importances_as_shares(weight):
    data = survey()
    result = cx.csi_tree(data, STATED, scale=scales(), weights="stated", weight=weight)
    w = data[weight] if weight else np.ones(90)
    means = np.average(data[["imp_a", "imp_b", "imp_c"]], axis=0, weights=w)
    values = np.average(hundred(data[list("abc")]), axis=0, weights=w)
    assert [value(result, k, "weight") for k in "abc"] == pytest.approx(means / means.sum(), abs=1e-10)
    assert value(result) == pytest.approx(means @ values / means.sum(), abs=1e-10)


def test_intervals_with_stated_weights_are_those_of_a_big_bootstrap():
    data = survey(60, seed=5)
    # a is far above the others, and who is content with it finds it important: the errors go together
    data = data.assign(b=1 + data["b"] // 3, c=1 + data["c"] // 3, imp_a=np.where(data["a"] > 3, 9, 2))
    result = cx.csi_tree(data, STATED, scale=scales(), weights="stated")
    plain = cx.csi_tree(data, root(*(leaf(k, value(result, k, "weight")) for k in "abc")), normalise=True)
    rng = np.random.default_rng(2)
    drawn = data[[*"abc", "imp_a", "imp_b", "imp_c"]].to_numpy()[rng.integers(60, size=(8000, 60))].mean(axis=1)
    shares = drawn[:, 3:] / drawn[:, 3:].sum(axis=1, keepdims=True)
    roots = (hundred(drawn[:, :3]) * shares).sum(axis=1)
    found = one(result, item="all", term="index")
    assert found["se"] == pytest.approx(roots.std() * np.sqrt(60 / 59), rel=0.04)
    assert found["se"] > 1.1 * one(plain, item="all", term="index")["se"]
    for k, name in enumerate("abc"):
        weight = one(result, item=name, term="weight")
        assert weight["se"] == pytest.approx(shares[:, k].std() * np.sqrt(60 / 59), rel=0.04)
        assert ends(weight) == pytest.approx(on_the_logit(weight["estimate"], weight["se"], 59, 0, 1), abs=1e-9)


def test_expert_weights_stand_below_stated_ones():
    data = survey()
    tree = root(part("p", None, leaf("a", 0.2), leaf("b", 0.8), importance="imp_a"), leaf("c", importance="imp_c"))
    del tree["children"][0]["weight"]
    result = cx.csi_tree(data, tree, scale=scales(), weights="stated")
    i, k = data["imp_a"].mean(), data["imp_c"].mean()
    assert value(result, "b", "weight") == 0.8
    assert value(result, "b", "total_weight") == pytest.approx(0.8 * i / (i + k), abs=1e-12)


def test_parts_that_are_equally_important_weigh_the_same_with_or_without_case_weights():
    data = survey().assign(imp_a=7, imp_b=7, imp_c=7)
    result = cx.csi_tree(data, STATED, scale=scales(), weights="stated", weight="w")
    equal = cx.csi_tree(data, STATED, weights="equal", weight="w")
    assert [value(result, k, "weight") for k in "abc"] == pytest.approx([1 / 3] * 3, abs=1e-12)
    assert one(result, item="all", term="index")["se"] == pytest.approx(
        one(equal, item="all", term="index")["se"], abs=1e-10
    )


def test_derived_weights_widen_the_interval_by_what_they_vary():
    """Two leaves: LMG of the first is (r1^2 + R^2 - r2^2)/2, so 4,000 own resamples are one expression."""
    data = survey(80, "ab", seed=3)
    result = cx.csi_tree(data, root(leaf("a"), leaf("b")), scale=scales("ab"), weights="derived", outcome="y")

    def index(x):  # (..., respondents, a b y)
        z = x - x.mean(axis=-2, keepdims=True)
        S = np.swapaxes(z, -1, -2) @ z
        sd = np.sqrt(np.diagonal(S, axis1=-2, axis2=-1))
        r1, r2, r12 = (S[..., i, j] / (sd[..., i] * sd[..., j]) for i, j in ((0, 2), (1, 2), (0, 1)))
        R2 = (r1**2 + r2**2 - 2 * r1 * r2 * r12) / (1 - r12**2)
        share = (r1**2 + R2 - r2**2) / 2 / R2
        m = hundred(x.mean(axis=-2))
        return share, share * m[..., 0] + (1 - share) * m[..., 1]

    x = data[["a", "b", "y"]].to_numpy()
    share, root_value = index(x)
    assert value(result, "a", "weight") == pytest.approx(share, abs=1e-10)
    assert value(result) == pytest.approx(root_value, abs=1e-10)
    shares, roots = index(x[np.random.default_rng(4).integers(80, size=(4000, 80))])
    assert one(result, item="all", term="index")["se"] == pytest.approx(roots.std(), rel=0.07)
    assert ends(one(result, item="a", term="weight")) == pytest.approx(np.quantile(shares, [0.025, 0.975]), abs=0.03)
    fixed = cx.csi_tree(data, root(leaf("a", float(share)), leaf("b", float(1 - share))))
    assert one(result, item="all", term="index")["se"] >= one(fixed, item="all", term="index")["se"]
    for name in "ab":  # a leaf has no weights in it
        rows = [one(r, item=name, term="index")[["estimate", "se", "low", "high"]].tolist() for r in (result, fixed)]
        assert rows[0] == pytest.approx(rows[1], abs=1e-12)


def test_derived_weights_weigh_respondents():
    """LMG of two leaves is (r1^2 + R^2 - r2^2)/2, from weighted correlations."""
    data = survey(80, "ab", seed=3)
    result = cx.csi_tree(
        data, root(leaf("a"), leaf("b")), scale=scales("ab"), weights="derived", outcome="y", weight="w"
    )
    z = data[["a", "b", "y"]] - np.average(data[["a", "b", "y"]], axis=0, weights=data["w"])
    S = (z.mul(data["w"], axis=0).T @ z).to_numpy()
    r1, r2, r12 = (S[i, j] / np.sqrt(S[i, i] * S[j, j]) for i, j in ((0, 2), (1, 2), (0, 1)))
    R2 = (r1**2 + r2**2 - 2 * r1 * r2 * r12) / (1 - r12**2)
    assert value(result, "a", "weight") == pytest.approx((r1**2 + R2 - r2**2) / 2 / R2, abs=1e-10)


def test_a_part_is_low_or_high_by_each_respondents_own_level_of_it():
    data = survey(200)
    result = cx.csi_tree(data, TREE, scale=scales(), outcome="y")
    own = hundred(data[["a", "b"]]).mean(axis=1)
    assert one(result, item="p", term="penalty")["n"] == (own < 100 / 3).sum()
    assert one(result, item="p", term="reward")["n"] == (own > 200 / 3).sum()
    assert value(result, "p", "correlation") == pytest.approx(np.corrcoef(own, data["y"])[0, 1], abs=1e-10)


def test_resamples_in_which_a_leaf_does_not_vary_are_left_out_of_derived_intervals():
    data = survey(60, "ab").assign(b=3)
    data.loc[[0, 1], "b"] = [1, 5]  # in 1 of 7 resamples neither is drawn
    result = cx.csi_tree(data, root(leaf("a"), leaf("b")), scale=scales("ab"), weights="derived", outcome="y")
    weights = result.rows(term="weight")
    assert (weights["low"] < weights["high"]).all()
    assert dict(result.notes)["resamples_failed"]["n"] > 50


# --- the satisfaction data -----------------------------------------------------------------------------------

REAL = root(*({"name": name, "children": [leaf(k) for k in items]} for name, items in ITEMS.items()))


@pytest.fixture(scope="module")
def satisfaction(shared_data):
    return pd.read_csv(shared_data / "satisfaction.csv")


@pytest.fixture(scope="module")
def derived(satisfaction):
    return cx.csi_tree(satisfaction, REAL, scale=[0, 10], weights="derived", outcome="sat1")


def all_orders(x, y):
    """LMG from its definition: the average gain in R2 over all orders of entry, by least squares."""
    known = {}

    def r2(inside):
        if inside not in known:
            X = np.column_stack([np.ones(len(y)), x[:, sorted(inside)]])
            rest = y - X @ np.linalg.lstsq(X, y, rcond=None)[0]
            known[inside] = 1 - rest @ rest / ((y - y.mean()) ** 2).sum()
        return known[inside]

    orders = list(permutations(range(x.shape[1])))
    gains = np.zeros(x.shape[1])
    for order in orders:
        for k, driver in enumerate(order):
            gains[driver] += r2(frozenset(order[: k + 1])) - r2(frozenset(order[:k]))
    return gains / len(orders)


def test_derived_weights_and_drivers_of_real_data_are_those_of_all_orders(satisfaction, derived):
    assert not satisfaction[[*EVERY, "sat1"]].isna().any(axis=None)
    y = 10 * satisfaction["sat1"].to_numpy(float)
    levels = {}
    for name, items in ITEMS.items():
        x = 10 * satisfaction[items].to_numpy(float)
        share = all_orders(x, y)
        share /= share.sum()
        assert [value(derived, k, "weight") for k in items] == pytest.approx(share, abs=1e-8)
        levels[name] = x @ share
        assert value(derived, name) == pytest.approx(levels[name].mean(), abs=1e-8)
    lmg = all_orders(np.column_stack(list(levels.values())), y)
    importance = derived.rows(term="importance").set_index("item")["estimate"][list(ITEMS)].to_numpy()
    weights = derived.rows(term="weight").set_index("item")["estimate"][list(ITEMS)].to_numpy()
    assert importance * derived.facts["r2"] == pytest.approx(lmg, abs=1e-8)
    assert weights == pytest.approx(lmg / lmg.sum(), abs=1e-8)
    assert value(derived) == pytest.approx(sum(weights * [v.mean() for v in levels.values()]), abs=1e-8)
    assert derived.facts["drivers_n"] == 250


def test_real_data_have_every_part_of_a_report(derived):
    terms = ["importance", "johnson", "beta", "correlation", "vif", "index", "weight", "total_weight", *QUADRANTS]
    for term in terms:
        assert set(ITEMS) <= set(derived.rows(term=term)["item"]), term
    assert set(derived.rows(term="priority")["item"]) == set(EVERY)
    assert derived.rows(term="total_weight")["estimate"].iloc[0] > 0
    index = derived.rows(term="index")
    assert len(index) == 1 + 4 + 19
    assert ((index["low"] < index["estimate"]) & (index["estimate"] < index["high"])).all()


def test_a_whole_report_of_real_data_shows_what_the_method_finds(shared_data, derived, make, tmp_path):
    calls = {"data_path": str(shared_data / "satisfaction.csv"), "tree": REAL, "scale": [0, 10], "weights": "derived",
             "outcome": "sat1"}  # fmt: skip
    target = make(Job("bank", "csi_tree", calls), tmp_path)
    found = cx.Result.from_json((target / "result.json").read_text(encoding="utf-8"))
    plain = {"index", "weight", "total_weight", "priority", "importance", "penalty"}
    both = [r.tidy[r.tidy["term"].isin(plain)][["item", "term", "estimate"]] for r in (found, derived)]
    pd.testing.assert_frame_equal(*both, check_exact=False, rtol=1e-9)
    page = (target / "report.html").read_text(encoding="utf-8")
    assert all(name in page for name in ITEMS)
    assert len(list((target / "figures").iterdir())) >= 3


def test_weights_sum_to_one_among_siblings_and_over_the_leaves(derived):
    for items in (ITEMS, *ITEMS.values()):
        assert sum(value(derived, k, "weight") for k in items) == pytest.approx(1, abs=1e-10)
    leaves = derived.rows(term="total_weight").set_index("item")["estimate"][EVERY]
    assert leaves.sum() == pytest.approx(1, abs=1e-10)
    weights = derived.rows(term="weight")
    assert ((weights["low"] <= weights["estimate"]) & (weights["estimate"] <= weights["high"])).all()
    assert weights["low"].min() >= 0


def test_quadrant_probabilities_of_a_part_sum_to_one(derived):
    rows = derived.tidy[derived.tidy["term"].isin(QUADRANTS)]
    assert rows.groupby("item")["estimate"].sum().to_dict() == pytest.approx(dict.fromkeys(ITEMS, 1), abs=1e-12)


def test_quadrants_say_where_a_part_lies_when_there_is_no_doubt():
    # weights .4 .4 .1 .1 around .25; levels near 25 and 75
    rng = np.random.default_rng(1)
    bad, good = (rng.choice(points, (2, 200)) for points in ([1, 2, 3], [3, 4, 5]))
    data = pd.DataFrame({"a": bad[0], "b": good[0], "c": bad[1], "d": good[1]})
    result = cx.csi_tree(data, root(leaf("a", 0.4), leaf("b", 0.4), leaf("c", 0.1), leaf("d", 0.1)))
    expected = {"a": "concentrate_here", "b": "keep_up", "c": "low_priority", "d": "possible_overkill"}
    for item, term in expected.items():
        assert value(result, item, term) == 1


def test_quadrants_doubt_stated_weights_as_far_as_respondents_differ():
    # importance 9 or 3, and 8 or 4 the other way round: means equal, so either is the more important half of the time
    data = survey(100, "ab").assign(imp_a=[9, 3] * 50, imp_b=[4, 8] * 50)
    tree = root(leaf("a", importance="imp_a"), leaf("b", importance="imp_b"))
    result = cx.csi_tree(data, tree, scale=scales("ab"), weights="stated")
    heavy = value(result, "a", "concentrate_here") + value(result, "a", "keep_up")
    assert heavy == pytest.approx(0.5, abs=0.08)


# --- operational leaves ---------------------------------------------------------------------------------------


def books(name, operation, weight, **more):
    return {"name": name, "operation": operation, "table": name, "weight": weight, **more}


SALES = root(leaf("a", 0.5), books("sales", "sales_dynamics", 0.5))


def test_price_level_of_the_dairy_sample_is_97_6_percent_of_the_ideal_price():
    tree, tables = (cx.section(name, "sample:dairy") for name in ("tree", "tables"))
    order = ["2026-mart", "2026-iyun"]
    result = cx.csi_tree(
        cx.sample("dairy"),
        tree,
        tables=tables,
        wave="wave",
        waves=order,
        by="segment",
        weight="weight",
        respondent="id",
    )
    found = one(result, item="price_level", term="index")
    assert found["estimate"] == pytest.approx(100 * 8003 / 8200, abs=1e-10)
    assert round(found["estimate"], 3) == 97.598
    assert np.isnan(found[["n", "se", "low", "high"]].astype(float)).all()
    # by hand from the tables of the sample: 48200 shipped and 1540 back; 1152000 sold and 70500 short; 4890 of 5120
    assert value(result, "defect_level") == pytest.approx(100 * (1 - 1540 / 48200), abs=1e-10)
    assert value(result, "availability") == pytest.approx(100 * 1152000 / 1222500, abs=1e-10)
    assert value(result, "sales_dynamics") == pytest.approx(100 * 4890 / 5120, abs=1e-10)
    assert value(result, "customer_dynamics") == pytest.approx(100 * 198 / 212, abs=1e-10)
    weights = result.rows(term="total_weight").set_index("item")["estimate"]
    levels = result.rows(term="index", group="", wave="2026-iyun").set_index("item")["estimate"]
    leaves = result.rows(term="priority")["item"]
    assert (weights[leaves] * levels[leaves]).sum() == pytest.approx(levels["satisfaction"], abs=1e-9)
    assert "operations_fixed" in codes(result)
    change = result.tidy[result.tidy["term"].str.startswith("change_")]["estimate"].sum()
    roots = result.rows(item="satisfaction", term="index", group="")["estimate"].tolist()
    assert change == pytest.approx(roots[1] - roots[0], abs=1e-10)


def test_an_operational_level_adds_its_variance_to_that_of_respondents():
    # 10 of 200 came back: level 95 with the exact interval of Clopper & Pearson 1934, half its width / 1.96 as error
    tree = root(leaf("a", 0.5), books("defects", "defect_level", 0.5))
    data = survey()
    result = cx.csi_tree(data, tree, tables={"defects": [{"shipped": 200, "returned": 10}]})
    low, high = 100 * stats.beta.ppf(0.025, 190, 11), 100 * stats.beta.ppf(0.975, 191, 10)
    assert ends(one(result, item="defects", term="index")) == pytest.approx((low, high), abs=1e-6)
    error = (high - low) / (2 * stats.norm.ppf(0.975))
    found = one(result, item="all", term="index")
    grades = hundred(data["a"])
    assert found["estimate"] == pytest.approx((grades.mean() + 95) / 2, abs=1e-10)
    assert found["se"] ** 2 == pytest.approx(0.25 * grades.sem() ** 2 + 0.25 * error**2, rel=1e-6)
    assert (found["n"], one(result, item="defects", term="index")["n"]) == (90, pytest.approx(np.nan, nan_ok=True))


def test_a_low_operational_level_leaves_the_interval_of_the_root_whole():
    """Graded by the maximum, answers of 1-5 begin at 20, but a level of 1 in 100 does not."""
    data = pd.DataFrame({"a": [1] * 57 + [2] * 3})
    result = cx.csi_tree(data, SALES, tables={"sales": [{"previous": 100, "current": 1}]}, grades="maximum")
    found = one(result, item="all", term="index")
    assert found["estimate"] == pytest.approx((21 + 1) / 2, abs=1e-10)
    assert ends(found) == pytest.approx(on_the_logit(11, found["se"], 59, 0, 100), abs=1e-9)


def test_groups_and_earlier_waves_have_the_root_and_its_surveyed_parts_only():
    tree = root(part("p", 0.5, leaf("a", 0.5), leaf("b", 0.5)), part("o", 0.2, books("sales", "sales_dynamics", 1)),
                part("m", 0.3, leaf("c", 0.5), books("sales2", "sales_dynamics", 0.5)))  # fmt: skip
    rows = [{"previous": 100, "current": 90}]
    result = cx.csi_tree(
        survey(180, waves=2),
        tree,
        tables={"sales": rows, "sales2": rows},
        by="g",
        wave="t",
        outcome="y",
        scale=scales(),
    )
    cells = result.tidy[(result.tidy["group"] != "") | (result.tidy["wave"] == "1")]
    assert set(cells["item"]) == {"all", "p", "m"}
    assert set(cells["term"]) == {"index", "index_vs_rest"}
    now = result.rows(group="", wave="2", term="index")
    assert set(now["item"]) == {"all", "p", "a", "b", "o", "sales", "m", "c", "sales2"}
    assert set(result.rows(term="importance")["item"]) == {"p", "m"}
    assert set(result.rows(term="keep_up")["item"]) == {"p", "m"}


@pytest.mark.parametrize("why", ["nobody answered", "not in the current wave"])
def test_a_group_for_which_only_the_books_speak_has_no_value_and_no_test(why):
    tree = root(part("p", 0.5, leaf("a", 0.5), books("sales", "sales_dynamics", 0.5)), leaf("b", 0.5))
    data = survey(180, waves=2)
    more = {"tables": {"sales": [{"previous": 100, "current": 90}]}, "by": "g"}
    if why == "nobody answered":
        data["a"] = data["a"].where(data["g"] != "x")
    else:
        data["g"] = data["g"].where((data["t"] == "1") | (data["g"] != "x"), "y")
        more["wave"] = "t"
    result = cx.csi_tree(data, tree, **more)
    found = one(result, item="p", term="index", group="x")
    assert (found["n"], found["base"]) == (0, "hidden")
    assert np.isnan(found["estimate"])
    assert result.rows(item="p", term="index_vs_rest", group="x").empty
    shown = result.tidy[(result.tidy["group"] != "") & (result.tidy["base"] != "hidden")]
    assert shown["n"].min() >= 10


def test_with_the_books_alone_a_part_of_everybody_shows_them_and_its_coverage():
    tree = root(part("p", 0.5, leaf("a", 0.5), books("sales", "sales_dynamics", 0.5)), leaf("b", 0.5))
    result = cx.csi_tree(survey().assign(a=np.nan), tree, tables={"sales": [{"previous": 100, "current": 90}]})
    assert value(result, "p") == pytest.approx(90, abs=1e-12)
    assert value(result, "p", "coverage") == 0.5


def test_the_books_do_not_enter_the_error_of_a_difference():
    """Both sides have the same operational levels, so only the respondents differ."""
    data = survey(groups="xy")
    tree = root(leaf("a", 0.5), books("defects", "defect_level", 0.5))
    result = cx.csi_tree(data, tree, tables={"defects": [{"shipped": 40, "returned": 10}]}, by="g")
    found = one(result, item="all", term="index_vs_rest", group="x")
    x, y = (hundred(data.loc[data["g"] == k, "a"]) / 2 for k in "xy")
    expected = stats.ttest_ind(x, y, equal_var=False)
    assert found["estimate"] == pytest.approx(x.mean() - y.mean(), abs=1e-10)
    assert found["p"] == pytest.approx(expected.pvalue, abs=1e-10)


# --- priority ------------------------------------------------------------------------------------------------


def test_priority_is_total_weight_times_gap_with_the_interval_turned_round():
    data = survey()
    result = cx.csi_tree(data, TREE, target=90)
    for item, total in (("a", 0.3), ("b", 0.3), ("c", 0.4)):
        grades = hundred(data[item])
        low, high = on_the_logit(grades.mean(), grades.sem(), 89, 0, 100)
        found = one(result, item=item, term="priority")
        assert found["estimate"] == pytest.approx(total * (90 - grades.mean()), abs=1e-10)
        assert ends(found) == pytest.approx((total * (90 - high), total * (90 - low)), abs=1e-9)
        assert found["se"] == pytest.approx(total * grades.sem(), abs=1e-10)
    assert set(result.rows(term="priority")["item"]) == {"a", "b", "c"}
    assert result.rows(term="priority")["estimate"].sum() == pytest.approx(90 - value(result), abs=1e-10)


def test_priority_is_0_above_the_target_and_its_interval_reaches_below():
    data = survey()
    mean, sem = hundred(data["a"]).mean(), hundred(data["a"]).sem()
    found = one(cx.csi_tree(data, TWO, target=float(mean - 0.5 * sem)), item="a", term="priority")
    assert (found["estimate"], found["low"]) == (0, 0)
    low, _ = on_the_logit(mean, sem, 89, 0, 100)
    assert found["high"] == pytest.approx(0.7 * (mean - 0.5 * sem - low), abs=1e-9)
    assert cx.csi_tree(data, TWO, target=0).rows(term="priority")[["estimate", "low", "high"]].eq(0).all(axis=None)


def test_priority_of_an_operational_leaf_has_the_interval_of_its_level():
    tree = root(leaf("a", 0.6), books("defects", "defect_level", 0.4))
    result = cx.csi_tree(survey(), tree, tables={"defects": [{"shipped": 200, "returned": 30}]})
    level, found = (one(result, item="defects", term=term) for term in ("index", "priority"))
    assert found["estimate"] == pytest.approx(0.4 * (95 - 85), abs=1e-10)
    assert ends(found) == pytest.approx((0.4 * (95 - level["high"]), 0.4 * (95 - level["low"])), abs=1e-10)


# --- comparisons and changes ---------------------------------------------------------------------------------


def test_a_group_is_compared_with_the_rest_and_never_with_the_total():
    data = survey()
    result = cx.csi_tree(data, TREE, by="g")
    own = hundred(data[list("abc")]).to_numpy() @ [0.3, 0.3, 0.4]
    p = []
    for group in "xyz":
        found = one(result, item="all", term="index_vs_rest", group=group)
        mine, rest = own[data["g"] == group], own[data["g"] != group]
        expected = stats.ttest_ind(mine, rest, equal_var=False)
        assert (found["n"], found["n_other"]) == (30, 60)
        assert found["estimate"] == pytest.approx(mine.mean() - rest.mean(), abs=1e-10)
        assert found["p"] == pytest.approx(expected.pvalue, abs=1e-10)
        assert ends(found) == pytest.approx(tuple(expected.confidence_interval(1 - 0.05 / 3)), abs=1e-9)
        p.append(expected.pvalue)
    found = result.rows(item="all", term="index_vs_rest")["p_adjusted"]
    assert found.tolist() == pytest.approx(np.minimum(1, 3 * np.array(p)).tolist(), abs=1e-10)
    assert result.facts["tests"] == 9


def panel(n=40, seed=7):
    rng = np.random.default_rng(seed)
    before = rng.integers(2, 5, n)
    waves = [before, before + rng.integers(-1, 2, n)]
    frames = [pd.DataFrame({"id": range(n), "t": str(k + 1), "a": np.array(v, float)}) for k, v in enumerate(waves)]
    return pd.concat([frames[0], frames[1].iloc[::-1]], ignore_index=True)


def test_two_waves_of_the_same_respondents_are_the_paired_t_test():
    data = panel()
    found = one(cx.csi_tree(data, leaf("a"), wave="t", respondent="id"), term="index_vs_previous")
    before, after = (data[data["t"] == k].sort_values("id")["a"].to_numpy() for k in "12")
    expected = stats.ttest_rel(after, before)
    assert found["estimate"] == pytest.approx(25 * (after - before).mean(), abs=1e-10)
    assert found["p"] == pytest.approx(expected.pvalue, abs=1e-10)
    interval = expected.confidence_interval()
    assert ends(found) == pytest.approx((25 * interval.low, 25 * interval.high), abs=1e-9)


def test_a_tree_in_which_all_moved_alike_is_noted_as_not_tested():
    data = panel()
    still = data[data["t"] == "1"]
    moved = pd.concat([still, still.assign(t="2", a=still["a"] + 1)])
    result = cx.csi_tree(moved, leaf("a"), wave="t", respondent="id")
    found = one(result, term="index_vs_previous")
    assert found["estimate"] == pytest.approx(25, abs=1e-10)
    assert np.isnan(found["p"])
    assert codes(result)["untested"] == {"n": 1}
    assert "untested" not in codes(cx.csi_tree(data, leaf("a"), wave="t", respondent="id"))


def test_two_waves_without_ids_are_the_welch_test():
    data = panel()
    found = one(cx.csi_tree(data, leaf("a"), wave="t"), term="index_vs_previous")
    expected = stats.ttest_ind(data.loc[data["t"] == "2", "a"], data.loc[data["t"] == "1", "a"], equal_var=False)
    assert found["p"] == pytest.approx(expected.pvalue, abs=1e-10)


def changes(result):
    roots = result.rows(item=result.settings["tree"]["name"], term="index", group="")
    now, before = (roots[roots["wave"] == result.facts[k]]["estimate"].item() for k in ("wave", "previous_wave"))
    parts = result.tidy[result.tidy["term"].isin(["change_scores", "change_weights"])]
    return now - before, parts


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("how", ["expert", "stated", "derived"])
def test_the_split_of_the_roots_change_leaves_nothing(how, seed):
    data = survey(120, seed=seed, waves=2)
    tree = {"expert": TREE, "stated": STATED, "derived": TREE}[how]
    more = {"derived": {"outcome": "y"}}.get(how, {})
    result = cx.csi_tree(data, tree, scale=scales(), weights=how, wave="t", weight="w", **more)
    gap, parts = changes(result)
    assert parts["estimate"].sum() == pytest.approx(gap, abs=1e-10)
    assert (set(parts["term"]) == {"change_scores", "change_weights"}) == (how == "stated")


def test_the_split_by_hand():
    # wave 1: a 25, b 75, importance 2 and 2; wave 2: a 50, b 75, importance 6 and 2. Weights .5 .5 then .75 .25,
    # root 50 then 56.25. Scores: a (.5 + .75)/2 * 25 = 15.625; weights: a 37.5 * .25 = 9.375, b 75 * -.25 = -18.75
    data = pd.DataFrame({"a": [2, 2, 3, 3], "b": [4] * 4, "imp_a": [2, 2, 6, 6], "imp_b": [2] * 4, "t": list("1122")})
    tree = root(leaf("a", importance="imp_a"), leaf("b", importance="imp_b"))
    result = cx.csi_tree(data, tree, scale=scales("ab"), weights="stated", wave="t", **OPEN)
    assert value(result, wave="2") == pytest.approx(56.25, abs=1e-10)
    expected = {("a", "change_scores"): 15.625, ("b", "change_scores"): 0, ("a", "change_weights"): 9.375,
                ("b", "change_weights"): -18.75}  # fmt: skip
    for (item, term), part_of in expected.items():
        assert value(result, item, term) == pytest.approx(part_of, abs=1e-10)


@pytest.mark.parametrize("wave", ["1", "2"])
def test_the_split_leaves_nothing_when_a_part_was_measured_in_one_wave_only(wave):
    data = survey(120, waves=2)
    result = cx.csi_tree(data.assign(a=data["a"].where(data["t"] != wave)), TWO, wave="t")
    gap, parts = changes(result)
    assert parts["estimate"].sum() == pytest.approx(gap, abs=1e-10)


def test_a_wave_has_its_own_stated_weights():
    data = survey(120, waves=2)
    result = cx.csi_tree(data, STATED, scale=scales(), weights="stated", wave="t")
    for wave, rows in data.groupby("t"):
        importance, level = rows[["imp_a", "imp_b", "imp_c"]].mean().to_numpy(), hundred(rows[list("abc")]).mean()
        assert value(result, wave=wave) == pytest.approx(importance @ level.to_numpy() / importance.sum(), abs=1e-10)
    change = one(result, item="all", term="index_vs_previous")["estimate"]
    assert change == pytest.approx(value(result, wave="2") - value(result, wave="1"), abs=1e-10)


def test_groups_share_the_weights_of_everybody():
    data = survey()
    result = cx.csi_tree(data, STATED, scale=scales(), weights="stated", by="g")
    weights = [value(result, k, "weight") for k in "abc"]
    for group, rows in data.groupby("g"):
        assert value(result, group=group) == pytest.approx(hundred(rows[list("abc")]).mean() @ weights, abs=1e-10)


def test_a_small_group_is_hidden_in_value_and_comparison():
    data = survey(groups="xxxxxxxxxxxxxxxxxxxz")
    result = cx.csi_tree(data, TREE, by="g")
    assert len(data[data["g"] == "z"]) == 4
    hidden = result.rows(group="z")
    assert set(hidden["base"]) == {"hidden"}
    assert hidden[["estimate", "low", "high", "p"]].isna().all(axis=None)
    assert result.facts["tests"] == 0


# --- errors --------------------------------------------------------------------------------------------------

LONG = root(*(leaf(f"q{k}", 1 / 16) for k in range(16)))
IMPORTANT = {"scale": scales(), "weights": "stated"}
SETTINGS_ERRORS = {
    "weights word": ({"weights": "expret"}, 'There is no weights "expret"; did you mean "expert"'),
    "grades word": ({"grades": "top box"}, 'There is no grades "top box"; did you mean "top_box"'),
    "missing word": ({"missing": "ignore"}, 'There is no missing "ignore"; known are: renormalise, error'),
    "target high": ({"target": 101}, "Found target 101; give a level from 0 to 100, such as 95"),
    "target low": ({"target": -0.5}, r"Found target -0\.5; give a level from 0 to 100"),
    "target text": ({"target": "95"}, "Found target '95'; give a level from 0 to 100"),
    "target undefined": ({"target": float("nan")}, "Found target nan; give a level"),
    "no outcome": ({"weights": "derived"}, 'Derived weights need an outcome; name its column, such as outcome:'),
    "no importance": ({"weights": "stated"}, "Stated weights need an importance item in the tree; give one"),
    "no scale": ({"scale": {"a": FIVE}}, '"b" has no scale; declare it'),
    "no scale of outcome": ({"scale": dict.fromkeys("abc", FIVE), "outcome": "y"}, '"y" has no scale'),
    "scale without 0": ({"scale": [-5, 0], "grades": "maximum"}, 'scale of "a" begins below 0; set grades to'),
    "tables as list": ({"tables": [{"own": 1}]}, "Found tables .*; give each table a name"),
    "seed": ({"seed": -1}, "Found seed -1; give a whole number of 0 or more"),
    "unordered waves": ({"wave": "g"}, "have no known order; give waves"),
}  # fmt: skip


@pytest.mark.parametrize("kind", SETTINGS_ERRORS)
def test_a_setting_that_makes_no_sense_is_an_error_in_one_sentence(kind):
    changed, text = SETTINGS_ERRORS[kind]
    data = survey()
    if kind == "unordered waves":
        data["g"] = data["g"].map({"x": "march", "y": "june", "z": "may"})
    with pytest.raises(cx.SettingsError, match=text):
        cx.csi_tree(data, TREE, **changed)


TREE_ERRORS = {
    "sum": (root(leaf("a", 0.25), leaf("b", 0.65)), r'weights below "all" sum to 0\.9 '),
    "negative": (root(leaf("a", -1)), 'node "a" has the weight -1; give a number of 0 or more'),
    "no weight": (root(leaf("a")), 'node "a" has no weight'),
    "duplicate": (root(leaf("a", 0.5), leaf("a", 0.5)), 'two nodes named "a"'),
    "empty": (root({"name": "p"}), 'node "p" is empty'),
    "both": (root(leaf("a", children=[leaf("b")])), 'node "a" has children and item'),
    "text": ("price and quality", "tree is empty or no YAML mapping"),
    "kind": (42, "tree is empty or no YAML mapping"),
    "key": (root(leaf("a", weigth=1)), 'unknown key "weigth"; did you mean "weight"'),
    "books only": (root(books("sales", "sales_dynamics", 1)), "tree has no survey item; give at least"),
    "table": (root(leaf("a", 0.5), books("sale", "sales_dynamics", 0.5)), 'the table "sale"; did you mean "sales"'),
    "kind of level": (root(leaf("a", 0.5), books("sales", "price", 0.5)), 'no operational level "price"; did you'),
    "rows": (root(leaf("a", 0.5), books("sales", "sales_dynamics", 0.5, where={"klass": "A"})),
             'Table "sales" has no column "klass" to choose rows by'),
}  # fmt: skip


@pytest.mark.parametrize("kind", TREE_ERRORS)
def test_a_tree_that_makes_no_sense_is_an_error_in_one_sentence(kind):
    tree, text = TREE_ERRORS[kind]
    with pytest.raises(cx.SettingsError, match=text):
        cx.csi_tree(survey(), tree, tables={"sales": [{"previous": 10, "current": 9}]})


def test_a_tree_that_contains_itself_is_an_error_that_names_the_node():
    tree = root(leaf("a", 0.5))
    tree["children"].append(part("p", 0.5, leaf("b", 0.5), tree))
    with pytest.raises(cx.SettingsError, match='node "all" contains itself; a tree has no cycle'):
        cx.csi_tree(survey(), tree)


def test_an_operational_leaf_without_tables_is_an_error():
    with pytest.raises(cx.SettingsError, match='node "sales" takes the table "sales"; give it in tables'):
        cx.csi_tree(survey(), SALES)


BOOK_ERRORS = {
    "previous 0": ("sales_dynamics", {"previous": 0, "current": 5}, 'row 1, column "previous": found "0", expected'),
    "nothing shipped": ("defect_level", {"shipped": 0, "returned": 0}, 'row 1, column "shipped": found "0"'),
    "negative price": ("price_level", {"own": -5, "competitor": 9}, 'column "own": found "-5", expected a number'),
    "price 0": ("price_level", {"own": 0, "competitor": 9}, 'column "own": found "0", expected a price above 0'),
    "no column": ("price_level", {"own": 5}, 'has no column "competitor"; add it'),
}  # fmt: skip


@pytest.mark.parametrize("kind", BOOK_ERRORS)
def test_a_table_that_gives_no_level_is_an_error_that_names_row_and_column(kind):
    operation, row, text = BOOK_ERRORS[kind]
    with pytest.raises(cx.DataError, match=f'Table "books".*{text}'):
        cx.csi_tree(survey(), root(leaf("a", 0.5), books("books", operation, 0.5)), tables={"books": [row]})


@pytest.mark.parametrize("level", ["0.95", 95, 1.5])
def test_a_wrong_level_of_a_tree_with_operational_leaves_is_an_error_in_words(level):
    tree = root(leaf("a", 0.5), books("sales", "customer_dynamics", 0.5))
    with pytest.raises(cx.SettingsError, match="level"):
        cx.csi_tree(survey(), tree, tables={"sales": [{"previous": 100, "current": 90}]}, level=level)


def test_an_unknown_item_is_an_error_that_names_the_nearest():
    with pytest.raises(cx.DataError, match='no column "imp_d"; did you mean "imp_'):
        cx.csi_tree(survey(), root(leaf("imp_d", 1)))


def test_an_answer_off_its_scale_is_an_error_that_names_column_and_row():
    with pytest.raises(cx.DataError, match='"b", row 3: found 6, expected a whole number from 1 to 5'):
        cx.csi_tree(survey().assign(b=lambda d: d["b"].where(d.index != 3, 6)), TREE)


def test_siblings_of_which_some_have_no_importance_are_an_error():
    tree = root(leaf("a", 0.5, importance="imp_a"), leaf("b", 0.5))
    with pytest.raises(cx.SettingsError, match='node "b" has no importance item, but its siblings do; give it one'):
        cx.csi_tree(survey(), tree, **IMPORTANT)


def test_importance_nobody_stated_is_an_error():
    with pytest.raises(cx.DataError, match='Nobody says how important "b" is: "imp_b" has no answers'):
        cx.csi_tree(survey().assign(imp_b=np.nan), STATED, **IMPORTANT)


def test_importance_of_0_in_everything_is_an_error():
    zero = survey().assign(imp_a=0, imp_b=0, imp_c=0)
    with pytest.raises(cx.DataError, match='Everybody says that nothing below "all" is important'):
        cx.csi_tree(zero, STATED, scale={**scales(), **{f"imp_{k}": [0, 10] for k in "abc"}}, weights="stated")


def test_importance_of_0_in_one_part_takes_it_out():
    data = survey().assign(imp_a=0)
    result = cx.csi_tree(data, STATED, scale={**scales(), "imp_a": [0, 10]}, weights="stated")
    b, c = data["imp_b"].mean(), data["imp_c"].mean()
    expected = (b * hundred(data["b"]).mean() + c * hundred(data["c"]).mean()) / (b + c)
    assert value(result) == pytest.approx(expected, abs=1e-10)
    assert result.rows(term="coverage").empty


def test_an_importance_scale_below_0_is_an_error():
    with pytest.raises(cx.SettingsError, match='importance item "imp_a" has a scale below 0; declare it from 0 up'):
        cx.csi_tree(survey(), STATED, scale={**scales(), "imp_a": [-5, 5]}, weights="stated")


def test_derived_weights_with_an_operational_leaf_are_an_error():
    with pytest.raises(
        cx.SettingsError, match='need answers in every leaf, but "sales" is operational; use "expert"'
    ):
        cx.csi_tree(
            survey(), SALES, tables={"sales": [{"previous": 1, "current": 1}]}, weights="derived", outcome="y"
        )


@pytest.mark.parametrize(("n", "fits"), [(29, False), (30, True)])
def test_derived_weights_of_fewer_than_30_complete_respondents_are_an_error(n, fits):
    data = survey(40)
    data.loc[data.index[n:], "b"] = np.nan
    calls = {"scale": scales(), "weights": "derived", "outcome": "y"}
    if fits:
        assert cx.csi_tree(data, TWO, **calls).facts["drivers_n"] == 30
    else:
        with pytest.raises(
            cx.DataError, match="Found 29 respondents who answered the outcome and every leaf, expected 30"
        ):
            cx.csi_tree(data, TWO, **calls)


def test_sixteen_parts_are_too_many_drivers_with_weights_of_any_kind():
    rng = np.random.default_rng(1)
    data = pd.DataFrame({f"q{k}": rng.integers(1, 6, 300) for k in range(16)}).assign(y=rng.integers(0, 11, 300))
    scale = {**{f"q{k}": FIVE for k in range(16)}, "y": [0, 10]}
    for weights in ("expert", "derived"):
        with pytest.raises(cx.SettingsError, match="Found 16 drivers, expected 1 to 15; group them into a tree"):
            cx.csi_tree(data, LONG, scale=scale, weights=weights, outcome="y")
    assert len(cx.csi_tree(data, LONG, scale=scale).rows(term="index")) == 17


@pytest.mark.parametrize(
    ("weights", "text"),
    [("expert", r'exact combination of the others \("a", "b"\), expected none; leave one of them out'),
     ("derived", 'weights below "all" cannot be derived: .*one part is an exact combination of the others')],
)  # fmt: skip
def test_parts_that_repeat_each_other_are_an_error(weights, text):
    data = survey().assign(b=lambda d: d["a"])
    with pytest.raises(cx.DataError, match=text):
        cx.csi_tree(data, TWO, scale=scales(), weights=weights, outcome="y")


def test_an_outcome_that_does_not_vary_gives_no_weights():
    with pytest.raises(
        cx.DataError, match='weights below "all" cannot be derived: a part or the outcome does not vary'
    ):
        cx.csi_tree(survey().assign(y=8), TWO, scale=scales(), weights="derived", outcome="y")


@pytest.mark.parametrize("weights", ["expert", "equal", "stated", "derived"])
def test_no_arithmetic_warns_whatever_the_weights(weights, recwarn):
    data = survey(120, waves=2)
    data.loc[:9, "a"] = np.nan
    cx.csi_tree(data, root(leaf("a", 0.5, importance="imp_a"), leaf("b", 0.5, importance="imp_b")), scale=scales(),
                weights=weights, outcome="y", wave="t", weight="w")  # fmt: skip
    assert not [str(w.message) for w in recwarn if issubclass(w.category, RuntimeWarning)]
