"""Names of waves that may be of other times than they seem are refused, and their neighbours read."""

import pytest

from cxkit.errors import DataError, SettingsError
from cxkit.survey.doubtful import may_turn
from cxkit.survey.timeline import in_time
from cxkit.survey.wave_column import read_waves
from tests.survey.test_wave_column import column


@pytest.mark.parametrize("affix", ["{}", "M{}", "P{}", "KW{}", "CW {}", "S{}", "T-{}", "{}T", "{}-davr", "Ҳ{}"])
@pytest.mark.parametrize(
    "numbers",
    [(3, 4, 1), (4, 1), (11, 12, 1), (11, 1), (12, 13, 1), (30, 31, 1), (29, 30, 1), (51, 52, 1), (52, 53, 1, 2),
     (48, 50, 52, 2), (98, 99, 0), (98, 99, 1)],
)  # fmt: skip
def test_numbers_that_may_begin_anew_are_refused_whatever_stands_beside_them(affix, numbers):
    with pytest.raises(SettingsError, match="have no known order; give waves"):
        in_time([affix.format(number) for number in numbers])


@pytest.mark.parametrize("names", [("I", "III", "IV"), ("00", "98", "99"), ("V1", "V3", "V4"), ("1.0", "3.0", "4.0")])
def test_roman_and_padded_numbers_may_begin_anew_too(names):
    with pytest.raises(SettingsError, match="have no known order; give waves"):
        in_time(names)


@pytest.mark.parametrize("names", [
    [str(k) for k in range(1, 13)], [f"T{k}" for k in range(1, 5)], [f"M{k}" for k in range(1, 13)],
    ["W1", "W3", "W4"],
    ["wave 1", "wave 3", "wave 4"], ["1-soʻrov", "4-soʻrov"], ["Волна 1", "Волна 12"], ["Day 1", "Day 7", "Day 30"],
    ["1", "3", "6", "12"], ["1", "3"], ["0", "1", "3", "4"], ["V1", "V2", "V3", "V4"], ["I", "II", "III", "IV"],
    ["P11", "P12", "P13"], ["KW50", "KW51"], ["19", "21", "23"], ["5", "10", "15", "20"], ["M9", "M10", "M11", "M12"],
])  # fmt: skip
def test_ordinary_numbers_are_read(names):
    assert in_time(names[::-1]).waves == tuple(names)


def test_a_cycle_that_is_full_or_crossed_unevenly_does_not_turn():
    assert not may_turn(range(1, 54))
    assert not may_turn([1])
    assert not may_turn([6, 12, 1])


@pytest.mark.parametrize("names", [("T-1", "T0", "T1"), ("T-1", "T+1"), ("Week -1", "Week 0"), ("t−2", "t2")])
def test_numbers_of_which_only_some_may_be_below_0_are_refused_and_not_joined(names):
    assert read_waves(column(names), "f")[1] == []
    with pytest.raises(SettingsError, match="have no known order; give waves"):
        in_time(names)


LOST = "may be January, or October without its 0: write it as 2025-01 or 2025-10"


@pytest.mark.parametrize("names", [
    ["2025.8", "2025.9", "2025.1"], ["2025.9", "2025.1"], ["2025.7", "2025.1", "2025.12"],
    [f"2025.{month}" for month in (*range(1, 10), 11, 12)],
])  # fmt: skip
def test_october_that_a_spreadsheet_made_a_january_is_refused(names):
    with pytest.raises(SettingsError) as caught:
        in_time(names)
    assert f'can be read in two orders, as "2025.1" {LOST}; give waves: [' in str(caught.value)
    for dates in ("", "day first"):
        with pytest.raises(DataError) as caught:
            read_waves(column(names), "f", period="month", dates=dates)
        assert f'found "2025.1", which {LOST}.' in str(caught.value)


@pytest.mark.parametrize("names", [
    ["2025.1", "2025.2", "2025.3"], ["2025.08", "2025.09", "2025.10"], ["2024.11", "2024.12", "2025.1"],
    ["2025.1", "2025.9", "2025.10"], ["2025.1", "2025.2", "2026.1"],
])  # fmt: skip
def test_other_months_with_a_dot_are_read(names):
    assert in_time(names[::-1]).waves == tuple(names)


@pytest.mark.parametrize("names", [("Nov-20", "Dec-20", "Jan-20"), ("ноя.05", "янв.05"), ("Dec-31", "Jan-31")])
def test_months_of_one_year_that_may_be_days_of_two_are_refused(names):
    with pytest.raises(SettingsError, match="name no year and have no known order; give waves"):
        in_time(names)
    for dates in ("", "month first"):
        with pytest.raises(DataError, match="may be a day or a month; write the year with four digits, such as 2026"):
            read_waves(column(names), "f", period="month", dates=dates)


@pytest.mark.parametrize("names", [
    ["Nov-20", "Dec-20", "Jan-21"], ["Jan-20", "Feb-20", "Mar-20"], ["Jan-98", "Nov-98", "Dec-98"],
    [f"{month}-25" for month in "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()],  # noqa: SIM905
])  # fmt: skip
def test_other_months_with_a_short_year_are_read(names):
    assert in_time(names[::-1]).waves == tuple(names)


@pytest.mark.parametrize("names", [["11/25", "12/25", "1/26"], ["10.25", "01.26", "04.26"]])
def test_months_with_a_short_year_are_certain_in_equal_steps_over_two_years(names):
    assert in_time(names[::-1]).waves == tuple(names)
    assert read_waves(column(names), "f", period="year")[0].tolist() == [
        "2025" if "25" in n else "2026" for n in names
    ]


@pytest.mark.parametrize("names", [
    ["11/25", "12/25"], ["12/24", "12/25", "1/26"], ["1/28", "1/29", "1/30"], ["11/10", "12/10", "1/11"], ["12/25",
    "1/26"],
])  # fmt: skip
def test_what_may_be_days_of_a_month_is_refused(names):
    with pytest.raises(SettingsError, match="no known order"):
        in_time(names)


def test_months_of_which_some_lost_a_0_are_read_with_the_year_first_too():
    assert in_time(["20261", "202512", "202511"]).waves == ("202511", "202512", "20261")
    assert in_time(["20089", "20454"]).form == ""
