"""The batch config: text stays text, a wrong key or value names its place, and editors can check it."""

import json
import re

import jsonschema
import pytest
import yaml
from pydantic import ValidationError

from cxkit import cli
from cxkit.batch.config import Config, json_schema, read_config
from cxkit.errors import SettingsError

SHARED = "data: sample:bank\nmethods: {nps: }\n"


@pytest.fixture
def read(tmp_path):
    def read(text):
        path = tmp_path / "clients.yml"
        path.write_text(text, encoding="utf-8")
        return read_config(path)

    return read


@pytest.fixture
def refusal(read):
    def refusal(text):
        with pytest.raises(SettingsError) as caught:
            read(text)
        sentence = str(caught.value)
        assert "\n" not in sentence
        assert sentence.startswith('The config "clients.yml" ')
        return sentence

    return refusal


def client(config):
    assert len(config.clients) == 1
    return config.clients[0]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("007", "007"), ("7", "7"), ("-5", "-5"), ("NO", "NO"), ("yes", "yes"), ("on", "on"), ("12:30", "12:30"),
        ("1e5", "1e5"), ("0x1F", "0x1F"), ("1_000", "1_000"), ("2026-07-01", "2026-07-01"), ("NULL", "NULL"),
        ("True", "True"), ('"1.50"', "1.50"), ("'true'", "true"), ("1.5.0", "1.5.0"), ("Сут", "Сут"),
    ],
)  # fmt: skip
def test_an_id_and_all_other_texts_stay_as_written(written, text, read):
    found = client(read(f"{SHARED}clients:\n- client: {written}\n  name: {written}\n  where: {{code: {written}}}\n"))
    assert (found.client, found.name, found.where) == (text, text, {"code": text})


@pytest.mark.parametrize("written", ["1.50", "7.0", "true", "false"])
@pytest.mark.parametrize("place", ["client", "name", "where.code"])
def test_a_number_with_a_point_and_a_truth_value_want_quotes(written, place, refusal):
    keys = {"client": "client: %s", "name": "client: a\n  name: %s", "where.code": "client: a\n  where: {code: %s}"}
    sentence = refusal(f"{SHARED}clients:\n- {keys[place] % written}\n")
    assert f" at clients.1.{place}: " in sentence
    assert "write it in quotes" in sentence


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (SHARED + "titel: x\nclients:\n- client: a\n", "titel"),
        (SHARED + "clients:\n- client: a\n- client: b\n  wher: {a: 1}\n", "clients.2.wher"),
        (SHARED + "clients:\n- client: a\n  brand: {color: '#123456'}\n", "clients.1.brand.color"),
        (SHARED + "brand: {font: Arial}\nclients:\n- client: a\n", "brand.font"),
        (SHARED + "clients:\n- client: a\n  clients: []\n", "clients.1.clients"),
    ],
)
def test_an_unknown_key_names_its_place(text, place, refusal):
    assert f" has the unknown key {place}; " in refusal(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SHARED, "at clients: give at least one client, or a split_by column with one client per value."),
        (SHARED + "clients: []\n", "at clients: give at least one client, or a split_by column"),
        (SHARED + "split_by: ''\n", "at clients: give at least one client, or a split_by column"),
        (SHARED + "split_by: 1.5\nclients:\n- client: a\n", "at split_by: "),
        (SHARED + "split_by: company\nclients:\n", "at clients: Input should be a valid list"),
        (SHARED + "clients: acme\n", "at clients: Input should be a valid list"),
        (SHARED + "clients:\n- name: a\n", "at clients.1.client: Field required"),
        (SHARED + "clients:\n- acme\n", "at clients.1: "),
        (SHARED + "clients:\n- client:\n", "at clients.1.client: Input should be a valid string, found None"),
        (SHARED + "clients:\n- client: [a]\n", "at clients.1.client: Input should be a valid string"),
        (SHARED + "clients:\n- client: a\n  methods: [nps]\n", "at clients.1.methods: "),
        (SHARED + "clients:\n- client: a\n  methods: {nps: 5}\n", "at clients.1.methods.nps: "),
        (SHARED + "clients:\n- client: a\n  where: [x]\n", "at clients.1.where: "),
        (SHARED + "title: {a: 1}\nclients:\n- client: a\n", "at title: "),
        ("- client: a\n", 'must be lines of "key: value"'),
        ("", 'must be lines of "key: value"'),
        ("clients: [\n", "cannot be read at line"),
    ],
)
def test_a_wrong_value_names_its_place(text, words, refusal):
    assert words in refusal(text)


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        (SHARED + "clients:\n- client: a\n  name: x\n  name: y\n", "name", 6),
        (SHARED + "data: other.csv\nclients:\n- client: a\n", "data", 3),
        (SHARED + "clients:\n- client: a\n  where: {x: 1, x: 2}\n", "x", 5),
    ],
)
def test_a_key_that_stands_twice_names_its_line(text, key, line, refusal):
    assert f'cannot be read at line {line}: "{key}" stands twice' in refusal(text)


