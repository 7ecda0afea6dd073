"""Cells of ``tests.benchmarks.interval_studies`` with fewer surveys: those where Kish's base and n - 1 failed."""

import numpy as np
import pytest

from tests.benchmarks.interval_studies import (
    BOXES,
    ENDS,
    NETS,
    POPULATIONS,
    Profiles,
    Survey,
    joint_interval,
    level_of,
    mean_interval,
    net_interval,
    share_interval,
)
from tests.benchmarks.studies import COVERAGE

TYPICAL, HIGH, LOW = (POPULATIONS[name] for name in ("typical", "high", "low"))
ROOM = 0.02  # three standard errors of a share of .05 in 1,000


def holds(found):
    return COVERAGE[0] - ROOM < found.coverage < COVERAGE[1] + ROOM


# On Kish's base: .85, .99, .99 and .87.
@pytest.mark.parametrize(
    ("survey", "box"),
    [
        (Survey(HIGH, 400, 0.5, "extremes"), "detractors"),
        (Survey(TYPICAL, 400, 1.0, "extremes"), "passives"),
        (Survey(TYPICAL, 400, 1.0, "level"), "detractors"),
        (Survey(LOW, 100, 1.0, "level"), "promoters"),
    ],
)
def test_intervals_of_shares_hold_under_weights_that_go_with_the_answers(survey, box):
    truth = float(survey.truth[list(BOXES[box])].sum())
    assert holds(survey.found(truth, share_interval(BOXES[box]), np.random.default_rng(1), 1000))


# On Kish's base: .89, .89 and .99.
@pytest.mark.parametrize(
    ("survey", "name"),
    [
        (Survey(HIGH, 400, 0.5, "extremes"), "nps"),
        (Survey(LOW, 100, 1.0, "level"), "nps"),
        (Survey(HIGH, 400, 1.0, "level"), "ends"),
    ],
)
def test_intervals_of_net_scores_hold_under_weights_that_go_with_the_answers(survey, name):
    top, bottom = NETS[name]
    truth = float(survey.truth[list(top)].sum() - survey.truth[list(bottom)].sum())
    assert holds(survey.found(truth, net_interval(top, bottom), np.random.default_rng(2), 1000))


# With t on n - 1 and no bounds: .89, .88, .89 and .88.
@pytest.mark.parametrize(
    "survey",
    [
        Survey(ENDS["9.5"], 20),
        Survey(HIGH, 20, 1.0, "unrelated"),
        Survey(TYPICAL, 20, 1.0, "unrelated"),
        Survey(ENDS["9.8"], 100, 1.0, "unrelated"),
    ],
)
def test_intervals_of_means_hold_near_the_end_of_the_scale_and_under_heavy_weights(survey):
    found = survey.found(level_of(survey), mean_interval, np.random.default_rng(3), 1000)
    assert found.coverage > COVERAGE[0] - ROOM
    assert found.coverage < COVERAGE[1] + ROOM


# Goodman on Kish's base: .82, .80 and .76.
@pytest.mark.parametrize(
    "survey", [Survey(HIGH, 50), Survey(HIGH, 50, 1.0, "unrelated"), Survey(HIGH, 100, 0.5, "extremes")]
)
def test_all_shares_of_a_distribution_hold_together(survey):
    """By a bound that adds up what each share may miss, so more often than .95 where few and heavy answers count."""
    found = survey.found(0.0, joint_interval(survey.truth), np.random.default_rng(4), 600)
    assert found.coverage > COVERAGE[0] - ROOM


def test_the_interval_of_a_distance_holds_under_heavy_weights():
    """With n - 1 degrees of freedom in .91 to .92; which ones are taken is tested with the method."""
    assert holds(Profiles(0.8, 30, 1.0).draw(np.random.default_rng(5), 600))
