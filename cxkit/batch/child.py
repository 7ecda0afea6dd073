"""Run a notebook's cells in this process, by the machinery of a real kernel, so that the outputs are the same."""

import os
import queue
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ipykernel
import ipykernel.debugger
from ipykernel.inprocess.ipkernel import InProcessKernel
from ipykernel.iostream import OutStream
from ipykernel.kernelapp import IPKernelApp
from ipykernel.zmqshell import ZMQInteractiveShell
from jupyter_core.utils import run_sync
from papermill.clientwrap import PapermillNotebookClient
from traitlets import default
from traitlets.config import Config

LAUNCHER = str(Path(ipykernel.__file__).parent.parent / "ipykernel_launcher.py")  # a kernel's sys.argv[0]


class _Kernel(InProcessKernel):
    """ipykernel's kernel without sockets; like a real one it also shows what C code and subprocesses print."""

    _supports_kernel_subshells = False

    @default("shell_class")
    def _default_shell_class(self) -> type:
        return ZMQInteractiveShell

    @default("stdout")
    def _default_stdout(self) -> OutStream:
        return OutStream(self.session, self.iopub_thread, "stdout", watchfd=True)

    @default("stderr")
    def _default_stderr(self) -> OutStream:
        return OutStream(self.session, self.iopub_thread, "stderr", watchfd=True)


class _Messages:
    """What a kernel said, in the order said; the face of it that nbclient asks for messages."""

    def __init__(self) -> None:
        self.queue: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.call_handlers = self.queue.put

    async def get_msg(self, timeout: float | None = None) -> Any:
        return self.queue.get(timeout=60)  # everything was said before execute returned; 60 s are for a fault of ours


class _Client:
    """The few words of a kernel client that nbclient uses; a cell runs inside ``execute``."""

    allow_stdin = False

    def __init__(self) -> None:
        self.kernel: Any = _Kernel(config=Config({"HistoryManager": {"hist_file": ":memory:"}}))
        self.kernel.shell_channel_thread = SimpleNamespace(parent_thread=None)  # asked for by cells with await
        application = IPKernelApp.instance()
        application.kernel = self.kernel  # where %matplotlib looks for it
        application.init_path()
        self.session: Any = self.kernel.session
        self.shell_channel, self.iopub_channel = _Messages(), _Messages()
        self.kernel.frontends.append(self)
        self.streams = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = self.kernel.stdout, self.kernel.stderr

    async def execute(self, code: str, *, store_history: bool = True, stop_on_error: bool = True) -> str:
        content = {"code": code, "silent": False, "store_history": store_history, "user_expressions": {},
                   "allow_stdin": False, "stop_on_error": stop_on_error}  # fmt: skip
        return await self._ask("execute_request", content)

    def kernel_info(self) -> str:
        return run_sync(self._ask)("kernel_info_request", {})  # papermill does not await this one

    async def is_alive(self) -> bool:
        return True

    async def _ask(self, kind: str, content: dict[str, Any]) -> str:
        message = self.session.msg(kind, content)
        stream = self.kernel.shell_stream
        self.session.send(stream, message)
        await self.kernel.dispatch_shell(stream.recv_multipart())
        _, reply = self.session.recv(stream, copy=False)
        self.shell_channel.queue.put(reply)
        return message["header"]["msg_id"]

    def close(self) -> None:
        sys.stdout, sys.stderr = self.streams
        self.kernel.stdout.close()
        self.kernel.stderr.close()
        self.kernel.iopub_thread.stop()


class ShellClient(PapermillNotebookClient):
    """papermill's client with the kernel in this very process; run it in a process made for one notebook only."""

    @contextmanager
    def setup_kernel(self, **kwargs: Any) -> Iterator[None]:
        # What ipykernel's launcher does before a kernel's first cell.
        os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
        sys.argv[:] = [LAUNCHER]
        client = _Client()
        self.kc = client
        try:
            yield
        finally:
            client.close()
            self.kc = None  # type: ignore[assignment]
