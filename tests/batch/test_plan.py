"""The plan: what becomes of a config before anything runs."""

import unicodedata

import pandas as pd
import pytest

from cxkit.batch.config import Config
from cxkit.batch.plan import plan
from cxkit.errors import DataError, SettingsError
from cxkit.report.brand import Brand
from cxkit.report.publish import folder_name
from cxkit.report.template import find_template
from cxkit.survey.read import read
from tests.conftest import parts, write_template

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


COMPANIES = pd.DataFrame({"company": ["b", "a", "b", "7"], "segment": ["x"] * 4, "ease": [1, 2, 3, 5]})
NAMELESS = pd.DataFrame({"company": ["b", None], "ease": [1, 2]})


def split(folder, frame=COMPANIES, **shared):
    """The plan of a batch over one file with a column of companies."""
    frame.to_csv(folder / "survey.csv", index=False)
    return plan(Config.model_validate({**BASE, "data": "survey.csv", "split_by": "company", **shared}), folder)


def wheres(jobs):
    return [(job.client, job.parameters.get("where")) for job in jobs]


def test_clients_are_taken_from_the_data_as_the_methods_are_told_to_read_them(tmp_path):
    frame = pd.DataFrame({"company": ["Да", "A"], "ease": [5, 5]})
    frame.to_csv(tmp_path / "survey.csv", index=False, encoding="cp1251")
    config = {"data": "survey.csv", "split_by": "company", "methods": {"scaling": {"items": ["ease"]}}}
    with pytest.raises(SettingsError, match="name its encoding"):
        plan(Config.model_validate(config), tmp_path)
    config["methods"]["scaling"] |= {"encoding": "cp1251"}
    assert [job.client for job in plan(Config.model_validate(config), tmp_path)] == ["A", "Да"]


def test_a_client_takes_the_rows_with_its_id_or_its_value(tmp_path):
    jobs = of(tmp_path, "a", {"client": "b", "value": "B & Co"}, split_by="company")
    assert wheres(jobs) == [("a", {"company": "a"}), ("b", {"company": "B & Co"})]


def test_a_client_s_own_rows_narrow_the_split_or_replace_its_value(tmp_path):
    narrow, other = {"client": "a", "where": {"segment": "x"}}, {"client": "b", "where": {"company": "B & Co"}}
    jobs = of(tmp_path, narrow, other, {"client": "c", "split_by": "", "data": "sample:shop"}, split_by="company")
    assert wheres(jobs) == [("a", {"segment": "x", "company": "a"}), ("b", {"company": "B & Co"}), ("c", None)]


def test_the_rows_of_a_method_never_go_beyond_those_of_the_client(tmp_path):
    methods = {"nps": {"where": {"segment": "x"}}, "scaling": None}
    jobs = of(tmp_path, "a", {"client": "b", "where": {"company": "B"}}, methods=methods, split_by="company")
    assert wheres(jobs) == [
        ("a", {"segment": "x", "company": "a"}), ("a", {"company": "a"}),
        ("b", {"segment": "x", "company": "B"}), ("b", {"company": "B"}),
    ]  # fmt: skip
    methods = {"nps": {"where": {"company": "b"}}}
    assert refusal(tmp_path, "a", methods=methods, split_by="company") == (
        'Client "a": the where of "nps" names "company", by which the rows of the client are told already; leave it '
        "out there."
    )


def test_without_a_split_too_a_method_keeps_to_the_rows_of_the_client(tmp_path):
    client = {"client": "a", "where": {"segment": "x"}}
    jobs = of(tmp_path, client, "b", methods={"nps": {"where": {"wave": "1"}}, "scaling": {"where": {}}})
    assert wheres(jobs) == [
        ("a", {"segment": "x", "wave": "1"}), ("a", {"segment": "x"}), ("b", {"wave": "1"}), ("b", {}),
    ]  # fmt: skip
    assert "is 5; give {column: value}." in refusal(tmp_path, client, methods={"nps": {"where": 5}})
    client["where"]["wave"] = "2"
    assert 'the where of "nps" names "wave"' in refusal(tmp_path, client, methods={"nps": {"where": {"wave": "1"}}})


def test_a_split_narrowed_by_a_client_and_by_a_method_has_all_three(tmp_path):
    client = {"client": "a", "where": {"segment": "x"}}
    jobs = of(tmp_path, client, split_by="company", methods={"nps": {"where": {"wave": "1"}}})
    assert wheres(jobs) == [("a", {"segment": "x", "company": "a", "wave": "1"})]


def test_the_date_of_the_config_is_checked_even_where_no_client_takes_it(tmp_path):
    client = {"client": "a", "date": "2026-07-01"}
    assert refusal(tmp_path, client, date="soon") == 'The date "soon" of the config is no date; give YYYY-MM-DD.'


