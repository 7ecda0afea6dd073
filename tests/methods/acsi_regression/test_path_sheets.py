"""Tables of a path model: which numbers stand where, in which unit, and what is said under them."""

import re
from html import unescape

import pytest

from cxkit.methods.acsi_regression.tables import UNITS
from cxkit.show.language import LANGUAGES, language
from cxkit.show.units import unit_of
from tests.methods.acsi_regression.path_result import (
    IMPACT,
    INDEX,
    changed,
    made,
    renamed,
    row,
    rows_of_groups,
    rows_of_waves,
    tables,
    without,
)

UNDEFINED = re.compile(r"\b(nan|NaN|None|inf|Infinity)\b")
SYMBOLS = {"R", "f", "VIF", "AVE", "HTMT", "A", "C", "Q", "p", "w"}  # letters of symbols, of items and of waves


def shown(words, term, value):
    return unit_of(term, UNITS).show(words, value, difference="_vs_" in term)


def sheet(result, begin, lang="en"):
    (found,) = [rows for caption, rows in tables(result, lang).items() if caption.startswith(begin)]
    return found


def line(rows, name):
    (found,) = [row for row in rows[1:] if row[0] == name]
    return found


def test_the_tables_of_all_respondents_stand_in_order():
    assert list(tables(made())) == [
        "Index of each construct",
        "Paths",
        "Direct, indirect and total effects, in points",
        "Do the questions measure the constructs?",
        "Are the constructs different things?",
        "Each question in its construct",
        "How well the model foresees answers, in points of their scale",
        "Checks of the plain regression",
    ]


def test_each_construct_has_its_index_beside_the_plain_mean_its_impact_and_what_is_explained():
    rows = sheet(made(), "Index of each construct")
    assert rows[0] == [
        "Construct", "Answers", "0–100", "Plain mean of the questions", "Impact on “Satisfaction” / points per point",
        "Explained share / R²",
    ]  # fmt: skip
    assert [row[0] for row in rows[1:]] == [name.title() for name in INDEX]
    assert line(rows, "Quality") == [
        "Quality", "200", "80.0 / 78.0 to 82.0", "79.0 / 77.0 to 81.0", "0.52 / 0.40 to 0.64", "–",
    ]  # fmt: skip
    assert line(rows, "Satisfaction")[4:] == ["–", "0.76 / 0.70 to 0.82"]


def test_the_target_of_a_path_model_is_no_level_to_be_reached():
    assert "target" not in made().table().html


def test_a_path_stands_in_three_units_side_by_side():
    rows = sheet(made(), "Paths")
    assert rows[0] == [
        "Path", "Answers", "Path coefficient / standardised", "Path model / points per point",
        "Plain regression / points per point", "Effect size / f²", "VIF",
    ]  # fmt: skip
    assert line(rows, "Quality → Satisfaction")[2:] == [
        "0.46 / 0.35 to 0.55", "0.52 / 0.40 to 0.64", "0.41 / 0.30 to 0.50", "0.12", "1.8",
    ]  # fmt: skip
    assert len(rows) == 10


def test_paths_without_measurement_error_have_a_column_when_there_are_any():
    rows = sheet(made(row("quality -> satisfaction", "consistent", 0.613)), "Paths")
    assert rows[0][-1] == "Path coefficient without measurement error"
    assert line(rows, "Quality → Satisfaction")[-1] == "0.61"
    assert line(rows, "Value → Satisfaction")[-1] == "–"


def test_effects_are_direct_indirect_and_total():
    rows = sheet(made(row("quality -> loyalty", "total_points", 0.36, 0.2, 0.5)), "Direct, indirect")
    unit = " / points per point"
    assert rows[0][2:] == ["Direct" + unit, "Indirect" + unit, "Total" + unit, "Total by regression" + unit]
    assert line(rows, "Expectations → Satisfaction")[2:] == [
        "0.10 / −0.02 to 0.21", "0.05 / 0.01 to 0.09", "0.10 / −0.02 to 0.21", "0.10 / −0.02 to 0.21",
    ]  # fmt: skip
    assert line(rows, "Quality → Loyalty")[2:] == ["–", "–", "0.36 / 0.20 to 0.50", "–"]


def test_measures_of_the_questions_and_dashes_for_a_single_one():
    rows = sheet(made(), "Do the questions")
    assert rows[0][2:] == [
        "Cronbach’s alpha",
        "Reliability / ρ_A",
        "Reliability / ρ_C",
        "Average variance extracted / AVE",
    ]
    assert [row[0] for row in rows[1:]] == [name.title() for name in INDEX]
    assert line(rows, "Quality") == ["Quality", "200", "0.82", "0.84", "0.88", "0.70"]
    assert line(rows, "Complaints") == ["Complaints", "–", "–", "–", "–", "–"]


def test_a_model_of_single_questions_has_no_table_of_measures():
    result = without(made(), "alpha", "rho_a", "rho_c", "ave")
    assert not [caption for caption in tables(result) if caption.startswith("Do the questions")]


