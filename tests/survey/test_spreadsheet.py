"""XLS, ODS and XLSB sheets give the same texts, rows and refusals as XLSX ones; hostile ones end in a sentence."""

import datetime as dt
import pickle
import random
import struct
import sys
import zipfile

import pytest

from cxkit.errors import DataError
from cxkit.survey import apart, sheets, spreadsheet
from cxkit.survey.read import read
from cxkit.survey.sources import distinct_values, read_text_table
from tests.conftest import parts
from tests.survey.test_sources import cells, refusal, says, workbook, write
from tests.survey.written_sheets import ods_cell, write_ods, write_xlsb

pytest.importorskip("python_calamine")
xlwt = pytest.importorskip("xlwt")

KINDS = [".xls", ".ods", ".xlsb"]
DAY, MOMENT = dt.datetime(2025, 4, 3), dt.datetime(2025, 4, 3, 14, 30)


def write_xls(path, *pages):
    book = xlwt.Workbook()
    for name, rows, *state in pages:
        page = book.add_sheet(name)
        page.visibility = len(state)
        for number, row in enumerate(rows):
            for place, value in enumerate(row):
                form = {dt.datetime: "yyyy-mm-dd hh:mm", dt.date: "yyyy-mm-dd", dt.time: "hh:mm:ss"}.get(type(value))
                page.write(number, place, value, *([xlwt.easyxf(num_format_str=form)] if form else []))
    book.save(str(path))
    return path


def unseen(path):
    """What is told of a file that does not tell what it hides."""
    return () if path.suffix == ".ods" else (("hidden_unseen", {}),)


WRITE = {".xls": write_xls, ".ods": write_ods, ".xlsb": write_xlsb}


@pytest.fixture(params=KINDS)
def made(request, tmp_path):
    """Write sheets as a file of each kind."""
    return lambda *pages: WRITE[request.param](tmp_path / f"answers{request.param}", *pages)


def test_a_sheet_is_its_xlsx_twin(made, tmp_path):
    rows = [
        ["id", "город", "n", "w", "day", "at", "yes"],
        ["007", "Тошкент oʻ", 5, 7.25, DAY, MOMENT, True],
        [],
        ["NA", " ", 10.0, 0.1, DAY, MOMENT, False],
        ["@x", None, -3, 1e-7, DAY, MOMENT, True],
    ]
    path = made(("Ответы", rows))
    mine, twin = read_text_table(path), read_text_table(workbook(tmp_path, ("Ответы", rows)))
    assert cells(mine) == cells(twin)
    assert (mine.names, mine.sheet, mine.blank_rows) == (twin.names, twin.sheet, 1)
    assert mine.notes == unseen(path)
    kinds = [type(cell) for cell in mine.frame["w"]]
    assert kinds == [type(cell) for cell in twin.frame["w"]]


@pytest.mark.parametrize("kind", [".xls", ".ods"])
def test_a_time_of_day_is_a_time(tmp_path, kind):
    path = WRITE[kind](tmp_path / f"a{kind}", ("A", [["id", "t"], [1, dt.time(12, 30)]]))
    assert cells(read_text_table(path)) == {2: ["1", "12:30:00"]}


def test_a_day_is_a_day(tmp_path):
    for kind in (".xls", ".ods"):
        path = WRITE[kind](tmp_path / f"a{kind}", ("A", [["id", "d"], [1, DAY.date()]]))
        assert cells(read_text_table(path)) == {2: ["1", "2025-04-03"]}


def test_a_hidden_first_sheet_is_passed_over_and_told(made):
    path = made(("Old", [["id"], ["old"]], "hidden"), ("New", [["id"], ["new"]]))
    table = read_text_table(path)
    assert (table.sheet, cells(table)) == ("New", {2: ["new"]})
    assert table.notes == (*unseen(path), ("hidden_sheets", {"n": 1}))


def test_a_named_sheet_is_read_though_hidden(made):
    path = made(("New", [["id"], ["new"]]), ("Old", [["id"], ["old"]], "hidden"))
    table = read_text_table(path, sheet="Old")
    assert (cells(table), table.notes) == ({2: ["old"]}, unseen(path))