@pytest.fixture
def study(tmp_path):
    """A notebook of one's own in a folder of its own, with data, codebook, language and rows."""
    folder = tmp_path / "study"
    folder.mkdir()
    own = ('data_path = "in/a.csv"', 'codebook = "my.yml"', 'lang = "ru"', 'where = {"wave": "2", "company": "test"}')
    write_template(folder / "my.ipynb", *own)
    return {"data": "", "methods": {"study/my.ipynb": None}}


def test_what_nobody_says_stays_as_a_notebook_of_one_s_own_has_it(study, tmp_path):
    (job,) = of(tmp_path, "a", **study)
    assert job.parameters == {
        "data_path": str(tmp_path / "study" / "in" / "a.csv"), "codebook": str(tmp_path / "study" / "my.yml"),
        "where": {"wave": "2", "company": "test"},
    }  # fmt: skip
    assert job.lang == "ru"


def test_what_the_config_says_goes_over_what_a_notebook_says(study, tmp_path):
    shared = {**study, "data": "b.csv", "codebook": "book.yml", "lang": "uz"}
    one, other = of(tmp_path, "a", {"client": "b", "lang": "en", "codebook": ""}, **shared)
    assert (one.lang, other.lang) == ("uz", "en")
    assert one.parameters["data_path"] == other.parameters["data_path"] == str(tmp_path / "b.csv")
    assert (one.parameters["codebook"], other.parameters["codebook"]) == (str(tmp_path / "book.yml"), "")


def test_a_path_among_the_settings_of_a_method_starts_at_the_config_too(study, tmp_path):
    study["methods"] = {"study/my.ipynb": {"codebook": "book.yml", "data_path": "sample:bank"}}
    (job,) = of(tmp_path, "a", **study)
    assert job.parameters["codebook"] == str(tmp_path / "book.yml")
    assert job.parameters["data_path"] == "sample:bank"


def test_a_client_s_own_rows_are_narrowed_by_the_notebook_and_only_its_own_value_is_another(study, tmp_path):
    (job,) = of(tmp_path, "a", split_by="company", **study)
    assert job.parameters["where"] == {"wave": "2", "company": "a"}
    study["methods"] = {"study/my.ipynb": {"where": {"segment": "x"}}}  # said, so that the notebook's own has no say
    (job,) = of(tmp_path, "a", split_by="company", **study)
    assert job.parameters["where"] == {"segment": "x", "company": "a"}


def test_a_notebook_without_data_needs_them_from_the_config(tmp_path):
    for own in ((), ('data_path = "sample:shop"',)):  # which a copied template has
        write_template(tmp_path / f"my{len(own)}.ipynb", *own)
        assert refusal(tmp_path, "a", data="", methods={f"my{len(own)}.ipynb": None}) == (
            'Client "a": it has no data; give it there or once for all clients.'
        )
    (job,) = of(tmp_path, "a", methods={"my0.ipynb": None})
    assert job.parameters == {"data_path": "sample:bank", "codebook": ""}


def test_an_address_is_refused_as_one_and_not_as_a_missing_file(tmp_path):
    (job,) = of(tmp_path, "a", data="https://example.com/a.csv")
    with pytest.raises(DataError, match=r"https://example\.com/a\.csv"):
        read(job.parameters["data_path"], items=["ease"], scale=[1, 10])


@pytest.mark.parametrize("shared", [{}, {"split_by": "company"}])
def test_a_value_that_selects_nothing_is_refused(shared, tmp_path):
    client = {"client": "a", "value": "x", "where": {"company": "y"}}
    assert refusal(tmp_path, client, **shared).startswith('Client "a": its value has no use; give split_by too')


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_without_clients_each_value_is_one_with_all_methods(ending, tmp_path):
    frame, name = COMPANIES, f"survey.{ending}"
    writers = {"csv": frame.to_csv, "xlsx": frame.to_excel, "parquet": frame.to_parquet}
    writers[ending](tmp_path / name, index=False)
    config = {"data": name, "split_by": "company", "methods": {"nps": None, "scaling": None}, "lang": "ru"}
    before = snapshot(tmp_path)
    jobs = plan(Config.model_validate(config), tmp_path)
    assert [(job.client, job.method) for job in jobs] == [
        (client, method) for client in ("7", "a", "b") for method in ("nps", "scaling")
    ]
    assert {job.lang for job in jobs} == {"ru"}
    assert wheres(jobs)[::2] == [(client, {"company": client}) for client in ("7", "a", "b")]
    assert snapshot(tmp_path) == before


def test_the_clients_of_a_sample_and_of_a_renamed_column(tmp_path):
    config = {"data": "sample:mobile", "split_by": "company", "methods": {"acsi_regression": {"model": "ecsi"}}}
    jobs = plan(Config.model_validate(config), tmp_path)
    assert [job.client for job in jobs] == ["Orbenta", "Quenvia", "Talvessa"]
    (tmp_path / "book.yml").write_text("items: {rated: {scale: [1, 10], column: ease}}")
    jobs = split(tmp_path, codebook="book.yml", split_by="rated")
    assert wheres(jobs) == [(client, {"rated": client}) for client in ("1", "2", "3", "5")]


