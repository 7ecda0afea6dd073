"""The values of a column by the names that the codebook gives them: merged, translated, taken apart."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from cxkit.errors import SettingsError
from cxkit.survey.audit import Note
from cxkit.survey.spelling import key, one_name, pieces, visible

if TYPE_CHECKING:
    from cxkit.survey.codebook_keys import Value

SEVERAL = 10  # names whose spellings are told each in a sentence


@dataclass(frozen=True)
class Values:
    """What the codebook says of the values of one column.

    Attributes
    ----------
    texts : name -> language -> text, in the order of groups.
    given : value as the codebook writes it -> its name.
    separator : what stands between several answers in one cell; "" where a cell is one value.
    """

    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)
    separator: str = ""

    @cached_property
    def known(self) -> dict[str, str]:
        """Key of a value -> its name."""
        return {key(value): name for value, name in self.given.items()}

    def name(self, value: str) -> str:
        """The name of a value; itself when the codebook has none for it."""
        return self.known.get(key(value), value)

    def parts(self, cell: str) -> list[str]:
        """The values in a cell."""
        return pieces(cell, self.separator, self.known) if self.separator else [cell]

    def pick(self, value: str) -> "Pick":
        """The test for rows with this value, by its name or as it stands in the file."""
        name = self.known.get(key(value))
        same = [one for one, its in self.given.items() if its == name] if name else []
        keys = frozenset(map(key, [value, *same])) - {""}
        return Pick(value, keys, tuple(same), self if self.separator else None)


@dataclass(frozen=True)
class Pick:
    """Whether a cell has the value that is asked for, however it is spelled.

    ``keys`` of the cells that have it; ``given`` are its spellings in the codebook; ``apart`` takes cells with
    several answers apart.
    """

    value: str
    keys: frozenset[str]
    given: tuple[str, ...] = ()
    apart: Values | None = None

    def __call__(self, cell: str | None) -> bool:
        if not cell:
            return False
        if cell == self.value or key(cell) in self.keys:
            return True
        return self.apart is not None and any(key(part) in self.keys for part in self.apart.parts(cell))

    def spellings(self, cells: pd.Series) -> list[Note]:
        """A note when picked cells are spelled otherwise than was asked for, or than the codebook says."""
        found = Counter() if self.apart else Counter(cells)
        other = {cell: n for cell, n in found.items() if cell not in (self.value, *self.given)}
        return [("spellings", {"column": cells.name, "name": self.value, "spellings": other})] if other else []


Picks = Mapping[str, Pick]  # column -> the test of its cells


def read_values(
    values: Mapping[str, Mapping[str, "Value"]], split: Mapping[str, str], where: str
) -> dict[str, Values]:
    """Join what a codebook says of values, column -> name -> values and texts, and ``split``, column -> separator.

    Raises
    ------
    SettingsError : a value stands in two entries, or two have one text.
    """
    return {
        column: _column(values.get(column, {}), split.get(column, ""), f'{where}, values of "{column}"')
        for column in dict.fromkeys([*values, *split])
    }


def _column(content: Mapping[str, "Value"], separator: str, where: str) -> Values:
    given: dict[str, str] = {}
    owner: dict[str, str] = {}
    for name, entry in content.items():
        for value in (name, *entry.values):
            if owner.setdefault(key(value), name) != name:
                raise SettingsError(
                    f'{where}: the value "{value}" stands in "{owner[key(value)]}" and in "{name}"; let each value '
                    f"have one name."
                )
            given[value] = name
    texts = {name: entry.text for name, entry in content.items()}
    _told_apart(texts, where)
    return Values(texts, given, separator)


def _told_apart(texts: Mapping[str, Mapping[str, str]], where: str) -> None:
    """Refuse names that a page would show by one text: its language's, else English, else the name."""
    for code in dict.fromkeys(["en", *(code for text in texts.values() for code in text)]):
        said: dict[str, str] = {}
        for name, text in texts.items():
            shown = text.get(code) or text.get("en") or name
            if (other := said.setdefault(key(shown), name)) != name:
                raise SettingsError(
                    f'{where}: "{other}" and "{name}" are both shown as "{shown}" in {code}; merge them into one '
                    f"entry, or give them different texts."
                )


