"""Which columns are ratings, and on which scales: the guesses of a draft for its items."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from cxkit.survey.draft.agreement import FEWEST, Agreement, agreement, end_of_scale
from cxkit.survey.draft.ends import BOXES, OFTEN, SEVERAL, SIGNED, USUAL, Ends, Found, same_part, with_ends
from cxkit.survey.draft.guess import Guess, times, written
from cxkit.survey.draft.ratings import Rating, parts
from cxkit.survey.draft.words import is_question, language_of, named

REVERSED = -0.3  # correlation with the others below which a column is worded the other way
CHANCE = 2.5  # standard errors within which a correlation is no sign of that
HALF = 0.2  # correlation from which a column with the numbers of the ratings may be one
FEW, MANY = 5, 7  # points below which codes are likely, and from which a scale is
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True, eq=False)
class Evidence:
    """What is known of all columns together.

    ``codes`` has (ends of the numbers, number at an end) -> why it is no answer; ``cut`` the ends of the numbers of
    ratings that have such codes; ``wide`` the ends of ratings of many points; ``crossed`` the names that cross those
    of ratings, as own_modern does beside own_fast and rival_modern; ``apart`` the far codes of ratings.
    """

    alike: Agreement
    codes: Mapping[tuple[Ends, int], str]
    cut: frozenset[Ends]
    wide: frozenset[Ends]
    crossed: frozenset[str]
    apart: frozenset[str]


@dataclass(frozen=True)
class Items:
    """The guesses of scales and items, and what is said of each column that may be a rating but is left out."""

    found: Sequence[Found]
    left_out: Mapping[str, Guess]
    guesses: Sequence[Guess]


def items_of(ratings: Sequence[Rating], texts: Mapping[str, str]) -> Items:
    """Decide which columns are ratings, and on which scales.

    Parameters
    ----------
    texts : column -> the question that the file itself gives for it.
    """
    ratings = [replace(one, question=texts.get(one.name, "")) for one in ratings]
    evidence = _evidence(ratings)
    found: list[Found] = []
    left_out: dict[str, Guess] = {}
    for one in ratings:
        off = [end for end in one.doubtful if (one.range, end) in evidence.codes]
        levels = {number: n for number, n in one.levels.items() if number not in off}
        why, check, taken = _is_rating(one, levels, evidence)
        if taken:
            found.append(Found(one, (min(levels), max(levels)), why, check, codes=tuple(off), labels=one.labels))
        else:
            left_out[one.name] = Guess("left out", one.name, "", f"{one.seen}: {why}", check)
    found = [_turned(with_ends(one, found), found, evidence.alike) for one in found]
    scales = _scales(found, evidence.codes)
    return Items(found, left_out, [*scales, *_items(found, texts, evidence.codes, scales)])


def _evidence(ratings: Sequence[Rating]) -> Evidence:
    scores = pd.DataFrame({one.name: one.scores() for one in ratings})
    alike = agreement(scores, {one.name: one.doubtful for one in ratings})
    codes = _codes_at_ends(ratings, alike)
    sure = [one for one in ratings if alike.rates(one.name) or _uses_all(one.levels)]
    wide = frozenset(one.range for one in sure if one.high - one.low >= MANY - 1)
    lasts = {pair[1] for one in sure if (pair := parts(one.name))}
    pairs = [(pair[0], one.name) for one in ratings if (pair := parts(one.name)) and pair[1] in lasts]
    firsts = Counter(first for first, _ in pairs)
    crossed = frozenset(name for first, name in pairs if firsts[first] >= SEVERAL and len(firsts) > 1)
    apart = frozenset(text for one in sure for text in one.missing)
    return Evidence(alike, codes, frozenset(ends for ends, _ in codes), wide, crossed, apart)


def _codes_at_ends(ratings: Sequence[Rating], alike: Agreement) -> dict[tuple[Ends, int], str]:
    """(Ends of the numbers, number at an end) -> why it is no answer."""
    codes = {}
    by_range: dict[Ends, list[Rating]] = {}
    for one in ratings:
        if alike.rates(one.name):
            by_range.setdefault(one.range, []).append(one)
    for ends, those in by_range.items():
        doubtful = set.union(*(one.doubtful for one in those))
        for end in doubtful:
            seen = end_of_scale(alike, [one.name for one in those], end, doubtful)
            if seen.outside:
                codes[ends, end] = (
                    f"{end} ({times(seen.answers)}) is no point, as those who gave it are {seen.found:+.2f} sd from "
                    f"the mean elsewhere, where a point would be at {seen.expected:+.2f}"
                )
    return codes


def _uses_all(levels: Mapping[int, int]) -> bool:
    """Whether all points of 0 to 10 or 1 to 10 are used, as those of a scale are, but codes seldom."""
    return max(levels) == 10 and min(levels) in (0, 1) and len(levels) == 11 - min(levels)


def _is_rating(one: Rating, levels: Mapping[int, int], evidence: Evidence) -> tuple[str, str, bool]:
    """Why a column is a rating or none, what a report would do if that is wrong, and whether it is taken for one."""
    r, ends, name = evidence.alike.r.get(one.name), (min(levels), max(levels)), one.name
    kind = next((kind for kind in ("recommend", "rating") if named(one.words, kind)), "")
    goes = "" if r is None else f", r = {r:.2f} with the mean of the other ratings"
    if kind == "recommend" and named(name, "group") and len(levels) <= 3:
        return "derived from another answer, by its name", "", False
    if one.labels or (evidence.alike.rates(name) and not {1, 2}.issuperset(levels)):
        return f"{one.seen}{goes}", "", True
    like = one.range in evidence.cut  # the numbers of ratings, with the same codes at the ends
    if _uses_all(levels):
        return f"{one.seen}{goes}", "", True
    if kind and (ends in USUAL or like or kind == "recommend" or r is None):
        return f"{one.seen}, named as a {'recommendation' if kind == 'recommend' else kind}{goes}", "", True
    if set(levels) == {0, 1}:
        return f"0 or 1{goes}", "", True
    inside = any(low <= ends[0] and ends[1] <= high for low, high in evidence.wide)
    if inside and name in evidence.crossed:
        return f"{one.seen}, its name crosses those of ratings{goes}", "", True
    inside = inside and len(levels) >= MANY
    no_codes = min(levels) > 1 and 2 * one.column.filled > one.column.rows
    if inside and no_codes:
        return f"{one.seen}, as other ratings, and codes seldom begin at {min(levels)}{goes}", "", True
    if one.column.filled < FEWEST and 2 * one.column.filled < one.column.rows:
        return f"only {one.column.filled} answers", "", False
    no_codes = no_codes or bool(evidence.apart.intersection(one.missing))
    told = "no report would use it; if it is a rating, add it to the items"
    if one.wide and not kind:
        slider = ends[1] > 50 and 2 * one.column.filled > one.column.rows and not evidence.alike.differs(name)
        slider = slider and not (named(name, "respondent") or named(name, "age"))
        return f"numbers or codes{goes}", told if slider else "", False
    if evidence.alike.differs(name) and not (inside or no_codes):
        why = f"codes, as they do not go with the ratings (r = {r:.2f})"
        return why, told if one.range in USUAL else "", False
    averaged = "a report would average it; codes of groups have no mean"
    if inside or kind or no_codes or (like and r is not None and abs(r) >= HALF):
        return f"{one.seen}{goes}", averaged, True
    if r is not None or len(levels) < FEW:
        seen = "" if r is None else f" (r = {r:.2f} with the mean of the ratings)"
        return f"codes or a rating{seen}", told, False
    return one.seen, averaged, True


def _turned(one: Found, found: Sequence[Found], alike: Agreement) -> Found:
    """A column that runs against the others, by its own answers or those of columns with the same last part."""
    r = alike.r.get(one.name, 0.0)
    chance = CHANCE / (max(1, one.rating.column.filled) ** 0.5)
    if r > -chance or one.ends == (0, 1) or one.rating.labels:
        return one
    mates = [other.name for other in found if other is not one and same_part(one.name, other.name, 1)]
    if r <= REVERSED or any(alike.r.get(name, 0.0) <= REVERSED for name in mates):
        said = "a report would turn it round, low as good, as the others run the other way"
        return replace(one, check=one.check or said, reversed=True)
    said = "it may be worded the other way; a report would take a high answer as good"
    return replace(one, check=one.check or said)


def _key(one: Found) -> tuple[Ends, tuple[tuple[str, int], ...]]:
    return one.ends, tuple(sorted(one.labels.items(), key=lambda pair: (pair[1], pair[0])))


def _grouped(found: Iterable[Found]) -> dict[tuple[Ends, tuple[tuple[str, int], ...]], list[Found]]:
    groups: dict[tuple[Ends, tuple[tuple[str, int], ...]], list[Found]] = {}
    for one in found:
        groups.setdefault(_key(one), []).append(one)
    return groups


def _names(found: Sequence[Found]) -> dict[tuple[Ends, tuple[tuple[str, int], ...]], str]:
    """A name for each scale, such as one_to_five, and one_to_five_2 for the next with the same ends."""
    names: dict[tuple[Ends, tuple[tuple[str, int], ...]], str] = {}
    for key in _grouped(found):
        name = "_to_".join(_word(end) for end in key[0])
        taken = sum(other == name or other.startswith(f"{name}_") for other in names.values())
        names[key] = f"{name}_{taken + 1}" if taken else name
    return names


def _word(number: int) -> str:
    word = _NUMBERS[abs(number)] if abs(number) <= 10 else str(abs(number))
    return f"minus_{word}" if number < 0 else word


def _scales(found: Sequence[Found], codes: Mapping[tuple[Ends, int], str]) -> list[Guess]:
    """The scales that several items share."""
    names = _names(found)
    return [_scale(names[key], those, codes) for key, those in _grouped(found).items() if not _alone(those)]


def _alone(those: Sequence[Found]) -> bool:
    return len(those) == 1


def _scale(name: str, those: Sequence[Found], codes: Mapping[tuple[Ends, int], str]) -> Guess:
    low, high = those[0].ends
    counts: Counter[int] = Counter()
    for one in those:
        counts.update({score: n for score, n in one.rating.levels.items() if score not in one.codes})
    at_ends = sorted({code for one in those for code in one.codes})
    sure = sorted({text for one in those for text in one.rating.missing})
    perhaps = sorted({text for one in those for text in one.rating.perhaps})
    missing = list(dict.fromkeys([*sure, *map(str, at_ends), *perhaps]))
    value = {"min": low, "max": high, **({"missing": missing} if missing else {})}
    if those[0].labels:
        value["labels"] = dict(_key(those[0])[1])
    seen = f"{low} given {times(counts[low])}, {high} {times(counts[high])}, none beyond"
    reasons = [*([] if _alone(those) else [f"{len(those)} item{'s' * (len(those) > 1)}"]), seen]
    if sure:
        reasons.append(f"{written(sure)} far from the scale or words for no answer")
    reasons += {code: codes[one.rating.range, code] for one in reversed(those) for code in one.codes}.values()
    doubt = _doubt(those, counts, [*map(str, at_ends), *perhaps])
    if not doubt and not _alone(those) and all(one.check for one in those):
        doubt = "no report would use it if none of its items is a rating"
    return Guess("scales", name, value, "; ".join(reasons), doubt)


def _doubt(those: Sequence[Found], counts: Mapping[int, int], codes: Sequence[str]) -> str:
    """What a report would do with a scale whose ends or codes are not sure."""
    low, high = those[0].ends
    if codes:
        return f"a report would leave out the answers {written(list(codes))}"
    if (low, high) == (0, 1):
        return "a report would take 1 as the good answer"
    if those[0].rating.ends:
        return ""
    seldom = any(counts.get(end, 0) < OFTEN for end in (low, high))
    never = any(not counts.get(end, 0) for end in (low, high))
    if never or (seldom and (low, high) != (0, 10)):
        return f"a report would take {low} to {high} {BOXES}"
    if (low, high) not in (*USUAL, *SIGNED):
        return f"not a usual scale; a report would take {low} to {high} as the whole of it"
    return ""


def _items(
    found: Sequence[Found], texts: Mapping[str, str], codes: Mapping[tuple[Ends, int], str], scales: Sequence[Guess]
) -> list[Guess]:
    names, groups, taken = _names(found), _grouped(found), {one.name for one in found}
    marked = {scale.key for scale in scales if BOXES in scale.check}
    guesses: list[Guess] = []
    for one in found:
        those, why, check = groups[_key(one)], one.why, one.check or one.ends_check
        value: dict[str, Any] = {"scale": names[_key(one)]}
        if _alone(those):
            own = _scale("", those, codes)
            value["scale"] = own.value if len(own.value) > 2 else list(own.value.values())
            why, check = f"{why}; {own.why}", check or own.check
        elif names[_key(one)] in marked:
            check = one.check  # the doubt of its ends stands at the scale
        if one.reversed:
            value["reversed"] = True
        item = column = one.name
        text = texts.get(column, "") or (column if is_question(column) else "")
        short = "recommend" if named(text, "recommend") else f"q{len(guesses) + 1}"
        if text == column or (short == "recommend" and not named(column, short)):  # what a report on NPS asks for
            item = next(name for name in (short, *(f"{short}_{k}" for k in range(2, 999))) if name not in taken)
            taken.add(item)
            value["column"] = column
        if text:
            value["text"] = {language_of(text): text}
            why += "; the language of its text by its letters and words"
        guesses.append(Guess("items", item, value, why, check))
    return guesses
