"""The command line: its words, its exit codes, and one sentence for each mistake."""

import json
import re

import nbformat
import openpyxl
import pytest
from click.testing import CliRunner

import cxkit as cx
from cxkit.batch.config import read_config
from cxkit.batch.plan import plan
from cxkit.cli import DEMO, main
from cxkit.errors import CxError, DataError
from cxkit.methods import METHODS
from cxkit.report.template import find_template
from cxkit.show.language import LANGUAGES
from tests.conftest import parts, write_template

COMMANDS = ("methods", "codebook", "new", "report", "batch", "schema", "demo")
HEADER = "id,ease,trust,w"
ROWS = [f"r{k},{k % 10 + 1},{(3 * k) % 10 + 1},1" for k in range(20)]
ITEMS = {"items": ["ease", "trust"], "scale": [1, 10]}
ROLES = {"weight": "w", "respondent": "id"}


def cxkit(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


def one_sentence(text):
    assert text.count("\n") == text.endswith("\n"), text
    assert re.search(r"[.?]\n?$", text), text
    assert "Traceback" not in text
    return text


def refused(done, code):
    """One sentence on the error channel, nothing on the other, and the exit code."""
    assert done.exit_code == code, (done.output, done.exception)
    assert done.stdout == ""
    assert done.stderr.startswith("cxkit: ")
    return one_sentence(done.stderr)


def survey(folder, *, header=HEADER, change=None, name="survey.csv"):
    """A good survey; ``change`` puts other rows in place: row as a spreadsheet shows it -> line."""
    rows = list(ROWS)
    for row, line in (change or {}).items():
        rows[row - 2] = line
    path = folder / name
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return path


def workbook(folder, *sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for sheet in sheets:
        page = book.create_sheet(sheet)
        for line in (HEADER, *ROWS):
            page.append(line.split(","))
    path = folder / "survey.xlsx"
    book.save(path)
    return path


def test_the_version_is_the_package_s_own():
    done = cxkit("--version")
    assert (done.exit_code, done.stdout) == (0, f"cxkit, version {cx.__version__}\n")


def test_the_help_names_every_command():
    for flag in ("--help", "-h"):
        done = cxkit(flag)
        assert done.exit_code == 0
        assert set(re.findall(r"^  (\w+) ", done.stdout, re.MULTILINE)) >= set(COMMANDS)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("methods", ["List the methods"]),
        ("codebook", ["FILE", "-o, --out", "--sheet", "CHECK"]),
        ("new", ["METHOD FILE", "JupyterLab"]),
        ("report", ["--data", "--client", "--name", "--lang", "--date", "--codebook", "--logo", "--out", "--set",
                    "NAME=VALUE", "en, ru, uz, uz_Cyrl"]),
        ("batch", ["CONFIG", "--out", "--jobs", "--only", "--limit", "--fresh", "--dry-run", "--fail-fast", "--prune",
                   "--timeout", "--memory", "--engine", "--scheduler",
                   "Exit 0: all published (with --only or --limit, all of these), 1: some failed",
                   "2: CONFIG is wrong and nothing was run", "3: the disk is full", "4: another batch", "130 and 143",
                   "PapermillOperator("]),
        ("schema", ["JSON schema", "[config|codebook]"]),
        ("demo", ["--out"]),
    ],
)  # fmt: skip
def test_each_command_explains_itself(command, words):
    done = cxkit(command, "--help")
    assert done.exit_code == 0
    for word in words:
        assert word in " ".join(done.stdout.split())


def test_every_method_is_listed_with_its_question():
    done = cxkit("methods")
    lines = [line.split(maxsplit=1) for line in done.stdout.splitlines()]
    assert done.exit_code == 0
    assert [word for word, _ in lines] == list(cx.METHODS)
    assert all(text.endswith("?") for _, text in lines)


@pytest.mark.parametrize(("words", "key"), [([], "clients"), (["config"], "clients"), (["codebook"], "scales")])
def test_the_schemas_are_printed_as_json(words, key):
    done = cxkit("schema", *words)
    assert done.exit_code == 0
    assert key in json.loads(done.stdout)["properties"]


def test_a_schema_of_something_else_is_refused():
    done = cxkit("schema", "codebok")
    assert done.exit_code == 2
    assert "'codebok' is not one of 'config', 'codebook'." in done.stderr


