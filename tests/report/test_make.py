"""One report, end to end: real papermill, real kernels, from a survey file to a published bundle."""

import csv
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner

from cxkit.cli import main
from cxkit.errors import ReportError
from cxkit.report.brand import Brand
from cxkit.report.gate import check_page
from cxkit.report.identity import identity
from cxkit.report.job import Job
from cxkit.report.make import _write_figures
from cxkit.result import Result

CLI = [sys.executable, "-c", "from cxkit.cli import main; main()"]
SAVE = (
    "from pathlib import Path\n"
    'Path(out, "result.json").write_text("{}")\n'
    'Path(out, "table.csv").write_text("term,estimate\\nmean,4.5\\n")'
)
SHOW = "from IPython.display import HTML\nHTML('<p>shown</p>')"
LEFT = "The report's process left"
GROUPS = ("North", "South")


def survey(path, *, change=None):
    """40 answers of two groups, with comments; ``change`` = (row as a spreadsheet shows it, answer)."""
    rows = [[f"r{k}", GROUPS[k % 2], str((k * 7) % 11), f"comment {k}"] for k in range(40)]
    if change:
        rows[change[0] - 2][2] = change[1]
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["id", "region", "score", "why"], *rows])
    return path


def own_template(folder, *cells, name="own", parameters=""):
    parameters = nbformat.v4.new_code_cell(
        f'lang: str = "en"\nclient: str = ""\nout: str = ""\n{parameters}', id="parameters",
        metadata={"tags": ["parameters"]},
    )  # fmt: skip
    steps = [nbformat.v4.new_code_cell(source, id=f"step-{k}") for k, source in enumerate(cells, 1)]
    notebook = nbformat.v4.new_notebook(cells=[parameters, *steps])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = folder / f"{name}.ipynb"
    nbformat.write(notebook, path)
    return str(path)


