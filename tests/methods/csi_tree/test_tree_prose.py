"""What a satisfaction tree says: the verdict on the whole, what to improve first, quadrants, caveats and tables."""

import re
from dataclasses import replace
from functools import cache
from html import unescape

import numpy as np
import pytest

import cxkit as cx
from cxkit.measure.claims import Claim
from cxkit.methods.csi_tree.prose import root_title
from cxkit.show.claims import judged
from cxkit.show.language import LANGUAGES, language
from tests.claimed import with_claims
from tests.show.picture import branch, frame, leaf, rated, scales

UNDEFINED = re.compile(r"\b(nan|NaN|None|inf|Infinity)\b")
TREE = branch("whole", 1, branch("p", 0.6, leaf("a", 0.5), leaf("b", 0.5)), leaf("c", 0.4))


def parts(html, tag):
    found = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
    return [unescape(re.sub(r"<[^>]+>", "", text.replace("<small>", " / "))) for text in found]


def sheets(result, lang="en"):
    """The tables by their caption, as rows of plain texts; a small line follows after " / "."""
    tables = {}
    for table in re.findall(r"<table.*?</table>", result.table(lang).html, re.DOTALL):
        rows = [
            [unescape(re.sub(r"<[^>]+>", "", cell.replace("<small>", " / ")))
             for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)]
            for row in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
        ]  # fmt: skip
        tables[unescape(re.search(r"<caption>(.*?)</caption>", table).group(1))] = rows
    return tables


def known(n=100):
    """Means a 4, b 3 and c 4.5 of 5: levels 75, 50 and 87.5; p 62.5, the whole 0.6 * 62.5 + 0.4 * 87.5 = 72.5."""
    half = n // 2
    return frame(a=[5.0, 3.0] * half, b=[4.0, 2.0] * half, c=[5.0, 4.0] * half)


@cache
def measured(target=80):
    return cx.csi_tree(known(), TREE, target=target)


@pytest.mark.parametrize(
    ("target", "lang", "headline"),
    [
        (80, "en", "whole: 72.5 of 100, the target of 80 is not reached"),
        (60, "en", "whole: 72.5 of 100, the target of 60 is reached"),
        (73, "en", "whole: 72.5 of 100, whether the target of 73 is reached is open"),
        (80, "ru", "whole: 72,5 из 100, цель 80 не достигнута"),
        (60, "uz", "whole: 100 dan 72,5 ball, 60 ballik maqsadga erishilgan"),
    ],
)
def test_the_headline_is_the_verdict_on_the_whole(target, lang, headline):
    assert parts(measured(target).prose(lang).html, "h2") == [headline]
    assert root_title(measured(target), language(lang)) == headline


def test_the_key_figures_are_the_whole_the_best_and_the_worst_part():
    html = measured().prose().html
    assert parts(html, "dt") == ["whole, 0–100", "c, 0–100", "p, 0–100", "Respondents"]
    assert [value.split(" / ")[0] for value in parts(html, "dd")] == ["72.5", "87.5", "62.5", "100"]
    assert all(re.fullmatch(r"\d+\.\d / \d+\.\d to \d+\.\d", value) for value in parts(html, "dd")[:3])


def test_improving_begins_where_the_whole_gains_most():
    # b: 0.6 * 0.5 of the weight, 30 points short; a: the same weight, 5 short; c lies above
    found = measured()
    read = parts(found.prose().html, "p")
    level = found.rows(term="index", item="b", group="").iloc[0]
    gained = [0.3 * (found.settings["target"] - level[end]) for end in ("high", "low")]
    assert read[0] == (
        "Improve first “b”: it has 30% of the weight and lies 30.0 points below the target; "
        f"closing the gap would add 9.0 points to the whole ({gained[0]:.1f} to {gained[1]:.1f})."
    )
    assert not [text for text in read[1:] if text.startswith("Improve first")]
    said = parts(measured().prose("ru").html, "p")[0]
    assert all(number in said for number in ("«b»", "30\u00a0%", "30,0", "9,0"))


