"""Seconds from rows to exact LMG shares: ``python -m tests.benchmarks.importance``."""

import time

import numpy as np

from cxkit.stats.importance import drivers, lmg

DRIVERS, RESPONDENTS = 12, 5_000


def data(n, k):
    rng = np.random.default_rng(1)
    x = np.clip(np.round(3.5 + rng.standard_normal((n, 1)) + rng.standard_normal((n, k))), 1, 5)
    return x, x @ rng.uniform(0, 1, k) + rng.standard_normal(n), rng.uniform(0.5, 2, n)


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main():
    x, y, w = data(RESPONDENTS, DRIVERS)

    def shares():
        parts = lmg(np.cov(np.column_stack([x, y]), rowvar=False, aweights=w))
        return parts / parts.sum()

    names = [f"q{k}" for k in range(DRIVERS)]
    once, many = seconds(shares), seconds(lambda: drivers(x, y, w, names, rng=np.random.default_rng(1)))
    print(f"{DRIVERS} drivers, {RESPONDENTS} respondents, rows to exact LMG shares: {once:.3f} s (must be below 1)")
    print(f"the same with 1,000 bootstrap resamples and everything else: {many:.3f} s")
    return once < 1


if __name__ == "__main__":
    raise SystemExit(not main())
