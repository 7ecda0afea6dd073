"""SPSS, Stata and SAS files: codes as text, dates as a spreadsheet shows them, hostile files each in one sentence."""

import base64
import datetime as dt
import pickle
import struct
import sys
import zlib

import numpy as np
import pandas as pd
import pytest

from cxkit.errors import DataError
from cxkit.survey import statfile
from cxkit.survey.sources import distinct_values, read_text_table
from cxkit.survey.statfile import describe
from tests.survey.test_sources import cells, refusal, says, write

pyreadstat = pytest.importorskip("pyreadstat")

ANSWERS = {"id": ["a1", "б2", ""], "ease": [1, 5.0, np.nan], "w": [1.5, 0.25, 2]}
INF = float("inf")
# Three rows written by haven 2.5.1: id a b c, ease 1 5 and a gap, day 2026-01-02, 2026-01-03 and a gap (DATE9).
SAS = (
    "eNrt2j9LQlEYx/HHNFBqUHBwCLpEQ1MoSSREKmgY2KQvIEsHlxqiP0IQzTX1VhorkJbGaKqtvampgiw7995j6iFTcIjo+3F47vO75zmD"
    "cOFcuCJtV49Ha2fh0M3lqV8C17GTyGQwNCcyJR6JyY/CXV0hXbCWV/LZTLqYLmSLVi/Shz3vrqsvne8+pNvVYO8UFBkx4sRsNBaNrUZV"
    "jas6n69u7uwLAAAAAAAAAAAAAAD/kV/9RO7H3W7G2323rvOIMXWg80wr8Lglp/O4kTfG3Jo38gudp8z9e+SLPXIAAABgWB9vTceg6+My"
    "OtS8PoFLYKj5toY73lwwcvvo7ZOR1hHcOf/7VBcw+k56q6b1lUzo73EttdY2Lcarg7zrmWhHZn4bXC2LVErblXKpJrmtPUtd15LifBuc"
    "Taj6rNjrzL1flEH+g5Cu3h73vf02CH4fNw08LfiTPO4TUHK7p6RTju9S624Qdl60UyrYcPrb18OuCgAAAAAAft8nSkiBOg=="
)  # fmt: skip


def sav(folder, columns=None, name="a.sav", **said):
    frame = pd.DataFrame(columns or ANSWERS)
    (pyreadstat.write_dta if name.endswith(".dta") else pyreadstat.write_sav)(frame, folder / name, **said)
    return folder / name


def old(path, words, encoding="cp1251"):
    """Make of a file one of a program that did not write its encoding, with other words of the same length."""
    content = path.read_bytes().replace(struct.pack("<iii", 7, 20, 1), struct.pack("<iii", 7, 99, 1))
    at = content.find(struct.pack("<iii", 7, 3, 4))
    if at > 0:  # the code page, too
        content = content[: at + 44] + struct.pack("<i", 2) + content[at + 48 :]
    for word, other in words.items():
        content = content.replace(word.encode(), other.encode(encoding))
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("name", ["a.sav", "a.zsav", "a.dta", "A.SAV"])
def test_cells_are_codes_as_text_and_gaps_are_empty(tmp_path, name):
    table = read_text_table(sav(tmp_path, name=name))
    assert cells(table) == {2: ["a1", "1", "1.5"], 3: ["б2", "5", "0.25"], 4: [None, None, "2"]}
    assert (table.names, table.encoding, table.notes) == (("id", "ease", "w"), "utf-8", ())


def test_a_zsav_that_is_packed_by_zlib_is_read(tmp_path):
    assert len(read_text_table(sav(tmp_path, name="a.zsav", compress=True)).frame) == 3


@pytest.mark.parametrize("name", ["a.sav", "a.dta"])
def test_dates_and_times_have_the_look_of_a_spreadsheet(tmp_path, name):
    columns = {"day": [dt.date(2026, 1, 2), None], "at": [dt.datetime(2026, 1, 2, 3, 4, 5)] * 2,
               "midnight": [dt.datetime(2026, 1, 2)] * 2}  # fmt: skip
    moment = "2026-01-02T03:04:05"
    assert cells(read_text_table(sav(tmp_path, columns, name))) == {
        2: ["2026-01-02", moment, "2026-01-02"],
        3: [None, moment, "2026-01-02"],
    }


def test_a_time_of_day_is_a_time(tmp_path):
    assert cells(read_text_table(sav(tmp_path, {"t": [dt.time(12, 30)]}))) == {2: ["12:30:00"]}


def test_months_and_quarters_are_shown_as_such(tmp_path):
    path = sav(tmp_path, {"m": [792.0, 803], "q": [264.0, 267]}, "a.dta", variable_format={"m": "%tm", "q": "%tq"})
    assert cells(read_text_table(path)) == {2: ["2026-01", "2026-Q1"], 3: ["2026-12", "2026-Q4"]}
    seconds = float((dt.datetime(2026, 12, 2) - dt.datetime(1582, 10, 14)).total_seconds())
    columns = {"m": [seconds], "q": [seconds]}
    path = sav(tmp_path, columns, variable_format={"m": "MOYR8", "q": "QYR8"})
    assert cells(read_text_table(path)) == {2: ["2026-12", "2026-Q4"]}