def test_what_cannot_be_told_apart_is_not_improved_first():
    found = measured()
    pair = Claim("improve", "b", 7.5, 0.5, other="a")
    assert parts(with_claims(found, pair).prose().html, "p")[0] == (
        "Which part to improve first cannot be told from these answers."
    )
    tree = branch("whole", 1, *(leaf(name, 0.25) for name in "abcd"))
    four = cx.csi_tree(frame(a=[2.0, 1.0] * 30, b=[2.0, 1.0] * 30, c=[4.0, 3.0] * 30, d=[4.0, 3.0] * 30), tree)
    pairs = [Claim("improve", one, 1.0, 0.01, other=other) for one in "ab" for other in "cd"]
    assert parts(with_claims(four, *pairs).prose().html, "p")[0] == (
        "Improve first one of “a”, “b”: which of them costs the whole most cannot be told."
    )


@pytest.mark.parametrize(
    ("lang", "some", "open_"),
    [
        ("ru", "Улучшать в первую очередь одно из: «a», «b». Что из этого важнее для общего индекса, по этим ответам "
         "сказать нельзя.", "Что улучшать в первую очередь, по этим ответам сказать нельзя."),
        ("uz", "Avvalo quyidagilardan birini yaxshilash kerak: “a”, “b”. Qaysi biri umumiy indeks uchun muhimroq "
         "ekanini bu javoblardan aytib boʻlmaydi.",
         "Avvalo nimani yaxshilash kerakligini bu javoblardan aytib boʻlmaydi."),
        ("uz_Cyrl", "Аввало қуйидагилардан бирини яхшилаш керак: «a», «b». Қайси бири умумий индекс учун муҳимроқ "
         "эканини бу жавоблардан айтиб бўлмайди.",
         "Аввало нимани яхшилаш кераклигини бу жавоблардан айтиб бўлмайди."),
    ],
)  # fmt: skip
def test_what_may_be_first_to_improve_is_said_in_the_language(lang, some, open_):
    found = measured()
    pairs = [Claim("improve", one, 1.0, 0.01, other="c") for one in "ab"]
    assert parts(with_claims(found, *pairs).prose(lang).html, "p")[0] == some
    assert parts(replace(found, claims=found.claims.assign(made=False)).prose(lang).html, "p")[0] == open_


def test_the_only_part_below_its_target_is_improved_first_only_when_it_is_claimed():
    # at 76, b lies 26 below and c above; a, at 75 with an error of 2.5, may lie below or above
    found = measured(76)
    assert parts(found.prose().html, "p")[0].startswith("Improve first “b”")
    tree = branch("whole", 1, leaf("a", 0.5), leaf("c", 0.5))
    one = cx.csi_tree(known(), tree, target=76)
    assert parts(replace(one, claims=one.claims.assign(made=False)).prose().html, "p")[0] == (
        "Which part to improve first cannot be told from these answers."
    )


def test_where_one_part_alone_is_known_nothing_is_chosen():
    found = cx.csi_tree(known().assign(b=np.nan), branch("whole", 1, leaf("a"), leaf("b")), weights="equal")
    assert not [text for text in parts(found.prose().html, "p") if "mprove first" in text]


def test_the_headline_and_the_table_judge_the_whole_by_its_interval_alike():
    for target in (60, 73, 80):
        found = measured(target)
        row = found.rows(item="whole", term="index", group="").iloc[0]
        open_ = row["low"] < target <= row["high"]
        (headline,) = parts(found.prose().html, "h2")
        assert ("is open" in headline) == (judged(found, row, language("en")) == "target undecided") == open_


def test_where_all_reach_their_target_nothing_is_to_be_improved():
    assert parts(measured(40).prose().html, "p")[0] == "No part lies below its target."
    assert "What to improve first" not in sheets(measured(40))


