"""What a satisfaction tree may claim: what to improve first, and what to keep up."""

import numpy as np

from cxkit.measure.claims import IMPORTANT, IMPROVE, Claim, against_zero, drawn_claims
from cxkit.methods.csi_tree.study import Study
from cxkit.result import Row
from cxkit.stats.joint import Estimate
from cxkit.stats.rollup import flat_weights

QUADRANTS = ("concentrate_here", "keep_up", "low_priority", "possible_overkill")  # Martilla & James 1977


def improve_claims(
    study: Study, weighing: list[Estimate], nodes: list[Estimate], values: np.ndarray, weights: np.ndarray
) -> list[Claim]:
    """Of any two leaves, which has more to gain.

    Parameters
    ----------
    values, weights : resamples x nodes.
    """
    known = [node.value == node.value for node in nodes]
    total = flat_weights(study.tree, [weight.value for weight in weighing], known)
    drawn = weights * np.array(known)
    for place, node in enumerate(study.tree):
        if node.parent >= 0:
            drawn[:, place] *= drawn[:, node.parent]
    leaves = [k for k, node in enumerate(study.tree) if not node.children and known[k]]
    gains = {study.tree[k].name: total[k] * max(0.0, study.target - nodes[k].value) for k in leaves}
    least = drawn[:, leaves] * np.maximum(0.0, study.target - values[:, leaves])
    return drawn_claims(IMPROVE, gains, least, min(nodes[k].df for k in leaves))


def quadrant_rows(
    study: Study, wave: str, parts: list[int], nodes: list[Estimate], values: np.ndarray, matters: np.ndarray
) -> tuple[list[Row], list[Claim]]:
    """Probability that a part lies above the average of the parts in performance, and not below it in importance; and
    the claims on parts that are not below it."""
    size = min(len(values), len(matters))
    if len(parts) < 2 or not size:
        return [], []
    performs, matters = values[:size, parts], matters[:size]
    performs = performs - performs.mean(axis=1, keepdims=True)
    matters = matters - matters.mean(axis=1, keepdims=True) + 1e-9  # with equal weights all parts matter
    good, heavy = performs > 0, matters >= 0
    chances = (heavy & ~good, heavy & good, ~heavy & ~good, ~heavy & good)
    level, df = np.array([nodes[place].value for place in parts]), min(nodes[place].df for place in parts)
    rows, claims = [], []
    for k, place in enumerate(parts):
        base: Row = {"item": study.tree[place].name, "wave": wave, "n": nodes[place].n}
        rows += [
            {**base, "term": term, "estimate": float(chance[:, k].mean())}
            for term, chance in zip(QUADRANTS, chances, strict=True)
        ]
        weight, p_weight = against_zero(float(matters[:, k].mean()), matters[:, k], df)
        gap, p_level = against_zero(float(level[k] - level.mean()), performs[:, k], df)
        if weight >= 0:
            given = np.ptp(matters[:, k]) < 1e-9  # a weight that is given is not tested
            claims.append(Claim(IMPORTANT, study.tree[place].name, gap, p_level if given else max(p_level, p_weight)))
    return rows, claims
