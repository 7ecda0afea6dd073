"""What a semantic differential says: its objects and gaps in order, titles and sentences."""

from typing import Any

import pandas as pd

from cxkit.methods.semantic_differential.claims import PART
from cxkit.result import Result, Row
from cxkit.show.claims import FEW, change_sentences, group_sentences
from cxkit.show.language import Language, mark
from cxkit.show.rows import claimed, looked_at, possible_first, too_few
from cxkit.show.units import SCALE_POINTS
from cxkit.show.wording import KeyFigure, Reading, answers, between, quoted, some, star

ALIKE = 0.5  # two profiles whose correlation is at least this, by its interval, look alike in their ups and downs


def objects(result: Result) -> list[str]:
    """The objects of a semantic differential: own, competitors, ideal."""
    return [result.settings["own"], *result.settings["competitors"], result.settings["ideal"]]


def object_pairs(result: Result) -> list[tuple[str, str]]:
    """The pairs that distances are given for: own with each other object, each competitor with the ideal."""
    own, *others = objects(result)
    return [(own, other) for other in others] + [(other, others[-1]) for other in others[:-1]]


def gap_rows(result: Result, one: str, other: str) -> pd.DataFrame:
    """One object minus another on each scale, all respondents, highest first; without what has no number."""
    rows = result.rows(term=f"gap_{one}_{other}", group="", wave=result.facts["wave"])
    return rows[rows["estimate"].notna()].sort_values("estimate", ascending=False, kind="stable")


def scales_by_gap(result: Result) -> list[str]:
    """Scales from own's best to its worst against the ideal; none when too few answered."""
    own, *_, ideal = objects(result)
    found = gap_rows(result, own, ideal)["item"].tolist()
    means = result.rows(term=f"mean_{own}", group="", wave=result.facts["wave"])
    return found + [item for item in means.loc[means["estimate"].notna(), "item"] if item not in found]


def closeness(result: Result) -> dict[str, float]:
    """Competitor -> probability that own is closer to the ideal; without those that cannot be told."""
    own, *competitors, _ = objects(result)
    rows = result.rows(item="profile", group="", wave=result.facts["wave"]).set_index("term")["estimate"]
    found = {other: rows.get(f"closer_{own}_{other}", float("nan")) for other in competitors}
    return {other: float(p) for other, p in found.items() if p == p}


def profile_title(result: Result, lang: Language) -> str:
    """Who is closer to the ideal, when that is sure enough."""
    if too_few(result):
        return lang.text("Too few answers to report")
    own, found = lang.label(result, objects(result)[0]), claimed(result, "closer")
    ahead, behind = ([lang.label(result, row["other"]) for row in found if (row["estimate"] < 0) == closer]
                     for closer in (True, False))  # fmt: skip
    if ahead:
        return lang.text("Closer to the ideal than “{own}”: {others}", own=own, others=quoted(lang, ahead))
    if behind:
        return lang.text("“{own}” is closer to the ideal than {others}", own=own, others=quoted(lang, behind))
    if looked_at(result, "closer"):
        return lang.text("It cannot be told who is closer to the ideal")
    return lang.text("How “{own}” is perceived", own=own)


def gap_title(result: Result, lang: Language) -> str:
    """The scales that differ reliably from the ideal, as many as a title holds."""
    own, *_, ideal = objects(result)
    names = [quoted(lang, [lang.label(result, row["item"])]) for row in gaps_claimed(result, ideal)]
    if names:
        return lang.text("Away from the ideal: {items}", items=some(lang, names, FEW))
    if ideal in compared(result):
        return lang.text("No scale differs reliably from the ideal")
    return lang.text("How “{own}” is perceived", own=lang.label(result, own))


def compared(result: Result) -> set[str]:
    """The objects that own was tested against on some scale."""
    claims = result.claims
    return set(claims.loc[claims["kind"] == "gap", "other"])


def gaps_claimed(result: Result, other: str) -> list[Row]:
    """The scales on which own reliably differs from another object, the largest gap first."""
    return [row for row in claimed(result, "gap") if row["other"] == other]


