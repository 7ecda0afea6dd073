"""Hostile content: a survey full of code stays text, to the eye of a parser and of a real browser."""

import csv
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
import yaml
from markupsafe import escape

from cxkit.report.gate import POLICY
from cxkit.report.job import Job

CHROMIUM = shutil.which("chromium")
RUN = "document.documentElement.setAttribute('data-ran','yes')"
SCRIPT = f"<script>{RUN}</script>"
HANDLER = f'<img src="x" onerror="{RUN}">'
LINK = "[x](javascript:alert(1))"
RTL, OVERRIDE, NUL, LONG = "مرحبا", "a\u202eb\u202cc", "N\x01UL", "long " + "x" * 10_000
CELLS = ("td", "th", "h1", "title")
GROUPS = [SCRIPT, HANDLER, LINK, "$x$ and $y_{1}$", "=1+1", "+1", "-1", "@x", "😀 {lang} %s", RTL, OVERRIDE, NUL]
COMMENTS = [
    SCRIPT, HANDLER, LINK, "$x$", "=1+1", LONG, "😀", RTL, OVERRIDE, NUL, "</td></table></section>" + SCRIPT,
    f"<a href=\"javascript:{RUN}\">x</a>", "{0} {name}", "&lt;b&gt;", f"<svg onload=\"{RUN}\">",
    f"<style>@import 'https://example.com/a.css';</style><iframe srcdoc=\"{SCRIPT}\"></iframe>",
]  # fmt: skip
NAME = f"Acme {SCRIPT} {LINK} $x$ {{name}} {OVERRIDE}{NUL} 😀"
QUESTION = f"Recommend? {HANDLER} {SCRIPT} $x$ {OVERRIDE}"


def clean(text):
    """What the eye should see: characters that draw nothing, or turn the line round, become a box."""
    return text.translate(dict.fromkeys(map(ord, "\x01\u202e\u202c"), "\ufffd"))


@pytest.fixture(scope="module")
def bundle(make, tmp_path_factory):
    """One NPS report on a survey whose every text is hostile."""
    folder = tmp_path_factory.mktemp("hostile")
    data = folder / f"{HANDLER}.csv"
    with data.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([SCRIPT, "q", "why"])
        for k, group in enumerate(group for group in GROUPS for _ in range(16)):
            writer.writerow([group, str((k * 7) % 11), COMMENTS[k % 16]])
    codebook = folder / "codebook.yml"
    item = {"scale": [0, 10], "column": "q", "text": {"en": QUESTION}}
    codebook.write_text(yaml.safe_dump({"group": SCRIPT, "items": {"recommend": item}}, allow_unicode=True), "utf-8")
    parameters = {"data_path": str(data), "codebook": str(codebook), "comment": "why", "comments": 40}
    return make(Job("hostile", "nps", parameters, NAME), folder / "out")


