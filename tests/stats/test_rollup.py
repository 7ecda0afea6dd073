"""Rolling a tree up: identities on random trees, errors by derivative and by hand, and coverage by simulation."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxkit.stats.joint import Estimate, means
from cxkit.stats.rollup import (
    derived_weights,
    flat_weights,
    normalised,
    roll_up,
    roll_up_values,
    split_change,
    verdict,
)
from cxkit.survey.trees import read_tree
from tests.by_hand import freedom

NAN = np.nan
examples = settings(deadline=None, derandomize=True, max_examples=60)


def grown(seed):
    """A random tree as nested settings: up to four levels below the root, one to four children at each node."""
    rng = np.random.default_rng(seed)
    counter = iter(range(10_000))

    def node(depth):
        name = f"n{next(counter)}"
        if depth == 4 or (depth and rng.random() < 0.4):
            return {"name": name, "item": name}
        weights = rng.dirichlet(np.ones(rng.integers(1, 5)))
        return {"name": name, "children": [{**node(depth + 1), "weight": float(w)} for w in weights]}

    return node(0)


trees = st.builds(grown, st.integers(0, 2**32))


def leaf_products(spec, product=1.0):
    """Leaf -> product of the weights on its way down, straight from the settings."""
    if "item" in spec:
        return {spec["name"]: product}
    return {k: v for c in spec["children"] for k, v in leaf_products(c, product * c["weight"]).items()}


def fixed(values, n=0):
    return [Estimate(float(v), NAN, NAN, np.zeros(n)) for v in values]


def written(tree):
    return [1.0 if node.parent < 0 else node.weight for node in tree]


def leaf_estimates(tree, x, w):
    """Estimates per node from a matrix whose columns are the leaves in their order."""
    found = [Estimate(NAN, 0, 0, np.zeros(len(w)))] * len(tree)
    places = [k for k, node in enumerate(tree) if not node.children]
    for place, estimate in zip(places, means(x, w), strict=True):
        found[place] = estimate
    return found


def leaves_of(tree):
    return [node.name for node in tree if not node.children]


@examples
@given(trees, st.integers(0, 2**32))
def test_a_roll_up_of_any_depth_is_the_flat_sum_with_products_of_weights(spec, seed):
    tree = read_tree(spec)
    level = dict(zip(leaves_of(tree), np.random.default_rng(seed).uniform(0, 100, len(tree)), strict=False))
    values = [level.get(node.name, NAN) for node in tree]
    products = leaf_products(spec)
    flat = sum(products[name] * level[name] for name in products)
    found, coverage = roll_up(tree, fixed(values), fixed(written(tree)))
    assert found[0].value == pytest.approx(flat, abs=1e-10)
    assert coverage == [1.0] * len(tree)
    assert roll_up_values(tree, np.array(values), np.array(written(tree)))[0] == pytest.approx(flat, abs=1e-10)
    shares = flat_weights(tree, written(tree))
    assert {n.name: s for n, s in zip(tree, shares, strict=True) if not n.children} == pytest.approx(products)
    assert sum(products.values()) == pytest.approx(1, abs=1e-10)


@examples
@given(trees, st.integers(0, 2**32))
def test_the_error_is_that_of_the_flat_index_of_each_respondent(spec, seed):
    """With everything answered the root is the mean of respondents' own indices, so its error is theirs."""
    tree = read_tree(spec)
    rng = np.random.default_rng(seed)
    products = leaf_products(spec)
    x, w = rng.uniform(0, 100, (12, len(products))), rng.uniform(0.5, 2, 12)
    found = roll_up(tree, leaf_estimates(tree, x, w), fixed(written(tree), 12))[0][0]
    own = x @ [products[name] for name in leaves_of(tree)]
    m = np.average(own, weights=w)
    assert found.value == pytest.approx(m, abs=1e-10)
    assert found.se == pytest.approx(np.sqrt(12 / 11 * ((w * (own - m)) ** 2).sum()) / w.sum(), abs=1e-10)
    assert (found.n, found.df) == (12, pytest.approx(freedom(w)))


