"""Path models from settings: order, ready-made models, and one sentence for everything that makes no model."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cxkit as cx
from cxkit.errors import SettingsError
from cxkit.methods.acsi_regression.models import model_items, read_model, ready_made
from cxkit.show.language import LANGUAGES

ACSI = {name: [name] for name in ("expectations", "quality", "value", "satisfaction", "complaints", "loyalty")}
THREE = {"a": ["x"], "b": ["y"], "c": ["z"]}


def pairs(model):
    return [(model.names[start], model.names[end]) for start, end in model.paths]


def test_the_acsi_model_is_that_of_fornell_and_others():
    # Fornell, Johnson, Anderson, Cha & Bryant 1996, figure 1: nine arrows.
    model = read_model(ACSI, "acsi")
    assert model.names == list(ACSI)
    assert set(pairs(model)) == {
        ("expectations", "quality"), ("expectations", "value"), ("expectations", "satisfaction"),
        ("quality", "value"), ("quality", "satisfaction"), ("value", "satisfaction"),
        ("satisfaction", "complaints"), ("satisfaction", "loyalty"), ("complaints", "loyalty"),
    }  # fmt: skip
    assert model.left_out == ()


def test_the_ecsi_model_without_complaints_is_that_of_the_bank_survey():
    # Arrows of the ECSI model as in the reference file of R's seminr (meta.arrows), which has no complaints.
    model = read_model({name: [name] for name in ("image", *ACSI) if name != "complaints"}, "ecsi")
    assert model.left_out == ("complaints",)
    assert set(pairs(model)) == {
        ("image", "expectations"), ("image", "satisfaction"), ("image", "loyalty"), ("expectations", "quality"),
        ("expectations", "value"), ("expectations", "satisfaction"), ("quality", "value"),
        ("quality", "satisfaction"), ("value", "satisfaction"), ("satisfaction", "loyalty"),
    }  # fmt: skip


def test_constructs_of_ready_made_models_have_names_in_every_language():
    for text in ready_made()["texts"].values():
        assert set(text) == set(LANGUAGES)
    assert read_model(ACSI, "acsi").constructs[1].text["ru"] == "Воспринимаемое качество"
    own = read_model({**ACSI, "quality": {"items": ["q"], "text": {"en": "Service"}}}, "acsi")
    assert own.constructs[1].text == {"en": "Service"}


def test_items_and_modes_come_in_the_order_of_the_model():
    model = read_model(
        {"loyalty": ["stay"], "service": {"items": ["s1", "s2"], "mode": "B"}}, [["service", "loyalty"]]
    )
    assert model.names == ["service", "loyalty"]
    assert model.items == ["s1", "s2", "stay"]
    assert [construct.mode for construct in model.constructs] == ["B", "A"]
    assert model_items({"loyalty": ["stay"], "service": {"items": ["s1", "s2"]}}) == ["stay", "s1", "s2"]


@given(st.permutations(range(6)), st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1))
def test_every_path_points_forward(order, drawn):
    chosen = sorted((a, b) for a, b in drawn if a < b)
    used = {k for pair in chosen for k in pair}
    if not chosen:
        return
    names = {f"c{k}": [f"i{k}"] for k in order if k in used}
    model = read_model(names, [[f"c{a}", f"c{b}"] for a, b in chosen])
    assert all(start < end for start, end in model.paths)
    assert sorted(pairs(model)) == [(f"c{a}", f"c{b}") for a, b in chosen]
    for target in range(len(model.names)):
        before = {start for start, end in model.paths if end == target}
        far = before | {k for start in before for k in model.leads_to(start)}
        assert model.leads_to(target) == sorted(far)


def test_a_single_item_may_have_the_name_of_its_construct():
    assert read_model({"quality": ["q"], "loyalty": ["loyalty"]}, [["quality", "loyalty"]]).items == ["q", "loyalty"]


@pytest.mark.parametrize(("constructs", "paths", "sentence"), [
    ({}, "acsi", "The model has no constructs; give lines such as quality: [q1, q2] in the settings or the "
                 "codebook."),
    (["a"], "acsi", "The model has no constructs; give lines such as quality: [q1, q2] in the settings or the "
                    "codebook."),
    ({**THREE, "b": []}, [["a", "b"]], 'The construct "b" has no items; name the survey columns that measure it, or '
                                       "take it out."),
    ({**THREE, "b": "y"}, [["a", "b"]], 'The construct "b" has the text "y" for items; give a list, such as ["y"].'),
    ({**THREE, "b": {"items": ["y"], "mode": "C"}}, [["a", "b"]], "The construct \"b\" has the mode 'C'; give \"A\" "
     '(items reflect it) or "B" (items form it).'),
    ({**THREE, "b": {"items": ["y"], "txt": {}}}, [["a", "b"]], 'txt'),
    ({**THREE, "a -> b": ["q"]}, [["a", "b"]], 'The construct "a -> b" has no usable name; give a text without '
                                               "arrows, such as quality."),
    ({**THREE, "b": ["x"]}, [["a", "b"]], 'The item "x" stands in "a" and "b"; let each item measure one construct, '
                                          "once."),
    ({**THREE, "b": ["y", "y"]}, [["a", "b"]], 'The item "y" stands in "b" twice; let each item measure one '
                                               "construct, once."),
    ({**THREE, "b": ["a", "y"]}, [["a", "b"]], '"a" is a construct and an item of "b"; give the construct another '
                                               "name."),
    (THREE, [["a", "b"]], 'The construct "c" is in no path; connect it, or take it out.'),
    (THREE, [["a", "b"], ["b", "c"], ["c", "a"]], "The paths run in a circle: a -> b -> c -> a; take one of them "
     "out, as effects can only be followed in one direction."),
    (THREE, [["a", "b"], ["b", "b"], ["b", "c"]], "The paths run in a circle: b -> b; take one of them out, as "
                                                  "effects can only be followed in one direction."),
    (THREE, [["a", "b"], ["b", "c"], ["a", "b"]], 'The path "a -> b" is given twice; give it once.'),
    (THREE, [["a", "d"]], 'A path names the construct "d"; known are: a, b, c.'),
    (THREE, ["ab"], "Found the path 'ab'; give [from, to], such as [[quality, satisfaction], [satisfaction, "
                    "loyalty]]."),
    (THREE, [], "The model has no paths; give acsi, ecsi, or a list of [from, to], such as [[quality, satisfaction], "
                "[satisfaction, loyalty]]."),
    (THREE, "asci", 'There is no ready-made model "asci"; did you mean "acsi"?'),
    ({"qualty": ["x"], "satisfaction": ["y"]}, "acsi", 'The model "acsi" has no construct "qualty"; did you mean '
     '"quality"? Give paths as a list of [from, to] for a model of your own.'),
])  # fmt: skip
def test_what_makes_no_model_is_one_sentence(constructs, paths, sentence):
    with pytest.raises(SettingsError) as caught:
        read_model(constructs, paths)
    assert sentence in str(caught.value)
    assert sentence == "txt" or sentence == str(caught.value)


def test_the_circle_is_found_behind_constructs_that_only_lead_into_it():
    names = {name: [f"{name}1"] for name in "abcde"}
    with pytest.raises(SettingsError, match="circle: b -> c -> d -> b;"):
        read_model(names, [["a", "b"], ["b", "c"], ["c", "d"], ["d", "b"], ["d", "e"]])


def test_the_package_offers_the_items_of_a_model():
    assert cx.model_items({"quality": ["q1"]}) == ["q1"]
