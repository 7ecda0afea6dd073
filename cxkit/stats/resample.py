"""Random numbers that depend on the seed and on what they are for, never on the order of work."""

import hashlib

import numpy as np


def generator(seed: int, *names: str) -> np.random.Generator:
    """Return the generator for one purpose, such as ``generator(1, "bank", "nps")``.

    >>> int(generator(1, "bank", "nps").integers(100)) == int(generator(1, "bank", "nps").integers(100))
    True
    """
    key = hashlib.sha256("\0".join(names).encode()).digest()
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=tuple(key[:16])))
