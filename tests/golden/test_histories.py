"""What was published stays what it was: frozen texts, and histories that come to the same states by the same rules."""

import hashlib
from pathlib import Path

import pytest

from definitions.library import procedures
from tests.golden.__main__ import HISTORIES
from tests.golden.histories import LONG_TEXT, frozen, frozen_file, frozen_files, histories, histories_file, keep
from tests.golden.replaying import retell
from workflow.engine.decide import compile_procedure
from workflow.procedure.model import Procedure

KEPT = [pytest.param(path, id=f"{path.parent.name}-{path.stem}") for path in frozen_files()]


@pytest.mark.parametrize("key", sorted(procedures()))
def test_the_rules_that_ship_are_a_version_that_is_kept(key: str) -> None:
    path = frozen_file(procedures()[key])
    assert path.exists(), f"The rules of {key} changed: add a new version with `python -m tests.golden {key}`."


@pytest.mark.parametrize("path", KEPT)
def test_a_frozen_text_is_still_read_as_the_same_rules(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert hashlib.sha256(text.encode()).hexdigest()[:LONG_TEXT] == path.stem, "the file itself was changed"
    procedure = frozen(path)
    assert procedure.canonical == text, "the language reads these rules otherwise than when they were published"
    assert procedure.procedure == path.parent.name


@pytest.mark.parametrize("path", KEPT)
def test_old_histories_come_to_the_same_states(path: Path) -> None:
    compiled = compile_procedure(frozen(path))
    told = list(histories(path))
    assert len(told) >= HISTORIES >= 50
    for number, story in enumerate(told, 1):
        state = ""
        for seq, line in enumerate(story, 1):
            came_to = retell(compiled, state, line)
            place = f"{path.stem}, history {number}, event {seq} ({line['action']} in {state or '–'})"
            assert came_to.reasons == (), place
            assert came_to.state == line["to"], place
            state = came_to.state
    events = sum(len(story) for story in told)
    assert events > 3 * len(told), "histories in which nothing happens prove nothing"


@pytest.mark.parametrize("path", KEPT)
def test_histories_go_most_ways(path: Path) -> None:
    procedure = frozen(path)
    seen = {line["to"] for story in histories(path) for line in story}
    stay = set(procedure.states_at_work)
    assert len(seen & stay) >= 0.5 * len(stay), sorted(stay - seen)


def altered(path: Path, old: str, new: str) -> Procedure:
    text = path.read_text(encoding="utf-8")
    assert old in text
    return Procedure.model_validate_json(text.replace(old, new))


def test_a_rule_that_is_decided_otherwise_is_noticed() -> None:
    """The other side: a stricter rule makes histories impossible that happened."""
    path = frozen_file(procedures()["reserve-official"])
    stricter = altered(
        path,
        '"name":"education","params":{"at_least":',
        '"name":"age","params":{"at_most":20},"cites":["x"]},{"name":"education","params":{"at_least":',
    )
    compiled = compile_procedure(stricter)
    refused = 0
    for story in histories(path):
        state = ""
        for line in story:
            try:
                came_to = retell(compiled, state, {**line, "facts": {"person.age": 36, **line["facts"]}})
            except KeyError:  # a fact the stricter rule asks for and nobody kept
                refused += 1
                break
            refused += bool(came_to.reasons)
            state = line["to"]
    assert refused > 0


def test_the_same_histories_are_kept_as_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = frozen_file(procedures()["annual-review"])
    told = list(histories(path))
    monkeypatch.setattr("tests.golden.histories.FOLDER", tmp_path)
    again = keep(frozen(path), told)
    assert again.read_bytes() == path.read_bytes()
    assert histories_file(again).read_bytes() == histories_file(path).read_bytes()