class _Page(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.cells, self.inside = set(), [], [], False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs
        if tag in CELLS:
            self.cells.append("")
            self.inside = True

    def handle_endtag(self, tag):
        self.inside = self.inside and tag not in CELLS

    def handle_data(self, data):
        if self.inside:
            self.cells[-1] += data


@pytest.fixture(scope="module")
def html(bundle):
    return (bundle / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(html):
    return _Page(html)


def browse(html, folder):
    """Open a page in headless Chromium and return its document as the browser left it."""
    path = folder / "page.html"
    path.write_text(html, encoding="utf-8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
             f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=2000", "--dump-dom"]  # fmt: skip
    done = subprocess.run([CHROMIUM, *flags, path.as_uri()], capture_output=True, timeout=600, check=True)
    return done.stdout.decode("utf-8")


needs_chromium = pytest.mark.skipif(not CHROMIUM, reason="Chromium is not on this machine")


@pytest.mark.parametrize("group", GROUPS, ids=ascii)
def test_a_group_name_is_the_text_of_a_cell(group, page):
    assert clean(group) in page.cells


@pytest.mark.parametrize("comment", [text for text in COMMENTS if text != LONG], ids=ascii)
def test_a_comment_is_the_text_of_a_cell(comment, page):
    assert clean(comment) in page.cells


def test_a_comment_of_ten_thousand_characters_is_cut(page):
    assert LONG not in page.cells
    assert any(LONG.startswith(cell.removesuffix(" …")) and 100 < len(cell) < 400 for cell in page.cells)


def test_client_name_question_and_file_name_are_text(page):
    assert page.cells.count(clean(NAME)) == 1
    assert page.cells[0] == f"{clean(NAME)} – How likely customers are to recommend"
    assert clean(QUESTION) in page.cells
    assert f"{HANDLER}.csv" in page.cells


def test_the_page_holds_none_of_it_as_markup(page, html):
    expected = {"html", "head", "meta", "title", "style", "body", "header", "main", "section", "footer", "div", "p",
                "h1", "h2", "h3", "dl", "dt", "dd", "ul", "li", "small", "figure", "img", "table", "caption", "thead",
                "tbody", "tr", "th", "td", "br", "span"}  # fmt: skip
    assert page.tags <= expected
    assert {name for name, _ in page.attributes} <= {
        "alt", "charset", "class", "content", "http-equiv", "id", "lang", "name", "scope", "src", "tabindex",
    }  # fmt: skip
    for hidden in ("\x01", "\u202e", "\u202c"):
        assert hidden not in html


def test_no_picture_holds_it_as_markup(bundle):
    for path in (bundle / "figures").glob("*.svg"):
        picture = path.read_text(encoding="utf-8")
        assert not {"script", "img", "a", "foreignobject"} & _Page(picture).tags, path.name
        assert "\x01" not in picture
    assert list((bundle / "figures").glob("*.svg"))


def test_table_cells_that_a_spreadsheet_could_run_are_prefixed(bundle):
    table = pd.read_csv(bundle / "table.csv", keep_default_na=False, dtype=str)
    found = set(table["group"])
    assert {"'=1+1", "'+1", "'-1", "'@x"} <= found
    with (bundle / "table.csv").open(newline="", encoding="utf-8") as file:
        names = [row[k] for row in csv.reader(file) for k in (0, 1, 3, 4)]
    assert not [name for name in names if name.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_negative_numbers_of_the_table_stay_numbers(bundle):
    estimates = pd.read_csv(bundle / "table.csv")["estimate"]
    assert estimates.dtype == float
    assert (estimates < 0).any()


def test_respondents_own_words_are_not_in_the_data_files(bundle):
    for name in ("result.json", "table.csv", "run.json"):
        content = (bundle / name).read_text(encoding="utf-8")
        assert "x" * 50 not in content
        assert "</section>" not in content


@needs_chromium
def test_no_script_of_the_report_runs_in_a_browser(html, tmp_path):
    seen = browse(html, tmp_path)
    assert "Acme" in seen
    assert "data-ran" not in seen.split("<head>")[0]
    found = _Page(seen)
    assert not {"script", "iframe", "svg", "a"} & found.tags
    assert set(map(clean, GROUPS)) <= set(found.cells)


@needs_chromium
def test_the_same_content_runs_where_it_is_not_escaped_and_no_policy_stands(html, tmp_path):
    """The control: without our two defences the browser runs it, so the test above can fail."""
    content = {"script": SCRIPT, "handler": HANDLER, "svg": f'<svg onload="{RUN}">'}
    marked = "".join(text.replace("data-ran", f"data-{name}") for name, text in content.items())
    open_page = html.replace(str(escape(POLICY)), "").replace("</main>", f"<p>{marked}</p></main>")
    seen = browse(open_page, tmp_path).split("<head>")[0]
    assert [name for name in content if f'data-{name}="yes"' in seen] == list(content)


@needs_chromium
def test_the_policy_alone_stops_what_would_slip_through(html, tmp_path):
    leaky = html.replace("</main>", f'<p>{SCRIPT}{HANDLER}<svg onload="{RUN}"></p></main>')
    assert "data-ran" not in browse(leaky, tmp_path).split("<head>")[0]


def test_the_hostile_bundle_is_complete(bundle):
    assert {path.name for path in Path(bundle).iterdir()} == {
        "report.html", "result.json", "table.csv", "run.json", "figures",
    }  # fmt: skip
