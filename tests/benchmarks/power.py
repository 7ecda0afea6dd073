"""How often a page tells what is there: effects of the size that it prints as visible, a winner, and a low group.

``python -m tests.benchmarks.power [visible told] [--surveys 2000]`` prints a line per design. An effect of the
printed size ("visible from") should be found in about 80 of 100 surveys of the same bases and spread; what is found
is the mark of the table, whose p is adjusted for its family.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxkit.measure.cells import tally_cells
from cxkit.measure.common import Common
from cxkit.measure.comparison import compare_means
from cxkit.methods.nps.compute import nps
from cxkit.survey.cards import cards
from tests.benchmarks.claims import CALLS, GROUPS, ITEMS, WAVES, Design

DECK = cards(["q"], [0, 100])


@dataclass(frozen=True)
class Visible:
    """Respondents in groups or waves of these sizes, the first (of waves the last) of which is shifted.

    Attributes
    ----------
    kind : "mean" of answers on 0-100 with a standard deviation of 15, or "nps".
    cv : coefficient of variation of the weights.
    """

    kind: str
    by: str
    sizes: tuple[int, ...]
    cv: float = 0.0

    def draw(self, rng: np.random.Generator, shift: float) -> pd.DataFrame:
        names = (GROUPS if self.by == "group" else WAVES[::-1])[: len(self.sizes)]
        frame = pd.DataFrame({self.by: np.repeat(names, self.sizes)})
        moved = (frame[self.by] == names[0]).to_numpy()
        n = len(frame)
        if self.kind == "mean":
            frame["q"] = np.clip(np.rint(50 + rng.normal(0, 15, n) + shift * moved), 0, 100)
        else:
            step = moved * shift / 200  # a detractor fewer and a promoter more
            u = rng.random(n)
            frame["q"] = np.where(u < 0.3 - step, 3, np.where(u < 0.7 - step, 7, 10))
        frame["w"] = np.exp(rng.normal(0, np.log(1 + self.cv**2) ** 0.5, n))
        return frame

    def row(self, rng: np.random.Generator, shift: float) -> pd.Series:
        """The comparison of the shifted group with the rest, or of the last wave with the one before."""
        frame = self.draw(rng, shift)
        roles = {"by" if self.by == "group" else "wave": self.by} | ({"weight": "w"} if self.cv else {})
        if self.kind == "nps":
            found = nps(frame, "q", scale=[0, 10], **roles).tidy
            found = found[found["term"].isin(["nps_vs_rest", "nps_vs_previous"])]
        else:
            common = Common(**roles)
            found = pd.DataFrame(compare_means(tally_cells(frame, DECK, common), DECK, "mean", common))
            found = found[found["term"].isin(["mean_vs_rest", "mean_vs_previous"])]
        if self.by == "group":
            found = found[found["group"] == GROUPS[0]]
        return found[found["p"].notna()].iloc[-1]

    def found(self, surveys: int) -> tuple[float, float]:
        """The printed size, averaged over surveys without a shift, and the share of surveys that find it."""
        rng = np.random.default_rng(30)
        visible = float(np.mean([self.row(rng, 0)["detectable"] for _ in range(min(200, surveys))]))
        rows = [self.row(rng, visible) for _ in range(surveys)]
        return visible, float(np.mean([row["p_adjusted"] < 0.05 and row["estimate"] > 0 for row in rows]))


DESIGNS = [
    Visible("mean", "group", (100, 100, 100, 100)),
    Visible("mean", "group", (60, 100, 300)),
    Visible("mean", "group", (100, 100, 100, 100), cv=0.5),
    Visible("mean", "wave", (150, 150, 150)),
    Visible("nps", "group", (100, 100, 100, 100)),
    Visible("nps", "group", (60, 100, 300)),
    Visible("nps", "wave", (150, 150, 150)),
    Visible("nps", "group", (100, 100, 100, 100), cv=0.5),
]


def winner(data: pd.DataFrame) -> None:
    """One item half a standard deviation above nine equals."""
    data["q3"] += 0.5


def low_group(data: pd.DataFrame) -> None:
    """A group 0.6 standard deviations below the rest on one item."""
    data.loc[data["group"] == GROUPS[0], "q3"] -= 0.6


def names_winner(claims: pd.DataFrame) -> bool:
    """Whether q3 is claimed above each other item."""
    mine = claims[claims["made"] & (claims["kind"] == "pair")]
    return len(mine[(mine["item"] == "q3") | (mine["other"] == "q3")]) == len(ITEMS) - 1


def names_low_group(claims: pd.DataFrame) -> bool:
    mine = claims[claims["made"] & (claims["kind"] == "vs_rest")]
    return bool(((mine["item"] == "q3") & (mine["group"] == GROUPS[0]) & (mine["estimate"] < 0)).any())


TOLD: dict[str, tuple[Callable[[pd.DataFrame], None], Callable[[pd.DataFrame], bool]]] = {
    "winner of ten items": (winner, names_winner), "low group on one item": (low_group, names_low_group),
}  # fmt: skip


def told(name: str, seed: int, n: int = 400) -> bool:
    """Whether the page on one survey of ``n`` respondents in four groups tells what is planted."""
    plant, names = TOLD[name]
    data = Design(n=n, plant=plant, waves=1).draw(np.random.default_rng([seed, 20]))
    return names(CALLS["scaling"](data, by="group").claims)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("studies", nargs="*", choices=[[], "visible", "told"], default=[])
    parser.add_argument("--surveys", type=int, default=2000)
    parser.add_argument("--only", default="", help="designs whose line begins with this")
    asked = parser.parse_args()
    studies = asked.studies or ["visible", "told"]
    for design in DESIGNS if "visible" in studies else ():
        sizes = "+".join(map(str, design.sizes))
        label = f"{design.kind:5} {design.by:6} {sizes:16} cv {design.cv}"
        if label.startswith(asked.only):
            visible, found = design.found(asked.surveys)
            print(f"{label}   visible from {visible:5.2f}   found {found:.3f}", flush=True)
    for name in (name for name in TOLD if "told" in studies and name.startswith(asked.only)):
        share = np.mean([told(name, seed) for seed in range(asked.surveys)])
        print(f"{name:40} told {share:.3f}", flush=True)


if __name__ == "__main__":
    main()
