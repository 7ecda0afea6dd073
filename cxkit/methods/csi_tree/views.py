"""What a satisfaction tree shows: its tables, and which chart shows what."""

from cxkit.methods.csi_tree.charts import importance_map, profile, tree, trend
from cxkit.methods.csi_tree.prose import prose
from cxkit.result import Result, Row
from cxkit.show.claims import judged
from cxkit.show.driver_charts import drivers
from cxkit.show.language import Language, mark
from cxkit.show.table import DRIVERS, HIGHEST, INDEX, PREVIOUS, REST, Table, drawn, translated, trend_table
from cxkit.show.units import EFFECT, SHARE, Unit
from cxkit.show.views import Views
from cxkit.survey.trees import read_tree

_QUADRANTS = ("concentrate_here", "keep_up", "low_priority", "possible_overkill")
UNITS = {
    "weight": SHARE, "total_weight": SHARE, "priority": Unit(digits=1), "change_scores": EFFECT,
    "change_weights": EFFECT, **dict.fromkeys(_QUADRANTS, SHARE),
}  # fmt: skip
CAVEATS = {
    "operations_fixed": mark("Levels from the books are those of this period in every group and wave."),
    "grades_maximum": mark("Levels divide by the highest grade, so the lowest grade is not 0."),
    "grades_top_box": mark("Levels are shares of the highest grades, in percent."),
}
_WEIGHT, _TOTAL_WEIGHT = (mark("Weight"), "weight"), (mark("Weight in the whole"), "total_weight")
TABLES = (
    Table(mark("Every part of the tree"), "", (INDEX, _WEIGHT, _TOTAL_WEIGHT, HIGHEST), nested=True),
    Table(mark("What to improve first"), "", (INDEX, _TOTAL_WEIGHT, (mark("Points to gain"), "priority")),
          rank="priority"),
    DRIVERS,
    Table(mark("Parts by group"), "group", (INDEX, (REST, "index_vs_rest"))),
    Table(mark("Parts by wave"), "wave", (INDEX, (PREVIOUS, "index_vs_previous"))),
    trend_table("index"),
    Table(mark("Where the change comes from, in points of the whole"), "", (
        (mark("By changed levels"), "change_scores"), (mark("By changed weights"), "change_weights"),
    )),
)  # fmt: skip


def tables(result: Result, words: Language) -> list[str]:
    """Every part, what to improve first, drivers, groups, waves, and where the change comes from."""
    depths = {node.name: node.depth for node in read_tree(result.settings["tree"])}
    return drawn(result, words, translated(TABLES, words), UNITS, remark=_verdict, depths=depths)


def _verdict(result: Result, words: Language, row: Row) -> str:
    return judged(result, row, words) if row["term"] == "index" else ""


VIEWS = Views(
    figures={"main": tree, "map": importance_map, "drivers": drivers, "groups": profile, "trend": trend},
    tables={"main": tables}, prose=prose, units=UNITS, caveats=CAVEATS,
)  # fmt: skip
