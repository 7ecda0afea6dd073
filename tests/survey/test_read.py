"""A survey file becomes numbers one can trust, or one sentence says why not."""

import numpy as np
import openpyxl
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from cxkit import DataError, SettingsError, read
from cxkit.survey.samples import sample_codebook
from tests.conftest import parts

SURVEY = """id,segment,wave,weight,ease,trust,note
a,Shop,1,1.0,5,9,fine
b,Web,1,0.5,4,99,NA
c,Shop,2,"1,5",,10,None
a,Web,2,2,1,0,=1+1
"""
CODEBOOK = {
    "respondent": "id",
    "weight": "weight",
    "group": "segment",
    "wave": "wave",
    "items": {"ease": {"scale": [1, 5]}, "trust": {"scale": {"min": 0, "max": 10, "missing": [99]}}},
}


def write(folder, text=SURVEY, name="answers.csv", encoding="utf-8"):
    path = folder / name
    path.write_text(text, encoding=encoding, newline="")
    return path


def refusal(path, codebook=None, kind=DataError, **settings):
    with pytest.raises(kind) as caught:
        read(path, codebook, **settings)
    return str(caught.value)


def says(message, *parts):
    for part in parts:
        assert part in message
    assert "\n" not in message
    assert message[-1] in ".?"


