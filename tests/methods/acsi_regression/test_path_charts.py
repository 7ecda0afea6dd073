"""Charts of a path model beside its diagram: what they tell and mark, and that nothing is cut."""

import re
import warnings
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import to_hex

from cxkit.methods.acsi_regression.charts import WAVES, groups, importance_map, indices, rolling, trend
from cxkit.show.canvas import SERIES, SOFT
from cxkit.show.language import LANGUAGES
from cxkit.show.view import View
from tests.methods.acsi_regression.path_picture import drawn_by, shaped
from tests.methods.acsi_regression.path_result import (
    INDEX,
    changed,
    made,
    row,
    rows_of_groups,
    rows_of_waves,
    without,
)
from tests.show.picture import cut, overlapping, spans

UNDEFINED = re.compile(r"\b(nan|NaN|None|inf|Infinity)\b")
LONG = "Щедрые скидки для оптовых жителей шах"
TOWNS = [f"Ташкентская область, городские жители № {k}" for k in range(8)]
TREE = {"name": "nation", "children": [
    {"name": f"sector{s}", "weight": 1, "children": [
        {"name": f"firm{s}{k}", "weight": 1, "item": f"{s}{k}"} for k in range(3)
    ]} for s in range(3)
]}  # fmt: skip


@pytest.fixture(autouse=True)
def _no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("default", ResourceWarning)  # garbage of other tests may be collected here
        yield


def grouped():
    return made(*rows_of_groups(a=0.001, b=0.4))


def towns():
    """Eight groups with long names, the last hidden."""
    found = []
    for k, town in enumerate(TOWNS):
        here = {"group": town, "n": 60}
        if town == TOWNS[-1]:
            found.append(row("satisfaction", "index", None, group=town, n=4, base="hidden"))
            continue
        found.append(row("satisfaction", "index", 60 + 3 * k, 55 + 3 * k, 65 + 3 * k, **here))
        found.append(row("satisfaction", "index_own", 61.2 + 3 * k, **here))
        found.append(row("satisfaction", "index_vs_rest", 3 * k - 10, p_adjusted=0.01 * k, **here))
    return made(*found)


def economy(tree=TREE, waves=6, long=True):
    """Leaves measured every fourth wave, the second of each sector from the third on only."""
    found = []
    for t in range(waves):
        for node, _ in flat(tree):
            late = 2 if node["name"].endswith("1") and "item" in node else 0
            if t < late:
                continue
            age = (t - late) % 4 if "item" in node else 0
            value = 60 + (7 * t + 3 * len(found)) % 20
            found.append(row(node["name"], "economy_index", value, wave=f"202{t // 4}-Q{t % 4 + 1}", score=age))
    result = made(*found)
    texts = {node["name"]: dict.fromkeys(LANGUAGES, f"{LONG[:30]} {node['name']}") for node, _ in flat(tree)}
    settings = {**result.settings, "economy": tree}
    return replace(result, settings=settings, labels={**result.labels, **(texts if long else {})})


def flat(node, depth=0):
    return [(node, depth), *(pair for child in node.get("children", []) for pair in flat(child, depth + 1))]


CASES = {
    "map": (importance_map, made), "map of long names": (importance_map, lambda: shaped("fan")),
    "index": (indices, made), "index of long names": (indices, lambda: shaped("eight")),
    "groups": (groups, grouped), "groups of long names": (groups, towns),
    "trend": (trend, lambda: made(*rows_of_waves(), wave="w3")),
    "economy": (rolling, economy), "economy of many waves": (rolling, lambda: economy(waves=16)),
    "economy of one wave": (rolling, lambda: economy(waves=1)),
}  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("case", CASES)
def test_nothing_is_cut_no_text_lies_on_another_and_numbers_follow_the_language(case, lang):
    draw, result = CASES[case]
    view, sheet = drawn_by(draw, result(), lang)
    assert view.png
    assert not UNDEFINED.search(view.alt + view.svg)
    point = "." if lang == "en" else ","
    assert re.search(rf"\d{re.escape(point)}\d", view.alt)
    assert not re.search(r"\d,\d" if lang == "en" else r"\d\.\d", view.alt)
    assert cut(sheet) == []
    assert overlapping(sheet) == []
    assert sheet.get_figheight() < 7
    assert min(text.get_fontsize() for ax in sheet.axes for text in ax.texts) >= 7.5
    assert all(ax.get_position().width > 0.25 and ax.get_position().height > 0.2 for ax in sheet.axes[:1])