@pytest.mark.parametrize(
    ("term", "low", "remark"),
    [("alpha", 0.69, "below 0.70"), ("rho_c", 0.69, "below 0.70"), ("ave", 0.49, "below 0.50")],
)
def test_what_is_measured_too_loosely_is_told_in_words(term, low, remark):
    place = {"alpha": 2, "rho_c": 4, "ave": 5}[term]
    rows = sheet(changed(made(), "value", term, estimate=low), "Do the questions")
    assert line(rows, "Value")[place] == f"{low:.2f} / too low: {remark}"
    assert "too low" not in " ".join(line(rows, "Quality"))
    limit = float(remark[-4:])
    assert (
        line(sheet(changed(made(), "value", term, estimate=limit), "Do the questions"), "Value")[place]
        == f"{limit:.2f}"
    )


def test_constructs_that_are_too_much_alike_are_told():
    rows = sheet(made(), "Are the constructs")
    assert rows[0] == ["Pair", "Answers", "Ratio of correlations / HTMT"]
    assert line(rows, "Quality – Value")[2] == "0.93 / 0.88 to 0.98 / too much alike: 0.90 or more"
    assert line(rows, "Expectations – Loyalty")[2] == "0.41 / 0.30 to 0.50"


def test_each_question_has_loading_weight_share_and_inflation():
    rows = sheet(made(), "Each question")
    assert rows[0] == ["Item", "Answers", "Loading", "Weight", "Share of the index", "VIF"]
    assert line(rows, "q1")[2:] == ["0.87 / 0.82 to 0.91", "0.41 / 0.35 to 0.47", "33% / 30% to 70%", "1.9"]
    assert line(rows, "c1")[4:] == ["100% / 30% to 70%", "–"]


def test_errors_of_prediction_stand_beside_those_of_plain_regression():
    rows = sheet(made(), "How well")
    assert rows[0][2:] == ["Typical error / path model", "Typical error / plain regression", "Predictive power / Q²"]
    assert [row[0] for row in rows[1:]] == ["s1", "s2", "s3"]
    assert line(rows, "s2")[2:] == ["1.40", "1.35", "0.45"]


def test_checks_of_the_regression_are_p_values():
    rows = sheet(made(), "Checks")
    assert [cell.replace("\u00a0", " ") for cell in rows[1]] == [
        "Satisfaction",
        "200",
        "0.74",
        "p = 0.063",
        "p < 0.001",
    ]


def test_groups_have_both_indices_paths_and_composition():
    result = made(*rows_of_groups())
    index, paths = sheet(result, "Index by group"), sheet(result, "Paths by group")
    assert index[0] == ["Group", "Answers", "0–100", "With the group’s own weights", "Against the rest"]
    assert line(index, "Ж")[2:4] == ["76.0 / 73.0 to 79.0", "76.3 / 73.0 to 79.0"]
    assert line(index, "Ж")[4].replace("\u00a0", " ") == "+4.8 / +1.8 to +7.8 / p = 0.001; visible from 3.2"
    assert line(paths, "Я")[2] == "0.50 / 0.30 to 0.70"
    assert line(paths, "Я")[3].replace("\u00a0", " ") == "+0.11 / −0.10 to +0.30 / p = 0.600"
    composed = sheet(result, "Is each construct composed alike")
    assert [cell.replace("\u00a0", " ") for cell in line(composed, "Ж")[2:]] == ["0.988", "p = 0.012"]


def test_waves_have_changes_in_percent_with_their_sign_and_the_current_one_last():
    rows = sheet(made(*rows_of_waves(), wave="w3"), "Index by wave")
    assert [row[0] for row in rows] == ["Wave", "w1", "w2", "w3"]
    assert rows[0][4:] == ["Change since the wave before", "Change since the first wave"]
    assert rows[1][3:] == ["–", "–", "–"]
    assert rows[3][4:] == ["+2.3% / +0.5% to +4.1%", "+4.8% / +2.0% to +7.5%"]


@pytest.mark.parametrize(
    ("lang", "up", "down"), [("en", "+2.3%", "−0.5%"), ("ru", "+2,3\u00a0%", "−0,5\u00a0%"), ("uz", "+2,3%", "−0,5%")]
)
def test_a_change_is_percent_as_its_language_writes_it(lang, up, down):
    for term in ("change_previous", "change_first", "economy_change", "economy_change_first"):
        assert shown(language(lang), term, 2.34) == up
        assert shown(language(lang), term, -0.46) == down
        assert shown(language(lang), term, 0.04)[0] == "0"


@pytest.mark.parametrize(
    ("term", "told"),
    [("index_share", "33%"), ("index_own", "0.3"),
     ("economy_index", "0.3"), ("total_points", "0.33"), ("item_weight", "0.33"), ("item_vif", "0.3"),
     ("rho_a", "0.33"), ("path_vs_rest", "+0.33"), ("index_vs_rest", "+0.3"), ("composition", "0.333")],
)  # fmt: skip
def test_a_number_stands_in_the_unit_of_its_term(term, told):
    assert shown(language("en"), term, 0.3333) == told


