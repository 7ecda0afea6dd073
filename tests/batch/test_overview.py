"""The page and the stacked files over all clients: order, places, bases, missing reports, languages, types."""

import csv
import html as htmllib
import json
import re
import sys

import numpy as np
import pandas as pd
import pytest

import cxkit as cx
from cxkit.batch import stacked
from cxkit.batch.league import axis, in_order, read_entry
from cxkit.batch.overview import write_overview
from cxkit.batch.summary import Outcome
from cxkit.methods import METHODS
from cxkit.report.gate import check_page
from cxkit.result import COLUMNS, TEXT_COLUMNS, Result, tidy_table
from tests.conftest import example

NAN = float("nan")
NPS = {
    "score": "q", "variant": "recommend", "level": 0.95, "min_base": 10, "flag_base": 30,
    "scale": {"q": {"min": 0, "max": 10, "text": {"en": "Q"}}},
}  # fmt: skip


def score(estimate, n=100, half=8.0, base="ok", item="q", term="nps", **cells):
    number = {"estimate": estimate, "low": estimate - half, "high": estimate + half}
    return {"item": item, "term": term, "n": n, **number, "base": base, **cells}


def publish(out, client, *rows, method="nps", name="", lang="en", wave="", **settings):
    folder = f"{client}/{method}"
    (out / folder).mkdir(parents=True, exist_ok=True)
    Result(method, NPS | settings, tidy_table(list(rows)), {"wave": wave}).save(out / folder)
    return Outcome(client, name or client, method, lang, "published", "", folder)


def clients(out, *estimates, **cells):
    return [publish(out, f"c{k}", score(estimate, **cells)) for k, estimate in enumerate(estimates)]


def missed(client, status, reason=""):
    return Outcome(client, client, "nps", "en", status, reason, f"{client}/nps")


def write(rows, out, title="", lang="en", date=""):
    write_overview(rows, out, title=title, lang=lang, date=date)
    html = (out / "index.html").read_text(encoding="utf-8")
    check_page(html)
    return html


def text(html):
    return htmllib.unescape(re.sub(r"<[^>]+>", " ", html))


def league(html):
    """The lines of the first league table: place, client, answers, estimate and interval."""
    table = re.search(r'<table class="cx-table league".*?</table>', html, re.S)
    body = table[0].partition("<tbody>")[2] if table else ""
    return [" ".join(text(line).split()) for line in re.findall(r"<tr>.*?</tr>", body, re.S)]


