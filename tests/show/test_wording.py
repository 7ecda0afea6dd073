"""Wording that methods share: what matters most, in a sentence and in a table, for every method with an outcome."""

import re
from functools import cache
from html import unescape
from itertools import product

import pytest

import cxkit as cx
from cxkit.measure.claims import Claim
from cxkit.show.claims import driver_sentences, outcome_of
from cxkit.show.language import LANGUAGES, language
from cxkit.show.wording import between
from tests.claimed import with_claims
from tests.show.picture import branch, frame, leaf, scales

METHODS = ("scaling", "csi_tree", "nps")


def designed(effect_a, effect_b, noise=2):
    """160 answers in which a, b and chance are independent: variances explained are as the squares of the effects."""
    cells = list(product((0, 1), repeat=3)) * 20
    outcome = [1.0 + effect_a * a + effect_b * b + noise * c for a, b, c in cells]
    return frame(a=[3.0 + 2 * a for a, _, _ in cells], b=[3.0 + 2 * b for _, b, _ in cells], r=outcome)


@cache
def of(method, effect_a=1, effect_b=3, items="ab"):
    data, scale = designed(effect_a, effect_b), scales(*items)
    if method == "scaling":
        return cx.scaling(data, list(items), scale=scale, outcome="r")
    if method == "nps":
        return cx.nps(data, "r", scale=scale, drivers=list(items))
    return cx.csi_tree(data, branch("whole", 1, *map(leaf, items)), scale=scale, outcome="r", weights="equal")


@pytest.mark.parametrize("method", METHODS)
def test_a_clear_lead_is_said_with_its_share_and_interval(method):
    # effects 1, 3 and chance 2: both explain 10 of 14 of the variance, and b 9 of these 10
    (said,) = driver_sentences(of(method), language("en"))
    found = of(method).rows(item="b", term="importance").iloc[0]
    assert said == (
        "The drivers explain 71% of the differences in “r”. “b” matters most: 90% of that "
        f"({found['low']:.0%} to {found['high']:.0%})."
    )
    assert outcome_of(of(method)) == "r"


@pytest.mark.parametrize("method", METHODS)
def test_an_open_lead_is_not_said_as_one(method):
    # effects 2, 2 and chance 2: two thirds explained, half by each
    (said,) = driver_sentences(of(method, 2, 2), language("en"))
    assert said == "The drivers explain 67% of the differences in “r”. Which one matters most is open."


def test_of_several_leading_drivers_those_are_named_that_may_be_first():
    data = designed(3, 3).assign(c=[1.0, 2.0, 3.0, 4.0, 5.0] * 32)
    result = cx.scaling(data, [*"abc"], scale=scales(*"abc"), outcome="r")
    importance = {"a": 0.48, "b": 0.47, "c": 0.05}
    claims = [Claim("driver", one, importance[one] - importance[other], p, other=other)
              for one, other, p in (("a", "b", 0.9), ("a", "c", 0.01), ("b", "c", 0.01))]  # fmt: skip
    (said,) = driver_sentences(with_claims(result, *claims), language("en"))
    assert said.endswith("What matters most is one of “a”, “b”.")


@pytest.mark.parametrize(
    ("lang", "start"),
    [
        ("ru", "Факторы объясняют 71\u00a0% различий в ответах «r». Важнее всего «b»: 90\u00a0% объяснённого ("),
        ("uz", "Omillar “r” javoblaridagi farqlarning 71% qismini izohlaydi."),
        ("uz_Cyrl", "Омиллар «r» жавобларидаги фарқларнинг 71% қисмини изоҳлайди."),
    ],
)
def test_the_sentence_is_in_the_language(lang, start):
    (said,) = driver_sentences(of("scaling"), language(lang))
    assert said.startswith(start)
    assert "{" not in said


@pytest.mark.parametrize("method", METHODS)
def test_the_sentence_stands_in_the_prose_once(method):
    html = unescape(of(method).prose().html)
    assert html.count(driver_sentences(of(method), language("en"))[0]) == 1


def test_one_driver_alone_is_not_said_to_matter_most():
    assert driver_sentences(of("scaling", items="b"), language("en")) == []


def test_without_an_outcome_nothing_matters_most():
    result = cx.scaling(designed(1, 3), ["a", "b"], scale=[1, 5])
    assert driver_sentences(result, language("en")) == []
    assert "What matters most" not in result.table().html


@pytest.mark.parametrize("method", METHODS)
def test_the_table_of_drivers_begins_with_the_strongest(method):
    html = of(method).table().html
    table = html.split("<caption>What matters most</caption>")[1].split("</table>")[0]
    rows = [
        [unescape(re.sub(r"<[^>]+>", "", cell.replace("<small>", " / ")))
         for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in re.findall(r"<tr>(.*?)</tr>", table)
    ]  # fmt: skip
    head, first, second = rows
    assert head == ["Item", "Answers", "Importance", "Johnson’s weight", "Correlation", "Beta", "VIF",
                    "Effect of a low rating", "Effect of a high rating"]  # fmt: skip
    assert [row[0] for row in (first, second)] == ["b", "a"]
    assert first[2].startswith("90% / ")
    # correlation and beta of independent drivers: sqrt(9 / 14) and sqrt(1 / 14)
    assert first[3:7] == ["90%", "0.80", "0.80", "1.0"]
    assert second[3:7] == ["10%", "0.27", "0.27", "1.0"]
    assert first[7] == "–"
    assert first[8].startswith("+30.0 / ")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_interval_is_said_and_its_absence_is_nothing(lang):
    words = language(lang)
    assert between(words, {"low": float("nan"), "high": float("nan")}) == ""
    said = between(words, {"low": 1234.4, "high": 2345.4})
    assert words.number(1234) in said
    assert words.number(2345) in said
