"""Warm a process up: import what reports need and make one dummy report of each method, so that caches are filled."""

import ast
import tempfile
import warnings
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import nbformat
from IPython.core.formatters import DisplayFormatter

import cxkit.batch.child
import cxkit.batch.overview
import cxkit.report.make  # noqa: F401  all that a child will use
from cxkit.methods import METHODS
from cxkit.methods.asked import options_of
from cxkit.report.brand import Brand
from cxkit.report.gate import check_page
from cxkit.report.page import report_page
from cxkit.report.template import find_template

# What a kernel imports only when it begins.
LATE = ("IPython.core.completerlib", "IPython.core.logger", "IPython.core.oinspect", "sqlite3",
        "tornado.platform.asyncio", "zmq.utils.garbage")  # fmt: skip


def preload(methods: Sequence[str]) -> None:
    """Run the templates of ``methods`` on their sample data in this process, without a kernel, and throw away what
    they show; templates of one's own are not run, as nobody knows what they would leave behind."""
    for module in LATE:
        import_module(module)
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")  # and so that the warnings of a child's cells are still its first
        for method in methods:
            if method in METHODS:
                notebook = nbformat.read(find_template(method), as_version=4)
                names: dict[str, Any] = {}
                few = {"resamples": 100} if "resamples" in options_of(method) else {}
                for cell in notebook.cells:
                    if cell.cell_type == "code":
                        cell.outputs = _outputs(cell.source, names)
                        names.update(out=folder, options=few)  # the fewest that are taken: nobody reads it
                check_page(report_page(notebook, method=method, name="", lang="en", date="", brand=Brand()))


def _outputs(source: str, names: dict[str, Any]) -> list[Any]:
    """Run a cell and return its last expression as a kernel would show it."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    if not isinstance(last, ast.Expr):
        return []
    value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
    if value is None:
        return []
    data, metadata = DisplayFormatter().format(value)
    return [nbformat.v4.new_output("execute_result", data=data, metadata=metadata)]