@pytest.fixture
def plain_survey(tmp_path):
    path = tmp_path / "survey.csv"
    path.write_text("\n".join([HEADER, *ROWS]), encoding="utf-8")
    return path


def test_a_draft_is_printed_or_written_and_reads(plain_survey, tmp_path):
    printed = cxkit("codebook", plain_survey)
    assert printed.exit_code == 0
    out = tmp_path / "deep" / "survey.yml"
    done = cxkit("codebook", plain_survey, "-o", out)
    text = out.read_text(encoding="utf-8")
    assert done.stdout == f"Wrote {out}; marked CHECK: {text.count('CHECK ')}.\n"
    assert text == printed.stdout
    assert cx.read(plain_survey, out).items == ["ease", "trust"]


def test_a_draft_overwrites_nothing(plain_survey, tmp_path):
    out = tmp_path / "survey.yml"
    out.write_text("my own work")
    assert '"survey.yml" exists already' in refused(cxkit("codebook", plain_survey, "-o", out), 2)
    assert out.read_text() == "my own work"


@pytest.mark.parametrize(("words", "code"), [(["gone.csv"], 1), ([], 2), (["a.csv", "--sheet", "A"], 1)])
def test_a_draft_of_no_survey_is_refused(words, code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("id,ease\n1,2\n", encoding="utf-8")
    done = cxkit("codebook", *words)
    assert (done.exit_code, done.stdout) == (code, "")


def test_new_copies_the_template(tmp_path):
    path = tmp_path / "deep" / "my study.ipynb"
    done = cxkit("new", "nps", path)
    assert done.exit_code == 0
    assert str(path) in done.stdout
    assert path.read_bytes() == find_template("nps").read_bytes()
    nbformat.validate(nbformat.read(path, as_version=4))


def test_new_overwrites_nothing(tmp_path):
    path = tmp_path / "study.ipynb"
    path.write_text("my own work")
    assert '"study.ipynb" exists already' in refused(cxkit("new", "nps", path), 2)
    assert path.read_text() == "my own work"


@pytest.mark.parametrize("name", ["study", "study.py", "study.ipynb.txt", "study.IPYNB"])
def test_new_wants_the_ending_of_a_notebook(name, tmp_path):
    assert f'"{name}" must end in .ipynb' in refused(cxkit("new", "nps", tmp_path / name), 2)
    assert list(tmp_path.iterdir()) == []


def test_new_of_an_unknown_method_writes_nothing(tmp_path):
    assert 'did you mean "scaling"?' in refused(cxkit("new", "scalling", tmp_path / "a.ipynb"), 2)
    assert not (tmp_path / "a.ipynb").exists()


def test_new_in_a_place_that_is_no_folder_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    refused(cxkit("new", "nps", tmp_path / "file" / "a.ipynb"), 3)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["npz"], 'There is no method "npz"; did you mean "nps"?'),
        (["gone.ipynb"], 'The template "gone.ipynb" was not found'),
        (["nps", "--lang", "de"], 'There is no language "de"'),
        (["nps", "--lang", "uz_cyrl"], 'did you mean "uz_Cyrl"?'),
        (["nps", "--date", "1.7.2026"], 'The date "1.7.2026" of client "a" is no date; give YYYY-MM-DD.'),
        (["nps", "--set", "scor=q"], 'did you mean "score"?'),
        (["nps", "--set", "score"], 'The setting "score" is not written as name=value.'),
        (["nps", "--set", "seed=1.5"], 'The parameter "seed" of "nps" is 1.5; expected int, such as 1.'),
        (["nps", "--set", "level=.nan"], "expected float"),
        (["nps", "--set", "scale=[1, 10"], "cannot be read; expected list"),
        (["nps", "--client", "../x"], 'The client id "../x" cannot name a folder'),
        (["nps", "--client", "/etc/x"], 'The client id "/etc/x" cannot name a folder'),
        (["nps", "--client", ".x"], 'The client id ".x" cannot name a folder'),
        (["nps", "--client", ""], 'The client id "" cannot name a folder'),
    ],
    ids=lambda value: None if isinstance(value, str) else " ".join(value),
)
def test_a_wrong_setting_ends_with_exit_2_and_no_report(words, sentence, tmp_path):
    out = tmp_path / "out"
    method, *options = words
    done = cxkit("report", method, "--data", "sample:bank", "--client", "a", "--out", out, *options)
    assert sentence in refused(done, 2)
    assert not out.exists()