def lines(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_best_client_comes_first(tmp_path):
    assert league(write(clients(tmp_path, -5, 40, 12), tmp_path)) == [
        "1 c1 100 40 32 to 48",
        "2 c2 100 12 4 to 20",
        "3 c0 100 −5 −13 to 3",
    ]


def test_clients_whose_shown_numbers_are_equal_share_a_place(tmp_path):
    found = league(write(clients(tmp_path, 10, 20.4, 20.0, 9.6), tmp_path))
    assert [line.split()[:2] for line in found] == [["1", "c1"], ["1", "c2"], ["3", "c0"], ["3", "c3"]]


def test_equal_clients_come_by_name(tmp_path):
    rows = [publish(tmp_path, str(k), score(5), name=name) for k, name in enumerate(["b", "C", "a"])]
    assert [line.split()[:2] for line in league(write(rows, tmp_path))] == [["1", "a"], ["1", "b"], ["1", "C"]]


def test_a_wave_is_called_by_its_text_in_the_language_of_the_index(tmp_path):
    named = {"wave": "w", "values": {"w": {"2": {"ru": "Июнь", "en": "June"}}}}
    wave = {"wave": "2"}
    rows = [publish(tmp_path, f"c{k}", score(k, **wave), **wave) for k in range(2)]
    for row in rows:
        file = tmp_path / row.folder / "result.json"
        content = json.loads(file.read_text(encoding="utf-8"))
        file.write_text(json.dumps({**content, "settings": {**content["settings"], **named}}), encoding="utf-8")
    for lang, shown in (("ru", "Июнь"), ("uz", "June")):
        assert f"· {shown}" in text(write(rows, tmp_path, lang=lang))


def moving(
    out, client, at, *, first=NAN, last=NAN, since="2024", made=("vs_first", "vs_previous"), wave="2026", **settings
):
    """A report whose score moved since the first wave and the last; what is made is called reliable there."""
    terms = {"vs_first": first, "vs_previous": last}
    rows = [score(value, term=f"nps_{kind}", wave=wave) for kind, value in terms.items()]
    row = publish(out, client, score(at, wave=wave), *rows, wave=wave, **settings)
    file = out / row.folder / "result.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    content["facts"] |= {"first_wave": since, "previous_wave": "2025"}
    content["claims"] = [
        {"kind": kind, "item": "q", "other": "", "group": "", "estimate": terms[kind], "made": kind in made}
        for kind in terms
    ]
    file.write_text(json.dumps(content), encoding="utf-8")
    return row


def test_a_change_that_the_report_calls_reliable_stands_beside_the_estimate(tmp_path):
    rows = [moving(tmp_path, "a", 40, first=12, last=3), moving(tmp_path, "b", 30, first=0.4, last=3),
            moving(tmp_path, "c", 20, first=12, last=3, made=())]  # fmt: skip
    html = write(rows, tmp_path)
    assert league(html) == ["1 a 100 40 32 to 48 +12", "2 b 100 30 22 to 38 +0.4", "3 c 100 20 12 to 28"]
    assert '<small class="change">since 2024</small>' in html
    assert "among reports in which nothing changed, at most 5% show one." in html
    assert "с волны 2024" in write(rows, tmp_path, lang="ru")


def test_changes_since_several_waves_name_theirs(tmp_path):
    rows = [
        moving(tmp_path, "a", 40, first=12, last=3),
        moving(tmp_path, "b", 30, first=9, last=-8, made=("vs_previous",)),
        moving(tmp_path, "c", 20, first=5, since="2023"),
    ]
    html = write(rows, tmp_path)
    assert [line.split("to")[1].split(maxsplit=1)[1] for line in league(html)] == [
        "+12 since 2024", "−8 since 2025", "+5 since 2023",
    ]  # fmt: skip
    assert '<small class="change">Reliable change</small>' in html


def test_where_nothing_changed_reliably_no_column_says_so(tmp_path):
    html = write([moving(tmp_path, c, 20, first=12, last=3, made=()) for c in "ab"], tmp_path)
    assert "moving" not in html.partition("<body>")[2]
    assert "calls it reliable" not in html


def test_a_hidden_base_shows_no_change(tmp_path):
    row, other = (moving(tmp_path, client, 20, first=12) for client in "ho")
    file = tmp_path / row.folder / "result.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    content["table"][0] |= {"base": "hidden", "estimate": None, "low": None, "high": None}
    file.write_text(json.dumps(content), encoding="utf-8")
    assert league(write([row, other], tmp_path)) == ["o 100 20 12 to 28 +12", "h n < 10 n < 10"]


def test_a_small_base_is_marked_and_explained(tmp_path):
    html = write([*clients(tmp_path, 10, 20), publish(tmp_path, "s", score(15, n=12, base="small"))], tmp_path)
    assert "2 s 12 15 * 7 to 23" in league(html)
    assert html.count('class="open"') == 1
    assert "Numbers with * rest on fewer than 30 answers" in html
    assert "Numbers with *" not in write(clients(tmp_path, 10, 20), tmp_path)


def test_a_hidden_base_has_no_number_and_comes_last(tmp_path):
    hidden = publish(tmp_path, "h", score(NAN, n=7, base="hidden"))
    html = write([hidden, *clients(tmp_path, 10, 20)], tmp_path)
    assert league(html)[2] == "– h n < 10 n < 10"  # not 7
    assert html.count('<div class="range"></div>') == 1


def test_a_client_without_an_estimate_is_only_listed(tmp_path):
    html = write([*clients(tmp_path, 10, 20), publish(tmp_path, "none", score(NAN))], tmp_path)
    assert len(league(html)) == 2
    assert 'href="none/nps/report.html"' in html.partition('id="others"')[2]


def test_only_hidden_bases_make_no_league(tmp_path):
    html = write(clients(tmp_path, NAN, NAN, n=3, base="hidden"), tmp_path)
    assert not league(html)
    assert html.count("/nps/report.html") == 2


def test_one_client_has_no_place_and_no_advice(tmp_path):
    html = write(clients(tmp_path, 10), tmp_path)
    assert league(html) == ["c0 100 10 2 to 18"]
    assert "Place" not in html
    assert "overlap" not in html


def test_the_page_says_what_the_order_is_worth(tmp_path):
    html = write(clients(tmp_path, 10, 20), tmp_path)
    assert "Clients whose intervals overlap widely do not differ reliably" in html


def test_every_published_report_is_linked_once(tmp_path):
    rows = [*clients(tmp_path, 1, 2, 3), publish(tmp_path, "x", score(1), method="own")]
    html = write([*rows, missed("f", "failed")], tmp_path)
    linked = re.findall(r'href="([^"#]*report\.html)"', html)
    assert sorted(linked) == sorted(f"{row.folder}/report.html" for row in rows)


def test_who_was_asked_in_another_way_has_no_place(tmp_path):
    other = publish(tmp_path, "z", score(90), scale={"q": {"min": 1, "max": 10, "text": {}}})
    html = write([other, *clients(tmp_path, 10, 20)], tmp_path)
    assert [line.split()[:2] for line in league(html)] == [["1", "c1"], ["2", "c0"], ["–", "z"]]
    assert "Number of such clients: 1" in html


def test_without_a_majority_asked_the_same_there_are_no_places(tmp_path):
    other = publish(tmp_path, "z", score(90), variant="expectation")
    html = write([*clients(tmp_path, 10), other], tmp_path)
    assert [line.split()[0] for line in league(html)] == ["z", "c0"]
    assert "cannot be compared" in html
    assert "overlap" not in html


def test_texts_and_columns_in_other_languages_are_asked_the_same(tmp_path):
    other = publish(tmp_path, "z", score(90, item="вопрос"), score="вопрос",
                    scale={"вопрос": {"min": 0, "max": 10, "text": {"ru": "Вопрос"}}})  # fmt: skip
    assert [line.split()[0] for line in league(write([*clients(tmp_path, 10), other], tmp_path))] == ["1", "2"]


def test_only_all_respondents_of_the_last_wave_stand_for_a_client(tmp_path):
    rows = [
        publish(tmp_path, client, score(99, wave="1"), score(k, wave="2"), score(70, wave="2", group="a"), wave="2")
        for k, client in enumerate("ab")
    ]
    assert league(write(rows, tmp_path))[0] == "1 b 100 1 −7 to 9"


def test_different_last_waves_and_languages_stand_beside_the_client(tmp_path):
    rows = [
        publish(tmp_path, "a", score(5, wave="May"), wave="May", lang="uz"),
        publish(tmp_path, "b", score(6, wave="=June"), wave="=June"),
    ]
    found = league(write(rows, tmp_path))
    assert "b =June · en" in found[0]
    assert "a May · uz" in found[1]
    rows = [publish(tmp_path, client, score(5, wave="May"), wave="May") for client in "ab"]
    html = write(rows, tmp_path)
    assert "<caption>NPS · May</caption>" in html
    assert "May" not in " ".join(league(html))


@pytest.mark.parametrize("method", METHODS)
def test_every_headline_stands_in_a_real_result(method, tmp_path):
    result = METHODS[method].compute(cx.sample("bank"), wave="wave", **example(method))
    result.save(tmp_path / "a" / method)
    entry = read_entry(Outcome("a", "a", method, "en", "published", "", f"a/{method}"), tmp_path)
    assert entry
    item, term = METHODS[method].headline.row(result.settings)
    row = result.rows(item=item, term=term, group="", wave=result.facts["wave"]).iloc[0]
    assert (entry.n, entry.estimate, entry.low, entry.high) == (row["n"], row["estimate"], row["low"], row["high"])
    assert entry.wave == result.facts["wave"]


def test_a_single_item_stands_for_itself(tmp_path):
    cx.scaling(cx.sample("shop"), ["ease"], scale=[1, 10]).save(tmp_path / "a/scaling")
    entry = read_entry(Outcome("a", "a", "scaling", "en", "published", "", "a/scaling"), tmp_path)
    assert entry
    assert 0 < entry.estimate < 100


def test_the_smallest_distance_to_the_ideal_is_best(tmp_path):
    settings = {"own": "us", "ideal": "best", "poles": {"fast": {}},
                "scale": {"fast": {"min": 1, "max": 7}}}  # fmt: skip
    rows = [
        publish(tmp_path, f"c{k}", score(d, item="profile", term="distance_us_best", half=0.5),
                method="semantic_differential", **settings)
        for k, d in enumerate([3.25, 1.5, 2])
    ]  # fmt: skip
    html = write(rows, tmp_path)
    assert league(html)[0] == "1 c1 100 1.50 1.00 to 2.00"
    assert [line.split()[1] for line in league(html)] == ["c1", "c2", "c0"]
    assert "the smallest distance first" in html


@pytest.mark.parametrize(
    "content",
    ["{}", "[]", "not json", '{"method": "nps", "settings": {"score": "q"}}', "null", "[" * 100_000],
    ids=len,
)
def test_a_result_of_a_template_of_one_s_own_is_only_listed(content, tmp_path):
    rows = clients(tmp_path, 10, 20)
    (tmp_path / "c0/nps/result.json").write_text(content)
    html = write(rows, tmp_path)
    assert len(league(html)) == 1
    assert 'href="c0/nps/report.html"' in html.partition('id="others"')[2]


def test_missing_reports_come_first_with_their_reason(tmp_path):
    gone = [missed("w", "waiting"), missed("i", "interrupted", "power cut"), missed("f", "failed", "no <answers>")]
    html = write([*clients(tmp_path, 10, 20), *gone], tmp_path)
    top = text(html.partition('class="cx-table league"')[0])
    assert top.index("no <answers>") < top.index("power cut") < top.index("Waiting to be made: 1")
    assert "2 of 5 reports published" in html
    assert "<details open>" in html


def test_many_waiting_reports_are_folded_away(tmp_path):
    html = write([missed(f"w{k}", "waiting") for k in range(40)], tmp_path)
    assert "<details>" in html
    assert "Waiting to be made: 40" in html
    assert "Why they were not published" not in html


def test_without_missing_reports_nothing_is_said_of_them(tmp_path):
    html = write(clients(tmp_path, 10), tmp_path)
    assert "missing" not in html
    assert "Waiting" not in html


def test_hostile_names_and_waves_are_text(tmp_path):
    evil = '"><script>alert(1)</script>{{x}}\u202e'
    rows = [publish(tmp_path, c, score(k, wave=evil + c), wave=evil + c, name=evil) for k, c in enumerate("ab")]
    html = write([*rows, missed(evil, "failed", evil), missed(evil, evil, evil)], tmp_path, title=evil)
    assert "<script" not in html
    assert "\u202e" not in html
    assert '"><script>alert(1)</script>{{x}}' in text(html)


def test_three_hundred_clients_stand_on_one_axis_in_order(tmp_path):
    rng = np.random.default_rng(3)
    rows = clients(tmp_path, *rng.normal(20, 25, 300).clip(-85, 85).round(3))
    html = write(rows, tmp_path)
    found = league(html)
    assert len(found) == 300
    values = [int(line.split()[3].replace("−", "-")) for line in found]
    assert values == sorted(values, reverse=True)
    places = [int(line.split()[0]) for line in found]
    assert places[0] == 1
    assert all(places[k] == (places[k - 1] if values[k] == values[k - 1] else k + 1) for k in range(1, 300))
    dots = [float(x) for x in re.findall(r'<b style="left: ([\d.]+)%', html)]
    assert dots == sorted(dots, reverse=True)
    bars = [(float(a), float(b)) for a, b in re.findall(r'<span style="left: ([\d.]+)%; width: ([\d.]+)%"', html)]
    assert len(bars) == 300
    assert all(0 <= a <= dot <= a + b <= 100.01 for (a, b), dot in zip(bars, dots, strict=True))


@pytest.mark.parametrize(
    ("lang", "word", "estimate"),
    [("ru", "Место", "−5 от −13 до 3"), ("uz", "Oʻrin", "−5 −13 dan 3 gacha"), ("uz_Cyrl", "Ўрин", "−13 дан 3 гача")],
)
def test_the_page_speaks_the_language_of_the_batch(lang, word, estimate, tmp_path):
    rows = [*clients(tmp_path, -5, 12.4), publish(tmp_path, "small", score(1, n=11, base="small")),
            publish(tmp_path, "z", score(90), variant="expectation"),
            publish(tmp_path, "own", score(1), method="own"),
            missed("f", "failed", "x"), missed("i", "interrupted", "x"), missed("w", "waiting")]  # fmt: skip
    html = write(rows, tmp_path, lang=lang)
    assert f'<html lang="{lang.replace("_", "-")}">' in html
    assert word in html
    assert estimate in " ".join(league(html))
    shown = re.sub(r"<style>.*?</style>", "", html, flags=re.S)
    allowed = {"NPS", "cxkit", "c", "own", "small", "nps", "z", "f", "i", "w", "x", "en"}
    allowed |= {"summary", "results", "csv", "parquet"}
    if lang != "uz":
        assert set(re.findall(r"[A-Za-z]+", text(shown))) <= allowed
    for english in ("interrupted", "Estimate", "Client", "Sorted", "Other reports", "of each report"):
        assert english not in text(shown)


def test_the_page_links_the_files_that_are_there(tmp_path):
    html = write(clients(tmp_path, 10), tmp_path)
    assert 'href="results.csv"' in html
    assert 'href="results.parquet"' in html
    assert 'href="results.csv"' not in write([missed("f", "failed")], tmp_path)


def test_the_same_rows_give_the_same_bytes(tmp_path):
    rows = clients(tmp_path, *range(40))
    kept = []
    for _ in range(2):
        write(rows, tmp_path)
        kept.append({p.name: p.read_bytes() for p in tmp_path.iterdir() if p.is_file()})
    assert kept[0] == kept[1]
    assert set(kept[0]) == {"index.html", "results.csv", "results.parquet"}
    assert str(tmp_path) not in kept[0]["index.html"].decode()


def own_table(out, client, content):
    row = publish(out, client, score(1), method="own")
    (out / row.folder / "table.csv").write_text(content, encoding="utf-8")
    return row


def test_parquet_holds_what_the_csv_holds_with_numbers_as_numbers(tmp_path):
    rows = [*clients(tmp_path, 10.125, NAN, 1 / 3), publish(tmp_path, "=1+1", score(2, wave="2026", item="007"))]
    write([*rows, own_table(tmp_path, "o", "code,share,said\n007,.5,1\n,-2e3,yes\n")], tmp_path)
    text_table = pd.read_csv(tmp_path / "results.csv", dtype=str, keep_default_na=False)
    table = pd.read_parquet(tmp_path / "results.parquet")
    assert list(table) == list(text_table) == ["client", "method", *COLUMNS, "code", "share", "said"]
    numeric = {name for name in table if table[name].dtype == float}
    assert numeric == {*COLUMNS, "share"} - set(TEXT_COLUMNS)
    for name in table:
        if name in numeric:
            expected = [float(cell) if cell else NAN for cell in text_table[name]]
            np.testing.assert_array_equal(table[name], expected)
        else:
            assert list(table[name]) == list(text_table[name])
    assert {"'=1+1", "o"} <= set(table["client"])
    assert table["estimate"].tolist()[2] == 1 / 3


def test_parquet_is_written_in_blocks_that_part_no_cell(tmp_path, monkeypatch):
    monkeypatch.setattr(stacked, "BLOCK", 100)
    said = ["two\nlines\n\nand more"] * 50
    write([own_table(tmp_path, "o", "said,n\n" + "".join(f'"{cell}",\n' for cell in said) + "end,1\n")], tmp_path)
    table = pd.read_parquet(tmp_path / "results.parquet")
    assert table["said"].tolist() == [*said, "end"]
    assert table["n"].isna().sum() == 50


def test_a_known_column_with_a_word_in_it_is_text(tmp_path):
    write([*clients(tmp_path, 10), own_table(tmp_path, "o", "term,n\nmean,many\n")], tmp_path)
    assert pd.read_parquet(tmp_path / "results.parquet")["n"].tolist() == ["100.0", "many"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", []),
        ("term\n", []),
        ('term\n"two\nlines, ""quoted"""\n', [{"term": 'two\nlines, "quoted"'}]),
        ("client,term\nmine,mean\n", [{"client_in_table": "mine", "term": "mean"}]),
        ("\ufeffterm,n\nmean\n\nmean,1,2\n", [{"term": "mean", "n": ""}, {"term": "mean", "n": "1"}]),
    ],
)
def test_tables_of_one_s_own_are_stacked_as_well(content, expected, tmp_path):
    write([own_table(tmp_path, "o", content)], tmp_path)
    assert lines(tmp_path / "results.csv") == [{"client": "o", "method": "own", **line} for line in expected]
    assert len(pd.read_parquet(tmp_path / "results.parquet")) == len(expected)


