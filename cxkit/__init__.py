"""cxkit: measure customer experience in Jupyter notebooks. ``import cxkit as cx``."""

from cxkit.data.models import model_items
from cxkit.data.profiles import read_profiles
from cxkit.data.read import Audit, read, sample, section
from cxkit.data.trees import read_tables, tree_items
from cxkit.errors import CxError, DataError, ReportError, SettingsError
from cxkit.methods import METHODS, acsi_regression, csi_tree, nps, scaling, semantic_differential
from cxkit.results import Result, save
from cxkit.views.figure import figure
from cxkit.views.prose import prose
from cxkit.views.table import table
from cxkit.views.view import View

__version__ = "0.1.0"
