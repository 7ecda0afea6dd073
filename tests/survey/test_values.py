"""Groups and waves by their names: one spelling, names and texts of the codebook, several answers in one cell."""

import shutil
from typing import ClassVar

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import cxkit as cx
from cxkit.errors import SettingsError
from cxkit.methods.semantic_differential.read import read_profiles
from cxkit.survey.codebook import read_codebook
from cxkit.survey.read import read, split_values
from tests.conftest import SHARED, parts

SEGMENTS = ["Retail", "retail", "Retail", "RETAIL ", "Corporate", "corporate", "Corporate", "Web", None]
SCORES = [9, 8, 10, 3, 7, 6, 10, 5, 1]
SURVEY = pd.DataFrame({"seg": SEGMENTS, "wave": ["Q1", "q1"] * 4 + ["Q1"], "nps": SCORES})
RETAIL = ("spellings", {"column": "seg", "name": "Retail", "spellings": {"RETAIL": 1, "Retail": 2, "retail": 1}})


def as_csv(folder, frame):
    frame.to_csv(folder / "survey.csv", index=False)
    return folder / "survey.csv"


def as_xlsx(folder, frame):
    frame.to_excel(folder / "survey.xlsx", index=False)
    return folder / "survey.xlsx"


def as_parquet(folder, frame):
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), folder / "survey.parquet")
    return folder / "survey.parquet"


def as_folder(folder, frame):
    (folder / "survey").mkdir()
    for k, part in enumerate((frame[:4], frame[4:])):
        table = pa.Table.from_pandas(part, preserve_index=False)
        pq.write_table(table, folder / "survey" / f"{k}.parquet")
    return folder / "survey"


def as_duckdb(folder, frame):
    with duckdb.connect(str(folder / "survey.duckdb")) as con:
        con.register("frame", pa.Table.from_pandas(frame, preserve_index=False))
        con.execute("CREATE TABLE survey AS SELECT * FROM frame")
    return folder / "survey.duckdb"


FILES = {"csv": as_csv, "xlsx": as_xlsx, "parquet": as_parquet, "folder": as_folder, "duckdb": as_duckdb}


@pytest.fixture(params=FILES)
def path(request, tmp_path):
    return FILES[request.param](tmp_path, SURVEY)


def survey(folder, seg, **columns):
    frame = pd.DataFrame({"seg": seg, "nps": range(len(seg)), **columns})
    return as_csv(folder, frame.assign(nps=frame["nps"] % 11))


def read_nps(path, codebook=None, **settings):
    return parts(read(path, codebook, items=["nps"], scale=[0, 10], **settings))


def codes(audit):
    return [code for code, _ in audit.notes]


@pytest.fixture(scope="module")
def case(request):
    if not (SHARED / "cases").is_dir():
        pytest.skip("the case files are not beside the project")
    return SHARED / "cases" / request.param


@pytest.mark.parametrize("case", ["group_spelling.csv"], indirect=True)
def test_the_groups_of_the_case_are_two(case):
    data, audit = read_nps(case, by="seg")
    assert data["seg"].value_counts().to_dict() == {"Retail": 169, "Corporate": 71}
    assert [told["name"] for code, told in audit.notes if code == "spellings"] == ["Corporate", "Retail"]


@pytest.mark.parametrize("case", ["group_codes.csv"], indirect=True)
def test_the_codes_of_the_case_have_names_in_the_language_of_the_report(case):
    text = {"ru": "Розница", "en": "Retail", "uz": "Chakana", "uz_Cyrl": "Чакана"}
    book = {"group": "seg", "values": {"seg": {"Retail": {"from": ["1", "3"], "text": text}, "Corporate": "2"}}}
    data, audit = read_nps(case, book)
    result = cx.nps(data, "nps", by=audit.by, values=audit.values)
    raw = pd.read_csv(case)
    score = 100 * (raw["nps"].ge(9).astype(float) - raw["nps"].le(6))
    found = result.rows(term="nps").set_index("group")["estimate"]
    assert list(found.index) == ["", "Retail", "Corporate"]
    assert found["Retail"] == pytest.approx(score[raw["seg"] != 2].mean())
    for lang, name in text.items():
        assert name in result.table(lang).html


