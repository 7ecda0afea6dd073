"""One job at a time: made, published, and told as a row."""

import errno
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from papermill.engines import papermill_engines

from cxkit.batch.processes import WARM, Limits, StartError, StoppedError, Worker
from cxkit.batch.summary import Outcome
from cxkit.errors import DISK_FULL, CxError, ReportError, SettingsError, did_you_mean
from cxkit.report.identity import identity, is_current
from cxkit.report.job import Job
from cxkit.report.publish import publish, staging_folder


@dataclass(frozen=True)
class Options:
    """How a batch is run; none of it changes a report.

    Attributes
    ----------
    jobs : reports made at the same time.
    engine : a papermill engine: "cxkit-warm", or "nbclient" for a normal kernel per report.
    limits : of one report.
    fresh : make also those reports again that are published and still have the same inputs.
    fail_fast : begin no other report after the first failure.
    """

    jobs: int = 1
    engine: str = WARM
    limits: Limits = field(default_factory=Limits)
    fresh: bool = False
    fail_fast: bool = False


def publish_report(job: Job, out: Path, worker: Worker, options: Options) -> bool:
    """Make one report in a process of its own and publish it; return whether it was there already and is kept."""
    run = identity(job)
    if not options.fresh and is_current(out / job.folder, run["key"]):
        return True
    with staging_folder(out) as staging:
        task = (_build, job, staging, run, worker.engine(options.engine))
        try:
            worker.call(*task, limits=options.limits)
        except StartError:
            worker.call(*task, limits=options.limits)
        publish(staging / "bundle", out / job.folder)
    return False


def _build(*arguments: Any) -> None:
    from cxkit.report.kernel import MEMORY
    from cxkit.report.make import build_bundle

    try:
        build_bundle(*arguments)
    except MemoryError:  # as the page can need it, too
        raise ReportError(MEMORY) from None


def make_outcome(job: Job, out: Path, worker: Worker, options: Options) -> tuple[Outcome, bool]:
    """Make a report and say what became of it: the one place where a job becomes a row; and whether it was kept."""
    try:
        return Outcome.of(job, "published"), publish_report(job, out, worker, options)
    except StoppedError:
        return Outcome.of(job, "interrupted", "The batch was stopped while this report was made."), False
    except CxError as error:
        return Outcome.of(job, "failed", str(error)), False
    except OSError as error:
        return Outcome.of(job, "failed", _refusal(error)), False
    except Exception as error:  # a fault of ours or of the machine must not stop the other clients
        return Outcome.of(job, "failed", f"unexpected {type(error).__name__}"), False


def _refusal(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DISK_FULL
    found = error.strerror or type(error).__name__
    name = f' ("{Path(error.filename).name}")' if isinstance(error.filename, str) else ""
    return f"The machine refused: {found}{name}; put that right and run the batch again."


def check_engine(name: str) -> str:
    """Return the name of an engine that papermill knows here.

    Raises
    ------
    SettingsError : it does not.
    """
    known = sorted(filter(None, papermill_engines._engines))
    if name not in known:
        raise SettingsError(f'There is no papermill engine "{name}"; {did_you_mean(name, known)}')
    return name


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
