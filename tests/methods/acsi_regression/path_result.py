"""Results of a path model made by hand, for the tests of its views: every number is known, nothing is estimated."""

import re
from dataclasses import replace
from html import unescape
from itertools import combinations

from cxkit.measure.claims import Claim
from cxkit.result import Result, tidy_table
from tests.claimed import with_claims

ITEMS = {
    "expectations": ["e1", "e2"], "quality": ["q1", "q2", "q3"], "value": ["v1", "v2"],
    "satisfaction": ["s1", "s2", "s3"], "complaints": ["c1"], "loyalty": ["l1", "l2"],
}  # fmt: skip
PATHS = [
    ["expectations", "quality"], ["expectations", "value"], ["expectations", "satisfaction"],
    ["quality", "value"], ["quality", "satisfaction"], ["value", "satisfaction"],
    ["satisfaction", "complaints"], ["satisfaction", "loyalty"], ["complaints", "loyalty"],
]  # fmt: skip
TEXTS = {
    "expectations": {"en": "Expectations", "ru": "Ожидания", "uz": "Kutilmalar", "uz_Cyrl": "Кутилмалар"},
    "quality": {"en": "Quality", "ru": "Качество", "uz": "Sifat", "uz_Cyrl": "Сифат"},
    "value": {"en": "Value", "ru": "Ценность", "uz": "Qiymat", "uz_Cyrl": "Қиймат"},
    "satisfaction": {"en": "Satisfaction", "ru": "Удовлетворённость", "uz": "Qoniqish", "uz_Cyrl": "Қониқиш"},
    "complaints": {"en": "Complaints", "ru": "Жалобы", "uz": "Shikoyatlar", "uz_Cyrl": "Шикоятлар"},
    "loyalty": {"en": "Loyalty", "ru": "Лояльность", "uz": "Sodiqlik", "uz_Cyrl": "Содиқлик"},
}  # fmt: skip
for one in ITEMS:
    for other in ITEMS:
        for sign, shown in ((" -> ", " → "), (" ~ ", " – ")):
            TEXTS[one + sign + other] = {code: TEXTS[one][code] + shown + TEXTS[other][code] for code in TEXTS[one]}
INDEX = {
    "expectations": 75.0,
    "quality": 80.0,
    "value": 60.0,
    "satisfaction": 71.24,
    "complaints": 18.0,
    "loyalty": 66.0,
}
IMPACT = {"expectations": (0.1, -0.02, 0.21), "quality": (0.52, 0.4, 0.64), "value": (0.3, 0.2, 0.41)}
AFTER = {"complaints": (-0.24, -0.36, -0.12), "loyalty": (0.7, 0.6, 0.8)}
INSIDE = {"alpha": 0.82, "rho_a": 0.84, "rho_c": 0.88, "ave": 0.7}


def row(item, term, estimate, low=None, high=None, **more):
    base = {"item": item, "term": term, "estimate": estimate, "low": low, "high": high, "n": 200, "base": "ok"}
    return {**base, **more}