@pytest.mark.parametrize("case", ["multi_select_group.csv"], indirect=True)
def test_several_answers_of_the_case_are_told_and_split_by_a_setting(case):
    told = {"column": "used", "separator": ", ", "setting": "split"}
    data, audit = read_nps(case, by="used")
    assert ("several_answers", told) in cx.nps(data, "nps", by="used").notes
    names = ["Card", "Loan", "Mobile app", "Deposit, in dollars"]
    book = {"split": {"used": ", "}, "values": {"used": dict.fromkeys(names)}}
    data, audit = read_nps(case, book, by="used")
    result = cx.nps(data, "nps", by="used", values=audit.values, split=audit.split)
    raw = pd.read_csv(case)
    score = 100 * (raw["nps"].ge(9).astype(float) - raw["nps"].le(6))
    tests = result.rows(term="nps_vs_rest").set_index("group")
    assert list(tests.index) == names
    for name, row in tests.iterrows():
        has = raw["used"].str.contains(name, regex=False)
        assert (row["n"], row["n_other"]) == (has.sum(), (~has).sum())
        assert row["estimate"] == pytest.approx(score[has].mean() - score[~has].mean())
    assert result.rows(term="nps", group="")["n"].item() == len(raw)


class TestSpellings:
    def test_spellings_of_a_group_and_of_a_wave_are_one_in_every_file(self, path):
        where = {"seg": "retail"} if path.suffix in ("", ".duckdb") else None
        data, audit = read_nps(path, by="seg", wave="wave", where=where)
        assert data["seg"].value_counts().to_dict()["Retail"] == 4
        assert set(data["seg"].dropna()) == ({"Retail"} if where else {"Retail", "Corporate", "Web"})
        assert data["wave"].nunique() == 1
        assert RETAIL in audit.notes

    def test_rows_are_picked_as_groups_are_joined_in_every_file(self, path):
        data, audit = read_nps(path, where={"seg": "CORPORATE"})
        assert sorted(data["nps"]) == [6, 7, 10]
        assert (audit.rows, audit.filtered_rows) == (3, 6)
        other = {"Corporate": 2, "corporate": 1}
        assert audit.notes == (("spellings", {"column": "seg", "name": "CORPORATE", "spellings": other}),)

    @pytest.mark.parametrize("ending", [".csv", ".parquet"])
    @pytest.mark.parametrize(("value", "n"), [("1", 4), ("01", 4), ("SME-bank", 3), ("R&amp;D", 2)])
    def test_idle_signs_lose_no_row_in_any_file(self, tmp_path, ending, value, n):
        seg = ["1", "01", "1.0", '"1"', "SME - bank", "sme–bank.", "'SME-bank", "R&D", "R&amp;D", "11", "1.5", "A-"]
        frame = pd.DataFrame({"seg": seg, "nps": 9})
        path = tmp_path / f"data{ending}"
        frame.to_csv(path, index=False) if ending == ".csv" else frame.to_parquet(path)
        assert len(read_nps(path, where={"seg": value})[0]) == n

    def test_the_values_of_a_column_are_counted_as_groups_are_joined(self, path):
        assert split_values(path, "seg") == [("", 1), ("Corporate", 3), ("Retail", 4), ("Web", 1)]

    def test_one_spelling_needs_no_word(self, tmp_path):
        data, audit = read_nps(survey(tmp_path, ["a", "b", "a"]), by="seg", where={"seg": "a"})
        assert (list(data["seg"]), audit.notes) == (["a", "a"], ())

    @pytest.mark.parametrize("n", [10, 11])
    def test_many_misspelled_values_are_one_note(self, tmp_path, n):
        names = [f"Branch {letter}" for letter in "abcdefghijk"[:n]]
        _, audit = read_nps(survey(tmp_path, [*names, *names, *map(str.upper, names)]), by="seg")
        if n == 11:
            ((code, values),) = audit.notes
            assert code == "spellings_several"
            assert (values["column"], values["n"]) == ("seg", 11)
            assert values["names"].startswith("Branch a / BRANCH A; Branch b / BRANCH B; ")
            assert "in several spellings were counted as one, such as Branch a / " in audit.table("en").html
        else:
            assert codes(audit) == ["spellings"] * n

    @pytest.mark.parametrize("other", ["\u0422oshkent", "Tosh\u200bkent", "TOSHKENT"])
    def test_neighbours_of_the_case_are_joined_too(self, tmp_path, other):
        data, audit = read_nps(survey(tmp_path, ["Toshkent", "Toshkent", other]), by="seg", where={"seg": "toshkent"})
        assert list(data["seg"]) == ["Toshkent"] * 3
        assert "spellings" in codes(audit)

    def test_letters_of_another_alphabet_are_spelled_out_on_the_page(self, tmp_path):
        _, audit = read_nps(survey(tmp_path, ["Toshkent", "Toshkent", "\u0422oshkent"]), by="seg")
        shown = "Column “seg”: Toshkent (2), [U+0422]oshkent (1) counted as “Toshkent”."
        assert shown in audit.table("en").html

    def test_words_of_one_alphabet_that_look_the_same_stay_apart(self, tmp_path):
        data, audit = read_nps(survey(tmp_path, ["VIP A", "VIP \u0410"]), by="seg")
        assert (data["seg"].nunique(), audit.notes) == (2, ())  # a method names them, whatever it is given

    def test_the_settings_spelling_of_waves_is_kept(self, tmp_path):
        path = survey(tmp_path, ["a"] * 4, wave=["june", "June", "june", "march"])
        data, audit = read_nps(path, wave="wave", waves=["March", "June"])
        assert (list(data["wave"]), audit.waves) == (["June", "June", "June", "March"], ["March", "June"])
        assert cx.nps(data, "nps", wave="wave", waves=audit.waves).facts["wave"] == "June"

    def test_a_respondent_who_stands_twice_in_a_wave_of_two_spellings_is_refused(self, tmp_path):
        path = survey(tmp_path, ["a", "a"], wave=["Q1", "q1"], id=["x", "x"])
        with pytest.raises(cx.DataError, match="stands already in row 2"):
            read_nps(path, wave="wave", respondent="id")

    def test_ratings_of_several_objects_in_rows_of_their_own_are_named_too(self, tmp_path):
        frame = pd.DataFrame({"id": ["1", "1", "2", "2"], "object": ["own", "ideal"] * 2, "clear": [3, 5, 4, 5],
                              "seg": ["a", "A", "a", "a"]})  # fmt: skip
        data, audit = parts(cx.read_profiles(
            as_csv(tmp_path, frame), poles={"clear": ["no", "yes"]}, objects=["own", "ideal"],
            object_column="object", respondent="id", scale=[1, 5], by="seg",
        ))  # fmt: skip
        assert list(data["seg"]) == ["a", "a"]
        assert codes(audit) == ["spellings"]

    def test_invisible_characters_alone_are_no_value_that_can_be_asked_for(self, tmp_path):
        with pytest.raises(cx.DataError, match="no row with"):
            read_nps(survey(tmp_path, ["a", "\u200bb"]), where={"seg": "\u200b"})