def test_a_part_that_is_not_known_is_not_said_to_reach_its_target():
    data = frame(a=[5.0, 4.0] * 30, b=[np.nan] * 60)
    tree = branch("whole", 1, leaf("a"), leaf("b"))
    html = cx.csi_tree(data, tree, weights="equal", target=50).prose().html
    assert parts(html, "h2") == ["whole: 87.5 of 100, the target of 50 is reached"]
    assert "below its target" not in html


@pytest.mark.parametrize("lang", LANGUAGES)
def test_quadrants_are_said_only_when_they_are_claimed(lang):
    words = {"en": ("Concentrate on “b”", "Keep up “a”"),
             "ru": ("Обратите внимание на «b»", "Поддерживайте уровень «a»"),
             "uz": ("Eʼtibor bering: “b”", "“a” darajasini saqlab qoling"),
             "uz_Cyrl": ("Эътибор беринг: «b»", "«a» даражасини сақлаб қолинг")}[lang]  # fmt: skip
    tree = branch("whole", 1, leaf("a", 0.4), leaf("b", 0.4), leaf("c", 0.2))
    found = cx.csi_tree(frame(a=[5.0, 4.0] * 30, b=[2.0, 1.0] * 30, c=[4.0, 3.0] * 30), tree)
    said = " ".join(parts(found.prose(lang).html, "p"))
    for word in words:
        assert word in said
    open_ = replace(found, claims=found.claims.assign(made=False))
    said = " ".join(parts(open_.prose(lang).html, "p"))
    for word in words:
        assert word not in said


def test_a_report_on_too_few_says_only_that_even_beside_levels_from_the_books():
    tree, tables = cx.section("tree", "sample:dairy"), cx.section("tables", "sample:dairy")
    survey = cx.read("sample:dairy", items=cx.tree_items(tree))
    data, audit = survey.frame, survey.audit
    html = cx.csi_tree(data.head(5), tree, tables=tables, scale=audit.scale).prose().html
    assert parts(html, "h2") == ["Too few answers to report"]
    assert parts(html, "p") == ["Numbers are shown from 10 answers on; fewer say too little."]
    assert "<dl>" not in html


CODES = {
    "operations_fixed": {}, "grades_maximum": {},
    "grades_top_box": {}, "renormalised": {"item": "p", "coverage": 0.624}, "reversed": {"item": "a"},
    "drivers_complete": {"n": 1234, "of": 2345}, "negative_driver": {"item": "a"}, "wrong_penalty": {"item": "a"},
    "wrong_reward": {"item": "a"}, "resamples_failed": {"n": 17}, "untested": {"n": 1234},
}  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_each_caveat_is_said_in_the_language_with_its_numbers(code, lang):
    before, found = (
        parts(replace(measured(), notes=notes).prose(lang).html, "li") for notes in ((), ((code, CODES[code]),))
    )
    (said,) = found[: len(found) - len(before)]
    assert found[1:] == before
    assert "{" not in said
    english = parts(replace(measured(), notes=((code, CODES[code]),)).prose("en").html, "li")[0]
    assert (said.split()[:2] == english.split()[:2]) is (lang == "en")
    for value in CODES[code].values():
        thousands = {"en": ","}.get(lang, "\u00a0")
        shown = f"{value:.0%}"[:-1] if isinstance(value, float) and value < 1 else value
        assert (shown if isinstance(shown, str) else f"{shown:,.0f}".replace(",", thousands)) in said


