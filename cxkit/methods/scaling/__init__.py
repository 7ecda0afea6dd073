"""Scaling: how good are the separate properties of a service, rated on 1-5, 1-10 and the like?"""

from cxkit.methods.method import Headline, Method, ends
from cxkit.show.language import mark
from cxkit.show.units import INDEX

METHOD = Method(
    "scaling",
    question="how good are the separate properties of a service, rated on 1-5, 1-10 and the like?",
    title=mark("How customers rate the service"),
    headline=Headline(
        mark("All items, 0–100"), INDEX,
        row=lambda s: ("scale_score" if len(s["items"]) > 1 else s["items"][0], "index"),
        asked=lambda s: [s["items"], ends(s)],
    ),
    example={"items": ["ease", "trust", "appeal"], "scale": [1, 10]},
    parameters=("items",),
    demo={name: {"items": ["ease", "trust", "appeal", "return"]} for name in ("bank", "shop", "dairy")},
)  # fmt: skip
