"""The environment that reports are made in: the same everywhere, and without the caller's secrets."""

import os

KERNEL = {
    "PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "946684800", "TZ": "UTC", "LC_ALL": "C.UTF-8", "MPLBACKEND": "agg",
    "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}  # fmt: skip
# What a process needs to run at all; whatever else stands in the environment may be a secret.
KEPT = (
    *("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "PYTHONPATH", "VIRTUAL_ENV", "MPLCONFIGDIR", "XDG_CACHE_HOME"),
    *("SYSTEMROOT", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "PATHEXT", "COMSPEC", "TEMP", "TMP"),
)


def clean_environment() -> dict[str, str]:
    """What the process of a report finds in its environment: what it needs to run, and the house's settings."""
    return {name: os.environ[name] for name in KEPT if name in os.environ} | KERNEL
