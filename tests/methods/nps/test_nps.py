"""NPS: published numbers, groups, waves, panels, variants, comments and errors."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import cxkit as cx
from cxkit.methods.nps.compute import category_of
from tests.by_hand import share_base
from tests.conftest import parts

OPEN = {"min_base": 1, "flag_base": 1}
CATEGORIES = ("detractors", "passives", "promoters")
Z = stats.norm.ppf(0.975)


def frame(**columns):
    return pd.DataFrame(columns)


def answers(promoters, passives, detractors):
    """Answers spread over the scores of each category, so that a wrong border shows."""
    return [9 + k % 2 for k in range(promoters)] + [7 + k % 2 for k in range(passives)] + [
        k % 7 for k in range(detractors)
    ]  # fmt: skip


def of_counts(*counts, **settings):
    return cx.nps(frame(recommend=answers(*counts)), **{**OPEN, **settings})


def panel(before, after):
    ids = np.arange(len(before))
    return pd.concat([frame(id=ids, wave="1", recommend=before), frame(id=ids, wave="2", recommend=after)])


def one(result, **where):
    rows = result.rows(**where)
    assert len(rows) == 1, f"{len(rows)} rows for {where}"
    return rows.iloc[0]


def ends(row):
    return row["low"], row["high"]


def codes(result):
    return dict(result.notes)


def plain_nps(scores):
    return 100 * ((scores >= 9).mean() - (scores <= 6).mean())


@pytest.fixture(scope="module")
def acsi(shared_data):
    return pd.read_csv(shared_data / "acsi2015.csv").assign(INDUSTRY=lambda d: d["INDUSTRY"].astype(str))


# Rocks 2016, The American Statistician 70(4), worked by hand from the formulas.
@pytest.mark.parametrize(
    ("counts", "interval", "score", "low", "high"),
    [
        ((9, 0, 2), "wald", 63.6364, 18.051, 100),
        ((9, 0, 2), "adjusted", 63.6364, 8.0008, 91.9992),
        ((20, 0, 10), "adjusted", 33.3333, -1.3872, 61.9933),
        ((5, 0, 0), "adjusted", 100, 17.4915, 100),
        ((350, 440, 210), "adjusted", 14.0, 9.4090, 18.5073),
    ],
)
def test_score_and_interval_equal_the_reference(counts, interval, score, low, high):
    found = one(of_counts(*counts, interval=interval), term="nps")
    assert found["estimate"] == pytest.approx(score, abs=5e-5)
    assert ends(found) == pytest.approx((low, high), abs=5e-4 if interval == "wald" else 5e-5)


def test_two_groups_equal_the_reference_of_two_samples():
    """(20, 0, 10) v (12, 0, 18): adjusted SE 23.2523, p .03705, interval 2.911 to 94.058 (Rocks 2016, by hand)."""
    survey = frame(recommend=answers(20, 0, 10) + answers(12, 0, 18), g=["a"] * 30 + ["b"] * 30)
    found = one(cx.nps(survey, by="g"), term="nps_vs_rest", group="a")
    assert found["estimate"] == pytest.approx(100 / 3 + 20, abs=1e-10)
    assert found["se"] == pytest.approx(23.2523, abs=5e-5)
    assert found["p"] == pytest.approx(0.03705, abs=5e-6)
    assert ends(found) == pytest.approx((2.911, 94.058), abs=5e-4)


def test_interval_and_test_of_a_difference_stand_on_one_basis():
    """An adjusted interval beside an unadjusted test can hold 0 while p is under .05."""
    rng = np.random.default_rng(21)
    seen = set()
    for _ in range(16):
        survey = frame(recommend=rng.choice([3, 8, 10], 24, p=[0.3, 0.2, 0.5]), g=["a"] * 12 + ["b"] * 12)
        survey.loc[survey["g"] == "b", "recommend"] = rng.choice([3, 8, 10], 12, p=[0.7, 0.1, 0.2])
        found = one(cx.nps(survey, by="g"), term="nps_vs_rest", group="a")
        significant = found["p"] < 0.05
        assert significant == (found["low"] > 0 or found["high"] < 0)
        seen.add(bool(significant))
    assert seen == {True, False}


def test_interval_of_a_difference_holds_the_difference_of_two_extreme_groups():
    survey = frame(recommend=[10] * 10 + [0] * 10, g=["a"] * 10 + ["b"] * 10)
    for group, gap in (("a", 200), ("b", -200)):
        found = one(cx.nps(survey, by="g"), term="nps_vs_rest", group=group)
        assert found["estimate"] == gap
        assert found["low"] <= gap <= found["high"]
        assert (found["low"] > 0) == (gap > 0)


def test_categories_have_their_borders():
    assert category_of(np.arange(11)).tolist() == [-1] * 7 + [0, 0] + [1, 1]


@pytest.mark.parametrize("by", ["", "INDUSTRY"])
def test_real_survey_equals_plain_pandas(acsi, by):
    result = cx.nps(acsi, "REPUR", scale=[1, 10], by=by)
    for group, rows in [("", acsi), *(acsi.groupby("INDUSTRY") if by else [])]:
        y = rows["REPUR"].dropna()
        code = (y >= 9).astype(float) - (y <= 6)
        found = one(result, term="nps", group=group)
        assert (found["n"], found["missing"]) == (len(y), rows["REPUR"].isna().sum())
        assert found["estimate"] == pytest.approx(plain_nps(y), abs=1e-10)
        assert found["se"] == pytest.approx(100 * code.std(ddof=0) / np.sqrt(len(y)), abs=1e-10)
        shares = {"detractors": (y <= 6).mean(), "passives": y.between(7, 8).mean(), "promoters": (y >= 9).mean()}
        for term, share in shares.items():
            assert one(result, term=term, group=group)["estimate"] == pytest.approx(share, abs=1e-12)
        mean = one(result, term="mean", group=group)
        assert mean["estimate"] == pytest.approx(y.mean(), abs=1e-12)
        assert mean["se"] == pytest.approx(stats.sem(y), abs=1e-12)
        scores = result.rows(term="share", group=group)
        assert scores["estimate"].tolist() == pytest.approx([(y == k).mean() for k in range(1, 11)], abs=1e-12)


def test_weighted_score_and_error_equal_numpy():
    bank = cx.sample("bank").dropna(subset=["recommend"])
    w, y = bank["weight"].to_numpy(), bank["recommend"].to_numpy()
    code = (y >= 9) * 100.0 - (y <= 6) * 100.0
    score = np.average(code, weights=w)
    found = one(cx.nps(bank, weight="weight"), term="nps")
    assert found["estimate"] == pytest.approx(score, abs=1e-10)
    assert found["se"] == pytest.approx(np.sqrt((w**2 * (code - score) ** 2).sum()) / w.sum(), abs=1e-10)


def test_weighted_adjusted_interval_rests_on_the_effective_base():
    bank = cx.sample("bank").dropna(subset=["recommend"])
    w, y = bank["weight"].to_numpy(), bank["recommend"].to_numpy()
    base = share_base((y >= 9) * 1.0 - (y <= 6), w, (-1, 1))
    top, bottom = np.average(y >= 9, weights=w), np.average(y <= 6, weights=w)
    t, b = (top * base + 0.75) / (base + 3), (bottom * base + 0.75) / (base + 3)
    half = Z * np.sqrt((t + b - (t - b) ** 2) / (base + 3))
    found = one(cx.nps(bank, weight="weight"), term="nps")
    assert ends(found) == pytest.approx((100 * (t - b - half), 100 * (t - b + half)), abs=1e-9)
    # away from few respondents at an end, this is the base of R's survey: n over the design effect
    code = (y >= 9) * 1.0 - (y <= 6)
    square = (code - top + bottom) ** 2
    spread, error = np.average(square, weights=w), w**2 @ square / w.sum() ** 2
    assert (found["n_eff"], found["n"]) == (pytest.approx(base), len(y))
    assert base == pytest.approx(spread / error, rel=0.01)
    assert w.sum() ** 2 / (w**2).sum() == pytest.approx(cx.nps(bank, weight="weight").facts["n_kish"])


def test_wald_interval_is_the_estimate_and_its_error_also_when_weighted():
    rng = np.random.default_rng(6)
    y = rng.integers(0, 11, 200)
    survey = frame(recommend=y, w=rng.lognormal(0, 0.5, 200) * np.where(y > 8, 3, 1))
    found = one(cx.nps(survey, weight="w", interval="wald"), term="nps")
    assert (found["high"] - found["low"]) / 2 == pytest.approx(Z * found["se"], rel=1e-9)


@pytest.mark.parametrize("interval", ["adjusted", "wald", "score", "bootstrap"])
def test_every_interval_holds_its_estimate_and_follows_the_level(interval):
    wide, narrow = (one(of_counts(40, 30, 30, interval=interval, level=level), term="nps") for level in (0.99, 0.8))
    assert -100 <= wide["low"] < narrow["low"] < 10 < narrow["high"] < wide["high"] <= 100


def test_bootstrap_depends_on_the_seed_and_on_no_name():
    def bounds(**settings):
        return ends(one(of_counts(40, 30, 31, interval="bootstrap", **settings), term="nps"))

    assert bounds(seed=4, client="bank") == bounds(seed=4, client="shop")
    assert len({bounds(seed=seed) for seed in range(5)}) > 1


@pytest.mark.parametrize("shift", [0.0, 0.4])
def test_waves_without_overlap_are_two_samples_on_the_adjusted_basis(shift):
    first, second = (40, 30, 30), (int(40 + 100 * shift), 20, 15)
    survey = frame(recommend=answers(*first) + answers(*second), w=["1"] * sum(first) + ["2"] * sum(second))
    found = one(cx.nps(survey, wave="w"), term="nps_vs_previous")
    value, variance = [], []
    for p, m, d in (first, second):
        n = p + m + d + 3
        t, b = (p + 0.75) / n, (d + 0.75) / n
        value.append(100 * (t - b))
        variance.append(100**2 * (t + b - (t - b) ** 2) / n)
    se = np.sqrt(sum(variance))
    gap = value[1] - value[0]
    assert found["se"] == pytest.approx(se, rel=1e-12)
    assert found["p"] == pytest.approx(2 * stats.norm.sf(abs(gap) / se), rel=1e-9)
    assert ends(found) == pytest.approx((gap - Z * se, gap + Z * se), rel=1e-9)
    assert found["estimate"] == pytest.approx(
        100 * ((second[0] - second[2]) / sum(second) - (first[0] - first[2]) / sum(first)), abs=1e-10
    )


def test_pairs_narrow_the_interval_of_a_large_panel_to_that_of_the_differences():
    rng = np.random.default_rng(77)
    before = rng.integers(0, 11, 3000)
    after = np.clip(before + rng.integers(-2, 3, 3000), 0, 10)
    found = one(cx.nps(panel(before, after), wave="wave", respondent="id"), term="nps_vs_previous")
    change = 100.0 * (category_of(after) - category_of(before))
    assert found["estimate"] == pytest.approx(change.mean(), abs=1e-9)
    assert found["se"] == pytest.approx(stats.sem(change), rel=0.005)
    alone = one(cx.nps(panel(before, after), wave="wave"), term="nps_vs_previous")
    assert found["se"] < 0.7 * alone["se"]


def small_panel(**columns):
    """20 passives of weight 1, 10 of whom become promoters; 5 promoters and 5 detractors of weight 6."""
    before, after = [7] * 20 + [10] * 5 + [0] * 5, [10] * 10 + [7] * 10 + [10] * 5 + [0] * 5
    return panel(before, after).assign(w=2 * ([1] * 20 + [6] * 10), **columns)


def test_a_weighted_panel_has_the_paired_linearised_error():
    """By hand: sum of w^2 (d - .125)^2 = 13.4375, W = 80, n / (n - 1) = 30 / 29, as R's survey takes it."""
    result = cx.nps(small_panel(), wave="wave", respondent="id", weight="w")
    found = one(result, term="nps_vs_previous")
    assert found["estimate"] == pytest.approx(12.5, abs=1e-10)
    assert found["se"] == pytest.approx(100 * np.sqrt(13.4375 * 30 / 29) / 80, rel=1e-9)
    assert found["se"] == pytest.approx(4.66, abs=5e-3)
    assert found["p"] == pytest.approx(2 * stats.t.sf(12.5 / found["se"], 6400 / 380 - 1), rel=1e-9)
    assert found["low"] > 0


