"""Other ways to make the reports of ``factory``, which starts this file with an interpreter that has what they need.

The job comes in as JSON: a contestant, a template, reports and the folder they go to. Every contestant ends a report
as a batch of cxkit does: an HTML page beside the results, put in place by one rename. None is made slow on purpose:
the page comes from nbconvert's smallest template ("basic") without the code, in one process for all reports, even for
the cold one.
"""

import ast
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
from nbconvert import HTMLExporter

# template, where the executed notebook goes, parameters -> the executed notebook
Execute = Callable[[str, Path, dict[str, Any]], Any]
_own = threading.local()  # an exporter is not made for two threads


def cold(template: str, target: Path, parameters: dict[str, Any]) -> Any:
    """papermill's command line: a process and a kernel for each report."""
    settings = target.with_suffix(".json")
    settings.write_text(json.dumps(parameters), encoding="utf-8")
    command = [sys.executable, "-m", "papermill", template, str(target), "-f", str(settings), "-k", "python3"]
    subprocess.run([*command, "--no-progress-bar"], check=True, stderr=subprocess.DEVNULL)
    return nbformat.read(target, as_version=4)


def api(template: str, target: Path, parameters: dict[str, Any]) -> Any:
    """papermill's function: a kernel for each report."""
    import papermill

    return papermill.execute_notebook(template, str(target), parameters, kernel_name="python3", progress_bar=False)


def ploomber(template: str, target: Path, parameters: dict[str, Any]) -> Any:
    """ploomber-engine: all reports in one process, where one can spoil the next."""
    import ploomber_engine

    return ploomber_engine.execute_notebook(template, str(target), parameters=parameters, progress_bar=False)


RIVALS: dict[str, tuple[Execute, int]] = {  # and threads
    "cold": (cold, 1), "api": (api, 1), "threads": (api, 2), "ploomber": (ploomber, 1),
}  # fmt: skip


def make(execute: Execute, template: str, report: dict[str, Any], out: Path) -> None:
    """One report, from its parameters to a folder that readers see."""
    staging = Path(tempfile.mkdtemp(prefix=".staging-", dir=out))
    bundle = staging / "bundle"
    bundle.mkdir()
    notebook = execute(template, staging / "report.ipynb", {**report["parameters"], "out": str(bundle)})
    if not hasattr(_own, "exporter"):
        _own.exporter = HTMLExporter(template_name="basic", exclude_input=True)
    page, _ = _own.exporter.from_notebook_node(notebook)
    (bundle / "report.html").write_text(page, encoding="utf-8")
    target = out / report["folder"]
    target.parent.mkdir(exist_ok=True)
    os.replace(bundle, target)
    shutil.rmtree(staging)


def cell_seconds(
    template: str, reports: list[dict[str, Any]], folder: Path, rounds: int
) -> tuple[list[str], np.ndarray]:
    """The ids of the code cells and their seconds by round, report and cell, when nothing but their code runs."""
    cells = [cell for cell in nbformat.read(template, as_version=4).cells if cell.cell_type == "code"]
    took = np.zeros((rounds, len(reports), len(cells)))
    for turn, place in np.ndindex(took.shape[:2]):
        bundle = folder / f"out-{turn}" / reports[place]["folder"]
        bundle.mkdir(parents=True)
        names: dict[str, Any] = {"__name__": "__main__"}
        for column, cell in enumerate(cells):
            began = time.perf_counter()
            run_cell(cell.source, names)
            took[turn, place, column] = time.perf_counter() - began
            if "parameters" in cell.metadata.get("tags", []):
                names |= {**reports[place]["parameters"], "out": str(bundle)}
    return [cell.id for cell in cells], took


def run_cell(source: str, names: dict[str, Any]) -> None:
    """Run a cell and ask its last value for what a notebook would show."""
    body = ast.parse(source).body
    last = body.pop() if isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), "cell", "exec"), names)
    if isinstance(last, ast.Expr):
        value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
        if hasattr(value, "_repr_mimebundle_"):
            value._repr_mimebundle_()


def main() -> None:
    job: dict[str, Any] = json.load(sys.stdin)
    execute, threads = RIVALS[job["contestant"]]
    out = Path(job["out"])
    out.mkdir()
    if threads == 1:
        for report in job["reports"]:
            make(execute, job["template"], report, out)
        return
    import papermill  # noqa: F401 - by one thread, before several would

    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(make, execute, job["template"], report, out) for report in job["reports"]]:
            done.result()


if __name__ == "__main__":
    main()
