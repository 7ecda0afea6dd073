"""A total or a mean below the answers is never counted as a respondent, and no respondent is taken for one."""

import duckdb
import openpyxl
import pandas as pd
import pytest

import cxkit as cx
from cxkit.errors import DataError
from cxkit.survey.read import read, split_values
from cxkit.survey.totals import EDGE, is_total, refuse_totals
from tests.conftest import parts

SCORES = [10, 9, 9, 8, 7, 10, 6, 3, 9, 10, 8, 9]  # NPS 41.67 on 12; sum 98, mean 8.1667
HEAD = ("id", "nps", "segment")
ROWS = [(f"r{k}", score, "AB"[k % 2]) for k, score in enumerate(SCORES)]


def table(path, rows, head=HEAD):
    """The same rows in the kind of file that the ending asks for."""
    if path.suffix == ".csv":
        lines = (",".join("" if cell is None else str(cell) for cell in row) for row in (head, *rows))
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    elif path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in (head, *rows):
            book.active.append(row)
        book.save(path)
    else:
        frame = pd.DataFrame(rows, columns=head)
        if path.suffix == ".parquet":
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


def scores(path, **settings):
    return parts(read(path, items=["nps"], scale=[0, 10], **settings))[0]["nps"].tolist()


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet", "duckdb"])
class TestEveryKindOfFile:
    def test_a_total_below_the_answers_is_refused_by_its_row(self, tmp_path, ending):
        path = table(tmp_path / f"a.{ending}", [*ROWS, ("Average", 8, None)])
        for work in (lambda: scores(path), lambda: split_values(path, "segment")):
            message = said(work)
            assert message.startswith(f'a.{ending}, row 14: "Average" in column "id" looks like a total')
            assert message.endswith("delete the row, or write another text if it is a respondent.")

    def test_a_total_among_rows_that_are_not_read_does_not_matter(self, tmp_path, ending):
        path = table(tmp_path / f"a.{ending}", [*ROWS, ("Average", 8, "C")])
        assert scores(path, where={"segment": "A"}) == SCORES[::2]
        path = table(tmp_path / f"b.{ending}", [*ROWS, ("Average", 8, "A")])
        assert 'row 14: "Average"' in said(scores, path, where={"segment": "A"})

    def test_a_group_named_total_is_a_group(self, tmp_path, ending):
        rows = [(score, name) for name in ("Retail", "Total") for score in SCORES]
        path = table(tmp_path / f"a.{ending}", [(name, score) for score, name in rows], ("segment", "nps"))
        assert scores(path) == SCORES * 2
        assert split_values(path, "segment") == [("Retail", 12), ("Total", 12)]

    def test_of_many_rows_the_last_is_seen(self, tmp_path, ending):
        many = [(f"r{k}", 5, "A") for k in range(3 * EDGE)]
        path = table(tmp_path / f"a.{ending}", [*many, ("Total", 5, "A")])
        for work in (lambda: scores(path), lambda: split_values(path, "segment")):
            assert f'row {3 * EDGE + 2}: "Total"' in said(work)
        again = [*many, ("Total", 5, "A"), *many, ("Total", 5, "A")]
        path = table(tmp_path / f"b.{ending}", [(name, score) for name, score, _ in again], ("segment", "nps"))
        assert len(scores(path)) == len(again)
        assert dict(split_values(path, "segment"))["Total"] == 2


LABELS = [
    *("Total", "total:", "GRAND TOTAL", "Sum", "Mean", "Avg.", "Count", "Median", "n=12", "N = 12", "Base: all"),
    *(
        "Итого",
        "ИТОГО:",
        "Всего",
        "Среднее",
        "Общий итог",
        "Jami",
        "Oʻrtacha",
        "O'rtacha",
        "O‘rtacha",
        "Жами",
        "Ўртача",
    ),
    *("Жами", "Ўртача", "Total (n=12)", " Average "),
]


@pytest.mark.parametrize("label", LABELS)
def test_labels_of_totals(tmp_path, label):
    for rows, row in (([*ROWS, (label, 9, None)], 14), ([(label, 9, None), *ROWS], 2)):
        assert f'row {row}: "{label.strip()}" in column "id"' in said(scores, table(tmp_path / "a.csv", rows))


