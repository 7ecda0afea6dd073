"""ACSI regression: what drives satisfaction, and what does satisfaction bring?"""

from cxkit.methods.method import Headline, Method, ends
from cxkit.show.language import mark
from cxkit.show.units import INDEX

METHOD = Method(
    "acsi_regression",
    question="what drives satisfaction, and what does satisfaction bring?",
    title=mark("What drives satisfaction, and what it brings"),
    headline=Headline(
        mark("Index, 0–100"), INDEX,
        row=lambda s: (s["target"], "index"),
        asked=lambda s: [{k: c["items"] for k, c in s["constructs"].items()}, s["target"], ends(s),
                         *(s[k] for k in ("paths", "scheme", "standardised", "missing"))],
    ),
    example={
        "constructs": {
            "service": {"items": ["ease", "trust"], "mode": "A", "text": {"en": "Service", "ru": "Обслуживание"}},
            "satisfaction": {"items": ["appeal"], "mode": "A", "text": {"en": "Satisfaction"}},
            "loyalty": {"items": ["return"], "mode": "A", "text": {"en": "Loyalty"}},
        },
        "paths": [["service", "satisfaction"], ["satisfaction", "loyalty"]],
        "resamples": 100,
    },
    parameters=("constructs", "model"),
    demo={"mobile": {"model": "ecsi"}},
)  # fmt: skip
