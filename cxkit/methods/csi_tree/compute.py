"""CSI tree: which parts make customers satisfied, how much does each weigh, and what should be improved first?"""

from collections.abc import Mapping
from dataclasses import asdict, replace
from types import MappingProxyType
from typing import Any, Unpack

import numpy as np

from cxkit.errors import DataError
from cxkit.measure.cells import Cells, Row, adjusted, finish, in_cell, shared_covariance, tally_cells
from cxkit.measure.common import Keywords, open_data
from cxkit.measure.drivers import driver_rows
from cxkit.measure.groups import mirrored
from cxkit.measure.key_errors import named, not_named
from cxkit.methods.csi_tree.cells import Model, read_model
from cxkit.result import Result
from cxkit.stats.compare import Basis, difference
from cxkit.stats.joint import Estimate
from cxkit.stats.rollup import flat_weights, split_change
from cxkit.stats.shares import wilson
from cxkit.survey import tally
from cxkit.survey.tally import Answers

QUADRANTS = ("concentrate_here", "keep_up", "low_priority", "possible_overkill")  # Martilla & James 1977


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
    model = read_model(
        tree, scale or (survey.scale if survey else (1, 5)), tables, common, weights=weights, normalise=normalise,
        grades=grades, target=target, missing=missing, outcome=outcome,
    )  # fmt: skip
    cells = tally_cells(data, model.deck, common)
    everyone = tally.answers(data, list(model.deck), **common.columns())
    now = in_cell(everyone, cells, "", cells.current)
    weighing = model.weights(now)
    drawn, shares = model.draws(now, weighing)
    nodes = _nodes_now(model, now, weighing, drawn)
    rows = _index_rows(model, cells, everyone, weighing, nodes) + _leaf_rows(model, cells, weighing, nodes, shares)
    rows += _comparisons(model, cells, everyone, weighing, data) + _change_rows(model, cells, everyone, weighing)
    facts: dict[str, Any] = {"rows": len(now.w), "target": float(target)}
    notes = model.key_errors(now)
    parts, matters = model.components, shares[:, model.components]
    if outcome:
        parts = [place for place in parts if model.surveyed(place)]
        x = model.parts(now, [w.value for w in weighing], parts)
        names = [model.tree[place].name for place in parts]
        turned = {node.name: model.deck[node.item].reversed for node in model.tree if node.item}
        told = driver_rows(names, x, model.outcome(now), now.w, cells.current, common, outcome, turned)
        rows, facts, matters = rows + told.rows, facts | told.facts, told.draws
        notes += not_named(told.notes, [node.name for node in model.tree if node.item in named(notes)])
    rows += _quadrant_rows(model, cells, parts, nodes, drawn, matters)
    if common.weight:
        n_linear = model.linear_base(nodes[0], now)
        notes += [("weighted_index", {"n_eff": nodes[0].n_eff, "n_linear": n_linear})] * (n_linear == n_linear)
    if model.levels and (cells.groups or len(cells.waves) > 1):
        notes.append(("operations_fixed", {}))
    notes += [(f"grades_{grades}", {})] * (grades != "range")
    notes += [("renormalised", {"item": row["item"], "coverage": row["estimate"]}) for row in rows
              if row["term"] == "coverage" and not row["group"] and row["wave"] == cells.current]  # fmt: skip
    notes += [("reversed", {"item": item}) for item, card in model.deck.items() if card.reversed]
    labels = {node.name: node.text or (model.deck[node.item].text if node.item else {}) for node in model.tree}
    settings = {
        "tree": tree, "scale": {item: card.plain() for item, card in model.deck.items()}, "tables": dict(tables),
        "weights": weights, "normalise": normalise, "grades": grades, "target": target, "missing": missing,
        "outcome": outcome,
    }  # fmt: skip
    return finish("csi_tree", settings, common, cells, rows, facts, notes, labels=labels, survey=survey)


def _nodes_now(model: Model, now: Answers, weighing: list[Estimate], draws: np.ndarray) -> list[Estimate]:
    """The nodes among all respondents of the current wave; derived weights add the variance of their bootstrap."""
    found, _ = model.nodes(now, weighing)
    if model.weighing != "derived":
        return found
    spread = draws.var(axis=0, ddof=1)
    return [
        replace(e, fixed=e.fixed + max(0.0, float(v) - e.variance)) if node.children else e
        for e, node, v in zip(found, model.tree, spread, strict=True)
    ]


