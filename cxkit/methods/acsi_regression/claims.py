"""What a path model may claim of its target: links that hold, the strongest of them, and what to improve first."""

from collections.abc import Sequence

import numpy as np

from cxkit.measure.claims import IMPORTANT, IMPROVE, Claim, against_zero, drawn_claims
from cxkit.measure.drivers import DRIVER
from cxkit.methods.acsi_regression.predict import Prediction, foresight
from cxkit.methods.acsi_regression.study import Fitted, Study, bounded
from cxkit.result import ARROW

LINK, FORESEES = "link", "foresees"


def path_claims(fitted: Fitted, foreseen: Prediction, study: Study) -> list[Claim]:
    """Every link into and out of the target against 0; of any two drivers which is stronger, and which has more to
    gain, as points of the target up to its own 100; whether the model foresees the target's answers better than
    regression. Constructs whose index is withheld have no claims."""
    names, target = study.model.names, study.target
    if names[target] in fitted.withheld:
        return []
    asked = foreseen.losses[:, :, list(study.structure.blocks[target])]
    claims = [Claim(FORESEES, names[target], *foresight(asked, fitted.items.w))]
    effects, drawn = fitted.sample.total_points[:, :, 0], fitted.draws.total_points
    index, indices = fitted.sample.index[:, 0], bounded(fitted.draws.index)
    told = [k for k, name in enumerate(names) if name not in fitted.withheld]
    before = [k for k in study.model.leads_to(target) if k in told]
    after = [k for k in told if target in study.model.leads_to(k)]
    pairs = [(k, target) for k in before] + [(target, k) for k in after]
    claims += [
        Claim(LINK, names[a] + ARROW + names[b], float(effects[a, b]), _link_p(fitted, a, b)) for a, b in pairs
    ]
    sizes = {names[k]: abs(float(effects[k, target])) for k in before}
    claims += drawn_claims(DRIVER, sizes, np.abs(drawn[before, target]).T, fitted.df)
    gains = {names[k]: float(effects[k, target] * (100 - index[k])) for k in before}
    claims += drawn_claims(IMPROVE, gains, (drawn[before, target] * (100 - indices[before])).T, fitted.df)
    if len(before) > 1:
        claims += _important([names[k] for k in before], index[before], indices[before], effects[before, target],
                             drawn[before, target], fitted.df)  # fmt: skip
    return claims


def _link_p(fitted: Fitted, start: int, end: int) -> float:
    """The larger p of a total effect by both levels, each against its spread over resamples.

    Weights of PLS are chosen so that constructs go together, so beside a real link one of 0 is called reliable in 9
    to 10 surveys of 100 at a level of 5 %; plain means choose nothing, and are told of by no sentence.
    """
    levels = (
        (fitted.sample.total_points[start, end, 0], fitted.draws.total_points[start, end]),
        (fitted.sample.slopes_total[start, end, 0], fitted.draws.slopes_total[start, end]),
    )
    return max(against_zero(float(value), drawn, fitted.df)[1] for value, drawn in levels)


def _important(
    names: Sequence[str], index: np.ndarray, indices: np.ndarray, impact: np.ndarray, impacts: np.ndarray, df: float
) -> list[Claim]:
    """The constructs away from the average of all in index and impact: the estimate is how far in index."""
    sides = []
    for value, drawn in ((index, indices), (impact, impacts)):
        around, spread = value - value.mean(), drawn - drawn.mean(axis=0)
        sides.append([against_zero(float(one), its, df) for one, its in zip(around, spread, strict=True)])
    return [
        Claim(IMPORTANT, name, gap, max(p, p_impact))
        for name, (gap, p), (_, p_impact) in zip(names, *sides, strict=True)
    ]
