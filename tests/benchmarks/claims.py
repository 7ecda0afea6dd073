"""How often a page claims what is not so, and how often it tells what is, over simulated surveys.

``python -m tests.benchmarks.claims [nps scaling ...] [--surveys 2000] [--only TEXT]`` prints a line per method and
design: surveys in which any claim is false, and by kind. Surveys have four groups, three waves and, unless a design
says otherwise, nothing in them. A design that plants something prints in how many surveys it is told.
"""

import argparse
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

import cxkit as cx
from cxkit.result import Result

WAVES, GROUPS = ("2025", "2026", "2027"), ("North", "East", "South", "West")
ITEMS = [f"q{k}" for k in range(10)]
TREE = {"name": "whole", "children": [{"name": f"part {k}", "weight": 0.2, "children": [
    {"name": q, "weight": 0.5, "item": q} for q in ITEMS[2 * k : 2 * k + 2]]} for k in range(5)]}  # fmt: skip
MODEL = {"quality": ITEMS[:3], "value": ITEMS[3:6], "satisfaction": ITEMS[6:9], "loyalty": ITEMS[9:]}
CONSTRUCTS = np.repeat(np.arange(5), [*map(len, MODEL.values()), 1])  # the outcome stands alone
PATHS = [["quality", "satisfaction"], ["value", "satisfaction"], ["satisfaction", "loyalty"]]


@dataclass(frozen=True)
class Design:
    """How surveys are drawn: ``n`` respondents a wave; answers are shifted by ``plant`` in place; the correlation of
    all answers of a respondent (``halo``) and of those within a construct of the model (``within``; constructs are
    independent without a halo), and the coefficient of variation of the weights."""

    n: int = 150
    waves: int = len(WAVES)
    halo: float = 0.4
    within: float = 0.0
    cv: float = 0.0
    plant: Callable[[pd.DataFrame], None] = lambda _: None

    def draw(self, rng: np.random.Generator) -> pd.DataFrame:
        """A survey: ten items and an outcome answered on 1-10, with wave, group and weight."""
        n = self.n * self.waves
        x = rng.normal(size=(n, 1)) * self.halo**0.5
        x = x + rng.normal(size=(n, 5))[:, CONSTRUCTS] * self.within**0.5
        x = x + rng.normal(size=x.shape) * (1 - self.halo - self.within) ** 0.5
        frame = pd.DataFrame(x, columns=[*ITEMS, "y"])
        frame["wave"], frame["group"] = np.repeat(WAVES[: self.waves], self.n), rng.choice(GROUPS, n)
        sigma = np.log(1 + self.cv**2) ** 0.5
        frame["w"] = np.exp(rng.normal(0, sigma, n))
        self.plant(frame)
        answers = [*ITEMS, "y"]
        frame[answers] = np.clip(np.rint(6.5 + 2 * frame[answers]), 1, 10)
        return frame


OBJECTS = [(thing, k) for thing in ("own", "rival", "ideal") for k in range(3)]
ROLES = {"by": "group", "wave": "wave"}
CALLS: dict[str, Callable[..., Result]] = {
    "nps": lambda data, **more: cx.nps(data.rename(columns={"y": "recommend"}), scale=[1, 10], **more),
    "scaling": lambda data, **more: cx.scaling(data, ITEMS, scale=[1, 10], **more),
    "semantic_differential": lambda data, **more: cx.semantic_differential(
        data.rename(columns={q: f"{thing}_{k}" for q, (thing, k) in zip(ITEMS, OBJECTS, strict=False)}),
        {str(k): ["bad", "good"] for k in range(3)}, scale=[1, 10], **more),
    "csi_tree": lambda data, **more: cx.csi_tree(data, TREE, scale=[1, 10], outcome="y", **more),
    "acsi_regression": lambda data, **more: cx.acsi_regression(
        data, MODEL, paths=PATHS, scale=[1, 10], resamples=100, folds=2, **more),
}  # fmt: skip


def made(method: str, design: Design, seed: int) -> pd.DataFrame:
    """The claims that a page on one survey makes."""
    data = design.draw(np.random.default_rng([seed, 20]))
    result = CALLS[method](data, **ROLES, **({"weight": "w"} if design.cv else {}))
    claims = result.claims
    return claims[claims["made"]]


def false_claims(method: str, design: Design, surveys: int) -> tuple[float, Counter[str]]:
    """The share of surveys with nothing in them in which a page claims anything, and how often by kind."""
    found = [made(method, design, seed) for seed in range(surveys)]
    kinds: Counter[str] = Counter(kind for claims in found for kind in set(claims["kind"]))
    return sum(len(claims) > 0 for claims in found) / surveys, kinds


def nothing(method: str) -> Iterator[tuple[str, Design]]:
    """Designs with nothing in them; for a model: constructs that items measure well and that do not go together."""
    design = Design(halo=0, within=0.64) if method == "acsi_regression" else Design()
    yield "unweighted", design
    yield "weights of cv 0.5", replace(design, cv=0.5)
    yield "weights of cv 1", replace(design, cv=1.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("methods", nargs="*", default=list(CALLS))
    parser.add_argument("--surveys", type=int, default=2000)
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    for method in asked.methods:
        for name, design in nothing(method):
            if asked.only in name:
                share, kinds = false_claims(method, design, asked.surveys)
                shown = ", ".join(f"{kind} {n}" for kind, n in kinds.most_common())
                print(f"{method:22} {name:20} false claims {share:.3f}   {shown}", flush=True)


if __name__ == "__main__":
    main()
