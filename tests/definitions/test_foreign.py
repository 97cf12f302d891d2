"""Procedures nobody here has seen run from their files alone: they check clean, and their scenarios go through all of them."""

from pathlib import Path

import pytest

from definitions.library import examine, load
from definitions.rehearsing import load_book, rehearse_here, report_lines

FOLDER = Path(__file__).parent / "foreign"
FILES = sorted(FOLDER.glob("*.yaml"))


def test_there_are_some() -> None:
    assert [path.stem for path in FILES] == ["citizens-assembly", "host-city"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_procedure_nobody_here_has_seen_runs_from_its_file_alone(path: Path) -> None:
    assert examine(path) == ()
    procedure = load(path)
    rehearsed = rehearse_here(procedure, load_book(procedure, FOLDER / "scenarios" / path.name))
    assert rehearsed.passed, "\n".join(report_lines(rehearsed, "en"))
    assert {share.kind: share.missed for share in rehearsed.coverage if share.missed} == {}