def test_the_map_sorts_constructs_by_the_means_and_says_when_it_is_sure():
    # means: index (75 + 80 + 60) / 3 = 71.67, impact (0.1 + 0.52 + 0.3) / 3 = 0.307
    view, sheet = drawn_by(importance_map, made())
    assert view.alt == (
        "No construct is reliably both important and below average. "
        "Expectations: index 75.0, impact 0.10, Possibly too much; Quality: index 80.0, impact 0.52, Keep up; "
        "Value: index 60.0, impact 0.30, Low priority (uncertain)"
    )
    means = {round(float(line.get_xdata()[0]), 3) for line in sheet.axes[0].lines if line.get_linestyle() == "--"}
    assert round(215 / 3, 3) in means


def test_what_is_reliably_important_and_below_average_is_the_title():
    found = changed(made(), "value", "impact", estimate=0.6, low=0.5, high=0.7)
    assert drawn_by(importance_map, found)[0].alt.startswith("Important and below average: “Value”. ")
    for open_ in ({"low": 0.2}, {"low": np.nan, "high": np.nan}):
        alt = drawn_by(importance_map, changed(found, "value", "impact", **open_))[0].alt
        assert alt.startswith("No construct is reliably both important and below average. ")
    unsure = changed(found, "value", "index", high=80)
    assert "Value: index 60.0, impact 0.60, Concentrate here (uncertain)" in drawn_by(importance_map, unsure)[0].alt


@pytest.mark.parametrize(
    ("lang", "title"),
    [
        ("en", "Important and below average: “Expectations”, “Quality”, “Value” and 1 more. "),
        ("ru", "Важно и ниже среднего: «Ожидания», «Качество», «Ценность» и ещё 1. "),
        ("uz", "Muhim va oʻrtachadan past: “Kutilmalar”, “Sifat”, “Qiymat” va yana 1 ta. "),
        ("uz_Cyrl", "Муҳим ва ўртачадан паст: «Кутилмалар», «Сифат», «Қиймат» ва яна 1 та. "),
    ],
)
def test_a_title_names_three_constructs_and_counts_the_others(lang, title):
    # one good and weak construct pulls the averages so that four lie below in index and above in impact
    rows = [row("loyalty", "impact", 0.5, 0.4, 0.6), row("complaints", "impact", -2.0, -2.1, -1.9)]
    found = made(*rows)
    for name in ("expectations", "quality", "value", "loyalty"):
        found = changed(found, name, "impact", estimate=0.5, low=0.4, high=0.6)
        found = changed(found, name, "index", estimate=50.0, low=49.0, high=51.0)
    found = changed(found, "complaints", "index", estimate=90.0, low=89.0, high=91.0)
    assert drawn_by(importance_map, found, lang)[0].alt.startswith(title)


def test_every_interval_of_the_map_is_drawn():
    found = made()
    _, sheet = drawn_by(importance_map, found)
    ax = sheet.axes[0]
    across = {pair for pair, (y, other) in spans(ax) if y == other}
    upward = {pair for (x, other), pair in spans(ax) if x == other}
    for item in ("expectations", "quality", "value"):
        at, weight = (found.rows(item=item, term=term).iloc[0] for term in ("index", "impact"))
        assert (at["low"], at["high"]) in across
        assert (weight["low"], weight["high"]) in upward
        assert ax.get_xlim()[0] < at["low"] < at["high"] < ax.get_xlim()[1]
        assert ax.get_ylim()[0] < weight["low"] < weight["high"] < ax.get_ylim()[1]
    assert sorted(text.get_text() for text in ax.texts if text.get_text().isdigit()) == ["1", "2", "3"]


def test_indices_stand_in_the_order_of_the_model_and_the_target_stands_out():
    view, sheet = drawn_by(indices, made())
    (ax,) = sheet.axes
    labels = [tick.get_text() for tick in ax.get_yticklabels()]
    assert labels == ["Expectations", "Quality", "Value", "Satisfaction", "Complaints", "Loyalty"]
    bold = [tick.get_text() for tick in ax.get_yticklabels() if tick.get_fontweight() == "bold"]
    assert bold == ["Satisfaction"]
    dots = {
        round(line.get_xdata()[0], 2): to_hex(line.get_color()) for line in ax.lines if len(line.get_xdata()) == 1
    }
    assert dots == {at: SERIES if name == "satisfaction" else SOFT for name, at in INDEX.items()}
    assert {pair for pair, _ in spans(ax)} >= {(at - 2, at + 2) for at in INDEX.values()}
    assert view.alt.startswith("“Satisfaction” reaches 71.2 of 100 points. Expectations: 75.0 (73.0 to 77.0); ")