@examples
@given(st.lists(st.integers(1, 3), min_size=1, max_size=4), st.integers(0, 2**32))
def test_equal_weights_and_equal_bases_give_the_grand_mean(fans, seed):
    def balanced(path, fans):
        if not fans:
            return {"name": path, "item": path, "weight": 1.0}
        return {"name": path, "weight": 1.0, "children": [balanced(f"{path}{k}", fans[1:]) for k in range(fans[0])]}

    tree = read_tree(balanced("n", fans))
    x = np.random.default_rng(seed).uniform(0, 100, (7, int(np.prod(fans))))
    found, _ = roll_up(tree, leaf_estimates(tree, x, np.ones(7)), fixed(written(tree), 7))
    assert found[0].value == pytest.approx(x.mean(), abs=1e-10)


@examples
@given(trees, st.integers(0, 2**32), st.floats(1e-3, 1e3))
def test_the_scale_of_weights_means_nothing(spec, seed, factor):
    tree = read_tree(spec)
    values = np.random.default_rng(seed).uniform(0, 100, len(tree))
    one = roll_up(tree, fixed(values), fixed(written(tree)))[0][0].value
    other = roll_up(tree, fixed(values), fixed(np.array(written(tree)) * factor))[0][0].value
    assert other == pytest.approx(one, abs=1e-10)


def test_resamples_roll_up_as_one_by_one():
    tree = read_tree(grown(5))
    rng = np.random.default_rng(6)
    leaves, weights = rng.uniform(0, 100, (20, len(tree))), rng.uniform(0.1, 1, (20, len(tree)))
    found = roll_up_values(tree, leaves, weights)
    for row in range(20):
        one, _ = roll_up(tree, fixed(leaves[row]), fixed(weights[row]))
        assert found[row] == pytest.approx([e.value for e in one], abs=1e-10)


# all: p .6 (a .5, b .5), q .4
SMALL = {"name": "all", "children": [
    {"name": "p", "weight": 0.6, "children": [{"name": "a", "weight": 0.5, "item": "a"},
                                              {"name": "b", "weight": 0.5, "item": "b"}]},
    {"name": "q", "weight": 0.4, "item": "q"},
]}  # fmt: skip


@pytest.mark.parametrize(
    ("a", "b", "q", "values", "coverage"),
    [
        # everything: p = (40 + 80)/2 = 60, all = .6 * 60 + .4 * 50 = 56
        (40, 80, 50, (56, 60), (1, 1)),
        # without a: p = 80 on half of its weight, all = .6 * 80 + .4 * 50 = 68 on .6 * .5 + .4 = .7
        (NAN, 80, 50, (68, 80), (0.7, 0.5)),
        # without q: all = p = 60 on .6
        (40, 80, NAN, (60, 60), (0.6, 1)),
        # only b: all = p = 80 on .6 * .5
        (NAN, 80, NAN, (80, 80), (0.3, 0.5)),
        # p unknown: all = q = 50 on .4
        (NAN, NAN, 50, (50, NAN), (0.4, 0)),
        (NAN, NAN, NAN, (NAN, NAN), (0, 0)),
    ],
)
def test_weights_of_what_nobody_answered_go_to_its_siblings_and_coverage_says_so(a, b, q, values, coverage):
    tree = read_tree(SMALL)
    found, covered = roll_up(tree, fixed([NAN, NAN, a, b, q]), fixed(written(tree)))
    assert (found[0].value, found[1].value) == pytest.approx(values, abs=1e-12, nan_ok=True)
    assert (covered[0], covered[1]) == pytest.approx(coverage, abs=1e-12)


def test_a_part_of_weight_zero_says_nothing_and_takes_no_coverage():
    tree = read_tree({"name": "all", "children": [{"name": k, "item": k} for k in "ab"]})
    found, coverage = roll_up(tree, fixed([NAN, 30, NAN]), fixed([1, 1, 0]))
    assert (found[0].value, coverage[0]) == (30, 1)
    found, coverage = roll_up(tree, fixed([NAN, 30, NAN]), fixed([1, 0, 1]))  # what has a value has no weight
    assert (found[0].n, coverage[0]) == (0, 0)
    assert np.isnan(found[0].value)


def test_a_weight_with_an_error_from_outside_adds_it_to_that_of_the_node():
    # values 40 and 80, weights 1 and 1 with variances .01 and .02: ((40 - 60)/2)^2 .01 + ((80 - 60)/2)^2 .02 = 3
    tree = read_tree({"name": "all", "children": [{"name": k, "item": k} for k in "ab"]})
    weights = [Estimate(1, NAN, NAN, np.zeros(0), v) for v in (0, 0.01, 0.02)]
    assert roll_up(tree, fixed([NAN, 40, 80]), weights)[0][0].variance == pytest.approx(3, abs=1e-12)


