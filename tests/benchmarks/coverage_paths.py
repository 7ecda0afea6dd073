"""How often intervals of a path model hold the truth, and how often it claims what is not so, over simulated surveys.

``python -m tests.benchmarks.coverage_paths [coverage claims] [--surveys 500] [--only TEXT]``: for each population,
base, share of missing answers and rule, coverage of the 95 % intervals by quantity (lowest, mean and highest); a star
marks what lies outside .935 to .965. Then the share of surveys with each claim in designs whose truth is known.

Intervals are those of the rows that the method returns; the truth is its own estimate among 100,000 respondents.
"""

import os

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

import argparse
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pandas as pd

from cxkit.measure.cells import tally_cells
from cxkit.measure.claims import settle
from cxkit.measure.common import Common
from cxkit.methods.acsi_regression.claims import path_claims
from cxkit.methods.acsi_regression.predict import Prediction
from cxkit.methods.acsi_regression.resamples import estimate, from_totals, ready
from cxkit.methods.acsi_regression.rows import construct_rows, item_rows, path_rows, regression_rows
from cxkit.methods.acsi_regression.study import Fitted, Study, read_study
from cxkit.result import Row
from cxkit.survey.tally import Answers

AIM = (0.935, 0.965)
TRUTH = 100_000  # respondents
TERMS = {
    "path": "path", "total": "total", "index": "index", "impact": "impact", "loading": "loading", "htmt": "HTMT",
    "item_weight": "weight", "r2": "R2", "regression": "level 1", "regression_total": "level 1 total",
}  # fmt: skip


def rated(z: np.ndarray) -> np.ndarray:
    """Most answers high on 1-10, some at the ceiling, few far below."""
    return np.clip(np.rint(10.4 - 1.3 * np.exp(-0.55 * z)), 1, 10)


def skewed(rng: np.random.Generator, n: int) -> np.ndarray:
    """Quality, value and satisfaction of three skewed items each, and a complaint by one in six."""
    quality, *noise = rng.normal(size=(5, n))
    value = 0.6 * quality + 0.8 * noise[0]
    satisfaction = 0.45 * quality + 0.35 * value + 0.55 * noise[1]
    anger = -0.5 * satisfaction + 0.8 * noise[2]
    loads = np.array([0.9, 0.8, 0.7, 0.85, 0.75, 0.8, 0.9, 0.85, 0.8])
    z = loads * np.column_stack([quality] * 3 + [value] * 3 + [satisfaction] * 3)
    z += np.sqrt(1 - loads**2) * rng.normal(size=z.shape)
    return np.column_stack([rated(z), np.where(anger + 0.5 * noise[3] > 1.1, 10, 1)])


def american(rng: np.random.Generator, n: int) -> np.ndarray:
    """The six constructs of ACSI, thirteen items on 1-10, the complaint yes or no."""
    x, *e = rng.normal(size=(6, n))
    quality = 0.5 * x + 0.85 * e[0]
    value = 0.1 * x + 0.6 * quality + 0.75 * e[1]
    satisfaction = 0.05 * x + 0.5 * quality + 0.35 * value + 0.55 * e[2]
    complaint = -0.4 * satisfaction + 0.9 * e[3]
    loyalty = 0.6 * satisfaction - 0.1 * complaint + 0.7 * e[4]
    loads = np.array([0.8, 0.7, 0.6, 0.85, 0.8, 0.65, 0.85, 0.75, 0.9, 0.8, 0.75, 1, 0.85])
    z = loads * np.column_stack([x] * 3 + [quality] * 3 + [value] * 2 + [satisfaction] * 3 + [complaint, loyalty])
    answers = np.clip(np.rint(7 + 1.9 * (z + np.sqrt(1 - loads**2) * rng.normal(size=z.shape))), 1, 10)
    answers[:, 11] = np.where(complaint > 1, 10, 1)
    return answers


def weak(rng: np.random.Generator, n: int) -> np.ndarray:
    """Four independent constructs of three items that together explain a tenth of a fifth construct."""
    drivers = rng.normal(size=(n, 4))
    target = 0.16 * drivers.sum(axis=1) + 0.95 * rng.normal(size=n)
    z = 0.8 * np.column_stack([*np.repeat(drivers.T, 3, axis=0), *[target] * 3])
    return np.clip(np.rint(6.5 + 1.9 * (z + 0.6 * rng.normal(size=z.shape))), 1, 10)


