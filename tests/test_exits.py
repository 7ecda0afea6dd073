"""How commands end when somebody interrupts them, or does not listen any more."""

import json
import os
import signal
import subprocess
import sys
import time

import click
import psutil
import pytest
import yaml
from click.testing import CliRunner

from cxkit.exits import PlainErrors
from tests.conftest import write_template

CXKIT = [sys.executable, "-c", "from cxkit.cli import main; main()"]
SAVE = """
import time
from pathlib import Path
while client == "slow":
    time.sleep(1)
if client == "odd":
    raise ValueError("Toʻkin")
Path(out, "result.json").write_text("{}")
Path(out, "table.csv").write_text("term,estimate\\nmean,1\\n")
"""
pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and pipes of POSIX")


def start(folder, *words, stdout=subprocess.PIPE, **environment):
    write_template(folder / "own.ipynb", save=SAVE)
    config = {"data": "none.csv", "methods": {"own.ipynb": None}, "clients": [{"client": "odd"}, {"client": "good"}]}
    (folder / "clients.yml").write_text(yaml.safe_dump(config))
    return subprocess.Popen([*CXKIT, *words], cwd=folder, env={**os.environ, **environment}, stdout=stdout,
                            stderr=subprocess.PIPE, text=True, preexec_fn=heard)  # fmt: skip


def heard():
    """What a shell has begun in the background ignores SIGINT."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_report_that_is_interrupted_leaves_nothing(number, tmp_path):
    process = start(tmp_path, "report", "own.ipynb", "--data", "sample:bank", "--client", "slow")
    while process.poll() is None and not list((tmp_path / "out").glob(".staging-*/bundle")):
        time.sleep(0.02)
    process.send_signal(number)
    _, told = process.communicate(timeout=600)
    assert process.returncode == 128 + number, told
    assert "Traceback" not in told
    assert list((tmp_path / "out").iterdir()) == []


def test_a_batch_that_is_interrupted_while_it_begins_ends_as_interrupted(tmp_path):
    process = start(tmp_path, "batch", "clients.yml", "--out", "out")
    while process.poll() is None and not psutil.Process(process.pid).children():
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)  # it imports and plans now, and the process for reports has begun as well
    _, told = process.communicate(timeout=600)
    assert process.returncode == 128 + signal.SIGTERM, told
    assert "Traceback" not in told


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_that_python_ignores_comes_again(number):
    """Python has to ignore what is raised in a finalizer, or while an import gives its lock back."""
    code = """
import os, sys, time
from cxkit.cli import main
class Last:
    def __del__(self):
        os.kill(os.getpid(), int(sys.argv.pop()))
@main.command()
def wait():
    Last()
    time.sleep(3600)
main(["wait"])
"""
    command = [sys.executable, "-c", code, str(int(number))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, preexec_fn=heard)
    assert done.returncode == 128 + number, done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_nested_too_deep_for_python_is_one_sentence_too():
    @click.group(cls=PlainErrors)
    def group():
        pass

    @group.command()
    def deep():
        json.loads("[" * 100_000)

    done = CliRunner().invoke(group, ["deep"])
    assert done.exit_code == 1
    assert done.stderr == "cxkit: Something in settings or files is nested too deep; give it fewer levels.\n"


def test_a_batch_goes_on_when_nobody_reads_what_it_says(tmp_path):
    reading, writing = os.pipe()
    os.close(reading)
    process = start(tmp_path, "batch", "clients.yml", "--out", "out", stdout=writing)
    os.close(writing)
    _, told = process.communicate(timeout=600)
    assert process.returncode == 1, told
    assert (tmp_path / "out" / "good" / "own" / "report.html").is_file()
    assert (tmp_path / "out" / "index.html").is_file()


def test_a_name_that_the_terminal_cannot_show_stops_no_batch(tmp_path):
    process = start(tmp_path, "batch", "clients.yml", "--out", "out", "--jobs", "1", PYTHONIOENCODING="cp1251")
    said, told = process.communicate(timeout=600)
    assert process.returncode == 1, told
    assert said.splitlines()[:2] == [
        'failed      odd/own: The template "own" stopped: ValueError: To?kin', "published   good/own",
    ]  # fmt: skip
