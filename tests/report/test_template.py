"""Templates and their parameters: found, listed, checked and read from a command line, all before a kernel starts."""

import ast
import contextlib
import re
from pathlib import Path

import nbformat
import pytest

from cxkit.errors import SettingsError
from cxkit.methods import METHODS
from cxkit.report.template import (
    TYPES,
    check_parameters,
    find_template,
    located,
    needs_data,
    own_values,
    parse_parameter,
    template_options,
    template_parameters,
    with_options,
)
from cxkit.show.language import LANGUAGES
from cxkit.survey.yamlfile import DEPTH

LINE = re.compile(r"(?P<name>\w+): (?P<type>\w+) = (?P<default>.+?)  # (?P<help>.+)")


def parameter_lines(method):
    """The lines of a template's parameters cell, read without papermill."""
    notebook = nbformat.read(find_template(method), as_version=4)
    cell = next(cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", []))
    return cell.source.splitlines()


def own_template(folder, lines, name="mine"):
    cell = nbformat.v4.new_code_cell("\n".join(lines), metadata={"tags": ["parameters"]})
    notebook = nbformat.v4.new_notebook(cells=[cell])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = folder / f"{name}.ipynb"
    nbformat.write(notebook, path)
    return path


@pytest.fixture(scope="module")
def nps():
    return find_template("nps")


@pytest.mark.parametrize("method", METHODS)
def test_every_parameter_is_listed_with_type_default_and_help(method):
    known = template_parameters(find_template(method))
    lines = [LINE.fullmatch(line) for line in parameter_lines(method)]
    assert all(lines), parameter_lines(method)
    assert list(known) == [line["name"] for line in lines]
    for line in lines:
        found = known[line["name"]]
        assert (found["inferred_type_name"], found["default"], found["help"].strip()) == (
            line["type"],
            line["default"],
            line["help"],
        )


@pytest.mark.parametrize("method", METHODS)
def test_every_default_is_a_plain_value_of_its_own_type(method):
    template = find_template(method)
    for name, known in template_parameters(template).items():
        assert known["inferred_type_name"] in TYPES, name
        assert check_parameters(template, {name: ast.literal_eval(known["default"])})


@pytest.mark.parametrize("method", METHODS)
def test_both_templates_share_the_parameters_of_reading_and_reporting(method):
    shared = {"data_path", "codebook", "where", "by", "wave", "weight", "lang", "client", "out", "options"}
    seldom = {"respondent", "sheet", "encoding", "delimiter", "level", "correction", "min_base", "flag_base", "seed"}
    assert seldom <= set(template_options(find_template(method)))
    assert shared <= set(template_parameters(find_template(method)))


def test_a_method_finds_its_template_and_a_path_finds_its_file(tmp_path):
    assert find_template("scaling").name == "scaling.ipynb"
    own = own_template(tmp_path, ['lang: str = "en"  # language'])
    assert find_template(str(own)) == own.resolve()


def test_an_own_template_by_relative_path_becomes_absolute(tmp_path, monkeypatch):
    own = own_template(tmp_path, ['lang: str = "en"  # language'])
    monkeypatch.chdir(tmp_path)
    assert find_template("mine.ipynb") == own.resolve()


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("npss", 'no method "npss"; did you mean "nps"?'),
        ("", f"known are: {', '.join(sorted(METHODS))}"),
        ("../nps", 'no method "../nps"'),
    ],
)
def test_an_unknown_method_is_refused_with_the_near_one(method, words):
    with pytest.raises(SettingsError, match=re.escape(words)):
        find_template(method)


def test_an_absent_own_template_is_named_without_its_folder(tmp_path):
    with pytest.raises(SettingsError, match=r'^The template "gone\.ipynb" was not found') as caught:
        find_template(str(tmp_path / "gone.ipynb"))
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.parametrize("content", ["no notebook at all", "{}"])
def test_an_own_template_that_is_no_notebook_is_refused_in_a_sentence(content, tmp_path):
    path = tmp_path / "broken.ipynb"
    path.write_text(content)
    with pytest.raises(SettingsError, match=r'"broken'):
        check_parameters(find_template(str(path)), {"lang": "en"})


