"""The JSON Schema for editors: what ships passes, what the loader refuses in form it refuses, short forms and all."""

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from definitions.library import FOLDER
from tests.architecture.house import HOME
from tests.web.test_front_door import run
from workflow.engine.effects import REGISTRY as EFFECTS
from workflow.engine.guards import REGISTRY as GUARDS
from workflow.procedure.model import Procedure
from workflow.procedure.parts import Part
from workflow.procedure.schema import language_schema, parts_of, unknown_short_forms

SCHEMA = language_schema(GUARDS, EFFECTS)
TEXT = (FOLDER / "reserve-official.yaml").read_text(encoding="utf-8")


def faults(text: str) -> list[str]:
    """What the schema says of a text read as plain YAML."""
    value = YAML(typ="safe", pure=True).load(text)
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(SCHEMA).iter_errors(value)]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_procedure_that_ships_passes(path: Path) -> None:
    assert faults(path.read_text(encoding="utf-8")) == []


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


ACCEPTED = [
    ("by: nominator\n", "by: [nominator, secretary]\n"),
    ("at_most: {reserve: 45, youth: 35}", "at_most: 45"),
    ("round_open: {}", "round_open:"),
    ("- round_open: {}", "- {name: round_open, params: {}}"),
    ("- round_open: {}", "- {name: age, params: {at_most: 45}, cites: work-rules/6}"),
    ("of: {chosen: assessor}", "of: [assessor]"),
    ("of: {chosen: assessor}", "of: {roles: [assessor]}"),
    ("present: 2/3", "present: 0.5"),
    ("present: 2/3", "present: 1"),
    ("opinions: [assessed]", "opinions: [assessed, doubtful]"),
    ("cites: work-rules/11\n", "cites: [work-rules/11, work-rules/9]\n"),
]


@pytest.mark.parametrize(("old", "new"), ACCEPTED)
def test_short_and_long_forms_pass(old: str, new: str) -> None:
    assert old in TEXT
    assert faults(TEXT.replace(old, new, 1)) == []


REFUSED = [
    ("prefix: RO", "prefix: reserve"),
    ("prefix: RO\n", ""),
    ("starts: recommendation.draft", "starts: draft"),
    ("starts: recommendation.draft", "starts: no"),
    ("title: {en: Nomination, zh: 推荐表}", "title: Nomination"),
    ("title: {en: Nomination, zh: 推荐表}", "title: {en: Nomination}"),
    ("type: long_text", "type: essay"),
    ("max_length: 2000", "max_length: many"),
    ("max_length: 2000", "max_length: 0"),
    ("required: true", "required: 1"),
    ("weight: 30", "weight: 130"),
    ("holds: officer", "hold: officer"),
    ("by: nominator\n", "by: []\n"),
    ("by: nominator\n", "by: {role: nominator}\n"),
    ("tone: primary", "tone: loud"),
    ("- round_open: {}", "- round_open"),
    ("- round_open: {}", "- rounds_open: {}"),
    ("- round_open: {}", "- {round_open: {}, age: {}}"),
    ("- round_open: {}", "- {name: rounds_open, params: {}}"),
    ("- round_open: {}", "- {name: age, params: {at_mots: 3}}"),
    ("- round_open: {}", "- notify: {to: nominator, template: case_closed}"),
    ("education: {at_least: bachelor", "education: {at_least: genius"),
    ("education: {at_least: bachelor", "education: {at_most: bachelor"),
    ("at_most: {reserve: 45, youth: 35}", "at_most: {reserve: old}"),
    ("at_most: {reserve: 45, youth: 35}", "at_most: {Reserve: 45}"),
    ("effects: [{notify: {to: nominator,", "effects: [{notify: {for: nominator,"),
    ("effects: [{notify: {to: nominator, template: exception_answered}}]", "effects: [{age: {at_most: 3}}]"),
    ("of: {chosen: assessor}", "of: {chosen: assessor, roles: [member]}"),
    ("of: {chosen: assessor}", "of: {}"),
    ("of: {chosen: assessor}", "of: []"),
    ("present: 2/3", "present: most"),
    ("present: 2/3", "present: 1.5"),
    ("rule: majority", "rule: loudest"),
    ("working_days: 10, remind", "working_days: 10, days: 4, remind"),
    ("working_days: 10, remind", "remind"),
    ("remind: [-3, 0]", "remind: [soon]"),
    ("notice: {working_days: 5", "notice: {working_days: 500"),
    ("final: listed", "final: [listed]"),
]


@pytest.mark.parametrize(("old", "new"), REFUSED)
def test_what_is_wrong_in_form_is_refused(old: str, new: str) -> None:
    assert old in TEXT
    assert faults(TEXT.replace(old, new, 1)) != []


def test_every_short_form_of_the_models_is_known() -> None:
    """A validator that accepts more than its model needs a line in the tables of the schema."""
    assert unknown_short_forms(Procedure) == frozenset()
    for part in (*GUARDS.values(), *EFFECTS.values()):
        assert unknown_short_forms(part) == frozenset()


def _described(part: type[Part], schema: dict[str, Any]) -> bool:
    inner = next((way for way in schema.get("anyOf", ()) if "properties" in way), schema)
    return bool(inner.get("description")) and set(inner["properties"]) >= {
        field.alias or key for key, field in part.model_fields.items()
    }


def test_every_part_guard_and_effect_is_in_it_with_its_docstring() -> None:
    parts = [part for part in parts_of(Procedure) if part.__name__ != "Use"]
    assert [part.__name__ for part in parts if not _described(part, SCHEMA["$defs"][part.__name__])] == []
    for kind, registry in (("Guard", GUARDS), ("Effect", EFFECTS)):
        short, long = SCHEMA["$defs"][kind]["anyOf"]
        assert set(short["properties"]) == set(long["properties"]["name"]["enum"]) == set(registry)
        assert [key for key, part in registry.items() if not _described(part, SCHEMA["$defs"][f"{kind}.{key}"])] == []


def test_the_command_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "editor" / "procedure.schema.json"
    result = run("procedures", "schema", "--output", str(path), home=HOME)
    assert (result.returncode, result.stdout) == (0, "")
    assert path.read_text(encoding="utf-8") == run("procedures", "schema", home=HOME).stdout
