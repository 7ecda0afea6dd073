"""The charts and sentences of the semantic differential, for few and many scales, objects and groups."""

import re
import warnings
from dataclasses import replace
from html import unescape

import numpy as np
import pandas as pd
import pytest

import cxkit as cx
from cxkit.measure.claims import Claim
from cxkit.methods.semantic_differential.claims import PART
from cxkit.methods.semantic_differential.prose import gap_title, profile_title, scales_by_gap
from cxkit.show.language import LANGUAGES, language
from tests.claimed import with_claims
from tests.show.picture import drawn

LONG = "непонятный и совсем запутанный для людей"  # 40 characters
PARTS = ("main", "gaps", "split", "groups")


@pytest.fixture(autouse=True)
def _no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("default", ResourceWarning)  # garbage of other tests may be collected here
        yield


def measured(scales=3, things=("own", "rival", "ideal"), groups=2, n=120, shift=0.0, **settings):
    rng = np.random.default_rng(scales)
    mood = rng.normal(0, 0.7, n)
    centre = dict(zip(things, [*np.linspace(5, 6, len(things) - 1).tolist(), 8], strict=True))
    centre["own"] += shift
    data = pd.DataFrame({
        f"{t}_s{k}": np.clip(np.rint(centre[t] + 0.3 * (k % 3) + mood + rng.normal(0, 1, n)), 1, 10)
        for t in things for k in range(scales)
    }).assign(g=[f"группа {k % groups}" for k in range(n)])  # fmt: skip
    poles = {f"s{k}": {"left": {"ru": LONG, "en": f"bad {k}"}, "right": {"ru": LONG[::-1], "en": f"good {k}"}}
             for k in range(scales)}  # fmt: skip
    known = {"own": things[0], "competitors": list(things[1:-1]), "ideal": things[-1], "by": "g"}
    return cx.semantic_differential(data, poles, **{**known, **settings})


@pytest.fixture(scope="module")
def result():
    return measured()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("part", PARTS)
def test_every_chart_is_drawn_in_every_language_and_says_its_numbers(result, lang, part):
    view = result.figure(lang, part)
    assert view.png.startswith(b"\x89PNG")
    assert re.search(r"\d", view.alt)
    assert not re.search(r"\b(nan|None|inf)\b", view.alt)
    assert result.figure(lang, part) == view


@pytest.mark.parametrize(("scales", "objects", "groups"), [(3, 2, 2), (25, 3, 3), (8, 5, 6)])
def test_many_scales_objects_and_groups_fit(scales, objects, groups):
    things = (*("own", "rival", "third", "fourth")[: objects - 1], "ideal")
    crowd = measured(scales, things, groups)
    for part in PARTS:
        view = crowd.figure("ru", part)
        assert view.png
        width = float(re.search(r'<svg[^>]* width="([\d.]+)pt"', view.svg).group(1))
        assert width == pytest.approx(7.2 * 72)
    assert crowd.table("ru").html.count("<tr>") > scales


def drawn_inside(view):
    """Whether the outermost three pixels of a picture are white, so that nothing is cut."""
    import io

    from matplotlib.image import imread

    picture = imread(io.BytesIO(view.png))[..., :3]
    edges = [picture[:, :3], picture[:, -3:], picture[:3], picture[-3:]]
    return all((edge > 0.99).all() for edge in edges)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_is_cut_at_the_edges(lang):
    result = measured(6, ("own", "rival", "third", "ideal"), 3)
    for part in PARTS:
        assert drawn_inside(result.figure(lang, part)), part


def test_scales_stand_from_the_best_against_the_ideal_to_the_worst(result):
    gaps = result.rows(term="gap_own_ideal", group="").set_index("item")["estimate"]
    assert gaps[scales_by_gap(result)].is_monotonic_decreasing
    assert len(scales_by_gap(result)) == 3
    alt = result.figure().alt
    places = [alt.index(f"bad {name[1:]} – good {name[1:]}") for name in scales_by_gap(result)]
    assert places == sorted(places)


def test_a_title_names_who_is_closer_only_when_that_is_sure(result):
    words = language("en")
    assert profile_title(result, words) == "Closer to the ideal than “own”: “rival”"
    assert profile_title(measured(shift=2.0), words) == "“own” is closer to the ideal than “rival”"
    for shift in (0.9, 1.0):  # probabilities of 0.14 and 0.83
        assert profile_title(measured(shift=shift), words) == "It cannot be told who is closer to the ideal"
    assert profile_title(measured(things=("own", "ideal")), words) == "How “own” is perceived"
    assert profile_title(measured(n=8), words) == "Too few answers to report"
    assert gap_title(measured(shift=3.0), words) == "No scale differs reliably from the ideal"


