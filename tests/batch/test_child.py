"""A forked child shows what a real kernel shows: the same notebooks, cell by cell, with both engines.

The templates are compared in tests/test_templates.py, where real kernels run them anyway.
"""

import re
import tempfile
from contextlib import suppress

import nbformat
import papermill
import pytest
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError

ALL_KINDS = [
    "import sys, os, warnings\nprint('out'); print('err', file=sys.stderr); print('out again')",
    "1 + 1",
    "from IPython.display import display, HTML, clear_output\nh = display(HTML('<b>1</b>'), display_id='x')",
    "display({'a': 1}); 'last'",
    "h.update(HTML('<b>2</b>'))",
    "print('gone'); clear_output(); print('stays')",
    "print('gone'); clear_output(wait=True); display(3)",
    "os.system('echo from a subprocess')",
    "import asyncio\nawait asyncio.sleep(0.01)\nasyncio.get_running_loop().is_running()",
    "import matplotlib.pyplot as plt\nfig, ax = plt.subplots(figsize=(2, 2)); ax.plot([1, 2]); plt.show()",
    "ax.plot([3, 1]); fig",
    "%matplotlib inline\nplt.plot([1, 3]);",
    "class Odd:\n    def _repr_html_(self): raise ValueError('no html')\n    def __repr__(self): return 'odd'\nOdd()",
    "import numpy as np\nnp.random.seed(1); np.random.rand()",
    "_, Out[2], __name__, In[1][:6], sys.argv[0], sys.path",
    "warnings.warn('look')",
    "input('? ')",
    "def f(): return 1 / 0\nf()",
    "print('after the error')",
]
PATIENT = {"start_timeout": 600, "iopub_timeout": 600}


def run(path, engine, **settings):
    """The cells as run, errors included, in a form that no clock or process id gets into."""
    out = path.with_name(f"{path.stem}-{engine}.ipynb")
    try:
        papermill.execute_notebook(
            str(path),
            str(out),
            engine_name=engine,
            progress_bar=False,
            start_timeout=600,
            iopub_timeout=600,
            **settings,
        )
        raised = None
    except PapermillExecutionError as error:
        raised = (error.cell_index, error.exec_count, error.ename, error.evalue)
    notebook = nbformat.read(out, as_version=4)
    cells = [(cell.get("execution_count"), plain(cell.get("outputs", []))) for cell in notebook.cells]
    return cells, raised, notebook.metadata.get("language_info")


def answered(path):
    """The run of a real kernel; again where the kernel that a cell ends was gone before nbclient had read its answer,
    which on a busy machine is a matter of chance."""
    for _ in range(20):
        with suppress(DeadKernelError):
            return run(path, "nbclient")
    raise AssertionError("the kernel never lived to answer")


def plain(outputs):
    """Streams joined as a reader sees them: when a kernel sends a part of its text is a matter of its clock."""
    joined = []
    for output in outputs:
        if output.output_type == "stream":
            same = [one for one in joined if one.output_type == "stream" and one.name == output.name]
            if same:
                same[0].text += output.text
                continue
        joined.append(output)
    joined.sort(key=lambda one: one.name if one.output_type == "stream" else "")
    cell = rf"{re.escape(tempfile.gettempdir())}/(cx-[^/]+/)*ipykernel_\d+/\d+\.py"
    return re.sub(rf"{cell}|0x[0-9a-f]+", "?", str(joined))


@pytest.fixture
def notebook(tmp_path):
    def notebook(*sources, allow=False):
        tags = {"tags": ["raises-exception"]} if allow else {}
        cells = [nbformat.v4.new_code_cell(source, metadata=dict(tags)) for source in sources]
        made = nbformat.v4.new_notebook(cells=cells)
        made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(made, tmp_path / "made.ipynb")
        return tmp_path / "made.ipynb"

    return notebook


@pytest.fixture(autouse=True)
def as_outside_a_test(monkeypatch):
    monkeypatch.delenv("PYTEST_CURRENT_TEST")  # kernels capture subprocesses differently under it


def test_every_kind_of_output_is_the_same(notebook):
    path = notebook(*ALL_KINDS, allow=True)
    warm, cold = run(path, "cxkit-warm"), run(path, "nbclient")
    assert len(warm[0]) == len(cold[0]) >= len(ALL_KINDS)
    for place, (one, other) in enumerate(zip(warm[0], cold[0], strict=True)):
        assert one == other, place
    assert warm[1:] == cold[1:]


@pytest.mark.parametrize(
    "source", ["def f(): return 1 / 0\nf()", "x = (", "import sys\nsys.exit(0)", "import sys\nsys.exit(3)", "exit()"]
)
def test_a_notebook_ends_at_the_same_error(source, notebook):
    path = notebook("1", source, "print('after')")
    assert run(path, "cxkit-warm") == answered(path)


def test_a_notebook_has_a_process_of_its_own(notebook):
    path = notebook("import os, cxkit\ncxkit.left = 1\nos.getpid()")
    first, again = run(path, "cxkit-warm"), run(path, "cxkit-warm")
    assert first != again
    look = notebook("import cxkit\nhasattr(cxkit, 'left')")
    assert "False" in run(look, "cxkit-warm")[0][0][1]


def test_a_notebook_sees_the_folder_and_environment_of_its_caller(notebook, tmp_path, monkeypatch):
    monkeypatch.setenv("SOME_SETTING", "of the caller")
    path = notebook("import os\nos.environ['SOME_SETTING'], os.path.realpath(os.getcwd())")
    shown = run(path, "cxkit-warm", cwd=str(tmp_path))[0][0][1]
    assert "of the caller" in shown
    assert str(tmp_path.resolve()) in shown


def test_another_language_gets_a_normal_kernel(notebook, caplog):
    path = notebook("1")
    path.write_text(path.read_text().replace('"language": "python"', '"language": "R"'))
    with suppress(Exception):  # there may be no such kernel here; what counts is that it was asked for
        run(path, "cxkit-warm")
    assert "a normal kernel runs this one" in caplog.text
