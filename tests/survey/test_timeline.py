"""Waves come back in the order of time, in the order given, or not at all."""

import datetime as dt
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxkit.errors import SettingsError
from cxkit.survey.timeline import Timeline, in_time, natural, wave_order

ENGLISH = "January February March April May June July August September October November December".split()  # noqa: SIM905
RUSSIAN = "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь".split()  # noqa: SIM905
RUSSIAN_OF = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split()  # noqa: SIM905
UZBEK = "yanvar fevral mart aprel may iyun iyul avgust sentabr oktabr noyabr dekabr".split()  # noqa: SIM905
CYRILLIC = "январ феврал март апрел май июн июл август сентабр октабр ноябр декабр".split()  # noqa: SIM905
ROMAN = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV", "XVI"]


def month(k):
    return 2019 + k // 12, k % 12 + 1


def day(k):
    return dt.date(2019, 1, 1) + dt.timedelta(days=9 * k)


MONTHS = {
    "11/2025": lambda y, m: f"{m:02}/{y}", "1/2026": lambda y, m: f"{m}/{y}", "11.2025": lambda y, m: f"{m:02}.{y}",
    "2025-11": lambda y, m: f"{y}-{m:02}", "2025/1": lambda y, m: f"{y}/{m}", "112025": lambda y, m: f"{m:02}{y}",
    "202511": lambda y, m: f"{y}{m:02}", "November 2025": lambda y, m: f"{ENGLISH[m - 1]} {y}",
    "Nov-25": lambda y, m: f"{ENGLISH[m - 1][:3]}-{y % 100:02}", "2025 Nov": lambda y, m: f"{y} {ENGLISH[m - 1][:3]}",
    "ноябрь 2025": lambda y, m: f"{RUSSIAN[m - 1]} {y}", "ноября 2025 г.": lambda y, m: f"{RUSSIAN_OF[m - 1]} {y} г.",
    "2025-yil noyabr": lambda y, m: f"{y}-yil {UZBEK[m - 1]}", "ноябр 2025": lambda y, m: f"{CYRILLIC[m - 1]} {y}",
    "Q1 2026 of months": lambda y, m: f"{y}-{m:02}-01",
}  # fmt: skip
DAYS = {
    "20.11.2025": lambda d: f"{d:%d.%m.%Y}", "2025-11-20": lambda d: d.isoformat(),
    "20251120": lambda d: f"{d:%Y%m%d}",
    "2025-11-20T10:00:00Z": lambda d: f"{d.isoformat()}T10:00:00Z",
    "20 November 2025": lambda d: f"{d.day} {d:%B %Y}",
    "November 20, 2025": lambda d: f"{d:%B} {d.day}, {d.year}", "01.05.2026 10:00": lambda d: f"{d:%d.%m.%Y} 10:00",
    "15-Dec-25": lambda d: f"{d:%d-%b-%y}",
    "20 ноября 2025 г.": lambda d: f"{d.day} {RUSSIAN_OF[d.month - 1]} {d.year} г.",
    "2025-yil 20-noyabr": lambda d: f"{d.year}-yil {d.day}-{UZBEK[d.month - 1]}",
}  # fmt: skip
CERTAIN = {
    **{name: (lambda k, form=form: form(*month(k))) for name, form in MONTHS.items()},
    **{name: (lambda k, form=form: form(day(k))) for name, form in DAYS.items()},
    "3Q2025": lambda k: f"{k % 4 + 1}Q{2019 + k // 4}", "Q3 2025": lambda k: f"Q{k % 4 + 1} {2019 + k // 4}",
    "2025-Q3": lambda k: f"{2019 + k // 4}-Q{k % 4 + 1}",
    "III квартал 2025": lambda k: f"{ROMAN[k % 4 + 1]} квартал {2019 + k // 4}",
    "1 кв. 2026": lambda k: f"{k % 4 + 1} кв. {2019 + k // 4}",
    "1-chorak 2026": lambda k: f"{k % 4 + 1}-chorak {2019 + k // 4}",
    "2026 I chorak": lambda k: f"{2019 + k // 4} {ROMAN[k % 4 + 1]} chorak",
    "1Q26": lambda k: f"{k % 4 + 1}Q{19 + k // 4}",
    "H1 2026": lambda k: f"H{k % 2 + 1} {2019 + k // 2}",
    "1 полугодие 2026": lambda k: f"{k % 2 + 1} полугодие {2019 + k // 2}",
    "2026-yil 1-yarim yillik": lambda k: f"{2019 + k // 2}-yil {k % 2 + 1}-yarim yillik",
    "2026-W05": lambda k: "{}-W{:02}".format(*day(k).isocalendar()),
    "W5 2026": lambda k: "W{1} {0}".format(*day(k).isocalendar()),
    "неделя 5 2026": lambda k: "неделя {1} {0}".format(*day(k).isocalendar()),
    "5-hafta 2026": lambda k: "{1}-hafta {0}".format(*day(k).isocalendar()),
    "2026": lambda k: str(1990 + k), "2026 г.": lambda k: f"{1990 + k} г.", "FY26": lambda k: f"FY{k + 10}",
    "Q1 FY26": lambda k: f"Q{k % 4 + 1} FY{k // 4 + 10}", "2025/26": lambda k: f"{2019 + k}/{20 + k}",
    "wave 2": lambda k: f"wave {k + 1}", "2-soʻrov": lambda k: f"{k + 1}-soʻrov",
    "Волна 3": lambda k: f"Волна {k + 1}",
    "wave II": lambda k: f"wave {ROMAN[k % 16 + 1]}", "10": lambda k: str(k + 1), "1.0": lambda k: f"{k}.0",
    "wave 1 2026": lambda k: f"wave {k % 3 + 1} {2019 + k // 3}", "W3": lambda k: f"W{k + 1}",
    "excel": lambda k: str(43_466 + 30 * k), "unix": lambda k: str(1_546_300_800 + 86_400 * k),
}  # fmt: skip
REFUSABLE = {
    "1/5/2026 month first": lambda k: f"{day(k).month}/{day(k).day}/{day(k).year}",
    "1/5/2026 day first": lambda k: f"{day(k).day}/{day(k).month}/{day(k).year}",
    "01-05-2026": lambda k: f"{day(k):%d-%m-%Y}", "01.05.26": lambda k: f"{day(k):%d.%m.%y}",
    "05/01/26": lambda k: f"{day(k):%m/%d/%y}",
    "12.31.2025": lambda k: f"{day(k):%m.%d.%Y}",
    "Nov 25": lambda k: f"{ENGLISH[month(k)[1] - 1]} {month(k)[0] % 100}",
    "November": lambda k: ENGLISH[k % 12], "ноября": lambda k: RUSSIAN_OF[k % 12], "Q1": lambda k: f"Q{k % 4 + 1}",
    "15 Dec": lambda k: f"{day(k).day} {day(k):%b}", "20.11": lambda k: f"{day(k):%d.%m}",
    "week 5": lambda k: f"week {k % 52 + 1}",
    "W52": lambda k: f"W{(k + 40) % 52 + 1}", "12026": lambda k: str(month(k)[1] * 10_000 + month(k)[0]),
    "1/5/2026 10:00 AM": lambda k: f"{day(k).month}/{day(k).day}/{day(k).year} 10:00 AM",
}  # fmt: skip