@pytest.mark.parametrize(
    "text", ["Total quality", "Summer", "Meaning", "n", "12", "Basel", "Totally", "Count Dracula", "Всегда", ""]
)
def test_other_texts_are_no_labels(text):
    assert not is_total(text)


def test_several_totals_are_named_from_the_first(tmp_path):
    path = table(tmp_path / "a.csv", [*ROWS, ("Count", 12, None), ("Average", 8, None)])
    assert 'row 14: "Count"' in said(scores, path)


def test_a_total_below_an_empty_row_is_seen(tmp_path):
    path = table(tmp_path / "a.csv", [*ROWS, (None, None, None), ("Total", 98, None)])
    assert 'row 15: "Total"' in said(scores, path)


def test_a_label_behind_the_number_of_the_row_is_seen(tmp_path):
    for name in ("{}", "r{}", "K-{}"):
        rows = [(k, name.format(100 + k), score) for k, score in enumerate(SCORES)]
        path = table(tmp_path / "a.csv", [*rows, (12, "Average", 8)], ("", "id", "nps"))
        assert 'row 14: "Average" in column "id"' in said(scores, path)


@pytest.mark.parametrize("label", ["{} Total", "{} Average", "Итого {}", "Average"])
def test_totals_of_groups_inside_the_table(tmp_path, label):
    rows = []
    for name in ("Retail", "Corporate"):
        rows += [(name, f"{name}{k}", score) for k, score in enumerate(SCORES)]
        rows.append((label.format(name), None, 8))
    path = table(tmp_path / "a.csv", [*rows, ("Retail", "r99", 9)], ("segment", "id", "nps"))
    assert f'row 14: "{label.format("Retail")}" in column "segment"' in said(scores, path)


@pytest.mark.parametrize(
    "number", ["98", "8.17", "8,1667", "12", "8"], ids=["sum", "mean", "comma", "count", "rounded"]
)
def test_a_row_without_an_id_that_sums_up_the_others_is_refused(tmp_path, number):
    path = tmp_path / "a.csv"
    table(path, ROWS)
    path.write_text(path.read_text().replace(",", ";") + f";{number};\n")
    message = said(scores, path)
    assert message.startswith('a.csv, column "id", row 14: found an empty cell, and numbers that are the sum, mean')


@pytest.mark.parametrize("label", ["Max", "Benchmark", "Цель", "Ø", "Σ", "1st Qu.", "Rows: 12", "100%", "(12 rows)"])
@pytest.mark.parametrize("rest", [(9, None), (9, "A"), (None, None)])
def test_a_row_at_an_end_that_is_unlike_the_others_is_refused(tmp_path, label, rest):
    rows = [(k, score, "AB"[k % 2]) for k, score in enumerate(SCORES)]
    told = f'column "id", row {{}}: found "{label}", unlike all other rows; delete the row if it is a total, a mean'
    assert told.format(14) in said(scores, table(tmp_path / "a.csv", [*rows, (label, *rest)]))
    assert told.format(2) in said(scores, table(tmp_path / "b.csv", [(label, *rest), *rows]))


def test_a_description_of_the_columns_is_named_from_its_first_row(tmp_path):
    words = [(word, 9, None) for word in ("count", "mean", "std", "min", "25%", "50%", "75%", "max")]
    rows = [(k, score, "AB"[k % 2]) for k, score in enumerate(SCORES)]
    assert 'row 14: found "count"' in said(scores, table(tmp_path / "a.csv", [*rows, *words]))


def test_a_description_beside_the_numbers_of_rows_is_named(tmp_path):
    rows = [(k, score) for k, score in enumerate(SCORES)]
    path = table(tmp_path / "a.csv", [*rows, ("count", 9), ("std", 2), ("max", 10)], ("", "nps"))
    assert 'column "1", row 14: found "count"' in said(scores, path)
    assert scores(table(tmp_path / "b.csv", rows, ("", "nps"))) == SCORES


