"""The plan of a batch: a config becomes a list of checked jobs; nothing is run."""

import unicodedata
from pathlib import Path

from cxkit.batch.config import Client, Config
from cxkit.errors import SettingsError
from cxkit.report.brand import Brand
from cxkit.report.make import Job, check_job
from cxkit.report.publish import folder_name


def plan(config: Config, base: Path) -> list[Job]:
    """Turn a config into jobs, one per client and method, in the order written.

    Parameters
    ----------
    base : the folder that relative paths of the config start from.

    Raises
    ------
    SettingsError : two clients share a folder, a client has no data or method, or a setting is not the template's.
    """
    seen: dict[str, str] = {}
    for client in config.clients:
        folder = unicodedata.normalize("NFC", folder_name(client.client)).casefold()
        if folder in seen:
            raise SettingsError(
                f'The client ids "{seen[folder]}" and "{client.client}" name the same folder; change one of them.'
            )
        seen[folder] = client.client
    jobs = [job for client in config.clients for job in _jobs(config, client, base)]
    for job in jobs:
        try:
            check_job(job)
        except SettingsError as error:
            raise SettingsError(f'Client "{job.client}": {error}') from None
    return jobs


def _jobs(config: Config, client: Client, base: Path) -> list[Job]:
    said = client.model_fields_set

    def value(name: str) -> str:
        return getattr(client if name in said else config, name)

    brand = client.brand if "brand" in said else config.brand
    data, codebook = value("data"), value("codebook")
    methods = client.methods or config.methods
    if not data or not methods:
        lacks = "data" if not data else "methods"
        raise SettingsError(f'Client "{client.client}" has no {lacks}; give it there or once for all clients.')
    shared = {"data_path": _path(data, base), "codebook": _path(codebook, base)}
    if client.where:
        shared["where"] = dict(client.where)  # type: ignore[assignment]
    jobs = []
    for method, settings in methods.items():
        own = {**(config.methods.get(method) or {}), **(settings or {})}
        jobs.append(
            Job(
                client.client,
                _path(method, base) if method.endswith(".ipynb") else method,
                {**shared, **own},
                client.name,
                value("lang"),
                value("date"),
                Brand(_path(brand.logo, base), brand.primary, brand.accent),
            )
        )
    return jobs


def _path(text: str, base: Path) -> str:
    return text if not text or text.startswith("sample:") else str((base / text).resolve())
