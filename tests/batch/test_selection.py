"""Which jobs a run takes, what it would do with each, and the reports that no job stands for."""

import json

import nbformat
import pytest

from cxkit.batch.selection import foresee, removed, select
from cxkit.errors import SettingsError
from cxkit.report.identity import identity
from cxkit.report.job import Job

JOBS = [Job(client, method) for client in ("a", "b", "c") for method in ("nps", "scaling")]


def named(jobs):
    return [job.folder for job in jobs]


def test_all_jobs_are_chosen_unless_something_is_said():
    assert select(JOBS) == JOBS
    assert select([]) == []


def test_only_takes_all_reports_of_a_client_in_the_order_of_the_plan():
    assert named(select(JOBS, ["c", "a"])) == ["a/nps", "a/scaling", "c/nps", "c/scaling"]


def test_limit_takes_the_first_of_those():
    assert named(select(JOBS, limit=3)) == ["a/nps", "a/scaling", "b/nps"]
    assert named(select(JOBS, ["b"], 1)) == ["b/nps"]
    assert select(JOBS, limit=99) == JOBS


@pytest.mark.parametrize(("only", "words"), [(["aa"], 'did you mean "a"?'), (["b", "zzz"], "known are: a, b, c.")])
def test_a_client_that_the_config_lacks_is_refused(only, words):
    with pytest.raises(SettingsError) as caught:
        select(JOBS, only)
    assert str(caught.value) == f'The config has no client "{only[-1]}"; {words}'


@pytest.fixture
def job(tmp_path):
    nbformat.write(nbformat.v4.new_notebook(), tmp_path / "own.ipynb")
    (tmp_path / "survey.csv").write_text("q\n1\n")
    return Job("a", str(tmp_path / "own.ipynb"), {"data_path": str(tmp_path / "survey.csv")})


def published(job, out):
    """A bundle without files that was made of just what the job says."""
    folder = out / job.folder
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(json.dumps({**identity(job), "files": {}}))
    return folder


def test_a_report_is_new_then_kept_then_made_again(job, tmp_path):
    out = tmp_path / "out"
    assert foresee(job, out) == "new"
    folder = published(job, out)
    assert foresee(job, out) == "kept"
    assert foresee(job, out, fresh=True) == "again"
    (folder / "report.html").write_text("not of the run")
    assert foresee(job, out) == "again"
    (folder / "report.html").unlink()
    (tmp_path / "survey.csv").write_text("q\n1\n10\n")
    assert foresee(job, out) == "again"


def test_a_folder_without_a_run_is_no_report(job, tmp_path):
    folder = published(job, tmp_path)
    (folder / "run.json").unlink()
    assert foresee(job, tmp_path, fresh=True) == "new"
    assert removed([], tmp_path) == []


def test_reports_of_no_job_are_told_in_order(job, tmp_path):
    for name in ("c", "B", "a"):
        published(Job(name, job.method, job.parameters), tmp_path)
    (tmp_path / "notes" / "mine").mkdir(parents=True)
    assert removed([job], tmp_path) == ["B/own", "c/own"]
    assert removed([job, Job("b", job.method), Job("C", job.method)], tmp_path) == [], "some disks know no case"
