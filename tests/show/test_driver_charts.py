"""The chart of drivers, the same for every method with an outcome."""

from functools import cache
from itertools import product

import pytest

import cxkit as cx
from cxkit.show.language import LANGUAGES
from cxkit.show.view import View
from tests.show.picture import branch, cut, drawn, frame, leaf, overlapping, rated, scales, spans

METHODS = ("scaling", "csi_tree", "nps")


def designed(effect_a, effect_b, noise=2, scores=(3.0, 5.0)):
    """160 answers in which a, b and chance are independent: the shares of a and b are as the squares of effects."""
    low, high = scores
    cells = list(product((0, 1), repeat=3)) * 20
    return frame(
        a=[high if a else low for a, _, _ in cells], b=[high if b else low for _, b, _ in cells],
        r=[1.0 + effect_a * a + effect_b * b + noise * c for a, b, c in cells],
    )  # fmt: skip


def of(method, data, items=("a", "b"), scale=None, **more):
    scale = scale or scales(*items)
    if method == "scaling":
        return cx.scaling(data, list(items), scale=scale, outcome="r", **more)
    if method == "nps":
        return cx.nps(data, "r", scale=scale, drivers=list(items), **more)
    tree = branch("whole", 1, *(leaf(item, 1 / len(items)) for item in items))
    return cx.csi_tree(data, tree, scale=scale, outcome="r", normalise=True, **more)


@cache
def clear(method):
    return of(method, designed(1, 3))


@pytest.mark.parametrize("method", METHODS)
def test_the_strongest_driver_comes_first_and_makes_the_title(method):
    # b and a have effects 3 and 1: 9 of 10 and 1 of 10 of what both explain
    view, sheet = drawn(clear(method), part="drivers")
    assert view.alt.startswith("“b” matters most for “r”. b: 90%")
    assert "; a: 10%" in view.alt
    assert [label.get_text() for label in sheet.axes[0].get_yticklabels()] == ["b", "a"]
    assert [text.get_text() for text in sheet.axes[0].texts] == ["90%", "10%"]


def test_a_lead_by_chance_makes_no_title():
    assert of("scaling", designed(2, 2)).figure(part="drivers").alt.startswith("What matters most for “r”. ")


@pytest.mark.parametrize("method", METHODS)
def test_every_importance_and_effect_is_drawn_with_its_interval(method):
    found = of(method, rated(["a", "b", "c"], 400), "abc")
    _, sheet = drawn(found, part="drivers")
    shares, effects = sheet.axes
    for terms, ax in ((("importance",), shares), (("penalty", "reward"), effects)):
        rows = found.tidy[found.tidy["term"].isin(terms)]
        assert len(rows) == 3 * len(terms)
        ends = {pair for pair, _ in spans(ax)}
        low, high = ax.get_xlim()
        for row in rows.to_dict("records"):
            assert (round(row["low"], 6), round(row["high"], 6)) in ends
            assert low <= row["low"] < row["high"] <= high
    diamonds = {
        round(line.get_xdata()[0], 6) for line in shares.lines if line.get_marker() == "D" and len(line.get_xdata())
    }
    assert diamonds == {round(value, 6) for value in found.rows(term="johnson")["estimate"]}


def test_the_effects_are_told_with_their_sign():
    # nobody rates a low; a high rating of b is worth 3 of 10 points
    alt = clear("scaling").figure(part="drivers").alt
    assert "b: 90%; Effect of a high rating +30.0; a: 10%; Effect of a high rating +10.0" in alt
    alt = of("scaling", designed(1, 3, scores=(1.0, 3.0))).figure("ru", "drivers").alt
    assert "b: 90\u00a0%; Эффект низкой оценки −30,0" in alt


def test_where_nobody_rates_low_or_high_the_effects_have_no_panel():
    # 4 and 5 of 0-10 lie in the middle third
    data = designed(1, 3, scores=(4.0, 5.0))
    view, sheet = drawn(of("scaling", data, scale={item: [0, 10] for item in "abr"}), part="drivers")
    assert len(sheet.axes) == 1
    assert [text.get_text() for text in sheet.legends[0].get_texts()] == ["LMG", "Johnson’s weight"]
    assert "Effect" not in view.alt


@pytest.mark.parametrize("lang", LANGUAGES)
def test_six_drivers_with_long_names_fit(lang):
    text = "Сотрудники банка вежливы и решают вопрос"
    assert len(text) == 40
    scale = {item: {"min": 1, "max": 5, "text": {lang: f"{text} {item}"}} for item in "abcdef"}
    scale["r"] = {"min": 0, "max": 10, "text": {lang: text}}
    view, sheet = drawn(of("nps", rated("abcdef", 300), "abcdef", scale), lang, "drivers")
    assert view.alt.count(text) >= 7
    assert cut(sheet) == []
    assert overlapping(sheet) == []


def test_one_driver_is_drawn_without_being_first_of_any():
    view = of("scaling", designed(1, 3), "b").figure(part="drivers")
    assert view.alt.startswith("What matters most for “r”. b: 100%")


@pytest.mark.parametrize("method", METHODS)
def test_without_an_outcome_there_is_no_chart(method):
    data, scale = designed(1, 3), scales("a", "b")
    tree = branch("whole", 1, leaf("a", 0.5), leaf("b", 0.5))
    found = {
        "scaling": lambda: cx.scaling(data, ["a", "b"], scale=scale),
        "nps": lambda: cx.nps(data, "r", scale=scale),
        "csi_tree": lambda: cx.csi_tree(data, tree, scale=scale),
    }[method]()
    assert found.figure(part="drivers") == View()


def test_text_from_data_is_never_markup_or_mathematics():
    text = {"en": "<script>alert(1)</script> $x^2$"}
    scale = {"a": {"min": 1, "max": 5, "text": text}, "b": [1, 5], "r": {"min": 0, "max": 10, "text": text}}
    view = of("scaling", designed(1, 3), scale=scale).figure(part="drivers")
    assert "<script" not in view.svg
    assert view.alt.count("<script>alert(1)</script> $x^2$") == 2
