"""A satisfaction tree read from nested settings: nodes in the order written, parents before children."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, isnan, nan
from pathlib import Path
from typing import Any

from cxkit.errors import SettingsError
from cxkit.survey.sources import read_text_table
from cxkit.survey.yamlfile import TOO_DEEP, DepthError, is_deep, only_keys, yaml_value

KEYS = ("name", "text", "weight", "importance", "children", "item", "operation", "table", "where")
LEVELS = 50  # of nodes below each other
DEEP = f"more than {LEVELS} levels of nodes; give it fewer, for instance by leaving out nodes with a single child"
TOLERANCE = 1e-6  # of a sum of weights


@dataclass(frozen=True)
class Node:
    """One node of a satisfaction tree.

    Attributes
    ----------
    parent, children : places in the tree; the root's parent is -1.
    weight : among its siblings, NaN when none is given.
    importance : the item in which respondents say how important it is, or "".
    item : a leaf's survey item, or "".
    operation, table, where : a leaf's kind of operational level, its table, and which rows of it count.
    text : language -> name on the page.
    """

    name: str
    parent: int
    depth: int
    weight: float
    importance: str
    item: str
    operation: str
    table: str
    where: Mapping[str, str]
    text: Mapping[str, str]
    children: tuple[int, ...] = ()


Tree = tuple[Node, ...]


def read_tree(source: Mapping[str, Any] | str) -> Tree:
    """Read a tree from nested mappings, or from the same as YAML text.

    A node is ``{name, weight, text, importance}`` with one of ``children`` (a list of nodes), ``item`` (a survey
    item) or ``operation`` (with ``table`` and ``where``).

    Raises
    ------
    SettingsError : the text is not YAML, the tree has more than 50 levels, or a node is empty, unknown in a key,
        named twice, contains itself, or has a weight that is negative or no number.

    >>> read_tree({"name": "all", "children": [{"name": "price", "weight": 1, "item": "q1"}]})[1].item
    'q1'
    """
    if isinstance(source, str):
        try:
            source = yaml_value(source)
        except DepthError:
            raise SettingsError(f"The tree has {DEEP}.") from None
        except SettingsError:
            source = ""
    if not isinstance(source, Mapping) or not source:
        raise SettingsError(
            "The tree is empty or no YAML mapping; give nested lines such as name: ..., children: [...]."
        )
    nodes: list[dict[str, Any]] = []
    _add(source, -1, 0, (), nodes)
    places = {k: tuple(c for c, node in enumerate(nodes) if node["parent"] == k) for k in range(len(nodes))}
    return tuple(Node(**node, children=places[k]) for k, node in enumerate(nodes))


def tree_items(source: Mapping[str, Any] | str) -> list[str]:
    """Return the survey items that a tree needs: those of its leaves, then those of stated importance."""
    tree = read_tree(source)
    named = [*(node.item for node in tree), *(node.importance for node in tree)]
    return list(dict.fromkeys(filter(None, named)))


def with_weights(tree: Tree, weights: str, normalise: bool, stated: bool = False) -> list[float]:
    """Return each node's weight among its siblings; the root's is 1.

    Parameters
    ----------
    weights : "equal", or else those written in the tree.
    normalise : bring written weights to a sum of 1 instead of refusing them.
    stated : leave out siblings of which respondents say how important they are.

    Raises
    ------
    SettingsError : weights are missing or do not sum to 1 (tolerance 1e-6).
    """
    found = [1.0] * len(tree)
    for node in tree:
        children = [k for k in node.children if not (stated and tree[k].importance)]
        given = {k: 1 / len(children) if weights == "equal" else tree[k].weight for k in children}
        for k, weight in given.items():
            if isnan(weight):
                raise SettingsError(f'The node "{tree[k].name}" has no weight; give one, or set weights to "equal".')
        total = sum(given.values())
        shown = ", ".join(f"{tree[k].name} {weight:g}" for k, weight in given.items())
        if children and (total <= 0 or not (normalise or abs(total - 1) <= TOLERANCE)):
            raise SettingsError(
                f'The weights below "{node.name}" sum to {total:g} ({shown}), expected 1; '
                f"correct them{' or set normalise to true' if total > 0 else ''}."
            )
        for k, weight in given.items():
            found[k] = weight / total
    return found


def read_tables(tables: Mapping[str, Any], beside: str | Path) -> dict[str, list[dict[str, Any]]]:
    """Read operational tables: rows stay as they are, and a file (.csv .tsv .xlsx .ods ...) becomes rows of text.

    Parameters
    ----------
    tables : name -> rows, or the path of a file as seen from the codebook.
    beside : the codebook or survey file; paths start in its folder.

    Raises
    ------
    SettingsError : a path is absolute, so that it would stand in the report.
    DataError : a file cannot be read.

    >>> read_tables({"sales": [{"previous": 5, "current": 4}]}, "survey.csv")
    {'sales': [{'previous': 5, 'current': 4}]}
    """
    read: dict[str, list[dict[str, Any]]] = {}
    for name, content in tables.items():
        if isinstance(content, str):
            if Path(content).is_absolute():
                raise SettingsError(f'The table "{name}" has an absolute path; give it as seen from the codebook.')
            frame = read_text_table(Path(beside).parent / content).frame
            content = [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]
        read[name] = content
    return read


def _add(spec: Any, parent: int, depth: int, above: tuple[Any, ...], nodes: list[dict[str, Any]]) -> None:
    if not isinstance(spec, Mapping) or not isinstance(spec.get("name"), str) or not spec["name"]:
        raise SettingsError(f"A node of the tree is {_short(spec)}; give each node a name.")
    name = spec["name"]
    where = f'The node "{name}"'
    if any(spec is one for one in above):
        raise SettingsError(f"{where} contains itself; a tree has no cycle, so take it out of its own children.")
    if depth == LEVELS:
        raise SettingsError(f"{where} stands too deep: the tree has {DEEP}.")
    if is_deep([value for key, value in spec.items() if key != "children"]):
        raise SettingsError(f"In {where[0].lower()}{where[1:]} {TOO_DEEP}; only children may stand below each other.")
    only_keys(spec, KEYS, where)
    if name in (node["name"] for node in nodes):
        raise SettingsError(f'The tree has two nodes named "{name}"; give each a name of its own.')
    kinds = [key for key in ("children", "item", "operation") if spec.get(key)]
    if len(kinds) != 1:
        found = "is empty" if not kinds else f"has {' and '.join(kinds)}"
        raise SettingsError(f"{where} {found}; give it either children, an item or an operation.")
    weight = spec.get("weight", nan)
    number = isinstance(weight, int | float) and not isinstance(weight, bool)
    if "weight" in spec and not (number and 0 <= weight < inf):
        raise SettingsError(f"{where} has the weight {weight!r}; give a number of 0 or more.")
    if kinds == ["operation"] and not spec.get("table"):
        raise SettingsError(f"{where} names no table; say which operational table its level is computed from.")
    children = spec.get("children") or []
    if isinstance(children, str) or not isinstance(children, Sequence):
        raise SettingsError(
            f"{where} has children that are no list; write each child as a line that begins with a dash."
        )
    for key in ("text", "where"):
        if not isinstance(spec.get(key) or {}, Mapping):
            raise SettingsError(f'{where} has {key}: {spec[key]!r}; give lines of "key: value".')
    own = {key: str(spec.get(key) or "") for key in ("importance", "item", "operation", "table")}
    maps = {key: {str(k): str(v) for k, v in (spec.get(key) or {}).items()} for key in ("text", "where")}
    nodes.append({"name": name, "parent": parent, "depth": depth, "weight": float(weight), **own, **maps})
    place = len(nodes) - 1
    for child in children:
        _add(child, place, depth + 1, (*above, spec), nodes)


def _short(value: Any) -> str:
    text = "too deep to be shown" if is_deep(value) else repr(value)
    return text if len(text) <= 60 else text[:60] + "..."
