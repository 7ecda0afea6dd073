"""What a study of simulated surveys consists of: what was found in many surveys of one cell, and how it is told."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

FALSE_ALARMS, COVERAGE = (0.04, 0.06), (0.93, 0.97)


@dataclass(frozen=True)
class Found:
    """The intervals of many surveys of one cell, and p values where something is tested."""

    truth: float
    low: np.ndarray
    high: np.ndarray
    p: np.ndarray = field(default_factory=lambda: np.empty(0))

    @property
    def above(self) -> float:
        return float((self.low > self.truth).mean())

    @property
    def below(self) -> float:
        return float((self.high < self.truth).mean())

    @property
    def coverage(self) -> float:
        """Of the surveys that have an interval."""
        held = (self.low <= self.truth) & (self.truth <= self.high)
        return float(held[~np.isnan(self.low)].mean())

    @property
    def false_alarms(self) -> float:
        return float((self.p < 0.05).mean())

    @property
    def undefined(self) -> int:
        return int((np.isnan(self.low) | np.isnan(self.high)).sum() + np.isnan(self.p).sum())

    @property
    def disagree(self) -> int:
        """Surveys whose interval leaves 0 out although p is 0.05 or more, or the other way round."""
        return int((((self.low > 0) | (self.high < 0)) != (self.p < 0.05)).sum()) if len(self.p) else 0


@dataclass(frozen=True)
class Cell:
    """One row of a study: ``draw(rng, surveys)`` makes the surveys and tests each."""

    label: str
    null: bool
    draw: Callable[[np.random.Generator, int], Found]

    @property
    def base(self) -> int:
        """Respondents of a survey, as the label says."""
        return int(self.label.partition(" n ")[2].split()[0])

    def line(self, found: Found) -> str:
        value, (least, most) = (found.false_alarms, FALSE_ALARMS) if self.null else (found.coverage, COVERAGE)
        star = " " if least <= value <= most else "*"
        kind = "false alarms" if self.null else "coverage"
        return (f"{self.label:62} {kind:12} {value:.3f}{star} above {found.above:.3f} below {found.below:.3f} "
                f"undefined {found.undefined} disagree {found.disagree}")  # fmt: skip
