"""ACSI regression: what drives satisfaction, and what does satisfaction bring?

What the terms of the result are, by what the ``item`` of a row is:

construct : ``index`` and ``simple_index`` (plain means), ``impact`` (points of the target that go with one point),
    ``r2``, ``regression_r2``, ``alpha rho_a rho_c ave``, ``breusch_pagan`` and ``reset`` (p values of level 1: even
    residuals, straight line).
pair : ``path`` (standardised), ``path_points``, ``regression`` (level 1), ``f2 vif consistent`` (PLSc), ``total
    total_points indirect_points regression_total regression_indirect``, ``htmt``, ``cross_loading``.
survey item : ``loading item_weight index_share item_vif``, ``rmse rmse_regression q2`` (PLSpredict).
in groups : ``index`` (weights of all), ``index_own``, ``index_vs_rest``, ``path``, ``path_vs_rest`` (permutation),
    ``composition`` and ``composition_p`` (MICOM).
in waves, each with its own weights : ``index index_vs_previous``, ``change_previous change_first`` (percent).
node of the economy : ``economy_index economy_change economy_change_first`` (percent; ``score`` counts the waves
    since measured).

The index of a construct is withheld (NaN, with a note), and with it what is told in its points, where it is no mean
of answers: it would leave 0-100, or an item that runs against the others of its construct beyond chance (a note names
it) counts in it negatively. So are the shares of an index of which one is negative. Ends of intervals are kept on the
scale.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Unpack

import numpy as np

from cxkit.errors import DataError
from cxkit.measure.cells import tally_cells, turned
from cxkit.measure.common import Keywords, open_data
from cxkit.measure.finish import finish
from cxkit.measure.key_errors import Note
from cxkit.methods.acsi_regression.claims import path_claims
from cxkit.methods.acsi_regression.comparisons import group_rows, wave_rows
from cxkit.methods.acsi_regression.models import ready_made
from cxkit.methods.acsi_regression.rolling_rows import read_economy, rolling_rows
from cxkit.methods.acsi_regression.rows import construct_rows, item_rows, path_rows, regression_rows
from cxkit.methods.acsi_regression.study import Fitted, Study, read_study
from cxkit.result import ARROW, PAIR, Result, Row


def acsi_regression(
    data: Any,
    constructs: Mapping[str, Any],
    *,
    paths: Any = "acsi",
    target: str = "satisfaction",
    scale: Any = None,
    scheme: str = "path",
    standardised: bool = True,
    missing: str = "pairwise",
    resamples: int = 1000,
    folds: int = 10,
    economy: Mapping[str, Any] = MappingProxyType({}),
    **given: Unpack[Keywords],
) -> Result:
    """Satisfaction index by a path model (ACSI, ECSI or one's own): indices 0-100, impacts, and what they rest on.

    Level 1 takes each construct as the plain mean of its items and explains it by least squares; level 2 weighs the
    items by PLS path modelling, as ACSI does (Fornell et al. 1996; Tenenhaus et al. 2005). Index of a construct =
    sum u_j (mean_j - min) / (max - min) x 100, u_j = (w_j / sd_j) / sum(w / sd), with the declared ends of the scale.

    Parameters
    ----------
    data : a survey of ``cx.read``, or respondents in rows (pandas, polars, pyarrow, DuckDB).
    constructs : name -> list of items, or {items, mode, text}; mode "A" (default: items reflect it) or "B".
    paths : "acsi", "ecsi" (constructs that are not given are left out), or a list of [from, to].
    target : the construct whose index the report is about.
    scale : [min, max], a card, or item -> either; the items of one construct have the same ends.
    scheme : inner weights "path", "factorial" or "centroid".
    standardised : whether items are brought to a variance of 1 before they are weighed.
    missing : "pairwise" (each covariance from those who answered both), "mean" of the item in place of a missing
        answer, as ACSI does (loadings, paths and R2 come out too small and their intervals miss the truth too often),
        or "complete" respondents only.
    resamples : bootstrap resamples and permutations, 100 or more.
    folds : parts in which prediction is checked on respondents left out, 2 or more.
    economy : tree {name, weight, text, children | item} over groups (``item``), weights such as revenue; rolls the
        target's index of companies up over the waves, a company not measured keeping its last value.
    given : what all methods share, see ``cx.Common``: by, wave, weight, respondent, waves, dates, values, split,
        level, correction, min_base, flag_base, client, seed.

    Returns
    -------
    Result; ``item`` is a construct, a pair "a -> b", a likeness "a ~ b", a survey item or a node of the economy.
    Constructs: ``index simple_index`` (0-100; NaN where it is no mean of answers), ``impact`` (points of the target
    that go with one point), ``r2 regression_r2 alpha rho_a rho_c ave breusch_pagan reset``. Pairs: ``path path_points
    regression consistent f2 vif total total_points indirect_points regression_total regression_indirect htmt
    cross_loading``. Items: ``loading item_weight index_share item_vif rmse rmse_regression q2``. Groups: ``index_own
    index_vs_rest path_vs_rest composition composition_p``. Waves: ``index_vs_previous``, ``change_previous
    change_first`` (percent). Economy: ``economy_index``, ``economy_change economy_change_first`` (percent). The head
    of the module ``cxkit.methods.acsi_regression.compute`` says what each is.

    Raises
    ------
    DataError, SettingsError : the model, a column, an answer or a setting is wrong, or there are too few answers.

    >>> import cxkit as cx
    >>> model = {"quality": ["ease", "trust"], "satisfaction": ["appeal"], "loyalty": ["return"]}
    >>> result = cx.acsi_regression(cx.sample("bank"), model)
    >>> result.rows(item="quality", term="impact")["estimate"].round(1).item()
    0.8
    """
    data, common, survey = open_data(data, given)
    study = read_study(
        constructs, paths, scale or (survey.scale if survey else (1, 10)), common, target=target, scheme=scheme,
        standardised=standardised, missing=missing, resamples=resamples, folds=folds,
    )  # fmt: skip
    cells = tally_cells(data, study.deck, common, each=True)
    cells = replace(cells, everyone=turned(cells.everyone, study.deck))
    tree = read_economy(economy, common.by, cells)
    fitted: dict[str, Fitted] = {}
    notes: list[Note] = [("paths_associative", {})]
    for when in cells.waves or ("",):
        found = study.fit(cells.answers("", when), when)
        if isinstance(found, Fitted):
            fitted[when] = found
        elif when == cells.current:
            raise DataError(_refusal(found, study))
        else:
            notes.append(found)
    now = fitted[cells.current]
    rows: list[Row] = []
    if len(cells.waves) > 1:
        rows, told = wave_rows(study, cells, fitted)
        notes += told
    foreseen = study.foresee(now)
    parts = (construct_rows(now, study), path_rows(now, study), regression_rows(now, study),
             item_rows(now, study, foreseen))  # fmt: skip
    for own, told in parts:
        rows += [{**row, "wave": cells.current} for row in own]
        notes += told
    if common.by:
        own, told, fits = group_rows(study, cells, now)
        rows, notes = rows + own, notes + told
    if tree:
        own, told = rolling_rows(study, cells, tree, fits)
        rows, notes = rows + own, notes + told
    notes += _model_notes(study, now)
    facts = {"rows": len(now.answers.w), "resamples": now.draws.index.shape[1],
             "r2": float(now.sample.fit.r2[study.target, 0])}  # fmt: skip
    labels = _labels(study) | {node.name: node.text for node in tree if node.text}
    settings = {**_settings(study), "economy": dict(economy)}
    return finish(
        "acsi_regression", settings, common, cells, rows, facts, notes, labels=labels, survey=survey,
        claims=path_claims(now, foreseen, study), spoken=[target],
    )  # fmt: skip


def _settings(study: Study) -> dict[str, Any]:
    """What was asked, as plain values."""
    model = study.model
    return {
        "constructs": {c.name: {"items": list(c.items), "mode": c.mode, "text": dict(c.text)}
                       for c in model.constructs},
        "paths": [[model.names[a], model.names[b]] for a, b in model.paths], "target": study.target_name,
        "scale": {item: card.plain() for item, card in study.deck.items()}, "scheme": study.scheme,
        "standardised": study.standardised, "missing": study.missing, "resamples": study.resamples,
        "folds": study.folds,
    }  # fmt: skip


def _model_notes(study: Study, now: Fitted) -> list[Note]:
    """What the reader should know about the model and its estimation."""
    notes: list[Note] = [("constructs_left_out", {"item": name}) for name in study.model.left_out]
    missing = int(np.isnan(now.answers.scores).sum())
    if missing and study.missing != "complete":
        notes.append(("pairwise" if study.missing == "pairwise" else "mean_replaced", {"n": missing}))
    if not now.sample.fit.converged.all():
        notes.append(("not_converged", {}))
    lost = int((~now.draws.kept).sum())
    notes += [("resamples_dropped", {"n": lost})] * bool(lost)
    notes += [("reversed", {"item": item}) for item, card in study.deck.items() if card.reversed]
    return notes


def _refusal(note: Note, study: Study) -> str:
    """The note of a cell that cannot be fitted, as the sentence of an error."""
    code, told = note
    where = f' in "{told["group"]}"' if told["group"] else ""
    if code == "few_rows":
        return (
            f"Found {told['n']} respondents with answers{where}, expected {told['least']} or more for "
            f"{len(study.model.items)} items and {len(study.model.paths)} paths; collect more, or make the model "
            f"smaller."
        )
    if code == "group_constant":
        return f'Everybody{where} gave the same answer to "{told["item"]}", so nothing can go with it; take it out.'
    if code in ("items_repeat", "constructs_repeat"):
        which, what, remedy = (
            ("items of", "weights cannot be told", "take one out, or declare those asked in reverse as reversed")
            if code == "items_repeat"
            else ("constructs that lead to", "paths cannot be told apart", "take one out")
        )
        return (
            f'The {which} "{told["construct"]}" repeat each other{where} (one is an exact combination of the '
            f"others), so their {what}; {remedy}."
        )
    if code == "pairs_contradict":
        return f'The covariances of pairs of items contradict each other{where}; set missing to "mean".'
    return f'Nobody{where} answered "{told["item"]}"; take it out of the model, or check the file.'


def _labels(study: Study) -> dict[str, Mapping[str, str]]:
    """The names of constructs and of their pairs in every language that is given."""
    labels: dict[str, Mapping[str, str]] = {name: ready_made()["texts"][name] for name in study.model.left_out}
    labels |= {c.name: c.text for c in study.model.constructs if c.text}
    for item, card in study.deck.items():
        if item not in labels:
            labels[item] = card.text
    single = dict(labels)

    def pair(one: str, other: str, sign: str) -> dict[str, str]:
        texts = [single.get(name) or {"en": name} for name in (one, other)]
        codes = dict.fromkeys(code for text in texts for code in text)
        names = {code: [t.get(code) or t.get("en") or next(iter(t.values())) for t in texts] for code in codes}
        return {code: sign.join(ends) for code, ends in names.items()}

    names = study.model.names
    for k, one in enumerate(names):
        for other in names[k + 1 :]:
            labels[one + ARROW + other] = pair(one, other, " → ")
            labels[one + PAIR + other] = pair(one, other, " – ")
    return labels
