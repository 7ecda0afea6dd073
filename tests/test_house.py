"""The house: floors, what an import needs, and files that must agree with each other."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from cxkit.cli import main
from tests.conftest import ROOT

PACKAGE = ROOT / "cxkit"
FLOORS = {
    "errors": 0, "result": 0, "survey": 1, "stats": 2, "measure": 3, "show": 4, "methods": 5, "report": 6, "batch": 7,
    "cli": 8, "exits": 8,
}  # fmt: skip
DOOR = 5  # `import cxkit` itself gives floors 0 to 5
# The places that look up: a result to its views and its page, an audit to its view.
HOOKS = {
    "result.py": {"cxkit.methods", "cxkit.show.view", "cxkit.show.views", "cxkit.report.page"},
    "survey/audit.py": {"cxkit.show.audit", "cxkit.show.language", "cxkit.show.view"},
    "survey/survey.py": {"cxkit.show.view"},
}
EXTRAS = ("lab", "big", "dask", "spss", "sheets", "test")  # that the lock and the environment hold
CONDA_NAMES = {"duckdb": "python-duckdb"}
UNNEEDED = [
    *("papermill", "nbconvert", "nbformat", "nbclient", "jupyter", "jupyter_client", "jupyter_core", "jupyterlab"),
    *("IPython", "ipykernel", "zmq", "click", "tqdm", "jinja2", "duckdb", "polars", "pyarrow", "dask"),
    *("distributed", "pyreadstat", "python_calamine", "xlsxwriter", "pptx", "weasyprint", "pytest"),
]


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def floor_of(name: str) -> int:
    parts = name.split(".")
    return FLOORS[parts[1]] if len(parts) > 1 and parts[1] in FLOORS else DOOR


def imports_up(path: Path, source: str) -> list[str]:
    """The imports of a module that point to a higher floor."""
    inside = path.relative_to(PACKAGE).with_suffix("").parts
    mine = DOOR if inside == ("__init__",) else FLOORS[inside[0]]
    names = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "cxkit":
            names += [node.module] if node.module != "cxkit" else [f"cxkit.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names if alias.name.split(".")[0] == "cxkit"]
    hooks = HOOKS.get("/".join(inside) + ".py", set())
    return [name for name in names if floor_of(name) > mine and name not in hooks]


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_down_only(path):
    assert imports_up(path, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "path", sorted((PACKAGE / "methods").glob("*/*.py")), ids=lambda p: f"{p.parent.name}/{p.name}"
)
def test_no_room_imports_another(path):
    rooms = {room.parent.name for room in (PACKAGE / "methods").glob("*/__init__.py")} - {path.parent.name}
    tree = ast.parse(path.read_text(encoding="utf-8"))
    modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert [name for name in modules if name.startswith("cxkit.methods.") and name.split(".")[2] in rooms] == []


def words_of_methods(tree: ast.AST) -> list[str]:
    """The strings of a module that are nothing but the word of a method."""
    from cxkit.methods import METHODS

    return [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and node.value in METHODS]


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_word_of_a_method_stands_outside_its_room(path):
    inside = path.relative_to(PACKAGE).parts
    found = words_of_methods(ast.parse(path.read_text(encoding="utf-8")))
    if inside == ("methods", "__init__.py"):
        assert len(found) == len(set(found))
    else:
        assert [word for word in found if word != path.parent.name] == []


def test_a_word_of_a_method_is_seen():
    assert words_of_methods(ast.parse('x = {"nps": 1}; y = "an nps"')) == ["nps"]


def test_an_import_that_points_up_is_seen():
    path = PACKAGE / "stats" / "net.py"
    assert imports_up(path, "from cxkit.show.table import Table\nimport cxkit.report.make") == [
        "cxkit.show.table",
        "cxkit.report.make",
    ]


def test_no_import_between_floors_is_relative():
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.ImportFrom) and node.level), path


def run_blocked(blocked: list[str], code: str) -> subprocess.CompletedProcess:
    script = (
        "import sys\n"
        "class Block:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name.split('.')[0] in {blocked!r}: raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Block())\n" + code
    )
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)


def test_import_and_a_whole_analysis_work_without_jupyter_papermill_and_all_extras():
    code = (
        "import cxkit as cx\n"
        "result = cx.nps(cx.read('sample:dairy', items=['recommend']))\n"
        "result.table('uz'); result.figure('ru'); result.prose()\n"
    )
    done = run_blocked(UNNEEDED, code)
    assert done.returncode == 0, done.stderr


def test_the_blocker_blocks():
    assert "ModuleNotFoundError: numpy" in run_blocked(["numpy"], "import cxkit\ncxkit.read").stderr


def test_the_package_imports_nothing_until_it_is_asked_for_something():
    """papermill imports cxkit for its engine, in every run of its own."""
    done = run_blocked(["numpy", "pandas", "matplotlib", "scipy"], "import cxkit\nassert 'nps' in dir(cxkit)")
    assert done.returncode == 0, done.stderr


def test_the_package_has_all_the_names_it_promises_and_no_other():
    import cxkit

    assert [name for name in dir(cxkit) if getattr(cxkit, name) is None] == []
    assert not hasattr(cxkit, "nsp")
    stub = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    named = [node for node in ast.walk(stub) if isinstance(node, ast.ImportFrom) and "cxkit" in (node.module or "")]
    assert {alias.name for node in named for alias in node.names} == {*cxkit._MODULES, *cxkit.METHODS}


def requirement(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_environment_names_the_packages_and_floors_of_pyproject():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *(one for name in EXTRAS for one in extras[name])]
    wanted = [CONDA_NAMES.get(n := re.split(r"[<>=]", w)[0], n) + w[len(n) :] for w in wanted if "[" not in w]
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    named = [d for d in environment["dependencies"] if isinstance(d, str) and d != "pip"]
    assert sorted(named) == sorted([*wanted, f"python{project['requires-python']}"])


def test_lock_pins_every_direct_requirement_by_hash_and_names_no_address():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    pins = re.findall(r"^([a-z0-9._-]+)==", lock, flags=re.M)
    assert lock.count("--hash=sha256:") >= len(pins)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    for line in [*project["dependencies"], *(one for name in EXTRAS for one in extras[name])]:
        if "[" not in line:
            assert re.split(r"[<>=]", line)[0] in pins


def test_version_is_said_once_in_two_places():
    import cxkit

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert cxkit.__version__ == project["version"]


def test_wheel_carries_templates_catalogues_pages_and_samples(tmp_path):
    built = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", ".", "--no-deps", "--no-build-isolation", "-q", "-w", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    names = set(zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist())
    assert {
        "cxkit/templates/nps.ipynb",
        "cxkit/templates/scaling.ipynb",
        "cxkit/show/locale/uz_Cyrl.po",
        "cxkit/report/report.html.j2",
        "cxkit/report/style.css",
        "cxkit/survey/sampledata/bank.yml",
    } <= names
    assert not [name for name in names if name.startswith(("tests/", "cxkit/templates/out"))]


def test_no_module_is_longer_than_300_lines():
    long = {str(p.relative_to(PACKAGE)): n for p in modules() if (n := len(p.read_text().splitlines())) > 300}
    assert long == {}


def test_the_readme_example_runs():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    example = re.search(r"```python\n(.*?)```", readme, flags=re.S).group(1)
    done = subprocess.run([sys.executable, "-c", example], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(example.strip().splitlines()) <= 6


def test_the_readme_batch_is_ready_to_run(tmp_path):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    config = re.search(r"```yaml\n(clients|title)(.*?)```", readme, flags=re.S)
    path = tmp_path / "clients.yml"
    path.write_text(config.group(1) + config.group(2), encoding="utf-8")
    done = CliRunner().invoke(main, ["batch", str(path), "--out", str(tmp_path / "out"), "--dry-run"])
    assert done.output.split() == ["new", "7/scaling", "new", "7/nps", "new", "lola/nps"]


def test_the_readme_codebook_is_a_valid_codebook(tmp_path):
    from cxkit.survey.codebook import read_codebook
    from cxkit.survey.trees import read_tree, tree_items

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    path = tmp_path / "book.yml"
    path.write_text(re.search(r"```yaml\n(respondent.*?)```", readme, flags=re.S).group(1), encoding="utf-8")
    book = read_codebook(path)
    assert set(tree_items(book.sections["tree"])) <= set(book.items)
    assert {node.table for node in read_tree(book.sections["tree"])} - {""} == set(book.sections["tables"])
    assert set(book.sections["poles"]["modern"]) == {"left", "right"}
