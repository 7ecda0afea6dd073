"""A batch on Dask: a real scheduler and real workers in processes of their own, some of which are killed."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress

import psutil
import pytest
import yaml
from click.testing import CliRunner

from cxkit.batch import cluster
from cxkit.batch.config import read_config
from cxkit.batch.loop import run
from cxkit.batch.one_job import Options
from cxkit.batch.plan import plan
from cxkit.batch.processes import Limits
from cxkit.cli import main
from cxkit.report.identity import is_whole, published_run
from cxkit.report.job import Job
from tests.conftest import write_template

pytest.importorskip("distributed")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="warm children need Linux")

OWN = """
import os, time
from pathlib import Path
with (Path(out).parents[2] / "log").open("a") as log:
    log.write(f"{client} {os.getppid()}\\n")
Path("begun").touch()
while client == "holds" and not (Path(out).parents[2] / "go").exists():
    time.sleep(0.05)
time.sleep(pause)
if client == "dies":
    os.kill(os.getpid(), 9)
Path(out, "result.json").write_text("{}")
Path(out, "table.csv").write_text(f"term,estimate\\nmean,{len(client)}\\n")
"""
OWNERS = [f"own{k}" for k in range(10)]


def wait_for(true, seconds=300):
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
    return found


def dask(folder, *arguments, **settings):
    folder.mkdir(parents=True)
    with (folder / "said").open("a") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments], cwd=folder, stdin=subprocess.DEVNULL, stdout=said,
            stderr=said, start_new_session=True, env={**os.environ, **settings},
        )  # fmt: skip


def answers(port):
    with suppress(ConnectionError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


@contextmanager
def dask_cluster(folder, *flags, workers=2, failures=3):
    """A scheduler's process and its address, and the processes of the workers; all gone at the end."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    place = ("--host", "127.0.0.1", "--port", str(port), "--dashboard-address", "127.0.0.1:0")
    failures = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": str(failures)}
    started = [dask(folder / "scheduler", "scheduler", *place, **failures)]
    try:
        wait_for(lambda: answers(port))
        for number in range(workers):
            flags = ("--host", "127.0.0.1", "--nthreads", "1", "--no-dashboard", *flags)
            started.append(dask(folder / f"worker{number}", "worker", address, *flags))
        with cluster.connect(address, 1) as client:
            client.wait_for_workers(workers, timeout=300)
        yield address, started
    finally:
        ours = [child for process in started if process.poll() is None
                for child in psutil.Process(process.pid).children(recursive=True)]  # fmt: skip
        for process in started:
            process.kill()
        for process in ours:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        for process in started:
            process.wait()


def own_template(folder):
    write_template(folder / "own.ipynb", "pause: float = 0", save=OWN)
    return str(folder / "own.ipynb")


def write_config(folder, surveys=()):
    """Reports of a second or less, one that waits for leave, one that kills its process; or those of ``surveys``."""
    own_template(folder)
    (folder / "bad.csv").write_text("recommend\n9\n12\n")
    names = ("holds", *OWNERS, "dies")
    clients = [{"client": name, "methods": {"own.ipynb": {"pause": 0.5}}} for name in names]
    clients = [{"client": name, "data": data, "methods": {"nps": None}} for name, data in surveys] or clients
    (folder / "clients.yml").write_text(yaml.safe_dump({"data": "sample:none", "clients": clients}))


def command(folder, *arguments):
    """``cxkit batch``; its code and what it printed to both streams."""
    line = ["batch", str(folder / "clients.yml"), "--out", str(folder / "out"), *arguments]
    done = CliRunner().invoke(main, line)
    return done.exit_code, done.stdout, done.stderr


def running(folder):
    """The processes that start a batch's reports."""
    return [pid for _, pid in log(folder) if psutil.pid_exists(int(pid))]


def meanwhile(act):
    """Do something in a thread, while this one waits for a batch."""
    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    return thread


def log(folder):
    with suppress(FileNotFoundError):
        return [line.split() for line in (folder / "log").read_text().splitlines()]
    return []


def summary(out):
    return {row["client"]: (row["status"], row["reason"]) for row in json.loads((out / "summary.json").read_text())}


