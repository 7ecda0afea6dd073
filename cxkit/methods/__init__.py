"""Floor 2: the methods. A new one is a module and a line here."""

from cxkit.methods.acsi_regression import acsi_regression
from cxkit.methods.csi_tree import csi_tree
from cxkit.methods.nps import nps
from cxkit.methods.scaling import scaling
from cxkit.methods.semantic_differential import semantic_differential

METHODS = {
    "scaling": scaling, "semantic_differential": semantic_differential, "csi_tree": csi_tree, "nps": nps,
    "acsi_regression": acsi_regression,
}  # fmt: skip
