"""The rows of one fitted satisfaction model: constructs, paths, effects, items and how well they measure."""

from collections.abc import Collection, Sequence

import numpy as np

from cxkit.measure.key_errors import Note, named
from cxkit.methods.acsi_regression.pls import regress
from cxkit.methods.acsi_regression.predict import Prediction
from cxkit.methods.acsi_regression.regression import plain_levels, regressions
from cxkit.methods.acsi_regression.study import Fitted, Study
from cxkit.methods.acsi_regression.validity import consistent, effect_sizes, inflation, measurement
from cxkit.result import ARROW, PAIR, Row
from cxkit.stats.weights import kish

TOO_ALIKE = 0.9  # HTMT from which two constructs are hardly two things, Henseler, Ringle & Sarstedt 2015
RELIABLE, CONVERGENT = 0.7, 0.5  # of rho_C and of AVE, Fornell & Larcker 1981
ENOUGH = 0.6  # of rho_A, below which paths freed of measurement error say little
IN_POINTS = ("path_points", "total_points", "indirect_points")  # of the indices at both ends
CURVED = 0.01  # p value of RESET below which a link is called no straight line


def base_of(fitted: Fitted) -> Row:
    """The base of everything that rests on all respondents of a cell."""
    return {"n": len(fitted.answers.w), "n_eff": fitted.n_eff}


def spans(
    names: Sequence[str],
    term: str,
    estimate: np.ndarray,
    draws: np.ndarray,
    tail: float,
    bounds: tuple[float, float] = (-np.inf, np.inf),
    less: int = 0,
) -> list[Row]:
    """Rows with a percentile interval and standard error from resamples, (names) and (names x resamples).

    Parameters
    ----------
    tail : the share of resamples beyond each end, as of ``Fitted.tail``.
    bounds : the ends of the quantity's scale; resamples beyond count as lying there, as does an estimate that only
        rounding takes there.
    less : times that the bias of the resamples, their median less the estimate, is taken off them. Each resample has
        chance correlations of its own beside those of the sample, and what only grows by them (R2, |r|) is too large
        by one such bias in the sample and by two in the resamples.
    """
    known = np.isfinite(draws)  # not where, say, drivers repeat each other in a resample
    quantile, std = (np.quantile, np.std) if known.all() else (np.nanquantile, np.nanstd)
    draws = np.where(known, draws, np.nan)
    estimate, se = np.clip(estimate, *bounds), std(np.clip(draws, *bounds), axis=1, ddof=1)
    if less:
        draws = draws - less * (quantile(draws, 0.5, axis=1) - estimate)[:, None]
    low, high = quantile(np.clip(draws, *bounds), [tail, 1 - tail], axis=1, method="weibull")
    return [
        {"item": name, "term": term, "estimate": float(e), "se": float(s), "low": min(float(a), float(e)),
         "high": max(float(b), float(e))}
        for name, e, s, a, b in zip(names, estimate, se, low, high, strict=True)
    ]  # fmt: skip


def withhold(rows: Sequence[Row], terms: Sequence[str], constructs: Collection[str]) -> None:
    """Take the numbers out of the rows of some terms that belong to a construct (or item) that is withheld."""
    for row in rows:
        if row["term"] in terms and any(end in constructs for end in row["item"].split(ARROW)):
            row |= dict.fromkeys(("estimate", "se", "low", "high"), np.nan)


def index_rows(fitted: Fitted, study: Study, term: str) -> list[Row]:
    """The index of each construct with the cell's own weights; its base are those who answered any of its items."""
    known, w = ~np.isnan(fitted.answers.scores), fitted.answers.w
    tail = fitted.tail(study.common.level)
    rows = spans(study.model.names, term, fitted.sample.index[:, 0], fitted.draws.index, tail, (0, 100))
    withhold(rows, (term,), fitted.withheld)
    for row, block in zip(rows, study.structure.blocks, strict=True):
        mine = w[known[:, list(block)].any(axis=1)]
        row |= {"n": len(mine), "n_eff": kish(mine), "missing": len(w) - len(mine)}
    return rows