def test_groups_are_sorted_and_those_that_differ_are_blue():
    view, sheet = drawn_by(groups, grouped())
    ax = sheet.axes[0]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["Ж\nn = 100", "Я\nn = 100"]
    dots = {line.get_xdata()[0]: (line.get_marker(), to_hex(line.get_color())) for line in ax.lines
            if len(line.get_xdata()) == 1}  # fmt: skip
    assert dots[76.0] == ("o", SERIES)
    assert dots[66.5] == ("o", SOFT)
    assert {at for at, (marker, _) in dots.items() if marker == "D"} == {76.3, 66.8}
    dashed = [line.get_xdata()[0] for line in ax.lines if line.get_linestyle() == "--"]
    assert dashed == [71.24]
    assert view.alt == "Differs reliably from the rest: Ж. Ж: 76.0 (73.0 to 79.0); Я: 66.5 (63.5 to 69.5)"
    assert [text.get_text() for text in sheet.legends[0].get_texts()] == ["With the group’s own weights"]


def test_a_group_is_blue_where_the_title_names_it_and_not_by_the_table_alone():
    found = made(*rows_of_groups(a=0.001, b=0.001))
    open_ = replace(found, claims=found.claims.assign(made=False))
    for result, color in ((found, SERIES), (open_, SOFT)):
        _, sheet = drawn_by(groups, result)
        dots = [to_hex(line.get_color()) for line in sheet.axes[0].lines if line.get_marker() == "o"]
        assert dots == [color, color]
    assert drawn_by(groups, open_)[0].alt.startswith("No group differs reliably from the rest. ")


def test_the_title_of_groups_is_about_the_target_only():
    other = row("quality", "index_vs_rest", 9, group="Я", p_adjusted=0.001, n=100)
    path = row("quality -> satisfaction", "path_vs_rest", 0.2, group="Я", p_adjusted=0.001, n=100)
    found = made(*rows_of_groups(a=0.001, b=0.4), other, path)
    assert drawn_by(groups, found)[0].alt.startswith("Differs reliably from the rest: Ж. ")
    open_ = made(*rows_of_groups(a=0.3, b=0.4), other, path)
    assert drawn_by(groups, open_)[0].alt.startswith("No group differs reliably from the rest. ")


def test_a_hidden_group_stands_last_and_bears_no_number():
    view, sheet = drawn_by(groups, towns(), "ru")
    ax = sheet.axes[0]
    labels = [tick.get_text().replace("\n", " ") for tick in ax.get_yticklabels()]
    order = [int(re.search(r"№ (\d)", label).group(1)) for label in labels]
    assert order == [6, 5, 4, 3, 2, 1, 0, 7]
    assert "n < 10" in {text.get_text() for text in ax.texts}
    assert TOWNS[-1] not in view.alt
    assert "№ 6: 78,0 (" in view.alt


@pytest.mark.parametrize("chart", [indices, groups])
def test_an_index_that_is_withheld_is_a_dash_and_no_small_base(chart):
    found = changed(made(*rows_of_groups(a=0.001, b=0.4)), "satisfaction", "index", estimate=np.nan, low=np.nan)
    if chart is groups:  # only one of them
        table = found.tidy.copy()
        table.loc[(table["term"] == "index") & (table["group"] == "Я"), "estimate"] = 66.5
        found = replace(found, tidy=table)
    _, sheet = drawn_by(chart, found)
    texts = {text.get_text() for text in sheet.axes[0].texts}
    assert "–" in texts
    assert not [text for text in texts if "<" in text]


def test_groups_without_own_weights_have_no_key_for_them():
    _, sheet = drawn_by(groups, without(grouped(), "index_own"))
    assert sheet.legends == []


def test_the_trend_is_of_the_target_alone():
    earlier = row("quality", "index", 44.4, 40, 48, wave="w1")
    view, sheet = drawn_by(trend, made(*rows_of_waves(), earlier, wave="w3"))
    assert view.alt == (
        "“Satisfaction”: +3.2 since w1, +1.6 of it since w2. "
        "Satisfaction, w1: 68.0; Satisfaction, w2: 69.6; Satisfaction, w3: 71.2"
    )
    assert len([ax for ax in sheet.axes if ax.axison]) == 1


def test_the_economy_marks_what_stands_on_and_what_is_not_measured_yet():
    view, sheet = drawn_by(rolling, economy(long=False))
    names, ax = sheet.axes
    cells = {(round(text.get_position()[1]), round(text.get_position()[0])): text for text in ax.texts}
    places = {node["name"]: y for y, (node, _) in enumerate(flat(TREE))}
    assert [text.get_text() for text in names.texts] == list(places)
    assert len(cells) == 13 * 6
    assert [cells[places["firm01"], x].get_text()[0] for x in range(3)] == ["–", "–", "6"]
    told = [cells[places["firm00"], x].get_text() for x in range(6)]
    assert [text.startswith("(") for text in told] == [False, True, True, True, False, True]
    assert {text.get_fontweight() for (y, _), text in cells.items() if y == 0} == {"bold"}
    assert {text.get_fontweight() for (y, _), text in cells.items() if y} == {"normal"}
    assert "firm01, 2020-Q1: –; " in view.alt
    depths = [round(text.get_position()[0] / 0.05) for text in names.texts]
    assert depths == [depth for _, depth in flat(TREE)]
    assert view.alt.startswith(f"“nation” reaches {cells[0, 5].get_text()} of 100 points. ")


