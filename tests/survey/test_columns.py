"""A column is found by its name as a person reads it, and never one of two that look alike."""

import unicodedata

import duckdb
import openpyxl
import pandas as pd
import pytest

from cxkit.errors import DataError
from cxkit.methods.semantic_differential.read import read_profiles
from cxkit.survey.read import read, split_values
from tests.conftest import parts

ENDINGS = ("csv", "xlsx", "parquet", "duckdb")


def table(folder, ending, **columns):
    path = folder / f"a.{ending}"
    path.unlink(missing_ok=True)
    frame = pd.DataFrame(columns)
    if ending == "csv":
        frame.to_csv(path, index=False)
    elif ending == "xlsx":
        book = openpyxl.Workbook()
        for row in (list(frame), *frame.to_numpy().tolist()):
            book.active.append(row)
        book.save(path)
    elif ending == "parquet":
        frame.to_parquet(path)
    else:
        with duckdb.connect(str(path)) as con:
            con.register("rows", frame)
            con.execute("CREATE TABLE t AS FROM rows")
    return path


def said(work, *args, **kwargs):
    with pytest.raises(DataError) as caught:
        work(*args, **kwargs)
    return str(caught.value)


NAMES = [
    ("How likely\u00a0are you? ", "How likely are you?"),
    ("How likely are you?", "How likely\u00a0are you?"),
    ("NPS", "nps"),
    ("Baho  (1)", "baho (1)"),
    ("n\u200bps", "nps"),
    (unicodedata.normalize("NFD", "Йод"), "Йод"),
    ("Oʻsish", "O'sish"),
    ("How\nlikely?", "How likely?"),
]


@pytest.mark.parametrize(
    ("ending", "in_file", "asked"),
    [*(("csv", *names) for names in NAMES), *((ending, *NAMES[k]) for ending in ENDINGS[1:] for k in (0, 2))],
)
class TestOneColumn:
    def test_is_found_by_every_word_that_names_columns_and_told(self, tmp_path, ending, in_file, asked):
        path = table(tmp_path, ending, id=[1, 2], **{in_file: [9, 8]})
        data, audit = parts(read(path, items=[asked], scale=[0, 10]))
        assert data[asked].tolist() == [9, 8]
        assert audit.notes == (("matched_columns", {"names": asked}),)
        data, audit = parts(read(path, {"items": {"score": {"scale": [0, 10], "column": asked}}}))
        assert data["score"].tolist() == [9, 8]
        assert audit.notes == (("matched_columns", {"names": asked}),)
        roles = ("by", "wave", "weight", "respondent")
        for role in roles:
            data, audit = parts(read(path, items=["id"], scale=[0, 10], **{role: asked}))
            assert getattr(audit, role) == asked
            assert [float(value) for value in data[asked]] == [9, 8]
        data, _ = parts(read(path, items=["id"], scale=[0, 10], where={asked: "8"}))
        assert data["id"].tolist() == [2]
        assert split_values(path, asked) == [("8", 1), ("9", 1)]


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])  # DuckDB itself refuses most of these names
@pytest.mark.parametrize(
    ("one", "two", "words"),
    [
        ("nps", "NPS", '"nps", or column 3, "NPS", which differ only in case, spaces or form of letters; rename one'),
        ("nps", "nps\u200b", 'the column name "nps" stands twice, in columns 2 and 3; make each name unique.'),
        ("a nps", "a\u00a0nps", '"a nps" stands twice, in columns 2 and 3'),
        ("\u0439", "\u0438\u0306", "stands twice, in columns 2 and 3"),
        ("Q²", "Q2", 'column 2, "Q²", or column 3, "Q2"'),
    ],
)
class TestTwoColumns:
    def test_none_is_taken(self, tmp_path, ending, one, two, words):
        path = table(tmp_path, ending, id=[1, 2], **{one: [9, 8], two: [1, 2]})
        for asked in (one, two):
            assert words in said(read, path, items=[asked], scale=[0, 10])
            assert words in said(read, path, items=["id"], scale=[0, 10], by=asked)
            assert words in said(read, path, items=["id"], scale=[0, 10], where={asked: "1"})
            assert words in said(split_values, path, asked)

    def test_others_are_read(self, tmp_path, ending, one, two, words):
        path = table(tmp_path, ending, id=[1, 2], **{one: [9, 8], two: [1, 2]})
        assert read(path, items=["id"], scale=[0, 10]).frame["id"].tolist() == [1, 2]


