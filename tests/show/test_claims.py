"""Claims: a title states a difference only when it is reliable."""

from itertools import combinations

import pytest

from cxkit.measure.claims import Claim
from cxkit.methods.nps import prose as nps_prose
from cxkit.methods.scaling import prose as scaling_prose
from cxkit.methods.scaling.views import tables as scaling_tables
from cxkit.result import Result, tidy_table
from cxkit.show import claims, rows
from cxkit.show.language import language
from cxkit.show.units import POINTS, SCALE_POINTS
from cxkit.show.wording import moved
from tests.claimed import with_claims

EN = language("en")
CARD = {"min": 1, "max": 5, "reversed": False, "boxes": 2, "missing": [], "labels": {}, "column": ""}


def scaling_of(*rows, wave="", previous="", first="", level=0.95, own=()):
    items = list(dict.fromkeys(row["item"] for row in rows))
    settings = {"items": items, "scale": dict.fromkeys(items, CARD), "level": level, "min_base": 10}
    labels = {item: {"en": item.title()} for item in items}
    facts = {"wave": wave, "previous_wave": previous, "first_wave": first or previous}
    return with_claims(Result("scaling", settings, tidy_table(list(rows)), facts, labels=labels), *own)


def index(item, estimate, low, high, base="ok", group="", wave=""):
    return {"item": item, "term": "index", "group": group, "wave": wave, "n": 50, "base": base,
            "estimate": estimate, "low": low, "high": high}  # fmt: skip


def nps_of(*rows, wave="", previous="", first=""):
    settings = {
        "score": "r",
        "scale": {"r": {**CARD, "min": 0, "max": 10, "text": {}}},
        "level": 0.95,
        "min_base": 10,
    }
    facts = {"wave": wave, "previous_wave": previous, "first_wave": first or previous}
    return with_claims(Result("nps", settings, tidy_table(list(rows)), facts))


def change(estimate, p, item="r", term="nps_vs_previous"):
    return {"item": item, "term": term, "wave": "w2", "n": 50, "n_other": 50, "base": "ok",
            "estimate": estimate, "p": p, "p_adjusted": p}  # fmt: skip


def against(group, estimate, p, item="ease"):
    return {"item": item, "term": "mean_vs_rest", "group": group, "n": 50, "n_other": 50, "base": "ok",
            "estimate": estimate, "p": p, "p_adjusted": p}  # fmt: skip


def pairs(above, *, names=("ease", "trust", "price", "speed")):
    """Claims of all pairs of items; those of ``above`` (higher, lower) are made."""
    return [
        Claim("pair", one, -1.0 if (other, one) in above else 1.0,
              0.01 if {(one, other), (other, one)} & set(above) else 0.5, other=other)
        for one, other in combinations(names, 2)
    ]  # fmt: skip


FOUR = [index("ease", 40, 36, 44), index("trust", 80, 76, 84), index("price", 60, 56, 64), index("speed", 58, 54, 62)]


@pytest.mark.parametrize(
    ("above", "title"),
    [
        ([("trust", "ease"), ("trust", "price"), ("trust", "speed"), ("price", "ease"), ("speed", "ease")],
         "“Trust” is rated highest, “Ease” lowest"),
        ([("trust", "ease"), ("trust", "price"), ("trust", "speed")], "“Trust” is rated highest"),
        ([("trust", "ease"), ("price", "ease"), ("speed", "ease")], "“Ease” is rated lowest"),
        ([("trust", "ease"), ("price", "speed")], "Among the highest: “Trust”, “Price”"),
        ([("trust", "ease")], "Among the highest: “Trust”, “Price”, “Speed”"),
        ([], "No item is reliably rated highest or lowest"),
    ],
)  # fmt: skip
def test_items_are_ranked_as_far_as_pairs_of_them_are_told_apart(above, title):
    result = scaling_of(*FOUR, own=pairs(above))
    assert scaling_prose.items_title(result, EN) == title


