"""Where boxes and labels of a path diagram stand: a search for places at which little meets. Inches, y upwards."""

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np

GAPS = (0.17, 0.36)  # inches between boxes above each other
SEEN, HEAD, WIDEST = 0.5, 0.15, 2.0  # inches of an arrow seen at least, of its head, between columns at most
TRIES, MANY = 8, 10  # starts by chance, for models of at most so many boxes
# What is wrong with a picture, as so many inches of arrow. Boxes on each other; an arrow through a box, too short,
# across another, along another at their common box, to the left, upright, per inch upwards; per inch of height.
TOUCHING, THROUGH, UNSEEN, CROSSING, ALIKE, BACK, UPRIGHT, UPWARDS, HEIGHT = 300, 100, 40, 12, 8, 40, 5, 0.5, 2
# A label on a box, a label or off the sheet; on another's arrow; on much of its own; beside it; off its middle.
BLOCKED, COVERED, HIDING, BESIDE, ASIDE = 1000, 15, 20, 1.5, 3


@dataclass(frozen=True)
class Graph:
    """The arrows (from, to) among ``n`` boxes, each as wide and high as ``box``."""

    n: int
    arrows: tuple[tuple[int, int], ...]
    box: tuple[float, float]

    @cached_property
    def levels(self) -> list[int]:
        """How many arrows the longest way to each box has; arrows point to later boxes."""
        found = [0] * self.n
        for start, end in sorted(self.arrows, key=lambda arrow: arrow[1]):
            found[end] = max(found[end], found[start] + 1)
        return found

    @cached_property
    def ends(self) -> tuple[np.ndarray, np.ndarray]:
        pairs = np.array(self.arrows)
        return pairs[:, 0], pairs[:, 1]

    @cached_property
    def others(self) -> tuple[np.ndarray, np.ndarray]:
        """Arrows and the boxes that they neither leave nor reach."""
        pairs = [(e, k) for e, arrow in enumerate(self.arrows) for k in range(self.n) if k not in arrow]
        found = np.array(pairs, dtype=int).reshape(-1, 2)
        return found[:, 0], found[:, 1]

    @cached_property
    def strangers(self) -> tuple[np.ndarray, np.ndarray]:
        """Pairs of arrows without a box in common."""
        pairs = [(e, f) for e, f in self._pairs if not {*self.arrows[e]} & {*self.arrows[f]}]
        found = np.array(pairs, dtype=int).reshape(-1, 2)
        return found[:, 0], found[:, 1]

    @cached_property
    def fellows(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Pairs of arrows with a box in common, and 1 where both leave or both reach it, else -1."""
        pairs = [(e, f) for e, f in self._pairs if {*self.arrows[e]} & {*self.arrows[f]}]
        sides = [1 if any(a == b for a, b in zip(self.arrows[e], self.arrows[f], strict=True)) else -1
                 for e, f in pairs]  # fmt: skip
        found = np.array(pairs, dtype=int).reshape(-1, 2)
        return found[:, 0], found[:, 1], np.array(sides)

    @property
    def _pairs(self) -> list[tuple[int, int]]:
        return list(combinations(range(len(self.arrows)), 2))


@dataclass(frozen=True)
class Picture:
    """Middles of boxes and of labels, and the arrows as seen (from, to), from the lower left corner; ``crowded`` when
    some label lies on a box, on another label, or off the sheet."""

    boxes: np.ndarray
    lines: np.ndarray
    labels: np.ndarray
    crowded: bool


def compose(graph: Graph, sizes: np.ndarray, width: float) -> Picture:
    """Choose places for the boxes and for labels of these sizes (arrows x 2) on a sheet of this width.

    From several starts, narrow and wide, boxes are moved and exchanged until nothing helps; of the pictures found,
    the one with the least wrong, labels included, is taken.
    """
    found = []
    for cost, boxes in (pair for gap in GAPS for pair in _arranged(graph, width, gap)):
        lines = np.array([_seen(boxes[start], boxes[end], graph.box) for start, end in graph.arrows])
        labels, trouble = _labels(graph, lines, sizes, boxes, width)
        found.append((cost + trouble, Picture(boxes, lines, labels, trouble >= BLOCKED)))
    return min(found, key=lambda pair: pair[0])[1]


def _seen(start: np.ndarray, end: np.ndarray, box: tuple[float, float]) -> np.ndarray:
    """The part of the way between the middles of two boxes that lies outside both."""
    step = end - start
    with np.errstate(divide="ignore"):
        inside = np.min((np.array(box) / 2 + 0.03) / np.abs(step))
    return np.array([start + inside * step, end - inside * step])


def _arranged(graph: Graph, width: float, gap: float) -> list[tuple[float, np.ndarray]]:
    """Good places for the boxes, with what is wrong with each; the lowest boxes stand on 0."""
    wide, high = graph.box
    fit = int((width + SEEN) / (wide + SEEN))
    x = _columns(max(2, min(fit, max(graph.levels) + 1, graph.n)), wide, width)
    rows = max(5, 2 * -(-graph.n // len(x)) + 5, 2 * int(np.bincount(graph.levels).max()) + 1)
    grid = np.array([(across, (high + gap) / 2 * up) for across in x for up in range(rows)])
    rng = np.random.default_rng(0)
    tries = TRIES if graph.n <= MANY else 0
    starts = [_first(graph, len(x), rows)] + [rng.permutation(len(grid))[: graph.n] for _ in range(tries)]
    found = []
    for cost, cells in (_improved(graph, grid, start) for start in starts):
        used, column = np.unique(cells // rows, return_inverse=True)
        height = grid[cells, 1] - grid[cells, 1].min() + high / 2
        found.append((cost, np.column_stack([_columns(len(used), wide, width)[column], height])))
    return found


def _columns(number: int, wide: float, width: float) -> np.ndarray:
    """The middles of so many columns around the middle of the sheet, far apart but not too far."""
    step = min(wide + WIDEST, (width - wide) / max(1, number - 1))
    return width / 2 + step * (np.arange(number) - (number - 1) / 2)


def _first(graph: Graph, columns: int, rows: int) -> np.ndarray:
    """Boxes by level from left to right, those of one column above each other around the middle."""
    across = np.array(graph.levels) * (columns - 1) // max(1, *graph.levels)
    cells = np.empty(graph.n, dtype=int)
    for column in set(across):
        mine = np.flatnonzero(across == column)
        up = rows // 2 + len(mine) - 1 - 2 * np.arange(len(mine))
        cells[mine] = column * rows + up.clip(0, rows - 1)
    return cells


def _improved(graph: Graph, grid: np.ndarray, cells: np.ndarray) -> tuple[float, np.ndarray]:
    """In turn, put each box where it helps most, or in the place of another, until no box finds better."""
    best, still, k = float(_cost(graph, grid[cells][None])[0]), 0, 0
    while still < graph.n:
        moved = np.tile(cells, (len(grid) + graph.n, 1))
        moved[: len(grid), k] = np.arange(len(grid))
        moved[len(grid) + np.arange(graph.n), np.arange(graph.n)] = cells[k]
        moved[len(grid) :, k] = cells
        costs = _cost(graph, grid[moved])
        found = costs.argmin()
        still += 1
        if costs[found] < best - 1e-9:
            best, cells, still = float(costs[found]), moved[found], 0
        k = (k + 1) % graph.n
    return best, cells


def _cost(graph: Graph, places: np.ndarray) -> np.ndarray:
    """What is wrong with each of many pictures (pictures x boxes x 2)."""
    wide, high = graph.box
    start, end = (places[:, side] for side in graph.ends)
    step = end - start
    length = np.hypot(step[..., 0], step[..., 1])
    with np.errstate(divide="ignore"):
        inside = np.minimum(wide / np.abs(step[..., 0]), high / np.abs(step[..., 1]))
    seen = length * (1 - np.minimum(inside, 1))
    cost = seen.sum(axis=1) + UNSEEN * (np.maximum(0, SEEN - seen) / SEEN).sum(axis=1)
    cost += (BACK * (step[..., 0] < -0.01) + UPRIGHT * (np.abs(step[..., 0]) < 0.01)).sum(axis=1)
    cost += UPWARDS * np.maximum(0, step[..., 1]).sum(axis=1)
    cost += HEIGHT * np.ptp(places[..., 1], axis=1)
    one, other = np.triu_indices(graph.n, 1)
    apart = np.abs(places[:, one] - places[:, other])
    cost += TOUCHING * ((apart[..., 0] < wide) & (apart[..., 1] < high + 0.1)).sum(axis=1)
    arrow, box = graph.others
    cost += THROUGH * hits(start[:, arrow], step[:, arrow], places[:, box], (wide + 0.1, high + 0.1)).sum(axis=1)
    one, other = graph.strangers
    cost += CROSSING * _cross(start[:, one], step[:, one], start[:, other], step[:, other]).sum(axis=1)
    one, other, same = graph.fellows
    with np.errstate(invalid="ignore"):
        cosine = (step[:, one] * step[:, other]).sum(axis=2) * same / length[:, one] / length[:, other]
    return cost + ALIKE * (np.maximum(0, np.nan_to_num(cosine) - 0.985) / 0.015).sum(axis=1)


def hits(start: np.ndarray, step: np.ndarray, middle: np.ndarray, box: tuple[float, float]) -> np.ndarray:
    """Whether lines from ``start`` by ``step`` meet boxes around ``middle``."""
    step = np.where(np.abs(step) < 1e-9, 1e-9, step)
    one = (middle - np.array(box) / 2 - start) / step
    other = (middle + np.array(box) / 2 - start) / step
    enter = np.minimum(one, other).max(axis=-1)
    leave = np.maximum(one, other).min(axis=-1)
    return (enter < leave) & (leave > 0) & (enter < 1)


def _cross(a: np.ndarray, along: np.ndarray, b: np.ndarray, over: np.ndarray) -> np.ndarray:
    def turn(p: np.ndarray, q: np.ndarray) -> np.ndarray:
        return p[..., 0] * q[..., 1] - p[..., 1] * q[..., 0]

    sides = turn(along, b - a) * turn(along, b + over - a)
    return (sides < 0) & (turn(over, a - b) * turn(over, a + along - b) < 0)


def _labels(
    graph: Graph, lines: np.ndarray, sizes: np.ndarray, boxes: np.ndarray, width: float
) -> tuple[np.ndarray, float]:
    """Choose the middle of each label on or beside its line, and say what is wrong with the choice."""
    spots, cost = _spots(lines, sizes)
    reach = sizes[:, None] / 2
    for middle in boxes:
        cost += BLOCKED * (np.abs(spots - middle) < reach + np.array(graph.box) / 2 + 0.02).all(axis=2)
    top = boxes[:, 1].max() + graph.box[1] / 2
    cost += BLOCKED * ((spots < reach) | (spots > np.array([width, top]) - reach)).any(axis=2)
    start, step = lines[:, 0], lines[:, 1] - lines[:, 0]
    for k, size in enumerate(sizes):
        met = hits(start[None], step[None], spots[k][:, None], (size[0], size[1] + 0.05))
        cost[k] += COVERED * (met.sum(axis=1) - met[:, k])
    chosen, here = cost.argmin(axis=1), np.arange(len(lines))
    total = np.zeros(len(lines))
    for _ in range(8):
        before = chosen.copy()
        for k in cost.min(axis=1).argsort()[::-1]:
            others = here != k
            near = np.abs(spots[k][:, None] - spots[here, chosen][others]) < (sizes[k] + sizes[others]) / 2 + 0.03
            now = cost[k] + BLOCKED * near.all(axis=2).sum(axis=1)
            chosen[k], total[k] = now.argmin(), now.min()
        if (chosen == before).all():
            break
    return spots[here, chosen], float(total.sum())


def _spots(lines: np.ndarray, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where labels may stand (lines x spots x 2), and what speaks against it as far as their own lines go."""
    along, side = (grid.ravel() for grid in np.meshgrid(np.linspace(0.14, 0.86, 25), [0, 1, -1]))
    step = lines[:, 1] - lines[:, 0]
    length = np.hypot(step[:, 0], step[:, 1])[:, None]
    unit = step / length
    length = np.maximum(0.05, length - HEAD)
    step = unit * length
    across = np.column_stack([-unit[:, 1], unit[:, 0]])
    off = ((np.abs(across) * sizes).sum(axis=1) / 2 + 0.04)[:, None, None]
    spots = lines[:, :1] + along[:, None] * step[:, None] + side[:, None] * off * across[:, None]
    with np.errstate(divide="ignore"):
        hidden = (sizes / np.abs(unit)).min(axis=1)[:, None] / length
    cost = ASIDE * np.abs(along - 0.5) + np.where(side == 0, HIDING * np.maximum(0, hidden - 0.4), BESIDE)
    return spots, cost
