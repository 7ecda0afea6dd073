"""Over all clients: summary.json, summary.csv, results.csv and index.html."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

import pandas as pd

from cxkit.report.gate import check_page
from cxkit.report.make import Job
from cxkit.report.page import TITLES, render
from cxkit.report.publish import write_atomic
from cxkit.results import csv_safe
from cxkit.views.language import language, plain


@dataclass(frozen=True)
class Row:
    """What became of one job."""

    client: str
    name: str
    method: str
    lang: str
    status: str
    reason: str
    folder: str

    @classmethod
    def of(cls, job: Job, status: str, reason: str = "") -> "Row":
        method = Path(job.method).stem
        return cls(job.client, job.name or job.client, method, job.lang, status, reason, job.folder)


def write_summary(rows: Sequence[Row], out: Path, *, title: str, lang: str, date: str) -> None:
    """Write the files over all clients; each replaces its older one whole."""
    write_atomic(out / "summary.json", json.dumps([asdict(r) for r in rows], ensure_ascii=False, indent=1) + "\n")
    summary = csv_safe(pd.DataFrame(rows, columns=list(Row.__dataclass_fields__)))
    write_atomic(out / "summary.csv", summary.to_csv(index=False, lineterminator="\n"))
    tables = []
    for row in rows:
        if row.status == "published":
            table = pd.read_csv(out / row.folder / "table.csv", keep_default_na=False, dtype=str)
            table.insert(0, "client", row.client)
            table.insert(1, "method", row.method)
            tables.append(table)
    if tables:
        results = pd.concat(tables, ignore_index=True)
        results[["client", "method"]] = csv_safe(results[["client", "method"]])
        write_atomic(out / "results.csv", results.to_csv(index=False, lineterminator="\n"))
    else:
        (out / "results.csv").unlink(missing_ok=True)
    words = language(lang)
    good = sum(row.status == "published" for row in rows)
    page = render(
        "index.html.j2",
        lang,
        title=plain(title) or words.text("Reports"),
        date=words.date(date),
        summary=words.text("{good} of {all} reports published", good=good, all=len(rows)),
        rows=[
            {
                **{name: plain(value) for name, value in asdict(row).items()},
                "title": language(row.lang).text(TITLES[row.method]) if row.method in TITLES else plain(row.method),
                "href": quote(f"{row.folder}/report.html"),
            }
            for row in rows
        ],
    )
    check_page(page)
    write_atomic(out / "index.html", page)
