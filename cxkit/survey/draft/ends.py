"""The ends of the scale of a rating: its own, those of its battery, or the usual ones that hold its answers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from cxkit.survey.draft.guess import times
from cxkit.survey.draft.ratings import Rating, parts, stem
from cxkit.survey.draft.words import named

Ends = tuple[int, int]
USUAL: tuple[Ends, ...] = ((1, 5), (1, 7), (1, 10), (0, 10), (0, 100))
SIGNED: tuple[Ends, ...] = ((-3, 3), (-2, 2))
OFTEN = 20  # answers at an end of a scale, with none beyond it, that show that it is the end
SEVERAL = 3  # columns that make a battery
BOXES = "for its boxes and 0 to 100"
UNSEEN = 5  # answers that may be expected at an end and yet be none


@dataclass(frozen=True)
class Found:
    """A rating column with the ends of its scale, and the reasons.

    ``check`` is what a report would do if it is no rating or runs the other way, ``ends_check`` if its ends are
    others; ``codes`` at the ends are no answers; ``labels`` those that the scale needs.
    """

    rating: Rating
    ends: Ends
    why: str
    check: str = ""
    ends_check: str = ""
    codes: tuple[int, ...] = ()
    labels: Mapping[str, int] = field(default_factory=dict)
    reversed: bool = False

    @property
    def name(self) -> str:
        return self.rating.name

    @property
    def often(self) -> bool:
        """Whether both ends were given often."""
        return all(self.rating.levels.get(end, 0) >= OFTEN for end in self.ends)

    @property
    def proven(self) -> bool:
        """Whether both ends are usual and were given often."""
        return self.ends in USUAL and self.often

    @property
    def settled(self) -> bool:
        """Whether both ends were given often, from 0 or 1 on, and not as the last of answers that fade out."""
        n = self.rating.levels
        (low, high), beside = self.ends, (self.ends[0] + 1, self.ends[1] - 1)
        fades = any(n.get(end, 0) < n.get(inner, 0) / 4 for end, inner in zip((low, high), beside, strict=True))
        return low in (0, 1) and self.often and not fades

    def may_reach(self, ends: Ends) -> bool:
        """Whether the answers fade out before each of these ends that they do not reach: as each step leaves the same
        share of them, few would be expected beyond."""
        n = self.rating.levels
        return all(
            mine == end or n.get(mine, 0) ** 2 < UNSEEN * n.get(mine + step, 1)
            for mine, end, step in zip(self.ends, ends, (1, -1), strict=True)
        )


def with_ends(one: Found, found: Sequence[Found]) -> Found:
    """A rating column with the ends of its scale, where its own answers may not have reached them.

    Parameters
    ----------
    found : all rating columns, with the ends that their answers have.
    """
    rating, (low, high) = one.rating, one.ends
    if rating.ends:
        low, high = rating.ends
        why = f"{one.why}, {len(rating.levels)} of the {high - low + 1} words of a scale"
        said = f"a report would take {low} to {high} {BOXES}, as if others were offered too"
        whole = len(rating.levels) == high - low + 1
        return replace(one, ends=rating.ends, why=why, ends_check=said * (not whole), labels=rating.labels)
    if high == 11 and low > 0:
        labels = {str(code): code - 1 for code in range(1, 12)}
        said = "a report would take it as 0 to 10 exported as 1 to 11, so that 11 counts as 10"
        return replace(one, ends=(0, 10), ends_check=said, labels=labels)
    if named(one.rating.words, "recommend") and low >= 0 and high <= 10:
        return _recommendation(one)
    return one if one.ends in SIGNED or one.ends == (0, 1) else _borrowed(one, found)


def _recommendation(one: Found) -> Found:
    low, high = one.ends
    if (low, high) == (0, 10):
        return one
    if (low, high) == (1, 10) and one.rating.levels[1] >= OFTEN:
        said = "0 was never given; a report would take 1 to 10, which is no scale of an NPS"
        return replace(one, ends_check=said)
    nobody = "nobody answered above 5; " if high <= 5 else ""
    said = f"{nobody}a report would take 0 to 10, with 0 to 6 as detractors"
    return replace(one, ends=(0, 10), ends_check=said)


def _borrowed(one: Found, found: Sequence[Found]) -> Found:
    others = [other for other in found if not other.rating.labels and not named(other.rating.words, "recommend")]
    alike = [
        [other for other in others if other.name != one.name and same_part(one.name, other.name, k)] for k in (0, 1)
    ]
    grid = [*alike[0], *alike[1]] if alike[1] else []
    if grid and (ends := _reached(one, alike[0])) and ends != one.ends and not _against(ends, grid):
        doubt = f"a report would take {_to(ends)} {BOXES}" if one.proven else ""
        return _moved(one, ends, f"the scale {_to(ends)} is that of those named alike", doubt)
    block = [other for other in others if other.name != one.name and _block(other.name) == _block(one.name)]
    beside = [other for other in others if abs(other.rating.place - one.rating.place) == 1]
    if one.ends in USUAL:
        return one if one.proven else _seldom(one, block if _block(one.name) else beside, others)
    if len({other.ends for other in beside}) > 1:
        beside = [other for other in beside if other in block]
    pools = ((block if _block(one.name) else [], "those named alike"), (beside, "those beside it"),
             (_run(one, block), "its neighbours"))  # fmt: skip
    for pool, name in pools:
        ends = _reached(one, pool)
        if ends and one.may_reach(ends) and all(other.ends == ends or other.ends not in USUAL for other in pool):
            return _moved(one, ends, f"the scale {_to(ends)} is that of {name}", "")
    if one.settled:
        return one
    near = [other.ends for other in beside if _holds(other.ends, one.ends) and other.ends in USUAL]
    ends = (sorted(near, key=USUAL.index) or [ends for ends in USUAL if _holds(ends, one.ends)] or [one.ends])[0]
    return _moved(one, ends, "", f"a report would take {_to(ends)} {BOXES}")


def _seldom(one: Found, near: Sequence[Found], others: Sequence[Found]) -> Found:
    """A column on a usual scale whose lowest point was seldom given, in a file where other columns go one lower."""
    low, high = one.ends
    lower = [other.name for other in others if other.ends == (low - 1, high)]
    if not lower or any(other.proven and other.ends == one.ends for other in near) or not one.may_reach((0, high)):
        return one
    ends = (low - 1, high) if any(other.name in lower for other in near) else one.ends
    why = f"{low} given {times(one.rating.levels.get(low, 0))}, and {lower[0]} goes to {low - 1}"
    return _moved(one, ends, why, f"a report would take {_to(ends)} {BOXES}")


def _reached(one: Found, pool: Sequence[Found]) -> Ends | None:
    """The usual ends that a column and others reach together; None where they are too few or the ends are none."""
    low, high = min([one.ends[0], *(o.ends[0] for o in pool)]), max([one.ends[1], *(o.ends[1] for o in pool)])
    known = (low, high) in USUAL or any(other.settled and other.ends == (low, high) for other in (one, *pool))
    return (low, high) if len(pool) + 1 >= SEVERAL and known else None


def _against(ends: Ends, pool: Sequence[Found]) -> bool:
    """Whether more columns prove other ends."""
    proven = Counter(other.ends for other in pool if other.proven)
    return any(n > max(1, proven[ends]) for other, n in proven.items() if other != ends)


def _moved(one: Found, ends: Ends, why: str, check: str) -> Found:
    return replace(one, ends=ends, why=f"{one.why}; {why}" if why else one.why, ends_check=check)


def _run(one: Found, others: Sequence[Found]) -> list[Found]:
    """Those of the others that stand beside each other in the file, with this one among them."""
    by_place = {other.rating.place: other for other in others}
    run = []
    for step in (-1, 1):
        place = one.rating.place + step
        while place in by_place:
            run.append(by_place[place])
            place += step
    return run


def _block(name: str) -> str:
    """What the names of a block of questions share; "" where a name does not tell."""
    pair = parts(name)
    return stem(name) or (pair[0] if pair else "")


def same_part(one: str, other: str, side: int) -> bool:
    """Whether two names have the same first (0) or last (1) part."""
    first, second = parts(one), parts(other)
    return bool(first and second and first[side] == second[side])


def _holds(ends: Ends, others: Ends) -> bool:
    return ends[0] <= others[0] and others[1] <= ends[1]


def _to(ends: Ends) -> str:
    return f"{ends[0]} to {ends[1]}"
