"""Claims: a title states a difference only when it is reliable."""

import pytest

from cxkit.methods.nps import prose as nps_prose
from cxkit.methods.scaling import prose as scaling_prose
from cxkit.result import Result, tidy_table
from cxkit.show import claims, rows
from cxkit.show.language import language

EN = language("en")
CARD = {"min": 1, "max": 5, "reversed": False, "boxes": 2, "missing": [], "labels": {}, "column": ""}


def scaling_of(*rows, wave="", previous="", level=0.95):
    items = list(dict.fromkeys(row["item"] for row in rows))
    settings = {"items": items, "scale": dict.fromkeys(items, CARD), "level": level, "min_base": 10}
    labels = {item: {"en": item.title()} for item in items}
    facts = {"wave": wave, "previous_wave": previous}
    return Result("scaling", settings, tidy_table(list(rows)), facts, labels=labels)


def index(item, estimate, low, high, base="ok", group="", wave=""):
    return {"item": item, "term": "index", "group": group, "wave": wave, "n": 50, "base": base,
            "estimate": estimate, "low": low, "high": high}  # fmt: skip


def nps_of(*rows, wave="", previous=""):
    settings = {
        "score": "r",
        "scale": {"r": {**CARD, "min": 0, "max": 10, "text": {}}},
        "level": 0.95,
        "min_base": 10,
    }
    return Result("nps", settings, tidy_table(list(rows)), {"wave": wave, "previous_wave": previous})


def change(estimate, p, item="r", term="nps_vs_previous"):
    return {"item": item, "term": term, "wave": "w2", "n": 50, "n_other": 50, "base": "ok",
            "estimate": estimate, "p": p, "p_adjusted": p}  # fmt: skip


def against(group, estimate, p, item="ease"):
    return {"item": item, "term": "mean_vs_rest", "group": group, "n": 50, "n_other": 50, "base": "ok",
            "estimate": estimate, "p": p, "p_adjusted": p}  # fmt: skip


def test_items_apart_are_named_best_and_worst():
    result = scaling_of(index("ease", 40, 36, 44), index("trust", 80, 76, 84), index("price", 60, 56, 64))
    assert scaling_prose.apart(result)
    assert scaling_prose.items_title(result, EN) == "“Trust” is rated highest, “Ease” lowest"


def test_items_whose_intervals_meet_are_not_ranked():
    result = scaling_of(index("ease", 40, 34, 46), index("trust", 50, 46, 54))
    assert not scaling_prose.apart(result)
    assert scaling_prose.items_title(result, EN) == "The items are rated much alike"


def test_one_item_is_given_with_its_points():
    result = scaling_of(index("ease", 61.6, 55, 68))
    assert not scaling_prose.apart(result)
    assert scaling_prose.items_title(result, EN) == "“Ease” reaches 62 of 100 points"


def test_a_hidden_item_is_not_ranked():
    result = scaling_of(
        index("ease", 40, 36, 44), index("trust", 80, 76, 84), index("price", None, None, None, "hidden")
    )
    assert scaling_prose.ranked(result)["item"].tolist() == ["trust", "ease"]


def test_groups_waves_and_the_average_of_all_items_are_not_ranked():
    result = scaling_of(
        index("ease", 40, 36, 44, wave="w2"), index("ease", 99, 98, 100, wave="w1"),
        index("ease", 1, 0, 2, group="north", wave="w2"), wave="w2",
    )  # fmt: skip
    result.tidy.loc[len(result.tidy)] = {**result.tidy.iloc[0], "item": "scale_score", "estimate": 95.0}
    assert scaling_prose.ranked(result)["estimate"].tolist() == [40]


def test_a_report_on_too_few_says_only_that():
    result = scaling_of(index("ease", None, None, None, "hidden"), index("trust", None, None, None, "hidden"))
    assert rows.too_few(result)
    assert scaling_prose.items_title(result, EN) == "Too few answers to report"
    few = nps_of({"item": "r", "term": "nps", "n": 7, "base": "hidden"})
    assert nps_prose.score_title(few, EN) == "Too few answers to report"


def test_one_item_with_enough_answers_is_a_report():
    assert not rows.too_few(scaling_of(index("ease", None, None, None, "hidden"), index("trust", 80, 76, 84)))


def test_a_small_base_is_not_too_few():
    assert not rows.too_few(scaling_of(index("ease", 40, 36, 44, "small")))