def test_pairs_change_nothing_but_the_comparison_of_the_waves():
    survey = small_panel(g=["a", "b"] * 30)
    paired, apart = (
        cx.nps(survey, wave="wave", by="g", weight="w", respondent=r).tidy.query("~term.str.startswith('flow_')")
        for r in ("id", "")
    )
    same = paired["term"] != "nps_vs_previous"
    pd.testing.assert_frame_equal(paired[same], apart[same])
    assert len(paired[~same]) == 1
    assert paired.loc[~same, "se"].item() != apart.loc[~same, "se"].item()


def test_ids_that_never_repeat_leave_two_samples():
    survey = small_panel()
    alone = survey.assign(id=np.arange(60))
    results = [
        one(cx.nps(data, wave="wave", weight="w", respondent=r), term="nps_vs_previous")
        for data, r in ((alone, "id"), (survey, ""))
    ]
    pd.testing.assert_series_equal(*results)


@pytest.mark.parametrize("weight", ["", "w"])
@pytest.mark.parametrize(("before", "after", "gap"), [(10, 10, 0), (8, 8, 0), (8, 10, 100), (10, 3, -200)])
def test_a_panel_in_which_all_answer_alike_has_a_test(before, after, gap, weight):
    survey = panel([before] * 30, [after] * 30).assign(w=2 * ([1] * 20 + [6] * 10))
    result = cx.nps(survey, wave="wave", respondent="id", weight=weight)
    found = one(result, term="nps_vs_previous")
    assert found["se"] == pytest.approx(100 / 30, rel=1e-9)
    assert found["low"] <= gap <= found["high"]
    assert found["low"] < found["high"]
    assert found["detectable"] > 0
    assert (found["p"] == 1) if gap == 0 else (found["p"] < 1e-6)
    assert result.facts["tests"] == 1
    assert "untested" not in codes(result)


