"""Floor 2: the methods. A new one is a module and a line here."""

from cxkit.methods.csi_tree import csi_tree
from cxkit.methods.nps import nps
from cxkit.methods.scaling import scaling

METHODS = {"scaling": scaling, "csi_tree": csi_tree, "nps": nps}
