"""What every method promises, whatever it measures."""

import json
import pickle
import re
import types
from dataclasses import fields
from itertools import product

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

import cxkit as cx
from cxkit.methods import METHODS
from tests.conftest import example

COLUMNS = [
    "item", "term", "score", "group", "wave", "n", "n_other", "missing", "n_eff", "estimate", "se", "low", "high",
    "p", "p_adjusted", "detectable", "base",
]  # fmt: skip
NUMBERS = ["n_eff", "estimate", "se", "low", "high", "p", "p_adjusted", "detectable"]
ROLES = {"by": "segment", "wave": "wave", "weight": "weight", "respondent": "id"}

CALLS = {word: {**example(word), **ROLES} for word in METHODS}
FEW = {"csi_tree": {"weights": "equal", "outcome": ""}}  # what a method needs to run on a dozen respondents


@pytest.fixture(scope="module")
def bank():
    return cx.sample("bank").query("wave >= '2026'")


@pytest.fixture(scope="module")
def results(bank):
    return {method: METHODS[method].compute(bank, **CALLS[method]) for method in METHODS}


@pytest.fixture(params=METHODS)
def method(request):
    return request.param


@pytest.fixture
def result(method, results):
    return results[method]


def arrow(frame):
    return pa.Table.from_pandas(frame, preserve_index=False)


def in_duckdb(frame):
    connection = duckdb.connect()
    connection.register("survey", arrow(frame))
    return connection.table("survey")


BACKENDS = {"polars": lambda frame: pl.from_arrow(arrow(frame)), "pyarrow": arrow, "duckdb": in_duckdb}


def rated(result):
    """One of the columns that the method reads."""
    return next(name for name in result.settings["scale"] if name in cx.sample("bank"))


def is_plain(value):
    return isinstance(value, str | bool | int | float) or hasattr(value, "dtype")


def test_the_result_names_its_method_and_settings(method, result):
    assert result.method == method
    for name, value in CALLS[method].items():
        if name != "scale":
            assert result.settings[name] == value


def test_settings_hold_every_argument_of_the_method_as_plain_values(method, result):
    code = METHODS[method].compute.__code__
    names = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]
    common = [one.name for one in fields(cx.Common)]
    assert set(result.settings) == {*names, *common}
    assert json.loads(json.dumps(result.settings)) == result.settings


def test_every_term_has_a_unit(method, result):
    for term in result.tidy["term"].unique():
        assert METHODS[method].views.unit(term), term


def test_no_number_depends_on_the_name_of_the_client(bank, method, result):
    other = METHODS[method].compute(bank, **CALLS[method], client="another")
    pd.testing.assert_frame_equal(other.tidy, result.tidy, check_exact=True)
    assert (other.facts, other.notes) == (result.facts, result.notes)


def test_no_number_depends_on_the_names_of_groups_and_waves(bank, method, result):
    groups = {name: f"{99 - k} {name}" for k, name in enumerate(sorted(bank["segment"].unique()))}  # in reverse order
    waves = {name: name.replace("2026", "2027") for name in bank["wave"].unique()}
    renamed = bank.assign(segment=bank["segment"].map(groups), wave=bank["wave"].map(waves))
    other = METHODS[method].compute(renamed, **CALLS[method]).tidy
    back = {new: old for names in (groups, waves) for old, new in names.items()}
    other = other.assign(group=other["group"].replace(back), wave=other["wave"].replace(back))
    keys = ["item", "term", "score", "group", "wave"]
    pd.testing.assert_frame_equal(*(t.sort_values(keys, ignore_index=True) for t in (other, result.tidy)), rtol=1e-9)


def test_a_result_can_be_made_again_from_its_settings(bank, method, result):
    again = METHODS[method].compute(bank, **json.loads(result.to_json())["settings"])
    pd.testing.assert_frame_equal(again.tidy, result.tidy, check_exact=True)
    assert (again.settings, again.notes) == (result.settings, result.notes)


def test_the_table_has_the_required_columns(result):
    assert list(result.tidy.columns) == COLUMNS
    assert len(result.tidy)
    for column in COLUMNS:
        if column not in ("item", "term", "group", "wave", "base"):
            assert result.tidy[column].dtype == float
        else:
            assert result.tidy[column].map(type).eq(str).all()


