"""Reading ratings of several objects: wide files, long files, and what is wrong with them."""

import pandas as pd
import pytest

import cxkit as cx
from cxkit.methods.semantic_differential.read import read_poles
from tests.conftest import parts

POLES = {"modern": ["old", "new"], "clear": {"left": {"ru": "путаный"}, "right": {"ru": "ясный", "en": "clear"}}}
WIDE = "id,g,own_modern,own_clear,ideal_modern,ideal_clear\nA,x,3,4,9,10\nB,y,5,,8,99\n"
LONG = "id,g,object,modern,clear\nA,x,own,3,4\nA,x,ideal,9,10\nB,y,Our Site ,5,\nB,y,ideal,8,99\nC,x,ideal,7,7\n"
CARD = {"min": 1, "max": 10, "missing": [99]}
LONG_FORM = {"object_column": "object", "respondent": "id"}


def read(tmp_path, text, objects=("own", "ideal"), **settings):
    path = tmp_path / "sites.csv"
    path.write_text(text, encoding="utf-8")
    form = {"poles": POLES, "objects": list(objects), "texts": {"own": "our site"}, "scale": CARD}
    return cx.read_profiles(path, **form, **settings)


def test_a_wide_file_has_a_column_for_each_object_and_scale(tmp_path):
    survey = read(tmp_path, WIDE, by="g")
    data, audit = survey.frame, survey.audit
    assert audit.items == ["own_modern", "own_clear", "ideal_modern", "ideal_clear"]
    assert data.loc[2, audit.items].tolist() == [3, 4, 9, 10]
    assert audit.scale["own_clear"]["text"] == {"ru": "our site: путаный – ясный", "en": "our site: путаный – clear"}
    counted = audit.answers.set_index("item").loc["ideal_clear"]
    assert counted.to_dict() == {"n": 1, "missing": 1, "declared": 1}


def test_a_long_file_becomes_one_row_per_respondent(tmp_path):
    survey = read(tmp_path, LONG, by="g", **LONG_FORM)
    data, audit = survey.frame, survey.audit
    assert data.index.tolist() == [2, 4, 6]
    assert data["id"].tolist() == ["A", "B", "C"]
    assert data["g"].tolist() == ["x", "y", "x"]
    assert data["ideal_modern"].tolist() == [9, 8, 7]
    assert data["own_modern"].tolist()[:2] == [3, 5]
    assert pd.isna(data["own_modern"].iloc[2])
    assert {"modern", "clear", "object"}.isdisjoint(data.columns)
    assert (audit.rows, audit.respondent, audit.by) == (3, "id", "g")
    counted = audit.answers.set_index("item")
    assert counted.loc["own_clear"].to_dict() == {"n": 1, "missing": 2, "declared": 0}
    assert counted.loc["ideal_clear"].to_dict() == {"n": 2, "missing": 1, "declared": 1}


def test_names_in_another_spelling_are_told(tmp_path):
    ids = LONG.replace("A,x,ideal", "a,x,ideal")
    data, audit = parts(read(tmp_path, ids, object_column="Object ", respondent="ID"))
    assert data["ID"].tolist() == ["A", "B", "C"]
    assert audit.notes == (
        ("matched_columns", {"names": "Object , ID"}),
        ("ids_joined", {"column": "ID", "n": 1, "names": "A / a"}),
    )


def test_long_and_wide_give_the_same_result(tmp_path):
    rows = []
    wide = cx.sample("bank").query("wave == '2026-Q2'")
    for _, row in wide.iterrows():
        for thing in ("own", "rival", "ideal"):
            scores = {scale: row[f"{thing}_{scale}"] for scale in ("modern", "clear")}
            rows.append({"id": row["id"], "segment": row["segment"], "object": thing, **scores})
    path = tmp_path / "long.csv"
    pd.DataFrame(rows).sample(frac=1, random_state=1).to_csv(path, index=False)
    data, audit = parts(
        cx.read_profiles(path, poles=POLES, objects=["own", "rival", "ideal"], by="segment", **LONG_FORM)
    )
    long = cx.semantic_differential(data, POLES, by=audit.by, scale=audit.scale)
    pd.testing.assert_frame_equal(long.tidy, cx.semantic_differential(wide, POLES, by="segment").tidy)


def test_rows_about_an_object_of_the_codebook_that_is_not_asked_for_do_not_count(tmp_path):
    text = LONG + "A,x,third,1,1\nD,x,third,1,1\n"
    with pytest.raises(cx.DataError, match=r'column "object", row 7: found "third", expected one of own, ideal'):
        read(tmp_path, text, **LONG_FORM)
    path = tmp_path / "sites.csv"
    texts = {"own": "our site", "third": {"en": "Another"}}
    data, _ = parts(cx.read_profiles(
        path, poles=POLES, objects=["own", "ideal"], texts=texts, scale=CARD, **LONG_FORM
    ))  # fmt: skip
    assert data["id"].tolist() == ["A", "B", "C"]


def test_respondents_may_answer_once_in_each_wave(tmp_path):
    text = "id,w,object,modern,clear\nA,1,own,3,4\nA,1,ideal,9,9\nA,2,own,5,6\nA,2,ideal,8,8\n"
    survey = read(tmp_path, text, wave="w", waves=["1", "2"], **LONG_FORM)
    data, _ = survey.frame, survey.audit
    assert data["own_modern"].tolist() == [3, 5]
    with pytest.raises(cx.DataError, match='rows 2 and 4: the respondent "A" rates "own" twice'):
        read(tmp_path, text, **LONG_FORM)


@pytest.mark.parametrize(
    ("text", "settings", "sentence"),
    [
        (LONG, {"respondent": ""}, "^With one row per object .* respondents need ids; name their column"),
        (LONG, {"respondent": "-"}, "respondents need ids"),
        (LONG, {"object_column": "objct"}, 'has no column "objct"; did you mean "object"'),
        (LONG, {"respondent": "idd"}, 'has no column "idd"; did you mean "id"'),
        (
            LONG.replace("A,x,ideal", "A,z,ideal"),
            {},
            'column "g", row 3: found "z", but row 2 of the same respondent "A"',
        ),
        (LONG.replace("C,x,ideal", "C,x,"), {}, 'column "object", row 6: found an empty cell, expected one of own'),
        (LONG.replace("C,x,ideal", ",x,ideal"), {}, 'column "id", row 6: found an empty cell, expected a respondent'),
        (LONG.replace("3,4", "3,11"), {}, 'column "clear", row 2: found "11"'),
        (WIDE, {"object_column": "", "objects": ["own", "idael"]}, 'no column "idael_modern"; did you mean "ideal_m'),
    ],
)
def test_what_is_wrong_is_told_in_one_sentence(tmp_path, text, settings, sentence):
    with pytest.raises(cx.CxError, match=sentence):
        read(tmp_path, text, **{**LONG_FORM, "by": "g", **settings})


def test_the_ids_may_be_named_by_the_codebook(tmp_path):
    survey = read(tmp_path, LONG, object_column="object", codebook={"respondent": "id", "group": "g"})
    data, audit = survey.frame, survey.audit
    assert (audit.respondent, audit.by, len(data)) == ("id", "g", 3)


def test_poles_are_read_in_every_language_and_turned():
    pole = read_poles({"a": {"left": {"ru": "да", "uz": "ha"}, "right": "no", "reversed": True}})["a"]
    assert pole.text() == {"en": "да – no", "ru": "да – no", "uz": "ha – no"}
    assert pole.turned.text()["uz"] == "no – ha"
    assert not pole.turned.reversed
