"""Faulty templates of documents are findings with the file and the line of the text in which they stand."""

from dataclasses import replace
from pathlib import Path

import pytest

from definitions.examples import FRAME, examples
from definitions.explaining import finding_text
from definitions.library import catalogue
from workflow.procedure.findings import Finding, Unsound
from workflow.procedure.loader import parse_procedure
from workflow.procedure.model import Procedure

GOOD = """\
document: paper
title: {en: Paper, zh: 文书}
body:
  en: |
    # {person.name}
    {form.proposal.grounds}
    {person.sex}
  zh: |
    # {person.name}
"""
TEXT = examples()[FRAME].replace(
    "approve: {by: head, to: desk.done}", "approve: {by: head, effects: [{document: {template: paper}}], to: desk.done}"
)


def loaded(folder: Path, template: str | None, text: str = TEXT) -> Procedure:
    files = {}
    if template is not None:
        files["paper"] = folder / "paper.yaml"
        files["paper"].write_text(template, encoding="utf-8")
    assert "template: paper" in text
    return parse_procedure(text, "example.yaml", replace(catalogue(), documents=files))


def findings(folder: Path, template: str | None, text: str = TEXT) -> tuple[Finding, ...]:
    with pytest.raises(Unsound) as unsound:
        loaded(folder, template, text)
    return unsound.value.findings


def test_a_version_keeps_the_template_and_the_words_it_needs(tmp_path: Path) -> None:
    procedure = loaded(tmp_path, GOOD)
    kept = procedure.documents["paper"]
    assert kept.title.en == "Paper"
    assert kept.codes["sex"]["female"].zh == "女"
    assert set(kept.codes) == {"sex"}
    (tmp_path / "paper.yaml").unlink()
    assert Procedure.model_validate_json(procedure.canonical).documents["paper"] == kept, "no file is needed any more"
    changed = loaded(tmp_path, GOOD.replace("# {person.name}", "# On {person.name}"))
    assert changed.digest != procedure.digest, "another text is another version"


FAULTS = {
    "nothing of the name": (("{person.sex}", "{person.secret}"), "unknown_placeholder", 7),
    "an answer nobody gives": (("{form.proposal.grounds}", "{form.proposal.nothing}"), "unknown_fact", 6),
    "a form that is none": (("  zh: |\n    # {person.name}", "  zh: |\n    {form.nothing.x}"), "unknown_fact", 9),
    "a state that is none": (("{person.sex}", "{outcome.desk.nothing}"), "unknown_state", 7),
    "a brace too few": (("{person.sex}", "{person.sex"), "placeholder_broken", 7),
    "a brace too many": (("# {person.name}\n    {form", "# person.name}\n    {form"), "placeholder_broken", 5),
    "a call": (("{person.sex}", "{person.name.upper()}"), "placeholder_broken", 7),
    "a key nobody knows": (("title:", "titel:"), "unknown_key", 2),
    "no title": (("title: {en: Paper, zh: 文书}\n", ""), "missing_key", 1),
    "not YAML": (("title: {", "title: {{"), "yaml_syntax", None),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_by_the_file_and_line_of_the_template(tmp_path: Path, name: str) -> None:
    (old, new), code, line = FAULTS[name]
    assert old in GOOD
    found = findings(tmp_path, GOOD.replace(old, new, 1))
    named = [one for one in found if one.code == code]
    assert named, [one.code for one in found]
    if name != "no title":
        assert named[0].file == str(tmp_path / "paper.yaml")
        assert line in {named[0].line, None}
    for language in ("en", "zh"):
        assert finding_text(named[0], language).startswith(f"{named[0].file}:{named[0].line}: ")


def test_a_template_nobody_wrote_is_a_fault_of_the_effect(tmp_path: Path) -> None:
    found = findings(tmp_path, None)
    assert [(one.code, one.file) for one in found] == [("unknown_document", "example.yaml")]
    assert TEXT.splitlines()[found[0].line - 1].strip().startswith("approve:")
