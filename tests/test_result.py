"""The one value every method returns, and how it is written."""

import csv
import json
import pickle
import re
from dataclasses import FrozenInstanceError

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import cxkit as cx
from cxkit import Result
from cxkit.result import COLUMNS, TEXT_COLUMNS, csv_safe, tidy_table

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1", "＋1", "－1", "＠x"]


def result(**changes):
    content = {
        "method": "nps",
        "settings": {"items": ["recommend"], "level": 0.95, "weight": "", "scale": {"recommend": {"min": 0}}},
        "tidy": tidy_table(
            [
                {"item": "recommend", "term": "nps", "n": 31, "estimate": -100 / 3, "se": np.nan, "base": "ok"},
                {"item": "recommend", "term": "share", "score": 10, "group": "Oʻrta", "estimate": 0.1 + 0.2},
            ]
        ),
        "facts": {"nps": -100 / 3, "n": 31, "comments": 2},
        "notes": (("small_base", {"n": 31, "groups": ["Web"]}), ("unweighted", {})),
        "scores": pd.DataFrame(
            {"score": [10.0, 0.0], "comment": ["my own words", "=1+1"]}, index=pd.Index([2, 5], name="row")
        ),
    }
    return Result(**{**content, **changes})


def csv_rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


TURNING = "a\u2028b\u2029c\u202ed\u2066e\x85f"


def test_json_holds_no_raw_line_separator_or_direction_mark_and_reads_back_the_same():
    text = result(labels={"recommend": {"en": TURNING}}).to_json()
    assert not set(TURNING) & set("\u2028\u2029\u202e\u2066\x85") & set(text)
    assert "a\\u2028b\\u2029c\\u202ed\\u2066e\\u0085f" in text
    assert Result.from_json(text).labels["recommend"]["en"] == TURNING


def test_csv_text_breaks_no_line_and_turns_no_text(tmp_path):
    table = tidy_table([{"item": TURNING, "term": "nps", "estimate": 1}, {"item": "b", "term": "nps", "estimate": 2}])
    result(tidy=table).save(tmp_path)
    text = (tmp_path / "table.csv").read_text(encoding="utf-8")
    assert len(text.splitlines()) == 3  # which breaks at every separator that there is
    assert [row["item"] for row in csv_rows(tmp_path / "table.csv")] == ["a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf", "b"]


class TestTidy:
    def test_every_column_stands_in_its_order(self):
        assert tuple(tidy_table([{"term": "mean"}]).columns) == COLUMNS

    def test_text_left_out_is_empty_and_numbers_left_out_are_undefined(self):
        row = tidy_table([{"term": "mean", "n": 4, "group": None}]).iloc[0]
        assert [row[c] for c in ("item", "term", "group", "wave", "base")] == ["", "mean", "", "", ""]
        assert row["n"] == 4
        assert row.drop([*TEXT_COLUMNS, "n"]).isna().all()

    @pytest.mark.parametrize("rows", [[], [{"term": "mean"}], [{"term": "mean", "estimate": None, "n": 3}]])
    def test_numbers_are_floats_and_text_is_text(self, rows):
        table = tidy_table(rows)
        assert all(table[c].dtype == (object if c in TEXT_COLUMNS else float) for c in COLUMNS)


