"""Names that a reader takes for one have one key; what only looks alike is named, not joined."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.survey.spelling import alike, best, key, look, one_name, pieces, separator_of, visible

T = "\u0422"  # Cyrillic, looks like T


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Retail", "RETAIL"),
        ("Retail bank", "retail\u00a0BANK"),
        ("Retail bank", " Retail  bank "),
        ("Retail bank", "Retail\u2009bank"),
        ("Retail", "Re\u200btail"),
        ("Retail", "\ufeffRetail\u200e"),
        ("Café", "Cafe\u0301"),
        ("Oʻzbekiston", "O'zbekiston"),
        ("Oʻzbekiston", "O’zbekiston"),
        ("Fergʻona", "Ferg`ona"),
        ("A-B", "A–B"),
        ("Ｒｅｔａｉｌ", "Retail"),
        (f"{T}oshkent", "Toshkent"),
        (f"{T}OSHKENT", "toshkent"),
        ("Bан", "Ван"),
        ("TAШKEHT", "Ташкент"),
        ("Pозница", "Розница"),
        ("Straße", "STRASSE"),
        ("İstanbul".lower(), "İSTANBUL".lower()),
        ("1", "01"),
        ("1", "1.0"),
        ("1", "1,00"),
        ("SME-bank", "SME – bank"),
        ("Retail", "retail.,"),
        ("R&D", "R&amp;D"),
        ("R&D", "R&" + "amp;" * 3000 + "D"),
        ("A", "'A"),
        ("A", '"A"'),
        ("ООО «Ромашка»", 'ООО "Ромашка"'),
    ],
)
def test_spellings_of_one_name_share_a_key(one, other):
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Retail", "Retails"),
        ("1", "10"),
        ("1", "1,000"),
        ("1.1", "1.10"),
        ("A-", "A"),
        ("A+", "A"),
        ("18", "<18"),
        ("-", "."),
        ("-1", "1"),
        ("bog'", "bog"),
        ("A", "\u0410"),
        ("COPT", "СОРТ"),
        ("Банк A", "Банк Б"),
        ("нет", "het"),
        ("Samarqand", "Самарканд"),
        ("новый", "нoвaя"),
        ("iPhoneовский", "iPhone"),
    ],
)
def test_other_names_have_other_keys(one, other):
    assert key(one) != key(other)


@given(st.text(max_size=12))
def test_a_key_is_the_same_in_any_normal_form_and_folds_once(name):
    assert key(key(name)) == key(name)
    assert key(unicodedata.normalize("NFD", name)) == key(unicodedata.normalize("NFC", name))


@given(st.text(st.characters(codec="ascii"), max_size=12))
def test_a_name_in_ascii_is_folded_by_the_same_rule(name):
    assert key(name) == key(f"{name}\u200b")


@pytest.mark.parametrize(
    ("one", "other"), [("A", "\u0410"), ("COPT", "СОРТ"), ("VIP C", "vip С"), (f"{T}ax", "Tax"), ("Орёл", "орел")]
)
def test_names_of_letters_that_look_the_same_look_alike(one, other):
    assert look(one) == look(other)


def test_names_that_look_alike_are_listed_together():
    assert list(alike(["VIP A", "Retail", "VIP \u0410", "retail", "Web"])) == [
        ["Retail", "retail"],
        ["VIP A", "VIP \u0410"],
    ]
    assert list(alike(["Retail", "Web", "нет", "het"])) == []


@pytest.mark.parametrize(
    ("spellings", "shown"),
    [
        ({"retail": 12, "Retail": 40, "RETAIL": 3}, "Retail"),
        ({"retail": 12, "Retail": 3}, "retail"),
        ({"RETAIL": 5, "retail": 5, "Retail": 5}, "Retail"),
        ({"Retail\u00a0bank": 5, "Retail bank": 5}, "Retail bank"),
        ({f"{T}oshkent": 50, "Toshkent": 2}, "Toshkent"),
    ],
)
def test_the_most_frequent_spelling_is_shown_whatever_the_order(spellings, shown):
    assert best(spellings) == best(dict(reversed(spellings.items()))) == shown


def test_a_name_of_the_settings_is_shown_as_it_is_written_there():
    assert one_name({"q1": 9, "Q1": 1}, ["Q1"]) == {"q1": "Q1", "Q1": "Q1"}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Retail", "Retail"),
        ("Розница", "Розница"),
        ("a\u00a0b", "a[U+00A0]b"),
        ("a  b", "a [U+0020]b"),
        ("a\u200bb", "a[U+200B]b"),
        ("a\nb", "a[U+000A]b"),
        (f"{T}oshkent", "[U+0422]oshkent"),
        ("Pозница", "[U+0050]озница"),
    ],
)
def test_what_an_eye_cannot_tell_apart_is_shown_by_its_code(name, shown):
    assert visible(name) == shown


@pytest.mark.parametrize(
    ("cell", "separator", "whole", "found"),
    [
        ("a, b", ", ", [], ["a", "b"]),
        ("a;b;", ";", [], ["a", "b"]),
        ("a; b;", "; ", [], ["a", "b"]),
        ("a", ";", [], ["a"]),
        ("a;;b;a", ";", [], ["a", "b"]),
        ("a,b", ", ", [], ["a,b"]),
        ("x, Deposit, in dollars, y", ", ", ["deposit, IN dollars"], ["x", "Deposit, in dollars", "y"]),
        ("Deposit, in dollars", ", ", ["Deposit", "Deposit, in dollars"], ["Deposit, in dollars"]),
        ("Deposit, x", ", ", ["Deposit", "Deposit, in dollars"], ["Deposit", "x"]),
        ("a, b, c", ", ", ["a, b, c", "a, b"], ["a, b, c"]),
        ("a\nb", "\n", [], ["a", "b"]),
        ("['App', 'Deposit, in dollars']", ", ", ["deposit, in dollars"], ["App", "Deposit, in dollars"]),
        ('["App","Loan"]', ",", [], ["App", "Loan"]),
        ("[]", ",", [], []),
    ],
)
def test_a_cell_is_taken_apart_and_declared_answers_stay_whole(cell, separator, whole, found):
    assert pieces(cell, separator, set(map(key, whole))) == found


@pytest.mark.parametrize(
    ("cells", "separator"),
    [
        (["a;b;", "a;", "b;c;", "c;"], ";"),
        (["Card, Loan", "Card", "Loan", "Loan, Deposit, in dollars", "Deposit, in dollars, Card"], ", "),
        (["a|b", "a", "b"], "|"),
        (["a\nb", "a", "b"], "\n"),
        (["Tashkent, Uzbekistan", "Samarkand, Uzbekistan", "Almaty, Kazakhstan"], ""),
        (["Tashkent, centre", "Tashkent, north", "Bukhara, centre", "Bukhara, north"], ""),
        (["Corporate, large", "Corporate, small", "Retail"], ""),
        (["18-24", "25-34"], ""),
        (["['App', 'Loan']", "['Loan']", "['App']"], ", "),
        (["App/Loan", "App", "Loan"], "/"),
        (["App/Loan", "App"], ""),
        (["app loan", "app", "loan"], " "),
        (["North", "East", "North East"], ""),
        (["app", "app loan", "loan office"], ""),
        ([], ""),
    ],
)
def test_several_answers_in_one_cell_are_seen_and_single_ones_left_alone(cells, separator):
    assert separator_of(cells) == separator
