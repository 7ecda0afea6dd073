"""The change of a net score between two waves in which some or all respondents are the same."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cxkit.stats.compare import Difference
from cxkit.stats.net import PRIOR
from cxkit.stats.weights import Distribution


@dataclass(frozen=True)
class Pairs:
    """Respondents who stand in two waves, counted by their two answers: ``before``, ``after`` and ``n`` respondents.

    ``w[i, j]`` sums the products of the i-th power of the weight before and the j-th of the weight after.
    """

    before: np.ndarray
    after: np.ndarray
    n: np.ndarray
    w: Mapping[tuple[int, int], np.ndarray]

    @classmethod
    def of(cls, before: np.ndarray, after: np.ndarray, v: np.ndarray, w: np.ndarray) -> "Pairs":
        """Answers of each respondent, with the weights before and after."""
        return cls(before, after, np.ones(len(v)), {(i, j): v**i * w**j for i in range(4) for j in range(4 - i)})

    def powers(self, before: np.ndarray, after: np.ndarray, power: int) -> float:
        """Sum over respondents of (w_before x + w_after y)^power; x and y belong to the two answers."""
        terms = ((math.comb(power, i), i, power - i) for i in range(power + 1))
        return float(sum(c * (self.w[i, j] @ (before**i * after**j)) for c, i, j in terms))


@dataclass(frozen=True)
class _Side:
    """One wave: who answered in it alone, with the added answers that belong to them, on -1..1."""

    centre: float
    unit: float  # what a deviation of 1 adds to the centre, per weight
    alone: float  # variance

    @classmethod
    def of(cls, answers: Distribution, score: np.ndarray, w: np.ndarray, w2: np.ndarray) -> "_Side":
        total, base = float(answers.w.sum()), answers.n_kish
        prior = PRIOR * max(0.0, 1 - float(w.sum()) / total)
        n = base + prior
        centre = float(answers.w @ answers.score) / total * base / n
        unit = base / n / total
        spread = float(answers.w2 @ (answers.score - centre) ** 2 - w2 @ (score - centre) ** 2)
        return cls(centre, unit, unit**2 * max(0.0, spread) + prior * (0.5 + centre**2) / n**2)


def net_change(after: Distribution, before: Distribution, pairs: Pairs) -> Difference:
    """Test the change of a net score when ``pairs`` of the answers come from the same respondents.

    Variance: the sum of squares of what each respondent adds to the difference (Taylor linearisation, respondents
    as clusters, Saerndal, Swensson & Wretman 1992, ch. 5); those who answered twice add both parts at once, with
    n / (n - 1), so that for complete pairs this is the paired error of R's ``survey``. Rocks' (2016) added answers,
    3 a wave, stand for those who answered once: their number is 3 (1 - share of the weight that answered twice).
    Without pairs and with equal weights this is the two-sample test on the adjusted scores; for complete pairs
    nothing is added and the interval is centred on the plain difference.

    Those who answered twice count for at least the variance of one respondent of average weight whose answer moves
    by 1, up or down (1 / n^2): nobody, or everybody alike, may have moved in the sample. Degrees of freedom: Kish's
    base of the pairs less 1, divided by the square of their part in the variance (Satterthwaite 1946). Few movers
    in one direction make the difference and its error grow together; the side away from them is lengthened by the
    skewness of the pairs (Johnson 1978), none is shortened. Measured by ``python -m tests.benchmarks.coverage``.

    Parameters
    ----------
    after, before : all answers of a wave, coded -1, 0, 1.
    pairs : the answers of those who stand in both, coded alike.

    Returns
    -------
    On the scale -2..2 of the difference. It is always defined.

    >>> n, stay, move = np.array([30.0, 10.0]), np.zeros(2), np.array([0.0, 1.0])
    >>> same = Pairs(stay, move, n, {(i, j): n for i in range(4) for j in range(4)})
    >>> round(net_change(Distribution(move, n, n, n, n), Distribution(stay, n, n, n, n), same).se, 4)
    0.0693
    """
    old = _Side.of(before, pairs.before, pairs.w[1, 0], pairs.w[2, 0])
    new = _Side.of(after, pairs.after, pairs.w[0, 1], pairs.w[0, 2])
    parts = -old.unit * (pairs.before - old.centre), new.unit * (pairs.after - new.centre)
    twice = float(pairs.n.sum())
    people = before.n + after.n - twice
    moved = pairs.powers(*parts, 2) * people / max(1.0, people - 1)
    unseen = max(0.0, 1 / (before.n * after.n) - moved)
    variance = moved + unseen + old.alone + new.alone
    base = min(pairs.w[i, j].sum() ** 2 / pairs.w[2 * i, 2 * j].sum() for i, j in ((1, 0), (0, 1)))
    df = max(1.0, float(base) - 1) * (variance / (moved + unseen)) ** 2
    cubes = pairs.powers(*parts, 3)
    below, above = (max(0.0, unseen**1.5 + side) / variance**1.5 for side in (-cubes, cubes))
    return Difference(new.centre - old.centre, math.sqrt(variance), df, (below, above))