def test_a_base_is_the_smallest_among_the_leaves():
    tree = read_tree(SMALL)
    x = np.array([[1, 2, 3], [2, NAN, 5], [3, 4, NAN], [NAN, NAN, 5]])
    found, _ = roll_up(tree, leaf_estimates(tree, x, np.ones(4)), fixed(written(tree), 4))
    assert [e.n for e in found] == [2, 2, 3, 2, 3]
    assert found[0].n_eff == pytest.approx(2, abs=1e-12)


def test_the_error_of_estimated_weights_is_that_of_the_derivative():
    """The influence of a respondent is w_i dV/dw_i, here by central differences, times sqrt(n/(n-1))."""
    rng = np.random.default_rng(3)
    tree = read_tree(grown(21))
    leaves = [k for k, node in enumerate(tree) if not node.children]
    below = [k for k, node in enumerate(tree) if node.parent >= 0]
    assert max(node.depth for node in tree) >= 3
    n = 15
    x, importance, w = (
        rng.uniform(0, 100, (n, len(leaves))),
        rng.uniform(1, 10, (n, len(below))),
        rng.uniform(1, 3, n),
    )

    def value(w):
        values, weights = np.full(len(tree), NAN), np.ones(len(tree))
        values[leaves], weights[below] = (np.average(z, axis=0, weights=w) for z in (x, importance))
        for place in reversed(range(len(tree))):
            if children := list(tree[place].children):
                values[place] = np.average(values[children], weights=weights[children])
        return values

    weights = fixed(np.ones(len(tree)), n)
    for place, estimate in zip(below, means(importance, w), strict=True):
        weights[place] = estimate
    for given_weights in (weights, normalised(tree, weights)):
        found, _ = roll_up(tree, leaf_estimates(tree, x, w), given_weights)
        step = 1e-6
        for place in (0, tree[0].children[0]):
            slope = np.array([(value(w + step * e) - value(w - step * e))[place] / (2 * step) for e in np.eye(n)])
            assert found[place].value == pytest.approx(value(w)[place], abs=1e-10)
            assert found[place].variance == pytest.approx(n / (n - 1) * ((w * slope) ** 2).sum(), rel=1e-6)


def test_stated_weights_are_mean_importances_as_shares_with_the_error_of_a_ratio():
    # importance 8, 10, 6 and 4, 4, 4: means 8 and 4, shares 2/3 and 1/3. The share a/(a + b) is linearised as
    # (1/3 (a_i - 8) - 2/3 (b_i - 4)) / 12 = (0, 1, -1) / 18: variance 3/2 * 2 * (1/18)^2 / 9 = 1/972
    tree = read_tree({"name": "all", "children": [{"name": k, "item": k} for k in "ab"]})
    asked = means(np.array([[8.0, 4], [10, 4], [6, 4]]), np.ones(3))
    found = normalised(tree, [*fixed([1], 3), *asked])
    assert [e.value for e in found] == pytest.approx([1, 2 / 3, 1 / 3], abs=1e-12)
    assert [e.variance for e in found[1:]] == pytest.approx([1 / 972] * 2, abs=1e-12)


def test_operational_levels_add_their_variance_and_no_base():
    # answers 20, 60, 100: mean 60, variance 1600/3; books 90 with variance 9: .25 * 1600/3 + .25 * 9
    tree = read_tree({"name": "all", "children": [{"name": k, "item": k} for k in "ab"]})
    survey = means(np.array([[20.0], [60], [100]]), np.ones(3))[0]
    found, _ = roll_up(
        tree, [*fixed([NAN], 3), survey, Estimate(90, NAN, NAN, np.zeros(3), 9.0)], fixed([1, 1, 1], 3)
    )
    assert found[0].value == pytest.approx(75, abs=1e-12)
    assert found[0].variance == pytest.approx(400 / 3 + 2.25, abs=1e-10)
    assert found[0].n == 3


@pytest.mark.parametrize(
    ("y", "w", "base"),
    [
        # m = 75, z proportional to (1 * -75, 3 * 25): W sum(z^2/w)/sum(z^2) = 4 (1 + 1/3)/2
        ([0, 100], [1, 3], 8 / 3),
        ([0, 100, 50, 25], [2, 2, 2, 2], 4),
        # m = 100 * 1/4; z proportional to (75, -25, -50): (5625 + 625 + 1250) 4 / (5625 + 625 + 2500)
        ([100, 0, 0], [1, 1, 2], 7500 * 4 / 8750),
    ],
)
def test_the_effective_base_of_a_mean_by_hand(y, w, base):
    assert means(np.array(y, float)[:, None], np.array(w, float))[0].n_eff == pytest.approx(base, abs=1e-12)


