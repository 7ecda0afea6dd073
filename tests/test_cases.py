"""Files in the shape that real tools export, from reading to the number: read right, told, or refused with a cure.

They lie beside the project; without them the tests skip. Neighbours of each stand in the tests of what reads it.
"""

import pytest

import cxkit as cx
from tests.conftest import SHARED, parts

CASES = SHARED / "cases"
NPS = 125 / 3  # of the twelve answers inside most files: 7 promoters, 2 detractors
TELLS = ("base_small", "base_hidden", "weighted")  # notes that have nothing to do with the files' faults

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="the files are not beside the project")


def measured(name, score="nps", scale=(0, 10), book=None, **roles):
    """NPS, its base, and the codes of what was told, of the last wave."""
    data, audit = parts(cx.read(CASES / name, book, items=[score], scale=list(scale), **roles))
    given = {k: getattr(audit, k) for k in ("scale", "by", "wave", "weight", "waves", "dates", "values", "split")}
    result = cx.nps(data, score, **given)
    row = result.rows(term="nps", group="", wave=result.facts["wave"]).iloc[0]
    codes = [code for code, _ in (*audit.notes, *result.notes) if code not in TELLS]
    return result, row, codes


WAVES = ["waves_month_year.csv", "waves_day_month_year.csv", "waves_quarter_year.csv"]


@pytest.mark.parametrize("name", WAVES)
def test_the_report_is_about_the_last_wave_in_time(name):
    result, row, codes = measured(name, wave="wave")
    changes = result.rows(term="nps_vs_previous")["estimate"]
    assert (row["estimate"], changes.iloc[-1] > 0) == (pytest.approx(83, abs=1), True)
    assert result.rows(term="nps", wave=result.facts["previous_wave"])["estimate"].item() == pytest.approx(
        -66.7, abs=7
    )
    assert any(code.startswith("waves_by_") for code in codes)


REFUSED = [
    ("weights_thousands.csv", {"weight": "weight"}, 'found "1,250", which may be 1250 or 1.25'),
    ("total_row.csv", {}, 'row 14: "Average" in column "ID" looks like a total or a mean'),
    ("codes_1_11.csv", {}, "if 0–10 was exported as 1–11, declare labels: {1: 0, 2: 1"),
    ("notes_above_header.xlsx", {}, "the names of the columns must stand in row 1, so delete what stands above them"),
    ("merged_header.xlsx", {}, "the names of the columns must stand in row 1, so delete what stands above them"),
    ("google_timestamp.csv", {"wave": "Timestamp"}, "make longer waves of them when the file is read"),
    ("frequency_table.csv", {"score": "score"}, "declare count: count in the codebook"),
    ("semantic_long.csv", {"score": "own_modern"}, "a row is one answer; make it one row per respondent"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "how", "cure"), REFUSED, ids=[name for name, *_ in REFUSED])
def test_what_cannot_be_read_for_certain_is_refused_with_its_cure(name, how, cure):
    with pytest.raises(cx.CxError) as told:
        measured(name, **how)
    assert cure in str(told.value)


def test_the_rows_of_qualtrics_above_the_answers_are_read():
    result, row, codes = measured("qualtrics.csv", "Q1")
    assert (row["n"], row["estimate"], codes) == (12, pytest.approx(NPS), [])
    question = "How likely are you to recommend Tanho to a friend?"
    assert result.labels["Q1"]["en"] == question


def test_the_two_rows_of_names_of_surveymonkey_are_joined():
    score = "How likely is it that you would recommend Tanho?"
    _, row, codes = measured("surveymonkey.csv", score)
    assert (row["n"], row["estimate"], codes) == (12, pytest.approx(NPS), [])
    group = "Which services do you use?: Card"
    assert set(cx.read(CASES / "surveymonkey.csv", items=[score], scale=[0, 10], by=group).frame[group].dropna()) == {
        "Card"
    }


LABELS = {k: k - 1 for k in range(1, 12)}
CODES = {"items": {"nps": {"scale": [0, 10], "labels": LABELS}}}
CURED = [  # file, cure, base, NPS by hand
    ("weights_thousands.csv", {"weight": "weight", "book": {"decimal": "."}}, 12, None),
    ("codes_1_11.csv", {"book": CODES}, 12, NPS),
    ("frequency_table.csv", {"score": "score", "book": {"count": "count"}}, 120, 100 * (80 - 15) / 120),
    ("google_timestamp.csv", {"wave": "Timestamp", "period": "quarter"}, 6, 100 * (2 - 4) / 6),
]


@pytest.mark.parametrize(("name", "how", "n", "score"), CURED, ids=[name for name, *_ in CURED])
def test_the_cure_leads_to_the_right_number(name, how, n, score):
    result, row, codes = measured(name, **how)
    assert row["n"] == n
    if score is not None and row["base"] != "hidden":
        assert row["estimate"] == pytest.approx(score)
    if "count" in how.get("book", ""):
        assert (round(row["low"]), round(row["high"])) == (40, 65)
        assert "counted" in codes
    if "period" in how:
        assert result.facts["wave"] == "2025-Q4"
        assert "waves_of_quarter" in codes


