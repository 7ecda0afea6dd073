"""Languages: complete catalogues, correct script, numbers as each language writes them."""

import re
import unicodedata
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

import cxkit
from cxkit.errors import SettingsError
from cxkit.result import Result, tidy_table
from cxkit.show.language import LANGUAGES, language, plain, span

PACKAGE = Path(cxkit.__file__).parent
TRANSLATED = [code for code in LANGUAGES if code != "en"]
KEYWORDS = {"text": None, "mark": None, "plural": (1, 2)}
NOTHING = Result("nps", {}, tidy_table([]), {})
NAME = re.compile(r"\{(\w*)\}")


def flat(ids):
    """Every sentence of a list whose plurals are tuples, empty and absent ones left out."""
    return {part for item in ids for part in (item if isinstance(item, tuple) else (item,)) if part}


def sentences_of_the_code():
    found = set()
    for path in PACKAGE.rglob("*.py"):
        found |= flat(ids for _, ids, _, _ in extract_from_file("python", path, keywords=KEYWORDS))
    for path in PACKAGE.rglob("*.j2"):
        found |= {text for _, text in re.findall(r"""\bt\(\s*(["'])(.+?)\1""", path.read_text(encoding="utf-8"))}
    return found


@pytest.fixture(params=TRANSLATED)
def code(request):
    return request.param


@pytest.fixture
def messages(code):
    with (PACKAGE / "show" / "locale" / f"{code}.po").open("rb") as file:
        return [message for message in read_po(file, locale=code, abort_invalid=True) if message.id]


def strings(message):
    return message.string if isinstance(message.string, tuple) else (message.string,)


def letters_of(message):
    """The translations of a message without the names that are filled in."""
    return " ".join(NAME.sub(" ", text) for text in strings(message))


def test_there_is_one_catalogue_per_language_and_no_other():
    found = {path.stem for path in (PACKAGE / "show" / "locale").glob("*.po")}
    assert found == {"ru", "uz", "uz_Cyrl"}


def test_extraction_finds_sentences_of_code_and_pages():
    found = sentences_of_the_code()
    for known in ("Too few answers to report", "{n} respondents gave no answer.", "The numbers in detail", "Mean"):
        assert known in found


def test_a_catalogue_has_exactly_the_sentences_of_the_code(messages):
    assert flat(message.id for message in messages) == sentences_of_the_code()


def test_no_translation_is_empty_or_fuzzy(messages):
    for message in messages:
        assert not message.fuzzy, message.id
        assert all(text.strip() for text in strings(message)), message.id


def test_a_translation_fills_in_the_same_names_as_the_english(messages):
    for message in messages:
        for one in message.id if isinstance(message.id, tuple) else (message.id,):
            for text in strings(message):
                assert sorted(NAME.findall(text)) == sorted(NAME.findall(one)), message.id


def test_a_counted_sentence_has_all_forms_of_its_language(code, messages):
    forms = {"ru": 3, "uz": 2, "uz_Cyrl": 2}[code]
    counted = [message for message in messages if isinstance(message.id, tuple)]
    assert counted
    assert {len(message.string) for message in counted} == {forms}


def test_no_translation_holds_control_or_direction_characters(messages):
    for message in messages:
        assert all(unicodedata.category(c) not in ("Cc", "Cf") for c in letters_of(message)), message.id


@pytest.mark.parametrize("code", ["uz"])
def test_uzbek_latin_has_no_cyrillic_and_the_right_marks(messages):
    words = " ".join(letters_of(message) for message in messages)
    assert not re.search(r"[\u0400-\u04ff]", words)
    assert not re.search(r"['’‘`´]", words)
    assert set(re.findall(r"(.)\u02bb", words)) <= set("oOgG")
    assert not re.search(r"[oOgG]\u02bc", words)
    assert re.search("oʻ", words)
    assert re.search("gʻ", words)


@pytest.mark.parametrize("code", ["ru", "uz_Cyrl"])
def test_a_cyrillic_catalogue_holds_no_latin_word(messages):
    for message in messages:
        words = set(re.findall(r"[A-Za-z]+", letters_of(message)))
        assert words <= {"NPS", "VIF", "cxkit", "p", "r", "D"}, message.id


@pytest.mark.parametrize("code", ["ru", "uz_Cyrl"])
def test_no_word_of_a_cyrillic_catalogue_mixes_alphabets(messages):
    for message in messages:
        assert not re.search(r"[A-Za-z][\u0400-\u04ff]|[\u0400-\u04ff][A-Za-z]", letters_of(message)), message.id


@pytest.mark.parametrize("code", ["uz_Cyrl"])
def test_uzbek_cyrillic_has_its_own_letters_and_no_russian_ones(messages):
    words = " ".join(letters_of(message) for message in messages).lower()
    assert set("ўқғҳ") <= set(words)
    assert not set("щы") & set(words)


@pytest.mark.parametrize("code", ["ru"])
def test_russian_has_no_uzbek_letters(messages):
    words = " ".join(letters_of(message) for message in messages).lower()
    assert not set("ўқғҳ") & set(words)


