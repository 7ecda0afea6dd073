"""A job: what one report is made of, and its check before anything runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cxkit.errors import SettingsError
from cxkit.report.brand import Brand
from cxkit.report.publish import folder_name
from cxkit.report.template import check_parameters, find_template
from cxkit.show.language import language


@dataclass(frozen=True)
class Job:
    """One client x one method x one language: ``parameters`` go to the template, the rest to the page."""

    client: str
    method: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    lang: str = "en"
    date: str = ""
    brand: Brand = field(default_factory=Brand)

    @property
    def folder(self) -> str:
        """Where the bundle goes, inside the batch's folder."""
        return f"{folder_name(self.client)}/{Path(self.method).stem}"


def settings_of(job: Job) -> dict[str, Any]:
    """The parameters of a job, and what stands in its options beside them."""
    options = job.parameters.get("options")
    return {**(options if isinstance(options, dict) else {}), **job.parameters}


def check_job(job: Job) -> dict[str, Any]:
    """Check a job without running it and return all parameters of its template."""
    try:
        language(job.lang).date(job.date)
    except ValueError:
        raise SettingsError(f'The date "{job.date}" of client "{job.client}" is no date; give YYYY-MM-DD.') from None
    folder_name(job.client)
    job.brand.logo_address()
    template = find_template(job.method)
    for name in ("out", "lang", "client"):
        if name in settings_of(job):
            raise SettingsError(f'The parameter "{name}" is set by the report itself; leave it out of the settings.')
    return check_parameters(template, {**job.parameters, "lang": job.lang, "client": job.client})
