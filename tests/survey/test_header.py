"""One row of names above the answers: what else stands there is refused by what it is."""

import openpyxl
import pytest

from cxkit.errors import DataError
from cxkit.survey.header import check_head
from cxkit.survey.read import read, split_values
from tests.conftest import SHARED, parts

SCORES = [10, 9, 9, 8, 7, 10, 6, 3, 9, 10, 8, 9]


def workbook(path, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def text(path, rows):
    lines = (
        ",".join('"' + str("" if cell is None else cell).replace('"', '""') + '"' for cell in row) for row in rows
    )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def refusals(folder, rows, item="nps"):
    """The one sentence with which a table is refused as CSV and XLSX, for answers and for clients."""
    said = set()
    for path in (text(folder / "a.csv", rows), workbook(folder / "a.xlsx", rows)):
        for work, settings in ((read, {"items": [item], "scale": [0, 10]}), (split_values, {"column": item})):
            with pytest.raises(DataError) as caught:
                work(path, **settings)
            said.add(str(caught.value).replace(path.name, "FILE"))
    assert len(said) == 1, said
    return said.pop()


def answers(*columns):
    return [[column(k) if callable(column) else column for column in columns] for k in range(len(SCORES))]


def score(k):
    return SCORES[k]


class TestQualtrics:
    ROWS = answers("2026-05-01 10:00:00", "IP Address", score, "ok, fine")
    NAMES = ("StartDate", "Status", "nps", "Q2")
    TEXTS = ("Start Date", "Response Type", "How likely are you\nto recommend us?", "Why?")
    IDS = (
        '{"ImportId":"startDate","timeZone":"Asia/Tashkent"}',
        '{"ImportId":"status"}',
        '{"ImportId":"QID1"}',
        "{}",
    )

    def test_three_rows_of_names(self, tmp_path):
        assert refusals(tmp_path, [self.NAMES, self.TEXTS, self.IDS, *self.ROWS]) == (
            "FILE has 3 header rows, as Qualtrics exports them; delete rows 2 and 3, and any answers marked as a "
            "preview or as spam."
        )

    def test_two_rows_of_names(self, tmp_path):
        message = refusals(tmp_path, [self.NAMES, self.IDS, *self.ROWS])
        assert "2 header rows, as Qualtrics exports them; delete row 2," in message

    def test_question_texts_above_numbers(self, tmp_path):
        message = refusals(tmp_path, [self.NAMES, self.TEXTS, *self.ROWS])
        assert message.startswith('FILE: row 2 holds "Start Date" above numbers, so it is a second row of names;')
        assert message.endswith("write one name for each column into row 1 and delete row 2.")

    def test_the_advice_leads_to_the_right_number(self, tmp_path):
        data, _ = parts(read(text(tmp_path / "a.csv", [self.NAMES, *self.ROWS]), items=["nps"], scale=[0, 10]))
        assert data["nps"].tolist() == SCORES


class TestSurveyMonkey:
    ROWS = answers(lambda k: 118000 + k, 900, score, "Card", "", lambda k: "Deposit" if k % 2 else "", "text")
    NAMES = ("Respondent ID", "Collector ID", "nps", "Which services?", "", "", "Why?")

    def test_options_below_a_question(self, tmp_path):
        second = ("", "", "", "Card", "Loan", "Deposit", "Open-Ended Response")
        message = refusals(tmp_path, [self.NAMES, second, *self.ROWS])
        assert 'row 2 gives column 5, which has no name in row 1, the name "Loan"' in message

    @pytest.mark.parametrize("second", [("", "Response", "Open-Ended Response"), ("", "", "Открытый ответ")])
    def test_marks_below_single_questions(self, tmp_path, second):
        rows = answers(lambda k: 118000 + k, score, "text")
        message = refusals(tmp_path, [("Respondent ID", "nps", "Why?"), second, *rows])
        assert message.startswith("FILE: row 2 continues the names of row 1, so it is a second row of names")


class TestTitles:
    ROWS = answers(lambda k: k, score, "A")
    NAMES = ("id", "nps", "seg")

    @pytest.mark.parametrize(
        ("above", "said"),
        [
            ([["Exported 2026-07-01", None, None]], "row 1 fills 1 column, row 2 fills 3"),
            ([["Exported 2026-07-01", None, None], ["Survey:", "Bank", None]], "row 1 fills 1 column, row 3 fills 3"),
            ([["Exported", None, None], [None, None, None]], "row 1 fills 1 column, row 3 fills 3"),
            ([["Survey:", "Bank", None]], "row 1 fills 2 columns, row 2 fills 3"),
            ([["Survey:", "Bank", None], ["By:", "Us", None]], "row 1 fills 2 columns, row 3 fills 3"),
        ],
    )
    def test_titles_above_the_names(self, tmp_path, above, said):
        message = refusals(tmp_path, [*above, self.NAMES, *self.ROWS])
        assert message == (
            f"FILE: {said}; the names of the columns must stand in row 1, so delete what stands above them."
        )

    def test_names_over_several_columns(self, tmp_path):
        rows = [("Respondent", "Loyalty", None, "Service"), ("id", "nps", "why", "ease"), *answers(1, score, "x", 5)]
        message = refusals(tmp_path, rows)
        assert "row 1 fills 3 columns, row 2 fills 4" in message
        assert read(text(tmp_path / "a.csv", rows[1:]), items=["nps"], scale=[0, 10]).frame["nps"].tolist() == SCORES


class TestAnswersAreNoNames:
    @pytest.mark.parametrize(
        "second",
        [
            ("r0", "Don't know", "Don't know"),
            ("r0", "n/a", ""),
            ("", "", ""),
            ("r0", "", "8"),
            ("", "Very likely", ""),
        ],
    )
    def test_a_first_respondent_without_numbers(self, second):
        check_head("a.csv", [("id", "nps", "ease"), second, *[(f"r{k}", "9", "8") for k in range(5)]])

    def test_a_table_of_texts(self):
        check_head("a.csv", [("name", "", "note"), ("Ann", "x", "good staff and much more"), ("Bob", "y", "bad")])

    def test_one_row_or_none(self):
        for rows in ([], [("id", "ease")], [("", "")]):
            check_head("a.csv", rows)


@pytest.mark.parametrize(
    ("file", "item", "said"),
    [
        ("qualtrics.csv", "Q1", "3 header rows, as Qualtrics"),
        ("surveymonkey.csv", "How likely is it that you would recommend Tanho?", 'the name "Loan"'),
        ("notes_above_header.xlsx", "nps", "row 1 fills 1 column, row 3 fills 3"),
        ("merged_header.xlsx", "nps", "row 1 fills 3 columns, row 2 fills 4"),
        ("total_row.csv", "nps", 'row 14: "Average"'),
        ("semantic_long.csv", "modern", 'the rows of column "scale" name it'),
    ],
)
def test_files_as_tools_export_them(file, item, said):
    path = SHARED / "cases" / file
    if not path.is_file():
        pytest.skip("the cases are not beside the project")
    with pytest.raises(DataError) as caught:
        read(path, items=[item], scale=[0, 10])
    assert said in str(caught.value)
