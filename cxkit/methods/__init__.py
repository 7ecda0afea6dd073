"""Floor 5: the methods, one room each. A new one is a folder and its line here."""

from cxkit.methods.acsi_regression import METHOD as ACSI_REGRESSION
from cxkit.methods.csi_tree import METHOD as CSI_TREE
from cxkit.methods.method import Method
from cxkit.methods.nps import METHOD as NPS
from cxkit.methods.scaling import METHOD as SCALING
from cxkit.methods.semantic_differential import METHOD as SEMANTIC_DIFFERENTIAL

METHODS: dict[str, Method] = {
    "scaling": SCALING, "semantic_differential": SEMANTIC_DIFFERENTIAL, "csi_tree": CSI_TREE, "nps": NPS,
    "acsi_regression": ACSI_REGRESSION,
}  # fmt: skip
