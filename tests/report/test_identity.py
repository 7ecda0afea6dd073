"""What a report's key stands for: whatever may change its bytes changes the key, and nothing else does."""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
import yaml

import cxkit
from cxkit.report.brand import Brand
from cxkit.report.identity import _versions, file_hash, identity, is_current, is_whole, published_run
from cxkit.report.job import Job

BOOK = {"items": {"ease": {"scale": [1, 10]}}, "tables": {"costs": "costs.csv"}}


def inputs(folder):
    """Everything that a job reads."""
    folder.mkdir(parents=True)
    nbformat.write(nbformat.v4.new_notebook(), folder / "own.ipynb")
    (folder / "survey.csv").write_text("ease\n1\n")
    (folder / "costs.csv").write_text("item,cost\nease,1\n")
    (folder / "logo.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    (folder / "book.yml").write_text(yaml.safe_dump(BOOK))
    (folder / "waves").mkdir()
    (folder / "waves" / "1.parquet").write_bytes(b"first")
    return folder


def job_of(folder, data="survey.csv"):
    parameters = {
        "data_path": str(folder / data), "codebook": str(folder / "book.yml"), "seed": 1,
        "where": {"a": "1", "b": "2"},
    }  # fmt: skip
    brand = Brand(str(folder / "logo.svg"), "#12344d", "#000000")
    return Job("acme", str(folder / "own.ipynb"), parameters, "Acme", "en", "2026-07-01", brand)


@pytest.fixture
def folder(tmp_path):
    return inputs(tmp_path / "inputs")


@pytest.mark.parametrize("name", ["own.ipynb", "survey.csv", "costs.csv", "logo.svg", "book.yml"])
def test_the_content_of_each_file_counts(name, folder):
    before = identity(job_of(folder))["key"]
    with (folder / name).open("a") as file:
        file.write("\n")
    assert identity(job_of(folder))["key"] != before


def test_the_names_of_data_and_logo_count(folder):
    """A report may show them."""
    job = job_of(folder)
    keys = {identity(job)["key"]}
    shutil.copy(folder / "survey.csv", folder / "other.csv")
    shutil.copy(folder / "logo.svg", folder / "other.svg")
    keys.add(identity(replace(job, parameters={**job.parameters, "data_path": str(folder / "other.csv")}))["key"])
    keys.add(identity(replace(job, brand=replace(job.brand, logo=str(folder / "other.svg"))))["key"])
    assert len(keys) == 3


@pytest.mark.parametrize(
    "change",
    [
        {"client": "b"}, {"name": "B"}, {"lang": "ru"}, {"date": ""}, {"date": "2026-07-02"},
        {"brand": {"primary": "#12344e"}}, {"brand": {"accent": ""}}, {"brand": {"logo": ""}},
        {"parameters": {"seed": 2}}, {"parameters": {"seed": 1.0}}, {"parameters": {"level": 0.9}},
        {"parameters": {"where": {"a": "1"}}}, {"parameters": {"codebook": ""}},
        {"parameters": {"data_path": "sample:bank"}}, {"parameters": {"tables": {"costs": [["ease", 2]]}}},
    ],
    ids=str,
)  # fmt: skip
def test_each_setting_counts(change, folder):
    job = job_of(folder)
    before = identity(job)["key"]
    for part in ("brand", "parameters"):
        if part in change:
            mine = getattr(job, part)
            change = {part: {**mine, **change[part]} if part == "parameters" else replace(mine, **change[part])}
    assert identity(replace(job, **change))["key"] != before


def test_every_file_of_a_folder_of_data_counts(folder):
    job = job_of(folder, "waves")
    keys = {identity(job)["key"]}
    (folder / "waves" / "2.parquet").write_bytes(b"second")
    keys.add(identity(job)["key"])
    (folder / "waves" / "2.parquet").write_bytes(b"the second")
    keys.add(identity(job)["key"])
    (folder / "waves" / "2.parquet").rename(folder / "waves" / "3.parquet")
    keys.add(identity(job)["key"])
    (folder / "waves" / "3.parquet").unlink()
    keys.add(identity(job)["key"])
    assert len(keys) == 4, "the last is the first again"


@pytest.mark.parametrize("data", ["survey.csv", "waves"])
def test_the_place_the_time_and_the_order_of_keys_do_not_count(data, folder, tmp_path):
    before = identity(job_of(folder, data))
    moved = tmp_path / "else where"
    shutil.copytree(folder, moved)
    for path in moved.rglob("*"):
        os.utime(path, (1, 1))
    job = job_of(moved, data)
    turned = {name: dict(reversed(v.items())) if isinstance(v, dict) else v for name, v in job.parameters.items()}
    after = identity(replace(job, parameters=dict(reversed(turned.items()))))
    assert after["key"] == before["key"]
    for run in (before, after):
        assert str(tmp_path) not in json.dumps(run)
        assert (run["inputs"]["data_path"]["file"], run["parameters"]["data_path"]) == (data, data)


def test_what_a_duckdb_file_does_not_hold_yet_counts(folder):
    job = job_of(folder)
    before = identity(job)["key"]
    (folder / "survey.csv.wal").write_text("60 rows")
    assert identity(job)["key"] != before


@pytest.mark.parametrize("name", ["report/style.css", "report/report.html.j2", "show/locale/ru.po", "report/page.py"])
def test_each_file_of_the_package_that_shapes_a_report_counts(name, tmp_path, monkeypatch):
    copy = tmp_path / "cxkit"
    shutil.copytree(Path(cxkit.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(cxkit, "__file__", str(copy / "__init__.py"))
    before = _versions.__wrapped__()["cxkit code"]
    with (copy / name).open("a") as file:
        file.write("\n")
    assert _versions.__wrapped__()["cxkit code"] != before


def test_the_versions_say_which_code_it_was(folder):
    versions = identity(job_of(folder))["versions"]
    assert {"python", "cxkit", "cxkit code", "numpy", "pandas", "matplotlib"} <= set(versions)


@pytest.fixture
def bundle(tmp_path):
    (tmp_path / "figures").mkdir()
    (tmp_path / "report.html").write_text("page")
    (tmp_path / "figures" / "figure.png").write_text("picture")
    names = ["report.html", "figures/figure.png"]
    run = {"key": "k", "files": {name: file_hash(tmp_path / name) for name in names}}
    (tmp_path / "run.json").write_text(json.dumps(run))
    return tmp_path


def test_a_bundle_as_it_was_made_is_whole_and_current(bundle):
    assert is_whole(bundle, published_run(bundle))
    assert is_current(bundle, "k")
    assert not is_current(bundle, "other")


@pytest.mark.parametrize("name", ["report.html", "figures/figure.png"])
def test_a_bundle_with_a_changed_or_missing_file_is_neither(name, bundle):
    (bundle / name).write_text("by somebody")
    assert not is_whole(bundle, published_run(bundle))
    assert not is_current(bundle, "k")
    (bundle / name).unlink()
    assert not is_whole(bundle, published_run(bundle))
    assert not is_current(bundle, "k")


def test_a_bundle_with_an_additional_file_is_neither(bundle):
    (bundle / "figures" / "more.png").write_text("by somebody")
    assert not is_whole(bundle, published_run(bundle))
    assert not is_current(bundle, "k")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "1", '{"key": "k"}', '{"key": "k", "files": []}', "\udc80", "[" * 100_000], ids=len
)
def test_a_broken_run_is_no_run(text, bundle):
    (bundle / "run.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert published_run(bundle) == {}
    assert not is_current(bundle, "k")


def test_a_bundle_without_a_run_is_not_current(tmp_path):
    assert published_run(tmp_path) == {}
    assert not is_current(tmp_path, "k")
    assert not is_current(tmp_path / "absent", "k")
