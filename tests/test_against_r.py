"""Fresh weighted surveys against R's packages survey and psych, where they are installed."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import cxkit as cx

RSCRIPT = shutil.which("Rscript")
ITEMS = ["q1", "q2", "q3"]
SCRIPT = Path(__file__).with_name("against_r.R")


def survey(seed, weighted):
    """A panel of two waves, 150 and 170 respondents of whom 120 answered twice, with gaps."""
    rng = np.random.default_rng(seed)
    ids = [*range(150), *range(120), *range(150, 200)]
    level = rng.normal(size=200)[ids]
    x = np.clip(np.rint(7 + 1.5 * level[:, None] + rng.normal(0, 1.2, (len(ids), 4))), 1, 10)
    frame = pd.DataFrame(x, columns=[*ITEMS, "nps"])
    for column in frame:
        frame.loc[rng.uniform(size=len(ids)) < 0.07, column] = np.nan
    frame["id"], frame["wave"] = [f"r{k}" for k in ids], ["2025"] * 150 + ["2026"] * 170
    frame["group"] = rng.choice(["North", "South", "West"], 200)[ids]
    frame["w"] = np.exp(0.6 * rng.normal(size=len(ids)) + 0.2 * level) if weighted else 1.0
    return frame


@pytest.fixture(scope="module", params=[(1, False), (2, True), (3, True)], ids=["plain", "weighted", "another"])
def both(request, tmp_path_factory):
    if not RSCRIPT:
        pytest.skip("R is not installed")
    data = survey(*request.param)
    path = tmp_path_factory.mktemp("r") / "survey.csv"
    data.to_csv(path, index=False)
    run = subprocess.run([RSCRIPT, str(SCRIPT), str(path)], capture_output=True, text=True, check=False)
    if "there is no package" in run.stderr:
        pytest.skip("R lacks survey or psych")
    assert not run.returncode, run.stderr
    theirs = {name: float(value) for name, value in (line.split(",") for line in run.stdout.split())}
    return data, theirs


ROLES = {"wave": "wave", "weight": "w", "by": "group"}


def row(result, **where):
    return result.rows(wave="2026", **where).iloc[0]


def test_means_boxes_and_alpha_are_those_of_r(both):
    data, theirs = both
    result = cx.scaling(data, ITEMS, scale=[1, 10], **ROLES)
    for item in ITEMS:
        found = row(result, item=item, term="mean", group="")
        assert (found["estimate"], found["se"]) == pytest.approx(
            (theirs[f"mean.{item}"], theirs[f"se.{item}"]), rel=1e-10
        )
    found = row(result, item="q1", term="top_box", group="")
    assert (found["estimate"], found["se"]) == pytest.approx((theirs["top.q1"], theirs["top.se.q1"]), rel=1e-10)
    if (data["w"] == 1).all():
        assert result.facts["alpha"] == pytest.approx(theirs["alpha"], rel=1e-10)


def test_the_net_promoter_score_and_its_error_are_those_of_r(both):
    data, theirs = both
    found = row(cx.nps(data, "nps", scale=[1, 10], **ROLES), term="nps", group="")
    assert (found["estimate"], found["se"]) == pytest.approx((theirs["nps"], theirs["nps.se"]), rel=1e-10)


def test_differences_of_groups_and_of_a_panel_have_the_errors_of_r(both):
    data, theirs = both
    result = cx.scaling(data, ITEMS, scale=[1, 10], respondent="id", **ROLES)
    for item in ("q1", "q2"):
        rest = row(result, item=item, term="mean_vs_rest", group="North")
        expected = theirs[f"rest.{item}"], theirs[f"rest.se.{item}"]
        assert (rest["estimate"], rest["se"]) == pytest.approx(expected, rel=1e-9)
        assert row(result, item=item, term="mean_vs_previous")["se"] == pytest.approx(
            theirs[f"panel.se.{item}"], rel=1e-9
        )
