"""The tables of a path model, their units, and what to think of their numbers."""

from dataclasses import replace

from cxkit.result import Result, Row
from cxkit.show.language import Language, mark
from cxkit.show.table import INDEX, PREVIOUS, REST, Table, drawn, trend_table
from cxkit.show.units import CHANGE, SCALE_POINTS, SHARE, TEST, Unit
from cxkit.show.units import INDEX as ONE_DIGIT

_CONSTRUCT, _PATH = mark("Construct"), mark("Path")
_COEFFICIENT = (mark("Path coefficient"), "path")
_RELIABILITY = mark("Reliability")
_PER_POINT = mark("points per point")
_SMALL = {
    **dict.fromkeys(
        ("impact", "path_points", "indirect_points", "total_points", "regression", "regression_total"), _PER_POINT
    ),
    "r2": "R²", "regression_r2": "R²", "f2": "f²", "rho_a": "ρ_A", "rho_c": "ρ_C", "ave": "AVE", "htmt": "HTMT",
    "q2": "Q²", "path": mark("standardised"), "rmse": mark("path model"), "rmse_regression": mark("plain regression"),
}  # fmt: skip

# Nunnally 1978 for alpha and rho_C, Fornell & Larcker 1981 for AVE; Henseler, Ringle & Sarstedt 2015 for HTMT.
LEAST = {"alpha": 0.7, "rho_c": 0.7, "ave": 0.5}
MOST = {"htmt": 0.9}
UNITS = {
    "simple_index": ONE_DIGIT, "economy_index": ONE_DIGIT, "item_vif": ONE_DIGIT, "index_share": SHARE,
    "change_previous": CHANGE, "change_first": CHANGE, "economy_change": CHANGE, "breusch_pagan": TEST, "reset": TEST,
    "composition_p": TEST, "composition": Unit(digits=3),
    **dict.fromkeys((
        "impact", "path", "consistent", "indirect", "total", "regression", "r2", "f2", "alpha", "rho", "ave", "htmt",
        "loading", "cross_loading", "item_weight", "rmse", "q2",
    ), SCALE_POINTS),
}  # fmt: skip
TABLES = (
    Table(mark("Index of each construct"), "", (
        INDEX, (mark("Plain mean of the questions"), "simple_index"), (mark("Impact on “{target}”"), "impact"),
        (mark("Explained share"), "r2"),
    ), first=_CONSTRUCT),
    Table(mark("Paths"), "", (
        _COEFFICIENT, (mark("Path model"), "path_points"), (mark("Plain regression"), "regression"),
        (mark("Effect size"), "f2"), (mark("VIF"), "vif"),
        (mark("Path coefficient without measurement error"), "consistent"),
    ), first=_PATH),
    Table(mark("Direct, indirect and total effects, in points"), "", (
        (mark("Direct"), "path_points"), (mark("Indirect"), "indirect_points"), (mark("Total"), "total_points"),
        (mark("Total by regression"), "regression_total"),
    ), first=_PATH),
    Table(mark("Do the questions measure the constructs?"), "", (
        (mark("Cronbach’s alpha"), "alpha"), (_RELIABILITY, "rho_a"), (_RELIABILITY, "rho_c"),
        (mark("Average variance extracted"), "ave"),
    ), first=_CONSTRUCT, every="index"),
    Table(mark("Are the constructs different things?"), "", (
        (mark("Ratio of correlations"), "htmt"),
    ), first=mark("Pair")),
    Table(mark("Each question in its construct"), "", (
        (mark("Loading"), "loading"), (mark("Weight"), "item_weight"),
        (mark("Share of the index"), "index_share"), (mark("VIF"), "item_vif"),
    )),
    Table(mark("How well the model foresees answers, in points of their scale"), "", (
        (mark("Typical error"), "rmse"), (mark("Typical error"), "rmse_regression"),
        (mark("Predictive power"), "q2"),
    )),
    Table(mark("Checks of the plain regression"), "", (
        (mark("Explained share"), "regression_r2"), (mark("Is the spread even? (Breusch–Pagan)"), "breusch_pagan"),
        (mark("Is it a straight line? (Ramsey)"), "reset"),
    ), first=_CONSTRUCT),
    Table(mark("Index by group"), "group", (
        INDEX, (mark("With the group’s own weights"), "index_own"), (REST, "index_vs_rest"),
    ), first=_CONSTRUCT),
    Table(mark("Paths by group"), "group", (_COEFFICIENT, (REST, "path_vs_rest")), first=_PATH),
    Table(mark("Is each construct composed alike in the groups?"), "group", (
        (mark("Correlation with the index by the weights of the rest"), "composition"),
        (mark("Is it composed alike?"), "composition_p"),
    ), first=_CONSTRUCT),
    Table(mark("Index by wave"), "wave", (
        INDEX, (PREVIOUS, "index_vs_previous"), (mark("Change since the wave before"), "change_previous"),
        (mark("Change since the first wave"), "change_first"),
    ), first=_CONSTRUCT),
    trend_table("index"),
)  # fmt: skip
ECONOMY = Table(mark("Index of the whole and its parts"), "wave", (
    (mark("0–100"), "economy_index"), (mark("Change since the measurement before"), "economy_change"),
    (mark("Change since the first measurement"), "economy_change_first"),
), first=mark("Part"), rolling=True)  # fmt: skip


def tables(result: Result, words: Language) -> list[str]:
    """The tables of a path model; a column stands only where the result has its numbers."""
    target = words.label(result, result.settings["target"])
    known = set(result.tidy["term"])
    economy = replace(ECONOMY, over="wave" if result.facts["wave"] else "")
    shown = [
        replace(
            table,
            caption=words.text(table.caption),
            columns=tuple(
                (words.text(head, target=target) + _small(words, term), term)
                for head, term in table.columns
                if term in known
            ),
        )
        for table in (*TABLES, economy)
    ]
    return drawn(result, words, shown, UNITS, remark=_remark)


def _remark(result: Result, words: Language, row: Row) -> str:
    """What to think of a number, where a rule says so; else ""."""
    term, value = row["term"], row["estimate"]
    if term in LEAST and value < LEAST[term]:
        return words.text("too low: below {least}", least=words.number(LEAST[term], 2))
    if term in MOST and value >= MOST[term]:
        return words.text("too much alike: {most} or more", most=words.number(MOST[term], 2))
    if term == "economy_index" and row["score"] > 0:
        return words.plural("measured {n} wave ago", "measured {n} waves ago", int(row["score"]))
    return ""


def _small(words: Language, term: str) -> str:
    """The unit or the symbol under a heading."""
    return "\n" + words.text(_SMALL[term]) if term in _SMALL else ""
