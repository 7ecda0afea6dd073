"""Floor 2: the methods. A new one is a module and a line here."""

from cxkit.methods.nps import nps
from cxkit.methods.scaling import scaling

METHODS = {"scaling": scaling, "nps": nps}
