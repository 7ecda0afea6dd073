"""Make one report: check, run the template with papermill in a staging folder, build the page, publish."""

import base64
import hashlib
import json
import os
import platform
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import papermill
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

import cxkit
from cxkit.errors import CxError, DataError, ReportError, SettingsError
from cxkit.report.brand import Brand
from cxkit.report.gate import check_page
from cxkit.report.page import report_page
from cxkit.report.publish import folder_name, publish, staging_folder
from cxkit.report.template import check_parameters, find_template

PACKAGES = (
    "babel",
    "cxkit",
    "matplotlib",
    "narwhals",
    "numpy",
    "pandas",
    "papermill",
    "scipy",
    "seaborn",
    "statsmodels",
)
PATHS = ("data_path", "codebook")
KERNEL = {
    "PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "946684800", "TZ": "UTC", "LC_ALL": "C.UTF-8", "MPLBACKEND": "agg",
    "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}  # fmt: skip
# Sockets of this user instead of open ports, where the system has them.
_TRANSPORT = Config({"KernelManager": {"transport": "ipc"}}) if os.name == "posix" else Config()


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
    cxkit.views.language.language(job.lang)
    if job.date:
        try:
            cxkit.views.language.language(job.lang).date(job.date)
        except ValueError:
            raise SettingsError(
                f'The date "{job.date}" of client "{job.client}" is no date; give YYYY-MM-DD.'
            ) from None
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


def run_template(template: Path, parameters: Mapping[str, Any], folder: Path) -> Any:
    """Run a template in ``folder`` and return the notebook; a refusal of cxkit keeps its kind and sentence."""
    with _environment({**KERNEL, "IPYTHONDIR": str(folder / ".ipython")}):
        try:
            notebook = papermill.execute_notebook(
                str(template), None, dict(parameters), kernel_name="python3", cwd=str(folder), progress_bar=False,
                log_output=False, record_timing=False, request_save_on_cell_execute=False, config=_TRANSPORT,
                extra_arguments=["--log-level=50"],
            )  # fmt: skip
            named = {cell.get("id") for cell in json.loads(template.read_text(encoding="utf-8"))["cells"]}
            for place, cell in enumerate(notebook.cells, 1):
                cell.id = cell.id if cell.id in named else f"cell-{place}"  # papermill's own ids are random
            return notebook
        except PapermillExecutionError as error:
            for kind in (DataError, SettingsError, ReportError):
                if error.ename == kind.__name__:
                    raise kind(error.evalue) from None
            raise ReportError(
                f'The template "{template.stem}" stopped: {error.ename}: {_first_line(error.evalue)}'
            ) from None
        except CxError:
            raise
        except Exception as error:  # the kernel died, did not start, or spoke nonsense
            first = _first_line(str(error).strip() or type(error).__name__)
            raise ReportError(f'The template "{template.stem}" was not run to its end: {first}') from None


def _first_line(message: Any) -> str:
    """The first line of an error of others, with the folders of this machine taken out."""
    lines = str(message or "").splitlines()
    return re.sub(r"(?<![\w.])/(?:[^\s'\"/]+/)+", ".../", lines[0]) if lines else ""


def check_complete(notebook: Any, bundle: Path) -> None:
    """Refuse a notebook that ended early: papermill calls a ``sys.exit(0)`` half way a success."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.source.strip() and not cell.execution_count:
            raise ReportError(f'The template stopped before its cell "{cell.id}" ran; nothing was published.')
    for name in ("result.json", "table.csv"):
        if not (bundle / name).is_file():
            raise ReportError(f"The template did not write {name}; end it with cx.save(result, out).")


def _write_figures(notebook: Any, bundle: Path) -> list[str]:
    names: list[str] = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "image/png" not in data:
                continue
            (bundle / "figures").mkdir(exist_ok=True)
            stem = f"figures/{cell.id}"
            if f"{stem}.png" in names:
                stem += f"-{len(names)}"
            (bundle / f"{stem}.png").write_bytes(base64.b64decode(data["image/png"]))
            names.append(f"{stem}.png")
            if "image/svg+xml" in data:
                (bundle / f"{stem}.svg").write_text(data["image/svg+xml"], encoding="utf-8", newline="")
                names.append(f"{stem}.svg")
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


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """The kernel inherits the environment, so it is set around its start."""
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
