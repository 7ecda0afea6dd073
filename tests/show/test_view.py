"""A view as notebooks and reports take it, and tables as HTML."""

import base64
from html.parser import HTMLParser

import pytest

from cxkit.show.view import NOTEBOOK, View, cell, html_table


class Tags(HTMLParser):
    """Collects the tags that HTML text really opens."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def test_a_picture_shows_as_svg_and_png_with_its_alt_text():
    data, metadata = View(svg="<svg/>", png=b"\x89PNG", alt="NPS is 25")._repr_mimebundle_()
    assert data["image/svg+xml"] == "<svg/>"
    assert base64.b64decode(data["image/png"]) == b"\x89PNG"
    assert data["text/plain"] == "NPS is 25"
    assert metadata == {"image/png": {"alt": "NPS is 25"}}
    assert "text/html" not in data


def test_a_table_shows_as_html():
    data, metadata = View(html="<p>x</p>")._repr_mimebundle_()
    assert data == {"text/html": NOTEBOOK + "<p>x</p>", "text/plain": ""}
    assert metadata == {}


def test_an_empty_view_shows_nothing():
    assert View()._repr_mimebundle_() == ({"text/plain": ""}, {})


def test_a_notebook_can_ask_for_some_formats_only():
    data, _ = View(html="<p>x</p>")._repr_mimebundle_(include=["text/html"], exclude=None)
    assert data["text/html"] == NOTEBOOK + "<p>x</p>"


def test_a_table_has_a_caption_and_scoped_headers():
    tags = Tags(html_table("By group", ["Group", "Answers"], [["north", "12"], ["south", "15"]])).found
    names = [tag for tag, _ in tags]
    assert names.count("caption") == 1
    assert names.count("tr") == 3
    assert [attrs.get("scope") for tag, attrs in tags if tag == "th"] == ["col", "col", "row", "row"]
    assert names.count("td") == 2


def test_the_first_names_of_each_row_are_its_headers():
    html = html_table("x", ["Item", "Group", "n"], [["ease", "north", "12"]], names=2)
    assert [a["scope"] for tag, a in Tags(html).found if tag == "th"] == ["col", "col", "col", "row", "row"]


def test_a_table_without_names_has_no_row_headers():
    html = html_table("x", ["Comment", "Score"], [["good", "9"]], names=0)
    assert 'scope="row"' not in html
    assert html.count("<td") == 2


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "a & b"])
def test_text_is_escaped_in_caption_head_name_and_cell(text):
    html = html_table(text, [text, text], [[text, text]])
    tags = {tag for tag, _ in Tags(html).found}
    assert tags == {"div", "table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert html.count("&amp;" if "&" in text else "&lt;" if text.startswith("<") else "&gt;") >= 5


def test_lines_after_the_first_are_set_small():
    assert cell("45%\n30% to 60%") == "45%<br><small>30% to 60%</small>"
    assert cell("a\n<b>") == "a<br><small>&lt;b&gt;</small>"
    assert cell("a") == "a"


@pytest.mark.parametrize("bad", ["\x07", "\u202e", "\u2067", "\ufeff"])
def test_no_control_or_direction_character_reaches_the_page(bad):
    html = html_table(f"a{bad}", [f"b{bad}"], [[f"c{bad}"]])
    assert bad not in html
    assert html.count("\ufffd") == 3


def test_a_view_cannot_be_changed():
    with pytest.raises(AttributeError):
        View().html = "x"
