"""Bundled sample surveys: simulated from a seed, with groups, waves, weights and missing answers."""

from collections.abc import Iterable
from importlib.resources import as_file, files
from typing import Any

import numpy as np
import pandas as pd

from cxkit.errors import SettingsError, did_you_mean
from cxkit.survey.sample_market import path_answers
from cxkit.survey.yamlfile import load_yaml

BUSINESSES = ("bank", "shop", "dairy")  # one client each: ratings, comments, a tree, a site on bipolar scales
SAMPLES = (*BUSINESSES, "mobile")
_LATENT, _NOISE, _MISSING, _REFUSED = 1.5, 1.3, 0.03, 0.01


def sample_codebook(name: str) -> dict[str, Any]:
    """Return the sample's codebook as plain values."""
    book: dict[str, Any] = _load(_checked(name))["codebook"]
    if name not in BUSINESSES:
        return book
    site = _load("site")
    return {**book, "poles": site["poles"], "objects": site["objects"]}


def sample_text(name: str) -> pd.DataFrame:
    """Return the sample as text, as it would stand in a file; indexed by spreadsheet row."""
    content = _load(_checked(name))
    plan = content["simulate"]
    rng = np.random.default_rng(plan["seed"])
    business = name in BUSINESSES
    frame = _business(name, plan, rng) if business else _market(plan, content["codebook"]["constructs"], rng)
    frame.insert(0, "id", [f"{name[0].upper()}{k:04d}" for k in range(1, len(frame) + 1)])
    frame.index = pd.RangeIndex(2, len(frame) + 2, name="row")
    return frame


def _market(plan: dict[str, Any], constructs: dict[str, list[str]], rng: np.random.Generator) -> pd.DataFrame:
    answers = path_answers(plan, constructs, rng)
    frame = answers[["company", "wave"]].astype(object)
    frame["weight"] = [f"{w:.3f}" for w in rng.lognormal(0, 0.25, len(frame))]
    for construct in constructs.values():
        for item in construct:
            frame[item] = _with_gaps(answers[item], rng)
    return frame


def _business(name: str, plan: dict[str, Any], rng: np.random.Generator) -> pd.DataFrame:
    rows = plan["rows"]
    waves = list(plan["waves"])
    segments = list(plan["segments"])
    shares = np.array([plan["segments"][s][0] for s in segments])
    wave = np.arange(rows) * len(waves) // rows
    segment = rng.choice(len(segments), rows, p=shares)
    shift = np.array([plan["waves"][w] for w in waves])[wave]
    shift = shift + np.array([plan["segments"][s][1] for s in segments])[segment]
    mood = rng.normal(0, _LATENT, rows)
    frame = pd.DataFrame({"segment": [segments[k] for k in segment]}, dtype=object)
    frame["wave"] = [waves[k] for k in wave]
    # The simulated sample holds too few of the first segment; the weights put that right.
    frame["weight"] = [f"{w:.3f}" for w in np.where(segment == 0, 1.3, 0.85) * rng.uniform(0.8, 1.2, rows)]

    def answers(level: np.ndarray, lowest: int, highest: int, noise: float = _NOISE) -> list[str | None]:
        return _with_gaps(np.clip(np.rint(level + rng.normal(0, noise, rows)), lowest, highest), rng)

    for item, mean in plan["means"].items():
        frame[item] = answers(mean + shift + mood, 0 if item == "recommend" else 1, 10)
    frame["comment"] = [_comment(score, plan["comments"], rng) for score in frame["recommend"].fillna("99")]
    for item, (mean, follows) in plan["five"].items():
        frame[item] = answers(mean + follows * (shift + mood) / 2, 1, 5, _NOISE / 2)
    site = _load("site")
    knows_rival = rng.uniform(size=rows) < 0.7
    for thing, means in site["simulate"][name].items():
        follows = {"own": 0.8, "rival": 0.3, "ideal": 0.15}[thing]
        for (scale, poles), mean in zip(site["poles"].items(), means, strict=True):
            level = mean + follows * (shift + mood)
            column = answers(11 - level if poles.get("reversed") else level, 1, 10)
            known = knows_rival | (thing != "rival")
            frame[f"{thing}_{scale}"] = [a if k else None for a, k in zip(column, known, strict=True)]
    return frame


def _with_gaps(score: Iterable[float], rng: np.random.Generator) -> list[str | None]:
    """The answers as text, some left empty and some refused with the missing code."""
    answers = [str(int(a)) for a in score]
    return [
        None if u < _MISSING else "99" if u < _MISSING + _REFUSED else answer
        for answer, u in zip(answers, rng.uniform(size=len(answers)), strict=True)
    ]


def _comment(score: str, comments: dict[str, list[str]], rng: np.random.Generator) -> str | None:
    luck, pick = rng.uniform(), rng.uniform()
    if score == "99" or luck > 0.35:
        return None
    choice = comments["low" if int(score) <= 6 else "middle" if int(score) <= 8 else "high"]
    return choice[int(pick * len(choice))]


def _checked(name: str) -> str:
    if name not in SAMPLES:
        raise SettingsError(f'There is no sample "{name}"; {did_you_mean(name, SAMPLES)}')
    return name


def _load(name: str) -> dict[str, Any]:
    with as_file(files("cxkit.survey") / "sampledata" / f"{name}.yml") as path:
        return load_yaml(path, "sample")
