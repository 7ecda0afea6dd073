"""How English, Russian and Uzbek call months, quarters, half-years, weeks and days, all in lower case."""

import re

_MONTHS = (
    "jan january yan yanv yanvar янв январь января январ",
    "feb february fev fevr fevral фев февр февраль февраля феврал",
    "mar march mart мар март марта",
    "apr april aprel апр апрель апреля апрел",
    "may май мая",
    "jun june iyn iyun июн июнь июня",
    "jul july iyl iyul июл июль июля",
    "aug august avg avgust авг август августа",
    "sep sept september sen sent sentabr sentyabr сен сент сентябрь сентября сентябр сентабр",
    "oct october okt oktabr oktyabr окт октябрь октября октябр октабр",
    "nov november noy noyab noyabr ноя нояб ноябрь ноября ноябр",
    "dec december dek dekabr дек декабрь декабря декабр",
)
MONTHS = {word: number for number, words in enumerate(_MONTHS, 1) for word in words.split()}
_UNITS = {
    "quarter": "q qtr quarter кв квартал квартала kv kvartal ch chorak choragi ч чорак чораги",
    "half-year": "h half полугодие полугодия п пг yarim ярим",
    "week": "w wk week нед неделя недели hafta haftasi ҳафта ҳафтаси хафта",
    "month of the year": "month мес месяц месяца oy oyi ой ойи",
    "fiscal": "fy fiscal",
}
UNITS = {word: unit for unit, words in _UNITS.items() for word in words.split()}
# What stands beside a year or a month, after a number, and beside a day, without changing what is meant.
BESIDE, ORDINALS, WEEKDAYS = (set(words.split()) for words in (
    "of the year г гг год года годы году yil yili yillik y йил йили йиллик",
    "st nd rd th й я е ый ий ая ое го ье inchi nchi chi инчи нчи чи",
    "mon monday tue tues tuesday wed wednesday thu thurs thursday fri friday sat saturday sun sunday "
    "пн понедельник вт вторник ср среда чт четверг пт пятница сб суббота вс воскресенье "
    "dushanba seshanba chorshanba payshanba juma shanba yakshanba "
    "душанба сешанба чоршанба пайшанба жума шанба якшанба",
))  # fmt: skip
# A wave that is called so is numbered through, so that wave 4 is after wave 1 even without 2 and 3.
WAVES = ("wave", "волна", "to lqin", "тўлқин", "so rov", "сўров", "round", "раунд", "bosqich", "босқич")


def is_date(text: str) -> bool:
    """Whether a text is a day or month as a spreadsheet writes it, which makes one of 10-14 and of 9/10.

    >>> is_date("Oct-14"), is_date("09.окт"), is_date("2026-10-14 00:00:00"), is_date("10 stars")
    (True, True, True, False)
    """
    if re.fullmatch(r"\d{4}-\d\d-\d\d.*", text):
        return True
    words = re.findall(r"\d+|[^\W\d_]+", text.casefold())
    months = [word for word in words if word in MONTHS]
    return len(months) == 1 and 2 <= len(words) <= 3 and all(word in months or word.isdecimal() for word in words)
