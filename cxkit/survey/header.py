"""The header of a table: one row of names above the answers, or those of Qualtrics and SurveyMonkey."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cxkit.errors import DataError
from cxkit.survey import qualtrics, surveymonkey
from cxkit.survey.cards import fold, to_number

HEAD = 12  # rows that show where the header ends
UNSEEN = "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"  # unseen, of no width
SPACES = " \t\r\n\v\f\x1c\x1d\x1e\x1f\x85\u00a0\u1680\u2028\u2029\u202f\u205f\u3000" + UNSEEN
SPACES += "".join(map(chr, range(0x2000, 0x200B)))


@dataclass(frozen=True)
class Heading:
    """What stands above the answers.

    Attributes
    ----------
    names : of the columns, "" for one without a name.
    rows : how many rows stand above the answers.
    texts : column -> the question that was asked, where the file has it.
    marks : places of columns that mark rows as no answers, and what they then hold.
    """

    names: list[str]
    rows: int = 1
    texts: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[int, set[str]] = field(default_factory=dict)

    def answers(
        self, rows: Iterable[tuple[int, list[str | None]]], left: list[int]
    ) -> Iterable[tuple[int, list[str | None]]]:
        """The rows that are answers; the numbers of the others go to ``left``."""
        for number, cells in rows:
            if self.marks and cells and qualtrics.marked(cells, self.marks):
                left.append(number)
            else:
                yield number, cells


class Typed(str):
    """The text of a cell that is a number in the file, so its point is a decimal mark."""


def clean(cell: str) -> str | None:
    if cell.isalnum() or isinstance(cell, Typed):  # most cells are a word or a number, and have nothing to strip
        return cell
    return cell.strip(SPACES) or None


def column_names(file: str, cells: Iterable[str]) -> list[str]:
    """The names of the columns without spaces around them; "" for a column without a name."""
    names = [clean(cell) or "" for cell in cells]
    if not any(names):
        raise DataError(f"{file} has no header in row 1; the first row must name the columns.")
    return names


def read_heading(file: str, rows: Sequence[Sequence[str]]) -> Heading:
    """What stands above the answers, by the first rows of a table.

    Raises
    ------
    DataError : titles, merged names, or texts in row 2 above numbers.
    """
    names = column_names(file, rows[0] if rows else [])
    width = max((len(row) for row in rows), default=0)
    head = [[clean(cell) for cell in row] + [None] * (width - len(row)) for row in rows]
    if above := qualtrics.header_rows(head):
        return Heading(names, above, qualtrics.questions(head[0], head), qualtrics.marks(head))
    if surveymonkey.is_export(head):
        return Heading(surveymonkey.column_names(head), 2)
    if len(head) > 1:
        _check_titles(file, head, width)
        _check_second_row(file, head)
    return Heading(names)


def _check_titles(file: str, head: list[list[str | None]], width: int) -> None:
    filled = sum(cell is not None for cell in head[0])
    for place, row in enumerate(head[1:], 1):
        names = {cell for cell in row if cell}
        if len(names) == width > filled and _stands_above_numbers(head, place):
            raise DataError(
                f"{file}: row 1 fills {filled} {'column' if filled == 1 else 'columns'}, row {place + 1} fills "
                f"{width}; the names of the columns must stand in row 1, so delete what stands above them."
            )


def _check_second_row(file: str, head: list[list[str | None]]) -> None:
    first, second = head[:2]
    texts = [cell for cell in second if cell]
    if not texts or any(map(is_number, texts)):
        return
    found = "continues the names of row 1"
    missing = [place for place, name in enumerate(first) if not name and second[place]]
    if missing and _stands_above_numbers(head, 1):
        place = missing[0]
        found = f'gives column {place + 1}, which has no name in row 1, the name "{second[place]}"'
    elif not (second[0] is None and all(fold(text) in surveymonkey.MARKERS for text in texts)):
        above = {second[place] for place in _number_columns(head, 1, least=3) if second[place]}
        if len(above) < 2 and not any(text and len(text.split()) > 3 for text in above):
            return
        found = f'holds "{_short(second)}" above numbers'
    raise DataError(
        f"{file}: row 2 {found}, so it is a second row of names; write one name for each column into row 1 and "
        f"delete row 2."
    )


def _stands_above_numbers(head: list[list[str | None]], place: int) -> bool:
    """Whether a row has no number, but one of its columns holds nothing else below."""
    return not any(cell and is_number(cell) for cell in head[place]) and bool(_number_columns(head, place))


def _number_columns(head: list[list[str | None]], place: int, least: int = 1) -> list[int]:
    """The columns that hold some numbers, and nothing else, in the rows below this one."""
    below = [[cell for cell in cells if cell] for cells in zip(*head[place + 1 :], strict=True)]
    return [k for k, cells in enumerate(below) if len(cells) >= least and all(map(is_number, cells))]


def is_number(cell: str) -> bool:
    return to_number(cell.strip()) is not None


def _short(row: Sequence[str | None]) -> str:
    text = next(cell for cell in row if cell)
    return text if len(text) <= 40 else text[:40] + "..."