def construct_rows(fitted: Fitted, study: Study) -> tuple[list[Row], list[Note]]:
    """Index, impact on the target, R2, and how well the items measure each construct."""
    names, tail, target = study.model.names, fitted.tail(study.common.level), study.target
    sample, draws = fitted.sample, fitted.draws
    rows = index_rows(fitted, study, "index")
    rows += spans(names, "simple_index", sample.simple[:, 0], draws.simple, tail, (0, 100))
    drivers = study.model.leads_to(target)
    reach = sample.total_points[drivers, target, 0], draws.total_points[drivers, target]
    rows += spans([names[k] for k in drivers], "impact", *reach, tail)
    withhold(rows, ("impact",), names if names[target] in fitted.withheld else fitted.withheld)
    ends = sorted({end for _, end in study.model.paths})
    r2 = sample.fit.r2[ends, 0], draws.fit.r2[ends]
    rows += spans([names[k] for k in ends], "r2", *r2, tail, (0, 1), less=2)
    notes: list[Note] = [*fitted.key_errors]
    notes += [("index_withheld", {"construct": name}) for name in names if name in fitted.withheld]
    for name, found in zip(names, measurement(fitted.sample.correlation, sample.fit, study.structure), strict=True):
        single = {"alpha": found.alpha, "rho_a": found.rho_a, "rho_c": found.rho_c, "ave": found.ave}
        rows += [{"item": name, "term": term, "estimate": v} for term, v in single.items() if np.isfinite(v)]
        if (found.rho_c < RELIABLE or found.ave < CONVERGENT) and name not in fitted.withheld:
            notes.append(("weak_measurement", {"construct": name, "rho_c": found.rho_c, "ave": found.ave}))
    base = base_of(fitted)
    return [{**base, **row} for row in rows], notes


def path_rows(fitted: Fitted, study: Study) -> tuple[list[Row], list[Note]]:
    """Paths, direct, indirect and total effects by both levels, and the likeness of constructs."""
    names, tail = study.model.names, fitted.tail(study.common.level)
    paths, structure = list(study.model.paths), study.structure
    sample, draws = fitted.sample, fitted.draws
    arrows = [names[a] + ARROW + names[b] for a, b in paths]
    rows = spans(arrows, "path", sample.fit.paths[:, 0], draws.fit.paths, tail)
    rows += spans(arrows, "path_points", sample.points[:, 0], draws.points, tail)
    single = {"f2": effect_sizes(sample.fit, structure)[:, 0], "vif": inflation(sample.fit, structure)[:, 0]}
    for term, values in single.items():
        known = ((name, float(v)) for name, v in zip(arrows, values, strict=True) if v == v)
        rows += [{"item": name, "term": term, "estimate": v} for name, v in known]
    pairs, around = _routes(len(names), paths)
    a, b = (np.array(side) for side in zip(*pairs, strict=True))
    labels = [names[i] + ARROW + names[j] for i, j in pairs]
    rows += spans(labels, "total", sample.fit.total[a, b, 0], draws.fit.total[a, b], tail)
    rows += spans(labels, "total_points", sample.total_points[a, b, 0], draws.total_points[a, b], tail)
    rows += spans(labels, "regression_total", sample.slopes_total[a, b, 0], draws.slopes_total[a, b], tail)
    bent = [pair for pair in pairs if around[pair]]
    if bent:
        labels = [names[i] + ARROW + names[j] for i, j in bent]
        own = [_indirect(side.total_points, side.points, bent, paths) for side in (sample, draws)]
        plain = [_indirect(side.slopes_total, side.slopes, bent, paths) for side in (sample, draws)]
        rows += spans(labels, "indirect_points", own[0][:, 0], own[1], tail)
        rows += spans(labels, "regression_indirect", plain[0][:, 0], plain[1], tail)
    withhold(rows, IN_POINTS, fitted.withheld)
    notes: list[Note] = []
    for i in range(len(names)):
        for j in range(i):
            label = names[j] + PAIR + names[i]
            found = spans([label], "htmt", sample.htmt[j, i], draws.htmt[[j], [i]], tail, (0, np.inf), less=1)
            rows += found
            if found[0]["estimate"] >= TOO_ALIKE:
                notes.append(("htmt", {"item": label, "value": found[0]["estimate"]}))
    free, told = _consistent_rows(fitted, study, arrows)
    base = base_of(fitted)
    return [{**base, **row} for row in rows + free], notes + told


def regression_rows(fitted: Fitted, study: Study) -> tuple[list[Row], list[Note]]:
    """Level 1: each construct as the plain mean of its items, explained by those before it, least squares.

    Where covariances rest on pairs of answers, slopes are those of the covariances, with the errors of resamples; no
    respondent then has a level without filling gaps, so only the checks of residuals stand on filled ones.
    """
    names, sample = study.model.names, fitted.sample
    rows: list[Row] = []
    notes: list[Note] = []
    levels = plain_levels(fitted.items.filled, study.structure)
    pairs = [names[a] + ARROW + names[b] for a, b in study.model.paths]
    if fitted.items.by_pairs:
        tail = fitted.tail(study.common.level)
        rows += spans(pairs, "regression", sample.slopes[:, 0], fitted.draws.slopes, tail)
    for found in regressions(levels, fitted.answers.w, study.structure, study.common.level):
        end, r2 = names[found.construct], found.r2
        if fitted.items.by_pairs:
            r2 = float(sample.slopes_r2[found.construct, 0])
        else:
            columns = zip(found.before, found.slope, found.se, found.low, found.high, strict=True)
            for start, slope, se, low, high in columns:
                ends = {"estimate": slope, "se": se, "low": low, "high": high}
                rows.append({"item": names[start] + ARROW + end, "term": "regression", **ends})
        rows.append({"item": end, "term": "regression_r2", "estimate": r2})
        for term, (_, p) in {"breusch_pagan": found.breusch_pagan, "reset": found.reset}.items():
            rows += [{"item": end, "term": term, "estimate": p}] * (p == p)
        if found.construct == study.target and found.reset[1] < CURVED:
            notes.append(("regression_curved", {"construct": end}))
    base = base_of(fitted)
    return [{**base, **row} for row in rows], notes


