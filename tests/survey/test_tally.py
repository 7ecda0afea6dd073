"""Answers and their counts are the same wherever the data live, and equal plain pandas."""

import math
from functools import cache

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


def counts(data, items, each=False, **roles):
    return tally.counts(tally.answers(data, items, each=each, **roles))


def plain_counts(frame, items, by="", wave="", weight=""):
    """The same counts by a plain pandas groupby, as {(item, group, wave, score): (n, w, w2, w3)}."""
    frame = frame.assign(_w=frame[weight] if weight else 1.0)
    frame = frame[frame["_w"] > 0].assign(_w2=lambda f: f["_w"] ** 2, _w3=lambda f: f["_w"] ** 3)
    found = {}
    for item in items:
        keys = [key for key in (by, wave, item) if key]
        for key, cell in frame.groupby(keys, dropna=False):
            values = dict(zip(keys, key, strict=True))
            place = (item, known(values.get(by, "")), known(values.get(wave, "")), known(values[item]))
            found[place] = (len(cell), *(pytest.approx(cell[power].sum()) for power in ("_w", "_w2", "_w3")))
    return found


def as_dict(counts):
    rows = counts.itertuples(index=False, name=None)
    found = {(item, known(group), known(wave), known(score)): rest for item, group, wave, score, *rest in rows}
    assert len(found) == len(counts)
    return {key: tuple(rest) for key, rest in found.items()}


def known(value):
    return None if pd.isna(value) else value


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
        found = counts(convert(frame), ITEMS, by=by, wave=wave, weight=weight)
        assert as_dict(found) == plain_counts(frame, ITEMS, by, wave, weight)

    def test_tables_are_equal_in_every_cell_and_their_order(self, convert_any):
        frame = survey()
        settings = {"by": "segment", "wave": "wave", "weight": "w"}
        expected = counts(frame, ITEMS, **settings)
        assert_frame_equal(counts(convert_any(frame), ITEMS, **settings), expected)

    def test_items_come_in_the_order_asked_for_and_scores_rise(self, convert):
        found = counts(convert(survey()), ["trust", "ease"])
        assert found["item"].unique().tolist() == ["trust", "ease"]
        scores = found[found["item"] == "trust"]["score"]
        assert scores.tolist()[:-1] == [1, 2, 3, 4, 5]
        assert math.isnan(scores.iloc[-1])

    def test_groups_and_waves_that_are_not_known_are_none(self, convert):
        found = counts(convert(survey()), ["ease"], by="segment", wave="wave")
        assert set(found["group"]) == {"Shop", "Веб", None}
        assert set(found["wave"]) == {"2025", "2026", None}
        assert set(counts(convert(survey()), ["ease"])["group"]) == {""}

    def test_whole_numbers_for_groups_are_text(self, convert):
        frame = pd.DataFrame({"ease": [1.0, 2.0, 2.0], "year": [2025, 2026, 2026]})
        found = counts(convert(frame), ["ease"], by="year")
        assert as_dict(found) == {("ease", "2025", "", 1): (1, 1, 1, 1), ("ease", "2026", "", 2): (2, 2, 2, 2)}

    def test_whole_number_columns_count_as_well(self, convert):
        frame = pd.DataFrame({"ease": [1, 2, 2], "w": [1, 0, 3]})
        found = counts(convert(frame), ["ease"], weight="w")
        assert as_dict(found) == {("ease", "", "", 1): (1, 1, 1, 1), ("ease", "", "", 2): (1, 3, 9, 27)}

    def test_a_hand_count(self):
        frame = pd.DataFrame({"q": [5, 5, np.nan, 3], "w": [1, 2, 4, 0.5], "g": ["a", "a", "b", None]})
        found = counts(frame, ["q"], by="g", weight="w")
        assert as_dict(found) == {
            ("q", "a", "", 5): (2, 3, 5, 9),
            ("q", "b", "", None): (1, 4, 16, 64),
            ("q", None, "", 3): (1, 0.5, 0.25, 0.125),
        }

    def test_columns_named_like_the_tally_do_no_harm(self, convert):
        frame = pd.DataFrame(
            {"score": [1.0, 2.0, 2.0], "n": [3.0, 3.0, 4.0], "w": ["x", "x", "y"], "item": [1, 1, 2]}
        )
        found = counts(convert(frame), ["score", "n"], by="w", weight="item")
        expected = plain_counts(frame, ["score", "n"], "w", weight="item")
        assert as_dict(found) == expected


