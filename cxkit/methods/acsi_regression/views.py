"""What a path model shows: which chart and which tables show what."""

from cxkit.methods.acsi_regression.caveats import CAVEATS, checks
from cxkit.methods.acsi_regression.charts import groups, importance_map, indices, rolling, trend
from cxkit.methods.acsi_regression.diagram import diagram
from cxkit.methods.acsi_regression.prose import prose
from cxkit.methods.acsi_regression.tables import UNITS, tables
from cxkit.show.views import Views

VIEWS = Views(
    figures={
        "main": diagram, "map": importance_map, "groups": groups, "trend": trend, "index": indices,
        "economy": rolling,
    },
    tables={"main": tables}, prose=prose, units=UNITS, caveats=CAVEATS, checks=checks,
)  # fmt: skip
