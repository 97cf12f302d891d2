"""Every construct of the language has an example that works, and the reference page shows them as they are."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from definitions.examples import FRAME, examples, framed, merged
from definitions.library import examine
from tests.architecture.house import HOME
from workflow.engine.effects import REGISTRY as EFFECTS
from workflow.engine.facts import CATALOGUE, FAMILIES
from workflow.engine.guards import REGISTRY as GUARDS
from workflow.procedure.meanings import meaning, meanings
from workflow.procedure.reference import Construct, constructs, reference_page, words_wanted
from workflow.procedure.schema import language_schema

PAGE = HOME / "docs" / "reference" / "language.md"
CONSTRUCTS = constructs(GUARDS, EFFECTS)
SCHEMA = Draft202012Validator(language_schema(GUARDS, EFFECTS))


def plain(name: str) -> Any:
    return YAML(typ="safe", pure=True).load(examples()[name])


def said(value: Any) -> Iterator[str]:
    """Every key and every single value of an example."""
    if isinstance(value, dict):
        yield from (str(key) for key in value)
        for inner in value.values():
            yield from said(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from said(inner)
    else:
        yield str(value)


def uses(value: Any) -> Iterator[str]:
    """The names of guards and effects that an example uses in their short form."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from uses(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from inner if isinstance(inner, dict) else ()
            yield from uses(inner)


@pytest.mark.parametrize("name", sorted(examples()))
def test_every_example_is_a_sound_procedure_and_right_by_the_schema(name: str) -> None:
    assert framed(name).procedure == "example"
    assert [error.message for error in SCHEMA.iter_errors(merged(plain(FRAME), plain(name)))] == []


def test_every_construct_has_one_example_and_every_example_its_construct() -> None:
    assert sorted(construct.example for construct in CONSTRUCTS) == sorted(examples())


@pytest.mark.parametrize("construct", CONSTRUCTS, ids=lambda construct: construct.example)
def test_an_example_shows_every_key_and_value_of_its_construct(construct: Construct) -> None:
    example = plain(construct.example)
    wanted = words_wanted(construct.part) if construct.kind == "Part" else frozenset(construct.part.model_fields)
    assert wanted - set(said(example)) == frozenset()
    assert construct.kind == "Part" or construct.name in set(uses(example))


@pytest.mark.parametrize("construct", CONSTRUCTS, ids=lambda construct: construct.example)
def test_every_construct_and_key_says_what_it_means(construct: Construct) -> None:
    assert len(meaning(construct.part)) > 10
    assert [key for key in construct.part.model_fields if not meanings(construct.part).get(key)] == []


def test_the_page_is_fresh() -> None:
    """Made anew by `./run procedures reference --output docs/reference/language.md`."""
    assert PAGE.read_text(encoding="utf-8") == reference_page(GUARDS, EFFECTS, examples(), CATALOGUE, FAMILIES)


def test_laying_over_merges_mappings_replaces_lists_and_takes_away_what_is_null() -> None:
    below = {"kept": 1, "list": [1, 2], "inner": {"a": 1, "b": 2}, "gone": 3}
    above = {"list": [3], "inner": {"b": 4, "c": 5}, "gone": None}
    assert merged(below, above) == {"kept": 1, "list": [3], "inner": {"a": 1, "b": 4, "c": 5}}


def test_examples_do_what_they_seem_to(tmp_path: Path) -> None:
    """No panel that comes to nothing, no reminder that is never sent; names for opinions are the office's business."""
    doubts: dict[str, set[str]] = {}
    for name in examples():
        path = tmp_path / f"{name}.yaml"
        path.write_text(json.dumps(merged(plain(FRAME), plain(name)), ensure_ascii=False), encoding="utf-8")
        codes = {finding.code for finding in examine(path)} - {"action_untitled", "opinion_unnamed", "role_unused"}
        doubts |= {name: codes} if codes else {}
    assert doubts == {}
