"""The wave column as it is read: periods made of dates, and spellings of one period joined."""

import datetime as dt

import duckdb
import openpyxl
import pandas as pd
import pytest

import cxkit as cx
from cxkit.errors import DataError, SettingsError
from cxkit.survey.wave_column import read_waves
from tests.conftest import parts

# A Sunday, a leap day, the turn of a year, and days whose first number could be a day or a month.
DAYS = [dt.date(2025, 11, 30), dt.date(2025, 12, 31), dt.date(2026, 1, 1), dt.date(2026, 4, 3), dt.date(2026, 4, 13)]
# ISO 8601: 2025-12-31 and 2026-01-01 lie in week 1 of 2026.
PERIODS = {
    "day": ["2025-11-30", "2025-12-31", "2026-01-01", "2026-04-03", "2026-04-13"],
    "week": ["2025-W48", "2026-W01", "2026-W01", "2026-W14", "2026-W16"],
    "month": ["2025-11", "2025-12", "2026-01", "2026-04", "2026-04"],
    "quarter": ["2025-Q4", "2025-Q4", "2026-Q1", "2026-Q2", "2026-Q2"],
    "half-year": ["2025-H2", "2025-H2", "2026-H1", "2026-H1", "2026-H1"],
    "year": ["2025", "2025", "2026", "2026", "2026"],
}
WRITTEN = {
    "ISO": lambda d: d.isoformat(), "ISO time": lambda d: f"{d.isoformat()}T23:59:59Z",
    "dots": lambda d: f"{d:%d.%m.%Y}",
    "dots and time": lambda d: f"{d:%d.%m.%Y} 10:00", "Google": lambda d: f"{d.month}/{d.day}/{d.year} 10:00:00",
    "Google in Russia": lambda d: f"{d:%d.%m.%Y} 9:00:00", "slashes": lambda d: f"{d:%d/%m/%Y}",
    "compact": lambda d: f"{d:%Y%m%d}",
    "Excel": lambda d: str((d - dt.date(1899, 12, 30)).days),
    "Excel and time": lambda d: f"{(d - dt.date(1899, 12, 30)).days}.75",
    "seconds": lambda d: str(int(dt.datetime(d.year, d.month, d.day, 23, tzinfo=dt.UTC).timestamp())),
    "milliseconds": lambda d: str(int(dt.datetime(d.year, d.month, d.day, 1, tzinfo=dt.UTC).timestamp()) * 1000),
    "words": lambda d: f"{d.day} {d:%B %Y}", "US": lambda d: f"{d.month}/{d.day}/{d.year} 11:30:00 PM",
}  # fmt: skip
NOTES = {
    "dots": "dates_day_first", "dots and time": "dates_day_first", "Google in Russia": "dates_day_first",
    "slashes": "dates_day_first",
    "Google": "dates_month_first", "US": "dates_month_first", "Excel": "dates_excel", "Excel and time": "dates_excel",
    "seconds": "dates_unix", "milliseconds": "dates_unix",
}  # fmt: skip


def column(texts):
    return pd.Series(texts, index=range(2, len(texts) + 2), name="when", dtype=object)


def refusal(texts, error=DataError, **settings):
    with pytest.raises(error) as caught:
        read_waves(column(texts), "survey.csv", **settings)
    return str(caught.value)


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("form", WRITTEN)
def test_dates_become_periods_in_every_form(form, period):
    texts = [WRITTEN[form](day) for day in DAYS]
    found, notes = read_waves(column([*texts, None]), "survey.csv", period=period)
    names = PERIODS[period]
    assert found.tolist() == [*names, None]
    assert notes[0] == (
        f"waves_of_{period.replace('-', '_')}",
        {"column": "when", "first": names[0], "last": names[-1]},
    )
    assert notes[1:] == ([(NOTES[form], {"column": "when"})] if form in NOTES else [])


