"""Files to text tables: every cell as text, rows numbered as a spreadsheet shows them."""

import datetime as dt
import gc
import re
import warnings
import zipfile

import openpyxl
import pandas as pd
import polars as pl
import pytest
from openpyxl.worksheet.formula import ArrayFormula

from cxkit.errors import DataError
from cxkit.survey import sheets, sources
from cxkit.survey.sources import read_text_table

SHEET = "xl/worksheets/sheet1.xml"


def write(folder, content, name="answers.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def workbook(folder, *pages, name="answers.xlsx"):
    """Each page is (title, rows) or (title, rows, state)."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows, *state in pages:
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
        page.sheet_state = state[0] if state else "visible"
    book.save(folder / name)
    return folder / name


def with_part(source, target, part, change):
    """Copy an XLSX file with one part of the archive changed."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name == part else content)
    return target


def cells(table):
    return {row: list(values) for row, values in zip(table.frame.index, table.frame.to_numpy(), strict=True)}


def refusal(path, **settings):
    with pytest.raises(DataError) as caught:
        read_text_table(path, **settings)
    return str(caught.value)


def says(message, *parts):
    for part in parts:
        assert part in message
    assert "\n" not in message
    assert message[-1] in ".?"


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("a.csv", "sheet"),
        ("a.xlsx", "encoding"),
        ("a.xlsx", "delimiter"),
        ("a.parquet", "sheet"),
        ("a.parquet", "encoding"),
    ],
)
def test_a_setting_that_says_nothing_of_a_kind_of_file_is_refused(tmp_path, name, setting):
    write(tmp_path, "id\n1\n", "a.csv")
    workbook(tmp_path, ("Data", [["id"], ["1"]]), name="a.xlsx")
    pd.DataFrame({"id": ["1"]}).to_parquet(tmp_path / "a.parquet")
    for work in (read_text_table, lambda path, **how: sources.distinct_values(path, "id", **how)):
        with pytest.raises(DataError) as caught:
            work(tmp_path / name, **{setting: "x"})
        says(str(caught.value), f'{name}: the setting {setting}, "x", says nothing of a file of this kind')


