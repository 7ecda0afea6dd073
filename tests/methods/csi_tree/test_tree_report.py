"""A satisfaction tree over real answers becomes a whole report: 250 customers of a bank, ratings 0-10."""

import itertools
import json

import numpy as np
import pandas as pd
import pytest
import yaml

from cxkit.report.gate import check_page
from cxkit.report.job import Job
from cxkit.result import Result

PARTS = {"image": "imag", "expectations": "expe", "quality": "qual", "value": "val"}


def items_of(stem, data):
    return [column for column in data.columns if column.rstrip("0123456789") == stem]


@pytest.fixture(scope="module")
def survey(shared_data):
    return pd.read_csv(shared_data / "satisfaction.csv")


@pytest.fixture(scope="module")
def bundle(make, shared_data, survey, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tree")
    children = [
        {"name": part, "children": [{"name": item, "item": item} for item in items_of(stem, survey)]}
        for part, stem in PARTS.items()
    ]
    items = [item for stem in PARTS.values() for item in items_of(stem, survey)]
    book = {
        "group": "gender",
        "scales": {"eleven": {"min": 0, "max": 10}},
        "items": {item: {"scale": "eleven"} for item in [*items, "sat1"]},
        "tree": {"name": "satisfaction", "text": {"ru": "Удовлетворённость банком"}, "children": children},
    }
    (folder / "book.yml").write_text(yaml.safe_dump(book, allow_unicode=True), encoding="utf-8")
    parameters = {
        "data_path": str(shared_data / "satisfaction.csv"), "codebook": str(folder / "book.yml"),
        "outcome": "sat1", "weights": "derived", "target": 80.0,
    }  # fmt: skip
    return make(Job("bank", "csi_tree", parameters, "Банк", "ru"), folder / "out")


@pytest.fixture(scope="module")
def result(bundle):
    return Result.from_json((bundle / "result.json").read_text(encoding="utf-8"))


def test_the_report_is_whole_and_safe_and_shows_tree_map_drivers_and_groups(bundle):
    page = (bundle / "report.html").read_text(encoding="utf-8")
    check_page(page)
    assert page.count("<figure") == 4
    assert len(list((bundle / "figures").glob("*.svg"))) == 4
    assert "Что важнее всего" in page
    assert json.loads((bundle / "run.json").read_text(encoding="utf-8"))["method"] == "csi_tree"


def test_importance_is_that_of_all_orders_of_entry(result, survey):
    """LMG worked out a second way: the gain in R2 of each part, averaged over all 24 orders, by least squares."""
    weights = result.rows(term="weight").set_index("item")["estimate"]
    levels = {
        part: sum(weights[item] * survey[item] * 10 for item in items_of(stem, survey))
        for part, stem in PARTS.items()
    }
    y = survey["sat1"].to_numpy(float)

    def r2(names):
        X = np.column_stack([np.ones(len(y)), *(levels[name] for name in names)])
        rest = y - X @ np.linalg.lstsq(X, y, rcond=None)[0]
        return 1 - (rest @ rest) / ((y - y.mean()) @ (y - y.mean()))

    gains = dict.fromkeys(PARTS, 0.0)
    orders = list(itertools.permutations(PARTS))
    for order in orders:
        for k, name in enumerate(order):
            gains[name] += (r2(order[: k + 1]) - r2(order[:k])) / len(orders)
    found = result.rows(term="importance").set_index("item")["estimate"]
    for name, gain in gains.items():
        assert found[name] == pytest.approx(gain / r2(list(PARTS)), abs=1e-9)
        assert weights[name] == pytest.approx(found[name], abs=1e-9)
    assert result.facts["r2"] == pytest.approx(r2(list(PARTS)), abs=1e-9)


def test_every_part_has_a_level_a_quadrant_and_a_priority(result, survey):
    index = result.rows(term="index", group="").set_index("item")["estimate"]
    assert index["imag1"] == pytest.approx(10 * survey["imag1"].mean(), abs=1e-9)
    quadrants = ["concentrate_here", "keep_up", "low_priority", "possible_overkill"]
    chances = result.tidy[result.tidy["term"].isin(quadrants)].groupby("item")["estimate"].sum()
    assert chances.to_dict() == pytest.approx(dict.fromkeys(PARTS, 1.0))
    priority = result.rows(term="priority").set_index("item")["estimate"]
    total = result.rows(term="total_weight").set_index("item")["estimate"]
    assert priority["qual1"] == pytest.approx(total["qual1"] * max(0, 80 - index["qual1"]), abs=1e-9)
