"""Companies, industries, sectors, nation: an index that rolls on while each wave measures only a part of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from cxkit.stats.joint import Estimate
from cxkit.stats.rollup import roll_up
from cxkit.survey.trees import Tree

NO_CHANGES = (None, None)


@dataclass(frozen=True)
class Change:
    """Change in percent of the value of wave ``since``, with its error and interval."""

    since: str
    estimate: float
    se: float
    low: float
    high: float


@dataclass(frozen=True)
class Standing:
    """Where a node stands in a wave.

    Attributes
    ----------
    value, se, low, high : index of 0-100 from the latest value of each leaf below, with its error and interval.
    age : waves since a leaf below was last measured, 0 when in this wave.
    coverage : share of the weight below that has a value, 0-1.
    previous : change since the time before that it was measured; None when there was none.
    first : change since the first time it was measured; None when that is the only one.
    """

    node: str
    wave: str
    value: float
    se: float
    low: float
    high: float
    age: int
    coverage: float
    previous: Change | None
    first: Change | None


@dataclass(frozen=True)
class _Moment:
    """A node at a wave: its estimate, whose influences are of leaves, and the wave each leaf's value is from."""

    wave: int
    estimate: Estimate
    sources: np.ndarray


def rolling(
    tree: Tree,
    weights: Sequence[float],
    waves: Sequence[str],
    measured: Mapping[tuple[str, str], tuple[float, float]],
    *,
    level: float = 0.95,
    most_age: int | None = None,
) -> list[Standing]:
    """Roll measured companies up to the nation, wave by wave, newly measured values replacing the older ones.

    A node is the weighted mean of its children's latest values; in the American index revenue weighs companies and
    industries, and shares of gross domestic product weigh sectors (Fornell, Johnson, Anderson, Cha & Bryant 1996).
    Measurements are independent of each other. A value that stands in two waves is one measurement, so it
    cancels out of the difference of a leaf and has its covariance in changes of the nodes above:
    var(100 (V/U - 1)) = (100/U)^2 (var V - 2 V/U cov(V, U) + (V/U)^2 var U), the delta method.

    Parameters
    ----------
    tree : leaves are companies, named in ``item``.
    weights : of each node among its siblings, of any scale, as of ``cxkit.survey.trees.with_weights``.
    waves : in order.
    measured : (item, wave) -> value on 0-100 and its variance; what is absent or NaN was not measured.
    level : confidence of the normal intervals, 0-1.
    most_age : waves after which a value no longer counts; None for never.

    Returns
    -------
    by wave and node in their order. A node that has no value yet, or no longer, is absent. When nothing new was
    measured the last change stands on, as the value does. An error is NaN where a variance is or all are 0. Where
    two waves differ in coverage, a part of the change comes from what was added or dropped.

    >>> from cxkit.survey.trees import read_tree
    >>> tree = read_tree({"name": "all", "children": [{"name": k, "item": k} for k in ("a", "b")]})
    >>> measured = {("a", "q1"): (80, 4.0), ("b", "q1"): (70, 4.0), ("a", "q2"): (82, 4.0)}
    >>> nation = rolling(tree, [1, 0.5, 0.5], ["q1", "q2"], measured)[3]
    >>> nation.value, round(nation.se, 3), round(nation.previous.estimate, 3), round(nation.previous.se, 3)
    (76.0, 1.414, 1.333, 1.898)
    """
    leaves = [place for place, node in enumerate(tree) if not node.children]
    items = [tree[place].item for place in leaves]
    known = np.array([[measured.get((i, wave), (np.nan,))[0] for wave in waves] for i in items], dtype=float)
    sources = _sources(~np.isnan(known), most_age)
    # Leaves of one item share its column, as they share its error.
    columns = np.eye(len(leaves))[[items.index(item) for item in items]]
    nothing = np.zeros(len(leaves))
    fixed = [Estimate(float(w), np.nan, np.nan, nothing) for w in weights]
    z = float(stats.norm.ppf((1 + level) / 2))
    history: list[list[_Moment]] = [[] for _ in tree]
    found = []
    for t, wave in enumerate(waves):
        latest = [Estimate(np.nan, np.nan, np.nan, nothing)] * len(tree)
        for k, place in enumerate(leaves):
            if sources[k, t] >= 0:
                value, variance = measured[items[k], waves[sources[k, t]]]
                latest[place] = Estimate(float(value), np.nan, np.nan, float(variance) ** 0.5 * columns[k])
        estimates, coverage = roll_up(tree, latest, fixed)
        newest = _newest(tree, weights, dict(zip(leaves, sources[:, t].tolist(), strict=True)))
        for place, node in enumerate(tree):
            if newest[place] < 0:
                continue
            now, past = _Moment(t, estimates[place], sources[:, t]), history[place]
            if newest[place] == t:
                past.append(now)
                del past[1:-2]  # the first and the last two are all that is compared
            value, se = now.estimate.value, now.estimate.se
            low, high = np.clip([value - z * se, value + z * se], 0, 100).tolist()
            previous, first = (
                (_change(now, then, waves, z) for then in (past[-2], past[0])) if past[1:] else NO_CHANGES
            )
            age = t - newest[place]
            found.append(Standing(node.name, wave, value, se, low, high, age, coverage[place], previous, first))
    return found


def _sources(measured: np.ndarray, most_age: int | None) -> np.ndarray:
    """Of each leaf and wave, the wave that its value is from; -1 for none."""
    waves = np.arange(measured.shape[1])
    sources = np.maximum.accumulate(np.where(measured, waves, -1), axis=1)
    return sources if most_age is None else np.where(waves - sources > most_age, -1, sources)


def _newest(tree: Tree, weights: Sequence[float], sources: Mapping[int, int]) -> list[int]:
    """Of each node, the last wave that a leaf below it is from; -1 for none."""
    newest = [sources.get(place, -1) for place in range(len(tree))]
    for place in reversed(range(len(tree))):
        newest[place] = max((newest[k] for k in tree[place].children if weights[k] > 0), default=newest[place])
    return newest


def _change(now: _Moment, then: _Moment, waves: Sequence[str], z: float) -> Change:
    if then.estimate.value == 0:
        return Change(waves[then.wave], np.nan, np.nan, np.nan, np.nan)
    unit, ratio = 100 / then.estimate.value, now.estimate.value / then.estimate.value
    gain, loss = unit * now.estimate.influence, unit * ratio * then.estimate.influence
    same = now.sources == then.sources
    variance = (np.where(same, gain - loss, np.hypot(gain, loss)) ** 2).sum()
    estimate, se = 100 * (ratio - 1), float(variance) ** 0.5 if variance > 1e-24 else np.nan
    low = max(-100.0, estimate - z * se) if se == se else se  # no index falls by more than all of it
    return Change(waves[then.wave], estimate, se, low, estimate + z * se)