class TestText:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    def test_the_delimiter_is_found(self, tmp_path, delimiter):
        path = write(tmp_path, "id,ease,city\n1,5,Oslo\n2,4,Rome\n".replace(",", delimiter))
        table = read_text_table(path)
        assert table.delimiter == delimiter
        assert list(table.frame.columns) == ["id", "ease", "city"]
        assert cells(table) == {2: ["1", "5", "Oslo"], 3: ["2", "4", "Rome"]}

    def test_decimal_commas_do_not_pass_for_delimiters(self, tmp_path):
        table = read_text_table(write(tmp_path, "id;weight\n1;1,25\n2;0,75\n"))
        assert (table.delimiter, cells(table)) == (";", {2: ["1", "1,25"], 3: ["2", "0,75"]})

    def test_commas_in_question_texts_do_not_pass_for_delimiters(self, tmp_path):
        table = read_text_table(write(tmp_path, "id;Easy, or not?;Fast, or not?\n1;5;4\n2;3;2\n"))
        assert list(table.frame.columns) == ["id", "Easy, or not?", "Fast, or not?"]

    def test_a_given_delimiter_wins(self, tmp_path):
        table = read_text_table(write(tmp_path, "id|note\n1|a,b;c\n"), delimiter="|")
        assert (table.delimiter, cells(table)) == ("|", {2: ["1", "a,b;c"]})

    def test_one_column_is_a_table(self, tmp_path):
        table = read_text_table(write(tmp_path, "ease\n5\n4\n"))
        assert (cells(table), table.delimiter) == ({2: ["5"], 3: ["4"]}, "")

    @pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.txt", "A.CSV"])
    def test_the_ending_of_a_text_file_may_be_any_of_these(self, tmp_path, name):
        assert cells(read_text_table(write(tmp_path, "id\tease\n1\t5\n", name))) == {2: ["1", "5"]}

    @pytest.mark.parametrize(
        ("encoding", "named"),
        [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("cp1251", "cp1251")],
    )
    @pytest.mark.parametrize("quote", ["", '"'])
    def test_the_encoding_is_found_and_named(self, tmp_path, encoding, named, quote):
        text = f"{quote}город{quote};ease\nТашкент;5\nМосква;4\n"
        table = read_text_table(write(tmp_path, text, encoding=encoding))
        assert table.encoding == named
        assert list(table.frame["город"]) == ["Ташкент", "Москва"]

    def test_big_endian_utf16_is_found(self, tmp_path):
        table = read_text_table(write(tmp_path, b"\xfe\xff" + "id,city\n1,Oʻzbekiston\n".encode("utf-16-be")))
        assert (table.encoding, cells(table)) == ("utf-16", {2: ["1", "Oʻzbekiston"]})

    def test_a_given_encoding_wins(self, tmp_path):
        path = write(tmp_path, "город;ease\nТашкент;5\n", encoding="cp866")
        assert list(read_text_table(path, encoding="cp866").frame["город"]) == ["Ташкент"]
        assert "город" not in read_text_table(path, encoding="koi8-r").frame

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
    def test_a_mark_before_a_quoted_name_is_dropped_under_a_given_encoding(self, tmp_path, encoding):
        path = write(tmp_path, '\ufeff"ease","city"\n"5","Oslo"\n', encoding=encoding)
        assert list(read_text_table(path, encoding=encoding).frame.columns) == ["ease", "city"]

    def test_a_broken_byte_in_a_marked_file_is_not_guessed_at(self, tmp_path):
        path = write(tmp_path, b"\xef\xbb\xbfid,city\n1,\xd0\n")
        says(refusal(path), "answers.csv", "utf-8")

    def test_an_unknown_encoding_is_refused(self, tmp_path):
        says(refusal(write(tmp_path, "ease\n5\n"), encoding="klingon"), "answers.csv", '"klingon" is unknown')

    def test_an_encoding_that_decodes_nothing_is_refused(self, tmp_path):
        says(refusal(write(tmp_path, "ease\n5\n"), encoding="undefined"), "answers.csv", "undefined")

    def test_bytes_that_fit_no_encoding_are_refused(self, tmp_path):
        says(refusal(write(tmp_path, b"ease\n\x98\n")), "answers.csv", "not UTF-8", "name its encoding")

    def test_bytes_that_do_not_fit_the_given_encoding_are_refused(self, tmp_path):
        path = write(tmp_path, "город\nТашкент\n", encoding="cp1251")
        says(refusal(path, encoding="utf-8"), "answers.csv cannot be read as utf-8")

    def test_a_field_over_several_lines_counts_as_one_row(self, tmp_path):
        table = read_text_table(write(tmp_path, 'id,note\n1,"one\ntwo\r\nthree"\n2,four\n'))
        assert cells(table) == {2: ["1", "one\ntwo\r\nthree"], 3: ["2", "four"]}

    def test_a_fault_after_a_field_over_several_lines_is_placed_as_a_spreadsheet_shows_it(self, tmp_path):
        says(refusal(write(tmp_path, 'id,note\n1,"one\ntwo\nthree"\n2,four,five\n')), "row 3", "3 fields")

    def test_quoted_delimiters_and_doubled_quotation_marks_are_text(self, tmp_path):
        table = read_text_table(write(tmp_path, 'id,note\n1,"good, but ""slow"""\n2,27" screen\n'))
        assert cells(table) == {2: ["1", 'good, but "slow"'], 3: ["2", '27" screen']}

    def test_blank_rows_are_counted_and_keep_their_numbers(self, tmp_path):
        table = read_text_table(write(tmp_path, "id,ease\n\n1,5\n , \n,\n2,4\n\n"))
        assert cells(table) == {3: ["1", "5"], 6: ["2", "4"]}
        assert table.blank_rows == 4
        assert table.frame.index.name == "row"

    @pytest.mark.parametrize(
        "word", ["007", "NA", "N/A", "None", "NO", "null", "nan", "True", "1e5", "12:30", "=1+1"]
    )
    def test_text_stays_text(self, tmp_path, word):
        assert cells(read_text_table(write(tmp_path, f"id,word\n1,{word}\n"))) == {2: ["1", word]}

    def test_empty_cells_are_none_and_outer_spaces_go(self, tmp_path):
        table = read_text_table(write(tmp_path, "id , city\n1,\u00a0\n2,\u00a0New York \n"))
        assert cells(table) == {2: ["1", None], 3: ["2", "New York"]}
        assert list(table.frame.columns) == ["id", "city"]


