"""cxkit: measure customer experience in Jupyter notebooks. ``import cxkit as cx``."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cxkit.errors import CxError, DataError, ReportError, SettingsError
    from cxkit.methods import METHODS, acsi_regression, csi_tree, nps, scaling, semantic_differential
    from cxkit.methods.acsi_regression.models import model_items
    from cxkit.methods.semantic_differential.read import read_profiles
    from cxkit.result import Result, save
    from cxkit.show.figure import figure
    from cxkit.show.prose import prose
    from cxkit.show.table import table
    from cxkit.show.view import View
    from cxkit.survey.audit import Audit
    from cxkit.survey.read import read, sample, section
    from cxkit.survey.trees import read_tables, tree_items

__version__ = "0.1.0"

# Loaded when first asked for: papermill imports cxkit's engine in every run of its own, which must cost it nothing.
_PLACES = {
    "cxkit.methods.acsi_regression.models": ("model_items",),
    "cxkit.methods.semantic_differential.read": ("read_profiles",),
    "cxkit.survey.audit": ("Audit",),
    "cxkit.survey.read": ("read", "sample", "section"),
    "cxkit.survey.trees": ("read_tables", "tree_items"),
    "cxkit.errors": ("CxError", "DataError", "ReportError", "SettingsError"),
    "cxkit.methods": ("METHODS", "acsi_regression", "csi_tree", "nps", "scaling", "semantic_differential"),
    "cxkit.result": ("Result", "save"),
    "cxkit.show.figure": ("figure",),
    "cxkit.show.prose": ("prose",),
    "cxkit.show.table": ("table",),
    "cxkit.show.view": ("View",),
}
_MODULES = {name: module for module, names in _PLACES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f'cxkit has no "{name}"')
    globals()[name] = value = getattr(import_module(_MODULES[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES})