def test_without_pyarrow_there_is_no_parquet_and_no_old_one(tmp_path, monkeypatch):
    rows = clients(tmp_path, 10)
    write(rows, tmp_path)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    html = write(rows, tmp_path)
    assert not (tmp_path / "results.parquet").exists()
    assert len(lines(tmp_path / "results.csv")) == 1
    assert "results.parquet" not in html


def test_without_a_published_report_older_results_go(tmp_path):
    write(clients(tmp_path, 10), tmp_path)
    write([missed("f", "failed")], tmp_path)
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["index.html"]


@pytest.mark.parametrize("content", [None, "Сут".encode("cp1251")])
def test_a_table_that_is_gone_or_no_text_is_told_and_costs_no_other(content, tmp_path):
    rows = clients(tmp_path, 10, 20, 30)
    table = tmp_path / "c1/nps/table.csv"
    table.unlink()
    if content:
        table.write_bytes(content)
    html = write(rows, tmp_path)
    assert "Its published table.csv cannot be read; run the batch again." in html
    assert "2 of 3 reports published" in html
    assert {line["client"] for line in lines(tmp_path / "results.csv")} == {"c0", "c2"}
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


def test_digits_of_other_scripts_are_no_numbers(tmp_path):
    write([own_table(tmp_path, "o", "year,n\n٢٠٢٤,5\n")], tmp_path)
    assert pd.read_parquet(tmp_path / "results.parquet").loc[0, ["year", "n"]].tolist() == ["٢٠٢٤", 5.0]