def test_a_panel_shows_where_each_category_went():
    before = [10] * 4 + [8] * 3 + [2] * 5
    after = [9, 9, 7, 0, 10, 8, 8, 1, 1, 1, 7, 10]
    result = cx.nps(panel(before, after), wave="wave", respondent="id", **OPEN)
    flow = {
        "promoters": (4, {"promoters": 2, "passives": 1, "detractors": 1}),
        "passives": (3, {"promoters": 1, "passives": 2, "detractors": 0}),
        "detractors": (5, {"promoters": 1, "passives": 1, "detractors": 3}),
    }
    for was, (n, counts) in flow.items():
        for now in CATEGORIES:
            found = one(result, term=f"flow_to_{now}", group=was)
            assert (found["n"], found["wave"]) == (n, "2")
            assert found["estimate"] == pytest.approx(counts[now] / n, abs=1e-12)


def test_flow_follows_the_respondent_and_not_the_row():
    before, after = answers(5, 4, 6), answers(3, 6, 6)
    rows = panel(before, after)
    one_way, other = (
        cx.nps(r, wave="wave", respondent="id", **OPEN).tidy for r in (rows, rows.sample(frac=1, random_state=2))
    )
    pd.testing.assert_frame_equal(one_way, other, check_exact=False, atol=1e-12)


