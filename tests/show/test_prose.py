"""Prose: whole sentences with right numbers, and caveats only where they hold."""

import re
from dataclasses import replace
from functools import cache
from html import unescape

import numpy as np
import pandas as pd
import pytest

import cxkit as cx
from cxkit.show.language import LANGUAGES

UNDEFINED = re.compile(r"\b(nan|NaN|None|inf|Infinity)\b")


def frame(**columns):
    data = pd.DataFrame({name: pd.Series(values) for name, values in columns.items()})
    return data.set_index(pd.RangeIndex(2, len(data) + 2, name="row"))


def say(result, lang="en"):
    return result.prose(lang).html


def parts(html, tag):
    found = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
    return [unescape(re.sub(r"<[^>]+>", "", text.replace("<small>", " / "))) for text in found]


@pytest.fixture(scope="module")
def score():
    """50 promoters, 30 passives and 20 detractors; NPS 30, mean 7.3."""
    return cx.nps(frame(r=[10.0] * 30 + [9.0] * 20 + [8.0] * 10 + [7.0] * 20 + [3.0] * 10 + [0.0] * 10), "r")


@pytest.fixture(scope="module")
def items():
    """Of 40, "a": half give 5, a quarter 3 and a quarter 1; "b" follows it one point lower, but for the lowest."""
    return cx.scaling(
        frame(a=[5.0] * 20 + [3.0] * 10 + [1.0] * 10, b=[4.0] * 20 + [2.0] * 10 + [1.0] * 10),
        ["a", "b"],
        scale=[1, 5],
    )


def test_the_headline_gives_the_score_and_both_sides(score):
    assert parts(say(score), "h2") == ["NPS is 30: 50% promoters, 20% detractors"]
    assert parts(say(score, "ru"), "h2") == ["NPS равен 30: промоутеров 50\u00a0%, критиков 20\u00a0%"]


def test_the_key_figures_stand_with_their_intervals_and_base(score):
    names, values = parts(say(score), "dt"), parts(say(score), "dd")
    assert names == ["NPS", "Promoters", "Detractors", "Answers"]
    assert [value.split(" / ")[0] for value in values] == ["30", "50%", "20%", "100"]
    assert all(re.fullmatch(r"\d+%? to \d+%?", value.split(" / ")[1]) for value in values[:3])
    assert values[3] == "100"


def test_the_reading_gives_passives_and_the_mean_on_its_scale(score):
    assert parts(say(score), "p")[1] == "30% are passive; the mean answer is 7.3 on 0–10."


def test_an_expectation_score_does_not_speak_of_recommending():
    data = frame(r=[10.0] * 20 + [5.0] * 10)
    html = say(cx.nps(data, "r", scale=[1, 10], variant="expectation"))
    assert parts(html, "h2") == ["Better than expected for 67%, worse for 33%: a score of 33"]
    assert "recommend" not in html


def test_the_ends_of_the_ranking_are_read_with_their_boxes_and_mean(items):
    read = parts(say(items), "p")
    # a: (100 + 30 + 10) / 40; b: (80 + 20 + 10) / 40
    assert read[0] == "“a”: 50% give 4–5, 25% give 1–2; the mean is 3.50."
    assert read[1] == "“b”: 50% give 4–5, 50% give 1–2; the mean is 2.75."


def test_one_item_is_read_once():
    html = say(cx.scaling(frame(a=[5.0, 4.0] * 20), ["a"], scale=[1, 5]))
    assert len([text for text in parts(html, "p") if text.startswith("“a”")]) == 1
    assert "All items" not in html


def test_items_may_be_averaged_only_when_they_go_together(items):
    assert "The items go together well enough to be averaged" in say(items)
    apart = cx.scaling(frame(a=[1.0, 1.0, 5.0, 5.0] * 10, b=[1.0, 5.0, 1.0, 5.0] * 10), ["a", "b"], scale=[1, 5])
    assert "The items go together only loosely" in say(apart)
    assert "well enough to be averaged" not in say(apart)


def test_a_group_that_differs_reliably_gets_its_sentence():
    data = frame(r=[10.0] * 50 + [0.0] * 50, g=["up"] * 50 + ["down"] * 50)
    read = parts(say(cx.nps(data, "r", by="g")), "p")
    (up,) = (text for text in read if text.startswith("up "))
    assert up.startswith("up lies 200 points above the rest")
    assert not [text for text in read if text.startswith("down ")]
    assert "(p\u00a0<\u00a00.001)" in up


def test_equal_groups_are_not_set_apart():
    data = frame(r=[10.0, 0.0] * 40, g=["one"] * 40 + ["two"] * 40)
    read = parts(say(cx.nps(data, "r", by="g")), "p")
    assert read[-1] == "No group differs reliably from the rest; a small difference may still exist."


