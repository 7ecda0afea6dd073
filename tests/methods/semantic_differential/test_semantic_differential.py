"""Semantic differential: profiles, paired and unpaired gaps, distances, closeness, notes and errors."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import cxkit as cx
from cxkit.methods.semantic_differential.distances import distance
from tests.by_hand import freedom, on_the_logit

POLES = {"modern": ["old", "new"], "clear": ["confusing", "clear"], "fast": ["slow", "fast"]}
OPEN = {"min_base": 1, "flag_base": 1}
THINGS = ("own", "rival", "ideal")


def survey(n=60, seed=1, scales=tuple(POLES), things=THINGS):
    rng = np.random.default_rng(seed)
    mood = rng.normal(0, 1, n)
    centres = {"own": 5.5, "rival": 6.0, "third": 4.5, "ideal": 8.0}
    return pd.DataFrame({
        f"{thing}_{scale}": np.clip(np.rint(centres[thing] + j / 3 + mood + rng.normal(0, 1, n)), 1, 10)
        for thing in things for j, scale in enumerate(scales)
    })  # fmt: skip


def of(data, poles=None, **settings):
    return cx.semantic_differential(data, POLES if poles is None else poles, **{**OPEN, **settings})


def one(result, **where):
    rows = result.rows(**where)
    assert len(rows) == 1, f"{len(rows)} rows for {where}"
    return rows.iloc[0]


def value(result, term, item="profile", **where):
    return one(result, item=item, term=term, **{"group": "", **where})["estimate"]


def codes(result):
    return [code for code, _ in result.notes]


def test_means_and_their_intervals_equal_plain_scipy():
    data = survey()
    result = of(data)
    for thing in THINGS:
        for scale in POLES:
            y, row = data[f"{thing}_{scale}"], one(result, item=scale, term=f"mean_{thing}")
            assert row["estimate"] == pytest.approx(y.mean(), abs=1e-12)
            expected = on_the_logit(y.mean(), stats.sem(y), len(y) - 1, 1, 10)
            assert (row["low"], row["high"]) == pytest.approx(expected, abs=1e-10)


def test_gaps_of_the_same_respondents_equal_the_paired_t_test_of_scipy():
    data = survey()
    result = of(data)
    for one_thing, other in (("own", "rival"), ("own", "ideal"), ("rival", "ideal")):
        expected = [stats.ttest_rel(data[f"{one_thing}_{s}"], data[f"{other}_{s}"]) for s in POLES]
        rows = result.rows(term=f"gap_{one_thing}_{other}").set_index("item").loc[list(POLES)]
        assert rows["p"].tolist() == pytest.approx([e.pvalue for e in expected], rel=1e-9)
        together = [e.confidence_interval(1 - 0.05 / 3).low for e in expected]  # Bonferroni
        assert rows["low"].tolist() == pytest.approx(together, abs=1e-10)
        adjusted = np.minimum(1, 3 * np.array([e.pvalue for e in expected]))
        assert rows["p_adjusted"].tolist() == pytest.approx(adjusted.tolist(), rel=1e-9)
        for scale in POLES:
            d = data[f"{one_thing}_{scale}"] - data[f"{other}_{scale}"]
            assert value(result, f"dz_{one_thing}_{other}", scale) == pytest.approx(d.mean() / d.std(), abs=1e-12)
    assert result.facts["tests"] == 9


def test_gaps_that_are_the_same_for_all_are_noted_as_not_tested():
    data = survey().assign(own_fast=lambda d: np.clip(d["own_fast"], 1, 9))
    result = of(data.assign(rival_fast=data["own_fast"] + 1))
    assert np.isnan(one(result, item="fast", term="gap_own_rival")["p"])
    assert dict(result.notes)["untested"] == {"n": 1}
    assert "untested" not in codes(of(data))


def split_sample(n=40):
    """The first half rated own, the other half the rival; all rated the ideal."""
    data = survey(2 * n)
    data.iloc[n:, :3] = np.nan
    data.iloc[:n, 3:6] = np.nan
    return data


def test_gaps_of_other_respondents_equal_the_welch_test_of_scipy():
    data = split_sample()
    result = of(data)
    for scale in POLES:
        x, y = (data[f"{thing}_{scale}"].dropna() for thing in ("own", "rival"))
        expected, row = stats.ttest_ind(x, y, equal_var=False), one(result, item=scale, term="gap_own_rival")
        assert (row["estimate"], row["p"]) == pytest.approx((x.mean() - y.mean(), expected.pvalue), rel=1e-9)
        together = tuple(expected.confidence_interval(1 - 0.05 / len(POLES)))
        assert (row["low"], row["high"]) == pytest.approx(together, abs=1e-10)
        assert (row["n"], row["n_other"]) == (len(x), len(y))
        pooled = ((x.var() + y.var()) / 2) ** 0.5
        assert value(result, "dz_own_rival", scale) == pytest.approx((x.mean() - y.mean()) / pooled, abs=1e-12)


def test_objects_rated_by_other_people_and_objects_not_rated_are_named():
    assert codes(of(survey())) == []
    result = of(split_sample())
    assert ("unpaired", {"item": "own", "object": "rival"}) in result.notes
    assert ("object_missing", {"object": "rival", "n": 40}) in result.notes
    assert "unpaired" not in [code for code, numbers in result.notes if numbers.get("object") == "ideal"]


def test_the_variance_of_a_mixed_gap_lies_between_paired_and_unpaired():
    data = survey(80)
    some = data.copy()
    some.iloc[40:, 3:6] = np.nan
    row = one(of(some), item="modern", term="gap_own_rival")
    x, y = some["own_modern"], some["rival_modern"].dropna()
    shared = np.cov(x[:40], y)[0, 1]
    unpaired = (x.var() / 80 + y.var() / 40) ** 0.5
    assert shared > 0
    assert 0.5 * unpaired < row["se"] < unpaired


def test_distances_are_those_of_the_means_in_every_unit():
    data = survey()
    result = of(data)
    gap = np.array([data[f"own_{s}"].mean() - data[f"ideal_{s}"].mean() for s in POLES])
    d = (gap @ gap) ** 0.5
    diffs = data[[f"own_{s}" for s in POLES]].to_numpy() - data[[f"ideal_{s}" for s in POLES]].to_numpy()
    expected = distance(gap, np.cov(diffs.T) / len(data), len(data) - 1)
    assert value(result, "distance_raw_own_ideal") == pytest.approx(d, abs=1e-12)
    row = one(result, term="distance_own_ideal")
    assert (row["estimate"], row["low"], row["high"]) == pytest.approx(
        (expected.estimate, expected.low, expected.high)
    )
    assert value(result, "distance_mean_own_ideal") == pytest.approx(row["estimate"] / 3**0.5)
    assert value(result, "distance_share_own_ideal") == pytest.approx(row["estimate"] / (9 * 3**0.5))
    parts = [value(result, f"{part}_own_ideal") for part in ("level", "spread", "shape")]
    assert sum(parts) == pytest.approx(d**2, abs=1e-10)


def test_the_farthest_possible_profiles_have_the_share_one():
    data = pd.DataFrame({f"own_{s}": [1.0] * 20 for s in POLES} | {f"ideal_{s}": [10.0] * 20 for s in POLES})
    result = of(data, competitors=())
    assert value(result, "distance_share_own_ideal") == pytest.approx(1)
    assert np.isnan(one(result, term="distance_own_ideal")["low"])
    assert "profile_r_own_ideal" not in set(result.tidy["term"])
    assert "closer" not in "".join(result.tidy["term"])
    assert "no_spread" in codes(result)


def test_the_published_distances_come_out_of_answers_with_those_means():
    """Fifty answers on 0-100 with ten times the published means."""
    boxer, target = (0.66, 2.46, 2.40), (1.0, 2.5, 3.0)
    data = {}
    for thing, profile in (("own", boxer), ("ideal", target)):
        for scale, mean in zip(POLES, profile, strict=True):
            whole, more = divmod(round(mean * 10 * 50), 50)
            data[f"{thing}_{scale}"] = [whole + 1.0] * more + [float(whole)] * (50 - more)
    result = of(pd.DataFrame(data), competitors=(), scale=(0, 100))
    assert (value(result, "distance_raw_own_ideal") / 10) ** 2 == pytest.approx(0.4772, abs=5e-5)


def test_a_reversed_scale_is_turned_for_every_object_and_its_poles_change_sides():
    data = survey()
    turned = data.assign(**{f"{t}_clear": 11 - data[f"{t}_clear"] for t in THINGS})
    poles = {**POLES, "clear": {"left": {"en": "clear", "ru": "ясный"}, "right": "confusing", "reversed": True}}
    result, plain = of(turned, poles), of(data)
    keys = ["item", "term", "group", "wave"]
    pd.testing.assert_frame_equal(
        result.tidy.sort_values(keys, ignore_index=True), plain.tidy.sort_values(keys, ignore_index=True), rtol=1e-9
    )
    assert result.labels["clear"] == {"en": "confusing – clear", "ru": "confusing – ясный"}
    assert (result.labels["clear_left"]["en"], result.labels["clear_right"]["en"]) == ("confusing", "clear")
    assert ("reversed", {"item": "clear"}) in result.notes


def test_a_card_may_say_reversed_too_and_twice_is_not_turned_back():
    data = survey()
    cards = {f"{t}_{s}": {"min": 1, "max": 10, "reversed": s == "fast"} for t in THINGS for s in POLES}
    first = of(data, scale=cards)
    assert value(first, "mean_own", "fast") == pytest.approx(11 - data["own_fast"].mean())
    again = cx.semantic_differential(data, **first.settings)
    pd.testing.assert_frame_equal(again.tidy, first.tidy)
    assert first.labels["fast_right"] == {"en": "slow"}


def test_the_closer_one_is_told_with_its_probability():
    data = survey(200)
    near = data.assign(**{f"own_{s}": data[f"ideal_{s}"].clip(upper=9) for s in POLES})
    assert value(of(near), "closer_own_rival") > 0.99
    assert value(of(data), "closer_own_rival") < 0.05
    same = data.assign(**{f"rival_{s}": data[f"own_{s}"].sample(frac=1, random_state=3).to_numpy() for s in POLES})
    assert value(of(same), "closer_own_rival") == pytest.approx(0.5, abs=0.05)
    assert value(of(same, seed=2), "closer_own_rival") != value(of(same), "closer_own_rival")


def test_each_competitor_has_its_own_pairs():
    result = of(survey(things=("own", "rival", "third", "ideal")), competitors=["rival", "third"])
    pairs = {t.removeprefix("distance_raw_") for t in result.tidy["term"] if t.startswith("distance_raw_")}
    assert pairs == {"own_rival", "own_third", "own_ideal", "rival_ideal", "third_ideal"}
    assert {"closer_own_rival", "closer_own_third"} <= set(result.tidy["term"])


def test_groups_waves_and_small_bases():
    data = survey(90).assign(g=["a"] * 40 + ["b"] * 44 + ["c"] * 6, t=["1"] * 30 + ["2"] * 60)
    result = of(data, by="g", min_base=10, flag_base=30)
    assert one(result, term="distance_own_ideal", group="c")["base"] == "hidden"
    assert result.rows(group="c")["estimate"].isna().all()
    rest = one(result, term="mean_own_vs_rest", item="modern", group="a")
    expected = stats.ttest_ind(data["own_modern"][:40], data["own_modern"][40:], equal_var=False)
    assert rest["p"] == pytest.approx(expected.pvalue, rel=1e-9)
    waves = of(data, wave="t", min_base=10, flag_base=30)
    change = one(waves, term="mean_own_vs_previous", item="fast", wave="2")
    assert change["estimate"] == pytest.approx(data["own_fast"][30:].mean() - data["own_fast"][:30].mean())
    alone = of(data[data["t"] == "2"])
    assert value(waves, "distance_own_ideal", wave="2") == pytest.approx(value(alone, "distance_own_ideal"))


def test_the_base_of_a_distance_is_the_smallest_among_its_columns():
    data = survey()
    data.loc[:24, "own_fast"] = np.nan
    row = one(of(data), term="distance_own_ideal")
    assert row["n"] == 35
    assert one(of(data), item="fast", term="mean_own")["missing"] == 25


def test_one_scale_alone_has_a_distance_but_no_shape():
    result = of(survey()[[f"{t}_fast" for t in THINGS]], {"fast": ["slow", "fast"]})
    terms = set(result.rows(item="profile")["term"])
    assert "distance_own_ideal" in terms
    assert not [t for t in terms if t.startswith(("level", "spread", "shape", "profile_r"))]
    gap = value(result, "gap_own_ideal", "fast")
    assert value(result, "distance_raw_own_ideal") == pytest.approx(abs(gap))


def test_one_respondent_alone_is_described_without_undefined_numbers():
    result = of(survey(1))
    assert result.tidy["estimate"].notna().all()
    for lang in ("en", "uz"):
        shown = result.prose(lang).html + result.table(lang).html
        assert "nan" not in shown + "".join(result.figure(lang, p).alt for p in ("main", "gaps", "split", "groups"))


def long_scales():
    return {f"s{k}": ["bad", "good"] for k in range(6)}


def test_a_scale_that_runs_against_the_others_is_flagged_as_a_key_error():
    data = survey(80, scales=tuple(long_scales()))
    assert "key_error" not in codes(of(data, long_scales()))
    wrong = data.assign(**{f"{t}_s2": 11 - data[f"{t}_s2"] for t in THINGS})
    found = [numbers for code, numbers in of(wrong, long_scales()).notes if code == "key_error"]
    assert [numbers["item"] for numbers in found] == ["s2"]
    assert found[0]["r"] < -0.3
    righted = {**long_scales(), "s2": {"left": "good", "right": "bad", "reversed": True}}
    assert "key_error" not in codes(of(wrong, righted))


def test_a_scale_that_belongs_to_no_factor_is_seldom_called_a_key_error():
    data, flagged = survey(40, scales=tuple(long_scales())), 0
    for seed in range(16):
        rng = np.random.default_rng(seed)
        noise = data.assign(**{f"{t}_s2": rng.integers(1, 11, 40).astype(float) for t in THINGS})
        flagged += "key_error" in codes(of(noise, long_scales()))
    assert flagged <= 3  # half of them lie below 0, one in twenty beyond chance


def test_objects_with_opposite_strong_points_make_no_key_error():
    data = survey(60, scales=tuple(long_scales()))
    others = [f"rival_s{k}" for k in (0, 1, 3, 4, 5)]
    crossed = data.assign(
        own_s2=(data["own_s2"] - 3).clip(lower=1), **{c: (data[c] - 3).clip(lower=1) for c in others}
    )
    crossed["rival_s2"] = (crossed["rival_s2"] + 3).clip(upper=10)
    pooled = np.vstack([crossed[[f"{t}_s{k}" for k in range(6)]] for t in ("own", "rival")])
    assert np.corrcoef(pooled[:, 2], np.delete(pooled, 2, axis=1).mean(axis=1))[0, 1] < -0.3
    assert "key_error" not in codes(of(crossed, long_scales()))


def test_identical_answers_end_in_a_result_without_undefined_numbers():
    data = pd.DataFrame({f"{t}_{s}": [5.0] * 15 for t in THINGS for s in POLES})
    result = of(data, **{"min_base": 10, "flag_base": 10})
    assert value(result, "distance_own_ideal") == 0
    assert result.tidy["estimate"].notna().all()
    for lang in ("en", "ru"):
        for part in ("main", "gaps", "split", "groups"):
            assert "nan" not in result.figure(lang, part).alt
        assert "nan" not in result.prose(lang).html + result.table(lang).html


@pytest.mark.parametrize(
    ("poles", "sentence"),
    [
        ({}, "^Found no poles; give the two ends of each scale"),
        ("modern", "^Found no poles"),
        ({"a": {"lft": "x", "right": "y"}}, '^The scale "a" has the unknown key "lft"; did you mean "left"'),
        ({"a": {"left": "x", "right": "y", "reverse": True}}, 'unknown key "reverse"; did you mean "reversed"'),
        ({"a": 5}, r'^The scale "a" has the poles 5; give \[left, right\]'),
        ({"a": ["x"]}, r"has the poles \['x'\]; give"),
        ({"a": {"right": "y"}}, '^The scale "a" has no left pole; give a text for each end'),
        ({"a": ["x", ""]}, '^The scale "a" has no right pole'),
        ({"a": {"left": "x", "right": "y", "reversed": "yes"}}, "has reversed: 'yes'; give true or false"),
        ({"profile": ["x", "y"]}, '^No scale may be named "profile"; rename it'),
        ({"own": ["x", "y"]}, '^No scale may be named "own"'),
    ],
)
def test_wrong_poles_are_refused_in_one_sentence(poles, sentence):
    with pytest.raises(cx.SettingsError, match=sentence):
        of(survey(), poles)


def test_an_object_that_is_absent_or_named_twice_is_refused():
    data = survey()
    with pytest.raises(cx.DataError, match='no column "rivl_modern"; did you mean "rival_modern"'):
        of(data, competitors=["rivl"])
    with pytest.raises(cx.SettingsError, match=r'^The object "own" is named twice in own, competitors and ideal'):
        of(data, competitors=["own"])
    with pytest.raises(cx.SettingsError, match=r'^The object "rival" is named twice'):
        of(data, competitors=["rival", "rival"])
    empty = data.assign(**{f"rival_{s}": np.nan for s in POLES})
    with pytest.raises(
        cx.DataError, match=r'^The column "rival_modern" holds no answer at all; leave its scale or object'
    ):
        of(empty)


def test_scales_with_other_ends_or_without_any_are_refused():
    scale = {f"{t}_{s}": [1, 7 if (t, s) == ("rival", "fast") else 10] for t in THINGS for s in POLES}
    with pytest.raises(cx.SettingsError, match=r'"own_modern" runs from 1 to 10, that of "rival_fast" from\s1 to 7'):
        of(survey(), scale=scale)
    del scale["rival_fast"]
    with pytest.raises(cx.SettingsError, match=r'^The item "rival_fast" has no scale; declare it'):
        of(survey(), scale=scale)


def test_labels_come_in_every_language_with_a_plain_name_as_fallback():
    objects = {"own": {"ru": "Наш"}, "rival": "Theirs"}
    result = of(survey(), objects=objects)
    assert result.labels["own"] == {"en": "Наш", "ru": "Наш"}
    assert (result.labels["rival"], result.labels["ideal"]) == ({"en": "Theirs"}, {"en": "ideal"})


def test_a_weighted_distance_has_its_own_effective_base_and_the_page_tells_one():
    """By hand: with one scale and equal weights but one of 3, Kish's base is (1+1+1+3)^2 / (1+1+1+9) = 3."""
    data = pd.DataFrame({"own_a": [2.0, 4, 6, 8], "ideal_a": [9.0, 9, 10, 10], "w": [1.0, 1, 1, 3]})
    call = {"competitors": [], "weight": "w", "min_base": 1, "flag_base": 1}
    result = cx.semantic_differential(data, {"a": ["bad", "good"]}, **call)
    gaps, w = np.array([-7.0, -5, -4, -2]), np.array([1.0, 1, 1, 3])
    squares = (w * (gaps - w @ gaps / 6)) ** 2
    assert dict(result.notes)["weighted"] == {"n": 4, "n_kish": pytest.approx(3), "deff": pytest.approx(4 / 3)}
    assert "weighted_distance" not in dict(result.notes)
    assert one(result, item="profile", term="distance_own_ideal")["n_eff"] == pytest.approx(
        6 * (squares / w).sum() / squares.sum()
    )
    equal = cx.semantic_differential(data.assign(w=1.0), {"a": ["bad", "good"]}, **call)
    assert one(equal, item="profile", term="distance_own_ideal")["n_eff"] == pytest.approx(4)


