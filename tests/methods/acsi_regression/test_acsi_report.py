"""A path model over real interviews of the American index becomes a whole report: four industries, 2015."""

import json
from itertools import pairwise

import pandas as pd
import pytest
import yaml

import cxkit as cx
from cxkit.report.gate import check_page
from cxkit.report.job import Job
from cxkit.result import Result
from tests.methods.acsi_regression.test_acsi_regression import ACSI

FOOD, AIRLINES, INTERNET, BANKS = "1001", "3003", "3013", "5001"
RESAMPLES = 100  # enough for what is asked here, and the report is made twice


@pytest.fixture(scope="module")
def bundle(make, shared_data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("acsi")
    book = {
        "group": "INDUSTRY",
        "scales": {"ten": {"min": 1, "max": 10}, "yes": {"min": 0, "max": 1}},
        "items": {item: {"scale": "yes" if item == "COMP" else "ten"} for item in cx.model_items(ACSI)},
        "constructs": ACSI,
    }
    (folder / "book.yml").write_text(yaml.safe_dump(book), encoding="utf-8")
    parameters = {
        "data_path": str(shared_data / "acsi2015.csv"), "codebook": str(folder / "book.yml"), "model": "acsi",
        "resamples": RESAMPLES,
    }  # fmt: skip
    return make(Job("acsi", "acsi_regression", parameters, "Четыре отрасли", "ru"), folder / "out")


@pytest.fixture(scope="module")
def result(bundle):
    return Result.from_json((bundle / "result.json").read_text(encoding="utf-8"))


def test_the_report_is_whole_and_safe_and_shows_diagram_map_and_groups(bundle):
    page = (bundle / "report.html").read_text(encoding="utf-8")
    check_page(page)
    assert page.count("<figure") == 3
    assert len(list((bundle / "figures").glob("*.svg"))) == 3
    assert "Воспринимаемое качество" in page
    assert json.loads((bundle / "run.json").read_text(encoding="utf-8"))["method"] == "acsi_regression"


def test_industries_stand_in_the_order_of_the_american_index(result):
    rows = result.rows(item="satisfaction", term="index", base="ok")
    rows = rows[rows["group"] != ""].sort_values("estimate", ascending=False)
    assert rows["group"].tolist() == [FOOD, BANKS, AIRLINES, INTERNET]
    ends = rows[["low", "high"]].to_numpy()
    assert all(better[0] > worse[1] for better, worse in pairwise(ends))


def test_complaints_go_down_with_satisfaction(result):
    assert result.rows(item="satisfaction -> complaints", term="path", group="")["high"].item() < 0


def test_the_numbers_of_the_report_are_those_of_a_call(result, shared_data):
    data = pd.read_csv(shared_data / "acsi2015.csv").astype({"INDUSTRY": str})
    scale = {item: [0, 1] if item == "COMP" else [1, 10] for item in cx.model_items(ACSI)}
    called = cx.acsi_regression(data, ACSI, scale=scale, by="INDUSTRY", resamples=RESAMPLES, client="acsi")
    pd.testing.assert_frame_equal(result.tidy, called.tidy, check_exact=False, rtol=1e-9)


def test_the_page_says_that_links_are_no_proof_of_causes(bundle):
    page = (bundle / "report.html").read_text(encoding="utf-8")
    assert "не доказ" in page