def test_without_groups_and_waves_neither_is_mentioned(score):
    assert len(parts(say(score), "p")) == 2


@pytest.mark.parametrize(
    ("now", "sentence"),
    [
        ([10.0] * 40, "NPS: +100 points since w1."),
        ([0.0] * 40, "NPS: −100 points since w1."),
        ([10.0, 0.0] * 20, "No reliable change since w1."),
    ],
)
def test_a_change_since_the_last_wave_is_said_only_when_reliable(now, sentence):
    data = frame(r=[10.0, 0.0] * 20 + now, w=["w1"] * 40 + ["w2"] * 40)
    assert sentence in parts(say(cx.nps(data, "r", wave="w")), "p")


def test_too_few_answers_give_no_number_but_the_base():
    html = say(cx.nps(frame(r=[10.0] * 6 + [0.0] * 3), "r"))
    assert parts(html, "h2") == ["Too few answers to report"]
    assert parts(html, "p") == ["Numbers are shown from 10 answers on; fewer say too little."]
    assert "<dl>" not in html
    assert "%" not in html


def test_a_hidden_group_is_not_named():
    data = frame(r=[10.0, 0.0] * 40 + [0.0] * 9, g=["one"] * 40 + ["two"] * 40 + ["secret"] * 9)
    html = say(cx.nps(data, "r", by="g"))
    assert "secret" not in html
    assert "Groups with fewer than 10 answers are not shown: 1." in parts(html, "li")


def test_only_groups_are_counted_as_hidden_groups():
    data = frame(r=[10.0] * 4 + [0.0] * 4, g=["one"] * 4 + ["two"] * 4)
    assert "Groups with fewer than 10 answers are not shown: 2." in parts(say(cx.nps(data, "r", by="g")), "li")


@pytest.mark.parametrize(
    ("lang", "missing", "sentence"),
    [
        ("en", 1, "1 respondent gave no answer."),
        ("en", 2, "2 respondents gave no answer."),
        ("ru", 1, "Не ответил 1 респондент."),
        ("ru", 3, "Не ответили 3 респондента."),
        ("ru", 5, "Не ответили 5 респондентов."),
    ],
)
def test_missing_answers_are_counted_in_the_grammar_of_the_language(lang, missing, sentence):
    result = cx.nps(frame(r=[10.0] * 20 + [np.nan] * missing), "r")
    assert sentence in parts(say(result, lang), "li")


def test_each_caveat_stands_where_it_holds():
    data = frame(a=[1.0, 5.0, 2.0, 4.0] * 10, b=[5.0] * 40, w=[0.5, 1.5] * 20, g=["x"] * 20 + ["y"] * 18 + [None] * 2)
    scale = {"a": {"min": 1, "max": 5, "reversed": True}, "b": [1, 5]}
    noted = " ".join(parts(say(cx.scaling(data, ["a", "b"], scale=scale, weight="w", by="g")), "li"))
    assert "“a” was asked the other way round" in noted
    assert "“b” was asked" not in noted
    assert "Where all answers are the same, no interval can be given." in noted
    # Kish's base: 40^2 / (20 * 0.25 + 20 * 2.25) = 32; 40 / 32 = 1.25
    assert "40 answers (as counted) are about as precise as 32 of equal weight would be (design effect 1.25)" in noted
    assert "Respondents whose group is not known: 2." in noted
    assert "Numbers with * rest on fewer than 30 answers" in noted


def test_no_caveat_stands_where_none_holds(score):
    assert re.findall("<li>(.*?)</li>", say(score)) == ["Intervals hold with 95% confidence."]


@pytest.mark.parametrize(("n", "sentence"), [(21, "21 ответ (без"), (22, "22 ответа (без"), (25, "25 ответов (без")])
def test_the_weighted_base_stands_beside_the_counted_one(n, sentence):
    # weights 1 and 3: effective base of n answers, all but one of weight 1, by Kish (n + 2)^2 / (n + 8)
    result = cx.nps(frame(r=[10.0, *[5.0] * (n - 1)], w=[3.0, *[1.0] * (n - 1)]), "r", weight="w")
    html = say(result, "ru")
    (told,) = (text for text in parts(html, "li") if "взвешены" in text)
    assert sentence in told
    kish = (n + 2) ** 2 / (n + 8)
    assert f"что и {kish:.0f} с равными весами (дизайн-эффект: {n / kish:.2f})".replace(".", ",", 1) in told
    assert f"{n} / без учёта весов" in parts(html, "dd")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_report_on_too_few_does_not_say_how_few(lang):
    result = cx.nps(frame(r=[10.0] * 4 + [0.0] * 3, w=[1.0, 2.0] * 3 + [1.0]), "r", weight="w")
    assert not re.search(r"\b7\b", re.sub(r"<[^>]+>", " ", say(result, lang)))


