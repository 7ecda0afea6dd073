"""Rows that are no respondents of their own are told, and ids have one spelling."""

import pandas as pd
import pytest

from cxkit import nps
from cxkit.errors import DataError
from cxkit.survey.read import read
from cxkit.survey.respondents import one_spelling
from tests.conftest import parts

SCORES = [10, 9, 9, 8, 7, 10, 6, 3, 9, 10, 8, 9]
WAVES = ["w1"] * 12 + ["w2"] * 12


def table(path, **columns):
    pd.DataFrame(columns).to_csv(path / "a.csv", index=False)
    return path / "a.csv"


def told(path, **settings):
    _, audit = parts(read(path, items=["nps"], scale=[0, 10], **settings))
    return audit.notes


class TestSpellingsOfIds:
    @pytest.mark.parametrize(
        ("one", "other"),
        [("{0:04}", "{0}"), ("{0}", "{0}.0"), ("A{0}", "a{0}"), ("A {0}", "A\u00a0{0}"), ("{0}x", "{0}X")],
    )
    def test_of_a_panel_are_joined_and_told(self, tmp_path, one, other):
        ids = [form.format(k) for form in (one, other) for k in range(10, 22)]
        path = table(tmp_path, id=ids, wave=WAVES, nps=SCORES * 2)
        data, audit = parts(read(path, items=["nps"], scale=[0, 10], respondent="id", wave="wave"))
        first = " / ".join(sorted((one.format(10), other.format(10)))).replace("\u00a0", "[U+00A0]")
        assert data["id"].nunique() == 12
        assert [(code, values["n"]) for code, values in audit.notes] == [("ids_joined", 12)]
        assert first in audit.notes[0][1]["names"]
        plain = table(tmp_path, id=[*range(10, 22)] * 2, wave=WAVES, nps=SCORES * 2)
        same, _ = parts(read(plain, items=["nps"], scale=[0, 10], respondent="id", wave="wave"))
        settings = {"scale": [0, 10], "wave": "wave", "respondent": "id"}
        change = [nps(one, "nps", **settings).rows(term="nps_vs_previous")["se"].item() for one in (data, same)]
        assert change[0] == pytest.approx(change[1])

    @pytest.mark.parametrize("ids", [["1", "01"], ["r9a", "r9A"]])
    def test_side_by_side_are_counted_apart_and_told(self, tmp_path, ids):
        path = table(tmp_path, id=[*(f"r{k}" for k in range(10)), *ids], nps=SCORES)
        data, audit = parts(read(path, items=["nps"], scale=[0, 10], respondent="id"))
        assert data["id"].nunique() == 12
        shown = " / ".join(sorted(ids))
        assert audit.notes == (("ids_apart", {"column": "id", "n": 1, "names": shown}),)

    @pytest.mark.parametrize("ids", [["10", "100"], ["0", "00a"], ["1.5", "1.50"], ["r1", "r01"]])
    def test_other_ids_are_others(self, ids):
        assert one_spelling(pd.DataFrame({"id": ids}), "id", []) == []

    def test_an_object_stands_once_for_each(self):
        frame = pd.DataFrame({"id": ["A", "a", "b", "b"], "object": ["own", "ideal", "own", "ideal"]})
        assert one_spelling(frame, "id", ["object"]) == [("ids_joined", {"column": "id", "n": 1, "names": "A / a"})]
        assert frame["id"].tolist() == ["A", "A", "b", "b"]


class TestCopies:
    def test_of_a_whole_table_are_told(self, tmp_path):
        path = table(tmp_path, nps=SCORES * 2, seg=list("AB") * 12)
        assert told(path) == (("copied_rows", {"n": 12}),)

    def test_of_rows_with_an_id_or_a_time_are_told(self, tmp_path):
        rows = [*range(12), 3, 5]
        columns = {"nps": [SCORES[k] for k in rows], "ease": [k % 5 for k in rows], "trust": [k % 4 for k in rows]}
        path = table(tmp_path, at=[f"2026-05-{k + 1:02}" for k in rows], **columns)
        assert told(path) == (("copied_rows", {"n": 2}),)
        path = table(tmp_path, at=[f"2026-05-{k + 1:02}" for k in rows], nps=columns["nps"])
        assert told(path) == ()  # two clients may answer alike on one day

    def test_rows_that_are_alike_are_none(self, tmp_path):
        path = table(
            tmp_path, nps=[*SCORES, *SCORES[::-1]], seg=list("AB") * 12, branch=[f"b{k}" for k in range(8)] * 3
        )
        assert told(path) == ()

    def test_answers_that_never_vary_are_none(self, tmp_path):
        assert told(table(tmp_path, nps=[10] * 24, seg=["A"] * 24)) == ()

    def test_a_count_repeats_rows(self, tmp_path):
        path = table(tmp_path, nps=range(11), branch=[f"b{k}" for k in range(11)], k=[2] * 11)
        assert [code for code, _ in told(path, count="k")] == ["counted"]


