"""Numbers that are dates, and numbers that only may be."""

import pytest

from cxkit.survey.counted import from_number, other_dates


@pytest.mark.parametrize(("text", "day", "form"), [
    # Excel: =DATE(2025;11;1) shown as a number; GNU: date -u -d @1761955200
    ("45962", "2025-11-01", "excel"), ("45962.416", "2025-11-01", "excel"), ("45962,5", "2025-11-01", "excel"),
    ("1761955200", "2025-11-01", "unix"), ("1761955199", "2025-10-31", "unix"), ("1761955200.5", "2025-11-01",
    "unix"),
    ("1761955200000", "2025-11-01", "unix"),
])  # fmt: skip
def test_a_number_of_days_or_seconds_is_a_date(text, day, form):
    found, how = from_number(text)
    assert (found.within("day"), how) == (day, form)


@pytest.mark.parametrize("text", ["1", "2026", "202601", "20260101", "-45962", "4.5962e4", "a", ""])
def test_other_numbers_are_no_dates(text):
    assert from_number(text) is None


@pytest.mark.parametrize(("text", "readings"), [
    # R: as.integer(as.Date("2025-01-01")) is 20089; SAS: '01JAN2025'd is 23742, '01JAN2025:00:00:00'dt 2051308800.
    ("20089", "1954-12-31 as Excel counts, 2015-01-01 as SAS and Stata count, 2025-01-01 as R counts"),
    ("23742", "1964-12-31 as Excel counts, 2025-01-01 as SAS and Stata count, 2035-01-02 as R counts"),
    ("2051308800", "2025-01-01 as SAS and Stata count, 2035-01-02 as R counts"),
    ("2051308800000", "2025-01-01 as SAS and Stata count, 2035-01-02 as R counts"),
    ("99999", "2173-10-13 as Excel counts, 2233-10-15 as SAS and Stata count, 2243-10-16 as R counts"),
])  # fmt: skip
def test_what_other_programs_count_is_no_date_for_certain(text, readings):
    assert from_number(text) is None
    assert other_dates(text) == readings


@pytest.mark.parametrize(
    ("text", "day"), [("32874", "1990-01-01"), ("55152", "2050-12-30"), ("2051222399", "2034-12-31")]
)
def test_the_first_and_last_days_that_are_read(text, day):
    found, _ = from_number(text)
    assert found.within("day") == day


@pytest.mark.parametrize("text", ["1", "-45962", "a", "", "9" * 5_000])
def test_what_is_no_number_of_days_is_no_date_at_all(text):
    assert other_dates(text) == ""
    assert from_number(text) is None
