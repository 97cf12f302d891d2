"""Code tables of the office: each code with its GB number and words in both languages."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from workflow.procedure.source import read_source

FOLDER = Path(__file__).parent
Table = Mapping[str, Mapping[str, str]]


@cache
def tables() -> Mapping[str, Table]:
    """Table → code → {gb, en, zh}, in the order of the files."""
    return {
        path.stem: read_source(path.read_text(encoding="utf-8"), path.name).value
        for path in sorted(FOLDER.glob("*.yaml"))
    }
