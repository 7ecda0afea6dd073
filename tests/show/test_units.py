"""Units: every term of every method has one, and numbers are written by it."""

import pytest

from cxkit.methods import METHODS
from cxkit.show.language import language
from cxkit.show.units import INDEX, POINTS, SCALE_POINTS, SHARE, unit_of

EN = language("en")


@pytest.mark.parametrize(
    ("method", "term", "shown"),
    [("semantic_differential", "distance_share_a_b", "33%"), ("semantic_differential", "distance_a_b", "0.33"),
     ("semantic_differential", "closer_a_b", "33%"), ("csi_tree", "total_weight", "33%"),
     ("csi_tree", "priority", "0.3"), ("csi_tree", "change_scores", "+0.3"), ("nps", "flow_to_promoters", "33%"),
     ("nps", "nps", "0"), ("scaling", "net_box", "+33"), ("scaling", "mean", "0.33")],
)  # fmt: skip
def test_a_number_stands_in_the_unit_of_its_term(method, term, shown):
    assert METHODS[method].views.unit(term).show(EN, 0.3333) == shown


@pytest.mark.parametrize(
    ("lang", "shown"), [("en", "+5 pp"), ("ru", "+5 п. п."), ("uz", "+5 f. p."), ("uz_Cyrl", "+5 ф. п.")]
)
def test_a_difference_of_shares_is_in_percentage_points_with_its_sign(lang, shown):
    assert SHARE.show(language(lang), 0.051, difference=True) == shown
    assert SHARE.show(language("en"), -0.051, difference=True) == "−5 pp"


def test_a_comparison_has_the_unit_of_what_it_compares():
    assert unit_of("top_box_vs_rest", {}) is SHARE
    assert METHODS["semantic_differential"].views.unit("mean_own_vs_rest").show(EN, 0.5, difference=True) == "+0.50"


def test_a_term_that_nobody_declares_is_refused():
    with pytest.raises(LookupError, match='The term "luck" has no unit; declare it in UNITS of its method'):
        unit_of("luck", {})


@pytest.mark.parametrize(
    ("unit", "value", "en", "ru"),
    [
        (POINTS, 26.4, "+26 points", "+26 пунктов"), (POINTS, -1.3, "−1 point", "−1 пункт"),
        (POINTS, 0.44, "+0.4 points", "+0,4 пункта"), (POINTS, -0.44, "−0.4 points", "−0,4 пункта"),
        (POINTS, 0.0, "0 points", "0 пунктов"), (INDEX, 3.24, "+3.2", "+3,2"), (INDEX, -0.04, "−0.04", "−0,04"),
        (SCALE_POINTS, 0.4, "+0.40", "+0,40"), (SCALE_POINTS, 0.004, "+0.004", "+0,004"),
        (SHARE, -0.051, "−5 pp", "−5 п. п."),
    ],
)  # fmt: skip
def test_a_change_bears_its_sign_and_as_many_digits_as_it_takes(unit, value, en, ru):
    assert unit.change(EN, value) == en
    assert unit.change(language("ru"), value).replace("\u00a0", " ") == ru
