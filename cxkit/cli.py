"""The command line: cxkit methods, new, report, batch, schema, demo."""

import shutil
import sys
from pathlib import Path
from typing import Any

import click
import yaml
from tqdm import tqdm

import cxkit
from cxkit.batch.config import json_schema, read_config
from cxkit.batch.plan import plan
from cxkit.batch.run import run
from cxkit.batch.summary import Row
from cxkit.data.samples import sample_codebook, sample_text
from cxkit.errors import CxError, SettingsError
from cxkit.report.brand import Brand
from cxkit.report.make import Job, make_report
from cxkit.report.template import find_template, parse_parameter
from cxkit.views.language import LANGUAGES, plain

DEMO = {
    "bank": ("Orient Bank (simulated)", "en", "#12344d", "derived"),
    "shop": ("Интернет-магазин «Лола» (имитация)", "ru", "#5b2333", "stated"),
    "dairy": ("“Sut-Toʻkin” ulgurji savdosi (namuna)", "uz", "#1f4d3a", "expert"),
    "mobile": ("Мобил алоқа бозори (намуна)", "uz_Cyrl", "#3b2f63", ""),
}


class PlainErrors(click.Group):
    """End in one sentence instead of a traceback, with 2 for settings, 3 for the machine, 1 for the rest."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CxError as error:
            click.echo(f"cxkit: {plain(error)}", err=True)
            sys.exit(2 if isinstance(error, SettingsError) else 1)
        except OSError as error:
            click.echo(
                f"cxkit: {error.strerror or error} ({error.filename}); check the folder and its rights.", err=True
            )
            sys.exit(3)


@click.group(cls=PlainErrors, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(cxkit.__version__, prog_name="cxkit")
def main() -> None:
    """Measure customer experience: from a survey file to a published report."""


@main.command()
def methods() -> None:
    """List the methods and what each one asks."""
    for word, method in cxkit.METHODS.items():
        module = sys.modules[method.__module__]
        click.echo(f"{word:12} {(module.__doc__ or '').splitlines()[0]}")


@main.command()
@click.argument("method")
@click.argument("file", type=click.Path(path_type=Path))
def new(method: str, file: Path) -> None:
    """Copy the template of METHOD to FILE, to be edited and run in JupyterLab."""
    if file.suffix != ".ipynb":
        raise SettingsError(f'The file "{file.name}" must end in .ipynb.')
    if file.exists():
        raise SettingsError(f'The file "{file.name}" exists already; choose another name or move it away.')
    file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(find_template(method), file)
    click.echo(f"Wrote {file}; open it in JupyterLab and edit its parameters cell.")


@main.command()
@click.argument("method")
@click.option("--data", required=True, help="Survey file (.csv .tsv .xlsx .parquet), or sample:NAME.")
@click.option("--client", required=True, help="Id of the client; names the folder.")
@click.option("--name", default="", help="Name of the client on the page.")
@click.option("--lang", default="en", help=f"Language of the report: {', '.join(LANGUAGES)}.")
@click.option("--date", default="", help="Date on the page, YYYY-MM-DD; left out when not given.")
@click.option("--codebook", default="", help="YAML codebook.")
@click.option("--logo", default="", help="PNG, JPEG or SVG file.")
@click.option("--out", default="out", type=click.Path(path_type=Path), help="Folder of the reports.")
@click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE", help="A parameter of the template; may repeat."
)
def report(
    method: str, data: str, client: str, name: str, lang: str, date: str, codebook: str, logo: str, out: Path,
    settings: tuple[str, ...],
) -> None:  # fmt: skip
    """Make one client's report by METHOD (a method's word or a template of your own)."""
    template = find_template(method)
    parameters: dict[str, Any] = {
        "data_path": data if data.startswith("sample:") else str(Path(data).resolve()),
        "codebook": str(Path(codebook).resolve()) if codebook else "",
        **dict(parse_parameter(template, text) for text in settings),
    }
    job = Job(client, method, parameters, name, lang, date, Brand(logo))
    click.echo(f"Published {make_report(job, out) / 'report.html'}")


@main.command()
@click.argument("config", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder of the reports.")
def batch(config: Path, out: Path) -> None:
    """Make all reports that CONFIG names; exit 0 when all were published, 1 when some failed, 2 on a bad config."""
    _batch(config, out)


@main.command()
def schema() -> None:
    """Print the JSON schema of the batch config."""
    click.echo(json_schema())


@main.command()
@click.option("--out", default="out/demo", type=click.Path(path_type=Path), help="Folder of the demo.")
def demo(out: Path) -> None:
    """Write four simulated surveys and a config, and make their reports."""
    source = out / "input"
    source.mkdir(parents=True, exist_ok=True)
    clients = []
    for sample, (name, lang, color, weights) in DEMO.items():
        methods: dict[str, dict[str, Any]] = {
            "scaling": {"items": ["ease", "trust", "appeal", "return"]},
            "semantic_differential": {},
            "csi_tree": {"weights": weights, "outcome": "recommend"},
            "nps": {"comment": "comment"},
        }
        if sample == "mobile":  # which asks about other things than the businesses
            methods = {"acsi_regression": {"model": "ecsi"}}
        sample_text(sample).to_csv(source / f"{sample}.csv", index=False, lineterminator="\n")
        _write_yaml(source / f"{sample}.yml", sample_codebook(sample))
        clients.append({"client": sample, "name": name, "lang": lang, "data": f"{sample}.csv",
                        "codebook": f"{sample}.yml", "brand": {"primary": color}, "methods": methods})  # fmt: skip
    config = {"title": "cxkit demo", "date": "2026-07-01", "clients": clients}
    _write_yaml(source / "clients.yml", config)
    _batch(source / "clients.yml", out)


def _batch(config_path: Path, out: Path) -> None:
    config = read_config(config_path)
    jobs = plan(config, config_path.parent.resolve())
    told = (f'client "{job.client}": {text}' for job in jobs for text in job.brand.warnings())
    for warning in dict.fromkeys(told):
        click.echo(f"Note: {warning}", err=True)
    with tqdm(total=len(jobs), unit="report", disable=not sys.stderr.isatty()) as bar:

        def progress(row: Row) -> None:
            line = f"{row.status:9} {row.folder}" + (f": {row.reason}" if row.reason else "")
            bar.update()
            tqdm.write(plain(line), file=sys.stdout)

        rows = run(jobs, out, title=config.title, lang=config.lang, date=config.date, report=progress)
    failed = sum(row.status == "failed" for row in rows)
    click.echo(f"{len(rows) - failed} of {len(rows)} reports published; open {out / 'index.html'}")
    sys.exit(1 if failed else 0)


def _write_yaml(path: Path, content: Any) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
