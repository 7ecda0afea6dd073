"""Rows of shared data that are of no client: told with their counts, and never a reason to stop."""

import json
import re

import pandas as pd
import pytest
import yaml
from click.testing import CliRunner

from cxkit.batch import leftover
from cxkit.batch.config import Config
from cxkit.batch.leftover import Leftover, leftovers, splits
from cxkit.batch.overview import LISTED, write_overview
from cxkit.batch.plan import plan
from cxkit.cli import main
from cxkit.report.gate import check_page
from tests.conftest import write_template

SAME = "differ only by letters of another alphabet"
ROWS = [("Acme", 9)] * 20 + [
    ("acme  Ltd", 8),
    ("ACME LTD", 7),
    ("Other", 3),
    ("other ", 4),
    ("Ge\u0301nie", 5),
    ("VIP \u0410", 6),
    ("", 9),
]
FRAME = pd.DataFrame(ROWS, columns=["company", "recommend"])
FOUND = (("Other", 2, ""), ("", 1, ""), ("VIP \u0410", 1, "VIP A"))  # the last A is Cyrillic in the file
CLIENTS = [
    {"client": "Acme"}, {"client": "ltd", "value": "Acme Ltd"}, {"client": "G\u00e9nie"},
    {"client": "vip", "value": "VIP A"},
]  # fmt: skip


def csv(folder, frame=FRAME, name="survey.csv", **how):
    frame.to_csv(folder / name, index=False, **how)
    return name


def xlsx(folder):
    FRAME.to_excel(folder / "survey.xlsx", index=False)
    return "survey.xlsx"


def parquet(folder):
    FRAME.replace("", None).to_parquet(folder / "survey.parquet", index=False)
    return "survey.parquet"


def parts(folder):
    (folder / "survey").mkdir()
    for name, frame in (("a", FRAME[:23]), ("b", FRAME[23:])):
        frame.to_parquet(folder / "survey" / f"{name}.parquet", index=False)
    return "survey"


def duck(folder):
    duckdb = pytest.importorskip("duckdb")
    frame = FRAME  # noqa: F841  the query names it
    with duckdb.connect(str(folder / "survey.duckdb")) as con:
        con.execute("CREATE TABLE answers AS SELECT * FROM frame")
    return "survey.duckdb"


def counted(folder, **shared):
    config = {"split_by": "company", "methods": {"nps": None}, "clients": CLIENTS, **shared}
    read = Config.model_validate(config)
    return leftovers(splits(read, plan(read, folder)))


@pytest.mark.parametrize("source", [csv, xlsx, parquet, parts, duck], ids=lambda source: source.__name__)
def test_values_that_no_client_has_are_counted_in_every_kind_of_file(source, tmp_path):
    data = source(tmp_path)
    assert counted(tmp_path, data=data) == [Leftover(data, "company", FOUND)]


def test_a_sample_is_counted_too(tmp_path):
    clients = [{"client": "Orbenta"}, {"client": "Quenvia"}]
    methods = {"acsi_regression": {"model": "ecsi"}}
    ((found),) = counted(tmp_path, data="sample:mobile", clients=clients, methods=methods)
    ((value, rows, near),) = found.values
    assert (found.file, value, near) == ("sample:mobile", "Talvessa", "")
    assert rows > 100


def test_nothing_is_told_when_each_row_is_of_a_client(tmp_path):
    data = csv(tmp_path, pd.DataFrame({"company": ["a", "b"], "recommend": [1, 2]}))
    assert counted(tmp_path, data=data, clients=[{"client": "a"}, {"client": "b"}]) == []
    assert counted(tmp_path, data=data, clients=[]) == []  # each value is a client


def test_a_value_that_a_client_names_in_its_where_is_its_own(tmp_path):
    clients = [*CLIENTS, {"client": "o", "where": {"company": "Other"}}]
    (found,) = counted(tmp_path, data=csv(tmp_path), clients=clients)
    assert "Other" not in [value for value, _, _ in found.values]


def test_each_file_and_column_is_read_once_by_all_clients_and_methods(tmp_path, monkeypatch):
    calls = []

    def counting(*asked, **how):
        calls.append(asked)
        return distinct_values(*asked, **how)

    distinct_values = leftover.distinct_values
    monkeypatch.setattr(leftover, "distinct_values", counting)
    for lang in ("en", "ru"):
        (tmp_path / f"{lang}.yml").write_text("items: {firm: {scale: [0, 10], column: company}}")
    own = [
        {"client": f"c{k}", "codebook": f"{lang}.yml"}
        for k in range(5)
        for lang in ("en", "ru")
        if k % 2 == (lang == "en")
    ]
    (tmp_path / "other").mkdir()
    csv(tmp_path / "other")
    own.append({"client": "far", "data": "other/survey.csv", "codebook": "ru.yml"})
    methods = {"nps": None, "scaling": None}
    found = counted(tmp_path, data=csv(tmp_path), split_by="firm", clients=own, methods=methods)
    assert sorted(calls) == sorted((str(tmp_path / name), "company") for name in ("other/survey.csv", "survey.csv"))
    assert [one.column for one in found] == ["company", "company"]


