"""One big file: DuckDB reads a client's rows as the reader of a whole file does, and no other rows."""

import datetime as dt
import decimal
import os
import string
import subprocess
import sys
import warnings

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxkit.errors import DataError
from cxkit.survey import big, sources
from cxkit.survey.header import SPACES
from cxkit.survey.read import read, split_values
from cxkit.survey.sources import distinct_values
from cxkit.survey.totals import is_total
from cxkit.survey.values import Values
from tests.benchmarks.big_file import generate, truth
from tests.conftest import parts

DAY, MOMENT = dt.date(2025, 4, 3), dt.datetime(2025, 4, 3, 14, 30, 0, 120)
MIDNIGHT = dt.datetime(2025, 4, 3)
COLUMNS = {  # five cells each, of which some are empty
    "text": pa.array(["a", " a", "a\u00a0", None, "A"]),
    "spaces": pa.array([" ", "", "\ufeffa", "\ta\n", "aa"]),
    "unusual": pa.array(["Сут", "=1+1", "a'b\"c", "50%_*[x]", "\U0001f600"]),
    "looks": pa.array(["007", "7", "7.0", "NA", "None"]),
    "category": pa.array(["b", None, "a", "b", "b"]).dictionary_encode(),
    "small": pa.array([7, -7, 0, None, 99], pa.int8()),
    "whole": pa.array([7, 2**53 + 1, -(2**63), None, 2**63 - 1]),
    "unsigned": pa.array([7, 0, 2**64 - 1, None, 1], pa.uint64()),
    "double": pa.array([7.0, 0.1, -0.0, float("nan"), 1e300]),
    "single": pa.array([7.0, 0.1, float("inf"), None, 16777217.0], pa.float32()),
    "half": pa.array(np.array([7, 0.5, 1, 2, 3], np.float16)),
    "truth": pa.array([True, False, None, True, True]),
    "decimal": pa.array([decimal.Decimal("7.00"), decimal.Decimal("-0.10"), None, None, None], pa.decimal128(9, 2)),
    "day": pa.array([DAY, DAY, None, dt.date(1, 1, 1), DAY]),
    "day64": pa.array([DAY, None, None, DAY, DAY], pa.date64()),
    "moment": pa.array([MOMENT, MIDNIGHT, None, MOMENT, MOMENT], pa.timestamp("us")),
    "second": pa.array([MIDNIGHT, dt.datetime(2025, 4, 3, 1), None, None, MIDNIGHT], pa.timestamp("s")),
    "nano": pa.array([1743690600123456789, 0, None, 1, 1], pa.timestamp("ns")),
    "zone": pa.array([MOMENT, MIDNIGHT, None, None, MOMENT], pa.timestamp("us", "Asia/Tashkent")),
    "time": pa.array([dt.time(12, 30), None, None, dt.time(12, 30), None]),
    "span": pa.array([dt.timedelta(days=1, seconds=3), None, None, None, dt.timedelta(0)]),
    "bytes": pa.array([b"a", b"\xff", None, b"", b"a"]),
    "list": pa.array([[1, 2], [], None, [1], [1, 2]]),
    "struct": pa.array([{"a": 1, "b": "x"}, None, None, None, None]),
    "nothing": pa.nulls(5),
}


def parquet(path, **columns):
    path.parent.mkdir(exist_ok=True)
    pq.write_table(pa.table(columns), path)
    return path


def database(path, sql, *more):
    with duckdb.connect(str(path)) as con:
        for one in (sql, *more):
            con.execute(one)
    return path


def cells(table):
    return {row: list(values) for row, values in zip(table.frame.index, table.frame.to_numpy(), strict=True)}


def picks(where):
    return {column: Values().pick(str(value)) for column, value in where.items()}


def table_of(path, where=None, **how):
    return sources.read_text_table(path, where=picks(where or {}), **how)


def plain(path, where):
    """What the reader of a whole file gives, filtered afterwards."""
    table = sources._table(path.name, sources._parquet_rows(path), {})
    keep = np.logical_and.reduce([table.frame[column].map(pick) for column, pick in picks(where).items()])
    return cells(sources.TextTable(table.frame[keep])), len(table.frame) - keep.sum(), table.blank_rows


