"""What a path model says: links in points, what to improve, groups and waves, and how far the numbers carry."""

import re
from dataclasses import replace

import pytest

from cxkit.measure.claims import Claim, settle
from cxkit.methods.acsi_regression.caveats import CAVEATS
from cxkit.methods.acsi_regression.prose import drivers, path_title, results_of, strongest
from cxkit.show.language import LANGUAGES, language
from tests.methods.acsi_regression.path_result import (
    AFTER,
    IMPACT,
    changed,
    claimed,
    made,
    renamed,
    row,
    rows_of_groups,
    rows_of_waves,
    told,
    without,
)

UNDEFINED = re.compile(r"\b(nan|NaN|None|inf|Infinity)\b")
NAN = float("nan")


def said(result, begin, lang="en"):
    return [text for text in told(result, lang) if text.startswith(begin)]


def test_the_headline_is_the_index_when_no_driver_is_clearly_ahead():
    # quality from 0.40, value up to 0.41
    assert told(made(), tag="h2") == ["“Satisfaction” reaches 71.2 of 100 points"]


@pytest.mark.parametrize(
    ("lang", "headline"),
    [
        ("en", "“Satisfaction” reaches 71.2 of 100 points; what matters most for it is “Quality”"),
        ("ru", "«Удовлетворённость»: 71,2 из 100 баллов; важнее всего «Качество»"),
        ("uz", "“Qoniqish”: 100 balldan 71,2; eng muhimi — “Sifat”"),
        ("uz_Cyrl", "«Қониқиш»: 100 баллдан 71,2; энг муҳими — «Сифат»"),
    ],
)
def test_the_headline_names_the_driver_whose_interval_lies_above_all_others(lang, headline):
    result = changed(made(), "quality", "impact", low=0.42)
    assert told(result, lang, "h2") == [headline]
    assert path_title(result, language(lang)) == headline


def test_the_key_figures_are_the_target_the_last_construct_and_what_is_explained():
    assert told(made(), tag="dt") == [
        "Satisfaction, 0–100", "Loyalty, 0–100", "“Satisfaction”: explained share", "Respondents",
    ]  # fmt: skip
    assert told(made(), tag="dd") == ["71.2 / 69.2 to 73.2", "66.0 / 64.0 to 68.0", "76%", "200"]


def test_the_reading_is_short_and_in_order():
    result = made(*rows_of_groups(wave="w3"), *rows_of_waves(), wave="w3", groups=2)
    begins = ["The drivers explain", "Five points more of “Quality”", "Five points more of “Value”", "Improve first",
              "Five points more of “Satisfaction” go with 3.5 points more of “Loyalty”",
              "Five points more of “Satisfaction” go with 1.2 points less of “Complaints”", "No reliable link",
              "On “Satisfaction”", "“Satisfaction”: +3.2 since w1"]  # fmt: skip
    read = told(result)
    assert len(read) == len(begins)
    assert all(text.startswith(begin) for text, begin in zip(read, begins, strict=True))


def test_a_link_is_told_for_five_points_with_its_interval():
    # five times 0.52 (0.40 to 0.64) and 0.30 (0.20 to 0.41)
    assert said(made(), "Five points more of “Q") == [
        "Five points more of “Quality” go with 2.6 points more of “Satisfaction” (2.0 to 3.2)."
    ]
    assert said(made(), "Five points more of “V") == [
        "Five points more of “Value” go with 1.5 points more of “Satisfaction” (1.0 to 2.0)."
    ]


@pytest.mark.parametrize(
    ("lang", "more", "less"),
    [
        ("ru", "Если индекс «Качество» выше на 5 баллов, индекс «Удовлетворённость» в среднем выше на 2,6 балла "
               "(от 2,0 до 3,2).",
         "Если индекс «Удовлетворённость» выше на 5 баллов, индекс «Жалобы» в среднем ниже на 1,2 балла "
         "(от 0,6 до 1,8)."),
        ("uz", "“Sifat” indeksi 5 ball yuqori boʻlsa, “Qoniqish” indeksi oʻrtacha 2,6 ball yuqori boʻladi "
               "(2,0 dan 3,2 gacha).",
         "“Qoniqish” indeksi 5 ball yuqori boʻlsa, “Shikoyatlar” indeksi oʻrtacha 1,2 ball past boʻladi "
         "(0,6 dan 1,8 gacha)."),
    ],
)  # fmt: skip
def test_a_link_is_told_in_the_language(lang, more, less):
    read = told(made(), lang)
    assert more in read
    assert less in read


