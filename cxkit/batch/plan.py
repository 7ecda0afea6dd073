"""The plan of a batch: a config becomes a list of checked jobs; nothing is run."""

import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from cxkit.batch.config import HOW, Client, Config
from cxkit.batch.leftover import codebook_or_empty
from cxkit.errors import DataError, SettingsError
from cxkit.report.brand import Brand
from cxkit.report.job import Job, check_job
from cxkit.report.publish import folder_fault, folder_name
from cxkit.report.template import located, needs_data, own_values, with_paths
from cxkit.show.language import language
from cxkit.survey.read import split_values
from cxkit.survey.spelling import key
from cxkit.survey.values import Values


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
    book = cache(codebook_or_empty)
    for job in jobs:
        named = book(str(job.parameters.get("codebook", ""))).values
        where = job.parameters.get("where")
        rows = {str(column): str(value) for column, value in where.items()} if isinstance(where, dict) else {}
        same = tuple(sorted((column, key(named.get(column, Values()).name(value))) for column, value in rows.items()))
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
    how: dict[str, str] = {}
    for mine in config.methods.values():
        for name in HOW:
            told = str((mine or {}).get(name) or "")
            if told and how.setdefault(name, told) != told:
                raise SettingsError(
                    f'The methods read the data with the {name} "{how[name]}" and "{told}", so the clients cannot be '
                    f"taken from one of them; list the clients in the config."
                )
    try:
        values = split_values(located(config.data, base), column, located(config.codebook, base), **how)
    except DataError as error:
        raise SettingsError(f"The clients cannot be taken from the data: {error}") from None
    for value, rows in values:
        if not value:
            raise SettingsError(
                f'{rows} of the rows have no value in "{column}" and are of no client; fill the cells in, or list '
                f"the clients in the config."
            )
        if fault := folder_fault(value).partition(";")[0]:
            shown = " ".join(value[:60].split())
            raise SettingsError(
                f'The value "{shown}" of the column "{column}" {fault}; list the clients in the config, this one '
                f"with an id of its own and the value beside it."
            )
    return [Client.model_validate({"client": value}) for value, _ in values]


def _jobs(config: Config, client: Client, base: Path) -> list[Job]:
    own = {name: getattr(client, name) for name in client.model_fields_set}
    said = config.model_copy(update=own)  # what the client says, else what holds for all
    own_brand = {name: getattr(client.brand, name) for name in client.brand.model_fields_set}
    brand = config.brand.model_copy(update=own_brand)
    methods = client.methods or config.methods
    if not methods:
        raise SettingsError("it has no methods; give it there or once for all clients.")
    explicit = client.model_fields_set | config.model_fields_set
    column = said.split_by
    if client.value and (not column or column in client.where):
        raise SettingsError("its value has no use; give split_by too, and leave that column out of where.")
    own_rows = {column: client.value or client.client, **client.where} if column else client.where
    look = Brand(located(brand.logo, base), brand.primary, brand.accent)
    jobs = []
    for method, mine in methods.items():
        template = located(method, base) if method.endswith(".ipynb") else method
        settings = with_paths({**(config.methods.get(method) or {}), **(mine or {})}, base)
        values = own_values(template)  # over which only goes what somebody said
        forgotten = needs_data(template) or values.get("data_path", "").startswith("sample:")
        if not said.data and forgotten:  # no client's report is made of a sample because nobody named data
            raise SettingsError("it has no data; give it there or once for all clients.")
        own_lang = values.pop("lang", said.lang)
        if said.data:
            values["data_path"] = located(said.data, base)
        if "codebook" in explicit:
            values["codebook"] = located(said.codebook, base)
        if own_rows:
            settings["where"] = {**_narrower(method, settings, values.get("where", {}), own_rows), **own_rows}
        lang = said.lang if "lang" in explicit else own_lang
        jobs.append(Job(client.client, template, {**values, **settings}, client.name, lang, said.date, look))
    return jobs


def _narrower(method: str, settings: dict[str, Any], own: dict[str, Any], rows: dict[str, str]) -> dict[str, Any]:
    """What narrows a client's rows for a method: whatever it asks for, a report never shows those of another client.

    ``own`` is what a user's notebook says itself; a column of ``rows`` that it names there gets the client's value.
    """
    narrower = settings.get("where", own) or {}
    if not isinstance(narrower, dict):
        raise SettingsError(f'the where of "{method}" is {narrower!r}; give {{column: value}}.')
    if both := [name for name in settings.get("where") or {} if name in rows]:
        raise SettingsError(
            f'the where of "{method}" names "{both[0]}", by which the rows of the client are told already; '
            f"leave it out there."
        )
    return narrower
