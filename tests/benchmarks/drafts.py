"""How often drafts of codebooks are wrong without saying so, over random surveys whose true codebook is known.

``python -m tests.benchmarks.drafts [--surveys 200] [--first 1000]`` prints guesses, wrong ones and those of them
without a mark, by the number of respondents. Scales of a survey differ by block; some have a code for no answer, ids,
weights, groups, waves, ages, codes or an NPS.
"""

import argparse
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

from tests.draft_score import Score, score

ENDS = ((1, 5), (1, 5), (1, 5), (1, 7), (1, 10), (0, 10), (1, 4), (1, 6), (0, 4), (0, 100))
RESPONDENTS = (25, 60, 150, 400, 1200)


def survey(seed: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The columns of a random survey, and its true codebook."""
    rng = np.random.default_rng(seed)
    n = int(rng.choice(RESPONDENTS))
    mood = rng.normal(size=n)
    columns, truth = _roles(rng, n)
    code = int(rng.choice([0, 99, 9, 6, -1], p=[0.4, 0.3, 0.1, 0.1, 0.1]))
    for block in range(int(rng.integers(1, 4))):
        low, high = ENDS[rng.integers(len(ENDS))]
        loading, style = rng.uniform(0.3, 0.9), rng.choice(["b{0}q{1}", "item{0}x{2}"])
        for k in range(int(rng.integers(1, 9))):
            mean, sd = low + (high - low) * rng.uniform(0.45, 0.9), (high - low) * rng.uniform(0.12, 0.3)
            cells = _answers(rng, mood, mean, sd, loading, (low, high)).astype(object)
            scale: dict[str, Any] = {"min": low, "max": high}
            if code and not low <= code <= high:
                cells, scale["missing"] = np.where(rng.uniform(size=n) < 0.08, code, cells), [code]
            name = style.format(block + 1, k + 1, "abcdefgh"[k])
            columns[name] = np.where(rng.uniform(size=n) < 0.04, None, cells)
            truth["items"][name] = {"scale": scale}
    codes = {
        "sex": rng.integers(1, 3, n), "age_group": rng.integers(1, 7, n), "age": rng.integers(18, 80, n),
        "job": rng.choice([1, 2, 3, 4, 5], n, p=[0.4, 0.3, 0.15, 0.1, 0.05]),
        "comment": [f"some text {k % 7 * k}" for k in range(n)],
    }  # fmt: skip
    columns |= {name: cells for name, cells in codes.items() if rng.uniform() < 0.6}
    if rng.uniform() < 0.4:
        columns["NPS"] = _answers(rng, mood, 7, 2, 0.7, (0, 10))
        truth["items"]["NPS"] = {"scale": [0, 10]}
    return columns, truth


def _roles(rng: np.random.Generator, n: int) -> tuple[dict[str, Any], dict[str, Any]]:
    weights = rng.lognormal(0, 0.3, n) / np.exp(0.3**2 / 2)
    cells = {
        "respondent": ("id", range(1, n + 1)), "weight": ("weight", weights.round(3)),
        "group": ("region", rng.choice(["A", "B", "C"], n)),
        "wave": ("wave", np.where(np.arange(n) < n / 2, "2025-Q1", "2025-Q2")),
    }  # fmt: skip
    kept = {role: pair for role, pair in cells.items() if rng.uniform() < 0.5}
    return dict(kept.values()), {**{role: name for role, (name, _) in kept.items()}, "items": {}}


def _answers(
    rng: np.random.Generator, mood: np.ndarray, mean: float, sd: float, loading: float, ends: tuple[int, int]
) -> np.ndarray:
    drawn = mean + sd * (loading * mood + np.sqrt(1 - loading**2) * rng.normal(size=len(mood)))
    return np.clip(np.rint(drawn), *ends).astype(int)


def scored(seed: int, folder: Path) -> Score:
    columns, truth = survey(seed)
    path = folder / f"survey_{seed}.csv"
    pd.DataFrame(columns).to_csv(path, index=False)
    return score(path, truth)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--surveys", type=int, default=200)
    parser.add_argument("--first", type=int, default=1000, help="first seed")
    asked = parser.parse_args()
    totals: dict[int, Counter[str]] = {n: Counter() for n in RESPONDENTS}
    with TemporaryDirectory() as folder:
        for seed in range(asked.first, asked.first + asked.surveys):
            one = scored(seed, Path(folder))
            n = len(next(iter(survey(seed)[0].values())))
            counts = {"guesses": one.guesses, "CHECK": one.checked, "wrong": one.wrong, "silent": one.silent}
            totals[n].update({word: len(found) for word, found in counts.items()})
            for guess in one.silent:
                print(f"survey {seed}: {guess.section} {guess.key} {guess.value}: {guess.why}")
    for n, counted in totals.items():
        print(
            f"{n:>6} respondents  "
            + "  ".join(f"{word} {counted[word]}" for word in ("guesses", "CHECK", "wrong", "silent"))
        )


if __name__ == "__main__":
    main()
