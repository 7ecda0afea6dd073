"""Tasks in processes of their own, forked from a warm server, with limits of time and memory."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from typing import Any

from cxkit.errors import ReportError
from cxkit.report.environment import clean_environment

BROKEN = "The process that starts reports could not be started; what it said stands above."
# The folder it happens to start in is not where its imports come from.
START = "import sys; sys.path = list(filter(None, sys.path)); from cxkit.batch.server import main; main(sys.argv[1:])"
WARM = "cxkit-warm"  # the papermill engine that runs cells in such processes
PATIENCE = 300.0  # seconds that the imports and the warm-up may take
FAREWELL = 30.0  # seconds in which a server ends its children and removes their files
forked = False  # true in a process that was forked for one task


class StartError(ReportError):
    """The process of a report could not be started; worth one more try."""


class StoppedError(ReportError):
    """The batch was interrupted."""


@dataclass(frozen=True)
class Limits:
    """Of one report: ``seconds`` of wall time, ``memory`` in bytes beyond the warm start (0: none)."""

    seconds: float = 600.0
    memory: int = 4 * 2**30


class InPlace:
    """Where forking does not work: a report's notebook runs in papermill's normal kernel, one after the other."""

    def start(self) -> None:
        pass

    def engine(self, wanted: str) -> str:
        return "nbclient" if wanted == WARM else wanted

    def call(self, function: Callable[..., Any], *arguments: Any, limits: Limits) -> Any:
        return function(*arguments)

    def stop(self) -> None:
        pass


def can_fork() -> bool:
    """Whether warm children work here: on Linux only, since forking is not safe on macOS and absent on Windows."""
    return sys.platform == "linux"


class Server:
    """A handle on a server process; it starts with the first call, and again when it has died."""

    def __init__(self, environment: dict[str, str], methods: Sequence[str] = ()) -> None:
        self.environment, self.methods = environment, list(methods)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._folder = ""
        self._ready = self._stopped = self._broken = False

    def engine(self, wanted: str) -> str:
        return wanted

    def start(self) -> None:
        """Begin to start, and do not wait for it."""
        with self._lock:
            if self._process is None and not self._stopped:
                self._launch()

    def call(self, function: Callable[..., Any], *arguments: Any, limits: Limits) -> Any:
        """Return ``function(*arguments)``, done in a child of its own; both must be picklable.

        Raises
        ------
        StartError : no child could be started.
        StoppedError : :meth:`stop` was called.
        ReportError : the child went beyond its limits, or ended without an answer; and whatever the function raises.
        """
        ours, theirs = Pipe()
        with ours:
            with theirs:
                self._fork(theirs.fileno(), limits.memory)
            pid, deadline = 0, time.monotonic() + limits.seconds
            try:
                ours.send((function, arguments))
                while True:
                    if not ours.poll(max(0.0, deadline - time.monotonic())):
                        if pid:
                            with suppress(ProcessLookupError):  # it ended just now
                                os.killpg(pid, signal.SIGKILL)
                        raise ReportError(
                            f"The report was stopped after {limits.seconds:g} seconds; raise --timeout or give it "
                            f"less data."
                        )
                    word, value = ours.recv()
                    if word == "started":
                        pid = value
                    elif word == "done":
                        return value
                    elif word == "raised":
                        raise value
                    elif word == "refused":
                        raise StartError(f"The report's process could not be started: {value}.")
                    elif self._stopped:
                        raise StoppedError("The batch was interrupted.")
                    else:
                        raise ReportError(_ending(value))
            except (EOFError, ConnectionError):
                if self._stopped:
                    raise StoppedError("The batch was interrupted.") from None
                kind = ReportError if pid else StartError
                raise kind("The report's process was lost together with the one that starts them.") from None

    def stop(self) -> None:
        """End the server and all its children; calls that wait end with :class:`StoppedError`."""
        self._stopped = True  # before the lock: a start that holds it gives up
        process, control = self._process, self._control
        if process and control:
            if not self._ready:
                process.terminate()  # which is not caught there: an exit raised in the middle of imports can be lost
            with suppress(OSError):
                control.shutdown(socket.SHUT_RDWR)
            _end(process)
        with self._lock:
            self._close()

    def _fork(self, handle: int, memory: int) -> None:
        with self._lock:
            for last in (False, True):  # a server that died just now is found out by speaking to it
                control = self._running()
                try:
                    socket.send_fds(control, [str(memory).encode()], [handle])
                    return
                except OSError:
                    self._close()
                    if last:
                        raise StartError("The process that starts reports is gone.") from None

    def _running(self) -> socket.socket:
        """The socket of a server that is ready, started now if there is none."""
        if self._stopped:
            raise StoppedError("The batch was interrupted.")
        if self._broken:
            raise StartError(BROKEN)
        if self._process is None or (self._ready and self._process.poll() is not None):
            self._close()
            self._launch()
        assert self._control is not None
        if not self._ready:
            ready = b""
            with suppress(OSError):
                ready = self._control.recv(16)
            if not ready:
                self._close()
                self._broken = not self._stopped
                raise StartError(BROKEN)
            self._ready = True
        return self._control

    def _launch(self) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.settimeout(PATIENCE)
        self._folder = tempfile.mkdtemp(prefix="cx-")
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-c", START, str(theirs.fileno()), self._folder, *self.methods],
                env={**self.environment, "TMPDIR": self._folder}, pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip

    def _close(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            _end(self._process)
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._control, self._process, self._folder = None, None, ""
        self._ready = False


Worker = Server | InPlace


def new_worker(methods: Iterable[str]) -> Worker:
    """A place for reports to be made in, warmed up for the words of ``methods``."""
    return Server(clean_environment(), list(dict.fromkeys(methods))) if can_fork() else InPlace()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Wait for a server that was told to end; make it when that takes too long."""
    try:
        process.wait(timeout=FAREWELL)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _ending(status: int) -> str:
    if status == -signal.SIGKILL:
        return "The report's process was killed; most often the machine had no memory left."
    if status < 0:
        return f"The report's process was ended by {signal.Signals(-status).name}."
    return f"The report's process left with code {status} in the middle; look for an exit in the template."