class TestAnswers:
    def test_each_respondent_has_a_line_with_everything_known_of_them(self, convert_any):
        frame = survey()
        roles = {"by": "segment", "wave": "wave", "respondent": "id"}
        found = tally.answers(convert_any(frame), ITEMS, weight="w", **roles)
        used = frame[frame["w"] > 0]
        lines = [*found.scores.T, found.w, found.group, found.wave, found.respondent]
        expected = [used[column] for column in (*ITEMS, "w", *roles.values())]
        assert sorted(map(told, zip(*lines, strict=True))) == sorted(map(told, zip(*expected, strict=True)))
        assert (found.n == 1).all()
        assert found.zero == (frame["w"] == 0).sum() > 0

    def test_the_order_depends_on_the_answers_alone(self, convert):
        frame = survey()
        one, other = (tally.answers(convert(rows), ITEMS, weight="w") for rows in (frame, frame.sample(frac=1)))
        np.testing.assert_array_equal(one.scores, other.scores)
        np.testing.assert_array_equal(one.w, other.w)

    def test_some_items_come_in_the_order_they_would_have_alone(self):
        frame = survey()
        some = tally.answers(frame, ITEMS, weight="w").of(["speed", "ease"])
        alone = tally.answers(frame, ["speed", "ease"], weight="w")
        assert some.items == alone.items
        np.testing.assert_array_equal(some.scores, alone.scores)
        np.testing.assert_array_equal(some.w, alone.w)

    def test_those_who_answered_alike_are_counted_where_the_data_live(self, convert_any):
        frame = pd.DataFrame({"ease": [5.0, 5.0, np.nan, 5.0, np.nan], "segment": ["a", "a", "b", "b", "b"]})
        found = tally.answers(convert_any(frame), ["ease"], by="segment", each=False)
        assert sorted(zip(found.n.tolist(), found.group, strict=True)) == [(1, "b"), (2, "a"), (2, "b")]

    def test_an_id_twice_in_a_wave_is_refused(self, convert):
        frame = pd.DataFrame({"ease": [1.0, 2.0, 3.0], "id": ["a", "b", "a"], "wave": ["1", "1", "1"]})
        message = refusal(tally.answers, convert(frame), ["ease"], respondent="id", wave="wave")
        assert message == (
            'The column "id" holds an id twice in one wave; a respondent may answer once per wave, so delete one of '
            "the rows."
        )
        message = refusal(tally.answers, convert(frame), ["ease"], respondent="id")
        assert "a respondent may answer once, so delete" in message

    def test_an_id_in_two_waves_and_empty_ids_are_not(self, convert):
        frame = pd.DataFrame(
            {"ease": [1.0, 2.0, 3.0, 4.0], "id": ["a", "a", None, None], "wave": ["1", "2", "1", "1"]}
        )
        assert len(tally.answers(convert(frame), ["ease"], respondent="id", wave="wave").w) == 4

    def test_an_id_with_weight_0_counts_as_an_id(self):
        frame = pd.DataFrame({"ease": [1.0, 2.0], "id": ["a", "a"], "w": [1.0, 0.0]})
        assert "an id twice" in refusal(tally.answers, frame, ["ease"], respondent="id", weight="w")

    def test_the_first_row_of_a_value_is_named_in_pandas_alone(self):
        frame = pd.DataFrame({"ease": [1.0, 7.0, 7.0]}, index=[2, 3, 4])
        assert tally.first_row(frame, "ease", 7) == 3
        assert tally.first_row(frame, "ease", 8) is None
        assert tally.first_row(pl.from_pandas(frame), "ease", 7) is None


def told(line):
    """A line that can be sorted and compared."""
    return tuple(str(known(value)) for value in line)