def test_weights_with_thousands_are_what_a_person_reads():
    frame, _ = parts(
        cx.read(CASES / "weights_thousands.csv", {"decimal": "."}, items=["nps"], scale=[0, 10], weight="weight")
    )
    assert frame["weight"].tolist() == [1250, 980, 1100, 870, 1300, 990, 1010, 1020, 950, 1500, 900, 880]


def test_stars_under_a_longer_scale_are_told():
    result, row, codes = measured("five_stars.csv", score="stars")
    assert (row["estimate"], codes) == (-100, ["top_unused"])
    told = dict(result.notes)["top_unused"]
    assert (told["score"], told["n"]) == (5, 200)
    assert "nobody of 200 answered above 5 on 0–10" in result.prose().html


def test_headers_with_spaces_that_do_not_break_are_found_and_told():
    score = "How likely are you to recommend us?"
    _, row, codes = measured("ms_forms.xlsx", score=score)
    assert row["n"] == 24
    assert codes == ["matched_columns"]


def test_a_western_file_keeps_its_names_and_says_how_it_was_read():
    result, _, codes = measured("western_cp1252.csv", by="branch")
    assert sorted(set(result.tidy["group"]) - {""}) == ["Málaga", "Zürich"]
    assert codes == ["encoding_guessed"]


def test_spellings_are_two_groups():
    result, _, codes = measured("group_spelling.csv", by="seg")
    assert sorted(set(result.tidy["group"]) - {""}) == ["Corporate", "Retail"]
    assert codes == ["spellings", "spellings"]


def test_codes_of_groups_have_names_in_every_language():
    book = {"values": {"seg": {"Retail": {"from": "1", "text": {"ru": "Розница"}}, "Other": ["2", "3"]}}}
    result, _, _ = measured("group_codes.csv", by="seg", book=book)
    assert sorted(set(result.tidy["group"]) - {""}) == ["Other", "Retail"]
    assert "Розница" in result.table("ru").html


def test_several_answers_in_a_cell_are_told_and_split():
    options = ["Card", "Loan", "Mobile app", "Deposit, in dollars"]
    result, whole, codes = measured("multi_select_group.csv", by="used")
    assert "several_answers" in codes
    book = {"split": {"used": ", "}, "values": {"used": {option: option for option in options}}}
    result, row, codes = measured("multi_select_group.csv", by="used", book=book)
    assert sorted(set(result.tidy["group"]) - {""}) == sorted(options)
    assert (row["n"], row["estimate"]) == (whole["n"], whole["estimate"])
    assert "groups_overlap" in codes


def test_an_item_that_runs_the_other_way_is_named_and_no_index_leaves_its_scale():
    model = {"quality": ["q1", "q2", "q3"], "satisfaction": ["s1", "s2", "s3"], "loyalty": ["l1", "l2"],
             "value": ["v1", "v2"]}  # fmt: skip
    data, audit = parts(
        cx.read(CASES / "reversed_item.csv", items=[i for its in model.values() for i in its], scale=[1, 10])
    )
    result = cx.acsi_regression(data, model, scale=audit.scale, resamples=100)
    assert [told["item"] for code, told in result.notes if code == "key_error"] == ["q3"]
    assert "reversed: true" in result.prose("ru").html
    assert result.rows(item="quality", term="index")["estimate"].isna().all()
    for ends in ("estimate", "low", "high"):
        assert result.rows(term="index")[ends].dropna().between(0, 100).all()


def test_a_real_weighted_survey_gives_the_figures_of_r():
    expected = {
        "Q7ALL": (2677, 4.00696605031, 0.0161313746477),
        "Q7FOOD": (2339, 3.63224822681, 0.0210140466446),
        "Q7WIFI": (1956, 3.89048052103, 0.0307647720649),
        "Q9ALL": (2739, 4.20189796943, 0.0170598252424),
    }  # fmt: skip  R survey: svymean(~item, svydesign(~1, weights = ~WEIGHT))
    scale = {"min": 1, "max": 5, "missing": [0, 6]}
    data, audit = parts(cx.read(CASES / "sfo_2014.csv", items=[*expected], scale=scale, weight="WEIGHT"))
    result = cx.scaling(data, [*expected], scale=audit.scale, weight="WEIGHT")
    for item, (n, mean, se) in expected.items():
        row = result.rows(item=item, term="mean").iloc[0]
        assert (row["n"], row["estimate"], row["se"]) == (
            n,
            pytest.approx(mean, abs=1e-9),
            pytest.approx(se, abs=1e-9),
        )
    top = result.rows(item="Q7ALL", term="top_box").iloc[0]
    assert (top["estimate"], top["se"]) == (
        pytest.approx(0.792666518922, abs=1e-9), pytest.approx(0.00921183259605, abs=1e-9),
    )  # fmt: skip
