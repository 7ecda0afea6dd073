"""A satisfaction model in groups and over waves: indices, changes, paths against the rest, and a whole economy."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from cxkit.measure.cells import Cells
from cxkit.measure.comparison import SEVERAL, SLOPE, Same, adjusted, gap, same_people, shared_covariance, slope
from cxkit.measure.groups import mirrored
from cxkit.measure.key_errors import Note, named
from cxkit.methods.acsi_regression.groups import Permuted, compare_groups
from cxkit.methods.acsi_regression.resamples import ready
from cxkit.methods.acsi_regression.rows import base_of, index_rows, spans
from cxkit.methods.acsi_regression.study import Fitted, Study
from cxkit.result import ARROW, Row
from cxkit.stats.compare import Basis, difference
from cxkit.stats.joint import Estimate

UNLIKE, MATTERS = 0.05, 0.99  # p value and correlation below which a construct is composed differently in a group


def group_rows(study: Study, cells: Cells, now: Fitted) -> tuple[list[Row], list[Note], dict[str, Fitted]]:
    """Each group of the current wave: index with everybody's and with its own weights, paths, and tests against the
    rest; also the groups' own models."""
    names, common, level = study.model.names, study.common, study.common.level
    rows: list[Row] = []
    notes: list[Note] = []
    families: dict[str, list[Row]] = {}
    fits: dict[str, Fitted] = {}
    for group in cells.groups:
        sides = [cells.answers(group, cells.current, rest) for rest in (False, True)]
        indices = [study.indices(side, now) for side in sides]
        noise = study.weight_noise(sides[0], sides[1], now)
        base: Row = {"group": group, "wave": cells.current}
        for k, (name, mine, others) in enumerate(zip(names, *indices, strict=True)):
            empty = np.isnan(sides[0].scores[:, list(study.structure.blocks[k])]).all(axis=0).any()
            if empty and mine.n >= common.min_base:
                continue  # nobody in the group answered one of its items, which a note says
            row: Row = {**base, "item": name, "term": "index", "n": mine.n, "n_eff": mine.n_eff,
                        "missing": len(sides[0].w) - mine.n}  # fmt: skip
            if mine.value == mine.value:
                low, high = mine.interval(level, (0, 100))
                row |= {"estimate": mine.value, "se": mine.se, "low": low, "high": high}
            elif name not in now.withheld and mine.n >= common.min_base:
                notes.append(("index_withheld_in", {"group": group, "construct": name}))
            rows.append(row)
            if mine.n and others.n and mine.value == mine.value and others.value == others.value:
                # The error of the common weights counts once, not on each side.
                one, other = (replace(side, fixed=noise[k] / 2) for side in (mine, others))
                families.setdefault(name, []).append({**base, "term": "index_vs_rest", **gap(one, other, reach=100)})
        shown = [len(study.usable(side).w) >= common.min_base for side in sides]
        if not shown[0]:
            continue  # too few to be shown, so nothing is estimated from them
        fitted = study.fit(sides[0], group)
        if not isinstance(fitted, Fitted):
            notes.append(fitted)
            continue
        fits[group] = fitted
        rows += [{**base, **row} for row in index_rows(fitted, study, "index_own")]
        notes += wrong_in(group, fitted, now)
        arrows = [names[a] + ARROW + names[b] for a, b in study.model.paths]
        own = spans(arrows, "path", fitted.sample.fit.paths[:, 0], fitted.draws.fit.paths, fitted.tail(level))
        rows += [{**base, **base_of(fitted), **row} for row in own]
        rest = study.fit(sides[1], "") if shown[1] else None
        if isinstance(rest, tuple):
            notes.append(("rest_without_model", {"group": group}))
        if isinstance(rest, Fitted):
            tested, composed, told = _paths_against_rest(study, cells, group, fitted, rest)
            for name, row in zip(arrows, tested, strict=True):
                families.setdefault(name, []).append({**base, **row})
            rows += [{**base, **base_of(fitted), **row} for row in composed]
            notes += told
    for item, family in families.items():
        rows += adjusted(item, family, common, once=mirrored(family, cells.members))
    return rows, notes, fits


def wrong_in(name: str, fitted: Fitted, now: Fitted) -> list[Note]:
    """Notes on what is wrong by a group's or wave's own answers, although not by those of all respondents: indices
    that are withheld, and items that run against the others."""
    items = [item for item in named(fitted.key_errors) if item not in named(now.key_errors)]
    withheld = sorted(fitted.withheld - now.withheld)
    return [
        *(("key_error_in", {"group": name, "item": item}) for item in items),
        *(("index_withheld_in", {"group": name, "construct": construct}) for construct in withheld),
    ]