BOOK = """
group: seg
values:
  seg:
    Retail: {from: ["1", "01"], text: {en: Retail, ru: Розница, uz: Chakana}}
    Corporate: "2"
    Other: ["3", "4"]
"""


@pytest.fixture
def book(tmp_path):
    (tmp_path / "book.yml").write_text(BOOK, encoding="utf-8")
    return tmp_path / "book.yml"


class TestNames:
    def test_values_are_merged_and_named(self, tmp_path, book):
        data, audit = read_nps(survey(tmp_path, ["1", "01", "2", "3", "4", "retail"]), book)
        assert list(data["seg"]) == ["Retail", "Retail", "Corporate", "Other", "Other", "Retail"]
        texts = {"en": "Retail", "ru": "Розница", "uz": "Chakana"}
        assert audit.values == {"seg": {"Retail": texts, "Corporate": {}, "Other": {}}}
        assert audit.notes == (("spellings", {"column": "seg", "name": "Retail", "spellings": {"retail": 1}}),)

    def test_what_is_not_named_and_what_no_row_has_is_told(self, tmp_path, book):
        data, audit = read_nps(survey(tmp_path, ["1", "5", "5", "2"]), book)
        assert list(data["seg"]) == ["Retail", "5", "5", "Corporate"]
        assert audit.notes == (
            ("values_unnamed", {"column": "seg", "spellings": {"5": 2}}),
            ("values_unused", {"column": "seg", "names": "Other"}),
        )
        page = audit.table("en").html
        assert "values that the codebook does not name: 5 (2)." in page
        assert "names of the codebook that no row has: Other." in page
        assert audit.plain()["notes"] == audit.notes

    def test_a_column_that_the_file_does_not_have_is_told(self, tmp_path):
        _, audit = read_nps(survey(tmp_path, ["a"]), {"values": {"sgment": {"A": "a"}}})
        assert audit.notes == (("values_no_column", {"column": "sgment"}),)

    @pytest.mark.parametrize("value", ["Retail", "1", "01", "RETAIL"])
    @pytest.mark.parametrize("ending", ["csv", "parquet", "duckdb"])
    def test_rows_are_picked_by_the_name_or_by_a_value(self, tmp_path, book, value, ending):
        frame = pd.DataFrame({"seg": ["1", "01", "2", "Retail"], "nps": [1, 2, 3, 4]})
        data, audit = read_nps(FILES[ending](tmp_path, frame), book, by="-", where={"seg": value})
        assert list(data["nps"]) == [1, 2, 4]
        assert audit.notes == ()

    def test_numbers_in_the_file_are_named_too(self, tmp_path, book):
        frame = pd.DataFrame({"seg": [1, 2, 3, 1], "nps": [1, 2, 3, 4]})
        for path in (as_parquet(tmp_path, frame), as_xlsx(tmp_path, frame)):
            assert list(read_nps(path, book)[0]["seg"]) == ["Retail", "Corporate", "Other", "Retail"]
            assert list(read_nps(path, book, where={"seg": "Retail"})[0]["nps"]) == [1, 4]

    def test_clients_are_named_by_the_codebook(self, tmp_path, book):
        path = survey(tmp_path, ["1", "01", "2", "9"])
        assert split_values(path, "seg", book) == [("9", 1), ("Corporate", 1), ("Retail", 2)]

    @pytest.mark.parametrize("order", [["Spring", "Autumn"], ["1", "2"], ["spring", "AUTUMN"]])
    def test_waves_have_names_too(self, tmp_path, order):
        values = {"wave": {"Spring": {"from": 1, "text": {"ru": "Весна"}}, "Autumn": 2}}
        path = survey(tmp_path, ["a"] * 4, wave=[1, 2, 1, 2])
        book = {"wave": "wave", "waves": order, "values": values}
        data, audit = read_nps(path, book)
        result = cx.nps(data, "nps", wave=audit.wave, waves=audit.waves, values=audit.values, min_base=1, flag_base=1)
        assert (result.facts["previous_wave"], result.facts["wave"]) == ("Spring", "Autumn")
        assert "Весна" in result.figure("ru", "trend").alt

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"seg": {"A": {"form": "1"}}}, 'values.seg.A, has the unknown key "form"; did you mean "from"?'),
            ({"seg": {"A": "1", "B": ["2", "1"]}}, 'the value "1" stands in "A" and in "B"; let each value have one'),
            ({"seg": {"A": "b", "B": None}}, 'the value "B" stands in "A" and in "B"'),
            (
                {"seg": {"A": {"text": {"ru": "Р"}}, "B": {"text": {"ru": "р"}}}},
                '"A" and "B" are both shown as "р" in ru; merge them',
            ),
            ({"seg": {"A": {"text": {"ru": "B"}}, "B": None}}, '"A" and "B" are both shown as "B" in ru'),
            ({"seg": {"A": True}}, 'values.seg.A, has from: True; give values as in the file, in quotes: "1".'),
            ({"seg": {"A": [1.5]}}, "values.seg.A, has from: [1.5]; give values as in the file, in quotes"),
            ({"seg": {"A": [""]}}, "has from: ['']; give values"),
            ({"seg": {"A": {"text": "Р"}}}, "has text: 'Р'; give lines of"),
            ({"seg": ["A"]}, "values, has seg: ['A']; give lines of \"key: value\""),
            (["seg"], "has values: ['seg']; give lines of \"key: value\""),
        ],
    )
    def test_values_that_cannot_be_meant_are_refused(self, values, words):
        with pytest.raises(SettingsError) as caught:
            read_codebook({"values": values})
        assert words in str(caught.value)
        assert "\n" not in str(caught.value)

    @pytest.mark.parametrize("separator", ["", None, 1, "and", " a "])
    def test_a_separator_that_is_none_is_refused(self, separator):
        with pytest.raises(SettingsError, match=r"give the sign between two answers in quotes"):
            read_codebook({"split": {"used": separator}})