def test_more_of_the_one_can_go_with_less_of_the_other():
    # five times -0.24 (-0.36 to -0.12): the interval of the loss, its smaller end first
    assert said(made(), "Five points more of “Satisfaction”")[1] == (
        "Five points more of “Satisfaction” go with 1.2 points less of “Complaints” (0.6 to 1.8)."
    )
    price = changed(made(), "value", "impact", estimate=-0.3, low=-0.41, high=-0.2)
    assert "Five points more of “Value” go with 1.5 points less of “Satisfaction” (1.0 to 2.0)." in told(price)
    assert not [text for text in told(price) if text.startswith("Improve first “Value”")]


def test_the_three_strongest_drivers_are_told_where_all_links_are_sure():
    result = changed(made(row("image", "impact", 0.05, 0.01, 0.09)), "expectations", "impact", low=0.01)
    assert [re.findall("“(.*?)”", text)[0] for text in said(result, "Five points more")[:3]] == [
        "Quality", "Value", "Expectations",
    ]  # fmt: skip
    assert len(said(result, "Five points more")) == 5
    assert not said(result, "No reliable link")


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("en", "No reliable link with “Satisfaction” shows for: “Expectations”, “Complaints”."),
        ("ru", "Статистически значимой связи с индексом «Удовлетворённость» не обнаружено: «Ожидания», «Жалобы»."),
    ],
)
def test_links_whose_interval_holds_zero_are_not_told_as_links(lang, sentence):
    result = changed(made(), "satisfaction -> complaints", "total_points", high=0.01)
    assert sentence in told(result, lang)
    assert not [text for text in told(result) if "less of “Complaints”" in text]


def test_an_effect_without_interval_is_neither_sure_nor_denied():
    result = made()
    for name in IMPACT:
        result = changed(result, name, "impact", low=NAN, high=NAN)
    for name in AFTER:
        result = changed(result, f"satisfaction -> {name}", "total_points", low=NAN, high=NAN)
    assert not said(result, "Five points more")
    assert not said(result, "No reliable link")
    assert not said(result, "Improve first")


def test_a_small_but_sure_link_is_never_told_as_nothing():
    result = changed(made(), "value", "impact", estimate=0.008, low=0.004, high=0.012)
    assert "Five points more of “Value” go with 0.04 points more of “Satisfaction” (0.02 to 0.06)." in told(result)


def test_effects_along_all_routes_are_told_where_known_and_direct_ones_else():
    result = changed(made(), "satisfaction -> loyalty", "path_points", estimate=0.1, low=0.05, high=0.15)
    assert results_of(result)["loyalty"]["estimate"] == 0.7
    assert results_of(without(result, "total_points"))["loyalty"]["estimate"] == 0.1
    assert set(results_of(made())) == {"complaints", "loyalty"}


def test_drivers_come_by_the_size_of_their_impact():
    assert strongest(drivers(made())) == ["quality", "value", "expectations"]
    assert strongest(drivers(changed(made(), "expectations", "impact", estimate=-0.9))) == [
        "expectations", "quality", "value",
    ]  # fmt: skip


def test_improving_begins_where_impact_and_room_together_are_largest():
    # quality 0.52 * (100 - 80) = 10.4; value 0.30 * (100 - 60) = 12.0
    sentence = (
        "Improve first “{}”: its index is {} of 100, and given the strength of its link with “Satisfaction” "
        "it leaves the most points to gain."
    )
    assert said(made(), "Improve first") == [sentence.format("Value", "60.0")]
    assert said(changed(made(), "quality", "index", estimate=76.0), "Improve first") == [
        sentence.format("Quality", "76.0")
    ]


def test_nothing_is_improved_first_where_it_cannot_be_told():
    assert not said(claimed(made(), first=0.2), "Improve first")