@pytest.mark.parametrize(
    "words", [[], ["nps"], ["nps", "--data", "sample:bank"], ["nps", "--client", "a"], ["--colour"]]
)
def test_a_missing_or_unknown_word_ends_with_exit_2(words):
    done = cxkit("report", *words)
    assert done.exit_code == 2
    assert "Usage: " in done.stderr


def test_reports_in_a_place_that_is_no_folder_are_refused_in_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    done = cxkit("report", "nps", "--data", "sample:bank", "--client", "a", "--out", tmp_path / "file")
    assert done.exit_code != 0
    assert isinstance(done.exception, SystemExit)
    one_sentence(done.stderr)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("data: sample:bank\nclients:\n- client: a\n  wher: {a: 1}\n", "has the unknown key clients.1.wher; "),
        ("data: sample:bank\nclients:\n- client: 1.50\n", "write it in quotes"),
        ("data: sample:bank\nmethods: {nps: }\nclients:\n- client: a\n- client: A\n", "name the same folder"),
        ("data: sample:bank\nmethods: {nps: }\nclients:\n- client: ../a\n", "cannot name a folder"),
        ("data: sample:bank\nmethods: {npz: }\nclients:\n- client: a\n", 'did you mean "nps"?'),
        ("data: a.csv\ndata: b.csv\n", '"data" stands twice'),
        ("[1, 2", "cannot be read"),
    ],
)
def test_a_wrong_config_ends_with_exit_2_and_no_report(text, sentence, tmp_path):
    (tmp_path / "clients.yml").write_text(text)
    done = cxkit("batch", tmp_path / "clients.yml", "--out", tmp_path / "out")
    assert sentence in refused(done, 2)
    assert not (tmp_path / "out").exists()


def test_an_absent_config_ends_with_exit_2(tmp_path):
    done = cxkit("batch", tmp_path / "gone.yml", "--out", tmp_path / "out")
    assert 'The config "gone.yml" was not found' in refused(done, 2)


# The same mistakes at the door of the data; the tests after these take the whole way through a kernel.
@pytest.mark.parametrize(
    ("file", "settings", "parts"),
    [
        ({"change": {6: "r4,11,3,1"}}, {}, ['column "ease"', "row 6", '"11"', "whole number from 1 to 10"]),
        ({"change": {6: "r4,0,3,1"}}, {}, ['column "ease"', "row 6", '"0"', "whole number from 1 to 10"]),
        ({"change": {7: "r5,3,6.5,1"}}, {}, ['column "trust"', "row 7", '"6.5"', "not whole"]),
        ({"change": {8: "r6,good,3,1"}}, {}, ['column "ease"', "row 8", '"good"', "not a rating"]),
        ({"change": {9: "r7,3,3,1,5"}}, {}, ["row 9", "found 5 fields", "expected 4"]),
        ({"change": {9: "r7,3,3"}}, {}, ["row 9", "found 3 fields", "expected 4"]),
        ({"change": {10: '"r8,3,3,1'}}, {}, ["row 10", "quotation mark is opened and never closed"]),
        ({"header": "id,ease,ease,w"}, {}, ["row 1", '"ease" stands twice']),
        ({"header": "id,ease,,w"}, {}, ["row 1", "column 3 has no name"]),
        ({"change": {12: "r3,3,3,1"}}, {}, ['column "id"', "row 12", '"r3"', "row 5"]),
        ({"change": {13: "r11,3,3,-1"}}, {}, ['column "w"', "row 13", '"-1"', "weight of 0 or more"]),
        ({"change": {13: "r11,3,3,nan"}}, {}, ['column "w"', "row 13", '"nan"', "weight of 0 or more"]),
        ({"change": {13: "r11,3,3,"}}, {}, ['column "w"', "row 13", "an empty cell"]),
        ({"change": {k: f"r{k},,,1" for k in range(2, 22)}}, {}, ["no answer in ease, trust", "20 rows"]),
        ({}, {"items": ["ease", "trst"]}, ['no column "trst"', 'did you mean "trust"?']),
        ({}, {"where": {"id": "nobody"}}, ['no row with id = "nobody"']),
    ],
    ids=["above the scale", "below the scale", "not whole", "text", "surplus field", "field too few",
         "unclosed quote", "duplicate column", "column without a name", "duplicate respondent", "negative weight",
         "NaN weight", "empty weight", "all missing", "missing column", "no such rows"],
)  # fmt: skip
def test_bad_data_are_refused_with_file_column_row_and_value(file, settings, parts, tmp_path):
    path = survey(tmp_path, **file)
    with pytest.raises(DataError) as caught:
        cx.read(path, **{**ITEMS, **ROLES, **settings})
    sentence = one_sentence(str(caught.value))
    for part in ("survey.csv", *parts):
        assert part in sentence
    assert str(tmp_path) not in sentence