@pytest.mark.parametrize(
    ("values", "limits", "expected"),
    [
        ([-12, 47], (-100, 100), (-20, 20, 60)),
        ([61.2, 63.4], (0, 100), (61, 1, 64)),
        ([50, 50], (0, 100), (50, 0.1, 50.1)),
        ([100, 100], (0, 100), (99.9, 0.1, 100)),
        ([0.2, 0.3], (0, 100), (0.2, 0.1, 0.3)),
        ([-100, 100], (-100, 100), (-100, 50, 100)),
        ([0, 2.99], (0, float("inf")), (0, 1, 3)),
    ],
)
def test_an_axis_has_few_round_marks_around_all_intervals(values, limits, expected, tmp_path):
    row = publish(tmp_path, "a", {**score(values[0]), "low": values[0], "high": values[1]})
    entry = read_entry(row, tmp_path)
    assert axis([entry], limits) == pytest.approx(expected)


def test_settings_that_only_concern_the_client_do_not_part_clients(tmp_path):
    rows = [publish(tmp_path, "a", score(1), seed=1, by="x"), publish(tmp_path, "b", score(2), seed=2, by="")]
    entries = [read_entry(row, tmp_path) for row in rows]
    assert [place for place, _ in in_order(entries, METHODS["nps"].headline)] == [1, 2]
    json.loads(entries[0].asked)