def test_the_strongest_driver_is_named_only_when_it_is_claimed():
    begin = "The drivers explain 76% of the differences in “Satisfaction”"
    assert said(made(), "The drivers") == [f"{begin}; which of them is the strongest is open."]
    apart = changed(made(), "quality", "impact", low=0.42)
    assert said(apart, "The drivers") == [f"{begin}; “Quality” is the strongest."]


@pytest.mark.parametrize(
    ("lang", "open_", "first"),
    [
        ("ru", "; какой из них сильнее всего, неясно.", "; сильнее всего «Качество»."),
        ("uz", "; qaysi biri eng kuchli ekani noaniq.", "; eng kuchlisi — “Sifat”."),
        ("uz_Cyrl", "; қайси бири энг кучли экани ноаниқ.", "; энг кучлиси — «Сифат»."),
    ],
)
def test_the_strongest_driver_is_named_in_the_language(lang, open_, first):
    assert told(made(), lang)[0].endswith(open_)
    assert told(changed(made(), "quality", "impact", low=0.42), lang)[0].endswith(first)


def test_a_driver_that_shares_the_lead_with_one_other_is_not_the_strongest():
    # quality is claimed above expectations only, value is claimed above nothing
    found = changed(changed(made(), "quality", "impact", low=0.42), "value", "impact", estimate=0.5, high=0.6)
    assert said(found, "The drivers")[0].endswith("; which of them is the strongest is open.")
    assert "what matters most" not in told(found, tag="h2")[0]


def test_the_headline_says_what_matters_most_only_when_it_is_claimed():
    sure = changed(made(), "quality", "impact", low=0.42)
    assert told(sure, tag="h2") == [
        "“Satisfaction” reaches 71.2 of 100 points; what matters most for it is “Quality”"
    ]
    open_ = replace(sure, claims=sure.claims.assign(made=False))
    assert told(open_, tag="h2") == ["“Satisfaction” reaches 71.2 of 100 points"]


def test_where_nothing_is_claimed_the_reading_ranks_links_and_recommends_nothing():
    found = made(*rows_of_groups(wave="w3"), *rows_of_waves(), wave="w3", groups=2)
    open_ = replace(found, claims=found.claims.assign(made=False))
    assert told(open_) == [
        "The drivers explain 76% of the differences in “Satisfaction”; which of them is the strongest is open.",
        "No reliable link with “Satisfaction” shows for: “Expectations”, “Quality”, “Value”, “Complaints”, "
        "“Loyalty”.",
        "On “Satisfaction”, no group differs reliably from the rest; a small difference may still exist.",
        "No reliable change since w1.",
    ]  # fmt: skip


def test_what_has_no_reliable_link_is_not_improved_first():
    # value has most to gain (0.30 * 40 against 0.52 * 20), but its link may be none
    assert said(made(), "Improve first “Value”")
    loose = changed(made(), "value", "impact", low=-0.1)
    assert not said(loose, "Improve first")


def test_the_share_explained_is_that_of_the_row_in_the_language():
    assert "Факторы объясняют 76\u00a0% различий" in told(made(), "ru")[0]
    assert "farqlarning 76% qismini" in told(made(), "uz")[0]


@pytest.mark.parametrize(
    ("p", "sentence"),
    [
        ((0.001, 0.001), "On “Satisfaction”, “Ж” lies reliably above the rest (76.0 of 100), “Я” below (66.5)."),
        ((0.001, 0.2), "On “Satisfaction”, “Ж” lies reliably above the rest (76.0 of 100)."),
        ((0.2, 0.001), "On “Satisfaction”, “Я” lies reliably below the rest (66.5 of 100)."),
        (
            (0.2, 0.2),
            "On “Satisfaction”, no group differs reliably from the rest; a small difference may still exist.",
        ),
    ],
)
def test_groups_are_told_when_they_differ_reliably(p, sentence):
    assert told(made(*rows_of_groups(*p), groups=2))[-1] == sentence


