"""Run a template in a kernel of its own, the same way on every machine, and see that it came to its end."""

import csv
import errno
import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import papermill
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from cxkit.errors import DataError, ReportError, SettingsError
from cxkit.report.environment import clean_environment

MEMORY = "The report needed more memory than it may have; raise --memory or give it less data."
PATIENCE = 300  # seconds in which a kernel starts, and hands over what a cell that has run had to show
SOCKET_ROOM = 50  # a socket's path may have about 104 characters, and Jupyter's own names take the rest


def run_template(template: Path, parameters: Mapping[str, Any], folder: Path, engine: str) -> Any:
    """Run a template in ``folder`` and return the notebook; a refusal of cxkit keeps its kind and sentence.

    Raises
    ------
    OSError : the disk is full.
    """
    with _kernel_settings(folder) as config:
        try:
            notebook = papermill.execute_notebook(
                str(template), None, dict(parameters), engine_name=engine, kernel_name="python3",
                cwd=str(folder), progress_bar=False, log_output=False, record_timing=False,
                request_save_on_cell_execute=False, config=config, extra_arguments=["--log-level=50"],
                start_timeout=PATIENCE, iopub_timeout=PATIENCE, raise_on_iopub_timeout=True,
            )  # fmt: skip
            named = {cell.get("id") for cell in json.loads(template.read_text(encoding="utf-8"))["cells"]}
            for place, cell in enumerate(notebook.cells, 1):
                cell.id = cell.id if cell.id in named else f"cell-{place}"  # papermill's own ids are random
            return notebook
        except PapermillExecutionError as error:
            for kind in (DataError, SettingsError, ReportError):
                if error.ename == kind.__name__:
                    raise kind(error.evalue) from None
            if error.ename.endswith("MemoryError"):  # numpy and Arrow have their own
                raise ReportError(MEMORY) from None
            if error.ename == "OSError" and str(error.evalue).startswith(f"[Errno {errno.ENOSPC}]"):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from None
            raise ReportError(
                f'The template "{template.stem}" stopped: {error.ename}: {_first_line(error.evalue)}'
            ) from None
        except MemoryError:  # there was not even enough left to say so
            raise ReportError(MEMORY) from None
        except Exception as error:  # the kernel died, did not start, or spoke nonsense
            first = _first_line(str(error).strip() or type(error).__name__)
            raise ReportError(f'The template "{template.stem}" was not run to its end: {first}') from None


def _first_line(message: Any) -> str:
    """The first line of an error of others, with the folders of this machine taken out."""
    line = next(iter(str(message or "").splitlines()), "")
    if Path.home() != Path("/"):
        line = line.replace(str(Path.home()), "~")
    return re.sub(r"(?<![\w.])/(?:[^\s'\"/]+/)+", ".../", line)


def check_complete(notebook: Any, bundle: Path) -> None:
    """Refuse a notebook that ended early: papermill calls a ``sys.exit(0)`` half way a success."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.source.strip() and not cell.execution_count:
            raise ReportError(f'The template stopped before its cell "{cell.id}" ran; nothing was published.')
    for name in ("result.json", "table.csv"):
        if not (bundle / name).is_file():
            raise ReportError(f"The template did not write {name}; end it with result.save(out).")
    try:
        with (bundle / "table.csv").open(encoding="utf-8-sig", newline="") as file:
            for _ in csv.reader(file):
                pass
    except (UnicodeError, csv.Error) as error:
        found = getattr(error, "reason", error)
        raise ReportError(
            f"The template's table.csv is no readable CSV in UTF-8 ({found}); end it with result.save(out)."
        ) from None


@contextmanager
def _kernel_settings(folder: Path) -> Iterator[Config]:
    """Set the environment that the kernel inherits, and let it speak through sockets of this user where it can."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="cx-") as runtime:
        wanted = clean_environment()
        os.environ.clear()
        os.environ.update(wanted, IPYTHONDIR=str(folder / ".ipython"), JUPYTER_RUNTIME_DIR=runtime)
        sockets = os.name == "posix" and len(runtime) <= SOCKET_ROOM
        try:
            yield Config({"KernelManager": {"transport": "ipc"}} if sockets else {})
        finally:
            os.environ.clear()
            os.environ.update(before)
