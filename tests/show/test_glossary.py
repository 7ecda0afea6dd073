"""One term for one thing, and no number before a noun in the wrong case: rules over catalogues and sample texts."""

import re
from functools import cache
from importlib.resources import files

import pytest
import yaml
from babel.messages.pofile import read_po

from cxkit.show.language import LANGUAGES, language
from cxkit.survey.samples import BUSINESSES, SAMPLES

TRANSLATED = [code for code in LANGUAGES if code != "en"]
# Term -> what it is not called beside it.
GLOSSARY = {
    "en": {"as counted": r"unweighted", "explained share": r"explained differences|share explained"},
    "ru": {
        "волна": r"раунд|\bзамер",
        "без учёта весов": r"без взвешивания|невзвешенн",
        "доля объяснённых различий": r"объяснённ(ая|ой|ую) дол|: объяснённые различия$",
        "статистически значимо": r"достоверно|надёжно (и|не) |неуверенно",
        "пункт": r"\} п\.(?! п\.)",
        "составляющая": r"по частям|^часть$",
        "конструкт": r"по теме",
        "удовлетворённость": r"довольн|довольств",
        "с осторожностью": r"осторожно\b",
    },
    "uz": {
        "qoniqish": r"mamnun",
        "oraliq": r"interval",
        "soʻrov bosqichi": r"toʻlqin",
        "izohlangan": r"tushuntir",
        "vaznlanmagan": r"vaznsiz",
        "taqqoslash": r"solishtir",
        "bogʻliqlik": r"bogʻlanish",
        "son": r"raqam",
        "ehtimollik": r"ehtimoli\b",
        "noaniq": r"aniq emas",
    },
    "uz_Cyrl": {
        "қониқиш": r"мамнун",
        "оралиқ": r"интервал",
        "сўров босқичи": r"тўлқин",
        "изоҳланган": r"тушунтир",
        "вазнланмаган": r"вазнсиз",
        "таққослаш": r"солиштир",
        "боғлиқлик": r"боғланиш",
        "сон": r"рақам",
        "эҳтимоллик": r"эҳтимоли\b",
        "ноаниқ": r"аниқ эмас",
        "профиль": r"\bпрофил\b",
        "модель": r"\bмодел\b",
        "« »": r"[“”]",
    },
}
# Whole numbers that sentences fill in; after them Russian nouns change their case and number.
COUNTS = ("n", "n_kish", "base", "of", "k", "least", "shown", "good", "groups")


@cache
def catalogue(code):
    with (files("cxkit.show") / "locale" / f"{code}.po").open("rb") as file:
        return [message for message in read_po(file, locale=code) if message.id]


def forms(text):
    return text if isinstance(text, tuple) else (text,)


def sentences(code):
    """All sentences of a language: of its catalogue, or the keys of another's for English."""
    if code == "en":
        return [one for message in catalogue("ru") for one in forms(message.id)]
    return [one for message in catalogue(code) for one in forms(message.string)]


def texts(content, code):
    """All texts of a language in a file of samples or models."""
    if isinstance(content, dict):
        if isinstance(content.get(code), str):
            yield content[code]
        content = list(content.values())
    if isinstance(content, list):
        for inner in content:
            yield from texts(inner, code)


@cache
def samples(code):
    names = [f"survey/sampledata/{name}.yml" for name in (*SAMPLES, "site")]
    names += ["methods/acsi_regression/models.yml"]
    contents = [yaml.safe_load((files("cxkit") / name).read_text(encoding="utf-8")) for name in names]
    found = [text for content in contents for text in texts(content, code)]
    assert len(found) > 20 * len(BUSINESSES)
    return found


@pytest.mark.parametrize(("code", "term"), [(code, term) for code in GLOSSARY for term in GLOSSARY[code]])
def test_one_thing_has_one_term(code, term):
    said = [re.sub(r"\{\w+\}", "{}", text) for text in sentences(code)] + samples(code)
    assert [text for text in said if re.search(GLOSSARY[code][term], text, re.IGNORECASE)] == []


@pytest.mark.parametrize(
    ("code", "term"), [(code, term) for code in TRANSLATED for term in GLOSSARY[code] if term != "« »"]
)
def test_each_term_of_the_glossary_is_said(code, term):
    stem = term.split()[0] if code != "ru" else term
    assert any(stem.casefold()[:8] in text.casefold() for text in sentences(code))


def test_no_russian_noun_follows_a_number_that_it_would_have_to_agree_with():
    number = "|".join(COUNTS)
    found = []
    for message in catalogue("ru"):
        if isinstance(message.string, str):  # sentences with one form only
            found += re.findall(rf"\{{(?:{number})\}} (?!из\b|и\b|с равными\b)[а-яё]+", message.string)
    assert found == []