class TestWhatIsRead:
    def test_items_and_weights_are_numbers_and_all_else_is_text(self, tmp_path):
        survey = read(write(tmp_path), CODEBOOK, items=["ease", "trust"])
        data, _ = survey.frame, survey.audit
        expected = pd.DataFrame(
            {
                "id": ["a", "b", "c", "a"],
                "segment": ["Shop", "Web", "Shop", "Web"],
                "wave": ["1", "1", "2", "2"],
                "weight": [1.0, 0.5, 1.5, 2.0],
                "ease": [5, 4, np.nan, 1],
                "trust": [9, np.nan, 10, 0],
                "note": ["fine", "NA", "None", "=1+1"],
            },
            index=pd.Index([2, 3, 4, 5], name="row"),
        )
        assert_frame_equal(data, expected, check_dtype=False)
        assert [data[c].dtype for c in ("ease", "trust", "weight")] == [float] * 3

    def test_without_items_those_on_the_scale_of_the_first_are_read(self, tmp_path):
        _, audit = parts(
            read(write(tmp_path), {**CODEBOOK, "items": {**CODEBOOK["items"], "note": {"scale": [1, 7]}}})
        )
        assert audit.items == ["ease"]

    def test_the_audit_says_what_was_read(self, tmp_path):
        _, audit = parts(read(write(tmp_path, "id;ease\n\n1;5\n2;\n3;9\n", encoding="cp1251"), items=["ease"],
                        scale={"min": 1, "max": 5, "missing": ["9"]}))  # fmt: skip
        assert (audit.file, audit.encoding, audit.delimiter, audit.sheet) == ("answers.csv", "utf-8", ";", "")
        assert (audit.rows, audit.blank_rows, audit.filtered_rows, audit.simulated) == (3, 1, 0, False)
        assert audit.answers.to_dict("records") == [{"item": "ease", "n": 1, "missing": 2, "declared": 1}]

    def test_the_audit_holds_settings_for_a_method(self, tmp_path):
        survey = read(write(tmp_path), CODEBOOK, items=["ease", "trust"])
        _, audit = survey.frame, survey.audit
        assert audit.items == ["ease", "trust"]
        assert (audit.by, audit.wave, audit.weight, audit.respondent) == ("segment", "wave", "weight", "id")
        assert (audit.scale["trust"]["min"], audit.scale["trust"]["max"]) == (0, 10)
        assert audit.scale["trust"]["missing"] == ["99"]

    def test_the_audit_reads_the_same_data_again(self, tmp_path):
        path = write(tmp_path)
        survey = read(path, CODEBOOK)
        data, audit = survey.frame, survey.audit
        again, second = parts(
            read(
                path,
                items=audit.items,
                scale=audit.scale,
                by=audit.by,
                wave=audit.wave,
                weight=audit.weight,
                respondent=audit.respondent,
            )
        )
        assert_frame_equal(again, data)
        assert second.scale == audit.scale

    def test_a_codebook_file_reads_like_the_same_dict(self, tmp_path):
        codebook = tmp_path / "codebook.yml"
        codebook.write_text(
            "respondent: id\nweight: weight\ngroup: segment\nwave: wave\n"
            "items:\n  ease: {scale: [1, 5]}\n  trust: {scale: {min: 0, max: 10, missing: [99]}}\n"
        )
        survey = read(write(tmp_path), codebook)
        from_file, _ = survey.frame, survey.audit
        survey = read(write(tmp_path), CODEBOOK)
        from_dict, _ = survey.frame, survey.audit
        assert_frame_equal(from_file, from_dict)

    def test_named_items_are_read_and_others_stay_text(self, tmp_path):
        survey = read(write(tmp_path), CODEBOOK, items=["trust"])
        data, audit = survey.frame, survey.audit
        assert audit.items == ["trust"]
        assert list(data["ease"]) == ["5", "4", None, "1"]

    def test_a_card_in_the_codebook_goes_before_a_scale_for_all(self, tmp_path):
        book = {"items": {"trust": {"scale": {"min": 0, "max": 10, "missing": [99]}}}}
        audit = read(write(tmp_path), book, items=["ease", "trust"], scale=[1, 7]).audit
        assert [(audit.scale[i]["min"], audit.scale[i]["max"]) for i in ("ease", "trust")] == [(1, 7), (0, 10)]

    def test_a_role_given_here_wins_over_the_codebook(self, tmp_path):
        survey = read(write(tmp_path), CODEBOOK, by="note", respondent="-")
        _, audit = survey.frame, survey.audit
        assert (audit.by, audit.respondent) == ("note", "")

    @pytest.mark.parametrize("role", ["by", "wave", "weight", "respondent"])
    def test_a_dash_sets_a_role_aside(self, tmp_path, role):
        settings = {"respondent": "-"} if role == "wave" else {}
        survey = read(write(tmp_path), CODEBOOK, **{role: "-"}, **settings)
        _, audit = survey.frame, survey.audit
        assert getattr(audit, role) == ""

    def test_a_weight_set_aside_stays_text(self, tmp_path):
        survey = read(write(tmp_path), CODEBOOK, weight="-")
        data, _ = survey.frame, survey.audit
        assert list(data["weight"]) == ["1.0", "0.5", "1,5", "2"]

    def test_a_column_is_renamed_to_its_item(self, tmp_path):
        codebook = {"items": {"ease": {"scale": [1, 5], "column": "Q1. How easy?"}}}
        survey = read(write(tmp_path, "id,Q1. How easy?\n1,5\n2,3\n"), codebook)
        data, audit = survey.frame, survey.audit
        assert data["ease"].tolist() == [5, 3]
        assert audit.answers["item"].tolist() == ["ease"]

    def test_where_keeps_the_rows_with_these_values(self, tmp_path):
        survey = read(write(tmp_path), CODEBOOK, items=["trust"], where={"segment": "Shop", "wave": 2})
        data, audit = survey.frame, survey.audit
        assert list(data.index) == [4]
        assert (audit.rows, audit.filtered_rows) == (1, 3)

    def test_rows_filtered_out_are_not_checked(self, tmp_path):
        path = write(tmp_path, "id,country,ease,w\n1,uz,5,1\n2,kz,eleven,x\n1,kz,5,1\n")
        data, _ = parts(
            read(path, items=["ease"], scale=[1, 5], weight="w", respondent="id", where={"country": "uz"})
        )
        assert list(data.index) == [2]

    def test_a_blank_row_moves_no_row_number(self, tmp_path):
        survey = read(write(tmp_path, "ease\n\n5\n\n4\n"), items=["ease"], scale=[1, 5])
        data, _ = survey.frame, survey.audit
        assert list(data.index) == [3, 5]

    def test_decimal_commas_are_read(self, tmp_path):
        survey = read(write(tmp_path, "ease;w\n5,0;1,25\n4;0,75\n"), items=["ease"], scale=[1, 5], weight="w")
        data, _ = survey.frame, survey.audit
        assert data["ease"].tolist() == [5, 4]
        assert data["w"].tolist() == [1.25, 0.75]

    @pytest.mark.parametrize("ending", ["xlsx", "parquet"])
    def test_other_kinds_of_file_give_the_same_numbers(self, tmp_path, ending):
        frame = pd.DataFrame({"id": ["007", "008"], "ease": [5, 4], "weight": [1.5, 2.0]})
        path = tmp_path / f"answers.{ending}"
        frame.to_excel(path, index=False) if ending == "xlsx" else frame.to_parquet(path)
        survey = read(path, items=["ease"], scale=[1, 5], weight="weight", respondent="id")
        data, audit = survey.frame, survey.audit
        assert data["id"].tolist() == ["007", "008"]
        assert data["ease"].tolist() == [5, 4]
        assert data["weight"].tolist() == [1.5, 2.0]
        assert audit.sheet == ("Sheet1" if ending == "xlsx" else "")

    def test_labels_in_a_cyrillic_file_are_read(self, tmp_path):
        path = write(tmp_path, "id;ease\n1;Очень хорошо\n2;плохо\n", encoding="cp1251")
        scale = {"min": 1, "max": 5, "labels": {"очень  хорошо": 5, "Плохо": 1}}
        survey = read(path, items=["ease"], scale=scale)
        data, audit = survey.frame, survey.audit
        assert (audit.encoding, data["ease"].tolist()) == ("cp1251", [5, 1])

    def test_one_item_may_be_empty_when_another_is_not(self, tmp_path):
        survey = read(write(tmp_path, "a,b\n1,\n2,\n"), items=["a", "b"], scale=[1, 5])
        _, audit = survey.frame, survey.audit
        assert audit.answers["n"].tolist() == [2, 0]

    def test_the_same_respondent_may_answer_in_two_waves(self, tmp_path):
        survey = read(write(tmp_path), CODEBOOK)
        data, _ = survey.frame, survey.audit
        assert data["id"].tolist().count("a") == 2

    def test_rows_without_an_id_are_no_duplicates(self, tmp_path):
        survey = read(write(tmp_path, "id,ease\n,5\n,4\n"), items=["ease"], scale=[1, 5], respondent="id")
        data, _ = survey.frame, survey.audit
        assert len(data) == 2

    def test_a_weight_of_zero_is_read_beside_others(self, tmp_path):
        survey = read(write(tmp_path, "ease,w\n5,0\n4,1\n"), items=["ease"], scale=[1, 5], weight="w")
        data, _ = survey.frame, survey.audit
        assert data["w"].tolist() == [0, 1]


