"""cxkit: measure customer experience in Jupyter notebooks. ``import cxkit as cx``."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cxkit.data.audit import Audit
    from cxkit.data.models import model_items
    from cxkit.data.profiles import read_profiles
    from cxkit.data.read import read, sample, section
    from cxkit.data.trees import read_tables, tree_items
    from cxkit.errors import CxError, DataError, ReportError, SettingsError
    from cxkit.methods import METHODS, acsi_regression, csi_tree, nps, scaling, semantic_differential
    from cxkit.results import Result, save
    from cxkit.views.figure import figure
    from cxkit.views.prose import prose
    from cxkit.views.table import table
    from cxkit.views.view import View

__version__ = "0.1.0"

# Loaded when first asked for: papermill imports cxkit's engine in every run of its own, which must cost it nothing.
_PLACES = {
    "cxkit.data.models": ("model_items",),
    "cxkit.data.profiles": ("read_profiles",),
    "cxkit.data.audit": ("Audit",),
    "cxkit.data.read": ("read", "sample", "section"),
    "cxkit.data.trees": ("read_tables", "tree_items"),
    "cxkit.errors": ("CxError", "DataError", "ReportError", "SettingsError"),
    "cxkit.methods": ("METHODS", "acsi_regression", "csi_tree", "nps", "scaling", "semantic_differential"),
    "cxkit.results": ("Result", "save"),
    "cxkit.views.figure": ("figure",),
    "cxkit.views.prose": ("prose",),
    "cxkit.views.table": ("table",),
    "cxkit.views.view": ("View",),
}
_MODULES = {name: module for module, names in _PLACES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f'cxkit has no "{name}"')
    globals()[name] = value = getattr(import_module(_MODULES[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES})