class TestTextRefused:
    @pytest.mark.parametrize(
        ("text", "parts"),
        [
            ("id,ease\n1,5\n2,4,3\n", ["row 3", "found 3 fields", "expected 2"]),
            ("id,ease\n1,5,9\n2,4,9\n", ["row 2", "found 3 fields", "expected 2"]),
            ("id,ease,city\n1,5,Oslo\n2,4\n", ["row 3", "found 2 fields", "expected 3"]),
            ('id,note\n1,good\n2,"bad\n3,fine\n4,fine\n', ["row 3", "opened and never closed"]),
            ('id,note\n1,"one\ntwo"\n2,"bad\n', ["row 3", "opened and never closed"]),
            ('id,note\n1,"good" enough\n', ["row 2", "quotation marks"]),
            ('"id,note\n1,good\n', ["row 1", "opened and never closed"]),
            ("id,,,\n1,x,y,5\n", ["row 1", "3 columns have no name, column 2 first"]),
            ("\nid,ease\n1,5\n", ["no header in row 1"]),
            ("id,ease\n", ["a header but no answers"]),
            ("id,ease\n,\n\n", ["a header but no answers"]),
            ("", ["is empty"]),
            ("\n \n", ["no header in row 1"]),
        ],
    )
    def test_a_faulty_table_is_refused(self, tmp_path, text, parts):
        says(refusal(write(tmp_path, text)), "answers.csv", *parts)

    def test_a_delimiter_of_two_characters_is_refused(self, tmp_path):
        says(refusal(write(tmp_path, "id,ease\n1,5\n"), delimiter="||"), '"||"', "one character")

    def test_a_file_that_is_not_there_is_refused(self, tmp_path):
        says(refusal(tmp_path / "answers.csv"), '"answers.csv" was not found')

    def test_a_folder_without_parquet_files_is_refused(self, tmp_path):
        (tmp_path / "answers.csv").mkdir()
        says(refusal(tmp_path / "answers.csv"), 'The folder "answers.csv" holds no .parquet file')

    @pytest.mark.parametrize("name", ["answers.numbers", "answers.por", "answers"])
    def test_an_unknown_ending_is_refused(self, tmp_path, name):
        says(
            refusal(write(tmp_path, "id\n1\n", name)), name, ".csv, .tsv, .xlsx, .xls, ", ".parquet or .duckdb file."
        )

    def test_a_file_above_the_size_limit_is_refused(self, tmp_path, monkeypatch):
        monkeypatch.setattr(sources, "MAX_BYTES", 10)
        says(refusal(write(tmp_path, "id,ease\n1,5\n")), "answers.csv", "512 MiB", "split it")