def test_an_own_template_that_names_no_kernel_is_taken_or_refused_in_a_sentence(tmp_path):
    own = own_template(tmp_path, ['lang: str = "en"'])
    notebook = nbformat.read(own, as_version=4)
    del notebook.metadata["kernelspec"]
    nbformat.write(notebook, own)
    with contextlib.suppress(SettingsError):
        assert check_parameters(own, {"lang": "uz"}) == {"lang": "uz"}


def test_an_own_template_has_only_its_own_parameters(tmp_path):
    own = own_template(tmp_path, ['lang: str = "en"  # language', "depth: int = 3"])
    found = template_parameters(own)
    depth = found["depth"]
    assert (depth["inferred_type_name"], depth["default"], depth["help"]) == ("int", "3", "")
    assert check_parameters(own, {"depth": 4, "lang": "uz"}) == {"depth": 4, "lang": "uz"}
    with pytest.raises(SettingsError, match='"mine" has no parameter "score"'):
        check_parameters(own, {"score": "q"})


def test_a_template_without_a_parameters_cell_has_no_parameters(tmp_path):
    path = tmp_path / "none.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")]), path)
    with pytest.raises(SettingsError, match='"none" has no parameter "lang"'):
        check_parameters(path, {"lang": "en"})


def test_good_parameters_pass_unchanged(nps):
    good = {
        "score": "q", "scale": [1, 10], "level": 1, "min_base": 5, "where": {"a": "1", "b": ["x", None, True]},
        "lang": "uz_Cyrl", "comment": "ʻ ў 😀 \t",
    }  # fmt: skip
    before = {**good}
    assert check_parameters(nps, good) == before == good
    assert check_parameters(nps, {}) == {}


@pytest.mark.parametrize(("name", "near"), [("scor", "score"), ("Lang", "lang"), ("min_bse", "min_base")])
def test_an_unknown_parameter_is_refused_with_the_near_one(name, near, nps):
    with pytest.raises(SettingsError, match=rf'"nps" has no parameter "{name}"; did you mean "{near}"\?'):
        check_parameters(nps, {name: "x"})


def test_a_parameter_far_from_all_is_refused_with_the_known_ones(nps):
    with pytest.raises(SettingsError, match=r'no parameter "zzz"; known are: data_path, codebook, score, scale'):
        check_parameters(nps, {"zzz": "x"})


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("score", 7, "str"),
        ("score", None, "str"),
        ("score", ["q"], "str"),
        ("seed", "1", "int"),
        ("seed", 1.0, "int"),
        ("seed", True, "int"),
        ("level", "0.9", "float"),
        ("level", False, "float"),
        ("scale", "[1, 10]", "list"),
        ("waves", "2025", "list"),
        ("where", [["a", "b"]], "dict"),
    ],
)
def test_a_value_of_another_type_is_refused_with_the_expected_one(name, value, expected, nps):
    with pytest.raises(SettingsError, match=f'The parameter "{name}" of "nps" is .*; expected {expected}, such as'):
        check_parameters(nps, {name: value})


def test_a_flag_takes_only_true_or_false(tmp_path):
    own = own_template(tmp_path, ["flag: bool = True"])
    assert check_parameters(own, {"flag": False}) == {"flag": False}
    for value in (1, 0, "true", None):
        with pytest.raises(SettingsError, match="expected bool"):
            check_parameters(own, {"flag": value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("level", float("nan")),
        ("level", float("inf")),
        ("scale", [1, float("-inf")]),
        ("where", {"a": {"b": float("nan")}}),
        ("where", {1: "a"}),
        ("where", {"a": (1, 2)}),
        ("where", {"a": Path("x")}),
        ("comment", "\ud800"),
    ],
    ids=ascii,
)
def test_a_value_that_papermill_would_change_or_break_is_refused(name, value, nps):
    with pytest.raises(SettingsError, match=f'The parameter "{name}" holds .*give text, finite numbers'):
        check_parameters(nps, {name: value})


