"""A job is checked before anything is made."""

import re

import pytest

from cxkit.errors import SettingsError
from cxkit.report.brand import Brand
from cxkit.report.job import Job, check_job


def test_a_job_is_checked_into_the_parameters_of_its_template():
    checked = check_job(Job("007", "nps", {"score": "q"}, lang="uz", date="2026-07-01"))
    assert checked == {"score": "q", "lang": "uz", "client": "007"}


def test_a_job_names_its_folder():
    assert Job("007", "nps").folder == "007/nps"
    assert Job("A B", "studies/mine.ipynb").folder.endswith("/mine")


@pytest.mark.parametrize(
    ("job", "words"),
    [
        (Job("../x", "nps"), 'The client id "../x" cannot name a folder'),
        (Job("a", "npz"), 'There is no method "npz"'),
        (Job("a", "nps", lang="de"), 'There is no language "de"'),
        (Job("a", "nps", {"scores": "q"}), 'has no parameter "scores"; did you mean "score"?'),
        (Job("a", "nps", {"seed": "1"}), "expected int"),
        (Job("a", "nps", {"level": float("nan")}), "finite numbers"),
        (Job("a", "nps", date="1.7.2026"), 'The date "1.7.2026" of client "a" is no date; give YYYY-MM-DD.'),
        (Job("a", "nps", date="2026-02-30"), 'The date "2026-02-30" of client "a" is no date'),
        (Job("a", "gone.ipynb"), 'The template "gone.ipynb" was not found'),
    ],
    ids=lambda value: None if isinstance(value, str) else f"{value.client} {value.method}",
)
def test_a_wrong_job_is_refused_before_anything_is_made(job, words, make, tmp_path):
    out = tmp_path / "out"
    with pytest.raises(SettingsError, match=re.escape(words)):
        make(job, out)
    assert not out.exists()


def test_an_absent_logo_is_refused_before_anything_is_run():
    with pytest.raises(SettingsError, match=r'The logo "gone\.png" was not found'):
        check_job(Job("a", "nps", brand=Brand("gone.png")))


@pytest.mark.parametrize("setting", [{"out": "/srv/secret"}, {"lang": "ru"}, {"client": "b"}], ids=str)
def test_a_parameter_that_the_report_itself_gives_is_refused(setting):
    with pytest.raises(SettingsError, match=next(iter(setting))):
        check_job(Job("a", "nps", setting))
