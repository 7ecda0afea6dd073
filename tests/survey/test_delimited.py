"""Text files: the delimiter, lines that are no rows, and quotation marks that swallow rows."""

import pytest

from cxkit.errors import DataError
from cxkit.survey.sources import distinct_values, read_text_table


def write(folder, content, encoding="utf-8"):
    path = folder / "a.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def cells(table):
    return {row: list(values) for row, values in zip(table.frame.index, table.frame.to_numpy(), strict=True)}


def refusal(path, **settings):
    with pytest.raises(DataError) as caught:
        read_text_table(path, **settings)
    message = str(caught.value)
    with pytest.raises(DataError) as again:
        distinct_values(path, "id")
    assert str(again.value) == message
    return message


class TestDelimiter:
    @pytest.mark.parametrize(
        ("text", "delimiter"),
        [
            ("id|ease|note\n1|5|a,b;c\n2|4|x\n", "|"),
            ("id;weight;note\n1;1,25;a, b\n2;0,75;c\n", ";"),
            ("id\tease\n1\t5,0\n2\t4,0\n", "\t"),
            ("id,services\n1,Card;Loan\n2,Card;Loan\n", ","),
            ("id;q,1\n1;5,0\n2;4,5\n", ";"),
            ('id;ease\n1;"a\u2028b;c\x0bd\x85e"\n2;4\n', ";"),
            ('id;note\n1;"a\nb;c\nd"\n2;x\n', ";"),
        ],
    )
    def test_it_is_found(self, tmp_path, text, delimiter):
        table = read_text_table(write(tmp_path, text))
        assert table.delimiter == delimiter
        assert "id" in table.frame
        assert list(table.frame.index) == [2, 3]

    @pytest.mark.parametrize("first", ["sep=;\n", "sep=;\r\n", '"sep=;"\n', "SEP=;\n", "\ufeffsep=;\n"])
    def test_a_first_line_names_it_and_is_no_row(self, tmp_path, first):
        table = read_text_table(write(tmp_path, first + "id;Easy, or not?\n1;5,0\n"))
        assert (table.delimiter, cells(table)) == (";", {2: ["1", "5,0"]})
        assert distinct_values(tmp_path / "a.csv", "id") == [("1", 1)]

    def test_a_first_line_wins_over_what_looks_likelier(self, tmp_path):
        table = read_text_table(write(tmp_path, "sep=,\nid;a,b;c\n1;5,2;3\n"))
        assert (table.delimiter, cells(table)) == (",", {2: ["1;5", "2;3"]})

    def test_a_first_line_in_utf16(self, tmp_path):
        assert cells(read_text_table(write(tmp_path, "sep=|\nid|a\n1|я\n", "utf-16"))) == {2: ["1", "я"]}

    @pytest.mark.parametrize("text", ["ease\n5,0\n4,5\n", "weight\n1,25\n0,75\n"])
    def test_one_column_of_decimal_commas_is_one_column(self, tmp_path, text):
        assert len(read_text_table(write(tmp_path, text)).frame.columns) == 1

    def test_a_title_hides_no_delimiter(self, tmp_path):
        assert "row 1 fills 1 column, row 2 fills 3" in refusal(write(tmp_path, "Export\nid,ease,a\n1,5,x\n2,4,y\n"))


