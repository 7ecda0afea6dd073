"""The command line: cxkit methods, codebook, new, report, batch, schema, demo."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import cxkit
from cxkit.batch.imports import quick_imports
from cxkit.batch.processes import WARM, InPlace, Limits, Worker, new_worker
from cxkit.errors import ReportError, SettingsError
from cxkit.exits import PlainErrors, unread
from cxkit.show.language import LANGUAGES, plain

if TYPE_CHECKING:
    from cxkit.batch.config import Config
    from cxkit.batch.leftover import Leftover
    from cxkit.batch.one_job import Options
    from cxkit.batch.summary import Outcome
    from cxkit.report.job import Job

# Commands import what they need themselves, after the process that makes reports has begun to import the same.
DEMO = {
    "bank": ("Orient Bank (simulated)", "en", "#12344d"),
    "shop": ("Интернет-магазин «Лола» (имитация)", "ru", "#5b2333"),
    "dairy": ("“Sut-Toʻkin” ulgurji savdosi (namuna)", "uz", "#1f4d3a"),
    "mobile": ("Мобил алоқа бозори (намуна)", "uz_Cyrl", "#3b2f63"),
}
TIMEOUT = click.option(
    "--timeout", default=600.0, type=click.FloatRange(0, min_open=True), help="Seconds a report may take."
)
MEMORY = click.option("--memory", default=4096, type=click.IntRange(0), help="MiB a report may take; 0: no limit.")


@click.group(cls=PlainErrors, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(cxkit.__version__, prog_name="cxkit")
def main() -> None:
    """Measure customer experience: from a survey file to a published report."""


@main.command()
def methods() -> None:
    """List the methods and what each one asks."""
    for word, method in cxkit.METHODS.items():
        click.echo(f"{word:22} {method.question}")


@main.command()
@click.argument("file")
@click.option("-o", "--out", type=click.Path(path_type=Path), help="File to write; without it the draft is printed.")
@click.option("--sheet", default="", help="Sheet of a workbook, or table of a .duckdb file.")
def codebook(file: str, out: Path | None, sheet: str) -> None:
    """Draft a codebook for FILE: each guess says why; look at every line marked CHECK before the first report."""
    from cxkit.survey.draft.drafting import draft_codebook

    text = draft_codebook(file, sheet=sheet)
    if out:
        _new_file(out).write_text(text, encoding="utf-8")
    click.echo(f"Wrote {out}; marked CHECK: {text.count('CHECK ')}." if out else text, nl=bool(out))


@main.command()
@click.argument("method")
@click.argument("file", type=click.Path(path_type=Path))
def new(method: str, file: Path) -> None:
    """Copy the template of METHOD to FILE, to be edited and run in JupyterLab."""
    import shutil

    from cxkit.report.template import find_template

    if file.suffix != ".ipynb":
        raise SettingsError(f'The file "{file.name}" must end in .ipynb.')
    shutil.copyfile(find_template(method), _new_file(file))
    click.echo(f"Wrote {file}; open it in JupyterLab and edit its parameters cell.")


@main.command()
@click.argument("method")
@click.option("--data", help="Survey: .csv .xlsx .ods .sav .dta .parquet .duckdb ..., a folder, or sample:NAME.")
@click.option("--client", required=True, help="Id of the client; names the folder.")
@click.option("--name", default="", help="Name of the client on the page.")
@click.option("--lang", help=f"Language of the report: {', '.join(LANGUAGES)}; en when nothing says another.")
@click.option("--date", default="", help="Date on the page, YYYY-MM-DD; left out when not given.")
@click.option("--codebook", help="YAML codebook.")
@click.option("--logo", default="", help="PNG, JPEG or SVG file.")
@click.option("--out", default="out", type=click.Path(path_type=Path), help="Folder of the reports.")
@click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE", help="A parameter of the template; may repeat."
)
@TIMEOUT
@MEMORY
def report(
    method: str, data: str | None, client: str, name: str, lang: str | None, date: str, codebook: str | None,
    logo: str, out: Path, settings: tuple[str, ...], timeout: float, memory: int,
) -> None:  # fmt: skip
    """Make one client's report by METHOD (a method's word or a template of your own).

    A notebook of your own keeps what its parameters cell says, such as its data, codebook and language, unless you
    say something else here. A relative path in the notebook starts in the notebook's folder; one that you give here
    starts in the folder where you are.
    """
    with _started([]) as worker:
        from cxkit.batch.one_job import Options, publish_report
        from cxkit.report.brand import Brand
        from cxkit.report.job import Job, check_job
        from cxkit.report.template import find_template, needs_data, own_values, parse_parameter, with_paths

        template = find_template(method)
        if data is None and needs_data(method):
            raise click.UsageError("Missing option '--data'; say where the survey is.")
        said = {"data_path": data, "codebook": codebook, **dict(parse_parameter(template, text) for text in settings)}
        given = {name: value for name, value in said.items() if value is not None}
        parameters = own_values(method)  # over which only goes what is said here
        own_lang = parameters.pop("lang", "en")
        parameters |= with_paths(given, Path.cwd())
        method = str(template) if method.endswith(".ipynb") else method
        job = Job(client, method, parameters, name, own_lang if lang is None else lang, date, Brand(logo))
        check_job(job)
        options = Options(limits=Limits(timeout, memory * 2**20), fresh=True)
        publish_report(job, out.resolve(), worker, options)
    with unread():
        click.echo(f"Published {out / job.folder / 'report.html'}")


@main.command()
@click.argument("config", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder of the reports.")
@click.option("--jobs", default=0, type=click.IntRange(0), help="Reports made at the same time; 0: one per core.")
@click.option("--only", multiple=True, metavar="CLIENT", help="Only this client; may repeat.")
@click.option("--limit", default=0, type=click.IntRange(0), help="Only the first so many reports; 0: all.")
@click.option("--fresh", is_flag=True, help="Make reports again that are published and still valid.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--fail-fast", is_flag=True, help="Begin no other report after the first failure.")
@click.option("--prune", is_flag=True, help="Delete reports of clients that CONFIG no longer names.")
@TIMEOUT
@MEMORY
@click.option("--engine", default=WARM, help=f"papermill's engine: {WARM}, or nbclient for a kernel per report.")
@click.option("--scheduler", default="", help="Dask scheduler, tcp://HOST:PORT, or local.")
def batch(
    config: Path, out: Path, jobs: int, only: tuple[str, ...], limit: int, fresh: bool, dry_run: bool,
    fail_fast: bool, prune: bool, timeout: float, memory: int, engine: str, scheduler: str,
) -> None:  # fmt: skip
    """Make all reports that CONFIG names.

    A report that is published already and still has the same inputs is kept, so a batch that was broken off goes on
    where it was. Rows of shared data that no client of CONFIG has are told.

    Exit 0: all published (with --only or --limit, all of these), 1: some failed, 2: CONFIG is wrong and nothing was
    run, 3: the disk is full or a folder cannot be written, 4: another batch works in the folder, 130 and 143:
    interrupted.

    Airflow runs the same templates: PapermillOperator(input_nb="nps.ipynb", output_nb="out/007.ipynb",
    parameters={"data_path": "survey.csv", "client": "007", "out": "out/007"}) writes result.json and table.csv; for
    pages, a BashOperator calls cxkit report for each client, or this command for all of them.
    """
    from cxkit.batch.config import read_config

    read = read_config(config)
    methods = [method for part in (read, *read.clients) for method in part.methods]
    with _started([] if dry_run or scheduler else methods, wait=dry_run or bool(scheduler)) as worker:
        from cxkit.batch.one_job import Options, check_engine, cores
        from cxkit.batch.plan import plan
        from cxkit.batch.selection import foresee, removed, select

        limits = Limits(timeout, memory * 2**20)
        options = Options(jobs or cores(), check_engine(engine), limits, fresh, fail_fast)
        planned = plan(read, config.parent.resolve())
        chosen = select(planned, only, limit)
        if dry_run:
            for job in chosen:
                click.echo(plain(f"{foresee(job, out, fresh):9} {job.folder}"))
            for folder in removed(planned, out) if prune else []:
                click.echo(f"{'deleted':9} {folder}")
        else:
            found = _leftovers(read, planned, InPlace() if scheduler else worker)
            _batch(read, planned, chosen, out, options, worker, scheduler, prune, found)


@main.command()
@click.argument("kind", type=click.Choice(["config", "codebook"]), default="config")
def schema(kind: str) -> None:
    """Print the JSON schema of the batch config, or of a codebook, for editors."""
    if kind == "codebook":
        from cxkit.survey.codebook_keys import json_schema
    else:
        from cxkit.batch.config import json_schema

    click.echo(json_schema())


@main.command()
@click.option("--out", default="out/demo", type=click.Path(path_type=Path), help="Folder of the demo.")
def demo(out: Path) -> None:
    """Write four simulated surveys and a config, and make their reports."""
    from cxkit.batch.config import read_config
    from cxkit.survey.samples import sample_codebook, sample_text

    source = out / "input"
    source.mkdir(parents=True, exist_ok=True)
    clients = []
    for sample, (name, lang, color) in DEMO.items():
        methods = {word: dict(m.demo[sample]) for word, m in cxkit.METHODS.items() if sample in m.demo}
        sample_text(sample).to_csv(source / f"{sample}.csv", index=False, lineterminator="\n")
        _write_yaml(source / f"{sample}.yml", sample_codebook(sample))
        clients.append({"client": sample, "name": name, "lang": lang, "data": f"{sample}.csv",
                        "codebook": f"{sample}.yml", "brand": {"primary": color}, "methods": methods})  # fmt: skip
    config = {"title": "cxkit demo", "date": "2026-07-01", "clients": clients}
    _write_yaml(source / "clients.yml", config)
    read = read_config(source / "clients.yml")
    with _started(cxkit.METHODS) as worker:
        from cxkit.batch.one_job import Options, cores
        from cxkit.batch.plan import plan

        jobs = plan(read, source.resolve())
        _batch(read, jobs, jobs, out, Options(cores()), worker)


def _batch(
    config: "Config", jobs: list["Job"], chosen: list["Job"], out: Path, options: "Options", worker: Worker,
    scheduler: str = "", prune: bool = False, leftovers: Sequence["Leftover"] = (),
) -> None:  # fmt: skip
    from tqdm import tqdm

    from cxkit.batch.loop import exit_code, run
    from cxkit.batch.selection import removed

    told = (f'client "{job.client}": {text}' for job in jobs for text in job.brand.warnings())
    for warning in dict.fromkeys(told):
        click.echo(f"Note: {warning}", err=True)
    failed = 0
    with tqdm(total=len(chosen), unit="report", disable=not sys.stderr.isatty()) as bar:

        def progress(row: "Outcome", kept: bool) -> None:
            nonlocal failed
            failed += row.status != "published"
            bar.set_postfix(failed=failed, refresh=False)
            bar.update()
            line = f"{'kept' if kept else row.status:11} {row.folder}" + (f": {row.reason}" if row.reason else "")
            with unread():
                tqdm.write(plain(line), file=sys.stdout)

        rows, stopped = run(
            jobs, out, options=options, chosen=chosen, worker=worker, scheduler=scheduler, prune=prune,
            report=progress, title=config.title, lang=config.lang, date=config.date, leftovers=leftovers,
        )  # fmt: skip
    if others := removed(jobs, out):
        named = ", ".join(others[:5]) + (" ..." if len(others) > 5 else "")
        note = f"Note: {len(others)} reports are of no client of this config: {named}; --prune deletes them."
        with unread():
            click.echo(note, err=True)
    good = sum(row.status == "published" for row in rows)
    with unread():
        click.echo(f"{good} of {len(rows)} reports published; open {out / 'index.html'}")
    asked = {job.folder for job in chosen}
    sys.exit(exit_code([row for row in rows if row.folder in asked], stopped))


def _leftovers(config: "Config", jobs: list["Job"], place: Worker) -> list["Leftover"]:
    """Say which rows of the data are of no client; that is told, and stops nothing."""
    from cxkit.batch.leftover import Leftover, leftovers, splits
    from cxkit.batch.loop import OVERVIEW

    shared = splits(config, jobs)
    try:
        found: list[Leftover] = place.call(leftovers, shared, limits=OVERVIEW) if shared else []
    except ReportError as error:
        found = [Leftover(Path(split.data).name, split.column, problem=str(error)) for split in shared]
    for sentence in dict.fromkeys(sentence for one in found for sentence in one.sentences()):
        with unread():
            click.echo(plain(f"Note: {sentence}"))
    return found


@contextmanager
def _started(methods: Iterable[str], wait: bool = False) -> Iterator[Worker]:
    """A place for reports to be made in that starts while this process imports the rest."""
    worker = new_worker(methods)
    if not wait:
        worker.start()
    with quick_imports():
        try:
            yield worker
        finally:
            worker.stop()


def _new_file(file: Path) -> Path:
    if file.exists():
        raise SettingsError(f'The file "{file.name}" exists already; choose another name or move it away.')
    file.parent.mkdir(parents=True, exist_ok=True)
    return file


def _write_yaml(path: Path, content: Any) -> None:
    import yaml

    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