@pytest.mark.parametrize(
    ("frame", "shared", "words"),
    [
        (NAMELESS, {}, '1 of the rows have no value in "company" and are of no client; fill the cells in'),
        (COMPANIES, {"split_by": "compny"}, 'survey.csv has no column "compny"; did you mean "company"?'),
        (COMPANIES, {"data": "gone.csv"}, 'The clients cannot be taken from the data: The file "gone.csv" was not'),
        (COMPANIES, {"data": ""}, "neither clients nor data"),
        (pd.DataFrame({"company": ["A/B", "c"]}), {}, 'The value "A/B" of the column "company" cannot name a folder'),
        (pd.DataFrame({"company": ["x\ny"]}), {}, 'The value "x y" of the column "company" cannot name a folder'),
        (pd.DataFrame({"company": range(10_001)}), {}, "has more than 10,000 values"),
    ],
)
def test_clients_that_cannot_be_taken_from_the_data_are_refused(frame, shared, words, tmp_path):
    with pytest.raises(SettingsError) as caught:
        split(tmp_path, frame, **shared)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_spellings_of_one_value_are_one_client_with_the_rows_of_all(tmp_path):
    frame = pd.DataFrame({"company": ["acme", "Acme", "Acme", "b"], "ease": [1, 2, 3, 4]})
    jobs = split(tmp_path, frame)
    assert [job.client for job in jobs] == ["Acme", "b"]
    shared = jobs[0].parameters
    data, audit = parts(read(shared["data_path"], items=["ease"], scale=[1, 10], where=shared["where"]))
    assert sorted(data["ease"]) == [1, 2, 3]
    assert audit.notes == (("spellings", {"column": "company", "name": "Acme", "spellings": {"acme": 1}}),)


def test_clients_by_two_spellings_of_one_value_are_refused(tmp_path):
    clients = [{"client": "one", "value": "a"}, {"client": "two", "value": "A"}]
    with pytest.raises(SettingsError) as caught:
        split(tmp_path, clients=clients)
    assert str(caught.value) == (
        'The clients "one" and "two" take the rows with "a" and with "A" in "company", two spellings of one value; '
        "leave one of the clients out, or write the value the same way in both."
    )
    again = split(tmp_path, clients=[{"client": "one", "value": "a"}, {"client": "two", "value": "a"}])
    assert wheres(again) == [("one", {"company": "a"}), ("two", {"company": "a"})]


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
@pytest.mark.parametrize(
    ("value", "hint"),
    [("Acme Limited", 'did you mean company = "Acme Ltd"?'), ("Genie", 'did you mean company = "Génie"?')],
    ids=ascii,
)
def test_a_value_that_no_row_has_names_the_nearest(ending, value, hint, tmp_path):
    frame = pd.DataFrame({"company": ["Acme Ltd", "Génie", "Other"], "segment": "x", "ease": [1, 2, 3]})
    {"csv": frame.to_csv, "xlsx": frame.to_excel, "parquet": frame.to_parquet}[ending](
        tmp_path / f"survey.{ending}", index=False
    )
    where = {"segment": "x", "company": value}
    with pytest.raises(DataError) as told:
        read(tmp_path / f"survey.{ending}", items=["ease"], scale=[1, 10], where=where)
    assert f"; check the spelling: {hint}" in str(told.value)


def test_a_client_without_rows_is_left_to_its_own_run(tmp_path):
    jobs = split(tmp_path, clients=[{"client": "gone"}, {"client": "a"}])
    assert wheres(jobs) == [("gone", {"company": "gone"}), ("a", {"company": "a"})]
    with pytest.raises(DataError, match=r'survey\.csv has no row with company = "gone"; check the spelling'):
        read(jobs[0].parameters["data_path"], items=["ease"], scale=[1, 10], where=jobs[0].parameters["where"])


def test_clients_that_a_codebook_makes_one_are_refused(tmp_path):
    (tmp_path / "book.yml").write_text('values: {company: {Acme: "1"}}', encoding="utf-8")
    with pytest.raises(SettingsError, match='take the rows with "Acme" and with "1" in "company"'):
        split(tmp_path, codebook="book.yml", clients=[{"client": "Acme"}, {"client": "1"}])


def test_methods_that_read_other_sheets_name_no_clients(tmp_path):
    methods = {"scaling": {"items": ["ease"], "sheet": "A"}, "nps": {"score": "ease", "sheet": "B"}}
    with pytest.raises(SettingsError, match='with the sheet "A" and "B", so the clients cannot be taken'):
        split(tmp_path, methods=methods)
