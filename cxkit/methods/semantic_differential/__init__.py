"""Semantic differential: how is our site perceived on bipolar scales against a competitor and an ideal?"""

from cxkit.methods.method import Headline, Method, ends
from cxkit.show.language import mark
from cxkit.show.units import SCALE_POINTS

METHOD = Method(
    "semantic_differential",
    question="how is our site perceived on bipolar scales against a competitor and an ideal?",
    title=mark("How the site is perceived"),
    headline=Headline(
        mark("Distance to the ideal"), SCALE_POINTS,
        row=lambda s: ("profile", f"distance_{s['own']}_{s['ideal']}"),
        asked=lambda s: [sorted(s["poles"]), sorted(ends(s).items())],
        limits=(0, float("inf")), smaller_is_better=True,
    ),
    sections=("poles", "objects"),
    parameters=("poles",),
    reading=("object_column",),
    demo={name: {} for name in ("bank", "shop", "dairy")},
)  # fmt: skip
