"""One text is read as one stretch of time, in the forms of four languages and Excel."""

import datetime as dt

import pytest
from babel import Locale

from cxkit.survey.periods import PERIODS, Reading, calendar, period_name, series

DAY_FIRST, MONTH_FIRST = Reading(True, True), Reading(False, False)
SHORT = Reading(True, True, short=True)

FORMS = {
    "2025-11": [
        "11/2025", "11.2025", "11-2025", "2025-11", "2025/11", "2025_11", "112025", "202511", "Nov 2025",
        "NOV 2025", "Nov. 2025",
        "November 2025", "Nov-25", "Nov'25", "Nov’25", "2025 November", "Nov2025", "ноябрь 2025", "Ноябрь 2025 г.",
        "ноября 2025 года", "нояб. 2025", "ноя.25", "ноя 2025", "2025-yil noyabr", "noyabr 2025", "Noyabr, 2025-yil",
        "noy 2025", "ноябр 2025", "2025 йил ноябр", "2025-йил, ноябрь", "2025-noyabr", "2025-yil noyabr oyi",
        "2025-yil 11-oy", "11-oy 2025", "2025 йил 11-ой", " Nov  2025 ",
        "11\u00a0/\u00a02025",
        "2025–11",
    ],
    "2025-11-20": [
        "20.11.2025", "20/11/2025", "20-11-2025", "20. 11. 2025", "20.11.2025 г.", "20.11.2025г.", "2025-11-20",
        "2025/11/20",
        "2025.11.20",
        "20251120", "20112025", "20 Nov 2025", "Nov 20, 2025", "20th of November 2025", "20 ноября 2025 г.",
        "20-Nov-2025",
        "20-Nov-25", "2025-yil 20-noyabr", "20-noyabr 2025-yil", "2025 йил 20 ноябрь", "2025-11-20 00:00:00",
        "Thu, 20 Nov 2025", "Thursday, November 20, 2025", "чт, 20 ноября 2025 г.", "20.11.2025 (чт)",
        "Thu 2025-11-20",
        "2025-yil 20-noyabr, payshanba", "2025 йил 20 ноябрь, пайшанба",
        "2025-11-20T00:00:00.000", "2025-11-20 00:00:00.000000", "20.11.2025 00:00", "11/20/2025",
    ],
    "2026-Q1": [
        "Q1 2026", "q1 2026", "2026-Q1", "2026Q1", "2026 Q1", "1Q2026", "1Q 2026", "1Q26", "Q1'26", "Q1 26",
        "Q1/2026", "Qtr 1 2026",
        "1 кв. 2026", "1 кв 2026 г.", "1 квартал 2026", "I квартал 2026 г.", "1-й квартал 2026 года",
        "1-ый квартал 2026", "1-ой квартал 2026", "2026 I chorak",
        "1-chorak 2026", "2026-yil 1-chorak", "2026-yil I chorak", "1-чорак 2026", "2026 йил 1-чорак",
        "1st quarter 2026",
        "1-kvartal 2026",
    ],
    "2026-H1": [
        "H1 2026", "1H2026", "2026-H1", "2026H1", "1H26", "1 полугодие 2026", "I полугодие 2026 г.",
        "1-е полугодие 2026 года",
        "1 п/г 2026", "2026-yil 1-yarim yillik", "1-yarim yillik 2026", "2026 йил 1-ярим йиллик",
    ],
    "2026-W05": ["2026-W05", "2026W05", "W5 2026", "W05 2026", "Week 5 2026", "week 5, 2026", "неделя 5 2026",
    "5-я неделя 2026 г.",
                 "W5'26", "W05 ’26", "5-hafta 2026", "2026-yil 5-hafta", "5-ҳафта 2026"],
    "2026": ["2026", "2026.0", "2026 г.", "2026 год", "2026-yil", "2026 йил", "year 2026"],
}  # fmt: skip
UNIT = dict(zip(FORMS, ("month", "day", "quarter", "half-year", "week", "year"), strict=True))
MOMENTS = {
    "2026/05/01 10:00:00": 10, "01.05.2026 10:00": 10, "2026-05-01T10:00:00Z": 10, "1/5/2026 10:00:00 AM": 10,
    "1/5/2026 10:00:00 PM": 22, "1/5/2026 12:00 AM": 0, "1/5/2026 12:00 p.m.": 12, "01.05.2026, 10:00": 10,
    "2026/05/01 10:00:00 AM GMT+5": 10, "2026-05-01 10:00:00+05:00": 10, "2026-05-01T10:00:00.123456": 10,
    "2026-05-01 10:00:00 UTC": 10, "2026-05-01\u00a0 10:00 ": 10, "1 мая 2026 г. 10:00": 10,
}  # fmt: skip


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in FORMS.items() for text in texts])
def test_a_form_is_read_as_its_period(name, text):
    found = calendar(text, DAY_FIRST) or calendar(text, MONTH_FIRST)
    assert (found.kind, found.within(UNIT[name])) == (UNIT[name], name)


