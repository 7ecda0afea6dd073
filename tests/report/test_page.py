"""The page: what of a run notebook a client reads, and in which order."""

import base64
import re
from html.parser import HTMLParser

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from cxkit.errors import ReportError
from cxkit.report.brand import Brand
from cxkit.report.gate import check_page
from cxkit.report.page import picture, render, report_page
from cxkit.show.view import NOTEBOOK, View

SCRIPT = "<script>alert(1)</script>"
INERT = "&lt;script&gt;alert(1)&lt;/script&gt;"
SVG = "<svg xmlns='http://www.w3.org/2000/svg'/>"


def shown(data, **metadata):
    return new_output("display_data", data, metadata=metadata)


def code(name, *outputs, source="1"):
    return new_code_cell(source, id=name, outputs=list(outputs), execution_count=1)


def page(*cells, method="nps", name="Acme", lang="en", date="", brand=None):
    notebook = new_notebook(cells=list(cells))
    return report_page(notebook, method=method, name=name, lang=lang, date=date, brand=brand or Brand())


class _Texts(HTMLParser):
    def __init__(self):
        super().__init__()
        self.ids, self.images, self.texts = [], [], []

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "section":
            self.ids.append(values["id"])
        if tag == "img":
            self.images.append(values)

    def handle_data(self, data):
        self.texts.append(data)


def read(html):
    found = _Texts()
    found.feed(html)
    return found


def test_prose_comes_first_then_figures_then_numbers_and_data_last():
    names = ["data", "measure", "table", "figure", "extra-trend", "own", "prose", "save"]
    cells = [code(name, *[shown({"text/html": f"<p>{name}</p>"})] * (name != "measure")) for name in names]
    assert read(page(*cells)).ids == ["prose", "figure", "extra-trend", "own", "save", "table", "data"]


def test_a_cell_that_shows_nothing_leaves_no_section():
    assert (
        read(page(code("a"), code("b", shown({"text/plain": ""})), code("c", shown({"text/plain": " \n"})))).ids == []
    )


def test_the_style_of_a_view_in_a_notebook_stays_there():
    data, _ = View(html="<p>finding</p>")._repr_mimebundle_()
    html = page(code("prose", shown(data)))
    assert "<p>finding</p>" in html
    assert NOTEBOOK in data["text/html"]
    assert NOTEBOOK not in html


def test_code_and_notes_stay_with_the_analyst():
    note = new_markdown_cell("The analyst's note", metadata={"tags": ["note"]})
    noted = code("x", shown({"text/html": "<p>noted output</p>"}))
    noted.metadata["tags"] = ["note", "other"]
    html = page(note, noted, code("prose", shown({"text/html": "<p>finding</p>"}), source="secret = 'the code'"))
    assert "finding" in html
    for hidden in ("analyst", "noted output", "secret", "the code"):
        assert hidden not in html


def test_a_markdown_cell_without_the_tag_speaks_to_the_client():
    assert "<strong>Dear</strong> client" in page(new_markdown_cell("**Dear** client"))


def test_the_standard_error_of_a_cell_is_left_out_and_the_standard_output_is_escaped():
    html = page(code("a", new_output("stream", name="stderr", text="a warning"),
                     new_output("stream", name="stdout", text=f"printed {SCRIPT}\x1b[31m")))  # fmt: skip
    assert "a warning" not in html
    assert f"<pre>printed {INERT}\ufffd[31m</pre>" in html


def test_plain_text_is_escaped():
    assert f"<pre>{INERT}</pre>" in page(code("a", shown({"text/plain": SCRIPT})))


@pytest.mark.parametrize(
    "kind",
    [
        "application/javascript",
        "text/markdown",
        "text/latex",
        "application/vnd.jupyter.widget-view+json",
        "image/gif",
    ],
)
def test_other_kinds_of_output_are_dropped_for_their_plain_text(kind):
    html = page(code("a", shown({kind: "the rich one", "text/plain": "<the plain one>"})))
    assert "&lt;the plain one&gt;" in html
    assert "the rich one" not in html
    assert "the rich one" not in page(code("a", shown({kind: "the rich one"})))


def test_a_figure_is_an_image_with_its_alternative_text():
    data = {"image/svg+xml": SVG, "image/png": "aaaa\nbbbb\n", "text/plain": "NPS"}
    alt = {"image/png": {"alt": 'NPS is "12" <b>', "width": '1" onload="alert(1)'}}
    image = read(page(code("figure", shown(data, **alt)))).images[0]
    assert image == {"src": f"data:image/svg+xml;base64,{base64.b64encode(SVG.encode()).decode()}",
                     "alt": 'NPS is "12" <b>'}  # fmt: skip


