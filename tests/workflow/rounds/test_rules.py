"""Who calls, surveys, compares and nominates follows from the procedure alone."""

import pytest

from workflow.context import Actor, Holding
from workflow.procedure.model import Procedure
from workflow.rounds.rules import bodies_nominated_for, may_call, may_compare, may_survey, nominating_holds


def actor(body: str, role: str) -> Actor:
    return Actor(account_id=1, name="x", holdings=(Holding(1, 10, body, role),))


@pytest.mark.parametrize(
    ("body", "role", "rights"),
    [
        ("organization", "officer", {"call", "survey", "compare"}),
        ("organization", "head", {"survey", "compare"}),
        ("united_front", "head", {"survey", "compare"}),
        ("personnel", "head", {"survey"}),
        ("organization", "assessor", set()),
        ("street", "officer", set()),
        ("standing_committee", "member", set()),
    ],
)
def test_rights_over_a_round(shipped: dict[str, Procedure], body: str, role: str, rights: set[str]) -> None:
    procedure = shipped["reserve-official"]
    rules = {"call": may_call, "survey": may_survey, "compare": may_compare}
    assert {name for name, rule in rules.items() if rule(procedure, actor(body, role))} == rights


def test_officers_of_nominating_bodies_nominate(shipped: dict[str, Procedure]) -> None:
    procedure = shipped["reserve-official"]
    assert nominating_holds(procedure) == {"officer"}
    assert bodies_nominated_for(procedure, actor("street", "officer")) == {10}
    assert bodies_nominated_for(procedure, actor("street", "head")) == frozenset()


def test_a_procedure_without_rounds_lets_nobody_call(shipped: dict[str, Procedure]) -> None:
    assert not may_call(shipped["annual-review"], actor("organization", "officer"))
