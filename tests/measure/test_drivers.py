"""The table of drivers: its terms, shares, ranks and notes."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pandas as pd
import pytest

import cxkit as cx
from cxkit.measure.common import Common
from cxkit.measure.drivers import driver_rows, item_drivers
from cxkit.survey.cards import cards
from cxkit.survey.tally import answers

SETTINGS = Common()
SINGLE = ["importance", "johnson", "beta", "correlation", "vif"]


def survey(n=240, seed=1, slopes=(0.5, 0.3, 0.05)):
    """Levels 0-100 of k drivers and an outcome."""
    rng = np.random.default_rng(seed)
    mood = rng.normal(0, 0.8, (n, 1))
    x = 25 * (np.clip(np.rint(rng.normal(3, 1, (n, len(slopes))) + mood), 1, 5) - 1)
    y = np.clip(20 + x @ np.array(slopes) + rng.normal(0, 12, n), 0, 100)
    return x, y, rng.uniform(0.5, 2, n)


def table(x, y, w, names="abcdefghijklmnop", **changed):
    found = driver_rows(list(names)[: x.shape[1]], x, y, w, "2026", replace(SETTINGS, **changed))
    return pd.DataFrame(found.rows), found


@pytest.fixture(scope="module")
def rows():
    return table(*survey())[0]


def one(rows, term, item="a"):
    found = rows[(rows["term"] == term) & (rows["item"] == item)]
    assert len(found) == 1
    return found.iloc[0]


def r2(x, y, w, inside):
    X = np.column_stack([np.ones(len(y)), x[:, inside]]) * np.sqrt(w)[:, None]
    v = y * np.sqrt(w)
    rest = v - X @ np.linalg.lstsq(X, v, rcond=None)[0]
    return 1 - rest @ rest / (w @ (y - np.average(y, weights=w)) ** 2)


def test_importance_is_the_share_of_the_average_gain_over_all_orders(rows):
    x, y, w = survey()
    gains = np.zeros(3)
    for order in permutations(range(3)):
        for k, driver in enumerate(order):
            gains[driver] += (r2(x, y, w, list(order[: k + 1])) - r2(x, y, w, list(order[:k]))) / 6
    found = rows[rows["term"] == "importance"]["estimate"].to_numpy()
    assert found == pytest.approx(gains / gains.sum(), abs=1e-10)
    assert table(x, y, w)[1].facts == {"r2": pytest.approx(gains.sum(), abs=1e-10), "drivers_n": 240}


def test_slopes_and_correlations_are_those_of_numpy(rows):
    x, y, w = survey()
    share = w / w.sum()
    z = np.column_stack([x, y]) - share @ np.column_stack([x, y])
    z /= np.sqrt(share @ z**2)
    slopes = np.linalg.lstsq(z[:, :3] * np.sqrt(w)[:, None], z[:, 3] * np.sqrt(w), rcond=None)[0]
    assert rows[rows["term"] == "beta"]["estimate"].to_numpy() == pytest.approx(slopes, abs=1e-10)
    assert rows[rows["term"] == "correlation"]["estimate"].to_numpy() == pytest.approx((share * z[:, 3]) @ z[:, :3])
    for k, name in enumerate("abc"):
        others = [j for j in range(3) if j != k]
        inflation = 1 / (1 - r2(x[:, others], x[:, k], w, [0, 1]))
        assert one(rows, "vif", name)["estimate"] == pytest.approx(inflation, abs=1e-9)


@pytest.mark.parametrize("term", ["importance", "johnson"])
def test_shares_sum_to_one_over_drivers(rows, term):
    found = rows[rows["term"] == term]["estimate"]
    assert found.sum() == pytest.approx(1, abs=1e-12)
    assert found.between(0, 1).all()


def test_ranks_sum_to_one_over_places_and_over_drivers(rows):
    ranks = rows[rows["term"] == "rank"].pivot_table(index="item", columns="score", values="estimate")
    assert ranks.columns.tolist() == [1, 2, 3]
    assert ranks.sum(axis=0).to_numpy() == pytest.approx(1, abs=1e-12)
    assert ranks.sum(axis=1).to_numpy() == pytest.approx(1, abs=1e-12)
    assert ranks.loc["a", 1] > 0.9
    assert ranks.loc["c", 3] > 0.9


def test_intervals_of_shares_hold_their_estimates(rows):
    found = rows[rows["term"] == "importance"]
    assert (found["low"] < found["estimate"]).all()
    assert (found["estimate"] < found["high"]).all()
    assert found[["low", "high"]].stack().between(0, 1).all()


def test_shares_of_resamples_sum_to_one():
    _, found = table(*survey())
    assert found.draws.shape == (1000, 3)
    assert found.draws.sum(axis=1) == pytest.approx(1, abs=1e-12)
    low, high = np.quantile(found.draws[:, 0], [0.025, 0.975])
    row = one(pd.DataFrame(found.rows), "importance")
    assert (row["low"], row["high"]) == pytest.approx((low, high), abs=1e-12)


def test_every_driver_has_every_term_with_its_base(rows):
    n = rows["n"][rows["term"].isin([*SINGLE, "rank"])]
    assert (n == 240).all()
    for name in "abc":
        assert rows[rows["item"] == name]["term"].tolist() == [
            *SINGLE, "rank", "rank", "rank", "penalty", "reward", "asymmetry"
        ]  # fmt: skip
    assert (rows["wave"] == "2026").all()
    x, _, w = survey()
    assert one(rows, "penalty")["n"] == (x[:, 0] <= 25).sum()
    assert one(rows, "reward")["n"] == (x[:, 0] >= 75).sum()
    assert one(rows, "asymmetry")["n"] == min((x[:, 0] <= 25).sum(), (x[:, 0] >= 75).sum())
    assert one(rows, "importance")["n_eff"] == pytest.approx(w.sum() ** 2 / (w**2).sum())


def test_only_complete_respondents_count():
    x, y, w = survey()
    holes, gaps = x.copy(), y.copy()
    holes[:7, 1] = np.nan
    gaps[7:10] = np.nan
    some, found = table(holes, gaps, w)
    rest, _ = table(x[10:], y[10:], w[10:])
    pd.testing.assert_frame_equal(some, rest, check_exact=False, rtol=1e-10)
    assert dict(found.notes)["drivers_complete"] == {"n": 230, "of": 240}


def test_a_driver_against_the_outcome_is_noted_and_kept():
    x, y, w = survey(slopes=(0.7, -0.4, 0.2))
    rows, found = table(x, y, w)
    assert [numbers for code, numbers in found.notes if code == "negative_driver"] == [{"item": "b"}]
    assert one(rows, "beta", "b")["estimate"] < 0
    assert one(rows, "importance", "b")["estimate"] > 0


def test_a_penalty_or_reward_of_a_wrong_sign_is_noted():
    x, y, w = survey(slopes=(0.6, 0.0, 0.2))
    assert not [code for code, _ in table(x, y, w)[1].notes if code.startswith("wrong") and "a" in code]
    y = y + 15 * (x[:, 1] < 30) - 15 * (x[:, 1] > 70)  # low ratings of b go with a better outcome
    rows, found = table(x, y, w)
    assert one(rows, "penalty", "b")["estimate"] > 0
    assert one(rows, "reward", "b")["estimate"] < 0
    wrong = [(code, numbers["item"]) for code, numbers in found.notes if code.startswith("wrong_")]
    assert {("wrong_penalty", "b"), ("wrong_reward", "b")} <= set(wrong)
    assert ("wrong_penalty", "a") not in wrong
    assert ("wrong_reward", "a") not in wrong


def test_a_contrast_of_fewer_than_the_smallest_base_has_no_row():
    x, y, w = survey()
    few = np.where(x[:, [1]] < 30, 50, x[:, [1]])  # nobody rates b low
    rows, _ = table(np.hstack([x[:, [0]], few]), y, w)
    assert rows[rows["item"] == "b"]["term"].tolist()[-1] == "reward"
    assert not set(rows[rows["item"] == "b"]["term"]) & {"penalty", "asymmetry"}


def test_rating_items_are_drivers_on_their_declared_scales_in_one_wave():
    rng = np.random.default_rng(3)
    data = pd.DataFrame({"a": rng.integers(1, 6, 160), "b": rng.integers(1, 11, 160), "t": ["1", "2"] * 80})
    data = data.assign(y=np.clip(data["a"] + rng.integers(0, 6, 160), 0, 10), w=rng.uniform(0.5, 2, 160))
    deck = cards(["a", "b", "y"], {"a": [1, 5], "b": {"min": 1, "max": 10, "reversed": True}, "y": [0, 10]})
    now = data[data["t"] == "2"]
    found = item_drivers(answers(now, list(deck), weight="w"), ["a", "b"], "y", deck, "2", SETTINGS)
    # by hand: 1-5 is 25 (a - 1), a reversed 1-10 is 100 (10 - b)/9, 0-10 is 10 y
    x, y = np.column_stack([25 * (now["a"] - 1), 100 * (10 - now["b"]) / 9]), 10 * now["y"].to_numpy(float)
    expected = pd.DataFrame(driver_rows(["a", "b"], x, y, now["w"].to_numpy(), "2", SETTINGS).rows)
    rows = pd.DataFrame(found.rows)
    steady = ~rows["term"].isin(["rank", "importance"])  # resamples depend on the order of respondents
    pd.testing.assert_frame_equal(rows[steady], expected[steady], check_exact=False, rtol=1e-8)
    assert found.facts == pytest.approx({"r2": r2(x, y, now["w"].to_numpy(), [0, 1]), "drivers_n": 80}, abs=1e-10)


def test_an_outcome_among_its_items_is_an_error():
    both = answers(pd.DataFrame({"a": [1], "y": [1]}), ["a", "y"])
    with pytest.raises(cx.SettingsError, match='"y" cannot explain itself; take it out of the items'):
        item_drivers(both, ["a", "y"], "y", cards(["a", "y"], [0, 10]), "", SETTINGS)


def test_the_same_seed_gives_the_same_draws_and_another_does_not():
    x, y, w = survey()
    drawn = [table(x, y, w, **more)[1].draws for more in ({}, {}, {"seed": 2})]
    assert (drawn[0] == drawn[1]).all()
    assert not (drawn[0] == drawn[2]).all()


def test_sixteen_drivers_are_one_too_many():
    rng = np.random.default_rng(1)
    with pytest.raises(cx.SettingsError, match="Found 16 drivers, expected 1 to 15; group them into a tree"):
        table(rng.normal(size=(400, 16)), rng.normal(size=400), np.ones(400))


def test_drivers_that_repeat_each_other_are_an_error():
    x, y, w = survey()
    x[:, 2] = (x[:, 0] + x[:, 1]) / 2
    with pytest.raises(cx.DataError, match='one is an exact combination of the others \\("a", "b", "c"\\)'):
        table(x, y, w)


def test_too_few_complete_respondents_are_an_error():
    x, y, w = survey(n=29)
    with pytest.raises(cx.DataError, match="Found 29 respondents who answered the outcome and every driver"):
        table(x, y, w)


@pytest.mark.parametrize("what", ["driver", "outcome"])
def test_a_driver_or_outcome_that_does_not_vary_is_an_error(what):
    x, y, w = survey()
    if what == "driver":
        x[:, 1] = 50
    else:
        y[:] = 50
    with pytest.raises(
        cx.DataError, match="one and the same value of " + ('the driver "b"' if what == "driver" else "the outcome")
    ):
        table(x, y, w)


def opposed(*turned, n=240, declared=(), outcome_turned=False):
    """An nps survey with four drivers, some of them asked the other way round; the notes that name drivers."""
    rng = np.random.default_rng(12)
    level = rng.normal(size=n)
    data = {name: np.rint(5.5 + 1.5 * (level + rng.normal(0, 1, n))).clip(1, 10) for name in "abcd"}
    data |= {name: 11 - data[name] for name in turned}
    out = np.rint(5 + 2 * level + rng.normal(0, 1, n)).clip(0, 10)
    data["out"] = 10 - out if outcome_turned else out
    scale = {name: {"min": 1, "max": 10, "reversed": name in declared} for name in "abcd"} | {"out": [0, 10]}
    result = cx.nps(pd.DataFrame(data), "out", scale=scale, drivers=list("abcd"))
    return data, result, [note for note in result.notes if "against" in note[0] or note[0] == "negative_driver"]


def test_a_driver_asked_the_other_way_round_is_named_with_its_correlation():
    data, result, notes = opposed("c")
    assert notes == [("driver_against", {"item": "c", "r": pytest.approx(np.corrcoef(data["c"], data["out"])[0, 1])})]
    assert not [code for code, numbers in result.notes if code.startswith("wrong") and numbers["item"] == "c"]
    assert "“c” runs against the outcome (r = −0." in result.prose().html
    assert "set reversed: true for it in the codebook" in result.prose().html
    assert opposed()[2] == opposed("c", declared="c")[2] == []


def test_a_driver_declared_as_reversed_that_was_not_is_named():
    _, result, ((code, numbers),) = opposed(declared="b")
    assert (code, numbers["item"]) == ("driver_against_reversed", "b")
    assert "take reversed: true out of the codebook" in result.prose().html


def test_when_most_drivers_run_against_the_outcome_it_is_named_itself():
    _, result, notes = opposed("a", "b", "d")
    assert notes == [("outcome_against", {"item": "out", "n": 3, "of": 4})]
    assert "Most drivers run against “out” (3 of 4)" in result.prose().html
    assert opposed(outcome_turned=True)[2] == [("outcome_against", {"item": "out", "n": 4, "of": 4})]


def test_drivers_that_have_nothing_to_do_with_the_outcome_are_seldom_accused():
    rng, surveys = np.random.default_rng(3), 60
    found = 0
    for _ in range(surveys):
        x, y = rng.integers(0, 5, (100, 3)) * 25.0, rng.integers(0, 11, 100) * 10.0
        found += any("against" in code for code, _ in table(x, y, np.ones(100))[1].notes)
    assert found <= surveys * 0.05 + 2.5 * (surveys * 0.05 * 0.95) ** 0.5


def test_a_part_of_a_tree_that_runs_against_the_outcome_is_told_as_a_part():
    data, _, _ = opposed("c", "d")
    tree = {"name": "all", "children": [
        {"name": "left", "weight": 0.5, "children": [{"name": k, "weight": 0.5, "item": k} for k in "ab"]},
        {"name": "right", "weight": 0.5, "children": [{"name": k, "weight": 0.5, "item": k} for k in "cd"]},
    ]}  # fmt: skip
    scale = dict.fromkeys("abcd", (1, 10)) | {"out": (0, 10)}
    result = cx.csi_tree(pd.DataFrame(data), tree, scale=scale, outcome="out")
    notes = [(code, numbers["item"]) for code, numbers in result.notes if code == "part_against"]
    assert notes == [("part_against", "right")]
    assert [numbers["item"] for code, numbers in result.notes if code == "key_error_half"] == list("abcd")


def test_an_item_named_as_a_key_error_is_not_accused_twice():
    data, _, _ = opposed("c")
    scale = dict.fromkeys("abcd", (1, 10)) | {"out": (0, 10)}
    result = cx.scaling(pd.DataFrame(data), list("abcd"), scale=scale, outcome="out")
    assert [code for code, numbers in result.notes if numbers.get("item") == "c"] == ["key_error"]
