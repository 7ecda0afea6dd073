"""How long 5,000 resamples of a path model take: ``python -m tests.benchmarks.path_models``, one core."""

import os

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

import resource
import time

import numpy as np

from cxkit.stats.path_samples import Items, resample
from cxkit.stats.pls import Structure

TIMES = 5000
CASES = {  # respondents, items of each construct, arrows, seconds it may take
    "24 items, 7 constructs": (250, (4, 4, 4, 3, 3, 3, 3), 0.6),
    "13 items, 6 constructs": (7341, (3, 3, 2, 3, 1, 1), 3.0),
}


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


def main() -> None:
    for name, (n, sizes, most) in CASES.items():
        items, model = survey(n, sizes)
        resample(items, model, np.random.default_rng(0), 100)
        began = time.perf_counter()
        found = resample(items, model, np.random.default_rng(1), TIMES)
        took = time.perf_counter() - began
        print(f"{found.index.shape[1]} resamples, {name}, n = {n}: {took:.2f} s (at most {most})")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB (at most 300)")


if __name__ == "__main__":
    main()
