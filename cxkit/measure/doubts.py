"""What contradicts the declared scales and weights in any data: notes that every method carries."""

from typing import Any

import pandas as pd

from cxkit.errors import DataError
from cxkit.survey import tally
from cxkit.survey.advice import advice
from cxkit.survey.cards import Card
from cxkit.survey.tally import Answers

Note = tuple[str, dict[str, Any]]
LEAST = 30  # answers; fewer say little about what nobody answered
FEW = 20  # answers that do, where both ends of the scale stay unused
LONG = 7  # points; on shorter scales real answers end more steeply
EXPECTED = 8  # answers on the first unused point of a long scale, by the points before it
STEEP, FULL = 0.2, 40  # share of answers, and answers, on the last used point of a shorter one
HALF, THICK = 0.05, 0.08  # share of the last used point, when it does not reach the good half, and else
ZEROS, CLOSE = 0.15, 0.2  # share of the answer 0, and of 1 and 2 by it, that look like blanks among answers
HEAVY, TIMES = 0.1, 5  # one respondent's share of all weight, and of what an equal weight would give


def refuse_off_scale(data: Any, card: Card, scores: pd.Series) -> None:
    """Refuse a score that is not on its scale, or that the card declares as no answer.

    Parameters
    ----------
    scores : the scores that stand in the item's column.
    """
    codes = set(card.missing) - {str(score) for score in card.labels.values()}
    for score in scores:
        declared = f"{score:.15g}" in codes
        if score in card.points and not declared:
            continue
        row = tally.first_row(data, card.item, score)
        where = f'Column "{card.item}"{"" if row is None else f", row {row}"}: found {score:.15g}'
        if declared:
            raise DataError(f"{where}, declared as no answer; read the file with cx.read, or empty these cells.")
        hint = advice(f"{score:.15g}", float(score), scores, card.low, card.high, frame=True)
        raise DataError(f"{where}, expected a whole number from {card.low} to {card.high}; {hint}.")


def scale_notes(counts: pd.DataFrame, card: Card, least: int) -> list[Note]:
    """Tell when an end of the scale was never used by answers that stop short of it as if cut off.

    Answers that thin out towards an end say nothing. At the good end of 7 points or more, told is a last used point
    with a twelfth of the answers after which a parabola through the logarithms of the last three (as of a normal
    curve) expects 8 or more; or one in the bad half of the scale with a twentieth. Elsewhere: a last used point with
    a fifth of the answers and 40 or more. Fewer than 30 answers are told where they end in the bad half of 7 points
    or more and leave the bad end unused too. What all answers show is told once, else the waves that show it.

    Of samples of 30 to 200 real answers to 38 items (four industries, a bank) 1 in 1,600 or fewer were told; turned
    round, as of companies as bad as these are good, 1 in 20 of 30 answers and 1 in 500 of 100. Of 1-5 answered for
    0-10 by 30 or more, 24 in 25 were told; of 0-9 answered for 0-10 by 200, 4 in 5. Of 20 real answers 1 in 9,000
    were told, turned round 1 in 250; of 20 to 29 of 1-5 for 0-10, 49 in 50.

    Told is also a pile of 0 without answers close to it, as of blanks that were written as 0: 1 in 2,000 samples of
    30 real answers and none of 4,700 of 50, either way round; where 3 in 10 were made 0, 9 in 10.

    Parameters
    ----------
    counts : ``wave score n`` of the item, as the tally gives them, not turned round.
    least : fewer answers than this, or than 20, are not judged.
    """
    answered = counts[counts["score"].notna()]
    if found := _unused(answered, card, least) or _zeros(answered, card, least):
        return found
    waves = answered[answered["wave"].notna()].groupby("wave")
    return [(f"{code}_in_wave", {**told, "wave": wave}) for wave, own in waves if wave
            for code, told in _unused(own, card, least)]  # fmt: skip


def weight_notes(everyone: Answers, now: Answers) -> list[Note]:
    """Tell of respondents whose weight is 0, and of one whose weight is a large part of the current wave's."""
    notes: list[Note] = [("zero_weights", {"n": everyone.zero})] if everyone.zero else []
    largest = float(now.w.max() / (now.n @ now.w))
    if largest > max(HEAVY, TIMES / int(now.n.sum())):
        notes.append(("heavy_weight", {"share": largest}))
    return notes


def _unused(answered: pd.DataFrame, card: Card, least: int) -> list[Note]:
    used = answered.groupby("score")["n"].sum()
    n = int(used.sum())
    if n < max(FEW, least) or len(card.points) < 5:
        return []
    long = len(card.points) >= LONG
    ends = (("top_unused", card.high, used[::-1]), ("bottom_unused", card.low, used))
    for code, end, counts in ends[::-1] if card.reversed else ends:
        last, count = counts.index[0], counts.iloc[0]
        good = card.turn(end) == card.high
        bad_half = 2 * abs(end - last) >= card.high - card.low
        if n < LEAST:
            told = long and good and bad_half and count >= HALF * n and counts.index[-1] != card.low + card.high - end
        elif long and good:
            told = count >= (HALF if bad_half else THICK) * n and (bad_half or _expected(counts) >= EXPECTED)
        else:
            told = count >= max(FULL, STEEP * n)
        if told and last != end:
            return [(code, {"item": card.item, "score": int(last), "n": n, "min": card.low, "max": card.high})]
    return []


def _zeros(answered: pd.DataFrame, card: Card, least: int) -> list[Note]:
    used = answered.groupby("score")["n"].sum()
    n, zeros = int(used.sum()), int(used.get(0, 0))
    if card.low or not 5 <= len(card.points) <= 11 or n < max(LEAST, least):
        return []
    told = zeros >= ZEROS * n and used.reindex([1, 2]).sum() <= CLOSE * zeros
    return [("zeros", {"item": card.item, "n": zeros, "of": n})] if told else []


def _expected(counts: pd.Series) -> float:
    """The answers to expect beyond the last used point, of whose counts the last comes first."""
    last, before, first = [*counts.iloc[:3], *[counts.iloc[0]] * 3][:3]
    return float(min(last, last**2 / before, last**3 * first / before**3))
