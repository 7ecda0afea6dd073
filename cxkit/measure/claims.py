"""What a page may say: every test that could become a sentence, adjusted as one family."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from math import nan

import numpy as np
import pandas as pd
from scipy import stats

from cxkit.measure.cells import Cells
from cxkit.measure.comparison import EVERYBODY, FIRST, PREVIOUS, REST, SLOPE, gap
from cxkit.measure.groups import mirrored
from cxkit.result import CLAIM_COLUMNS
from cxkit.stats.compare import holm
from cxkit.stats.joint import Estimate

PAIR = "pair"  # of two items, which is higher
IMPROVE = "improve"  # of two parts, which has more to gain
IMPORTANT = "important"  # a part that matters, above or below the average


@dataclass(frozen=True)
class Claim:
    """A test that could become a sentence.

    Attributes
    ----------
    kind : "vs_rest", "vs_previous", "vs_first" or "slope", "pair" of two items, or one of the method's own.
    item, other, group : what the claim is about, and the item it is compared with.
    estimate : above 0 for more, below for less; p of "it is 0", two-sided, not adjusted.
    """

    kind: str
    item: str
    estimate: float
    p: float
    other: str = ""
    group: str = ""


def settle(claims: Sequence[Claim], level: float) -> pd.DataFrame:
    """Adjust all claims of a page together (Holm 1979), so that a page on data with nothing in it speaks in at most
    1 - level of surveys.

    Returns
    -------
    ``kind item other group estimate p p_page made``: p_page is adjusted over the page, made is p_page < 1 - level.
    """
    frame = pd.DataFrame([asdict(claim) for claim in claims], columns=list(CLAIM_COLUMNS[:-2]))
    p_page = holm(frame["p"].tolist())
    return frame.assign(p_page=p_page, made=p_page < 1 - level)


def comparison_claims(table: pd.DataFrame, cells: Cells, spoken: Collection[str] | None) -> list[Claim]:
    """The comparisons of the current wave that are shown; of two groups only the one above.

    Parameters
    ----------
    spoken : the items of which a page tells differences; None for all.
    """
    rows = table[(table["wave"] == cells.current) & table["p_adjusted"].notna()]
    found = []
    for kind in (REST, PREVIOUS, FIRST, SLOPE):
        mine = rows[rows["term"].str.endswith(f"_{kind}")]
        for (item, _), family in mine.groupby(["item", "term"], sort=False):
            if spoken is not None and item not in spoken:
                continue
            tests = family.to_dict("records")
            if kind == REST and mirrored(tests, cells.members):
                tests = sorted(tests, key=lambda row: -row["estimate"])[:1]
            found += [Claim(kind, str(item), row["estimate"], row["p"], group=row["group"]) for row in tests]
    return found


def pair_claims(levels: Mapping[str, Estimate], least: int, kind: str = PAIR) -> list[Claim]:
    """Which of two items is higher, for all of them, among the same respondents.

    Parameters
    ----------
    levels : item -> its estimate, all in one unit.
    least : base below which an item is not compared.
    """
    shown = {item: level for item, level in levels.items() if level.n >= least}
    found = []
    for (one, a), (other, b) in combinations(shown.items(), 2):
        row = gap(a, b, same=EVERYBODY)
        found.append(Claim(kind, one, row["estimate"], row["test"].p, other=other))
    return found


def drawn_claims(kind: str, values: Mapping[str, float], draws: np.ndarray, df: float) -> list[Claim]:
    """The same from resamples: a difference against its spread over them.

    Parameters
    ----------
    draws : resamples x items.
    df : degrees of freedom of the sample that was drawn from.
    """
    found = []
    for (j, one), (k, other) in combinations(enumerate(values), 2):
        gap = against_zero(values[one] - values[other], draws[:, j] - draws[:, k], df)
        found.append(Claim(kind, one, *gap, other=other))
    return found


def against_zero(estimate: float, draws: np.ndarray, df: float) -> tuple[float, float]:
    """An estimate and its two-sided p from the spread of its resamples, by t with ``df`` degrees of freedom, as few
    respondents tell their spread badly and resamples only repeat it; NaN where there is none."""
    spread = float(np.std(draws, ddof=1)) if len(draws) > 1 else nan
    return estimate, float(2 * stats.t.sf(abs(estimate) / spread, df)) if spread > 0 else nan