def test_the_prose_gives_lead_and_lag_closeness_split_and_the_warning_of_r(result):
    text = re.sub(r"<[^>]+>", " ", result.prose().html)
    gap = result.rows(term="gap_own_ideal", group="")["estimate"].min()
    assert f"” {language('en').number(gap, 2)}" in text
    assert "“own” is behind “ideal” on:" in text
    assert re.search(
        r"With a probability of (<1%|\d+%), “own” is closer to the ideal than “rival” is\.", text.replace("&lt;", "<")
    )
    assert re.search(r"\d+% of the squared distance to the ideal is level", text)
    beyond = re.sub(r"<[^>]+>", " ", measured(shift=5.0).prose().html)
    assert "“own” goes further than “ideal” on:" in beyond
    assert "“own” is ahead of “rival” on:" in beyond


@pytest.mark.parametrize("part", ["level", "spread", "shape"])
def test_what_the_distance_mostly_is_is_told_where_it_is_larger_than_both_other_parts(result, part):
    one, other = (p for p in ("level", "spread", "shape") if p != part)
    both = [Claim(PART, part, 1.0, 0.01, other=one), Claim(PART, other, -1.0, 0.01, other=part)]
    assert re.search(
        rf"\d+% of the squared distance to the ideal is {part}:", " ".join(read(with_claims(result, *both)))
    )
    for less in (both[:1], [both[0], replace(both[1], p=0.06)]):
        assert "squared distance" not in " ".join(read(with_claims(result, *less)))


@pytest.mark.parametrize(("low", "told"), [(0.5, True), (0.49, False), (np.nan, False)])
def test_a_profile_follows_that_of_the_ideal_only_by_the_interval_of_its_correlation(result, low, told):
    table = result.tidy.copy()
    table.loc[table["term"] == "profile_r_own_ideal", ["low", "estimate", "high"]] = low, 0.9, 0.95
    assert ("The profile follows" in " ".join(read(replace(result, tidy=table)))) is told


def read(result, lang="en"):
    return [unescape(text) for text in re.findall("<p>(.*?)</p>", result.prose(lang).html)]


def gap_claims(*found):
    return [Claim("gap", item, estimate, p, other=other) for item, estimate, p, other in found]


FIVE = gap_claims(("s0", -0.5, 0.01, "ideal"), ("s1", -0.75, 0.01, "ideal"), ("s2", -1.25, 0.01, "ideal"),
                  ("s3", -1.0, 0.01, "ideal"), ("s4", -9.0, 0.051, "ideal"), ("s0", 0.25, 0.01, "rival"),
                  ("s1", -0.5, 0.01, "rival"), ("s2", 9.0, 0.051, "rival"))  # fmt: skip


@pytest.mark.parametrize(
    ("lang", "title", "sentences"),
    [
        ("en", "Away from the ideal: “bad 2 – good 2”, “bad 3 – good 3”, “bad 1 – good 1” and 1 more",
         ["“own” is ahead of “rival” on: “bad 0 – good 0” +0.25.",
          "“own” is behind “rival” on: “bad 1 – good 1” −0.50.",
          "“own” is behind “ideal” on: “bad 2 – good 2” −1.25, “bad 3 – good 3” −1.00, “bad 1 – good 1” −0.75 "
          "and 1 more."]),
        ("ru", "Отличаются от идеала: «s2», «s3», «s1» и ещё 1",
         ["«own» опережает объект «rival» на шкалах: «s0» +0,25.",
          "«own» отстаёт от объекта «rival» на шкалах: «s1» −0,50.",
          "«own» отстаёт от объекта «ideal» на шкалах: «s2» −1,25, «s3» −1,00, «s1» −0,75 и ещё 1."]),
        ("uz", "Idealdan farq qiladi: “s2”, “s3”, “s1” va yana 1 ta",
         ["“rival” bilan taqqoslaganda “own” ustun boʻlgan shkalalar: “s0” +0,25.",
          "“rival” bilan taqqoslaganda “own” orqada qolgan shkalalar: “s1” −0,50.",
          "“ideal” bilan taqqoslaganda “own” orqada qolgan shkalalar: “s2” −1,25, “s3” −1,00, “s1” −0,75 "
          "va yana 1 ta."]),
        ("uz_Cyrl", "Идеалдан фарқ қилади: «s2», «s3», «s1» ва яна 1 та",
         ["«rival» билан таққослаганда «own» устун бўлган шкалалар: «s0» +0,25.",
          "«rival» билан таққослаганда «own» орқада қолган шкалалар: «s1» −0,50.",
          "«ideal» билан таққослаганда «own» орқада қолган шкалалар: «s2» −1,25, «s3» −1,00, «s1» −0,75 "
          "ва яна 1 та."]),
    ],
)  # fmt: skip
def test_only_scales_that_are_claimed_are_named_the_largest_gap_first(lang, title, sentences):
    found = with_claims(measured(5), *FIVE)
    if lang != "en":  # the long poles would hide what is said
        found = replace(found, labels={**found.labels, **{f"s{k}": {"en": f"s{k}"} for k in range(5)}})
    assert gap_title(found, language(lang)) == title
    assert [text for text in read(found, lang) if "s0" in text or "s1" in text or "bad" in text] == sentences