def test_a_number_of_few_digits_has_no_more(tmp_path):
    pd.DataFrame({"w": np.array([0.1, 0.25], dtype="float32")}).to_stata(tmp_path / "a.dta", write_index=False)
    assert cells(read_text_table(tmp_path / "a.dta")) == {2: ["0.1"], 3: ["0.25"]}


def test_sas_is_read(tmp_path):
    path = write(tmp_path, zlib.decompress(base64.b64decode(SAS)), "a.sas7bdat")
    assert cells(read_text_table(path)) == {2: ["a", "1", "2026-01-02"], 3: ["b", "5", "2026-01-03"],
                                            4: ["c", None, None]}  # fmt: skip


def test_values_of_a_column_are_counted(tmp_path):
    assert distinct_values(sav(tmp_path), "ease") == [("", 1), ("1", 1), ("5", 1)]


class TestDescribed:
    def of(self, folder, column, columns=None, name="a.sav", **said):
        return describe(sav(folder, columns, name, **said))[column]

    def test_labels_of_columns_and_codes(self, tmp_path):
        said = {"column_labels": {"ease": "Насколько легко?"}, "variable_value_labels": {"ease": {1: "Ёмон oʻ"}}}
        found = self.of(tmp_path, "ease", **said)
        assert (found.text, found.labels, found.missing) == ("Насколько легко?", {"1": "Ёмон oʻ"}, ())
        assert self.of(tmp_path, "w", **said) == statfile.Described("", {}, ())

    @pytest.mark.parametrize(
        ("ranges", "codes"),
        [
            ([98], ("98",)),
            ([97, 99], ("97", "99")),
            ([{"lo": 97, "hi": 99}], ("97", "98", "99")),
            ([{"lo": 97, "hi": INF}], ("99", "101.5")),
            ([{"lo": -INF, "hi": -1}, -9], ("-2", "-9")),
            ([{"lo": 90, "hi": 1000}, 5], ("99", "101.5", "5")),
            ([{"lo": 98.5, "hi": 99.5}], ("99",)),
        ],
    )
    def test_missing_codes_and_ranges(self, tmp_path, ranges, codes):
        columns = {"x": [1, 5, 101.5, 99, -2, np.nan]}
        assert self.of(tmp_path, "x", columns, missing_ranges={"x": ranges}).missing == codes

    def test_texts_that_mean_no_answer(self, tmp_path):
        assert self.of(tmp_path, "x", {"x": ["a", "-"]}, missing_ranges={"x": ["-"]}).missing == ("-",)

    def test_letters_of_stata(self, tmp_path):
        path = sav(tmp_path, {"x": [1, "a"], "s": ["a", "b"]}, "a.dta", missing_user_values={"x": ["a"]},
                   variable_value_labels={"x": {1: "bad", "a": "refused"}})  # fmt: skip
        assert cells(read_text_table(path)) == {2: ["1", "a"], 3: [".a", "b"]}
        found = describe(path)["x"]
        assert (found.labels, found.missing) == ({"1": "bad", ".a": "refused"}, (".a",))


class TestEncoding:
    WORDS = {"XXXXXX": "Оценка", "YYYYY": "Плохо", "ZZZZZZ": "Хорошо"}  # noqa: RUF012

    def old(self, folder, name="a.sav", **how):
        said = {"column_labels": {"ease": "XXXXXX"}, "variable_value_labels": {"ease": {1: "YYYYY", 5: "ZZZZZZ"}}}
        path = sav(folder, {"id": ["a", "b"], "ease": [1, 5]}, name, **said, **how)
        return old(path, self.WORDS)

    @pytest.mark.parametrize(("name", "how"), [("a.sav", {}), ("a.dta", {"version": 12}), ("a.dta", {"version": 13})])
    def test_a_file_that_does_not_say_its_encoding_is_guessed_at_and_told(self, tmp_path, name, how):
        path = self.old(tmp_path, name, **how)
        assert describe(path)["ease"].text == "Оценка"
        table = read_text_table(path)
        assert table.encoding == "cp1251"
        assert table.notes == (("encoding_guessed", {"encoding": "cp1251", "words": "Оценка, Плохо, Хорошо"}),)

    @pytest.mark.parametrize("encoding", ["cp1251", "windows-1251", "CP1251"])
    def test_a_given_encoding_is_used(self, tmp_path, encoding):
        path = self.old(tmp_path)
        found = describe(path, encoding)["ease"]
        assert (found.text, found.labels) == ("Оценка", {"1": "Плохо", "5": "Хорошо"})
        assert read_text_table(path, encoding=encoding).notes == ()

    def test_a_file_whose_bytes_do_not_fit_what_it_says_asks_for_the_encoding(self, tmp_path):
        path = sav(tmp_path, {"id": ["a"]}, column_labels={"id": "XXXXXX"})
        path.write_bytes(path.read_bytes().replace(b"XXXXXX", "Оценка".encode("cp1251")))
        says(refusal(path), "a.sav cannot be read in the encoding that it names", "cp1251")
        assert describe(path, "cp1251")["id"].text == "Оценка"

    def test_another_encoding_for_utf8_is_refused(self, tmp_path):
        says(refusal(sav(tmp_path), encoding="cp1251"), "a.sav is UTF-8, not cp1251; leave the encoding out")
        assert read_text_table(sav(tmp_path), encoding="utf-8-sig").frame["id"].iloc[1] == "б2"

    def test_an_unknown_encoding_is_refused(self, tmp_path):
        says(refusal(sav(tmp_path), encoding="klingon"), 'a.sav: the encoding "klingon" is unknown')

    def test_a_delimiter_says_nothing_of_such_a_file(self, tmp_path):
        says(refusal(sav(tmp_path), delimiter=";"), "the setting delimiter")
        says(refusal(sav(tmp_path), sheet="x"), "the setting sheet")