@dataclass(frozen=True)
class Population:
    """Customers to draw surveys from, the items of each construct by number, and the paths."""

    draw: Callable[[np.random.Generator, int], np.ndarray]
    sizes: Mapping[str, int]
    paths: list[list[str]]

    def constructs(self) -> dict[str, list[str]]:
        """Names of items by construct."""
        ends = np.cumsum([0, *self.sizes.values()])
        return {name: [f"q{k}" for k in range(a, b)]
                for name, a, b in zip(self.sizes, ends[:-1], ends[1:], strict=True)}  # fmt: skip

    def study(self, missing: str, resamples: int) -> Study:
        return read_study(
            self.constructs(), self.paths, [1, 10], Common(), target="satisfaction", scheme="path", standardised=True,
            missing=missing, resamples=resamples, folds=2,
        )  # fmt: skip

    def answers(self, study: Study, x: np.ndarray) -> Answers:
        frame = pd.DataFrame(x, columns=study.model.items)
        return tally_cells(frame, study.deck, study.common, each=True).answers("", "")

    def fit(self, x: np.ndarray, missing: str, resamples: int) -> tuple[Study, Fitted]:
        study = self.study(missing, resamples)
        found = study.fit(self.answers(study, x), "")
        assert isinstance(found, Fitted), found
        return study, found

    def exact(self, x: np.ndarray) -> tuple[Study, Fitted]:
        """The same without resamples: all of them are the estimate."""
        study = self.study("complete", 100)
        answers = self.answers(study, x)
        items = ready(answers.scores, answers.w, *study.ends, "complete")
        twice = np.repeat(items.moments.sum(axis=0)[:, None], 2, axis=1)
        draws = from_totals(twice, items, study.structure, tolerance=1e-10)
        return study, Fitted(answers, items, estimate(items, study.structure), draws, (), frozenset())


SMALL_MODEL = [["quality", "value"], ["quality", "satisfaction"], ["value", "satisfaction"],
               ["satisfaction", "complaints"]]  # fmt: skip
