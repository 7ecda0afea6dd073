"""How commands end: in one sentence and an exit code, with everything cleaned up, whatever happened."""

import errno
import io
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import click

from cxkit.errors import DISK_FULL, CxError, LockedError, SettingsError
from cxkit.show.language import plain


class PlainErrors(click.Group):
    """End in one sentence instead of a traceback, with 2 for settings, 3 for the machine, 1 for the rest."""

    def invoke(self, ctx: click.Context) -> Any:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # a name that this terminal cannot show must not end a batch
        try:
            with _terminated():
                return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("cxkit: Interrupted.", err=True)
            sys.exit(128 + signal.SIGINT)
        except CxError as error:
            click.echo(f"cxkit: {plain(error)}", err=True)
            sys.exit(4 if isinstance(error, LockedError) else 2 if isinstance(error, SettingsError) else 1)
        except RecursionError:
            click.echo("cxkit: Something in settings or files is nested too deep; give it fewer levels.", err=True)
            sys.exit(1)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                click.echo(f"cxkit: {DISK_FULL}", err=True)
                sys.exit(3)
            if error.errno == errno.EPIPE:
                raise
            place = f" ({error.filename})" if error.filename else ""
            click.echo(f"cxkit: {error.strerror or error}{place}; check the folder and its rights.", err=True)
            sys.exit(3)


@contextmanager
def _terminated() -> Iterator[None]:
    """Make SIGTERM an exit that cleans up, as SIGINT is one; what Python must ignore just then comes once more."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before, hook = signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number)), sys.unraisablehook

    def again(lost: Any) -> None:
        number = {KeyboardInterrupt: signal.SIGINT, SystemExit: signal.SIGTERM}.get(lost.exc_type)
        if number is None:
            hook(lost)
        else:
            threading.Timer(0.05, os.kill, (os.getpid(), number)).start()

    sys.unraisablehook = again
    try:
        yield
    finally:
        sys.unraisablehook = hook
        signal.signal(signal.SIGTERM, before)


@contextmanager
def unread() -> Iterator[None]:
    """Print inside this: a batch goes on when nobody reads what it says any more, as after ``| head``."""
    with suppress(BrokenPipeError):
        yield
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