def test_shorter_periods_lie_in_longer_ones():
    found, _ = read_waves(column(["Nov 2025", "ноябрь 2025", "2026-W03", "Q1 2026"]), "f", period="quarter")
    assert found.tolist() == ["2025-Q4", "2025-Q4", "2026-Q1", "2026-Q1"]


@pytest.mark.parametrize(("texts", "settings", "sentence"), [
    (["5.1.2026", "13.1.2026", "soon"], {}, 'row 4: found "soon", expected a date such as 2026-05-31; correct'),
    (["1", "2"], {}, 'row 2: found "1", expected a date'), (["wave 1", "wave 2"],
    {}, 'row 2: found "wave 1", expected a date'),
    (["2026-01-01", "45962"], {}, 'row 3: found "45962", expected a date'),
    (["20089", "20454"], {},
     'found "20089", expected a date such as 2026-05-31 (as a number of days or seconds it is 1954'),
    (["FY25"], {}, 'row 2: found "FY25", expected a date'),
    (["Nov", "Dec"], {}, 'row 2: found "Nov", expected a date'),
    (["2026-01-05", "Q1 2026"], {}, 'row 3: found "Q1 2026", which does not lie within one month; correct'),
    (["2026-W05"], {}, 'row 2: found "2026-W05", which does not lie within one month'),
    (["5/5/2026", "3/4/2026"], {},
     'row 3: found "3/4/2026", which may have the day or the month first; say dates: day first or'),
    (["05.01.26", "06.01.26"], {}, 'row 2: found "05.01.26", a date that can be read in several ways; say dates'),
    (["13/1/2026", "1/13/2026"], {},
     'row 3: found "1/13/2026", which has the month first, while "13/1/2026" has the day first; write'),
    (["1/2/2026", "1/13/2026"], {"dates": "day first"},
     'row 3: found "1/13/2026", which is no date with the day first; correct the cell, or the setting dates.'),
])  # fmt: skip
def test_what_is_of_no_single_period_is_refused_with_its_row(texts, settings, sentence):
    message = refusal(texts, period="month", **settings)
    assert message.startswith('survey.csv, column "when", row')
    assert sentence in message


@pytest.mark.parametrize(("dates", "month"), [("day first", "2026-04"), ("month first", "2026-03")])
@pytest.mark.parametrize("text", ["3/4/2026", "3-4-2026", "03.04.26", "03/04/26 10:00"])
def test_what_stands_first_can_be_said(text, dates, month):
    assert read_waves(column([text]), "f", period="month", dates=dates)[0].tolist() == [month]


def test_dates_whose_months_are_the_same_either_way_need_no_word():
    assert read_waves(column(["5/5/2026", "6/6/2026"]), "f", period="month")[0].tolist() == ["2026-05", "2026-06"]
    assert read_waves(column(["1/2/2026", "2/1/2026"]), "f", period="quarter")[0].tolist() == ["2026-Q1", "2026-Q1"]


def test_unknown_words_are_refused():
    assert refusal(["1"], SettingsError, period="moon") == 'Found period: moon; did you mean "month"?'
    assert refusal(["1"], SettingsError, period="decade").startswith("Found period: decade; known are: day, week,")
    assert refusal(["1"], SettingsError, dates="dayfirst") == 'Found dates: dayfirst; did you mean "day first"?'


@pytest.mark.parametrize(("texts", "joined", "names"), [
    (["Nov 2025"] * 2 + ["11/2025", "2025-12"], ["Nov 2025"] * 3 + ["2025-12"], "Nov 2025 (2), 11/2025 (1)"),
    (["Q1 2026", "2026-Q1", "2026-Q1"], ["2026-Q1"] * 3, "2026-Q1 (2), Q1 2026 (1)"),
    (["ноябрь 2025", "noyabr 2025", "x"][:2], ["noyabr 2025"] * 2, "noyabr 2025 (1), ноябрь 2025 (1)"),
    (["wave 1", "Wave 01", "wave 2"], ["Wave 01"] * 2 + ["wave 2"], "Wave 01 (1), wave 1 (1)"),
    (["01.11.2025", "2025-11-01"], ["01.11.2025"] * 2, "01.11.2025 (1), 2025-11-01 (1)"),
])  # fmt: skip
def test_spellings_of_one_period_are_joined_and_told(texts, joined, names):
    found, notes = read_waves(column(texts), "f")
    assert found.tolist() == joined
    assert notes == [("waves_joined", {"name": joined[0], "names": names})]


