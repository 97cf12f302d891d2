"""`./run procedures simulate`: tables for a person, an object for a program, a drawing, and faults by file and line."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from definitions.durations import FOLDER
from definitions.library import procedures
from web.commands.procedures import command
from workflow.simulation.assumptions import load_assumptions


def run(*words: str) -> Result:
    return CliRunner().invoke(command, ["simulate", *words, "--from", "2026-09-07"])


def test_the_same_seed_prints_the_same() -> None:
    first, again = (
        run("annual-review", "--cases", "20", "--seed", "3"),
        run("annual-review", "--cases", "20", "--seed", "3"),
    )
    assert first.exit_code == 0
    assert first.output == again.output
    assert "ottleneck" in first.output
    assert "Earliest lawful day" in first.output


def test_tables_are_in_the_language_asked_for() -> None:
    said = run("annual-review", "--cases", "20", "--lang", "zh").output
    assert "最早合法日期" in said
    assert "保留" in said
    columns = ("环节", "角色", "结局", "中位")
    assert all(column in said for column in columns)
    assert not [line for line in said.splitlines() if line and line[0].isascii() and line[0].isalpha()]


def test_everything_is_there_as_json_and_the_drawing_as_a_file(tmp_path: Path) -> None:
    svg = tmp_path / "times.svg"
    told = run("reserve-official", "--cases", "20", "--json", "--svg", str(svg), "--lang", "zh")
    found = json.loads(told.output)
    assert sum(end["cases"] for end in found["ends"]) == 20
    assert {end["outcome"]: end["on"] for end in found["earliest"]["ends"]}["listed"] == "2026-09-15"
    assert "各环节用时" in svg.read_text(encoding="utf-8")


def test_a_fault_in_the_durations_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "durations.yaml"
    path.write_text("arrivals: 3\nroles: {nobody: {people: 1}}\n", encoding="utf-8")
    told = run("annual-review", "--durations", str(path))
    assert told.exit_code == 1
    assert f"{path}:2: " in told.output


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_durations_that_ship_fit_their_procedures(path: Path) -> None:
    load_assumptions(path, procedures()[path.stem])


def test_a_procedure_there_is_not_is_said_in_words() -> None:
    assert "There is no procedure nothing." in run("nothing").output
