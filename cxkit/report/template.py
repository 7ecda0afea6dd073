"""Templates and their parameters: found, listed and checked before any kernel starts."""

import ast
import math
import re
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
from papermill import inspect_notebook

import cxkit
from cxkit.errors import SettingsError, did_you_mean
from cxkit.methods import METHODS
from cxkit.methods.asked import Option, options_of
from cxkit.show.language import language
from cxkit.survey.yamlfile import TOO_DEEP, DepthError, is_deep, yaml_value

OWN = {"data_path": str, "codebook": str, "tables": dict, "options": dict, "where": dict, "lang": str}  # a notebook's
PATHS = ("data_path", "codebook")
TYPES: dict[str, type] = {"str": str, "int": int, "float": float, "bool": bool, "list": list, "dict": dict}


def find_template(method: str) -> Path:
    """Return the template of a method's word, or of a user's own path that ends in .ipynb."""
    if method.endswith(".ipynb"):
        if Path(method).is_file():
            return Path(method).resolve()
        raise SettingsError(f'The template "{Path(method).name}" was not found; check the path.')
    known = _templates()
    if method not in known:
        raise SettingsError(f'There is no method "{method}"; {did_you_mean(method, known)}')
    return known[method]


@lru_cache
def _templates() -> dict[str, Path]:
    """The house's templates by their method's word; read from the folder, as importing the methods takes seconds."""
    package = Path(cxkit.__file__).parent
    for folder in (package / "templates", package.parent / "templates"):
        if found := {path.stem: path for path in sorted(folder.glob("*.ipynb"))}:
            return found
    raise SettingsError("The templates are not installed; install cxkit again.")


@lru_cache
def template_parameters(template: Path) -> dict[str, dict[str, str]]:
    """Read the parameters cell of a template: name -> ``inferred_type_name default help`` as papermill says it."""
    try:
        return inspect_notebook(str(template))
    except RecursionError:
        raise SettingsError(f'In the template "{template.name}" {TOO_DEEP}; save it anew from JupyterLab.') from None
    except Exception as error:  # nbformat and papermill have many ways to say that a file is no notebook
        kind = type(error).__name__
        raise SettingsError(
            f'The template "{template.name}" is no notebook papermill can read ({kind}); save it from JupyterLab.'
        ) from None


@lru_cache
def template_options(template: Path) -> dict[str, Option]:
    """The settings that a template takes in its ``options``, by name; it names its method where it calls cx.asked."""
    if "options" not in template_parameters(template):
        return {}
    cells = nbformat.read(template, as_version=4).cells
    named = re.search(r"""cx\.asked\(\s*["'](\w+)["']""", "\n".join(cell.source for cell in cells))
    return options_of(named[1]) if named and named[1] in METHODS else {}


