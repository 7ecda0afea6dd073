"""What may go wrong in a batch goes wrong here: real processes, limits, signals, a full disk. No client's fault
touches another's report, and nothing is left behind."""

import getpass
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress

import psutil
import pytest
import yaml

from cxkit.batch.config import read_config
from cxkit.batch.plan import plan
from cxkit.report.identity import is_whole
from tests.conftest import write_template

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reports have forked processes on Linux only")

KILLS = int(os.environ.get("CXKIT_KILLS", "2"))  # 20 in a longer check; each costs about four seconds
CXKIT = [sys.executable, "-c", "from cxkit.cli import main; main()"]
OWN = """
import os, resource, signal, subprocess, sys, threading, time
from pathlib import Path
if client == "killed":
    os.kill(os.getpid(), signal.SIGKILL)
if client == "deaf":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if client in ("hangs", "deaf"):
    time.sleep(3600)
if client == "leaves":
    os._exit(0)
if client == "exits":
    sys.exit(0)
if client == "eats":
    eaten = []
    while True:
        eaten.append(bytearray(2**20))
if client == "grows":
    grown = []
    while True:
        grown.append(bytes(2000))
if client == "prints":
    for _ in range(20):
        print("x" * 2**20)
if client == "writes":
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**16, 2**16))
    Path("much").write_bytes(bytes(2**20))
if client == "fills":
    Path("much").write_bytes(bytes(2**26))
if client == "starts":
    code = "import subprocess, time; subprocess.Popen(['sleep', '3600'], start_new_session=True); open('begun', 'w')"
    subprocess.Popen([sys.executable, "-c", f"{code}; time.sleep(3600)"], start_new_session=True)
    while not Path("begun").exists():
        time.sleep(0.05)
if client == "threads":
    threading.Thread(target=time.sleep, args=(3600,)).start()
if client == "tells":
    raise ValueError(str(dict(os.environ)))
if client == "saves":
    Path(out, "result.json").write_text(str(dict(os.environ)))
if client.startswith("slow"):
    Path("begun").touch()
    while not (Path.cwd().parent.parent / "go").exists():
        time.sleep(0.05)
"""
SAVE = """
if client != "saves":
    Path(out, "result.json").write_text("{}")
Path(out, "table.csv").write_text(f"term,estimate\\nmean,{len(client)}\\n" + f"{client},1\\n" * 2000)
"""
GOOD = [f"c{k:02}" for k in range(12)]
KILLED = "The report's process was killed; most often the machine had no memory left."
TIMEOUT = "The report was stopped after 2 seconds; raise --timeout or give it less data."
MEMORY = "The report needed more memory than it may have; raise --memory or give it less data."
REASONS = {
    "killed": KILLED,
    "leaves": "The report's process left with code 0 in the middle; look for an exit in the template.",
    "exits": 'The template stopped before its cell "save" ran; nothing was published.',
    "eats": MEMORY,
    "grows": MEMORY,
    "prints": "The page has 20 MiB, more than the 12 MiB a reader can open; let the template print less.",
    "writes": 'The template "own" stopped: OSError: [Errno 27] File too large',
}
HARMLESS = ["starts", "threads"]
ENDLESS = ["hangs", "deaf"]
INTERRUPTED = "The batch was stopped while this report was made."
FULL = "The disk is full; make room and run the batch again."


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A template that behaves by the client's id."""
    path = tmp_path_factory.mktemp("template") / "own.ipynb"
    write_template(path, behave=OWN, save=SAVE)
    return path