@pytest.mark.parametrize(
    ("lang", "shown"),
    [("en", "1,234,567.89"), ("ru", "1 234 567,89"), ("uz", "1 234 567,89"), ("uz_Cyrl", "1 234 567,89")],
)
def test_a_number_is_grouped_and_has_the_decimal_sign_of_its_language(lang, shown):
    assert language(lang).number(1234567.891, 2).replace("\u00a0", " ") == shown


@pytest.mark.parametrize("lang", ["ru", "uz", "uz_Cyrl"])
def test_a_number_is_never_broken_between_its_groups(lang):
    assert " " not in language(lang).number(1234567)


@pytest.mark.parametrize(("lang", "shown"), [("en", "\u221212.3"), ("ru", "\u221212,3"), ("uz", "\u221212,3")])
def test_a_negative_number_has_a_true_minus_sign(lang, shown):
    assert language(lang).number(-12.34, 1) == shown


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("signed", [False, True])
def test_what_rounds_to_zero_has_no_sign(lang, signed):
    for value in (-0.0, -0.4, 0.4):
        assert language(lang).number(value, signed=signed) == "0"
    assert language(lang).percent(-0.001)[0] == "0"


def test_a_signed_number_shows_its_plus():
    assert language("en").number(2, signed=True) == "+2"
    assert language("en").number(-2, signed=True) == "\u22122"


@pytest.mark.parametrize(("lang", "shown"), [("en", "45%"), ("ru", "45\u00a0%"), ("uz", "45%"), ("uz_Cyrl", "45%")])
def test_a_percent_is_written_as_its_language_does(lang, shown):
    assert language(lang).percent(0.4531) == shown


def test_a_percent_is_whole_and_nearly_nothing_is_not_nothing():
    assert language("en").percent(0.4567) == "46%"
    assert language("ru").percent(0.001) == "<1\u00a0%"
    assert language("en").percent(0.999) == ">99%"
    assert language("en").percent(0) == "0%"
    assert language("en").percent(1) == "100%"
    assert language("en").percent(-0.12) == "\u221212%"


@pytest.mark.parametrize(
    ("lang", "small", "large"),
    [("en", "p < 0.001", "p = 0.031"), ("ru", "p < 0,001", "p = 0,031"), ("uz_Cyrl", "p < 0,001", "p = 0,031")],
)
def test_a_p_value_is_never_shown_as_zero(lang, small, large):
    words = language(lang)
    assert words.p(0.0004).replace("\u00a0", " ") == small
    assert words.p(0.0312).replace("\u00a0", " ") == large


@pytest.mark.parametrize(
    ("lang", "shown"),
    [("en", "April 3, 2025"), ("ru", "3 апреля 2025 г."), ("uz", "2025-yil 3-aprel"),
     ("uz_Cyrl", "2025 йил 3 апрель")],
)  # fmt: skip
def test_a_date_is_written_out_in_its_language(lang, shown):
    assert re.sub(r"[\u00a0\u202f]", " ", language(lang).date("2025-04-03")) == shown


@pytest.mark.parametrize(
    ("n", "shown"),
    [
        (1, "Не ответил 1 респондент."),
        (2, "Не ответили 2 респондента."),
        (5, "Не ответили 5 респондентов."),
        (11, "Не ответили 11 респондентов."),
        (12, "Не ответили 12 респондентов."),
        (21, "Не ответил 21 респондент."),
        (24, "Не ответили 24 респондента."),
        (111, "Не ответили 111 респондентов."),
        (1001, "Не ответил 1\u00a0001 респондент."),
    ],
)
def test_russian_counts_in_three_forms(n, shown):
    words = language("ru")
    assert words.plural("{n} respondent gave no answer.", "{n} respondents gave no answer.", n) == shown


@pytest.mark.parametrize(
    ("lang", "n", "shown"),
    [
        ("en", 1, "1 respondent gave no answer."),
        ("en", 2, "2 respondents gave no answer."),
        ("uz", 2, "2 respondent javob bermagan."),
        ("uz_Cyrl", 1, "1 респондент жавоб бермаган."),
    ],
)
def test_other_languages_count_in_theirs(lang, n, shown):
    words = language(lang)
    assert words.plural("{n} respondent gave no answer.", "{n} respondents gave no answer.", n) == shown


def test_a_sentence_is_translated_whole_and_filled_in():
    assert language("ru").text("{low} to {high}", low=1, high=2) == "от 1 до 2"
    assert language("uz").text("{low} to {high}", low=1, high=2) == "1 dan 2 gacha"
    assert language("en").text("{low} to {high}", low=1, high=2) == "1 to 2"


def test_an_unknown_language_is_refused_with_the_nearest():
    with pytest.raises(SettingsError, match=r'^There is no language "uz_cyrl"; did you mean "uz_Cyrl"\?$'):
        language("uz_cyrl")