def test_a_weighted_distance_stands_on_the_degrees_of_freedom_of_its_weights():
    """Gaps of pairs and their linearised covariance by NumPy, with n / (n - 1); and the weights' own freedom."""
    rng = np.random.default_rng(9)
    own, ideal, w = rng.integers(1, 8, (30, 2)), rng.integers(4, 11, (30, 2)), rng.lognormal(0, 0.8, 30)
    data = pd.DataFrame(
        {"own_a": own[:, 0], "own_b": own[:, 1], "ideal_a": ideal[:, 0], "ideal_b": ideal[:, 1], "w": w}
    )
    poles = {"a": ["bad", "good"], "b": ["slow", "fast"]}
    result = cx.semantic_differential(data, poles, competitors=[], weight="w", min_base=1, flag_base=1)
    gaps = own - ideal
    m = np.average(gaps, axis=0, weights=w)
    z = w[:, None] * (gaps - m) / w.sum() * np.sqrt(30 / 29)
    expected = distance(m, z.T @ z, freedom(w))
    found = one(result, item="profile", term="distance_own_ideal")
    assert (found["low"], found["high"]) == pytest.approx((expected.low, expected.high), rel=1e-6)


def test_no_distance_goes_beyond_the_largest_there_can_be():
    """Four respondents who see own at the good end and the ideal at the other, a step apart from each other."""
    columns = {f"{thing}_{name}": [9, 10, 10, 10] for thing in ("own", "rival") for name in ("a", "b")}
    columns |= {f"ideal_{name}": [1, 1, 1, 2] for name in ("a", "b")}
    result = of(pd.DataFrame(columns, dtype=float), {"a": ["bad", "good"], "b": ["weak", "strong"]})
    share = one(result, item="profile", term="distance_share_own_ideal")
    assert share["high"] == 1  # 1.03 by the law of the distance alone
    assert one(result, item="profile", term="distance_own_ideal")["high"] == pytest.approx(9 * 2**0.5)
    assert one(result, item="a", term="gap_own_ideal")["high"] <= 9


def test_who_is_closer_is_claimed_by_t_on_the_freedom_of_the_weights():
    """The normal quantile of the probability, read on t: with few heavy respondents a claim needs more."""
    data = cx.sample("bank").head(200)
    result = cx.semantic_differential(data, {"clear": ["confusing", "clear"]}, weight="weight")
    share = one(result, item="profile", term="closer_own_rival")["estimate"]
    (claim,) = result.claims[result.claims["kind"] == "closer"].to_dict("records")
    z = stats.norm.ppf(min(share, 1 - share))
    assert claim["p"] == pytest.approx(2 * stats.t.cdf(z, freedom(data["weight"])))
    assert claim["p"] > 2 * min(share, 1 - share)