def test_names_that_the_charts_cannot_draw_are_told():
    data = frame(r=[10.0, 4.0] * 40, g=["北京"] * 40 + ["Toshkent"] * 40, w=["1", "2"] * 40)
    scale = {"min": 0, "max": 10, "text": {"en": "हिन्दी"}}
    result = cx.nps(data, "r", scale=scale, by="g", wave="w")
    (told,) = (text for text in parts(say(result), "li") if "charts" in text)
    assert told.endswith("the tables have them right: “हिन्दी”, “北京”.")
    assert "北京" in result.figure().alt
    assert "北京" in result.table().html


def test_of_many_names_that_the_charts_cannot_draw_five_are_told():
    data = frame(r=[10.0, 4.0] * 60, g=[f"店{k % 6}" for k in range(120)])
    (told,) = (text for text in parts(say(cx.nps(data, "r", by="g")), "li") if "charts" in text)
    assert told.count("店") == 5
    assert told.endswith("” ….")


def test_names_that_the_charts_can_draw_are_not_told():
    data = frame(r=[10.0, 4.0] * 40, g=["Ўзбекистон"] * 40 + ["Oʻrta"] * 40)
    assert "charts" not in say(cx.nps(data, "r", by="g"))


def test_a_gap_of_one_point_is_one_point():
    # of 20,000 each, 101 promoters more in a hundred of hundreds: NPS 1 above the rest, reliably
    high, low = [10.0] * 10100 + [0.0] * 9900, [10.0] * 10000 + [0.0] * 10000
    result = cx.nps(frame(r=high + low, g=["up"] * 20000 + ["down"] * 20000), "r", by="g")
    result = replace(result, claims=result.claims.assign(p_page=0.001, made=True))
    read = [parts(say(result, lang), "p")[-1] for lang in ("en", "ru")]
    assert read[0].startswith("up lies 1 point above the rest (")
    assert read[1].startswith("up: на 1 пункт выше, чем у остальных (")


def test_a_score_asked_from_one_is_noted():
    noted = parts(say(cx.nps(frame(r=[10.0, 5.0] * 20), "r", scale=[1, 10])), "li")
    assert any(text.startswith("The question was asked on 1–10 instead of 0–10") for text in noted)


def test_names_and_texts_from_data_are_never_markup():
    nasty = "<script>alert(1)</script> $x$ \u202e\x07"
    data = frame(a=[5.0] * 40 + [1.0] * 40, g=[nasty] * 40 + ["other"] * 40)
    html = say(cx.scaling(data, ["a"], scale={"min": 1, "max": 5, "text": {"en": nasty}}, by="g"))
    assert "<script" not in html
    assert "\u202e" not in html
    assert "\x07" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; $x$ \ufffd\ufffd" in html


@cache
def odd(kind):
    n = {"hidden": 7, "tiny": 400, "one": 1, "spread": 60}[kind]
    a = np.full(n, 5.0)
    a[:: {"tiny": 199, "spread": 3}.get(kind, n)] = 1.0
    data = frame(a=a, b=a, g=["x", "y"] * (n // 2) + ["x"] * (n % 2), w=["1"] * (n // 2) + ["2"] * (n - n // 2))
    return cx.scaling(data, ["a", "b"], scale=[1, 5], by="g", wave="w"), cx.nps(data, "a", by="g", wave="w")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", ["hidden", "tiny", "one", "spread"])
def test_no_undefined_number_is_said(lang, kind):
    for result in odd(kind):
        assert not UNDEFINED.search(say(result, lang))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_constant_score_is_said_without_undefined_numbers(lang):
    assert not UNDEFINED.search(say(cx.nps(frame(r=[10.0] * 40), "r"), lang))
    assert not UNDEFINED.search(say(cx.scaling(frame(a=[5.0] * 40), ["a"], scale=[1, 5]), lang))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_constant_items_are_said_without_undefined_numbers(lang):
    result = cx.scaling(frame(a=[5.0] * 40, b=[4.0] * 40), ["a", "b"], scale=[1, 5])
    assert not UNDEFINED.search(say(result, lang))


@pytest.mark.parametrize("lang", ["ru", "uz_Cyrl"])
def test_cyrillic_prose_holds_no_english_word(lang):
    data = frame(r=[10.0] * 60 + [0.0] * 60 + [np.nan], g=["Ж"] * 60 + ["Я"] * 61, w=["1", "2"] * 60 + ["2"])
    text = unescape(re.sub(r"<[^>]+>", " ", say(cx.nps(data, "r", by="g", wave="w"), lang)))
    assert set(re.findall(r"[A-Za-z]+", text)) <= {"NPS", "p", "r"}  # r is the item, whose many zeros are told