def test_an_unknown_language_is_refused_with_the_list():
    with pytest.raises(SettingsError, match=r'^There is no language "de"; known are: en, ru, uz, uz_Cyrl\.$'):
        language("de")


def test_an_item_is_called_by_its_text_in_the_language_then_in_english_then_by_name():
    labels = {"a": {"en": "Speed", "ru": "Скорость"}, "b": {"uz": "Tezlik"}, "c": {}}
    result = Result("scaling", {}, tidy_table([]), {}, labels=labels)
    assert language("ru").label(result, "a") == "Скорость"
    assert language("uz").label(result, "a") == "Speed"
    assert language("ru").label(result, "b") == "b"
    assert language("ru").label(result, "c") == "c"
    assert language("ru").label(result, "scale_score") == "Все показатели вместе"


def test_scores_next_to_each_other_are_a_span():
    assert span(range(9, 11)) == "9–10"
    assert span(range(3, 4)) == "3"


@pytest.mark.parametrize(
    ("lang", "shown"),
    [("en", "July 1, 2026"), ("ru", "1 июля 2026 г."), ("uz", "2026-yil 1-iyul"), ("uz_Cyrl", "2026 йил 1 июль")],
)
def test_a_date_is_written_as_readers_of_the_language_write_it(lang, shown):
    assert re.sub(r"[\u00a0\u202f]", " ", language(lang).date("2026-07-01")) == shown


def test_every_month_has_its_soft_sign_in_uzbek_cyrillic():
    months = [language("uz_Cyrl").date(f"2026-{month:02}-01").split()[-1] for month in range(1, 13)]
    assert " ".join(months) == "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь"


def test_without_a_date_nothing_is_said():
    assert [language(lang).date("") for lang in LANGUAGES] == [""] * 4


@pytest.mark.parametrize(
    ("n", "digits", "en", "ru"),
    [
        (1, 0, "1 point", "1 пункт"),
        (0.6, 0, "1 point", "1 пункт"),  # as it is shown, not as it is
        (21.4, 0, "21 points", "21 пункт"),
        (2, 0, "2 points", "2 пункта"),
        (5, 0, "5 points", "5 пунктов"),
        (11, 0, "11 points", "11 пунктов"),
        (101, 0, "101 points", "101 пункт"),
        (0.5, 1, "0.5 points", "0,5 пункта"),
        (1, 1, "1.0 points", "1,0 пункта"),
        (5, 1, "5.0 points", "5,0 пункта"),
    ],
)
def test_a_noun_agrees_with_the_number_as_it_is_shown(n, digits, en, ru):
    one, many = "{n} point", "{n} points"
    for lang, shown in (("en", en), ("ru", ru)):
        assert language(lang).plural(one, many, n, digits=digits) == shown


@pytest.mark.parametrize("name", ["All", " all ", "ALL  respondents", "Все", "hammasi", "Барча респондентлар"])
@pytest.mark.parametrize(("lang", "marks"), [("en", "“”"), ("ru", "«»"), ("uz", "“”"), ("uz_Cyrl", "«»")])
def test_a_group_that_is_called_like_everybody_is_quoted(lang, marks, name):
    assert language(lang).group(NOTHING, name) == f"{marks[0]}{name}{marks[1]}"


@pytest.mark.parametrize("name", ["Allied", "All of us", "Вселенная", "Branch", "«Все»"])
def test_any_other_group_is_called_as_the_data_have_it(name):
    assert language("ru").group(NOTHING, name) == name


@pytest.mark.parametrize("bad", ["\x00", "\x1b", "\u202e", "\u200f", "\u2066", "\ufeff", "\ud800", "\ue000"])
def test_control_direction_and_surrogate_characters_become_a_box(bad):
    assert plain(f"a{bad}b") == "a\ufffdb"


@pytest.mark.parametrize(
    "bad",
    ["\u2028", "\u2029", "\x85", "\u2068", "\u061c", "\u200b", "\u2060", "\u00ad", "\u3164", "\u115f", "\u034f"],
)
def test_what_breaks_lines_or_cannot_be_seen_becomes_a_box(bad):
    assert plain(f"a{bad}b") == "a\ufffdb"


@pytest.mark.parametrize("joiner", ["\u200c", "\u200d"])
def test_a_joiner_stays_where_it_changes_what_is_seen_only(joiner):
    for text in (f"👩{joiner}💻", f"❤\ufe0f{joiner}🔥", f"می{joiner}خواهم", f"क्{joiner}ष"):
        assert plain(text) == text
    for text in (f"{joiner}ab", f"a{joiner}b", f"Ж{joiner}я", f"1{joiner}2", f"a {joiner}"):
        assert plain(text) == text.replace(joiner, "\ufffd")


def test_ordinary_text_stays_as_it_is():
    for text in ("oʻ gʻ ўқғҳ Ў", "$x^2$ <b> & “ ”", "two\nlines", "👩\u200d💻", "नमस्ते"):
        assert plain(text) == text
    assert plain(7) == "7"