def _weights_in(model: Model, answers: Answers, weighing: list[Estimate], *, own: bool) -> list[Estimate]:
    """The weights for a cell: its own stated ones where asked for and known, else the current ones as given."""
    if own and model.weighing == "stated" and model.all_stated(answers):
        return model.weights(answers)
    return [Estimate(weight.value, np.nan, np.nan, np.zeros(len(answers.w))) for weight in weighing]


def _index_rows(
    model: Model, cells: Cells, everyone: Answers, weighing: list[Estimate], nodes: list[Estimate]
) -> list[Row]:
    rows = []
    for group, wave in cells.all_cells():
        answers = in_cell(everyone, cells, group, wave)
        now = not group and wave == cells.current
        weights = weighing if now else _weights_in(model, answers, weighing, own=not group)
        found, coverage = (model.nodes if now else model.nodes_in)(answers, weights)
        for place, node in enumerate(model.tree):
            if not now and (node.depth > 1 or not model.surveyed(place)):
                continue
            base: Row = {"item": node.name, "group": group, "wave": wave}
            if coverage[place] < 1:
                if model.missing == "error":
                    cell = f' in "{group or wave}"' if group or wave else ""
                    raise DataError(
                        f'Nobody{cell} answered {model.lacking(coverage)}, so "{node.name}" has no full value; '
                        f'add answers, take the leaf out, or set missing to "renormalise".'
                    )
                if node.children and coverage[place]:
                    rows.append({**base, "term": "coverage", "n": found[place].n, "estimate": coverage[place]})
            rows.append({**base, **_node_row(nodes[place] if now else found[place], place, model), "term": "index"})
            if node.item:
                rows[-1]["missing"] = cells.missing(node.item, group, wave)
    return rows


def _node_row(found: Estimate, place: int, model: Model) -> Row:
    row = _row(found, model.common.level, model.bounds)
    own = model.levels.get(place)  # an operational level has an interval of its own
    return {**row, "low": own.low, "high": own.high} if own else row


def _row(found: Estimate, level: float, bounds: tuple[float, float]) -> Row:
    low, high = found.interval(level, bounds)
    return {"n": found.n, "n_eff": found.n_eff, "estimate": found.value, "se": found.se,
            "low": min(low, found.value), "high": max(high, found.value)}  # fmt: skip


def _leaf_rows(
    model: Model, cells: Cells, weighing: list[Estimate], nodes: list[Estimate], shares: np.ndarray
) -> list[Row]:
    """Weights of all nodes; of leaves also the share of top boxes and the gap to the target as points of the root."""
    rows = []
    known = [node.value == node.value for node in nodes]
    total = flat_weights(model.tree, [weight.value for weight in weighing], known)
    level, target = model.common.level, model.target
    for place, node in enumerate(model.tree):
        base: Row = {"item": node.name, "wave": cells.current, "n": nodes[place].n}
        if node.depth:
            weight = _row(weighing[place], level, (0, 1))
            if model.weighing == "derived" and len(shares):
                low, high = np.quantile(shares[:, place], [(1 - level) / 2, (1 + level) / 2])
                weight |= {"low": min(low, weight["estimate"]), "high": max(high, weight["estimate"])}
            rows.append({**weight, **base, "term": "weight"})
            rows.append({**base, "term": "total_weight", "estimate": total[place]})
        if node.children:
            continue
        found = _node_row(nodes[place], place, model)
        gaps = {end: total[place] * float(np.maximum(0.0, target - found[of]))
                for end, of in (("estimate", "estimate"), ("low", "high"), ("high", "low"))}  # fmt: skip
        rows.append({**found, **base, "term": "priority", "se": total[place] * found["se"], **gaps})
        if node.item and nodes[place].n:
            answers = cells.answers(node.item, "", cells.current)
            box = model.deck[node.item].top
            top = answers.share_of(box)
            low, high = wilson(top, answers.n_eff, level)
            rows.append({**base, "term": "top_box", "n_eff": answers.n_eff, "estimate": top,
                         "se": answers.share_se(box), "low": low, "high": high})  # fmt: skip
    return rows


