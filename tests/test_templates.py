"""The templates: one shape, cell by cell, and each runs as it is."""

import ast
import json
import shutil
from pathlib import Path

import nbformat
import pytest

from cxkit.methods import METHODS
from cxkit.methods.asked import options_of
from cxkit.result import Result
from tests.batch import test_child as test_shell

FOLDER = Path(__file__).resolve().parent.parent / "templates"
TEMPLATES = sorted(path.stem for path in FOLDER.glob("*.ipynb"))
BEFORE = ["note-title", "parameters", "setup", "note-data", "data", "note-method", "measure", "table", "figure"]
AFTER = ["prose", "note-limits", "save"]
MAX_LINES, MAX_EXTRA = 12, 3
STATEMENTS = (ast.Assign, ast.AnnAssign, ast.Expr, ast.Import)
FORBIDDEN = (
    ast.For, ast.While, ast.AsyncFor, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.If,
    ast.Try, ast.With, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.BinOp, ast.Delete, ast.Assert,
)  # fmt: skip


def notebook(method):
    return nbformat.read(FOLDER / f"{method}.ipynb", as_version=4)


def code(method):
    return [cell for cell in notebook(method).cells if cell.cell_type == "code"]


def tree(cell):
    """The cell as Python; a magic or a shell line is no Python and fails here."""
    return ast.parse(cell.source)


def source(method, name):
    return next(cell.source for cell in notebook(method).cells if cell.id == name)


def test_there_is_one_template_per_method_and_no_other():
    assert sorted(METHODS) == TEMPLATES
    assert {path.suffix for path in FOLDER.iterdir() if path.is_file()} == {".ipynb"}


@pytest.mark.parametrize("method", TEMPLATES)
def test_the_cells_have_the_ids_and_the_order_of_the_house(method):
    ids = [cell.id for cell in notebook(method).cells]
    extra = ids[len(BEFORE) : -len(AFTER)]
    assert ids == [*BEFORE, *extra, *AFTER]
    assert len(extra) <= MAX_EXTRA
    assert all(name.startswith("extra-") for name in extra)


@pytest.mark.parametrize("method", TEMPLATES)
def test_notes_are_markdown_and_all_else_is_code(method):
    for cell in notebook(method).cells:
        assert (cell.cell_type == "markdown") == cell.id.startswith("note-"), cell.id
        tags = {"note"} if cell.cell_type == "markdown" else {"parameters"} if cell.id == "parameters" else set()
        assert set(cell.metadata.get("tags", [])) == tags, cell.id


@pytest.mark.parametrize("method", TEMPLATES)
def test_a_cell_has_at_most_twelve_lines(method):
    for cell in notebook(method).cells:
        lines = cell.source.splitlines()
        assert lines
        assert cell.id == "parameters" or len(lines) <= MAX_LINES, cell.id
        assert cell.cell_type == "markdown" or all(len(line) <= 118 for line in lines), cell.id


@pytest.mark.parametrize("method", TEMPLATES)
def test_a_cell_computes_nothing_itself(method):
    for cell in code(method):
        assert all(isinstance(node, STATEMENTS) for node in tree(cell).body), cell.id
        assert not [node for node in ast.walk(tree(cell)) if isinstance(node, FORBIDDEN)], cell.id
        assert not cell.source.lstrip().startswith(("%", "!", "?")), cell.id


@pytest.mark.parametrize("method", TEMPLATES)
def test_every_call_is_to_the_package(method):
    for cell in code(method):
        for call in (node for node in ast.walk(tree(cell)) if isinstance(node, ast.Call)):
            name = ast.unparse(call.func)
            assert name.split(".")[0] in ("cx", "survey", "result") or name in ("asked.method.get", "globals")


@pytest.mark.parametrize("method", TEMPLATES)
def test_each_cell_does_what_its_id_says(method):
    assert source(method, "setup") == f'import cxkit as cx\n\nasked = cx.asked("{method}", globals())'
    assert "survey = cx.read" in source(method, "data")
    assert source(method, "data").endswith("survey.table(lang)")
    assert f"result = cx.{method}(survey" in source(method, "measure")
    views = {name: source(method, name) for name in ("table", "figure", "prose", "save")}
    assert views == {
        "table": "result.table(lang)", "figure": "result.figure(lang)", "prose": "result.prose(lang)",
        "save": "result.save(out)",
    }  # fmt: skip


