"""YAML without its surprises: 007, NO and 12:30 stay text; a key may stand only once; no anchors; not too deep."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from cxkit.errors import SettingsError, did_you_mean

DEPTH = 120  # of lists and mappings in each other: fifty levels of a tree are a hundred, and a config adds some
TOO_DEEP = f"lists and mappings stand more than {DEPTH} levels deep in each other"

_NESTS = (Mapping, list, tuple)
_FASTEST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C, where yaml was built with it: 8 times as fast


class DepthError(SettingsError):
    """Lists and mappings stand too deep in each other to be read."""


class _Loader(_FASTEST):
    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  (the name is yaml's own)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                problem = "a key must be a single word or number"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            if key.value in seen:
                problem = f'"{key.value}" stands twice'
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


class _TooDeep(yaml.composer.ComposerError):
    pass


for _tag, _pattern, _first in (
    ("bool", r"true|false", [*"tf"]),
    ("null", r"null|~|", [*"n~", ""]),
    ("int", r"-?(0|[1-9][0-9]*)", [*"-0123456789"]),
    ("float", r"-?(0|[1-9][0-9]*)\.[0-9]+", [*"-0123456789"]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), _first)


def _load(text: str) -> Any:
    events: Any = yaml.parse(text, Loader=_Loader)
    depth = 0
    for event in events:
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEPTH:  # reading on would end in Python's own limit of recursion
            raise _TooDeep(None, None, TOO_DEEP, event.start_mark)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise yaml.composer.ComposerError(None, None, "anchors and aliases are not read", event.start_mark)
    return yaml.load(text, Loader=_Loader)


def load_yaml(path: str | Path, kind: str) -> dict[str, Any]:
    """Read a YAML file whose top is a mapping; ``kind`` ("codebook", "config") names it in errors.

    Raises
    ------
    SettingsError : the file is absent, is not UTF-8 YAML, repeats a key, or is not a mapping.
    """
    path = Path(path)
    try:
        content = _load(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise SettingsError(f'The {kind} "{path.name}" was not found; check the path.') from None
    except UnicodeDecodeError:
        raise SettingsError(f'The {kind} "{path.name}" is not UTF-8 text; save it as UTF-8.') from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SettingsError(
            f'The {kind} "{path.name}" cannot be read at line {line}: {error.problem}; correct that line.'
        ) from None
    except (yaml.YAMLError, OSError) as error:
        raise SettingsError(f'The {kind} "{path.name}" cannot be read ({error}).') from None
    if not isinstance(content, dict):
        raise SettingsError(f'The {kind} "{path.name}" must be lines of "key: value".')
    return content


def only_keys(content: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    """Refuse a key that ``known`` does not name."""
    known = list(known)
    for key in content:
        if key not in known:
            raise SettingsError(f'{where} has the unknown key "{key}"; {did_you_mean(str(key), known)}')


def yaml_value(text: str) -> Any:
    """Read one value, such as "[1, 10]" or "0.9", by the same rules.

    Raises
    ------
    DepthError : lists and mappings stand more than 120 levels deep in each other.
    SettingsError : the text is no YAML for another reason.
    """
    try:
        return _load(text)
    except _TooDeep:
        raise DepthError(f'In "{" ".join(text[:20].split())}..." {TOO_DEEP}; give a flatter value.') from None
    except yaml.YAMLError as error:
        raise SettingsError(f'"{text}" cannot be read as a value ({str(error).splitlines()[0]}).') from None


def is_deep(value: Any) -> bool:
    """Whether lists and mappings stand more than 120 levels deep in each other, or hold themselves.

    >>> is_deep([[1], {"a": [2]}])
    False
    """
    level = [value] if isinstance(value, _NESTS) else []
    for _ in range(DEPTH):
        inner = (one for outer in level for one in (outer.values() if isinstance(outer, Mapping) else outer))
        level = list({id(one): one for one in inner if isinstance(one, _NESTS)}.values())
    return bool(level)
