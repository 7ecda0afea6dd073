"""Figures: reproducible pictures with alt text that states the finding, for ordinary and for odd data."""

import re
import warnings
from functools import partial

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

import cxkit as cx
from cxkit.errors import SettingsError
from cxkit.methods import METHODS
from cxkit.methods.csi_tree import prose as tree_prose
from cxkit.methods.nps import prose as nps_prose
from cxkit.methods.scaling import charts
from cxkit.methods.scaling import prose as scaling_prose
from cxkit.methods.semantic_differential import prose as profile_prose
from cxkit.show import claims
from cxkit.show.canvas import finish, ink_on, ramp, row_height, wrap
from cxkit.show.language import LANGUAGES, language
from cxkit.show.units import POINTS, SCALE_POINTS
from cxkit.show.view import View
from tests.show.picture import branch, drawn, leaf, scales, texts

UNDEFINED = re.compile(r"\b(nan|NaN|None|inf|Infinity)\b")
TITLES = {
    ("scaling", "main"): scaling_prose.items_title, ("scaling", "groups"): claims.group_title,
    ("scaling", "trend"): partial(claims.change_title, unit=SCALE_POINTS), ("nps", "main"): nps_prose.score_title,
    ("nps", "distribution"): nps_prose.spread_title,
    ("nps", "trend"): partial(claims.change_title, unit=POINTS, name="NPS"),
    ("csi_tree", "main"): tree_prose.root_title, ("csi_tree", "groups"): claims.group_title,
    ("csi_tree", "trend"): claims.change_title,
    ("semantic_differential", "main"): profile_prose.profile_title,
    ("semantic_differential", "gaps"): profile_prose.gap_title,
    ("semantic_differential", "split"): lambda _, words: words.text("What the distances consist of"),
    ("semantic_differential", "groups"): lambda _, lang: lang.text("The distance to the ideal by group"),
}  # fmt: skip
DRAWN = ("scaling", "nps", "csi_tree", "semantic_differential", "acsi_regression")  # what both() has
PARTS = [(method, part) for method in DRAWN for part in METHODS[method].views.figures]


def frame(**columns):
    data = pd.DataFrame({name: pd.Series(values) for name, values in columns.items()})
    return data.set_index(pd.RangeIndex(2, len(data) + 2, name="row"))