class Opened:
    def __reduce__(self):
        return (pytest.fail, ("a pickle was opened",))


class TestRefused:
    @pytest.mark.parametrize("name", ["a.sav", "a.zsav", "a.dta", "a.sas7bdat"])
    @pytest.mark.parametrize(
        ("content", "part"),
        [
            (b"id,ease\n1,5\n", 'it begins with the text "id,ease"'),
            ("оценка;да\n".encode(), 'it begins with the text "оценка;да"'),
            (pickle.dumps(Opened()), "it begins as a Python pickle does, which is never opened"),
            (b"PK\3\4 and so on", "it is a zip archive"),
            (b"\0\1\2\3" * 20, "it begins with other bytes"),
            (b"x", 'it begins with the text "x"'),
        ],
    )
    def test_what_only_has_the_ending(self, tmp_path, name, content, part):
        says(refusal(write(tmp_path, content, name)), f"{name} is no ", " file: ", part, "give it the ending")

    @pytest.mark.parametrize("name", ["a.sav", "a.zsav", "a.dta"])
    @pytest.mark.parametrize("kept", [0.3, 0.6, 0.98])
    def test_half_a_file(self, tmp_path, name, kept):
        path = sav(tmp_path, name=name)
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
        says(refusal(path), f"{name} is a damaged or unfinished S", "file; copy it again whole")

    def test_a_file_that_unpacks_to_too_much(self, tmp_path, monkeypatch):
        path = sav(tmp_path, {"x": [1.0] * 2000})
        assert len(read_text_table(path).frame) == 2000
        monkeypatch.setattr(statfile, "MAX_UNPACKED", 8 * 1999)
        says(refusal(path), "a.sav unpacks to more than the 512 MiB")

    def test_a_file_that_does_not_tell_how_much_it_unpacks_to(self, tmp_path, monkeypatch):
        path = sav(tmp_path, {"x": [1.0] * 2000}, row_compress=True)
        content = path.read_bytes()
        path.write_bytes(content[:80] + struct.pack("<i", -1) + content[84:])
        assert len(read_text_table(path).frame) == 2000
        monkeypatch.setattr(statfile, "MAX_UNPACKED", 8 * 1999)
        says(refusal(path), "a.sav unpacks to more than the 512 MiB")

    def test_a_date_beyond_the_calendar(self, tmp_path):
        path = sav(tmp_path, {"at": [1e15]}, variable_format={"at": "DATETIME20"})
        says(refusal(path), "a.sav holds a date or time beyond what a calendar has", "SPSS")

    def test_a_file_without_rows(self, tmp_path):
        says(refusal(sav(tmp_path, {"x": np.array([], dtype=float)})), "a.sav has a header but no answers")

    def test_pyreadstat_is_asked_for(self, tmp_path, monkeypatch):
        path = sav(tmp_path)
        monkeypatch.setitem(sys.modules, "pyreadstat", None)
        says(refusal(path), 'a.sav needs pyreadstat; install it with pip install "cxkit[spss]".')

    def test_a_file_that_ends_the_reader_ends_nothing_else(self, tmp_path):
        """Of ReadStat 1.1.9 this byte makes a segmentation fault."""
        said = {"variable_value_labels": {"b": {1: "x"}}, "missing_ranges": {"b": [{"lo": 97, "hi": INF}]}}
        path = sav(tmp_path, {"a": ["x" * 300] * 50, "b": range(50)}, column_labels={"a": "tt"}, **said)
        content = bytearray(path.read_bytes())
        assert content[223] == 255
        content[223] = 0
        says(refusal(write(tmp_path, bytes(content), "a.sav")), "a.sav is a damaged or unfinished SPSS file")

    @pytest.mark.parametrize("name", ["a.sav", "a.dta"])
    def test_a_file_damaged_anywhere_is_read_or_refused_in_a_sentence(self, tmp_path, name):
        content = sav(tmp_path, name=name, column_labels={"ease": "Оценка"}).read_bytes()
        for place in range(0, len(content), len(content) // 25):
            path = write(tmp_path, content[:place] + b"\xff" + content[place + 1 :], name)
            try:
                read_text_table(path)
            except DataError as error:
                says(str(error), name)
