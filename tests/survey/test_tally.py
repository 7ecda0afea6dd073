"""Counts and moments are the same wherever the data live, and equal plain pandas and numpy."""

import math
from functools import cache
from itertools import combinations_with_replacement

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from cxkit.errors import DataError
from cxkit.survey import tally

ITEMS = ("ease", "trust", "speed")
POWERS = [(0, 1), (0, 2), (0, 3), (1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (3, 0)]
WAVES = {"respondent": "id", "wave": "wave", "earlier": "2025", "later": "2026"}
BACKENDS = {
    "pandas": lambda frame: frame,
    "polars": pl.from_pandas,
    "pyarrow": lambda frame: pa.Table.from_pandas(frame, preserve_index=False),
    "duckdb": lambda frame: duckdb.from_arrow(pa.Table.from_pandas(frame, preserve_index=False)),
}
VARIANTS = {
    **BACKENDS,
    "pandas nullable": lambda frame: frame.convert_dtypes(),
    "pandas arrow": lambda frame: frame.convert_dtypes(dtype_backend="pyarrow"),
    "polars lazy": lambda frame: pl.from_pandas(frame).lazy(),
    "polars with NaN": lambda frame: pl.from_pandas(frame, nan_to_null=False),
}


@cache
def answers(rows, seed):
    """Answers 1-5 with gaps; every third group unknown, some waves unknown, some weights 0; two rows per id."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({name: rng.integers(1, 6, rows).astype(float) for name in ITEMS})
    for name in ITEMS:
        frame.loc[rng.uniform(size=rows) < 0.2, name] = np.nan
    frame.loc[:4, list(ITEMS)] = 3.0
    frame["w"] = np.where(rng.uniform(size=rows) < 0.1, 0.0, rng.uniform(0.5, 2, rows).round(2))
    frame["segment"] = pd.Series([("Shop", "Веб", None)[k % 3] for k in range(rows)], dtype=object)
    frame["wave"] = pd.Series([None if k % 11 == 0 else ("2025", "2026")[k // (rows // 2)] for k in range(rows)],
                              dtype=object)  # fmt: skip
    frame["id"] = pd.Series([None if k % 13 == 0 else f"r{k % (rows // 2)}" for k in range(rows)], dtype=object)
    return frame


def survey():
    return answers(90, seed=7).copy()


def plain_counts(frame, items, by="", wave="", weight=""):
    """The same counts by a plain pandas groupby, as {(item, group, wave, score): (n, w, w2)}."""
    frame = frame.assign(_w=frame[weight] if weight else 1.0)
    frame = frame[frame["_w"] > 0].assign(_w2=lambda f: f["_w"] ** 2)
    found = {}
    for item in items:
        keys = [key for key in (by, wave, item) if key]
        for key, cell in frame.groupby(keys, dropna=False):
            values = dict(zip(keys, key, strict=True))
            place = (item, known(values.get(by, "")), known(values.get(wave, "")), known(values[item]))
            found[place] = (len(cell), pytest.approx(cell["_w"].sum()), pytest.approx(cell["_w2"].sum()))
    return found


def as_dict(counts):
    rows = counts.itertuples(index=False, name=None)
    found = {(item, known(group), known(wave), known(score)): rest for item, group, wave, score, *rest in rows}
    assert len(found) == len(counts)
    return {key: tuple(rest) for key, rest in found.items()}


def known(value):
    return None if pd.isna(value) else value


def native(data):
    """A polars, pandas or arrow table as plain pandas."""
    data = data.to_native() if hasattr(data, "to_native") else data
    if isinstance(data, pl.LazyFrame):
        data = data.collect()
    if isinstance(data, duckdb.DuckDBPyRelation):
        data = data.to_arrow_table()
    return data if isinstance(data, pd.DataFrame) else data.to_pandas()


def refusal(call, *arguments, **settings):
    try:
        call(*arguments, **settings)
    except Exception as error:
        caught = error
    else:
        pytest.fail("nothing was refused")
    assert type(caught) is DataError
    assert "\n" not in str(caught)
    assert str(caught)[-1] in ".?"
    return str(caught)


@pytest.fixture(params=BACKENDS)
def convert(request):
    return BACKENDS[request.param]


@pytest.fixture(params=VARIANTS)
def convert_any(request):
    return VARIANTS[request.param]


class TestCounts:
    @pytest.mark.parametrize(
        ("by", "wave", "weight"), [("", "", ""), ("segment", "", "w"), ("", "wave", ""), ("segment", "wave", "w")]
    )
    def test_counts_equal_a_plain_groupby(self, convert, by, wave, weight):
        frame = survey()
        found = tally.counts(convert(frame), ITEMS, by=by, wave=wave, weight=weight)
        assert as_dict(found) == plain_counts(frame, ITEMS, by, wave, weight)

    def test_tables_are_equal_in_every_cell_and_their_order(self, convert_any):
        frame = survey()
        settings = {"by": "segment", "wave": "wave", "weight": "w"}
        expected = tally.counts(frame, ITEMS, **settings)
        assert_frame_equal(tally.counts(convert_any(frame), ITEMS, **settings), expected)

    def test_items_come_in_the_order_asked_for_and_scores_rise(self, convert):
        found = tally.counts(convert(survey()), ["trust", "ease"])
        assert found["item"].unique().tolist() == ["trust", "ease"]
        scores = found[found["item"] == "trust"]["score"]
        assert scores.tolist()[:-1] == [1, 2, 3, 4, 5]
        assert math.isnan(scores.iloc[-1])

    def test_groups_and_waves_that_are_not_known_are_none(self, convert):
        found = tally.counts(convert(survey()), ["ease"], by="segment", wave="wave")
        assert set(found["group"]) == {"Shop", "Веб", None}
        assert set(found["wave"]) == {"2025", "2026", None}
        assert set(tally.counts(convert(survey()), ["ease"])["group"]) == {""}

    def test_whole_numbers_for_groups_are_text(self, convert):
        frame = pd.DataFrame({"ease": [1.0, 2.0, 2.0], "year": [2025, 2026, 2026]})
        found = tally.counts(convert(frame), ["ease"], by="year")
        assert as_dict(found) == {("ease", "2025", "", 1): (1, 1, 1), ("ease", "2026", "", 2): (2, 2, 2)}

    def test_whole_number_columns_count_as_well(self, convert):
        frame = pd.DataFrame({"ease": [1, 2, 2], "w": [1, 0, 3]})
        found = tally.counts(convert(frame), ["ease"], weight="w")
        assert as_dict(found) == {("ease", "", "", 1): (1, 1, 1), ("ease", "", "", 2): (1, 3, 9)}

    def test_a_hand_count(self):
        frame = pd.DataFrame({"q": [5, 5, np.nan, 3], "w": [1, 2, 4, 0.5], "g": ["a", "a", "b", None]})
        found = tally.counts(frame, ["q"], by="g", weight="w")
        assert as_dict(found) == {
            ("q", "a", "", 5): (2, 3, 5),
            ("q", "b", "", None): (1, 4, 16),
            ("q", None, "", 3): (1, 0.5, 0.25),
        }

    def test_columns_named_like_the_tally_do_no_harm(self, convert):
        frame = pd.DataFrame(
            {"score": [1.0, 2.0, 2.0], "n": [3.0, 3.0, 4.0], "w": ["x", "x", "y"], "item": [1, 1, 2]}
        )
        found = tally.counts(convert(frame), ["score", "n"], by="w", weight="item")
        expected = plain_counts(frame, ["score", "n"], "w", weight="item")
        assert as_dict(found) == expected


def kish(w):
    """The effective base of weights: Kish, Survey Sampling (1965)."""
    return w.sum() ** 2 / (w**2).sum()


class TestMoments:
    @pytest.mark.parametrize("weight", ["", "w"])
    def test_complete_moments_equal_numpy(self, convert, weight):
        frame = survey()
        found = tally.moments(convert(frame), ITEMS, weight=weight)
        used = frame.assign(_w=frame[weight] if weight else 1.0).query("_w > 0").dropna(subset=list(ITEMS))
        n, values = len(used), used[list(ITEMS)].to_numpy().T
        covariance = np.cov(values, aweights=used["_w"], ddof=0) * n / (n - 1)
        assert 20 < n < len(frame)
        assert found.items == ITEMS
        assert found.n.tolist() == [n] * 3
        np.testing.assert_allclose(found.mean, np.average(values, axis=1, weights=used["_w"]), rtol=1e-12)
        np.testing.assert_allclose(found.covariance, covariance, rtol=1e-10)
        assert (found.n_pairs == n).all()
        assert found.n_eff == pytest.approx(kish(used["_w"]), rel=1e-12)

    def test_pairwise_moments_equal_numpy(self, convert_any):
        frame = survey()
        found = tally.moments(convert_any(frame), ITEMS, weight="w", complete=False)
        frame = frame.query("w > 0")
        pairs = [frame.dropna(subset=list(pair)) for pair in combinations_with_replacement(ITEMS, 2)]
        assert found.n_eff == pytest.approx(min(kish(pair["w"]) for pair in pairs), rel=1e-12)
        for i, a in enumerate(ITEMS):
            own = frame.dropna(subset=[a])
            assert found.n[i] == len(own)
            assert found.mean[i] == pytest.approx(np.average(own[a], weights=own["w"]))
            for j, b in enumerate(ITEMS):
                pair = frame.dropna(subset=[a, b])
                n = len(pair)
                expected = np.cov(pair[a], pair[b], aweights=pair["w"], ddof=0)[0, 1] * n / (n - 1)
                assert found.n_pairs[i, j] == n
                assert found.covariance[i, j] == pytest.approx(expected, rel=1e-10)

    def test_equal_weights_give_the_sample_covariance(self):
        frame = survey().assign(w=2.5)
        expected = frame[list(ITEMS)].dropna().cov().to_numpy()
        np.testing.assert_allclose(tally.moments(frame, ITEMS, weight="w").covariance, expected, rtol=1e-10)

    def test_a_large_mean_does_not_drown_the_variance(self, convert):
        frame = pd.DataFrame({"a": [1e9 + 1, 1e9 + 2, 1e9 + 3], "b": [1e9 + 3, 1e9 + 1, 1e9 + 2]})
        np.testing.assert_allclose(tally.moments(convert(frame), ["a", "b"]).covariance, [[1, -0.5], [-0.5, 1]])

    def test_one_respondent_has_no_covariance(self, convert):
        found = tally.moments(convert(pd.DataFrame({"a": [4.0], "b": [2.0]})), ["a", "b"])
        assert (found.n.tolist(), found.mean.tolist()) == ([1, 1], [4, 2])
        assert np.isnan(found.covariance).all()

    def test_nobody_complete_is_counted_as_nobody(self, convert):
        frame = pd.DataFrame({"a": [4.0, np.nan], "b": [np.nan, 2.0]})
        complete, pairwise = (tally.moments(convert(frame), ["a", "b"], complete=c) for c in (True, False))
        assert complete.n.tolist() == [0, 0]
        assert np.isnan(complete.covariance).all()
        assert pairwise.n_pairs.tolist() == [[1, 0], [0, 1]]
        assert pairwise.mean.tolist() == [4, 2]


class TestTransitions:
    @pytest.mark.parametrize("weight", ["", "w"])
    def test_transitions_equal_a_plain_merge(self, convert, weight):
        frame = survey()
        found = tally.transitions(convert(frame), "ease", **WAVES, weight=weight)
        frame = frame.assign(_w=frame[weight] if weight else 1.0).query("_w > 0").dropna(subset=["ease", "id"])
        both = frame[frame["wave"] == "2025"].merge(frame[frame["wave"] == "2026"], on="id")
        powers = {f"w{i}{j}": both["_w_x"] ** i * both["_w_y"] ** j for i, j in POWERS}
        cells = both.assign(n=1, **powers).groupby(["ease_x", "ease_y"])
        expected = cells[["n", *powers]].sum().reset_index()
        expected.columns = ["before", "after", "n", *powers]
        assert len(expected) > 5
        assert not weight or (both["_w_x"] != both["_w_y"]).any()
        assert_frame_equal(found, expected, check_dtype=False)

    def test_a_hand_count(self, convert):
        frame = pd.DataFrame(
            {
                "id": ["a", "b", "c", "a", "b", "d", None],
                "wave": ["2025", "2025", "2025", "2026", "2026", "2026", "2026"],
                "ease": [5.0, 1.0, 4.0, 5.0, 3.0, 2.0, 1.0],
            }
        )
        found = tally.transitions(convert(frame), "ease", **WAVES)
        assert found.to_numpy().tolist() == [[1, 3, *[1] * 10], [5, 5, *[1] * 10]]

    def test_nobody_in_both_waves_gives_no_rows(self, convert):
        frame = pd.DataFrame({"id": ["a", "b"], "wave": ["2025", "2026"], "ease": [5.0, 4.0]})
        found = tally.transitions(convert(frame), "ease", **WAVES)
        assert (len(found), list(found.columns)[:4]) == (0, ["before", "after", "n", "w01"])


class TestOthers:
    def test_repeated_ids_are_seen(self, convert):
        waves = {"wave": ["1", "1", "2", "2"]}
        assert tally.repeats(convert(pd.DataFrame({"id": ["a", "b", "a", "c"], **waves})), "id", "wave") is True
        assert tally.repeats(convert(pd.DataFrame({"id": ["a", "b", None, None], **waves})), "id", "wave") is False
        assert tally.repeats(convert(pd.DataFrame({"id": ["a", "b", None, None]})), "id", "") is False

    def test_a_screen_counts_straight_lines_and_gaps(self, convert):
        nan = np.nan
        rows = [[3, 3, 3], [3, 3, nan], [1, 2, 3], [5, nan, nan], [nan] * 3, [4, 4, 4], [2, 2, 2]]
        frame = pd.DataFrame(rows, columns=list(ITEMS)).assign(w=[1, 1, 1, 1, 1, 2.5, 0])
        assert tally.screen(convert(frame), ITEMS) == {"rows": 7, "straight_lined": 3, "mostly_missing": 2}
        assert tally.screen(convert(frame), ITEMS, "w") == {"rows": 6, "straight_lined": 2, "mostly_missing": 2}

    def test_half_the_items_missing_is_not_most_of_them(self, convert):
        frame = pd.DataFrame([[3, np.nan], [np.nan, np.nan]], columns=["ease", "trust"], dtype=float)
        assert tally.screen(convert(frame), ["ease", "trust"])["mostly_missing"] == 1

    def test_two_items_show_no_straight_line(self, convert):
        assert tally.screen(convert(survey()), ["ease", "trust"])["straight_lined"] == 0

    def test_a_composite_averages_the_parts_of_complete_rows(self, convert):
        frame = survey()
        parts = {"ease": (-25.0, 25.0), "trust": (125.0, -25.0)}
        found = native(tally.with_composite(convert(frame), "overall", parts))
        expected = ((frame["ease"] - 1) * 25 + (5 - frame["trust"]) * 25) / 2
        assert expected.isna().sum() > frame["ease"].isna().sum()
        np.testing.assert_allclose(found["overall"].astype(float), expected)
        assert list(found.columns) == [*frame.columns, "overall"]

    def test_a_composite_can_be_counted(self, convert):
        frame = pd.DataFrame({"ease": [1.0, 5.0, 5.0], "trust": [3.0, 5.0, np.nan]})
        data = tally.with_composite(convert(frame), "overall", {"ease": (0, 1), "trust": (0, 1)})
        found = as_dict(tally.counts(data, ["overall"]))
        assert found == {("overall", "", "", s): (1, 1, 1) for s in (2, 5, None)}

    def test_one_wave_is_cut_out(self, convert):
        frame = survey()
        found = native(tally.in_wave(convert(frame), "wave", "2026"))
        assert found["ease"].isna().sum() == frame[frame["wave"] == "2026"]["ease"].isna().sum()
        assert found["w"].tolist() == frame[frame["wave"] == "2026"]["w"].tolist()

    def test_a_wave_that_is_a_number_is_cut_out_by_its_text(self, convert):
        frame = pd.DataFrame({"ease": [1.0, 2.0], "year": [2025, 2026]})
        assert native(tally.in_wave(convert(frame), "year", "2026"))["ease"].tolist() == [2]

    def test_without_a_wave_all_rows_stay(self, convert):
        assert len(native(tally.in_wave(convert(survey()), "", "2026"))) == 90

    def test_the_first_row_of_a_value_is_named_in_pandas_alone(self):
        frame = pd.DataFrame({"ease": [1.0, 7.0, 7.0]}, index=[2, 3, 4])
        assert tally.first_row(frame, "ease", 7) == 3
        assert tally.first_row(frame, "ease", 8) is None
        assert tally.first_row(pl.from_pandas(frame), "ease", 7) is None


class TestRefused:
    def test_a_column_that_is_not_there(self, convert):
        message = refusal(tally.counts, convert(survey()), ["eese"])
        assert message == 'The data have no column "eese"; did you mean "ease"?'

    def test_a_column_that_stands_twice(self):
        data = pd.DataFrame([[9, 1, 2]], columns=["nps", "why", "why"])
        message = refusal(tally.counts, data, ["nps"])
        assert message == 'The data have several columns "why"; give each column a name of its own.'

    @pytest.mark.parametrize("role", ["by", "wave", "weight"])
    def test_a_role_that_is_not_there(self, role):
        assert 'no column "segmnt"' in refusal(tally.counts, survey(), ["ease"], **{role: "segmnt"})

    @pytest.mark.parametrize("weight", [-1.0, np.nan, np.inf])
    def test_a_weight_that_is_none(self, convert, weight):
        frame = pd.DataFrame({"ease": [1.0, 2.0, 3.0], "w": [1.0, weight, weight]})
        message = refusal(tally.counts, convert(frame), ["ease"], weight="w")
        assert 'column "w" has 2 empty, negative or infinite weights' in message

    def test_weights_that_are_all_zero(self, convert):
        frame = pd.DataFrame({"ease": [1.0, 2.0], "w": [0.0, 0.0]})
        assert 'column "w" holds no weight above 0' in refusal(tally.counts, convert(frame), ["ease"], weight="w")

    @pytest.mark.parametrize("data", [{"ease": [1]}, [1, 2], None, "answers.csv", np.zeros((2, 2))])
    def test_data_that_are_no_table(self, data):
        assert f"Data of type {type(data).__name__} cannot be read" in refusal(tally.counts, data, ["ease"])

    @pytest.mark.parametrize("kind", ["pandas", "pyarrow"])
    def test_answers_that_are_no_numbers_in_memory(self, kind):
        self.test_answers_that_are_no_numbers_where_they_live(kind)

    @pytest.mark.parametrize("kind", ["polars", "duckdb"])
    def test_answers_that_are_no_numbers_where_they_live(self, kind):
        message = refusal(tally.counts, BACKENDS[kind](pd.DataFrame({"ease": ["good", "bad"]})), ["ease"])
        assert 'column "ease" holds values that are not numbers' in message
        assert "cx.read" in message

    @pytest.mark.parametrize(
        "call",
        [
            lambda data: tally.moments(data, ["ease"]),
            lambda data: tally.screen(data, ["ease"]),
            lambda data: tally.transitions(data, "ease", respondent="id", wave="wave", earlier="1", later="2"),
        ],
        ids=["moments", "screen", "transitions"],
    )
    def test_other_calls_refuse_answers_that_are_no_numbers(self, convert, call):
        frame = pd.DataFrame({"ease": ["good", "bad"], "id": ["a", "a"], "wave": ["1", "2"]})
        assert 'column "ease" holds values that are not numbers' in refusal(call, convert(frame))

    @pytest.mark.parametrize("call", [tally.counts, tally.moments, tally.answers, tally.screen])
    def test_of_several_columns_the_one_that_holds_no_numbers_is_named(self, convert, call):
        frame = pd.DataFrame({"ease": [1.0, 2.0], "trust": ["good", "bad"], "appeal": [3.0, 4.0]})
        assert 'column "trust" holds values that are not numbers' in refusal(call, convert(frame), list(frame))

    def test_weights_that_are_no_numbers(self, convert):
        frame = pd.DataFrame({"ease": [1.0, 2.0], "w": ["heavy", "light"]})
        assert 'column "w"' in refusal(tally.counts, convert(frame), ["ease"], weight="w")


ROWS = st.lists(
    st.tuples(
        st.one_of(st.none(), st.integers(0, 10)),
        st.one_of(st.none(), st.integers(0, 10)),
        st.sampled_from(["a", "b", None]),
        st.sampled_from([0.25, 0.5, 1.0, 3.0]),
    ),
    min_size=1,
    max_size=12,
)


def frame_of(rows):
    frame = pd.DataFrame(rows, columns=["q", "r", "g", "w"])
    return frame.astype({"q": float, "r": float, "g": object, "w": float})


def polars_of(rows):
    return pl.from_pandas(frame_of(rows))


def counted(frame):
    return tally.counts(frame, ["q", "r"], by="g", weight="w")


class TestProperties:
    @settings(max_examples=8, deadline=None)
    @given(ROWS)
    def test_counts_equal_a_plain_groupby(self, rows):
        frame = frame_of(rows)
        assert as_dict(counted(frame)) == plain_counts(frame, ["q", "r"], "g", weight="w")

    @settings(max_examples=8, deadline=None)
    @given(ROWS, st.randoms(use_true_random=False))
    def test_the_order_of_rows_changes_nothing(self, rows, random):
        mixed = random.sample(rows, len(rows))
        assert_frame_equal(counted(polars_of(mixed)), counted(polars_of(rows)))
        before, after = (tally.moments(polars_of(r), ["q", "r"], weight="w", complete=False) for r in (rows, mixed))
        assert after.n_pairs.tolist() == before.n_pairs.tolist()
        np.testing.assert_allclose(after.mean, before.mean, atol=1e-12)
        np.testing.assert_allclose(after.covariance, before.covariance, atol=1e-9)

    @settings(max_examples=8, deadline=None)
    @given(ROWS)
    def test_every_row_twice_doubles_the_counts_and_keeps_the_means(self, rows):
        once, twice = counted(polars_of(rows)), counted(polars_of(rows * 2))
        assert_frame_equal(twice, once.assign(n=once["n"] * 2, w=once["w"] * 2, w2=once["w2"] * 2))
        one, two = (tally.moments(polars_of(r), ["q", "r"], weight="w") for r in (rows, rows * 2))
        assert two.n.tolist() == [2 * n for n in one.n]
        np.testing.assert_allclose(two.mean, one.mean, atol=1e-12)

    @settings(max_examples=8, deadline=None)
    @given(ROWS, ROWS)
    def test_weight_zero_is_left_out_everywhere(self, rows, ghosts):
        with_ghosts = [*rows, *((q, r, g, 0.0) for q, r, g, _ in ghosts)]
        assert_frame_equal(counted(polars_of(with_ghosts)), counted(polars_of(rows)))
        assert tally.screen(polars_of(with_ghosts), ["q", "r"], "w") == tally.screen(polars_of(rows), ["q", "r"], "w")
        one, two = (tally.moments(polars_of(r), ["q", "r"], weight="w") for r in (rows, with_ghosts))
        assert two.n.tolist() == one.n.tolist()
        np.testing.assert_allclose(two.covariance, one.covariance, atol=1e-12)