def survey(n=240, groups=("север", "юг"), waves=("1", "2")):
    rng = np.random.default_rng(5)
    mood = rng.normal(0, 1, n)
    rate = lambda centre, low, high: np.clip(np.rint(centre + mood + rng.normal(0, 1, n)), low, high)  # noqa: E731
    return frame(
        a=rate(3, 1, 5), b=rate(4, 1, 5), r=rate(8, 0, 10),
        g=[groups[k % len(groups)] for k in range(n)], w=[waves[k * len(waves) // n] for k in range(n)],
    )  # fmt: skip


def both(data, explained=True, varied=True, **roles):
    """A result of every method over the items a and b (1-5) and r (0-10), which they explain where asked to; without
    one of the method that needs answers that vary, where they do not."""
    scale, outcome = scales("a", "b"), "r" * explained
    tree = branch("whole", 1, leaf("a", 0.5), leaf("b", 0.5))
    sites = data.assign(own_a=data["a"], own_b=data["b"], rival_a=data["b"], rival_b=data["a"], ideal_a=5, ideal_b=4)
    poles = {"a": ["old", "new"], "b": ["slow", "fast"]}
    companies = (
        [{"name": str(g), "item": str(g), "weight": 1} for g in data[roles["by"]].unique()] if "by" in roles else []
    )
    path_model = {
        "constructs": {"a": ["a"], "b": ["b"], "satisfaction": ["r"]},
        "paths": [["a", "satisfaction"], ["b", "satisfaction"]],
        "economy": {"name": "whole", "children": companies} if companies else {}, "resamples": 100,
    }  # fmt: skip
    return {
        "scaling": cx.scaling(data, ["a", "b"], scale=scale, outcome=outcome, **roles),
        "nps": cx.nps(data, "r", scale=scale, drivers=["a", "b"] * explained, **roles),
        "csi_tree": cx.csi_tree(data, tree, scale=scale, outcome=outcome, **roles),
        "semantic_differential": cx.semantic_differential(sites, poles, scale=[1, 5], **roles),
        **({"acsi_regression": cx.acsi_regression(data, scale=scale, **path_model, **roles)} if varied else {}),
    }


@pytest.fixture(scope="module")
def results():
    return both(survey(), by="g", wave="w")


@pytest.fixture(autouse=True)
def _no_warnings():
    """A glyph that the font lacks, or a layout that does not fit, is only warned about by matplotlib."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("default", ResourceWarning)  # garbage of other tests may be collected here
        yield


@pytest.mark.parametrize(("method", "part"), PARTS)
def test_a_figure_is_a_picture_twice_with_alt_text_that_states_the_finding(results, method, part):
    view, sheet = drawn(results[method], "ru", part)
    assert view.png.startswith(b"\x89PNG")
    assert "<svg" in view.svg
    title = sheet.get_suptitle().replace("\n", " ")
    assert TITLES.get((method, part), lambda *_: title)(results[method], language("ru")) == title
    assert view.alt.startswith(title + ". ")
    assert len(view.alt) > len(title) + 10


@pytest.mark.parametrize(("method", "part"), PARTS)
def test_a_second_call_draws_the_same_bytes_whatever_the_users_settings(results, method, part):
    first = results[method].figure("uz", part)
    with mpl.rc_context(
        {"font.size": 30, "font.family": ["serif"], "text.color": "red", "axes.facecolor": "black", "savefig.dpi": 20,
         "savefig.bbox": "tight", "svg.hashsalt": "other", "svg.fonttype": "none", "text.parse_math": True}
    ):  # fmt: skip
        theirs = dict(mpl.rcParams)
        second = results[method].figure("uz", part)
        assert dict(mpl.rcParams) == theirs
    assert second == first


@pytest.mark.parametrize("lang", ["uz", "uz_Cyrl", "en"])
def test_every_letter_of_a_language_has_a_glyph(lang):
    text = {"en": "Speed", "uz": "oʻ gʻ ʼ Oʻ Gʻ", "uz_Cyrl": "ўқғҳ ЎҚҒҲ ё"}[lang]
    data = survey(80, (text, "“2” – …"))
    scale = {item: {"min": 1, "max": 5, "text": {lang: text + " " + item}} for item in "ab"}
    result = cx.scaling(data, ["a", "b"], scale=scale, by="g")
    for part in ("main", "groups"):
        assert result.figure(lang, part).png
    assert text in result.figure(lang).alt


def test_text_from_data_is_never_read_as_mathematics_or_markup():
    names = ("$x^2$", r"\frac{1}{$$", "<script>alert(1)</script>")
    data = survey(240, names, ("$w_1$", "$w_2$"))
    named = {
        "scaling": ("groups", "trend"), "nps": ("main", "trend"), "csi_tree": ("groups", "trend"),
        "semantic_differential": ("groups",), "acsi_regression": ("groups", "trend"),
    }  # fmt: skip
    for method, result in both(data, explained=False, by="g", wave="w").items():
        for part in named[method]:
            view = result.figure(part=part)
            assert "<script" not in view.svg
            assert "$w_2$" in view.alt if part == "trend" else "$x^2$" in view.alt


def test_every_character_of_a_name_is_drawn_also_dollar_signs():
    svg = cx.nps(frame(r=[10.0, 0.0] * 20, g=["$x^2$", "y"] * 20), "r", by="g").figure().svg
    drawn = svg.split("<!-- $x^2$ -->")[1].split("<!--")[0]
    assert len(re.findall("<use ", drawn)) == len("$x^2$")


@pytest.mark.parametrize("bad", ["\u202e", "\x07"])
def test_control_and_direction_characters_stay_out_of_the_alt_text(bad):
    view = cx.nps(survey(80, (f"no{bad}rth", "y")), "r", by="g").figure()
    assert bad not in view.alt
    assert "no\ufffdrth" in view.alt


def test_an_unknown_part_is_refused_with_the_nearest(results):
    with pytest.raises(SettingsError, match=r'^There is no figure "group" of scaling; did you mean "groups"\?$'):
        results["scaling"].figure(part="group")
    with pytest.raises(
        SettingsError, match=r'^There is no figure "x" of nps; known are: main, distribution, drivers, trend\.$'
    ):
        results["nps"].figure(part="x")


def test_an_unknown_language_is_refused(results):
    with pytest.raises(SettingsError, match='There is no language "de"'):
        results["nps"].figure("de")


def test_without_groups_and_waves_there_is_nothing_to_draw():
    found = both(survey(80), explained=False)
    assert found["scaling"].figure(part="groups") == View()
    assert found["scaling"].figure(part="trend") == View()
    for method in ("scaling", "nps", "csi_tree"):
        assert found[method].figure(part="drivers") == found[method].figure(part="trend") == View()
    assert found["semantic_differential"].figure(part="groups") == View()


def test_one_wave_is_no_trend_and_one_group_is_no_comparison():
    found = both(survey(80, ("only",), ("1",)), explained=False, by="g", wave="w")
    assert found["nps"].figure(part="trend") == View()
    assert found["scaling"].figure(part="groups") == View()


def test_a_report_on_too_few_draws_nothing():
    found = both(survey(16), explained=False, by="g", wave="w", min_base=10)
    for method, part in PARTS:
        assert found[method].figure(part=part) == View(), (method, part)


def test_a_hidden_group_is_in_no_alt_text():
    data = pd.concat([survey(80), survey(9).assign(g="secret", w="2")], ignore_index=True)
    for result in both(data, by="g", wave="w").values():
        for part in set(METHODS[result.method].views.figures) - {"economy"}:  # whose companies the settings name
            view = result.figure(part=part)
            assert view.png
            assert "secret" not in view.alt


def test_a_hidden_wave_is_not_drawn_as_a_number():
    data = survey(189, waves=("1", "2", "3"))
    data["w"] = ["1"] * 90 + ["2"] * 9 + ["3"] * 90
    alt = cx.nps(data, "r", wave="w").figure(part="trend").alt
    assert len(re.findall(r"r, [13]: ", alt)) == 2
    assert "r, 2: " not in alt


@pytest.mark.parametrize("kind", ["top", "tiny"])
def test_odd_data_are_drawn_without_undefined_numbers(kind):
    n = 60
    a, r = np.full(n, 5.0), np.full(n, 10.0)
    if kind == "tiny":
        a[0], r[0] = 1.0, 0.0
    data = frame(a=a, b=a, r=r, g=["x", "y"] * 30, w=["1"] * 30 + ["2"] * 30)
    for result in both(data, explained=False, varied=False, by="g", wave="w").values():
        for part in METHODS[result.method].views.figures:
            view = result.figure("uz_Cyrl", part)
            assert not UNDEFINED.search(view.alt)
            assert not UNDEFINED.search(view.svg)


@pytest.mark.parametrize(("value", "told"), [(10.0, "NPS is 100 ("), (0.0, "NPS is −100 (")])
def test_the_ends_of_the_score_are_drawn(value, told):
    view = cx.nps(frame(r=[value] * 40), "r").figure()
    assert view.png
    assert view.alt.startswith(told)


@pytest.mark.parametrize("bounds", [(1, 3), (1, 7), (0, 10), (0, 100)])
def test_the_alt_text_of_items_gives_the_ends_of_their_own_scale(bounds):
    low, high = bounds
    data = frame(a=[float(low)] * 10 + [float(high)] * 30)
    alt = cx.scaling(data, ["a"], scale=list(bounds)).figure().alt
    ends = {3: ("1", "3"), 7: ("1–2", "6–7"), 10: ("0–1", "9–10"), 100: ("0–19", "81–100")}[high]
    assert alt.endswith(f"a: {ends[0]} 25%, {ends[1]} 75%")


def test_items_on_different_scales_are_compared_on_0_to_100():
    data = frame(a=[1.0, 5.0] * 40, b=[0.0, 10.0] * 40, g=["x"] * 40 + ["y"] * 40)
    result = cx.scaling(data, ["a", "b"], scale={"a": [1, 5], "b": [0, 10]}, by="g")
    alt = result.figure(part="groups").alt
    assert "a, x: 50.0 (" in alt
    assert "b, x: 50.0 (" in alt
    assert result.figure().png


def test_items_on_one_scale_are_compared_by_their_mean():
    data = frame(a=[1.0, 5.0] * 40, g=["x"] * 40 + ["y"] * 40)
    assert "a, x: 3.00 (" in cx.scaling(data, ["a"], scale=[1, 5], by="g").figure(part="groups").alt


def test_the_distribution_tells_every_score():
    view = cx.nps(frame(r=[10.0] * 30 + [8.0] * 10), "r").figure(part="distribution")
    assert view.alt == (
        "75% answer 9 or 10, 0% answer 0 to 6. "
        "0: 0%; 1: 0%; 2: 0%; 3: 0%; 4: 0%; 5: 0%; 6: 0%; 7: 0%; 8: 25%; 9: 0%; 10: 75%"
    )


def height(view):
    return float(re.search(r'height="([\d.]+)pt"', view.svg).group(1))


def test_a_figure_grows_with_its_rows_and_with_long_texts():
    few, many = (survey(160, tuple(f"group {k}" for k in range(n)), ("1",)) for n in (2, 8))
    assert height(cx.nps(many, "r", by="g").figure()) > height(cx.nps(few, "r", by="g").figure()) + 150
    text = {"min": 1, "max": 5, "text": {"en": "Условия договора и тарифы понятны без дополнительных разъяснений"}}
    short, long = (cx.scaling(few, ["a", "b"], scale=scale) for scale in ([1, 5], text))
    assert height(long.figure()) > height(short.figure())


def test_twelve_long_waves_and_long_names_fit():
    waves = tuple(f"Общереспубликанское исследование {k}" for k in range(10, 22))
    groups = ("Ташкентская область, городские клиенты и их семьи", "Сурхандарьинская область, сельские клиенты")
    result = cx.nps(survey(480, groups, waves), "r", by="g", wave="w")
    assert result.figure("ru", "trend").alt.count("исследование") == 13
    assert result.figure("ru").png


def test_long_questions_and_names_leave_room_for_the_comparison_of_groups(monkeypatch):
    text = "Сотрудники решают мою проблему с первого обращения и не перекладывают ответственность"
    data = survey(160, ("Ташкентская область, городские клиенты и их семьи", "Сурхандарьинская область"))
    scale = {"min": 1, "max": 5, "text": {"ru": text}}
    drawn = []
    monkeypatch.setattr(charts, "finish", lambda figure, *words: drawn.append(figure) or finish(figure, *words))
    assert text in cx.scaling(data, ["a", "b"], scale=scale, by="g").figure("ru", "groups").alt
    assert drawn[0].axes[0].get_position().width > 0.4


def test_a_row_is_high_enough_for_its_longest_label():
    assert row_height(["one"]) == row_height(["one", "two"]) == 0.46
    assert row_height(["a\nb\nc\nd", "one"]) >= 4 * 9 * 1.2 / 72


def test_long_text_is_broken_and_ends_in_dots():
    assert wrap("aaa bbb ccc", 7) == "aaa bbb\nccc"
    assert wrap("aaa bbb ccc ddd", 5, 2) == "aaa\nbbb …"
    assert wrap("", 5) == " "


def test_print_on_a_colour_is_readable():
    assert ink_on("#000000") == "white"
    assert ink_on("#0173b2") == "white"
    assert ink_on("#ffffff") != "white"
    assert ink_on("#949494") != "white"


def test_the_colours_of_a_scale_are_distinct_and_not_red_against_green():
    colors = [tuple(color) for color in ramp(7)]
    assert len(set(colors)) == 7
    (r, g, b), (r2, g2, b2) = colors[0], colors[-1]
    assert r > g > b
    assert b2 > r2 > g2


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_alt_text_is_in_the_language(results, lang):
    word = {"en": "All respondents: NPS", "ru": "Все респонденты: NPS", "uz": "Barcha respondentlar: NPS",
            "uz_Cyrl": "Барча респондентлар: NPS"}[lang]  # fmt: skip
    assert word in results["nps"].figure(lang).alt


def few(groups=("A", "B"), sizes=(80, 9)):
    """Three items of groups of these sizes; by the default bases nine are hidden and 20 marked."""
    rng = np.random.default_rng(4)
    names = [name for name, size in zip(groups, sizes, strict=True) for _ in range(size)]
    mood = rng.normal(0, 1, len(names))
    items = {key: np.clip(np.rint(3.3 + mood + rng.normal(0, 0.7, len(names))), 1, 5) for key in "abc"}
    data = pd.DataFrame({**items, "r": np.clip(np.rint(7 + 2 * mood), 0, 10), "g": names})
    return data.set_index(pd.RangeIndex(2, len(data) + 2, name="row"))


def with_ideal(data):
    poles = {key: {"left": "bad", "right": "good"} for key in "ab"}
    ideal = np.where(data["a"] > 3, 5.0, 4.0)
    rated = data.assign(own_a=data["a"], own_b=data["b"], ideal_a=5.0, ideal_b=ideal)
    return cx.semantic_differential(rated, poles, competitors=[], scale=[1, 5], by="g")


TREE = branch("whole", 1, leaf("a", 0.4), leaf("b", 0.3), leaf("c", 0.3))
BY_GROUP = {  # each chart that has a row, a line or a panel per group
    "stacked": (lambda data: cx.nps(data, "r", by="g"), "main"),
    "means": (lambda data: cx.scaling(data, ["a", "b"], scale=[1, 5], by="g"), "groups"),
    "parts": (lambda data: cx.csi_tree(data, TREE, scale=[1, 5], by="g"), "groups"),
    "distances": (with_ideal, "groups"),
}


@pytest.mark.parametrize("chart", BY_GROUP)
def test_no_chart_says_how_few_a_hidden_group_has(chart):
    analyse, part = BY_GROUP[chart]
    view, sheet = drawn(analyse(few(("A", "B", "C"), (60, 50, 9))), "en", part)
    printed = " ".join(text.get_text() for text in texts(sheet))
    assert not re.search(r"n = 9\b", printed + view.alt)
    if chart != "parts":
        assert "n < 10" in printed


@pytest.mark.parametrize("chart", BY_GROUP)
def test_a_number_of_a_small_group_has_its_star_in_the_chart_too(chart):
    analyse, part = BY_GROUP[chart]
    result = analyse(few(("A", "B", "C"), (60, 50, 20)))
    alt = result.figure(part=part).alt
    of_c = next(told for told in alt.split("; ") if re.search(r"\bC\b[:,]", told))
    assert re.search(r"\d%?\*", of_c)
    assert "*" not in next(told for told in alt.split("; ") if re.search(r"\bA\b[:,]", told))
    assert "Numbers with * rest on fewer than 30 answers" in result.prose().html


@pytest.mark.parametrize("chart", BY_GROUP)
def test_a_group_called_all_is_quoted_in_the_chart(chart):
    analyse, part = BY_GROUP[chart]
    view, sheet = drawn(analyse(few(("All", "B", "Все респонденты"), (60, 50, 40))), "en", part)
    printed = {text.get_text().split("\n")[0] for text in texts(sheet)}
    assert {"“All”", "“Все респонденты”", "B"} <= printed
    assert "All" not in printed
    assert "“All”" in view.alt


def test_everybody_stands_in_the_chart_of_scores_under_a_name_of_its_own():
    printed = {text.get_text().split("\n")[0] for text in texts(drawn(cx.nps(few(), "r", by="g"))[1])}
    assert "All respondents" in printed
    assert "All" not in printed


@pytest.mark.parametrize("name", ["two\u2028lines", "turned \u202eround", "hidden\u2066 mark"])
def test_what_cannot_be_seen_is_a_box_in_the_chart(name):
    view, sheet = drawn(cx.nps(few((name, "B"), (60, 50)), "r", by="g"))
    printed = [text.get_text() for text in texts(sheet)]
    boxed = re.sub("[\u2028\u202e\u2066]", "\ufffd", name)
    assert any(text.startswith(boxed) for text in printed)
    assert boxed in view.alt
