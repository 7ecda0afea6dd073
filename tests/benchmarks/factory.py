"""What a report costs in cxkit, papermill and ploomber-engine, and whether a long batch stays healthy.

``python -m tests.benchmarks.factory`` makes 24 reports (``--reports``) of ``--method`` in four languages, each on
data of its own, with every contestant (``--only`` some), and prints the fastest of ``--rounds``. A contestant is a
process of its own: its start and imports count. "Each further" is what a report costs beyond the first, by the
difference from a run of one report, which is made twice: the first time fills the disk's caches.

    cold      papermill's command line, a process for each report
    api       papermill's function in a loop
    threads   the same on 2 threads
    ploomber  ploomber-engine, all reports in one process without isolation
    cxkit     ``cxkit batch`` with 1 and with 2 workers
    memory    the processes of ``cxkit batch``: their memory, when they began and when they had their first child

``--rivals PYTHON`` names the interpreter of the first four: one with the lock, ploomber-engine and this folder in a
.pth file, so that papermill does not load cxkit's engine at its start. Without it they run here, ploomber not at all.

``--profile`` prints the seconds of each cell when its code alone runs in one warm process. ``--soak N`` watches a
batch of N reports (1000) and ends with 1 when it leaks memory, files or processes, or becomes slower.
"""

import os

os.environ |= {
    "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "agg", "TZ": "UTC", "LC_ALL": "C.UTF-8",
    "PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "946684800", "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "PLOOMBER_STATS_ENABLED": "false", "PLOOMBER_VERSION_CHECK_DISABLED": "true",
}  # fmt: skip
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else whatever is not compiled yet is compiled by every process

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import yaml

from cxkit.report.template import find_template
from cxkit.survey.samples import BUSINESSES, sample_codebook, sample_text
from tests.benchmarks.factory_rivals import cell_seconds

CXKIT = [str(Path(sys.executable).with_name("cxkit")), "batch"]
PARTS = ("cold", "api", "threads", "ploomber", "cxkit", "memory")  # the first four are run by factory_rivals
LANGUAGES = ("en", "ru", "uz", "uz_Cyrl")
SURVEYS = 24  # different ones; more reports take them again
SETTINGS: dict[str, dict[str, Any]] = {
    "nps": {"comment": "comment"}, "scaling": {"items": ["ease", "trust", "appeal", "return"]},
    "csi_tree": {"outcome": "recommend"}, "semantic_differential": {}, "acsi_regression": {},
}  # fmt: skip
MB = 2**20


def write_surveys(folder: Path, method: str, count: int) -> list[dict[str, Any]]:
    """Write surveys, codebooks and clients.yml; return the reports as the rivals take them."""
    folder.mkdir(exist_ok=True)
    samples = ("mobile",) if method == "acsi_regression" else BUSINESSES
    answers = {name: sample_text(name) for name in samples}
    clients, reports = [], []
    for k in range(count):
        own, client, lang = k % SURVEYS, f"c{k:04d}", LANGUAGES[k % len(LANGUAGES)]
        data, book = f"{own}.csv", f"{own}.yml"
        if k < SURVEYS:
            name = samples[k % len(samples)]
            frame = answers[name].sample(frac=1, replace=True, random_state=k).sort_index()
            frame["id"] = [f"R{row:05d}" for row in range(len(frame))]
            frame.to_csv(folder / data, index=False)
            (folder / book).write_text(yaml.safe_dump(sample_codebook(name), allow_unicode=True, sort_keys=False))
        clients.append({"client": client, "lang": lang, "data": data, "codebook": book})
        files = {"data_path": str(folder / data), "codebook": str(folder / book)}
        parameters = {**files, **SETTINGS[method], "lang": lang, "client": client}
        reports.append({"folder": f"{client}/{method}", "parameters": parameters})
    config = {"title": "Factory", "methods": {method: SETTINGS[method]}, "clients": clients}
    (folder / "clients.yml").write_text(yaml.safe_dump(config, sort_keys=False))
    return reports


