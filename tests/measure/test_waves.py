"""Waves in a method: in the order of time whatever their form and the engine, told, or refused."""

import csv
import datetime as dt

import duckdb
import pandas as pd
import polars as pl
import pytest

import cxkit as cx
from tests.conftest import SHARED, parts

CASES = SHARED / "cases"
LANGUAGES = {
    "en": "Waves are in the order of time: 11/2025, 12/2025, 01/2026 (read as month and year).",
    "ru": "Волны расположены по времени: 11/2025, 12/2025, 01/2026 (прочитаны как месяц и год).",
    "uz": "Soʻrov bosqichlari vaqt tartibida: 11/2025, 12/2025, 01/2026 (oy va yil deb oʻqildi).",
    "uz_Cyrl": "Сўров босқичлари вақт тартибида: 11/2025, 12/2025, 01/2026 (ой ва йил деб ўқилди).",
}
THREE = ([3] * 12, [9, 3] * 6, [10] * 12)  # NPS -100, 0, 100


@pytest.fixture
def case():
    """A small file in the shape that a real tool exports, by its name."""
    if not CASES.is_dir():
        pytest.skip("the case files are not beside the project")
    return lambda name: CASES / name


ENGINES = {"pandas": lambda frame: frame, "polars": pl.from_pandas, "duckdb": duckdb.from_df}


def survey(waves):
    """Three waves of known scores, the rows of the last one first."""
    frames = [pd.DataFrame({"r": scores, "w": [wave] * 12}) for scores, wave in zip(THREE, waves, strict=True)]
    return pd.concat(frames[::-1], ignore_index=True)


def scores(result, term="nps"):
    return list(result.rows(term=term, group="")[["wave", "estimate"]].itertuples(index=False, name=None))


def asked(data, **settings):
    return cx.nps(data, "r", wave="w", **settings)


@pytest.mark.parametrize(("name", "order", "note"), [
    ("waves_month_year.csv", ["11/2025", "12/2025", "01/2026"], "waves_by_month"),
    ("waves_day_month_year.csv", ["20.11.2025", "18.12.2025", "05.01.2026"], "waves_by_day_first"),
    ("waves_quarter_year.csv", ["3Q2025", "4Q2025", "1Q2026"], "waves_by_quarter"),
])  # fmt: skip
def test_the_case_files_are_about_their_last_wave(case, name, order, note):
    """By hand from the rows: promoters less detractors of 12 answers each; the last about +83, the one before -67."""
    with case(name).open(encoding="utf-8") as file:
        rows = [(row["wave"], int(row["nps"])) for row in csv.DictReader(file)]
    answers = [[score for wave, score in rows if wave == one] for one in order]
    hand = [100 * sum((a > 8) - (a < 7) for a in mine) / len(mine) for mine in answers]
    assert hand[2] == pytest.approx(83, abs=1)
    assert hand[1] < -50
    data, audit = parts(cx.read(case(name), {"wave": "wave"}, items=["nps"], scale=[0, 10]))
    result = cx.nps(data, "nps", scale=audit.scale, wave=audit.wave, waves=audit.waves, dates=audit.dates)
    assert result.facts["wave"] == order[2]
    assert result.facts["previous_wave"] == order[1]
    assert scores(result) == [(wave, pytest.approx(value)) for wave, value in zip(order, hand, strict=True)]
    assert scores(result, "nps_vs_previous")[1] == (order[2], pytest.approx(hand[2] - hand[1]))
    assert result.notes[0] == (note, {"waves": order})


def test_a_timestamp_names_the_setting_that_makes_waves_of_it(case):
    data, audit = parts(cx.read(case("google_timestamp.csv"), items=["nps"], scale=[0, 10], wave="Timestamp"))
    with pytest.raises(cx.SettingsError) as caught:
        cx.nps(data, "nps", scale=audit.scale, wave=audit.wave)
    assert 'The column "Timestamp" holds 24 different dates, such as "1/1/2025 10:00:00"' in str(caught.value)
    assert "wave: {column: Timestamp, period: month} in the codebook" in str(caught.value)


@pytest.mark.parametrize(("period", "waves", "changes"), [("half-year", 2, 1), ("quarter", 4, 3), ("month", 12, 11)])
def test_periods_of_a_timestamp_are_waves(case, period, waves, changes):
    book = {"wave": {"column": "Timestamp", "period": period}}
    data, audit = parts(cx.read(case("google_timestamp.csv"), book, items=["nps"], scale=[0, 10]))
    result = cx.nps(data, "nps", scale=audit.scale, wave=audit.wave, waves=audit.waves, dates=audit.dates, min_base=1)
    assert list(result.rows(term="nps")["n"]) == [24 / waves] * waves
    assert len(scores(result, "nps_vs_previous")) == changes
    assert result.facts["wave"] == {"half-year": "2025-H2", "quarter": "2025-Q4", "month": "2025-12"}[period]
    assert not [code for code, _ in result.notes if code.startswith("waves_")]  # such names need no word


@pytest.mark.parametrize("given", ENGINES.values(), ids=ENGINES)
@pytest.mark.parametrize("waves", [
    ("Nov 2025", "Dec 2025", "Jan 2026"), ("ноября 2025 г.", "декабря 2025 г.", "января 2026 г."),
    ("2025-yil noyabr", "2025-yil dekabr", "2026-yil yanvar"), ("4 кв. 2025", "1 кв. 2026", "2 кв. 2026"),
    ("H1 2025", "H2 2025", "H1 2026"), ("W51 2025", "W52 2025", "W1 2026"), ("2025", "Q1 2026", "Apr 2026"), ("1",
    "2", "10"),
    ("wave II", "wave IX", "wave X"), ("2025-12-31T10:00:00Z", "2026-01-01T10:00:00Z", "2026-01-01T11:00:00Z"),
])  # fmt: skip
def test_waves_stand_in_the_order_of_time_in_every_engine(given, waves):
    result = asked(given(survey(waves)))
    assert scores(result) == [(wave, nps) for wave, nps in zip(waves, (-100, 0, 100), strict=True)]
    assert [change for _, change in scores(result, "nps_vs_previous")] == [100, 100]


