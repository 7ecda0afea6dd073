"""CSI tree: which parts make customers satisfied, how much does each weigh, and what should be improved first?"""

from collections.abc import Mapping
from typing import Any

from cxkit.methods.method import Headline, Method, ends
from cxkit.show.language import mark
from cxkit.show.units import INDEX


def _parts(node: Mapping[str, Any]) -> Any:
    """A tree without its texts, which differ between languages."""
    return {k: [_parts(part) for part in v] if k == "children" else v for k, v in node.items() if k != "text"}


METHOD = Method(
    "csi_tree",
    question="which parts make customers satisfied, how much does each weigh, and what should be improved first?",
    title=mark("What makes customers satisfied"),
    headline=Headline(
        mark("Index, 0–100"), INDEX,
        row=lambda s: (s["tree"]["name"], "index"),
        asked=lambda s: [_parts(s["tree"]), s["weights"], s["grades"], ends(s)],
    ),
    example={
        "weights": "derived", "outcome": "recommend",
        "scale": {**{key: [1, 5] for key in ("queue", "staff", "app_clear", "app_works", "fees", "rates")},
                  "recommend": [0, 10]},
    },
    sections=("tree",),
    parameters=("tree",),
    demo={
        name: {"weights": weights, "outcome": "recommend"}
        for name, weights in {"bank": "derived", "shop": "stated", "dairy": "expert"}.items()
    },
)  # fmt: skip
