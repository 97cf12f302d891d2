"""`./run procedures diff`: files and published versions side by side; the exit status says whether they differ."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from definitions.library import FOLDER
from tests.fixtures.office import Office
from web.commands.procedures import command


@pytest.fixture
def changed_file(tmp_path: Path) -> Path:
    text = (FOLDER / "annual-review.yaml").read_text(encoding="utf-8")
    path = tmp_path / "changed.yaml"
    path.write_text(
        text.replace("escalate: {after: 7, to: organization_head}", "escalate: {after: 9, to: organization_head}")
    )
    return path


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(command, ["diff", *map(str, words)])
    return result.exit_code, result.output


def test_the_same_file_twice(changed_file: Path) -> None:
    assert run(changed_file, changed_file) == (0, "The two versions have the same rules.\n")


def test_two_files(changed_file: Path) -> None:
    status, output = run(FOLDER / "annual-review.yaml", changed_file)
    assert status == 1
    assert output.splitlines() == [
        "Joint review › Joint review by two departments › deadline › report of delay: Days after: 7 → 9",
        "Grade and result › To be graded › deadline › report of delay: Days after: 7 → 9",
    ]


def test_a_published_version_against_a_file_in_chinese(
    office: Office, monkeypatch: pytest.MonkeyPatch, changed_file: Path
) -> None:
    monkeypatch.setenv("SELECTION_DATABASE_URL", office.database.url)
    status, output = run("annual-review@1", changed_file, "--lang", "zh")
    assert status == 1
    assert "联合考核 › 两部联合考核 › 办理期限 › 逾期报告：逾期天数：7 → 9" in output


@pytest.mark.parametrize("missing", ["annual-review@9", "nothing@1", "annual-review@x", "nothing.yaml"])
def test_what_is_not_there_is_an_error_and_no_difference(
    office: Office, monkeypatch: pytest.MonkeyPatch, changed_file: Path, missing: str
) -> None:
    monkeypatch.setenv("SELECTION_DATABASE_URL", office.database.url)
    status, output = run(missing, changed_file)
    assert status == 2
    assert missing.partition("@")[0] in output


def test_an_unsound_file_is_named_with_its_line(tmp_path: Path, changed_file: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text("procedure: x\n")
    status, output = run(path, changed_file)
    assert status == 2
    assert f"{path}:1:" in output
