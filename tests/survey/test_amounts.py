"""Weights and counts of respondents: what a row of a file stands for."""

import pandas as pd
import pytest
import yaml

import cxkit as cx
from cxkit import DataError, SettingsError, read
from tests.conftest import SHARED, parts

SCORES = ((0, 2), (1, 1), (2, 1), (3, 2), (4, 1), (5, 3), (6, 5), (7, 10), (8, 15), (9, 30), (10, 50))
TABLE = "score,count\n" + "".join(f"{score},{n}\n" for score, n in SCORES)
TEN = {"items": {"score": {"scale": [0, 10]}}}


def file(folder, text, name="answers.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return path


def refusal(*given, kind=DataError, **settings):
    with pytest.raises(kind) as caught:
        read(*given, **settings)
    assert "\n" not in str(caught.value)
    assert str(caught.value)[-1] in ".?"
    return str(caught.value)


def weights(folder, *cells, **book):
    text = "ease;w\n" + "".join(f"5;{cell}\n" for cell in cells)
    book = {"weight": "w", "items": {"ease": {"scale": [1, 5]}}, **book}
    return parts(read(file(folder, text), book))[0]["w"].tolist()


class TestWeights:
    @pytest.mark.parametrize("cell", ["1\u00a0250", "1\u2009250", "1'250", "1’250", "1 250", "1250", "1.25e3"])
    def test_thousands(self, tmp_path, cell):
        assert weights(tmp_path, cell, "980") == [1250, 980]

    def test_a_comma_that_may_mean_two_things_is_asked_about(self, tmp_path):
        text = "ease;w\n5;980\n4;1,250\n"
        told = refusal(file(tmp_path, text), items=["ease"], scale=[1, 5], weight="w")
        assert told == (
            'answers.csv, column "w", row 3: found "1,250", which may be 1250 or 1.25; say which mark separates '
            'decimals with decimal: "." or decimal: "," in the codebook, or write the numbers without thousands '
            "separators."
        )

    @pytest.mark.parametrize(("decimal", "value"), [(".", 1250), (",", 1.25)])
    def test_the_codebook_answers(self, tmp_path, decimal, value):
        assert weights(tmp_path, "1,250", "980", decimal=decimal) == [value, 980]

    def test_another_cell_answers(self, tmp_path):
        assert weights(tmp_path, "1,250", "0,980") == [1.25, 0.98]

    def test_the_codebook_knows_two_marks(self, tmp_path):
        told = refusal(file(tmp_path, TABLE), {**TEN, "decimal": "comma"}, kind=SettingsError)
        assert told == """The codebook has decimal: 'comma'; give "." or ","."""

    @pytest.mark.parametrize("cell", ["-1", "12%", "$5", "5 сум", "1 25"])
    def test_what_is_no_weight(self, tmp_path, cell):
        told = refusal(file(tmp_path, f"ease;w\n5;1\n4;{cell}\n"), items=["ease"], scale=[1, 5], weight="w")
        assert f'row 3: found "{cell}", expected a weight of 0 or more, a plain number without % or currency' in told

    def test_a_sum_of_all_other_weights_is_no_respondents(self, tmp_path):
        cells = [0.5, 1.5, 1, 1.25, 0.75, 2, 1, 1]
        with pytest.raises(DataError, match=r'"w", row 10: found 9, the sum of all other weights; delete the row'):
            weights(tmp_path, *cells, 9)
        assert weights(tmp_path, *cells, 8.9)[-1] == 8.9
        assert weights(tmp_path, 1, 1, 2) == [1, 1, 2]

    @pytest.mark.parametrize("ending", ["xlsx", "parquet"])
    def test_typed_numbers_are_clear(self, tmp_path, ending):
        path = tmp_path / f"answers.{ending}"
        getattr(pd.DataFrame({"ease": [5, 4], "w": [1.125, 2.375]}), {"xlsx": "to_excel"}.get(ending, "to_parquet"))(
            path, index=False
        )
        assert read(path, items=["ease"], scale=[1, 5], weight="w").frame["w"].tolist() == [1.125, 2.375]

    def test_the_case_is_asked_about_and_read_by_the_answer(self):
        path = SHARED / "cases" / "weights_thousands.csv"
        if not path.is_file():
            pytest.skip("the cases are not beside the project")
        assert "may be 1250 or 1.25" in refusal(path, items=["nps"], scale=[0, 10], weight="weight")
        data, _ = parts(read(path, {"decimal": ".", "weight": "weight", "items": {"nps": {"scale": [0, 10]}}}))
        assert data["weight"].sum() == 12_750


class TestCounts:
    def test_a_row_stands_for_its_respondents(self, tmp_path):
        data, audit = parts(read(file(tmp_path, TABLE), {**TEN, "count": "count"}))
        assert data["score"].value_counts().to_dict() == dict(SCORES)
        assert data.index[:4].tolist() == [2, 2, 3, 4]
        assert (audit.rows, audit.count) == (120, "count")
        assert audit.answers["n"].tolist() == [120]
        assert audit.plain()["notes"] == (("counted", {"column": "count", "rows": 11, "respondents": 120}),)

    def test_nps_is_that_of_all_respondents(self, tmp_path):
        """80 promoters and 15 detractors of 120; expanded by hand."""
        data, audit = parts(read(file(tmp_path, TABLE), TEN, count="count"))
        row = cx.nps(data, "score", scale=audit.scale).rows(term="nps").iloc[0]
        by_hand = cx.nps(pd.DataFrame({"q": [score for score, n in SCORES for _ in range(n)]}), "q")
        assert (row["n"], row["estimate"]) == (120, pytest.approx(100 * 65 / 120))
        assert row[["low", "high"]].tolist() == by_hand.rows(term="nps").iloc[0][["low", "high"]].tolist()
        assert [round(x) for x in row[["low", "high"]]] == [40, 65]

    def test_groups_and_waves_are_kept(self, tmp_path):
        text = "score,segment,wave,how many\n10,a,1,3\n9,b,1,0\n3,b,2,2\n"
        data, audit = parts(read(file(tmp_path, text), TEN, count="how many", by="segment", wave="wave"))
        assert data[["score", "segment", "wave"]].value_counts().to_dict() == {(10, "a", "1"): 3, (3, "b", "2"): 2}
        assert audit.rows == 5

    @pytest.mark.parametrize("ending", ["parquet", "duckdb"])
    def test_a_part_of_a_big_file_is_repeated_too(self, tmp_path, ending):
        duckdb = pytest.importorskip("duckdb")
        frame = pd.DataFrame([(shop, *pair) for shop in "ab" for pair in SCORES], columns=["shop", "score", "count"])
        path = tmp_path / f"answers.{ending}"
        if ending == "parquet":
            frame.to_parquet(path)
        else:
            with duckdb.connect(str(path)) as con:
                con.execute("CREATE TABLE answers AS SELECT * FROM frame")
        data, audit = parts(read(path, {**TEN, "count": "count"}, where={"shop": "b"}))
        assert (len(data), audit.rows, audit.filtered_rows) == (120, 120, 11)

    @pytest.mark.parametrize(
        ("cell", "found"), [("1.5", '"1.5"'), ("-1", '"-1"'), ("", "an empty cell"), ("many", '"many"')]
    )
    def test_what_is_no_count(self, tmp_path, cell, found):
        told = refusal(file(tmp_path, f"score,k\n9,2\n8,{cell}\n"), TEN, count="k")
        assert f'column "k", row 3: found {found}, expected how many respondents the row stands for' in told

    @pytest.mark.parametrize(
        ("cells", "parts"),
        [(("0", "0"), ["all counts are 0"]), (("5000000", "5000001"), ["found 10000001 respondents", "10,000,000"])],
    )
    def test_a_sum_that_cannot_be(self, tmp_path, cells, parts):
        told = refusal(file(tmp_path, f"score,k\n9,{cells[0]}\n8,{cells[1]}\n"), TEN, count="k")
        for part in parts:
            assert part in told

    def test_several_respondents_have_no_id(self, tmp_path):
        told = refusal(file(tmp_path, "id,score,k\n1,9,2\n"), TEN, count="k", respondent="id", kind=SettingsError)
        assert 'set respondent or count to "-"' in told
        assert len(read(file(tmp_path, "id,score,k\n1,9,2\n"), {**TEN, "respondent": "id"}, count="k",
                        respondent="-").frame) == 2  # fmt: skip

    def test_a_row_of_one_object_is_one_respondents(self, tmp_path):
        path = file(tmp_path, "id,site,clear,k\n1,own,5,2\n1,ideal,9,2\n")
        with pytest.raises(SettingsError, match="cannot stand for several respondents"):
            cx.read_profiles(path, poles={"clear": ["no", "yes"]}, objects=["own", "ideal"], object_column="site",
                             respondent="id", count="k")  # fmt: skip

    def test_profiles_in_wide_rows_are_counted(self, tmp_path):
        path = file(tmp_path, "own_clear,ideal_clear,k\n5,9,2\n6,9,3\n")
        data, _ = parts(cx.read_profiles(path, poles={"clear": ["no", "yes"]}, objects=["own", "ideal"], count="k"))
        assert data["own_clear"].tolist() == [5, 5, 6, 6, 6]


class TestCountsThatAreNotDeclared:
    @pytest.mark.parametrize(
        "name", ["count", "N", "Клиентов", "size", "0", "COUNT(*)", "#", "%", "Number of responses"]
    )
    def test_a_table_of_counts_is_refused(self, tmp_path, name):
        path = file(tmp_path, TABLE.replace("count", name))
        told, quoted = refusal(path, TEN), name if name.isidentifier() else f'"{name}"'
        assert told == (
            f'answers.csv: 11 rows with a column "{name}" that sums to 120 look like a table of how many gave each '
            f'answer; declare count: {quoted} in the codebook, or count: "-" if each row is one respondent.'
        )
        assert read(path, yaml.safe_load(f"count: {quoted}") | TEN).audit.rows == 120

    def test_a_table_by_group_is_refused(self, tmp_path):
        text = "segment,score,count\n" + "".join(f"{s},{score},{n}\n" for s in "ab" for score, n in SCORES)
        assert "look like a table" in refusal(file(tmp_path, text), TEN)
        assert "look like a table" in refusal(file(tmp_path, text), TEN, by="segment")

    def test_shares_beside_the_counts_change_nothing(self, tmp_path):
        text = "score,count,share\n" + "".join(f"{score},{n},{n / 120}\n" for score, n in SCORES)
        assert "look like a table" in refusal(file(tmp_path, text), TEN)

    def test_it_may_be_none(self, tmp_path):
        data, audit = parts(read(file(tmp_path, TABLE), TEN, count="-"))
        assert (len(data), audit.count) == (11, "")
        assert len(read(file(tmp_path, TABLE), {**TEN, "count": "-"}).frame) == 11

    @pytest.mark.parametrize("cells", ["{}.5", "{}%"])
    def test_shares_are_turned_into_counts_first(self, tmp_path, cells):
        text = "score,share\n" + "".join(f"{score},{cells.format(n)}\n" for score, n in SCORES)
        told = refusal(file(tmp_path, text.replace("{}%", "{}")), TEN)
        assert "look like a table of how many" in told
        assert ("write whole numbers of respondents into it" in told) == (".5" in cells)

    def test_a_table_with_holes_is_told(self, tmp_path):
        cells = ("a1", (10, 9, 8)), ("a2", (10, 9, 5)), ("b1", (10, 8)), ("b2", (10, 7, 6)), ("c1", (9, 8))
        rows = [f"{cell[0]},{cell[1]},{score},{score + len(cell) * k}\n" for cell, all_of in cells
                for k, score in enumerate(all_of)]  # fmt: skip
        for text, kind in (("".join(rows), "perhaps_counts"), ("".join(rows + rows[:1]), None)):
            audit = read(file(tmp_path, "segment,wave,score,k\n" + text), TEN).audit
            assert [code for code, _ in audit.notes] == [kind] * bool(kind)

    def test_rows_with_ids_are_respondents(self, tmp_path):
        text = "score,visits,id\n" + "".join(f"{k},{k * k},{7 * k * k}\n" for k in range(11))
        assert read(file(tmp_path, text), TEN, respondent="id").audit.notes == ()
        text = "score,visits,name\n" + "".join(f"{k},{k * k},n{7 * k * k}\n" for k in range(11))
        assert read(file(tmp_path, text), TEN).audit.notes == ()

    def test_a_column_is_no_weight_and_count_at_once(self, tmp_path):
        told = refusal(file(tmp_path, TABLE), TEN, count="count", weight="count", kind=SettingsError)
        assert told.endswith('cannot be both count and weight; set weight to "-".')
        assert "look like a table" in refusal(file(tmp_path, TABLE), TEN, weight="count")

    @pytest.mark.parametrize(
        "text",
        [
            "score,n\n" + "".join(f"{k % 7},{k}\n" for k in range(40)),  # scores come again
            "score,n\n" + "".join(f"{k},{3 * k + 2}\n" for k in range(11)),  # numbers of rows
            "score,n\n" + "".join(f"{k},1\n" for k in range(11)),  # one each
            "score,n\n" + "".join(f"{k},{k % 2 * 7}\n" for k in range(11)),  # yes and no
            "score,n\n" + "".join(f"{k},{k * k - 3}\n" for k in range(11)),  # below 0
            "score,n\n10,5\n9,6\n3,7\n",  # too few rows to say
        ],
    )
    def test_a_survey_is_no_table_of_counts(self, tmp_path, text):
        _, audit = parts(read(file(tmp_path, text), TEN))
        assert audit.rows == text.count("\n") - 1

    def test_many_items_never_repeat_and_are_no_table(self, tmp_path):
        items = [f"q{k}" for k in range(6)]
        rows = [[row * 7919 // 5**k % 5 + 1 for k in range(6)] for row in range(30)]  # digits of a number: none twice
        text = ",".join([*items, "number"]) + "\n" + "".join(",".join(map(str, [*r, 7])) + "\n" for r in rows)
        assert read(file(tmp_path, text), items=items, scale=[1, 5]).audit.rows == 30