@pytest.mark.parametrize(
    ("lang", "both", "some", "none"),
    [
        ("ru", "Выше всего оценено «Trust», ниже всего — «Ease»", "В числе самых высоких оценок: «Trust», «Price»",
         "Ни один показатель не выделяется статистически значимо как лучший или худший"),
        ("uz", "Eng yuqori baho — “Trust”, eng past baho — “Ease”", "Eng yuqori baholar qatorida: “Trust”, “Price”",
         "Hech bir koʻrsatkich eng yuqori yoki eng past baho bilan ishonchli ajralib turmaydi"),
        ("uz_Cyrl", "Энг юқори баҳо — «Trust», энг паст баҳо — «Ease»",
         "Энг юқори баҳолар қаторида: «Trust», «Price»",
         "Ҳеч бир кўрсаткич энг юқори ёки энг паст баҳо билан ишончли ажралиб турмайди"),
    ],
)  # fmt: skip
def test_items_are_ranked_in_the_language_of_the_report(lang, both, some, none):
    every = [(one, other) for one, other in combinations(("trust", "price", "speed", "ease"), 2)]
    for above, title in ((every, both), ([("trust", "ease"), ("price", "speed")], some), ([], none)):
        assert scaling_prose.items_title(scaling_of(*FOUR, own=pairs(above)), language(lang)) == title


@pytest.mark.parametrize(
    ("lang", "alone", "some"),
    [("en", "place 1", "place 2–4"), ("ru", "место 1", "место 2–4"), ("uz", "1-oʻrin", "2–4-oʻrin"),
     ("uz_Cyrl", "1-ўрин", "2–4-ўрин")],
)  # fmt: skip
def test_each_item_has_the_places_at_which_it_may_stand(lang, alone, some):
    """One item above all others: it is first, and each of three others may be second, third or last."""
    above = [("trust", other) for other in ("ease", "price", "speed")]
    result = scaling_of(*FOUR, {**index("trust", 80, 76, 84, group="north"), "term": "mean"}, own=pairs(above))
    table, by_group = (html for html in scaling_tables(result, language(lang)))
    assert (table.count(f"<small>{alone}</small>"), table.count(f"<small>{some}</small>")) == (1, 3)
    assert "<small>" + alone not in by_group


def test_items_that_were_not_compared_have_no_places():
    assert "place" not in "".join(scaling_tables(scaling_of(*FOUR), EN))


def test_the_level_of_the_page_decides_who_is_ranked():
    result = scaling_of(*FOUR[:2], level=0.9, own=[Claim("pair", "ease", -40.0, 0.07, other="trust")])
    assert scaling_prose.items_title(result, EN) == "“Trust” is rated highest, “Ease” lowest"
    result = scaling_of(*FOUR[:2], own=[Claim("pair", "ease", -40.0, 0.07, other="trust")])
    assert scaling_prose.items_title(result, EN) == "No item is reliably rated highest or lowest"


def test_intervals_that_do_not_meet_rank_nothing_by_themselves():
    result = scaling_of(*FOUR, own=pairs([]))
    assert scaling_prose.items_title(result, EN) == "No item is reliably rated highest or lowest"


def test_one_item_is_given_with_its_points():
    result = scaling_of(index("ease", 61.6, 55, 68))
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


def test_items_that_could_not_be_compared_are_not_called_alike():
    result = scaling_of(index("ease", 100, None, None), index("trust", 0, None, None))
    assert scaling_prose.items_title(result, EN) == "How customers rate the service"


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


TREND = {"wave": "w2", "previous": "w1", "first": "w0"}


def nps_title(result, lang=EN):
    return claims.change_title(result, lang, POINTS, "NPS")


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([change(8, 0.2), change(26.4, 0.01, term="nps_vs_first")],
         "NPS: +26 points since w0; the last step (+8) is within chance"),
        ([change(8, 0.01), change(26.4, 0.01, term="nps_vs_first")],
         "NPS: +26 points since w0, +8 of it since w1"),
        ([change(-8, 0.01), change(26.4, 0.01, term="nps_vs_first")],
         "NPS: +26 points since w0, but −8 since w1"),
        ([change(-8.2, 0.01), change(1, 0.9, term="nps_vs_first")],
         "NPS: −8 points since w1, but no reliable change since w0"),
        ([change(1, 0.9), change(2, 0.5, term="nps_vs_first"), change(3.4, 0.01, term="nps_slope")],
         "NPS: +3 points from wave to wave on average, though the first and the last do not differ reliably"),
        ([change(1, 0.9), change(2, 0.5, term="nps_vs_first"), change(-0.4, 0.01, term="nps_slope")],
         "NPS: −0.4 points from wave to wave on average, though the first and the last do not differ reliably"),
        ([change(9, 0.01), change(5, 0.01, term="nps_vs_first")], "NPS: +5 points since w0; +9 since w1"),
        ([change(9, 0.01), change(9, 0.01, term="nps_vs_first"), change(3, 0.01, term="nps_slope")],
         "NPS: +9 points since w0, +9 of it since w1"),
        ([change(8, 0.06), change(9, 0.051, term="nps_vs_first")], "No reliable change since w0"),
        ([change(8, 0.06), change(9, 0.051, term="nps_vs_first"), change(3, 0.051, term="nps_slope")],
         "No reliable change since w0"),
    ],
)  # fmt: skip
def test_a_trend_says_direction_size_and_since_when(rows, title):
    assert nps_title(nps_of(*rows, **TREND)) == title


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([change(8, None), change(9, 0.01, term="nps_vs_first")], "NPS: +9 points since w0"),
        ([change(8, None), change(9, 0.2, term="nps_vs_first")], "No reliable change since w0"),
        ([change(8, 0.01), change(9, None, term="nps_vs_first")], "NPS: +8 points since w1"),
        ([change(8, 0.2), change(9, None, term="nps_vs_first")], "No reliable change since w1"),
        ([change(8, None), change(9, None, term="nps_vs_first")], "By wave"),
    ],
)  # fmt: skip
def test_a_trend_tells_only_of_waves_that_were_compared(rows, title):
    assert nps_title(nps_of(*rows, **TREND)) == title


