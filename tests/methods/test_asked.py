"""What a template is asked: every name reaches reading or the method, or is refused by name."""

import pytest

import cxkit as cx
from cxkit.methods import METHODS
from cxkit.methods.asked import Asked, options_of


def test_names_are_sorted_into_reading_and_the_method():
    names = {"by": "segment", "where": {"a": 1}, "comment": "why", "client": "7", "lang": "ru", "score": "q"}
    found = cx.asked("nps", {**names, "options": {"sheet": "May", "level": 0.9, "variant": "expectation"}})
    assert found.reading == {"by": "segment", "where": {"a": 1}, "sheet": "May"}
    assert found.method == {"comment": "why", "client": "7", "level": 0.9, "variant": "expectation"}


def test_what_plain_papermill_puts_beside_the_parameters_counts_as_an_option():
    assert cx.asked("nps", {"level": 0.9, "options": {}}).method == {"level": 0.9}


def test_options_win_over_what_stands_beside():
    assert cx.asked("nps", {"seed": 1, "options": {"seed": 2}}).method == {"seed": 2}


@pytest.mark.parametrize("where", ["beside", "options"])
def test_a_name_that_nobody_reads_is_refused_with_the_nearest(where):
    names = {"levle": 0.9} if where == "beside" else {"options": {"levle": 0.9}}
    with pytest.raises(cx.SettingsError, match='no parameter and no option "levle"; did you mean "level"'):
        cx.asked("nps", names)


def test_an_option_of_another_method_is_refused():
    with pytest.raises(cx.SettingsError, match='no option "folds"'):
        cx.asked("nps", {"options": {"folds": 5}})
    with pytest.raises(cx.SettingsError, match='no option "outcome"'):  # read, but then not used
        cx.asked("nps", {"options": {"outcome": "recommend"}})


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [("level", "0.9", "float"), ("seed", True, "int"), ("waves", "2025", "list"), ("sheet", 1, "str")],
)
def test_a_value_of_another_type_is_refused_with_the_expected_one(name, value, kind):
    with pytest.raises(cx.SettingsError, match=f'"{name}" is {value!r}; expected {kind}'):
        cx.asked("nps", {"options": {name: value}})


def test_a_flag_that_papermill_left_as_text_is_refused_with_the_words_it_takes():
    with pytest.raises(cx.SettingsError, match=r'"normalise" is .true.; expected True or False'):
        cx.asked("csi_tree", {"normalise": "true"})


def test_options_that_are_no_names_and_values_are_refused():
    with pytest.raises(cx.SettingsError, match=r"The options are \[1\]; give names and values"):
        cx.asked("nps", {"options": [1]})


def test_what_a_shell_puts_into_a_notebook_is_no_setting():
    shell = {"In": ["x"], "Out": {}, "_": 3, "__name__": "__main__", "cx": cx, "exit": print}
    assert cx.asked("nps", shell) == Asked({}, {})


@pytest.mark.parametrize("method", METHODS)
def test_every_template_can_be_told_the_common_settings_and_how_to_read(method):
    assert {"level", "correction", "min_base", "flag_base", "seed", "waves", "sheet", "encoding"} <= set(
        options_of(method)
    )