def shuffled(form, start, count, random):
    names = list(dict.fromkeys(form(k) for k in range(start, start + count)))
    mixed = list(names)
    random.shuffle(mixed)
    return names, mixed


def order_or_refusal(names):
    with suppress(SettingsError):
        return list(in_time(names).waves)
    return "refused"


START, COUNT = st.integers(0, 40), st.integers(2, 12)


@pytest.mark.parametrize("form", CERTAIN)
@settings(max_examples=15, deadline=None)
@given(start=START, count=COUNT, random=st.randoms())
def test_consecutive_periods_come_back_in_order(form, start, count, random):
    names, mixed = shuffled(CERTAIN[form], start if form not in ("wave II", "W3") else 0, count, random)
    assert list(in_time(mixed).waves) == names


@pytest.mark.parametrize("form", REFUSABLE)
@settings(max_examples=25, deadline=None)
@given(start=START, count=COUNT, random=st.randoms())
def test_periods_that_are_not_certain_come_back_in_order_or_are_refused(form, start, count, random):
    names, mixed = shuffled(REFUSABLE[form], start, count, random)
    assert order_or_refusal(mixed) in (names, "refused")


@pytest.mark.parametrize(("form", "dates"), [
    ("1/5/2026 month first", "month first"), ("1/5/2026 day first", "day first"), ("01-05-2026", "day first"),
    ("01.05.26", "day first"),
    ("05/01/26", "month first"), ("12.31.2025", "month first"), ("1/5/2026 10:00 AM", "month first"),
])  # fmt: skip
@settings(max_examples=15, deadline=None)
@given(start=START, count=COUNT, random=st.randoms())
def test_dates_are_certain_where_it_is_said_what_stands_first(form, dates, start, count, random):
    names, mixed = shuffled(REFUSABLE[form], start, count, random)
    assert list(in_time(mixed, dates).waves) == names