def test_the_best_and_the_worst_are_those_that_differ_reliably():
    far = {"group": "few", "n": 12}
    rows = [row("satisfaction", "index", 90.0, 70, 100, **far)]
    rows += [row("satisfaction", "index_vs_rest", 19.0, n_other=188, p=0.2, p_adjusted=0.2, **far)]
    assert "few" not in told(made(*rows_of_groups(), *rows, groups=3))[-1]


def test_without_groups_and_waves_neither_is_mentioned():
    assert not [text for text in told(made()) if "rest" in text or "since" in text]


def test_paths_and_other_constructs_that_differ_between_groups_are_left_to_the_tables():
    sure = changed(
        made(*rows_of_groups(), groups=2), "quality -> satisfaction", "path_vs_rest", p=0.001, p_adjusted=0.001
    )
    assert not [text for text in told(sure) if "→" in text]
    assert len([text for text in told(sure) if "rest" in text]) == 1


@pytest.mark.parametrize(
    ("p", "lang", "sentence"),
    [
        (0.01, "en", "“Satisfaction”: +3.2 since w1, +1.6 of it since w2."),
        (0.2, "en", "No reliable change since w1."),
        (0.01, "ru", "«Удовлетворённость»: +3,2 с волны w1, из них +1,6 с волны w2."),
        (0.01, "uz", "“Qoniqish”: w1 soʻrov bosqichiga nisbatan +3,2, shundan w2 bosqichiga nisbatan +1,6."),
        (0.2, "ru", "Статистически значимых изменений с волны w1 нет."),
    ],
)
def test_the_change_is_told_in_points_of_the_index(p, lang, sentence):
    assert told(made(*rows_of_waves(p=p), wave="w3"), lang)[-1].replace("\u00a0", " ") == sentence


def test_a_report_on_too_few_says_only_that():
    result = made()
    table = result.tidy.assign(base="hidden", estimate=NAN, low=NAN, high=NAN)
    result = replace(result, tidy=table)
    assert told(result, tag="h2") == ["Too few answers to report"]
    assert told(result) == ["Numbers are shown from 10 answers on; fewer say too little."]


def test_a_hidden_target_says_so_even_beside_an_economy_of_more():
    result = made(row("nation", "economy_index", 70.0, 69, 71))
    here = result.tidy["item"] != "nation"
    table = result.tidy.copy()
    table.loc[here, ["estimate", "low", "high"]] = NAN
    table.loc[here, "base"] = "hidden"
    result = replace(result, tidy=table)
    assert told(result, tag="h2") == ["Too few answers to report"]
    assert told(result) == ["Numbers are shown from 10 answers on; fewer say too little."]


def test_good_measurement_is_told_and_bad_is_not():
    sentence = "The questions measure their constructs reliably."
    assert sentence in told(made(), tag="li")
    for term, low in (("alpha", 0.69), ("rho_c", 0.69), ("ave", 0.49)):
        assert sentence not in told(changed(made(), "value", term, estimate=low), tag="li")
    assert sentence not in told(without(made(), "alpha", "rho_c", "ave"), tag="li")


def test_who_foresees_better_is_told_only_where_it_is_claimed():
    better = "The model foresees answers on “Satisfaction” reliably better than plain regression."
    worse = "Plain regression on single questions foresees answers on “Satisfaction” reliably better than the model."
    for gain, p, expected in ((0.2, 0.001, better), (-0.2, 0.001, worse), (0.2, 0.2, ""), (-0.2, 0.2, "")):
        result = replace(made(), claims=settle([Claim("foresees", "satisfaction", gain, p)], 0.95))
        assert [line for line in told(result, tag="li") if "foresees" in line] == [expected] * bool(expected)
    # rmse of s1 and s3 is smaller than that of regression, which alone proves nothing
    assert "foresees" not in " ".join(told(made(), tag="li"))