FIRST_AND_LAST = [change(8, 0.01), change(26.4, 0.01, term="nps_vs_first")]
FIRST_ONLY = [change(8, 0.2), change(26.4, 0.01, term="nps_vs_first")]
LAST_ONLY = [change(-2.2, 0.01), change(1, 0.9, term="nps_vs_first")]
SLOPE_ONLY = [change(1, 0.9), change(2, 0.5, term="nps_vs_first"), change(3.4, 0.01, term="nps_slope")]
BACK = [change(-8, 0.01), change(26.4, 0.01, term="nps_vs_first")]
FARTHER = [change(9, 0.01), change(5, 0.01, term="nps_vs_first")]
NONE = [change(8, 0.2), change(9, 0.2, term="nps_vs_first")]


@pytest.mark.parametrize(
    ("rows", "lang", "title"),
    [
        (FIRST_AND_LAST, "ru", "NPS: +26 пунктов с волны w0, из них +8 с волны w1"),
        (FIRST_AND_LAST, "uz", "NPS: w0 soʻrov bosqichiga nisbatan +26 punkt, shundan w1 bosqichiga nisbatan +8"),
        (FIRST_AND_LAST, "uz_Cyrl",
         "NPS: w0 сўров босқичига нисбатан +26 пункт, шундан w1 босқичига нисбатан +8"),
        (BACK, "ru", "NPS: +26 пунктов с волны w0, но −8 с волны w1"),
        (BACK, "uz", "NPS: w0 soʻrov bosqichiga nisbatan +26 punkt, lekin w1 bosqichiga nisbatan −8"),
        (BACK, "uz_Cyrl", "NPS: w0 сўров босқичига нисбатан +26 пункт, лекин w1 босқичига нисбатан −8"),
        (FARTHER, "ru", "NPS: +5 пунктов с волны w0; +9 с волны w1"),
        (FARTHER, "uz", "NPS: w0 soʻrov bosqichiga nisbatan +5 punkt; w1 bosqichiga nisbatan +9"),
        (FARTHER, "uz_Cyrl", "NPS: w0 сўров босқичига нисбатан +5 пункт; w1 босқичига нисбатан +9"),
        (FIRST_ONLY, "ru", "NPS: +26 пунктов с волны w0; последний шаг (+8) в пределах случайности"),
        (FIRST_ONLY, "uz",
         "NPS: w0 soʻrov bosqichiga nisbatan +26 punkt; oxirgi qadam (+8) tasodif doirasida"),
        (FIRST_ONLY, "uz_Cyrl", "NPS: w0 сўров босқичига нисбатан +26 пункт; охирги қадам (+8) тасодиф доирасида"),
        (LAST_ONLY, "ru",
         "NPS: −2 пункта с волны w1, но с волны w0 статистически значимых изменений нет"),
        (LAST_ONLY, "uz", "NPS: w1 soʻrov bosqichiga nisbatan −2 punkt, "
         "lekin w0 bosqichiga nisbatan ishonchli oʻzgarish yoʻq"),
        (LAST_ONLY, "uz_Cyrl", "NPS: w1 сўров босқичига нисбатан −2 пункт, "
         "лекин w0 босқичига нисбатан ишончли ўзгариш йўқ"),
        (SLOPE_ONLY, "ru", "NPS: в среднем +3 пункта от волны к волне, хотя первая и последняя волны "
         "статистически значимо не различаются"),
        (SLOPE_ONLY, "uz", "NPS: bosqichdan bosqichga oʻrtacha +3 punkt, birinchi va oxirgi bosqichlar esa "
         "ishonchli farq qilmaydi"),
        (SLOPE_ONLY, "uz_Cyrl", "NPS: босқичдан босқичга ўртача +3 пункт, биринчи ва охирги босқичлар эса "
         "ишончли фарқ қилмайди"),
        (NONE, "ru", "Статистически значимых изменений с волны w0 нет"),
        (NONE, "uz", "w0 soʻrov bosqichiga nisbatan ishonchli oʻzgarish yoʻq"),
        (NONE, "uz_Cyrl", "w0 сўров босқичига нисбатан ишончли ўзгариш йўқ"),
    ],
)  # fmt: skip
def test_a_trend_is_said_in_the_language_of_the_report(rows, lang, title):
    assert nps_title(nps_of(*rows, **TREND), language(lang)) == title


