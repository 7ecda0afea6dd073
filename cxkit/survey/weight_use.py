"""How the weights of a survey are spread over its respondents, wherever the data live."""

from dataclasses import dataclass
from typing import Any

import narwhals as nw


@dataclass(frozen=True)
class WeightUse:
    """``zero``: how many respondents have the weight 0; ``n``: how many have more; ``largest``: the share of the
    heaviest one in the sum of weights, 0-1."""

    zero: int
    n: int
    largest: float


def weight_use(data: Any, weight: str) -> WeightUse:
    """Look at a column of weights that has been checked to hold numbers of 0 or more, not all 0.

    >>> import pandas as pd
    >>> weight_use(pd.DataFrame({"w": [0, 1, 3]}), "w")
    WeightUse(zero=1, n=2, largest=0.75)
    """
    w = nw.col(weight).cast(nw.Float64())
    found = nw.from_native(data).lazy().select(
        (w == 0).cast(nw.Int64()).sum().alias("zero"), nw.len().alias("rows"), w.max().alias("most"),
        w.sum().alias("total"),
    ).collect(backend="pandas").to_native().iloc[0]  # fmt: skip
    zero = int(found["zero"])
    return WeightUse(zero, int(found["rows"]) - zero, float(found["most"]) / float(found["total"]))
