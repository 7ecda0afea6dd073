"""What became of every job of a batch: summary.json and summary.csv."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cxkit.report.job import Job
from cxkit.report.publish import write_atomic
from cxkit.result import csv_safe_text

_ITEMS = json.JSONEncoder(ensure_ascii=False, separators=(",\n  ", ": "))  # a row's items as indent=1 puts them


@dataclass(frozen=True)
class Outcome:
    """What became of one job; ``status`` is "published", "failed", "interrupted" or "waiting"."""

    client: str
    name: str
    method: str
    lang: str
    status: str
    reason: str
    folder: str

    @classmethod
    def of(cls, job: Job, status: str, reason: str = "") -> "Outcome":
        method = Path(job.method).stem
        return cls(job.client, job.name or job.client, method, job.lang, status, reason, job.folder)


def write_summary(rows: Sequence[Outcome], out: Path) -> None:
    """Write summary.json and summary.csv; each replaces its older one whole. Cheap enough to follow every job."""
    shown = [_shown(row) for row in rows]
    items = ",\n ".join(text for text, _ in shown)
    write_atomic(out / "summary.json", f"[\n {items}\n]\n" if rows else "[]\n")
    write_atomic(out / "summary.csv", _line(list(Outcome.__dataclass_fields__)) + "".join(line for _, line in shown))


@lru_cache(maxsize=2**14)
def _shown(row: Outcome) -> tuple[str, str]:
    """A row as JSON and as a line of CSV, kept because hardly a row changes between two jobs."""
    values = vars(row)
    return "{\n  " + _ITEMS.encode(values)[1:-1] + "\n }", _line([csv_safe_text(text) for text in values.values()])


def _line(cells: list[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(cells)
    return buffer.getvalue()
