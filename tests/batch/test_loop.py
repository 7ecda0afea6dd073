"""A batch, end to end: real survey data and real processes; one client's failure touches no other."""

import csv
import hashlib
import json
import os
import re
import shutil

import pandas as pd
import pytest
import yaml
from click.testing import CliRunner

from cxkit.batch.config import Config
from cxkit.batch.lock import locked
from cxkit.batch.loop import run
from cxkit.batch.plan import plan
from cxkit.cli import main
from cxkit.report.gate import check_page
from cxkit.report.template import find_template
from cxkit.result import Result
from tests.conftest import write_template

ITEMS = ["SATIS", "CONFIRM", "IDEAL", "OVERALLQ", "WRONGQ"]
CLIENTS = {  # industry: language, name
    "1001": ("en", "Processed food"),
    "3003": ("ru", "Авиакомпании"),
    "3013": ("uz", "Internet provayderlari"),
    "5001": ("uz_Cyrl", "Банклар"),
}
BAD = "9999"
SENTENCE = (
    'bad.csv, column "IDEAL", row 5: found "11", expected a whole number from 1 to 10; '
    "look up in the questionnaire what it stands for, then correct the cell or the card of this item (the column's "
    "numbers run from 1 to 11)."
)
OVER_ALL = {"index.html", "summary.json", "summary.csv", "results.csv", "results.parquet", ".lock"}
OWN = """
from pathlib import Path
if client == "raises":
    open("/srv/secret/survey.csv")
if client == "broken":
    int("no number")
Path(out, "result.json").write_text("{}")
Path(out, "table.csv").write_text(f"term,estimate\\nmean,{len(client)}\\n")
"""


