"""CSI tree: which parts make customers satisfied, how much does each weigh, and what should be improved first?"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Unpack

import numpy as np

from cxkit.errors import DataError
from cxkit.measure.cells import Cells, tally_cells
from cxkit.measure.common import Keywords, open_data
from cxkit.measure.comparison import REST, Contrast, compare, gap, same_people
from cxkit.measure.drivers import driver_rows
from cxkit.measure.finish import finish
from cxkit.measure.key_errors import named, not_named
from cxkit.methods.csi_tree.claims import improve_claims, quadrant_rows
from cxkit.methods.csi_tree.study import Study, read_study
from cxkit.result import Result, Row
from cxkit.stats.joint import Estimate
from cxkit.stats.rollup import flat_weights, split_change
from cxkit.stats.shares import wilson
from cxkit.survey.tally import Answers


def csi_tree(
    data: Any,
    tree: Mapping[str, Any] | str,
    *,
    scale: Any = None,
    tables: Mapping[str, Any] = MappingProxyType({}),
    weights: str = "expert",
    normalise: bool = False,
    grades: str = "range",
    target: float = 95.0,
    missing: str = "renormalise",
    outcome: str = "",
    **given: Unpack[Keywords],
) -> Result:
    """Customer satisfaction index as a tree: value, interval and verdict of every node, and what to improve first.

    Parameters
    ----------
    data : a survey of ``cx.read``, or respondents in rows (pandas, polars, pyarrow, DuckDB).
    tree : nested ``{name, weight, text, importance, children | item | operation, table, where}``, or YAML text.
    scale : [min, max], a card, or item -> either, for leaves, importance items and outcome.
    tables : name -> rows of an operational table (see ``cxkit.methods.csi_tree.operations``).
    weights : "expert" (written in the tree), "equal", "stated" (mean importance, where siblings have such items) or
        "derived" (shares of the outcome's explained variance, LMG).
    normalise : accept expert weights that do not sum to 1.
    grades : "range" 100 (x - min) / (max - min), "maximum" 100 x / max, or "top_box" (share of the top boxes).
    target : level to reach, 0-100; judged by the interval.
    missing : a leaf without answers in a group or wave: "renormalise" the weights of the others, or "error".
    outcome : overall rating that the parts should explain; gives drivers and a penalty-reward contrast.
    given : what all methods share, see ``cx.Common``: by, wave, weight, respondent, waves, dates, values, split,
        level, correction, min_base, flag_base, client, seed.

    Returns
    -------
    Result; ``item`` is a node. Terms of the current wave: ``index`` (0-100; a node is sum w c / sum w of its
    children), ``coverage`` (share of weight with values, where below 1), ``weight`` (among siblings) and
    ``total_weight`` (share of the root), ``top_box`` of survey leaves, ``priority`` of leaves (total weight x gap to
    the target: points the root would gain), the quadrant probabilities ``concentrate_here keep_up low_priority
    possible_overkill``, ``change_scores`` and ``change_weights`` (exact split of the root's change), drivers (see
    ``cxkit.measure.drivers``), ``index_vs_rest`` and ``index_vs_previous``. Groups and earlier waves have the root
    and its parts. Errors are linearised over respondents (Saerndal et al. 1992) and include stated weights;
    derived weights add the variance of a bootstrap.

    Raises
    ------
    DataError, SettingsError : the tree, a weight, a table, a column, an answer or a setting is wrong.

    >>> import cxkit as cx
    >>> tree = {"name": "all", "children": [{"name": k, "weight": 0.5, "item": k} for k in ("fees", "staff")]}
    >>> cx.csi_tree(cx.sample("bank"), tree).rows(item="all", term="index")["estimate"].round(1).item()
    66.0
    """
    data, common, survey = open_data(data, given)
    study = read_study(
        tree, scale or (survey.scale if survey else (1, 5)), tables, common, weights=weights, normalise=normalise,
        grades=grades, target=target, missing=missing, outcome=outcome,
    )  # fmt: skip
    cells = tally_cells(data, study.deck, common, each=True)
    now = cells.now
    weighing = study.weights(now)
    drawn, shares = study.draws(now, weighing)
    nodes = _nodes_now(study, now, weighing, drawn)
    rows = _index_rows(study, cells, weighing, nodes) + _leaf_rows(study, cells, weighing, nodes, shares)
    rows += _comparisons(study, cells, weighing) + _change_rows(study, cells, weighing)
    facts: dict[str, Any] = {"rows": len(now.w), "target": float(target)}
    notes, claims = study.key_errors(now), improve_claims(study, weighing, nodes, drawn, shares)
    parts, matters = study.components, shares[:, study.components]
    if outcome:
        parts = [place for place in parts if study.surveyed(place)]
        x = study.parts(now, [w.value for w in weighing], parts)
        names = [study.tree[place].name for place in parts]
        turned = {node.name: study.deck[node.item].reversed for node in study.tree if node.item}
        told = driver_rows(names, x, study.outcome(now), now.w, cells.current, common, outcome, turned)
        rows, facts, matters = rows + told.rows, facts | told.facts, told.draws
        notes += not_named(told.notes, [node.name for node in study.tree if node.item in named(notes)])
        claims += told.claims
    placed, important = quadrant_rows(study, cells.current, parts, nodes, drawn, matters)
    rows, claims = rows + placed, claims + important
    if study.levels and (cells.groups or len(cells.waves) > 1):
        notes.append(("operations_fixed", {}))
    notes += [(f"grades_{grades}", {})] * (grades != "range")
    notes += [("renormalised", {"item": row["item"], "coverage": row["estimate"]}) for row in rows
              if row["term"] == "coverage" and not row["group"] and row["wave"] == cells.current]  # fmt: skip
    notes += [("reversed", {"item": item}) for item, card in study.deck.items() if card.reversed]
    labels = {node.name: node.text or (study.deck[node.item].text if node.item else {}) for node in study.tree}
    settings = {
        "tree": tree, "scale": {item: card.plain() for item, card in study.deck.items()}, "tables": dict(tables),
        "weights": weights, "normalise": normalise, "grades": grades, "target": target, "missing": missing,
        "outcome": outcome,
    }  # fmt: skip
    return finish(
        "csi_tree", settings, common, cells, rows, facts, notes, labels=labels, survey=survey, claims=claims
    )


def _nodes_now(study: Study, now: Answers, weighing: list[Estimate], draws: np.ndarray) -> list[Estimate]:
    """The nodes among all respondents of the current wave; derived weights add the variance of their bootstrap."""
    found, _ = study.nodes(now, weighing)
    if study.weighing != "derived":
        return found
    spread = draws.var(axis=0, ddof=1)
    return [
        replace(e, fixed=e.fixed + max(0.0, float(v) - e.variance)) if node.children else e
        for e, node, v in zip(found, study.tree, spread, strict=True)
    ]


def _weights_in(study: Study, answers: Answers, weighing: list[Estimate], *, own: bool) -> list[Estimate]:
    """The weights for a cell: its own stated ones where asked for and known, else the current ones as given."""
    if own and study.weighing == "stated" and study.all_stated(answers):
        return study.weights(answers)
    return [Estimate(weight.value, np.nan, np.nan, np.zeros(len(answers.w))) for weight in weighing]


def _index_rows(study: Study, cells: Cells, weighing: list[Estimate], nodes: list[Estimate]) -> list[Row]:
    rows = []
    for group, wave in cells.all_cells():
        answers = cells.answers(group, wave)
        now = not group and wave == cells.current
        weights = weighing if now else _weights_in(study, answers, weighing, own=not group)
        found, coverage = (study.nodes if now else study.nodes_in)(answers, weights)
        for place, node in enumerate(study.tree):
            if not now and (node.depth > 1 or not study.surveyed(place)):
                continue
            base: Row = {"item": node.name, "group": group, "wave": wave}
            if coverage[place] < 1:
                if study.missing == "error":
                    cell = f' in "{group or wave}"' if group or wave else ""
                    raise DataError(
                        f'Nobody{cell} answered {study.lacking(coverage)}, so "{node.name}" has no full value; '
                        f'add answers, take the leaf out, or set missing to "renormalise".'
                    )
                if node.children and coverage[place]:
                    rows.append({**base, "term": "coverage", "n": found[place].n, "estimate": coverage[place]})
            rows.append({**base, **_node_row(nodes[place] if now else found[place], place, study), "term": "index"})
            if node.item:
                rows[-1]["missing"] = cells.missing(node.item, group, wave)
    return rows


def _node_row(found: Estimate, place: int, study: Study) -> Row:
    row = _row(found, study.common.level, study.bounds)
    own = study.levels.get(place)  # an operational level has an interval of its own
    return {**row, "low": own.low, "high": own.high} if own else row


def _row(found: Estimate, level: float, bounds: tuple[float, float]) -> Row:
    low, high = found.interval(level, bounds)
    return {"n": found.n, "n_eff": found.n_eff, "estimate": found.value, "se": found.se,
            "low": min(low, found.value), "high": max(high, found.value)}  # fmt: skip


def _leaf_rows(
    study: Study, cells: Cells, weighing: list[Estimate], nodes: list[Estimate], shares: np.ndarray
) -> list[Row]:
    """Weights of all nodes; of leaves also the share of top boxes and the gap to the target as points of the root."""
    rows = []
    known = [node.value == node.value for node in nodes]
    total = flat_weights(study.tree, [weight.value for weight in weighing], known)
    level, target = study.common.level, study.target
    for place, node in enumerate(study.tree):
        base: Row = {"item": node.name, "wave": cells.current, "n": nodes[place].n}
        if node.depth:
            weight = _row(weighing[place], level, (0, 1))
            if study.weighing == "derived" and len(shares):
                low, high = np.quantile(shares[:, place], [(1 - level) / 2, (1 + level) / 2])
                weight |= {"low": min(low, weight["estimate"]), "high": max(high, weight["estimate"])}
            rows.append({**weight, **base, "term": "weight"})
            rows.append({**base, "term": "total_weight", "estimate": total[place]})
        if node.children:
            continue
        found = _node_row(nodes[place], place, study)
        gaps = {end: total[place] * float(np.maximum(0.0, target - found[of]))
                for end, of in (("estimate", "estimate"), ("low", "high"), ("high", "low"))}  # fmt: skip
        rows.append({**found, **base, "term": "priority", "se": total[place] * found["se"], **gaps})
        if node.item and nodes[place].n:
            answers = cells.distribution(node.item, "", cells.current)
            box = study.deck[node.item].top
            top, n_eff = answers.share_of(box), answers.share_base(box)
            low, high = wilson(top, n_eff, level)
            rows.append({**base, "term": "top_box", "n_eff": n_eff, "estimate": top,
                         "se": answers.share_se(box), "low": low, "high": high})  # fmt: skip
    return rows


def _comparisons(study: Study, cells: Cells, weighing: list[Estimate]) -> list[Row]:
    """The root and its parts: each group against the rest of the current wave, each wave against the one before."""
    places = {node.name: k for k, node in enumerate(study.tree) if node.depth <= 1 and study.surveyed(k)}
    reach = study.bounds[1] - study.bounds[0]

    def levels(answers: Answers, own: bool = True) -> dict[str, Estimate]:
        found = study.nodes_in(answers, _weights_in(study, answers, weighing, own=own))[0]
        # Operational levels are the same on both sides, so only the respondents' variance counts.
        return {name: replace(found[place], fixed=0.0) for name, place in places.items()}

    def test(contrast: Contrast) -> dict[str, Row]:
        sides = [cells.answers(*side) for side in (contrast.one, contrast.other)]
        one, other = (levels(side, own=contrast.kind != REST) for side in sides)
        same = same_people(*sides)
        return {
            name: gap(one[name], other[name], reach=reach, same=same)
            for name in places
            if one[name].n and other[name].n
        }

    return compare(cells, places, "index", test, levels, study.common)


def _change_rows(study: Study, cells: Cells, weighing: list[Estimate]) -> list[Row]:
    """The root's change since the wave before, split exactly into changes of its parts and of their weights."""
    if len(cells.waves) < 2:
        return []
    weights, values, bases = [], [], []
    for wave in cells.waves[-2:]:
        answers = cells.answers("", wave)
        mine = _weights_in(study, answers, weighing, own=True)
        found, coverage = study.nodes(answers, mine)
        share = np.array([mine[k].value * bool(coverage[k]) for k in study.components])
        weights.append(share / share.sum() if share.sum() else share)
        values.append(np.array([found[k].value for k in study.components]))
        bases.append(found[0].n)
    split = split_change((weights[0], weights[1]), (values[0], values[1]))
    return [
        {"item": study.tree[place].name, "term": term, "wave": cells.current, "n": min(bases), "estimate": part[k]}
        for term, part in zip(("change_scores", "change_weights"), split, strict=True)
        for k, place in enumerate(study.components)
        if part[k] == part[k] and (term == "change_scores" or part.any())
    ]
