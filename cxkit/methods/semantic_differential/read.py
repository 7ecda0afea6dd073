"""Surveys in which respondents rate several objects on the same bipolar scales."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from cxkit.errors import DataError, SettingsError
from cxkit.survey.audit import Audit
from cxkit.survey.cards import cards, fold
from cxkit.survey.codebook import read_codebook
from cxkit.survey.columns import column_place, name_columns, spelled_as
from cxkit.survey.read import read
from cxkit.survey.respondents import one_spelling
from cxkit.survey.sources import read_text_table
from cxkit.survey.survey import Survey
from cxkit.survey.values import Values
from cxkit.survey.yamlfile import only_keys

NOTHING: Mapping[str, Any] = MappingProxyType({})
PROFILE = "profile"  # the item name of all scales together


@dataclass(frozen=True)
class Pole:
    """A bipolar scale: language -> text of its left (lowest) and right end; ``reversed`` where left is good."""

    left: Mapping[str, str]
    right: Mapping[str, str]
    reversed: bool = False

    @property
    def turned(self) -> "Pole":
        """The scale as it is shown, with the good end right."""
        return Pole(self.right, self.left) if self.reversed else self

    def text(self) -> dict[str, str]:
        """Both ends as "left – right" in every language of either."""
        low, high = self.left, self.right
        languages = dict.fromkeys([*low, *high])
        return {code: f"{low.get(code, low['en'])} – {high.get(code, high['en'])}" for code in languages}


def profile_items(scales: Iterable[str], objects: Iterable[str]) -> list[str]:
    """Return the names of the rating columns, one per object and scale.

    >>> profile_items(["modern", "clear"], ["own", "ideal"])
    ['own_modern', 'own_clear', 'ideal_modern', 'ideal_clear']
    """
    scales = list(scales)
    return [f"{name}_{scale}" for name in objects for scale in scales]


def read_poles(poles: Any) -> dict[str, Pole]:
    """Check poles: scale -> ``[left, right]`` or ``{left, right, reversed}``, each end a text or language -> text.

    >>> read_poles({"modern": ["old", "new"]})["modern"].text()
    {'en': 'old – new'}
    """
    if not isinstance(poles, Mapping) or not poles:
        raise SettingsError(
            'Found no poles; give the two ends of each scale, such as {"modern": ["old-fashioned", "modern"]}.'
        )
    found = {}
    for name, entry in poles.items():
        where = f'The scale "{name}"'
        if isinstance(entry, list | tuple) and len(entry) == 2:
            entry = {"left": entry[0], "right": entry[1]}
        if not isinstance(entry, Mapping):
            raise SettingsError(f"{where} has the poles {entry!r}; give [left, right] or {{left: ..., right: ...}}.")
        only_keys(entry, ("left", "right", "reversed"), where)
        for end in ("left", "right"):
            if not entry.get(end):
                raise SettingsError(f"{where} has no {end} pole; give a text for each end.")
        if not isinstance(entry.get("reversed", False), bool):
            raise SettingsError(f"{where} has reversed: {entry['reversed']!r}; give true or false.")
        found[str(name)] = Pole(
            in_languages(entry["left"]), in_languages(entry["right"]), entry.get("reversed", False)
        )
    return found


def in_languages(text: Any) -> dict[str, str]:
    """A text, or language -> text, as the latter; without English the first stands for it."""
    given = {str(code): str(one) for code, one in (text if isinstance(text, Mapping) else {"en": text}).items()}
    return {"en": next(iter(given.values()), ""), **given}


def read_profiles(
    path: str | Path,
    codebook: str | Path | Mapping[str, Any] | None = None,
    *,
    poles: Mapping[str, Any],
    objects: Sequence[str],
    texts: Mapping[str, Any] = NOTHING,
    object_column: str = "",
    scale: Any = (1, 10),
    respondent: str = "",
    **options: Any,
) -> Survey:
    """Read ratings of several objects on bipolar scales; see :func:`cxkit.read` for what is not named here.

    Parameters
    ----------
    poles : the scales, as :func:`cxkit.semantic_differential` takes them.
    objects : keys of the objects, such as ["own", "rival", "ideal"].
    texts : object -> its name, or language -> its name.
    object_column : "" where a row is a respondent and a column is "object_scale"; else the column that says which
        object a row rates, by key or name, and a column is a scale. Rows about others of ``texts`` do not count.
    options : by, wave, weight, count, waves, dates, period, where, sheet, encoding, delimiter, as in
        :func:`cxkit.read`.

    Returns
    -------
    A survey with one row per respondent and a column "object_scale" for each object and scale.

    >>> poles, scale = {"clear": ["confusing", "clear"]}, {"min": 1, "max": 10, "missing": [99]}
    >>> read_profiles("sample:shop", poles=poles, objects=["own", "ideal"], scale=scale).items
    ['own_clear', 'ideal_clear']
    """
    scales = read_poles(poles)
    names = {key: in_languages(texts.get(key) or key) for key in objects}
    captions = {
        f"{key}_{name}": {code: f"{names[key].get(code, names[key]['en'])}: {text}" for code, text in both.items()}
        for key in objects
        for name, both in ((name, pole.text()) for name, pole in scales.items())
    }
    if not object_column:
        deck = {item: {**card.plain(), "text": captions[item]} for item, card in cards([*captions], scale).items()}
        return read(path, codebook, items=[*captions], scale=deck, respondent=respondent, **options)
    respondent = respondent or read_codebook(codebook).respondent
    if respondent in ("", "-"):
        raise SettingsError(
            f'With one row per object (column "{object_column}") respondents need ids; name their column: respondent.'
        )
    long = read(path, codebook, items=[*scales], scale=scale, respondent="-", **options)
    frame, audit = long.frame, long.audit
    if audit.count:
        raise SettingsError(
            f"{audit.file}: a row that rates one object (object_column) cannot stand for several respondents (count: "
            f'{audit.count}); set count to "-".'
        )
    frame, matched = name_columns(frame, (), {}, [object_column, respondent], audit.file)
    frame = _known_objects(frame, object_column, [*objects, *texts], {**texts, **names}, audit.file)
    frame = frame[frame[object_column].isin(list(objects))].copy()
    told = one_spelling(frame, respondent, [object_column, *filter(None, [audit.wave])])
    roles = [column for column in (audit.by, audit.weight) if column]
    people = _people(frame, respondent, audit.wave, object_column, roles, audit.file)
    raw = _as_written(path, codebook, audit, options).loc[frame.index]
    wide = frame.loc[~people.duplicated()].drop(columns=[*scales, object_column])
    rows = []
    for key in objects:
        mine = frame[frame[object_column] == key]
        for name in scales:
            item = f"{key}_{name}"
            place = column_place(audit.file, list(raw.columns), audit.scale[name]["column"] or name)
            wide[item] = mine[name].set_axis(people[mine.index]).reindex(people[wide.index]).to_numpy()
            n = int(wide[item].notna().sum())
            coded = raw.loc[mine.index].iloc[:, place].notna() & mine[name].isna()
            rows.append({"item": item, "n": n, "missing": len(wide) - n, "declared": int(coded.sum())})
    both = {f"{key}_{name}": audit.scale[name] for key in objects for name in scales}
    audit = replace(
        audit, rows=len(wide), answers=pd.DataFrame(rows), items=[*captions], respondent=respondent,
        scale={item: {**card, "column": "", "text": captions[item]} for item, card in both.items()},
        notes=(*audit.notes, *matched, *told),
    )  # fmt: skip
    return Survey(wide, audit)


def _as_written(path: str | Path, codebook: Any, audit: Audit, options: Mapping[str, Any]) -> pd.DataFrame:
    """The cells of the rows asked for as the file has them."""
    values = read_codebook(codebook).values
    where = {
        audit.scale.get(name, {}).get("column") or name: values.get(spelled_as(name, values), Values()).pick(
            str(value)
        )
        for name, value in (options.get("where") or {}).items()
    }
    form = {k: options.get(k, "") for k in ("sheet", "encoding", "delimiter")}
    return read_text_table(Path(path), **form, where=where).frame


def _known_objects(
    frame: pd.DataFrame, column: str, keys: Sequence[str], texts: Mapping[str, Any], file: str
) -> pd.DataFrame:
    """Replace what the column calls an object by its key."""
    known = {fold(word): key for key in keys for word in (key, *in_languages(texts.get(key) or key).values())}
    found = frame[column].map(lambda word: known.get(fold(word)), na_action="ignore")
    if found.isna().any():
        row = found.index[found.isna()][0]
        word = frame.loc[row, column]
        shown = "an empty cell" if pd.isna(word) else f'"{word}"'
        raise DataError(
            f'{file}, column "{column}", row {row}: found {shown}, expected one of '
            f"{', '.join(dict.fromkeys(keys))}; correct the cell, or name the object in objects."
        )
    return frame.assign(**{column: found})


def _people(
    frame: pd.DataFrame, respondent: str, wave: str, column: str, roles: Sequence[str], file: str
) -> pd.Series:
    """Number the respondents (of each wave), after checking that their rows belong together."""
    if frame[respondent].isna().any():
        row = frame.index[frame[respondent].isna()][0]
        raise DataError(
            f'{file}, column "{respondent}", row {row}: found an empty cell, expected a respondent\'s id.'
        )
    people = frame.groupby([respondent, *([wave] if wave else [])], dropna=False, sort=False).ngroup()
    again = pd.DataFrame({"who": people, "what": frame[column]}).duplicated()
    if again.any():
        row = frame.index[again][0]
        twin = frame.index[(people == people[row]) & (frame[column] == frame.loc[row, column])][0]
        raise DataError(
            f'{file}, rows {twin} and {row}: the respondent "{frame.loc[row, respondent]}" rates '
            f'"{frame.loc[row, column]}" twice; correct the id or delete a row.'
        )
    for role in roles:
        first = frame[role].groupby(people).transform(lambda mine: mine.iloc[0])
        differs = ~((frame[role] == first) | (frame[role].isna() & first.isna()))
        if differs.any():
            row = frame.index[differs][0]
            twin = frame.index[people == people[row]][0]
            raise DataError(
                f'{file}, column "{role}", row {row}: found "{frame.loc[row, role]}", but row {twin} of the same '
                f'respondent "{frame.loc[row, respondent]}" has "{first[row]}"; make them the same.'
            )
    return people
