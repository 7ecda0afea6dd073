"""YAML without its surprises."""

import pytest

from cxkit.errors import SettingsError
from cxkit.survey.yamlfile import DEPTH, DepthError, is_deep, load_yaml, only_keys, yaml_value


def load(folder, content):
    path = folder / "clients.yml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load_yaml(path, "config")


def refusal(call, *arguments):
    with pytest.raises(SettingsError) as caught:
        call(*arguments)
    message = str(caught.value)
    assert "\n" not in message
    assert message[-1] in ".?"
    return message


@pytest.mark.parametrize(
    "word",
    ["007", "NO", "no", "Yes", "on", "True", "NULL", "12:30", "2025-04-03", "0x1F", "0o17", "1_000", "1e3", ".5",
     "+7", ".nan", "=", "<<"],
)  # fmt: skip
def test_what_other_readers_convert_stays_text(tmp_path, word):
    assert load(tmp_path, f"value: {word}\n") == {"value": word}


@pytest.mark.parametrize(
    ("word", "value"),
    [("7", 7), ("0", 0), ("-3", -3), ("0.05", 0.05), ("-1.5", -1.5), ("true", True), ("false", False), ("null", None),
     ("~", None), ("", None), ("[1, a]", [1, "a"]), ('"7"', "7"), ("'true'", "true")],
)  # fmt: skip
def test_plain_values_are_read(tmp_path, word, value):
    loaded = load(tmp_path, f"value: {word}\n")["value"]
    assert loaded == value
    assert type(loaded) is type(value)


def test_keys_stay_as_they_are_written(tmp_path):
    assert load(tmp_path, "007: a\nNO: b\n12:30: c\n") == {"007": "a", "NO": "b", "12:30": "c"}


def test_a_byte_order_mark_does_no_harm(tmp_path):
    assert load(tmp_path, b"\xef\xbb\xbfname: \xd0\x90\n") == {"name": "А"}


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, '"a" stands twice'),
        ("top:\n  a: 1\n  a: 1\n", 3, '"a" stands twice'),
        ("top: {a: 1, a: 2}\n", 1, '"a" stands twice'),
        ('7: a\n"7": b\n', 2, '"7" stands twice'),
        ("a: &x {b: 1}\nc: *x\n", 1, "anchors and aliases are not read"),
        ("a: 1\nb: *x\n", 2, "anchors and aliases are not read"),
        ("&x a: 1\n", 1, "anchors and aliases are not read"),
        ("? [a, b]\n: 1\n", 1, "a key must be a single word or number"),
        ("a: !!python/object/apply:os.getcwd []\n", 1, "could not determine a constructor"),
        ("a: [1, 2\nb: 3\n", 2, "expected"),
        ("a: 1\n---\nb: 2\n", 2, "another document"),
    ],
)
def test_a_faulty_line_is_named(tmp_path, text, line, part):
    message = refusal(load, tmp_path, text)
    assert f'The config "clients.yml" cannot be read at line {line}: ' in message
    assert part in message


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just words\n", "7\n"])
def test_a_file_that_is_no_mapping_is_refused(tmp_path, text):
    assert 'The config "clients.yml" must be lines of "key: value"' in refusal(load, tmp_path, text)


def test_a_file_in_another_encoding_is_refused(tmp_path):
    assert "save it as UTF-8" in refusal(load, tmp_path, "имя: Анна\n".encode("cp1251"))


def test_a_control_character_is_refused(tmp_path):
    with pytest.raises(SettingsError, match=r'config "clients\.yml" cannot be read'):
        load(tmp_path, "a: \x00\n")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    assert 'The config "none.yml" was not found' in refusal(load_yaml, tmp_path / "none.yml", "config")


def test_only_known_keys_pass():
    only_keys({"a": 1, "b": 2}, ("a", "b", "c"), "The config")
    message = refusal(only_keys, {"wieght": 1}, ("weight", "wave"), "The config")
    assert message == 'The config has the unknown key "wieght"; did you mean "weight"?'


DEEP = f"lists and mappings stand more than {DEPTH} levels deep in each other"


def nested(levels, kind):
    """As YAML, in one of the ways to write it."""
    if kind == "list":
        return "[" * levels + "]" * levels
    if kind == "mapping":
        return "{a: " * levels + "1" + "}" * levels
    if kind == "dashes":
        return "- " * levels + "1"
    return "".join(f"{' ' * k}a:\n" for k in range(levels))


@pytest.mark.parametrize("kind", ["list", "mapping", "dashes", "lines"])
def test_what_is_nested_too_deep_is_refused_and_what_is_just_not_is_read(kind, tmp_path):
    assert is_deep(yaml_value(nested(DEPTH, kind))) is False
    for levels in (DEPTH + 1, 3_000):
        message = refusal(yaml_value, nested(levels, kind))
        assert DEEP in message
        assert len(message) < 200
        with pytest.raises(DepthError):
            yaml_value(nested(levels, kind))
    if kind in ("list", "mapping"):
        message = refusal(load, tmp_path, f"top:\n  {nested(3_000, kind)}\n")
        assert message.startswith('The config "clients.yml" cannot be read at line 2: ')
        assert DEEP in message


def test_depth_is_counted_in_values_of_any_kind_and_in_those_that_hold_themselves():
    deep, tree = [], {}
    for _ in range(DEPTH):
        deep, tree = [deep], {"a": [1, (tree,)], "b": {}}
    assert is_deep(deep)
    assert not is_deep(deep[0])
    assert is_deep(tree)
    ring = {}
    ring["again"] = [ring, ring]
    assert is_deep(ring)
    assert not any(map(is_deep, ("text", 7, None, [], {}, [["a"], {"b": ()}])))
