"""NPS: how likely are customers to recommend, and why?"""

from cxkit.methods.method import Headline, Method, ends
from cxkit.show.language import mark
from cxkit.show.units import POINTS

METHOD = Method(
    "nps",
    question="how likely are customers to recommend, and why?",
    title=mark("How likely customers are to recommend"),
    headline=Headline(
        mark("NPS"), POINTS,
        row=lambda s: (s["score"], "nps"),
        asked=lambda s: [s["variant"], ends(s)[s["score"]]],
        limits=(-100, 100),
    ),
    example={"score": "recommend", "comment": "comment", "interval": "bootstrap", "seed": 3},
    parameters=("score",),
    demo={name: {"comment": "comment"} for name in ("bank", "shop", "dairy")},
)  # fmt: skip
