"""What was assumed or left out in reading stands on the page, in every language."""

from html import unescape

import pytest

import cxkit as cx
from cxkit.show.audit import TOLD, audit_view
from cxkit.show.language import LANGUAGES, language
from tests.conftest import parts

CARD = {"min": 0, "max": 10, "missing": [9], "labels": {"Never": 0}}


@pytest.fixture(scope="module")
def audit(tmp_path_factory):
    path = tmp_path_factory.mktemp("audit") / "answers.csv"
    path.write_text("score,k\nNever,1200\n9,2\n5,3\n", encoding="utf-8")
    return parts(cx.read(path, {"count": "k", "items": {"score": {"scale": CARD}}}))[1]


def test_each_note_is_one_sentence_with_its_numbers(audit):
    page = unescape(audit_view(audit, language("en")).html)
    for sentence in (
        "A row stands for as many respondents as “k” says. Rows: 3; respondents: 1,205.",
        "“score”: 9 is declared as no answer, though it is a point of the scale 0–10. Answers left out: 2.",
        "Read by the labels of the codebook: 1,200; read as the number itself: 3.",
    ):
        assert sentence in page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_note_is_without_a_sentence(audit, lang):
    page = audit_view(audit, language(lang)).html
    assert {code for code, _ in audit.notes} <= set(TOLD)
    assert page.count("<li>") == len(audit.notes) == 3
    assert "{" not in page
