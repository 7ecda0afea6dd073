"""Make one report: check, run the template with papermill in a staging folder, build the page, publish."""

import base64
import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cxkit.errors import ReportError, SettingsError
from cxkit.report.brand import Brand
from cxkit.report.gate import check_page
from cxkit.report.kernel import check_complete, run_template
from cxkit.report.page import report_page
from cxkit.report.publish import folder_name, publish, staging_folder
from cxkit.report.template import check_parameters, find_template
from cxkit.views.language import language

PACKAGES = (
    "babel", "cxkit", "matplotlib", "narwhals", "numpy", "pandas", "papermill", "scipy", "seaborn", "statsmodels",
)  # fmt: skip
PATHS = ("data_path", "codebook")


@dataclass(frozen=True)
class Job:
    """One client x one method x one language: ``parameters`` go to the template, the rest to the page."""

    client: str
    method: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    lang: str = "en"
    date: str = ""
    brand: Brand = field(default_factory=Brand)

    @property
    def folder(self) -> str:
        """Where the bundle goes, inside the batch's folder."""
        return f"{folder_name(self.client)}/{Path(self.method).stem}"


def check_job(job: Job) -> dict[str, Any]:
    """Check a job without running it and return all parameters of its template."""
    try:
        language(job.lang).date(job.date)
    except ValueError:
        raise SettingsError(f'The date "{job.date}" of client "{job.client}" is no date; give YYYY-MM-DD.') from None
    folder_name(job.client)
    job.brand.logo_address()
    template = find_template(job.method)
    for name in ("out", "lang", "client"):
        if name in job.parameters:
            raise SettingsError(f'The parameter "{name}" is set by the report itself; leave it out of the settings.')
    return check_parameters(template, {**job.parameters, "lang": job.lang, "client": job.client})


def make_report(job: Job, out: Path) -> Path:
    """Run a job and publish its bundle to ``out/<client>/<method>/``.

    The bundle holds report.html, result.json, table.csv, figures/ and run.json, which is written last.

    Raises
    ------
    SettingsError : the job is wrong; nothing was run.
    DataError : the template found the data unusable.
    ReportError : the template failed, did not finish, or its page is not safe to publish.
    """
    parameters = check_job(job)
    template = find_template(job.method)
    target = out / job.folder
    with staging_folder(out.resolve()) as staging:
        bundle = staging / "bundle"
        bundle.mkdir()
        notebook = run_template(template, {**parameters, "out": str(bundle)}, staging)
        check_complete(notebook, bundle)
        figures = _write_figures(notebook, bundle)
        page = report_page(
            notebook, method=Path(job.method).stem, name=job.name or job.client, lang=job.lang, date=job.date,
            brand=job.brand,
        )  # fmt: skip
        check_page(page, [str(staging), f"{Path.home()}/" if Path.home() != Path("/") else ""])
        (bundle / "report.html").write_text(page, encoding="utf-8", newline="")
        files = ["report.html", "result.json", "table.csv", *figures]
        for path in sorted(bundle.rglob("*")):
            if path.is_file() and path.relative_to(bundle).as_posix() not in files:
                raise ReportError(f'The template wrote "{path.name}" beside its results; write it somewhere else.')
        _write_run(job, template, parameters, files, bundle)
        bundle.chmod(0o755)
        publish(bundle, target)
    return target


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


def _write_run(job: Job, template: Path, parameters: Mapping[str, Any], files: list[str], bundle: Path) -> None:
    """Write run.json last: what was run on what, and the hash of every file of the bundle."""
    inputs = {}
    for name in PATHS:
        path = Path(str(parameters.get(name, "")))
        if path.is_file():
            inputs[name] = {"file": path.name, "sha256": _hash(path)}
    shown = {k: inputs[k]["file"] if k in inputs else v for k, v in parameters.items()}
    brand = {**asdict(job.brand), "logo": Path(job.brand.logo).name}
    content = {
        "client": job.client, "name": job.name, "method": Path(job.method).stem,
        "lang": job.lang, "date": job.date, "brand": brand, "parameters": shown, "inputs": inputs,
        "template": {"file": template.name, "sha256": _hash(template)},
        "versions": {p: version(p) for p in PACKAGES} | {"python": platform.python_version()},
        "files": {name: _hash(bundle / name) for name in sorted(files)},
    }  # fmt: skip
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (bundle / "run.json").write_text(text, encoding="utf-8", newline="")


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
