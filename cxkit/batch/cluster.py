"""Run jobs on a Dask cluster whose workers see the same folders; the rules of publishing are those of one machine."""

import signal
import time
import uuid
from collections.abc import Generator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from cxkit.batch.one_job import Options, make_outcome
from cxkit.batch.processes import Worker, new_worker
from cxkit.batch.summary import Outcome
from cxkit.errors import SettingsError
from cxkit.report.job import Job

LOCAL, HERE = "local", "127.0.0.1"
LOOK = 0.1  # seconds between two looks at the cluster
CONNECT = 20  # seconds that a scheduler has to answer
ANSWER = 20  # seconds that workers have to stop what they do
NO_WORKER = 120  # seconds that a cluster may be without workers; one that grows by itself needs some to begin

_workers: dict[str, Worker] = {}  # on a Dask worker: where it makes the reports of a batch


def finished_on_cluster(
    jobs: Sequence[Job], out: Path, options: Options, stopped: list[int], client: Any
) -> Generator[tuple[Outcome, bool]]:
    """Run jobs on the cluster of ``client``; yield what became of each, in the order of their ends.

    A worker that is lost loses nothing: its jobs go to another one, which keeps what was published already.
    """
    batch = uuid.uuid4().hex
    methods = list(dict.fromkeys(job.method for job in jobs))
    pending = {
        client.submit(_row, job, str(out), options, batch, methods, key=(f"cxkit-{batch}", job.folder)): job
        for job in jobs
    }
    seen = time.monotonic()
    try:
        while pending:
            stop = bool(stopped)
            if stop:
                pending = _begun(client, pending)
                _stop_workers(client, batch)
                _wait(pending)
            for future in [future for future in pending if stop or future.done()]:
                row, kept = _outcome(future, pending.pop(future))
                yield row, kept
                if options.fail_fast and row.status == "failed":
                    pending = _begun(client, pending)
                    break
            seen = time.monotonic() if _has_workers(client) else seen
            if time.monotonic() - seen > NO_WORKER:
                for job in pending.values():
                    yield Outcome.of(job, "failed", "The cluster has no worker; start some with dask worker."), False
                return
            time.sleep(LOOK)
    finally:
        _stop_workers(client, batch)


def connect(scheduler: str, workers: int) -> Any:
    """Return a client of a Dask cluster, to be closed.

    Parameters
    ----------
    scheduler : its address, tcp://HOST:PORT, or "local" for a cluster of ``workers`` processes started here.

    Raises
    ------
    SettingsError : Dask is not installed, or no scheduler answers.
    """
    try:
        from distributed import Client
    except ImportError:
        raise SettingsError('A scheduler needs Dask; install it with pip install "cxkit[dask]".') from None
    where: dict[str, Any] = {"address": scheduler}
    if scheduler == LOCAL:  # and nothing of it is open to other machines
        where = {"n_workers": workers, "threads_per_worker": 1, "host": HERE, "dashboard_address": f"{HERE}:0"}
    try:
        client = Client(**where, timeout=CONNECT, set_as_default=False)
    except (OSError, ValueError, OverflowError):
        raise SettingsError(
            f'No Dask scheduler answers at "{scheduler}"; start one with "dask scheduler", or say local.'
        ) from None
    if scheduler == LOCAL:
        client.run(_ignore_interrupts)
    return client


def _begun(client: Any, pending: dict[Any, Job]) -> dict[Any, Job]:
    """Take back the jobs that no worker has yet, and return the others."""
    taken = {key for keys in client.processing().values() for key in keys}
    begun = {future: job for future, job in pending.items() if future.key in taken or future.done()}
    client.cancel([future for future in pending if future not in begun])
    return begun


def _wait(pending: dict[Any, Job]) -> None:
    end = time.monotonic() + ANSWER
    while time.monotonic() < end and not all(future.done() for future in pending):
        time.sleep(LOOK)


def _outcome(future: Any, job: Job) -> tuple[Outcome, bool]:
    """The row of a job, also when the cluster has none for it."""
    from distributed import KilledWorker

    if future.status == "finished":
        return future.result()
    if future.status == "pending":
        return Outcome.of(job, "interrupted", "The batch was stopped while this report was made."), False
    if future.status != "error":
        return Outcome.of(job, "failed", "The scheduler was lost; run the batch again."), False
    error = future.exception()
    if isinstance(error, KilledWorker):
        return Outcome.of(job, "failed", "Every worker that took this report was lost."), False
    reason = f"A worker could not begin: {type(error).__name__}; install the same cxkit there."
    return Outcome.of(job, "failed", reason), False


def _has_workers(client: Any) -> bool:
    try:
        return bool(client.nthreads())
    except OSError:  # the scheduler is gone, and with it soon all futures
        return True


def _stop_workers(client: Any, batch: str) -> None:
    with suppress(Exception):  # a cluster that is gone has nothing left to stop
        client.run(_stop, batch, callback_timeout=ANSWER)


def _row(job: Job, out: str, options: Options, batch: str, methods: list[str]) -> tuple[Outcome, bool]:
    """On a worker: make one report."""
    if not (Path(out) / ".holder").is_file():
        reason = "A worker does not see the folder of reports; all machines need it, and the data, under one path."
        return Outcome.of(job, "failed", reason), False
    return make_outcome(job, Path(out), _workers.setdefault(batch, new_worker(methods)), options)


def _ignore_interrupts() -> None:
    """On a worker: leave it to the batch what Ctrl-C means, which a terminal sends to both."""
    signal.signal(signal.SIGINT, lambda number, frame: None)


def _stop(batch: str) -> None:
    """On a worker: end what a batch has running; jobs of it that still arrive find their place stopped."""
    _workers.setdefault(batch, new_worker([])).stop()