def test_no_flow_without_a_panel():
    survey = frame(recommend=answers(20, 20, 20), w=["1", "2"] * 30, id=range(60))
    assert not cx.nps(survey, wave="w", respondent="id").tidy["term"].str.startswith("flow").any()


def test_notes_on_small_groups_do_not_count_the_flow():
    before, after = answers(20, 15, 5), answers(15, 10, 15)
    assert "base_hidden" not in codes(cx.nps(panel(before, after), wave="wave", respondent="id"))


def test_waves_stand_in_natural_order_and_the_last_is_current():
    survey = frame(recommend=[10, 10, 8, 8, 2, 2], w=["Q10", "Q10", "Q9", "Q9", "Q1", "Q1"])
    result = cx.nps(survey, wave="w", **OPEN)
    assert result.rows(term="nps")[["wave", "estimate"]].values.tolist() == [["Q1", -100], ["Q9", 0], ["Q10", 100]]
    assert (result.facts["wave"], result.facts["previous_wave"]) == ("Q10", "Q9")
    assert result.facts["n"] == 2


def test_numbers_of_years_are_waves():
    survey = frame(recommend=[10, 10, 2, 2], year=[2026, 2026, 2025, 2025])
    assert cx.nps(survey, wave="year", **OPEN).rows(term="nps")["wave"].tolist() == ["2025", "2026"]


def test_the_rest_never_contains_the_group_nor_the_unknown():
    survey = frame(recommend=[10] * 4 + [2] * 4 + [8] * 3, g=[*"aaaabbbb", None, None, None])
    result = cx.nps(survey, by="g", **OPEN)
    found = one(result, term="nps_vs_rest", group="a")
    assert (found["n"], found["n_other"], found["estimate"]) == (4, 4, 200)
    assert codes(result)["group_unknown"] == {"n": 3, "column": "g"}


