"""The papermill engine ``cxkit-warm``: a notebook's cells run in a process forked from a warm one."""

import atexit
import os
from functools import lru_cache
from typing import Any

from papermill.engines import Engine, NBClientEngine, NotebookExecutionManager
from papermill.log import logger

from cxkit.batch import processes
from cxkit.batch.processes import Limits, Server, can_fork


class WarmEngine(Engine):
    """``papermill in.ipynb out.ipynb --engine cxkit-warm``, and what ``cxkit batch`` uses.

    Pays in Python, where one process runs many notebooks: the first call imports pandas, matplotlib, statsmodels and
    cxkit once; each notebook then has a fresh process without their start. Needs Linux and a Python notebook, and
    otherwise says so and uses papermill's normal kernels. Cells are reported when the whole notebook has run.
    """

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **settings: Any) -> Any:
        if not can_fork() or nb_man.nb.metadata.get("kernelspec", {}).get("language", "python") != "python":
            logger.warning("cxkit-warm needs Linux and a Python notebook; a normal kernel runs this one.")
            return NBClientEngine.execute_managed_notebook(nb_man, kernel_name, **settings)
        if processes.forked:
            return _run_cells(nb_man, settings)
        seconds = settings.get("execution_timeout") or 24 * 3600
        task = (_run_notebook, nb_man.nb, os.getcwd(), dict(os.environ))
        nb_man.nb.update(_server().call(*task, limits=Limits(seconds, 0)))
        return nb_man.nb


def _run_cells(nb_man: Any, settings: dict[str, Any]) -> Any:
    """Run the cells in this process."""
    from cxkit.batch.child import ShellClient

    known = {name: value for name, value in settings.items() if name in ShellClient.class_traits()}
    return ShellClient(nb_man, log=logger, **known).execute()


def _run_notebook(notebook: Any, folder: str, environment: dict[str, str]) -> Any:
    """Run the cells in a child, where the caller is."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    nb_man = NotebookExecutionManager(notebook, progress_bar=False)
    _run_cells(nb_man, {})
    return nb_man.nb


@lru_cache
def _server() -> Server:
    server = Server(dict(os.environ) | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"})
    atexit.register(server.stop)
    return server
