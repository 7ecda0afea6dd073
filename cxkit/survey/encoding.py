"""The encoding of a text file: its mark, UTF-8, or the one in which its first words are most likely words."""

import codecs
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from cxkit.errors import DataError

BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# What may be guessed, with what each costs because files seldom have it.
GUESSES = {"cp1251": 0.0, "cp1252": 0.0, "cp866": 2.0, "koi8-r": 2.0, "mac-cyrillic": 3.0, "mac-roman": 2.0}
CHUNK = 2**20
MAX_WORDS = 2_000
ENOUGH = 100_000  # characters or words beyond ASCII after which no further ones are looked at
SHOWN = 3  # words told with a guess
CERTAIN = 4.0  # the likeliest reading must be e^4 times as likely as the next
UNLIKELY = 5.0  # of no likely reading costs an odd character more

# How often letters stand in Russian texts, per mille (Lyashevskaya and Sharov 2009, Frequency dictionary of modern
# Russian); the Uzbek and Ukrainian letters and the western ones are set by hand: common, seldom, rare.
_CYRILLIC = {
    "о": 110, "е": 85, "а": 80, "и": 74, "н": 67, "т": 63, "с": 55, "р": 47, "в": 45, "л": 44, "к": 35, "м": 32,
    "д": 30, "п": 28, "у": 26, "я": 20, "ы": 19, "ь": 17, "г": 17, "з": 17, "б": 16, "ч": 14, "й": 12, "х": 10,
    "ж": 9, "ш": 7, "ю": 6, "ц": 5, "щ": 4, "э": 3, "ф": 3, "қ": 3, "ў": 3, "ҳ": 2, "ғ": 2, "ё": 4, "ъ": 1,
    "і": 10, "ї": 2, "є": 2,
}  # fmt: skip
_WESTERN = {**dict.fromkeys("éèáíóñüöäçãàêå", 40), **dict.fromkeys("úôâîûßøæõëïœùòì", 10), **dict.fromkeys("ÿý", 1)}
_COSTS = {letter: -math.log(share / 1000) for letter, share in {**_CYRILLIC, **_WESTERN}.items()}
_VOWELS = "аеёиоуыэюяў"
_ALONE = set("авикосуяоэàéyó")  # letters that are words
# What a sign costs that stands between letters, after one, before one, or beside none.
_SIGNS = {
    (True, True): {**dict.fromkeys("‘’", 1.0), **dict.fromkeys("–—", 4.0)},
    (True, False): dict.fromkeys("»”’…", 3.0),
    (False, True): dict.fromkeys("«“„‘", 6.0),
    (False, False): dict.fromkeys("«»“”„‘’–—…№€§°•·\u00a0", 3.0),
}
_STRANGE, _MIXED, _CASE, _CAPITALS, _LONELY, _CROWDED = 10.0, 8.0, 9.0, 1.0, 4.0, 3.0
_NO_WORD = re.compile(f"^[ьъы]|[{_VOWELS}][ьъ]|[ьъ][ьъы]|^[^{_VOWELS}]{{3,}}$|[^{_VOWELS}]{{4}}|[{_VOWELS}]{{3}}")
_ODD_WORD = re.compile(rb"[^\s,;|\t\"]*[\x80-\xff][^\s,;|\t\"]*")
_BROKEN = re.compile("[\udc80-\udcff]")
_BEYOND_ASCII = re.compile("[^\x00-\x7f\udc80-\udcff]")


