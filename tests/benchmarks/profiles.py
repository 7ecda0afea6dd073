"""Seconds for 5,000 bootstrap resamples of the distances of profiles: ``python -m tests.benchmarks.profiles``."""

import time

import numpy as np

from cxkit.methods.semantic_differential.distances import closer, resampled_means

N, SCALES, OBJECTS, TIMES = 500, 20, 3, 5000


def main() -> None:
    rng = np.random.default_rng(1)
    scores = np.clip(np.rint(rng.normal(6, 2, (N, OBJECTS * SCALES))), 1, 10)
    begun = time.perf_counter()
    own, rival, ideal = np.split(resampled_means(scores, np.ones(N), rng, TIMES), OBJECTS, axis=1)
    closer(own - ideal, 0.1, rival - ideal, 0.1)
    seconds = time.perf_counter() - begun
    print(f"{TIMES} resamples, {SCALES} scales x {OBJECTS} objects, n = {N}: {seconds:.2f} s (at most 1)")


if __name__ == "__main__":
    main()
