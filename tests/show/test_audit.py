"""What was assumed or left out in reading stands on the page, in every language, and in result.json."""

import json
import re

import openpyxl
import pytest

import cxkit as cx
from cxkit.show.language import LANGUAGES
from tests.conftest import parts

TEXT = ",ID,why,nps,why\n" + "".join(f"{k},r{k},Zürich,{k % 11},Málaga\n" for k in range(12))
NOTES = {
    "encoding_guessed": {"encoding": "cp1252", "words": "Zürich, Málaga"},
    "unnamed_columns": {"n": 1},
    "doubled_columns": {"names": "why"},
    "matched_columns": {"names": "id"},
}


@pytest.fixture
def audit(tmp_path):
    (tmp_path / "a.csv").write_text(TEXT, encoding="cp1252")
    return parts(cx.read(tmp_path / "a.csv", items=["nps"], scale=[0, 10], respondent="id"))[1]


def sentences(audit, language):
    return re.findall("<li>(.*?)</li>", audit.table(language).html)


def test_notes_are_kept_in_result_json(tmp_path, audit):
    cx.nps(cx.read(tmp_path / "a.csv", items=["nps"], scale=[0, 10], respondent="id")).save(tmp_path / "out")
    kept = json.loads((tmp_path / "out" / "result.json").read_text(encoding="utf-8"))["audit"]["notes"]
    assert dict(kept) == NOTES


def test_notes_are_sentences_of_the_page(audit):
    assert sentences(audit, "en") == [
        "The file does not say its encoding. It was read as cp1252: Zürich, Málaga.",
        "1 column without a name was left out.",
        "Columns left out because their name stands twice: why.",
        "Columns found without regard to case, spaces and form of letters: id.",
    ]


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_every_sentence_is_said_in_every_language(audit, language):
    english, other = sentences(audit, "en"), sentences(audit, language)
    assert len(other) == len(english)
    assert not set(other) & set(english)
    assert "Zürich, Málaga" in other[0]


@pytest.mark.parametrize(
    ("n", "said"),
    [(1, "Прочитана вместе с остальными 1 строка, скрытая"), (3, "3 строки, скрытые"), (11, "11 строк, скрытых")],
)
def test_hidden_rows_in_russian(tmp_path, n, said):
    book = openpyxl.Workbook()
    for row in [("nps",), *((k % 11,) for k in range(12))]:
        book.active.append(row)
    for number in range(2, 2 + n):
        book.active.row_dimensions[number].hidden = True
    book.save(tmp_path / "a.xlsx")
    _, audit = parts(cx.read(tmp_path / "a.xlsx", items=["nps"], scale=[0, 10]))
    (sentence,) = sentences(audit, "ru")
    assert said in sentence