class TestRefused:
    def test_a_column_that_is_not_there(self, convert):
        message = refusal(tally.answers, convert(survey()), ["eese"])
        assert message == 'The data have no column "eese"; did you mean "ease"?'

    def test_a_column_that_stands_twice(self):
        data = pd.DataFrame([[9, 1, 2]], columns=["nps", "why", "why"])
        message = refusal(tally.answers, data, ["nps"])
        assert message == 'The data have several columns "why"; give each column a name of its own.'

    @pytest.mark.parametrize("role", ["by", "wave", "weight"])
    def test_a_role_that_is_not_there(self, role):
        assert 'no column "segmnt"' in refusal(tally.answers, survey(), ["ease"], **{role: "segmnt"})

    @pytest.mark.parametrize("weight", [-1.0, np.nan, np.inf])
    def test_a_weight_that_is_none(self, convert, weight):
        frame = pd.DataFrame({"ease": [1.0, 2.0, 3.0], "w": [1.0, weight, weight]})
        message = refusal(tally.answers, convert(frame), ["ease"], weight="w")
        assert 'column "w" has 2 empty, negative or infinite weights' in message

    def test_weights_that_are_all_zero(self, convert):
        frame = pd.DataFrame({"ease": [1.0, 2.0], "w": [0.0, 0.0]})
        assert 'column "w" holds no weight above 0' in refusal(tally.answers, convert(frame), ["ease"], weight="w")

    @pytest.mark.parametrize("data", [{"ease": [1]}, [1, 2], None, "answers.csv", np.zeros((2, 2))])
    def test_data_that_are_no_table(self, data):
        assert f"Data of type {type(data).__name__} cannot be read" in refusal(tally.answers, data, ["ease"])

    @pytest.mark.parametrize("kind", ["pandas", "pyarrow"])
    def test_answers_that_are_no_numbers_in_memory(self, kind):
        self.test_answers_that_are_no_numbers_where_they_live(kind)

    @pytest.mark.parametrize("kind", ["polars", "duckdb"])
    def test_answers_that_are_no_numbers_where_they_live(self, kind):
        message = refusal(tally.answers, BACKENDS[kind](pd.DataFrame({"ease": ["good", "bad"]})), ["ease"])
        assert 'column "ease" holds values that are not numbers' in message
        assert "cx.read" in message

    @pytest.mark.parametrize("each", [True, False])
    def test_of_several_columns_the_one_that_holds_no_numbers_is_named(self, convert, each):
        frame = pd.DataFrame({"ease": [1.0, 2.0], "trust": ["good", "bad"], "appeal": [3.0, 4.0]})
        assert 'column "trust" holds values that are not numbers' in refusal(
            tally.answers, convert(frame), list(frame), each=each
        )

    def test_weights_that_are_no_numbers(self, convert):
        frame = pd.DataFrame({"ease": [1.0, 2.0], "w": ["heavy", "light"]})
        assert 'column "w"' in refusal(tally.answers, convert(frame), ["ease"], weight="w")


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
    return counts(frame, ["q", "r"], by="g", weight="w")


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

    @settings(max_examples=8, deadline=None)
    @given(ROWS)
    def test_every_row_twice_doubles_the_counts_and_keeps_the_means(self, rows):
        once, twice = counted(polars_of(rows)), counted(polars_of(rows * 2))
        assert_frame_equal(twice, once.assign(**{name: once[name] * 2 for name in ("n", "w", "w2", "w3")}))

    @settings(max_examples=8, deadline=None)
    @given(ROWS, ROWS)
    def test_weight_zero_is_left_out_everywhere(self, rows, ghosts):
        with_ghosts = [*rows, *((q, r, g, 0.0) for q, r, g, _ in ghosts)]
        assert_frame_equal(counted(polars_of(with_ghosts)), counted(polars_of(rows)))

    @settings(max_examples=8, deadline=None)
    @given(ROWS)
    def test_lines_and_those_counted_alike_give_the_same_counts(self, rows):
        each = counts(polars_of(rows), ["q", "r"], each=True, by="g", weight="w")
        assert_frame_equal(counted(polars_of(rows)), each)