def test_the_good_survey_behind_these_is_taken(tmp_path):
    data, audit = parts(cx.read(survey(tmp_path), **ITEMS, **ROLES))
    result = cx.scaling(data, audit.items, scale=audit.scale, weight="w", respondent="id")
    assert result.rows(item="ease", term="mean")["estimate"].item() == pytest.approx(5.5)


@pytest.mark.parametrize("content", ["", "\n", HEADER, HEADER + "\n\n"])
def test_an_empty_file_is_refused(content, tmp_path):
    path = tmp_path / "survey.csv"
    path.write_text(content)
    with pytest.raises(DataError, match=r"^survey\.csv .*(is empty|no header|no answers)"):
        cx.read(path, **ITEMS)


@pytest.mark.parametrize("path", ["gone.csv", "https://example.com/a.csv", "notes.docx"])
def test_a_file_that_is_absent_outside_or_of_another_kind_is_refused(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.docx").write_text("x")
    with pytest.raises(CxError) as caught:
        cx.read(path, **ITEMS)
    assert path in one_sentence(str(caught.value))


@pytest.fixture
def quick(warm, monkeypatch):
    """Reports come from the server of all tests instead of one for each command."""
    monkeypatch.setattr("cxkit.cli.new_worker", lambda methods: warm)


@pytest.mark.usefixtures("quick")
def test_a_missing_column_ends_with_exit_1_and_no_report(tmp_path):
    path, out = survey(tmp_path), tmp_path / "out"
    done = cxkit("report", "nps", "--data", path, "--client", "a", "--out", out, "--set", "score=recomend")
    assert refused(done, 1) == 'cxkit: survey.csv has no column "recomend"; known are: id, ease, trust, w.\n'
    assert list(out.iterdir()) == []


@pytest.mark.usefixtures("quick")
def test_a_wrong_sheet_ends_with_exit_1_and_no_report(tmp_path):
    path, out = workbook(tmp_path, "Answers", "Notes"), tmp_path / "out"
    done = cxkit("report", "scaling", "--data", path, "--client", "a", "--out", out, "--set", "items=[ease, trust]",
                 "--set", "sheet=Answer")  # fmt: skip
    assert refused(done, 1) == 'cxkit: survey.xlsx has no sheet "Answer"; did you mean "Answers"?\n'
    assert list(out.iterdir()) == []


TELL = """
import json
from pathlib import Path
book = Path(codebook).read_text() if codebook else ""
known = {"data": Path(data_path).name, "codebook": book, "lang": lang, "where": where}
Path(out, "result.json").write_text(json.dumps(known))
Path(out, "table.csv").write_text("term,estimate\\n")
"""


@pytest.fixture
def study(tmp_path):
    """A notebook of one's own that says its data and tells what it was run with; its codebook, and another one."""
    (tmp_path / "study").mkdir()
    own = ('data_path = "in/own.csv"', 'codebook = "book.yml"', 'lang = "ru"', 'where = {"wave": "2"}')
    write_template(tmp_path / "study" / "my.ipynb", *own, save=TELL)
    (tmp_path / "study" / "book.yml").write_text("# its own")
    (tmp_path / "book.yml").write_text("# here")
    return tmp_path / "study" / "my.ipynb"


OWN = {"data": "own.csv", "codebook": "# its own", "lang": "ru", "where": {"wave": "2"}}


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], {}),
        (["--codebook", "book.yml"], {"codebook": "# here"}),
        (["--codebook", ""], {"codebook": ""}),
        (["--data", "in/other.csv", "--lang", "en"], {"data": "other.csv", "lang": "en"}),
        (["--set", "where={}", "--set", "codebook=book.yml"], {"where": {}, "codebook": "# here"}),
    ],
    ids=" ".join,
)
def test_a_notebook_of_one_s_own_keeps_what_it_says_unless_somebody_says_other(
    words, told, study, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    done = cxkit("report", "study/my.ipynb", "--client", "a", *words)
    assert done.exit_code == 0, done.output
    assert json.loads((tmp_path / "out" / "a" / "my" / "result.json").read_text()) == OWN | told


@pytest.mark.usefixtures("quick")
def test_a_report_knows_the_codebook_that_its_notebook_names(study, tmp_path):
    cxkit("report", study, "--client", "a", "--out", tmp_path / "out")
    run = json.loads((tmp_path / "out" / "a" / "my" / "run.json").read_text())
    assert run["inputs"]["codebook"]["file"] == "book.yml"
    assert run["parameters"]["codebook"] == "book.yml"
    assert run["lang"] == "ru"


@pytest.mark.usefixtures("quick")
def test_a_method_s_word_needs_data_and_a_notebook_only_without_its_own(tmp_path):
    write_template(tmp_path / "my.ipynb")
    for method in ("nps", tmp_path / "my.ipynb"):
        done = cxkit("report", method, "--client", "a")
        assert done.exit_code == 2
        assert "Usage: " in done.stderr
        assert "Missing option '--data'; say where the survey is." in done.stderr


def chain(levels):
    inner = "".join(f"name: n{k}, children: [{{" for k in range(1, levels))
    return f"{{{inner}name: n{levels}, item: recommend{'}]' * (levels - 1)}}}"


DEEP = "lists and mappings stand more than 120 levels deep in each other"


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("file", "content", "words", "sentence"),
    [
        ("c.yml", "data: sample:bank\nclients: [{client: a}]\nmethods: {csi_tree: {tree: CHAIN}}\n",
         ("batch", "c.yml", "--out", "out"),
         f'The config "c.yml" cannot be read at line 3: {DEEP}; correct that line.'),
        ("book.yml", "items: {recommend: {scale: [1, 10]}}\ntree: CHAIN\n",
         ("report", "csi_tree", "--data", "sample:bank", "--client", "a", "--codebook", "book.yml"),
         f'The codebook "book.yml" cannot be read at line 2: {DEEP}; correct that line.'),
        ("none", "", ("report", "csi_tree", "--data", "sample:bank", "--client", "a", "--set", "tree=CHAIN"),
         f'In the setting "tree" {DEEP}; give a flatter value.'),
        ("none", "", ("report", "acsi_regression", "--data", "sample:a", "--client", "a", "--set", "economy=CHAIN"),
         f'In the setting "economy" {DEEP}; give a flatter value.'),
    ],
    ids=["config", "codebook", "tree", "economy"],
)  # fmt: skip
def test_a_chain_of_three_thousand_nodes_is_one_sentence(file, content, words, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / file).write_text(content.replace("CHAIN", chain(3_000)))
    done = cxkit(*(word.replace("CHAIN", chain(3_000)) for word in words))
    assert done.exit_code in (1, 2)
    assert done.stderr == f"cxkit: {sentence}\n"