class TestResult:
    def test_json_brings_everything_back(self):
        before = result()
        after = Result.from_json(before.to_json())
        assert after.method == before.method
        assert after.settings == before.settings
        assert after.facts == before.facts
        assert after.notes == before.notes
        assert_frame_equal(after.tidy, before.tidy, check_exact=True)
        assert_frame_equal(after.scores, before.scores, check_exact=True, check_dtype=False)

    def test_json_brings_back_a_result_without_rows_notes_or_scores(self):
        before = result(tidy=tidy_table([]), notes=(), scores=None)
        after = Result.from_json(before.to_json())
        assert_frame_equal(after.tidy, before.tidy, check_index_type=False)
        assert (after.notes, after.scores) == ((), None)

    def test_json_written_twice_is_the_same_text(self):
        text = result().to_json()
        assert Result.from_json(text).to_json() == text

    @pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), np.nan, np.float64("nan")])
    def test_an_undefined_number_becomes_null(self, value):
        text = result(
            tidy=tidy_table([{"term": "mean", "estimate": value}]), facts={"mean": value},
            notes=(("x", {"p": value}),),
            settings={"list": [value]},
        ).to_json()  # fmt: skip
        content = json.loads(text, parse_constant=pytest.fail)
        assert content["facts"] == {"mean": None}
        assert content["notes"] == [["x", {"p": None}]]
        assert content["settings"] == {"list": [None]}
        assert content["table"][0]["estimate"] is None

    def test_numpy_numbers_are_plain_in_json(self):
        facts = {"n": np.int64(3), "mean": np.float64(4.5), "ok": np.bool_(True), "item": np.str_("ease")}
        assert json.loads(result(facts=facts).to_json())["facts"] == {"n": 3, "mean": 4.5, "ok": True, "item": "ease"}

    def test_numbers_keep_full_precision(self):
        content = json.loads(result().to_json())
        assert content["facts"]["nps"] == -100 / 3
        assert content["table"][1]["estimate"] == 0.1 + 0.2

    def test_letters_of_any_language_stay_readable(self):
        assert "Oʻrta" in result().to_json()

    def test_rows_are_found_by_their_values(self):
        found = result().rows(item="recommend", term="share", score=10)
        assert found["estimate"].tolist() == [0.1 + 0.2]
        assert len(result().rows(term="mean")) == 0
        assert len(result().rows()) == 2

    def test_a_result_cannot_be_changed(self):
        with pytest.raises(FrozenInstanceError):
            result().method = "csi"

    def test_a_result_travels_between_processes(self):
        again = pickle.loads(pickle.dumps(result()))
        assert again.to_json() == result().to_json()


