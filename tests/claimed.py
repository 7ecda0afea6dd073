"""Results made by hand: their claims as the table's rows and the test say."""

from dataclasses import asdict, replace

import pandas as pd

from cxkit.measure.claims import Claim
from cxkit.result import CLAIM_COLUMNS, Result

KINDS = ("vs_rest", "vs_previous", "vs_first", "slope")


def with_claims(result: Result, *own: Claim) -> Result:
    """The result with a claim for each tested comparison of the current wave, and others as given; their p is taken
    as that of the page."""
    rows = result.tidy[(result.tidy["wave"] == result.facts["wave"]) & result.tidy["p_adjusted"].notna()]
    found = [
        Claim(kind, row["item"], row["estimate"], row["p_adjusted"], group=row["group"])
        for kind in KINDS
        for row in rows[rows["term"].str.endswith(f"_{kind}")].to_dict("records")
        if not row["term"].startswith("path_")
    ]
    frame = pd.DataFrame([asdict(claim) for claim in (*found, *own)], columns=list(CLAIM_COLUMNS[:-2]))
    return replace(result, claims=frame.assign(p_page=frame["p"], made=frame["p"] < 1 - result.settings["level"]))