def economy():
    """The whole has three waves; the company, first measured in the second, carries its value into the third."""
    rows = [row("nation", "economy_index", at, at - 1, at + 1, wave=wave, score=0)
            for wave, at in (("w1", 70.0), ("w2", 71.0), ("w3", 71.0))]  # fmt: skip
    rows += [
        row("Orbenta", "economy_index", 64.0, 63, 65, wave=wave, score=age) for wave, age in (("w2", 0), ("w3", 1))
    ]
    rows += [row("Quenvia", "economy_index", 62.0, 61, 63, wave="w3", score=3)]
    return [*rows, row("nation", "economy_change", 1.43, -0.2, 3, wave="w2", score=0)]


def test_the_economy_keeps_what_was_not_measured_and_says_since_when():
    rows = sheet(made(*economy(), wave="w3"), "Index of the whole")
    assert rows[0] == [
        "Part", "Wave", "Answers", "0–100", "Change since the measurement before",
    ]  # fmt: skip
    told = [(row[0], row[1], row[3]) for row in rows[1:]]
    assert told == [
        ("nation", "w1", "70.0 / 69.0 to 71.0"),
        ("nation", "w2", "71.0 / 70.0 to 72.0"),
        ("nation", "w3", "71.0 / 70.0 to 72.0"),
        ("Orbenta", "w2", "64.0 / 63.0 to 65.0"),
        ("Orbenta", "w3", "64.0 / 63.0 to 65.0 / measured 1 wave ago"),
        ("Quenvia", "w3", "62.0 / 61.0 to 63.0 / measured 3 waves ago"),
    ]
    assert rows[2][4] == "+1.4% / −0.2% to +3.0%"


def test_an_economy_of_one_wave_stands_without_waves():
    rows = sheet(made(row("nation", "economy_index", 70.0, 69, 71, score=0)), "Index of the whole")
    assert rows[1:] == [["nation", "200", "70.0 / 69.0 to 71.0"]]


@pytest.mark.parametrize(
    ("lang", "waves"),
    [
        ("ru", ("измерено 1 волну назад", "измерено 3 волны назад")),
        ("uz", ("1 ta soʻrov bosqichi oldin", "3 ta soʻrov bosqichi oldin")),
    ],
)
def test_how_old_a_value_is_stands_in_the_grammar_of_the_language(lang, waves):
    html = made(*economy(), wave="w3").table(lang).html
    assert all(text in html for text in waves)


def test_hidden_and_small_bases_are_hidden_and_starred():
    result = changed(
        made(), "value", "index", estimate=float("nan"), low=float("nan"), high=float("nan"), base="hidden"
    )
    result = changed(result, "quality", "index", base="small")
    rows = sheet(result, "Index of each construct")
    assert line(rows, "Value")[2] == "n < 10"
    assert line(rows, "Quality")[2] == "80.0* / 78.0 to 82.0"


@pytest.mark.parametrize("lang", ["ru", "uz_Cyrl"])
def test_a_cyrillic_table_holds_no_english_word(lang):
    texts = [text for rows in tables(everything(), lang).values() for row in rows for text in row]
    words = set(re.findall(r"[A-Za-z]+", " ".join(texts)))
    assert words <= {*SYMBOLS, "nation", "Orbenta", "Quenvia", *"eqvscl"}


def everything():
    return made(*rows_of_groups(wave="w3"), *rows_of_waves(), *economy(), wave="w3", groups=2)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_table_stands_in_every_language_without_undefined_numbers(lang):
    html = everything().table(lang).html
    assert html.count("<table") == 14
    assert not UNDEFINED.search(html)
    assert "{" not in html
    assert html.count("<th") - html.count("<thead>") == html.count('scope="col"') + html.count('scope="row"')


def test_no_heading_or_caption_is_left_in_english():
    def heads(lang):
        return [text for caption, rows in tables(everything(), lang).items() for text in (caption, *rows[0])]

    same = {"0–100 · w3", "0–100", "VIF"}
    for lang in LANGUAGES[1:]:
        assert not {one for one, other in zip(heads("en"), heads(lang), strict=True) if one == other} - same


def test_names_from_data_are_never_markup():
    html = renamed(made(), "quality", "<script>alert(1)</script> $x$ \u202e").table().html
    assert "<script" not in html
    assert "\u202e" not in html
    assert "<script>alert(1)</script> $x$ \ufffd" in unescape(html)


def test_the_impact_of_each_driver_is_the_total_effect_on_the_target():
    rows = sheet(made(), "Index of each construct")
    for name, (at, _, _) in IMPACT.items():
        assert line(rows, name.title())[4].startswith(f"{at:.2f} / ")
