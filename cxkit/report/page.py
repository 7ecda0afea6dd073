"""The page: a run notebook's outputs in the order a client reads them, in one self-contained HTML file."""

import base64
import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader
from markupsafe import Markup
from nbconvert.filters import markdown2html

import cxkit
from cxkit.errors import ReportError
from cxkit.methods import METHODS
from cxkit.report.brand import Brand
from cxkit.report.gate import POLICY, check_page
from cxkit.report.publish import write_atomic
from cxkit.result import Result
from cxkit.show.audit import audit_of, audit_view
from cxkit.show.language import Language, language, plain
from cxkit.show.view import NOTEBOOK, picture

_ORDER = {"prose": 0, "figure": 1, "table": 8, "data": 9}
_PAGES = Environment(loader=PackageLoader("cxkit.report", "."), autoescape=True, trim_blocks=True, lstrip_blocks=True)


def render(template: str, lang: str, **values: Any) -> str:
    """Fill a page template; every value is escaped but what is marked as HTML."""
    return _PAGES.get_template(template).render(
        policy=POLICY, lang=lang.replace("_", "-"), t=language(lang).text, version=cxkit.__version__, **values
    )


def report_page(notebook: Any, *, method: str, name: str, lang: str, date: str, brand: Brand) -> str:
    """Build the client's page: prose first, then figures, tables and the data.

    Markdown cells tagged ``note`` and all code are left out; outputs are limited to HTML, pictures and text.

    Raises
    ------
    ReportError : a cell's output is an error.
    """
    cells = sorted(notebook.cells, key=lambda cell: _ORDER.get(cell.id, 5))
    sections = {cell.id: html for cell in cells if (html := _section(cell))}
    return page_of(sections, method=method, name=name, lang=lang, date=date, brand=brand)


def result_page(result: Result, *, name: str, lang: str, date: str, brand: Brand) -> str:
    """The same page of a result alone: what its method says, draws and lists, and the data where they were read."""
    views = METHODS[result.method].views
    drawn = {f"figure-{part}": result.figure(lang, part) for part in views.figures}
    listed = {f"table-{part}": result.table(lang, part) for part in views.tables}
    told = {"data": audit_view(audit_of(result), language(lang))} if result.audit else {}
    shown = {"prose": result.prose(lang), **drawn, **listed, **told}
    sections = {part: html for part, view in shown.items() if (html := view.as_html())}
    return page_of(sections, method=result.method, name=name, lang=lang, date=date, brand=brand)


def write_result_page(result: Result, path: Path, *, name: str, lang: str, date: str) -> Path:
    """Write the page of a result; an older file is replaced only by a whole and safe one."""
    page = result_page(result, name=name, lang=lang, date=date, brand=Brand())
    check_page(page)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, page)
    return path


def page_of(sections: Mapping[str, str], *, method: str, name: str, lang: str, date: str, brand: Brand) -> str:
    """A page of HTML sections by their ids, in one self-contained file."""
    words = language(lang)
    return render(
        "report.html.j2",
        lang,
        title=method_title(method, words),
        name=plain(name),
        date=words.date(date),
        brand=brand,
        logo=brand.logo_address(),
        sections=[(part, Markup(html)) for part, html in sections.items()],
    )


def method_title(method: str, words: Language) -> str:
    """What a method's page is called; a template of one's own is called by its path."""
    return words.text(METHODS[method].title) if method in METHODS else plain(method)


def _section(cell: Any) -> str:
    tags = cell.metadata.get("tags", [])
    if "note" in tags:
        return ""
    if cell.cell_type == "markdown":
        return markdown2html(cell.source)
    return "".join(_output(output, cell.id) for output in cell.get("outputs", []))


def _output(output: Any, cell: str) -> str:
    if output.output_type == "error":
        raise ReportError(f'The cell "{cell}" ended in an error: {output.ename}: {output.evalue}')
    if output.output_type == "stream":
        return "" if output.name == "stderr" else f"<pre>{escape(plain(output.text))}</pre>"
    data, alt = output.data, output.metadata.get("image/png", {}).get("alt", "")
    if "image/svg+xml" in data:
        return picture("image/svg+xml", base64.b64encode(data["image/svg+xml"].encode()).decode(), alt)
    if "image/png" in data:
        return picture("image/png", re.sub(r"\s", "", data["image/png"]), alt)
    if "text/html" in data:
        return data["text/html"].removeprefix(NOTEBOOK)
    text = data.get("text/plain", "")
    return f"<pre>{escape(plain(text))}</pre>" if text.strip() else ""