class TestRealSurvey:
    ITEMS = (
        "SATIS",
        "CONFIRM",
        "IDEAL",
        "OVERALLX",
        "CUSTOMX",
        "WRONGX",
        "OVERALLQ",
        "CUSTOMQ",
        "WRONGQ",
        "PQ",
        "QP",
    )

    def test_counts_missing_and_means_equal_plain_pandas(self, shared_data):
        path = shared_data / "acsi2015.csv"
        plain = pd.read_csv(path)
        survey = read(path, items=self.ITEMS, scale=[1, 10], by="INDUSTRY")
        data, audit = survey.frame, survey.audit
        answers = audit.answers.set_index("item")
        assert audit.rows == len(plain) == 8239
        assert answers["n"].to_dict() == plain[list(self.ITEMS)].count().to_dict()
        assert answers["missing"].to_dict() == plain[list(self.ITEMS)].isna().sum().to_dict()
        assert answers["missing"].sum() > 0
        assert answers["declared"].sum() == 0
        pd.testing.assert_series_equal(data[list(self.ITEMS)].mean(), plain[list(self.ITEMS)].mean())
        assert data["INDUSTRY"].value_counts().to_dict() == plain["INDUSTRY"].astype(str).value_counts().to_dict()


class TestRefused:
    @pytest.mark.parametrize(
        ("cell", "parts"),
        [
            ("11", ['found "11"', "expected a whole number from 0 to 10"]),
            ("-1", ['found "-1"', "expected a whole number from 0 to 10"]),
            ("6.5", ['found "6.5"', "not whole", "whole number from 0 to 10"]),
            ("good", ['found "good"', "not a rating", "whole number from 0 to 10"]),
            ("99", ['found "99"', "declare it as a missing code"]),
            ("NA", ['found "NA"', "not a rating"]),
            ("nan", ['found "nan"', "not a rating"]),
            ("inf", ['found "inf"', "not a rating"]),
            ("1e1", ['found "1e1"', "not a rating"]),
            ("1_0", ['found "1_0"', "not a rating"]),
        ],
    )
    def test_an_answer_off_the_scale(self, tmp_path, cell, parts):
        path = write(tmp_path, f"id,ease\n1,5\n\n2,{cell}\n")
        says(refusal(path, items=["ease"], scale=[0, 10]), "answers.csv", 'column "ease"', "row 4", *parts)

    def test_a_renamed_column_is_named_as_in_the_file(self, tmp_path):
        path = write(tmp_path, "id,Q1\n1,11\n")
        message = refusal(path, items=["ease"], scale={"min": 0, "max": 10, "column": "Q2"})
        says(message, 'no column "Q2"', "known are: id, Q1")

    def test_a_long_answer_is_cut_in_the_message(self, tmp_path):
        message = refusal(write(tmp_path, f"id,ease\n1,{'very ' * 100}\n"), items=["ease"], scale=[0, 10])
        says(message, 'row 2: found "very very')
        assert len(message) < 300

    @pytest.mark.parametrize(
        ("settings", "column", "hint"),
        [
            ({"items": ["eas"]}, "eas", 'did you mean "ease"?'),
            ({"by": "segmnt"}, "segmnt", 'did you mean "segment"?'),
            ({"wave": "waves"}, "waves", 'did you mean "wave"?'),
            ({"weight": "wieght"}, "wieght", 'did you mean "weight"?'),
            ({"respondent": "IDs"}, "IDs", 'did you mean "id"?'),
            ({"where": {"segmetn": "Web"}}, "segmetn", 'did you mean "segment"?'),
        ],
    )
    def test_a_column_that_is_not_there(self, tmp_path, settings, column, hint):
        settings = {"items": ["ease"], "scale": [1, 5], **settings}
        says(refusal(write(tmp_path), **settings), f'answers.csv has no column "{column}"', hint)

    @pytest.mark.parametrize(
        ("items", "settings"),
        [(["ease"], {"by": "Q1"}), (["ease", "speed"], {})],
        ids=["a role", "two items of one column"],
    )
    def test_a_column_taken_by_an_item_is_not_suggested_for_itself(self, tmp_path, items, settings):
        card = {"min": 1, "max": 5, "column": "Q1"}
        message = refusal(
            write(tmp_path, "Q1,Q2\n5,4\n"), items=items, scale=dict.fromkeys(items, card), kind=Exception, **settings
        )
        says(message, '"Q1"')
        assert 'did you mean "Q1"' not in message

    def test_a_renamed_column_that_meets_another_of_that_name(self, tmp_path):
        path = write(tmp_path, "Q1,ease\n5,4\n3,2\n")
        says(refusal(path, items=["ease"], scale={"min": 1, "max": 5, "column": "Q1"}), '"Q1"', '"ease"')

    @pytest.mark.parametrize(
        ("cell", "found"),
        [("-0.5", '"-0.5"'), ("nan", '"nan"'), ("inf", '"inf"'), ("heavy", '"heavy"'), ("", "an empty cell")],
    )
    def test_a_weight_that_is_none(self, tmp_path, cell, found):
        path = write(tmp_path, f"ease,w\n5,1\n4,{cell}\n")
        message = refusal(path, items=["ease"], scale=[1, 5], weight="w")
        says(message, "answers.csv", 'column "w"', "row 3", f"found {found}", "weight of 0 or more")

    def test_weights_that_are_all_zero(self, tmp_path):
        path = write(tmp_path, "ease,w\n5,0\n4,0.0\n")
        says(
            refusal(path, items=["ease"], scale=[1, 5], weight="w"), "answers.csv", 'column "w"', "all weights are 0"
        )

    def test_an_id_that_stands_twice(self, tmp_path):
        path = write(tmp_path, "id,ease\nr1,5\nr2,4\nr3,3\nr2,1\n")
        message = refusal(path, items=["ease"], scale=[1, 5], respondent="id")
        says(message, "answers.csv", 'column "id"', "row 5", '"r2" stands already in row 3')
        assert "per wave" not in message

    def test_an_id_that_stands_twice_in_one_wave(self, tmp_path):
        path = write(tmp_path, "id,wave,ease\nr1,1,5\nr1,2,4\nr1,2,3\n")
        message = refusal(path, items=["ease"], scale=[1, 5], respondent="id", wave="wave")
        says(message, 'column "id"', "row 4", '"r1" stands already in row 3', "per wave")

    def test_an_id_that_stands_twice_without_a_wave(self, tmp_path):
        path = write(tmp_path, "id,wave,ease\nr1,,5\nr1,,4\n")
        message = refusal(path, items=["ease"], scale=[1, 5], respondent="id", wave="wave")
        says(message, 'column "id"', "row 3", '"r1" stands already in row 2')

    @pytest.mark.parametrize("cell", ["", "99"])
    def test_no_answer_at_all(self, tmp_path, cell):
        path = write(tmp_path, f"id,ease,trust\n1,{cell},\n2,{cell},\n")
        message = refusal(path, items=["ease", "trust"], scale={"min": 1, "max": 5, "missing": [99]})
        says(message, "answers.csv", "no answer in ease, trust", "all 2 rows")

    def test_a_filter_that_leaves_no_row(self, tmp_path):
        message = refusal(write(tmp_path), CODEBOOK, where={"segment": "shops", "wave": "1"})
        says(message, "answers.csv has no row with", 'segment = "shops" and wave = "1"', "spelling")

    @pytest.mark.parametrize("address", ["https://example.org/a.csv", "s3://bucket/a.parquet", "file:///tmp/a.csv"])
    def test_an_address_is_never_opened(self, address):
        says(refusal(address, items=["ease"], scale=[1, 5]), "is an address; download the file")

    def test_an_address_is_shown_as_it_was_given(self):
        says(refusal("https://example.org/a.csv", items=["ease"], scale=[1, 5]), '"https://example.org/a.csv"')

    def test_a_survey_without_items(self, tmp_path):
        says(refusal(write(tmp_path), kind=SettingsError), "list of items is empty")

    def test_an_item_without_a_scale(self, tmp_path):
        says(refusal(write(tmp_path), items=["ease"], kind=SettingsError), 'item "ease" has no scale')

    def test_an_item_named_twice(self, tmp_path):
        message = refusal(write(tmp_path), items=["ease", "ease"], scale=[1, 5], kind=SettingsError)
        says(message, "names one twice", "ease, ease")

    def test_an_unknown_sample(self):
        says(refusal("sample:bnk", kind=SettingsError), 'no sample "bnk"', 'did you mean "bank"?')


