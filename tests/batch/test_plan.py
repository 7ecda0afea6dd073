"""The plan: what becomes of a config before anything runs."""

import unicodedata

import pytest

from cxkit.batch.config import Config
from cxkit.batch.plan import plan
from cxkit.errors import SettingsError
from cxkit.report.brand import Brand
from cxkit.report.publish import folder_name
from cxkit.report.template import find_template

BASE = {"data": "sample:bank", "methods": {"nps": None}}


def of(folder, *clients, **shared):
    clients = [{"client": c} if isinstance(c, str) else c for c in clients]
    return plan(Config.model_validate({**BASE, **shared, "clients": clients}), folder)


def refusal(folder, *clients, **shared):
    with pytest.raises(SettingsError) as caught:
        of(folder, *clients, **shared)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def snapshot(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


def test_a_client_by_method_is_a_job_in_the_order_written(tmp_path):
    jobs = of(tmp_path, "b", {"client": "a", "methods": {"scaling": None}}, "007", methods={"nps": {}, "scaling": {}})
    assert [(job.client, job.method) for job in jobs] == [
        ("b", "nps"), ("b", "scaling"), ("a", "scaling"), ("007", "nps"), ("007", "scaling"),
    ]  # fmt: skip
    assert [job.folder for job in jobs][-1] == "007/scaling"


def test_the_plan_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "survey.csv").write_text("q\n1\n")
    before = snapshot(tmp_path)
    jobs = of(tmp_path, "a", {"client": "b", "data": "absent.csv"}, data="survey.csv")
    assert len(jobs) == 2
    assert snapshot(tmp_path) == before


def test_what_a_client_does_not_say_is_taken_from_the_defaults(tmp_path):
    other = {"client": "b", "lang": "uz_Cyrl", "date": "2026-08-01", "data": "sample:shop", "name": "Бэ"}
    first, second = of(tmp_path, "a", other, lang="ru", date="2026-07-01")
    assert (first.lang, first.date, first.name) == ("ru", "2026-07-01", "")
    assert (second.lang, second.date, second.name) == ("uz_Cyrl", "2026-08-01", "Бэ")
    assert [job.parameters["data_path"] for job in (first, second)] == ["sample:bank", "sample:shop"]


def test_a_client_can_take_a_default_back(tmp_path):
    shared = {"date": "2026-07-01", "codebook": "book.yml"}
    (job,) = of(tmp_path, {"client": "a", "date": "", "codebook": ""}, **shared)
    assert (job.date, job.parameters["codebook"]) == ("", "")


def test_a_client_s_settings_of_a_method_go_over_the_shared_ones(tmp_path):
    methods = {"nps": {"score": "q", "min_base": 20}, "scaling": {"level": 0.9}}
    mine = {"client": "b", "methods": {"nps": {"min_base": 5, "by": "g"}}}
    jobs = of(tmp_path, "a", mine, methods=methods)
    assert [job.method for job in jobs] == ["nps", "scaling", "nps"]
    read = {"data_path": "sample:bank", "codebook": ""}
    assert jobs[0].parameters == {**read, "score": "q", "min_base": 20}
    assert jobs[1].parameters == {**read, "level": 0.9}
    assert jobs[2].parameters == {**read, "score": "q", "min_base": 5, "by": "g"}


def test_the_rows_of_a_client_are_named_by_where(tmp_path):
    first, second = of(tmp_path, {"client": "a", "where": {"INDUSTRY": 1001}}, "b")
    assert first.parameters["where"] == {"INDUSTRY": "1001"}
    assert "where" not in second.parameters


