"""Figures of a satisfaction tree: what they tell in every language, and that nothing is cut or lies on another."""

import re
import warnings
from functools import cache

import numpy as np
import pytest

import cxkit as cx
from cxkit.measure.claims import Claim
from cxkit.methods import METHODS
from cxkit.show.canvas import HIGH, LOW, MIDDLE
from cxkit.show.language import LANGUAGES
from cxkit.show.view import View
from cxkit.survey.trees import LEVELS
from tests.claimed import with_claims
from tests.conftest import parts
from tests.show.picture import branch, cut, drawn, frame, leaf, overlapping, rated, scales, spans

UNDEFINED = re.compile(r"\b(nan|NaN|None|inf|Infinity)\b")
PARTS = tuple(METHODS["csi_tree"].views.figures)
LONG = "Щедрые скидки для оптовых жителей шахтёр"  # 40 characters
GROUPS = tuple(f"Ташкентская область, городские жители № {k}" for k in range(8))


@pytest.fixture(autouse=True)
def _no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("default", ResourceWarning)  # garbage of other tests may be collected here
        yield


def named(node, text):
    """The node and all below it with one long text that ends in their own name."""
    below = [named(child, text) for child in node.get("children", [])]
    return {**node, "text": {"ru": f"{text[: 39 - len(node['name'])]} {node['name']}"}} | (
        {"children": below} if below else {}
    )


@cache
def result(kind):
    if kind == "small":
        tree = branch("whole", 1, branch("p", 0.6, leaf("a", 0.5), leaf("b", 0.5)), leaf("c", 0.4))
        data = rated("abc", 240, ("x", "y"), ("1", "2"))
        return cx.csi_tree(data, tree, scale=scales(*"abc"), outcome="r", by="g", wave="w")
    if kind == "wide":  # 3 levels x 5 children, names of 40 Cyrillic letters, 8 groups with long names
        leaves = [f"q{p}{k}" for p in range(5) for k in range(5)]
        parts = [branch(f"p{p}", 1, *(leaf(f"q{p}{k}") for k in range(5))) for p in range(5)]
        tree = named(branch("whole", 1, *parts), LONG)
        data = rated(leaves, 480, GROUPS, ("1", "2"))
        return cx.csi_tree(data, tree, scale=scales(*leaves), weights="equal", outcome="r", by="g", wave="w")
    items, groups = {"two": ("ab", ("x", "y")), "six": ("abcd", GROUPS[:6]), "twelve": ("abcdefhijklm", GROUPS[:2]),
                     "one": ("a", ("x", "y")), "alone": ("ab", ())}[kind]  # fmt: skip
    data = rated(items, 300, groups or ("x",), outcome=False)
    tree = branch("whole", 1, *(leaf(item) for item in items))
    tree = named(tree, LONG) if kind in ("six", "twelve") else tree
    return cx.csi_tree(data, tree, weights="equal", by="g" if groups else "")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("part", PARTS)
def test_each_figure_is_told_in_the_language_with_its_numbers(part, lang):
    view = result("small").figure(lang, part)
    assert view.png
    assert not UNDEFINED.search(view.alt + view.svg)
    point = "." if lang == "en" else ","
    if part != "map":
        assert re.search(rf"\d{re.escape(point)}\d", view.alt)
    assert not re.search(r"\d,\d" if lang == "en" else r"\d\.\d", view.alt)
    if part in ("map", "drivers"):
        assert ("\u00a0%" in view.alt) == (lang == "ru")
    if lang in ("ru", "uz_Cyrl"):
        words = re.findall(r"[A-Za-z]{2,}", view.alt)
        assert set(words) <= {"whole"}


def test_the_tree_tells_level_and_verdict_of_every_node_in_its_order():
    data = frame(a=[5.0, 3.0] * 200, b=[4.0, 2.0] * 200, c=[5.0, 4.0] * 200)
    tree = branch("whole", 1, branch("p", 0.6, leaf("a", 0.5), leaf("b", 0.5)), leaf("c", 0.4))
    # a 4 of 5, b 3 of 5, c 4.5 of 5; p (75 + 50) / 2; the whole 0.6 * 62.5 + 0.4 * 87.5
    view, sheet = drawn(cx.csi_tree(data, tree, target=75))
    assert view.alt == (
        "whole: 72.5 of 100, the target of 75 is not reached. "
        "whole: 72.5, target not reached; p: 62.5, target not reached; a: 75.0, target undecided; "
        "b: 50.0, target not reached; c: 87.5, target reached"
    )
    names, levels = sheet.axes
    dots = {
        round(line.get_xdata()[0], 1): line
        for line in levels.lines
        if line.get_marker() == "o" and len(line.get_xdata()) == 1
    }
    assert {x: line.get_color() for x, line in dots.items()} == {
        72.5: LOW,
        62.5: LOW,
        75: MIDDLE,
        50: LOW,
        87.5: HIGH,
    }
    shown = {text.get_text() for text in names.texts}
    assert {"whole", "p", "a", "b", "c", "Weight", "60%", "40%", "50%"} == shown
    assert [text.get_text() for text in levels.texts] == ["72.5", "62.5", "75.0", "50.0", "87.5"]