def _paths_against_rest(
    study: Study, cells: Cells, group: str, mine: Fitted, rest: Fitted
) -> tuple[list[Row], list[Row], list[Note]]:
    """Permutation tests of the paths of one group against the others', and whether constructs are composed alike."""
    both = study.usable(cells.now)
    both = both.where(np.array([name is not None for name in both.group], bool))
    items = ready(both.scores, both.w, *study.ends, study.missing)
    inside = cells.members.belong(both.group, group)
    found = compare_groups(
        items, study.structure, inside, study.rng("permutations"), study.resamples,
        study.scheme, study.standardised,
    )  # fmt: skip
    one, other = (base_of(side) for side in (mine, rest))
    tested = []
    for k, null in enumerate(found.null):
        value = float(mine.sample.fit.paths[k, 0] - rest.sample.fit.paths[k, 0])
        se = float(sum(side.draws.fit.paths[k].var(ddof=1) for side in (mine, rest))) ** 0.5
        tested.append({**one, "n_other": other["n"], "term": "path_vs_rest", "estimate": value,
                       "test": Permuted(value, se, null), "reach": np.inf})  # fmt: skip
    composed: list[Row] = []
    notes: list[Note] = []
    for name, c, p in zip(study.model.names, found.composition, found.composition_p, strict=True):
        if p == p:
            composed += [{"item": name, "term": "composition", "estimate": float(c)},
                         {"item": name, "term": "composition_p", "estimate": float(p)}]  # fmt: skip
            notes += [("not_invariant", {"group": group, "item": name})] * bool(p < UNLIKE and c < MATTERS)
    return tested, composed, notes


def wave_rows(study: Study, cells: Cells, fitted: Mapping[str, Fitted]) -> tuple[list[Row], list[Note]]:
    """The index in each wave with that wave's own weights, and its change against the wave before and the first."""
    names, common, level = study.model.names, study.common, study.common.level
    waves = [wave for wave in cells.waves if wave in fitted]
    indices = {wave: study.indices(fitted[wave].answers, fitted[wave]) for wave in waves}
    sides = [fitted[wave].answers for wave in waves]
    same_in = {(s, t): same_people(sides[s], sides[t]) for s in range(len(sides)) for t in range(s)}
    rows: list[Row] = []
    for k, name in enumerate(names):
        family = []
        for place, wave in enumerate(waves):
            mine = indices[wave][k]
            if wave != cells.current:
                rows.append({"wave": wave, **index_rows(fitted[wave], study, "index")[k]})
            for term, before in (("change_previous", place - 1), ("change_first", 0)):
                if place and (term == "change_previous" or place > 1):
                    earlier = indices[waves[before]][k]
                    if mine.value != mine.value or earlier.value != earlier.value:
                        continue
                    same = same_in[place, before]
                    if term == "change_previous" or wave == waves[-1]:
                        kind = term.replace("change", "index_vs")
                        family.append({**gap(mine, earlier, reach=100, same=same), "term": kind, "wave": wave})
                    rows += [{"item": name, "term": term, "wave": wave, "n": mine.n, "n_other": earlier.n, **change}
                             for change in _percent(mine, earlier, same, level)]  # fmt: skip
        if len(waves) >= SEVERAL and all(indices[wave][k].value == indices[wave][k].value for wave in waves):
            levels = [indices[wave][k] for wave in waves]
            family.append({**slope(levels, same_in), "term": f"index_{SLOPE}", "wave": waves[-1]})
        rows += adjusted(name, family, common)
    now = fitted[cells.current]
    return rows, [note for wave in waves[:-1] for note in wrong_in(wave, fitted[wave], now)]


def _percent(now: Estimate, before: Estimate, same: Same, level: float) -> list[Row]:
    """The change in percent; an index of 0 before has none."""
    if not before.value > 0:
        return []
    ratio = now.value / before.value
    # A ratio's error to first order: that of now - ratio x before, over before.
    sides = Basis(now.value, now.variance, now.df), Basis(ratio * before.value, ratio**2 * before.variance, before.df)
    found = difference(*sides, covariance=ratio * shared_covariance(now, before, same))
    percent = 100 / before.value
    change = 100 * (ratio - 1)
    low, high = (change + percent * end for end in found.interval(level))
    low = max(-100.0, low) if low == low else low  # no index falls by more than all of it
    return [{"estimate": change, "se": percent * found.se, "low": low, "high": high}]