@pytest.mark.parametrize("given", ENGINES.values(), ids=ENGINES)
@pytest.mark.parametrize("kind", [dt.date, dt.datetime, float, int])
def test_waves_may_be_dates_times_and_numbers(given, kind):
    numbers = [(2,), (9,), (10,)] if kind in (float, int) else [(2025, 12, 9), (2026, 1, 20), (2026, 2, 3)]
    assert [nps for _, nps in scores(asked(given(survey([kind(*k) for k in numbers]))))] == [-100, 0, 100]


@pytest.mark.parametrize("given", ENGINES.values(), ids=ENGINES)
@pytest.mark.parametrize(("waves", "sentence"), [
    (("November", "December", "January"), "name no year and have no known order; give waves"),
    (("Nov 2025", "11/2025", "12/2025"), '"11/2025" and "Nov 2025" are one and the same'),
    (("1/5/2026", "3/4/2026", "2/6/2026"), "say dates: day first or dates: month first"),
    (("2026", "Q1 2026", "Q2 2026"), "is not certainly before"),
])  # fmt: skip
def test_waves_without_a_certain_order_are_refused_in_every_engine(given, waves, sentence):
    with pytest.raises(cx.SettingsError, match=sentence):
        asked(given(survey(waves)))
    assert [nps for _, nps in scores(asked(given(survey(waves)), waves=list(waves)))] == [-100, 0, 100]


@pytest.mark.parametrize(("dates", "order"), [("day first", (-100, 100, 0)), ("month first", (0, 100, -100))])
def test_what_stands_first_can_be_said(dates, order):
    result = asked(survey(("3/4/2026", "1/12/2026", "2/5/2026")), dates=dates)
    expected = {
        "day first": ("3/4/2026", "2/5/2026", "1/12/2026"),
        "month first": ("1/12/2026", "2/5/2026", "3/4/2026"),
    }
    assert scores(result) == list(zip(expected[dates], order, strict=True))
    assert result.notes[0][0] == f"waves_by_{dates.replace(' ', '_')}"


def test_an_unknown_word_for_dates_is_refused_by_the_method():
    with pytest.raises(cx.SettingsError, match="Found dates: us; known are: day first, month first"):
        asked(survey(("1", "2", "3")), dates="us")


def test_a_given_order_wins_and_is_told_where_time_says_otherwise():
    waves = ["12/2025", "11/2025", "01/2026"]
    result = asked(survey(waves), waves=waves)
    assert [wave for wave, _ in scores(result)] == waves
    assert result.notes[0] == ("waves_against_time", {"waves": waves, "by_time": ["11/2025", "12/2025", "01/2026"]})
    assert "order that was given: 12/2025, 11/2025, 01/2026. By time it would be: 11/2025" in result.prose().html


@pytest.mark.parametrize("engine", ENGINES)
def test_an_ordered_categorical_keeps_its_order_and_is_told(engine):
    data = survey(("winter", "spring", "autumn"))
    data["w"] = pd.Categorical(data["w"], ["winter", "spring", "summer", "autumn"], ordered=True)
    data = (
        pl.from_pandas(data).with_columns(pl.col("w").cast(pl.Enum(data["w"].cat.categories.tolist())))
        if engine == "polars"
        else ENGINES[engine](data)
    )
    result = asked(data)
    assert scores(result) == [("winter", -100), ("spring", 0), ("autumn", 100)]
    assert result.notes[0] == ("waves_as_ordered", {"waves": ["winter", "spring", "autumn"]})
    assert "in the order of the column’s own categories: winter, spring, autumn." in result.prose().html


def test_categories_without_an_order_are_refused_as_other_names_are():
    data = survey(("winter", "spring", "autumn"))
    with pytest.raises(cx.SettingsError, match="have no known order"):
        asked(data.assign(w=data["w"].astype("category")))


def test_a_mistyped_year_is_told():
    result = asked(survey(("2025-12", "2026-01", "2062-02")))
    assert "these waves and the others: 2062-02. A year may be mistyped." in result.prose().html


@pytest.mark.parametrize(("lang", "sentence"), LANGUAGES.items())
def test_the_page_tells_the_order_of_time(lang, sentence):
    assert sentence in asked(survey(("11/2025", "12/2025", "01/2026"))).prose(lang).html


def test_the_order_of_time_is_kept_in_the_file_of_the_result():
    result = asked(survey(("11/2025", "12/2025", "01/2026")))
    again = cx.Result.from_json(result.to_json())
    assert again.notes[0] == ("waves_by_month", {"waves": ["11/2025", "12/2025", "01/2026"]})
    assert again.prose().html == result.prose().html


def test_a_long_order_is_cut_in_the_sentence():
    waves = [f"{k % 12 + 1:02}/{2020 + k // 12}" for k in range(20)]
    data = pd.concat([pd.DataFrame({"r": [9] * 10, "w": wave}) for wave in waves])
    html = asked(data).prose().html
    assert "in the order of time: 01/2020, 02/2020, 03/2020" in html
    assert "10/2020, …, 08/2021 (read as month and year)" in html


def test_waves_without_answers_do_not_count():
    data = pd.concat([survey(("11/2025", "12/2025", "01/2026")), pd.DataFrame({"r": [None], "w": ["spring"]})])
    assert asked(data).facts["wave"] == "01/2026"