def test_each_caveat_stands_where_it_holds():
    data = known().assign(w=[0.5, 1.5] * 50, g=["x", "y"] * 50, d=np.nan)
    given = {"scale": {**scales(*"abcd"), "a": {"min": 1, "max": 5, "reversed": True}}}
    tree = branch("whole", 1, leaf("a"), leaf("b"), branch("rest", 1, leaf("c"), leaf("d")), shop())
    tables = {"sales": [{"previous": 5, "current": 4}]}
    told = {
        "weighted, grouped": cx.csi_tree(data, tree, tables=tables, weights="equal", weight="w", by="g", **given),
        "maximum": cx.csi_tree(known(), TREE, grades="maximum"),
        "top boxes": cx.csi_tree(known(), TREE, grades="top_box"),
        "explained": cx.csi_tree(rated("abc", 100), TREE, scale=scales(*"abc"), outcome="r"),
    }
    said = {name: " ".join(parts(found.prose().html, "li")) for name, found in told.items()}
    first = said["weighted, grouped"]
    assert "“a” was asked the other way round" in first
    assert first.count("of equal weight would be (design effect 1.25)") == 1
    assert "linearised" not in first
    assert "Levels from the books are those of this period in every group and wave." in first
    assert "“rest” stands on 50% of its weight; the rest has no answers." in first
    assert "Levels divide by the highest grade, so the lowest grade is not 0." in said["maximum"]
    assert "Levels are shares of the highest grades, in percent." in said["top boxes"]
    assert (
        "What matters most is worked out on the 100 of 100 respondents who answered everything." in said["explained"]
    )
    assert said["maximum"].count("Levels") == said["top boxes"].count("Levels") == 1
    told = [sentence for sentence in parts(measured().prose().html, "li") if "nobody of" not in sentence]
    assert told == ["Intervals hold with 95% confidence."]


def shop():
    return {"name": "sold", "weight": 1, "operation": "sales_dynamics", "table": "sales"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_undefined_number_is_said_or_shown(lang):
    data = known(40).assign(d=np.nan, e=[5.0] * 6 + [np.nan] * 34, f=5.0, g=["x"] * 31 + ["y"] * 9, w=["1", "2"] * 20)
    leaves = [leaf(item) for item in "abcdef"]
    tables = {"sales": [{"previous": 5, "current": 4}]}
    found = cx.csi_tree(data, branch("whole", 1, *leaves, shop()), tables=tables, weights="equal", by="g", wave="w")
    html = found.prose(lang).html + found.table(lang).html
    assert not UNDEFINED.search(html)
    assert "{" not in html


def test_every_part_stands_in_the_order_of_the_tree_moved_in_by_its_depth():
    rows = sheets(measured())["Every part of the tree"]
    assert rows[0] == ["Item", "Answers", "0–100", "Weight", "Weight in the whole", "Highest scores / 4–5"]
    assert [row[0] for row in rows[1:]] == ["whole", "\u2003p", "\u2003\u2003a", "\u2003\u2003b", "\u2003c"]
    assert [row[2].split(" / ")[0] for row in rows[1:]] == ["72.5", "62.5", "75.0", "50.0", "87.5"]
    assert [row[3] for row in rows[1:]] == ["–", "60%", "50%", "50%", "40%"]
    assert [row[4] for row in rows[1:]] == ["–", "60%", "30%", "30%", "40%"]
    assert [row[5].split(" / ")[0] for row in rows[1:]] == ["–", "–", "50%", "50%", "100%"]


def test_what_to_improve_first_has_the_leaves_below_target_by_their_gain():
    rows = sheets(measured())["What to improve first"]
    assert rows[0] == ["Item", "Answers", "0–100", "Weight in the whole", "Points to gain"]
    assert [(row[0], row[2].split(" / ")[0], row[3], row[4].split(" / ")[0]) for row in rows[1:]] == [
        ("b", "50.0", "30%", "9.0"),
        ("a", "75.0", "30%", "1.5"),
    ]


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ("target reached", "target not reached", "target undecided")),
        ("ru", ("цель достигнута", "цель не достигнута", "неясно, достигнута ли цель")),
        ("uz", ("maqsadga erishilgan", "maqsadga erishilmagan", "maqsadga erishilgan-erishilmagani noaniq")),
        ("uz_Cyrl", ("мақсадга эришилган", "мақсадга эришилмаган", "мақсадга эришилган-эришилмагани ноаниқ")),
    ],
)
def test_the_verdict_stands_under_each_index(lang, words):
    (rows,) = [rows for rows in sheets(measured(75), lang).values() if len(rows) == 6]
    told = {row[0].strip(): row[2].split(" / ")[-1] for row in rows[1:]}
    reached, not_reached, undecided = words
    assert told == {"whole": undecided, "p": not_reached, "a": undecided, "b": not_reached, "c": reached}