def test_values_are_read_as_the_reports_are_told_to_read_them(tmp_path):
    frame = pd.DataFrame({"company": ["Zürich"] * 12 + ["Genève"], "recommend": [9] * 13})
    data = csv(tmp_path, frame, encoding="cp1252", sep=";")
    methods = {"nps": {"encoding": "cp1252", "delimiter": ";"}}
    (found,) = counted(tmp_path, data=data, clients=[{"client": "Zürich"}], methods=methods)
    assert found.values == (("Genève", 1, ""),)
    with pd.ExcelWriter(tmp_path / "two.xlsx") as book:
        frame.to_excel(book, sheet_name="Answers", index=False)
        frame.to_excel(book, sheet_name="Notes", index=False)
    methods = {"nps": {"sheet": "Answers"}}
    (found,) = counted(tmp_path, data="two.xlsx", clients=[{"client": "Zürich"}], methods=methods)
    assert found.values == (("Genève", 1, ""),)


@pytest.mark.parametrize(
    ("frame", "problem"),
    [
        (pd.DataFrame({"company": range(10_001)}), 'survey.csv, column "company", has more than 10,000 values; '),
        (pd.DataFrame({"firm": ["a"]}), 'survey.csv has no column "company"; known are: firm.'),
        (None, 'The file "survey.csv" was not found; '),
    ],
    ids=["many", "column", "file"],
)
def test_what_cannot_be_counted_is_told_and_stops_nothing(frame, problem, tmp_path):
    if frame is not None:
        csv(tmp_path, frame)
    (found,) = counted(tmp_path, data="survey.csv")
    (sentence,) = found.sentences()
    assert sentence.startswith(
        f'survey.csv, column "company": whether all its values are of a client was not checked. {problem}'
    )


def test_sentences_name_the_first_few_and_count_the_others():
    values = (("", 1, ""), *((f"v{k}", 9, "") for k in range(7)), ("x" * 300 + "\n", 2, "X" * 300))
    empty, near, others = Leftover("a.csv", "c", values).sentences()
    assert empty == 'a.csv, column "c": 1 row without a value, of no client; fill the cells in if they are of one.'
    assert near == (
        f'a.csv, column "c": no client has "{"x" * 60}..." (2 rows; did you mean "{"X" * 60}..."?); the values '
        f"{SAME}, so write them alike."
    )
    assert others == (
        'a.csv, column "c": no client has "v0" (9 rows), "v1" (9 rows), "v2" (9 rows), "v3" (9 rows), "v4" (9 rows) '
        "and 2 more; list those that belong here."
    )


def test_a_batch_says_it_and_publishes_all_the_same(warm, tmp_path, monkeypatch):
    write_template(
        tmp_path / "own.ipynb", "where: dict = {}",
        save="from pathlib import Path\nPath(out, 'result.json').write_text('{}')\n"
        "Path(out, 'table.csv').write_text('term\\n')",
    )  # fmt: skip
    config = {"data": csv(tmp_path), "split_by": "company", "methods": {"own.ipynb": None}, "clients": CLIENTS}
    (tmp_path / "clients.yml").write_text(yaml.safe_dump({**config, "lang": "ru"}))
    monkeypatch.setattr("cxkit.cli.new_worker", lambda methods: warm)
    done = CliRunner().invoke(main, ["batch", str(tmp_path / "clients.yml"), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    notes = [line for line in done.stdout.splitlines() if line.startswith("Note: ")]
    assert len(notes) == 3
    assert 'Note: survey.csv, column "company": no client has "Other" (2 rows); list those that belong here.' in notes
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    check_page(page)
    part = re.search(r'<h2 id="leftovers">.*?</section>', page, re.DOTALL)[0]
    assert "Строки без клиента" in part
    cells = re.findall(r'class="name">([^<]*)(?:<small>([^<]*)</small>)?</th><td>(\d+)</td>', part)
    assert cells == [
        (value or "нет значения", f"возможно, имелось в виду «{near}»?" if near else "", str(rows))
        for value, rows, near in FOUND
    ]
    assert len(json.loads((tmp_path / "out" / "summary.json").read_text())) == len(CLIENTS)


def test_the_page_lists_many_values_up_to_a_number_and_hostile_ones_as_text(tmp_path):
    values = tuple((f"<script>{k}</script>\u202e", 1, "<b>") for k in range(LISTED + 1700))
    found = [Leftover("<i>.csv", "c", values), Leftover("b.csv", "c", problem="<u>No.</u>")]
    write_overview([], tmp_path, title="", lang="en", date="", leftovers=found)
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    check_page(page)
    assert page.count("did you mean “&lt;b&gt;”?") == LISTED
    assert "Further values: 1,700." in page
    assert "b.csv · c: not checked. &lt;u&gt;No.&lt;/u&gt;" in page
    write_overview([], tmp_path, title="", lang="en", date="")
    assert "leftovers" not in (tmp_path / "index.html").read_text(encoding="utf-8")
