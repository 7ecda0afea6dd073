"""Count lines of code, without blank lines, comments and docstrings: ``python -m tests.size``."""

import ast
import io
import tokenize
from pathlib import Path

from tests.conftest import ROOT

SILENT = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def code_lines(source: str) -> set[int]:
    """The numbers of the lines that hold code."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in SILENT:
            lines |= set(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, Documented) and ast.get_docstring(node, clean=False) is not None:
            lines -= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    return lines


def longest_functions(path: Path) -> list[tuple[int, str]]:
    """The functions of a module with their lines of code, the longest first."""
    source = path.read_text(encoding="utf-8")
    lines = code_lines(source)
    functions = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef))
    found = [(len(lines & set(range(f.lineno, (f.end_lineno or 0) + 1))), f.name) for f in functions]
    return sorted(found, reverse=True)


def main() -> None:
    """Print the lines of code of each folder, all of them, and the longest functions."""
    folders: dict[str, int] = {}
    functions = []
    for path in sorted((ROOT / "cxkit").rglob("*.py")):
        folder = str(path.parent.relative_to(ROOT))
        folders[folder] = folders.get(folder, 0) + len(code_lines(path.read_text(encoding="utf-8")))
        functions += [(n, f"{path.relative_to(ROOT)}: {name}") for n, name in longest_functions(path)]
    for folder, n in folders.items():
        print(f"{n:6,}  {folder}")
    print(f"{sum(folders.values()):6,}  together")
    for n, name in sorted(functions, reverse=True)[:10]:
        print(f"{n:6}  {name}")


if __name__ == "__main__":
    main()