def test_a_sample_takes_another_codebook():
    codebook = sample_codebook("bank")
    codebook["items"] = {"trust": codebook["items"]["trust"]}
    survey = read("sample:bank", codebook)
    _, audit = survey.frame, survey.audit
    assert audit.items == ["trust"]
    assert audit.simulated


class TestBelowTheTable:
    HEAD = "id,segment,ease,trust,appeal\n" + "".join(f"r{k},a,5,5,5\n" for k in range(12))

    def test_a_note_below_an_empty_row_is_no_respondent(self, tmp_path):
        path = write(tmp_path, self.HEAD + ",,,,\nNote: 5 = best,,,,\n")
        says(refusal(path, items=["ease"], scale=[1, 5]), "answers.csv, row 15", "fills 1 of 5", "note or a total")

    def test_a_note_in_a_narrow_table_is_no_respondent(self, tmp_path):
        path = write(tmp_path, "id,segment,ease\nr1,a,5\nr2,a,4\n,,\nSource: a bank,,\n")
        says(refusal(path, items=["ease"], scale=[1, 5]), "answers.csv, row 5", "fills 1 of 3", "note or a total")

    def test_a_total_without_an_id_is_no_respondent(self, tmp_path):
        path = write(tmp_path, self.HEAD + ",,5,5,5\n")
        message = refusal(path, items=["ease"], scale=[1, 5], respondent="id")
        says(message, 'column "id", row 14', "an empty cell", "note or a total")

    def test_an_empty_row_inside_the_table_is_left_out(self, tmp_path):
        survey = read(write(tmp_path, self.HEAD + ",,,,\nr99,a,4,4,4\n"), items=["ease"], scale=[1, 5])
        _, audit = survey.frame, survey.audit
        assert (audit.rows, audit.blank_rows) == (13, 1)

    def test_a_title_above_the_names_is_told(self, tmp_path):
        path = tmp_path / "survey.xlsx"
        book = openpyxl.Workbook()
        for row in (["Customers 2026"], ["id", "ease"], ["a", 5]):
            book.active.append(row)
        book.save(path)
        says(
            refusal(path, items=["ease"], scale=[1, 5]),
            "row 1 fills 1 column, row 2 fills 2",
            "delete what stands above",
        )

    def test_an_error_names_the_column_as_the_file_does(self, tmp_path):
        path = write(tmp_path, 'id,"How easy was it?"\na,7\n')
        message = refusal(path, {"items": {"ease": {"scale": [1, 5], "column": "How easy was it?"}}})
        says(message, 'column "How easy was it?" (item "ease"), row 2', 'found "7"')