class TestSheets:
    def test_cells_become_the_text_a_reader_sees(self, tmp_path):
        day, moment = dt.date(2025, 4, 3), dt.datetime(2025, 4, 3, 14, 30)
        rows = [["id", "a", "b", "c", "d", "e", "f"], [1, 5, 5.0, 7.25, day, moment, dt.time(12, 30)]]
        table = read_text_table(workbook(tmp_path, ("Answers", rows)))
        assert cells(table) == {2: ["1", "5", "5", "7.25", "2025-04-03", "2025-04-03T14:30:00", "12:30:00"]}
        assert (table.sheet, table.encoding, table.delimiter) == ("Answers", "", "")

    @pytest.mark.parametrize("word", ["007", "NA", "None", "NO", "nan", "#N/A", "Очень хорошо"])
    def test_text_stays_text(self, tmp_path, word):
        assert cells(read_text_table(workbook(tmp_path, ("A", [["id", "word"], [1, word]])))) == {2: ["1", word]}

    def test_blank_rows_are_counted_and_keep_their_numbers(self, tmp_path):
        table = read_text_table(workbook(tmp_path, ("A", [["id", "ease"], [], [1, 5], [None, " "], [2, None]])))
        assert cells(table) == {3: ["1", "5"], 5: ["2", None]}
        assert table.blank_rows == 2

    def test_a_hidden_first_sheet_is_passed_over(self, tmp_path):
        path = workbook(tmp_path, ("Old", [["id"], ["old"]], "hidden"), ("New", [["id"], ["new"]]))
        table = read_text_table(path)
        assert (table.sheet, cells(table)) == ("New", {2: ["new"]})

    @pytest.mark.parametrize("state", ["visible", "hidden", "veryHidden"])
    def test_a_named_sheet_is_read_wherever_it_stands(self, tmp_path, state):
        path = workbook(tmp_path, ("New", [["id"], ["new"]]), ("Old", [["id"], ["old"]], state))
        assert cells(read_text_table(path, sheet="Old")) == {2: ["old"]}

    def test_two_visible_sheets_need_a_name(self, tmp_path):
        path = workbook(tmp_path, ("Wave 1", [["id"], [1]]), ("Wave 2", [["id"], [2]]))
        says(refusal(path), "answers.xlsx", "2 visible sheets", "Wave 1, Wave 2", "name one with sheet")

    def test_a_wrong_sheet_name_is_refused_with_the_nearest(self, tmp_path):
        path = workbook(tmp_path, ("Answers", [["id"], [1]]), ("Codes", [["id"], [2]]))
        says(refusal(path, sheet="Answer"), 'no sheet "Answer"', 'did you mean "Answers"?')

    def test_a_stored_formula_value_is_read(self, tmp_path):
        source = workbook(tmp_path, ("A", [["id", "ease"], [1, "=2+3"]]))
        path = with_part(source, tmp_path / "stored.xlsx", SHEET, lambda xml: xml.replace(b"<v />", b"<v>5</v>"))
        assert cells(read_text_table(path)) == {2: ["1", "5"]}

    def test_a_formula_without_a_stored_value_is_refused(self, tmp_path):
        path = workbook(tmp_path, ("A", [["id", "ease"], [1, 5], [2, "=2+3"]]))
        says(refusal(path), "answers.xlsx", "row 3", "column 2", "formula has no stored value")

    def test_an_array_formula_without_a_stored_value_is_refused(self, tmp_path):
        path = workbook(tmp_path, ("A", [["id", "ease"], [1, ArrayFormula("B2", "=SUM(A2)")]]))
        says(refusal(path), "row 2", "column 2", "formula has no stored value")

    def test_a_stray_cell_in_the_last_column_is_refused(self, tmp_path):
        path = workbook(tmp_path, ("A", [["id", "ease"], [1, 5], [2, 4]]))
        book = openpyxl.load_workbook(path)
        book.active["XFD3"] = "x"
        book.save(path)
        says(refusal(path), "answers.xlsx", "row 3", "column 16384", "delete stray cells")

    def test_a_stray_cell_beside_the_table_is_refused(self, tmp_path):
        path = workbook(tmp_path, ("A", [["id", "ease"], [1, 5], [2, 4, None, None, "x"]]))
        says(refusal(path), "row 3", "found 5 fields", "expected 2")

    def test_formatted_empty_cells_beside_the_table_do_no_harm(self, tmp_path):
        path = workbook(tmp_path, ("A", [["id", "ease"], [1, 5], [2]]))
        book = openpyxl.load_workbook(path)
        for place in ("D1", "E2", "C3", "F9"):
            book.active[place].number_format = "0.00"
        book.save(path)
        assert cells(read_text_table(path)) == {2: ["1", "5"], 3: ["2", None]}

    def test_a_space_beside_the_table_does_no_harm(self, tmp_path):
        path = workbook(tmp_path, ("A", [["id", "ease"], [1, 5, None, " "], [2, 4]]))
        assert cells(read_text_table(path)) == {2: ["1", "5"], 3: ["2", "4"]}

    @pytest.mark.parametrize(
        ("rows", "part"),
        [
            ([], "no header in row 1"),
            ([["id", "ease"]], "a header but no answers"),
            ([["id", None, None, None, "w"], [1, 2, 3, 4, 5]], "3 columns have no name, column 2 first"),
        ],
    )
    def test_a_faulty_sheet_is_refused(self, tmp_path, rows, part):
        says(refusal(workbook(tmp_path, ("A", rows))), "answers.xlsx", part)

    @pytest.mark.parametrize("content", [b"id,ease\n1,5\n", b"PK\x03\x04 torn", b"\xd0\xcf\x11\xe0 locked"])
    def test_a_file_that_is_no_archive_is_refused(self, tmp_path, content):
        says(refusal(write(tmp_path, content, "answers.xlsx")), "answers.xlsx", "not a readable XLSX file")

    def test_half_a_file_is_refused(self, tmp_path):
        path = workbook(tmp_path, ("A", [["id"], [1]]))
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        says(refusal(path), "answers.xlsx", "not a readable XLSX file")

    @pytest.mark.parametrize(
        "change",
        [lambda xml: xml[: xml.index(b"<v>5</v>")], lambda xml: xml.replace(b"<v>5</v>", b"<v>five</v>")],
        ids=["torn", "no number"],
    )
    def test_a_sheet_damaged_in_the_middle_is_refused(self, tmp_path, change):
        source = workbook(tmp_path, ("A", [["id", "ease"], [1, 5]]))
        path = with_part(source, tmp_path / "damaged.xlsx", SHEET, change)
        says(refusal(path), "damaged.xlsx", "not a readable XLSX file")

    def test_a_zip_bomb_is_refused_before_it_is_unpacked(self, tmp_path):
        source = workbook(tmp_path, ("A", [["id"], [1]]))
        path = with_part(source, tmp_path / "bomb.xlsx", SHEET, lambda xml: xml + b" " * 20 * 2**20)
        says(refusal(path), "bomb.xlsx", "unpacks to 20 MiB", "no survey")

    def test_an_archive_of_too_many_parts_is_refused(self, tmp_path, monkeypatch):
        monkeypatch.setattr(sheets, "MAX_ENTRIES", 3)
        says(refusal(workbook(tmp_path, ("A", [["id"], [1]]))), "answers.xlsx", "no survey")

    def entity_bomb(self, folder, part):
        def lay(xml):
            root = re.search(rb"<[a-zA-Z]", xml).start()
            return xml[:root] + b'<!DOCTYPE b [<!ENTITY a "5"><!ENTITY b "&a;&a;&a;">]>' + xml[root:]

        return with_part(workbook(folder, ("A", [["id"], [5]])), folder / "bomb.xlsx", part, lay)

    @pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml"])
    def test_entities_are_refused(self, tmp_path, part):
        assert "bomb.xlsx is not a readable XLSX file" in refusal(self.entity_bomb(tmp_path, part))

    def test_the_refusal_of_entities_is_one_sentence_without_the_folder(self, tmp_path):
        message = refusal(self.entity_bomb(tmp_path, SHEET))
        says(message, "bomb.xlsx")
        assert str(tmp_path) not in message

    def test_a_sheet_is_not_read_without_the_safe_parser(self, tmp_path, monkeypatch):
        monkeypatch.setattr(openpyxl, "DEFUSEDXML", False)
        says(refusal(workbook(tmp_path, ("A", [["id"], [1]]))), "answers.xlsx", "install defusedxml")