@pytest.mark.parametrize("label", ["Result", "Ср. балл", "Max", "All"])
def test_a_row_without_an_id_and_with_a_group_of_its_own_is_refused(tmp_path, label):
    rows = [(k, score, "AB"[k % 2]) for k, score in enumerate(SCORES)]
    told = said(scores, table(tmp_path / "a.csv", [*rows, (None, 8, label)]))
    assert told.startswith('a.csv, column "id", row 14: found an empty cell, unlike all other rows')
    assert len(scores(table(tmp_path / "b.csv", [*rows, (12, 8, label)]))) == 13
    assert len(scores(table(tmp_path / "c.csv", [*rows, (None, 8, "A")]))) == 13


@pytest.mark.parametrize("late", ["13b", "K-13", "anna@firm.uz"])
def test_an_id_in_another_form_is_a_respondents(tmp_path, late):
    rows = [(k, score, "AB"[k % 2]) for k, score in enumerate(SCORES)]
    assert len(scores(table(tmp_path / "a.csv", [*rows, (late, 9, "A")]))) == 13


def test_a_table_below_an_empty_row_is_refused(tmp_path):
    rows = [*((k, score, "AB"[k % 2], 1) for k, score in enumerate(SCORES)), (None,) * 4]
    head = (*HEAD, "age")
    told = said(scores, table(tmp_path / "a.csv", [*rows, (None, 8, "Ava", 1), (None, 10, "n", 1)], head))
    assert told.startswith('a.csv, column "id", row 15: found an empty cell, unlike all other rows')
    assert len(scores(table(tmp_path / "b.csv", [*rows, (13, 8, "A", 1), (14, 10, "B", 1)], head))) == 14
    rows.insert(2, (None,) * 4)
    assert len(scores(table(tmp_path / "c.csv", [*rows[:-1], (None, 10, "B", 1)], head))) == 13


@pytest.mark.parametrize(
    "row", [(None, 8, "Grand Total"), (None, 8, "A Total"), (None, 8, "Итого по A"), (12, 8, "Grand Total")]
)
def test_a_label_behind_the_answer_is_seen(tmp_path, row):
    rows = [(k, score, "AB"[k % 2]) for k, score in enumerate(SCORES)]
    assert f'row 14: "{row[2]}" in column "segment"' in said(scores, table(tmp_path / "a.csv", [*rows, row]))


def test_a_label_that_names_another_group_is_its_total(tmp_path):
    rows = [("AB"[k % 2], score) for k, score in enumerate(SCORES)]
    for label in ("A (итог)", "Total A"):
        path = table(tmp_path / "a.csv", [*rows, (label, 9), ("B", 9)], ("segment", "nps"))
        assert f'row 14: "{label}"' in said(scores, path)
    assert len(scores(table(tmp_path / "b.csv", [*rows, ("C Total", 9), ("B", 9)], ("segment", "nps")))) == 14