def test_a_picture_without_svg_is_shown_as_png():
    data = {"image/png": "aaaa\nbb bb\n"}
    image = read(page(code("figure", shown(data, **{"image/png": {"alt": "NPS"}})))).images[0]
    assert image == {"src": "data:image/png;base64,aaaabbbb", "alt": "NPS"}


def test_a_picture_without_alternative_text_does_not_pass_the_gate():
    with pytest.raises(ReportError, match="a picture without alternative text"):
        check_page(page(code("figure", shown({"image/png": "aaaa"}))))


def test_the_alternative_text_cannot_leave_its_attribute():
    assert 'alt="&quot; onload=&quot;alert(1)"' in picture("image/png", "aaaa", '" onload="alert(1)')


def test_an_error_in_a_cell_is_no_page():
    broken = code("measure", new_output("error", ename="KeyError", evalue="'q'", traceback=[]))
    with pytest.raises(ReportError, match=r"^The cell .measure. ended in an error: KeyError: .q."):
        page(code("prose", shown({"text/html": "<p>x</p>"})), broken)


@pytest.mark.parametrize(
    ("lang", "html_lang", "date"),
    [
        ("en", "en", "July 1, 2026"),
        ("ru", "ru", "1 июля 2026"),
        ("uz", "uz", "2026-yil 1-iyul"),
        ("uz_Cyrl", "uz-Cyrl", "2026"),
    ],
)
def test_language_title_and_date_are_the_client_s_own(lang, html_lang, date):
    html = page(code("prose", shown({"text/html": "<p>x</p>"})), lang=lang, date="2026-07-01")
    check_page(html)
    assert f'<html lang="{html_lang}">' in html
    assert date in re.search(r'<p class="date">(.*?)</p>', html)[1]
    english = "How likely customers are to recommend"
    assert (english in html) == (lang == "en")
    assert ("Made with cxkit" in html) == (lang == "en")


def test_without_a_date_the_page_shows_none():
    assert 'class="date"' not in page()


def test_a_method_of_one_s_own_is_titled_by_its_file():
    assert "<title>Acme – my study</title>" in page(method="my study")


def test_the_name_is_escaped_and_its_control_characters_are_boxes():
    html = page(name=f'{SCRIPT} "A" & {{name}} \u202eB\x00', brand=Brand())
    check_page(html)
    assert f"<h1>{INERT} &#34;A&#34; &amp; {{name}} \ufffdB\ufffd</h1>" in html
    assert "\u202e" not in html
    assert "\x00" not in html


def test_colours_and_logo_of_the_brand_are_on_the_page(tmp_path):
    logo = tmp_path / "logo.svg"
    logo.write_text(SVG)
    html = page(name="O'Neill {name}", brand=Brand(str(logo), "#5B2333", "#aa0011"))
    check_page(html)
    assert "--primary: #5B2333; --accent: #aa0011;" in html
    assert read(html).images == [
        {
            "src": f"data:image/svg+xml;base64,{base64.b64encode(SVG.encode()).decode()}",
            "alt": "Logo of O'Neill {name}",
        }
    ]
    assert str(tmp_path) not in html


def test_every_value_of_a_page_template_is_escaped():
    item = dict.fromkeys(("name", "title", "status", "reason", "lang"), SCRIPT) | {"href": "a/nps/report.html"}
    line = dict.fromkeys(("place", "lang", "name", "small", "answers", "estimate", "interval"), SCRIPT)
    line |= {"href": "a/nps/report.html", "marked": True, "left": 1, "width": 2, "dot": 2}
    league = dict.fromkeys(("title", "clients", "caption", "interval"), SCRIPT)
    league |= {"id": "nps", "notes": [SCRIPT], "step": 20, "placed": True, "ticks": [(0, SCRIPT)], "lines": [line]}
    html = render(
        "index.html.j2", "en", title=SCRIPT, date=SCRIPT, summary=SCRIPT, leagues=[league], missed=[item],
        waiting=[item], others=[item], open=9, files=[],
    )  # fmt: skip
    check_page(html)
    assert "<script" not in html
    shown = {"page": 4, "contents": 1, "missed": 4, "waiting": 3, "league": 6, "line": 7, "others": 3}
    assert html.count(INERT) == sum(shown.values())
