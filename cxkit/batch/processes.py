"""Tasks in processes of their own, forked from a warm server, with limits of time and memory."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import wait
from typing import Any

from cxkit.errors import ReportError
from cxkit.report.environment import clean_environment

BROKEN = "The process that starts reports could not be started; what it said stands above."
# The folder it happens to start in is not where its imports come from.
START = "import sys; sys.path = list(filter(None, sys.path)); from cxkit.batch.server import main; main(sys.argv[1:])"
WARM = "cxkit-warm"  # the papermill engine that runs cells in such processes
PATIENCE = 300.0  # seconds that the imports and the warm-up may take
LATE: tuple[str, Any] = ("refused", "it took too long")
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


@dataclass(frozen=True)
class _Started:
    """A server process, the socket on which it is asked for children, and the folder for its temporary files."""

    process: subprocess.Popen[bytes]
    control: socket.socket
    folder: tempfile.TemporaryDirectory[str]


class Server:
    """A handle on a server process; it starts with the first call, and again when it has died."""

    def __init__(self, environment: dict[str, str], methods: Sequence[str] = ()) -> None:
        self.environment, self.methods = environment, list(methods)
        self._lock = threading.Lock()
        self._started: _Started | None = None
        self._ready = self._stopped = self._broken = False

    def engine(self, wanted: str) -> str:
        return wanted

    def start(self) -> None:
        """Begin to start, and do not wait for it."""
        with self._lock:
            if self._started is None and not self._stopped:
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
        pid = 0
        with ours:
            try:
                with theirs, self._lock:
                    socket.send_fds(self._running(), [str(limits.memory).encode()], [theirs.fileno()])
                word, value = ours.recv() if ours.poll(PATIENCE) else LATE
                if word == "started":
                    pid = value
                    ours.send((function, arguments))
                    if not ours.poll(limits.seconds):
                        with suppress(ProcessLookupError):  # it ended just now
                            os.kill(pid, signal.SIGKILL)
                        raise ReportError(
                            f"The report was stopped after {limits.seconds:g} seconds; raise --timeout or give it "
                            f"less data."
                        )
                    word, value = ours.recv()
            except (EOFError, ConnectionError):
                self._refuse_when_stopped()
                kind = ReportError if pid else StartError
                raise kind("The report's process was lost together with the one that starts them.") from None
        if word == "done":
            return value
        if word == "raised":
            raise value
        if word == "refused":
            raise StartError(f"The report's process could not be started: {value}.")
        self._refuse_when_stopped()
        raise ReportError(_ending(value))

    def stop(self) -> None:
        """End the server and all its children; calls that wait end with :class:`StoppedError`."""
        self._stopped = True  # before the lock: a start that holds it gives up
        if started := self._started:
            if not self._ready:
                started.process.terminate()  # not caught there: an exit raised in the middle of imports can be lost
            with suppress(OSError):
                started.control.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._close()

    def _refuse_when_stopped(self) -> None:
        if self._stopped:
            raise StoppedError("The batch was interrupted.")

    def _running(self) -> socket.socket:
        """The socket of a server that is ready, started now if there is none."""
        self._refuse_when_stopped()
        if self._broken:
            raise StartError(BROKEN)
        if self._started and self._ready and wait([self._started.control], 0):  # all it can have to say is its end
            self._close()
        control = self._started.control if self._started else self._launch()
        if not self._ready:
            with suppress(OSError):
                self._ready = bool(control.recv(16))
            if not self._ready:
                self._close()
                self._refuse_when_stopped()
                self._broken = True
                raise StartError(BROKEN)
        return control

    def _launch(self) -> socket.socket:
        control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        control.settimeout(PATIENCE)
        folder = tempfile.TemporaryDirectory(prefix="cx-", ignore_cleanup_errors=True)  # the server removes it, too
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-c", START, str(theirs.fileno()), folder.name, *self.methods],
                env={**self.environment, "TMPDIR": folder.name}, pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        self._started = _Started(process, control, folder)
        return control

    def _close(self) -> None:
        """Wait for the end of a server that was told to end or has ended; make it when that takes too long."""
        if started := self._started:
            started.control.close()
            try:
                started.process.wait(timeout=FAREWELL)
            except subprocess.TimeoutExpired:
                started.process.kill()
                started.process.wait()
            started.folder.cleanup()
        self._started, self._ready = None, False


Worker = Server | InPlace


def new_worker(methods: Iterable[str]) -> Worker:
    """A place for reports to be made in, warmed up for the words of ``methods``."""
    return Server(clean_environment(), list(dict.fromkeys(methods))) if can_fork() else InPlace()


def _ending(status: int) -> str:
    if status == -signal.SIGKILL:
        return "The report's process was killed; most often the machine had no memory left."
    if status < 0:
        return f"The report's process was ended by {signal.Signals(-status).name}."
    return f"The report's process left with code {status} in the middle; look for an exit in the template."