def test_a_russian_noun_after_a_number_with_decimals_is_in_the_genitive_singular():
    for text in sentences("ru"):
        for noun in re.findall(r"\{(?:points|gap)\} ([а-яё]+)\b(?!\.)", text):  # an abbreviation has no case
            assert noun in ("балла", "пункта"), text


@pytest.mark.parametrize("code", ["uz", "uz_Cyrl"])
def test_no_uzbek_ending_is_fixed_to_a_name_or_a_number(code):
    """An ending that fits one name fits not the next: Toshkentga, but Buxoroga; 5 ta, but 6 ta."""
    for text in sentences(code):
        assert not re.search(r"[}”»][^\W\d_]", text), text


@pytest.mark.parametrize("code", ["uz", "uz_Cyrl"])
def test_an_uzbek_noun_after_a_number_stays_singular(code):
    for text in sentences(code):
        assert not re.search(r"\} (?:ta |та )?\w+(?:lar|лар)\b(?! ulushi| улуши)", text), text


RUSSIAN = {  # sentence -> endings of the form for 1, 21, 101; for 2 and 0.5; and for 5 and 11
    "{group} lies {n} point above the rest ({p}).": ("пункт", "пункта", "пунктов"),
    "{group} lies {n} point below the rest ({p}).": ("пункт", "пункта", "пунктов"),
    "{group} lies {n} point above the rest on “{item}” ({p}).": ("балл", "балла", "баллов"),
    "{group} lies {n} point below the rest on “{item}” ({p}).": ("балл", "балла", "баллов"),
    "{group} lies {n} percentage point above the rest on “{item}” ({p}).":
        ("процентный пункт", "процентных пункта", "процентных пунктов"),
    "{group} lies {n} percentage point below the rest on “{item}” ({p}).":
        ("процентный пункт", "процентных пункта", "процентных пунктов"),
    "{n} point": ("пункт", "пункта", "пунктов"),
    "{n} comparison was tested; p values are adjusted within each question and variable.":
        ("сравнение", "сравнения", "сравнений"),
    "{n} client": ("клиент", "клиента", "клиентов"),
    "{n} respondent gave no answer.": ("респондент.", "респондента.", "респондентов."),
    "{n} respondent gave one and the same answer to every item.":
        ("респондент дал", "респондента дали", "респондентов дали"),
    "{n} respondent left more than half of the items empty.":
        ("респондент пропустил", "респондента пропустили", "респондентов пропустили"),
    "measured {n} wave ago": ("волну", "волны", "волн"),
    "Answers are weighted: {n} answer (as counted) is about as precise as {n_kish} of equal weight would be "
    "(design effect {deff}). Each interval takes in what the weights do to its own number.":
        ("ответ", "ответа", "ответов"),
    # after a preposition the noun has its case, and is singular after 1, 21, 101 only
    "What matters most is worked out on the {n} of {of} respondents who answered everything.":
        ("респонденту", "респондентам", "респондентам"),
    "Promoters, in their own words: {shown} of {n} comment": ("комментария", "комментариев", "комментариев"),
    "Passives, in their own words: {shown} of {n} comment": ("комментария", "комментариев", "комментариев"),
    "Detractors, in their own words: {shown} of {n} comment": ("комментария", "комментариев", "комментариев"),
    "{good} of {n} report published": ("", "", ""),
    "{n} column without a name was left out.": ("столбец", "столбца", "столбцов"),
    "{n} row that is hidden in the sheet was read like the others.": ("строка", "строки", "строк"),
    "{n} row that the survey tool marks as a preview, a test or spam was left out.": ("строка", "строки", "строк"),
    "{n} hidden sheet was not read.": ("скрытый лист", "скрытых листа", "скрытых листов"),
}  # fmt: skip


def filled(code, one, n, digits=0):
    names = dict.fromkeys(re.findall(r"\{(\w+)\}", one), "5") | {"group": "A", "item": "B", "p": "p", "wave": "w"}
    names.pop("n", None)
    return language(code).plural(one, one, n, digits=digits, **names)


def test_the_table_of_counted_russian_sentences_is_complete():
    counted = {message.id[0] for message in catalogue("ru") if isinstance(message.id, tuple)}
    assert counted - set(RUSSIAN) == set()


@pytest.mark.parametrize("one", RUSSIAN)
def test_a_counted_russian_sentence_agrees_with_every_number(one):
    for n, which in ((1, 0), (2, 1), (5, 2), (11, 2), (21, 0), (101, 0), (111, 2), (22, 1)):
        assert re.search(rf"\b{n} {re.escape(RUSSIAN[one][which])}(?!\w)", f"{filled('ru', one, n)} "), (one, n)
    if "lies" in one:
        assert re.search(rf"\b0,5 {RUSSIAN[one][1]}\b", filled("ru", one, 0.5, digits=1))
        assert re.search(rf"\b1,0 {RUSSIAN[one][1]}\b", filled("ru", one, 1, digits=1))
