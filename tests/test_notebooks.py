"""Lessons and a template run as they are under nbval, in a copy of their folder."""

import json
import shutil
import subprocess
import sys

import pytest

from tests.conftest import ROOT

LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
NOTEBOOKS = [*sorted((ROOT / "templates").glob("*.ipynb")), *LESSONS]
RUN = [*LESSONS, ROOT / "templates" / "nps.ipynb"]  # papermill runs every template in test_templates.py


def validate(path):
    return subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval-lax", "-q", "-p", "no:cacheprovider", "-c", "/dev/null",
         "--nbval-kernel-startup-timeout", "600", "--rootdir", str(path.parent), str(path)],
        capture_output=True, text=True, check=False, cwd=path.parent,
    )  # fmt: skip


@pytest.mark.parametrize("notebook", RUN, ids=lambda p: p.name)
def test_notebook_runs_under_nbval(notebook, tmp_path):
    copy = shutil.copy(notebook, tmp_path)
    done = validate(tmp_path / notebook.name)
    assert done.returncode == 0, done.stdout[-3000:]
    assert copy


def test_a_broken_notebook_is_seen(tmp_path):
    content = json.loads((ROOT / "templates" / "nps.ipynb").read_text(encoding="utf-8"))
    content["cells"] = [c for c in content["cells"] if c["id"] in ("parameters", "measure")]
    path = tmp_path / "broken.ipynb"
    path.write_text(json.dumps(content), encoding="utf-8")
    assert validate(path).returncode == 1


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda p: p.name)
def test_notebook_is_stored_without_outputs_and_for_python3(notebook):
    content = json.loads(notebook.read_text(encoding="utf-8"))
    assert content["metadata"]["kernelspec"]["name"] == "python3"
    for cell in content["cells"]:
        assert not cell.get("outputs")
        assert not cell.get("execution_count")