def prose(result: Result, words: Language) -> Reading:
    """The headline, key figures and sentences of a semantic differential."""
    own, *competitors, ideal = objects(result)
    names = {thing: words.label(result, thing) for thing in (own, *competitors, ideal)}
    every = result.rows(item="profile", group="", wave=result.facts["wave"]).set_index("term")
    known = every[every["estimate"].notna()].to_dict("index")
    figures: list[KeyFigure] = []
    told = []
    for thing in (own, *competitors):
        row = known.get(f"distance_{thing}_{ideal}")
        if not row:
            continue
        title = words.text("From “{object}” to “{ideal}”", object=names[thing], ideal=names[ideal])
        figures.append(KeyFigure(title, words.number(row["estimate"], 2) + star(row), between(words, row, 2)))
        told.append(words.text(
            "“{object}” lies {points} points per scale from “{ideal}”: {share} of the largest possible distance.",
            object=names[thing], ideal=names[ideal],
            points=words.number(known[f"distance_mean_{thing}_{ideal}"]["estimate"], 2),
            share=words.percent(known[f"distance_share_{thing}_{ideal}"]["estimate"]),
        ))  # fmt: skip
    figures = [*figures[:3], answers(words, result, result.facts["rows"])]
    for other, p in closeness(result).items():
        told.append(words.text(
            "With a probability of {p}, “{own}” is closer to the ideal than “{other}” is.",
            p=words.percent(p), own=names[own], other=names[other],
        ))  # fmt: skip
    sentences = {
        "ahead": mark("“{own}” is ahead of “{other}” on: {scales}."),
        "behind": mark("“{own}” is behind “{other}” on: {scales}."),
        "beyond": mark("“{own}” goes further than “{other}” on: {scales}."),
        "neither": mark("No scale separates “{own}” reliably from “{other}”."),
    }
    for other in (*competitors, ideal):
        sure = gaps_claimed(result, other)
        parts = {"ahead": [row for row in sure if row["estimate"] > 0],
                 "behind": [row for row in sure if row["estimate"] < 0]}  # fmt: skip
        chosen = {kind: part for kind, part in parts.items() if part} or {"neither": sure}
        for kind, part in chosen.items() if other in compared(result) else ():
            gaps = [
                f"{quoted(words, [words.label(result, row['item'])])} {words.number(row['estimate'], 2, signed=True)}"
                for row in part
            ]
            scales = some(words, gaps, FEW)
            sentence = sentences["beyond" if (kind, other) == ("ahead", ideal) else kind]
            told.append(words.text(sentence, own=names[own], other=names[other], scales=scales))
    told += [
        *_parts(result, words, known), *change_sentences(result, words, SCALE_POINTS),
        *group_sentences(result, words, SCALE_POINTS),
    ]  # fmt: skip
    return Reading(profile_title(result, words), figures, told)


def _parts(result: Result, words: Language, known: dict[Any, Any]) -> list[str]:
    """What the distance of own to the ideal mostly is, and what the correlation of the two does not say."""
    own, *_, ideal = objects(result)
    pair, told = f"{own}_{ideal}", []
    parts = {
        part: known[f"{part}_{pair}"]["estimate"] for part in ("level", "spread", "shape") if looked_at(result, PART)
    }
    most = possible_first(result, PART, parts)
    if len(most) == 1 and known.get(f"distance_{pair}", {"low": 0})["low"] > 0:
        sentence = {
            "level": mark(
                "{share} of the squared distance to the ideal is level: the whole profile lies higher or lower."
            ),
            "spread": mark(
                "{share} of the squared distance to the ideal is spread: the profile is more or less even."
            ),
            "shape": mark("{share} of the squared distance to the ideal is shape: other properties stand out."),
        }[most[0]]
        told.append(words.text(sentence, share=words.percent(parts[most[0]] / sum(parts.values()))))
    if known.get(f"profile_r_{pair}", {"low": 0})["low"] >= ALIKE:
        told.append(words.text(
            "The profile follows that of the ideal (r = {r}); correlation does not see how far apart the two lie.",
            r=words.number(known[f"profile_r_{pair}"]["estimate"], 2),
        ))  # fmt: skip
    return told