def _comparisons(model: Model, cells: Cells, everyone: Answers, weighing: list[Estimate], data: Any) -> list[Row]:
    """The root and its parts: each group against the rest of the current wave, each wave against the one before."""
    common = model.common
    repeated = common.respondent and tally.repeats(data, common.respondent, common.wave)
    places = [k for k, node in enumerate(model.tree) if node.depth <= 1 and model.surveyed(k)]
    families: dict[tuple[int, str], list[Row]] = {(k, kind): [] for k in places for kind in ("rest", "previous")}
    pairs = [("rest", group, cells.current, (group, cells.current, False), (group, cells.current, True))
             for group in cells.groups]  # fmt: skip
    pairs += [("previous", "", after, ("", after, False), ("", before, False))
              for before, after in zip(cells.waves, cells.waves[1:], strict=False)]  # fmt: skip
    for kind, group, wave, *sides in pairs:
        cut = [in_cell(everyone, cells, g, w, rest=rest) for g, w, rest in sides]
        found = [model.nodes_in(side, _weights_in(model, side, weighing, own=kind == "previous"))[0] for side in cut]
        for place in places:
            one, other = (side[place] for side in found)
            if one.n and other.n:
                shared = shared_covariance(cut, one, other) if repeated and kind == "previous" else 0.0
                # Operational levels are the same on both sides, so only the respondents' variance counts.
                bases = [Basis(e.value, float(e.influence @ e.influence), e.df) for e in (one, other)]
                gap = one.value - other.value
                reach = model.bounds[1] - model.bounds[0]
                test = difference(*bases, covariance=shared, level=common.level, reach=reach)
                families[place, kind].append({
                    **asdict(test), "term": f"index_vs_{kind}", "group": group, "wave": wave, "n": one.n,
                    "n_other": other.n, "n_eff": one.n_eff, "estimate": gap, "low": min(test.low, gap),
                    "high": max(test.high, gap),
                })  # fmt: skip
    rows = []
    for (place, kind), family in families.items():
        once = kind == "rest" and mirrored(family, cells.members)
        rows += adjusted(model.tree[place].name, family, common, once=once)
    return rows


def _change_rows(model: Model, cells: Cells, everyone: Answers, weighing: list[Estimate]) -> list[Row]:
    """The root's change since the wave before, split exactly into changes of its parts and of their weights."""
    if len(cells.waves) < 2:
        return []
    weights, values, bases = [], [], []
    for wave in cells.waves[-2:]:
        answers = in_cell(everyone, cells, "", wave)
        mine = _weights_in(model, answers, weighing, own=True)
        found, coverage = model.nodes(answers, mine)
        share = np.array([mine[k].value * bool(coverage[k]) for k in model.components])
        weights.append(share / share.sum() if share.sum() else share)
        values.append(np.array([found[k].value for k in model.components]))
        bases.append(found[0].n)
    split = split_change((weights[0], weights[1]), (values[0], values[1]))
    return [
        {"item": model.tree[place].name, "term": term, "wave": cells.current, "n": min(bases), "estimate": part[k]}
        for term, part in zip(("change_scores", "change_weights"), split, strict=True)
        for k, place in enumerate(model.components)
        if part[k] == part[k] and (term == "change_scores" or part.any())
    ]


def _quadrant_rows(
    model: Model, cells: Cells, parts: list[int], nodes: list[Estimate], values: np.ndarray, matters: np.ndarray
) -> list[Row]:
    """Probability that a part lies above the average of the parts in performance, and not below it in importance."""
    size = min(len(values), len(matters))
    if len(parts) < 2 or not size:
        return []
    performs, matters = values[:size, parts], matters[:size]
    good = performs > performs.mean(axis=1, keepdims=True)
    heavy = matters >= matters.mean(axis=1, keepdims=True) - 1e-9  # with equal weights all parts matter
    chances = (heavy & ~good, heavy & good, ~heavy & ~good, ~heavy & good)
    return [
        {"item": model.tree[place].name, "term": term, "wave": cells.current, "n": nodes[place].n,
         "estimate": float(chance[:, k].mean())}
        for k, place in enumerate(parts) for term, chance in zip(QUADRANTS, chances, strict=True)
    ]  # fmt: skip