POPULATIONS = {
    "skewed": Population(skewed, {"quality": 3, "value": 3, "satisfaction": 3, "complaints": 1}, SMALL_MODEL),
    "weak": Population(
        weak, {**dict.fromkeys("abcd", 3), "satisfaction": 3}, [[name, "satisfaction"] for name in "abcd"]
    ),
    "american": Population(
        american,
        {"expectations": 3, "quality": 3, "value": 2, "satisfaction": 3, "complaints": 1, "loyalty": 1},
        [["expectations", "quality"], ["expectations", "value"], ["expectations", "satisfaction"],
         ["quality", "value"], ["quality", "satisfaction"], ["value", "satisfaction"],
         ["satisfaction", "complaints"], ["satisfaction", "loyalty"], ["complaints", "loyalty"]],
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """Surveys of ``n`` from a population, a share of answers missing at random, one rule for them."""

    population: str
    n: int
    gaps: float = 0.0
    missing: str = "pairwise"
    resamples: int = 600

    @property
    def label(self) -> str:
        return f"{self.population} n {self.n} missing {self.gaps:.0%} {self.missing if self.gaps else ''}".strip()

    def rows(self, rng: np.random.Generator) -> dict[tuple[str, str], Row]:
        """The rows of one survey by item and term."""
        people = POPULATIONS[self.population]
        x = people.draw(rng, self.n)
        x = np.where(rng.random(x.shape) < self.gaps, np.nan, x)
        return rows_of(people, *people.fit(x, self.missing, self.resamples))

    def coverage(self, surveys: int, seed: int = 1) -> pd.Series:
        """Coverage by term and item."""
        rng, true = np.random.default_rng([seed, self.n]), truth(self.population)
        held = [
            {key: row["low"] <= true[key] <= row["high"] for key, row in self.rows(rng).items() if key in true}
            for _ in range(surveys)
        ]
        found = pd.DataFrame(held).mean()
        return found.set_axis(pd.MultiIndex.from_tuples(found.index))


def rows_of(people: Population, study: Study, fitted: Fitted) -> dict[tuple[str, str], Row]:
    """What the method says of the quantities studied here; loadings and weights of single items are none."""
    n, p = fitted.items.x.shape
    unknown = np.full(p, np.nan)
    nobody = Prediction(unknown, unknown, unknown, unknown, unknown, 0, np.full((3, n, p), np.nan))
    parts = (construct_rows(fitted, study), path_rows(fitted, study), regression_rows(fitted, study),
             item_rows(fitted, study, nobody))  # fmt: skip
    alone = {items[0] for items in people.constructs().values() if len(items) == 1}
    return {
        (row["term"], row["item"]): row
        for rows, _ in parts
        for row in rows
        if row["term"] in TERMS and row["item"] not in alone
    }


@cache
def truth(population: str) -> dict[tuple[str, str], float]:
    """What the method estimates among very many respondents, none of whom left anything out."""
    people = POPULATIONS[population]
    rows = rows_of(people, *people.exact(people.draw(np.random.default_rng(12345), TRUTH)))
    return {key: row["estimate"] for key, row in rows.items()}


CELLS = [Cell(name, n, gaps, rule) for name in POPULATIONS for n in (100, 250)
         for gaps, rule in ((0.0, "pairwise"), (0.08, "pairwise"), (0.08, "mean"))]  # fmt: skip


def coverage(surveys: int, only: str) -> None:
    for cell in CELLS:
        if not cell.label.startswith(only):
            continue
        found = cell.coverage(surveys)
        print(f"{cell.label}, {surveys} surveys")
        for term, name in TERMS.items():
            mine = found[term]
            outside = sum(not AIM[0] <= value <= AIM[1] for value in mine)
            star = " " if AIM[0] <= mine.mean() <= AIM[1] else "*"
            print(f"    {name:14} {mine.min():.3f} {mine.mean():.3f}{star} {mine.max():.3f}   outside {outside} of "
                  f"{len(mine)}", flush=True)  # fmt: skip


@dataclass(frozen=True)
class Planted:
    """Surveys of two correlated drivers with known paths to satisfaction, and from there to loyalty.

    ``noise`` : items that do not even go together inside their constructs.
    """

    n: int
    first: float = 0.0
    second: float = 0.0
    after: float = 0.0
    noise: bool = False
    people: Population = field(default=Population(
        lambda rng, n: rng.normal(size=(n, 10)),
        {"quality": 3, "value": 3, "satisfaction": 3, "loyalty": 1},
        [["quality", "satisfaction"], ["value", "satisfaction"], ["satisfaction", "loyalty"]],
    ))  # fmt: skip

    def draw(self, rng: np.random.Generator) -> pd.DataFrame:
        one, other, *e = rng.normal(size=(4, self.n))
        other = 0.3 * one + 0.91**0.5 * other
        left = 1 - self.first**2 - self.second**2 - 0.6 * self.first * self.second
        satisfaction = self.first * one + self.second * other + left**0.5 * e[0]
        loyalty = self.after * satisfaction + (1 - self.after**2) ** 0.5 * e[1]
        z = 0.85 * np.column_stack([one] * 3 + [other] * 3 + [satisfaction] * 3)
        z = np.column_stack([z + (1 - 0.85**2) ** 0.5 * rng.normal(size=z.shape), loyalty])
        if self.noise:
            z = rng.normal(size=z.shape)
        return pd.DataFrame(np.clip(np.rint(6.5 + 2 * z), 1, 10), columns=[f"q{k}" for k in range(10)])

    def claims(self, seed: int, resamples: int = 200) -> pd.DataFrame:
        """The claims that a page without groups and waves makes."""
        x = self.draw(np.random.default_rng([seed, 31])).to_numpy()
        study, fitted = self.people.fit(x, "pairwise", resamples)
        found = settle(path_claims(fitted, study.foresee(fitted), study), 0.95)
        return found[found["made"]]


PLANTED = {
    "nothing, not even constructs": Planted(150, noise=True), "nothing between constructs": Planted(150),
    "one driver of .5, one of 0": Planted(250, 0.5, 0, 0.5), "two drivers of .3": Planted(250, 0.3, 0.3, 0.5),
    "drivers of .5 and .1": Planted(400, 0.5, 0.1, 0.5), "two drivers of .2": Planted(250, 0.2, 0.2, 0.5),
}  # fmt: skip


def claims(surveys: int, only: str) -> None:
    for name, design in PLANTED.items():
        if not name.startswith(only):
            continue
        told: Counter[str] = Counter()
        for seed in range(surveys):
            made = design.claims(seed)
            told["any"] += not made.empty
            told.update({f"{kind} {item} {other}".strip() for kind, item, other in
                         zip(made["kind"], made["item"], made["other"], strict=True)})  # fmt: skip
        shown = ", ".join(f"{what} {times / surveys:.3f}" for what, times in told.most_common())
        print(f"{name}, n {design.n}: {shown}", flush=True)


STUDIES = {"coverage": coverage, "claims": claims}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.coverage_paths")
    parser.add_argument("studies", nargs="*", choices=[[], *STUDIES], default=[])
    parser.add_argument("--surveys", type=int, default=500)
    parser.add_argument("--only", default="", help="cells whose line begins with this")
    asked = parser.parse_args()
    for name in asked.studies or STUDIES:
        STUDIES[name](asked.surveys, asked.only)


if __name__ == "__main__":
    main()