def test_relative_paths_start_at_the_config(tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    base = tmp_path / "project"
    base.mkdir()
    template = base / "mine.ipynb"
    template.write_text(find_template("nps").read_text(encoding="utf-8"), encoding="utf-8")
    (base / "logo.svg").write_text("<svg/>")
    client = {"client": "a", "data": "in/a.csv", "codebook": "../book.yml", "brand": {"logo": "logo.svg"},
              "methods": {"mine.ipynb": None}}  # fmt: skip
    (job,) = of(base, client)
    assert job.parameters == {"data_path": str(base / "in" / "a.csv"), "codebook": str(tmp_path / "book.yml")}
    assert job.method == str(template)
    assert job.folder == "a/mine"
    assert job.brand == Brand(str(base / "logo.svg"))
    assert job.brand.logo_address()


def test_absolute_paths_and_samples_stay(tmp_path):
    jobs = of(tmp_path, "a", {"client": "b", "data": str(tmp_path / "x.csv")})
    assert [job.parameters["data_path"] for job in jobs] == ["sample:bank", str(tmp_path / "x.csv")]


def test_a_client_has_its_own_brand(tmp_path):
    shared = {"primary": "#111111", "accent": "#222222"}
    own = {"primary": "#333333", "accent": "#444444"}
    jobs = of(tmp_path, "a", {"client": "b", "brand": own}, brand=shared)
    assert [job.brand for job in jobs] == [Brand("", **shared), Brand("", **own)]


def test_what_a_client_s_brand_does_not_say_is_taken_from_the_defaults(tmp_path):
    shared = {"primary": "#111111", "accent": "#222222"}
    (job,) = of(tmp_path, {"client": "a", "brand": {"accent": "#444444"}}, brand=shared)
    assert job.brand == Brand("", "#111111", "#444444")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("acme", "acme"),
        ("Acme", "acme"),
        ("007", "007"),
        ("A B", "A B"),
        ("A B", folder_name("A B")),
        ("Сут", folder_name("Сут").upper()),
    ],
)
def test_ids_that_name_the_same_folder_are_refused(first, second, tmp_path):
    assert refusal(tmp_path, first, "other", second) == (
        f'The client ids "{first}" and "{second}" name the same folder; change one of them.'
    )


def test_ids_that_differ_only_in_unusual_letters_have_folders_of_their_own(tmp_path):
    assert len({job.folder for job in of(tmp_path, "Сут", "Нон", "a b", "a_b", "a.b")}) == 5


@pytest.mark.parametrize(
    ("first", "second"), [("Café", unicodedata.normalize("NFD", "Café")), ("Сут", "сут"), ("A b", "a B")], ids=ascii
)
def test_ids_that_look_the_same_are_refused(first, second, tmp_path):
    assert "change one of them" in refusal(tmp_path, first, second)


@pytest.mark.parametrize("client", ["index.html", "summary.json", "results.csv", "INDEX.html"])
def test_an_id_that_names_a_file_over_all_clients_gets_another_folder_or_is_refused(client, tmp_path):
    try:
        (job,) = of(tmp_path, client)
    except SettingsError:
        return
    assert job.folder.split("/")[0].casefold() != client.casefold()


def test_two_templates_of_the_same_name_for_one_client_are_refused(tmp_path):
    own = tmp_path / "nps.ipynb"
    own.write_text(find_template("nps").read_text(encoding="utf-8"), encoding="utf-8")
    assert "nps" in refusal(tmp_path, "a", methods={"nps": None, "nps.ipynb": None})


@pytest.mark.parametrize(
    ("client", "words"),
    [
        ({"client": "../x"}, 'The client id "../x" cannot name a folder'),
        ({"client": "/etc/passwd"}, "cannot name a folder"),
        ({"client": ""}, "cannot name a folder"),
        ({"client": "b", "lang": "de"}, 'Client "b": There is no language "de"'),
        ({"client": "b", "date": "1 July"}, 'Client "b": The date "1 July" of client "b" is no date'),
        ({"client": "b", "methods": {"npz": None}}, 'Client "b": There is no method "npz"; did you mean "nps"?'),
        (
            {"client": "b", "methods": {"nps": {"scor": "q"}}},
            'Client "b": The template "nps" has no parameter "scor"',
        ),
        ({"client": "b", "methods": {"nps": {"level": "high"}}}, 'Client "b": The parameter "level" of "nps" is'),
        ({"client": "b", "methods": {"gone.ipynb": None}}, 'Client "b": The template "gone.ipynb" was not found'),
        ({"client": "b", "brand": {"primary": "red"}}, 'The brand colour primary is "red"; give it as #rrggbb'),
        ({"client": "b", "data": ""}, 'Client "b": it has no data; give it there or once for all clients.'),
    ],
)
def test_a_wrong_client_is_refused_before_the_first_report(client, words, tmp_path):
    assert words in refusal(tmp_path, "a", client)


def test_a_client_without_a_method_is_refused(tmp_path):
    assert refusal(tmp_path, "a", methods={}) == (
        'Client "a": it has no methods; give it there or once for all clients.'
    )


def test_a_wrong_language_of_the_index_page_is_refused_before_the_first_report(tmp_path):
    assert 'There is no language "de"' in refusal(tmp_path, {"client": "a", "lang": "ru"}, lang="de")


def test_an_absent_logo_is_refused_before_the_first_report(tmp_path):
    assert 'The logo "gone.png" was not found' in refusal(tmp_path, {"client": "a", "brand": {"logo": "gone.png"}})