class TestColumnsNobodyAsksFor:
    def test_without_a_name_or_with_that_of_another_are_left_out_and_told(self, tmp_path):
        path = tmp_path / "a.csv"
        path.write_text(",id,why,nps,why,\n0,a,x,9,y,\n1,b,z,8,w,\n", encoding="utf-8")
        data, audit = parts(read(path, items=["nps"], scale=[0, 10]))
        assert list(data) == ["id", "nps"]
        assert audit.notes == (("unnamed_columns", {"n": 1}), ("doubled_columns", {"names": "why"}))
        assert '"why" stands twice, in columns 3 and 5' in said(read, path, items=["nps"], scale=[0, 10], by="why")

    def test_one_that_a_program_found_twice_is_told(self, tmp_path):
        path = tmp_path / "a.csv"
        path.write_text("id,nps,Q1,nps.1,Q1.1\na,9,1,2,3\nb,8,1,2,3\n", encoding="utf-8")
        told = ("columns_twice", {"names": "nps"})
        assert read(path, items=["nps"], scale=[0, 10]).audit.notes == (told,)
        for items in (["nps", "nps.1"], ["Q1"], ["nps.1"]):  # both are meant, or Q1.1 is a question below Q1
            assert read(path, items=items, scale=[0, 10]).audit.notes == ()

    def test_empty_ones_need_no_telling(self, tmp_path):
        path = tmp_path / "a.csv"
        path.write_text("id,,nps,\na,,9,\nb,,8,\n", encoding="utf-8")
        assert read(path, items=["nps"], scale=[0, 10]).audit.notes == ()


class TestLongForm:
    TEXT = "resp,brand,scale,value\n" + "".join(
        f"{k},{brand},{scale},{k % 5}\n"
        for k in range(9)
        for brand in ("own", "rival")
        for scale in ("Modern", "warm")
    )

    def test_a_row_per_answer_is_named_with_its_cure(self, tmp_path):
        path = tmp_path / "a.csv"
        path.write_text(self.TEXT, encoding="utf-8")
        message = said(read, path, items=["modern", "warm"], scale=[0, 10])
        assert message == (
            'a.csv has no column "modern", but the rows of column "scale" name it: a row is one answer; make it one '
            "row per respondent with a column per item, as a pivot table does."
        )
        assert "known are: resp, brand" in said(read, path, items=["modern", "cold"], scale=[0, 10])
        assert said(read, path, items=["own_modern", "rival_warm"], scale=[0, 10]) == (
            'a.csv has no column "own_modern", but the columns "brand" and "scale" name its two parts: a row is one '
            "answer; make it one row per respondent with a column per item, as a pivot table does."
        )
        assert "known are: resp, brand" in said(read, path, items=["own_modern", "own_cold"], scale=[0, 10])
        assert 'no column "warm"; known are' in said(read, path, items=["value"], scale=[0, 10], by="warm")

    def test_a_row_per_object_is_read_by_names_as_a_person_reads_them(self, tmp_path):
        path = tmp_path / "a.csv"
        path.write_text("Resp,Brand,Modern\n1,own,5\n1,rival,\n2,own,4\n2,rival,99\n", encoding="utf-8")
        poles = {"modern": ["old", "new"]}
        data, audit = parts(read_profiles(
            path, poles=poles, objects=["own", "rival"], object_column="brand", respondent="resp",
            scale={"min": 1, "max": 10, "missing": [99]},
        ))  # fmt: skip
        assert data["own_modern"].tolist() == [5, 4]
        assert audit.answers["declared"].tolist() == [0, 1]
