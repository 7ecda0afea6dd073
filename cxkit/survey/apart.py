"""What a reader says that runs in a process of its own, where a damaged file can end only that."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from cxkit.errors import DataError
from cxkit.survey import reader_child

DAMAGED = "damaged"


class Conversation:
    """The lines of a child one by one; its last word, unless it is that this was all, is an error."""

    def __init__(self, child: Any, refused: Callable[[str], DataError]) -> None:
        self._child, self._refused = child, refused

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        line = self._child.stdout.readline()
        said = json.loads(line) if line.endswith("\n") else DAMAGED
        if said == "end":
            raise StopIteration
        if isinstance(said, str):
            raise self._refused(said)
        return said

    def answer(self, value: Any) -> None:
        with suppress(BrokenPipeError):  # its last word tells why
            os.write(self._child.stdin.fileno(), f"{json.dumps(value)}\n".encode())


@contextmanager
def apart(work: str, *given: Any, refusals: Mapping[str, str]) -> Iterator[Conversation]:
    """Have a file read by :mod:`reader_child`.

    Parameters
    ----------
    work, given : the function and what it is given.
    refusals : the child's word -> the sentence of the error; that of "damaged" is also for a child that ended.
    """

    def refused(word: str) -> DataError:
        return DataError(refusals.get(word, refusals[DAMAGED]))

    command = [sys.executable, "-P", reader_child.__file__, json.dumps([work, *given])]
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nowhere, encoding="utf-8") as child:
        try:
            yield Conversation(child, refused)
        finally:
            child.kill()