@pytest.mark.parametrize(
    ("estimate", "p", "title"),
    [
        (12.3, 0.01, "NPS: +12 points since w1"),
        (-1.3, 0.01, "NPS: −1 point since w1"),
        (12.3, 0.06, "No reliable change since w1"),
        (-12.3, 0.051, "No reliable change since w1"),
    ],
)
def test_of_two_waves_the_change_is_stated_only_when_reliable(estimate, p, title):
    assert nps_title(nps_of(change(estimate, p), wave="w2", previous="w1")) == title


def test_the_level_decides_what_is_reliable():
    row = change(0.4, 0.07, "ease", "mean_vs_previous")
    for level, known in ((0.95, False), (0.9, True)):
        result = scaling_of(row, wave="w2", previous="w1", level=level)
        title = claims.change_title(result, EN, SCALE_POINTS)
        assert title == ("“Ease”: +0.40 since w1" if known else "No reliable change since w1")


def several(*found, term="mean_vs_previous"):
    return [change(estimate, p, item, term) for item, estimate, p in found]


def test_only_items_that_changed_reliably_are_named_the_largest_first():
    rows = several(("ease", 0.2, 0.01), ("trust", -0.6, 0.01), ("price", 0.9, 0.3))
    result = scaling_of(*rows, wave="w2", previous="w1")
    assert claims.change_title(result, EN, SCALE_POINTS) == "Since w1: “Trust” −0.60, “Ease” +0.20"


def test_of_several_items_the_first_wave_comes_before_the_last_step():
    rows = several(("ease", 0.2, 0.3), ("trust", -0.6, 0.01)) + several(
        ("ease", 0.9, 0.001), ("trust", 0.1, 0.5), term="mean_vs_first"
    )
    result = scaling_of(*rows, **TREND)
    assert claims.change_sentences(result, EN, SCALE_POINTS) == [
        "Since w0: “Ease” +0.90.",
        "Since w1: “Trust” −0.60.",
    ]


def test_a_slope_is_told_where_no_two_waves_differ():
    rows = several(("ease", 0.2, 0.3), ("trust", 0.1, 0.3)) + several(("ease", 0.15, 0.01), term="mean_slope")
    result = scaling_of(*rows, **TREND)
    assert claims.change_sentences(result, EN, SCALE_POINTS) == ["On average from wave to wave: “Ease” +0.15."]


def test_a_slope_is_not_told_beside_what_the_waves_themselves_say():
    rows = several(("ease", 0.2, 0.01), ("trust", 0.1, 0.3)) + several(("trust", 0.15, 0.01), term="mean_slope")
    result = scaling_of(*rows, **TREND)
    assert claims.change_sentences(result, EN, SCALE_POINTS) == ["Since w1: “Ease” +0.20."]


def test_an_item_that_an_earlier_wave_lacks_never_lends_its_name_or_number_to_another():
    # only "ease" was asked in w1, both were in w0
    rows = several(("ease", 0.2, 0.01)) + several(("ease", 0.1, 0.5), ("trust", -0.9, 0.01), term="mean_vs_first")
    assert claims.change_sentences(scaling_of(*rows, **TREND), EN, SCALE_POINTS) == [
        "Since w0: “Trust” −0.90.",
        "Since w1: “Ease” +0.20.",
    ]


def test_where_only_the_wave_before_could_be_compared_nothing_is_said_of_the_first():
    rows = several(("ease", 0.2, 0.3), ("trust", 0.1, 0.3))
    assert claims.change_title(scaling_of(*rows, **TREND), EN, SCALE_POINTS) == "No reliable change since w1"


