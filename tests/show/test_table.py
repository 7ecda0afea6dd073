"""Tables: headings, bases, hidden numbers, comments, and text from data that stays text."""

import re
from dataclasses import replace
from functools import cache
from html import unescape

import numpy as np
import pandas as pd
import pytest

import cxkit as cx
from cxkit.errors import SettingsError
from cxkit.show.language import LANGUAGES
from tests.conftest import parts

UNDEFINED = re.compile(r"\b(nan|NaN|None|inf|Infinity)\b")
NASTY = "<script>alert(1)</script> $x^2$ \u202e\x07 &amp;"


def frame(**columns):
    data = pd.DataFrame({name: pd.Series(values) for name, values in columns.items()})
    return data.set_index(pd.RangeIndex(2, len(data) + 2, name="row"))


def cells(html):
    """Rows of all tables as lists of plain texts; a small line follows after " / "."""
    rows = []
    for row in re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL):
        found = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        rows.append([unescape(re.sub(r"<[^>]+>", "", cell.replace("<small>", " / "))) for cell in found])
    return rows


def captions(html):
    return [unescape(text) for text in re.findall(r"<caption>(.*?)</caption>", html, re.DOTALL)]


@pytest.fixture(scope="module")
def grouped():
    """100 answers: 50 of A, 40 of B, 10 of C, hidden below 12 and marked below 45."""
    scores = [10.0] * 30 + [8.0] * 10 + [3.0] * 10 + [9.0] * 20 + [7.0] * 20 + [0.0] * 10
    data = frame(r=scores, g=["A"] * 50 + ["B"] * 40 + ["C"] * 10)
    return cx.nps(data, "r", by="g", min_base=12, flag_base=45)


def test_the_main_table_shows_score_and_shares(grouped):
    head, row = cells(grouped.table().html)[:2]
    assert head == ["Item", "Answers", "NPS", "Promoters", "Passives", "Detractors", "Mean"]
    # 50 promoters, 30 passives, 20 detractors; mean (300 + 80 + 30 + 180 + 140) / 100
    assert row[:2] == ["r", "100"]
    assert row[2].startswith("30 / ")
    assert [cell.split(" / ")[0] for cell in row[3:]] == ["50%", "30%", "20%", "7.30"]


def test_every_table_has_a_caption_and_scoped_headers(grouped):
    html = grouped.table().html
    assert captions(html) == ["All respondents", "By group"]
    assert html.count("<table") == 2
    assert len(re.findall(r"<th[ >]", html)) == html.count('scope="col"') + html.count('scope="row"')
    assert html.count('scope="row"') == 4


def test_a_group_below_the_smallest_base_shows_no_number(grouped):
    rows = {row[0]: row for row in cells(grouped.table().html)[3:]}
    assert set(rows) == {"A", "B", "C"}
    assert rows["C"] == ["C", *["n < 12"] * 7]  # not even its base, 10
    assert "−100" not in grouped.table().html


def test_a_small_base_is_starred_and_a_large_one_is_not(grouped):
    rows = {row[0]: row for row in cells(grouped.table().html)[3:]}
    assert rows["B"][2].startswith("50* / ")
    assert rows["B"][3].startswith("50%* / ")
    assert "*" not in rows["A"][2]


SMALL = "Numbers with * rest on fewer than {} answers: read them as a first hint."


def notes(html):
    return [unescape(text) for text in re.findall(r'<p class="cx-note">(.*?)</p>', html)]


def test_a_star_is_explained_once_under_the_first_table_that_has_one(grouped):
    html = grouped.table().html
    assert notes(html) == [SMALL.format(45)]
    assert html.endswith("</p>")  # the second table is the first with a star
    assert html.index("<caption>By group</caption>") < html.index("cx-note")


@pytest.mark.parametrize("kind", ["total", "wave", "item"])
def test_a_star_is_explained_where_no_group_has_it(kind):
    columns = {
        "total": {"r": [10.0, 4.0] * 8},
        "wave": {"r": [10.0, 4.0] * 28, "w": ["1"] * 16 + ["2"] * 40},
        "item": {"r": [10.0, 4.0] * 8 + [np.nan] * 40, "s": [5.0] * 56},
    }[kind]
    data = frame(**columns)
    result = cx.scaling(data, [k for k in columns if k != "w"], scale=[0, 10], wave="w" if kind == "wave" else None)
    assert "*" in result.table().html
    assert notes(result.table().html) == [SMALL.format(30)]
    assert SMALL.format(30) in unescape(result.prose().html)


