"""Which jobs of a plan are run, what would become of each, and which published reports no job stands for."""

from collections.abc import Sequence
from pathlib import Path

from cxkit.errors import SettingsError, did_you_mean
from cxkit.report.identity import identity, is_current
from cxkit.report.job import Job


def select(jobs: Sequence[Job], only: Sequence[str] = (), limit: int = 0) -> list[Job]:
    """The jobs of the clients in ``only`` (empty: all), and of these the first ``limit`` (0: all).

    Raises
    ------
    SettingsError : the plan has no such client.
    """
    clients = dict.fromkeys(job.client for job in jobs)
    for client in only:
        if client not in clients:
            raise SettingsError(f'The config has no client "{client}"; {did_you_mean(client, clients)}')
    return [job for job in jobs if not only or job.client in only][: limit or None]


def foresee(job: Job, out: Path, fresh: bool = False) -> str:
    """What a run would do with a job: "new", "kept" as it is, or made "again" over an older report."""
    if not (out / job.folder / "run.json").is_file():
        return "new"
    return "again" if fresh or not is_current(out / job.folder, identity(job)["key"]) else "kept"


def removed(jobs: Sequence[Job], out: Path) -> list[str]:
    """Folders of published reports in ``out`` that belong to no job."""
    known = {job.folder.casefold() for job in jobs}
    found = sorted(path.parent.relative_to(out).as_posix() for path in out.glob("*/*/run.json"))
    return [folder for folder in found if folder[0] != "." and folder.casefold() not in known]  # "." is being made
