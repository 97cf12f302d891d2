"""The score card names every pattern once, every proof exists and plays, and the page is up to date."""

from functools import cache
from pathlib import Path

import pytest

from definitions.explaining import finding_text
from definitions.rehearsing import rehearse_here, report_lines
from definitions.scorecard import CARD, FOLDER, book_of, card_page, examples_of_patterns, load_card, scenarios_of
from tests.architecture.house import HOME
from workflow.procedure.findings import Unsound
from workflow.rehearsal.running import Rehearsed

PAGE = HOME / "docs" / "reference" / "workflow-patterns.md"
PATTERNS = {**load_card().control_flow, **load_card().resource}
SHOWN = [(number, key, title) for number, one in PATTERNS.items() for key, title in one.shown.items()]


@cache
def played(key: str) -> Rehearsed:
    return rehearse_here(scenarios_of(key)[0], book_of(key))


def test_every_pattern_stands_once() -> None:
    card = load_card()
    assert list(card.control_flow) == [f"WCP-{number}" for number in range(1, 44)]
    assert list(card.resource) == [f"WRP-{number}" for number in range(1, 44)]


def test_as_much_is_supported_as_the_card_was_made_for() -> None:
    card = load_card()
    counts = [sum(one.verdict == "supported" for one in part.values()) for part in (card.control_flow, card.resource)]
    assert counts[0] >= 40
    assert counts[1] >= 38


@pytest.mark.parametrize(("number", "key", "title"), SHOWN, ids=[number for number, _, _ in SHOWN])
def test_the_rehearsal_that_proves_a_pattern_exists_and_plays(number: str, key: str, title: str) -> None:
    found = [one for one in played(key).played if one.script.title.en == title]
    assert len(found) == 1, f"{number}: {key} has no scenario {title}"
    assert found[0].passed, "\n".join(report_lines(played(key), "en"))


@pytest.mark.parametrize("key", sorted(examples_of_patterns()))
def test_a_small_procedure_runs_as_its_scenarios_say(key: str) -> None:
    assert played(key).passed, "\n".join(report_lines(played(key), "en"))
    assert {share.kind: share.missed for share in played(key).coverage}["actions"] == ()


def test_every_small_procedure_has_scenarios_and_proves_something() -> None:
    names = {path.name for path in FOLDER.glob("*.yaml")}
    assert names == {path.name for path in (FOLDER / "scenarios").glob("*.yaml")}
    assert names <= {f"{key}.yaml" for _, key, _ in SHOWN}


def test_the_page_is_fresh() -> None:
    """Made anew by `./run procedures patterns --output docs/reference/workflow-patterns.md`."""
    assert PAGE.read_text(encoding="utf-8") == card_page(load_card())


@pytest.mark.parametrize(
    ("written", "faulty"),
    [
        ("verdict: supported, shown: {annual-review: Kept on the list}, how", "verdict: supported, how"),
        ("verdict: supported, shown: {annual-review: Kept on the list}", "verdict: yes"),
        ("name: Sequence,", "name: Sequence, proof: none,"),
    ],
)
def test_a_faulty_line_of_the_card_is_named_in_both_languages(tmp_path: Path, written: str, faulty: str) -> None:
    text = CARD.read_text(encoding="utf-8")
    path = tmp_path / "patterns.yaml"
    path.write_text(text.replace(written, faulty, 1), encoding="utf-8")
    with pytest.raises(Unsound) as caught:
        load_card(path)
    [finding] = caught.value.findings
    assert finding.line == text[: text.index(written)].count("\n") + 1
    assert finding_text(finding, "zh") != finding_text(finding, "en")