def item_rows(fitted: Fitted, study: Study, foreseen: Prediction) -> tuple[list[Row], list[Note]]:
    """Weights, loadings, shares of the index and prediction of each item."""
    tail, names, sample = fitted.tail(study.common.level), study.model.items, fitted.sample
    rows = spans(names, "loading", sample.fit.loadings[:, 0], fitted.draws.fit.loadings, tail, (-1, 1))
    rows += spans(names, "item_weight", sample.fit.weights[:, 0], fitted.draws.fit.weights, tail)
    shares = spans(names, "index_share", sample.shares[:, 0], fitted.draws.shares, tail, (0, 1))
    notes: list[Note] = []
    measured = measurement(fitted.sample.correlation, sample.fit, study.structure)
    for construct, found in zip(study.model.constructs, measured, strict=True):
        notes += [("collinear", {"construct": construct.name})] * bool(np.isinf(found.vif).any())
        for item, vif in zip(construct.items, found.vif, strict=True):
            rows += [{"item": item, "term": "item_vif", "estimate": float(vif)}] * bool(np.isfinite(vif))
    against = named(fitted.key_errors)
    for construct, block in zip(study.model.constructs, study.structure.blocks, strict=True):
        negative = [names[k] for k in block if sample.shares[k, 0] < 0]
        told = [item for item in negative if item not in against]
        notes += [("negative_weight", {"item": item, "construct": construct.name}) for item in told]
        withhold(shares, ("index_share",), construct.items if negative else ())  # which are no shares of anything
    rows += shares
    for k, item in enumerate(names):
        for j, other in enumerate(study.model.names):
            if k not in study.structure.blocks[j]:
                rows.append({"item": item + PAIR + other, "term": "cross_loading",
                             "estimate": float(sample.fit.crossings[k, j, 0])})  # fmt: skip
    for term in ("rmse", "rmse_regression", "q2"):
        values = zip(names, getattr(foreseen, term), strict=True)
        rows += [{"item": item, "term": term, "estimate": float(v)} for item, v in values if np.isfinite(v)]
    base = base_of(fitted)
    return [{**base, **row} for row in rows], notes


def _consistent_rows(fitted: Fitted, study: Study, arrows: Sequence[str]) -> tuple[list[Row], list[Note]]:
    """Paths freed of measurement error (PLSc, Dijkstra & Henseler 2015), where that gives possible numbers."""
    measured = measurement(fitted.sample.correlation, fitted.sample.fit, study.structure)
    rho = np.array([1.0 if np.isnan(found.rho_a) else found.rho_a for found in measured])
    if (rho <= 0).any():
        return [], [("plsc_inadmissible", {})]
    C = consistent(fitted.sample.fit, study.structure, rho)
    if (rho > 1).any() or np.linalg.eigvalsh(C).min() <= 0:
        return [], [("plsc_inadmissible", {})]
    paths, _ = regress(C[:, :, None], study.structure)
    rows: list[Row] = [{"item": name, "term": "consistent", "estimate": float(v)}
                       for name, v in zip(arrows, paths[:, 0], strict=True)]  # fmt: skip
    low = [("rho_low", {"construct": name, "rho_a": float(r)})
           for name, r in zip(study.model.names, rho, strict=True) if r < ENOUGH]  # fmt: skip
    return rows, [*low]


def _routes(size: int, paths: Sequence[tuple[int, int]]) -> tuple[list[tuple[int, int]], np.ndarray]:
    """The pairs that some route connects, and whether a route of several paths does (from, to)."""
    direct = np.zeros((size, size), dtype=int)
    for pair in paths:
        direct[pair] = 1
    ways, around = direct.copy(), np.zeros((size, size), dtype=int)
    for _ in range(size):
        around = direct @ ways
        ways = ((direct + around) > 0).astype(int)
    return [(int(i), int(j)) for i, j in np.argwhere(ways)], around > 0


def _indirect(
    total: np.ndarray, direct: np.ndarray, pairs: Sequence[tuple[int, int]], paths: Sequence[tuple[int, int]]
) -> np.ndarray:
    """The total effect of each pair without the direct one, where there is one."""
    rows = [total[pair] - (direct[paths.index(pair)] if pair in paths else 0) for pair in pairs]
    return np.array(rows)