def test_parts_are_moved_in_below_their_whole_and_stand_below_each_other():
    _, sheet = drawn(result("small"))
    places = {text.get_text(): text.get_position() for text in sheet.axes[0].texts if text.get_ha() == "left"}
    assert places["whole"][0] < places["p"][0] == places["c"][0] < places["a"][0] == places["b"][0]
    assert [name for name, _ in sorted(places.items(), key=lambda pair: pair[1][1])] == ["whole", "p", "a", "b", "c"]


@pytest.mark.parametrize("target", [30, 95, 100])
def test_the_target_and_every_dot_stand_inside_the_axes(target):
    data = frame(a=[5.0] * 40, b=[1.0, 5.0] * 20, c=[1.0] * 40)
    tree = branch("whole", 1, leaf("a", 0.5), leaf("b", 0.5))
    other = branch("whole", 1, leaf("a", 0.5), leaf("c", 0.5))
    for one in (tree, other):
        _, sheet = drawn(cx.csi_tree(data, one, target=target))
        left, right = sheet.axes[1].get_xlim()
        assert left < target < right
        dots = [line.get_xdata()[0] for line in sheet.axes[1].lines if len(line.get_xdata()) == 1]
        inch = sheet.axes[1].get_position().width * 7.2 / (right - left)
        assert min(min(x - left, right - x) for x in dots) * inch * 72 > 3.2  # half a dot is 3.25 points


def test_a_leaf_without_answers_is_drawn_without_a_number():
    data = frame(a=[5.0, 3.0] * 30, b=[np.nan] * 60)
    found = cx.csi_tree(data, branch("whole", 1, leaf("a"), leaf("b")), weights="equal")
    view, sheet = drawn(found)
    shown = [text.get_text() for text in sheet.axes[1].texts]
    assert shown == ["75.0", "75.0", "n < 10"]
    assert "b:" not in view.alt
    assert found.figure(part="map") == View()


def test_a_hidden_leaf_hides_the_whole_that_could_tell_it():
    data = frame(a=[5.0, 3.0] * 30, b=[5.0, 3.0] * 4 + [np.nan] * 52)
    found = cx.csi_tree(data, branch("whole", 1, leaf("a"), leaf("b")), weights="equal")
    assert all(found.figure(part=part) == View() for part in PARTS)


def test_every_interval_of_the_tree_is_drawn():
    found = result("small")
    _, sheet = drawn(found)
    ends = {pair for pair, _ in spans(sheet.axes[1])}
    rows = found.rows(term="index", group="", wave="2")
    assert len(rows) == 5
    for low, high in zip(rows["low"], rows["high"], strict=True):
        assert (round(low, 6), round(high, 6)) in ends
    left, right = sheet.axes[1].get_xlim()
    assert left < rows["low"].min()
    assert rows["high"].max() < right


def test_every_interval_of_the_map_is_drawn():
    found = result("small")
    _, sheet = drawn(found, part="map")
    across = {pair for pair, (y, other) in spans(sheet.axes[0]) if y == other}
    upward = {pair for (x, other), pair in spans(sheet.axes[0]) if x == other}
    for item in "pc":
        level = found.rows(item=item, term="index", group="", wave="2").iloc[0]
        weight = found.rows(item=item, term="importance").iloc[0]
        assert (round(level["low"], 6), round(level["high"], 6)) in across
        assert (round(weight["low"], 6), round(weight["high"], 6)) in upward
        assert sheet.axes[0].get_xlim()[0] < level["low"] < level["high"] < sheet.axes[0].get_xlim()[1]
        assert sheet.axes[0].get_ylim()[0] < weight["low"] < weight["high"] < sheet.axes[0].get_ylim()[1]