def refusal(work, *args, **kwargs):
    with pytest.raises(DataError) as caught:
        work(*args, **kwargs)
    message = str(caught.value)
    assert "\n" not in message
    assert message[-1] in ".?"
    return message


# Neither a total nor a note below the table, which the reader of a whole file refuses.
CELLS = st.text().filter(lambda text: not is_total(text) and len(text.split()) < 3)


class TestTheSameTexts:
    @pytest.mark.parametrize("name", COLUMNS)
    def test_every_value_of_every_type_finds_the_same_rows(self, tmp_path, name):
        path = parquet(tmp_path / "answers.parquet", id=pa.array([1, 2, 3, 4, 5]), **{name: COLUMNS[name]})
        whole = sources._table(path.name, sources._parquet_rows(path), {})
        assert cells(big.rows_where(path, {})) == cells(whole)
        texts = set(whole.frame[name])
        for value in [*filter(None, texts), "7", "7.00", " a", "", "\ud800"]:
            table = table_of(path, where={name: value})
            assert (cells(table), table.filtered_rows, table.blank_rows) == plain(path, {name: value}), value

    @given(
        st.lists(st.tuples(CELLS, st.none() | st.integers(-3, 3), st.floats(-2, 2) | st.none()), min_size=1),
        st.data(),
    )
    @settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_any_rows_and_any_values(self, tmp_path, rows, data):
        text, whole, number = (pa.array(column, kind) for column, kind in zip(
            zip(*rows, strict=True), (pa.string(), pa.int32(), pa.float64()), strict=True))  # fmt: skip
        path = parquet(tmp_path / "answers.parquet", text=text, whole=whole, number=number)
        if all(not (row[0].strip(SPACES) or row[1:] != (None, None)) for row in rows):
            assert "no answers" in refusal(table_of, path)
            assert refusal(big.rows_where, path, picks({"text": "a"})) == refusal(table_of, path)
            return
        frame = sources._table(path.name, sources._parquet_rows(path), {}).frame
        columns = data.draw(st.lists(st.sampled_from(["text", "whole", "number"]), min_size=1, unique=True))
        known = {column: st.sampled_from([v for v in frame[column] if v] or ["x"]) for column in columns}
        where = {column: data.draw(known[column] | st.text(max_size=2)) for column in columns}
        table = big.rows_where(path, picks(where))
        assert (cells(table), table.filtered_rows, table.blank_rows) == plain(path, where)
        texts = frame[columns[0]].fillna("").value_counts()
        assert distinct_values(path, columns[0]) == sorted(texts.to_dict().items())

    def test_every_spelling_finds_the_rows_of_all(self, tmp_path):
        """DuckDB folds ASCII only: what it cannot fold it must hand over."""
        together = [
            ["Retail bank", "retail  BANK", "Retail\u00a0bank", "\tRetail bank ", "Retail\x1fbank",
             "Re\u200btail bank", "\uff32etail bank", "Retail\nbank"],
            ["\u0422oshkent", "Toshkent", "TOSHKENT"],
            ["O'zbek", "O`zbek", "O\u02bbzbek"],
            ["Kelvin", "\u212aelvin", "kelvin"],
            ["web", "Web", " web"],
            ["Розница", "РОЗНИЦА", "Pозница"],
        ]  # fmt: skip
        spellings = [one for same in together for one in same]
        path = parquet(tmp_path / "a.parquet", name=spellings, id=range(len(spellings)))
        for same in together:
            for asked in same:
                table = table_of(path, where={"name": asked})
                assert list(table.frame["id"]) == [str(spellings.index(one)) for one in same], asked

    def test_several_columns_must_all_agree(self, tmp_path):
        path = parquet(tmp_path / "a.parquet", company=["x", "x", "y"], wave=[1.0, 2.0, 1.0], ease=[5, 4, 3])
        table = table_of(path, where={"company": "x", "wave": 1})
        assert (cells(table), table.filtered_rows) == ({2: ["x", "1", "5"]}, 2)

    def test_a_number_of_more_digits_than_duckdb_holds_is_refused(self, tmp_path):
        wide = pa.array([decimal.Decimal(1)], pa.decimal256(60, 2))
        path = parquet(tmp_path / "a.parquet", company=["x"], wide=wide)
        assert refusal(table_of, path, where={"company": "x"}) == (
            'a.parquet, column "wide": numbers of over 38 digits; write them shorter.'
        )