def find_encoding(path: Path, given: str = "") -> tuple[str, str]:
    """Find the encoding that a text file is to be read with.

    Parameters
    ----------
    given : an encoding that was asked for; it is checked, not doubted, unless the file is clearly UTF-8.

    Returns
    -------
    The encoding, and the first words that decided where it was guessed from the letters ("" where it is certain).

    Raises
    ------
    DataError : the encoding is unknown or does not fit, the file is UTF-8 but for some bytes, or several encodings
        are likely.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    mark = next((name for bom, name in BOMS if head.startswith(bom)), "")
    name = given or (mark if mark == "utf-16" else _without_mark(head))
    if name:
        return _checked(path, name), ""
    good, broken = _utf8_characters(path)
    if not broken:
        return mark or "utf-8", ""
    if mark or good > broken:
        raise DataError(
            f"{path.name}, {_place(path)}: found a byte that is not utf-8, as the rest of the file is; correct the "
            f"cell and save the file as UTF-8."
        )
    return _guessed(path)


def _checked(path: Path, name: str) -> str:
    try:
        codecs.lookup(name)
        for _ in _chunks(path, name):
            pass
    except UnicodeError:
        raise DataError(f"{path.name} cannot be read as {name}; name its encoding.") from None
    except LookupError:
        raise DataError(f'{path.name}: the encoding "{name}" is unknown; try "utf-8" or "cp1251".') from None
    if len("я".encode(name, "replace")) == 1:
        good, broken = _utf8_characters(path)
        if good and not broken:
            raise DataError(f"{path.name} is UTF-8, not {name}; leave the encoding out.")
    return name


def _chunks(path: Path, name: str, errors: str = "strict") -> Iterator[str]:
    with path.open(encoding=name, errors=errors, newline="") as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


def _without_mark(head: bytes) -> str:
    """UTF-16 without its mark: every other byte is that of a Latin or Cyrillic block."""
    for name, other in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        if b"\0" in other and sum(byte in (0, 4) for byte in other) > 0.9 * len(other):
            return name
    return ""


def _utf8_characters(path: Path) -> tuple[int, int]:
    """How many characters beyond ASCII are valid UTF-8, and how many bytes are not."""
    good = broken = 0
    for chunk in _chunks(path, "utf-8", "surrogateescape"):
        if not chunk.isascii():
            broken += len(_BROKEN.findall(chunk))
            good += len(_BEYOND_ASCII.findall(chunk))
            if broken > ENOUGH:
                break
    return good, broken


def _place(path: Path) -> str:
    """The row of the first broken byte, counted by line ends outside quotation marks, and the text around it."""
    row, quoted = 1, False
    with path.open(encoding="utf-8", errors="surrogateescape") as stream:
        for line in stream:
            found = _BROKEN.search(line)
            if found:
                near = _BROKEN.sub("\ufffd", line[max(0, found.start() - 12) : found.end() + 12].strip())
                return f'row {row}, at "{near}"'
            quoted ^= line.count('"') % 2 == 1
            row += not quoted
    return f"row {row}"


def _guessed(path: Path) -> tuple[str, str]:
    with path.open("rb") as file:
        name, words = guess(path.name, odd_words(file))
    return _checked(path, name), words


def guess(file: str, words: Sequence[bytes]) -> tuple[str, str]:
    """The encoding in which words with bytes beyond ASCII are most likely words, and the first of them.

    Raises
    ------
    DataError : no encoding is likely, or several are.
    """
    readings: dict[tuple[str, ...], str] = {}
    for name in GUESSES:
        try:
            texts = tuple(word.decode(name) for word in words)
        except UnicodeError:
            continue
        readings.setdefault(texts, name)
    costs = sorted((GUESSES[name] + sum(map(_cost, texts)), name, texts) for texts, name in readings.items())
    odd = sum(byte > 127 for word in words for byte in word)
    if not costs or costs[0][0] > UNLIKELY * odd or (len(costs) > 1 and costs[1][0] - costs[0][0] < CERTAIN):
        likely = [f'{name} ("{_first(texts)}")' for _, name, texts in costs[:3]]
        found = f" and could be {' or '.join(likely)}" if likely else ""
        raise DataError(f"{file} is not UTF-8{found}; name its encoding, or save the file as UTF-8.")
    _, name, texts = costs[0]
    return name, _first(texts)


def odd_words(lines: Iterable[bytes]) -> list[bytes]:
    """The first different words with a byte beyond ASCII."""
    found: dict[bytes, None] = {}
    seen = 0
    for line in lines:
        words = _ODD_WORD.findall(line)
        found.update(dict.fromkeys(words))
        seen += len(words)
        if len(found) >= MAX_WORDS or seen > ENOUGH:
            break
    return list(islice(found, MAX_WORDS))


def _first(texts: tuple[str, ...]) -> str:
    """The first few words with a letter beyond ASCII, without marks around them."""
    bare = (re.sub(r"^\W+|\W+$", "", text) for text in texts)
    lettered = dict.fromkeys(text for text in bare if any(c.isalpha() and c > "\x7f" for c in text))
    return ", ".join(islice(lettered or dict.fromkeys(texts), SHOWN))


def _cost(text: str) -> float:
    """How unlikely a text is, as minus the logarithm of its likelihood, but for what holds in all encodings."""
    cost = sum(_word_cost(word) for word in re.findall(r"[^\W\d_]+", text) if not word.isascii())
    for found in re.finditer(r"[^\w\x00-\x7f]", text):
        beside = text[: found.start()][-1:].isalpha(), text[found.end() :][:1].isalpha()
        cost += _SIGNS[beside].get(found[0], _STRANGE)
    return cost + _CASE * len(re.findall(r"\d[^\W\d_\x00-\x7f]|[^\W\d_\x00-\x7f]\d", text))


def _word_cost(word: str) -> float:
    """Seldom letters, mixed alphabets, case that changes inside, accents side by side, letters no word has so."""
    odd = [c for c in word.lower() if c > "\x7f"]
    cost = sum(_COSTS.get(c, _STRANGE) for c in odd)
    cyrillic = sum("\u0400" <= c <= "\u04ff" for c in odd)
    if cyrillic and cyrillic < len(word):
        cost += _MIXED
    if len(word) == 1:
        return cost + (_LONELY if word.lower() not in _ALONE else 0)
    if word.isupper():
        cost += _CAPITALS * len(odd)
    elif not word[1:].islower():
        cost += _CASE
    if cyrillic == len(word):
        return cost + _CASE * len(_NO_WORD.findall(word.lower()))
    return cost + _CROWDED * len(re.findall(r"[^\x00-\x7fß](?=[^\x00-\x7fß])", word))
