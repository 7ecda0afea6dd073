"""What rating items show: their tables, and which chart shows what."""

from cxkit.methods.scaling.charts import diverging, groups, trend
from cxkit.methods.scaling.prose import prose
from cxkit.result import Result
from cxkit.show.driver_charts import drivers
from cxkit.show.language import Language, mark
from cxkit.show.table import DRIVERS, HIGHEST, INDEX, MEAN, PREVIOUS, REST, Table, drawn, translated, trend_table
from cxkit.show.units import Unit
from cxkit.show.views import Views

UNITS = {"net_box": Unit(signed=True, times=100)}
_MEAN_AND_BOXES = (MEAN, HIGHEST, (mark("Lowest scores"), "bottom_box"))
TABLES = (
    Table(mark("Each item, all respondents"), "", (*_MEAN_AND_BOXES, (mark("Net"), "net_box"), INDEX)),
    DRIVERS,
    Table(mark("Each item by group"), "group", (*_MEAN_AND_BOXES, (REST, "mean_vs_rest"))),
    Table(mark("Each item by wave"), "wave", (*_MEAN_AND_BOXES, (PREVIOUS, "mean_vs_previous"))),
    trend_table("mean"),
)


def tables(result: Result, words: Language) -> list[str]:
    """Every item of everybody, groups and waves, and drivers."""
    return drawn(result, words, translated(TABLES, words), UNITS)


VIEWS = Views(
    figures={"main": diverging, "groups": groups, "trend": trend, "drivers": drivers},
    tables={"main": tables}, prose=prose, units=UNITS,
)  # fmt: skip