def test_a_reliable_change_is_never_told_as_nothing():
    result = nps_of(change(0.36, 0.01), wave="w2", previous="w1")
    assert nps_title(result) == "NPS: +0.4 points since w1"
    assert nps_title(result, language("ru")) == "NPS: +0,4 пункта с волны w1"
    rows = several(("ease", 0.004, 0.01), ("trust", -0.3, 0.01))
    said = claims.change_title(scaling_of(*rows, wave="w2", previous="w1"), EN, SCALE_POINTS)
    assert said == "Since w1: “Trust” −0.30, “Ease” +0.004"
    (above,) = claims.group_sentences(scaling_of(against("north", 0.0041, 0.001)), EN, SCALE_POINTS)
    assert above.startswith("north lies 0.004 points above the rest on “Ease”")


def test_a_change_between_earlier_waves_is_no_news():
    earlier, latest = {**change(12, 0.001), "wave": "w1"}, change(1, 0.8)
    result = nps_of(earlier, latest, wave="w2", previous="w1")
    assert nps_title(result) == "No reliable change since w1"


def test_groups_that_differ_are_named_once_the_largest_first():
    result = scaling_of(
        against("north", 0.3, 0.01), against("south", -0.8, 0.001), against("east", 0.1, 0.4),
        against("north", 0.4, 0.01, "trust"),
    )  # fmt: skip
    assert claims.group_title(result, EN) == "Differs reliably from the rest: south, north"


@pytest.mark.parametrize(
    ("lang", "title"),
    [
        ("en", "Differs reliably from the rest: e, d, c and 2 more"),
        ("ru", "Статистически значимые отличия от остальных: e, d, c и ещё 2"),
        ("uz", "Qolganlardan ishonchli farq qiladi: e, d, c va yana 2 ta"),
        ("uz_Cyrl", "Қолганлардан ишончли фарқ қилади: e, d, c ва яна 2 та"),
    ],
)
def test_of_many_groups_three_are_named_and_the_others_counted(lang, title):
    rows = [against(name, 0.1 * k, 0.01) for k, name in enumerate("abcde", 1)]
    assert claims.group_title(scaling_of(*rows, against("f", 0.9, 0.3)), language(lang)) == title


@pytest.mark.parametrize(
    ("lang", "above", "below"),
    [
        ("en", "north lies 0.80 points above the rest on “Ease” (p = 0.010).",
         "south lies 0.30 points below the rest on “Trust” (p = 0.020)."),
        ("ru", "north: «Ease» — на 0,80 балла выше, чем у остальных (p = 0,010).",
         "south: «Trust» — на 0,30 балла ниже, чем у остальных (p = 0,020)."),
        ("uz", "north: “Ease” boʻyicha qolganlardan 0,80 ball yuqori (p = 0,010).",
         "south: “Trust” boʻyicha qolganlardan 0,30 ball past (p = 0,020)."),
        ("uz_Cyrl", "north: «Ease» бўйича қолганлардан 0,80 балл юқори (p = 0,010).",
         "south: «Trust» бўйича қолганлардан 0,30 балл паст (p = 0,020)."),
    ],
)  # fmt: skip
def test_groups_are_told_with_direction_size_and_the_p_of_the_page(lang, above, below):
    result = scaling_of(
        against("south", -0.3, 0.02, "trust"), against("north", 0.8, 0.01), against("east", 0.9, 0.051),
        against("west", 0.9, None),
    )  # fmt: skip
    told = claims.group_sentences(result, language(lang), SCALE_POINTS)
    assert [text.replace("\u00a0", " ") for text in told] == [above, below]


def test_prose_tells_of_five_groups_at_most():
    rows = [against(name, 0.1 * k, 0.01) for k, name in enumerate("abcdefg", 1)]
    told = claims.group_sentences(scaling_of(*rows), EN, SCALE_POINTS)
    assert [text[0] for text in told] == [*"gfedc"]


def test_no_group_is_named_when_none_differs():
    assert (
        claims.group_title(scaling_of(against("north", 0.9, 0.051)), EN) == "No group differs reliably from the rest"
    )


def test_a_comparison_that_could_not_be_tested_is_not_counted():
    result = scaling_of(against("north", 0.9, None))
    assert rows.looked_at(result, "vs_rest") == []
    assert rows.claimed(result, "vs_rest") == []