def test_a_very_hidden_sheet_is_passed_over(tmp_path):
    path = write_xls(tmp_path / "a.xls", ("Old", [["id"], ["old"]], "very", "hidden"), ("New", [["id"], ["new"]]))
    assert read_text_table(path).sheet == "New"


def test_two_visible_sheets_need_a_name(made):
    path = made(("Wave 1", [["id"], [1]]), ("Wave 2", [["id"], [2]]))
    says(refusal(path), path.name, "2 visible sheets (Wave 1, Wave 2)", "name one with sheet")
    says(refusal(path, sheet="Wave 3"), 'no sheet "Wave 3"', 'did you mean "Wave ')
    says(refusal(path, encoding="cp1251"), "the setting encoding")


def test_the_twin_of_a_survey_has_the_same_numbers(made, tmp_path):
    rows = [["id", "nps", "seg"], *([f"r{k}", k % 11, "AB"[k % 2]] for k in range(12))]
    how = {"items": ["nps"], "scale": [0, 10], "where": {"seg": "B"}}
    mine, audit = parts(read(made(("A", rows)), **how))
    twin, _ = parts(read(workbook(tmp_path, ("A", rows)), **how))
    assert mine.equals(twin)
    assert audit.filtered_rows == 6
    assert distinct_values(made(("A", rows)), "seg") == [("A", 6), ("B", 6)]


def test_stored_results_of_formulas_are_read(tmp_path):
    cell = '<table:table-cell table:formula="of:=2+3" office:value-type="float" office:value="5"/>'
    assert cells(read_text_table(write_ods(tmp_path / "a.ods", ("A", [["id"], [cell]])))) == {2: ["5"]}


def test_rows_and_cells_that_are_repeated_are_all_there(tmp_path):
    again = '<table:table-row table:number-rows-repeated="3"><table:table-cell table:number-columns-repeated="2" ' \
            'office:value-type="float" office:value="4"/></table:table-row>'  # fmt: skip
    empty = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell ' \
            'table:number-columns-repeated="16384"/></table:table-row>'  # fmt: skip
    path = write_ods(tmp_path / "a.ods", ("A", [["a", "b"], again, empty]))
    assert cells(read_text_table(path)) == {row: ["4", "4"] for row in (2, 3, 4)}


def test_merged_cells_among_the_answers_of_an_xls_file_are_refused(tmp_path):
    book = xlwt.Workbook()
    page = book.add_sheet("A")
    for place, name in enumerate(("id", "ease", "seg")):
        page.write(0, place, name)
    for number in range(1, 6):
        page.write(number, 0, number)
        page.write(number, 1, 5)
    page.write_merge(1, 5, 2, 2, "A")
    book.save(str(tmp_path / "a.xls"))
    says(refusal(tmp_path / "a.xls"), "a.xls, row 2: the cells C2:C6 are merged")