def test_a_period_or_an_order_of_day_and_month_that_is_none_is_refused_without_a_wave_too(tmp_path):
    (tmp_path / "a.csv").write_text("q\n5\n", encoding="utf-8")
    for how, cure in (
        ({"period": "mnth"}, 'did you mean "month"'),
        ({"dates": "dayfirst"}, 'did you mean "day first"'),
    ):
        with pytest.raises(SettingsError, match=cure):
            read(tmp_path / "a.csv", items=["q"], scale=[1, 5], **how)


def test_an_outcome_is_no_item_and_no_count(tmp_path):
    (tmp_path / "a.csv").write_text("ease,total\n1,4\n2,5\n3,6\n4,7\n5,9\n", encoding="utf-8")
    book = {"items": {"ease": {"scale": [0, 10]}, "total": {"scale": [0, 10]}}}
    survey = read(tmp_path / "a.csv", book, outcome="total")
    _, audit = survey.frame, survey.audit
    assert (audit.items, audit.rows) == (["ease"], 5)


def test_a_number_too_large_for_any_scale_is_no_rating(tmp_path):
    (tmp_path / "a.csv").write_text(f"q\n{'9' * 400}\n", encoding="utf-8")
    with pytest.raises(DataError, match="which is not a rating"):
        read(tmp_path / "a.csv", items=["q"], scale=[1, 5])


def test_numbers_that_are_labels_are_not_told_as_numbers(tmp_path):
    labels = {**{str(k): k - 1 for k in range(1, 12)}, "Extremely likely": 10}
    (tmp_path / "a.csv").write_text("q\n11\n1\nExtremely likely\n", encoding="utf-8")
    survey = read(tmp_path / "a.csv", {"items": {"q": {"scale": [0, 10], "labels": labels}}})
    data, audit = survey.frame, survey.audit
    assert (data["q"].tolist(), audit.notes) == ([10, 0, 10], ())
