"""Which tables show which method: headings, terms and their order."""

from collections.abc import Callable
from dataclasses import replace

from cxkit.methods.acsi_regression.tables import path_sheets
from cxkit.methods.semantic_differential.prose import object_pairs, objects
from cxkit.result import Result
from cxkit.show.language import Language, mark
from cxkit.show.table_spec import INDEX, PREVIOUS, REST, Sheet

_MEAN = (mark("Mean"), "mean")
_SCALING = (
    _MEAN,
    (mark("Highest scores"), "top_box"),
    (mark("Lowest scores"), "bottom_box"),
    (mark("Net"), "net_box"),
    INDEX,
)
NPS = (
    (mark("NPS"), "nps"),
    (mark("Promoters"), "promoters"),
    (mark("Passives"), "passives"),
    (mark("Detractors"), "detractors"),
    _MEAN,
)
_DRIVERS = Sheet(mark("What matters most"), "", (
    (mark("Importance"), "importance"), (mark("Johnson’s weight"), "johnson"), (mark("Correlation"), "correlation"),
    (mark("Beta"), "beta"), (mark("VIF"), "vif"), (mark("Effect of a low rating"), "penalty"),
    (mark("Effect of a high rating"), "reward"),
), rank="importance")  # fmt: skip


def _profile_sheets(result: Result, words: Language) -> tuple[Sheet, ...]:
    """The tables of a semantic differential, whose columns are its objects."""
    own, *others = objects(result)
    names = {thing: words.label(result, thing) for thing in (own, *others)}
    means = tuple((name, f"mean_{thing}") for thing, name in names.items())
    against = tuple((words.text("Against “{object}”", object=names[o]), f"gap_{own}_{o}") for o in others)
    nearer = words.text("“{own}” closer to the ideal: probability", own=names[own])
    far = [(words.text("Distance to “{object}”", object=names[o]), f"distance_{own}_{o}") for o in others]
    than = mark("“{own}” closer to the ideal than “{other}”: probability")
    closer = [(words.text(than, own=names[own], other=names[o]), f"closer_{own}_{o}") for o in others[:-1]]
    units = (
        (words.text("Distance D"), "distance"),
        (words.text("Points per scale"), "distance_mean"),
        (words.text("Share of the largest distance"), "distance_share"),
        (words.text("Correlation of profiles"), "profile_r"),
        (nearer, "closer"),
    )
    lines = tuple((f"{names[a]} – {names[b]}", f"_{a}_{b}") for a, b in object_pairs(result))
    rest, previous = (words.text(REST), f"mean_{own}_vs_rest"), (words.text(PREVIOUS), f"mean_{own}_vs_previous")
    return (
        Sheet(words.text("Each scale, all respondents"), "", (*means, *against)),
        Sheet(words.text("Distances between profiles"), "", units, lines=lines, first=mark("Pair")),
        Sheet(words.text("Distances by group"), "group", (*far, *closer)),
        Sheet(words.text("Each scale by group"), "group", (*means, rest)),
        Sheet(words.text("Distances by wave"), "wave", (*far, *closer)),
        Sheet(words.text("Each scale by wave"), "wave", (*means, previous)),
    )


SHEETS: dict[str, tuple[Sheet, ...] | Callable[[Result, Language], tuple[Sheet, ...]]] = {
    "scaling": (
        Sheet(mark("Each item, all respondents"), "", _SCALING),
        _DRIVERS,
        Sheet(mark("Each item by group"), "group", (*_SCALING[:3], (REST, "mean_vs_rest"))),
        Sheet(mark("Each item by wave"), "wave", (*_SCALING[:3], (PREVIOUS, "mean_vs_previous"))),
    ),
    "nps": (
        Sheet(mark("All respondents"), "", NPS),
        _DRIVERS,
        Sheet(mark("By group"), "group", (*NPS, (REST, "nps_vs_rest"))),
        Sheet(mark("By wave"), "wave", (*NPS, (PREVIOUS, "nps_vs_previous"))),
    ),
    "semantic_differential": _profile_sheets,
    "csi_tree": (
        Sheet(mark("Every part of the tree"), "", (
            INDEX, (mark("Weight"), "weight"), (mark("Weight in the whole"), "total_weight"), _SCALING[1],
        ), nested=True),
        Sheet(mark("What to improve first"), "", (
            INDEX, (mark("Weight in the whole"), "total_weight"), (mark("Points to gain"), "priority"),
        ), rank="priority"),
        _DRIVERS,
        Sheet(mark("Parts by group"), "group", (INDEX, (REST, "index_vs_rest"))),
        Sheet(mark("Parts by wave"), "wave", (INDEX, (PREVIOUS, "index_vs_previous"))),
        Sheet(mark("Where the change comes from, in points of the whole"), "", (
            (mark("By changed levels"), "change_scores"), (mark("By changed weights"), "change_weights"),
        )),
    ),
    "acsi_regression": path_sheets,
}  # fmt: skip


def sheets(result: Result, words: Language) -> tuple[Sheet, ...]:
    """The tables of a result, their captions and headings in its language."""
    found = SHEETS[result.method]
    if not isinstance(found, tuple):
        return found(result, words)
    return tuple(
        replace(s, caption=words.text(s.caption), columns=tuple((words.text(head), term) for head, term in s.columns))
        for s in found
    )