def all_orders(x, y):
    """LMG from its definition: the average gain in R2 over all orders of entry."""

    def r2(inside):
        design = np.column_stack([np.ones(len(y)), x[:, inside]])
        rest = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
        return 1 - rest @ rest / ((y - y.mean()) ** 2).sum()

    gains = np.zeros(x.shape[1])
    orders = list(permutations(range(x.shape[1])))
    for order in orders:
        for k, driver in enumerate(order):
            gains[driver] += r2(list(order[: k + 1])) - r2(list(order[:k]))
    return gains / len(orders)  # fmt: skip


def test_derived_weights_are_shares_of_lmg_at_each_node():
    """p's weights first; then p, as their sum, beside q and r."""
    tree = read_tree({"name": "all", "children": [
        {"name": "p", "children": [{"name": k, "item": k} for k in "ab"]},
        {"name": "q", "item": "q"}, {"name": "r", "children": [{"name": "c", "item": "c"}]},
    ]})  # fmt: skip
    rng = np.random.default_rng(4)
    x = rng.normal(size=(60, 4)) + rng.normal(size=(60, 1))
    y = x @ [1, 2, 3, 0.5] + rng.normal(size=60)
    columns = {"a": 0, "b": 1, "q": 2, "c": 3}
    covariance = np.cov(np.column_stack([x, y]), rowvar=False)
    found = derived_weights(tree, [columns.get(node.name, -1) for node in tree], covariance)
    inner = all_orders(x[:, :2], y)
    inner /= inner.sum()
    outer = all_orders(np.column_stack([x[:, :2] @ inner, x[:, 2], x[:, 3]]), y)
    outer /= outer.sum()
    expected = {"all": 1, "p": outer[0], "a": inner[0], "b": inner[1], "q": outer[1], "r": outer[2], "c": 1}
    assert dict(zip([n.name for n in tree], found, strict=True)) == pytest.approx(expected, abs=1e-10)


@settings(deadline=None, derandomize=True, max_examples=30)
@given(trees, st.integers(0, 2**32))
def test_derived_weights_are_never_negative_and_sum_to_one_among_siblings(spec, seed):
    tree = read_tree(spec)
    k = len(leaves_of(tree))
    rows = np.random.default_rng(seed).standard_normal((2, k + 1, k + 12))
    order = iter(range(k))
    columns = [-1 if node.children else next(order) for node in tree]
    found = derived_weights(tree, columns, rows @ rows.swapaxes(1, 2))
    assert found.shape == (2, len(tree))
    assert (found >= 0).all()
    for node in tree:
        if node.children:
            assert found[:, list(node.children)].sum(axis=1) == pytest.approx(1, abs=1e-10)


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [(95, 99, "reached"), (94.999, 99, "undecided"), (80, 95, "undecided"), (80, 94.999, "not_reached"),
     (95, 95, "reached"), (NAN, NAN, "undecided")],
)  # fmt: skip
def test_a_verdict_stands_on_the_interval(low, high, word):
    assert verdict(low, high, 95) == word


ends = st.tuples(st.floats(0, 100), st.floats(0, 100)).map(sorted)


@examples
@given(ends, st.floats(0, 100), st.floats(0, 50))
def test_a_wider_interval_never_decides_more_and_a_higher_target_is_never_easier(interval, target, more):
    order = ["not_reached", "undecided", "reached"]
    low, high = interval
    word = verdict(low, high, target)
    assert verdict(low - more, high + more, target) in (word, "undecided")
    assert order.index(verdict(low, high, target + more)) <= order.index(word)


@examples
@given(st.integers(1, 8), st.integers(0, 2**32))
def test_the_split_of_a_change_leaves_nothing(k, seed):
    rng = np.random.default_rng(seed)
    w0, w1 = rng.dirichlet(np.ones(k), 2)
    s0, s1 = rng.uniform(0, 100, (2, k))
    scores, weights = split_change((w0, w1), (s0, s1))
    assert scores.sum() + weights.sum() == pytest.approx(w1 @ s1 - w0 @ s0, abs=1e-10)
    assert split_change((w0, w0), (s0, s1))[1].tolist() == [0] * k
    assert split_change((w0, w1), (s0, s0))[0].tolist() == [0] * k
    back = split_change((w1, w0), (s1, s0))
    assert back[0] + scores == pytest.approx(0, abs=1e-12)