def test_the_map_tells_level_importance_and_likeliest_quadrant():
    found = result("small")
    alt = found.figure(part="map").alt
    words = {"concentrate_here": "Concentrate here", "keep_up": "Keep up", "low_priority": "Low priority",
             "possible_overkill": "Possibly too much"}  # fmt: skip
    for item in "pc":
        chances = {term: found.rows(item=item, term=term)["estimate"].item() for term in words}
        likely = max(chances, key=chances.get)
        level = found.rows(item=item, term="index", group="", wave="2")["estimate"].item()
        share = found.rows(item=item, term="importance")["estimate"].item()
        assert f"{item}: {level:.1f}, {share:.0%}, {words[likely]} ({chances[likely]:.0%})" in alt
    assert alt.startswith("No part is reliably both important and below average. ")
    sure = with_claims(found, Claim("important", "p", -2.0, 0.01))
    assert sure.figure(part="map").alt.startswith("Important and below average: “p”. ")


def test_the_title_of_the_map_names_three_parts_and_what_lies_above_average_never():
    found = result("twelve")
    sure = [Claim("important", item, -3.0, 0.01) for item in "abcd"] + [Claim("important", "e", 3.0, 0.01)]
    alt = with_claims(found, *sure, Claim("important", "f", -9.0, 0.051)).figure(part="map").alt
    title = alt.partition(". ")[0]
    assert title.startswith("Important and below average: ")
    assert title.endswith(" and 1 more")
    assert title.count("“") == 3
    text = {item: found.labels[item].get("en") or item for item in "abcdef"}
    assert f"“{text['e']}”" not in title
    assert f"“{text['f']}”" not in title


def test_the_map_of_equal_weights_has_ticks_that_tell_apart_and_numbers_that_do_not_meet():
    _, sheet = drawn(result("twelve"), "ru", "map")
    low, high = sheet.axes[0].get_ylim()
    ticks = [t.label1.get_text() for t in sheet.axes[0].yaxis.get_major_ticks() if low <= t.get_loc() <= high]
    assert len(ticks) == len(set(ticks)) > 2
    numbers = [text for text in sheet.axes[0].texts if text.get_text().isdigit()]
    assert sorted(int(text.get_text()) for text in numbers) == list(range(1, 13))
    assert overlapping(sheet) == []


def test_dots_that_lie_apart_bear_their_numbers_themselves():
    _, sheet = drawn(result("two"), part="map")
    numbers = [text for text in sheet.axes[0].texts if text.get_text().isdigit()]
    assert [text.get_color() for text in numbers] == ["white", "white"]


def test_the_profile_has_a_line_per_group_and_its_intervals():
    found = result("six")
    view, sheet = drawn(found, "ru", "groups")
    (ax,) = sheet.axes
    rows = found.rows(term="index")
    rows = rows[(rows["group"] != "") & (rows["item"] != "whole")]
    assert len(rows) == 24
    upward = {pair for (x, other), pair in spans(ax) if x == other}
    for row in rows.to_dict("records"):
        assert (round(row["low"], 6), round(row["high"], 6)) in upward
        level = f"{row['estimate']:.1f}".replace(".", ",")
        assert f"{row['group']}, {LONG[:38]} {row['item']}: {level}" in view.alt
    lines = [line for line in ax.lines if len(line.get_xdata()) == 4]
    assert len(lines) == 6
    looks = {(line.get_color(), line.get_marker()) for line in lines}
    assert len(looks) == 6
    for line in lines:
        part = [rows[(rows["item"] == item)]["estimate"].tolist() for item in "abcd"]
        assert all(value in part[k] for k, value in enumerate(line.get_ydata()))


def test_more_groups_than_colours_still_differ():
    _, sheet = drawn(result("wide"), "ru", "groups")
    lines = [line for line in sheet.axes[0].lines if len(line.get_xdata()) == 5]
    assert len({(line.get_color(), line.get_marker()) for line in lines}) == len(lines) == 8


def test_the_trend_has_a_panel_for_the_whole_and_each_part():
    view, sheet = drawn(result("small"), part="trend")
    assert [ax.get_title(loc="left") for ax in sheet.axes if ax.axison] == ["whole", "p", "c"]
    assert len(re.findall(r"(whole|p|c), [12]: \d", view.alt)) == 6