class TestSave:
    def test_two_files_are_written_and_no_other(self, tmp_path):
        result().save(tmp_path / "bank" / "nps")
        assert sorted(path.name for path in (tmp_path / "bank" / "nps").iterdir()) == ["result.json", "table.csv"]

    def test_respondents_own_answers_are_left_out(self, tmp_path):
        before = result()
        before.save(tmp_path)
        assert json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))["scores"] is None
        assert not any("my own words" in path.read_text(encoding="utf-8") for path in tmp_path.iterdir())
        assert before.scores is not None

    def test_what_was_saved_is_read_back(self, tmp_path):
        result().save(str(tmp_path))
        after = Result.from_json((tmp_path / "result.json").read_text(encoding="utf-8"))
        assert_frame_equal(after.tidy, result().tidy)
        table = pd.read_csv(tmp_path / "table.csv", keep_default_na=False, na_values={"se": [""]})
        assert list(table.columns) == list(COLUMNS)
        assert table["estimate"].tolist() == [-100 / 3, 0.1 + 0.2]
        assert table["group"].tolist() == ["", "Oʻrta"]

    def test_what_was_read_is_kept_with_the_result(self, tmp_path):
        (tmp_path / "a.csv").write_text("q\n5\n\n4\n", encoding="utf-8")
        cx.scaling(cx.read(tmp_path / "a.csv", items=["q"], scale=[1, 5])).save(tmp_path / "out")
        kept = json.loads((tmp_path / "out" / "result.json").read_text(encoding="utf-8"))["audit"]
        assert (kept["file"], kept["encoding"], kept["rows"], kept["blank_rows"]) == ("a.csv", "utf-8", 2, 1)
        assert kept["answers"] == [{"item": "q", "n": 2, "missing": 0, "declared": 0}]

    def test_what_was_written_without_an_audit_is_read(self):
        content = json.loads(result().to_json())
        del content["audit"]
        assert Result.from_json(json.dumps(content)).audit == {}

    def test_an_undefined_number_is_an_empty_cell(self, tmp_path):
        result().save(tmp_path)
        assert csv_rows(tmp_path / "table.csv")[0]["se"] == ""

    def test_the_same_result_gives_the_same_bytes(self, tmp_path):
        for folder in ("a", "b"):
            result().save(tmp_path / folder)
        for name in ("result.json", "table.csv"):
            content = (tmp_path / "a" / name).read_bytes()
            assert content == (tmp_path / "b" / name).read_bytes()
            assert b"\r\n" not in content

    @pytest.mark.parametrize("cell", FORMULAS)
    def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(self, tmp_path, cell):
        result(tidy=tidy_table([{"term": "nps", "group": cell, "estimate": -5}])).save(tmp_path)
        row = csv_rows(tmp_path / "table.csv")[0]
        assert row["group"] == f"'{cell}"
        assert json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))["table"][0]["group"] == cell

    @pytest.mark.parametrize("cell", ["Shop\n=1+1", "Shop\r\n=1+1", "Shop\r=1+1", "\r=1"])
    def test_a_line_break_in_a_cell_starts_no_new_row(self, tmp_path, cell):
        result(tidy=tidy_table([{"term": "nps", "group": cell, "estimate": -5}])).save(tmp_path)
        rows = csv_rows(tmp_path / "table.csv")
        assert len(rows) == 1
        assert float(rows[0]["estimate"]) == -5

    def test_numbers_never_get_an_apostrophe(self, tmp_path):
        result(tidy=tidy_table([{"term": "nps", "estimate": -5.25, "low": -20, "score": -1}])).save(tmp_path)
        row = csv_rows(tmp_path / "table.csv")[0]
        assert [float(row[c]) for c in ("estimate", "low", "score")] == [-5.25, -20, -1]

    def test_other_text_is_left_alone(self, tmp_path):
        result(tidy=tidy_table([{"term": "nps", "group": "a=b", "wave": "2025-Q3"}])).save(tmp_path)
        row = csv_rows(tmp_path / "table.csv")[0]
        assert (row["group"], row["wave"]) == ("a=b", "2025-Q3")


def test_a_safe_copy_leaves_the_table_itself_alone():
    table = pd.DataFrame({"text": ["=1", None], "number": [-1, -2], "mixed": [-1, "-1"]})
    safe = csv_safe(table)
    assert safe["text"].tolist()[0] == "'=1"
    assert safe["number"].tolist() == [-1, -2]
    assert safe["mixed"].tolist() == [-1, "'-1"]
    assert table["text"].tolist()[0] == "=1"


class TestShowing:
    def test_a_notebook_shows_headline_key_figures_and_the_main_chart(self):
        shown, _ = cx.nps(cx.sample("shop"), weight="weight")._repr_mimebundle_()
        html = shown["text/html"]
        assert re.search(r"<caption>NPS is −?\d+: ", html)
        assert "Promoters</th>" in html
        assert html.count('<img src="data:image/svg+xml;base64,') == 1
        assert "<p>" not in html

    def test_a_result_makes_its_page_alone(self, tmp_path):
        survey = cx.read("sample:bank", items=["recommend"])
        path = cx.nps(survey, comment="comment").report(tmp_path / "new" / "nps.html", name="Lola <b>", lang="ru")
        page = path.read_text(encoding="utf-8")
        assert 'lang="ru"' in page
        assert "Lola &lt;b&gt;" in page
        sections = re.findall(r'<section[^>]*id="([^"]+)"', page)
        assert sections[0] == "prose"
        assert {"figure-main", "figure-trend", "table-main", "table-comments", "data"} <= set(sections)
        assert "sample:bank" in page

    def test_a_page_in_an_unknown_language_is_refused_and_leaves_nothing(self, tmp_path):
        with pytest.raises(cx.SettingsError, match='There is no language "de"'):
            cx.nps(cx.sample("shop")).report(tmp_path / "nps.html", lang="de")
        assert not list(tmp_path.iterdir())
