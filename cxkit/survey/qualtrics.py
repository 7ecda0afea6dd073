"""The export of Qualtrics: names, questions and ids of columns above the answers, and rows that are no answers."""

import json
from collections.abc import Mapping, Sequence

from cxkit.survey.spelling import key

# The id of a column -> what it says of a row that nobody has answered, in words and in codes of the export.
NO_ANSWERS = {
    "status": {"survey preview", "survey test", "spam", "1", "2", "8", "9", "17"},
    "distributionChannel": {"preview", "test"},
}
QUESTION = "QID"  # begins the ids of questions


def header_rows(head: Sequence[Sequence[str | None]]) -> int:
    """How many rows stand above the answers: 3 in exports of today, 2 in older ones, 0 in those of other tools."""
    return next((place + 1 for place, row in enumerate(head[1:3], 1) if any(map(_id, row))), 0)


def questions(names: Sequence[str | None], head: Sequence[Sequence[str | None]]) -> dict[str, str]:
    """Column -> the question that was asked, in one line; nothing for what the tool itself has recorded."""
    if header_rows(head) < 3:
        return {}
    columns = zip(names, head[1], map(_id, head[2]), strict=True)
    return {name: " ".join(text.split()) for name, text, its in columns if name and text and its.startswith(QUESTION)}


def marks(head: Sequence[Sequence[str | None]]) -> Mapping[int, set[str]]:
    """The places of columns that mark rows as no answers, by their ids, and what they then hold."""
    ids = map(_id, head[header_rows(head) - 1])
    return {place: NO_ANSWERS[its] for place, its in enumerate(ids) if its in NO_ANSWERS}


def marked(cells: Sequence[str | None], places: Mapping[int, set[str]]) -> bool:
    """Whether a row is a preview, a test or spam."""
    return any(key(cells[place] or "") in words for place, words in places.items())


def _id(cell: str | None) -> str:
    """The id in a cell such as {"ImportId":"QID1_TEXT"}; "" in any other."""
    if not cell or '"ImportId"' not in cell:
        return ""
    try:
        return str(json.loads(cell)["ImportId"])
    except (ValueError, LookupError, TypeError, RecursionError):
        return "?"