def test_the_spelling_in_the_order_of_waves_is_kept():
    found, notes = read_waves(column(["Nov 2025", "Nov 2025", "11/2025"]), "f", waves=["11/2025"])
    assert found.tolist() == ["11/2025"] * 3
    assert notes[0][1] == {"name": "11/2025", "names": "11/2025 (1), Nov 2025 (2)"}


TURNED = ["2026-05-01", "2026-06-01 10:00:00", "2026-12-01", "1/13/2026", "1/14/2026 9:00", "1/15/2026"]


def test_dates_that_a_spreadsheet_turned_round_are_refused():
    """1/5, 1/6 and 1/12 of an American export, opened where the day comes first."""
    message = refusal(TURNED, period="month")
    assert 'row 5: found "1/13/2026" beside dates such as "2026-05-01", of which none is after the 12th' in message
    assert "take the file as it was first exported, or write all dates alike." in message


@pytest.mark.parametrize(
    "texts", [["2026-05-01", "13/1/2026"], ["2026-05-01", "2026-06-01", "1/14/2026"], TURNED[1:]]
)
@pytest.mark.parametrize("period", ["", "month"])
def test_a_few_turned_dates_are_refused_where_they_fit_together_when_turned_back(texts, period):
    assert "none is after the 12th" in refusal(texts, period=period)
    assert read_waves(column(texts), "f", waves=texts)[0].tolist() == texts


def test_a_few_dates_that_fit_together_as_they_are_are_fine():
    assert read_waves(column(["2025-12-05", "20.11.2025"]), "f")[0].tolist() == ["2025-12-05", "20.11.2025"]
    assert read_waves(column(["2026-05-05 10:00", "4/15/2026"]), "f", period="year")[0].tolist() == ["2026", "2026"]


@pytest.mark.parametrize(
    "texts", [[*TURNED, "2026-01-20"], [*TURNED, "1/1/2026"], [*TURNED[1:3], "12/20/2026"], TURNED[:3]]
)
def test_other_dates_beside_each_other_are_fine(texts):
    assert read_waves(column(texts), "f", period="month", dates="month first")[0].str.startswith("2026-").all()


def test_two_names_in_the_order_of_waves_are_two_waves():
    found, notes = read_waves(column(["Nov 2025", "11/2025"]), "f", waves=["11/2025", "Nov 2025"])
    assert (found.tolist(), notes) == (["Nov 2025", "11/2025"], [])


@pytest.mark.parametrize("texts", [
    ["2025-11", "2025-12"], ["3/4/2026", "4/3/2026"], ["march", "march 1", "x"], ["2026-05-01 10:00",
    "2026-05-01 11:00"], [None, None],
])  # fmt: skip
def test_names_that_are_not_the_same_for_certain_are_left_alone(texts):
    found, notes = read_waves(column(texts), "f")
    assert found.tolist() == texts
    assert notes == []


TIMES = [dt.datetime(2025, 11, 30, 23, 30), dt.datetime(2025, 12, 1), dt.datetime(2026, 1, 15, 9, 5, 1, 250000)]
MADE = ["2025-11"] * 2 + ["2025-12"] * 2 + ["2026-01"] * 2