def test_no_star_is_explained_where_none_stands():
    data = frame(r=[10.0, 4.0] * 28, c=["5* of 5"] * 56, g=["4*"] * 56)
    result = cx.nps(data, "r", by="g", comment="c")
    assert notes(result.table().html) == []
    assert "Numbers with *" not in result.prose().html


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_base_of_a_hidden_line_is_shown_nowhere(lang):
    data = frame(r=[10.0, 4.0] * 40 + [0.0] * 9, g=["A"] * 80 + ["B"] * 9, w=["1"] * 9 + ["2"] * 80)
    for by, wave in (("g", None), (None, "w")):
        result = cx.nps(data, "r", by=by, wave=wave)
        shown = [cell for row in cells(result.table(lang).html) for cell in row]
        assert "9" not in shown
        assert "n < 10" in shown


def test_a_line_that_is_hidden_in_part_shows_the_bases_of_the_rest():
    data = frame(a=[5.0, 4.0] * 20, r=[10.0, 9.0] * 4 + [np.nan] * 32)
    tree = {"name": "whole", "children": [{"name": "a", "item": "a", "weight": 1}]}
    result = cx.csi_tree(data, tree, scale={"a": [1, 5]})
    table = result.tidy.copy()
    some = table.index[table["term"] == "top_box"]
    table.loc[some, ["n", "estimate", "base"]] = [7, np.nan, "hidden"]
    row = next(row for row in cells(replace(result, tidy=table).table().html) if row[0].strip() == "a")
    assert row[1] == "40"
    assert row[-1] == "n < 10"


def test_a_group_called_all_is_not_taken_for_everybody():
    data = frame(r=[10.0, 4.0] * 40, g=["All"] * 40 + ["B"] * 40)
    named = {row[0] for row in cells(cx.nps(data, "r", by="g").table().html)}
    assert "“All”" in named
    assert "All" not in named


def test_a_difference_carries_its_sign_p_value_and_what_could_be_seen(grouped):
    row = next(row for row in cells(grouped.table().html) if row[0] == "A")
    # A: 30 of 50 promoters and 10 detractors, NPS 40; the others: 20 of 50 and 10, NPS 20
    assert row[-1].startswith("+20 / ")
    assert re.search(r"p\u00a0=\u00a00\.\d{3}; visible from \d+", row[-1])


@pytest.mark.parametrize(
    ("scale", "top", "bottom"),
    [([1, 5], "4–5", "1–2"), ([1, 3], "3", "1"), ([0, 10], "9–10", "0–1"), ([0, 100], "81–100", "0–19")],
)
def test_the_heading_of_a_box_names_its_scores(scale, top, bottom):
    data = frame(a=[float(s) for s in (scale[0], scale[1]) * 15])
    head = cells(cx.scaling(data, ["a"], scale=scale).table().html)[0]
    assert f"Highest scores / {top}" in head
    assert f"Lowest scores / {bottom}" in head


def test_the_heading_of_a_box_names_no_scores_when_items_differ():
    data = frame(a=[1.0, 5.0] * 15, b=[0.0, 10.0] * 15)
    head = cells(cx.scaling(data, ["a", "b"], scale={"a": [1, 5], "b": [0, 10]}).table().html)[0]
    assert "Highest scores" in head
    assert "Lowest scores" in head


def test_the_average_over_all_items_has_an_index_only():
    data = frame(a=[1.0, 5.0, 4.0] * 10, b=[2.0, 5.0, 5.0] * 10)
    rows = cells(cx.scaling(data, ["a", "b"], scale=[1, 5]).table().html)
    last = next(row for row in rows if row[0] == "All items together")
    # a and b together: 12.5, 100 and 87.5 of 100
    assert last[1:6] == ["30", "–", "–", "–", "–"]
    assert last[6].startswith("66.7 / ")


def test_waves_have_a_table_and_the_caption_names_the_current_one():
    data = frame(r=[10.0, 0.0] * 30, w=["2024"] * 20 + ["2025"] * 40)
    result = cx.nps(data, "r", wave="w")
    html = result.table().html
    assert captions(html) == ["All respondents · 2025", "By wave"]
    assert [row[0] for row in cells(html)[3:]] == ["2024", "2025"]


