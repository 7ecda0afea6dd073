"""What a person sees who asks for help in a notebook: the names behind ``cx.`` and the docstring of each."""

import importlib
import inspect
import pkgutil
import re

import pytest

import cxkit as cx
from cxkit.measure.common import Keywords

SCREEN = 45  # lines of a docstring that a person reads without scrolling
FUNCTIONS = sorted(name for name in dir(cx) if inspect.isfunction(getattr(cx, name)))


def test_completion_names_what_is_public_and_no_module():
    for part in pkgutil.iter_modules(cx.__path__):
        importlib.import_module(f"cxkit.{part.name}")  # which makes it an attribute of the package
    modules = {name for name, value in vars(cx).items() if inspect.ismodule(value)}
    assert {"cli", "batch", "show", "stats"} <= modules
    shown = [name for name in dir(cx) if not name.startswith("__")]  # notebooks leave out what begins so themselves
    assert [name for name in shown if name in modules or name.startswith("_")] == []


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_docstring_fits_a_screen(name):
    assert len(inspect.getdoc(getattr(cx, name)).splitlines()) <= SCREEN


@pytest.mark.parametrize("word", cx.METHODS)
def test_a_method_documents_each_of_its_parameters_by_name(word):
    compute = getattr(cx, word)
    told = inspect.getdoc(compute).split("Returns\n-------")[0].split("Parameters\n----------")[1]
    named = {*inspect.signature(compute).parameters, *Keywords.__annotations__}
    assert [name for name in named if not re.search(rf"\b{name}\b", told)] == []


@pytest.mark.parametrize("word", cx.METHODS)
def test_a_method_says_what_comes_out_what_is_raised_and_where_its_formula_is_from(word):
    doc = inspect.getdoc(getattr(cx, word))
    assert "\nReturns\n-------\n" in doc
    assert "\nRaises\n------\n" in doc
    assert "\n>>> import cxkit as cx\n" in doc
    assert re.search(r"\b(18|19|20)\d\d\b", doc)
