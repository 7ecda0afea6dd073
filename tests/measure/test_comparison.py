"""One comparison for all methods: against scipy, on its bounds, and over who stands in both waves."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cxkit.measure.cells import Where, tally_cells, turned
from cxkit.measure.common import Common
from cxkit.measure.comparison import compare_means, contrasts, gap, same_people, shared_covariance
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
        ("rest", Where("a", "2026"), Where("a", "2026", True)),
        ("rest", Where("b", "2026"), Where("b", "2026", True)),
        ("previous", Where("", "2026"), Where("", "2025")),
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


def test_what_does_not_vary_is_not_tested_however_it_is_weighted():
    """Rounding of 7 x 0.1 + 7 x 0.1 ... must not pass for a spread."""
    one, other = estimate([7] * 30, [0.1] * 30), estimate([6] * 30, [0.3] * 30)
    found = gap(one, other, 0.95)
    assert found["estimate"] == pytest.approx(1)
    assert np.isnan([found["se"], found["p"], found["low"], found["high"]]).all()


def test_an_interval_stays_within_reach():
    high, low = estimate([10, 10, 10, 9]), estimate([1, 1, 1, 2])
    up, down = gap(high, low, 0.999, reach=9), gap(low, high, 0.999, reach=9)
    assert (up["estimate"], up["high"]) == (8.5, 9)
    assert (down["estimate"], down["low"]) == (-8.5, -9)


def test_one_answer_has_no_test():
    assert np.isnan(gap(estimate([5.0]), estimate([1.0, 2, 3]), 0.95)["p"])


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