def test_only_the_four_languages_are_known(nps):
    assert [check_parameters(nps, {"lang": lang})["lang"] for lang in LANGUAGES] == ["en", "ru", "uz", "uz_Cyrl"]
    for lang in ("EN", "de", "", "uz-Cyrl", "en_US"):
        with pytest.raises(SettingsError, match=f'There is no language "{lang}"'):
            check_parameters(nps, {"lang": lang})


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("score=007", "score", "007"),
        ("score=NO", "score", "NO"),
        ("score=", "score", ""),
        ("score=[a, b]", "score", "[a, b]"),
        ("score=a=b", "score", "a=b"),
        ("seed=12", "seed", 12),
        ("seed=-3", "seed", -3),
        ("level=0.9", "level", 0.9),
        ("scale=[1, 10]", "scale", [1, 10]),
        (
            'where={country: UZ, code: "01", id: 007, n: 5}',
            "where",
            {"country": "UZ", "code": "01", "id": "007", "n": 5},
        ),
        ("where={}", "where", {}),
    ],
)
def test_a_setting_of_the_command_line_is_read_by_the_type_of_its_parameter(text, name, value, nps):
    read = parse_parameter(nps, text)
    assert read == (name, value)
    assert type(read[1]) is type(value)
    assert check_parameters(nps, dict([read])) == {name: value}


def test_a_flag_of_the_command_line_is_true_or_false(tmp_path):
    own = own_template(tmp_path, ["flag: bool = True"])
    assert parse_parameter(own, "flag=false") == ("flag", False)
    assert parse_parameter(own, "flag=true") == ("flag", True)
    with pytest.raises(SettingsError, match="expected bool"):
        check_parameters(own, dict([parse_parameter(own, "flag=yes")]))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("score", "is not written as name=value"),
        ("scor=q", 'did you mean "score"?'),
        ("=5", 'has no parameter ""'),
        ("scale=[1, 10", "cannot be read; expected list"),
        ("where={a: 1, a: 2}", "cannot be read; expected dict"),
    ],
)
def test_a_setting_that_cannot_be_read_is_refused(text, words, nps):
    with pytest.raises(SettingsError, match=re.escape(words)) as caught:
        parse_parameter(nps, text)
    assert text in str(caught.value) or f'"{text.partition("=")[0]}"' in str(caught.value)


@pytest.mark.parametrize("text", ["seed=007", "seed=1.0", "seed=", "level=.nan", "level=much", "scale=5", "where=a"])
def test_a_setting_of_a_wrong_type_is_refused_by_the_check_that_follows(text, nps):
    with pytest.raises(SettingsError, match="; expected "):
        check_parameters(nps, dict([parse_parameter(nps, text)]))


OWN = (
    'data_path: str = "in/survey.csv"',
    'codebook = "../book.yml"  # of all studies',
    'where: dict = {"wave": "2",',
    '               "segment": "x"}',
    'tables: dict = {"sales": "sales.csv"}',
    'lang: str = "ru"',
    "level: float = 0.9",
    'client = out = "mine"',
)


def test_a_notebook_of_one_s_own_says_its_data_as_seen_from_its_folder(tmp_path, monkeypatch):
    (tmp_path / "study").mkdir()
    own = own_template(tmp_path / "study", OWN)
    monkeypatch.chdir(tmp_path)
    for path in (str(own), "study/mine.ipynb"):
        assert own_values(path) == {
            "data_path": str(tmp_path / "study" / "in" / "survey.csv"), "codebook": str(tmp_path / "book.yml"),
            "where": {"wave": "2", "segment": "x"}, "tables": {"sales": "sales.csv"}, "lang": "ru",
        }  # fmt: skip
        assert not needs_data(path)