@pytest.mark.parametrize("waves", [
    ["Nov 2025", "2025-12", "1/2026"], ["2025", "Q1 2026"], ["Q4 2025", "H1 2026", "2027"], ["4 кв. 2025",
    "январь 2026"],
    ["20.11.2025", "12/2025", "W2 2026"], ["2025-11-20", "2025-11-21 09:00", "2025-11-21 15:00"], ["13/1/2026",
    "1/2/2026"],
    ["1/2/2026", "1/13/2026"], ["12.31.2025", "01.02.2026"], ["92025", "112025", "12026"], ["1/5/2026", "2/5/2026",
    "3/5/2026"],
    ["wave 9", "wave 10"], ["Wave 1", "wave 2"], ["2026-12", "2026-13"], ["FY2025", "FY26"], ["2-soʻrov 2025",
    "1-soʻrov 2026"],
    ["-1", "0", "1"], [f"W{k}" for k in range(1, 54)],
    ["Q1", "Q9", "Q10"], ["week 9", "week 54"], ["H1", "H2", "H3"],
])  # fmt: skip
def test_waves_in_certain_order(waves):
    assert in_time(waves[::-1]).waves == tuple(waves)


ORDER = "give waves: [first, ..., last] in the codebook or the settings."


@pytest.mark.parametrize(("waves", "sentence"), [
    (["November", "December", "January"],
     f"The waves December, January, November name no year and have no known order; {ORDER}"),
    (["15 Dec", "20 Nov"], "name no year"), (["Q4", "Q1"], "name no year"), (["1 кв.", "2 кв."], "name no year"),
    (["H1", "H2"], "name no year"),
    (["5-hafta", "6-hafta"], "name no year"), (["11-oy", "12-oy", "1-oy"], "name no year"),
    (["11-ой", "1-ой"], "name no year"), (["Month 12", "Month 1"], "name no year"), (["ноябрь", "январь"],
    "name no year"),
    (["20.11", "05.01"], "name no year"), (["W51", "W52", "W1"], "name no year"), (["W50", "W51"], "name no year"),
    (["spring", "autumn"], f"The waves autumn, spring have no known order; {ORDER}"),
    (["1/5/2026", "3/4/2026"],
     "1/5/2026, 3/4/2026 can be read in two orders; say dates: day first or dates: month first, or give waves: ["),
    (["01.05.26", "03.04.26"], "can be read in several ways; say dates: day first or dates: month first"),
    (["1/13/2026", "13/1/2026"], "are dates of which some have the day first and some the month first; write"),
    (["1/13/2026", "2.1.2026"], "can be read in two orders"),
    (["92025", "12026"], f"The waves 12026, 92025 can be read in two orders; {ORDER}"),
    (["2026", "Q1 2026"], 'have no known order, as "Q1 2026" is not certainly before "2026"'),
    (["H1 2026", "2026-05"], "is not certainly before"), (["2025", "FY26"], "is not certainly before"),
    (["wave 1", "round 2"], "is not certainly before"), (["1", "wave 2"], "is not certainly before"),
    (["Nov 2025", "11/2025"], 'The waves "11/2025" and "Nov 2025" are one and the same; give them one name'),
    (["Q1 2026", "2026-Q1", "Q2 2026"], "are one and the same"), (["wave 1", "Wave 01"], "are one and the same"),
    (["1.1", "1.10", "1.2"], "have no known order"), (["wave 1", "wave 2a"], "have no known order"),
    (["Round 1 (n=2000)", "Round 2 (n=1900)"], "have no known order"),
])  # fmt: skip
def test_waves_without_a_certain_order_are_refused(waves, sentence):
    with pytest.raises(SettingsError) as caught:
        in_time(waves)
    assert sentence in str(caught.value)