def with_options(template: Path, values: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as papermill is given them: what the parameters cell does not declare goes into ``options``, over
    what the notebook says there itself."""
    declared = template_parameters(template)
    beside = {name: value for name, value in values.items() if name not in declared}
    if "options" not in declared or not (beside or "options" in values):
        return dict(values)
    own = _literals(template).get("options")
    options = {**(own if isinstance(own, dict) else {}), **values.get("options", {}), **beside}
    return {**{name: value for name, value in values.items() if name in declared}, "options": options}


def own_values(method: str) -> dict[str, Any]:
    """What a user's own notebook says in its parameters cell about data, language and rows, where it says something;
    about the codebook also that there is none.

    A relative path there means the notebook's folder, where JupyterLab runs it; it is returned absolute. The house's
    templates have no codebook and say nothing else: their data are samples.
    """
    if not method.endswith(".ipynb"):
        return {"codebook": ""}
    template = find_template(method)
    known = template_parameters(template)
    said = {
        name: value
        for name, value in _literals(template).items()
        if name in OWN and name in known and (value or name == "codebook") and isinstance(value, OWN[name])
    }
    return with_paths(said, template.parent)


def needs_data(method: str) -> bool:
    """Whether a template has no data of its own: the house's have none but samples, a user's notebook may have."""
    return not method.endswith(".ipynb") or _literals(find_template(method)).get("data_path") == ""


def with_paths(values: Mapping[str, Any], base: Path) -> dict[str, Any]:
    """Parameters whose paths of data and codebook are seen from the folder ``base``, with absolute ones instead."""
    return {
        name: located(value, base) if name in PATHS and isinstance(value, str) else value
        for name, value in values.items()
    }


def located(path: str, base: Path) -> str:
    """A path as seen from the folder ``base``; samples, addresses and "" stay as they are."""
    return path if not path or path.startswith("sample:") or "://" in path else str((base / path).resolve())


@lru_cache
def _literals(template: Path) -> dict[str, Any]:
    """The values of a parameters cell that can be read without running it; the last one of a name holds."""
    cells = nbformat.read(template, as_version=4).cells
    source = next((cell.source for cell in cells if "parameters" in cell.metadata.get("tags", [])), "")
    found: dict[str, Any] = {}
    with suppress(SyntaxError, ValueError, RecursionError, MemoryError):  # of another language, or too deep
        for line in ast.parse(source).body:
            names = line.targets if isinstance(line, ast.Assign) else [getattr(line, "target", None)]
            value = getattr(line, "value", None)
            for name in names:
                if isinstance(name, ast.Name) and value is not None:
                    found.pop(name.id, None)
                    with suppress(ValueError):
                        found[name.id] = ast.literal_eval(value)
    return found


def check_parameters(template: Path, values: Mapping[str, Any]) -> dict[str, Any]:
    """Check names, types and language of parameters against the template.

    Raises
    ------
    SettingsError : a name is not in the parameters cell, a value has another type or is not plain, or the
        language is unknown.
    """
    given = values.get("options", {})
    beside = given if isinstance(given, dict) and template_options(template) else {}
    for name, value in {**values, **beside}.items():
        expected, default = _expected(template, name)
        if is_deep(value):
            raise SettingsError(f'In the parameter "{name}" of "{template.stem}" {TOO_DEEP}; give a flatter value.')
        if not expected.fits(value):
            raise SettingsError(
                f'The parameter "{name}" of "{template.stem}" is {value!r}; expected {expected.kind.__name__}, such '
                f"as {default}."
            )
        if not _plain(value):
            raise SettingsError(
                f'The parameter "{name}" holds {value!r}; give text, finite numbers, lists and dicts.'
            )
    language(values.get("lang", "en"))
    return dict(values)


def parse_parameter(template: Path, text: str) -> tuple[str, Any]:
    """Read ``name=value`` of a command line by the type the template gives the name.

    Lists and dicts are written as YAML: ``items=[ease, trust]``.
    """
    name, equals, value = text.partition("=")
    if not equals:
        raise SettingsError(f'The setting "{text}" is not written as name=value.')
    expected, _ = _expected(template, name)
    if expected.kind is str:
        return name, value
    try:
        return name, yaml_value(value)
    except DepthError:
        raise SettingsError(f'In the setting "{name}" {TOO_DEEP}; give a flatter value.') from None
    except SettingsError:
        raise SettingsError(f'The setting "{text}" cannot be read; expected {expected.kind.__name__}.') from None


def _expected(template: Path, name: str) -> tuple[Option, str]:
    """What values a parameter or an option of a template takes, and its default as it is written."""
    known, options = template_parameters(template), template_options(template)
    if name in known:
        return Option(TYPES.get(known[name]["inferred_type_name"], object), None), known[name]["default"]
    if name in options:
        default = options[name].default
        return options[name], repr(list(default) if isinstance(default, tuple) else default)
    every = [*known, *options]
    raise SettingsError(f'The template "{template.stem}" has no parameter "{name}"; {did_you_mean(name, every)}')


def _plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(k, str) and _plain(v) for k, v in value.items())
    if isinstance(value, list):
        return all(map(_plain, value))
    if isinstance(value, str):
        return value.isprintable() or not any(0xD800 <= ord(c) <= 0xDFFF for c in value)
    return value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value))