class TestOutlineOfOds:
    ROWS = (["id", "x", "seg"], ["a", 1, "A"], ["b", 2, "A"], ["c", 3, "B"], ["d", 4, "B"])

    def notes(self, folder, columns="", change=str):
        content = columns + "".join(
            f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in self.ROWS
        )
        other = '<table:table-row table:visibility="collapse" table:number-rows-repeated="4"/>'
        path = write_ods(folder / "a.ods", ("Other", [other]), ("A", [change(content)]))
        return read_text_table(path, sheet="A").notes

    def test_a_sheet_that_hides_nothing_has_no_note(self, tmp_path):
        assert self.notes(tmp_path, '<table:table-column table:visibility="visible"/>') == ()

    @pytest.mark.parametrize("how", ["collapse", "filter"])
    def test_hidden_rows_are_counted(self, tmp_path, how):
        def hide(content):
            head, one, two, *rest = content.split("<table:table-row>")[1:]
            hidden = f'<table:table-row table:visibility="{how}">'
            plain = "<table:table-row>"
            return plain + head + hidden + one + hidden + two + plain + plain.join(rest)

        assert self.notes(tmp_path, change=hide) == (("hidden_rows", {"n": 2}),)

    def test_hidden_columns_are_named(self, tmp_path):
        column = '<table:table-column/><table:table-column table:visibility="collapse" ' \
                 'table:number-columns-repeated="2"/>'  # fmt: skip
        assert self.notes(tmp_path, column) == (("hidden_columns", {"names": "x, seg"}),)

    def test_merged_cells_among_the_answers_are_refused(self, tmp_path):
        def merge(content):
            return content.replace(ods_cell("A"), ods_cell("A").replace(" ", ' table:number-rows-spanned="2" ', 1), 1)

        with pytest.raises(DataError) as caught:
            self.notes(tmp_path, change=merge)
        says(str(caught.value), "a.ods, row 2: the cells C2:C3 are merged")

    def test_a_formula_without_a_stored_value_is_refused(self, tmp_path):
        cell = '<table:table-cell table:formula="of:=2+3"/>'
        path = write_ods(tmp_path / "a.ods", ("A", [["id", "x"], [1, 5], [2, cell]]))
        says(refusal(path), "a.ods, row 3, column 2: the formula has no stored value")

    @pytest.mark.parametrize("text", ["#DIV/0!", "#N/A", "Err:502", "#REF!"])
    @pytest.mark.parametrize("stored", ['"float" office:value="0"', '"string" office:string-value=""'])
    def test_a_formula_that_failed_is_no_answer_and_not_0(self, tmp_path, text, stored):
        cell = f'<table:table-cell table:formula="of:=1/0" office:value-type={stored}><text:p>{text}</text:p>' \
               '</table:table-cell>'  # fmt: skip
        path = write_ods(tmp_path / "a.ods", ("A", [["id", "x"], [1, 5], [2, cell]]))
        assert cells(read_text_table(path)) == {2: ["1", "5"], 3: ["2", text]}