ANSWERS = {"split": {"seg": ", "}, "values": {"seg": {"USD": {"from": "Deposit, in dollars"}, "Loan": None}}}


class TestSplit:
    def test_declared_answers_are_kept_whole_and_named(self, tmp_path):
        path = survey(tmp_path, ["Loan, Deposit, in dollars", "LOAN", "card, Loan", "Card"])
        data, audit = read_nps(path, ANSWERS, by="seg")
        assert list(data["seg"]) == ["Loan, USD", "Loan", "Card, Loan", "Card"]
        assert audit.split == {"seg": ", "}
        assert audit.notes == (
            ("spellings", {"column": "seg", "name": "Card", "spellings": {"Card": 1, "card": 1}}),
            ("spellings", {"column": "seg", "name": "Loan", "spellings": {"LOAN": 1}}),
            ("values_unnamed", {"column": "seg", "spellings": {"Card": 2}}),
        )

    @pytest.mark.parametrize("ending", FILES)
    def test_rows_that_hold_an_answer_are_picked(self, tmp_path, ending):
        frame = pd.DataFrame({"seg": ["Loan, Deposit, in dollars", "Card, LOAN", "Card", None], "nps": [1, 2, 3, 4]})
        path = FILES[ending](tmp_path, frame)
        assert list(read_nps(path, ANSWERS, where={"seg": "loan"})[0]["nps"]) == [1, 2]
        assert list(read_nps(path, ANSWERS, where={"seg": "USD"})[0]["nps"]) == [1]
        assert split_values(path, "seg", ANSWERS) == [("", 1), ("Card", 2), ("Loan", 2), ("USD", 1)]

    def test_waves_cannot_be_split(self, tmp_path):
        path = survey(tmp_path, ["a"], wave=["Q1, Q2"])
        with pytest.raises(SettingsError, match=r'"wave" tells the wave, and an answer is given in one'):
            read_nps(path, {"wave": "wave", "split": {"wave": ", "}})


