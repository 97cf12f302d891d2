"""The files of the project as the rules about them see it."""

import ast
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HOME = Path(__file__).resolve().parents[2]
PACKAGES = ("workflow", "definitions", "web", "scheduler", "benchmarks")
IGNORED_FOLDERS = frozenset(
    {
        ".venv",
        ".git",
        "var",
        "__pycache__",
        "versions",
        ".hypothesis",
        ".mypy_cache",
        ".ruff_cache",
        ".import_linter_cache",
    }
)


@dataclass(frozen=True, slots=True)
class Module:
    """One Python file."""

    path: Path
    text: str
    tree: ast.Module

    def __str__(self) -> str:
        return str(self.path.relative_to(HOME))


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """The Python files below the folders; migrations are history and follow no rules of size."""
    found = []
    for folder in folders:
        for path in sorted((HOME / folder).rglob("*.py")):
            if not IGNORED_FOLDERS.intersection(path.relative_to(HOME).parts):
                text = path.read_text(encoding="utf-8")
                found.append(Module(path, text, ast.parse(text)))
    return tuple(found)


@cache
def tracked() -> tuple[Path, ...]:
    """What belongs to the project: everything git knows, or, in an unpacked archive, every file that is not made at run time."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=HOME, capture_output=True, check=False)
    if listed.returncode == 0:
        paths = [HOME / name for name in listed.stdout.decode().split("\0") if name]
    else:
        paths = [path for path in HOME.rglob("*") if not IGNORED_FOLDERS.intersection(path.relative_to(HOME).parts)]
    return tuple(path for path in paths if path.is_file())
