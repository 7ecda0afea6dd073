"""Tasks in forked children: their answers, their limits, and what happens when the server itself has trouble."""

import operator
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import nbformat
import psutil
import pytest

from cxkit.batch import loop as runner
from cxkit.batch import processes
from cxkit.batch.processes import BROKEN, Limits, Server, StartError, StoppedError
from cxkit.errors import DataError, ReportError
from cxkit.report.environment import clean_environment
from cxkit.report.job import Job

LIMITS = Limits(600, 100 * 2**20)  # nothing here comes near it
ENDLESS = "import pathlib, time; pathlib.Path({!r}).touch(); time.sleep(3600)"


def until(condition, seconds=300):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def meanwhile(condition, act):
    """Do something in a thread as soon as a condition holds."""
    thread = threading.Thread(target=lambda: until(condition) and act(), daemon=True)
    thread.start()
    return thread


linux = pytest.mark.skipif(sys.platform != "linux", reason="forked processes work on Linux only")


@pytest.fixture(scope="module")
def server():
    server = Server(clean_environment())
    yield server
    server.stop()


@linux
def test_the_answer_of_a_child_comes_back(server):
    first, second = (server.call(os.getpid, limits=LIMITS) for _ in range(2))
    assert len({first, second, os.getpid()}) == 3
    assert server.call(operator.mul, "ab", 2**21, limits=LIMITS) == "ab" * 2**21


@linux
def test_an_exception_of_a_child_comes_back(server):
    with pytest.raises(ZeroDivisionError, match="division by zero"):
        server.call(operator.truediv, 1, 0, limits=LIMITS)
    with pytest.raises(DataError, match=r"^Row 5 is wrong\.$"):
        server.call(exec, "from cxkit.errors import DataError; raise DataError('Row 5 is wrong.')", limits=LIMITS)


@linux
@pytest.mark.parametrize("error", ["EOFError('a short file')", "ConnectionResetError('a data base')"])
def test_an_error_of_the_task_is_not_taken_for_the_loss_of_its_process(error, server):
    with pytest.raises((EOFError, ConnectionError), match=r"^a "):
        server.call(exec, f"raise {error}", limits=LIMITS)


@linux
@pytest.mark.parametrize("kind", ["SystemExit(0)", "KeyboardInterrupt()", "GeneratorExit()"])
def test_what_would_end_the_caller_comes_back_as_a_failure(kind, server):
    with pytest.raises(ReportError) as error:
        server.call(exec, f"raise {kind}", limits=LIMITS)
    name = kind.partition("(")[0]
    assert str(error.value) == f"The report's process met {name}; look for an exit in the template."


@linux
def test_an_exception_that_cannot_travel_is_named(server):
    code = """
class Odd(Exception):
    def __init__(self, one, two):
        super().__init__(one)
raise Odd(1, 2)
"""
    with pytest.raises(ReportError, match=r"^unexpected Odd$"):
        server.call(exec, code, limits=LIMITS)


@linux
def test_memory_is_also_limited_where_the_machine_has_a_limit_of_its_own():
    hard = 2 * 2**30
    code = "import resource, sys; resource.setrlimit(resource.RLIMIT_DATA, (int(sys.argv[1]),) * 2)\n"
    code += (
        "from cxkit.batch.processes import Limits, Server\nfrom cxkit.report.environment import clean_environment\n"
    )
    code += "server = Server(clean_environment())\nprint(server.call(len, 'ab', limits=Limits(600, 4 * 2**30)))\n"
    code += "server.stop()"
    done = subprocess.run([sys.executable, "-c", code, str(hard)], capture_output=True, text=True)
    assert done.stdout == "2\n", done.stderr


