"""The policy for small bases."""

import numpy as np
import pandas as pd
import pytest

from cxkit.errors import SettingsError
from cxkit.result import tidy_table
from cxkit.stats.bases import apply_base_policy

NUMBERS = ["n_eff", "estimate", "se", "low", "high", "p", "p_adjusted", "detectable"]


def row(n, n_other=np.nan):
    return {"term": "mean", "n": n, "n_other": n_other, "missing": 1, **dict.fromkeys(NUMBERS, 0.5)}


@pytest.mark.parametrize(
    ("n", "n_other", "expected"),
    [
        (0, np.nan, "hidden"), (9, np.nan, "hidden"), (10, np.nan, "small"), (29, np.nan, "small"),
        (30, np.nan, "ok"), (500, 9, "hidden"), (9, 500, "hidden"), (500, 29, "small"), (500, 30, "ok"),
    ],
)  # fmt: skip
def test_the_smaller_side_decides(n, n_other, expected):
    found = apply_base_policy(tidy_table([row(n, n_other)]), 10, 30)
    assert found["base"].tolist() == [expected]
    assert found[NUMBERS].isna().all(axis=None) == (expected == "hidden")


def test_bases_and_missing_counts_stay_where_numbers_are_hidden():
    found = apply_base_policy(tidy_table([row(4, 200)]), 10, 30)
    assert found[["n", "n_other", "missing"]].values.tolist() == [[4, 200, 1]]


def test_the_given_table_stays_as_it_was():
    table = tidy_table([row(4), row(40)])
    before = table.copy()
    apply_base_policy(table, 10, 30)
    pd.testing.assert_frame_equal(table, before)


def test_other_rows_keep_their_numbers():
    found = apply_base_policy(tidy_table([row(4), row(40)]), 10, 30)
    assert (found.loc[1, NUMBERS] == 0.5).all()


@pytest.mark.parametrize(("low", "high"), [(0, 30), (-1, 30), (31, 30), (10.5, 30), ("10", 30), (10, None)])
def test_a_base_that_makes_no_sense_is_an_error(low, high):
    with pytest.raises(SettingsError, match="whole numbers of 1 or more, min_base not above flag_base"):
        apply_base_policy(tidy_table([row(4)]), low, high)
