"""An economy over a survey: the target's index of companies, rolled up to industries, sectors and the whole."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cxkit.errors import SettingsError, did_you_mean
from cxkit.measure.cells import Cells
from cxkit.measure.key_errors import Note
from cxkit.methods.acsi_regression.rolling import rolling
from cxkit.methods.acsi_regression.study import Fitted, Study, bounded
from cxkit.result import Row
from cxkit.survey.spelling import key
from cxkit.survey.trees import Tree, read_tree, with_weights


def read_economy(economy: Mapping[str, Any] | str, by: str, cells: Cells) -> Tree:
    """Check the tree of companies; without one it is empty.

    Raises
    ------
    SettingsError : there are no groups to be companies, groups overlap, or a leaf or a weight is wrong.
    """
    if not economy:
        return ()
    if not by:
        raise SettingsError("The economy needs groups for its companies; name their column in by.")
    if cells.members.overlapping:
        raise SettingsError(
            f'The economy needs companies that share no respondents, but the answers in "{by}" are split into groups '
            f"that overlap; leave the economy out, or take the column out of split."
        )
    companies = {key(group): group for group in cells.groups}
    tree = tuple(replace(node, item=companies.get(key(node.item), node.item)) for node in read_tree(economy))
    for node in tree:
        if node.operation:
            raise SettingsError(f'The node "{node.name}" of the economy has an operation; name a company in item.')
        if node.item and node.item not in cells.groups:
            raise SettingsError(
                f'The economy names the company "{node.item}", which the column "{by}" does not hold; '
                f"{did_you_mean(node.item, cells.groups)}"
            )
    with_weights(tree, "expert", normalise=True)
    return tree


def rolling_rows(study: Study, cells: Cells, tree: Tree, now: Mapping[str, Fitted]) -> tuple[list[Row], list[Note]]:
    """The rolling index of each node at each wave, companies with their own weights, and its change in percent.

    Parameters
    ----------
    now : the companies' own models in the current wave.
    """
    waves, k = list(cells.waves or ("",)), study.target
    notes: list[Note] = []
    measured: dict[tuple[str, str], tuple[float, float]] = {}
    bases: dict[tuple[str, str], int] = {}
    for company in dict.fromkeys(node.item for node in tree if node.item):
        for wave in waves:
            answers = study.usable(cells.answers(company, wave))
            if len(answers.w) < study.common.min_base:
                continue  # hidden everywhere else, so it may not shine through here
            found = now.get(company) if wave == cells.current else study.fit(answers, f"{company}, {wave}")
            if isinstance(found, Fitted) and study.target_name in found.withheld:
                where = {"group": company, "wave": wave} if wave else {"group": company}
                notes.append(("index_withheld_in", {**where, "construct": study.target_name}))
            elif isinstance(found, Fitted):
                variance = float(bounded(found.draws.index[k]).var(ddof=1))
                measured[company, wave] = float(found.sample.index[k, 0]), variance
                bases[company, wave] = len(answers.w)
            elif found:
                notes.append((found[0], {**found[1], "group": company, "wave": wave}))
    rows: list[Row] = []
    weights = with_weights(tree, "expert", normalise=True)
    places = {node.name: place for place, node in enumerate(tree)}
    covered: dict[tuple[str, str], float] = {}
    for standing in rolling(tree, weights, waves, measured, level=study.common.level):
        covered[standing.node, standing.wave] = standing.coverage
        until = waves[: waves.index(standing.wave) + 1]
        latest = [
            [bases[c, w] for w in until if (c, w) in bases][-1:] for c in _companies(tree, places[standing.node])
        ]
        base: Row = {"item": standing.node, "wave": standing.wave, "score": standing.age, "n": sum(map(sum, latest))}
        rows.append({**base, "term": "economy_index", "estimate": standing.value, "se": standing.se,
                     "low": standing.low, "high": standing.high})  # fmt: skip
        for term, change in (("economy_change", standing.previous), ("economy_change_first", standing.first)):
            if change:
                rows.append({**base, "term": term, "estimate": change.estimate, "se": change.se, "low": change.low,
                             "high": change.high})  # fmt: skip
        if standing.wave == cells.current and standing.coverage < 1:
            notes.append(("renormalised", {"item": standing.node, "coverage": standing.coverage}))
        since = [change.since for change in (standing.previous, standing.first) if change]
        if standing.wave == cells.current and any(covered[standing.node, w] < standing.coverage for w in since):
            notes.append(("economy_grew", {"item": standing.node}))
    return rows, notes


def _companies(tree: Tree, place: int) -> list[str]:
    node = tree[place]
    return [node.item] * bool(node.item) + [item for k in node.children for item in _companies(tree, k)]