def test_a_report_shows_groups_by_their_texts(make, tmp_path, book):
    from cxkit.report.job import Job

    shutil.copy(survey(tmp_path, ["1", "2", "01", "2"] * 30), tmp_path / "codes.csv")
    parameters = {"data_path": str(tmp_path / "codes.csv"), "codebook": str(book), "score": "nps"}
    bundle = make(Job("a", "nps", parameters, lang="ru"), tmp_path / "out")
    page = (bundle / "report.html").read_text(encoding="utf-8")
    assert "Розница" in page
    assert "Retail" not in page
    assert {"Retail", "Corporate"} <= set(pd.read_csv(bundle / "table.csv")["group"].dropna())


class TestColumnsInAnotherSpelling:
    BOOK: ClassVar = {
        "group": "segment", "wave": {"column": "When", "period": "month"}, "values": {"segment": {"Retail": "1"}},
    }  # fmt: skip

    def read(self, tmp_path, **how):
        rows = "".join(f"{k},{1 + k % 2},2026-0{1 + k % 2}-05,{k % 11}\n" for k in range(22))
        (tmp_path / "a.csv").write_text("id,Segment,when,nps\n" + rows, encoding="utf-8")
        return parts(read(tmp_path / "a.csv", self.BOOK, items=["nps"], scale=[0, 10], **how))

    def test_the_codebook_holds_however_its_columns_are_asked_for(self, tmp_path):
        for how in ({}, {"by": "Segment"}, {"by": "SEGMENT", "wave": "when"}):
            data, audit = self.read(tmp_path, **how)
            assert set(data[audit.by]) == {"Retail", "2"}
            assert set(data[audit.wave]) == {"2026-01", "2026-02"}
            assert "values_no_column" not in dict(audit.notes)

    def test_rows_are_picked_however_their_column_is_spelled(self, tmp_path):
        for where in ({"Segment": "Retail"}, {"segment": "1"}, {"SEGMENT": "retail"}):
            data, audit = self.read(tmp_path, where=where)
            assert set(data[audit.by]) == {"Retail"}
            assert audit.filtered_rows == 11

    def test_long_profiles_pick_by_the_names_of_the_codebook(self, tmp_path):
        rows = "".join(f"{k},{1 + k % 2},{thing},5\n" for k in range(20) for thing in ("own", "ideal"))
        (tmp_path / "a.csv").write_text("id,seg,site,modern\n" + rows, encoding="utf-8")
        data, _ = parts(read_profiles(
            tmp_path / "a.csv", {"values": {"seg": {"Retail": "1"}}}, poles={"modern": ["old", "new"]},
            objects=["own", "ideal"], object_column="site", respondent="id", where={"seg": "Retail"},
        ))  # fmt: skip
        assert len(data) == 10
