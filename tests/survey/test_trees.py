"""Trees from nested settings: their order, their weights, and one sentence for everything that makes no tree."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cxkit as cx
from cxkit.errors import SettingsError
from cxkit.survey.trees import LEVELS, Node, read_tables, read_tree, tree_items, with_weights

YAML = """
name: all
children:
  - name: price
    weight: 0.4
    item: fair
  - name: service
    weight: 0.6
    importance: imp_service
    text: {en: Service, ru: Сервис}
    children:
      - {name: staff, weight: 0.5, item: polite}
      - {name: stock, weight: 0.5, operation: availability, table: short, where: {year: 2026}}
"""


def leaf(name="price", **more):
    return {"name": name, "item": "q", **more}


def root(*children, **more):
    return {"name": "all", "children": list(children), **more}


def weighted(*weights, names="abcdefgh"):
    return root(*(leaf(name, weight=weight) for name, weight in zip(names, weights, strict=False)))


def given_weights(spec, kind="expert", normalise=False, stated=False):
    return with_weights(read_tree(spec), kind, normalise, stated)


def test_nodes_stand_in_the_order_written_parents_before_children():
    tree = read_tree(YAML)
    assert [(n.name, n.parent, n.depth, n.children) for n in tree] == [
        ("all", -1, 0, (1, 2)),
        ("price", 0, 1, ()),
        ("service", 0, 1, (3, 4)),
        ("staff", 2, 2, ()),
        ("stock", 2, 2, ()),
    ]
    assert tree[2] == Node(
        "service", 0, 1, 0.6, "imp_service", "", "", "", {}, {"en": "Service", "ru": "Сервис"}, (3, 4)
    )
    assert (tree[4].operation, tree[4].table, tree[4].where) == ("availability", "short", {"year": "2026"})
    assert np.isnan(tree[0].weight)


def test_items_of_leaves_come_before_items_of_importance_and_each_stands_once():
    assert tree_items(YAML) == ["fair", "polite", "imp_service"]
    assert tree_items(root(leaf("a", importance="i"), leaf("b", importance="i"))) == ["q", "i"]


def test_a_tree_of_one_leaf_is_a_tree():
    assert [(n.name, n.item, n.children) for n in read_tree(leaf())] == [("price", "q", ())]


def test_written_weights_are_those_of_the_siblings_and_the_root_has_1():
    assert given_weights(YAML) == pytest.approx([1, 0.4, 0.6, 0.5, 0.5], abs=1e-15)


def test_equal_weights_are_one_over_the_number_of_siblings():
    assert given_weights(YAML, "equal") == pytest.approx([1, 0.5, 0.5, 0.5, 0.5], abs=1e-15)
    assert given_weights(root(leaf("a"), leaf("b"), leaf("c")), "equal")[1:] == pytest.approx([1 / 3] * 3, abs=1e-15)


# .25 + .35 + .15 + .15 = .90
NINETY = (0.25, 0.35, 0.15, 0.15)


def test_weights_that_sum_to_90_percent_are_refused_with_the_node_and_the_sum():
    with pytest.raises(SettingsError, match=r'below "all" sum to 0\.9 \(a 0\.25, b 0\.35, c 0\.15, d 0\.15\), '
                                            r"expected 1; correct them or set normalise to true\.$"):  # fmt: skip
        given_weights(weighted(*NINETY))


def test_weights_that_sum_to_90_percent_are_shares_of_it_when_normalised():
    found = given_weights(weighted(*NINETY), normalise=True)
    assert found == pytest.approx([1, 25 / 90, 35 / 90, 15 / 90, 15 / 90], abs=1e-15)


@pytest.mark.parametrize(("off", "fits"), [(0.9e-6, True), (-0.9e-6, True), (1.1e-6, False), (-1.1e-6, False)])
def test_a_sum_of_weights_may_be_off_by_a_millionth(off, fits):
    spec = weighted(0.5, 0.5 + off)
    if fits:
        assert sum(given_weights(spec)[1:]) == pytest.approx(1, abs=1e-15)
    else:
        with pytest.raises(SettingsError, match='below "all" sum to'):
            given_weights(spec)


def test_the_sum_is_checked_below_every_node():
    with pytest.raises(SettingsError, match=r'below "inner" sum to 0\.7 '):
        given_weights(root(leaf("a", weight=0.5), {**root(leaf("b", weight=0.7)), "name": "inner", "weight": 0.5}))


def test_weights_that_are_all_zero_cannot_be_normalised():
    with pytest.raises(SettingsError, match=r'below "all" sum to 0 \(a 0, b 0\), expected 1; correct them\.$'):
        given_weights(weighted(0, 0), normalise=True)


@pytest.mark.parametrize("normalise", [False, True])
def test_a_node_without_a_weight_is_an_error(normalise):
    with pytest.raises(SettingsError, match='node "b" has no weight; give one, or set weights to "equal"'):
        given_weights(root(leaf("a", weight=0.5), leaf("b")), normalise=normalise)


def test_stated_siblings_need_no_written_weight_and_the_others_do():
    stated = root(leaf("a", importance="i"), leaf("b", importance="j"))
    assert given_weights(stated, stated=True) == [1, 1, 1]
    inner = {"name": "c", "importance": "k", "children": [leaf("d")]}
    with pytest.raises(SettingsError, match='node "d" has no weight'):
        given_weights(root(leaf("a", importance="i"), inner), stated=True)


@settings(deadline=None, derandomize=True)
@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=8))
def test_normalised_weights_keep_their_ratios_and_sum_to_one(weights):
    found = given_weights(weighted(*weights), normalise=True)[1:]
    assert sum(found) == pytest.approx(1, abs=1e-12)
    assert np.outer(found, weights) == pytest.approx(np.outer(weights, found), abs=1e-10)


def looped():
    inner = {"name": "inner", "children": []}
    inner["children"].append({"name": "deeper", "children": [inner]})
    return root(leaf("a"), inner)


def itself():
    spec = root(leaf("a"))
    spec["children"].append(spec)
    return spec


WRONG = {
    "cycle": (looped(), 'node "inner" contains itself; a tree has no cycle'),
    "root in itself": (itself(), 'node "all" contains itself'),
    "duplicate name": (root(leaf("a"), leaf("b"), leaf("a")), 'two nodes named "a"; give each a name of its own'),
    "name of its parent": (root(leaf("all")), 'two nodes named "all"'),
    "empty node": (root({"name": "a"}), 'node "a" is empty; give it either children, an item or an operation'),
    "no children": (root(), 'node "all" is empty'),
    "both": (root(leaf("a", children=[leaf("b")])), 'node "a" has children and item; give it either'),
    "item and operation": (root(leaf("a", operation="availability")), 'node "a" has item and operation'),
    "negative weight": (root(leaf("a", weight=-0.1)), r'node "a" has the weight -0\.1; give a number of 0 or more'),
    "weight as text": (root(leaf("a", weight="0.5")), """node "a" has the weight '0.5'; give a number"""),
    "weight true": (root(leaf("a", weight=True)), 'node "a" has the weight True; give a number'),
    "weight without end": (root(leaf("a", weight=float("inf"))), 'node "a" has the weight inf; give a number'),
    "weight undefined": (root(leaf("a", weight=float("nan"))), 'node "a" has the weight nan; give a number'),
    "weight left empty": (root(leaf("a", weight=None)), 'node "a" has the weight None; give a number'),
    "no table": (root({"name": "a", "operation": "availability"}), 'node "a" names no table'),
    "unknown key": (root(leaf("a", wieght=1)), 'node "a" has the unknown key "wieght"; did you mean "weight"'),
    "children as text": (root({"name": "a", "children": "b, c"}), 'node "a" has children that are no list'),
    "children as mapping": (root({"name": "a", "children": {"b": 1}}), 'node "a" has children that are no list'),
    "text as text": (root(leaf("a", text="Price")), """node "a" has text: 'Price'; give lines of "key: value"."""),
    "where as list": (root(leaf("a", where=["A"])), 'node "a" has where: '),
    "child as text": (root("price"), "A node of the tree is 'price'; give each node a name"),
    "no name": (root({"item": "q"}), "A node of the tree is {'item': 'q'}; give each node a name"),
    "name a number": (root({"name": 7, "item": "q"}), "give each node a name"),
    "nothing": ({}, r"tree is empty or no YAML mapping; give nested lines such as name: \.\.\., children:"),
    "none": (None, "tree is empty or no YAML mapping"),
    "a list": ([leaf()], "tree is empty or no YAML mapping"),
    "a number": (5, "tree is empty or no YAML mapping"),
    "empty text": ("", "tree is empty or no YAML mapping"),
    "no YAML": ("name: [all", "tree is empty or no YAML mapping"),
    "a path": ("trees/bank.yml", "tree is empty or no YAML mapping"),
    "an anchor": ("name: all\nchildren: [&a {name: b, item: q}, *a]", "tree is empty or no YAML mapping"),
    "a key twice": ("name: all\nname: b\nitem: q", "tree is empty or no YAML mapping"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_makes_no_tree_is_an_error_in_one_sentence(kind):
    spec, text = WRONG[kind]
    with pytest.raises(SettingsError, match=text) as told:
        read_tree(spec)
    assert str(told.value).count(". ") == 0
    assert len(str(told.value)) < 200


def test_a_long_node_without_a_name_is_shortened_in_the_error():
    with pytest.raises(SettingsError, match=r"is \{'item': 'qqqq.*\.\.\.; give"):
        read_tree(root({"item": "q" * 500}))


def test_one_child_object_in_two_places_is_a_name_twice_and_no_cycle():
    shared = leaf("a")
    with pytest.raises(SettingsError, match='two nodes named "a"'):
        read_tree(root({"name": "x", "children": [shared]}, {"name": "y", "children": [shared]}))


@pytest.mark.parametrize("name", ["bank", "shop", "dairy"])
def test_trees_of_the_samples_have_weights_that_sum_to_one(name):
    tree = read_tree(cx.section("tree", f"sample:{name}"))
    weights = with_weights(tree, "expert", normalise=False)
    for node in tree:
        if node.children:
            assert sum(weights[k] for k in node.children) == pytest.approx(1, abs=1e-12)


def test_tables_are_rows_or_files_beside_the_survey(tmp_path):
    (tmp_path / "books").mkdir()
    (tmp_path / "books" / "sales.csv").write_text("class;previous;current\nA;10;9,5\nB;7;\n", encoding="utf-8")
    rows = [{"previous": 5, "current": 4}]
    found = read_tables({"here": rows, "there": "books/sales.csv"}, tmp_path / "survey.csv")
    assert found["here"] is rows
    assert found["there"][0] == {"class": "A", "previous": "10", "current": "9,5"}
    assert not found["there"][1]["current"]
    assert len(found["there"]) == 2


def test_a_table_file_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(cx.CxError, match=r"sales\.csv"):
        read_tables({"sales": "sales.csv"}, tmp_path / "survey.csv")


def test_an_absolute_path_of_a_table_is_an_error_that_does_not_repeat_it(tmp_path):
    with pytest.raises(SettingsError, match='table "sales" has an absolute path; give it as seen from') as told:
        read_tables({"sales": str(tmp_path / "sales.csv")}, tmp_path / "survey.csv")
    assert str(tmp_path) not in str(told.value)


def chain(levels):
    """A node above one above one, with so many levels of nodes."""
    node = {"name": f"n{levels}", "item": "q"}
    for k in reversed(range(1, levels)):
        node = {"name": f"n{k}", "children": [node]}
    return node


def yaml_chain(levels):
    inner = "".join(f"name: n{k}, children: [{{" for k in range(1, levels))
    return f"{{{inner}name: n{levels}, item: q{'}]' * (levels - 1)}}}"


@pytest.mark.parametrize("write", [chain, yaml_chain])
def test_a_chain_of_nodes_may_have_fifty_levels(write):
    tree = read_tree(write(LEVELS))
    assert [node.depth for node in tree] == list(range(LEVELS))
    for levels in (LEVELS + 1, 100, 3_000):
        with pytest.raises(SettingsError, match=r"[Tt]he tree has more than 50 levels of nodes; "):
            read_tree(write(levels))


@pytest.mark.parametrize("key", ["weight", "text", "where", "item", "table", "name", "wieght"])
def test_no_part_of_a_node_may_be_deep(key):
    deep = []
    for _ in range(3_000):
        deep = [deep]
    with pytest.raises(SettingsError) as told:
        read_tree(root({**leaf("a"), key: deep}))
    assert len(str(told.value)) < 200
