"""A satisfaction model over a survey: its estimates and resamples among all, in a group or in a wave."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from cxkit.errors import DataError, SettingsError, did_you_mean
from cxkit.measure.common import Common
from cxkit.measure.key_errors import Note, key_errors, named
from cxkit.methods.acsi_regression.models import PathModel, read_model
from cxkit.methods.acsi_regression.pls import SCHEMES, Structure
from cxkit.methods.acsi_regression.predict import Prediction, predict
from cxkit.methods.acsi_regression.regression import plain_levels
from cxkit.methods.acsi_regression.resamples import MISSING, Items, Sample, estimate, ready, resample
from cxkit.stats.bootstrap import tail
from cxkit.stats.direction import against
from cxkit.stats.joint import Estimate, combine, means
from cxkit.stats.moments import moments
from cxkit.stats.resample import generator
from cxkit.stats.weights import freedom, kish
from cxkit.survey.cards import Card, cards
from cxkit.survey.tally import Answers

LOW_IS_GOOD = "complaints"  # the construct of the ready-made models that runs against the others by right
HALF = 0.5  # of resamples at least must be usable where they rest on pairs of answers, or intervals say little
SINGULAR = 1e-9  # an eigenvalue of a correlation matrix below it is only rounding
ROUNDING = 1e-9  # by which an index of none but highest or lowest answers can lie off its scale


@dataclass(frozen=True)
class Fitted:
    """The model fitted in a cell: answers of its respondents (turned round where reversed), those ready for the
    model, the estimates, and the same in resamples.

    ``key_errors`` : notes on the items that run against the others of their construct. ``withheld`` : the constructs
    whose index is no mean of answers and not published, as it lies outside 0-100, or an item so named counts in it
    negatively.
    """

    answers: Answers
    items: Items
    sample: Sample
    draws: Sample
    key_errors: tuple[Note, ...]
    withheld: frozenset[str]

    @property
    def n_eff(self) -> float:
        """Kish's effective base."""
        return kish(self.answers.w)

    @property
    def df(self) -> float:
        """Degrees of freedom of errors."""
        return float(freedom(self.answers.w))

    def tail(self, level: float) -> float:
        """The share of resamples that lies beyond each end of an interval."""
        return tail(level, self.n_eff)