@linux
def test_the_end_of_a_child_leaves_what_another_one_has_running(server, tmp_path):
    """A process whose starter is gone comes to the server, whosever it was."""
    code = (
        "import subprocess, time, pathlib\n"
        "shell = 'sleep 3600 & echo $! > {0}; setsid sleep 3600 & echo $! > {1}'\n"
        "subprocess.run(['sh', '-c', shell.format('{folder}/near', '{folder}/far')], check=True)\n"
        "while not pathlib.Path('{folder}/go').exists(): time.sleep(0.02)\n"
    ).replace("{folder}", str(tmp_path))
    other = threading.Thread(target=server.call, args=(exec, code), kwargs={"limits": LIMITS})
    other.start()
    names = [tmp_path / "near", tmp_path / "far"]
    assert until(lambda: all(name.exists() and name.read_text().strip() for name in names))
    begun = [psutil.Process(int(name.read_text())) for name in names]
    ended = server.call(os.getpid, limits=LIMITS)
    assert until(lambda: not psutil.pid_exists(ended))
    assert server.call(len, "ab", limits=LIMITS) == 2  # which it takes only when it has cleared up after that one
    assert [process.is_running() for process in begun] == [True, True]
    (tmp_path / "go").touch()
    other.join()
    assert until(lambda: not any(process.is_running() for process in begun))


@linux
@pytest.mark.parametrize("seconds", [1.5, 1e-9])
def test_a_child_that_takes_too_long_is_killed(seconds, server):
    starter = psutil.Process(server.call(os.getppid, limits=LIMITS))
    with pytest.raises(ReportError) as error:
        server.call(time.sleep, 3600, limits=Limits(seconds))
    assert until(lambda: not starter.children())
    assert str(error.value) == (
        f"The report was stopped after {seconds:g} seconds; raise --timeout or give it less data."
    )


@linux
def test_a_child_that_ends_without_an_answer_is_told_by_its_end(server):
    for code, sentence in (
        ("os._exit(0)", "left with code 0 in the middle; look for an exit in the template."),
        ("os._exit(7)", "left with code 7 in the middle; look for an exit in the template."),
        ("os.kill(os.getpid(), 9)", "was killed; most often the machine had no memory left."),
        ("os.abort()", "was ended by SIGABRT."),
    ):
        with pytest.raises(ReportError) as error:
            server.call(exec, f"import os; {code}", limits=LIMITS)
        assert str(error.value) == f"The report's process {sentence}"


@linux
def test_memory_is_limited_and_with_0_it_is_not(server):
    with pytest.raises(MemoryError):
        server.call(bytes, 200 * 2**20, limits=LIMITS)
    assert server.call(len, b"", limits=Limits(LIMITS.seconds, 0)) == 0
    assert server.call(eval, "len(bytes(200 * 2**20))", limits=Limits(LIMITS.seconds, 0)) == 200 * 2**20
    assert server.call(eval, "len(bytes(50 * 2**20))", limits=LIMITS) == 50 * 2**20


@linux
def test_temporary_files_of_a_killed_child_are_removed(server):
    code = "(__import__('tempfile').mkdtemp(), __import__('os').environ['TMPDIR'])"
    made, folder = server.call(eval, code, limits=LIMITS)
    assert os.path.dirname(made) == folder
    assert until(lambda: not os.path.exists(folder))


@linux
def test_a_refused_child_is_told_and_harms_no_other(tmp_path):
    """The machine may have no room for one more process; what runs already goes on."""
    (tmp_path / "sitecustomize.py").write_text(f"""
import errno, os
fork = os.fork
def fork_or_not():
    if os.path.exists({str(tmp_path / "full")!r}):
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))
    return fork()
os.fork = fork_or_not
""")
    path = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    server = Server({**clean_environment(), "PYTHONPATH": path})
    code = f"import pathlib, time; pathlib.Path({str(tmp_path / 'begun')!r}).touch()\n"
    code += f"while not pathlib.Path({str(tmp_path / 'go')!r}).exists(): time.sleep(0.02)"
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(server.call, exec, code, limits=LIMITS)
        assert until((tmp_path / "begun").exists)
        (tmp_path / "full").touch()
        with pytest.raises(StartError) as error:
            server.call(len, "ab", limits=LIMITS)
        (tmp_path / "full").unlink()
        assert server.call(len, "ab", limits=LIMITS) == 2
        (tmp_path / "go").touch()
        assert running.result() is None
    server.stop()
    assert str(error.value) == "The report's process could not be started: Resource temporarily unavailable."


@linux
def test_a_killed_server_is_replaced(server):
    first = server.call(os.getppid, limits=LIMITS)
    os.kill(first, signal.SIGKILL)
    for attempt in range(2):  # the first may still meet the dying one; a batch tries once more, too
        try:
            second = server.call(os.getppid, limits=LIMITS)
            break
        except StartError:
            assert not attempt
    assert second != first