@cache
def takes_workers() -> bool:
    known = "--jobs" in subprocess.run([*CXKIT, "--help"], capture_output=True, text=True, check=True).stdout
    if not known:
        print("cxkit batch has no --jobs: every batch below runs without it")
    return known


def command(name: str, folder: Path, rivals: str) -> list[str]:
    """The command of a contestant; "cxkit 2" is a batch with 2 workers."""
    if not name.startswith("cxkit"):
        return [rivals or sys.executable, str(Path(__file__).with_name("factory_rivals.py"))]
    workers = ["--jobs", name.split()[1]] if takes_workers() else []
    return [*CXKIT, str(folder / "clients.yml"), "--out", str(folder / "out"), *workers]


def clean(folder: Path) -> dict[str, str]:
    """Remove earlier reports and return an environment whose temporary and Jupyter's own files are seen."""
    own = {"TMPDIR": folder / "tmp", "IPYTHONDIR": folder / "ipython", "JUPYTER_RUNTIME_DIR": folder / "run"}
    for path in (folder / "out", *own.values()):
        shutil.rmtree(path, ignore_errors=True)
    for path in own.values():
        path.mkdir()
    return os.environ | {name: str(path) for name, path in own.items()}


def seconds(command: list[str], job: dict[str, Any], folder: Path) -> tuple[float, list[str]]:
    """Run a contestant once: its seconds and the hash of each result, or a RuntimeError with its last words."""
    environment = clean(folder)
    began = time.perf_counter()
    done = subprocess.run(command, input=json.dumps(job), capture_output=True, text=True, env=environment)
    took = time.perf_counter() - began
    if done.returncode:
        raise RuntimeError(((done.stderr or done.stdout).strip().splitlines() or ["it said nothing"])[-1])
    bundles = [folder / "out" / report["folder"] for report in job["reports"]]
    lacking = [bundle.parent.name for bundle in bundles if not (bundle / "report.html").is_file()]
    if lacking:
        raise RuntimeError(f"{len(lacking)} reports were not published, the first is {lacking[0]}")
    return took, [hashlib.sha256((bundle / "result.json").read_bytes()).hexdigest() for bundle in bundles]


def race(folder: Path, method: str, count: int, names: list[str], rivals: str, rounds: int) -> None:
    """Print the table of the contestants: with their start, and for each report beyond the first."""
    template, one = str(find_template(method)), folder / "one"
    reports = {place: write_surveys(place, method, n) for place, n in ((one, 1), (folder, count))}
    times: dict[str, list[float]] = {name: [] for name in names}
    single: dict[str, float] = {}
    results: dict[str, list[str]] = {}
    for place in [one, one, *[folder] * rounds]:  # contestants take turns, so that a slow minute hits them all
        for name in list(times):
            job = {"contestant": name, "template": template, "out": str(place / "out"), "reports": reports[place]}
            try:
                took, found = seconds(command(name, place, rivals), job, place)
            except RuntimeError as error:
                print(f"{name} failed: {error}")
                del times[name]
                continue
            if place == folder:
                times[name].append(took)
                results[name] = found
            else:
                single[name] = took
    whole = {name: min(took) / count for name, took in times.items()}
    further = {name: (min(took) - single[name]) / (count - 1) for name, took in times.items()}
    print(f"\n{method}, {count} reports, best of {rounds}: seconds per report, papermill's function is x times that")
    print("             with the start    each further")
    for name in times:
        differ = sum(a != b for a, b in zip(results[name], results[next(iter(times))], strict=True))
        columns = [f"{took[name]:8.3f}" + (f"{took['api'] / took[name]:7.2f}" if "api" in took else "      -")
                   for took in (whole, further)]  # fmt: skip
        print(f"  {name:10} {' '.join(columns)}   {f'{differ} results differ' if differ else 'same results'}")
    if {"cxkit 1", "cxkit 2"} <= set(times):
        ratios = (took["cxkit 1"] / took["cxkit 2"] for took in (whole, further))
        print("  2 workers of cxkit are {:.2f} times as fast as 1, {:.2f} times without the start".format(*ratios))


