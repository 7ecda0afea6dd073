"""Run a plan: several reports at a time; one client's failure never touches another's."""

import shutil
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

from cxkit.batch.cluster import connect, finished_on_cluster
from cxkit.batch.leftover import Leftover
from cxkit.batch.lock import locked
from cxkit.batch.one_job import Options, make_outcome
from cxkit.batch.processes import InPlace, Limits, Worker, can_fork, new_worker
from cxkit.batch.selection import removed
from cxkit.batch.summary import Outcome, write_summary
from cxkit.errors import DISK_FULL
from cxkit.report.job import Job
from cxkit.report.publish import clear_stale

DEFAULTS = Options()
OVERVIEW = Limits(seconds=3600, memory=0)  # of the files over all clients
PATIENCE = 0.2  # seconds until a signal is noticed


def run(
    jobs: Sequence[Job],
    out: Path,
    *,
    options: Options = DEFAULTS,
    chosen: Sequence[Job] | None = None,
    title: str = "",
    lang: str = "en",
    date: str = "",
    worker: Worker | None = None,
    scheduler: str = "",
    prune: bool = False,
    report: Callable[[Outcome, bool], None] = lambda row, kept: None,
    leftovers: Sequence[Leftover] = (),
) -> tuple[list[Outcome], int]:
    """Make the reports of a plan and write the summaries of all into ``out``.

    Parameters
    ----------
    chosen : the jobs to run; the others are only looked up in ``out``. None: all.
    worker : where reports are made, when one was started before; it is stopped at the end.
    scheduler : the address of a Dask scheduler, "local" for one started here, "" for none.
    prune : delete the reports of clients that are not in the plan.
    report : called with each finished row, and whether its report was still valid and kept.
    leftovers : rows of the data that are of no client, for the index page.

    Returns
    -------
    rows : a row per job of the plan, in its order; ``status`` is "published", "failed", "interrupted" (begun and
        stopped) or "waiting" (not begun).
    signal : the number of the signal that ended the batch early, or 0.

    Raises
    ------
    LockedError : another batch works in ``out``.
    """
    out = out.resolve()
    chosen = jobs if chosen is None else chosen
    with locked(out), ExitStack() as stack:
        if scheduler:
            client = stack.enter_context(connect(scheduler, options.jobs))
            worker = InPlace()
        worker = worker or new_worker(job.method for job in chosen)
        stack.callback(worker.stop)
        stopped = stack.enter_context(_signals())
        clear_stale(out)
        for folder in removed(jobs, out) if prune else []:
            shutil.rmtree(out / folder)
            with suppress(OSError):  # other reports of the client may be there
                (out / folder).parent.rmdir()
        rows = {job.folder: Outcome.of(job, _found(job, out)) for job in jobs}
        for job in chosen:
            rows[job.folder] = Outcome.of(job, "waiting")
        write_summary(list(rows.values()), out)
        if scheduler:
            finished = finished_on_cluster(chosen, out, options, stopped, client)
        else:
            finished = _finished(chosen, out, options, stopped, worker)
        with closing(finished):
            for row, kept in finished:
                rows[row.folder] = row
                write_summary(list(rows.values()), out)
                report(row, kept)
        clear_stale(out)  # of workers that were lost
        place = InPlace() if stopped else worker
        shown = place.call(_overview, list(rows.values()), out, title, lang, date, leftovers, limits=OVERVIEW)
        if shown != list(rows.values()):
            write_summary(shown, out)
        return shown, stopped[0] if stopped else 0


def exit_code(rows: Sequence[Outcome], stopped: int = 0) -> int:
    """0 all published, 1 some not, 3 the disk is full, 128 + signal when interrupted."""
    if stopped:
        return 128 + stopped
    if any(row.reason == DISK_FULL for row in rows):
        return 3
    return int(any(row.status != "published" for row in rows))


def _overview(
    rows: Sequence[Outcome], out: Path, title: str, lang: str, date: str, leftovers: Sequence[Leftover]
) -> list[Outcome]:  # fmt: skip
    """Write the files over all clients; in a child, which has imported what that takes and gives its memory back."""
    from cxkit.batch.overview import write_overview

    return write_overview(rows, out, title=title, lang=lang, date=date, leftovers=leftovers)


def _found(job: Job, out: Path) -> str:
    return "published" if (out / job.folder / "run.json").is_file() else "waiting"


def _finished(
    jobs: Sequence[Job], out: Path, options: Options, stopped: list[int], worker: Worker
) -> Generator[tuple[Outcome, bool]]:  # fmt: skip
    """Run jobs on this machine; yield what became of each, in the order of their ends."""
    with ThreadPoolExecutor(options.jobs if can_fork() else 1) as pool:
        pending: set[Future[tuple[Outcome, bool]]] = {
            pool.submit(make_outcome, job, out, worker, options) for job in jobs
        }
        try:
            while pending:
                done, pending = wait(pending, timeout=PATIENCE, return_when=FIRST_COMPLETED)
                if stopped:
                    pending = {future for future in pending if not future.cancel()}
                    worker.stop()
                for row, kept in (future.result() for future in done):
                    yield row, kept
                    if options.fail_fast and row.status == "failed":
                        pending = {future for future in pending if not future.cancel()}
        finally:
            for future in pending:
                future.cancel()
            if pending:  # nobody waits for these any more
                worker.stop()


@contextmanager
def _signals() -> Iterator[list[int]]:
    """A list that SIGINT and SIGTERM append their number to, instead of breaking off whatever runs just then."""
    caught: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield caught
        return
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda n, _: caught.append(n)) for number in numbers}
    try:
        yield caught
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
