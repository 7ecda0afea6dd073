"""Run a plan job by job; one client's failure never touches another's report."""

from collections.abc import Callable, Sequence
from pathlib import Path

from cxkit.batch.summary import Row, write_summary
from cxkit.errors import CxError
from cxkit.report.make import Job, make_report


def run(
    jobs: Sequence[Job],
    out: Path,
    *,
    title: str = "",
    lang: str = "en",
    date: str = "",
    report: Callable[[Row], None] = lambda row: None,
) -> list[Row]:
    """Make every report of a plan and write the summary of all into ``out``.

    Parameters
    ----------
    report : called with each finished row, for progress.

    Returns
    -------
    A row per job; ``status`` is "published" or "failed" with a ``reason``.
    """
    rows = []
    for job in jobs:
        try:
            make_report(job, out)
            row = Row.of(job, "published")
        except CxError as error:
            row = Row.of(job, "failed", str(error))
        except Exception as error:  # a fault of ours or of the machine must not stop the other clients
            row = Row.of(job, "failed", f"unexpected {type(error).__name__}")
        rows.append(row)
        report(row)
    write_summary(rows, out, title=title, lang=lang, date=date)
    return rows
