"""Units: how the numbers of a term are written, said once per term."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from cxkit.show.language import Language


@dataclass(frozen=True)
class Unit:
    """How numbers of one kind are written.

    Attributes
    ----------
    kind : "number"; "share" (0-1, in percent); "percent" (a change that is in percent already); or "p".
    digits : decimals of a number.
    signed : whether a number bears its sign, being a difference by itself.
    times : what a number is multiplied by before it is written.
    """

    kind: str = "number"
    digits: int = 0
    signed: bool = False
    times: float = 1

    def show(self, lang: Language, value: float, *, difference: bool = False) -> str:
        """A number of this unit in the language; differences bear a sign, those of shares in percentage points."""
        if self.kind == "p":
            return lang.p(value)
        if self.kind == "percent":
            return lang.text("{change}%", change=lang.number(value, 1, signed=True))
        if self.kind == "share":
            points = lang.number(100 * value, 0, signed=True)
            return lang.text("{points} pp", points=points) if difference else lang.percent(value)
        return lang.number(self.times * value, self.digits, signed=difference or self.signed)

    def change(self, lang: Language, value: float) -> str:
        """A difference with its sign, whole points with their unit in words: "+26 points"."""
        fine = self.finer(value)
        if self.kind != "number" or self.digits:
            return fine.show(lang, value, difference=True)
        points = lang.plural("{n} point", "{n} points", value, digits=fine.digits)
        return f"+{points}" if round(value, fine.digits) > 0 else points

    def finer(self, value: float) -> "Unit":
        """The unit itself, or with one digit more where a difference would be told as 0."""
        nothing = self.kind == "number" and value and round(self.times * value, self.digits) == 0
        return replace(self, digits=self.digits + 1) if nothing else self


SHARE, CHANGE, TEST = Unit("share"), Unit("percent"), Unit("p")
POINTS, INDEX, SCALE_POINTS = Unit(), Unit(digits=1), Unit(digits=2)
EFFECT = Unit(digits=1, signed=True)
COMMON: Mapping[str, Unit] = {
    "mean": SCALE_POINTS, "sd": SCALE_POINTS, "index": INDEX, "share": SHARE, "top_box": SHARE, "bottom_box": SHARE,
    "importance": SHARE, "johnson": SHARE, "rank": SHARE, "correlation": SCALE_POINTS, "beta": SCALE_POINTS,
    "vif": INDEX, "penalty": EFFECT, "reward": EFFECT, "asymmetry": EFFECT,
}  # fmt: skip


def unit_of(term: str, own: Mapping[str, Unit]) -> Unit:
    """The unit of a term: its own, or that of its longest beginning, as terms such as "gap_own_ideal" name objects; a
    comparison has the unit of what it compares.

    Raises
    ------
    LookupError : nobody declares such a term.
    """
    words = term.partition("_vs_")[0].split("_")
    for k in range(len(words), 0, -1):
        name = "_".join(words[:k])
        if unit := own.get(name) or COMMON.get(name):
            return unit
    raise LookupError(f'The term "{term}" has no unit; declare it in UNITS of its method.')
