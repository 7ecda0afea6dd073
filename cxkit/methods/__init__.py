"""Floor 2: the methods. A new one is a module and a line here."""

from cxkit.methods.acsi_regression.compute import acsi_regression
from cxkit.methods.csi_tree.compute import csi_tree
from cxkit.methods.nps.compute import nps
from cxkit.methods.scaling.compute import scaling
from cxkit.methods.semantic_differential.compute import semantic_differential

METHODS = {
    "scaling": scaling, "semantic_differential": semantic_differential, "csi_tree": csi_tree, "nps": nps,
    "acsi_regression": acsi_regression,
}  # fmt: skip
