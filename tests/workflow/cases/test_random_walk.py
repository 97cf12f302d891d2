"""Random walks over every shipped procedure, through the real operations: the rules hold on every way."""

import json
from contextlib import suppress
from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from definitions.library import procedures
from tests.fixtures.office import MORNING, Office
from tests.workflow.cases.staffing import begin
from tests.workflow.cases.walking import Move, moves
from tests.workflow.steps import listed
from workflow.cases.inbox import inbox
from workflow.cases.tables import Case, WorkItem
from workflow.cases.versions import compiled_version
from workflow.context import OFFICE_ZONE, Context
from workflow.problems import Refused
from workflow.record.queries import verify
from workflow.record.tables import Event
from workflow.reviews.operations import open_review
from workflow.reviews.tables import Review
from workflow.rounds.tables import Round

WALKS = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
STEPS = st.lists(st.integers(min_value=0, max_value=10_000), min_size=25, max_size=25)


def opened(office: Office, key: str) -> int:
    """A case of a procedure, begun the way its office begins it."""
    if key == "annual-review":
        return review_opened(office)
    return begin(office, key, procedures()[key])


def review_opened(office: Office) -> int:
    """The yearly review of somebody just listed, opened on its day; every walk needs a seat of its own."""
    with office.database.writing() as session:
        session.get_one(Round, office.round_id).seats = {"reserve": 100}
    listed(office, office.person())
    with office.database.reading() as session:
        review_id = session.scalars(select(Review.id).order_by(Review.id.desc())).first()
    assert review_id is not None
    office.now = datetime(2026, 12, 1, 9, tzinfo=OFFICE_ZONE)
    with office.as_(None) as context:
        return open_review(context, review_id=review_id).case_id


def waited_for(office: Office, case_id: int) -> set[str]:
    """Names of everybody for whom a work item of the case is open."""
    with office.database.reading() as session:
        items = session.scalars(select(WorkItem).where(WorkItem.case_id == case_id, WorkItem.is_open)).all()
    return {
        name
        for name, actor in office.actors.items()
        for item in items
        if item.body_role_id in actor.body_role_ids or (item.account_id and item.account_id == actor.account_id)
    }


def check(office: Office, case_id: int) -> list[Move]:
    """What must hold wherever a case is, and wherever its children are; what can be done there."""
    possible = moves(office, case_id)
    with office.database.reading() as session:
        children = session.scalars(select(Case.id).where(Case.parent_id == case_id)).all()
    for one in (case_id, *children):
        check_one(office, one, [move for move in possible if move.case_id == one])
    return possible


def check_one(office: Office, case_id: int, possible: list[Move]) -> None:
    with office.database.reading() as session:
        case = session.get_one(Case, case_id)
        procedure = compiled_version(session, case.procedure_version_id).procedure
        events = session.scalars(select(Event).where(Event.case_id == case_id).order_by(Event.seq)).all()
    state = procedure.states[case.state]
    assert events[-1].to_state == case.state, "folding the record gives the state"
    assert all(later.from_state == earlier.to_state for earlier, later in pairwise(events))
    assert not state.choose, "nothing stays where a choice is made by itself"
    waiting = waited_for(office, case_id)
    if state.final is not None:
        assert case.outcome == state.final
        assert not waiting
        assert not [move for move in possible if move.actor]
        return
    assert case.outcome is None
    awaited = {move.actor for move in possible if move.actor} & waiting
    goes_on_by_itself = bool(state.notice or state.children or (state.deadline and state.deadline.on_expiry))
    if not awaited and not goes_on_by_itself:
        # Nobody may go on only where a guard refuses those who are awaited, and tells them why.
        assert state.actions
    speakers = {move.actor for move in possible if move.name in {"opinion", "record_meeting"}}
    assert speakers <= waiting, "everybody asked finds it in the inbox"


@pytest.mark.parametrize("key", sorted(procedures()))
@WALKS
@given(numbers=STEPS)
def test_no_walk_leaves_the_rules(office: Office, key: str, numbers: list[int]) -> None:
    office.now = MORNING
    case_id = opened(office, key)
    possible = check(office, case_id)
    for number in numbers:
        if not possible:
            break
        with suppress(Refused):
            possible[number % len(possible)].take(number)
        possible = check(office, case_id)
    with office.database.reading() as session:
        assert verify(session).first_broken is None


def test_the_inbox_shows_exactly_what_waits(office: Office) -> None:
    cases = [opened(office, "reserve-official") for _ in range(3)]
    with office.database.reading() as session:
        for name, actor in office.actors.items():
            page = inbox(Context(session=session, actor=actor, now=office.now))
            assert [item.case_id for item in page.items] == (cases if name == "nominator" else [])


def test_facts_are_kept_with_the_event(office: Office) -> None:
    case_id = opened(office, "reserve-official")
    form = {"channel": "nominating_body", "grounds": "Good.", "is_consented": "yes"}
    office.act("nominator", case_id, "submit", form=form)
    with office.database.reading() as session:
        event = session.get_one(Event, (case_id, 2))
    facts = json.loads(event.facts)
    assert facts["person.birth_date"] == "1990-05-01"
    assert facts["actor.roles"] == ["nominator"]
    assert "person.trainings" not in facts, "only what the guards of this action name is gathered"