class TestIdsNobodyDeclared:
    @pytest.mark.parametrize("name", ["{0}", "R_{0}x", "anna{0}@example.org", "{0:06}", "{1:09}", "UZ-{0}"])
    def test_a_repeated_one_is_told(self, tmp_path, name):
        ids = [name.format(k, 104729 * k) for k in (*range(1, 24), 5)]
        path = table(tmp_path, who=ids, nps=[*SCORES, *SCORES[::-1]])
        assert told(path) == (("repeated_ids", {"column": "who", "n": 1, "setting": "respondent"}),)
        assert told(path, respondent="-") == ()
        with pytest.raises(DataError, match="stands already in row 6"):
            told(path, respondent="who")

    def test_within_a_wave_only(self, tmp_path):
        path = table(tmp_path, who=[*range(1, 13), *range(12, 24)], wave=WAVES, nps=[*SCORES, *SCORES])
        assert told(path, wave="wave") == ()
        assert [code for code, _ in told(path)] == ["repeated_ids"]

    @pytest.mark.parametrize(
        "cells",
        [
            [*range(1, 25)],  # no id stands twice
            [*range(100, 2400, 100), 500],  # amounts
            [*(f"10:{k:02}" for k in range(23)), "10:05"],  # times
            [*(f"good {k}" for k in range(23)), "good 5"],  # words
            [*range(18, 30)] * 2,  # ages
        ],
    )
    def test_other_columns_are_none(self, tmp_path, cells):
        assert told(table(tmp_path, what=cells, nps=[*SCORES, *SCORES[::-1]])) == ()


class TestSeveralRowsOfARespondent:
    def long(self, folder, **more):
        columns = {"who": [k for k in range(12) for _ in range(3)], "question": ["a", "b", "c"] * 12}
        return table(folder, **columns, nps=[*SCORES, *SCORES[::-1], *SCORES], **more)

    def test_are_told_and_one_is_chosen_with_where(self, tmp_path):
        path = self.long(tmp_path)
        assert told(path) == (
            ("several_rows", {"respondent": "who", "column": "question", "n": 3, "setting": "where"}),
        )
        assert told(path, where={"question": "b"}) == ()
        assert told(path, by="question") == ()
        assert told(path, respondent="-") == ()

    def test_of_two_columns_and_in_a_wave(self, tmp_path):
        columns = {
            "wave": [wave for wave in (1, 2) for _ in range(48)],
            "who": [k for _ in range(2) for k in range(12) for _ in range(4)],
            "brand": ["a", "a", "b", "b"] * 24,
            "scale": ["x", "y"] * 48,
        }
        path = table(tmp_path, **columns, nps=[(7 * k) % 11 for k in range(96)])
        expected = ("several_rows", {"respondent": "who", "column": "brand, scale", "n": 4, "setting": "where"})
        assert expected in told(path, wave="wave")

    def test_a_column_with_one_value_for_each_asks_nothing(self, tmp_path):
        who = [k for k in range(12) for _ in range(3)]
        path = table(tmp_path, who=who, city=["xyz"[k % 3] for k in who], nps=[*SCORES, *SCORES[::-1], *SCORES])
        assert told(path) == ()

    def test_one_row_for_each_is_usual(self, tmp_path):
        path = table(
            tmp_path, who=range(24), seg=["A", "B"] * 12, city=["x", "y", "z"] * 8, nps=SCORES + SCORES[::-1]
        )
        assert told(path) == ()


class TestUnfinished:
    @pytest.mark.parametrize(
        ("column", "yes", "no"),
        [
            ("Status", "IP Address", "Survey Preview"),
            ("Finished", "True", "False"),
            ("Finished", "1", "0"),
            ("DistributionChannel", "anonymous", "preview"),
            ("submitdate", "2026-05-01 10:00:00", ""),
            ("status", "Complete", "Partial"),
        ],
    )
    def test_rows_are_told_and_can_be_left_out(self, tmp_path, column, yes, no):
        path = table(tmp_path, nps=[*SCORES, 3, 10], **{column: [yes] * 12 + [no] * 2})
        assert told(path) == (("unfinished", {"n": 2, "columns": column, "setting": "where"}),)
        data, audit = parts(read(path, items=["nps"], scale=[0, 10], where={column: yes}))
        assert (data["nps"].tolist(), audit.notes) == (SCORES, ())
        assert not no or told(path, where={column: no}) == ()

    def test_a_row_marked_twice_is_one(self, tmp_path):
        path = table(
            tmp_path, nps=SCORES, Status=["Survey Preview"] * 3 + ["IP Address"] * 9, Finished=["False"] * 12
        )
        assert told(path) == (("unfinished", {"n": 12, "columns": "Status, Finished", "setting": "where"}),)

    @pytest.mark.parametrize("status", ["IP Address", "Imported", "new client"])
    def test_other_marks_are_none(self, tmp_path, status):
        assert told(table(tmp_path, nps=SCORES, Status=[status] * 12)) == ()
