"""Every procedure that ships runs as its scenarios say, and they exercise all there is of it; the guide's example is true."""

import re
from pathlib import Path

import pytest

from definitions.library import FOLDER, load, procedures
from definitions.rehearsing import FOLDER as SCENARIOS
from definitions.rehearsing import load_book, rehearse_here, report_data, report_lines, scenario_file
from tests.architecture.house import HOME

GUIDE = (HOME / "docs" / "how-to" / "rehearse-a-procedure.md").read_text(encoding="utf-8")


PROCEDURES = sorted(FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("path", PROCEDURES, ids=lambda path: path.stem)
def test_a_shipped_procedure_runs_as_its_scenarios_say(path: Path) -> None:
    procedure = load(path)
    rehearsed = rehearse_here(procedure, load_book(procedure))
    assert rehearsed.passed, "\n".join(report_lines(rehearsed, "en"))
    assert {share.kind: share.missed for share in rehearsed.coverage if share.missed} == {}


def test_every_scenario_file_belongs_to_a_procedure() -> None:
    known = {scenario_file(procedure).name for procedure in procedures().values()}
    assert {path.name for path in SCENARIOS.glob("*.yaml")} == known


def block(kind: str) -> str:
    found = re.search(rf"^```{kind}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def test_the_example_of_the_guide_is_played_as_it_says(tmp_path: Path) -> None:
    path = tmp_path / "annual-review.yaml"
    path.write_text(block("yaml"), encoding="utf-8")
    procedure = procedures()["annual-review"]
    rehearsed = rehearse_here(procedure, load_book(procedure, path))
    assert [one.passed for one in rehearsed.played] == [True, True, True]


def test_the_report_of_the_guide_is_the_one_given(tmp_path: Path) -> None:
    path = tmp_path / "annual-review.yaml"
    path.write_text(block("yaml").replace(", refused: [field_is]", ""), encoding="utf-8")
    procedure = procedures()["annual-review"]
    rehearsed = rehearse_here(procedure, load_book(procedure, path))
    report = "\n".join(report_lines(rehearsed, "en")).replace(f"{tmp_path}/", "")
    assert block("text") in report
    chinese = "\n".join(report_lines(rehearsed, "zh"))
    assert "“两部同意，保留在名单”第 3 步（chen：评定并保留）" in chinese
    assert "此步应能办理，实际被拒绝（field_is.one_of）：" in chinese
    data = report_data(rehearsed, "en")
    assert data["passed"] is False
    [difference] = data["scenarios"][1]["differences"]
    assert (difference["step"], difference["code"]) == (3, "refused")
    assert data["coverage"]["actions"]["missed"]