def test_no_estimate_stands_twice(result):
    assert not result.tidy.duplicated(["item", "term", "score", "group", "wave"]).any()


def test_low_estimate_high_stand_in_order(result):
    known = result.tidy.dropna(subset=["low"])
    assert len(known)
    assert known["high"].notna().all()
    assert (known["low"] <= known["estimate"]).all()
    assert (known["estimate"] <= known["high"]).all()


def test_p_values_are_probabilities_and_never_fall_by_adjusting(result):
    tested = result.tidy.dropna(subset=["p"])
    assert len(tested)
    assert tested["p"].between(0, 1).all()
    assert tested["p_adjusted"].between(0, 1).all()
    assert (tested["p_adjusted"] >= tested["p"]).all()
    assert result.facts["tests"] == len(tested)


@pytest.mark.parametrize("correction", ["bonferroni", "bh"])
def test_no_interval_contradicts_its_mark(bank, method, correction):
    result = METHODS[method].compute(bank, **{**CALLS[method], "correction": correction})
    tested = result.tidy.dropna(subset=["p_adjusted"])
    apart = (tested["low"] > 0) | (tested["high"] < 0)
    assert apart.tolist() == (tested["p_adjusted"] < 0.05).tolist()
    assert 0 < apart.sum() < len(apart)


@pytest.mark.parametrize("method", ["scaling", "nps"])
def test_shares_of_a_cell_sum_to_one(result):
    shares = result.tidy[(result.tidy["term"] == "share") & (result.tidy["base"] != "hidden")]
    sums = shares.groupby(["item", "group", "wave"])["estimate"].sum()
    assert len(sums)
    assert sums.to_numpy() == pytest.approx(1, abs=1e-12)


def test_hidden_rows_carry_no_numbers_and_the_others_do(result):
    hidden = result.tidy["base"] == "hidden"
    assert hidden.any()
    assert set(result.tidy["base"]) <= {"ok", "small", "hidden"}
    assert result.tidy.loc[hidden, NUMBERS].isna().all(axis=None)
    assert result.tidy.loc[~hidden, "estimate"].notna().all()


def test_nothing_rests_on_fewer_respondents_than_the_smallest_base(result):
    shown = result.tidy[result.tidy["base"] != "hidden"]
    assert shown[["n", "n_other"]].min(axis=None) >= result.settings["min_base"]


def test_json_gives_the_same_result_back(result):
    back = cx.Result.from_json(result.to_json())
    pd.testing.assert_frame_equal(back.tidy, result.tidy, check_exact=True, check_dtype=False)
    assert back.to_json() == result.to_json()
    assert (back.scores is None) == (result.scores is None)


def test_json_gives_columns_of_the_same_type_back(result):
    assert cx.Result.from_json(result.to_json()).tidy.dtypes.tolist() == result.tidy.dtypes.tolist()


def test_pickle_gives_the_same_result_back(result):
    assert pickle.loads(pickle.dumps(result)).to_json() == result.to_json()


def test_json_holds_no_undefined_number(result):
    json.loads(result.to_json(), parse_constant=lambda text: pytest.fail(f"found {text}"))


def test_the_survey_is_not_changed(bank, method):
    before = bank.copy(deep=True)
    METHODS[method].compute(bank, **CALLS[method])
    pd.testing.assert_frame_equal(bank, before, check_exact=True)


def test_the_same_seed_gives_the_same_answer(bank, method, result):
    assert METHODS[method].compute(bank, **CALLS[method]).to_json() == result.to_json()


@pytest.mark.parametrize("backend", BACKENDS)
def test_every_kind_of_table_gives_the_same_result(bank, method, result, backend):
    found = METHODS[method].compute(BACKENDS[backend](bank), **CALLS[method])
    pd.testing.assert_frame_equal(found.tidy, result.tidy, check_exact=False, rtol=1e-9, atol=1e-9)
    for (code, numbers), (expected, others) in zip(found.notes, result.notes, strict=True):
        assert code == expected
        assert numbers == pytest.approx(others)
    for name, value in found.facts.items():
        assert value == (
            result.facts[name] if isinstance(value, str) else pytest.approx(result.facts[name], rel=1e-5)
        )


