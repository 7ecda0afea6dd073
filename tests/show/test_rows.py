"""Places of items from claims, against the numbers of published and run examples."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from cxkit.measure.claims import Claim, settle
from cxkit.result import Result, tidy_table
from cxkit.show.rows import apart, places, possible_first
from tests.claimed import with_claims


def of_counts(counts, level=0.95, correction="holm"):
    """Counts of one multinomial sample, each two compared by the exact binomial test."""
    names = [f"c{k}" for k in range(len(counts))]
    claims = [
        Claim("pair", a, n - m, stats.binomtest(n, n + m).pvalue, other=b)
        for (a, n), (b, m) in combinations(zip(names, counts, strict=True), 2)
    ]
    made = settle(claims, level)
    if correction == "bonferroni":
        made["made"] = len(claims) * made["p"] < 1 - level
    result = Result("scaling", {}, tidy_table([]), {})
    return replace(result, claims=made), names


# Run with R's csranks on the same counts (exact multinomial comparisons, 95 %).
@pytest.mark.parametrize(
    ("counts", "correction", "first", "last"),
    [
        ([120, 95, 80, 60, 20], "holm", [1, 1, 2, 3, 5], [2, 3, 4, 4, 5]),
        ([120, 95, 80, 60, 20], "bonferroni", [1, 1, 1, 2, 5], [3, 4, 4, 4, 5]),
        ([56, 72, 73, 59, 62, 87, 58], "holm", [1] * 7, [7] * 7),
    ],
)
def test_places_of_counts_are_those_of_csranks(counts, correction, first, last):
    result, names = of_counts(counts, correction=correction)
    found = places(result, "pair", names)
    assert [found[name][0] for name in names] == first
    assert [found[name][1] for name in names] == last


def test_possible_firsts_and_lasts_are_those_whose_places_reach_the_end():
    result, names = of_counts([120, 95, 80, 60, 20])
    assert possible_first(result, "pair", names) == ["c0", "c1"]
    assert possible_first(result, "pair", names, lowest=True) == ["c4"]
    assert possible_first(result, "another", names) == names


def test_of_equal_items_a_single_first_or_last_is_named_in_at_most_6_of_100():
    rng = np.random.default_rng(3)
    named = 0
    for _ in range(200):
        result, names = of_counts(rng.multinomial(400, [0.1] * 10))
        named += any(len(possible_first(result, "pair", names, lowest=low)) == 1 for low in (False, True))
    assert named / 200 <= 0.06


def compared(*tests, made):
    rows = [{"item": "a", "term": "mean_vs_rest", "group": group, "n": 50, "n_other": 50, "estimate": 0.3, "p": 0.02,
             "p_adjusted": p} for group, p in tests]  # fmt: skip
    result = with_claims(Result("scaling", {"level": 0.95}, tidy_table(rows), {"wave": ""}))
    return replace(result, claims=result.claims[result.claims["group"].isin([*made])])


def test_groups_are_apart_where_the_page_says_so_and_not_where_only_a_table_does():
    three = [("x", 0.01), ("y", 0.01), ("z", 0.3)]
    assert apart(compared(*three, made="xyz"), "mean") == {("a", "x"), ("a", "y")}
    open_ = compared(*three, made="xyz")
    assert apart(replace(open_, claims=open_.claims.assign(made=False)), "mean") == set()


def test_of_two_groups_that_are_each_other_s_rest_both_are_apart():
    assert apart(compared(("x", 0.01), ("y", 0.01), made="x"), "mean") == {("a", "x"), ("a", "y")}
    # two groups that overlap are two tests
    assert apart(compared(("x", 0.01), ("y", 0.3), made="xy"), "mean") == {("a", "x")}
    assert apart(compared(("x", 0.3), ("y", 0.3), made="x"), "mean") == set()
