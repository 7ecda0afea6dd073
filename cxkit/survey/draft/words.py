"""What survey files call their columns, in English, Russian and Uzbek in both alphabets: a hint after the content."""

import re

from cxkit.survey.cards import fold

_WORDS = {
    "weight": "weight wgt wt weighting вес веса взвешивание vazn vazni вазн вазни",
    "respondent": "id respondent resp respid respnum uuid guid респондент респондента анкета анкеты "
    "respondenti сўровнома so'rovnoma",
    "group": "segment seg group branch region city district company brand department store channel сегмент группа "
    "филиал отделение регион город район компания бренд отдел магазин guruh filial hudud shahar kompaniya "
    "гуруҳ ҳудуд шаҳар",
    "wave": "wave round period year quarter month волна период год квартал месяц to'lqin davr yil chorak oy тўлқин "
    "давр йил чорак ой",
    "count": "count freq frequency respondents число количество частота soni сони",
    "recommend": "nps recommend recommendation рекомендовать порекомендовать порекомендуете рекомендуете tavsiya "
    "тавсия",
    "rating": "rating rate score stars star csat ces satisfaction satisfied оценка оцените балл удовлетворены "
    "удовлетворенность baho baholang mamnun баҳо баҳоланг мамнун",
    "metadata": "ip ipaddress latitude longitude status finished progress duration collector lang language "
    "userlanguage browser device referrer token дата время код",
    "age": "age ages возраст yosh yoshi yoshingiz ёш ёши ёшингиз",
    "comment": "comment comments why reason other text verbatim комментарий почему причина другое izoh nega sabab "
    "boshqa изоҳ нега сабаб бошқа",
    "person": "email mail phone name firstname lastname surname имя фамилия телефон почта ism familiya telefon "
    "исм фамилия",
}
WORDS = {kind: frozenset(words.split()) for kind, words in _WORDS.items()}
# Answers that are none, folded.
NO_ANSWER = frozenset(map(fold, (
    "don't know", "dont know", "do not know", "not sure", "no answer", "n/a", "na", "not applicable", "refused",
    "prefer not to say", "never used", "not used", "no opinion", "dk", "-", "нет ответа", "не знаю",
    "затрудняюсь ответить", "затрудняюсь", "отказ", "не пользовался", "не применимо", "bilmayman", "javob yo'q",
    "aytish qiyin", "foydalanmaganman", "билмайман", "жавоб йўқ", "айтиш қийин", "фойдаланмаганман",
)))  # fmt: skip
_LIKERT = """
    strongly disagree / disagree / neither agree nor disagree = neutral / agree / strongly agree
    very dissatisfied / dissatisfied / neither satisfied nor dissatisfied = neutral / satisfied / very satisfied
    very poor / poor / fair = average / good / very good = excellent
    very bad / bad / so-so = average / good / very good
    very unlikely / unlikely / neutral / likely / very likely
    never / rarely / sometimes / often / always
    совершенно не согласен = полностью не согласен / не согласен = скорее не согласен / затрудняюсь = нейтрально / \
    согласен = скорее согласен / полностью согласен = совершенно согласен
    очень недоволен = совершенно не удовлетворен / недоволен = не удовлетворен / нейтрально / \
    доволен = удовлетворен / очень доволен = полностью удовлетворен
    очень плохо / плохо / нормально = средне = удовлетворительно / хорошо / очень хорошо = отлично
    mutlaqo qo'shilmayman / qo'shilmayman / betaraf / qo'shilaman / to'liq qo'shilaman
    juda yomon / yomon / o'rtacha / yaxshi / juda yaxshi = a'lo
    мутлақо қўшилмайман / қўшилмайман / бетараф / қўшиламан / тўлиқ қўшиламан
    жуда ёмон / ёмон / ўртача / яхши / жуда яхши = аъло
"""
LIKERT = [  # for each family the words of its points, from the lowest
    [[fold(word) for word in point.split("=")] for point in line.split("/")] for line in _LIKERT.strip().splitlines()
]
_UZBEK = frozenset(("va", "siz", "sizni", "bizni", "bizning", "qanday", "qanchalik", "uchun", "bilan", "kerak"))


def named(name: str, kind: str) -> bool:
    """Whether the name of a column has a word of this kind, whole or, from four letters on, at an end of a word.

    >>> named("Q12PRECHECKRATE", "rating"), named("ResponseId", "respondent"), named("paid", "respondent")
    (True, True, False)
    """
    if kind == "respondent" and re.search(r"(?:[a-z]Id|ID)$", name):
        return True
    words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)*", fold(name))
    known = WORDS[kind]
    return any(
        word in known or any(len(one) > 3 and (word.startswith(one) or word.endswith(one)) for one in known)
        for word in words
    )


def language_of(text: str) -> str:
    """The language that a question seems to be in.

    >>> [language_of(text) for text in ("How easy was it?", "Оцените нас", "Бизни қандай баҳолайсиз?", "Qanday?")]
    ['en', 'ru', 'uz_Cyrl', 'uz']
    """
    folded = fold(text)
    if re.search("[ўқғҳ]", folded):
        return "uz_Cyrl"
    if re.search("[а-яё]", folded):
        return "ru"
    return "uz" if re.search("[og]'", folded) or _UZBEK & set(re.findall(r"[\w']+", folded)) else "en"


def is_question(name: str) -> bool:
    """Whether the name of a column is the text of a question, too long for the name of an item."""
    return len(name.split()) > 2 or name.endswith("?")