def test_a_long_list_of_waves_is_cut_in_the_sentence():
    with pytest.raises(SettingsError, match=r"The waves a, b, c, d, \.\.\., h have no known order"):
        in_time("abcdefgh")


def test_dates_that_do_not_fit_the_setting_are_refused():
    with pytest.raises(SettingsError, match="are no dates with the day first; correct them, or the setting dates"):
        in_time(["1/13/2026", "1/2/2026"], "day first")


@pytest.mark.parametrize(("waves", "form"), [
    (["2025-12", "2026-01"], ""), (["2026-Q1", "2026-Q2"], ""), (["1", "2", "10"], ""), (["wave 2", "wave 10"],
    ""), (["x"], ""), ([], ""),
    (["1/5/2026", "2/5/2026"], ""), (["12/2025", "01/2026"], "month"), (["4Q2025", "1Q2026"], "quarter"),
    (["H2 2025", "H1 2026"], "half_year"),
    (["W52 2025", "W1 2026"], "week"), (["20.11.2025", "05.01.2026"], "day_first"), (["1/13/2026", "2/1/2026"],
    "month_first"),
    (["20 Nov 2025", "5 Jan 2026"], "day"), (["Q4 2025", "January 2026"], "time"), (["Q4 FY25", "Q1 FY26"], "time"),
    (["wave V", "wave IX"], "number"), (["wave 2 2025", "wave 1 2026"], "number"), (["year 2025", "2026"], "year"),
])  # fmt: skip
def test_the_form_tells_how_names_were_read_where_sorting_by_name_would_not_do(waves, form):
    assert in_time(waves) == Timeline(tuple(waves), form)


def order(answers, waves=(), dates="", min_base=10):
    if not isinstance(answers, dict):
        answers = dict.fromkeys(answers, 50)
    return wave_order(answers, waves, dates, "when", min_base)


def test_an_order_that_is_given_wins_and_is_told_where_time_says_otherwise():
    waves = ["01/2026", "11/2025"]
    assert order(waves, waves) == (
        ("01/2026", "11/2025"), [("waves_against_time", {"waves": waves, "by_time": ["11/2025", "01/2026"]})],
    )  # fmt: skip
    assert order(waves, ["11/2025", "12/2025", "01/2026"]) == (("11/2025", "01/2026"), [])


@pytest.mark.parametrize("waves", [
    ["june", "march"], ["wave 2", "wave 1"], ["1/5/2026", "3/4/2026"], ["3/4/2026", "1/5/2026"], ["Nov 2025",
    "11/2025"],
    ["Q1 2026", "2026"],
])  # fmt: skip
def test_an_order_that_is_given_needs_no_other(waves):
    assert order(waves, waves) == (tuple(waves), [])


def test_a_wave_that_the_order_lacks_is_refused():
    with pytest.raises(SettingsError, match=r'The wave "june" is not in the order of waves; did you mean "jun"\?'):
        order(["june"], ["may", "jun"])


def test_the_order_of_time_is_told():
    assert order(["01/2026", "12/2025"]) == (
        ("12/2025", "01/2026"),
        [("waves_by_month", {"waves": ["12/2025", "01/2026"]})],
    )
    assert order(["2026-01", "2025-12"])[1] == []