def test_a_part_measured_on_one_side_only_has_changed_in_weight_alone():
    # before only b, 40; after .5 * 80 + .5 * 60 = 70. a brings 80 * .5 = 40; b .75 * 20 = 15 and 50 * -.5 = -25
    scores, weights = split_change(
        (np.array([0, 1.0]), np.array([0.5, 0.5])), (np.array([NAN, 40]), np.array([80, 60.0]))
    )
    assert scores.tolist() == pytest.approx([0, 15])
    assert weights.tolist() == pytest.approx([40, -25])


# --- does an interval of 95 % hold the truth in 95 of 100 surveys? ---------------------------------------------

# three levels below the root, weights of an expert
INDEX = {"name": "all", "children": [
    {"name": "p", "weight": 0.5, "children": [
        {"name": "pa", "weight": 0.6, "children": [{"name": "a", "weight": 0.3, "item": "a"},
                                                   {"name": "b", "weight": 0.7, "item": "b"}]},
        {"name": "c", "weight": 0.4, "item": "c"}]},
    {"name": "q", "weight": 0.3, "children": [{"name": "d", "weight": 0.5, "item": "d"},
                                              {"name": "e", "weight": 0.5, "item": "e"}]},
    {"name": "f", "weight": 0.2, "item": "f"},
]}  # fmt: skip
PARTS = [0.5 * 0.6 * 0.3, 0.5 * 0.6 * 0.7, 0.5 * 0.4, 0.3 * 0.5, 0.3 * 0.5, 0.2]
SURVEYS = 1500  # the share of hits then has a Monte-Carlo error of .0056


def population():
    """3,000 people with grades of 1-5 on 0-100, importances of 1-10, and how easily they are reached."""
    rng = np.random.default_rng(11)
    mood, reached = rng.normal(0, 0.8, (3000, 1)), rng.choice([1.0, 2.0, 3.0], 3000)
    grades = np.clip(np.rint(rng.normal([3.9, 3.4, 4.2, 2.9, 3.6, 4.0], 0.9, (3000, 6)) + mood), 1, 5)
    stated = np.clip(np.rint(rng.normal([9, 6, 7], 1.8, (3000, 3)) + 0.5 * mood), 1, 10)
    grades = np.clip(grades + (reached == 3)[:, None], 1, 5)  # who is reached easily is content
    return 25 * (grades - 1), stated, reached


def share_of_hits(n, *, weighted=False, missing=False, stated=False):
    grades, asked, reached = population()
    tree = read_tree(INDEX)
    chance = reached / reached.sum() if weighted else np.full(len(reached), 1 / len(reached))
    if stated:
        top = asked.mean(axis=0) / asked.mean(axis=0).sum()
        below = [[0.18, 0.42, 0.4], [0.5, 0.5], [1.0]]
        truth = grades.mean(axis=0) @ np.concatenate([t * np.array(b) for t, b in zip(top, below, strict=True)])
    else:
        truth = grades.mean(axis=0) @ PARTS
    rng = np.random.default_rng(n)
    hits = 0
    for _ in range(SURVEYS):
        who = rng.choice(len(reached), n, p=chance)
        x, w = grades[who], 1 / reached[who] if weighted else np.ones(n)
        if missing:
            x = np.where(rng.random(x.shape) < [0.05, 0.3, 0.1, 0.2, 0.0, 0.15], NAN, x)
        weights = fixed(written(tree), n)
        if stated:
            for place, estimate in zip(tree[0].children, means(asked[who], w), strict=True):
                weights[place] = estimate
            weights = normalised(tree, weights)
        low, high = roll_up(tree, leaf_estimates(tree, x, w), weights)[0][0].interval(0.95, (0, 100))
        hits += low <= truth <= high
    return hits / SURVEYS


@pytest.mark.parametrize("n", [50, 200])
@pytest.mark.parametrize(
    "how", [{}, {"weighted": True}, {"missing": True}, {"weighted": True, "missing": True},
            {"stated": True, "weighted": True}],
    ids=lambda how: "+".join(how) or "plain",
)  # fmt: skip
def test_an_interval_of_95_percent_holds_the_truth_in_95_of_100_surveys(n, how):
    assert 0.93 <= share_of_hits(n, **how) <= 0.97
