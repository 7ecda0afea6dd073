"""Put a finished bundle in place so that a reader sees the old one or the new one, never half of one."""

import ctypes
import hashlib
import os
import re
import shutil
import sys
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from cxkit.errors import SettingsError

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_PATHLIKE = re.compile(r"^\.|[/\\]")
_NO_TEXT = re.compile(r"[\x00-\x1f\ud800-\udfff]")
MAX_ID = 200
# Names that Windows keeps for devices, and those of a batch's own files.
_TAKEN = {"index.html", "summary.json", "summary.csv", "results.csv", "results.parquet"}
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{k}" for port in ("com", "lpt") for k in range(10))}


def folder_name(client: str) -> str:
    """Return the folder of a client id: the id itself, or its safe part and a hash when it is no plain name.

    Raises
    ------
    SettingsError : the id is empty, longer than 200 characters, no proper text, or looks like a path.

    >>> folder_name("007"), folder_name("Ferghana Dairy")
    ('007', 'Ferghana-Dairy-4f05f1c5')
    """
    if fault := folder_fault(client):
        raise SettingsError(f'The client id "{" ".join(client[:40].split())}" {fault}.')
    reserved = client.endswith(".") or client.lower() in _TAKEN or client.split(".")[0].lower() in _DEVICES
    if _SAFE.fullmatch(client) and not reserved:
        return client
    safe = re.sub(r"[^A-Za-z0-9_-]+", "-", unicodedata.normalize("NFKD", client)).strip("-")[:40]
    return f"{safe or 'client'}-{hashlib.sha256(client.encode()).hexdigest()[:8]}"


def folder_fault(client: str) -> str:
    """Why a client id cannot name a folder, and what to do, as the end of a sentence; "" when it can."""
    if len(client) > MAX_ID:
        return f"has {len(client)} characters and cannot name a folder; give letters and digits, at most {MAX_ID}"
    start = "cannot name a folder; give letters and digits, "
    if not client.strip():
        return f"{start}such as 007"
    if _NO_TEXT.search(client):
        return f"{start}no line breaks or characters that cannot be shown"
    return f"{start}no / \\ or dot first" if _PATHLIKE.search(client) else ""


@contextmanager
def staging_folder(out: Path) -> Iterator[Path]:
    """A new folder inside ``out``, on its filesystem; whatever is left in it at the end is removed."""
    out.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".staging-", dir=out))
    lock = FileLock(folder / ".lock")  # which says that it is in use, and is free when this process has ended
    try:
        lock.acquire()
        yield folder
    finally:
        lock.release()  # first, as Windows keeps a folder with an open file
        shutil.rmtree(folder, ignore_errors=True)


def clear_stale(out: Path) -> None:
    """Remove what a killed run left behind, and put back a bundle that it was about to replace."""
    for folder in out.glob(".staging-*"):
        with suppress(Timeout, OSError):
            FileLock(folder / ".lock").acquire(timeout=0).lock.release()  # else another run works in it
            shutil.rmtree(folder, ignore_errors=True)
    for folder in out.glob("*/.old-*"):
        for bundle in folder.iterdir():
            if not (folder.parent / bundle.name).exists():
                bundle.rename(folder.parent / bundle.name)
        shutil.rmtree(folder, ignore_errors=True)
    for file in out.glob(".new-*"):
        file.unlink(missing_ok=True)


def publish(bundle: Path, target: Path) -> None:
    """Move a complete bundle to ``target``; an earlier bundle there is kept until the new one is in place.

    On Linux they change places in one step. Where that does not work, as on some network folders, there is neither
    for a moment, and a run that is killed just then leaves the old one where the next run finds it.
    """
    for path in bundle.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_dir() and _exchange(bundle, target):
        return
    old = Path(tempfile.mkdtemp(prefix=".old-", dir=target.parent)) / target.name
    try:
        if target.exists():
            target.rename(old)
        bundle.rename(target)
    except BaseException:  # also an interrupt between the two renames must not lose the earlier bundle
        if old.exists() and not target.exists():
            old.rename(target)
        raise
    finally:
        if target.exists() or not old.exists():
            shutil.rmtree(old.parent, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; False where the system cannot."""
    swap = getattr(ctypes.CDLL(None), "renameat2", None) if sys.platform == "linux" else None
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    return swap is not None and swap(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0


def write_atomic(path: Path, text: str) -> None:
    """Write a text file so that a reader sees the old content or the new, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
