"""One batch at a time in a folder of reports."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from cxkit.errors import LockedError


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Hold the folder ``out`` for this process; the system frees it when the process ends, however it ends.

    Raises
    ------
    LockedError : another process holds it; the sentence names it.
    """
    out.mkdir(parents=True, exist_ok=True)
    lock, holder = FileLock(out / ".lock"), out / ".holder"
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise LockedError(
            f'Another batch works in "{out.name}"{_holder(holder)}; wait for its end, or choose another folder.'
        ) from None
    try:
        started = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
        holder.write_text(json.dumps({"process": os.getpid(), "started": started}), encoding="utf-8")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _holder(path: Path) -> str:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return f" (process {found['process']}, since {found['started']})"
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""
