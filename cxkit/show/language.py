"""Languages: whole sentences from catalogues, numbers and dates by Babel."""

import datetime as dt
import gettext
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from babel import dates, numbers
from babel.messages.pofile import read_po

from cxkit.errors import SettingsError, did_you_mean

if TYPE_CHECKING:  # so that the command line starts without pandas
    from cxkit.result import Result

LANGUAGES = ("en", "ru", "uz", "uz_Cyrl")
_MONTHS = ("январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь",
           "декабрь")  # fmt: skip
_FORBIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# What Unicode calls ignorable outside these categories, and the blank of braille: a name could hide in them.
_UNSEEN = set(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
) | {chr(k) for k in [*range(0xFE00, 0xFE0E), *range(0xE0100, 0xE01F0)]}  # fmt: skip
# A joiner changes what is seen after a letter without case (Arabic, Devanagari), a mark or a picture only.
_JOINERS, _JOINED = "\u200c\u200d", {"Lo", "Mn", "Mc", "So", "Sk"}


class _Boxes(dict[int, Any]):
    """What str.translate makes of a character, looked up once for each that occurs."""

    def __missing__(self, code: int) -> Any:
        c = chr(code)
        good = c in "\n\t" + _JOINERS or (unicodedata.category(c) not in _FORBIDDEN and c not in _UNSEEN)
        self[code] = found = code if good else "\ufffd"
        return found


_BOXES = _Boxes()


@dataclass(frozen=True)
class Language:
    """One language's sentences and number formats; the English sentence is the key of all others."""

    code: str
    catalogue: dict[Any, Any]
    plural_form: Any

    def text(self, sentence: str, **values: Any) -> str:
        """The sentence in this language with its {names} filled in."""
        return self.catalogue.get(sentence, sentence).format(**values)

    def plural(self, one: str, many: str, n: float, *, digits: int = 0, **values: Any) -> str:
        """The sentence in the form that the number ``n`` asks for as it is shown; {n} is filled in formatted.

        A number with decimals asks for the second form: 1.0 points; in Russian the genitive singular, 5,0 балла.
        """
        forms, shown = self.catalogue.get(one), abs(round(float(n)))
        which = 1 if digits else self.plural_form(shown) if forms else int(shown != 1)
        chosen = forms[which] if forms else (one, many)[which]
        return str(chosen).format(n=self.number(n, digits), **values)

    def number(self, value: float, digits: int = 0, *, signed: bool = False) -> str:
        value = round(float(value), digits) + 0.0  # no "-0"
        shown = _decimal(value, digits, self.code)
        return f"+{shown}" if signed and value > 0 else shown

    def percent(self, share: float) -> str:
        """Whole percent; what is not quite nothing or everything never reads as 0 % or 100 %."""
        if 0 < share < 0.005:
            return f"<{self.percent(0.01)}"
        if 0.995 < share < 1:
            return f">{self.percent(0.99)}"
        share = round(float(share), 2) + 0.0  # no "-0"
        return numbers.format_percent(share, locale=self.code).replace("-", "−")

    def p(self, p: float) -> str:
        """A p value as "p = 0.031" or "p < 0.001"."""
        sign, value = ("<", 0.001) if p < 0.001 else ("=", p)
        return f"p\u00a0{sign}\u00a0{self.number(value, 3)}"

    def date(self, iso: str) -> str:
        """A date such as 2026-07-01 in words; "" stays ""."""
        if not iso:
            return ""
        day = dt.date.fromisoformat(iso)
        if self.code == "uz":  # the long date of CLDR, "1-iyul, 2026", is not used
            return dates.format_date(day, "y-'yil' d-MMMM", locale="uz")
        if self.code == "uz_Cyrl":
            return f"{day.year} йил {day.day} {_MONTHS[day.month - 1]}"
        return dates.format_date(day, format="long", locale=self.code)

    def label(self, result: "Result", item: str) -> str:
        """The item's text in this language, else in English, else its name."""
        if item == "scale_score":
            return self.text("All items together")
        return self.named(result.labels.get(item, {}), item)

    def group(self, result: "Result", name: str) -> str:
        """The name of a group in this language, else in English, else as the result has it; in quotation marks where
        it could be taken for everybody."""
        clear = self.named(_names(result.settings, "by").get(name, {}), name)
        alike = " ".join(clear.split()).casefold() in _everybody()
        return self.text("“{name}”", name=clear) if alike else clear

    def wave(self, result: "Result", name: str) -> str:
        """The same for a wave."""
        return self.named(_names(result.settings, "wave").get(name, {}), name)

    def named(self, texts: Mapping[str, str], name: str) -> str:
        """The text in this language, else in English, else the name."""
        return plain(texts.get(self.code) or texts.get("en") or name)


def _names(settings: Mapping[str, Any], role: str) -> Mapping[str, Mapping[str, str]]:
    """Name -> language -> text of the groups or waves of a result."""
    found: Mapping[str, Mapping[str, str]] = settings.get("values", {}).get(settings.get(role), {})
    return found


@lru_cache
def language(code: str) -> Language:
    """Return a language by its code.

    Raises
    ------
    SettingsError : the code is not one of en, ru, uz, uz_Cyrl.
    """
    if code not in LANGUAGES:
        raise SettingsError(f'There is no language "{code}"; {did_you_mean(code, LANGUAGES)}')
    if code == "en":
        return Language(code, {}, None)
    with (files("cxkit.show") / "locale" / f"{code}.po").open("rb") as file:
        found = read_po(file, locale=code)
    messages = {m.id[0] if isinstance(m.id, tuple) else m.id: m.string for m in found if m.id}
    return Language(code, messages, gettext.c2py(found.plural_expr))


@lru_cache(maxsize=10_000)  # an axis asks for the same few numbers each time it is measured and drawn
def _decimal(value: float, digits: int, code: str) -> str:
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return numbers.format_decimal(value, format=pattern, locale=code).replace("-", "−")


def mark(sentence: str) -> str:
    """Mark a sentence for the catalogues where it is kept before it is said."""
    return sentence


@lru_cache
def _everybody() -> frozenset[str]:
    """What all respondents together are called in any language, for comparison with names of groups."""
    words = (mark("All"), mark("All respondents"))
    return frozenset(language(code).text(word).casefold() for code in LANGUAGES for word in words)


def span(scores: range) -> str:
    """Scores next to each other as "9–10"."""
    return f"{scores[0]}–{scores[-1]}" if len(scores) > 1 else str(scores[0])


def plain(text: Any) -> str:
    """Make text from data safe to draw: what breaks lines, turns their direction or cannot be seen becomes a box."""
    boxed = str(text).translate(_BOXES)
    if not any(joiner in boxed for joiner in _JOINERS):
        return boxed
    joins = (c in _JOINERS and unicodedata.category(before) not in _JOINED
             for before, c in zip(" " + boxed, boxed, strict=False))  # fmt: skip
    return "".join("\ufffd" if lost else c for lost, c in zip(joins, boxed, strict=True))
