"""Columns of numbers: one decimal mark for the whole column, and no number that may be two."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.survey.numbers import read_numbers, unclear_number
from cxkit.survey.texttable import cell_text, clean

SPACES = {"space": " ", "no-break": "\u00a0", "thin": "\u2009", "narrow no-break": "\u202f", "figure": "\u2007"}
APOSTROPHES = {"straight": "'", "right": "\u2019", "modifier": "\u02bc", "full-width": "\uff07"}


def read(*cells, decimal=""):
    found = read_numbers(cells, decimal)
    return ["?" if unclear else None if value != value else value
            for value, unclear in zip(found.values.tolist(), found.unclear, strict=True)]  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1,250", "980"], ["?", 980]),
        (["1.250"], ["?"]),
        (["1,250", "0,98"], [1.25, 0.98]),
        (["1.250", "0.980"], [1.25, 0.98]),
        (["1,250", "12,5"], [1.25, 12.5]),
        (["1,250", "1250,125"], [1.25, 1250.125]),
        (["1,250", "0.98"], [1250, 0.98]),
        (["1.250", "0,98"], [1250, 0.98]),
        (["1,250", "1,250,000"], [1250, 1_250_000]),
        (["1.250", "1.250.000"], [1250, 1_250_000]),
        (["1,250.5", "1,250"], [1250.5, 1250]),
        (["1.250,5", "1.250"], [1250.5, 1250]),
        (["1 250,500", "1,250"], [1250.5, 1.25]),
        (["1'250.5", "1.250"], [1250.5, 1.25]),
        (["1.250e3", "1.250"], [1250, 1.25]),
        (["0.5", "1,5"], [0.5, 1.5]),
        (["0.5", "1,5", "1,250"], [0.5, 1.5, "?"]),
        (["1,5", "1,250.5"], [1.5, "?"]),
        (["1,5", "1,250,000"], [1.5, "?"]),
        (["1e-06", "2e+00", "2E3", "-3", "+4"], [1e-6, 2, 2000, -3, 4]),
        (["５", "１２，５"], [5, 12.5]),
        ([1.25, 2, "1,250"], [1.25, 2, "?"]),
    ],
)  # fmt: skip
def test_a_column_has_one_decimal_mark(cells, values):
    assert read(*cells) == values


@pytest.mark.parametrize("mark", [*SPACES.values(), *APOSTROPHES.values()], ids=[*SPACES, *APOSTROPHES])
def test_thousands_may_be_grouped_by_a_space_or_an_apostrophe(mark):
    assert read(f"1{mark}250", f"12{mark}345{mark}678,5", "980") == [1250, 12345678.5, 980]


@pytest.mark.parametrize(
    "text", ["", " ", "12%", "$5", "5 сум", "1 25", "1,25,000", "1 250'000", "12 34", "5,", "5.", "1e", "nan", "inf",
             "1e999", "9" * 400, "٣", "5-6", None, True, float("nan"), float("inf")],
)  # fmt: skip
def test_what_is_no_number_is_none(text):
    assert read(text, "1") == [None, 1]


@pytest.mark.parametrize(("decimal", "value"), [(".", 1250), (",", 1.25)])
def test_a_known_mark_decides(decimal, value):
    assert read("1,250", decimal=decimal) == [value]


def test_a_known_mark_refuses_the_other():
    assert read("0.98", "0,98", decimal=",") == [None, 0.98]


@pytest.mark.parametrize("cell", [1.125, 0.5, 1e-7])
def test_a_typed_number_needs_no_evidence(cell):
    assert read(clean(cell_text(cell))) == [cell]


@given(st.lists(st.floats(0.001, 0.999).map(lambda x: round(x, 3)), min_size=1), st.integers(1, 999))
def test_a_number_below_one_decides_for_all(small, whole):
    cells = [f"{x:.3f}" for x in small] + [f"{whole}.250"]
    assert read_numbers(cells).values == pytest.approx([*small, whole + 0.25])
    commas = [cell.replace(".", ",") for cell in cells]
    assert np.array_equal(read_numbers(commas).values, read_numbers(cells).values)


@given(st.lists(st.integers(0, 10**9), min_size=1), st.sampled_from([" ", "'", "\u00a0"]))
def test_grouped_whole_numbers_are_read_back(numbers, mark):
    assert read(*(f"{number:,}".replace(",", mark) for number in numbers)) == numbers


def test_both_numbers_are_named():
    assert unclear_number("1,250") == unclear_number("1.250") == "which may be 1250 or 1.25"
    assert unclear_number("1,250.5") == "while other cells use the same mark in another way"


def test_numbers_without_a_leading_zero_are_read_as_spss_writes_them():
    assert read_numbers([".850", "1.25", ".5"]).values.tolist() == [0.85, 1.25, 0.5]
    assert read_numbers([",850", "1,25"]).values.tolist() == [0.85, 1.25]
