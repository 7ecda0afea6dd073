"""Random numbers that depend on the seed and on what they are for, never on names of clients or groups."""

import hashlib

import numpy as np

from cxkit.errors import SettingsError


def generator(seed: int, *purpose: str) -> np.random.Generator:
    """Return the generator for one purpose, such as ``generator(1, "nps")``.

    >>> int(generator(1, "nps").integers(100)) == int(generator(1, "nps").integers(100))
    True
    """
    if not isinstance(seed, int) or isinstance(seed, bool) or seed < 0:
        raise SettingsError(f"Found seed {seed!r}; give a whole number of 0 or more.")
    key = hashlib.sha256("\0".join(purpose).encode()).digest()
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=tuple(key[:16])))
