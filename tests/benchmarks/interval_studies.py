"""Studies of single estimates: whether 95 % intervals of shares, nets, means, distributions and distances hold.

Answers are drawn from populations of scores, weights are lognormal with a cv of 0.5 or 1 and have nothing to do with
the answers, grow with the score ("level") or with its distance from the middle ("extremes"); half of the variance of
their logarithm then comes from the answer's place among all (its normal score), so that no answer gets all weight.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy import stats

from cxkit.methods.semantic_differential.distances import distance
from cxkit.stats.joint import combine, means
from cxkit.stats.net import net, net_base
from cxkit.stats.shares import goodman, wilson
from cxkit.stats.weights import Distribution, mean
from tests.benchmarks.studies import Cell, Found

POPULATIONS = {
    "typical": np.array([3, 1, 2, 2, 3, 8, 8, 16, 23, 14, 20]) / 100,
    "high": np.array([0.3, 0.2, 0.3, 0.5, 0.7, 2, 3, 8, 17, 23, 45]) / 100,
    "low": np.array([15, 8, 9, 9, 8, 15, 9, 10, 9, 4, 4]) / 100,
}
ENDS = {  # means of 9.5 and of 9.8
    "9.5": np.array([0.01, 0.01, 0.01, 0.01, 0.01, 1, 1, 3, 8, 17.95, 69]) / 100,
    "9.8": np.array([0.01, 0.01, 0.01, 0.01, 0.01, 0.05, 0.1, 0.8, 3, 10, 86]) / 100,
}
WEIGHTS = [(0.0, ""), *((cv, kind) for cv in (0.5, 1.0) for kind in ("unrelated", "level", "extremes"))]
BOXES = {"promoters": range(9, 11), "passives": range(7, 9), "detractors": range(7), "top": range(10, 11)}
NETS = {"nps": (range(9, 11), range(7)), "ends": (range(9, 11), range(2))}

Measure = Callable[[Distribution], tuple[float, float]]


@dataclass(frozen=True)
class Survey:
    """Answers 0, 1, 2 ... to one question with their weights.

    Attributes
    ----------
    shares : of the answers in the population, unweighted.
    cv, kind : of the weights.
    """

    shares: np.ndarray
    n: int
    cv: float = 0.0
    kind: str = ""

    @property
    def spread(self) -> float:
        return float(np.sqrt(np.log(1 + self.cv**2)))

    @property
    def pull(self) -> np.ndarray:
        """What an answer adds to the logarithm of the weight, in its standard deviations."""
        shares = self.shares / self.shares.sum()
        place = stats.norm.ppf(np.cumsum(shares) - shares / 2)
        if self.kind not in ("level", "extremes"):
            return np.zeros(len(shares))
        x = place if self.kind == "level" else np.abs(place - shares @ place)
        return (x - shares @ x) / np.sqrt(2 * (shares @ x**2 - (shares @ x) ** 2))

    @property
    def truth(self) -> np.ndarray:
        """Shares of the answers in the weighted population."""
        found = self.shares * np.exp(self.spread * self.pull)
        return found / found.sum()

    def draw(self, rng: np.random.Generator, surveys: int) -> list[Distribution]:
        size, k = (surveys, self.n), len(self.shares)
        answers = rng.choice(k, size, p=self.shares / self.shares.sum())
        noise = rng.standard_normal(size) * (np.sqrt(0.5) if self.pull.any() else 1)
        w = np.exp(self.spread * (self.pull[answers] + noise))
        flat = (answers + k * np.arange(surveys)[:, None]).ravel()
        sums = [np.bincount(flat, (w**power).ravel(), k * surveys).reshape(surveys, k) for power in range(4)]
        return [Distribution(np.arange(k, dtype=float), *part) for part in zip(*sums, strict=True)]

    def found(self, truth: float, measure: Measure, rng: np.random.Generator, surveys: int) -> Found:
        """What a measure says of many surveys."""
        low, high = np.array([measure(answers) for answers in self.draw(rng, surveys)]).T
        return Found(truth, low, high)


def share_interval(box: range) -> Measure:
    return lambda answers: wilson(answers.share_of(box), answers.share_base(box))


def net_interval(top: range, bottom: range) -> Measure:
    def measure(answers: Distribution) -> tuple[float, float]:
        found = net(answers.share_of(top), answers.share_of(bottom), net_base(answers, top, bottom))
        return found.low, found.high

    return measure


def mean_interval(answers: Distribution) -> tuple[float, float]:
    found = mean(answers, (0, float(answers.score[-1])))
    return found.low, found.high


def joint_interval(truth: np.ndarray) -> Measure:
    """The least and the most room that any of the simultaneous intervals leaves beside the truth."""

    def measure(answers: Distribution) -> tuple[float, float]:
        single = [range(k, k + 1) for k in range(len(truth))]
        ends = np.array(goodman([*map(answers.share_of, single)], [*map(answers.share_base, single)]))
        return float((ends[:, 0] - truth).max()), float((ends[:, 1] - truth).min())

    return measure


def _cell(label: str, survey: Survey, truth: float, measure: Measure) -> Cell:
    name = f"{label} n {survey.n} cv {survey.cv} {survey.kind}"
    return Cell(name, False, lambda rng, surveys: survey.found(truth, measure, rng, surveys))


def shares() -> Iterator[Cell]:
    """Shares of boxes, and of one answer in 300 among 50."""
    for name, population in POPULATIONS.items():
        for n in (50, 100, 400):
            for cv, kind in WEIGHTS:
                survey = Survey(population, n, cv, kind)
                for box, scores in BOXES.items():
                    truth = float(survey.truth[list(scores)].sum())
                    yield _cell(f"{name} {box} {truth:.3f}", survey, truth, share_interval(scores))
    rare = Survey(np.array([0.997, 0.003]), 50)
    yield _cell("rare", rare, 0.003, share_interval(range(1, 2)))


def nets() -> Iterator[Cell]:
    """Net scores of wide and narrow boxes."""
    for name, population in POPULATIONS.items():
        for n in (50, 100, 400):
            for cv, kind in WEIGHTS:
                survey = Survey(population, n, cv, kind)
                for box, (top, bottom) in NETS.items():
                    truth = float(survey.truth[list(top)].sum() - survey.truth[list(bottom)].sum())
                    yield _cell(f"{name} {box} {truth:.3f}", survey, truth, net_interval(top, bottom))


def level_of(survey: Survey) -> float:
    return float(survey.truth @ np.arange(len(survey.shares)))


def mean_levels() -> Iterator[Cell]:
    """Means of scores, also near the end of the scale."""
    for name, population in {**POPULATIONS, **ENDS}.items():
        for n in (20, 30, 50, 100, 400):
            for cv, kind in WEIGHTS[: 2 if name in ENDS else None] + WEIGHTS[4:5] * (name in ENDS):
                survey = Survey(population, n, cv, kind)
                yield _cell(f"{name} mean {level_of(survey):.2f}", survey, level_of(survey), mean_interval)


def distributions() -> Iterator[Cell]:
    """All shares of a distribution together, on 0-10 and on five points."""
    five = {"five": np.array([2, 5, 13, 40, 40]) / 100, "five rare": np.array([0.3, 1.7, 8, 30, 60]) / 100}
    for name, population in {**POPULATIONS, **five}.items():
        for n in (50, 100, 400):
            for cv, kind in WEIGHTS:
                survey = Survey(population, n, cv, kind)
                yield _cell(name, survey, 0.0, joint_interval(survey.truth))


@dataclass(frozen=True)
class Profiles:
    """Two objects rated on six scales by the same people; ``apart`` standard deviations between them on each."""

    apart: float
    n: int
    cv: float = 0.0
    r: float = 0.3

    def draw(self, rng: np.random.Generator, surveys: int) -> Found:
        k, spread = 6, float(np.sqrt(np.log(1 + self.cv**2)))
        ends = []
        for _ in range(surveys):
            whole = rng.standard_normal((self.n, 1)) * np.sqrt(self.r)
            scores = whole + rng.standard_normal((self.n, 2 * k)) * np.sqrt(1 - self.r)
            scores[:, :k] += self.apart
            found = means(scores, np.exp(spread * rng.standard_normal(self.n)))
            gaps = [combine([a, b], [1, -1]) for a, b in zip(found[:k], found[k:], strict=True)]
            influence = np.column_stack([gap.influence for gap in gaps])
            d = distance(np.array([gap.value for gap in gaps]), influence.T @ influence, min(g.df for g in gaps))
            ends.append((d.low, d.high))
        low, high = np.array(ends).T
        return Found(self.apart * np.sqrt(k), low, high)


def distances() -> Iterator[Cell]:
    """The distance D between two profiles."""
    for apart in (0.1, 0.3, 0.8):
        for n in (30, 100):
            for cv in (0.0, 0.5, 1.0):
                yield Cell(f"apart {apart} n {n} cv {cv}", False, Profiles(apart, n, cv).draw)


STUDIES = {
    "shares": shares, "nets": nets, "means": mean_levels, "distributions": distributions, "distances": distances,
}  # fmt: skip