class TestParquet:
    def parquet(self, folder, **columns):
        pd.DataFrame(columns).to_parquet(folder / "answers.parquet")
        return folder / "answers.parquet"

    def test_cells_become_text(self, tmp_path):
        path = self.parquet(
            tmp_path,
            id=["007", "NA", "None"],
            ease=pd.array([5, None, 4], dtype="Int64"),
            weight=[1.0, 0.75, 2.5],
            day=[dt.date(2025, 4, 3)] * 3,
            at=pd.to_datetime(["2025-04-03 14:30"] * 3),
            segment=pd.Categorical(["a", None, "b"]),
        )
        moment = "2025-04-03T14:30:00"
        assert cells(read_text_table(path)) == {
            2: ["007", "5", "1", "2025-04-03", moment, "a"],
            3: ["NA", None, "0.75", "2025-04-03", moment, None],
            4: ["None", "4", "2.5", "2025-04-03", moment, "b"],
        }

    def test_not_a_number_is_an_empty_cell(self, tmp_path):
        pl.DataFrame({"id": [1, 2], "region": [1.5, float("nan")]}).write_parquet(tmp_path / "answers.parquet")
        assert cells(read_text_table(tmp_path / "answers.parquet")) == {2: ["1", "1.5"], 3: ["2", None]}

    def test_a_table_without_rows_is_refused(self, tmp_path):
        says(refusal(self.parquet(tmp_path, ease=[])), "answers.parquet", "a header but no answers")

    @pytest.mark.parametrize("content", [b"id,ease\n1,5\n", b"PAR1 torn PAR1"])
    def test_a_damaged_file_is_refused(self, tmp_path, content):
        message = refusal(write(tmp_path, content, "answers.parquet"))
        says(message, "answers.parquet")
        assert str(tmp_path) not in message


def test_a_refused_workbook_is_not_held_open(tmp_path):
    path = workbook(tmp_path, ("A", [["id", "ease"], [1, 5], [2, 4], [3, 4]]))
    book = openpyxl.load_workbook(path)
    book.active["XFD3"] = "x"
    book.save(path)
    gc.collect()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", ResourceWarning)
        says(refusal(path), "column 16384")
        gc.collect()
    assert [str(one.message) for one in told if "answers.xlsx" in str(one.message)] == []
