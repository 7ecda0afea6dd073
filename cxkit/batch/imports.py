"""Imports without a second of work that nobody here needs."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

GRAMMARS = "rfc3987_syntax"


@contextmanager
def quick_imports() -> Iterator[None]:
    """Import notebooks' libraries inside this.

    Where JupyterLab is installed too, jsonschema finds a package that builds grammars of web addresses for 1.4 s,
    half of papermill's start. Nothing here checks such addresses, and jsonschema does without it when it is absent.
    """
    absent = GRAMMARS not in sys.modules
    if absent:
        sys.modules[GRAMMARS] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if absent:
            del sys.modules[GRAMMARS]