def files(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def settings(data):
    return {
        "data_path": str(data),
        "codebook": "",
        "score": "score",
        "by": "region",
        "respondent": "id",
        "comment": "why",
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("make")


@pytest.fixture(scope="module")
def job(folder):
    """A client's NPS by region, in Russian."""
    data = survey(folder / "survey.csv")
    return Job("acme", "nps", settings(data), "ООО «Акме»", "ru", "2026-07-01", Brand())


@pytest.fixture(scope="module")
def published(job, folder, make_cold):
    return make_cold(job, folder / "first")


class _Page(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def all(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture(scope="module")
def page(published):
    return _Page((published / "report.html").read_text(encoding="utf-8"))


def test_a_bundle_has_exactly_the_named_files(published, folder):
    assert published == folder / "first" / "acme" / "nps"
    figures = {f"figures/{name}.{kind}" for name in ("figure", "extra-distribution") for kind in ("png", "svg")}
    assert set(files(published)) == {"report.html", "result.json", "table.csv", "run.json", *figures}
    assert [path.name for path in (folder / "first").iterdir()] == ["acme"]
    assert [path.name for path in (folder / "first" / "acme").iterdir()] == ["nps"]


def test_the_run_names_the_hash_of_every_other_file(published):
    run = json.loads((published / "run.json").read_text(encoding="utf-8"))
    found = {name: hashlib.sha256(content).hexdigest() for name, content in files(published).items()}
    found.pop("run.json")
    assert run["files"] == found


def test_the_run_says_what_was_run_on_what(published, job):
    run = json.loads((published / "run.json").read_text(encoding="utf-8"))
    expected = {"client": "acme", "name": "ООО «Акме»", "method": "nps", "lang": "ru", "date": "2026-07-01"}
    assert {key: run[key] for key in expected} == expected
    data = Path(job.parameters["data_path"])
    assert run["inputs"] == {
        "data_path": {"file": "survey.csv", "sha256": hashlib.sha256(data.read_bytes()).hexdigest()}
    }
    assert run["parameters"] == {**job.parameters, "data_path": "survey.csv", "lang": "ru", "client": "acme"}
    assert run["template"]["file"] == "nps.ipynb"
    assert {"cxkit", "pandas", "matplotlib", "papermill", "python"} <= set(run["versions"])
    assert {name: value for name, value in run.items() if name != "files"} == identity(job)


def test_no_file_of_a_bundle_holds_a_path_of_this_machine(published, folder):
    for name, content in files(published).items():
        for secret in (str(folder), str(Path.cwd()), f"{Path.home()}/", ".staging-", "ipykernel"):
            assert secret.encode() not in content, (name, secret)


def test_the_result_is_the_method_s_own(published):
    result = Result.from_json((published / "result.json").read_text(encoding="utf-8"))
    scores = [(k * 7) % 11 for k in range(40)]
    expected = 100 * (sum(s >= 9 for s in scores) - sum(s <= 6 for s in scores)) / 40
    found = result.rows(term="nps", group="")["estimate"].item()
    assert found == pytest.approx(expected, abs=1e-9)
    assert result.settings["client"] == "acme"
    assert result.scores is None


def test_the_page_has_no_script_and_no_outside_address(published, page):
    check_page((published / "report.html").read_text(encoding="utf-8"))
    assert not page.all("script")
    addresses = [
        value for _, attrs in page.tags for name, value in attrs.items() if name in ("src", "href", "srcset")
    ]
    assert addresses
    assert all(address.startswith("data:image/svg+xml;base64,") for address in addresses)
    assert not re.search(r"https?:|url\(|@import", page.text)


def test_the_page_has_language_captions_alternative_texts_and_scopes(page):
    assert page.all("html") == [{"lang": "ru"}]
    assert len(page.all("img")) == 2
    assert all(re.search("[а-я]", image["alt"]) for image in page.all("img"))
    tables = [k for k, (tag, _) in enumerate(page.tags) if tag == "table"]
    assert len(tables) >= 6
    assert all(page.tags[k + 1][0] == "caption" for k in tables)
    assert all(cell.get("scope") in ("col", "row") for cell in page.all("th"))


def test_code_and_notes_of_the_template_are_not_on_the_page(page):
    assert "ООО «Акме»" in page.text
    for hidden in (
        "import cxkit",
        "cx.nps",
        "cx.save",
        "data_path",
        "Rocks (2016)",
        "Reichheld",
        "Limits.",
        "Parameters",
    ):
        assert hidden not in page.text


def test_no_undefined_number_is_on_the_page(page):
    assert not re.search(r"\b(nan|NaN|None|inf|null)\b", page.text)


def test_a_bundle_can_be_read_by_others(published):
    if os.name != "posix":
        pytest.skip("folders have no such modes here")
    assert published.stat().st_mode & 0o055 == 0o055


def test_two_runs_are_byte_identical_in_another_folder_process_time_zone_and_hash_seed(published, job, folder):
    elsewhere = folder / "else where"
    elsewhere.mkdir()
    options = ["--data", job.parameters["data_path"], "--client", "acme", "--name", job.name, "--lang", "ru",
               "--date", job.date, "--out", "second/out"]  # fmt: skip
    for name in ("score", "by", "respondent", "comment"):
        options += ["--set", f"{name}={job.parameters[name]}"]
    environment = {**os.environ, "TZ": "Asia/Tashkent", "PYTHONHASHSEED": "5", "LC_ALL": "C"}
    done = subprocess.run(
        [*CLI, "report", "nps", *options], cwd=elsewhere, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert files(elsewhere / "second" / "out" / "acme" / "nps") == files(published)


def test_a_kernel_has_the_same_surroundings_whatever_ours_are(make_cold, tmp_path, monkeypatch):
    """What the byte identity of any template stands on: hash seed, time zone, locale, drawing, threads."""
    for name, value in (("PYTHONHASHSEED", "5"), ("TZ", "Asia/Tashkent"), ("LC_ALL", "C"), ("MPLBACKEND", "svg")):
        monkeypatch.setenv(name, value)
    before = dict(os.environ)
    names = ["PYTHONHASHSEED", "TZ", "LC_ALL", "MPLBACKEND", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"]
    tell = f'import json, os\nPath(out, "result.json").write_text(json.dumps([os.environ[n] for n in {names}]))'
    target = make_cold(Job("acme", own_template(tmp_path, SAVE, tell)), tmp_path / "out")
    assert json.loads((target / "result.json").read_text()) == ["0", "UTC", "C.UTF-8", "agg", "1", "1"]
    assert dict(os.environ) == before


def test_a_failing_run_leaves_the_earlier_report_byte_for_byte(published, folder, warm, monkeypatch):
    monkeypatch.setattr("cxkit.cli.new_worker", lambda methods: warm)
    out = folder / "kept"
    shutil.copytree(published, out / "acme" / "nps")
    before = files(out)
    bad = survey(folder / "bad.csv", change=(31, "11"))
    options = ["--data", str(bad), "--client", "acme", "--lang", "uz", "--set", "score=score", "--out", str(out)]
    done = CliRunner().invoke(main, ["report", "nps", *options])
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr == (
        'cxkit: bad.csv, column "score", row 31: found "11", expected a whole number from 0 to 10; '
        "look up in the questionnaire what it stands for, then correct the cell or the card of this item (the "
        "column's numbers run from 0 to 11).\n"
    )
    assert files(out) == before
    assert [path.name for path in out.iterdir()] == ["acme"]


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        (
            ["import sys\nsys.exit(0)", SAVE],
            'The template stopped before its cell "step-2" ran; nothing was published.',
        ),
        ([SAVE + "\nimport sys\nsys.exit(0)"], 'The cell "step-1" ended in an error: SystemExit: 0'),
        (["import os\nos._exit(1)", SAVE], f"{LEFT} with code 1 in the middle; look for an exit in the template."),
        (
            [SAVE + "\nos = __import__('os')\nos._exit(0)"],
            f"{LEFT} with code 0 in the middle; look for an exit in the template.",
        ),
        (["1"], "The template did not write result.json; end it with result.save(out)."),
        (
            [SAVE.replace('Path(out, "table.csv")', 'Path("table.csv")')],
            "The template did not write table.csv; end it with result.save(out).",
        ),
        (
            [SAVE + "\nPath(out, 'table.csv').write_text('Сут', encoding='cp1251')"],
            "The template's table.csv is no readable CSV in UTF-8 (invalid continuation byte); end it with "
            "result.save(out).",
        ),
        ([SAVE, "1 / 0"], 'The template "own" stopped: ZeroDivisionError: division by zero'),
        (
            [SAVE, SHOW.replace("<p>", "<p onclick=alert(1)>")],
            "The page was not published: it has an onclick handler; correct the template that shows it.",
        ),
        (
            [SAVE + '\nPath(out, "extra.html").write_text("<script>alert(1)</script>")'],
            'The template wrote "extra.html" beside its results; write it somewhere else.',
        ),
        (
            [SAVE, SHOW.replace("shown", "' + 'many words ' * 1_200_000 + '")],
            "The page has 13 MiB, more than the 12 MiB a reader can open; let the template print less.",
        ),
    ],
    ids=["exits half way", "exits at the end", "is killed half way", "is killed at the end", "does not save",
         "saves elsewhere", "saves no text", "raises", "shows a handler", "adds a file", "shows too much"],
)  # fmt: skip
def test_nothing_is_published_of_a_template_that(cells, sentence, make, tmp_path):
    out = tmp_path / "out"
    with pytest.raises(ReportError) as caught:
        make(Job("acme", own_template(tmp_path, *cells)), out)
    assert str(caught.value) == sentence
    assert list(out.iterdir()) == []


@pytest.mark.parametrize("name", ["note", "tables"])
def test_a_parameter_with_a_path_below_home_is_not_published(name, make, tmp_path, monkeypatch):
    inside = str(Path.home() / "clients" / "acme" / "prices.csv")
    own = own_template(tmp_path, SAVE, parameters=f"{name}: object = None")
    with pytest.raises(ReportError, match=r"^The report was not published: run\.json has a path of this machine"):
        make(Job("acme", own, {name: {"prices": inside} if name == "tables" else inside}), tmp_path / "out")


def test_nothing_is_published_when_a_kernel_of_its_own_dies(make_cold, tmp_path):
    with pytest.raises(ReportError, match=r'^The template "own" was not run to its end: Kernel died$'):
        make_cold(Job("acme", own_template(tmp_path, SAVE + "\nimport os\nos._exit(0)")), tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_two_runs_of_a_notebook_in_an_older_format_are_byte_identical(make, tmp_path):
    """Before format 4.5 (2020) cells have no ids; Colab and others still write such notebooks."""
    own = Path(own_template(tmp_path, SAVE, SHOW))
    content = json.loads(own.read_text(encoding="utf-8"))
    for cell in content["cells"]:
        del cell["id"]
    own.write_text(json.dumps({**content, "nbformat_minor": 4}), encoding="utf-8")
    first, second = (make(Job("acme", str(own)), tmp_path / name) for name in ("first", "second"))
    assert files(first) == files(second)


def test_two_pictures_of_different_cells_are_both_written(tmp_path):
    assert _write_figures(pictures(["a"], ["b"]), tmp_path) == ["figures/one.png", "figures/two.png"]


def test_two_pictures_of_one_cell_are_both_written(tmp_path):
    names = _write_figures(pictures(["a", "b"]), tmp_path)
    assert len(set(names)) == 2
    assert len(list((tmp_path / "figures").iterdir())) == 2


def pictures(*cells):
    made = []
    for name, letters in zip(("one", "two"), cells, strict=False):
        outputs = [nbformat.v4.new_output("display_data", {"image/png": letter * 4}) for letter in letters]
        made.append(nbformat.v4.new_code_cell("1", id=name, outputs=outputs))
    return nbformat.v4.new_notebook(cells=made)
