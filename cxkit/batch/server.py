"""The server: a process that has imported everything once and forks a child of its own for each task.

Linux only. It runs no task itself and speaks on one inherited socket: a message carries a memory limit and the
socket on which the child gets its task and answers. The server adds how the child ended. When the parent goes away,
the server ends all children and itself.

It is not multiprocessing's forkserver, which makes a report as fast: that one ends when a fork is refused, and all
that run are lost; a daemonic process, such as a worker of Dask, may start nothing by it; a process has only one, in
its own environment and with its own ``__main__``; and an ImportError while it warms up is passed over.
"""

import ctypes
import gc
import os
import pickle
import resource
import shutil
import signal
import socket
import tempfile
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import Any

import psutil

from cxkit.batch import processes
from cxkit.batch.imports import quick_imports
from cxkit.errors import ReportError

SUBREAPER, DEATH_SIGNAL = 36, 1  # prctl(2): orphans come to this process; it dies with the one that forked it
Children = dict[int, tuple[Connection, str]]  # by process: the socket to the parent, and a folder for temporary files


def main(arguments: list[str]) -> None:
    """Warm up and serve: ``arguments`` are the number of the socket, the folder for temporary files, which is removed
    at the end, and the methods to warm up for."""
    handle, folder, *methods = arguments
    gc.disable()  # imports make no garbage, and looking for it takes a tenth of their time
    with quick_imports():
        from cxkit.batch.preload import preload

        preload(methods)
    gc.collect()
    gc.freeze()  # so that a child's garbage collection does not copy the pages it shares
    gc.enable()
    serve(socket.socket(fileno=int(handle)))
    shutil.rmtree(folder, ignore_errors=True)  # the parent does it too, unless it was killed
    os._exit(0)  # taking all modules down would keep the batch waiting


def serve(control: socket.socket) -> None:
    """Fork a child for each message until the parent closes ``control``."""
    _prctl(SUBREAPER, 1)
    children: Children = {}
    ends: dict[int, int] = {}  # by the handle that tells the end of a child: the child
    with suppress(OSError):  # the parent is gone, as the next message will say
        control.send(b"ready")
    while True:
        for ready in wait([control, *ends]):
            if isinstance(ready, int):
                os.close(ready)
                _reap(ends.pop(ready), children)
                continue
            message, handles, *_ = socket.recv_fds(control, 64, 1)
            if not message:
                return _end(children)
            channel = Connection(handles[0])
            try:
                folder = tempfile.mkdtemp(prefix="cx-")
                pid = os.fork()
            except OSError as error:
                _tell(channel, "refused", error.strerror)
                continue
            if pid == 0:
                control.close()
                for other, _ in children.values():
                    other.close()
                _child(channel, int(message), folder)
            children[pid] = channel, folder
            ends[os.pidfd_open(pid)] = pid


def _child(channel: Connection, memory: int, folder: str) -> None:
    """Do one task and leave without cleaning up: the server removes ``folder``, where temporary files go."""
    try:
        os.setsid()
        _prctl(DEATH_SIGNAL, signal.SIGKILL)
        _prctl(SUBREAPER, 1)  # so that only those whose child has ended come to the server
        nowhere = os.open(os.devnull, os.O_RDWR)
        for handle in (0, 1, 2):
            os.dup2(nowhere, handle)
        os.environ["TMPDIR"] = tempfile.tempdir = folder
        processes.forked = True
        channel.send(("started", os.getpid()))
        function, arguments = channel.recv()
        soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if memory:
            most = psutil.Process().memory_info().data + memory
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
        try:
            answer: tuple[str, Any] = ("done", function(*arguments))
        except BaseException as error:
            answer = ("raised", error)
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
        channel.send(answer if answer[0] == "done" else ("raised", _sendable(answer[1])))
        os._exit(0)
    finally:  # whatever happened, a child never becomes a second server
        os._exit(1)


def _sendable(error: BaseException) -> Exception:
    """An error as the parent can take it: one that ends a process, such as SystemExit, must not end the batch."""
    if not isinstance(error, Exception):
        return ReportError(f"The report's process met {type(error).__name__}; look for an exit in the template.")
    try:
        return pickle.loads(pickle.dumps(error))
    except Exception:
        return ReportError(f"unexpected {type(error).__name__}")


def _reap(pid: int, children: Children) -> None:
    """Collect an ended child with whatever it left running, and say how it ended."""
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    channel, folder = children.pop(pid)
    while others := [left for left in psutil.Process().children() if left.pid not in children]:
        for left in others:  # what it left running comes here, and when that has ended, what that left running
            left.kill()
            left.wait()
    shutil.rmtree(folder, ignore_errors=True)
    _tell(channel, "ended", status)


def _tell(channel: Connection, word: str, value: Any) -> None:
    with channel, suppress(OSError):  # the parent may have read what it wanted, or be gone
        channel.send((word, value))


def _end(children: Children) -> None:
    for pid in children:
        os.kill(pid, signal.SIGKILL)
    for pid in list(children):
        _reap(pid, children)


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
