"""A path model from settings: constructs, their items, and the paths between them, checked and in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from typing import Any

from cxkit.errors import SettingsError, did_you_mean
from cxkit.result import ARROW, PAIR
from cxkit.survey.yamlfile import load_yaml, only_keys

KEYS = ("items", "mode", "text")


@dataclass(frozen=True)
class Construct:
    """A latent construct: its survey items, the mode of its weights ("A" or "B"), and language -> name."""

    name: str
    items: tuple[str, ...]
    mode: str
    text: Mapping[str, str]


@dataclass(frozen=True)
class PathModel:
    """Constructs in an order in which every path points forward, paths as places in it, and the constructs of a
    ready-made model that have no items here."""

    constructs: tuple[Construct, ...]
    paths: tuple[tuple[int, int], ...]
    left_out: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        return [construct.name for construct in self.constructs]

    @property
    def items(self) -> list[str]:
        """The items of all constructs, in order."""
        return [item for construct in self.constructs for item in construct.items]

    def leads_to(self, target: int) -> list[int]:
        """The constructs from which some route of paths ends in this one."""
        found = {target}
        for start, end in sorted(self.paths, key=lambda path: -path[1]):  # paths point forward, so one pass will do
            if end in found:
                found.add(start)
        return sorted(found - {target})


def model_items(constructs: Mapping[str, Any]) -> list[str]:
    """Return the survey items that a model needs, in the order of its constructs.

    >>> model_items({"quality": ["q1", "q2"], "loyalty": {"items": ["stay"]}})
    ['q1', 'q2', 'stay']
    """
    return [item for name, spec in _constructs(constructs).items() for item in _construct(name, spec).items]


def read_model(constructs: Mapping[str, Any], paths: Any) -> PathModel:
    """Read a path model.

    Parameters
    ----------
    constructs : name -> list of items, or {items, mode, text}; ``mode`` is "A" or "B", ``text`` language -> name.
    paths : "acsi", "ecsi", or a list of [from, to]. Of a ready-made model, constructs without items are left out.

    Raises
    ------
    SettingsError : a construct has no items or no path, an item stands twice, or paths are unknown, double or run in
        a circle.

    >>> read_model({"loyalty": ["stay"], "value": ["v1", "v2"]}, [["value", "loyalty"]]).names
    ['value', 'loyalty']
    """
    found = {name: _construct(name, spec) for name, spec in _constructs(constructs).items()}
    _check_items(found)
    left_out: tuple[str, ...] = ()
    if isinstance(paths, str):
        ready: dict[str, list[list[str]]] = ready_made()["paths"]
        if paths not in ready:
            raise SettingsError(f'There is no ready-made model "{paths}"; {did_you_mean(paths, ready)}')
        known = list(dict.fromkeys(name for pair in ready[paths] for name in pair))
        for name in found:
            if name not in known:
                raise SettingsError(
                    f'The model "{paths}" has no construct "{name}"; {did_you_mean(name, known)} '
                    f"Give paths as a list of [from, to] for a model of your own."
                )
        left_out = tuple(name for name in known if name not in found)
        found = {name: found[name] for name in known if name in found}
        paths = [pair for pair in ready[paths] if pair[0] in found and pair[1] in found]
    pairs = _pairs(paths, list(found))
    order = _in_order(list(found), pairs)
    places = tuple((order.index(start), order.index(end)) for start, end in pairs)
    return PathModel(tuple(found[name] for name in order), places, left_out)


@cache
def ready_made() -> Any:
    """The ready-made models: ``paths`` by name, and ``texts`` of their constructs."""
    with as_file(files("cxkit.methods.acsi_regression") / "models.yml") as path:
        return load_yaml(path, "models")


def _constructs(constructs: Any) -> Mapping[str, Any]:
    if not isinstance(constructs, Mapping) or not constructs:
        raise SettingsError(
            "The model has no constructs; give lines such as quality: [q1, q2] in the settings or the codebook."
        )
    return constructs


def _construct(name: Any, spec: Any) -> Construct:
    where = f'The construct "{name}"'
    if not isinstance(name, str) or not name or ARROW in name or PAIR in name:
        raise SettingsError(f"{where} has no usable name; give a text without arrows, such as quality.")
    if not isinstance(spec, Mapping):
        spec = {"items": spec}
    only_keys(spec, KEYS, where)
    items, mode, text = spec.get("items"), spec.get("mode", "A"), spec.get("text") or {}
    if isinstance(items, str):
        raise SettingsError(f'{where} has the text "{items}" for items; give a list, such as ["{items}"].')
    if not isinstance(items, Sequence) or not items:
        raise SettingsError(f"{where} has no items; name the survey columns that measure it, or take it out.")
    if mode not in ("A", "B"):
        raise SettingsError(f'{where} has the mode {mode!r}; give "A" (items reflect it) or "B" (items form it).')
    if not isinstance(text, Mapping):
        raise SettingsError(f'{where} has text: {text!r}; give lines of "language: name".')
    own = {str(lang): str(words) for lang, words in text.items()}
    return Construct(name, tuple(map(str, items)), mode, own or ready_made()["texts"].get(name, {}))


def _check_items(found: Mapping[str, Construct]) -> None:
    owner: dict[str, str] = {}
    for name, construct in found.items():
        for item in construct.items:
            if owner.setdefault(item, name) != name or construct.items.count(item) > 1:
                twice = f'"{owner[item]}" and "{name}"' if owner[item] != name else f'"{name}" twice'
                raise SettingsError(
                    f'The item "{item}" stands in {twice}; let each item measure one construct, once.'
                )
            if item in found and found[item].items != (item,):
                raise SettingsError(
                    f'"{item}" is a construct and an item of "{name}"; give the construct another name.'
                )


def _pairs(paths: Any, names: Sequence[str]) -> list[tuple[str, str]]:
    example = "such as [[quality, satisfaction], [satisfaction, loyalty]]"
    if not isinstance(paths, Sequence) or not paths:
        raise SettingsError(f"The model has no paths; give acsi, ecsi, or a list of [from, to], {example}.")
    pairs: list[tuple[str, str]] = []
    for pair in paths:
        if isinstance(pair, str) or not isinstance(pair, Sequence) or len(pair) != 2:
            raise SettingsError(f"Found the path {pair!r}; give [from, to], {example}.")
        for name in pair:
            if name not in names:
                raise SettingsError(f'A path names the construct "{name}"; {did_you_mean(name, names)}')
        if tuple(pair) in pairs:
            raise SettingsError(f'The path "{pair[0]}{ARROW}{pair[1]}" is given twice; give it once.')
        pairs.append((pair[0], pair[1]))
    for name in names:
        if not any(name in pair for pair in pairs):
            raise SettingsError(f'The construct "{name}" is in no path; connect it, or take it out.')
    return pairs


def _in_order(names: Sequence[str], pairs: Sequence[tuple[str, str]]) -> list[str]:
    """The names so that every path points forward, otherwise as given."""
    order: list[str] = []
    while len(order) < len(names):
        waiting = [name for name in names if name not in order]
        free = [name for name in waiting if not any(end == name and start in waiting for start, end in pairs)]
        if not free:
            raise SettingsError(
                f"The paths run in a circle: {ARROW.join(_circle(waiting, pairs))}; take one of them out, "
                f"as effects can only be followed in one direction."
            )
        order.append(free[0])
    return order


def _circle(waiting: Sequence[str], pairs: Sequence[tuple[str, str]]) -> list[str]:
    """One circle among constructs that each have another of them before it, first named again at the end."""
    way = [waiting[0]]
    while way[0] not in way[1:]:
        before = next(start for start, end in pairs if end == way[0] and start in waiting)
        way.insert(0, before)
    return way[: way.index(way[0], 1) + 1]
