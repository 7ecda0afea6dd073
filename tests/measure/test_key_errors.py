"""Items that run against those they belong with are named in every method, with r and what to do."""

import re
from functools import cache
from html import unescape

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import cxkit as cx
from cxkit.measure.key_errors import KEY_ERRORS
from cxkit.show.language import LANGUAGES, language
from tests.conftest import SHARED

ITEMS = ["q1", "q2", "q3", "q4"]
REVERSED = {"min": 1, "max": 10, "reversed": True}


@cache
def survey(n=200, seed=3):
    """Answers 1-10 to four items that measure one thing, and to ``out`` (0-10), which follows them."""
    rng = np.random.default_rng(seed)
    level = rng.normal(size=n)
    data = {item: np.rint(5.5 + 1.5 * (level + rng.normal(0, 0.8, n))).clip(1, 10) for item in ITEMS}
    return pd.DataFrame({**data, "out": np.rint(5 + 2 * level + rng.normal(0, 1.5, n)).clip(0, 10)})


def turned(*items):
    """The survey with some items asked the other way round."""
    return survey().assign(**{item: 11 - survey()[item] for item in items})


def scale(**cards):
    return {**dict.fromkeys(ITEMS, (1, 10)), "out": [0, 10], **cards}


def scaling(data, cards=None, items=ITEMS):
    return cx.scaling(data, list(items), scale=scale(**(cards or {})))


def acsi_regression(data, cards=None, items=ITEMS):
    model = {"quality": list(items), "satisfaction": ["out"]}
    return cx.acsi_regression(
        data, model, paths=[["quality", "satisfaction"]], resamples=100, scale=scale(**(cards or {}))
    )


def csi_tree(data, cards=None, items=ITEMS):
    leaves = [{"name": f"part {item}", "weight": 1 / len(items), "item": item} for item in items]
    return cx.csi_tree(data, {"name": "all", "children": leaves}, scale=scale(**(cards or {})))


def semantic_differential(data, cards=None, items=ITEMS):
    """The scales are the items; a scale is reversed when its card says so."""
    poles = {item: {"left": f"bad {item}", "right": item, "reversed": item in (cards or {})} for item in items}
    named = {item: data[item] for item in items}
    rng = np.random.default_rng(1)
    wide = {f"own_{item}": column for item, column in named.items()}
    wide |= {f"rival_{item}": (column - rng.integers(0, 2, len(data))).clip(1, 10) for item, column in named.items()}
    wide |= {f"ideal_{item}": np.full(len(data), 9.0) for item in items}
    return cx.semantic_differential(pd.DataFrame(wide), poles)


METHODS = (scaling, acsi_regression, csi_tree, semantic_differential)


def told(result):
    """Code, item(s) and r of the notes on key errors."""
    return [(code, numbers) for code, numbers in result.notes if code in KEY_ERRORS]


def caveats(result, lang="en"):
    found = re.findall(r"<li>(.*?)</li>", result.prose(lang).html)
    return [unescape(text) for text in found]


def rest_of(data, item, items=ITEMS):
    return np.corrcoef(data[item], data[[other for other in items if other != item]].sum(axis=1))[0, 1]


@pytest.mark.parametrize("method", METHODS)
def test_items_that_go_together_are_not_accused(method):
    assert told(method(survey())) == []