def name_roles(
    frame: pd.DataFrame, roles: Mapping[str, str], values: Mapping[str, Values], waves: Sequence[str], picks: Picks
) -> list[Note]:
    """Give the groups and waves of a frame of texts their names, in place; what was taken as one is told.

    Parameters
    ----------
    roles : ``by wave``, each a column or "".
    waves : names of waves in the settings' spelling.
    picks : the tests that picked the rows.

    Raises
    ------
    SettingsError : the column of waves is to be split.
    """
    by, wave = roles["by"], roles["wave"]
    if wave and values.get(wave, Values()).separator:
        raise SettingsError(
            f'The column "{wave}" tells the wave, and an answer is given in one; take it out of split.'
        )
    there = {key(str(column)) for column in frame}
    notes: list[Note] = [("values_no_column", {"column": column}) for column in values if key(column) not in there]
    for column, pick in picks.items():
        if column not in (by, wave):
            notes += pick.spellings(frame[column])
    for column, wanted in ((by, ()), (wave, waves)):
        if column:
            mine, cells = values.get(column, Values()), frame[column]
            names, told = naming(column, Counter(cells.dropna()), mine, wanted)
            whole = {cell: mine.separator.join(parts) for cell, parts in names.items()}
            frame[column] = cells.map(whole).where(cells.notna(), None)
            notes += told
    return notes


def texts_of(values: Mapping[str, Values], *columns: str) -> dict[str, dict[str, dict[str, str]]]:
    """Column -> name -> language -> text, of the columns that the codebook names values of."""
    found = {column: values[column].texts for column in columns if column in values and values[column].texts}
    return {column: {name: dict(text) for name, text in texts.items()} for column, texts in found.items()}


def split_of(values: Mapping[str, Values], by: str) -> dict[str, str]:
    """The column of groups -> its separator, when a cell may hold several answers."""
    return {by: values[by].separator} if by in values and values[by].separator else {}


def rows_by_name(column: str, cells: Mapping[str, int], values: Values) -> list[tuple[str, int]]:
    """The names of a column's values in sorted order, each with its rows; ``cells`` is text -> rows, "" for empty."""
    names, _ = naming(column, {cell: n for cell, n in cells.items() if cell}, values)
    rows: Counter[str] = Counter({"": cells[""]} if "" in cells else {})
    for cell, mine in names.items():
        rows.update(dict.fromkeys(mine, cells[cell]))
    return sorted(rows.items())


def naming(
    column: str, cells: Mapping[str, int], values: Values, wanted: Sequence[str] = ()
) -> tuple[dict[str, list[str]], list[Note]]:
    """The names of the values in each cell of a column.

    Parameters
    ----------
    cells : text of the cell -> its rows.
    wanted : names that the settings use, in their spelling.

    Returns
    -------
    Cell -> names, and notes: ``spellings`` that were taken as one name, values that are ``unnamed`` in the codebook,
    and names of the codebook that are ``unused``.

    >>> naming("seg", {"Retail": 2, "retail": 1}, Values())
    ({'Retail': ['Retail'], 'retail': ['Retail']}, [('spellings', {'column': 'seg', 'name': 'Retail', \
'spellings': {'Retail': 2, 'retail': 1}})])
    """
    known = values.known
    parts = {cell: values.parts(cell) for cell in cells}
    rows: Counter[str] = Counter()
    for cell, n in cells.items():
        rows.update(dict.fromkeys(parts[cell], n))
    free = one_name({part: n for part, n in rows.items() if key(part) not in known}, wanted)
    names = {part: free[part] if part in free else known[key(part)] for part in rows}
    other: dict[str, dict[str, int]] = {}
    unnamed: Counter[str] = Counter()
    for part, n in sorted(rows.items(), key=lambda row: (-row[1], row[0])):
        if part not in values.given:
            other.setdefault(names[part], {})[part] = n
        if part in free:
            unnamed[names[part]] += n
    joined = [(name, mine) for name, mine in sorted(other.items())
              if name in values.texts or len(mine) > 1 or name not in mine]  # fmt: skip
    notes: list[Note] = [("spellings", {"column": column, "name": name, "spellings": mine}) for name, mine in joined]
    if len(joined) > SEVERAL:  # one sentence instead of hundreds
        some = "; ".join(" / ".join(map(visible, {name: 0, **mine})) for name, mine in joined[:SEVERAL])
        notes = [("spellings_several", {"column": column, "n": len(joined), "names": some})]
    if values.texts and unnamed:
        notes.append(("values_unnamed", {"column": column, "spellings": dict(unnamed)}))
    if unused := set(values.texts).difference(names.values()):
        told = ", ".join(name for name in values.texts if name in unused)
        notes.append(("values_unused", {"column": column, "names": told}))
    return {cell: list(dict.fromkeys(names[part] for part in mine)) for cell, mine in parts.items()}, notes