def test_the_demo_plans_every_method_in_all_languages(tmp_path, monkeypatch):
    monkeypatch.setattr("cxkit.cli._batch", lambda *arguments: None)
    assert cxkit("demo", "--out", tmp_path).exit_code == 0
    jobs = plan(read_config(tmp_path / "input" / "clients.yml"), tmp_path / "input")
    assert {job.method for job in jobs} == set(METHODS)
    assert {job.client: job.lang for job in jobs} == dict(
        zip(("bank", "shop", "dairy", "mobile"), LANGUAGES, strict=True)
    )
    assert len(jobs) == sum(len(method.demo) for method in METHODS.values())


def test_the_demo_publishes_every_method(tmp_path, monkeypatch):
    monkeypatch.setattr("cxkit.cli.DEMO", {name: DEMO[name] for name in ("shop", "mobile")})
    done = cxkit("demo", "--out", tmp_path)
    assert done.exit_code == 0, done.output
    assert f"{len(METHODS)} of {len(METHODS)} reports published" in done.stdout
    pages = {path.parent.name: path for path in tmp_path.glob("*/*/report.html")}
    assert set(pages) == set(METHODS)
    assert '<html lang="ru">' in pages["nps"].read_text(encoding="utf-8")
    assert "(имитация)" in pages["nps"].read_text(encoding="utf-8")