@pytest.mark.parametrize(
    ("kind", "part"),
    [(kind, part) for kind in ("small", "wide") for part in PARTS]
    + [(kind, part) for kind in ("two", "six", "twelve") for part in ("main", "map", "groups")],
)
def test_nothing_is_cut_and_no_text_lies_on_another(kind, part):
    view, sheet = drawn(result(kind), "ru", part)
    assert not UNDEFINED.search(view.alt + view.svg)
    assert cut(sheet) == []
    assert overlapping(sheet) == []
    assert all(ax.get_position().width > 0.25 and ax.get_position().height > 0.2 for ax in sheet.axes[:1])


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("part", PARTS)
def test_the_samples_fit_in_every_language(part, lang):
    _, sheet = drawn(dairy(), lang, part)
    assert cut(sheet) == []
    assert overlapping(sheet) == []


@cache
def dairy():
    tree, tables = cx.section("tree", "sample:dairy"), cx.section("tables", "sample:dairy")
    data, audit = parts(cx.read("sample:dairy", items=cx.tree_items(tree), outcome="recommend"))
    roles = {"by": audit.by, "wave": audit.wave, "weight": audit.weight, "waves": audit.waves}
    return cx.csi_tree(data, tree, tables=tables, scale=audit.scale, outcome="recommend", **roles)


def test_a_tree_as_deep_as_one_may_be_has_all_its_views():
    tree = leaf("a")
    for level in reversed(range(LEVELS - 1)):
        tree = branch(f"n{level}", 1, tree)
    deep = cx.csi_tree(rated("a"), tree, scale=scales("a"), weights="equal")
    _, sheet = drawn(deep)
    assert cut(sheet) == []
    assert f"n{LEVELS - 2}" in deep.table("uz").html
    assert deep.prose().html


def test_books_are_part_of_the_tree_and_of_a_map_without_an_outcome_only():
    alt = dairy().figure().alt
    # 1 - 61000 / 912000 and 1 - 9500 / 240000 weighted by turnover: 1 - 70500 / 1152000 = 93.9 or so
    assert "Goods in stock: 94.2, target not reached" in alt
    assert "Price level against the main competitor: 97.6, target reached" in alt
    assert "Customers" not in dairy().figure(part="map").alt
    tree, tables = cx.section("tree", "sample:dairy"), cx.section("tables", "sample:dairy")
    data, audit = parts(cx.read("sample:dairy", items=cx.tree_items(tree)))
    found = cx.csi_tree(data, tree, tables=tables, scale=audit.scale)
    assert "Customers: 94.7, 15%" in found.figure(part="map").alt


def test_without_parts_outcome_groups_or_waves_there_is_nothing_to_draw():
    assert result("one").figure().png
    assert result("one").figure(part="map") == View()
    assert result("one").figure(part="groups").png
    assert result("alone").figure(part="drivers") == View()
    assert result("alone").figure(part="groups") == View()
    assert result("alone").figure(part="trend") == View()
    assert result("alone").figure(part="map").png


def test_text_from_data_is_never_markup_or_mathematics():
    nasty = {"en": "<script>alert(1)</script> $x^2$"}
    data = rated("ab", 240, ("$g_1$", "<b>"), ("1", "2"))
    tree = branch("whole", 1, leaf("a", 0.5, text=nasty), leaf("b", 0.5), text=nasty)
    found = cx.csi_tree(data, tree, scale=scales("a", "b"), outcome="r", by="g", wave="w")
    for part in PARTS:
        view, sheet = drawn(found, part=part)
        assert "<script" not in view.svg
        assert "<b>" not in view.svg
        assert "<script>alert(1)</script> $x^2$" in view.alt
        assert not any(text.get_parse_math() for ax in sheet.axes for text in ax.texts)


def test_a_direction_character_stays_out():
    tree = branch("whole", 1, leaf("a", text={"en": "no\u202erth"}), leaf("b"))
    found = cx.csi_tree(rated("ab", 60, ("x", "y\u202e")), tree, weights="equal", by="g")
    for part in ("main", "map", "groups"):
        view = found.figure(part=part)
        assert "\u202e" not in view.alt + view.svg
        assert "no\ufffdrth" in view.alt


def test_the_books_alone_do_not_make_a_report_on_too_few():
    tree, tables = cx.section("tree", "sample:dairy"), cx.section("tables", "sample:dairy")
    data, audit = parts(cx.read("sample:dairy", items=cx.tree_items(tree)))
    found = cx.csi_tree(data.head(5), tree, tables=tables, scale=audit.scale)
    assert all(found.figure(part=part) == View() for part in PARTS)
