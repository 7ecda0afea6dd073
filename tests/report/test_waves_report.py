"""Waves and periods from a file to a page: the template's settings, the codebook, and a batch on one large file."""

import json
import re

import duckdb
import pytest
import yaml
from click.testing import CliRunner

from cxkit.cli import main
from cxkit.errors import SettingsError
from cxkit.report.job import Job
from cxkit.result import Result

TIMES = [
    f"2025-{month}-{day} 10:0{minute}:00"
    for month in ("11", "12")
    for day in ("03", "14", "28")
    for minute in range(4)
]


def answers(k):
    """Of November detractors, of December promoters; in two branches."""
    return 3 if k < 12 else 10


def published(folder):
    page = (folder / "report.html").read_text(encoding="utf-8")
    return page, Result.from_json((folder / "result.json").read_text(encoding="utf-8"))


def test_a_report_on_waves_in_the_order_of_time_says_so(make, tmp_path):
    rows = [f"{answers(k)},{'12/2025' if k < 12 else '01/2026'}" for k in range(24)]
    (tmp_path / "survey.csv").write_text("\n".join(["recommend,wave", *rows]) + "\n", encoding="utf-8")
    settings = {"data_path": str(tmp_path / "survey.csv"), "wave": "wave"}
    page, result = published(make(Job("acme", "nps", settings, lang="ru"), tmp_path / "out"))
    assert (result.facts["previous_wave"], result.facts["wave"]) == ("12/2025", "01/2026")
    assert result.rows(term="nps_vs_previous")["estimate"].item() == 200
    assert "Волны расположены по времени: 12/2025, 01/2026 (прочитаны как месяц и год)." in page
    assert result.notes[0] == ("waves_by_month", {"waves": ["12/2025", "01/2026"]})


def test_a_batch_makes_periods_of_the_timestamps_of_a_large_file(warm, tmp_path, monkeypatch):
    with duckdb.connect(str(tmp_path / "survey.duckdb")) as connection:
        connection.execute('CREATE TABLE survey (branch VARCHAR, recommend INTEGER, "when" TIMESTAMP)')
        rows = [(branch, answers(k), time) for branch in "ab" for k, time in enumerate(TIMES)]
        connection.executemany("INSERT INTO survey VALUES (?, ?, ?)", rows)
    (tmp_path / "book.yml").write_text("wave: {column: when, period: month}\n", encoding="utf-8")
    config = {
        "data": "survey.duckdb", "codebook": "book.yml", "split_by": "branch", "methods": {"nps": None},
        "clients": [{"client": "a"}, {"client": "b", "methods": {"nps": {"period": "quarter"}}}],
    }  # fmt: skip
    (tmp_path / "clients.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("cxkit.cli.new_worker", lambda methods: warm)
    done = CliRunner().invoke(main, ["batch", "clients.yml", "--out", "out"])
    assert done.exit_code == 0, done.output
    page, months = published(tmp_path / "out" / "a" / "nps")
    assert (months.facts["previous_wave"], months.facts["wave"]) == ("2025-11", "2025-12")
    assert months.rows(term="nps_vs_previous")["estimate"].item() == 200
    assert "Waves are months, made of the dates in “when”: 2025-11 to 2025-12." in page
    assert ["waves_of_month", {"column": "when", "first": "2025-11", "last": "2025-12"}] in json.loads(
        (tmp_path / "out" / "a" / "nps" / "result.json").read_text(encoding="utf-8")
    )["audit"]["notes"]
    _, quarter = published(tmp_path / "out" / "b" / "nps")
    assert (quarter.facts["wave"], quarter.rows(term="nps", group="")["estimate"].tolist()) == ("2025-Q4", [0])


def test_a_report_names_the_setting_that_makes_waves_of_a_timestamp(make, tmp_path):
    rows = [f"{answers(k)},{time}" for k, time in enumerate(TIMES)]
    (tmp_path / "survey.csv").write_text("\n".join(["recommend,when", *rows]) + "\n", encoding="utf-8")
    job = Job("acme", "nps", {"data_path": str(tmp_path / "survey.csv"), "wave": "when"})
    with pytest.raises(SettingsError, match=re.escape("wave: {column: when, period: month} in the codebook")):
        make(job, tmp_path / "out")