def watch(command: list[str], folder: Path, every: float, look: Callable[[list[psutil.Process]], None]) -> int:
    """Run a command, look at its tree of processes from time to time, and return how it ended."""
    with (folder / "log.txt").open("w") as log, (folder / "errors.txt").open("w") as errors:
        running = subprocess.Popen(command, env=clean(folder), stdout=log, stderr=errors)
        root = psutil.Process(running.pid)
        while running.poll() is None:
            with suppress(psutil.Error):  # processes end while they are looked at
                look([root, *root.children(recursive=True)])
            time.sleep(every)
    return running.returncode


def measure(folder: Path, workers: int) -> int:
    """Print what each kind of process of a batch needs; return the most they need together, by PSS as forks share."""
    seen: dict[int, dict[str, Any]] = {}
    sums: list[int] = []

    def look(tree: list[psutil.Process]) -> None:
        sums.append(0)
        for process in tree:
            with suppress(psutil.Error), process.oneshot():
                now = process.memory_full_info()
                words = " ".join(Path(word).name for word in process.cmdline())
                one = seen.setdefault(process.pid, {"born": process.create_time(), "parent": process.ppid()})
                one |= {kind: max(getattr(now, kind), one.get(kind, 0)) for kind in ("rss", "pss", "uss")}
                one["name"] = f"{process.name()}: {words}"[:60]
                sums[-1] += now.pss

    line = command(f"cxkit {workers}", folder, "")
    began = time.time()
    code = watch(line, folder, 0.05, look)
    first = min((path.stat().st_mtime for path in (folder / "out").rglob("run.json")), default=began)
    print(f"\n{workers} at a time: ended with {code}, first report after {first - began:.2f} s")
    print("  depth count  born s  child s   RSS   PSS   USS  (MB, peaks; child: from birth to the first child)")
    kinds: dict[tuple[int, str], list[int]] = {}
    depth: dict[int, int] = {}
    for pid, one in sorted(seen.items(), key=lambda item: item[1]["born"]):
        depth[pid] = depth.get(one["parent"], -1) + 1
        kinds.setdefault((depth[pid], one["name"]), []).append(pid)
    start = min(one["born"] for one in seen.values())
    for (level, name), pids in sorted(kinds.items()):
        waits = [one["born"] - seen[one["parent"]]["born"] for one in seen.values() if one["parent"] in pids]
        child = f"{min(waits):8.2f}" if waits else "       -"
        peaks = " ".join(f"{max(seen[pid][kind] for pid in pids) / MB:5.0f}" for kind in ("rss", "pss", "uss"))
        print(f"  {level:5} {len(pids):5} {seen[pids[0]]['born'] - start:7.2f} {child} {peaks}  {name}")
    print(f"  all together at most {max(sums) / MB:.0f} MB of PSS")
    return max(sums)


def profile(folder: Path, method: str, count: int, rounds: int) -> None:
    """Print the seconds of each cell: the mean of the reports, and of the first report ever."""
    names, took = cell_seconds(str(find_template(method)), write_surveys(folder, method, count), folder, rounds + 1)
    warm, first = took[1:].min(axis=0).mean(axis=0), took[0, 0]
    print(f"{method}, mean of {count} reports, best of {rounds} after one round to warm up:")
    print("  cell                  seconds   first ever")
    for row in zip([*names, "all"], [*warm, warm.sum()], [*first, first.sum()], strict=True):
        print("  {:20} {:8.4f} {:12.4f}".format(*row))