def test_constant_answers_far_apart_are_not_called_alike():
    result = scaling_of(index("ease", 100, None, None), index("trust", 0, None, None))
    assert scaling_prose.items_title(result, EN) != "The items are rated much alike"


@pytest.mark.parametrize(
    ("title", "result"),
    [
        (claims.change_title, nps_of(change(None, None), wave="w2", previous="w1")),
        (claims.group_title, scaling_of(against("north", None, None))),
    ],
)
def test_what_could_not_be_tested_is_not_said_to_be_equal(title, result):
    assert not title(result, EN).startswith("No ")


def test_the_score_is_given_with_its_interval():
    row = {"item": "r", "term": "nps", "n": 100, "base": "ok", "estimate": -12.4, "low": -25.6, "high": 1.2}
    assert nps_prose.score_title(nps_of(row), EN) == "NPS is −12 (−26 to 1)"


@pytest.mark.parametrize(
    ("estimate", "p", "title"),
    [
        (12.3, 0.01, "NPS rose by 12 points since w1"),
        (-12.3, 0.01, "NPS fell by 12 points since w1"),
        (12.3, 0.06, "No reliable change since w1"),
        (-12.3, 0.051, "No reliable change since w1"),
    ],
)
def test_a_change_of_the_score_is_stated_only_when_reliable(estimate, p, title):
    result = nps_of(change(estimate, p), wave="w2", previous="w1")
    assert nps_prose.change_title(result, EN) == title


def test_the_level_decides_what_is_reliable():
    row = change(0.4, 0.07, "ease", "mean_vs_previous")
    assert "Changed" not in claims.change_title(scaling_of(row, wave="w2", previous="w1", level=0.95), EN)
    assert "Changed" in claims.change_title(scaling_of(row, wave="w2", previous="w1", level=0.9), EN)


def test_only_items_that_changed_reliably_are_named_the_largest_first():
    rows = [change(e, p, item, "mean_vs_previous") for item, e, p in
            (("ease", 0.2, 0.01), ("trust", -0.6, 0.01), ("price", 0.9, 0.3))]  # fmt: skip
    result = scaling_of(*rows, wave="w2", previous="w1")
    assert claims.change_title(result, EN) == "Changed since w1: “Trust”, “Ease”"


def test_a_change_between_earlier_waves_is_no_news():
    earlier, latest = {**change(12, 0.001), "wave": "w1"}, change(1, 0.8)
    result = nps_of(earlier, latest, wave="w2", previous="w1")
    assert claims.change_title(result, EN) == "No reliable change since w1"


def test_groups_that_differ_are_named_once_the_largest_first():
    result = scaling_of(
        against("north", 0.3, 0.01), against("south", -0.8, 0.001), against("east", 0.1, 0.4),
        against("north", 0.4, 0.01, "trust"),
    )  # fmt: skip
    assert claims.group_title(result, EN) == "Differs reliably from the rest: south, north"


def test_no_group_is_named_when_none_differs():
    assert (
        claims.group_title(scaling_of(against("north", 0.9, 0.051)), EN) == "No group differs reliably from the rest"
    )


def test_a_comparison_that_could_not_be_tested_is_not_counted():
    result = scaling_of(against("north", 0.9, None))
    assert rows.compared(result, "rest").empty
    assert rows.reliable(result, "rest").empty


def test_the_spread_names_the_lowest_score_of_the_scale():
    rows = [
        {"item": "r", "term": "promoters", "n": 50, "base": "ok", "estimate": 0.4},
        {"item": "r", "term": "detractors", "n": 50, "base": "ok", "estimate": 0.25},
    ]
    assert nps_prose.spread_title(nps_of(*rows), EN) == "40% answer 9 or 10, 25% answer 0 to 6"


@pytest.mark.parametrize(
    ("lang", "title"),
    [
        ("ru", "NPS вырос на 12 пунктов по сравнению с волной w1"),
        ("uz", "NPS w1 soʻrov bosqichiga nisbatan 12 punktga oʻsdi"),
        ("uz_Cyrl", "NPS w1 сўров босқичига нисбатан 12 пунктга ўсди"),
    ],
)
def test_a_title_is_said_in_the_language_of_the_report(lang, title):
    result = nps_of(change(12.3, 0.01), wave="w2", previous="w1")
    assert nps_prose.change_title(result, language(lang)) == title


def test_a_direction_character_in_a_group_name_stays_out_of_the_title():
    title = claims.group_title(scaling_of(against("no\u202erth", 0.9, 0.01)), EN)
    assert "\u202e" not in title
    assert "no\ufffdrth" in title
