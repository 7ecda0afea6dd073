"""What a semantic differential may claim: gaps, who is closer to the ideal, and what lies between own and ideal."""

from collections.abc import Sequence

import numpy as np
from scipy import stats

from cxkit.measure.claims import Claim, pair_claims
from cxkit.methods.semantic_differential.distances import part_estimates
from cxkit.methods.semantic_differential.read import PROFILE
from cxkit.result import Row
from cxkit.stats.joint import means
from cxkit.stats.weights import freedom
from cxkit.survey.tally import Answers

PART = "part"  # of two parts of the distance from own to the ideal, which is larger


def profile_claims(rows: Sequence[Row], things: Sequence[str], now: Answers, least: int) -> list[Claim]:
    """Each scale against each other object, who is closer to the ideal, and which part of the distance is larger.

    Parameters
    ----------
    rows : those of all respondents of the current wave.
    things : own, the competitors and the ideal.
    now : the answers of that wave, all objects' scales one after another, turned where a scale is.
    least : base below which nothing is compared.
    """
    own, *others = things
    shown = {(row["term"], row["item"]): row for row in rows}
    found = [
        Claim("gap", item, row["estimate"], row["p"], other=other)
        for other in others
        for (term, item), row in shown.items()
        if term == f"gap_{own}_{other}" and row["p_adjusted"] == row["p_adjusted"]
    ]
    for other in others[:-1]:
        share = shown.get((f"closer_{own}_{other}", PROFILE), {}).get("estimate", np.nan)
        z = stats.norm.ppf(min(share, 1 - share))  # resamples only repeat what few respondents know of their spread
        p = 2 * stats.t.cdf(z, freedom(now.w))
        found += [Claim("closer", own, share - 0.5, float(p), other=other)] * bool(share == share)
    scales = now.scores.shape[1] // len(things)
    if scales > 1:
        each = means(now.scores, now.w)
        found += pair_claims(part_estimates(each[:scales], each[-scales:]), least, PART)
    return found
