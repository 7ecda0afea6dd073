"""One batch at a time in a folder, and no lock that outlives its holder."""

import json
import os
import re
import signal
import subprocess
import sys

import pytest

from cxkit.batch.lock import locked
from cxkit.errors import LockedError

HOLD = """
import sys
from pathlib import Path
from cxkit.batch.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    input()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the folder until its standard input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "out")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_a_folder_that_is_held_is_refused_and_the_holder_named(holder, tmp_path):
    with pytest.raises(LockedError) as caught, locked(tmp_path / "out"):
        pass
    assert re.fullmatch(
        rf'Another batch works in "out" \(process {holder.pid}, since \d{{4}}-\d\d-\d\d \d\d:\d\d UTC\); '
        r"wait for its end, or choose another folder\.",
        str(caught.value),
    )


def test_another_folder_is_free(holder, tmp_path):
    with locked(tmp_path / "other"):
        assert holder.poll() is None


@pytest.mark.skipif(os.name != "posix", reason="there is no such signal here")
def test_a_killed_holder_holds_nothing(holder, tmp_path):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert (tmp_path / "out" / ".holder").exists(), "it had no time to take its name away"
    with locked(tmp_path / "out"):
        assert json.loads((tmp_path / "out" / ".holder").read_text())["process"] == os.getpid()


def test_a_folder_is_free_after_the_end_and_after_an_error(tmp_path):
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), locked(tmp_path):
            raise ZeroDivisionError
        assert not (tmp_path / ".holder").exists()


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"process": 1', "[" * 100_000], ids=len)
def test_a_second_batch_of_this_process_is_refused_though_the_note_is_broken(text, tmp_path):
    with locked(tmp_path):
        (tmp_path / ".holder").write_text(text)
        with pytest.raises(LockedError, match=r'^Another batch works in "[^"]*"; wait for its end'), locked(tmp_path):
            pass
