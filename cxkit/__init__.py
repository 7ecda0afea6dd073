"""cxkit: measure customer experience in Jupyter notebooks. ``import cxkit as cx``."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cxkit.errors import CxError, DataError, ReportError, SettingsError
    from cxkit.measure.common import Common
    from cxkit.methods import METHODS
    from cxkit.methods.acsi_regression.compute import acsi_regression
    from cxkit.methods.acsi_regression.models import model_items
    from cxkit.methods.asked import asked
    from cxkit.methods.csi_tree.compute import csi_tree
    from cxkit.methods.nps.compute import nps
    from cxkit.methods.scaling.compute import scaling
    from cxkit.methods.semantic_differential.compute import semantic_differential
    from cxkit.methods.semantic_differential.read import read_profiles
    from cxkit.result import Result
    from cxkit.show.view import View
    from cxkit.survey.draft.drafting import draft_codebook
    from cxkit.survey.read import read, sample, section
    from cxkit.survey.survey import Survey
    from cxkit.survey.trees import read_tables, tree_items

__version__ = "0.1.0"

# Loaded when first asked for: papermill imports cxkit's engine in every run of its own, which must cost it nothing.
_PLACES = {
    "cxkit.errors": ("CxError", "DataError", "ReportError", "SettingsError"),
    "cxkit.methods": ("METHODS",),
    "cxkit.methods.asked": ("asked",),
    "cxkit.methods.acsi_regression.models": ("model_items",),
    "cxkit.methods.semantic_differential.read": ("read_profiles",),
    "cxkit.result": ("Result",),
    "cxkit.show.view": ("View",),
    "cxkit.measure.common": ("Common",),
    "cxkit.survey.survey": ("Survey",),
    "cxkit.survey.draft.drafting": ("draft_codebook",),
    "cxkit.survey.read": ("read", "sample", "section"),
    "cxkit.survey.trees": ("read_tables", "tree_items"),
}
_MODULES = {name: module for module, names in _PLACES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        value = getattr(import_module(_MODULES[name]), name)
    elif not name.startswith("_") and name in (methods := import_module("cxkit.methods").METHODS):
        value = methods[name].compute
    else:
        raise AttributeError(f'cxkit has no "{name}"')
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*_MODULES, *import_module("cxkit.methods").METHODS, "__version__"})