class TestRows:
    def test_a_delimiter_at_the_end_of_every_line_is_no_column(self, tmp_path):
        assert cells(read_text_table(write(tmp_path, "id,ease,\n1,5,\n2,4,\n"))) == {2: ["1", "5"], 3: ["2", "4"]}
        assert cells(read_text_table(write(tmp_path, "id,ease\n1,5,,\n2,4,\n"))) == {2: ["1", "5"], 3: ["2", "4"]}

    def test_what_stands_behind_a_decimal_comma_is_no_column_without_a_name(self, tmp_path):
        with pytest.raises(DataError, match=r'column 3 has no name and may hold .* behind a decimal comma in "ease"'):
            read_text_table(write(tmp_path, "id,ease,\n1,1,5\n2,0,75\n"))
        for text in (
            "id,ease,\n1,1,a\n2,0,b\n",
            "id,ease,\n1,1,5\n2,0.5,75\n",
            "id;ease;\n1;1;5\n2;0;75\n",
            "id,,ease\n1,1,5\n",
        ):
            assert list(read_text_table(write(tmp_path, text)).frame.columns) == ["id", "ease"]

    @pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
    def test_every_line_end_ends_a_row(self, tmp_path, end):
        assert cells(read_text_table(write(tmp_path, end.join(["id,ease", "1,5", "2,4", ""])))) == {
            2: ["1", "5"],
            3: ["2", "4"],
        }

    def test_other_separators_of_lines_end_none(self, tmp_path):
        text = "id,note\n1,a\u2028b\n2,c\x85d\n3,e\x0bf\n4,g\x0ch\n"
        assert [row[1] for row in cells(read_text_table(write(tmp_path, text))).values()] == [
            "a\u2028b", "c\x85d", "e\x0bf", "g\x0ch",
        ]  # fmt: skip

    @pytest.mark.parametrize("space", ["\u2028", "\u200b", "\u200e", "\u202f", "\x85", "\u3000"])
    def test_unseen_characters_around_a_text_go(self, tmp_path, space):
        assert cells(read_text_table(write(tmp_path, f"id,a\n1,{space}x{space}\n2,{space}\n"))) == {
            2: ["1", "x"],
            3: ["2", None],
        }

    @pytest.mark.parametrize("end", ["\x1a", "\n\x1a", "\r\n\x1a"])
    def test_the_mark_of_dos_behind_the_last_row_is_none(self, tmp_path, end):
        table = read_text_table(write(tmp_path, "id,ease\n1,5\n2,4" + end))
        assert (cells(table), table.blank_rows) == ({2: ["1", "5"], 3: ["2", "4"]}, 0)
        assert cells(read_text_table(write(tmp_path, "id,note\n1,a\x1ab\n"))) == {2: ["1", "a\x1ab"]}

    def test_a_null_character_is_refused(self, tmp_path):
        assert refusal(write(tmp_path, b"id,note\n1,good\n2,b\0d\n")) == (
            "a.csv, row 3, column 2: found a null character, so the file is damaged; export it again."
        )

    def test_a_second_header_of_a_file_put_together_is_refused(self, tmp_path):
        assert "row 4 repeats the header" in refusal(write(tmp_path, "id,ease\n1,5\n2,4\n\ufeffid,ease\n3,4\n"))


HEAD = "id,ease,note\n1,5,fine\n"


class TestSwallowedRows:
    @pytest.mark.parametrize(
        ("text", "place", "rows"),
        [
            (HEAD + '2,4,"bad\n3,3,slow\n4,2,cold"\n5,1,x\n', "row 3, column 3", 2),
            (HEAD + '2,4,"bad\n3,3,slow"\n5,1,x\n', "row 3, column 3", 1),
            (HEAD + '2,4,"bad\r\n3,3,slow\r\n\r\n4,N/A,cold"\r\n5,1,x\r\n', "row 3, column 3", 2),
            ('id,note,ease\n1,fine,5\n2,"bad,4\n3,slow",3\n4,x,2\n', "row 3, column 2", 1),
            ('id,note,ease\n1,fine,5\n2,"bad,4\n3,a,3\n4,b",2\n', "row 3, column 2", 2),
            ('note,id,ease\n"bad,1,4\n3,2,3\nslow",3,3\n', "row 2, column 1", 2),
            ('note,id,ease\n"bad,1,4\nslow",3,3\n', "row 2, column 1", 1),
            ('id,note,ease\n"1,bad,4\n2",slow,3\n', "row 2, column 1", 1),
            ('name,city,note\nAnn,Oslo,"good\nBob,Rome,bad\nCid,Bern,ok"\n', "row 2, column 3", 2),
        ],
    )
    def test_are_refused_by_the_row_where_the_mark_opens(self, tmp_path, text, place, rows):
        message = refusal(write(tmp_path, text))
        assert message.startswith(f"a.csv, {place}: a quotation mark opens before ")
        assert f"swallows rows below it ({rows})" in message

    @pytest.mark.parametrize(
        "note",
        [
            "Good, but slow\nNice, friendly",
            "one\ntwo\n\nthree",
            "\n",
            "1. slow\n2. rude",
            "a,b,c\nd",
            "x\ny,z,w\nv,5",
        ],
    )
    def test_a_comment_of_several_lines_is_none(self, tmp_path, note):
        for text, place in ((f'id,ease,note\n1,5,"{note}"\n2,4,x\n', 2), (f'id,note,ease\n1,"{note}",5\n2,x,4\n', 1)):
            table = read_text_table(write(tmp_path, text))
            assert list(table.frame.index) == [2, 3]
            assert table.frame.iloc[0, place] == (note.strip() or None)
