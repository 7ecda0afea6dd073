"""What several tests share."""

import gc
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

settings.register_profile("slow machines too", deadline=None)
settings.load_profile("slow machines too")


def pytest_collection_finish() -> None:
    """Looking for garbage among all that was imported took a tenth of the suite's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


def write_template(path: Path, *parameters: str, **cells: str) -> None:
    """A template of one's own that knows no cxkit, so that its runs are short: the parameters that every job sets,
    further ones, and code cells by their ids."""
    lines = [*(f'{name}: str = ""' for name in ("data_path", "codebook", "lang", "client", "out")), *parameters]
    new = nbformat.v4.new_code_cell
    first = new("\n".join(lines), id="parameters", metadata={"tags": ["parameters"]})
    notebook = nbformat.v4.new_notebook(cells=[first, *(new(code.strip(), id=name) for name, code in cells.items())])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)


def parts(survey: Any) -> tuple[Any, Any]:
    """The respondents of a survey, and what was told of them."""
    return survey.frame, survey.audit


def example(word: str) -> dict[str, Any]:
    """The settings of a method's example on the sample "bank", with the parts of its codebook that it takes."""
    import cxkit as cx

    method = cx.METHODS[word]
    return {**method.example, **{name: cx.section(name, "sample:bank") for name in method.sections}}


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with real survey data beside the project; tests that need it skip without it."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("the real survey data are not beside the project")
    return folder


@pytest.fixture(scope="session")
def warm():
    """A server for all tests of a session: its start takes seconds, and whoever borrows it stops nothing."""
    from cxkit.batch.processes import InPlace, Server, can_fork
    from cxkit.report.environment import clean_environment

    class Lasting(Server):
        def stop(self):
            pass

    if not can_fork():
        yield InPlace()
        return
    worker = Lasting(clean_environment())
    yield worker
    Server.stop(worker)


def made(job, out, worker):
    """Make one report as ``cxkit report`` does it and return its folder."""
    from cxkit.batch.one_job import Options, publish_report
    from cxkit.report.job import check_job

    check_job(job)
    publish_report(job, out.resolve(), worker, Options(fresh=True))
    return out / job.folder


@pytest.fixture(scope="session")
def make(warm):
    """Make one report in a forked child and return its folder."""
    return lambda job, out: made(job, out, warm)


@pytest.fixture(scope="session")
def make_cold():
    """Make one report in this process, its notebook in a kernel of its own, and return its folder."""
    from cxkit.batch.processes import InPlace

    return lambda job, out: made(job, out, InPlace())