@pytest.mark.parametrize("method", METHODS)
def test_an_item_asked_the_other_way_round_is_named_with_its_correlation(method):
    ((code, numbers),) = told(method(turned("q3")))
    assert (code, numbers["item"]) == ("key_error", "q3")
    expected = rest_of(turned("q3"), "q3")
    # Own and rival are pooled around their means, and the rival's answers differ by a coin's toss.
    assert numbers["r"] == pytest.approx(expected, abs=0.03 if method is semantic_differential else 1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_declaring_it_as_reversed_gives_the_answer_of_the_survey_asked_straight(method):
    righted = method(turned("q3"), {"q3": REVERSED})
    assert told(righted) == []
    assert "reversed" in dict(righted.notes)


@pytest.mark.parametrize("method", METHODS)
def test_an_item_declared_as_reversed_that_was_not_is_named_with_the_opposite_advice(method):
    result = method(survey(), {"q3": REVERSED})
    ((code, numbers),) = told(result)
    assert (code, numbers["item"]) == ("key_error_reversed", "q3")
    assert numbers["r"] < -0.4
    (text,) = [text for text in caveats(result) if "is declared as reversed, but" in text]
    assert "q3" in text
    assert "take reversed: true out of the codebook" in text


@pytest.mark.parametrize("method", METHODS)
def test_of_two_items_both_are_named(method):
    data = turned("q2")
    result = method(data, items=["q1", "q2"])
    ((code, numbers),) = told(result)
    assert (code, numbers["item"], numbers["object"]) == ("key_error_pair", "q1", "q2")
    assert numbers["r"] == pytest.approx(np.corrcoef(data["q1"], data["q2"])[0, 1], abs=0.06)
    (text,) = [text for text in caveats(result) if "run against each other" in text]
    assert all(name in text for name in ("q1", "q2", "only that one, needs reversed: true"))


@pytest.mark.parametrize("method", METHODS)
def test_of_two_and_two_all_are_named(method):
    found = told(method(turned("q1", "q4")))
    assert [(code, numbers["item"]) for code, numbers in found] == [("key_error_half", item) for item in ITEMS]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_says_which_item_how_strongly_and_what_to_do(method, lang):
    result = method(turned("q3"))
    number = language(lang).number(told(result)[0][1]["r"], 2)
    assert [text for text in caveats(result, lang) if "q3" in text and "reversed: true" in text and number in text]


@pytest.mark.parametrize("method", METHODS)
def test_an_item_that_nobody_can_be_compared_on_stops_no_other_from_being_named(method):
    data = turned("q3").assign(q4=7.0)
    if method is acsi_regression:  # which refuses an item with one and the same answer, by name
        with pytest.raises(cx.DataError, match='gave the same answer to "q4"'):
            method(data)
        return
    assert [numbers["item"] for _, numbers in told(method(data))] == ["q3"]


@pytest.mark.parametrize("method", METHODS)
def test_fewer_than_the_smallest_base_are_not_told_of(method):
    assert told(method(turned("q3").head(9))) == []


def test_weights_and_duckdb_come_to_the_same_items():
    data = turned("q3").assign(w=np.random.default_rng(2).exponential(size=200) + 0.1)
    plain = cx.scaling(data, ITEMS, scale=[1, 10], weight="w")
    connection = duckdb.connect()
    connection.register("survey", pa.Table.from_pandas(data, preserve_index=False))
    pushed = cx.scaling(connection.table("survey"), ITEMS, scale=[1, 10], weight="w")
    ((_, one),), ((_, other),) = told(plain), told(pushed)
    assert one["item"] == other["item"] == "q3"
    centred = data[ITEMS].to_numpy()
    S = np.cov(centred, rowvar=False, aweights=data["w"])
    others = [0, 1, 3]
    r = S[2, others].sum() / (S[2, 2] * S[np.ix_(others, others)].sum()) ** 0.5
    assert one["r"] == pytest.approx(r, abs=1e-9)
    assert other["r"] == pytest.approx(r, abs=1e-9)


def test_only_the_wave_of_the_report_is_judged():
    waves = pd.concat([turned("q3").assign(wave="1"), survey().assign(wave="2")], ignore_index=True)
    assert told(cx.scaling(waves, ITEMS, scale=[1, 10], wave="wave")) == []
    waves["wave"] = waves["wave"].map({"1": "2", "2": "1"})
    assert [numbers["item"] for _, numbers in told(cx.scaling(waves, ITEMS, scale=[1, 10], wave="wave"))] == ["q3"]


def test_a_reversed_leaf_of_a_deep_tree_is_found_against_the_whole():
    tree = {"name": "all", "children": [
        {"name": "left", "weight": 0.5, "children": [
            {"name": "a", "weight": 0.5, "item": "q1"}, {"name": "b", "weight": 0.5, "item": "q2"}]},
        {"name": "right", "weight": 0.5, "children": [
            {"name": "c", "weight": 0.5, "item": "q3"}, {"name": "d", "weight": 0.5, "item": "q4"}]},
    ]}  # fmt: skip
    result = cx.csi_tree(turned("q3"), tree, scale=scale(), weights="derived", outcome="out")
    ((code, numbers),) = told(result)
    assert (code, numbers["item"]) == ("key_error", "q3")


@pytest.fixture(scope="module")
def case():
    path = SHARED / "cases" / "reversed_item.csv"
    if not path.is_file():
        pytest.skip("the case files are not beside the project")
    return pd.read_csv(path)


def test_the_case_of_an_item_worded_the_other_way(case):
    model = {"quality": ["q1", "q2", "q3"], "value": ["v1", "v2"], "satisfaction": ["s1", "s2", "s3"],
             "loyalty": ["l1", "l2"]}  # fmt: skip
    result = cx.acsi_regression(case, model, resamples=100)
    ((_, numbers),) = told(result)
    assert (numbers["item"], numbers["construct"]) == ("q3", "quality")
    assert numbers["r"] == pytest.approx(rest_of(case, "q3", ["q1", "q2", "q3"]), abs=1e-9)
    assert np.isnan(result.rows(item="quality", term="index")["estimate"].item())
    card = {**dict.fromkeys(case, (1, 10)), "q3": REVERSED}
    righted = cx.acsi_regression(case, model, resamples=100, scale=card)
    straight = cx.acsi_regression(case.assign(q3=11 - case["q3"]), model, resamples=100)
    for found in (righted, straight):
        assert told(found) == []
    one, other = (r.rows(item="quality", term="index")["estimate"].item() for r in (righted, straight))
    assert one == pytest.approx(other, rel=1e-9)
    # A mean of answers with weights above 0 lies between those of its items.
    means = 100 * (case.assign(q3=11 - case["q3"])[["q1", "q2", "q3"]].mean() - 1) / 9
    assert means.min() < one < means.max()