def files(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def stamps(out):
    return {p.parent: (p.parent.stat().st_ino, p.stat().st_mtime_ns) for p in out.glob("*/*/run.json")}


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory):
    with dask_cluster(tmp_path_factory.mktemp("dask")) as (address, _):
        yield address


@pytest.fixture(scope="module")
def killed(two_workers, tmp_path_factory):
    """A batch in the middle of which a worker is killed; its nanny starts another."""
    folder = tmp_path_factory.mktemp("killed")
    write_config(folder)
    before = {}

    def kill():
        wait_for(lambda: len(log(folder)) >= 6 and len(set(dict(log(folder)).values())) == 2)
        servers = dict(log(folder))
        server = psutil.Process(int(next(pid for pid in servers.values() if pid != servers["holds"])))
        before.update(stamps(folder / "out"))
        server.parent().kill()
        (folder / "go").touch()

    killer = meanwhile(kill)
    code, told, noise = command(folder, "--scheduler", two_workers)
    killer.join()
    return code, told, noise, folder, before


def test_a_killed_worker_costs_no_report_and_makes_none_twice(killed):
    code, told, noise, folder, before = killed
    assert code == 1, told + noise
    rows = summary(folder / "out")
    assert {client for client, row in rows.items() if row == ("published", "")} == {"holds", *OWNERS}
    assert before
    after = stamps(folder / "out")
    assert len(after) == len(OWNERS) + 1
    assert before.items() <= after.items()
    assert all(is_whole(bundle, published_run(bundle)) for bundle in after)
    begun = [client for client, _ in log(folder) if client in OWNERS]
    assert len(begun) - len(set(begun)) <= 1  # only the one that was in the middle
    assert len({pid for _, pid in log(folder)}) >= 2
    assert len(told.splitlines()) == len(rows) + 1


def test_a_report_that_fails_touches_no_other(killed):
    status, reason = summary(killed[3] / "out")["dies"]
    assert status == "failed"
    assert reason.startswith("The report's process was killed; ")


def test_a_report_that_never_ends_is_stopped_on_its_worker(two_workers, tmp_path):
    job = Job("hangs", own_template(tmp_path), {"pause": 3600})
    options = Options(limits=Limits(2))  # under which nothing else runs
    ((row,), _) = run([job], tmp_path / "out", options=options, scheduler=two_workers)
    assert row.status == "failed"
    assert row.reason.startswith("The report was stopped after 2 seconds; ")


def test_nothing_half_made_and_no_process_is_left(killed):
    folder = killed[3]
    names = {path.name for path in (folder / "out").iterdir()}
    assert not [name for name in names if name.startswith(".") and name != ".lock"]
    assert wait_for(lambda: not running(folder))


def test_a_second_batch_keeps_what_is_published(killed, two_workers):
    _, _, _, folder, _ = killed
    before = stamps(folder / "out")
    own = Job("own3", str(folder / "own.ipynb"), {"data_path": "sample:none", "codebook": "", "pause": 0.5})
    seen = []
    rows, stopped = run([own], folder / "out", scheduler=two_workers, report=lambda row, kept: seen.append(kept))
    assert ([row.status for row in rows], seen, stopped) == (["published"], [True], 0)
    assert stamps(folder / "out") == before


def test_an_interrupt_ends_what_the_workers_do(two_workers, tmp_path):
    own_template(tmp_path)
    clients = [{"client": name} for name in OWNERS]
    config = {"data": "sample:none", "methods": {"own.ipynb": {"pause": 3600}}, "clients": clients}
    (tmp_path / "clients.yml").write_text(yaml.safe_dump(config))

    def interrupt():
        wait_for(lambda: len(log(tmp_path)) == 2)
        os.kill(os.getpid(), signal.SIGINT)

    killer = meanwhile(interrupt)
    code, _, noise = command(tmp_path, "--scheduler", two_workers)
    killer.join()
    assert (code, noise) == (130, "")
    assert wait_for(lambda: not running(tmp_path))
    rows = summary(tmp_path / "out")
    begun = {client for client, _ in log(tmp_path)}
    interrupted = ("interrupted", "The batch was stopped while this report was made.")
    assert {rows[client] for client in begun} == {interrupted}
    assert set(rows.values()) == {interrupted, ("waiting", "")}
    assert not list((tmp_path / "out").glob(".staging-*"))