def test_what_was_compared_in_vain_is_said_and_what_was_not_compared_is_not(result):
    none = with_claims(result, *gap_claims(("s0", -1.0, 0.2, "ideal"), ("s1", 1.0, 0.3, "rival")))
    assert gap_title(none, language("en")) == "No scale differs reliably from the ideal"
    for other in ("ideal", "rival"):
        assert f"No scale separates “own” reliably from “{other}”." in read(none)
    untested = with_claims(result, *gap_claims(("s1", 1.0, 0.3, "rival")))
    assert gap_title(untested, language("en")) == "How “own” is perceived"
    assert "No scale separates “own” reliably from “ideal”." not in read(untested)


@pytest.mark.parametrize(
    ("lang", "ahead", "behind", "open_"),
    [
        ("en", "Closer to the ideal than “own”: “rival”, “third”", "“own” is closer to the ideal than “third”",
         "It cannot be told who is closer to the ideal"),
        ("ru", "«rival», «third» ближе к идеалу, чем «own»", "«own» ближе к идеалу, чем «third»",
         "Нельзя уверенно сказать, кто ближе к идеалу"),
        ("uz", "“own” bilan taqqoslaganda “rival”, “third” idealga yaqinroq",
         "“third” bilan taqqoslaganda “own” idealga yaqinroq",
         "Kim idealga yaqinroq ekanini ishonch bilan aytib boʻlmaydi"),
        ("uz_Cyrl", "«own» билан таққослаганда «rival», «third» идеалга яқинроқ",
         "«third» билан таққослаганда «own» идеалга яқинроқ",
         "Ким идеалга яқинроқ эканини ишонч билан айтиб бўлмайди"),
    ],
)  # fmt: skip
def test_who_is_closer_to_the_ideal_is_said_by_claims_in_the_language(lang, ahead, behind, open_):
    found, words = measured(things=("own", "rival", "third", "ideal")), language(lang)

    def title(rival, third):
        pairs = {"rival": rival, "third": third}
        claims = [Claim("closer", "own", share - 0.5, p, other=other) for other, (share, p) in pairs.items()]
        return profile_title(with_claims(found, *claims), words)

    assert title((0.0, 0.001), (0.001, 0.002)) == ahead  # the surest first
    assert title((0.6, 0.8), (0.999, 0.002)) == behind
    assert title((0.03, 0.06), (0.97, 0.06)) == open_


def test_a_hollow_dot_is_one_whose_interval_includes_0():
    found = measured(5)
    _, sheet = drawn(found, part="gaps")
    rows = found.rows(term="gap_own_ideal", group="")
    full = {round(at, 6) for at in rows.loc[(rows["low"] > 0) | (rows["high"] < 0), "estimate"]}
    dots = [line for line in sheet.axes[0].lines if line.get_linestyle() == "None" and len(line.get_xdata())]
    hollow = {round(at, 6) for line in dots if line.get_markerfacecolor() == "white" for at in line.get_xdata()}
    assert full
    assert not full & hollow
    assert hollow >= {round(at, 6) for at in rows["estimate"]} - full


def test_a_report_on_too_few_answers_draws_nothing():
    few = measured(n=8)
    assert [few.figure(part=part).png for part in PARTS] == [b""] * 4
    assert "Too few answers" in few.prose().html


def test_a_hidden_competitor_leaves_its_curve_out():
    result = measured()
    data = result.tidy.copy()
    hidden = data["term"].str.contains("rival")
    data.loc[hidden, ["estimate", "low", "high", "p", "p_adjusted"]] = np.nan
    data.loc[hidden, "base"] = "hidden"
    partly = cx.Result(result.method, result.settings, data, result.facts, result.notes, None, result.labels)
    for part in PARTS:
        view = partly.figure(part=part)
        assert view.png
        assert "rival" not in view.alt
    assert "nan" not in partly.prose().html + partly.table().html


def test_an_object_named_with_braces_and_markup_is_only_text():
    result = measured(objects={"own": "{x} <b>$a$</b>"})
    assert "<b>" not in result.table().html + result.prose().html
    assert "{x} <b>$a$</b>" in result.figure().alt


def test_tables_show_objects_pairs_and_units(result):
    html = result.table().html
    captions = re.findall("<caption>(.*?)</caption>", html)
    assert captions == [
        "Each scale, all respondents",
        "Distances between profiles",
        "Distances by group",
        "Each scale by group",
    ]
    share = result.rows(term="distance_share_own_ideal", group="")["estimate"].item()
    assert f"<td>{language('en').percent(share)}<br>" in html
    assert "own – ideal" in html
    assert not re.search(r"visible from \+", html)
