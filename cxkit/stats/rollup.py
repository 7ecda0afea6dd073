"""Roll a satisfaction tree up: values, errors and derived weights of nodes from those of their children."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cxkit.stats.importance import lmg
from cxkit.stats.joint import Estimate, combine, equal
from cxkit.survey.trees import Tree


def roll_up(
    tree: Tree, leaves: Sequence[Estimate], weights: Sequence[Estimate]
) -> tuple[list[Estimate], list[float]]:
    """Estimate every node: value = sum w c / sum w over the children c that have a value.

    The error is linearised: each respondent's influence on a node is the weighted sum of the influences on its
    children, and, where weights are estimated too, (c - value) / sum w of the influence on each weight.

    Parameters
    ----------
    leaves : per node, the estimate of a leaf; of a leaf without answers its value is NaN. Others are not read.
    weights : per node, its weight among its siblings, of any scale.

    Returns
    -------
    an estimate per node, and each node's coverage: the share of its weight (0-1) that has values.
    """
    found, coverage = list(leaves), [1.0] * len(tree)
    for place in reversed(range(len(tree))):
        node = tree[place]
        if not node.children:
            coverage[place] = float(found[place].value == found[place].value)
            continue
        known = [k for k in node.children if coverage[k] and weights[k].value > 0]
        everything = sum(weights[k].value for k in node.children)
        total = sum(weights[k].value for k in known)
        if not known:
            found[place], coverage[place] = replace(leaves[place], value=np.nan, n=0, n_kish=0), 0.0
            continue
        one = combine([found[k] for k in known], [weights[k].value / total for k in known])
        slopes = {k: (found[k].value - one.value) / total for k in known}
        moved = sum(slope * weights[k].influence for k, slope in slopes.items())
        alike = sum(slope * equal(weights[k]) for k, slope in slopes.items())
        fixed = sum(slope**2 * weights[k].fixed for k, slope in slopes.items())
        found[place] = replace(
            one, influence=one.influence + moved, fixed=one.fixed + fixed, alike=equal(one) + alike
        )
        coverage[place] = float(sum(weights[k].value * coverage[k] for k in known) / everything)
    return found, coverage


def normalised(tree: Tree, weights: Sequence[Estimate]) -> list[Estimate]:
    """Each node's weight as a share of its siblings', with the error that estimated weights have."""
    found = list(weights)
    for node in tree:
        total = sum(weights[k].value for k in node.children)
        moved = sum(weights[k].influence for k in node.children)
        alike = sum(equal(weights[k]) for k in node.children)
        for k in node.children:
            share = weights[k].value / total
            found[k] = replace(
                weights[k], value=share, influence=(weights[k].influence - share * moved) / total,
                alike=(equal(weights[k]) - share * alike) / total,
            )  # fmt: skip
    return found


def flat_weights(tree: Tree, weights: Sequence[float], known: Sequence[bool] | None = None) -> np.ndarray:
    """Each node's share of the root: the product of weights down to it.

    Parameters
    ----------
    known : which nodes have a value; one without leaves its weight to its siblings.
    """
    flat = np.array(weights, dtype=float) * (1 if known is None else np.array(known))
    for node in tree if known is not None else ():
        flat[list(node.children)] /= flat[list(node.children)].sum() or 1.0
    for place, node in enumerate(tree):
        if node.parent >= 0:
            flat[place] *= flat[node.parent]
    return flat


def roll_up_values(tree: Tree, leaves: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The values of all nodes for many resamples at once, (..., nodes); every leaf has a value."""
    found = np.array(np.broadcast_arrays(leaves, weights)[0], dtype=float)
    for place in reversed(range(len(tree))):
        if below := list(tree[place].children):
            found[..., place] = (found[..., below] * weights[..., below]).sum(-1) / weights[..., below].sum(-1)
    return found


def derived_weights(tree: Tree, columns: Sequence[int], covariance: np.ndarray) -> np.ndarray:
    """Weights that an outcome gives: among siblings, each one's share of the variance they explain together (LMG).

    Parameters
    ----------
    columns : per node, its leaf's column in the covariance; not read for others.
    covariance : (..., columns, columns), the outcome last; leaves on 0-100.

    Returns
    -------
    (..., nodes); the root's weight is 1.
    """
    shape = covariance.shape[:-2]
    weights = np.ones((*shape, len(tree)))
    parts = np.zeros((*shape, len(tree), covariance.shape[-1]))  # each node as a sum of leaves
    outcome = np.zeros((*shape, 1, covariance.shape[-1]))
    outcome[..., -1] = 1
    for place in reversed(range(len(tree))):
        below = list(tree[place].children)
        if not below:
            parts[..., place, columns[place]] = 1
            continue
        rows = np.concatenate([parts[..., below, :], outcome], axis=-2)
        if len(below) > 1:
            share = lmg(rows @ covariance @ np.swapaxes(rows, -1, -2))
            weights[..., below] = share / share.sum(-1, keepdims=True)
        parts[..., place, :] = (weights[..., below, None] * parts[..., below, :]).sum(-2)
    return weights


def verdict(low: float, high: float, target: float) -> str:
    """Judge a value against its target by its interval: "reached", "not_reached" or "undecided".

    >>> verdict(91, 97, 95), verdict(95.5, 97, 95), verdict(80, 85, 95)
    ('undecided', 'reached', 'not_reached')
    """
    if low >= target:
        return "reached"
    return "not_reached" if high < target else "undecided"


def split_change(
    weights: tuple[np.ndarray, np.ndarray], values: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Split the change of sum w s exactly: per part, mean weight x change of value and mean value x change of weight.

    Parameters
    ----------
    weights, values : before and after; weights sum to 1. A value known on one side only, of a part whose weight on
        the other side is 0, has not changed.

    >>> half = np.array([0.5, 0.5])
    >>> split_change((half, half), (np.array([60, 70]), np.array([64, 70])))[0].tolist()
    [2.0, 0.0]
    """
    (w0, w1), (s0, s1) = weights, values
    s0, s1 = np.where(np.isnan(s0), s1, s0), np.where(np.isnan(s1), s0, s1)
    return (w0 + w1) / 2 * (s1 - s0), (s0 + s1) / 2 * (w1 - w0)