def test_one_in_twenty_groups_differs_from_the_rest_by_chance():
    rng = np.random.default_rng(1618)
    groups = 200
    survey = frame(recommend=rng.choice([3, 6, 7, 8, 9, 10], 40 * groups, p=[0.1, 0.2, 0.15, 0.15, 0.2, 0.2]),
                   g=np.repeat(np.arange(groups), 40))  # fmt: skip
    tests = cx.nps(survey, by="g").rows(term="nps_vs_rest")
    assert len(tests) == groups
    assert 0.025 <= (tests["p"] < 0.05).mean() <= 0.08
    assert (tests["p_adjusted"] < 0.05).sum() <= 1


def test_groups_and_waves_are_families_of_tests_of_their_own():
    result = cx.nps(cx.sample("bank"), by="segment", wave="wave")
    for terms, size in ((("nps_vs_rest",), 3), (("nps_vs_previous", "nps_vs_first", "nps_slope"), 5)):
        tests = result.tidy[result.tidy["term"].isin(terms)].dropna(subset=["p"])
        assert len(tests) == size
        assert tests["p_adjusted"].tolist() == pytest.approx(np.minimum(1, size * tests["p"]).tolist(), abs=1e-12)
    assert result.facts["tests"] == 8


def test_hidden_and_small_groups_are_marked_counted_and_left_out_of_the_tests():
    survey = frame(recommend=answers(30, 30, 30), g=["a"] * 5 + ["b"] * 25 + ["c"] * 60)
    result = cx.nps(survey, by="g")
    assert result.rows(term="nps").set_index("group")["base"].to_dict() == {
        "": "ok", "a": "hidden", "b": "small", "c": "ok"
    }  # fmt: skip
    assert codes(result)["base_hidden"] == {"groups": 1, "base": 10}
    assert codes(result)["base_small"] == {"groups": 1, "base": 30}
    assert result.facts["tests"] == 2
    assert result.rows(group="a")[["estimate", "low", "high", "p", "p_adjusted"]].isna().all(axis=None)


def test_a_scale_from_one_is_taken_when_declared_and_noted():
    survey = frame(recommend=answers(6, 2, 4))
    declared = survey.replace(0, 1)
    result = cx.nps(declared, scale=[1, 10], **OPEN)
    assert "scale_from_one" in codes(result)
    assert "scale_from_one" not in codes(cx.nps(survey, **OPEN))
    assert one(result, term="nps")["estimate"] == pytest.approx(100 / 6, abs=1e-12)
    assert result.rows(term="share")["score"].tolist() == list(range(1, 11))


def test_a_zero_on_a_scale_from_one_is_an_error():
    with pytest.raises(cx.DataError, match="found 0, expected a whole number from 1 to 10"):
        cx.nps(frame(recommend=[0, 5, 9]), scale=[1, 10])


def test_the_expectation_form_is_a_variant_on_one_to_ten():
    result = cx.nps(frame(recommend=[10, 9, 7, 1]), scale=[1, 10], variant="expectation", **OPEN)
    assert result.settings["variant"] == "expectation"
    assert one(result, term="nps")["estimate"] == 25
    with pytest.raises(cx.SettingsError, match=r"asked on 1-10; give scale \[1, 10\]"):
        cx.nps(frame(recommend=[10, 9]), variant="expectation")


def test_scores_hold_each_answer_with_its_category_and_comment():
    survey = frame(recommend=[10, 7, None, 3], why=["<b>fast</b>", None, "lost", "=slow"], g=["a", "b", "a", None])
    survey.index = [2, 3, 4, 5]
    result = cx.nps(survey, by="g", comment="why", **OPEN)
    assert result.scores.index.tolist() == [2, 3, 5]
    assert result.scores["category"].tolist() == ["promoters", "passives", "detractors"]
    assert result.scores["comment"].tolist() == ["<b>fast</b>", "", "=slow"]
    assert result.scores["group"].tolist() == ["a", "b", ""]


def test_answers_of_a_wave_given_as_a_date_stand_in_that_wave():
    waves = pd.to_datetime(["2026-01-01"] * 2 + ["2026-04-01"] * 2)
    result = cx.nps(frame(recommend=[10, 7, 3, 2], w=waves), wave="w", **OPEN)
    assert result.scores["wave"].eq(result.facts["wave"]).tolist() == [False, False, True, True]