CODES = {
    "paths_associative": {}, "constructs_left_out": {"item": "value"}, "not_converged": {},
    "negative_weight": {"item": "q1", "construct": "quality"}, "plsc_inadmissible": {},
    "weak_measurement": {"construct": "value", "rho_c": 0.66, "ave": 0.45},
    "htmt": {"item": "quality ~ value", "value": 0.934}, "rho_low": {"construct": "value", "rho_a": 0.5},
    "collinear": {"construct": "quality"}, "regression_curved": {"construct": "satisfaction"},
    "not_invariant": {"group": "Ж", "item": "quality"}, "few_rows": {"group": "Я", "n": 17, "least": 31},
    "group_constant": {"group": "Я", "item": "c1"}, "group_no_answers": {"group": "Я", "item": "c1"},
    "items_repeat": {"group": "Я", "construct": "quality"}, "constructs_repeat": {"group": "Я", "construct": "value"},
    "pairs_contradict": {"group": "Я"}, "rest_without_model": {"group": "Я"}, "economy_grew": {"item": "Я"},
    "pairwise": {"n": 1234},
    "mean_replaced": {"n": 12}, "resamples_dropped": {"n": 3}, "index_withheld": {"construct": "value"},
    "index_withheld_in": {"group": "Я", "construct": "value"}, "key_error_in": {"group": "Я", "item": "q1"},
    "construct_against": {"construct": "value", "r": -0.42},
}  # fmt: skip


def test_every_caveat_is_tried_here():
    assert set(CODES) == set(CAVEATS)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_caveat_is_said_in_the_language_with_names_and_numbers(lang):
    result = made(notes=CODES.items())
    found, english = told(result, lang, "li"), told(result, tag="li")
    assert found[len(CODES) :] == told(made(), lang, "li")
    words = language(lang)
    for (code, numbers), one, other in zip(CODES.items(), found, english, strict=False):
        assert "{" not in one, code
        assert (one == other) is (lang == "en"), code
        for key, value in numbers.items():
            if key in ("item", "construct", "group"):
                for name in value.split(" ~ "):
                    assert words.text("“{name}”", name=words.label(result, name)) in one, code
            elif key in ("n", "least"):
                assert words.number(value) in one, code


@pytest.mark.parametrize("lang", ["ru", "uz_Cyrl"])
def test_no_caveat_is_left_in_english(lang):
    notes = [(code, {**numbers, **({"item": "value"} if numbers.get("item") in ("q1", "c1") else {})})
             for code, numbers in CODES.items()]  # fmt: skip
    result = made(*rows_of_groups(wave="w3"), *rows_of_waves(), wave="w3", groups=2, notes=notes, tests=4)
    text = " ".join(one for tag in ("h2", "dt", "dd", "p", "li", "h3") for one in told(result, lang, tag))
    signs, setting = {"HTMT", "p", "r", "w"}, {"reversed", "true"}  # a setting is written alike in every language
    assert set(re.findall(r"[A-Za-z]+", text)) <= signs | setting


def test_constructs_that_cannot_be_told_apart_are_named_with_their_ratio():
    (one, *_) = told(made(notes=[("htmt", {"item": "quality ~ value", "value": 0.934})]), tag="li")
    assert one.replace("\u00a0", " ") == (
        "“Quality” and “Value” can hardly be told apart by these questions (HTMT = 0.93)."
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_undefined_number_is_said(lang):
    result = made(*rows_of_groups(wave="w3"), *rows_of_waves(), wave="w3", groups=2)
    table = result.tidy.assign(low=NAN, high=NAN, detectable=NAN)
    for found in (result, replace(result, tidy=table), without(result, "r2", "impact", "change_previous")):
        html = found.prose(lang).html
        assert not UNDEFINED.search(html)
        assert "{" not in html


def test_names_from_data_are_never_markup():
    nasty = "<script>alert(1)</script> $x$ \u202e"
    rows = [{**one, "group": nasty if one.get("group") == "Ж" else one.get("group")} for one in rows_of_groups()]
    result = renamed(made(*rows, groups=2, notes=[("pairs_contradict", {"group": nasty})]), "quality", nasty)
    html = result.prose().html
    assert "<script" not in html
    assert "\u202e" not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt; $x$ \ufffd") >= 3


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_group_too_small_to_be_shown_does_not_say_how_small(lang):
    few = ("few_rows", {"group": "Я", "n": 7, "least": 31})
    said = told(made(notes=[few]), lang, "li")[0]
    assert "31" in said
    assert "< 10" in said
    assert "7" not in said
