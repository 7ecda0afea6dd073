"""Reports of some companies from one file of ten million answers: ``python -m tests.benchmarks.big_file``.

Prints seconds per report and the peak memory of every process, which must stay below 1 GB, and compares every number
with one SQL query on the file.
"""

import argparse
import os
import tempfile
import threading
import time
from pathlib import Path

import duckdb
import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from cxkit.result import Result

ITEMS = ("ease", "trust", "appeal", "return")
LIMIT = 10**9


def generate(path, rows, companies, chunk=500_000, seed=1):
    """Write a survey in which the companies come in no order, so that no part of the file can be skipped."""
    rng = np.random.default_rng(seed)
    names = pa.array([f"company {k:04d}" for k in range(companies)])
    level = rng.normal(0, 1, companies)
    writer = None
    for start in range(0, rows, chunk):
        n = min(chunk, rows - start)
        company = rng.integers(0, companies, n)

        def answers(low, high, missing, n=n, company=company):
            mean = low + 0.7 * (high - low) + level[company]
            scores = np.clip(np.round(rng.normal(mean, 2)), low, high).astype("int8")
            return pa.array(scores, mask=rng.random(n) < missing)

        table = pa.table(
            {
                "respondent": pa.array([f"r{k:08d}" for k in range(start, start + n)]),
                "company": names.take(pa.array(company)),
                "segment": pa.array(["Shop", "Web", "App"]).take(pa.array(rng.integers(0, 3, n))),
                "wave": pa.array(rng.integers(2024, 2026, n)),
                "weight": pa.array(np.round(rng.uniform(0.2, 3, n), 3)),
                "recommend": answers(0, 10, 0.03),
                **{item: answers(1, 10, 0.05) for item in ITEMS},
            }
        )
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    writer.close()
    return path


def truth(path):
    """Rows, answers, weighted NPS and weighted means of every company by one SQL query, in the order of names."""
    parts = ['count(*) AS "rows"']
    for item in ("recommend", *ITEMS):
        answered = f'FILTER ("{item}" IS NOT NULL)'
        parts.append(f'count("{item}") AS "n_{item}"')
        parts.append(f'sum(weight * "{item}") / sum(weight) {answered} AS "mean_{item}"')
    parts.append(
        "100 * (sum(CASE WHEN recommend >= 9 THEN weight WHEN recommend <= 6 THEN -weight ELSE 0 END)"
        " FILTER (recommend IS NOT NULL)) / sum(weight) FILTER (recommend IS NOT NULL) AS nps"
    )
    with duckdb.connect() as con:
        con.execute("SET enable_progress_bar = false")
        query = con.execute(
            f"SELECT company, {', '.join(parts)} FROM read_parquet(?) GROUP BY company ORDER BY company", [str(path)]
        )
        names = [column[0] for column in query.description]
        return {row[0]: dict(zip(names, row, strict=True)) for row in query.fetchall()}


def config_file(folder, data, companies):
    config = {
        "data": data.name,
        "split_by": "company",
        "methods": {
            "nps": {"score": "recommend", "scale": [0, 10], "weight": "weight", "respondent": "respondent"},
            "scaling": {"items": list(ITEMS), "scale": [1, 10], "weight": "weight", "respondent": "respondent"},
        },
        "clients": [{"client": f"c{k}", "value": company} for k, company in enumerate(companies)],
    }
    (folder / "clients.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    return folder / "clients.yml"


class Memory(threading.Thread):
    """The peak of resident memory of this process and of every process below it."""

    def __init__(self):
        super().__init__(daemon=True)
        self.peaks, self.ended = {}, threading.Event()

    def run(self):
        while not self.ended.wait(0.05):
            for process in (own := psutil.Process(), *own.children(recursive=True)):
                try:
                    name = "this process" if process.pid == os.getpid() else f"{process.name()} {process.pid}"
                    self.peaks[name] = max(self.peaks.get(name, 0), process.memory_info().rss)
                except psutil.Error:  # it ended meanwhile
                    continue

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.join()


def same(out, job, company, expected):
    """Assert that a report's numbers are those of the query."""
    result = Result.from_json((out / job.folder / "result.json").read_text(encoding="utf-8"))

    def check(term, name, item):
        row = result.rows(item=item, term=term, group="", wave="").iloc[0]
        assert row["n"] == expected[f"n_{item}"], (company, item)
        assert abs(row["estimate"] - expected[name]) < 1e-9, (company, item, term)

    if job.method == "nps":
        check("nps", "nps", "recommend")
    for item in ["recommend"] if job.method == "nps" else ITEMS:
        check("mean", f"mean_{item}", item)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--companies", type=int, default=1_000)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--folder", type=Path, help="where the file is written, or found again; a temporary one")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        data = folder / f"answers-{given.rows}-{given.companies}.parquet"
        if not data.exists():
            start = time.perf_counter()
            generate(folder / "part", given.rows, given.companies).rename(data)
            print(
                f"{given.rows:,} rows of {given.companies:,} companies written in {time.perf_counter() - start:.0f} s"
            )
        return batch(data, given.clients, Path(temporary))


def batch(data, clients, temporary):
    from cxkit.batch.config import read_config
    from cxkit.batch.loop import run
    from cxkit.batch.plan import plan

    expected = truth(data)
    chosen = list(expected)[:: max(1, len(expected) // clients)][:clients]
    start = time.perf_counter()
    jobs = plan(read_config(config_file(data.parent, data, chosen)), data.parent)
    planned = time.perf_counter() - start
    with Memory() as memory:
        start = time.perf_counter()
        rows, _ = run(jobs, temporary / "out")
        seconds = time.perf_counter() - start
    assert [row.reason for row in rows if row.status != "published"] == []
    for job in jobs:
        company = job.parameters["where"]["company"]
        same(temporary / "out", job, company, expected[company])
    print(
        f"planned in {planned:.2f} s, {len(rows)} reports in {seconds:.0f} s, {seconds / len(rows):.2f} s per report"
    )
    print(f"NPS, answers and means of {len(chosen)} clients equal those of one SQL query")
    for name, peak in sorted(memory.peaks.items(), key=lambda pair: -pair[1])[:10]:
        print(f"{peak / 2**20:6.0f} MiB  {name}")
    peak = max(memory.peaks.values())
    print(f"peak of one process {peak / 1e9:.2f} GB of {len(memory.peaks)} processes (must be below 1)")
    return peak < LIMIT


if __name__ == "__main__":
    raise SystemExit(not main())
