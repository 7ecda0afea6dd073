"""What a semantic differential shows: its tables, and which chart shows what."""

from cxkit.methods.semantic_differential.charts import gaps, groups, snake, split
from cxkit.methods.semantic_differential.prose import object_pairs, objects, prose
from cxkit.result import Result
from cxkit.show.language import Language, mark
from cxkit.show.table import PREVIOUS, REST, Table, drawn, translated, trend_table
from cxkit.show.units import SCALE_POINTS, SHARE, Unit
from cxkit.show.views import Views

UNITS = {
    "gap": Unit(digits=2, signed=True), "distance_share": SHARE, "closer": SHARE,
    **dict.fromkeys(("dz", "distance", "level", "spread", "shape", "profile"), SCALE_POINTS),
}  # fmt: skip
CAVEATS = {
    "unpaired": mark("Nobody rated both “{item}” and “{object}”; they are compared as independent samples."),
    "object_missing": mark("Respondents who rated “{object}” on no scale: {n}."),
}


def tables(result: Result, words: Language) -> list[str]:
    """Each scale, distances between profiles, and both by group and wave."""
    return drawn(result, words, _tables(result, words), UNITS)


def _tables(result: Result, words: Language) -> tuple[Table, ...]:
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
        Table(words.text("Each scale, all respondents"), "", (*means, *against)),
        Table(words.text("Distances between profiles"), "", units, lines=lines, first=mark("Pair")),
        Table(words.text("Distances by group"), "group", (*far, *closer)),
        Table(words.text("Each scale by group"), "group", (*means, rest)),
        Table(words.text("Distances by wave"), "wave", (*far, *closer)),
        Table(words.text("Each scale by wave"), "wave", (*means, previous)),
        *translated([trend_table(f"mean_{own}")], words),
    )


VIEWS = Views(
    figures={"main": snake, "gaps": gaps, "split": split, "groups": groups},
    tables={"main": tables}, prose=prose, units=UNITS, caveats=CAVEATS,
)  # fmt: skip
