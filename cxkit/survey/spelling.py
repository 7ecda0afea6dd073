"""Names that a reader takes for one: case, spaces, dashes, quotes, closing marks, and letters that look the same."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TypeVar

from cxkit.survey.cards import fold

T = TypeVar("T")
S = TypeVar("S", bound=Hashable)
_CYRILLIC, _LATIN = "АВСЕНІЈКМОРЅТХУасеіјкорѕху", "ABCEHIJKMOPSTXYaceijkopsxy"  # letters that look the same
_TO_LATIN, _TO_CYRILLIC = str.maketrans(_CYRILLIC, _LATIN), str.maketrans(_LATIN, _CYRILLIC)
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
_LETTERS = re.compile(r"[^\W\d_]+")
_QUOTES = re.compile(r"[\"“”„‟«»]|^[' ]+")  # the first ' too: Excel's mark of a text
_ENDS = re.compile(r"[ .,;:]+$")
_WHOLE = re.compile(r"^0*([0-9]+)(?:[.,]00?)?$")  # 1,000 may be a thousand
_LIST, _LISTED = re.compile(r"\[( *|(['\"]).*\2)\]", re.DOTALL), re.compile(r"'([^']+)'|\"([^\"]+)\"")


def key(name: str) -> str:
    """What spellings of one name share: case, spaces, invisible characters, dashes and apostrophes are folded, and
    letters of another alphabet that only look like those of the word's own are read as these. Quotes, closing marks,
    spaces beside a dash, and zeros that a whole number does not need are left out.

    >>> key("Retail\\u00a0 Bank") == key("RETAIL bank"), key("\\u0422oshkent") == key("Toshkent")
    (True, True)
    >>> key("01"), key("1.0"), key('"SME" - bank.')
    ('1', '1', 'sme-bank')
    """
    if name.isascii():  # the same, at a tenth of the time
        plain = " ".join(name.replace("`", "'").casefold().split())
        return plain if plain.isalpha() else _bare(plain)
    return _key(name)


@lru_cache(maxsize=2**16)
def _key(name: str) -> str:
    return _bare(fold(_LETTERS.sub(lambda word: _one_alphabet(word[0]), _even(name))))


def _bare(folded: str) -> str:
    bare = " ".join(re.sub("&(amp;)+", "&", _QUOTES.sub("", folded)).split())
    bare = _ENDS.sub("", re.sub(" ?- ?", "-", bare))
    bare = _WHOLE.sub(r"\1", bare)
    return folded if bare in ("", folded) else _bare(bare)


def look(name: str) -> str:
    """What names share that look the same, although a word of one is all Latin and that of the other all Cyrillic, or
    only one has the dots of \u0451.

    >>> look("VIP \\u0410") == look("VIP A"), key("VIP \\u0410") == key("VIP A")
    (True, False)
    """
    meant = _LETTERS.sub(lambda word: _one_alphabet(word[0]), _even(name))
    return _bare(fold(meant.replace("\u0451", "\u0435").replace("\u0401", "\u0415").translate(_TO_LATIN)))


def visible(name: str, *, alphabets: bool = False) -> str:
    """The name with what an eye cannot tell apart shown by its code: odd spaces, invisible characters, letters of
    another alphabet; with ``alphabets`` also words that could be of either.

    >>> visible("Retail\\u00a0Bank"), visible("\\u0422oshkent"), visible("A"), visible("\\u0410", alphabets=True)
    ('Retail[U+00A0]Bank', '[U+0422]oshkent', 'A', '[U+0410]')
    """

    def word(found: re.Match[str]) -> str:
        given = found[0]
        meant = _one_alphabet(given)
        if alphabets and meant == given:
            meant = given.translate(_TO_LATIN)
            if _cyrillic(meant):  # a letter of its own says which alphabet the word is of
                meant = given
        return "".join(a if a == b else _code(a) for a, b in zip(given, meant, strict=True))

    shown = "".join(_code(c) if _odd(c) else c for c in name)
    shown = re.sub("  +", lambda spaces: " " + _code(" ") * (len(spaces[0]) - 1), shown)
    return re.sub(r"\[U\+[0-9A-F]{4,6}\]|[^\W\d_]+", lambda m: m[0] if m[0][0] == "[" else word(m), shown)


def best(spellings: Mapping[str, int]) -> str:
    """The spelling that a name is shown in: the most frequent of those in one alphabet; of equally frequent ones that
    without odd spaces, then that in ordinary case, whatever the order of rows.

    >>> best({"RETAIL": 3, "retail": 12, "Retail": 12})
    'Retail'
    """

    def rank(name: str) -> tuple[bool, int, bool, bool, bool, int, str]:
        mixed = any(_one_alphabet(word) != word for word in _LETTERS.findall(name))
        return mixed, -spellings[name], visible(name) != name, name.isupper(), name.islower(), len(name), name

    return min(spellings, key=rank) if len(spellings) > 1 else next(iter(spellings))


def one_name(spellings: Mapping[str, int], wanted: Iterable[str] = ()) -> dict[str, str]:
    """Spelling -> name, one for all spellings with the same key: that of ``wanted``, else the best.

    >>> one_name({"Retail": 2, "retail": 1, "Web": 1})
    {'Retail': 'Retail', 'retail': 'Retail', 'Web': 'Web'}
    """
    names = {key(name): name for name in wanted}
    together = grouped(spellings, key)
    shown = {same: names.get(same) or best({one: spellings[one] for one in mine}) for same, mine in together.items()}
    return {spelling: shown[same] for same, mine in together.items() for spelling in mine}


def grouped(names: Iterable[T], shared: Callable[[T], S]) -> dict[S, list[T]]:
    """The names with what they share, in the order in which they come.

    >>> grouped(["Web", "web", "Shop"], key)
    {'web': ['Web', 'web'], 'shop': ['Shop']}
    """
    found: dict[S, list[T]] = {}
    for name in names:
        found.setdefault(shared(name), []).append(name)
    return found


def alike(names: Iterable[str]) -> Iterator[list[str]]:
    """Names that a reader could take for one, in lists of two or more."""
    lists: list[list[str]] = []
    places: dict[tuple[str, str], list[str]] = {}
    for name in sorted(names):
        signs = (("key", key(name)), ("look", look(name)))
        mine = next((places[sign] for sign in signs if sign in places), [])
        lists += [mine] * (not mine)
        mine.append(name)
        places |= dict.fromkeys(signs, mine)
    return (mine for mine in lists if len(mine) > 1)


def pieces(cell: str, separator: str, whole: Collection[str] = ()) -> list[str]:
    """The answers in one cell, each once; one that holds the separator is kept whole when ``whole`` has its key.

    >>> pieces("Loan, Deposit, in dollars", ", ", {key("deposit, in dollars")})
    ['Loan', 'Deposit, in dollars']
    >>> pieces("Loan;Card;", ";")
    ['Loan', 'Card']
    """
    if _LIST.fullmatch(cell):  # as Python and JSON write one
        return list(dict.fromkeys(one or other for one, other in _LISTED.findall(cell)))
    parts = cell.removesuffix(separator.strip()).split(separator)
    if not whole:
        return list(dict.fromkeys(part.strip() for part in parts if part.strip()))
    found: dict[str, None] = {}
    while parts:
        joined = (separator.join(parts[:n]) for n in range(len(parts), 1, -1))
        longest = next((text for text in joined if key(text) in whole), parts[0])
        parts = parts[longest.count(separator) + 1 :]
        if longest.strip():
            found[longest.strip()] = None
    return list(found)


def separator_of(cells: Iterable[str]) -> str:
    """The sign that seems to stand between several answers in one cell; "" where cells look like single answers.

    The answers must recur in other cells, and some cells must hold more of them than others: "city, street" does not.
    Where "/" and a space stand, as Kobo writes it between codes in lower case, each answer must also stand alone.
    """
    values = sorted(set(cells))
    alone, codes = set(map(key, values)), all(value == value.lower() for value in values)
    for separator in (*";|\n,/", *" " * codes):
        if not any(separator in value for value in values):
            continue
        split = [pieces(value, separator) for value in values]
        several = [parts for parts in split if len(parts) > 1]
        often = Counter(key(part) for parts in split for part in parts)
        again = [key(part) for parts in several for part in parts]
        uneven = bool(several) and len({len(parts) for parts in split}) > 1
        if separator in "/ " and not alone.issuperset(again):
            continue
        if uneven and 3 * sum(often[part] > 1 for part in again) >= 2 * len(again):
            return separator + " " * any(separator + " " in value for value in values)
    return ""


def _even(name: str) -> str:
    joined = unicodedata.normalize("NFKC", name).translate(_DASHES)
    return "".join(c for c in joined if unicodedata.category(c) != "Cf")


def _one_alphabet(word: str) -> str:
    """The word in the alphabet of those of its letters that have no look-alike, else of most of them."""
    cyrillic = [c for c in word if _cyrillic(c)]
    latin = [c for c in word if c.isalpha() and not _cyrillic(c)]
    if not cyrillic or not latin:
        return word
    own = [any(c not in seeming for c in letters) for letters, seeming in ((cyrillic, _CYRILLIC), (latin, _LATIN))]
    if all(own):
        return word
    return word.translate(_TO_CYRILLIC if own[0] or (not own[1] and len(cyrillic) > len(latin)) else _TO_LATIN)


def _cyrillic(text: str) -> bool:
    return any("\u0400" <= c <= "\u052f" for c in text)


def _odd(c: str) -> bool:
    return c != " " and (c.isspace() or unicodedata.category(c) in ("Cf", "Cc", "Zl", "Zp"))


def _code(c: str) -> str:
    return f"[U+{ord(c):04X}]"
