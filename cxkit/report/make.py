"""Make one report: run the template with papermill in a staging folder, build the page and check both."""

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cxkit.errors import ReportError
from cxkit.report.gate import check_page
from cxkit.report.identity import file_hash
from cxkit.report.job import Job
from cxkit.report.kernel import check_complete, run_template
from cxkit.report.page import report_page
from cxkit.report.template import find_template, with_options
from cxkit.result import escaped

MAX_PAGE = 12 * 2**20


def build_bundle(job: Job, staging: Path, run: Mapping[str, Any], engine: str) -> None:
    """Run a checked job and leave its bundle, not yet published, in ``staging / "bundle"``.

    The bundle holds report.html, result.json, table.csv, figures/ and run.json (``run`` and the hash of every other
    file), which is written last.

    Raises
    ------
    DataError : the template found the data unusable.
    ReportError : the template failed, did not finish, or its page is not safe to publish.
    """
    bundle = staging / "bundle"
    bundle.mkdir()
    parameters = {**job.parameters, "lang": job.lang, "client": job.client, "out": str(bundle)}
    template = find_template(job.method)
    notebook = run_template(template, with_options(template, parameters), staging, engine)
    check_complete(notebook, bundle)
    figures = _write_figures(notebook, bundle)
    page = report_page(
        notebook, method=Path(job.method).stem, name=job.name or job.client, lang=job.lang, date=job.date,
        brand=job.brand,
    )  # fmt: skip
    if len(page) > MAX_PAGE:
        raise ReportError(
            f"The page has {len(page) / 2**20:.0f} MiB, more than the {MAX_PAGE / 2**20:.0f} MiB a reader can open; "
            f"let the template print less."
        )
    check_page(page)
    (bundle / "report.html").write_text(page, encoding="utf-8", newline="")
    files = ["report.html", "result.json", "table.csv", *figures]
    content = {**run, "files": {name: file_hash(bundle / name) for name in sorted(files)}}
    text = escaped(json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)) + "\n"
    (bundle / "run.json").write_text(text, encoding="utf-8", newline="")
    home = f"{Path.home()}/" if Path.home() != Path("/") else ""
    _check_files(bundle, [*files, "run.json"], [str(staging), home])
    bundle.chmod(0o755)


def _check_files(bundle: Path, files: list[str], secrets: list[str]) -> None:
    """Refuse files that no reader expects, and paths of this machine in any file."""
    for path in sorted(bundle.rglob("*")):
        if path.is_file() and path.relative_to(bundle).as_posix() not in files:
            raise ReportError(f'The template wrote "{path.name}" beside its results; write it somewhere else.')
    for name in files:
        content = (bundle / name).read_bytes()
        if any(secret and secret.encode() in content for secret in secrets):
            raise ReportError(f"The report was not published: {name} has a path of this machine; leave it out.")


def _write_figures(notebook: Any, bundle: Path) -> list[str]:
    names: list[str] = []
    for cell in notebook.cells:
        shown = [output["data"] for output in cell.get("outputs", []) if "image/png" in output.get("data", {})]
        for k, data in enumerate(shown, 1):
            stem = f"figures/{cell.id}" + (f"-{k}" if k > 1 else "")
            pictures = {f"{stem}.png": base64.b64decode(data["image/png"])}
            if "image/svg+xml" in data:
                pictures[f"{stem}.svg"] = data["image/svg+xml"].encode()
            for name, content in pictures.items():
                (bundle / "figures").mkdir(exist_ok=True)
                (bundle / name).write_bytes(content)
            names += pictures
    return names