class TestRefused:
    def test_a_table_that_is_none(self, made):
        says(refusal(made(("A", [["id", "ease"], [1, 5, 7]]))), "row 2", "found 3 fields, expected 2")
        says(refusal(made(("A", []))), "no header in row 1")
        says(refusal(made(("A", [[], ["id", "ease"], [1, 5]]))), "no header in row 1")
        says(refusal(made(("A", [["id", "ease"]]))), "a header but no answers")

    def test_a_stray_cell_beside_the_table(self, made):
        path = made(("A", [["id", "ease"], [1, 5], [2, 4, *[None] * 200, "x"]]))
        says(refusal(path), "row 3", "found 203 fields, expected 2")

    def test_a_stray_cell_far_from_the_table(self, tmp_path):
        far = f'<table:table-row>{"<table:table-cell/>" * 2_500}<table:table-cell office:value-type="float" ' \
              'office:value="1"/></table:table-row>'  # fmt: skip
        path = write_ods(tmp_path / "a.ods", ("A", [["id"], [1], far]))
        says(refusal(path), "a.ods, row 3: a cell stands in column 2501; at most 2000 columns are read")

    @pytest.mark.parametrize(("wide", "high"), [(16_384, 1_048_575), (5_000, 4_000), (1_000_000_000, 2_000_000_000)])
    def test_a_few_bytes_that_stand_for_millions_of_cells(self, tmp_path, wide, high):
        again = f'<table:table-row table:number-rows-repeated="{high}"><table:table-cell office:value-type="float" ' \
                f'table:number-columns-repeated="{wide}" office:value="1"/></table:table-row>'  # fmt: skip
        path = write_ods(tmp_path / "a.ods", ("A", [["id"], again]))
        says(refusal(path), "a.ods", "save" if wide > 16_384 else "has a cell so far from the table that more than")

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize(
        ("content", "part"),
        [
            (b"id,ease\n1,5\n", 'it begins with the text "id,ease"'),
            (pickle.dumps([1]), "it begins as a Python pickle does, which is never opened"),
            (b"<html><table>", "it begins as a web page or XML does"),
            (b"$FL2@(#) SPSS", "it is an SPSS file"),
        ],
    )
    def test_what_only_has_the_ending(self, tmp_path, kind, content, part):
        path = write(tmp_path, content, f"a{kind}")
        says(refusal(path), f"a{kind} is no {spreadsheet.PROGRAMS[kind]} file", part, "give it the ending")

    def test_one_kind_under_the_ending_of_another(self, tmp_path):
        new = workbook(tmp_path, ("A", [["id"], [1]])).rename(tmp_path / "a.xls")
        says(refusal(new), "a.xls is no Excel 97–2003 file: it is a zip archive, as .xlsx and .ods files are")
        other = workbook(tmp_path, ("A", [["id"], [1]])).rename(tmp_path / "a.ods")
        says(refusal(other), "a.ods is not a readable OpenDocument file")
        old = write_xls(tmp_path / "b.xls", ("A", [["id"], [1]])).rename(tmp_path / "b.ods")
        says(refusal(old), "b.ods is no OpenDocument file: it is an old Office file")

    @pytest.mark.parametrize("kept", [0.1, 0.5, 0.9])
    def test_half_a_file(self, made, kept):
        path = made(("A", [["id"], *([f"r{k}"] for k in range(2_000))]))
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
        says(refusal(path), path.name, "is not a readable", "open it in a spreadsheet and save it again as .xlsx")

    @pytest.mark.parametrize("kind", [".ods", ".xlsb"])
    def test_a_zip_bomb(self, tmp_path, kind):
        path = WRITE[kind](tmp_path / f"a{kind}", ("A", [["id"], [1]]))
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("Thumbnails/big", b" " * 20 * 2**20)
        says(refusal(path), f"a{kind} unpacks to 20 MiB in ", "no survey")

    def test_a_zip_bomb_that_says_it_is_small(self, tmp_path, monkeypatch):
        path = write_ods(tmp_path / "a.ods", ("A", [["id"], [1]]), change=lambda text: text + " " * 20 * 2**20)
        content = path.read_bytes()
        for size in (struct.pack("<I", zipfile.ZipFile(path).getinfo("content.xml").file_size),):
            content = content.replace(size, struct.pack("<I", 900))
        path.write_bytes(content)
        assert sum(one.file_size for one in zipfile.ZipFile(path).infolist()) < 2_000
        monkeypatch.setattr(spreadsheet, "apart", None)  # nothing looks into it
        says(refusal(path), "a.ods is not a readable OpenDocument file")

    def test_an_archive_of_too_many_parts(self, tmp_path, monkeypatch):
        monkeypatch.setattr(sheets, "MAX_ENTRIES", 2)
        says(refusal(write_ods(tmp_path / "a.ods", ("A", [["id"], [1]]))), "in 3 parts, which is no survey")

    @pytest.mark.parametrize(
        "entity",
        ['<!ENTITY a "5">', '<!ENTITY a SYSTEM "file:///etc/passwd">', '<!ENTITY a SYSTEM "http://127.0.0.1:9/">'],
    )
    def test_entities(self, tmp_path, entity):
        doctype = f'<!DOCTYPE b [{entity}<!ENTITY b "&a;&a;&a;&a;">]>'
        cell = '<table:table-cell office:value-type="string">'
        for word in ("a", "b"):
            row = f"<table:table-row>{cell}<text:p>&{word};</text:p></table:table-cell></table:table-row>"
            path = write_ods(tmp_path / "a.ods", ("A", [["id"], row]), doctype=doctype)
            says(refusal(path), "a.ods is not a readable OpenDocument file")

    def test_a_file_that_ends_the_reader_ends_nothing_else(self, tmp_path):
        content = write_xls(
            tmp_path / "a.xls", ("A", [["id", "ease"], *([f"r{k}", k] for k in range(9))])
        ).read_bytes()
        rng = random.Random(1)
        for _ in range(60):
            broken = bytearray(content)
            for _ in range(3):
                broken[rng.randrange(len(broken))] = rng.choice([0, 255, rng.randrange(256)])
            path = write(tmp_path, bytes(broken), "b.xls")
            try:
                read_text_table(path)
            except DataError as error:
                says(str(error), "b.xls")

    def test_a_reader_that_is_killed(self, tmp_path, monkeypatch):
        child = write(tmp_path, "import os; os.abort()", "child.py")
        monkeypatch.setattr(apart.reader_child, "__file__", str(child))
        path = write_ods(tmp_path / "a.ods", ("A", [["id"], [1]]))
        says(refusal(path), "a.ods is not a readable OpenDocument file")

    def test_python_calamine_is_asked_for(self, made, monkeypatch):
        path = made(("A", [["id"], [1]]))
        monkeypatch.setitem(sys.modules, "python_calamine", None)
        says(refusal(path), f'{path.name} needs python-calamine; install it with pip install "cxkit[sheets]".')