def rows_of_model():
    """What the method finds among all respondents."""
    found = [row(name, "index", at, at - 2, at + 2) for name, at in INDEX.items()]
    found += [row(name, "simple_index", at - 1, at - 3, at + 1) for name, at in INDEX.items()]
    found += [row(name, "impact", *effect) for name, effect in IMPACT.items()]
    found += [row("satisfaction", "r2", 0.764, 0.7, 0.82), row("satisfaction", "regression_r2", 0.74)]
    found += [row(name, term, at) for name, block in ITEMS.items() if len(block) > 1 for term, at in INSIDE.items()]
    for start, end in (" -> ".join(path).split(" -> ") for path in PATHS):
        arrow = f"{start} -> {end}"
        points = IMPACT[start] if end == "satisfaction" else AFTER.get(end, (0.4, 0.3, 0.5))
        found += [row(arrow, "path", 0.456, 0.35, 0.55), row(arrow, "path_points", *points)]
        found += [row(arrow, "regression", 0.411, 0.3, 0.5, p=0.001), row(arrow, "f2", 0.123)]
        found += [row(arrow, "vif", 1.84)] * (end in ("value", "satisfaction", "loyalty"))
    for name, effect in {**IMPACT, **AFTER}.items():
        ends = (name, "satisfaction") if name in IMPACT else ("satisfaction", name)
        found += [
            row(" -> ".join(ends), "total_points", *effect),
            row(" -> ".join(ends), "regression_total", *effect),
        ]
    found += [row("expectations -> satisfaction", "indirect_points", 0.05, 0.01, 0.09)]
    found += [
        row("quality ~ value", "htmt", 0.934, 0.88, 0.98),
        row("expectations ~ loyalty", "htmt", 0.41, 0.3, 0.5),
    ]
    for block in ITEMS.values():
        for item in block:
            found += [row(item, "loading", 0.871, 0.82, 0.91), row(item, "item_weight", 0.412, 0.35, 0.47)]
            found += [row(item, "index_share", 1 / len(block), 0.3, 0.7)]
            found += [row(item, "item_vif", 1.92)] * (len(block) > 1)
    for item, error in (("s1", 1.2), ("s2", 1.4), ("s3", 1.3)):
        found += [row(item, "rmse", error), row(item, "rmse_regression", 1.35), row(item, "q2", 0.45)]
    return [*found, row("satisfaction", "breusch_pagan", 0.0634), row("satisfaction", "reset", 0.0004)]


def rows_of_groups(a=0.001, b=0.001, wave=""):
    """Two groups, and the p values of their difference from the rest."""
    found = []
    for group, level, p in (("Ж", 76.0, a), ("Я", 66.5, b)):
        here = {"group": group, "n": 100, "wave": wave}
        found += [row("satisfaction", "index", level, level - 3, level + 3, **here)]
        found += [row("satisfaction", "index_own", level + 0.3, level - 3, level + 3, **here)]
        found += [row("satisfaction", "index_vs_rest", level - 71.25, n_other=100, p=p, p_adjusted=p, detectable=3.2,
                      low=level - 74.25, high=level - 68.25, **here)]  # fmt: skip
        found += [row("quality -> satisfaction", "path", 0.5, 0.3, 0.7, **here)]
        found += [row("quality -> satisfaction", "path_vs_rest", 0.11, -0.1, 0.3, n_other=100, p=0.3, p_adjusted=0.6,
                      **here)]  # fmt: skip
        found += [row("quality", "composition", 0.9876, **here), row("quality", "composition_p", 0.012, **here)]
    return found


def rows_of_waves(change=2.34, p=0.01):
    """The target in three waves; the last is the current one."""
    found = [row("satisfaction", "index", at, at - 2, at + 2, wave=wave) for wave, at in (("w1", 68.0), ("w2", 69.6))]
    found += [
        row("satisfaction", "index_vs_previous", 1.64, wave="w3", n_other=200, p=p, p_adjusted=p, detectable=2.1),
        row("satisfaction", "index_vs_first", 3.24, wave="w3", n_other=200, p=p, p_adjusted=p, detectable=2.1),
    ]
    ends = (change - 1.8, change + 1.8)
    found += [row("satisfaction", "change_previous", change, *ends, wave="w3", n_other=200)]
    return [*found, row("satisfaction", "change_first", 4.76, 2.0, 7.5, wave="w3", n_other=200)]


def made(*more, wave="", notes=(), **facts):
    """A result of these rows and those of the model, all of the current wave unless they name another."""
    rows = [{**one, "wave": one.get("wave") or wave} for one in [*rows_of_model(), *more]]
    constructs = {name: {"items": block, "mode": "A", "text": TEXTS[name]} for name, block in ITEMS.items()}
    settings = {"constructs": constructs, "paths": PATHS, "target": "satisfaction", "level": 0.95, "min_base": 10,
                "flag_base": 30, "weight": "", "by": "", "wave": ""}  # fmt: skip
    known = {
        "wave": wave,
        "previous_wave": "w2" if wave else "",
        "first_wave": "w1" if wave else "",
        "groups": 0,
        "level": 0.95,
        "rows": 200,
        "r2": 0.764,
    }
    facts = {**known, **facts}
    return claimed(Result("acsi_regression", settings, tidy_table(rows), facts, tuple(notes), labels=TEXTS))