@pytest.mark.parametrize(("text", "hour"), MOMENTS.items())
def test_a_time_of_day_lies_in_its_day(text, hour):
    found = calendar(text, DAY_FIRST)
    assert found.within("day") == "2026-05-01"
    assert found.first - calendar("2026-05-01", DAY_FIRST).first == hour * 3600
    assert found.kind == ("moment" if hour else "day")


@pytest.mark.parametrize("text", [
    "November", "ноябрь", "noyabr", "15 Dec", "15 декабря", "Nov 25", "Nov. 25", "Q1", "1 кв.", "H1", "week 5",
    "1", "20.11", "20/11", "11/25",
    "Q5 2026", "H3 2026", "13/2025", "30.02.2026", "2026-W54", "W53 2025", "2026-13", "wave 2",
    "Wave 1 (Nov 2025)", "Jan-Mar 2026",
    "Q1-Q2 2026", "01.05.26", "26.05.01", "2026-05-01 25:00", "2026-05-01 10:61", "Q1 2026 10:00", "spring 2026",
    "0/2025", "1899",
    "12345", "", "-", "11/20/2025",
])  # fmt: skip
def test_what_is_no_whole_date_or_period_is_none(text):
    assert calendar(text, DAY_FIRST) is None


@pytest.mark.parametrize(("text", "name"), [("01.05.26", "2026-05-01"), ("01/05/26", "2026-05-01")])
def test_a_short_year_stands_last_where_that_is_said(text, name):
    assert calendar(text, SHORT).within("day") == name


def test_numbers_have_the_day_or_the_month_first():
    assert calendar("3/4/2026", DAY_FIRST).within("day") == "2026-04-03"
    assert calendar("3/4/2026", MONTH_FIRST).within("day") == "2026-03-04"
    assert calendar("3.4.2026", Reading(False, True)).within("day") == "2026-04-03"


@pytest.mark.parametrize("code", ["en", "ru", "uz", "uz_Cyrl"])
@pytest.mark.parametrize("context", ["format", "stand-alone"])
@pytest.mark.parametrize("width", ["wide", "abbreviated"])
def test_all_months_of_the_unicode_locale_data_are_known(code, context, width):
    """CLDR, as Babel ships it: the names of months in all forms of the four languages."""
    names = Locale.parse(code).months[context][width]
    assert {k: calendar(f"{name} 2026", DAY_FIRST).within("month") for k, name in names.items()} == {
        k: f"2026-{k:02}" for k in range(1, 13)
    }


@pytest.mark.parametrize("code", ["en", "ru", "uz", "uz_Cyrl"])
@pytest.mark.parametrize("width", ["wide", "abbreviated"])
def test_all_quarters_of_the_unicode_locale_data_are_known(code, width):
    names = Locale.parse(code).quarters["format"][width]
    found = [calendar(f"{name} 2026", DAY_FIRST).within("quarter") for name in names.values()]
    assert found == ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]


@pytest.mark.parametrize(("earlier", "later"), [
    ("FY25", "FY26"), ("FY2025", "FY26"), ("Q4 FY25", "Q1 FY26"), ("FY2025-Q4", "FY2026-Q1"),
    ("FY26 P9", "FY26 P10"), ("P12 FY25", "P1 FY26"), ("FY2025-M12", "FY26 M01"), ("H2 FY25", "1H FY26"),
    ("2025 FY Q4", "2026 FY Q1"), ("2024/25", "2025/26"),
    ("FY2024/25", "FY2025/26"), ("2024-2025", "2025-2026"), ("fiscal year 2025", "fiscal year 2026"),
])  # fmt: skip
def test_fiscal_years_are_before_each_other_and_in_no_calendar(earlier, later):
    one, other = (calendar(text, DAY_FIRST) for text in (earlier, later))
    assert one.before(other)
    assert not other.before(one)
    assert not one.dated
    assert one.within("year") is None
    assert not one.before(calendar("2030", DAY_FIRST))


