"""What NPS shows: its tables and comments, and which chart shows what."""

from functools import partial

from cxkit.methods.nps.charts import distribution, stacked
from cxkit.methods.nps.prose import prose
from cxkit.result import Result
from cxkit.show.charts import trend
from cxkit.show.claims import change_title
from cxkit.show.driver_charts import drivers
from cxkit.show.language import Language, mark
from cxkit.show.rows import too_few
from cxkit.show.table import DRIVERS, MEAN, PREVIOUS, REST, Table, bases, drawn, estimate, translated, trend_table
from cxkit.show.units import POINTS, SHARE
from cxkit.show.view import html_table
from cxkit.show.views import Views
from cxkit.stats.resample import generator

COMMENT_LENGTH = 300
UNITS = {"nps": POINTS, "promoters": SHARE, "passives": SHARE, "detractors": SHARE, "flow": SHARE}
CAVEATS = {
    "scale_from_one": mark("The question was asked on 1–10 instead of 0–10; compare with other surveys with care.")
}
_SCORE = (
    (mark("NPS"), "nps"),
    (mark("Promoters"), "promoters"),
    (mark("Passives"), "passives"),
    (mark("Detractors"), "detractors"),
    MEAN,
)
TABLES = (
    Table(mark("All respondents"), "", _SCORE),
    DRIVERS,
    Table(mark("By group"), "group", (*_SCORE, (REST, "nps_vs_rest"))),
    Table(mark("By wave"), "wave", (*_SCORE, (PREVIOUS, "nps_vs_previous"))),
    trend_table("nps"),
)


def tables(result: Result, words: Language) -> list[str]:
    """The score of everybody, groups and waves, drivers, and who moved."""
    return drawn(result, words, translated(TABLES, words), UNITS) + flow(result, words)


def comments(result: Result, words: Language) -> list[str]:
    """A few verbatim answers per group of respondent, drawn by chance."""
    if result.scores is None or not result.settings.get("comment") or too_few(result):
        return []
    scores = result.scores[result.scores["comment"] != ""]
    if result.facts["wave"]:
        scores = scores[scores["wave"] == result.facts["wave"]]
    titles = {
        "promoters": (
            mark("Promoters, in their own words: {shown} of {n} comment"),
            mark("Promoters, in their own words: {shown} of {n} comments"),
        ),
        "passives": (
            mark("Passives, in their own words: {shown} of {n} comment"),
            mark("Passives, in their own words: {shown} of {n} comments"),
        ),
        "detractors": (
            mark("Detractors, in their own words: {shown} of {n} comment"),
            mark("Detractors, in their own words: {shown} of {n} comments"),
        ),
    }
    rng = generator(result.settings["seed"], "comments")
    html = []
    for category, title in titles.items():
        every = scores[scores["category"] == category].sort_index()
        mine = every.drop_duplicates("comment")
        pick = sorted(rng.permutation(len(mine))[: result.settings["comments"]])
        rows = [[_short(text), words.number(score)] for text, score in
                zip(mine["comment"].iloc[pick], mine["score"].iloc[pick], strict=True)]  # fmt: skip
        if rows:
            caption = words.plural(*title, len(every), shown=words.number(len(rows)))
            html.append(html_table(caption, [words.text("Comment"), words.text("Score")], rows, names=0))
    return html


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= COMMENT_LENGTH else text[:COMMENT_LENGTH].rstrip() + " …"


def flow(result: Result, words: Language) -> list[str]:
    """Where the same respondents moved between the last two waves."""
    rows = result.tidy[result.tidy["term"].str.startswith("flow_to_")]
    if rows.empty:
        return []
    names = {term: words.text(head) for head, term in _SCORE[1:4]}
    lines = []
    for group, mine in rows.groupby("group", sort=False):
        found = mine.to_dict("records")
        cells = {r["term"]: estimate(result, words, r, UNITS) for r in found}
        lines.append([names[str(group)], bases(result, words, found), *(cells[f"flow_to_{k}"] for k in names)])
    before, now = (words.wave(result, result.facts[wave]) for wave in ("previous_wave", "wave"))
    heads = [before, words.text("Answers"), *(f"{now}: {name}" for name in names.values())]
    return [html_table(words.text("The same respondents in two waves"), heads, lines)]


_TREND = partial(change_title, unit=POINTS, name="NPS")
VIEWS = Views(
    figures={
        "main": stacked, "distribution": distribution, "drivers": drivers,
        "trend": partial(trend, term="nps", unit=POINTS, title=_TREND),
    },
    tables={"main": tables, "comments": comments},
    prose=prose, units=UNITS, caveats=CAVEATS,
)  # fmt: skip