def test_a_survey_indexed_by_dates_can_be_written():
    survey = frame(recommend=[10, 7, 3])
    survey.index = pd.date_range("2026-01-01", periods=3)
    assert cx.Result.from_json(cx.nps(survey, **OPEN).to_json()).scores["score"].tolist() == [10, 7, 3]


def test_the_scale_of_an_audit_is_ready_for_the_method(tmp_path):
    path = tmp_path / "survey.csv"
    path.write_text("recommend\n10\n7\n3\n", encoding="utf-8")
    data, audit = parts(cx.read(path, items=["recommend"], scale=[0, 10]))
    assert one(cx.nps(data, scale=audit.scale, **OPEN), term="nps")["estimate"] == 0


@pytest.mark.parametrize(
    ("bad", "shown"), [(11, "11"), (-1, "-1"), (99, "99"), (8.5, "8.5"), (6.999, "6.999"), (np.inf, "inf")]
)
def test_a_score_in_no_category_is_an_error_that_names_the_row(bad, shown):
    survey = frame(recommend=[9.0, 4, bad, 5])
    survey.index = [2, 3, 4, 5]
    with pytest.raises(
        cx.DataError, match=f'"recommend", row 4: found {shown}, expected a whole number from 0 to 10'
    ):
        cx.nps(survey)


@pytest.mark.parametrize("scale", [[1, 5], [0, 100], [1, 7], [0, 9], {"min": 0, "max": 10, "reversed": True}])
def test_another_scale_is_an_error_that_names_the_two_it_is_defined_on(scale):
    with pytest.raises(cx.SettingsError, match="NPS is defined on 0-10, or on 1-10 when asked so"):
        cx.nps(frame(recommend=[1, 2, 3]), scale=scale)


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"interval": "wilson"}, 'no interval "wilson"'),
        ({"interval": "adjust"}, 'no interval "adjust"; did you mean "adjusted"'),
        ({"variant": "expectations"}, 'no variant "expectations"; did you mean "expectation"'),
        ({"correction": "holm"}, 'no correction "holm"; give "bonferroni" or "bh"'),
    ],
)
def test_an_unknown_word_is_an_error_that_names_the_nearest(settings, text):
    with pytest.raises(cx.SettingsError, match=text):
        cx.nps(frame(recommend=[1, 2, 3]), **settings)


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"score": "recomend"}, 'no column "recomend"; did you mean "recommend"'),
        ({"comment": "wy"}, 'no column "wy"; did you mean "why"'),
    ],
)
def test_an_unknown_column_is_an_error_that_names_the_nearest(settings, text):
    with pytest.raises(cx.DataError, match=text):
        cx.nps(frame(recommend=[1, 2, 3], why=["", "a", "b"]), **settings)


@pytest.mark.parametrize("empty", [np.nan, None])
def test_a_question_nobody_answered_is_an_error(empty):
    with pytest.raises(cx.DataError, match="no answer in recommend"):
        cx.nps(frame(recommend=[empty] * 3))


def test_text_in_the_rating_column_is_an_error_that_names_the_column():
    with pytest.raises(cx.DataError, match='"recommend" holds values that are not numbers'):
        cx.nps(frame(recommend=[9, "very likely", 3]))


@pytest.mark.parametrize("seed", [-1, "one", 1.5])
def test_a_seed_that_makes_no_sense_is_an_error_in_words(seed):
    with pytest.raises(cx.SettingsError, match="seed"):
        cx.nps(frame(recommend=[9, 3]), seed=seed)


class TestTheScoreOfASurvey:
    def test_the_only_item_on_the_scale_of_nps_is_the_score(self):
        survey = cx.read("sample:bank", items=["recommend", "ease"], scale={"ease": [1, 10]})
        assert cx.nps(survey).settings["score"] == "recommend"

    def test_several_or_none_are_asked_about_by_name(self, tmp_path):
        (tmp_path / "a.csv").write_text("a,b,c\n9,8,3\n10,7,2\n")
        two = cx.read(tmp_path / "a.csv", items=["a", "b"], scale=[0, 10])
        with pytest.raises(cx.SettingsError, match="Several items are asked on 0-10: a, b; name the one"):
            cx.nps(two)
        with pytest.raises(cx.SettingsError, match="No item is asked on 0-10; name the score yourself: c"):
            cx.nps(cx.read(tmp_path / "a.csv", items=["c"], scale=[1, 5]))
