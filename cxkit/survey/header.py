"""The header of a table: one row of names above the answers."""

from collections.abc import Iterable, Sequence

from cxkit.errors import DataError
from cxkit.survey.cards import fold, to_number

HEAD = 12  # rows that show where the header ends
UNSEEN = "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"  # unseen, of no width
SPACES = " \t\r\n\v\f\x1c\x1d\x1e\x1f\x85\u00a0\u1680\u2028\u2029\u202f\u205f\u3000" + UNSEEN
SPACES += "".join(map(chr, range(0x2000, 0x200B)))
# What SurveyMonkey writes below a question that has one column.
_MARKERS = {"response", "open-ended response", "ответ", "открытый ответ", "ответ в свободной форме"}


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


def check_head(file: str, rows: Sequence[Sequence[str]]) -> None:
    """Refuse the first rows of a table whose names do not all stand in row 1, or that holds more than names there.

    Raises
    ------
    DataError : rows of Qualtrics or SurveyMonkey, titles, merged names, or texts in row 2 above numbers.
    """
    width = max((len(row) for row in rows), default=0)
    head = [[clean(cell) for cell in row] + [None] * (width - len(row)) for row in rows]
    if len(head) < 2 or not any(head[0]):
        return
    for number, row in enumerate(head[1:3], 2):
        if any(cell and '"ImportId"' in cell for cell in row):
            below = "row 2" if number == 2 else "rows 2 and 3"
            raise DataError(
                f"{file} has {number} header rows, as Qualtrics exports them; delete {below}, and any answers marked "
                f"as a preview or as spam."
            )
    _check_titles(file, head, width)
    _check_second_row(file, head)


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
    elif not (second[0] is None and all(fold(text) in _MARKERS for text in texts)):
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