@pytest.mark.parametrize("backend", ["duckdb", "pandas"])
def test_the_rows_are_read_once(bank, method, backend, monkeypatch):
    data = in_duckdb(bank) if backend == "duckdb" else bank
    collects, collect = [], nw.LazyFrame.collect
    monkeypatch.setattr(nw.LazyFrame, "collect", lambda *a, **k: collects.append(a) or collect(*a, **k))
    METHODS[method].compute(data, **CALLS[method])
    assert len(collects) == 1


def test_rows_in_another_order_give_the_same_table(bank, method, result):
    found = METHODS[method].compute(bank.sample(frac=1, random_state=4), **CALLS[method])
    pd.testing.assert_frame_equal(found.tidy, result.tidy, check_exact=False, rtol=1e-10, atol=1e-10)


def test_weights_of_one_change_nothing(bank, method):
    plain = METHODS[method].compute(bank, **{**CALLS[method], "weight": ""})
    ones = METHODS[method].compute(bank.assign(one=1.0), **{**CALLS[method], "weight": "one"})
    pd.testing.assert_frame_equal(ones.tidy, plain.tidy, check_exact=False, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("factor", [0.01, 1e6])
def test_multiplying_all_weights_changes_nothing(bank, method, result, factor):
    found = METHODS[method].compute(bank.assign(weight=bank["weight"] * factor), **CALLS[method])
    pd.testing.assert_frame_equal(found.tidy, result.tidy, check_exact=False, rtol=1e-9, atol=1e-9)


def test_respondents_with_weight_zero_represent_nobody(bank, method, result):
    nobody = bank.assign(weight=0.0, id=[f"zero{k}" for k in range(len(bank))])
    found = METHODS[method].compute(pd.concat([bank, nobody]), **CALLS[method])
    pd.testing.assert_frame_equal(found.tidy, result.tidy, check_exact=False, rtol=1e-10, atol=1e-10)


def test_groups_under_other_names_have_the_same_numbers(bank, method):
    calm = {**CALLS[method], **({"interval": "adjusted"} if "interval" in CALLS[method] else {})}
    names = {name: f"{9 - k} {name[::-1]}" for k, name in enumerate(sorted(bank["segment"].unique()))}
    keys = ["item", "term", "score", "wave", "group"]
    one = METHODS[method].compute(bank, **calm).tidy.replace({"group": names}).sort_values(keys, ignore_index=True)
    other = METHODS[method].compute(bank.assign(segment=bank["segment"].map(names)), **calm).tidy
    other = other.sort_values(keys, ignore_index=True)
    pd.testing.assert_frame_equal(other, one, check_exact=False, rtol=1e-10, atol=1e-10)


def test_the_interval_widens_with_the_level(bank, method, result):
    wide = METHODS[method].compute(bank, **CALLS[method], level=0.99).tidy
    inner, outer = (t["high"] - t["low"] for t in (result.tidy, wide))
    assert (outer[inner > 0] >= inner[inner > 0]).all()
    assert outer.sum() > 1.1 * inner.sum()


def test_notes_are_codes_with_numbers(result):
    assert isinstance(result.notes, tuple)
    assert result.notes
    for note in result.notes:
        code, numbers = note
        assert isinstance(code, str)
        assert code.isidentifier()
        assert isinstance(numbers, dict)
        assert all(isinstance(name, str) and is_plain(value) for name, value in numbers.items())


def test_facts_are_flat_plain_values_without_gaps(result):
    assert result.facts
    for name, value in result.facts.items():
        assert isinstance(name, str)
        assert is_plain(value), f"{name} is {value!r}"
        assert isinstance(value, str) or np.isfinite(value), f"{name} is {value}"


def test_a_result_cannot_be_changed(result):
    with pytest.raises(AttributeError):
        result.method = "other"


def test_a_method_is_a_plain_function_with_keyword_settings(method):
    function = METHODS[method].compute
    assert isinstance(function, types.FunctionType)
    assert function.__name__ == method
    assert function.__code__.co_argcount <= 2
    assert getattr(cx, method) is function


def test_saving_writes_the_table_and_keeps_answers_of_respondents_out(result, tmp_path):
    result.save(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["result.json", "table.csv"]
    stored = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert stored["scores"] is None
    back = pd.read_csv(tmp_path / "table.csv", keep_default_na=False)
    assert list(back.columns) == COLUMNS
    assert len(back) == len(result.tidy)


def test_a_survey_with_undefined_group_and_wave_still_gives_plain_text_cells(bank, method):
    holes = bank.assign(segment=bank["segment"].where(bank.index % 7 > 0, None))
    holes["wave"] = holes["wave"].where(bank.index % 11 > 0, None)
    found = METHODS[method].compute(holes, **CALLS[method])
    assert {"group_unknown", "wave_unknown"} <= {code for code, _ in found.notes}
    assert not found.tidy[["group", "wave"]].isin(["None", "nan", "<NA>"]).any(axis=None)


WRONG = {
    "a list": [1, 2, 3], "a dict": {"recommend": [1]}, "nothing": None, "a path": "survey.csv",
    "a column": pd.Series([1, 2]), "an array": np.ones((3, 2)),
}  # fmt: skip


@pytest.mark.parametrize("kind", WRONG)
def test_data_of_a_wrong_kind_are_an_error_that_says_what_to_give(method, kind):
    with pytest.raises(cx.DataError, match="cannot be read; give a pandas, polars or DuckDB table"):
        METHODS[method].compute(WRONG[kind], **CALLS[method])


@pytest.mark.parametrize("role", ["by", "wave", "weight", "respondent"])
def test_an_unknown_column_is_an_error_that_names_the_nearest(bank, method, role):
    with pytest.raises(cx.DataError, match='no column "segmnt"; did you mean "segment"'):
        METHODS[method].compute(bank, **{**CALLS[method], role: "segmnt"})


def test_an_unknown_respondent_column_is_an_error_without_waves_too(bank, method):
    with pytest.raises(cx.DataError, match='no column "idd"'):
        METHODS[method].compute(bank, **{**CALLS[method], "wave": "", "respondent": "idd"})


@pytest.mark.parametrize("level", [0, 0.49, 1, 1.5, 95, -0.95, float("nan")])
def test_a_level_out_of_range_is_an_error(bank, method, level):
    with pytest.raises(cx.SettingsError, match=r"give a confidence from 0.5 to below 1"):
        METHODS[method].compute(bank, **CALLS[method], level=level)


def test_a_level_given_as_text_is_an_error_in_words(bank, method):
    with pytest.raises(cx.SettingsError, match="level"):
        METHODS[method].compute(bank, **CALLS[method], level="0.95")


@pytest.mark.parametrize("bases", [(31, 30), (0, 30), (-5, 30), (2.5, 30)])
def test_bases_that_make_no_sense_are_an_error_before_any_answer_is_looked_at(bank, method, result, bases):
    spoiled = bank.assign(**{rated(result): 99.0})
    with pytest.raises(cx.SettingsError, match="min_base not above flag_base"):
        METHODS[method].compute(spoiled, **CALLS[method], min_base=bases[0], flag_base=bases[1])


def test_an_unknown_correction_is_an_error(bank, method):
    with pytest.raises(cx.SettingsError, match='no correction "tukey"; give "bonferroni" or "bh"'):
        METHODS[method].compute(bank, **CALLS[method], correction="tukey")


@pytest.mark.parametrize("bad", [-1.0, np.inf, np.nan])
def test_a_weight_that_is_no_weight_is_an_error(bank, method, bad):
    spoiled = bank.assign(weight=bank["weight"].where(bank.index != bank.index[5], bad))
    with pytest.raises(cx.DataError, match='"weight" has 1 empty, negative or infinite weights'):
        METHODS[method].compute(spoiled, **CALLS[method])


def test_weights_that_are_all_zero_are_an_error(bank, method):
    with pytest.raises(cx.DataError, match='"weight" holds no weight above 0'):
        METHODS[method].compute(bank.assign(weight=0.0), **CALLS[method])


def test_text_in_a_weight_column_is_an_error_in_words(bank, method):
    spoiled = bank.assign(weight=bank["weight"].astype(object).where(bank.index != bank.index[5], "heavy"))
    with pytest.raises(cx.DataError, match='"weight"'):
        METHODS[method].compute(spoiled, **CALLS[method])


def test_a_survey_without_rows_is_an_error(bank, method):
    with pytest.raises(cx.DataError, match=r"no answer|no weight above 0"):
        METHODS[method].compute(bank.iloc[:0], **CALLS[method])


def test_an_empty_text_is_an_unknown_group(bank, method):
    holes = bank["segment"].where(bank.index % 7 > 0)
    calls = {**CALLS[method], "wave": "", "respondent": ""}
    empty = METHODS[method].compute(bank.assign(segment=holes.fillna("")), **calls)
    absent = METHODS[method].compute(bank.assign(segment=holes), **calls)
    assert empty.to_json() == absent.to_json()


def test_a_respondent_who_stands_twice_in_a_wave_is_an_error(bank, method):
    pairs = bank.assign(id=bank.groupby("wave").cumcount())
    with pytest.raises(cx.DataError, match="id"):
        METHODS[method].compute(pd.concat([pairs, pairs.iloc[:3]]), **CALLS[method])


@pytest.mark.parametrize("backend", BACKENDS)
def test_polars_pyarrow_and_duckdb_tables_are_checked_too(bank, method, result, backend):
    rating = rated(result)
    spoiled = bank.assign(**{rating: bank[rating].where(bank.index != bank.index[5], 11.0)})
    with pytest.raises(cx.DataError, match=rf'"{rating}".*found 11, expected a whole number'):
        METHODS[method].compute(BACKENDS[backend](spoiled), **CALLS[method])


def test_no_view_shows_an_undefined_number(bank, method, result):
    few = METHODS[method].compute(bank.head(12), **{**CALLS[method], **FEW.get(method, {})})
    for found, lang in product((result, few), ("en", "uz_Cyrl")):
        views = [found.table(lang), found.prose(lang)]
        views += [found.figure(lang, part) for part in METHODS[method].views.figures]
        shown = [re.sub(r"<[^>]+>", " ", view.html) + view.alt for view in views]
        assert any(shown)
        assert not [text for text in shown if re.search(r"\b(nan|none|null|inf)\b", text, flags=re.I)]


def test_two_groups_are_one_test_told_from_both_sides(bank, method):
    two = bank[bank["segment"].isin(["Branch", "Mobile app"])]
    result = METHODS[method].compute(two, **{**CALLS[method], "wave": "", "respondent": ""})
    rows = result.tidy[result.tidy["term"].str.endswith("_vs_rest")]
    assert (rows["p_adjusted"] == rows["p"]).all()
    assert rows.groupby("item")["p"].nunique().eq(1).all()
    others = result.tidy["p_adjusted"].notna() & ~result.tidy["term"].str.endswith("_vs_rest")
    assert result.facts["tests"] == rows["item"].nunique() + others.sum()


@pytest.mark.parametrize(("names", "known"), [
    (("wave 9", "wave 10"), True), (("12/2025", "01/2026"), True), (("march", "june"), False),
])  # fmt: skip
def test_waves_whose_names_do_not_tell_their_order_are_refused(bank, method, names, known):
    survey = bank.assign(wave=bank["wave"].map(dict(zip(sorted(bank["wave"].unique()), names, strict=True))))
    if known:
        assert METHODS[method].compute(survey, **CALLS[method]).facts["wave"] == names[1]
    else:
        with pytest.raises(cx.SettingsError, match="have no known order; give waves"):
            METHODS[method].compute(survey, **CALLS[method])
        told = METHODS[method].compute(survey, **CALLS[method], waves=list(names))
        assert (told.facts["previous_wave"], told.facts["wave"]) == names


@pytest.mark.parametrize(("names", "known"), [
    (("2026-Q1", "2026-Q2"), True), (("Q4 2025", "Q1 2026"), True), (("2026-mart", "2026-iyun"), True),
    (("Q1", "Q2"), False), (("December", "January"), False), (("spring", "autumn"), False),
])  # fmt: skip
def test_further_names_of_waves_by_one_method(bank, names, known):
    test_waves_whose_names_do_not_tell_their_order_are_refused(bank, "nps", names, known)


# The stem of every term, and the ends of what it measures; those of a scale in scale points are its own.
LIMITS = {
    **dict.fromkeys(("index", "simple_index", "economy_index", "priority"), (0, 100)),
    "nps": (-100, 100),
    **dict.fromkeys((
        "share", "top_box", "bottom_box", "promoters", "passives", "detractors", "flow_to", "importance", "johnson",
        "rank", "coverage", "weight", "total_weight", "index_share", "r2", "regression_r2", "distance_share",
        "closer", "concentrate_here", "keep_up", "low_priority", "possible_overkill", "ave", "rho_c", "composition_p",
        "breusch_pagan", "reset",
    ), (0, 1)),
    **dict.fromkeys(
        ("net_box", "correlation", "loading", "cross_loading", "profile_r", "composition"), (-1, 1)
    ),
    **dict.fromkeys(("change_previous", "change_first", "economy_change"), (-100, np.inf)),
    **dict.fromkeys(("sd", "distance", "htmt", "rmse", "level", "spread", "shape", "f2"), (0, np.inf)),
    **dict.fromkeys(("vif", "item_vif"), (1, np.inf)),
    **dict.fromkeys(("alpha", "q2"), (-np.inf, 1)),
    **dict.fromkeys((
        "beta", "penalty", "reward", "asymmetry", "change_scores", "change_weights", "dz", "impact", "path", "total",
        "indirect_points", "total_points", "regression", "rho_a", "consistent", "item_weight",
    ), (-np.inf, np.inf)),
}  # fmt: skip
HOSTILE = ("as it is", "turned", "one answer", "nearly one answer", "two answers", "gaps")


def limits(term, ends):
    """What a term can be: of a comparison, a difference of two; of a longer name, that of its longest stem."""
    stem, _, comparison = term.partition("_vs_")
    known = [name for name in (*LIMITS, "mean", "gap") if stem == name or stem.startswith(f"{name}_")]
    assert known, f"Say in LIMITS what {term} can be."
    low, high = {**LIMITS, "mean": ends, "gap": (ends[0] - ends[1], ends[1] - ends[0])}[max(known, key=len)]
    return (low - high, high - low) if comparison and stem != "path" else (low, high)


def hostile(bank, scales, kinds, seed):
    """Valid answers that a method does not expect, and weights that differ a thousandfold."""
    rng = np.random.default_rng(seed)
    data = bank.sample(int(rng.choice([40, 90])), random_state=seed)
    for (item, scale), kind in zip(scales.items(), kinds * len(scales), strict=False):
        low, high = scale["min"], scale["max"]
        column = {
            "as it is": data[item],
            "turned": low + high - data[item],
            "one answer": data[item].where(data[item].isna(), high),
            "nearly one answer": data[item].where(data[item].isna() | (rng.uniform(size=len(data)) < 0.1), low),
            "two answers": data[item].where(data[item].isna(), np.where(data[item] * 2 > low + high, high, low)),
            "gaps": data[item].where(rng.uniform(size=len(data)) < 0.7),
        }[kind]
        data[item] = column
    return data.assign(weight=rng.exponential(size=len(data)) ** 3 + 1e-3)


@settings(deadline=None, derandomize=True, max_examples=3, suppress_health_check=list(HealthCheck))
@given(kinds=st.lists(st.sampled_from(HOSTILE), min_size=2, max_size=7), seed=st.integers(0, 99))
def test_nothing_leaves_the_scale_it_is_measured_on(bank, method, result, kinds, seed):
    scales = result.settings["scale"]
    call = {**CALLS[method], **FEW.get(method, {}), "min_base": 2, "flag_base": 2}
    try:
        table = METHODS[method].compute(hostile(bank, scales, kinds, seed), **call).tidy
    except cx.CxError:  # what cannot be computed is refused
        reject()
    ends = [scales[rated(result)][end] for end in ("min", "max")]
    for row in table.to_dict("records"):
        low, high = limits(row["term"], ends)
        for name in ("estimate", "low", "high"):
            value = row[name]
            assert np.isnan(value) or (low - 1e-9 <= value <= high + 1e-9 and np.isfinite(value)), row


def test_a_column_of_waves_without_a_wave_is_one_survey(bank, method):
    """Everybody counts, with a weight too; that the waves are not known is told."""
    now = bank.query("wave == '2026-Q2'")
    whole = METHODS[method].compute(now, **{**CALLS[method], "wave": ""})
    unknown = METHODS[method].compute(now.assign(wave=None), **CALLS[method])
    keys = ["item", "term", "score", "group"]
    told, expected = (r.tidy.sort_values(keys, ignore_index=True).drop(columns="wave") for r in (unknown, whole))
    pd.testing.assert_frame_equal(told, expected, rtol=1e-9)
    assert {k: v for k, v in unknown.facts.items() if k != "wave"} == pytest.approx(
        {k: v for k, v in whole.facts.items() if k != "wave"}
    )
    assert "wave_unknown" in dict(unknown.notes)
