"""What rating items show: their tables, and which chart shows what."""

from cxkit.measure.claims import PAIR
from cxkit.methods.scaling.charts import diverging, groups, trend
from cxkit.methods.scaling.prose import prose, ranked
from cxkit.result import Result, Row
from cxkit.show.driver_charts import drivers
from cxkit.show.language import Language, mark
from cxkit.show.rows import looked_at, places
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
    """Every item of everybody with its place among all, of groups and waves, and drivers."""
    names = ranked(result)["item"].tolist() if looked_at(result, PAIR) else []
    standing = places(result, PAIR, names)

    def place(result: Result, words: Language, row: Row) -> str:
        if row["term"] != "index" or row["group"] or row["item"] not in standing:
            return ""
        first, last = standing[row["item"]]
        if first == last:
            return words.text("place {place}", place=words.number(first))
        return words.text("place {first}–{last}", first=words.number(first), last=words.number(last))

    return drawn(result, words, translated(TABLES, words), UNITS, remark=place)


VIEWS = Views(
    figures={"main": diverging, "groups": groups, "trend": trend, "drivers": drivers},
    tables={"main": tables}, prose=prose, units=UNITS,
)  # fmt: skip
