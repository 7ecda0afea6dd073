"""The plan of a batch: a config becomes a list of checked jobs; nothing is run."""

import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cxkit.batch.config import Client, Config
from cxkit.data.read import split_values
from cxkit.data.spelling import key
from cxkit.errors import DataError, SettingsError
from cxkit.report.brand import Brand
from cxkit.report.job import Job, check_job
from cxkit.report.publish import folder_name
from cxkit.views.language import language


def plan(config: Config, base: Path) -> list[Job]:
    """Turn a config into jobs, one per client and method, in the order written.

    With ``split_by`` a client takes the rows with its value, or with its id, in that column; its ``where`` and that
    of a method narrow them. A config without clients gets one per value of the column, in sorted order.

    Parameters
    ----------
    base : the folder that relative paths of the config start from.

    Raises
    ------
    SettingsError : two clients share a folder, a client has no data or method, a setting is not the template's, or
        the clients cannot be taken from the data.
    """
    try:
        language(config.lang).date(config.date)
    except ValueError:
        raise SettingsError(f'The date "{config.date}" of the config is no date; give YYYY-MM-DD.') from None
    clients = config.clients or _clients(config, base)
    seen: dict[str, str] = {}
    for client in clients:
        for name in {_same(client.client), _same(folder_name(client.client))}:
            if name in seen:
                raise SettingsError(
                    f'The client ids "{seen[name]}" and "{client.client}" name the same folder; change one of them.'
                )
            seen[name] = client.client
    jobs: dict[str, Job] = {}
    for client in clients:
        try:
            for job in _jobs(config, client, base):
                check_job(job)
                if jobs.setdefault(job.folder.casefold(), job) is not job:
                    raise SettingsError(f'two of its reports go to "{job.folder}"; rename one template.')
        except SettingsError as error:
            raise SettingsError(f'Client "{client.client}": {error}') from None
    _apart(jobs.values())
    return list(jobs.values())


def _apart(jobs: Iterable[Job]) -> None:
    """Refuse clients whose rows are named by two spellings of one value: each would get the rows of both."""
    seen: dict[Any, tuple[str, dict[str, str]]] = {}
    for job in jobs:
        where = job.parameters.get("where")
        rows = {str(column): str(value) for column, value in where.items()} if isinstance(where, dict) else {}
        same = tuple(sorted((column, key(value)) for column, value in rows.items()))
        first, their = seen.setdefault((job.parameters.get("data_path"), job.method, same), (job.client, rows))
        for column, value in rows.items():
            if their[column] != value:
                raise SettingsError(
                    f'The clients "{first}" and "{job.client}" take the rows with "{their[column]}" and with '
                    f'"{value}" in "{column}", two spellings of one value; leave one of the clients out, or write '
                    f"the value the same way in both."
                )


def _same(text: str) -> str:
    """What two names share when a file system or an eye takes them for one."""
    return unicodedata.normalize("NFC", text).casefold()


def _clients(config: Config, base: Path) -> list[Client]:
    """One client per value of the data's ``split_by`` column."""
    column = config.split_by
    if not config.data:
        raise SettingsError("The config has neither clients nor data to take them from; give one of both.")
    try:
        values = split_values(_path(config.data, base), column, _path(config.codebook, base))
    except DataError as error:
        raise SettingsError(f"The clients cannot be taken from the data: {error}") from None
    for value, rows in values:
        if not value:
            raise SettingsError(
                f'{rows} of the rows have no value in "{column}" and are of no client; fill the cells in, or list '
                f"the clients in the config."
            )
        try:
            folder_name(value)
        except SettingsError:
            shown = " ".join(value[:60].split())
            raise SettingsError(
                f'The value "{shown}" of the column "{column}" cannot name a folder; list the clients in the config, '
                f"this one with an id of its own and the value beside it."
            ) from None
    return [Client.model_validate({"client": value}) for value, _ in values]


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
    column = said.split_by
    if client.value and (not column or column in client.where):
        raise SettingsError("its value has no use; give split_by too, and leave that column out of where.")
    own_rows = {column: client.value or client.client, **client.where} if column else client.where
    if own_rows:
        shared["where"] = own_rows
    jobs = []
    for method, mine in methods.items():
        settings = {**(config.methods.get(method) or {}), **(mine or {})}
        if own_rows and "where" in settings:
            # Whatever a method asks for, a report never shows the rows of another client.
            narrower = settings["where"] or {}
            if not isinstance(narrower, dict):
                raise SettingsError(f'the where of "{method}" is {narrower!r}; give {{column: value}}.')
            if both := [name for name in narrower if name in own_rows]:
                raise SettingsError(
                    f'the where of "{method}" names "{both[0]}", by which the rows of the client are told already; '
                    f"leave it out there."
                )
            settings["where"] = {**narrower, **own_rows}
        template = _path(method, base) if method.endswith(".ipynb") else method
        look = Brand(_path(brand.logo, base), brand.primary, brand.accent)
        jobs.append(Job(client.client, template, {**shared, **settings}, client.name, said.lang, said.date, look))
    return jobs


def _path(text: str, base: Path) -> str:
    return text if not text or text.startswith("sample:") or "://" in text else str((base / text).resolve())
