"""Conditions: what they say of facts, known and unknown, and that nothing else can be written."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from workflow.engine.conditions import holds, needs_of
from workflow.procedure.conditions import Condition

FACTS: dict[str, Any] = {
    "form.values": {
        "sum": 12,
        "ok": True,
        "kinds": ["a", "b"],
        "day": "2026-03-02",
        "money": "12.50",
        "rows": [{"by": "a"}, {"by": "b"}, {"by": "a"}, {}],
    },
    "case.category": "reserve",
    "children.elected": 0,
    "person.age": None,
    "form.report.grade": "good",
    "form.report.wish": "good",
    "round.opens_date": "2026-03-02",
}
TRUE = [
    {"this": "field.sum", "equals": 12},
    {"this": "field.sum", "at_least": 12, "at_most": 12},
    {"this": "field.ok", "equals": "yes"},
    {"this": "field.ok", "equals": True},
    {"this": "field.kinds", "one_of": ["b", "c"]},
    {"this": "field.kinds", "at_least": 2},
    {"this": "field.money", "at_least": 12, "at_most": 13},
    {"this": "field.rows.by.a", "equals": 2},
    {"this": "field.none.by.a", "equals": 0},
    {"this": "field.day", "at_most": "2026-03-02"},
    {"this": "field.day", "same_as": "round.opens_date"},
    {"this": "form.report.grade", "same_as": "form.report.wish"},
    {"this": "case.category", "none_of": ["youth"]},
    {"this": "children.elected", "equals": 0},
    {"this": "person.age", "is_set": False},
    {"this": "person.age", "none_of": [40]},
    {"not": {"this": "person.age", "at_least": 1}},
    {"any": [{"this": "field.sum", "equals": 1}, {"this": "field.sum", "equals": 12}]},
    {"all": [{"this": "field.sum", "at_least": 1}, {"not": {"this": "case.category", "equals": "youth"}}]},
]
FALSE = [
    {"this": "field.sum", "equals": True},
    {"this": "field.ok", "equals": "no"},
    {"this": "field.ok", "at_least": 1},
    {"this": "field.ok", "at_most": 1},
    {"this": "field.money", "at_least": 13},
    {"this": "case.category", "at_most": 3},
    {"this": "field.absent", "at_most": 5},
    {"this": "field.absent", "differs_from": "field.sum"},
    {"this": "person.age", "is_set": True},
    {"this": "field.day", "at_least": "2026-03-03"},
    {"this": "case.category", "at_least": 3},
    {"all": [{"this": "field.sum", "equals": 12}, {"this": "field.sum", "equals": 1}]},
]
REFUSED = [
    {},
    {"this": "field.sum"},
    {"equals": 3},
    {"all": []},
    {"this": "field.sum", "equals": 1, "any": [{"this": "a", "equals": 1}]},
    {"this": "__import__('os')", "equals": 1},
    {"this": "field.sum", "matches": ".*"},
]


@pytest.mark.parametrize("written", TRUE, ids=str)
def test_it_holds(written: dict[str, Any]) -> None:
    assert holds(Condition.model_validate(written), FACTS)


@pytest.mark.parametrize("written", FALSE, ids=str)
def test_it_does_not_hold(written: dict[str, Any]) -> None:
    assert not holds(Condition.model_validate(written), FACTS)


@pytest.mark.parametrize("written", REFUSED, ids=str)
def test_nothing_else_is_a_condition(written: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Condition.model_validate(written)


def test_it_names_what_has_to_be_gathered() -> None:
    written = {
        "all": [{"this": "field.sum", "same_as": "form.report.sum"}, {"not": {"this": "parent.state", "is_set": True}}]
    }
    assert needs_of(Condition.model_validate(written)) == {"form.values", "form.report.sum", "parent.state"}


@given(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.lists(st.text(max_size=3), max_size=3))
)
def test_negation_is_the_opposite_whatever_the_fact(value: Any) -> None:
    for comparison in (
        {"equals": 3},
        {"at_least": 3},
        {"at_most": "2026-01-01"},
        {"one_of": ["a", 3]},
        {"is_set": True},
    ):
        said = Condition.model_validate({"this": "person.age", **comparison})
        denied = Condition.model_validate({"not": {"this": "person.age", **comparison}})
        assert holds(said, {"person.age": value}) is not holds(denied, {"person.age": value})


def test_what_is_written_comes_back_from_json() -> None:
    written = {"all": [{"this": "field.sum", "one_of": [1, "a", True]}, {"not": {"this": "field.x", "is_set": False}}]}
    condition = Condition.model_validate(written)
    text = condition.model_dump_json(exclude_defaults=True, by_alias=True)
    assert Condition.model_validate_json(text) == condition
