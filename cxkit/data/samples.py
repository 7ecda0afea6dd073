"""Bundled sample surveys: simulated from a seed, with segments, waves, weights and comments."""

from importlib.resources import as_file, files
from typing import Any

import numpy as np
import pandas as pd

from cxkit.data.yamlfile import load_yaml
from cxkit.errors import SettingsError, did_you_mean

SAMPLES = ("bank", "shop", "dairy")
_LATENT, _NOISE, _MISSING, _REFUSED = 1.5, 1.3, 0.03, 0.01


def sample_codebook(name: str) -> dict[str, Any]:
    """Return the sample's codebook as plain values."""
    return _load(name)["codebook"]


def sample_text(name: str) -> pd.DataFrame:
    """Return the sample as text, as it would stand in a file; indexed by spreadsheet row."""
    plan = _load(name)["simulate"]
    items = sample_codebook(name)["items"]
    rng = np.random.default_rng(plan["seed"])
    rows = plan["rows"]
    waves = list(plan["waves"])
    segments = list(plan["segments"])
    shares = np.array([plan["segments"][s][0] for s in segments])
    wave = np.arange(rows) * len(waves) // rows
    segment = rng.choice(len(segments), rows, p=shares)
    shift = np.array([plan["waves"][w] for w in waves])[wave]
    shift = shift + np.array([plan["segments"][s][1] for s in segments])[segment]
    mood = rng.normal(0, _LATENT, rows)
    frame = pd.DataFrame({"id": [f"{name[0].upper()}{k:04d}" for k in range(1, rows + 1)]}, dtype=object)
    frame["segment"] = [segments[k] for k in segment]
    frame["wave"] = [waves[k] for k in wave]
    # The simulated sample holds too few of the first segment; the weights put that right.
    frame["weight"] = [f"{w:.3f}" for w in np.where(segment == 0, 1.3, 0.85) * rng.uniform(0.8, 1.2, rows)]
    for item in items:
        lowest = 0 if item == "recommend" else 1
        answer = np.clip(np.rint(plan["means"][item] + shift + mood + rng.normal(0, _NOISE, rows)), lowest, 10)
        luck = rng.uniform(size=rows)
        frame[item] = [
            None if u < _MISSING else "99" if u < _MISSING + _REFUSED else str(int(a))
            for a, u in zip(answer, luck, strict=True)
        ]
    frame["comment"] = [_comment(score, plan["comments"], rng) for score in frame["recommend"].fillna("99")]
    frame.index = pd.RangeIndex(2, rows + 2, name="row")
    return frame


def _comment(score: str, comments: dict[str, list[str]], rng: np.random.Generator) -> str | None:
    luck, pick = rng.uniform(), rng.uniform()
    if score == "99" or luck > 0.35:
        return None
    choice = comments["low" if int(score) <= 6 else "middle" if int(score) <= 8 else "high"]
    return choice[int(pick * len(choice))]


def _load(name: str) -> dict[str, Any]:
    if name not in SAMPLES:
        raise SettingsError(f'There is no sample "{name}"; {did_you_mean(name, SAMPLES)}')
    with as_file(files("cxkit.data") / "sampledata" / f"{name}.yml") as path:
        return load_yaml(path, "sample")