def test_the_end_of_a_period_is_before_the_beginning_of_the_next():
    year, quarter, month = (calendar(text, DAY_FIRST) for text in ("2025", "Q1 2026", "Dec 2025"))
    assert year.before(quarter)
    assert month.before(quarter)
    assert not month.before(year)
    assert not year.before(month)


def test_a_week_as_pandas_names_it_and_other_days_from_to():
    one, next_one = (calendar(text, DAY_FIRST) for text in ("2025-11-03/2025-11-09", "2025-11-10/2025-11-16"))
    assert one.before(next_one)
    assert (one.within("week"), one.within("day")) == ("2025-W45", None)
    assert calendar("1.11.2025 – 15.11.2025", DAY_FIRST).within("month") == "2025-11"
    assert calendar("2025-11-09/2025-11-03", DAY_FIRST) is None
    assert calendar("Tashkent, 01 Nov 2025", DAY_FIRST) is None


@pytest.mark.parametrize(("text", "number"), [
    ("V1", 1), ("1", 1), ("10", 10), ("2.0", 2), ("-2", -2), ("0", 0), ("wave 2", 2), ("Wave 10", 10), ("WAVE 2", 2),
    ("wave_2", 2), ("w3", 3),
    ("2-soʻrov", 2), ("2-so'rov", 2), ("Волна 3", 3), ("3-я волна", 3), ("2nd wave", 2), ("wave II", 2),
    ("II волна", 2),
    ("Wave XIV", 14), ("ХIХ волна", 19), ("IX", 9), ("2-bosqich", 2), ("2-chi bosqich", 2),
])  # fmt: skip
def test_a_numbered_wave_has_its_number(text, number):
    assert series(text).first == number


@pytest.mark.parametrize(("earlier", "later"), [
    ("wave 2 2025", "wave 1 2026"), ("2025 wave 2", "2026 wave 1"), ("1-soʻrov 2026-yil", "2-soʻrov 2026-yil"),
    ("2026-13", "2026-14"),
])  # fmt: skip
def test_a_numbered_wave_of_a_year_follows_the_year(earlier, later):
    assert series(earlier).before(series(later))


@pytest.mark.parametrize("text", [
    "spring", "wave", "wave 1/3", "Round 1 (n=2000)", "Q5 2026", "Nov 1", "1.5", "20.11", "1 2", "W54 2026", "",
])  # fmt: skip
def test_what_has_no_single_number_is_no_numbered_wave(text):
    assert series(text) is None


def test_waves_of_other_words_are_not_compared():
    assert not series("wave 1").before(series("round 2"))
    assert not series("wave 1").before(series("2"))


def test_names_of_periods():
    # ISO 8601: 2027-01-01 is a Friday of the week that began in 2026, which has 53 weeks.
    day = dt.date(2027, 1, 1)
    assert [period_name(day, period) for period in PERIODS] == [
        "2027-01-01", "2026-W53", "2027-01", "2027-Q1", "2027-H1", "2027",
    ]  # fmt: skip
    assert [period_name(dt.date(2026, month, 1), "quarter")[-1] for month in range(1, 13)] == list("111222333444")
    assert [period_name(dt.date(2026, month, 1), "half-year")[-1] for month in range(1, 13)] == list("111111222222")


def test_a_week_across_two_months_lies_in_none_of_them():
    week = calendar("2026-W05", DAY_FIRST)  # 26 January to 1 February
    assert week.within("month") is None
    assert week.within("quarter") == "2026-Q1"


@pytest.mark.parametrize(
    "text", ["9" * 5_000, "2026-05-01 10:00" + " " * 50_000 + "x", "wave " * 2_000 + "1", "1" + ":00" * 20_000]
)
def test_a_text_of_any_length_ends_soon_and_is_no_date(text):
    assert calendar(text, DAY_FIRST) is None
    assert series(text) is None