def test_levels_from_the_books_have_no_base():
    tables = {"sales": [{"previous": 5, "current": 4}]}
    tree = branch("whole", 1, leaf("a"), branch("books", 1, shop()))
    found = cx.csi_tree(known(), tree, tables=tables, weights="equal")
    rows = {row[0].strip(): row for row in sheets(found)["Every part of the tree"]}
    assert rows["sold"] == ["\u2003\u2003sold", "–", "80.0 / target not reached", "100%", "50%", "–"]
    assert rows["books"][1] == "–"
    assert rows["whole"][1] == rows["a"][1] == "100"


def test_hidden_and_small_bases_are_hidden_and_starred():
    data = known(60).assign(b=[5.0] * 8 + [np.nan] * 52, c=[5.0, 4.0] * 12 + [np.nan] * 36)
    rows = sheets(cx.csi_tree(data, TREE))
    every = {row[0].strip(): row for row in rows["Every part of the tree"]}
    assert every["b"] == ["\u2003\u2003b", *["n < 10"] * 5]
    assert every["c"][2].startswith("87.5* / ")
    assert every["c"][5].startswith("100%* / ")
    assert "*" not in every["a"][2]
    first = {row[0]: row for row in rows["What to improve first"]}
    assert first["b"][4] == "n < 10"


def test_the_change_is_split_over_the_parts_and_sums_to_the_change_of_the_whole():
    # before, c was 3.5 of 5: 62.5; the whole rises by 0.4 * 25
    before = known().assign(c=[4.0, 3.0] * 50, w="1")
    after = known().assign(w="2")
    data = frame(**{name: [*before[name], *after[name]] for name in before})
    found = sheets(cx.csi_tree(data, TREE, wave="w"))
    rows = next(rows for caption, rows in found.items() if caption.startswith("Where the change comes from"))
    assert rows[0] == ["Item", "Answers", "By changed levels", "By changed weights"]
    assert [(row[0], row[2], row[3]) for row in rows[1:]] == [("p", "0.0", "–"), ("c", "+10.0", "–")]
    waves = {(row[0], row[1]): row for row in found["Parts by wave"][1:]}
    assert waves["whole", "2"][-1].startswith("+10.0 / ")


def grouped():
    return sheets(cx.csi_tree(rated("abc", 200, ("x", "y"), ("1", "2")), TREE, by="g", wave="w"))


def test_groups_have_the_whole_and_its_parts_only():
    told = [(row[0], row[1]) for row in grouped()["Parts by group · 2"][1:]]
    assert sorted(told) == sorted((part, name) for part in ("whole", "p", "c") for name in "xy")


def test_waves_have_the_whole_and_its_parts_only():
    told = [(row[0], row[1]) for row in grouped()["Parts by wave"][1:]]
    assert sorted(told) == sorted((part, name) for part in ("whole", "p", "c") for name in "12")


def test_a_hidden_group_shows_no_level():
    data = rated("abc", 100, ("x",)).assign(g=["x"] * 92 + ["y"] * 8)
    result = cx.csi_tree(data, TREE, by="g")
    rows = [row for row in sheets(result)["Parts by group"] if row[1] == "y"]
    assert [row[2:] for row in rows] == [["n < 10"] * 3] * 3


def test_names_from_data_are_never_markup():
    nasty = {"en": "<script>alert(1)</script> $x$ \u202e"}
    tree = branch("whole", 1, leaf("a", 0.5, text=nasty), leaf("b", 0.5), text=nasty)
    found = cx.csi_tree(known(), tree)
    html = found.prose().html + found.table().html
    assert "<script" not in html
    assert "\u202e" not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt; $x$ \ufffd") >= 5