@linux
def test_a_server_killed_in_the_middle_of_a_task_is_told(server, tmp_path):
    parent, begun = server.call(os.getppid, limits=LIMITS), tmp_path / "begun"
    meanwhile(begun.exists, lambda: os.kill(parent, signal.SIGKILL))
    with pytest.raises(ReportError, match="was lost together with the one that starts them") as error:
        server.call(exec, ENDLESS.format(str(begun)), limits=LIMITS)
    assert error.type is ReportError, "a task that was begun is not tried again"


@linux
def test_a_stopped_server_ends_what_runs_and_takes_nothing_more(tmp_path):
    server = Server(clean_environment())
    starter = psutil.Process(server.call(os.getppid, limits=LIMITS))
    stopper = meanwhile((tmp_path / "begun").exists, server.stop)
    with pytest.raises(StoppedError):
        server.call(exec, ENDLESS.format(str(tmp_path / "begun")), limits=LIMITS)
    stopper.join()
    assert not starter.is_running()
    with pytest.raises(StoppedError):
        server.call(len, "ab", limits=LIMITS)


@linux
def test_a_server_that_cannot_start_is_tried_once_and_told(tmp_path, capfd):
    (tmp_path / "cxkit").mkdir()
    tries = tmp_path / "tries"
    source = f"open({str(tries)!r}, 'a').write('x')\nraise ImportError('a broken cxkit')\n"
    (tmp_path / "cxkit" / "__init__.py").write_text(source)
    server = Server({**clean_environment(), "PYTHONPATH": str(tmp_path)})
    for _ in range(3):
        with pytest.raises(StartError) as error:
            server.call(len, "ab", limits=LIMITS)
        assert str(error.value) == BROKEN
    server.stop()
    assert tries.read_text() == "x"
    assert "a broken cxkit" in capfd.readouterr().err


@linux
def test_a_server_that_is_stopped_while_it_imports_says_nothing_and_leaves_nothing(tmp_path, capfd, monkeypatch):
    """Python prints what is raised in a finalizer and goes on, so no exit may be raised wherever imports just are."""
    (tmp_path / "sitecustomize.py").write_text("""
import builtins, os, signal, tempfile
imported = builtins.__import__
class Last:
    def __del__(self):
        open("begun", "w").close()
        os.kill(os.getpid(), signal.SIGTERM)
def watched(name, *others):
    if name == "cxkit.batch.preload":
        builtins.__import__ = imported
        tempfile.mkstemp()
        Last()
    return imported(name, *others)
builtins.__import__ = watched
""")
    (tmp_path / "tmp").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    path = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    server = Server({**clean_environment(), "PYTHONPATH": path, "TMPDIR": str(tmp_path / "tmp")})
    server.start()
    assert until((tmp_path / "begun").exists)
    server.stop()
    assert capfd.readouterr() == ("", "")
    assert list((tmp_path / "tmp").iterdir()) == []


def test_without_forks_reports_are_made_one_after_the_other(tmp_path, monkeypatch):
    for module in (processes, runner):
        monkeypatch.setattr(module, "can_fork", lambda: False)
    source = (
        "from pathlib import Path\n"
        "assert not list(Path.cwd().parent.glob('busy'))\n"
        "Path('../busy').touch()\n"
        "Path(out, 'result.json').write_text('{}')\n"
        "Path(out, 'table.csv').write_text('term,estimate\\nmean,1\\n')\n"
        "Path('../busy').unlink()\n"
    )
    cells = [
        nbformat.v4.new_code_cell('lang = client = out = ""', metadata={"tags": ["parameters"]}, id="parameters"),
        nbformat.v4.new_code_cell(source, id="save"),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, tmp_path / "own.ipynb")
    jobs = [Job(client, str(tmp_path / "own.ipynb")) for client in ("a", "b")]
    rows, stopped = runner.run(jobs, tmp_path / "out", options=runner.Options(jobs=2))
    assert [(row.client, row.status, row.reason) for row in rows] == [("a", "published", ""), ("b", "published", "")]
    assert stopped == 0