@pytest.mark.parametrize("method", TEMPLATES)
def test_the_parameters_are_one_line_each_with_type_default_and_help(method):
    text = source(method, "parameters")
    body = ast.parse(text).body
    assert len(body) == len(text.splitlines())
    for line, statement in zip(text.splitlines(), body, strict=True):
        assert isinstance(statement, ast.AnnAssign), line
        assert type(ast.literal_eval(statement.value)).__name__ == statement.annotation.id, line
        assert "  # " in line, line
    names = {statement.target.id for statement in body}
    assert {"data_path", "codebook", "where", "by", "wave", "weight", "lang", "client", "out", "options"} <= names
    assert len(names) <= 14


@pytest.mark.parametrize("method", TEMPLATES)
def test_every_parameter_is_used(method):
    used = {
        n.id
        for cell in code(method)
        if cell.id != "parameters"
        for n in ast.walk(tree(cell))
        if isinstance(n, ast.Name)
    }
    names = {statement.target.id for statement in ast.parse(source(method, "parameters")).body}
    assert names - used <= {*options_of(method), "options"}  # which asked passes on


@pytest.mark.parametrize("method", TEMPLATES)
def test_a_template_is_committed_without_outputs_and_for_any_python(method):
    content = notebook(method)
    assert content.metadata["kernelspec"]["name"] == "python3"
    assert set(content.metadata) <= {"kernelspec", "language_info"}
    assert "version" not in content.metadata.get("language_info", {})
    for cell in code(method):
        assert cell.outputs == []
        assert cell.execution_count is None
    assert all(set(cell.metadata) <= {"tags"} for cell in content.cells)
    nbformat.validate(content)


@pytest.mark.parametrize("method", TEMPLATES)
def test_the_title_asks_a_question_and_names_a_source_with_year_and_doi(method):
    title = source(method, "note-title")
    assert title.splitlines()[0].startswith("# ")
    assert title.splitlines()[0].endswith("?")
    assert "doi.org/10." in title
    assert any(f"({year})" in title for year in range(1900, 2027))
    assert "$$" in source(method, "note-method")


def papermill(method, folder, engine):
    """Run a template as it is; what it shows in a form that no clock gets into, and its notebook."""
    path = shutil.copy(FOLDER / f"{method}.ipynb", folder)
    shown = test_shell.run(Path(path), engine, cwd=str(folder))
    return shown, nbformat.read(folder / f"{method}-{engine}.ipynb", as_version=4)


@pytest.fixture(scope="module", params=TEMPLATES)
def run(request, tmp_path_factory):
    """A template under plain papermill, as it is."""
    folder, method = tmp_path_factory.mktemp("plain"), request.param
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENBLAS_NUM_THREADS", "1")  # as in reports; the last digits of sums depend on it
        shown, done = papermill(method, folder, "nbclient")
    return method, done, folder, shown


def test_a_template_runs_as_it_is_under_plain_papermill_and_saves_its_result(run):
    method, done, folder, _ = run
    assert all(cell.execution_count for cell in done.cells if cell.cell_type == "code")
    out = folder / "out" / method
    assert {path.name for path in out.iterdir()} == {"result.json", "table.csv"}
    result = Result.from_json((out / "result.json").read_text(encoding="utf-8"))
    assert result.method == method
    assert json.loads((out / "result.json").read_text(encoding="utf-8"))["scores"] is None
    assert (result.tidy["n"] > 0).any()


def test_the_run_template_shows_data_table_figure_and_prose_and_warns_of_nothing(run):
    _, done, *_ = run
    shown = {cell.id: [o.get("data", {}) for o in cell.outputs] for cell in done.cells if cell.cell_type == "code"}
    for name in ("data", "table", "prose"):
        assert any("text/html" in data for data in shown[name]), name
    assert any("image/png" in data and data["text/plain"] for data in shown["figure"])
    assert "simulated" in str(shown["data"])
    streams = [o for cell in done.cells for o in cell.get("outputs", []) if o.output_type == "stream"]
    assert streams == []


def test_a_forked_child_shows_the_same_and_saves_the_same_bytes(run, tmp_path):
    method, _, folder, cold = run
    warm, _ = papermill(method, tmp_path, "cxkit-warm")
    assert warm == cold
    assert warm[1] is None
    for name in ("result.json", "table.csv"):
        assert (tmp_path / "out" / method / name).read_bytes() == (folder / "out" / method / name).read_bytes()