def test_a_cluster_of_this_machine_makes_the_same_bytes(tmp_path, monkeypatch, make):
    monkeypatch.chdir(tmp_path)
    write_config(tmp_path, [("bad", "bad.csv"), ("bank", "sample:bank")])
    code, told, noise = command(tmp_path, "--scheduler", "local", "--jobs", "1")
    assert (code, noise) == (1, ""), told
    rows = summary(tmp_path / "out")
    assert rows["bad"][1].startswith('bad.csv, column "recommend", row ')
    assert rows["bank"] == ("published", "")
    assert {path.name for path in tmp_path.iterdir()} == {"own.ipynb", "bad.csv", "clients.yml", "out"}
    assert {path.name for path in (tmp_path / "out").iterdir() if path.name.startswith(".")} <= {".lock"}
    (bank,) = (job for job in plan(read_config(tmp_path / "clients.yml"), tmp_path) if job.client == "bank")
    made = files(tmp_path / "out" / bank.folder)
    assert len(made) > 3
    assert made == files(make(bank, tmp_path / "here"))


@pytest.fixture
def held(tmp_path):
    """Jobs that do not end, and a folder as run() leaves it to the cluster."""
    own = own_template(tmp_path)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".holder").touch()
    return [Job(name, own, {"pause": 3600}) for name in OWNERS], tmp_path / "out"


def kill_when_begun(process, out):
    """Kill a process as soon as a worker has begun a report."""

    def kill():
        wait_for(lambda: list(out.glob(".staging-*/begun")))
        process.kill()

    meanwhile(kill)


def test_reports_whose_workers_are_lost_and_those_that_find_no_worker(held, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "NO_WORKER", 1)
    jobs, out = held
    with dask_cluster(tmp_path / "dask", "--no-nanny", workers=1, failures=0) as (address, started):
        kill_when_begun(started[1], out)
        with cluster.connect(address, 1) as client:
            rows = [row for row, _ in cluster.finished_on_cluster(jobs, out, Options(), [], client)]
    assert {row.client for row in rows} == set(OWNERS)
    assert {row.status for row in rows} == {"failed"}
    assert {row.reason for row in rows} == {
        "Every worker that took this report was lost.",
        "The cluster has no worker; start some with dask worker.",
    }


def test_a_scheduler_that_is_lost_ends_the_batch(held, tmp_path, monkeypatch):
    jobs, out = held
    with dask_cluster(tmp_path / "dask", "--no-nanny", workers=1) as (address, started):
        kill_when_begun(started[0], out)
        with cluster.connect(address, 1) as client:
            monkeypatch.setattr(cluster, "ANSWER", 1)  # nobody is there any more who could answer
            client._timeout = 1
            rows = [row for row, _ in cluster.finished_on_cluster(jobs, out, Options(), [], client)]
    assert [(row.client, row.status) for row in rows] == [(name, "failed") for name in OWNERS]
    assert {row.reason for row in rows} == {"The scheduler was lost; run the batch again."}


def test_a_worker_without_the_folder_of_reports_makes_none(held):
    jobs, out = held
    row, kept = cluster._row(jobs[0], str(out / "elsewhere"), Options(), "batch", [])
    assert (row.status, kept) == ("failed", False)
    assert row.reason.startswith("A worker does not see the folder of reports; ")
    assert not (out / "elsewhere").exists()


@pytest.mark.parametrize(
    "address", ["tcp://127.0.0.1:{port}", "nonsense", "tcp://127.0.0.1:99999", "http://[", "tcp://"]
)
def test_no_scheduler_is_one_sentence(address, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT", 2)
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = address.format(port=free.getsockname()[1])
    write_config(tmp_path)
    code, told, noise = command(tmp_path, "--scheduler", address)
    assert (code, told) == (2, "")
    assert noise == (
        f'cxkit: No Dask scheduler answers at "{address}"; start one with "dask scheduler", or say local.\n'
    )


def test_without_dask_there_is_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "distributed", None)
    write_config(tmp_path)
    assert command(tmp_path, "--scheduler", "local") == (
        2, "", 'cxkit: A scheduler needs Dask; install it with pip install "cxkit[dask]".\n',
    )  # fmt: skip
