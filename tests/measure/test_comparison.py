"""One comparison for all methods: against scipy, on its bounds, and over who stands in both waves."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.regression.linear_model import WLS

from cxkit.measure.cells import Where, tally_cells, turned
from cxkit.measure.common import Common
from cxkit.measure.comparison import adjusted, compare_means, contrasts, gap, same_people, shared_covariance, slope
from cxkit.stats.joint import means
from cxkit.survey.cards import cards
from cxkit.survey.tally import answers

DECK = cards(["q"], [1, 10])


def estimate(scores, w=None):
    scores = np.array(scores, float)
    return means(scores[:, None], np.ones(len(scores)) if w is None else np.array(w, float))[0]


def compared(frame, **common):
    common = Common(**common)
    return pd.DataFrame(compare_means(tally_cells(frame, DECK, common), DECK, "mean", common))


def two_waves(seed=9, n=30):
    rng = np.random.default_rng(seed)
    before = rng.integers(1, 11, n)
    after = np.clip(before + rng.integers(-1, 3, n), 1, 10)
    ids = [f"r{k}" for k in range(n)]
    return pd.DataFrame({"q": np.r_[before, after], "wave": ["2025"] * n + ["2026"] * n, "id": ids * 2})


def test_means_of_the_same_respondents_are_the_paired_t_test():
    frame = two_waves()
    found = compared(frame.sample(frac=1, random_state=1), wave="wave", respondent="id").iloc[0]
    before, after = (frame.loc[frame["wave"] == wave, "q"].to_numpy() for wave in ("2025", "2026"))
    expected = stats.ttest_rel(after, before)
    assert (found["se"], found["p"]) == pytest.approx((stats.sem(after - before), expected.pvalue), rel=1e-9)
    assert (found["low"], found["high"]) == pytest.approx(tuple(expected.confidence_interval()), rel=1e-9)


def test_without_ids_they_are_the_test_of_welch():
    frame = two_waves()
    found = compared(frame, wave="wave").iloc[0]
    before, after = (frame.loc[frame["wave"] == wave, "q"] for wave in ("2025", "2026"))
    assert found["p"] == pytest.approx(stats.ttest_ind(after, before, equal_var=False).pvalue, rel=1e-9)


def test_groups_are_compared_with_the_others_who_are_known_in_the_last_wave():
    frame = two_waves(n=90).assign(g=["a", "b", None] * 60)
    cells = tally_cells(frame, DECK, Common(by="g", wave="wave"))
    assert [(one.kind, one.one, one.other) for one in contrasts(cells)] == [
        ("vs_rest", Where("a", "2026"), Where("a", "2026", True)),
        ("vs_rest", Where("b", "2026"), Where("b", "2026", True)),
        ("vs_previous", Where("", "2026"), Where("", "2025")),
    ]
    found = compared(frame, by="g", wave="wave").set_index("group").loc["a"]
    now = frame[frame["wave"] == "2026"]
    expected = stats.ttest_ind(*(now.loc[now["g"] == g, "q"] for g in "ab"), equal_var=False)
    assert found["p"] == pytest.approx(expected.pvalue, rel=1e-9)
    assert (found["n"], found["n_other"]) == (30, 30)


def test_respondents_counted_alike_have_the_test_of_lines_of_their_own():
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"q": rng.integers(1, 11, 400), "g": rng.choice(["a", "b", "c"], 400)})
    frame = frame.assign(w=rng.choice([0.5, 1.0, 2.0], 400))
    common = Common(by="g", weight="w")
    one, other = (
        pd.DataFrame(compare_means(tally_cells(frame, DECK, common, each=each), DECK, "mean", common))
        for each in (True, False)
    )
    pd.testing.assert_frame_equal(one, other, rtol=1e-10)


def told(one, other, **more):
    """The row of one comparison in a family of its own."""
    return adjusted("q", [gap(one, other, **more)], Common(min_base=1))[0]


def test_what_does_not_vary_is_not_tested_however_it_is_weighted():
    """Rounding of 7 x 0.1 + 7 x 0.1 ... must not pass for a spread."""
    found = told(estimate([7] * 30, [0.1] * 30), estimate([6] * 30, [0.3] * 30))
    assert found["estimate"] == pytest.approx(1)
    assert np.isnan([found["se"], found["p"], found["detectable"]]).all()
    assert not {"low", "high"} & set(found)


def test_an_interval_stays_within_reach():
    high, low = estimate([10, 10, 10, 9]), estimate([1, 1, 1, 2])
    family = [gap(high, low, reach=9), gap(low, high, reach=9)]
    up, down = adjusted("q", family, Common(min_base=1, level=0.999))
    assert (up["estimate"], up["high"]) == (8.5, 9)
    assert (down["estimate"], down["low"]) == (-8.5, -9)


def test_one_answer_has_no_test():
    assert np.isnan(told(estimate([5.0]), estimate([1.0, 2, 3]))["p"])


def test_intervals_and_marks_of_a_family_agree():
    """No comparison whose interval leaves 0 out while its adjusted p does not say so, or the other way round."""
    rng = np.random.default_rng(5)
    for correction in ("bonferroni", "bh"):
        seen = []
        for _ in range(12):
            frame = pd.DataFrame({"q": rng.integers(1, 11, 240), "g": rng.choice([*"abcd"], 240)})
            frame["q"] = np.clip(frame["q"] + 4 * (frame["g"] == "a"), 1, 10)
            frame["wave"] = rng.choice(["2023", "2024", "2025", "2026"], 240)
            rows = compared(frame, by="g", wave="wave", correction=correction, min_base=1)
            outside = (rows["low"] > 0) | (rows["high"] < 0)
            assert (outside == (rows["p_adjusted"] < 0.05)).all()
            seen += outside.tolist()
        assert 5 < sum(seen) < len(seen)


def test_a_trend_is_last_against_first_too_and_a_slope():
    rng = np.random.default_rng(6)
    waves = ["2023", "2024", "2025", "2026"]
    frame = pd.DataFrame({"wave": np.repeat(waves, 60), "q": rng.integers(1, 11, 240)})
    rows = compared(frame, wave="wave").set_index("term")
    by_wave = frame.groupby("wave")["q"]
    first, last = (frame.loc[frame["wave"] == wave, "q"] for wave in ("2023", "2026"))
    expected = stats.ttest_ind(last, first, equal_var=False)
    assert rows.loc["mean_vs_first", "p"] == pytest.approx(expected.pvalue, rel=1e-9)
    assert rows["p_adjusted"].tolist() == pytest.approx(np.minimum(1, 5 * rows["p"]).tolist(), rel=1e-12)
    # Weighted least squares of the four means on 0-3, statsmodels, with the variances taken as known.
    fit = WLS(
        by_wave.mean().to_numpy(), np.column_stack([np.ones(4), range(4)]), weights=1 / by_wave.sem() ** 2
    ).fit()
    assert rows.loc["mean_slope", "estimate"] == pytest.approx(fit.params[1], rel=1e-10)
    assert rows.loc["mean_slope", "se"] == pytest.approx(fit.normalized_cov_params[1, 1] ** 0.5, rel=1e-10)
    assert "mean_slope" not in set(compared(frame.query("wave > '2023'"), wave="wave")["term"])
    assert "mean_vs_first" not in set(compared(frame.query("wave > '2024'"), wave="wave")["term"])


def test_what_is_visible_is_found_in_80_of_100_surveys():
    """The smallest visible difference of a group, as printed, planted; the adjustment for four groups counts."""
    deck, common = cards(["q"], [0, 100]), Common(by="g")
    rng, groups = np.random.default_rng(8), np.repeat([*"abcd"], 100)

    def survey(shift):
        scores = np.clip(np.rint(50 + rng.normal(0, 15, 400) + shift * (groups == "a")), 0, 100)
        cells = tally_cells(pd.DataFrame({"q": scores, "g": groups}), deck, common)
        return next(row for row in compare_means(cells, deck, "mean", common) if row["group"] == "a")

    visible = np.mean([survey(0)["detectable"] for _ in range(20)])
    found = np.mean([survey(visible)["p_adjusted"] < 0.05 for _ in range(200)])
    assert 0.8 - 2.5 * 0.028 <= found <= 0.8 + 2.5 * 0.028


def test_the_slope_of_a_panel_is_that_of_each_respondents_own_line():
    """With everybody in all waves and equal variances the slope is the mean of the respondents' own slopes."""
    rng = np.random.default_rng(7)
    level = rng.normal(0, 2, (50, 1))
    x = level + rng.normal(0, 1, (50, 4)) + 0.1 * np.arange(4)
    x = (x - x.mean(axis=0)) / x.std(axis=0, ddof=1) + 0.1 * np.arange(4)
    levels = [means(x[:, [k]], np.ones(50))[0] for k in range(4)]
    everybody = (np.arange(50), np.arange(50))
    found = slope(levels, {(s, t): everybody for s in range(4) for t in range(s)})["test"]
    own = (x @ (np.arange(4) - 1.5)) / 5
    assert found.value == pytest.approx(own.mean(), rel=1e-10)
    assert found.se == pytest.approx(stats.sem(own), rel=1e-10)


def test_those_who_stand_in_both_are_found_by_their_ids_alone():
    frame = pd.DataFrame({"q": [1.0, 2, 3, 4, 5, 6], "id": ["a", "b", None, "b", None, "c"], "wave": list("111222")})
    cells = tally_cells(frame, DECK, Common(wave="wave", respondent="id"))
    one, other = cells.answers("", "2"), cells.answers("", "1")
    here, there = same_people(one, other)
    assert one.respondent[here].tolist() == other.respondent[there].tolist() == ["b"]
    assert (one.scores[here, 0].item(), other.scores[there, 0].item()) == (4, 2)
    plain = answers(frame, ["q"], wave="wave")
    assert same_people(plain, plain)[0].size == 0
    assert shared_covariance(estimate(frame["q"]), estimate(frame["q"]), same_people(plain, plain)) == 0


def test_answers_to_reversed_items_are_turned_round():
    deck = cards(["q", "r"], {"q": [1, 10], "r": {"min": 1, "max": 5, "reversed": True}})
    found = turned(answers(pd.DataFrame({"q": [3, 4], "r": [1, None]}), ["q", "r"]), deck)
    assert found.scores[0].tolist() == [3, 5]
    assert np.isnan(found.scores[1, 1])
