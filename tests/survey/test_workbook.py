"""What an XLSX sheet hides is read like the rest and told with its number."""

import re

import openpyxl
import pytest

from cxkit.errors import DataError
from cxkit.survey.read import read
from cxkit.survey.sources import distinct_values, read_text_table
from tests.conftest import parts
from tests.survey.test_sources import SHEET, with_part

ROWS = [("id", "nps", "seg"), *((f"r{k}", k % 11, "AB"[k % 2]) for k in range(12))]


@pytest.fixture
def book():
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    return book


def notes(book, folder, **settings):
    path = folder / "a.xlsx"
    book.save(path)
    data, audit = parts(read(path, items=["nps"], scale=[0, 10], **settings))
    return len(data), audit.notes


def test_a_sheet_that_hides_nothing_has_no_note(book, tmp_path):
    book.active.row_dimensions[3].height = 40
    book.active.row_dimensions[4].height = 0.75
    book.active.column_dimensions["A"].width = 40
    assert notes(book, tmp_path) == (12, ())


def test_hidden_rows_are_counted(book, tmp_path):
    for number in (2, 5, 6, 13, 40):  # row 40 is empty
        book.active.row_dimensions[number].hidden = True
    assert notes(book, tmp_path) == (12, (("hidden_rows", {"n": 4}),))
    assert notes(book, tmp_path, where={"seg": "B"}) == (6, (("hidden_rows", {"n": 2}),))  # of rows 5 and 13
    assert distinct_values(tmp_path / "a.xlsx", "seg") == [("A", 6), ("B", 6)]


def test_rows_that_a_filter_hides_are_counted(book, tmp_path):
    book.active.auto_filter.ref = "A1:C13"
    book.active.auto_filter.add_filter_column(2, ["A"])
    for number in range(3, 14, 2):
        book.active.row_dimensions[number].hidden = True
    assert notes(book, tmp_path) == (12, (("hidden_rows", {"n": 6}),))


def test_hidden_columns_are_named(book, tmp_path):
    book.active.column_dimensions["B"].hidden = True
    book.active.column_dimensions["F"].hidden = True  # holds nothing
    assert notes(book, tmp_path) == (12, (("hidden_columns", {"names": "nps"}),))


def test_hidden_sheets_are_counted_and_a_named_one_is_read(book, tmp_path):
    for state in ("hidden", "veryHidden"):
        book.create_sheet(state).sheet_state = state
    assert notes(book, tmp_path) == (12, (("hidden_sheets", {"n": 2}),))


@pytest.mark.parametrize("prefix", [b"", b"x:"])
@pytest.mark.parametrize(
    "value", [b'hidden="1"', b"hidden='1'", b'hidden="true"', b'ht="0" customHeight="1"', b"ht='0.00'"]
)
def test_a_row_may_be_hidden_in_any_way(book, tmp_path, prefix, value):
    def hide(xml):
        xml = xml.replace(b'<row r="4"', b"<row spans='1:3' " + value + b' r="4"')
        named = re.sub(rb"<(/?)(?=\w)", rb"<\1" + prefix, xml)
        return named.replace(b"xmlns=", b"xmlns:x=") if prefix else named

    book.save(tmp_path / "a.xlsx")
    path = with_part(tmp_path / "a.xlsx", tmp_path / "b.xlsx", SHEET, hide)
    assert read_text_table(path).notes == (("hidden_rows", {"n": 1}),)


@pytest.mark.parametrize("cells", ["C2:C6", "A5:B5", "B13:C20"])
def test_merged_cells_among_the_answers_are_refused(book, tmp_path, cells):
    book.active.merge_cells(cells)
    with pytest.raises(
        DataError, match=f"the cells {cells} are merged, so only the first of them holds what is seen"
    ):
        notes(book, tmp_path)


def test_merged_cells_elsewhere_do_no_harm(book, tmp_path):
    book.active.merge_cells("E1:F1")
    book.active.merge_cells("A20:C22")
    assert notes(book, tmp_path) == (12, ())


def test_texts_that_look_like_tags_hide_nothing(book, tmp_path):
    book.active["C3"] = '<row r="2" hidden="1">'
    assert notes(book, tmp_path) == (12, ())