def test_the_spread_names_the_lowest_score_of_the_scale():
    rows = [
        {"item": "r", "term": "promoters", "n": 50, "base": "ok", "estimate": 0.4},
        {"item": "r", "term": "detractors", "n": 50, "base": "ok", "estimate": 0.25},
    ]
    assert nps_prose.spread_title(nps_of(*rows), EN) == "40% answer 9 or 10, 25% answer 0 to 6"


@pytest.mark.parametrize(
    ("lang", "title", "sentence"),
    [
        ("en", "Since w1: “G” +0.70, “F” +0.60, “E” +0.50 and 4 more",
         "Since w1: “G” +0.70, “F” +0.60, “E” +0.50, “D” +0.40, “C” +0.30 and 2 more."),
        ("ru", "По сравнению с волной w1: «G» +0,70, «F» +0,60, «E» +0,50 и ещё 4",
         "По сравнению с волной w1: «G» +0,70, «F» +0,60, «E» +0,50, «D» +0,40, «C» +0,30 и ещё 2."),
        ("uz", "w1 soʻrov bosqichiga nisbatan: “G” +0,70, “F” +0,60, “E” +0,50 va yana 4 ta",
         "w1 soʻrov bosqichiga nisbatan: “G” +0,70, “F” +0,60, “E” +0,50, “D” +0,40, “C” +0,30 va yana 2 ta."),
        ("uz_Cyrl", "w1 сўров босқичига нисбатан: «G» +0,70, «F» +0,60, «E» +0,50 ва яна 4 та",
         "w1 сўров босқичига нисбатан: «G» +0,70, «F» +0,60, «E» +0,50, «D» +0,40, «C» +0,30 ва яна 2 та."),
    ],
)  # fmt: skip
def test_of_many_items_a_title_names_three_and_prose_five(lang, title, sentence):
    rows = several(*((name, 0.1 * k, 0.01) for k, name in enumerate("abcdefg", 1)), ("h", 0.9, 0.051))
    result = scaling_of(*rows, wave="w2", previous="w1")
    assert claims.change_title(result, language(lang), SCALE_POINTS) == title
    assert claims.change_sentences(result, language(lang), SCALE_POINTS) == [sentence]


def test_five_items_are_named_without_counting_any():
    rows = several(*((name, 0.1 * k, 0.01) for k, name in enumerate("abcde", 1)))
    (said,) = claims.change_sentences(scaling_of(*rows, wave="w2", previous="w1"), EN, SCALE_POINTS)
    assert said == "Since w1: “E” +0.50, “D” +0.40, “C” +0.30, “B” +0.20, “A” +0.10."


def test_a_direction_character_in_a_group_name_stays_out_of_the_title():
    title = claims.group_title(scaling_of(against("no\u202erth", 0.9, 0.01)), EN)
    assert "\u202e" not in title
    assert "no\ufffdrth" in title


MOVED = {"vs_first": 7.25, "vs_previous": -2.25}


@pytest.mark.parametrize(
    ("made", "lang", "said"),
    [
        (("vs_first", "vs_previous"), "en", "+7 since w0"),
        (("vs_previous",), "en", "−2 since w1"),
        ((), "en", ""),
        (("vs_first",), "ru", "+7 с волны w0"),
        (("vs_first",), "uz", "w0 soʻrov bosqichiga nisbatan +7"),
        (("vs_first",), "uz_Cyrl", "w0 сўров босқичига нисбатан +7"),
    ],
)
def test_a_key_figure_says_the_longest_change_that_is_claimed(made, lang, said):
    rows = [change(size, 0.01 if kind in made else 0.2, term=f"nps_{kind}") for kind, size in MOVED.items()]
    result = nps_of(*rows, wave="w2", previous="w1", first="w0")
    assert moved(language(lang), result, "r", POINTS) == said
    assert moved(language(lang), result, "another", POINTS) == ""


@pytest.mark.parametrize(
    ("lang", "said"),
    [("en", "mean +0.50 since w1"), ("ru", "среднее +0,50 с волны w1"),
     ("uz", "w1 soʻrov bosqichiga nisbatan oʻrtacha +0,50"), ("uz_Cyrl", "w1 сўров босқичига нисбатан ўртача +0,50")],
)  # fmt: skip
def test_a_change_of_the_mean_beside_an_index_says_that_it_is_one(lang, said):
    result = scaling_of(change(0.5, 0.01, "ease", "mean_vs_previous"), wave="w2", previous="w1")
    assert moved(language(lang), result, "ease", SCALE_POINTS, "mean {change} since {wave}") == said