def files(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def table(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def batch(folder, config, out, *words, worker=None):
    """``cxkit batch`` from the config's folder, with a relative folder of reports; ``worker`` spares its start."""
    (folder / "clients.yml").write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        if worker:
            patch.setattr("cxkit.cli.new_worker", lambda methods: worker)
        return CliRunner().invoke(main, ["batch", "clients.yml", "--out", out, *words])


@pytest.fixture(scope="module")
def survey(shared_data):
    return shared_data / "acsi2015.csv"


@pytest.fixture(scope="module")
def acsi(survey, tmp_path_factory):
    """Four industries of the ACSI as four clients in four languages, and a fifth with bad data in the middle."""
    folder = tmp_path_factory.mktemp("acsi")
    bad = pd.read_csv(survey, dtype=str, keep_default_na=False).head(40)
    bad.loc[3, "IDEAL"] = "11"
    bad.to_csv(folder / "bad.csv", index=False)
    clients = [
        {"client": code, "name": name, "lang": lang, "where": {"INDUSTRY": code}}
        for code, (lang, name) in CLIENTS.items()
    ]
    clients.insert(2, {"client": BAD, "data": "bad.csv"})
    config = {"title": "ACSI 2015", "date": "2026-07-01", "data": str(survey), "clients": clients,
              "methods": {"scaling": {"items": ITEMS, "scale": [1, 10]}}}  # fmt: skip
    return batch(folder, config, "reports"), folder / "reports"


@pytest.fixture(scope="module")
def answers(survey):
    return pd.read_csv(survey, dtype={"INDUSTRY": str})


def test_the_batch_ends_with_exit_1_and_a_line_per_client(acsi):
    done, _ = acsi
    assert done.exit_code == 1, done.output
    *lines, last = done.stdout.splitlines()
    published = [f"published   {code}/scaling" for code in CLIENTS]
    assert sorted(lines) == sorted([*published, f"failed      {BAD}/scaling: {SENTENCE}"])
    assert last == f"4 of 5 reports published; open {os.path.join('reports', 'index.html')}"


def test_the_folder_holds_the_published_reports_and_the_files_over_all(acsi):
    _, out = acsi
    assert {path.name for path in out.iterdir()} == {*CLIENTS, *OVER_ALL}


@pytest.mark.parametrize("code", CLIENTS)
def test_means_and_top_boxes_equal_plain_pandas(code, acsi, answers):
    result = Result.from_json((acsi[1] / code / "scaling" / "result.json").read_text(encoding="utf-8"))
    mine = answers[answers["INDUSTRY"] == code]
    for item in ITEMS:
        given = mine[item].dropna()
        mean = result.rows(item=item, term="mean", group="", wave="").iloc[0]
        assert (mean["n"], mean["missing"]) == (len(given), len(mine) - len(given))
        assert mean["estimate"] == pytest.approx(given.mean(), rel=1e-12)
        assert mean["se"] == pytest.approx(given.sem(), rel=1e-9)
        for term, share in (("top_box", (given >= 9).mean()), ("bottom_box", (given <= 2).mean())):
            assert result.rows(item=item, term=term)["estimate"].item() == pytest.approx(share, rel=1e-12)
        shares = result.rows(item=item, term="share").set_index("score")["estimate"]
        expected = given.value_counts(normalize=True).reindex(range(1, 11), fill_value=0)
        assert shares.to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-12)


@pytest.mark.parametrize("code", CLIENTS)
def test_each_report_is_whole_safe_and_in_its_language(code, acsi):
    folder = acsi[1] / code / "scaling"
    content = files(folder)
    run_json = json.loads(content.pop("run.json"))
    assert run_json["files"] == {name: hashlib.sha256(data).hexdigest() for name, data in content.items()}
    html = content["report.html"].decode("utf-8")
    check_page(html)
    lang, name = CLIENTS[code]
    assert f'<html lang="{lang.replace("_", "-")}">' in html
    assert f"<h1>{name}</h1>" in html
    assert ("How customers rate the service" in html) == (lang == "en")
    assert not [other for _, other in CLIENTS.values() if other != name and other in html]


def test_each_language_has_a_page_of_its_own(acsi):
    pages = [(acsi[1] / code / "scaling" / "report.html").read_text(encoding="utf-8") for code in CLIENTS]
    titles = {re.search("<title>.* – (.*)</title>", html)[1] for html in pages}
    assert len(titles) == 4


def test_the_summary_has_a_line_per_client(acsi):
    _, out = acsi
    rows = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert [row["client"] for row in rows] == ["1001", "3003", BAD, "3013", "5001"]
    assert {row["status"] for row in rows if row["client"] != BAD} == {"published"}
    assert (rows[2]["status"], rows[2]["reason"]) == ("failed", SENTENCE)
    assert table(out / "summary.csv") == rows


def test_the_index_lists_all_and_links_the_published(acsi):
    html = (acsi[1] / "index.html").read_text(encoding="utf-8")
    check_page(html)
    best = {}
    for code, (_, name) in CLIENTS.items():
        result = Result.from_json((acsi[1] / code / "scaling" / "result.json").read_text(encoding="utf-8"))
        best[result.rows(item="scale_score", term="index", group="")["estimate"].item()] = code, name
    order = [best[estimate] for estimate in sorted(best, reverse=True)]
    places = [html.index(f">{name}<") for name in (BAD, *(name for _, name in order))]
    assert places == sorted(places), "what is missing comes first, then the best client"
    links = re.findall('href="(.*?)"', html)
    assert [link for link in links if link.endswith("/report.html")] == [f"{c}/scaling/report.html" for c, _ in order]
    assert all((acsi[1] / link).is_file() for link in links)
    assert "row 5: found &#34;11&#34;" in html
    assert "<h1>ACSI 2015</h1>" in html


def test_the_results_stack_the_published_tables(acsi):
    _, out = acsi
    expected = []
    for code in CLIENTS:
        rows = table(out / code / "scaling" / "table.csv")
        expected += [{"client": code, "method": "scaling", **row} for row in rows]
    assert table(out / "results.csv") == expected
    assert len(expected) > 4 * len(ITEMS)


@pytest.fixture(scope="module")
def small(warm, tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    write_template(folder / "own.ipynb", save=OWN)
    shared = {"data": "survey.csv", "methods": {"own.ipynb": None}, "brand": {"accent": "#eeeeee"}}
    (folder / "out").mkdir()
    (folder / "out" / "occupied").write_text("a file of somebody")
    clients = [{"client": name} for name in ("raises", "good", "occupied", "last")]
    return batch(folder, {**shared, "clients": clients}, "out", worker=warm), folder, shared


def test_a_fault_of_the_template_or_of_the_machine_stops_no_other_client(small):
    done, folder, _ = small
    assert done.exit_code == 1
    rows = json.loads((folder / "out" / "summary.json").read_text(encoding="utf-8"))
    assert [(row["client"], row["status"]) for row in rows] == [
        ("raises", "failed"), ("good", "published"), ("occupied", "failed"), ("last", "published"),
    ]  # fmt: skip
    assert rows[0]["reason"].startswith('The template "own" stopped: FileNotFoundError: ')
    assert rows[2]["reason"] == (
        'The machine refused: File exists ("occupied"); put that right and run the batch again.'
    )
    assert (folder / "out" / "occupied").read_text() == "a file of somebody"
    assert [row["estimate"] for row in table(folder / "out" / "results.csv")] == ["4", "4"]


def test_nothing_half_made_is_left(small):
    out = small[1] / "out"
    assert {path.name for path in out.iterdir()} == {"good", "last", "occupied", *OVER_ALL}
    assert {path.name for path in (out / "good").iterdir()} == {"own"}


def test_the_files_over_all_hold_no_path_of_this_machine(small):
    _, folder, _ = small
    for name in ("summary.json", "summary.csv", "index.html"):
        content = (folder / "out" / name).read_text(encoding="utf-8")
        assert "/srv/secret" not in content
        assert str(folder) not in content


def test_a_colour_that_is_hard_to_read_is_warned_about_once(small):
    done, _, _ = small
    notes = [line for line in done.stderr.splitlines() if line.startswith("Note: ")]
    assert len(notes) == len(set(notes))
    assert all("The brand colour accent #eeeeee has a contrast of 1.2 on white" in note for note in notes)
    assert notes[0].startswith('Note: client "')


def test_a_batch_without_a_failure_ends_with_exit_0_and_leaves_the_other_reports_alone(small, warm):
    _, folder, shared = small
    before = files(folder / "out" / "last")
    done = batch(folder, {**shared, "clients": [{"client": "good"}]}, "out", worker=warm)
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[-1].startswith("1 of 1 reports published; open ")
    assert files(folder / "out" / "last") == before
    assert [row["client"] for row in table(folder / "out" / "summary.csv")] == ["good"]


def test_each_finished_job_is_reported_and_the_rows_have_the_order_of_the_plan(warm, tmp_path):
    config = Config.model_validate(
        {"data": "sample:none", "methods": {"own.ipynb": None}, "clients": [{"client": "a"}, {"client": "b"}]}
    )
    own = tmp_path / "own.ipynb"
    shutil.copy(find_template("nps"), own)
    jobs = plan(config, tmp_path)
    own.unlink()  # so that each job fails before a process starts
    seen = []
    rows, signal = run(jobs, tmp_path / "out", worker=warm, report=lambda *finished: seen.append(finished))
    assert signal == 0
    assert sorted(seen, key=lambda one: one[0].client) == [(row, False) for row in rows]
    assert [(row.client, row.status) for row in rows] == [("a", "failed"), ("b", "failed")]
    assert rows[0].reason == 'The template "own.ipynb" was not found; check the path.'


def test_a_wrong_config_ends_with_exit_2_before_anything_is_made(tmp_path):
    config = {
        "data": "sample:bank",
        "methods": {"nps": None},
        "clients": [{"client": "a"}, {"client": "b", "lang": "de"}],
    }
    done = batch(tmp_path, config, "out")
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.startswith('cxkit: Client "b": There is no language "de"')
    assert not (tmp_path / "out").exists()


@pytest.fixture
def factory(warm, tmp_path):
    """Three clients with data of their own; call it with words of the command line for a batch of them."""
    write_template(tmp_path / "own.ipynb", save=OWN)

    def factory(*words, clients=("a", "b", "c")):
        for client in clients:
            if not (tmp_path / f"{client}.csv").exists():
                (tmp_path / f"{client}.csv").write_text("q\n1\n")
        said = [{"client": client, "data": f"{client}.csv"} for client in clients]
        return batch(tmp_path, {"methods": {"own.ipynb": None}, "clients": said}, "out", *words, worker=warm)

    factory.folder, factory.out = tmp_path, tmp_path / "out"
    return factory


def told(done):
    """What the command said of each client, in the clients' order, and its last line."""
    *lines, last = done.stdout.splitlines()
    return sorted((line.split()[1].split("/")[0], line.split()[0]) for line in lines), last.partition(";")[0]


def stamps(out):
    """When each file of each report was written, and as which file of the disk."""
    return {
        p.relative_to(out).as_posix(): (p.stat().st_mtime_ns, p.stat().st_ino)
        for p in out.glob("*/*/*")
        if p.is_file()
    }


def statuses(out):
    return [(row["client"], row["status"]) for row in table(out / "summary.csv")]


def test_a_second_run_keeps_what_is_valid_and_makes_the_rest_again(factory):
    assert told(factory()) == (
        [("a", "published"), ("b", "published"), ("c", "published")],
        "3 of 3 reports published",
    )
    first, over_all = stamps(factory.out), {name: (factory.out / name).read_bytes() for name in OVER_ALL}
    again = factory()
    assert again.exit_code == 0
    assert told(again) == ([("a", "kept"), ("b", "kept"), ("c", "kept")], "3 of 3 reports published")
    assert stamps(factory.out) == first
    assert {name: (factory.out / name).read_bytes() for name in OVER_ALL} == over_all

    (factory.folder / "b.csv").write_text("q\n1\n10\n")
    (factory.out / "c" / "own" / "report.html").write_text("by somebody")
    assert told(factory("--dry-run"))[0] == [("a", "kept"), ("b", "again")]  # and "again c/own", the last line
    assert told(factory())[0] == [("a", "kept"), ("b", "published"), ("c", "published")]
    then = stamps(factory.out)
    assert {name.split("/")[0] for name in first if then[name] != first[name]} == {"b", "c"}

    assert told(factory("--fresh"))[0] == [("a", "published"), ("b", "published"), ("c", "published")]
    fresh = stamps(factory.out)
    assert all(fresh[name] != then[name] for name in then)


def test_only_makes_one_client_s_reports_and_keeps_the_others_rows(factory):
    factory(clients=("a", "c"))
    (factory.folder / "c.csv").write_text("q\n1\n10\n")
    before = stamps(factory.out)
    done = factory("--only", "b", clients=("a", "b", "c", "d"))
    assert (done.exit_code, told(done)) == (0, ([("b", "published")], "3 of 4 reports published"))
    assert statuses(factory.out) == [("a", "published"), ("b", "published"), ("c", "published"), ("d", "waiting")]
    assert [row["client"] for row in table(factory.out / "results.csv")] == ["a", "b", "c"]
    assert {name: stamp for name, stamp in stamps(factory.out).items() if name[0] != "b"} == before


def test_a_table_that_somebody_spoilt_counts_as_failed_and_is_made_again_by_the_next_batch(factory):
    factory(clients=("a", "b"))
    (factory.out / "a" / "own" / "table.csv").write_bytes("Сут".encode("cp1251"))
    done = factory("--only", "b", clients=("a", "b"))
    assert (done.exit_code, told(done)) == (0, ([("b", "kept")], "1 of 2 reports published"))
    assert statuses(factory.out) == [("a", "failed"), ("b", "published")]
    assert told(factory(clients=("a", "b"))) == ([("a", "published"), ("b", "kept")], "2 of 2 reports published")


def test_limit_makes_the_first_and_leaves_the_rest_waiting(factory):
    done = factory("--limit", "2")
    assert (done.exit_code, told(done)) == (0, ([("a", "published"), ("b", "published")], "2 of 3 reports published"))
    assert statuses(factory.out) == [("a", "published"), ("b", "published"), ("c", "waiting")]


def test_a_dry_run_writes_nothing(factory):
    done = factory("--dry-run", "--only", "a", "--only", "c")
    assert (done.exit_code, done.stdout.split()) == (0, ["new", "a/own", "new", "c/own"])
    assert not factory.out.exists()


def test_fail_fast_begins_no_other_report_after_a_failure(factory):
    done = factory("--fail-fast", "--jobs", "1", clients=("broken", *"abcdef"))
    found = dict(statuses(factory.out))
    assert done.exit_code == 1
    assert found.pop("broken") == "failed"
    # The next one may have begun before the failure was seen; it is made to its end.
    assert list(found.values())[1:] == ["waiting"] * 5
    assert set(found.values()) <= {"published", "waiting"}
    assert factory(clients=("broken", *"abcdef")).exit_code == 1
    assert dict(statuses(factory.out)) == {"broken": "failed", **dict.fromkeys("abcdef", "published")}


def test_reports_of_removed_clients_are_told_and_pruned_when_asked(factory):
    factory()
    done = factory(clients=("a",))
    assert done.exit_code == 0
    assert done.stderr == ("Note: 2 reports are of no client of this config: b/own, c/own; --prune deletes them.\n")
    assert (factory.out / "b" / "own" / "report.html").is_file()
    foreseen = factory("--prune", "--dry-run", clients=("a", "c"))
    assert foreseen.stdout.splitlines() == ["kept      a/own", "kept      c/own", "deleted   b/own"]
    pruned = factory("--prune", clients=("a", "c"))
    assert (pruned.exit_code, pruned.stderr) == (0, "")
    assert told(pruned)[0] == [("a", "kept"), ("c", "kept")]
    assert not (factory.out / "b" / "own").exists()
    assert (factory.out / "c" / "own" / "report.html").is_file()


def test_a_folder_in_which_another_batch_works_ends_with_exit_4(factory):
    factory("--limit", "1")
    before = files(factory.out)
    with locked(factory.out):
        done = factory()
    assert done.exit_code == 4
    assert done.stdout == ""
    assert done.stderr.startswith(f'cxkit: Another batch works in "out" (process {os.getpid()}, since ')
    assert files(factory.out) == before
