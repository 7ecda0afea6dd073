"""What stands above the answers: one row of names, or those of Qualtrics; all else is refused by what it is."""

import openpyxl
import pytest

from cxkit.errors import DataError
from cxkit.survey.header import read_heading
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

    def everywhere(self, folder, rows, **how):
        """The table as CSV, with semicolons behind a byte order mark, and as XLSX."""
        again = folder / "b.csv"
        plain = text(folder / "a.csv", rows)
        again.write_text(plain.read_text(encoding="utf-8").replace('","', '";"'), encoding="utf-8-sig")
        return [read(path, items=["nps"], scale=[0, 10], **how)
                for path in (plain, again, workbook(folder / "a.xlsx", rows))]  # fmt: skip

    def test_three_rows_of_names_are_read_with_the_questions_of_the_second(self, tmp_path):
        for survey in self.everywhere(tmp_path, [self.NAMES, self.TEXTS, self.IDS, *self.ROWS]):
            assert survey.frame["nps"].tolist() == SCORES
            assert survey.frame.index[0] == 4
            assert survey.audit.scale["nps"]["text"] == {"en": "How likely are you to recommend us?"}
            assert not survey.audit.notes

    def test_a_text_of_the_codebook_wins(self, tmp_path):
        book = {"items": {"nps": {"scale": [0, 10], "text": {"ru": "Порекомендуете?", "en": "Recommend?"}}}}
        survey = read(text(tmp_path / "a.csv", [self.NAMES, self.TEXTS, self.IDS, *self.ROWS]), book)
        assert survey.audit.scale["nps"]["text"] == {"en": "Recommend?", "ru": "Порекомендуете?"}

    def test_two_rows_of_names(self, tmp_path):
        for survey in self.everywhere(tmp_path, [self.NAMES, self.IDS, *self.ROWS]):
            assert (survey.frame["nps"].tolist(), survey.frame.index[0]) == (SCORES, 3)

    @pytest.mark.parametrize("marked", ["Survey Preview", "Survey Test", "Spam", "1", "9"])
    def test_previews_tests_and_spam_are_left_out_and_told(self, tmp_path, marked):
        """By the id of the column, whatever its name, in words and in codes."""
        names, texts = ("Начало", "Тип ответа", *self.NAMES[2:]), ("Начало", "Тип ответа", *self.TEXTS[2:])
        odd = ("2026-05-01 10:00:00", marked, 0, "me")
        rows = [names, texts, self.IDS, odd, *self.ROWS[:5], odd, *self.ROWS[5:]]
        for survey in self.everywhere(tmp_path, rows):
            assert survey.frame["nps"].tolist() == SCORES
            assert survey.frame.index.tolist() == [5, 6, 7, 8, 9, *range(11, 18)]
            assert survey.audit.notes == (("previews", {"n": 2}),)
        values = dict(split_values(tmp_path / "a.csv", names[1]))
        assert values == {"IP Address": 12}

    def test_an_ordinary_answer_is_no_preview(self, tmp_path):
        """The channel of a link, and answers that were handed in by somebody else."""
        rows = [("channel", "nps"), ("x", "y"), ('{"ImportId":"distributionChannel"}', '{"ImportId":"QID1"}'),
                *answers("anonymous", score)]  # fmt: skip
        assert read(text(tmp_path / "a.csv", rows), items=["nps"], scale=[0, 10]).frame["nps"].tolist() == SCORES

    def test_an_id_that_cannot_be_read_is_of_no_question(self, tmp_path):
        ids = ('{"ImportId":', '{"ImportId"}', '{"ImportId":"QID1"}', "[" * 5000 + '"ImportId"')
        survey = read(
            text(tmp_path / "a.csv", [self.NAMES, self.TEXTS, ids, *self.ROWS]), items=["nps"], scale=[0, 10]
        )
        assert survey.frame["nps"].tolist() == SCORES

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

    def test_options_below_a_question_join_its_name(self, tmp_path):
        second = ("", "", "", "Card", "Loan", "Deposit", "Open-Ended Response")
        for path in (text(tmp_path / "a.csv", [self.NAMES, second, *self.ROWS]),
                     workbook(tmp_path / "a.xlsx", [self.NAMES, second, *self.ROWS])):  # fmt: skip
            survey = read(path, items=["nps"], scale=[0, 10], by="Which services?: Deposit")
            assert survey.frame["nps"].tolist() == SCORES
            assert survey.frame.index[0] == 3
            assert list(survey.frame)[-4:] == [
                *(f"Which services?: {k}" for k in ("Card", "Loan", "Deposit")),
                "Why?",
            ]
            assert survey.frame["Which services?: Deposit"].notna().sum() == 6

    def test_a_grid_of_ratings_has_a_column_for_each_of_its_rows(self, tmp_path):
        names = ("Respondent ID", "How good are\nthese?", "", "Why?")
        rows = [names, ("", "Ease", "Trust", "Response"), *answers(lambda k: 118000 + k, score, 7, "text")]
        items = ["How good are these?: Ease", "How good are these?: Trust"]
        survey = read(text(tmp_path / "a.csv", rows), items=items, scale=[0, 10])
        assert survey.frame["How good are these?: Ease"].tolist() == SCORES
        assert (survey.frame["How good are these?: Trust"] == 7).all()

    def test_such_names_below_other_first_columns_are_refused(self, tmp_path):
        names, second = ("Number", *self.NAMES[1:]), ("", "", "", "Card", "Loan", "Deposit", "Open-Ended Response")
        message = refusals(tmp_path, [names, second, *self.ROWS])
        assert 'row 2 gives column 5, which has no name in row 1, the name "Loan"' in message

    @pytest.mark.parametrize("second", [("", "Response", "Open-Ended Response"), ("", "", "Открытый ответ")])
    def test_marks_below_single_questions(self, tmp_path, second):
        rows = [("Respondent ID", "nps", "Why?"), second, *answers(lambda k: 118000 + k, score, "text")]
        assert read(text(tmp_path / "a.csv", rows), items=["nps"], scale=[0, 10]).frame["nps"].tolist() == SCORES
        message = refusals(tmp_path, [("Number", *rows[0][1:]), *rows[1:]])
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
        read_heading("a.csv", [("id", "nps", "ease"), second, *[(f"r{k}", "9", "8") for k in range(5)]])

    def test_a_table_of_texts(self):
        read_heading("a.csv", [("name", "", "note"), ("Ann", "x", "good staff and much more"), ("Bob", "y", "bad")])

    def test_one_row_of_names(self):
        assert read_heading("a.csv", [("id", "ease")]).names == ["id", "ease"]

    @pytest.mark.parametrize("rows", [[], [("", "")]])
    def test_no_names(self, rows):
        with pytest.raises(DataError, match="has no header in row 1"):
            read_heading("a.csv", rows)


@pytest.mark.parametrize(
    ("file", "item", "said"),
    [
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
