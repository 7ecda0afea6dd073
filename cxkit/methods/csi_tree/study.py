"""A satisfaction tree over a survey: levels of its leaves, weights, and estimates of its nodes in any cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cxkit.errors import DataError, SettingsError, did_you_mean
from cxkit.measure.common import Common
from cxkit.measure.key_errors import Note, key_errors
from cxkit.methods.csi_tree.operations import Level
from cxkit.methods.csi_tree.operations import level as operational_level
from cxkit.stats.bootstrap import covariances, resampled_totals
from cxkit.stats.direction import together
from cxkit.stats.joint import Estimate, means
from cxkit.stats.moments import moments
from cxkit.stats.resample import generator
from cxkit.stats.rollup import derived_weights, flat_weights, normalised, roll_up, roll_up_values
from cxkit.stats.weights import kish
from cxkit.survey.cards import Card, cards
from cxkit.survey.tally import Answers
from cxkit.survey.trees import Tree, read_tree, tree_items, with_weights

WEIGHTS = ("expert", "equal", "stated", "derived")
GRADES = ("range", "maximum", "top_box")
MISSING = ("renormalise", "error")
RESAMPLES = 1000
LEAST = 30  # complete respondents below which no weights are derived


@dataclass(frozen=True)
class Study:
    """A tree with the cards of its items, the levels of its operational leaves, the weights that are given, and what
    ``csi_tree`` is asked: how to weigh, present and judge."""

    tree: Tree
    deck: Mapping[str, Card]
    levels: Mapping[int, Level]
    given: tuple[float, ...]
    common: Common
    weighing: str
    grades: str
    target: float
    missing: str
    outcome_item: str

    @property
    def bounds(self) -> tuple[float, float]:
        """The lowest and highest level a node can have."""
        mine = [self.deck[self.tree[leaf].item] for leaf in self.surveyed(0)]
        lows = [float(self.graded(card.item, np.array([card.low, card.high])).min()) for card in mine]
        return min([*lows, 0.0] if self.levels else lows), 100.0

    @property
    def components(self) -> list[int]:
        """The parts right below the root; a root without parts is its own."""
        return list(self.tree[0].children) or [0]

    def surveyed(self, place: int) -> list[int]:
        """The leaves with a survey item at or below a node."""
        node = self.tree[place]
        return [place] * bool(node.item) + [leaf for k in node.children for leaf in self.surveyed(k)]

    def graded(self, item: str, scores: np.ndarray) -> np.ndarray:
        """Scores of an item on 0-100, by the presentation of grades; reversed items are turned round."""
        card, grades = self.deck[item], self.grades
        turned = card.turn(scores)
        if grades == "maximum":
            return 100 * turned / card.high
        if grades == "top_box":
            return np.where(np.isnan(turned), np.nan, 100.0 * np.isin(turned, card.top))
        return card.percent(scores)

    def leaves(self, answers: Answers) -> np.ndarray:
        """Respondents x survey leaves, 0-100, in the order of ``surveyed(0)``."""
        items = [self.tree[k].item for k in self.surveyed(0)]
        return np.column_stack([self.graded(i, answers.scores[:, answers.items.index(i)]) for i in items])

    def ratings(self, answers: Answers) -> np.ndarray:
        """The same on 0-100 of the declared scales, from which importance is worked out in every presentation."""
        items = [self.tree[k].item for k in self.surveyed(0)]
        return np.column_stack([self.deck[i].percent(answers.scores[:, answers.items.index(i)]) for i in items])

    def key_errors(self, answers: Answers) -> list[Note]:
        """Notes on the leaves that run against the other leaves of the whole tree."""
        items, where = np.unique([self.tree[k].item for k in self.surveyed(0)], return_index=True)
        least, ratings = self.common.min_base, self.ratings(answers)[:, where]
        known = ~np.isnan(ratings)
        keep = together(known.T.astype(int) @ known, least)
        turned = {str(item): self.deck[item].reversed for item in items}
        found = moments(ratings[:, keep], answers.w)
        return key_errors([str(items[k]) for k in keep], found.covariance, found.n_eff, turned, least)

    def outcome(self, answers: Answers) -> np.ndarray:
        """The outcome on 0-100 of its declared scale, whatever the presentation of grades."""
        item = self.outcome_item
        return self.deck[item].percent(answers.scores[:, answers.items.index(item)])

    def weights(self, answers: Answers) -> list[Estimate]:
        """The weight of each node among its siblings, as the settings say and these respondents answer."""
        none = np.zeros(len(answers.w))
        found = [Estimate(weight, np.nan, np.nan, none) for weight in self.given]
        if self.weighing == "stated":
            for place, estimate in zip(self._asked, means(self._importance(answers), answers.w), strict=True):
                found[place] = estimate
                if not estimate.n:
                    node = self.tree[place]
                    raise DataError(
                        f'Nobody says how important "{node.name}" is: "{node.importance}" has no answers; '
                        f'correct the column, or set weights to "expert".'
                    )
            for node in self.tree:
                if node.children and not sum(found[k].value for k in node.children) > 0:
                    raise DataError(
                        f'Everybody says that nothing below "{node.name}" is important (0), so it has no weights; '
                        f'correct the columns, or set weights to "expert".'
                    )
            found = normalised(self.tree, found)
        if self.weighing == "derived":
            rows, complete = self._complete(answers)
            n, w = int(complete.sum()), answers.w[complete]
            if n < LEAST:
                raise DataError(
                    f"Found {n} respondents who answered the outcome and every leaf, expected {LEAST} or more to "
                    f'derive weights; set weights to "expert" or "equal".'
                )
            derived = derived_weights(self.tree, self._columns, np.cov(rows[complete], rowvar=False, aweights=w))
            for weight, node in zip(derived, self.tree, strict=True):
                if not np.isfinite(weight):
                    raise DataError(
                        f'The weights below "{self.tree[node.parent].name}" cannot be derived: a part or the outcome '
                        f"does not vary, or one part is an exact combination of the others; take one of them out."
                    )
            found = [Estimate(float(weight), n, kish(w), none) for weight in derived]
        return found

    def nodes(self, answers: Answers, weights: list[Estimate]) -> tuple[list[Estimate], list[float]]:
        """Estimate every node among some respondents, and its coverage."""
        none = np.zeros(len(answers.w))
        found = [Estimate(np.nan, 0, 0.0, none)] * len(self.tree)
        for place, estimate in zip(self.surveyed(0), means(self.leaves(answers), answers.w), strict=True):
            found[place] = estimate
        for place, level in self.levels.items():
            found[place] = Estimate(level.value, np.nan, np.nan, none, level.variance)
        return roll_up(self.tree, found, weights)

    def nodes_in(self, answers: Answers, weights: list[Estimate]) -> tuple[list[Estimate], list[float]]:
        """The same in a group or an earlier wave, where a node that only operational levels speak for has no base."""
        found, coverage = self.nodes(answers, weights)
        return [replace(e, n=0) if e.n != e.n and self.surveyed(k) else e for k, e in enumerate(found)], coverage

    def draws(self, answers: Answers, weights: list[Estimate]) -> tuple[np.ndarray, np.ndarray]:
        """Node values and weights in 1,000 resamples of the respondents; resamples that fail are left out."""

        def rng() -> np.random.Generator:  # the same draws for means and for covariances
            return generator(self.common.seed, "csi_tree")

        x, w = np.hstack([self.leaves(answers), self._importance(answers)]), answers.w[:, None]
        known = ~np.isnan(x)
        totals = resampled_totals(np.hstack([np.where(known, x, 0) * w, known * w]), rng(), RESAMPLES)
        with np.errstate(invalid="ignore"):
            drawn = totals[:, : x.shape[1]] / totals[:, x.shape[1] :]
        values = np.full((RESAMPLES, len(self.tree)), np.nan)
        values[:, self.surveyed(0)], asked = np.split(drawn, [len(self.surveyed(0))], axis=1)
        noise = generator(self.common.seed, "operations")
        for place, level in self.levels.items():
            values[:, place] = noise.normal(level.value, level.variance**0.5, RESAMPLES)
        shares = np.tile([weight.value for weight in weights], (RESAMPLES, 1))
        if self.weighing == "stated":
            shares[:, self._asked] = asked
            for node in self.tree:
                with np.errstate(invalid="ignore"):
                    shares[:, node.children] /= shares[:, node.children].sum(axis=1, keepdims=True)
        elif self.weighing == "derived":
            rows, complete = self._complete(answers)
            found = covariances(np.where(complete[:, None], rows, 0), answers.w * complete, rng(), RESAMPLES)
            shares = derived_weights(self.tree, self._columns, found)
        leaves = [place for place, node in enumerate(self.tree) if not node.children]
        usable = np.isfinite(values[:, leaves]).all(axis=1) & np.isfinite(shares).all(axis=1)
        return roll_up_values(self.tree, values[usable], shares[usable]), shares[usable]

    def lacking(self, coverage: Sequence[float]) -> str:
        """The items that nobody answered."""
        return ", ".join(f'"{self.tree[leaf].item}"' for leaf in self.surveyed(0) if not coverage[leaf])

    def parts(self, answers: Answers, weights: list[float], places: list[int]) -> np.ndarray:
        """Each respondent's own level of some nodes, from the survey leaves below; NaN where one is unanswered."""
        leaves, order, flat = self.ratings(answers), self.surveyed(0), flat_weights(self.tree, weights)
        below = [[order.index(leaf) for leaf in self.surveyed(place)] for place in places]
        shares = [flat[self.surveyed(place)] / flat[self.surveyed(place)].sum() for place in places]
        return np.column_stack([leaves[:, mine] @ share for mine, share in zip(below, shares, strict=True)])

    def all_stated(self, answers: Answers) -> bool:
        """Whether somebody says of every node how important it is."""
        return not np.isnan(self._importance(answers)).all(axis=0).any()

    @property
    def _asked(self) -> list[int]:
        stated = self.weighing == "stated"
        return [place for place, node in enumerate(self.tree) if stated and node.importance]

    @property
    def _columns(self) -> list[int]:
        order = self.surveyed(0)
        return [order.index(place) if place in order else -1 for place in range(len(self.tree))]

    def _importance(self, answers: Answers) -> np.ndarray:
        """Respondents x nodes with stated importance, on its own scale."""
        items = [self.tree[place].importance for place in self._asked]
        scores = answers.scores[:, [answers.items.index(item) for item in items]]
        return np.column_stack(
            [np.zeros((len(scores), 0)), *(self.deck[i].turn(c) for i, c in zip(items, scores.T, strict=True))]
        )

    def _complete(self, answers: Answers) -> tuple[np.ndarray, np.ndarray]:
        rows = np.column_stack([self.ratings(answers), self.outcome(answers)])
        return rows, np.isfinite(rows).all(axis=1)


