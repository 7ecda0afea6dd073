"""The export of SurveyMonkey: questions in row 1, each above its first column only; options and rows in row 2."""

from collections.abc import Sequence

from cxkit.survey.cards import fold

FIRST = {"respondent id", "respondentid", "id респондента", "respondent identifikatori"}  # what row 1 begins with
# What row 2 says below a question that has one column.
MARKERS = {"response", "open-ended response", "ответ", "открытый ответ", "ответ в свободной форме"}


def is_export(head: Sequence[Sequence[str | None]]) -> bool:
    """Whether the first rows are such names: row 2 has texts, but none below the ids of respondents."""
    return len(head) > 2 and fold(head[0][0] or "") in FIRST and head[1][0] is None and any(head[1])


def column_names(head: Sequence[Sequence[str | None]]) -> list[str]:
    """The question of each column, which may stand further left, and behind a colon its option or row."""
    names, question = [], ""
    for cell, part in zip(*head[:2], strict=True):
        question = " ".join(cell.split()) if cell else question
        names.append(question if not part or fold(part) in MARKERS else f"{question}: {part}")
    return names