class TestRespondents:
    def test_names_that_are_words_for_totals(self, tmp_path):
        rows = [(name, score) for name, score in zip("abcdefghijkl", SCORES, strict=True)]
        assert len(scores(table(tmp_path / "a.csv", [*rows, ("Suma", 10)], ("name", "nps")))) == 13
        assert 'row 14: "Suma"' in said(scores, table(tmp_path / "b.csv", [*rows, ("Suma", 8)], ("name", "nps")))

    def test_the_only_comment(self, tmp_path):
        rows = [(k, score, None) for k, score in enumerate(SCORES)]
        assert len(scores(table(tmp_path / "a.csv", [*rows, (12, 9, "Overall")], ("id", "nps", "why")))) == 13

    def test_ids_of_a_new_kind_and_answers_in_words(self, tmp_path):
        rows = [(k, score, "A") for k, score in enumerate(SCORES * 2)]
        new = [(f"{word} {k}", 9, "A") for k, word in enumerate(["new"] * 13)]
        assert len(scores(table(tmp_path / "a.csv", [*rows, *new]))) == 37
        data = read(table(tmp_path / "b.csv", [*((score, "A") for score in range(11)), ("none", "A")], HEAD[1:]),
                    items=["nps"], scale={"min": 0, "max": 10, "missing": ["none"]}).frame  # fmt: skip
        assert data["nps"].isna().sum() == 1

    def test_a_group_without_a_number_in_its_name(self, tmp_path):
        rows = [(f"branch {k % 3}", score, k) for k, score in enumerate(SCORES)]
        head = ("branch", "nps", "id")
        assert len(scores(table(tmp_path / "a.csv", [*rows, ("online", 9, 12)], head))) == 13

    def test_answers_like_the_number_of_their_column(self, tmp_path):
        path = table(tmp_path / "a.csv", [(9, 10), (9, 8), (7, 3)], ("9", "10"))
        assert read(path, items=["10"], scale=[0, 10]).frame["10"].tolist() == [10, 8, 3]

    @pytest.mark.parametrize("last", [(None, 10, None), (None, 3, None), (None, 8, "B"), (None, None, "B")])
    def test_a_last_row_without_an_id_that_sums_nothing_up(self, tmp_path, last):
        assert len(scores(table(tmp_path / "a.csv", [*ROWS, last]))) == 13

    @pytest.mark.parametrize("place", [0, 6, 11])
    def test_a_comment_total(self, tmp_path, place):
        rows = [(score, "Total" if k == place else "fine") for k, score in enumerate(SCORES)]
        assert scores(table(tmp_path / "a.csv", rows, ("nps", "comment"))) == SCORES
        rows = [(f"r{k}", *row) for k, row in enumerate(rows)]
        assert scores(table(tmp_path / "b.csv", rows, ("id", "nps", "comment"))) == SCORES

    def test_a_group_total_among_others(self, tmp_path):
        rows = [("Total" if k in (3, 7) else "Retail", score) for k, score in enumerate(SCORES)]
        assert scores(table(tmp_path / "a.csv", rows, ("segment", "nps"))) == SCORES
        rows = sorted(rows, reverse=True)  # those of the group stand first
        assert sorted(scores(table(tmp_path / "b.csv", rows, ("segment", "nps")))) == sorted(SCORES)

    def test_comments_that_speak_of_totals(self, tmp_path):
        rows = [("total mess" if k % 3 else "in total", f"r{k}", score) for k, score in enumerate(SCORES)]
        assert scores(table(tmp_path / "a.csv", rows, ("comment", "id", "nps"))) == SCORES

    def test_equal_answers_of_all(self, tmp_path):
        rows = [(f"r{k}" if k < 11 else None, 9, "A" if k < 11 else None) for k in range(12)]
        assert len(scores(table(tmp_path / "a.csv", rows))) == 12


def test_an_id_that_is_the_label_of_a_total_is_refused_wherever_it_stands(tmp_path):
    rows = [*ROWS[:5], ("Total", 9, "A"), *ROWS[5:]]
    path = table(tmp_path / "a.csv", rows)
    assert scores(path)[5] == 9
    assert 'column "id", row 7: found "Total", expected a respondent\'s id' in said(scores, path, respondent="id")


def test_very_many_rows_of_a_group_named_total_are_looked_at_once():
    rows = [("Total", "9")] * 100_000
    refuse_totals("a.csv", ["segment", "nps"], range(len(rows)), [*rows, *[("Retail", "8")] * 200])


class TestFrames:
    @pytest.mark.parametrize("label", ["index", "id"])
    def test_a_total_is_refused(self, label):
        frame = pd.DataFrame({"id": [f"r{k}" for k in range(12)], "nps": SCORES})
        total = pd.DataFrame({"id": ["Total" if label == "id" else None], "nps": [8]},
                             index=["Total" if label == "index" else 12])  # fmt: skip
        message = said(cx.nps, pd.concat([frame, total]), "nps")
        assert message.startswith("The data, row ")
        assert f'"Total" in column "{label}" looks like a total' in message

    def test_a_group_named_total_is_a_group(self):
        frame = pd.DataFrame({"brand": ["Total", *["Shell"] * 10, "Total"], "nps": SCORES})
        assert cx.nps(frame, "nps").facts["n"] == 12
