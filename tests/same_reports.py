"""Compare two folders of reports number by number: ``python -m tests.same_reports out/before out/after``.

Tables, facts and notes must be equal to 12 digits, and pages byte by byte. Made by ``cxkit demo --out ...`` on two
commits, it tells what a change of the code changed for clients.
"""

import json
import math
import sys
from pathlib import Path
from typing import Any

# What was renamed between two commits, old -> new: terms, columns, keys of facts and codes of notes.
RENAMED: dict[str, str] = {}


def renamed(value: Any) -> Any:
    """The same value with the names of the later commit."""
    if isinstance(value, dict):
        return {RENAMED.get(key, key): renamed(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [renamed(inner) for inner in value]
    return RENAMED.get(value, value) if isinstance(value, str) else value


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal, numbers to 12 digits."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-12)
    return bool(one == other)


def differences(before: Path, after: Path) -> list[str]:
    """What differs between the reports of two folders; raises when there are none to compare."""
    found = []
    reports = sorted(path.relative_to(before).parent for path in before.glob("*/*/result.json"))
    if not reports:
        raise SystemExit(f"{before} holds no reports")
    for report in reports:
        if not (after / report / "result.json").is_file():
            found.append(f"{report}: absent")
            continue
        one, other = (json.loads((folder / report / "result.json").read_text()) for folder in (before, after))
        found += [
            f"{report}: {part}" for part in ("table", "facts", "notes") if not same(renamed(one[part]), other[part])
        ]
        if (before / report / "report.html").read_bytes() != (after / report / "report.html").read_bytes():
            found.append(f"{report}: page")
    print(f"{len(reports)} reports compared")
    return found


if __name__ == "__main__":
    told = differences(Path(sys.argv[1]), Path(sys.argv[2]))
    print("\n".join(told) or "no difference")
    sys.exit(bool(told))