HOSTILE = ["it's", 'say "x"', "a*", "a?b", "[ab]", "x'; DROP TABLE y; --", "$1 ? {z}", "back\\slash", "a\nb", "Сут"]


class TestHostileNames:
    @pytest.mark.parametrize("name", HOSTILE)
    def test_a_path_stands_for_itself(self, tmp_path, name):
        folder = tmp_path / name
        path = parquet(folder / f"{name}.parquet", company=["x", "y"], ease=[1, 2])
        for decoy in ("a1", "a", "b", "axb"):
            parquet(folder / f"{decoy}.parquet", company=["x", "z"], ease=[8, 9])
        assert cells(table_of(path, where={"company": "x"})) == {2: ["x", "1"]}
        assert distinct_values(path, "company") == [("x", 1), ("y", 1)]

    @pytest.mark.parametrize("name", [*HOSTILE, "filename", "file_row_number", "rowid", "row", "select"])
    def test_a_column_and_a_value_stand_for_themselves(self, tmp_path, name):
        columns = {name: [name, "z", name], "x": [1, 2, 3]}
        path = parquet(tmp_path / "a.parquet", **columns)
        clean = name.strip()
        assert cells(table_of(path, where={clean: name})) == {2: [name, "1"], 4: [name, "3"]}
        assert distinct_values(path, clean) == sorted([(name, 2), ("z", 1)])
        with duckdb.connect(str(tmp_path / "a.duckdb")) as con:
            data = pd.DataFrame(columns)
            quoted = name.replace('"', '""')
            con.register("data", data)
            con.execute(f'CREATE TABLE "{quoted}" AS SELECT * FROM data')
        table = table_of(tmp_path / "a.duckdb", where={clean: name})
        assert (table.sheet, cells(table)) == (name, {2: [name, "1"], 4: [name, "3"]})

    def test_of_names_that_differ_in_case_none_is_taken(self, tmp_path):
        path = parquet(tmp_path / "a.parquet", a=["x", "y"], A=["y", "x"], b=["x", "z"])
        for work in (lambda: table_of(path, where={"A": "x"}), lambda: distinct_values(path, "a")):
            assert 'column 1, "a", or column 2, "A", which differ only in case' in refusal(work)
        assert cells(table_of(path, where={"B": "z"})) == {3: ["y", "x", "z"]}
        assert distinct_values(path, "B") == [("x", 1), ("z", 1)]

    def test_a_folder_s_name_is_no_column(self, tmp_path):
        path = parquet(tmp_path / "company=acme" / "a.parquet", company=["x", "y"])
        assert cells(table_of(path, where={"company": "x"})) == {2: ["x"]}

    def test_a_link_is_followed(self, tmp_path):
        target = parquet(tmp_path / "data" / "blob", company=["x", "y"])
        (tmp_path / "a.parquet").symlink_to(target)
        assert cells(table_of(tmp_path / "a.parquet", where={"company": "y"})) == {3: ["y"]}

    @pytest.mark.parametrize(
        ("names", "words"), [(["a", " a"], '"a" stands twice'), (["a", "a"], "twice"), (["", ""], "no header")]
    )
    def test_a_header_is_checked(self, tmp_path, names, words):
        table = pa.Table.from_arrays([pa.array(["x"]), pa.array(["y"])], names=names)
        pq.write_table(table, tmp_path / "a.parquet")
        message = refusal(table_of, tmp_path / "a.parquet", where={"a": "x"})
        assert message.startswith("a.parquet")
        assert words in message

    def test_the_connection_reads_no_other_file(self, tmp_path):
        path = parquet(tmp_path / "a.parquet", company=["x"])
        other = parquet(tmp_path / "b.parquet", company=["secret"])
        with big._opened(path, "") as ((part,), _):
            for sql in (
                f"SELECT * FROM read_parquet('{other}')", f"SELECT * FROM read_text('{other}')",
                f"COPY (SELECT 1) TO '{tmp_path / 'c.csv'}'", f"ATTACH '{tmp_path / 'c.duckdb'}'",
                "SET enable_external_access = true", "SET threads = 8", "INSTALL httpfs",
            ):  # fmt: skip
                with pytest.raises(duckdb.Error):
                    part.con.execute(sql)
            seen = part.con.execute("SELECT current_setting('threads'), current_setting('memory_limit')").fetchall()
        assert seen[0][0] == 1
        assert seen[0][1].startswith("244")  # MiB
        assert sorted(p.name for p in tmp_path.iterdir()) == ["a.parquet", "b.parquet"]

    def test_nothing_is_written_or_warned_about(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        path = parquet(tmp_path / "a.parquet", company=["x"], ease=[1])
        database(tmp_path / "a.duckdb", "CREATE TABLE a AS SELECT 'x' AS company")
        before = sorted((p.name, p.stat().st_mtime_ns) for p in tmp_path.iterdir())
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for one in (path, tmp_path / "a.duckdb"):
                table_of(one, where={"company": "x"})
                distinct_values(one, "company")
        assert sorted((p.name, p.stat().st_mtime_ns) for p in tmp_path.iterdir()) == before


class TestFolder:
    def test_files_stand_one_below_the_other_in_the_order_of_their_names(self, tmp_path):
        parquet(tmp_path / "s" / "2.parquet", ease=[7, 8], company=["x", "y"])
        parquet(tmp_path / "s" / "1.parquet", company=["x", "y", "x"], ease=pa.array([1.0, 2.5, 3.0]))
        parquet(tmp_path / "s" / "3.parquet", company=pa.array([], pa.string()), ease=pa.array([], pa.int64()))
        (tmp_path / "s" / "_SUCCESS").write_text("")
        table = table_of(tmp_path / "s", where={"company": "x"})
        assert cells(table) == {2: ["x", "1"], 4: ["x", "3"], 5: ["x", "7"]}
        assert table.filtered_rows == 2
        assert len(table_of(tmp_path / "s").frame) == 5
        assert distinct_values(tmp_path / "s", "company") == [("x", 3), ("y", 2)]

    @pytest.mark.parametrize("name", ["2025/3.parquet", "company=acme/1.parquet", "3.PARQUET"])
    def test_files_that_would_not_be_read_are_named(self, tmp_path, name):
        parquet(tmp_path / "s" / "1.parquet", company=["x"], ease=[1])
        parquet(tmp_path / "s" / name, company=["x"], ease=[1])
        for work in (lambda: table_of(tmp_path / "s"), lambda: distinct_values(tmp_path / "s", "company")):
            assert 'folder "s" holds .parquet files (1) that would not be read' in refusal(work)

    def test_files_with_other_columns_are_refused(self, tmp_path):
        parquet(tmp_path / "s" / "1.parquet", company=["x"], ease=[1])
        parquet(tmp_path / "s" / "2.parquet", company=["x"], trust=[1])
        assert refusal(table_of, tmp_path / "s", where={"company": "x"}) == (
            's: the column "ease" stands in one of 1.parquet and 2.parquet only; give all files the same columns.'
        )

    def test_a_copy_of_a_file_is_refused(self, tmp_path):
        for name in ("1", "1 (1)"):
            parquet(tmp_path / "s" / f"{name}.parquet", company=["x"], ease=[1])
        for work in (lambda: table_of(tmp_path / "s"), lambda: distinct_values(tmp_path / "s", "company")):
            assert refusal(work) == (
                'The folder "s" holds 1 (1).parquet and 1.parquet, which are copies of each other; keep one of them.'
            )

    def test_files_of_one_size_or_without_rows_are_no_copies(self, tmp_path):
        for name, company in (("1", ["x"]), ("2", ["y"]), ("3", []), ("4", [])):
            ease = pa.array([1] * len(company), pa.int64())
            parquet(tmp_path / "s" / f"{name}.parquet", company=pa.array(company, pa.string()), ease=ease)
        assert cells(table_of(tmp_path / "s")) == {2: ["x", "1"], 3: ["y", "1"]}

    def test_a_folder_is_read_by_read(self, tmp_path):
        parquet(tmp_path / "s" / "1.parquet", id=[1, 2, 3], company=["x", "y", None], ease=[1, 2, 3])
        data, audit = parts(
            read(tmp_path / "s", items=["ease"], scale=[1, 5], respondent="id", where={"company": "x"})
        )
        assert (list(data.index), audit.file, audit.rows, audit.filtered_rows) == ([2], "s", 1, 2)


class TestDuckdb:
    TABLE = (
        "CREATE TABLE t AS SELECT * FROM (VALUES ('x', 1::HUGEINT, 'a'), (NULL, NULL, ' '), (' y ', 7, 'b'), "
        "('x', 7, NULL)) AS v(company, ease, word)"
    )

    def test_a_table_is_read(self, tmp_path):
        path = database(tmp_path / "a.duckdb", self.TABLE)
        table = table_of(path)
        assert cells(table) == {2: ["x", "1", "a"], 4: ["y", "7", "b"], 5: ["x", "7", None]}
        assert (table.sheet, table.blank_rows, table.filtered_rows) == ("t", 1, 0)
        table = table_of(path, where={"ease": 7})
        assert (list(cells(table)), table.blank_rows, table.filtered_rows) == ([4, 5], 1, 1)
        assert distinct_values(path, "word") == [("", 1), ("a", 1), ("b", 1)]

    def test_types_of_its_own(self, tmp_path):
        path = database(
            tmp_path / "a.duckdb",
            "CREATE TYPE mood AS ENUM ('good', ' bad')",
            "CREATE TABLE t AS SELECT 'x' AS company, ' bad'::mood AS mood, "
            "TIMESTAMPTZ '2025-04-03 14:30:00+05' AS at, "
            "'{\"a\": 1}'::JSON AS j, DATE '2025-04-03' AS day, 1.50::DECIMAL(9, 2) AS price",
        )
        row = ["x", "bad", "2025-04-03T09:30:00+00:00", '{"a": 1}', "2025-04-03", "1.50"]
        for column, value in zip(["company", "mood", "at", "j", "day", "price"], row, strict=True):
            assert cells(table_of(path, where={column: value})) == {2: row}

    def test_one_of_several_tables_is_named(self, tmp_path):
        path = database(tmp_path / "a.duckdb", self.TABLE, "CREATE TABLE u AS SELECT 'z' AS company")
        assert refusal(table_of, path) == "a.duckdb has 2 tables (t, u); name one with sheet."
        assert cells(table_of(path, sheet="u")) == {2: ["z"]}
        assert refusal(table_of, path, sheet="w").startswith('a.duckdb has no table "w"; known are: t, u')

    def test_a_view_is_read_like_a_table(self, tmp_path):
        view = "CREATE VIEW v AS SELECT ease, company FROM t WHERE company IS NOT NULL"
        path = database(tmp_path / "a.duckdb", self.TABLE, view)
        assert refusal(table_of, path) == "a.duckdb has 2 tables (t, v); name one with sheet."
        assert cells(table_of(path, sheet="v")) == {2: ["1", "x"], 3: ["7", "y"], 4: ["7", "x"]}
        assert cells(table_of(path, sheet="v", where={"company": "y"})) == {3: ["7", "y"]}
        assert distinct_values(path, "company", sheet="v") == [("x", 2), ("y", 1)]

    @pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\x00" + bytes(4096)])
    def test_another_file_is_refused(self, tmp_path, content):
        (tmp_path / "a.duckdb").write_bytes(content)
        message = refusal(table_of, tmp_path / "a.duckdb", where={"company": "x"})
        assert message.startswith("a.duckdb is not a readable DuckDB file; close the program that writes to it")

    def test_a_file_that_another_program_writes_to_is_refused(self, tmp_path):
        path = database(tmp_path / "a.duckdb", self.TABLE)
        code = f"import duckdb; c = duckdb.connect({str(path)!r}); print('open', flush=True); input()"
        with subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as other:
            assert other.stdout.readline() == "open\n"
            message = refusal(table_of, path)
            other.communicate("\n")
        assert "close the program that writes to it" in message
        assert str(tmp_path) not in message
        assert len(table_of(path).frame) == 3


class TestBigText:
    TEXT = "company;ease;note\nx;1;a\n;;\n x ;2;\ny;3;'b\n"

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
    def test_a_text_file_above_the_limit_is_read_row_by_row(self, tmp_path, encoding, monkeypatch):
        path = tmp_path / "a.csv"
        path.write_bytes(self.TEXT.replace("'b", "Сут").encode(encoding))
        whole = table_of(path)
        monkeypatch.setattr(sources, "MAX_BYTES", 10)
        assert "more than the 512 MiB read at once; split it, or read a part" in refusal(table_of, path)
        table = table_of(path, where={"company": "x"})
        assert cells(table) == {2: ["x", "1", "a"], 4: ["x", "2", None]}
        assert (table.encoding, table.delimiter) == (whole.encoding, whole.delimiter) == (encoding, ";")
        assert (table.blank_rows, table.filtered_rows) == (1, 1)
        assert distinct_values(path, "company") == [("x", 2), ("y", 1)]

    def test_rows_of_others_are_checked_too(self, tmp_path):
        path = tmp_path / "a.csv"
        path.write_text("company,ease\nx,1\ny,2,3\n")
        assert "row 3: found 3 fields, expected 2" in refusal(table_of, path, where={"company": "x"})

    @pytest.mark.parametrize("ending", ["parquet", "duckdb"])
    def test_other_files_above_the_limit_want_where_too(self, tmp_path, ending, monkeypatch):
        path = tmp_path / f"a.{ending}"
        if ending == "parquet":
            parquet(path, company=["x", "y"])
        else:
            database(path, "CREATE TABLE t AS SELECT unnest(['x', 'y']) AS company")
        monkeypatch.setattr(sources, "MAX_BYTES", 10)
        assert "more than the 512 MiB read at once" in refusal(table_of, path)
        assert cells(table_of(path, where={"company": "y"})) == {3: ["y"]}


class TestRead:
    def test_where_names_columns_as_the_codebook_does(self, tmp_path):
        path = parquet(tmp_path / "a.parquet", Q1=[5, 4, 5], company=["x", "x", "y"])
        card = {"min": 1, "max": 5, "column": "Q1"}
        survey = read(path, items=["ease"], scale=card, where={"ease": 5})
        data, audit = survey.frame, survey.audit
        assert (list(data.index), audit.filtered_rows) == ([2, 4], 1)
        assert 'a.parquet has no column "Q1"' in refusal(read, path, items=["ease"], scale=card, where={"Q1": 5})
        assert 'no column "compny"; did you mean "company"?' in refusal(
            read, path, items=["ease"], scale=card, where={"compny": "x"}
        )
        assert split_values(path, "ease", {"items": {"ease": {"scale": card}}}) == [("4", 1), ("5", 2)]

    def test_a_value_that_is_not_there(self, tmp_path):
        path = parquet(tmp_path / "a.parquet", ease=[5, 4], company=["x", "y"])
        message = refusal(read, path, items=["ease"], scale=[1, 5], where={"company": "z"})
        assert message == 'a.parquet has no row with company = "z"; check the spelling of column and value.'

    @pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet", "duckdb", "folder"])
    def test_all_kinds_of_file_give_the_same_rows_and_counts(self, tmp_path, ending):
        frame = pd.DataFrame({"company": ["x", "y", None, "x"], "ease": [5, 4, None, 1], "w": [1.5, 2, None, 0.1]})
        path = tmp_path / f"a.{ending}"
        if ending == "folder":
            path.mkdir()
            frame.head(2).to_parquet(path / "1.parquet")
            frame.tail(2).to_parquet(path / "2.parquet")
        elif ending == "duckdb":
            with duckdb.connect(str(path)) as con:
                con.register("f", frame)
                con.execute("CREATE TABLE t AS FROM f")
        elif ending == "csv":
            frame.to_csv(path, index=False)
        else:
            getattr(frame, {"xlsx": "to_excel", "parquet": "to_parquet"}[ending])(path, index=False)
        survey = read(path, items=["ease"], scale=[1, 5], weight="w", where={"company": "x"})
        data, audit = survey.frame, survey.audit
        assert (data["ease"].to_dict(), data["w"].to_dict()) == ({2: 5, 5: 1}, {2: 1.5, 5: 0.1})
        assert (audit.rows, audit.filtered_rows, audit.blank_rows) == (2, 1, 1)
        assert distinct_values(path, "company") == [("x", 2), ("y", 1)]


class TestWithoutDuckdb:
    @pytest.fixture(autouse=True)
    def absent(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "duckdb", None)

    def test_a_parquet_file_is_read_whole(self, tmp_path):
        path = parquet(tmp_path / "a.parquet", company=["x", "y"])
        table = table_of(path, where={"company": "y"})
        assert (cells(table), table.filtered_rows) == ({3: ["y"]}, 1)
        assert distinct_values(path, "company") == [("x", 1), ("y", 1)]

    def test_the_others_say_what_to_install(self, tmp_path):
        (tmp_path / "a.duckdb").write_bytes(b"x")
        parquet(tmp_path / "s" / "a.parquet", company=["x"])
        for name in ("a.duckdb", "s"):
            for work in (lambda p: table_of(p, where={"company": "x"}), lambda p: distinct_values(p, "company")):
                assert refusal(work, tmp_path / name) == (
                    f'{name} needs duckdb and pyarrow; install them with pip install "cxkit[big]".'
                )


def test_a_damaged_parquet_file_is_refused(tmp_path):
    path = parquet(tmp_path / "a.parquet", company=[*string.ascii_letters] * 9999, ease=[*range(52)] * 9999)
    path.write_bytes(path.read_bytes()[:8] + os.urandom(2000) + path.read_bytes()[2008:])
    message = refusal(table_of, path, where={"company": "a"})
    assert message == "a.parquet is not a readable Parquet file; write it again."


def test_row_groups_without_the_value_are_skipped(tmp_path):
    """What makes a big file quick: sorted by company, most of it is never unpacked."""
    path = tmp_path / "a.parquet"
    company = pa.array([f"c{k // 1000:03d}" for k in range(100_000)])
    code = pa.array([k // 1000 for k in range(100_000)])
    pq.write_table(pa.table({"company": company, "code": code, "ease": code}), path, row_group_size=1000)
    with big._opened(path, "") as ((part,), _):
        for place, value in ((0, "c042"), (1, "42")):
            test, params = big._test(part, place, Values().pick(value))
            plan = part.con.execute(f"EXPLAIN ANALYZE SELECT * FROM {part.source} WHERE {test}", params).fetchall()
            assert "Row Groups Scanned: 1 / 100" in plan[0][1]


def test_a_small_copy_of_the_benchmark_agrees_with_sql(tmp_path):
    path = generate(tmp_path / "answers.parquet", rows=20_000, companies=5, chunk=7_000)
    assert [rows for _, rows in distinct_values(path, "company")] == [row["rows"] for row in truth(path).values()]
    for company, expected in truth(path).items():
        items = ["recommend", "ease", "trust", "appeal", "return"]
        scale = {item: [0, 10] if item == "recommend" else [1, 10] for item in items}
        data, audit = parts(read(path, items=items, scale=scale, weight="weight", respondent="respondent",
                           where={"company": company}))  # fmt: skip
        assert (audit.rows, audit.filtered_rows) == (expected["rows"], 20_000 - expected["rows"])
        for item in items:
            given = data[data[item].notna()]
            assert len(given) == expected[f"n_{item}"]
            mean = np.average(given[item], weights=given["weight"])
            assert mean == pytest.approx(expected[f"mean_{item}"], abs=1e-9)
