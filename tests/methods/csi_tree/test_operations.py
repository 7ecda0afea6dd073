"""Operational levels against hand-worked arithmetic, printed intervals and the identities of their formulas."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxkit.errors import DataError, SettingsError
from cxkit.methods.csi_tree.operations import KINDS, level

Z = 1.959963985
QUALITY = [
    {"good": good, "turnover": turnover, "criterion": criterion, "weight": weight, "own": own, "competitor": other}
    for good, turnover, criterion, weight, own, other in [
        ("milk", 60, "taste", 3, 8, 9),
        ("milk", 60, "pack", 1, 6, 7),
        ("kefir", 40, "taste", 3, 9, 8),
        ("kefir", 40, "pack", 1, 5, 8),
    ]
]


def rows(columns, *values):
    return [dict(zip(columns.split(), row, strict=True)) for row in values]


def experts(*own_and_competitor):
    base = {"good": "milk", "turnover": 5, "criterion": "taste", "weight": 1}
    return [
        {**base, "expert": name, "own": own, "competitor": other}
        for name, (own, other) in enumerate(own_and_competitor)
    ]


def test_milk_of_the_source_is_97_6_of_the_ideal_price():
    found = level("price_level", rows("own competitor", (8200, 8003)))
    assert found.value == pytest.approx(100 * 8003 / 8200, rel=1e-15)
    assert round(found.value, 1) == 97.6
    assert np.isnan([found.low, found.high, found.n]).all()
    assert found.variance == 0


@pytest.mark.parametrize(
    ("kind", "table", "value"),
    [
        # dearer 100 * 80/100 = 80 and cheaper 100: the plain mean is (80 + 100) / 2
        ("price_level", rows("own competitor", (100, 80), (50, 60)), 90),
        # ... and by turnover (3 * 80 + 1 * 100) / 4
        ("price_level", rows("own competitor turnover", (100, 80, "0,75"), ("50", "60.0", 0.25)), 85),
        # 7 of 10 + 30 came back: 100 * 33 / 40
        ("defect_level", rows("shipped returned", (10, 4), ("30", "3")), 82.5),
        # milk 8 * 3/4 + 6 * 1/4 = 7.5 v 9 * 3/4 + 7 * 1/4 = 8.5; kefir 9 * 3/4 + 5 * 1/4 = 8 v 8;
        # own .6 * 7.5 + .4 * 8 = 7.7, competitor .6 * 8.5 + .4 * 8 = 8.3
        ("goods_quality", QUALITY, 100 * 7.7 / 8.3),
        # kefir alone: 8 against 8
        ("goods_quality", QUALITY[2:], 100),
        # 570 sold, 30 short: 100 * 570 / 600
        ("availability", rows("turnover shortage", (500, 30), (70, 0)), 95),
        # 450 after 500 falls to 90 although one row grew; 500 after 450 is capped
        ("sales_dynamics", rows("previous current", (400, 300), (100, 150)), 90),
        ("sales_dynamics", rows("previous current", (450, 500)), 100),
        ("customer_dynamics", rows("previous current", (80, 60), (20, 15)), 75),
    ],
)
def test_hand_worked_levels(kind, table, value):
    assert level(kind, table).value == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("returned", "shipped", "low", "high"),
    [
        (10, 100, 0.0490, 0.1762),
        # Newcombe 1998, Statistics in Medicine 17:857, table I, Clopper-Pearson
        (81, 263, 0.2527, 0.3676),
        (15, 148, 0.0578, 0.1617),
        (0, 20, 0.0000, 0.1684),
        (1, 29, 0.0009, 0.1776),
    ],
)
def test_defect_interval_equals_the_printed_clopper_pearson(returned, shipped, low, high):
    found = level("defect_level", rows("shipped returned", (shipped, returned)))
    assert [found.low, found.high] == pytest.approx([100 * (1 - high), 100 * (1 - low)], abs=0.005)
    assert found.variance == pytest.approx(((found.high - found.low) / (2 * Z)) ** 2, rel=1e-8)
    assert found.n == shipped


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
def test_nothing_returned_has_the_closed_form_limit(confidence):
    found = level("defect_level", rows("shipped returned", (77, 0)), confidence=confidence)
    assert (found.value, found.high) == (100, 100)
    assert found.low == pytest.approx(100 * ((1 - confidence) / 2) ** (1 / 77), rel=1e-9)


def test_a_thousand_returned_of_a_thousand_million_keeps_its_interval():
    """Garwood 1936: a Poisson count of 1000 has the 95 % limits 938.97 and 1063.95; beta quantiles fail here."""
    found = level("defect_level", rows("shipped returned", (10**9, 1000)))
    assert [(100 - found.high) * 1e7, (100 - found.low) * 1e7] == pytest.approx([938.97, 1063.95], abs=0.05)


def test_ratio_of_counts_equals_the_example_of_r():
    """R, help(poisson.test): 11 in 800 v 21 in 3011 person-years has the rate ratio 0.8584264 to 4.2772659."""
    found = level("customer_dynamics", rows("previous current", (21, 11)))
    assert found.low == pytest.approx(100 * 0.8584264 * 800 / 3011, abs=1e-5)
    assert 4.2772659 * 800 / 3011 > 1
    assert found.high == 100
    assert found.n == 32


@pytest.mark.parametrize(("previous", "current"), [(100, 60), (40, 12), (300, 1), (50, 0)])
def test_ratio_of_counts_leaves_a_fortieth_in_each_tail(previous, current):
    found = level("customer_dynamics", rows("previous current", (previous, current)))
    n = previous + current

    def chance(counts, ratio):
        p = ratio / (1 + ratio)
        return sum(math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in counts)

    assert chance(range(current + 1), found.high / 100) == pytest.approx(0.025, rel=1e-6)
    if current:
        assert chance(range(current, n + 1), found.low / 100) == pytest.approx(0.025, rel=1e-6)
    else:
        assert found.low == 0


def test_interval_of_the_experts_by_hand():
    # means 8 and 9; own - 8/9 competitor = -8/9, -1/9, 9/9; se^2 = (64 + 1 + 81) / 81 / 9^2 / (3 * 2)
    found = level("goods_quality", experts((8, 10), (7, 8), (9, 9)), confidence=0.8)
    half = 100 * math.sqrt(146 / 81 / 81 / 6) * 1.885618  # t table, 2 degrees of freedom, .90
    assert found.value == pytest.approx(100 * 8 / 9, rel=1e-12)
    assert [found.low, found.high] == pytest.approx([800 / 9 - half, 100], rel=1e-6)
    assert found.n == 3


def test_interval_of_the_experts_is_symmetric_below_the_cap_and_its_variance_follows_it():
    found = level("goods_quality", experts((4, 8), (5, 9), (4, 9)))
    assert found.high - found.value == pytest.approx(found.value - found.low, rel=1e-9)
    assert found.variance == pytest.approx(((found.high - found.low) / 2 / Z) ** 2, rel=1e-8)


def test_interval_of_the_experts_holds_the_true_level_about_95_times_in_100():
    rng = np.random.default_rng(7)
    draws = rng.normal([6, 8], [0.6, 0.4], (150, 8, 2))
    found = [level("goods_quality", experts(*draw)) for draw in draws]
    assert 0.92 <= np.mean([one.low <= 75 <= one.high for one in found]) <= 0.98


@pytest.mark.parametrize("table", [experts((8, 9)), experts((8, 9), (8, 9)), experts((8, 8), (9, 9), (7, 7))])
def test_one_expert_or_none_that_differ_give_no_interval(table):
    found = level("goods_quality", table)
    assert found.value == pytest.approx(100 * table[0]["own"] / table[0]["competitor"])
    assert np.isnan([found.low, found.high, found.n]).all()
    assert found.variance == 0


def test_experts_whose_weights_differ_are_each_normalised():
    # expert 0 gives 3:1 -> own 8 * 3/4 + 4 * 1/4 = 7; expert 1 gives 10:10 -> 6; competitor 10: mean 6.5
    table = [
        {"good": "milk", "turnover": 5, "criterion": c, "weight": w, "own": own, "competitor": 10, "expert": e}
        for e, c, w, own in [(0, "taste", 3, 8), (0, "pack", 1, 4), (1, "taste", 10, 8), (1, "pack", 10, 4)]
    ]
    assert level("goods_quality", table).value == pytest.approx(65)


def test_where_keeps_the_rows_with_its_values():
    table = rows("class own competitor", ("A", 100, 80), (" a ", 100, 60), ("B", 100, 10), (None, 1, 1))
    assert level("price_level", table, where={"class": "A"}).value == pytest.approx(70)


amount, count = st.floats(0.01, 1e9), st.integers(1, 400)
price = st.floats(1000, 50_000)  # further apart they would seem to be in other units
pairs = {
    "price_level": st.fixed_dictionaries({"own": price, "competitor": price, "turnover": amount}),
    "defect_level": st.tuples(count, count).map(lambda x: {"shipped": max(x), "returned": min(x)}),
    "availability": st.fixed_dictionaries({"turnover": amount, "shortage": amount}),
    "sales_dynamics": st.fixed_dictionaries({"previous": price, "current": price}),
    "customer_dynamics": st.fixed_dictionaries({"previous": count, "current": count}),
}
ADDITIVE = ("turnover", "shipped", "returned", "shortage", "previous", "current")
MONEY = [kind for kind in KINDS if kind not in ("defect_level", "customer_dynamics")]
rating = st.floats(1, 10)


@st.composite
def tables(draw, kinds):
    kind = draw(st.sampled_from(kinds))
    if kind != "goods_quality":
        return kind, draw(st.lists(pairs[kind], min_size=1, max_size=5))
    turnover = draw(st.lists(amount, min_size=1, max_size=3))
    keys = [(g, c, e) for g in range(len(turnover)) for c in range(draw(st.integers(1, 2))) for e in range(2)]
    return kind, [
        {"good": f"g{g}", "turnover": turnover[g], "criterion": c, "expert": e, "weight": draw(rating),
         "own": draw(rating), "competitor": draw(rating)}
        for g, c, e in keys
    ]  # fmt: skip


identity = settings(deadline=None, derandomize=True, max_examples=80)


def same(first, second):
    assert list(vars(first).values()) == pytest.approx(list(vars(second).values()), abs=1e-6, nan_ok=True)


@identity
@given(tables(list(KINDS)))
def test_a_level_and_its_interval_stay_inside_0_and_100(drawn):
    found = level(*drawn)
    assert 0 <= found.value <= 100
    assert math.isnan(found.low) or 0 <= found.low <= found.value <= found.high <= 100


@identity
@given(tables(MONEY), st.sampled_from([0.001, 3, 12700]))
def test_another_currency_or_unit_changes_nothing(drawn, rate):
    kind, table = drawn
    scaled = [
        {key: x if key in ("good", "criterion", "expert") else x * rate for key, x in row.items()} for row in table
    ]
    same(level(kind, scaled), level(kind, table))


@identity
@given(tables(list(KINDS)))
def test_splitting_each_row_in_two_changes_nothing(drawn):
    kind, table = drawn
    first = [{key: x // 3 if key in ADDITIVE else x for key, x in row.items()} for row in table]
    second = [{key: x - x // 3 if key in ADDITIVE else x for key, x in row.items()} for row in table]
    for row in second if kind == "goods_quality" else []:
        row["good"] += " of the other plant"
    same(level(kind, first + second), level(kind, table))


@identity
@given(tables(list(KINDS)))
def test_as_good_as_the_competitor_or_the_period_before_is_100(drawn):
    kind, table = drawn
    equal = {"competitor": "own", "current": "previous"}
    even = [{key: row.get(equal.get(key), x) for key, x in row.items()} for row in table]
    even = [{key: 0 if key in ("returned", "shortage") else x for key, x in row.items()} for row in even]
    assert level(kind, even).value == pytest.approx(100, rel=1e-12)


AMOUNT, COUNT = "a number, 0 or more, at most 1e+18", "a whole number, 0 or more, at most 1e+10"
SUM = "a sum above 0 over the rows"
TWO = experts((8, 9), (7, 9))
PRICES = rows("own competitor", (8200, 8003), (9000, 8900))
SHIPPED, PERIODS = "shipped returned", "previous current"


def changed(table, row, **cells):
    return [*table[: row - 1], {**table[row - 1], **cells}, *table[row:]]


@pytest.mark.parametrize(
    ("kind", "table", "row", "column", "found", "expected"),
    [
        *(
            ("price_level", changed(PRICES, 2, own=cell), 2, "own", found, AMOUNT)
            for cell, found in [
                (-1, '"-1"'), ("-0,5", '"-0,5"'), (math.inf, '"inf"'), (True, '"True"'), ("8 20", '"8 20"'),
                (10**400, f'"1{"0" * 39}..."'), *dict.fromkeys([None, "  ", math.nan], "an empty cell").items(),
            ]
        ),
        ("price_level", changed(PRICES, 1, own=0), 1, "own", '"0"', "a price above 0"),
        ("price_level", changed(PRICES, 2, competitor="0"), 2, "competitor", '"0"', "a price above 0"),
        ("price_level", changed(PRICES, 2, turnover=5), 1, "turnover", "an empty cell", AMOUNT),
        ("price_level", [{**row, "turnover": 0} for row in PRICES], 1, "turnover", '"0"', SUM),
        ("defect_level", rows(SHIPPED, (9, 1), (5, 6)), 2, "returned", '"6"', "no more than was shipped in this row"),
        ("defect_level", rows(SHIPPED, (0, 0)), 1, "shipped", '"0"', SUM),
        ("defect_level", rows(SHIPPED, (10.5, 1)), 1, "shipped", '"10.5"', COUNT),
        ("defect_level", rows(SHIPPED, (10, "1,5")), 1, "returned", '"1,5"', COUNT),
        ("defect_level", rows(SHIPPED, (math.inf, 1)), 1, "shipped", '"inf"', COUNT),
        ("customer_dynamics", rows(PERIODS, (10, 9), (3, 1.5)), 2, "current", '"1.5"', COUNT),
        ("customer_dynamics", rows(PERIODS, (20000000000, 9)), 1, "previous", '"20000000000"', COUNT),
        ("customer_dynamics", rows(PERIODS, (0, 9)), 1, "previous", '"0"', SUM),
        ("sales_dynamics", rows(PERIODS, (0, 9)), 1, "previous", '"0"', SUM),
        (
            "availability", rows("turnover shortage", (0, 0)), 1, "turnover", '"0"',
            "a sum of turnover and shortage above 0",
        ),
        (
            "goods_quality", changed(QUALITY, 2, turnover=61), 2, "turnover", '"61"',
            "the same turnover in every row of the good",
        ),
        (
            "goods_quality", changed(QUALITY, 2, criterion="Taste "), 2, "criterion", '"Taste"',
            "each criterion of a good once, or once per expert in a column expert",
        ),
        (
            "goods_quality", changed(TWO, 2, criterion="smell"), 1, "criterion", '"taste"',
            "a row of each of the 2 experts for this criterion of the good",
        ),
        ("goods_quality", changed(QUALITY, 3, good=""), 3, "good", "an empty cell", "a name"),
        ("goods_quality", changed(TWO, 1, expert=None), 1, "expert", "an empty cell", "a name"),
        (
            "goods_quality", changed(TWO, 2, weight=0), 2, "weight", '"0"',
            "a sum above 0 over the criteria of the good",
        ),
        (
            "goods_quality", [{**row, "turnover": 0} for row in QUALITY], 1, "turnover", '"0"',
            "a sum above 0 over the goods",
        ),
        (
            "goods_quality", [{**row, "competitor": 0} for row in QUALITY], 1, "competitor", '"0"',
            "a rating above 0 where turnover and weight are above 0",
        ),
    ],
)  # fmt: skip
def test_a_cell_that_cannot_be_used_is_named(kind, table, row, column, found, expected):
    with pytest.raises(DataError) as error:
        level(kind, table, table="goods 2026")
    place = f'Table "goods 2026", row {row}, column "{column}"'
    assert str(error.value) == f"{place}: found {found}, expected {expected}; correct the table."


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (rows("good own", ("milk", 5)), ' has no column "competitor"; add it (found: good, own).'),
        (["own"], ", row 1: found 'own', expected \"column: value\" pairs; rewrite it."),
        *((none, " has no rows; give a list with at least one row.") for none in ([], None, {})),
    ],
)
def test_what_is_no_table_of_the_kind_is_one_sentence(table, sentence):
    with pytest.raises(DataError) as error:
        level("price_level", table, table="goods 2026")
    assert str(error.value) == 'Table "goods 2026"' + sentence


def test_an_unknown_kind_column_or_value_is_answered_with_the_known_ones():
    table = rows("class own competitor", ("A", 5, 5), ("B", 5, "?"), ("B", 5, 5), (None, 5, 5))
    for kind, where, error, sentence in [
        ("price", {}, SettingsError, 'There is no operational level "price"; did you mean "price_level"?'),
        (
            "price_level", {"clas": "A"}, SettingsError,
            'The table of "price_level" has no column "clas" to choose rows by; did you mean "class"?',
        ),
        (
            "price_level", {"class": "Z"}, DataError,
            'The table of "price_level" has no row whose class is "Z"; known are: A, B.',
        ),
        (
            "price_level", {"class": "B"}, DataError,
            f'The table of "price_level", row 2, column "competitor": found "?", expected {AMOUNT}; '
            "correct the table.",
        ),
    ]:  # fmt: skip
        with pytest.raises(error) as raised:
            level(kind, table, where=where)
        assert str(raised.value) == sentence


PRICES = [{"good": name, "own": 100 + k, "competitor": 90 + k * k} for k, name in enumerate("abcde")]
SALES = [{"shop": k, "previous": 10 + k, "current": 11 + k * k} for k in range(4)]


@pytest.mark.parametrize(
    ("kind", "table", "told"),
    [
        (
            "price_level",
            [*PRICES, {"good": "Итого", "own": 510, "competitor": 480}],
            'row 6, column "good": found "Ит',
        ),
        (
            "price_level",
            [*PRICES, {"good": "each", "own": 510, "competitor": 480}],
            'row 6, column "own": found "510"',
        ),
        ("sales_dynamics", [*SALES, {"shop": "", "previous": 46, "current": 58}], 'row 5, column "previous": found'),
        ("price_level", [*PRICES, {"good": " A", "own": 1, "competitor": 1}], 'row 6, column "good": found "A", exp'),
        (
            "price_level",
            [*PRICES, {"good": "f", "own": 1.2, "competitor": 1200}],
            'row 6, column "competitor": found',
        ),
        ("sales_dynamics", [{"previous": 12, "current": 11_000}], 'row 1, column "current": found "11000"'),
    ],
)
def test_a_total_a_good_twice_and_other_units_are_refused(kind, table, told):
    with pytest.raises(DataError) as caught:
        level(kind, table)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "table"),
    [
        ("price_level", [{**row, "shop": shop} for row in PRICES for shop in (1, 2)]),
        ("price_level", [{**row, "class": "Total"} for row in PRICES]),
        ("price_level", [{"own": 100, "competitor": 90}] * 3),
        ("sales_dynamics", [{"previous": 10, "current": 10}, {"previous": 10, "current": 10},
                            {"previous": 20, "current": 20}]),
        ("sales_dynamics", [{"previous": 12, "current": 0}]),
        ("goods_quality", changed(QUALITY, 1, criterion="Overall")),
    ],
)  # fmt: skip
def test_rows_of_their_own_are_read(kind, table):
    assert 0 <= level(kind, table).value <= 100


def test_customers_of_two_periods_are_counted_in_one_unit():
    with pytest.raises(DataError, match=r'column "current": found "4900", expected amounts in the same unit'):
        level("customer_dynamics", rows(PERIODS, (5_200_000, 4900)))
