"""How often intervals hold the truth and tests cry wolf, over simulated surveys.

``python -m tests.benchmarks.coverage [panel ...] [--surveys 5000] [--only TEXT]`` prints a line per cell of each
study (all studies unless named): false alarms at 5 % where nothing changes, coverage of the 95 % interval where
something does, surveys whose interval lies wholly above and below the truth, tests that are undefined, and tests that
disagree with their interval. A star marks what lies outside .04 to .06, or .93 to .97. Shares, net scores, means,
distributions and distances are studied in ``tests.benchmarks.interval_studies``.

A study is a function that yields cells; a cell draws surveys and asks the functions that the method calls. A new
method adds its study to ``STUDIES``.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import stats

from cxkit.stats.change import Pairs, net_change
from cxkit.stats.weights import Distribution
from tests.benchmarks import interval_studies
from tests.benchmarks.studies import COVERAGE, FALSE_ALARMS, Cell, Found

CODES = np.array([-1.0, 0, 1])


@dataclass(frozen=True)
class Panel:
    """Two waves of net scores in which some respondents are the same.

    Attributes
    ----------
    before, after : shares of detractors, passives and promoters in the two waves.
    r : correlation of the two answers where nothing changes: with this probability a respondent keeps the own place
        among all (and so the answer, or moves as all do), else answers anew; at 1 everybody moves one way.
    attitudes : r is the correlation of two normal attitudes that the answers are cut from instead, so that more
        respondents move a little.
    n, overlap : respondents a wave, and the part of them who stand in both.
    cv, heavy : of the weights (lognormal); heavy makes those with extreme answers before the heavier ones.
    own : a weight of its own in each wave, which for heavy ones goes with that wave's answer.
    """

    before: tuple[float, float, float]
    after: tuple[float, float, float]
    r: float
    n: int
    overlap: float = 1.0
    cv: float = 0.0
    heavy: bool = False
    own: bool = False
    attitudes: bool = False

    @cached_property
    def joint(self) -> np.ndarray:
        """Probability of each pair of answers, before x after."""
        if self.attitudes and self.r:
            cuts = [[-9, *stats.norm.ppf(np.cumsum(shares)[:-1]), 9] for shares in (self.before, self.after)]
            below = stats.multivariate_normal(cov=[[1, self.r], [self.r, 1]])
            found = np.diff(np.diff([[below.cdf([x, y]) for y in cuts[1]] for x in cuts[0]], axis=0), axis=1)
            return np.maximum(found, 0) / np.maximum(found, 0).sum()
        ends = [np.concatenate([[0], np.cumsum(shares)]) for shares in (self.before, self.after)]
        shared = np.minimum.outer(ends[0], ends[1])  # those who keep their place: the lower u of both, as u <= both
        return self.r * np.diff(np.diff(shared, axis=0), axis=1) + (1 - self.r) * np.outer(self.before, self.after)

    def pull(self) -> np.ndarray:
        """Mean of the logarithm of the weight by answer, in its standard deviations."""
        extreme = np.abs(CODES) - (1 - self.before[1])
        return extreme / np.sqrt(2 * self.before[1] * (1 - self.before[1])) if self.heavy else np.zeros(3)

    @property
    def spread(self) -> float:
        return float(np.sqrt(np.log(1 + self.cv**2)))

    @property
    def truth(self) -> float:
        """The change of the weighted net score in the population."""
        factor = np.exp(self.spread * self.pull())
        old = self.joint * factor[:, None]
        new = self.joint * factor[None, :] if self.own else old
        return float((new @ CODES).sum() / new.sum() - (CODES @ old).sum() / old.sum())

    def draw(self, rng: np.random.Generator, surveys: int) -> Found:
        twice = round(self.n * self.overlap)
        size = (surveys, 2 * self.n - twice)
        drawn = rng.choice(9, size, p=self.joint.ravel())
        answers, weights = (drawn // 3, drawn % 3), []
        for wave in range(2):
            if wave and not self.own:
                weights.append(weights[0])
                continue
            noise = rng.standard_normal(size) * (np.sqrt(0.5) if self.heavy else 1)
            weights.append(np.exp(self.spread * (self.pull()[answers[wave]] + noise)))
        # first those who stand in both, then those of the wave before, then those of the wave after
        sides = []
        for wave, place in enumerate((slice(0, self.n), np.r_[0:twice, self.n : size[1]])):
            mine, w = answers[wave][:, place], weights[wave][:, place]
            sides.append([_by_cell(mine, w**k, 3) for k in (0, 1, 2, 3)])
        both, (v, w) = drawn[:, :twice], (side[:, :twice] for side in weights)
        sums = {(i, j): _by_cell(both, v**i * w**j, 9) for i in range(4) for j in range(4 - i)}
        found = []
        for k in range(surveys):
            old, new = (Distribution(CODES, *(part[k] for part in side)) for side in sides)
            pairs = Pairs(np.repeat(CODES, 3), np.tile(CODES, 3), sums[0, 0][k], {ij: s[k] for ij, s in sums.items()})
            test = net_change(new, old, pairs)
            found.append((*test.interval(0.95), test.p))
        low, high, p = np.array(found).T
        return Found(self.truth, low, high, p)


def _by_cell(place: np.ndarray, value: np.ndarray, cells: int) -> np.ndarray:
    """Sums of values by survey and cell."""
    surveys = len(place)
    flat = (place + cells * np.arange(surveys)[:, None]).ravel()
    return np.bincount(flat, value.ravel(), cells * surveys).reshape(surveys, cells)


EVEN = {0: (0.3, 0.4, 0.3), 10: (0.25, 0.4, 0.35), 25: (0.2, 0.35, 0.45), 40: (0.15, 0.3, 0.55)}
HIGH = {0: (0.15, 0.35, 0.5), 10: (0.1, 0.35, 0.55), 25: (0.05, 0.3, 0.65), 40: (0.02, 0.21, 0.77)}
WEIGHTS = [(0.0, False), (0.5, False), (1.0, False), (0.5, True), (1.0, True)]


def panel() -> Iterator[Cell]:
    """The change of a net score among the same respondents."""
    for name, waves in (("even", EVEN), ("high", HIGH)):
        for change, after in waves.items():
            for r in (0, 0.5, 0.7, 0.9, 1.0):
                if r == 1 and not change:
                    continue
                for n, cv, heavy in [(60, 0.0, False), *((n, *w) for n in (100, 400) for w in WEIGHTS)]:
                    yield _panel_cell(name, change, Panel(waves[0], after, r, n, 1.0, cv, heavy))


def attitudes() -> Iterator[Cell]:
    """The same where the answers of both waves are cut from attitudes that correlate."""
    for name, waves in (("even", EVEN), ("high", HIGH)):
        for change, after in waves.items():
            for r in (0, 0.5, 0.7, 0.9):
                for n, cv, heavy in [(60, 0.0, False), *((n, *w) for n in (100, 400) for w in WEIGHTS)]:
                    yield _panel_cell(name, change, Panel(waves[0], after, r, n, 1.0, cv, heavy, attitudes=True))


def mixed() -> Iterator[Cell]:
    """The same where only some respondents stand in both waves, or where each wave has its own weights."""
    for change, after in EVEN.items():
        for r in (0.5, 0.9):
            for n in (100, 400):
                for cv, heavy in WEIGHTS:
                    for overlap in (0.1, 0.5, 0.9):
                        yield _panel_cell("even", change, Panel(EVEN[0], after, r, n, overlap, cv, heavy))
                    if cv:
                        yield _panel_cell("even", change, Panel(EVEN[0], after, r, n, 1.0, cv, heavy, own=True))


def _panel_cell(name: str, change: int, design: Panel) -> Cell:
    kind = ("heavy extremes" if design.heavy else "unrelated") if design.cv else ""
    more = f"overlap {design.overlap}" * (design.overlap < 1) + "own weights" * design.own
    label = f"{name} +{change:<2} n {design.n} r {design.r} cv {design.cv} {kind} {more}"
    return Cell(label, abs(design.truth) < 1e-12, design.draw)


STUDIES = {"panel": panel, "attitudes": attitudes, "mixed": mixed, **interval_studies.STUDIES}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.coverage")
    parser.add_argument("studies", nargs="*", choices=[[], *STUDIES], default=[])
    parser.add_argument("--surveys", type=int, default=5000)
    parser.add_argument("--only", default="", help="cells whose line begins with this")
    chosen = parser.parse_args()
    for name in chosen.studies or STUDIES:
        seen: dict[tuple[int, bool], list[Found]] = {}
        for number, cell in enumerate(STUDIES[name]()):
            if cell.label.startswith(chosen.only):
                found = cell.draw(np.random.default_rng([1, number]), chosen.surveys)
                seen.setdefault((cell.base, cell.null), []).append(found)
                print(f"{name:6}", cell.line(found), flush=True)
        for (base, null), cells in sorted(seen.items()):
            kind, (least, most) = ("false alarms", FALSE_ALARMS) if null else ("coverage", COVERAGE)
            values = [found.false_alarms if null else found.coverage for found in cells]
            outside = sum(not least <= value <= most for value in values)
            print(f"{name:6} n {base}: {kind} from {min(values):.3f} to {max(values):.3f} in {len(values)} cells, "
                  f"{outside} outside {least} to {most}")  # fmt: skip


if __name__ == "__main__":
    main()