class Place:
    """A folder for batches with a TMPDIR of its own, by which also their processes are known."""

    def __init__(self, folder, template, clients):
        self.folder, self.out, self.tmp = folder, folder / "out", folder / "tmp"
        self.tmp.mkdir()
        shutil.copy(template, folder)
        self.config(clients)

    def config(self, clients):
        content = {"data": "none.csv", "methods": {"own.ipynb": None}, "clients": [{"client": c} for c in clients]}
        (self.folder / "clients.yml").write_text(yaml.safe_dump(content))

    def start(self, *options, out=None, prefix=(), **environment):
        command = [*prefix, *CXKIT, "batch", "clients.yml", "--out", str(out or self.out), "--jobs", "2", *options]
        environment = {**os.environ, "TMPDIR": str(self.tmp), **environment}
        return subprocess.Popen(command, cwd=self.folder, env=environment, text=True, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)  # fmt: skip

    def run(self, *options, **others):
        process = self.start(*options, **others)
        process.stdout, process.stderr = process.communicate(timeout=600)
        return process

    def rows(self, out=None):
        rows = json.loads(((out or self.out) / "summary.json").read_text(encoding="utf-8"))
        return {row["client"]: (row["status"], row["reason"]) for row in rows}

    def processes(self):
        """The processes of batches started here."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.environ().get("TMPDIR", "").startswith(str(self.tmp)):
                    found.append(process)
        return found

    def left(self):
        """What a batch that has ended should not have left: files and processes."""
        hidden = [path.name for path in self.out.rglob(".*") if path.name not in (".lock", ".holder")]
        return hidden, [path.name for path in self.tmp.iterdir()], self.processes()


NOTHING = ([], [], [])


def until(condition, seconds=300):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return condition()


def bundles(out):
    """The files of all published reports."""
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.glob("*/*/**/*"))
            if path.is_file()}  # fmt: skip


def bundle_of(client, published):
    return {name: content for name, content in published.items() if name.startswith(f"{client}/")}


def put(out, files):
    for name, content in files.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(content)


@pytest.fixture
def place(tmp_path, template):
    return Place(tmp_path, template, GOOD)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, template):
    """The bundles of a run without a fault."""
    place = Place(tmp_path_factory.mktemp("undisturbed"), template, [*GOOD, "slow-1", "slow-2"])
    (place.folder / "go").touch()
    done = place.run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert place.left() == NOTHING
    return bundles(place.out)


@pytest.fixture(scope="module")
def faulty(tmp_path_factory, template):
    """One batch with every kind of bad client between good ones."""
    clients = [GOOD[0], *REASONS, GOOD[1], *HARMLESS, GOOD[2]]
    place = Place(tmp_path_factory.mktemp("faulty"), template, clients)
    return place.run("--memory", "600"), place


@pytest.fixture(scope="module")
def endless(tmp_path_factory, template, undisturbed):
    """A batch with reports that never end, and with others that are published already: its limit of time is short, so
    that nothing else may run under it."""
    place = Place(tmp_path_factory.mktemp("endless"), template, [GOOD[3], *ENDLESS, GOOD[4]])
    put(place.out, {**bundle_of(GOOD[3], undisturbed), **bundle_of(GOOD[4], undisturbed)})
    return place.run("--timeout", "2"), place


@pytest.mark.parametrize("client", REASONS)
def test_a_bad_client_fails_with_one_plain_sentence(client, faulty):
    assert faulty[1].rows()[client] == ("failed", REASONS[client])


def test_a_report_that_never_ends_is_stopped(endless):
    rows = endless[1].rows()
    assert {client: rows[client] for client in ENDLESS} == dict.fromkeys(ENDLESS, ("failed", TIMEOUT))
    assert endless[0].returncode == 1


def test_the_batch_ends_with_exit_1_and_no_traceback(faulty):
    done, place = faulty
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    assert str(place.folder) not in (place.out / "index.html").read_text(encoding="utf-8")
    assert done.stdout.splitlines()[-1].startswith(f"5 of {3 + len(REASONS) + len(HARMLESS)} reports published")


def test_good_clients_are_the_same_as_without_the_bad_ones(faulty, endless, undisturbed):
    published = bundles(faulty[1].out) | bundles(endless[1].out)
    for client in GOOD[:5]:
        assert bundle_of(client, published) == bundle_of(client, undisturbed)
        assert len(bundle_of(client, published)) == 4


def test_what_a_template_leaves_running_ends_with_its_report(faulty):
    _, place = faulty
    for client in HARMLESS:
        assert place.rows()[client] == ("published", "")
    assert place.processes() == []


def test_nothing_is_left_behind(faulty, endless):
    assert faulty[1].left() == endless[1].left() == NOTHING


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", folder], capture_output=True)
    if done.returncode:
        pytest.skip("a small disk needs the right to mount one")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_loses_no_earlier_report_and_is_told(place, small_disk, undisturbed):
    place.config(["fills", GOOD[0]])
    out = small_disk / "out"
    for client in (GOOD[0], "fills"):
        put(
            out,
            {name.replace(GOOD[0], client, 1): content for name, content in bundle_of(GOOD[0], undisturbed).items()},
        )
    before = bundles(out)
    done = place.run(out=out)
    assert done.returncode == 3, done.stdout + done.stderr
    assert place.rows(out) == {"fills": ("failed", FULL), GOOD[0]: ("published", "")}
    assert bundles(out) == before
    with suppress(OSError), (small_disk / "filler").open("wb") as file:
        while True:
            file.write(bytes(2**12))
            file.flush()
    done = place.run("--fresh", out=out)  # now not even a summary can be written
    assert done.returncode == 3, done.stdout + done.stderr
    assert "No space left on device" in done.stderr or "disk is full" in done.stderr
    assert "Traceback" not in done.stderr
    assert bundles(out) == before
    assert (place.processes(), list(out.glob(".staging-*")), list(place.tmp.iterdir())) == NOTHING


def test_signals_a_second_batch_and_a_resumed_one(place, undisturbed):
    clients = [*GOOD[:2], "slow-1", "slow-2", *GOOD[2:5]]
    place.config(clients)
    expected = dict.fromkeys(GOOD[:2], ("published", ""))
    expected |= dict.fromkeys(("slow-1", "slow-2"), ("interrupted", INTERRUPTED))
    expected |= dict.fromkeys(GOOD[2:5], ("waiting", ""))
    made = [place.out / client / "own" / "run.json" for client in GOOD[:2]]
    for number in (signal.SIGINT, signal.SIGTERM):
        first = place.start()
        assert until(lambda: all(path.exists() for path in made))
        assert until(lambda: len(list(place.out.glob(".staging-*/begun"))) == 2)
        if number == signal.SIGINT:
            second = place.run()
            assert second.returncode == 4
            assert re.fullmatch(
                rf'cxkit: Another batch works in "out" \(process {first.pid}, since [\d-]{{10}} \d\d:\d\d UTC\); '
                r"wait for its end, or choose another folder\.\n", second.stderr,
            )  # fmt: skip
            assert first.poll() is None
        first.send_signal(number)
        stdout, stderr = first.communicate(timeout=600)
        assert first.returncode == 128 + number, stderr
        assert "Traceback" not in stderr
        assert place.rows() == expected
        assert (place.out / "index.html").exists()
        assert "interrupted slow-1/own" in stdout
        for client in GOOD[:2]:
            assert bundle_of(client, bundles(place.out)) == bundle_of(client, undisturbed)
        assert place.left() == NOTHING
    (place.folder / "go").touch()
    done = place.run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("kept ") == 2
    assert place.rows() == dict.fromkeys(clients, ("published", ""))
    assert bundles(place.out) == {name: content for name, content in undisturbed.items()
                                  if name.split("/")[0] in clients}  # fmt: skip


def made_at(out):
    """The reports that are published, each with the time it was made."""
    return {(path, path.stat().st_mtime_ns) for path in out.glob("c*/own/run.json")}


def test_a_killed_batch_leaves_only_whole_reports_and_goes_on(place, undisturbed):
    put(place.out, {name: content for name, content in undisturbed.items() if name[0] == "c"})
    seeded = random.Random(5)
    for _ in range(KILLS):  # in any part of the run, over the reports of the one before
        before = made_at(place.out)
        many = seeded.randrange(len(GOOD))
        runner = place.start("--fresh")
        assert until(lambda before=before, many=many: len(made_at(place.out) - before) >= many)
        time.sleep(0.3 * seeded.random())  # anywhere in the making of the next ones
        runner.kill()
        runner.communicate()
        assert until(lambda: not place.processes()), place.processes()
        for run in place.out.glob("*/*/run.json"):
            if not any(part.startswith(".") for part in run.relative_to(place.out).parts):
                assert is_whole(run.parent, json.loads(run.read_text(encoding="utf-8"))), run
        assert len([*place.out.glob("c*/own/run.json"), *place.out.glob("c*/.old-*/own/run.json")]) >= len(GOOD)
    done = place.run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert place.left()[::2] == ([], [])
    assert bundles(place.out) == {name: content for name, content in undisturbed.items() if name[0] == "c"}


CANARY = "canary-5f3a1c"


@pytest.fixture(scope="module")
def reports(tmp_path_factory, template, make):
    """The reports of two clients by nps, made in different ways, in folders of their names; "one" by one worker."""
    place = Place(tmp_path_factory.mktemp("reports"), template, [])
    config = {
        "data": "sample:bank",
        "methods": {"nps": None},
        "clients": [{"client": "a"}, {"client": "b", "lang": "uz"}],
    }
    (place.folder / "clients.yml").write_text(yaml.safe_dump(config))
    other = {"TZ": "Asia/Tashkent", "PYTHONHASHSEED": "7", "LC_ALL": "C", "OMP_NUM_THREADS": "2"}
    ways = {
        "deep/er/two": ((), {**other, "CX_SECRET": CANARY, "LOGNAME": CANARY, "USER": CANARY}),
        "cold": (("--engine", "nbclient", "--only", "b"), {}),
    }
    for name, (options, environment) in ways.items():
        done = place.run(*options, out=place.folder / name, **environment)
        assert done.returncode == 0, done.stdout + done.stderr
    for job in plan(read_config(place.folder / "clients.yml"), place.folder):
        make(job, place.folder / "one")
    return place.folder


@pytest.mark.parametrize("way", ["deep/er/two", "cold"])
def test_a_report_has_the_same_bytes_however_it_is_made(way, reports):
    clients = {"deep/er/two": ("a", "b"), "cold": ("b",)}[way]
    one, other = bundles(reports / "one"), bundles(reports / way)
    one = {name: content for name, content in one.items() if name.split("/")[0] in clients}
    assert one.keys() == other.keys()
    assert [name for name in one if one[name] != other[name]] == []
    assert sum(name.endswith("run.json") for name in one) == len(clients)


def test_no_secret_of_the_runner_gets_into_a_report(reports):
    names = [getpass.getuser(), os.uname().nodename]  # short ones such as "root" are parts of other words
    secrets = [CANARY, os.path.expanduser("~/"), str(reports), *(name for name in names if len(name) > 4)]
    found = [path for path in (reports / "deep").rglob("*") if path.is_file()]
    assert len(found) > 10
    for path in found:
        for secret in secrets:
            assert secret.encode() not in path.read_bytes(), (path, secret)


def test_no_secret_gets_out_by_a_template_that_tells_all(place):
    place.config(["tells", "saves"])
    home = place.folder / "home" / "canaryhome"
    home.mkdir(parents=True)
    prefix = ()
    if os.geteuid() == 0:  # a name of the machine that is no part of other words
        prefix = ("unshare", "--uts", "sh", "-c", f'hostname {CANARY}; exec "$@"', "sh")
        prefix = () if subprocess.run([*prefix, "true"], capture_output=True).returncode else prefix
    done = place.run(prefix=prefix, CX_SECRET=CANARY, LOGNAME=CANARY, USER=CANARY, HOME=str(home))
    assert done.returncode == 1
    assert place.rows()["tells"][1].startswith('The template "own" stopped: ValueError: ')
    for path in place.out.rglob("*"):
        for secret in [CANARY, "canaryhome", str(place.folder)]:
            assert not path.is_file() or secret.encode() not in path.read_bytes(), (path, secret)