def read_study(
    tree: Any, scale: Any, tables: Mapping[str, Any], common: Common, *, weights: str, normalise: bool, grades: str,
    target: float, missing: str, outcome: str,
) -> Study:  # fmt: skip
    """Check a tree and what is asked of it, and compute the levels of its operational leaves.

    Raises
    ------
    DataError, SettingsError : a setting is unknown, an item has no scale, weights are wrong, or a table is.
    """
    choices = (
        ("weights", weights, WEIGHTS),
        ("grades", grades, GRADES),
        ("missing", missing, ("renormalise", "error")),
    )
    for name, value, known in choices:
        if value not in known:
            raise SettingsError(f'There is no {name} "{value}"; {did_you_mean(value, known)}')
    if isinstance(target, bool) or not isinstance(target, int | float) or not 0 <= target <= 100:
        raise SettingsError(f"Found target {target!r}; give a level from 0 to 100, such as 95.")
    if not isinstance(tables, Mapping):
        raise SettingsError(f"Found tables {tables!r:.60}; give each table a name, such as sales: [rows].")
    found = read_tree(tree)
    if not any(node.item for node in found):
        raise SettingsError("The tree has no survey item; give at least one leaf an item.")
    if weights == "derived" and not outcome:
        raise SettingsError('Derived weights need an outcome; name its column, such as outcome: "recommend".')
    levels = {}
    for place, node in enumerate(found):
        if not node.operation:
            continue
        if weights == "derived":
            raise SettingsError(
                f'Derived weights need answers in every leaf, but "{node.name}" is operational; use "expert".'
            )
        if node.table not in tables:
            raise SettingsError(
                f'The node "{node.name}" takes the table "{node.table}"; '
                f"{did_you_mean(node.table, tables) if tables else 'give it in tables.'}"
            )
        levels[place] = operational_level(
            node.operation, tables[node.table], where=node.where, table=node.table, confidence=common.level
        )
    stated = weights == "stated"
    for node in found:
        asked = [bool(found[k].importance) for k in node.children]
        if stated and any(asked) and not all(asked):
            lacking = found[node.children[asked.index(False)]].name
            raise SettingsError(f'The node "{lacking}" has no importance item, but its siblings do; give it one.')
    if stated and not any(node.importance for node in found):
        raise SettingsError(
            'Stated weights need an importance item in the tree; give one, or set weights to "expert".'
        )
    items = tree_items(tree) if stated else list(dict.fromkeys(node.item for node in found if node.item))
    deck = cards([*items, *([outcome] if outcome and outcome not in items else [])], scale)
    for node in found:
        if grades == "maximum" and node.item and deck[node.item].low < 0:
            raise SettingsError(f'The scale of "{node.item}" begins below 0; set grades to "range".')
        if stated and node.importance and deck[node.importance].low < 0:
            raise SettingsError(f'The importance item "{node.importance}" has a scale below 0; declare it from 0 up.')
    free = weights == "derived"
    given = [1.0] * len(found) if free else with_weights(found, weights, normalise, stated)
    return Study(found, deck, levels, tuple(given), common, weights, grades, target, missing, outcome)