@pytest.mark.parametrize(
    ("lines", "found", "needs"),
    [
        (['data_path = ""', 'codebook = ""', 'lang = ""', "where = {}"], {"codebook": ""}, True),
        (['data_path = "sample:bank"', "codebook = None"], {"data_path": "sample:bank"}, False),
        (['data_path = "a.csv"', 'data_path = "sample:shop"'], {"data_path": "sample:shop"}, False),
        (['data_path = "a" + ".csv"', "lang = LANG", "where = [1]"], {}, False),
        (["import os", 'data_path = os.environ.get("X")', 'where = {"a": os.name}'], {}, False),
        (['lang = "uz"', "lang = os.name"], {}, False),
        (["data_path <- 'a.csv'"], {}, False),
        ([], {}, False),
    ],
)
def test_only_what_can_be_read_without_running_it_is_taken_from_a_notebook(lines, found, needs, tmp_path):
    own = str(own_template(tmp_path, lines))
    assert own_values(own) == found
    assert needs_data(own) is needs


@pytest.mark.parametrize("method", METHODS)
def test_the_house_s_templates_have_no_data_of_their_own(method):
    assert own_values(method) == {"codebook": ""}
    assert needs_data(method)


def test_a_path_is_seen_from_a_folder(tmp_path):
    assert located("../a.csv", tmp_path / "b") == str(tmp_path / "a.csv")
    for path in ("", "sample:bank", "https://example.com/a.csv", str(tmp_path)):
        assert located(path, tmp_path / "b") == path


def test_what_is_nested_too_deep_is_refused_before_it_is_shown(tmp_path):
    deep = {}
    for _ in range(3_000):
        deep = {"a": [deep]}
    own = own_template(tmp_path, ["where = {}", "items = []", 'text = ""'])
    for name, value in (("where", deep), ("items", [deep]), ("text", deep)):
        with pytest.raises(SettingsError, match=f'^In the parameter "{name}" of "mine" lists .* {DEPTH} levels deep'):
            check_parameters(own, {name: value})
    with pytest.raises(SettingsError, match=f'^In the setting "where" lists .* more than {DEPTH} levels deep'):
        parse_parameter(own, "where=" + "{a: " * 3_000 + "1" + "}" * 3_000)
    (tmp_path / "deep.ipynb").write_text('{"cells": [], "metadata": {"a": ' + "[" * 30_000 + "]" * 30_000 + "}}")
    with pytest.raises(SettingsError, match=f'^In the template "deep.ipynb" lists .* {DEPTH} levels deep'):
        template_parameters(tmp_path / "deep.ipynb")


def test_what_moved_into_options_is_reached_by_the_same_words(nps):
    assert parse_parameter(nps, "level=0.9") == ("level", 0.9)
    assert parse_parameter(nps, "sheet=0.9") == ("sheet", "0.9")
    assert with_options(nps, {"score": "q", "level": 0.9}) == {"score": "q", "options": {"level": 0.9}}
    with pytest.raises(SettingsError, match='has no parameter "levle"; did you mean "level"'):
        check_parameters(nps, {"options": {"levle": 1}})
    with pytest.raises(SettingsError, match=r'"seed" of "nps" is 1\.5; expected int, such as 1'):
        check_parameters(nps, {"options": {"seed": 1.5}})


def test_options_of_a_notebook_of_one_s_own_stay_but_for_what_is_said(tmp_path):
    own = own_template(tmp_path, ['options: dict = {"level": 0.8, "seed": 7}'])
    assert with_options(own, {"options": {"level": 0.9}})["options"] == {"level": 0.9, "seed": 7}
    assert with_options(own, {}) == {}


def test_a_template_without_options_takes_no_further_name(tmp_path):
    own = own_template(tmp_path, ['score: str = "q"'])
    with pytest.raises(SettingsError, match='has no parameter "level"'):
        check_parameters(own, {"level": 0.9})
    assert with_options(own, {"level": 0.9}) == {"level": 0.9}
