"""What decides a report's bytes, and whether a published report still has just that behind it."""

import hashlib
import json
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import cxkit
from cxkit.errors import SettingsError
from cxkit.report.job import Job, settings_of
from cxkit.report.template import PATHS, find_template
from cxkit.survey.codebook import read_codebook

PACKAGES = (
    "babel", "cxkit", "duckdb", "ipython", "jinja2", "matplotlib", "mistune", "narwhals", "nbconvert", "numpy",
    "openpyxl", "pandas", "papermill", "pillow", "pyarrow", "scipy", "seaborn", "statsmodels",
)  # fmt: skip


def identity(job: Job) -> dict[str, Any]:
    """Return all that a report is made of: settings, contents of its inputs, template, versions; and their ``key``.

    Two jobs with the same key have the same bytes (on one platform). Paths are named by file name and content only.
    """
    template = find_template(job.method)
    inputs = _inputs(job)
    shown = {name: Path(str(value)).name if name in PATHS else value for name, value in job.parameters.items()}
    content = {
        "client": job.client, "name": job.name, "method": Path(job.method).stem, "lang": job.lang, "date": job.date,
        "brand": {**asdict(job.brand), "logo": Path(job.brand.logo).name},
        "parameters": {**shown, "lang": job.lang, "client": job.client}, "inputs": inputs,
        "template": {"file": template.name, "sha256": content_hash(template)},
        "versions": _versions(),
    }  # fmt: skip
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return {**content, "key": hashlib.sha256(text.encode()).hexdigest()}


def is_current(folder: Path, key: str) -> bool:
    """Whether the bundle in ``folder`` was made of what ``key`` stands for, and is whole."""
    run = published_run(folder)
    return bool(run) and run.get("key") == key and is_whole(folder, run)


def published_run(folder: Path) -> dict[str, Any]:
    """The run.json of a bundle; empty when there is none that can be read."""
    try:
        run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return run if isinstance(run, dict) and isinstance(run.get("files"), dict) else {}


def is_whole(folder: Path, run: Mapping[str, Any]) -> bool:
    """Whether a bundle has just the files that its run.json names, each with its hash."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    found.pop("run.json", None)
    return found.keys() == run["files"].keys() and all(
        file_hash(path) == run["files"][name] for name, path in found.items()
    )


def content_hash(path: Path) -> str:
    """SHA-256 of a file, or of the names and contents of a folder's files; kept while the files do not change."""
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.is_file())
        lines = [f"{file.relative_to(path).as_posix()} {content_hash(file)}\n" for file in files]
        return hashlib.sha256("".join(lines).encode()).hexdigest()
    stat = path.stat()
    return _kept_hash(path, stat.st_mtime_ns, stat.st_size)


def file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@lru_cache(maxsize=10_000)
def _kept_hash(path: Path, changed: int, size: int) -> str:
    return file_hash(path)


def _inputs(job: Job) -> dict[str, dict[str, str]]:
    """The files that a job reads beside its template, by the parameter or place that names them."""
    files = {name: Path(str(job.parameters[name])) for name in PATHS if job.parameters.get(name)}
    beside = files.get("codebook") or files.get("data_path") or Path()
    for name, table in _tables(settings_of(job)).items():
        if isinstance(table, str):
            files[f"table {name}"] = beside.parent / table
    if "data_path" in files:  # what a DuckDB file does not hold yet
        files["data_path log"] = Path(f"{files['data_path']}.wal")
    if job.brand.logo:
        files["logo"] = Path(job.brand.logo)
    return {name: {"file": path.name, "sha256": content_hash(path)} for name, path in files.items() if path.exists()}


def _tables(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        given = parameters.get("tables") or read_codebook(parameters.get("codebook")).sections.get("tables")
    except SettingsError:  # the run itself will say so
        given = None
    return given if isinstance(given, Mapping) else {}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # of an extra
        return ""


@lru_cache
def _versions() -> dict[str, str]:
    package = Path(cxkit.__file__).parent
    code = hashlib.sha256()
    for path in sorted(file for kind in ("*.py", "*.po", "*.j2", "*.css", "*.yml") for file in package.rglob(kind)):
        code.update(f"{path.relative_to(package).as_posix()} {os.stat(path).st_size}\n".encode() + path.read_bytes())
    return {name: _version(name) for name in PACKAGES} | {
        "python": platform.python_version(), "cxkit code": code.hexdigest(),
    }  # fmt: skip
