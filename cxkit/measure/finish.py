"""From rows to a Result: the small-base policy, and the facts, notes and labels that every method has."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import pandas as pd

from cxkit.measure.cells import Cells
from cxkit.measure.claims import Claim, comparison_claims, settle
from cxkit.measure.common import Common
from cxkit.measure.groups import mirrored, name_notes
from cxkit.result import Result, Row, tidy_table
from cxkit.stats.bases import apply_base_policy
from cxkit.survey.survey import Survey


def finish(
    method: str,
    settings: Mapping[str, Any],
    common: Common,
    cells: Cells,
    rows: list[Row],
    facts: Mapping[str, Any],
    notes: Sequence[tuple[str, dict[str, Any]]] = (),
    scores: pd.DataFrame | None = None,
    labels: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
    survey: Survey | None = None,
    claims: Sequence[Claim] = (),
    spoken: Collection[str] | None = None,
) -> Result:
    """Apply the small-base policy and add the facts, notes, labels and claims that every method has.

    Parameters
    ----------
    claims : the method's own, beside those of comparisons.
    spoken : the items of which the page tells comparisons; None for all.
    """
    table = apply_base_policy(tidy_table(rows), common.min_base, common.flag_base)
    first = cells.counts["item"].iloc[0]
    everyone = cells.distribution(first, "", cells.current)
    shared = {
        "wave": cells.current, "previous_wave": cells.waves[-2] if len(cells.waves) > 1 else "",
        "first_wave": cells.waves[0] if len(cells.waves) > 1 else "",
        "groups": table.loc[(table["group"] != "") & (table["n"] > 0), "group"].nunique(), "level": common.level,
        "tests": _once(table[table["p_adjusted"].notna()], cells),
    }  # fmt: skip
    if cells.members.overlapping:
        shared["overlapping"] = True
    found = [*cells.notes, *notes, *name_notes(cells.counts, cells.members, cells.waves, common)]
    mine = cells.counts[cells.counts["item"] == first]
    for kind, column in (("group", common.by), ("wave", common.wave)):
        n = int(mine.loc[mine[kind].isna(), "n"].sum())
        if column and n:
            found.append((f"{kind}_unknown", {"n": n, "column": column}))
    own = table["n_other"].isna() & ~table["term"].str.startswith("flow_to_") & (table["group"] != "")
    few = {base: table.loc[own & (table["base"] == base), "group"].nunique() for base in ("hidden", "small")}
    if few["hidden"]:
        found.append(("base_hidden", {"groups": few["hidden"], "base": common.min_base}))
    if ((table["base"] == "small") & table["estimate"].notna()).any():  # of groups, waves, items, or of all
        found.append(("base_small", {"groups": few["small"], "base": common.flag_base}))
    if common.weight:
        shared["n_kish"] = everyone.n_kish
        deff = everyone.n / everyone.n_kish if everyone.n else 1.0
        found.append(("weighted", {"n": everyone.n, "n_kish": everyone.n_kish, "deff": deff}))
    shown, alone = table["base"] != "hidden", table["n_other"].isna()
    if len(table[table["term"].str.startswith("mean") & alone & shown & table["se"].isna()]):
        found.append(("no_spread", {}))
    compared = table["term"].str.contains("_vs_|^gap_") & ~alone & shown & table["estimate"].notna()
    if untested := _once(table[compared & table["p"].isna()], cells):
        found.append(("untested", {"n": untested}))
    known = {name: value for name, value in {**shared, **facts}.items() if value == value}
    texts = {item: scale["text"] for item, scale in settings["scale"].items()}
    audit = survey.audit.plain() if survey else {}
    settled = settle([*comparison_claims(table, cells, spoken), *claims], common.level)
    return Result(
        method, {**settings, **common.plain()}, table, known, tuple(found), scores, {**texts, **labels}, audit,
        settled,
    )  # fmt: skip


def _once(rows: pd.DataFrame, cells: Cells) -> int:
    """How many comparisons these are; two groups that are each other's rest are one."""
    rest = rows[rows["term"].str.endswith("_vs_rest")]
    families = (family.to_dict("records") for _, family in rest.groupby(["item", "term"]))
    return len(rows) - sum(mirrored(family, cells.members) for family in families)