@pytest.fixture(params=["csv", "xlsx", "parquet", "folder", "duckdb"])
def survey(request, tmp_path):
    """Six respondents with a timestamp each, in the file's own type."""
    frame = pd.DataFrame({"q": [10, 9, 3, 2, 10, 9], "when": [time for time in TIMES for _ in "12"]})
    path = tmp_path / f"survey.{request.param}"
    if request.param == "csv":
        frame.to_csv(path, index=False)
    elif request.param == "xlsx":
        book = openpyxl.Workbook()
        for row in [("q", "when"), *zip([10, 9, 3, 2, 10, 9], [time for time in TIMES for _ in "12"], strict=True)]:
            book.active.append(row)
        book.save(path)
    elif request.param == "duckdb":
        with duckdb.connect(str(path)) as connection:
            connection.execute('CREATE TABLE survey AS SELECT q, "when"::TIMESTAMP AS "when" FROM frame')
    elif request.param == "folder":
        path.mkdir()
        frame.iloc[:3].to_parquet(path / "1.parquet")
        frame.iloc[3:].to_parquet(path / "2.parquet")
    else:
        frame.to_parquet(path)
    return path


@pytest.mark.parametrize("where", [{}, {"q": "10"}])
def test_every_reader_makes_periods_of_its_timestamps(survey, where):
    book = {"wave": {"column": "when", "period": "month"}, "items": {"q": {"scale": [0, 10]}}}
    data, audit = parts(cx.read(survey, book, where=where))
    assert data["when"].tolist() == (MADE if not where else ["2025-11", "2026-01"])
    assert audit.notes[-1] == ("waves_of_month", {"column": "when", "first": "2025-11", "last": "2026-01"})


def test_settings_win_over_the_codebook(tmp_path):
    path = tmp_path / "survey.csv"
    path.write_text("q,when\n1,3/4/2026\n")
    book = {"wave": {"column": "when", "period": "month"}, "dates": "day first", "items": {"q": {"scale": [0, 10]}}}

    def waves(**settings):
        data, audit = parts(cx.read(path, book, **settings))
        return data["when"].iloc[0], audit.dates

    assert waves() == ("2026-04", "day first")
    assert waves(dates="month first") == ("2026-03", "month first")
    assert waves(period="year") == ("2026", "day first")
    assert waves(wave="-") == ("3/4/2026", "day first")


def test_the_period_of_the_codebook_is_for_its_own_column_only(tmp_path):
    (tmp_path / "survey.csv").write_text("q,when,round\n1,3.4.2026,first\n")
    book = {"wave": {"column": "when", "period": "month"}, "items": {"q": {"scale": [0, 10]}}}
    data, _ = parts(cx.read(tmp_path / "survey.csv", book, wave="round"))
    assert data.iloc[0].tolist() == [1, "3.4.2026", "first"]


def test_a_respondent_may_answer_once_in_a_period(tmp_path):
    (tmp_path / "survey.csv").write_text("id,q,when\na,1,3.4.2026\na,2,5.4.2026\nb,3,3.4.2026\n")
    settings = {"items": ["q"], "scale": [0, 10], "wave": "when", "respondent": "id"}
    assert len(cx.read(tmp_path / "survey.csv", **settings).frame) == 3
    with pytest.raises(DataError, match='row 3: the id "a" stands already in row 2; a respondent may answer once'):
        cx.read(tmp_path / "survey.csv", **settings, period="month")


def test_profiles_have_periods_too(tmp_path):
    rows = [
        "who,what,clear,when",
        "a,own,7,3.4.2026 10:00",
        "a,ideal,9,3.4.2026 10:05",
        "b,own,5,20.5.2026",
        "b,ideal,9,20.5.2026",
    ]
    (tmp_path / "long.csv").write_text("\n".join(rows) + "\n")
    poles = {"clear": ["confusing", "clear"]}
    data, audit = parts(cx.read_profiles(
        tmp_path / "long.csv", poles=poles, objects=["own",
        "ideal"], object_column="what", respondent="who", wave="when", period="month",
    ))  # fmt: skip
    assert data["when"].tolist() == ["2026-04", "2026-05"]
    assert ("dates_day_first", {"column": "when"}) in audit.notes
