"""The plan of a batch: a config becomes a list of checked jobs; nothing is run."""

import unicodedata
from pathlib import Path
from typing import Any

from cxkit.batch.config import Client, Config
from cxkit.errors import SettingsError
from cxkit.report.brand import Brand
from cxkit.report.make import Job, check_job
from cxkit.report.publish import folder_name
from cxkit.views.language import language


def plan(config: Config, base: Path) -> list[Job]:
    """Turn a config into jobs, one per client and method, in the order written.

    Parameters
    ----------
    base : the folder that relative paths of the config start from.

    Raises
    ------
    SettingsError : two clients share a folder, a client has no data or method, or a setting is not the template's.
    """
    language(config.lang)
    seen: dict[str, str] = {}
    for client in config.clients:
        for name in {_same(client.client), _same(folder_name(client.client))}:
            if name in seen:
                raise SettingsError(
                    f'The client ids "{seen[name]}" and "{client.client}" name the same folder; change one of them.'
                )
            seen[name] = client.client
    jobs: dict[str, Job] = {}
    for client in config.clients:
        try:
            for job in _jobs(config, client, base):
                check_job(job)
                if jobs.setdefault(job.folder.casefold(), job) is not job:
                    raise SettingsError(f'two of its reports go to "{job.folder}"; rename one template.')
        except SettingsError as error:
            raise SettingsError(f'Client "{client.client}": {error}') from None
    return list(jobs.values())


def _same(text: str) -> str:
    """What two names share when a file system or an eye takes them for one."""
    return unicodedata.normalize("NFC", text).casefold()


def _jobs(config: Config, client: Client, base: Path) -> list[Job]:
    own = {name: getattr(client, name) for name in client.model_fields_set}
    said = config.model_copy(update=own)  # what the client says, else what holds for all
    own_brand = {name: getattr(client.brand, name) for name in client.brand.model_fields_set}
    brand = config.brand.model_copy(update=own_brand)
    methods = client.methods or config.methods
    for lacks, given in (("data", said.data), ("methods", methods)):
        if not given:
            raise SettingsError(f"it has no {lacks}; give it there or once for all clients.")
    shared: dict[str, Any] = {"data_path": _path(said.data, base), "codebook": _path(said.codebook, base)}
    if client.where:
        shared["where"] = client.where
    jobs = []
    for method, mine in methods.items():
        settings = {**(config.methods.get(method) or {}), **(mine or {})}
        template = _path(method, base) if method.endswith(".ipynb") else method
        look = Brand(_path(brand.logo, base), brand.primary, brand.accent)
        jobs.append(Job(client.client, template, {**shared, **settings}, client.name, said.lang, said.date, look))
    return jobs


def _path(text: str, base: Path) -> str:
    return text if not text or text.startswith("sample:") else str((base / text).resolve())