def test_a_panel_has_a_table_of_moves():
    before, after = [10.0] * 20 + [0.0] * 20, [10.0] * 15 + [8.0] * 5 + [0.0] * 20
    data = frame(r=before + after, w=["w1"] * 40 + ["w2"] * 40, id=[str(k) for k in range(40)] * 2)
    html = cx.nps(data, "r", wave="w", respondent="id").table().html
    assert captions(html)[-1] == "The same respondents in two waves"
    moves = {row[0]: [cell.split(" / ")[0] for cell in row[1:]] for row in cells(html)[-2:]}
    assert moves == {"Detractors": ["20", "0%*", "0%*", "100%*"], "Promoters": ["20", "75%*", "25%*", "0%*"]}


def test_names_and_texts_from_data_are_never_markup():
    data = frame(r=[10.0, 0.0] * 20, g=[NASTY, "plain"] * 20, c=[NASTY] * 40)
    scale = {"min": 0, "max": 10, "text": {"en": NASTY}}
    result = cx.nps(data, "r", scale=scale, by="g", comment="c")
    html = result.table().html + result.table(part="comments").html
    assert "<script" not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt; $x^2$ \ufffd\ufffd &amp;amp;") >= 3
    assert "\u202e" not in html
    assert "\x07" not in html


@cache
def odd(kind):
    n = {"hidden": 7, "constant": 40, "tiny": 400, "one": 1}[kind]
    a = np.full(n, 5.0)
    a[:: 199 if kind == "tiny" else n] = 5.0 if kind == "constant" else 1.0
    data = frame(a=a, b=a, g=["x", "y"] * (n // 2) + ["x"] * (n % 2), w=["1"] * (n // 2) + ["2"] * (n - n // 2))
    return cx.scaling(data, ["a", "b"], scale=[1, 5], by="g", wave="w"), cx.nps(data, "a", by="g", wave="w")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", ["hidden", "constant", "tiny", "one"])
def test_no_undefined_number_is_shown(lang, kind):
    for result in odd(kind):
        assert not UNDEFINED.search(result.table(lang).html)


def test_an_estimate_without_interval_stands_alone():
    result = cx.scaling(frame(a=[5.0] * 40), ["a"], scale=[1, 5])
    assert cells(result.table().html)[1][2] == "5.00"


@pytest.mark.parametrize(
    ("lang", "head"),
    [("ru", "Промоутеры"), ("uz", "Tavsiya qiluvchilar"), ("uz_Cyrl", "Тавсия қилувчилар"), ("en", "Promoters")],
)
def test_headings_are_in_the_language(grouped, lang, head):
    assert head in cells(grouped.table(lang).html)[0]


@pytest.mark.parametrize("lang", ["ru", "uz_Cyrl"])
def test_a_cyrillic_table_holds_no_english_word(grouped, lang):
    words = re.findall(r"[A-Za-z]{2,}", " ".join(" ".join(row) for row in cells(grouped.table(lang).html)))
    assert set(words) <= {"NPS"}


def test_an_unknown_part_is_refused_with_the_nearest(grouped):
    with pytest.raises(SettingsError, match=r'^There is no table "comment" of nps; did you mean "comments"\?$'):
        grouped.table(part="comment")


def talkative(n=60, comments=5, seed=1, client="", **settings):
    texts = [f"remark number {k % 30}" for k in range(n)]
    data = frame(r=[10.0] * (n // 2) + [9.0] * (n // 2), c=texts)
    return cx.nps(data, "r", comment="c", comments=comments, seed=seed, client=client, **settings)


def said(result):
    return [row[0] for row in cells(result.table(part="comments").html) if row[0] != "Comment"]


def test_comments_are_distinct_and_at_most_the_number_asked_for():
    shown = said(talkative(comments=7))
    assert len(shown) == len(set(shown)) == 7
    assert all(re.fullmatch(r"remark number \d+", text) for text in shown)
    assert said(talkative(comments=0)) == []
    assert len(said(talkative(comments=100))) == 30


def test_the_caption_of_comments_counts_all_of_them():
    html = talkative(comments=7).table(part="comments").html
    assert captions(html) == ["Promoters, in their own words: 7 of 60 comments"]


def test_one_comment_is_one_comment():
    result = cx.nps(frame(r=[10.0] * 20, c=["up", *[None] * 19]), "r", comment="c")
    captioned = {lang: captions(result.table(lang, "comments").html) for lang in ("en", "ru")}
    assert captioned["en"] == ["Promoters, in their own words: 1 of 1 comment"]
    assert captioned["ru"] == ["Промоутеры своими словами: 1 из 1 комментария"]


def test_the_same_seed_shows_the_same_comments_to_every_client():
    assert said(talkative()) == said(talkative(client="other"))
    assert said(talkative()) != said(talkative(seed=2))


def test_each_category_shows_its_own_comments():
    data = frame(r=[10.0] * 20 + [8.0] * 20 + [1.0] * 20, c=["up"] * 20 + ["level"] * 20 + ["down"] * 20)
    html = cx.nps(data, "r", comment="c").table(part="comments").html
    assert [row for row in cells(html) if row[0] != "Comment"] == [["up", "10"], ["level", "8"], ["down", "1"]]
    assert [caption.split(",")[0] for caption in captions(html)] == ["Promoters", "Passives", "Detractors"]


def test_comments_are_of_the_current_wave_only():
    data = frame(r=[10.0] * 40, c=["old"] * 20 + ["new"] * 20, w=["1"] * 20 + ["2"] * 20)
    assert said(cx.nps(data, "r", comment="c", wave="w")) == ["new"]


def test_a_long_comment_is_shortened_at_300_characters():
    data = frame(r=[10.0] * 20 + [1.0] * 20, c=["a" * 301] * 20 + ["b" * 300] * 20)
    assert said(cx.nps(data, "r", comment="c")) == ["a" * 300 + " …", "b" * 300]


def test_a_comment_is_shown_on_one_line_and_an_empty_one_not_at_all():
    data = frame(r=[10.0] * 20, c=["two\n\nlines  here", None, "", *[None] * 17])
    assert said(cx.nps(data, "r", comment="c")) == ["two lines here"]


def test_without_a_comment_column_there_is_no_table_of_comments():
    assert cx.nps(frame(r=[10.0] * 20), "r").table(part="comments").html == ""


def test_a_report_on_too_few_shows_no_comments():
    assert said(cx.nps(frame(r=[10.0] * 7, c=["up"] * 7), "r", comment="c")) == []


def test_an_audit_says_what_was_read():
    _, audit = parts(cx.read("sample:bank", items=["ease", "trust"]))
    html = audit.table("ru").html
    assert captions(html) == ["Данные", "Ответы по показателям"]
    assert "имитация" in html
    assert not UNDEFINED.search(html)


def test_an_audit_tells_what_was_made_of_dates_in_each_language(tmp_path):
    (tmp_path / "survey.csv").write_text("q,when\n9,3/13/2026\n9,4/1/2026\n", encoding="utf-8")
    _, audit = parts(cx.read(tmp_path / "survey.csv", items=["q"], scale=[0, 10], wave="when", period="month"))
    told = {
        "en": ("Waves are months, made of the dates in “when”: 2026-03 to 2026-04.", "with the month first."),
        "ru": ("Волны — это месяцы, по датам в столбце «when»: с 2026-03 по 2026-04.", "сначала месяц."),
        "uz": ("“when” ustunidagi sanalardan tuzilgan oylar: 2026-03 dan 2026-04 gacha.", "avval oyi yozilgan"),
        "uz_Cyrl": ("«when» устунидаги саналардан тузилган ойлар: 2026-03 дан 2026-04 гача.", "аввал ойи ёзилган"),
    }
    for lang, sentences in told.items():
        html = audit.table(lang).html
        assert all(sentence in html for sentence in sentences)


def test_an_audit_tells_which_spellings_of_a_wave_were_joined(tmp_path):
    (tmp_path / "survey.csv").write_text("q,when\n9,Nov 2025\n9,11/2025\n9,Nov 2025\n", encoding="utf-8")
    _, audit = parts(cx.read(tmp_path / "survey.csv", items=["q"], scale=[0, 10], wave="when"))
    assert "Spellings of one wave were joined as Nov 2025: Nov 2025 (2), 11/2025 (1)." in audit.table().html