def soak(folder: Path, method: str, count: int) -> bool:
    """Run a long batch with 2 workers, print how it went, and say whether it stayed healthy."""
    write_surveys(folder, method, count)
    samples: list[tuple[float, int, int, int]] = []  # time, memory and open files of the parent, processes

    def look(tree: list[psutil.Process]) -> None:
        if used := tree[0].memory_info().rss:  # none once it has ended
            samples.append((time.time(), used, tree[0].num_fds(), len(tree)))

    code = watch(command("cxkit 2", folder, ""), folder, 0.2, look)
    time.sleep(1)
    done = np.sort([path.stat().st_mtime for path in (folder / "out").rglob("run.json")])
    when, rss, files, processes = np.array(samples).T
    print(f"soak, {count} reports of {method}\n  reports  seconds  parent MB  open files  processes")
    for k in np.unique(np.linspace(0, len(samples) - 1, 21).astype(int)):
        ready = np.searchsorted(done, when[k])
        print(f"  {ready:7} {when[k] - when[0]:8.0f} {rss[k] / MB:10.0f} {files[k]:11.0f} {processes[k]:10.0f}")
    late = rss[when >= done[min(50, len(done) // 2)]] if len(done) else rss
    growth = (late.max() - late[0]) / MB
    warm = done[10:] if len(done) > 30 else done  # the first 10 are a warm-up
    size = min(100, len(warm) // 2)
    first, last = (
        (float(np.diff(part).mean()) for part in (warm[:size], warm[-size:])) if size > 1 else (np.nan, np.nan)
    )
    left = [process.pid for process in psutil.process_iter() if temporary_folder(process) == str(folder / "tmp")]
    litter = [path.name for path in (folder / "tmp").iterdir()]
    staging = [p.name for p in (folder / "out").rglob(".*") if p.name.startswith((".staging-", ".old-", ".new-"))]
    checks = {
        f"ended with {code}, {len(done)} of {count} reports published": code == 0 and len(done) == count,
        f"processes left: {left or 'none'}": not left,
        f"left in the temporary folder: {litter[:5] or 'nothing'}": not litter,
        f"left in the folder of the reports: {staging[:5] or 'nothing'}": not staging,
        f"the parent grew by {growth:.0f} MB at most after the first 50 reports (at most 100)": growth < 100,
        f"{last:.3f} s per report in the last {size}, {first:.3f} s in the first, without 10 to warm up "
        "(15 % apart at most)": abs(last - first) <= 0.15 * first,
    }  # fmt: skip
    for sentence, good in checks.items():
        print(f"  {'ok    ' if good else 'FAILED'} {sentence}")
    return all(checks.values())


def temporary_folder(process: psutil.Process) -> str:
    """The TMPDIR of a process, by which those of a batch are known even when their parent is gone."""
    try:
        return str(process.environ().get("TMPDIR", ""))
    except (psutil.Error, OSError):
        return ""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--reports", type=int, default=24)
    parser.add_argument("--method", default="nps", choices=SETTINGS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--rivals", metavar="PYTHON", default="", help="interpreter of the rivals")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--soak", type=int, nargs="?", const=1000, metavar="N")
    said = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="factory-") as made:
        folder = Path(made)
        if said.profile:
            profile(folder, said.method, said.reports, said.rounds)
            return
        if said.soak:
            sys.exit(not soak(folder, said.method, said.soak))
        names = [name for name in said.only if name in PARTS[:4]]
        if "ploomber" in names and not said.rivals:
            print("ploomber was left out: name an interpreter that has ploomber-engine with --rivals PYTHON")
            names.remove("ploomber")
        names += ["cxkit 1", "cxkit 2"] if "cxkit" in said.only else []
        if names:
            race(folder, said.method, said.reports, names, said.rivals, said.rounds)
        if "memory" in said.only:
            write_surveys(folder, said.method, said.reports)
            one, two = (measure(folder, workers) for workers in (1, 2))
            print(f"one more worker: {(two - one) / MB:.0f} MB")


if __name__ == "__main__":
    main()