def test_an_unknown_word_for_dates_is_refused():
    with pytest.raises(SettingsError, match=r'Found dates: day-first; did you mean "day first"\?'):
        order(["1", "2"], dates="day-first")


@pytest.mark.parametrize(("waves", "far"), [
    (["2025-12", "2026-01", "2062-01"], ["2062-01"]), (["1925-11", "2025-12", "2026-01"], ["1925-11"]),
    (["Nov-28", "Dec-05", "Jan-12"], ["Nov-28"]), (["2025-12", "2062-01"], ["2062-01"]),
    (["1990", "2005", "2020"], []), (["2016", "2026"], []), (["1", "400"], []), (["wave 1 2005", "wave 1 2026"], []),
    (["2025-12", "2026-01"], []),
])  # fmt: skip
def test_a_wave_far_from_the_others_is_told(waves, far):
    assert dict(order(waves)[1]).get("waves_far", {"waves": []}) == {"waves": far}


def test_an_order_that_the_column_declares_is_taken_where_the_names_tell_none():
    settings = {"waves": (), "dates": "", "column": "when", "min_base": 10}
    waves = ["spring", "autumn"]
    found = wave_order(dict.fromkeys(waves, 50), own=["winter", *waves], **settings)
    assert found == (tuple(waves), [("waves_as_ordered", {"waves": waves})])
    months = dict.fromkeys(["12/2025", "01/2026"], 50)
    assert wave_order(months, own=sorted(months), **settings)[0] == ("12/2025", "01/2026")
    with pytest.raises(SettingsError, match="have no known order"):
        wave_order(dict.fromkeys(waves, 50), own=["spring"], **settings)


STAMPS = {
    "days": lambda k: f"{day(k)}", "times": lambda k: f"{day(k)} 10:{k:02}:00",
    "Google": lambda k: f"{day(k).month}/{day(k).day}/2025 9:30:00",
    "short": lambda k: f"{day(k):%d.%m.%y}", "excel": lambda k: str(45_962 + k),
    "unix": lambda k: str(1_761_955_200 + k),
}  # fmt: skip


@pytest.mark.parametrize("form", STAMPS)
@pytest.mark.parametrize(("count", "each"), [(13, 9), (24, 1), (3, 1)])
def test_many_days_of_few_answers_are_refused_with_the_setting_that_helps(form, count, each):
    with pytest.raises(SettingsError) as caught:
        order({STAMPS[form](k): each for k in range(count)})
    assert f'The column "when" holds {count} different dates, such as' in str(caught.value)
    assert "and most have fewer than 10 answers; make longer waves of them when the file is read" in str(caught.value)
    assert "period: month (or week, quarter, half-year, year) in the settings" in str(caught.value)
    assert "wave: {column: when, period: month} in the codebook" in str(caught.value)


def test_a_few_days_and_days_of_many_answers_are_waves():
    assert len(order({str(day(k)): 5 for k in range(12)})[0]) == 12
    assert len(order({str(day(k)): 10 for k in range(30)})[0]) == 30
    assert len(order({f"wave {k}": 1 for k in range(30)})[0]) == 30


def test_few_times_of_few_answers_are_refused_too():
    with pytest.raises(SettingsError, match="holds 4 different dates"):
        order({f"2026-05-0{k} 10:00": 5 for k in range(1, 5)})


def test_numbers_within_names_are_sorted_by_size():
    assert sorted(["wave 10", "wave 9", "a2b10", "a2b9"], key=natural) == ["a2b9", "a2b10", "wave 9", "wave 10"]


def test_names_of_many_digits_are_sorted_too():
    assert sorted(["9" * 5_000, "8" * 5_000, "1"], key=natural) == ["1", "8" * 5_000, "9" * 5_000]


@pytest.mark.parametrize("names", [("11", "12", "1"), ("51", "52", "1"), ("1", "53")])
def test_numbers_that_may_cross_the_turn_of_a_year_are_refused(names):
    with pytest.raises(SettingsError, match="have no known order; give waves"):
        in_time(names)
    assert in_time(map(str, range(1, 13))).waves == tuple(map(str, range(1, 13)))