def claimed(result, first=0.01):
    """The result with the claims that its rows stand for: links whose interval leaves 0 out, drivers whose intervals
    do not meet, constructs whose intervals leave the means out, and, with ``first`` as their p, that one has more to
    gain than another."""
    target, wave = result.settings["target"], result.facts["wave"]
    rows = result.rows(wave=wave, group="")
    effects = rows[rows["term"].isin(["impact", "total_points"])].dropna(subset=["low"]).to_dict("records")
    impact = {one["item"]: one for one in effects if one["term"] == "impact"}
    ends = {name: f"{name} -> {target}" for name in impact}
    links = {ends[name]: one for name, one in impact.items()}
    links |= {one["item"]: one for one in effects if one["item"].startswith(f"{target} -> ")}
    claims = [Claim("link", name, one["estimate"], 0.01 if one["low"] * one["high"] > 0 else 0.5)
              for name, one in links.items()]  # fmt: skip
    index = rows[rows["term"] == "index"].set_index("item")["estimate"]
    for one, other in combinations(impact, 2):
        a, b = impact[one], impact[other]
        apart = a["low"] > b["high"] or b["low"] > a["high"]
        size = abs(a["estimate"]) - abs(b["estimate"])
        claims.append(Claim("driver", one, size, 0.01 if apart else 0.5, other=other))
        gains = [way["estimate"] * (100 - index.get(way["item"], 50)) for way in (a, b)]
        claims.append(Claim("improve", one, gains[0] - gains[1], first, other=other))
    known = rows[(rows["term"] == "index") & rows["item"].isin([*impact])].set_index("item")
    for name in known.index:
        sides = [(known.loc[name], known["estimate"].mean()),
                 (impact[name], sum(impact[one]["estimate"] for one in known.index) / len(known))]  # fmt: skip
        sure = all(one["low"] > mean or one["high"] < mean for one, mean in sides)
        gap = known.loc[name, "estimate"] - known["estimate"].mean()
        claims.append(Claim("important", name, gap, 0.01 if sure else 0.5))
    mine = replace(result, tidy=result.tidy[result.tidy["item"] == target])
    return replace(result, claims=with_claims(mine, *claims).claims)


def changed(result, item, term, **values):
    """The same result with other numbers in one row."""
    table = result.tidy.copy()
    here = (table["item"] == item) & (table["term"] == term)
    assert here.any()
    for column, value in values.items():
        table.loc[here, column] = value
    return claimed(replace(result, tidy=table))


def without(result, *terms):
    return claimed(replace(result, tidy=result.tidy[~result.tidy["term"].isin(terms)]))


def renamed(result, item, name):
    """The same result with an item called otherwise in every language."""
    return replace(result, labels={**result.labels, item: dict.fromkeys(result.labels[item], name)})


def told(result, lang="en", tag="p"):
    """The texts of one kind of element of the prose; a small line follows after " / "."""
    found = re.findall(rf"<{tag}>(.*?)</{tag}>", result.prose(lang).html, re.DOTALL)
    return [_text(text) for text in found]


def tables(result, lang="en"):
    """The tables by their caption, as rows of plain texts."""
    found = {}
    for table in re.findall(r"<table.*?</table>", result.table(lang).html, re.DOTALL):
        lines = re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
        cells = [
            [_text(text) for text in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line, re.DOTALL)] for line in lines
        ]
        found[_text(re.search(r"<caption>(.*?)</caption>", table).group(1))] = cells
    return found


def _text(html):
    return unescape(re.sub(r"<[^>]+>", "", html.replace("<small>", " / ")))
