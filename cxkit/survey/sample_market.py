"""Answers that follow a path model, for companies over waves: what the sample "mobile" is simulated from."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

_LOW, _HIGH = 1, 10


def path_answers(
    plan: Mapping[str, Any], items: Mapping[str, Sequence[str]], rng: np.random.Generator
) -> pd.DataFrame:
    """Draw respondents of every company in every wave that it was surveyed in.

    Parameters
    ----------
    plan : the section ``simulate`` of the sample's file.
    items : construct -> its items.

    Returns
    -------
    ``company wave`` and the items: whole numbers from 1 to 10, and ``complained`` 0 or 1.
    """
    fewest, most = plan["respondents"]
    parts = []
    for time, wave in enumerate(plan["waves"]):
        for company, own in plan["companies"].items():
            if wave not in own["absent"]:
                rows = int(rng.integers(fewest, most + 1))
                latent = _latent(plan, own, time, rows, rng)
                answers = _answers(plan, items, latent, rng)
                parts.append(pd.DataFrame({"company": [company] * rows, "wave": [wave] * rows, **answers}))
    return pd.concat(parts, ignore_index=True)


def _latent(
    plan: Mapping[str, Any], own: Mapping[str, Any], time: int, rows: int, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """The constructs of one company's respondents in one wave, each from those before it."""
    found: dict[str, np.ndarray] = {}
    for name, (spread, paths) in plan["constructs"].items():
        level = own["level"].get(name, 0) + time * own["change"].get(name, 0)
        if name == "quality":
            level += list(plan["waves"].values())[time]
        paths = {**paths, **own["paths"].get(name, {})}
        found[name] = level + spread * rng.normal(size=rows) + sum(path * found[k] for k, path in paths.items())
    return found


def _answers(
    plan: Mapping[str, Any],
    items: Mapping[str, Sequence[str]],
    latent: Mapping[str, np.ndarray],
    rng: np.random.Generator,
) -> dict[str, np.ndarray]:
    skew, found = plan["skew"], {}
    for construct, names in items.items():
        for item in names:
            if item == "complained":
                found[item] = (latent[construct] > plan["complained"]).astype(int)
                continue
            mean, sd, loading = plan["items"][item]
            z = loading * latent[construct] + np.sqrt(1 - loading**2) * rng.normal(size=len(latent[construct]))
            # Real answers crowd near the top and trail off below; the first term keeps the mean where it was.
            bent = (np.exp(skew**2 / 2) - np.exp(-skew * z)) / skew
            found[item] = np.clip(np.rint(mean + sd * bent), _LOW, _HIGH).astype(int)
    return found
