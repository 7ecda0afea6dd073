"""What a table shows: its caption, its rows and its columns."""

from dataclasses import dataclass

from cxkit.show.language import mark


@dataclass(frozen=True)
class Sheet:
    """One table: what its rows run over beside items ("", "group" or "wave"), and per column a heading and a term.

    With ``rank``, items come by this term from the largest down, and those without it or at 0 are left out;
    ``nested`` moves the parts of a tree in by their depth; with ``lines`` (name, ending of the terms) an item fills
    several rows; ``first`` heads the names, in English. With ``every``, all items that have this term get a row, if
    only of dashes; a ``rolling`` table keeps items that only some waves have.
    """

    caption: str
    over: str
    columns: tuple[tuple[str, str], ...]
    rank: str = ""
    nested: bool = False
    lines: tuple[tuple[str, str], ...] = ()
    first: str = mark("Item")
    every: str = ""
    rolling: bool = False


HEADS = {"group": mark("Group"), "wave": mark("Wave")}
INDEX = (mark("0–100"), "index")
REST = mark("Against the rest")
PREVIOUS = mark("Against the wave before")