def test_anchors_tags_and_merges_are_not_read(refusal):
    assert "anchors and aliases" in refusal(f"{SHARED}clients:\n- &a\n  client: a\n- *a\n")
    assert "cannot be read" in refusal(f"{SHARED}clients:\n- client: !!python/name:os.system\n")


def test_a_file_that_is_absent_or_not_utf8_is_refused(tmp_path):
    with pytest.raises(SettingsError, match=r'The config "gone\.yml" was not found'):
        read_config(tmp_path / "gone.yml")
    path = tmp_path / "old.yml"
    path.write_bytes("title: Сут".encode("cp1251"))
    with pytest.raises(SettingsError, match=r'The config "old\.yml" is not UTF-8 text'):
        read_config(path)


def test_text_that_cannot_be_written_is_refused(refusal):
    message = refusal(f'{SHARED}clients:\n- client: a\n  name: "\\ud800"\n')  # half a character
    assert "cannot be read at line 5: found invalid Unicode character" in message


def test_a_minimal_config_has_plain_defaults(read):
    config = read("clients:\n- client: a\n")
    assert (config.title, config.lang, config.date, config.data, config.codebook) == ("", "en", "", "", "")
    assert (config.methods, client(config).where, client(config).name) == ({}, {}, "")
    assert (config.brand.logo, config.brand.primary, config.brand.accent) == ("", "#12344d", "")


@pytest.mark.parametrize("clients", ["", "clients: []\n"])
def test_with_split_by_the_clients_may_be_left_to_the_data(clients, read, schema):
    text = f"{SHARED}split_by: company\n{clients}"
    config = read(text)
    assert (config.split_by, config.clients) == ("company", [])
    schema.validate(yaml.safe_load(text))


def test_a_value_of_a_client_is_text(read):
    found = client(read(f"{SHARED}split_by: company\nclients:\n- client: a\n  value: 007\n"))
    assert (found.client, found.value) == ("a", "007")


def test_a_schema_without_clients_wants_split_by(schema):
    with pytest.raises(jsonschema.ValidationError, match="'clients' is a required property"):
        schema.validate({"data": "survey.csv"})


def test_a_config_cannot_be_changed_once_read(read):
    with pytest.raises(ValidationError):
        read(SHARED + "clients:\n- client: a\n").title = "x"


@pytest.fixture(scope="module")
def schema():
    return jsonschema.Draft202012Validator(json.loads(json_schema()))


@pytest.fixture
def demo_config(tmp_path, monkeypatch):
    """The config that the demo writes, without the demo's run."""
    monkeypatch.setattr(cli, "_batch", lambda *arguments: None)
    cli.demo.callback(tmp_path)
    return tmp_path / "input" / "clients.yml"


def test_the_schema_is_valid_and_says_what_a_key_means(schema):
    jsonschema.Draft202012Validator.check_schema(schema.schema)
    properties = {**schema.schema["properties"], **schema.schema["$defs"]["Client"]["properties"]}
    assert set(properties) == {*Config.model_fields, "client", "name", "value", "where"}
    assert "uz_Cyrl" in properties["lang"]["description"]


def test_the_schema_accepts_the_demo_s_config(schema, demo_config):
    content = yaml.safe_load(demo_config.read_text(encoding="utf-8"))
    schema.validate(content)
    assert [found.client for found in read_config(demo_config).clients] == ["bank", "shop", "dairy", "mobile"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"clientz": []}, "clientz"),
        ({"clients": []}, "[]"),
        ({"clients": [], "split_by": ""}, "[]"),
        ({"clients": [{"name": "a"}]}, "'client' is a required property"),
        ({"clients": [{"client": "a", "wher": {}}]}, "wher"),
        ({"methods": ["nps"]}, "nps"),
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(change, words, schema, read):
    content = {"clients": [{"client": "a"}], **change}
    with pytest.raises(jsonschema.ValidationError, match=re.escape(words)):
        schema.validate(content)
    with pytest.raises(SettingsError):
        read(yaml.safe_dump(content))
