"""What became of every job: the summary files; and all files over all clients as a batch writes them."""

import csv
import json
import re

import pandas as pd
import pytest

from cxkit.batch.overview import write_overview
from cxkit.batch.summary import Outcome, write_summary
from cxkit.report.gate import check_page
from cxkit.report.make import Job
from cxkit.result import csv_safe

SCRIPT = "<script>alert(1)</script>"
NAMES = ["client", "name", "method", "lang", "status", "reason", "folder"]


def published(out, client, *lines, method="nps", name="", lang="en"):
    folder = f"{client}/{method}"
    (out / folder).mkdir(parents=True)
    (out / folder / "table.csv").write_text("\n".join(["item,term,group,n,estimate", *lines, ""]), encoding="utf-8")
    return Outcome(client, name or client, method, lang, "published", "", folder)


def failed(client, reason="no answers", method="nps"):
    return Outcome(client, client, method, "en", "failed", reason, f"{client}/{method}")


def write(rows, out, title="", lang="en", date=""):
    write_summary(rows, out)
    write_overview(rows, out, title=title, lang=lang, date=date)
    return (out / "index.html").read_text(encoding="utf-8")


def table(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


@pytest.fixture
def rows(tmp_path):
    return [
        published(tmp_path, "007", "q,nps,,40,12.5", "q,nps,'=1+1,20,-3.5", name="Сут"),
        failed("b", 'b.csv, column "q", row 3: found "11", expected 0 to 10.'),
        published(tmp_path, "c", "q,mean,NA,40,", "q,mean,None,1e3,7", method="scaling", lang="uz"),
    ]


def test_a_row_is_what_became_of_a_job():
    job = Job("A b", "studies/mine.ipynb", name="", lang="ru")
    row = Outcome.of(job, "failed", "why")
    assert row == Outcome("A b", "A b", "mine", "ru", "failed", "why", job.folder)
    assert Outcome.of(Job("a", "nps", name="Acme"), "published").name == "Acme"


def test_the_files_over_all_clients_are_these(rows, tmp_path):
    write(rows, tmp_path)
    assert {path.name for path in tmp_path.iterdir() if path.is_file()} == {
        "index.html", "summary.json", "summary.csv", "results.csv", "results.parquet",
    }  # fmt: skip


def test_the_summary_has_a_line_per_job_in_order(rows, tmp_path):
    write(rows, tmp_path)
    found = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    assert [list(row) for row in found] == [NAMES] * 3
    assert [(row["client"], row["status"]) for row in found] == [
        ("007", "published"),
        ("b", "failed"),
        ("c", "published"),
    ]
    assert table(tmp_path / "summary.csv") == [NAMES, *([str(row[name]) for name in NAMES] for row in found)]
    assert found[1]["reason"].startswith("b.csv, column")


def test_the_results_stack_the_published_tables_as_they_are(rows, tmp_path):
    write(rows, tmp_path)
    assert table(tmp_path / "results.csv") == [
        ["client", "method", "item", "term", "group", "n", "estimate"],
        ["007", "nps", "q", "nps", "", "40", "12.5"],
        ["007", "nps", "q", "nps", "'=1+1", "20", "-3.5"],
        ["c", "scaling", "q", "mean", "NA", "40", ""],
        ["c", "scaling", "q", "mean", "None", "1e3", "7"],
    ]


STRANGE = ['a"b,c', "two\nlines", "=1+1", "-", "\r", "x\r\ny", "＝1", " ", "", "Сут \u2028", "\\", "\x7f\t"]


def test_the_summary_has_the_bytes_of_the_plain_writers(tmp_path):
    """Rows are written in pieces that are kept, and must not differ from what json and pandas write at once."""
    rows = [Outcome(*(STRANGE[(k + j) % len(STRANGE)] for j in range(7))) for k in range(len(STRANGE))]
    for some in (rows, rows[:1], []):
        write_summary(some, tmp_path)
        expected = json.dumps([row.__dict__ for row in some], ensure_ascii=False, indent=1) + "\n"
        assert (tmp_path / "summary.json").read_bytes().decode() == expected
        frame = csv_safe(pd.DataFrame(some, columns=NAMES))
        assert (tmp_path / "summary.csv").read_bytes().decode() == frame.to_csv(index=False, lineterminator="\n")


def test_the_rows_alone_write_no_page(tmp_path):
    write_summary([failed("a")], tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"summary.json", "summary.csv"}


@pytest.mark.parametrize("status", ["failed", "interrupted", "waiting"])
def test_a_report_that_is_missing_stands_in_the_summary_with_its_status(status, tmp_path):
    write_summary([Outcome("a", "a", "nps", "en", status, "why", "a/nps")], tmp_path)
    assert table(tmp_path / "summary.csv")[1][4:6] == [status, "why"]


def test_a_spreadsheet_formula_in_the_summary_is_prefixed(tmp_path):
    write([failed("=1+1", "@SUM(A1)"), failed("-x")], tmp_path)
    lines = table(tmp_path / "summary.csv")
    assert lines[1][:2] == ["'=1+1", "'=1+1"]
    assert lines[1][5] == "'@SUM(A1)"
    assert lines[2][0] == "'-x"


def test_a_spreadsheet_formula_in_the_results_is_prefixed(tmp_path):
    row = published(tmp_path, "x", "q,nps,,40,12.5")
    write([Outcome(**{**row.__dict__, "client": "=1+1"})], tmp_path)
    assert table(tmp_path / "results.csv")[1][:2] == ["'=1+1", "nps"]


def test_without_a_published_report_there_are_no_results(tmp_path):
    html = write([failed("a"), failed("b")], tmp_path)
    assert not (tmp_path / "results.csv").exists()
    assert len(json.loads((tmp_path / "summary.json").read_text())) == 2
    assert "0 of 2 reports published" in html


def test_the_index_lists_all_and_links_the_published(rows, tmp_path):
    html = write(rows, tmp_path, title="Our clients", date="2026-07-01")
    check_page(html)
    assert re.findall(r'<th scope="row" class="name">(.*?)(?:<small>.*?)?</th>', html) == ["b", "Сут", "c"]
    assert re.findall(r'href="(.*?report.html)"', html) == ["007/nps/report.html", "c/scaling/report.html"]
    assert "b.csv, column &#34;q&#34;, row 3" in html
    assert "<h1>Our clients</h1>" in html
    assert "July 1, 2026" in html
    assert "2 of 3 reports published" in html


@pytest.mark.parametrize(("lang", "attribute"), [("ru", "ru"), ("uz", "uz"), ("uz_Cyrl", "uz-Cyrl")])
def test_the_index_speaks_the_language_of_the_batch(lang, attribute, rows, tmp_path):
    html = write(rows, tmp_path, lang=lang)
    check_page(html)
    assert f'<html lang="{attribute}">' in html
    for english in ("All reports", "Client<", "Status", "published", "failed<", "Made with"):
        assert english not in html


def test_the_title_of_a_report_is_in_the_language_of_the_batch(rows, tmp_path):
    html = write(rows, tmp_path)
    assert "How likely customers are to recommend</a>" in html
    assert "How customers rate the service</a>" in html


def test_hostile_names_and_reasons_are_text(tmp_path):
    html = write([failed(SCRIPT, SCRIPT), published(tmp_path, "a", "q,nps,,1,1", name=f"{SCRIPT}{{x}}")], tmp_path,
                 title=SCRIPT)  # fmt: skip
    check_page(html)
    assert "<script" not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 5


def test_control_and_direction_characters_are_boxes_on_the_index(tmp_path):
    row = Outcome("a", "A\u202eB", "nps", "en", "failed", "found \x00", "a/nps")
    html = write([row], tmp_path, title="T\u202eU")
    assert not {"\u202e", "\x00"} & set(html)


def test_a_template_s_name_with_braces_is_shown_as_it_is(tmp_path):
    assert "my{x}" in write([failed("a", method="my{x}")], tmp_path)


def test_a_folder_of_unusual_letters_is_linked(tmp_path):
    row = published(tmp_path, "a", "q,nps,,1,1", method="мой отчёт")
    assert 'href="a/%D0%BC%D0%BE%D0%B9%20' in write([row], tmp_path)


def test_a_second_summary_replaces_the_first_whole(rows, tmp_path):
    write(rows, tmp_path)
    write(rows[:1], tmp_path)
    assert len(json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))) == 1
    assert len(table(tmp_path / "summary.csv")) == 2
    assert set(pd.read_csv(tmp_path / "results.csv", dtype=str)["client"]) == {"007"}
    assert not list(tmp_path.glob(".new-*"))