def test_shades_follow_the_level_and_carried_values_are_paler():
    _, sheet = drawn_by(rolling, economy(long=False))
    ax = sheet.axes[1]
    found = sorted(
        (float(text.get_text().strip("()")), sum(patch.get_facecolor()[:3]), text.get_text()[0] == "(")
        for patch, text in zip(ax.patches, ax.texts, strict=True)
        if text.get_text() != "–"
    )
    for carried in (True, False):
        light = [shade for _, shade, mark in found if mark == carried]
        assert light == sorted(light, reverse=True)
        assert light[0] > light[-1]
    assert min(shade for _, shade, mark in found if mark) > min(shade for _, shade, mark in found if not mark) + 0.3


def test_the_economy_shows_the_last_waves_it_has_room_for():
    _, sheet = drawn_by(rolling, economy(waves=16))
    heads = [tick.get_text().replace("\n", "") for tick in sheet.axes[1].get_xticklabels()]
    assert heads == [f"202{t // 4}-Q{t % 4 + 1}" for t in range(16 - WAVES, 16)]


def test_notes_under_the_economy_name_only_signs_that_stand_in_it():
    def note(found):
        return drawn_by(rolling, found)[1].get_supxlabel().replace("\n", " ")

    carried, absent = "in brackets: not measured in this wave, the last value stands on", "–: not measured yet"
    assert note(economy()) == f"Index, 0–100 · {carried} · {absent}"
    assert note(economy(waves=1)) == f"Index, 0–100 · {absent}"
    flat_tree = {"name": "nation", "children": [{"name": "firm", "item": "firm", "weight": 1}]}
    assert note(economy(flat_tree, waves=1)) == "Index, 0–100"


def test_without_drivers_groups_waves_or_an_economy_there_is_nothing_to_draw():
    nothing = made()
    assert drawn_by(groups, nothing)[0] == View()
    assert drawn_by(trend, nothing)[0] == View()
    assert drawn_by(rolling, nothing)[0] == View()
    assert drawn_by(importance_map, without(nothing, "impact"))[0] == View()
    assert drawn_by(importance_map, shaped("two"))[0] == View()
    hidden = changed(nothing, "satisfaction", "index", estimate=np.nan, low=np.nan, high=np.nan, base="hidden")
    assert drawn_by(indices, hidden)[0] == View()


def test_groups_that_are_all_hidden_are_not_drawn():
    found = made(row("satisfaction", "index", None, group="x", n=4, base="hidden"))
    assert drawn_by(groups, found)[0] == View()


def test_names_are_never_markup_or_mathematics():
    nasty, group = "<script>alert(1)</script> $x^2$", "$g_1$ no\u202erth"
    found = made(*({**one, "group": group} for one in rows_of_groups()[:3]))
    found = replace(found, labels={**found.labels, "satisfaction": {"en": nasty}, "quality": {"en": nasty}})
    tree = {"name": "nation", "text": {"en": nasty}, "children": [{"name": "a", "item": "a", "weight": 1}]}
    whole = economy(tree)
    whole = replace(whole, labels={**whole.labels, "nation": {"en": nasty}})
    for draw, one in ((importance_map, found), (indices, found), (groups, found), (rolling, whole)):
        view, sheet = drawn_by(draw, one)
        assert "<script" not in view.svg
        assert "\u202e" not in view.alt + view.svg
        assert nasty in view.alt or "no\ufffdrth" in view.alt
        assert not any(text.get_parse_math() for ax in sheet.axes for text in ax.texts)
        assert cut(sheet) == []


def test_the_same_result_gives_the_same_bytes():
    for draw, result in ((groups, grouped), (rolling, economy)):
        one, other = (drawn_by(draw, result())[0] for _ in range(2))
        assert one.svg == other.svg
        assert one.png == other.png


def test_a_hidden_group_does_not_say_how_few_it_has():
    table = grouped().tidy.copy()
    here = (table["term"] == "index") & (table["group"] == "Я")
    table.loc[here, ["n", "estimate", "low", "high", "base"]] = [9, np.nan, np.nan, np.nan, "hidden"]
    view, sheet = drawn_by(groups, replace(grouped(), tidy=table))
    labels = [tick.get_text() for tick in sheet.axes[0].get_yticklabels()]
    assert labels == ["Ж\nn = 100", "Я\nn < 10"]
    assert "Я" not in view.alt


def test_an_index_on_a_small_base_has_its_star():
    view, _ = drawn_by(indices, changed(made(), "satisfaction", "index", base="small"))
    assert "Satisfaction: 71.2* (" in view.alt
    assert view.alt.count("*") == 1