@dataclass(frozen=True)
class Study:
    """A path model with the cards of its items, and what ``acsi_regression`` is asked: how to estimate it."""

    model: PathModel
    deck: Mapping[str, Card]
    common: Common
    target_name: str
    scheme: str
    standardised: bool
    missing: str
    resamples: int
    folds: int

    @property
    def structure(self) -> Structure:
        starts = np.cumsum([0, *(len(construct.items) for construct in self.model.constructs)]).tolist()
        blocks = tuple(tuple(range(a, b)) for a, b in pairwise(starts))
        return Structure(blocks, self.model.paths, tuple(construct.mode for construct in self.model.constructs))

    @property
    def target(self) -> int:
        return self.model.names.index(self.target_name)

    @property
    def ends(self) -> tuple[np.ndarray, np.ndarray]:
        """The lowest and the highest answer of each item."""
        deck = [self.deck[item] for item in self.model.items]
        return np.array([float(card.low) for card in deck]), np.array([float(card.high) for card in deck])

    def usable(self, answers: Answers) -> Answers:
        """Those who answered anything, or everything when the rule for missing answers is "complete"."""
        known = ~np.isnan(answers.scores)
        return answers.where(known.all(axis=1) if self.missing == "complete" else known.any(axis=1))

    def fit(self, answers: Answers, name: str) -> Fitted | Note:
        """Fit the model among some respondents; where that cannot be done, the note that says why.

        Parameters
        ----------
        name : of the cell, for the note. Random numbers do not depend on it, so that names change no result.
        """
        answers = self.usable(answers)
        structure, scheme, standardised = self.structure, self.scheme, self.standardised
        least = len(self.model.items) + len(self.model.paths)
        if len(answers.w) < least:
            return "few_rows", {"group": name, "n": len(answers.w), "least": least}
        for item, scores in zip(self.model.items, answers.scores.T, strict=True):
            known = scores[~np.isnan(scores)]
            if not len(known):
                return "group_no_answers", {"group": name, "item": item}
            if (known == known[0]).all():
                return "group_constant", {"group": name, "item": item}
        items = ready(answers.scores, answers.w, *self.ends, self.missing)
        repeated = self._repeated(items, name)
        if repeated:
            return repeated
        try:
            sample = estimate(items, structure, scheme, standardised)
        except DataError:  # items that vary can still be estimated pair by pair into a contradiction
            return "pairs_contradict", {"group": name}
        draws = resample(items, structure, self.rng("resamples"), self.resamples, scheme, standardised)
        if items.by_pairs and draws.kept.mean() < HALF:
            return "pairs_contradict", {"group": name}
        return Fitted(answers, items, sample, draws, *self._checked(answers, items, sample))

    def foresee(self, fitted: Fitted) -> Prediction:
        """Predict the answers there are, respondents left out; missing predictors take their mean whatever the rule,
        as a model for filled predictors is one of filled predictors."""
        items = replace(fitted.items, fill=True)
        return predict(items, self.structure, self.rng("folds"), self.folds, self.scheme, self.standardised)

    def _checked(self, answers: Answers, items: Items, sample: Sample) -> tuple[tuple[Note, ...], frozenset[str]]:
        """The key errors in each construct and of whole constructs, and the constructs whose index is withheld."""
        notes: list[Note] = []
        withheld, straight = set(), []
        turned = {item: self.deck[item].reversed for item in self.model.items}
        least = self.common.min_base
        blocks = zip(self.model.constructs, self.structure.blocks, sample.index[:, 0], strict=True)
        for construct, block, index in blocks:
            rows = list(block)
            m = moments(answers.scores[:, rows], answers.w)
            found = key_errors(construct.items, m.covariance, m.n_eff, turned, least)
            notes += [(code, {**told, "construct": construct.name}) for code, told in found]
            shares = dict(zip(construct.items, sample.shares[rows, 0], strict=True))
            if not on_scale(index) or any(shares[item] < 0 for item in named(found)):
                withheld.add(construct.name)
            if not found and construct.name != LOW_IS_GOOD:
                straight.append(self.model.names.index(construct.name))
        levels = plain_levels(items.filled, self.structure)[:, straight]
        m = moments(levels, answers.w)
        for whole in against(m.covariance, m.n_eff) if m.n_eff >= least else ():
            notes.append(("construct_against", {"construct": self.model.names[straight[whole.item]], "r": whole.r}))
        return tuple(notes), frozenset(withheld)

    def _repeated(self, items: Items, name: str) -> Note | None:
        """Items or constructs of which one is an exact combination of others, where that leaves weights or paths
        open: where the items of a construct cancel out, in a block of mode B, and among the constructs that lead to
        another."""
        structure = self.structure
        of_items = np.corrcoef(items.filled.x, rowvar=False)
        levels = plain_levels(items.filled, structure)
        still = np.ptp(levels, axis=0) < SINGULAR  # items asked in reverse of each other
        if still.any():
            return "items_repeat", {"group": name, "construct": self.model.names[int(np.argmax(still))]}
        of_levels = np.corrcoef(levels, rowvar=False)
        for place, construct in enumerate(self.model.constructs):
            block, before = list(structure.blocks[place]), structure.before(place)
            told = {"group": name, "construct": construct.name}
            if construct.mode == "B" and _singular(of_items[np.ix_(block, block)]):
                return "items_repeat", told
            if _singular(of_levels[np.ix_(before, before)]):
                return "constructs_repeat", told
        return None

    def rng(self, *purpose: str) -> np.random.Generator:
        return generator(self.common.seed, "acsi_regression", *purpose)

    def indices(self, answers: Answers, by: Fitted) -> list[Estimate]:
        """Index of each construct among some respondents with the weights of another cell; what its resamples say
        of the error of the weights is added as fixed variance. NaN where the index is withheld."""
        answers = self.usable(answers)
        found = self._levels(answers)
        level = np.array([m.value for m in found])
        indices = []
        for name, block in zip(self.model.names, self.structure.blocks, strict=True):
            rows = list(block)
            whole = combine([found[k] for k in rows], by.sample.shares[rows, 0])
            if name in by.withheld or not on_scale(whole.value):
                whole = replace(whole, value=np.nan)
            noise = float(np.var(bounded(level[rows] @ by.draws.shares[rows]), ddof=1))
            w = answers.w[~np.isnan(answers.scores[:, rows]).all(axis=1)]
            indices.append(replace(whole, n=len(w), n_kish=kish(w), df=float(freedom(w)), fixed=noise))
        return indices

    def weight_noise(self, one: Answers, other: Answers, by: Fitted) -> list[float]:
        """Per construct, the variance that the error of the common weights adds to the difference of two indices."""
        sides = [np.array([m.value for m in self._levels(self.usable(side))]) for side in (one, other)]
        noise = []
        for block in self.structure.blocks:
            rows = list(block)
            drawn, others = (bounded(side[rows] @ by.draws.shares[rows]) for side in sides)
            noise.append(float(np.var(drawn - others, ddof=1)))
        return noise

    def _levels(self, answers: Answers) -> list[Estimate]:
        """Mean of each item, 0-100."""
        low, high = self.ends
        return means(100 * (answers.scores - low) / (high - low), answers.w)


def on_scale(index: float) -> bool:
    """Whether a number can be an index; of unknown ones that is not said."""
    return not (index < -ROUNDING or index > 100 + ROUNDING)


def bounded(index: np.ndarray) -> np.ndarray:
    """Indices of resamples kept on their scale, which negative weights can make them leave."""
    return np.clip(index, 0, 100)


def _singular(correlation: np.ndarray) -> bool:
    return len(correlation) > 1 and bool(np.linalg.eigvalsh(correlation)[0] < SINGULAR)


def read_study(
    constructs: Any, paths: Any, scale: Any, common: Common, *, target: str, scheme: str, standardised: bool,
    missing: str, resamples: int, folds: int,
) -> Study:  # fmt: skip
    """Check a model, its scales and how it is to be estimated.

    Raises
    ------
    SettingsError : the model, a scale or a setting is wrong.
    """
    for name, word, known in (("scheme", scheme, SCHEMES), ("missing", missing, MISSING)):
        if word not in known:
            raise SettingsError(f'There is no {name} "{word}"; {did_you_mean(word, known)}')
    for name, value, least in (("resamples", resamples, 100), ("folds", folds, 2)):
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise SettingsError(f"Found {name} {value!r}; give a whole number of {least} or more.")
    model = read_model(constructs, paths)
    if target not in model.names:
        raise SettingsError(f'The target "{target}" is no construct; {did_you_mean(target, model.names)}')
    if not model.leads_to(model.names.index(target)):
        raise SettingsError(f'No path leads to the target "{target}"; name another target, or give it a path.')
    deck = cards(model.items, scale)
    for construct in model.constructs:
        first = deck[construct.items[0]]
        for item in construct.items:
            card = deck[item]
            if (card.low, card.high) != (first.low, first.high):
                raise SettingsError(
                    f'The items of "{construct.name}" have different scales: "{first.item}" runs from {first.low} to '
                    f'{first.high}, "{item}" from {card.low} to {card.high}; its items need the same ends.'
                )
    return Study(model, deck, common, target, scheme, standardised, missing, resamples, folds)
