"""The demonstration's round keeps its funnel at every stage, and what it leaves behind is what operations leave behind."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from definitions.demo import ACCOUNTS, load
from definitions.demo.plan import FUNNEL
from definitions.demo.stages import DEFAULT_STAGE, STAGES
from definitions.library import procedures
from workflow.bodies.tables import BodyRole, RoleHolding
from workflow.cases.tables import Case, ProcedureVersion, Timer, WorkItem
from workflow.context import OFFICE_ZONE
from workflow.notices.tables import Objection, PublicNotice
from workflow.panels.tables import Panel, Seat
from workflow.people.tables import Account
from workflow.pools.tables import Membership, Pool
from workflow.record.queries import verify
from workflow.record.tables import Event
from workflow.reviews.tables import Review
from workflow.rounds.tables import NilReturn, Round
from workflow.store.database import Database
from workflow.store.migrating import upgrade

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=OFFICE_ZONE)
ORDER = ("recommendation", "review", "assessment", "decision", "notice", "appointment")


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Database]]:
    """Every stage once, for all tests of this module; nobody writes to them."""
    made: dict[str, Database] = {}
    folder: Path = tmp_path_factory.mktemp("demo")

    class Made(dict[str, Database]):
        def __missing__(self, stage: str) -> Database:
            database = made[stage] = self[stage] = Database(f"sqlite:///{folder / stage}.db")
            upgrade(database)
            load(database, stage=stage, now=NOW)
            return database

    yield Made()
    for database in made.values():
        database.dispose()


def funnel(database: Database) -> dict[str, int]:
    """How many nominations got how far, told from the record alone."""
    with database.reading() as session:
        cases = {row.id: row for row in session.scalars(select(Case).where(Case.round_id.is_not(None)))}
        steps = session.execute(select(Event.case_id, Event.from_state, Event.to_state).where(Event.case_id.in_(cases)))
        reached: dict[str, set[int]] = {}
        for case_id, _, state in steps:
            reached.setdefault(state, set()).add(case_id)
            reached.setdefault(state.partition(".")[0], set()).add(case_id)
    return {
        "nominations": len(cases),
        "people": len({case.person_id for case in cases.values()}),
        "eligible": len(reached.get("review", ())),
        "reviewed": len(reached.get("assessment", ())),
        "assessed": len(reached.get("assessment.ready", ())),
        "listed": len(reached.get("closed.listed", ())),
    }


WHOLE = {"nominations": 95, "people": 85, "eligible": 70, "reviewed": 55, "assessed": 45, "listed": 40}


@pytest.mark.parametrize(
    ("stage", "settled"),
    [
        ("recommendation", 0),
        ("review", 3),
        ("assessment", 4),
        ("decision", 5),
        ("notice", 5),
        ("appointed", 6),
        ("reviewing", 6),
    ],
)
def test_what_is_over_by_a_stage_has_its_exact_number(databases: Any, stage: str, settled: int) -> None:
    seen = funnel(databases[stage])
    assert list(seen.items())[:settled] == list(WHOLE.items())[:settled]
    assert all(seen[key] <= number for key, number in WHOLE.items())
    if settled < len(WHOLE):
        assert list(seen.values())[settled] < list(WHOLE.values())[settled]


def test_the_funnel_adds_up() -> None:
    assert sum(FUNNEL.values()) == 95
    assert sum(FUNNEL.values()) - FUNNEL["twice"] == 85


@pytest.mark.parametrize("stage", STAGES)
def test_the_record_verifies_and_folds_to_the_states(databases: Any, stage: str) -> None:
    with databases[stage].reading() as session:
        assert verify(session).first_broken is None
        folded: dict[int, str] = {}
        for line in session.scalars(select(Event).order_by(Event.case_id, Event.seq)):
            assert folded.get(line.case_id) == line.from_state
            folded[line.case_id] = line.to_state
        assert folded == {case.id: case.state for case in session.scalars(select(Case))}


@pytest.mark.parametrize("stage", STAGES)
def test_everything_happened_in_the_past_and_people_work_in_working_hours(databases: Any, stage: str) -> None:
    with databases[stage].reading() as session:
        lines = session.execute(select(Event.at, Event.actor_id)).all()
        overdue = session.scalar(select(func.count()).select_from(Timer).where(Timer.is_open, Timer.due_at <= NOW))
    assert max(line.at for line in lines) <= NOW
    hours = {line.at.astimezone(OFFICE_ZONE).hour for line in lines if line.actor_id is not None}
    assert hours <= {9, 10, 11, 13, 14, 15, 16, 17}
    assert overdue == 0, "the clock has nothing to catch up with when it starts"


def test_meetings_show_the_hard_cases(databases: Any) -> None:
    with databases["appointed"].reading() as session:
        outcomes: dict[tuple[int, int], set[str | None]] = {}
        for panel in session.scalars(
            select(Panel).where(Panel.state == "decision.committee", Panel.outcome.is_not(None))
        ):
            seats = session.scalars(select(Seat).where(Seat.panel_id == panel.id)).all()
            said = Counter((seat.attendance, seat.opinion) for seat in seats)
            present = sum(number for (attendance, _), number in said.items() if attendance == "present")
            outcomes.setdefault((present, said["present", "agree"]), set()).add(panel.outcome)
        recused = session.scalars(select(Seat.id).where(Seat.attendance == "recused")).all()
    assert outcomes[7, 7] == {"void"}
    assert outcomes[8, 5] == {"refused"}
    assert outcomes[8, 6] == {"agreed"}
    assert len(recused) == 1


def test_forty_are_listed_since_the_decision_and_fifty_are_reviewed(databases: Any) -> None:
    with databases["appointed"].reading() as session:
        members = session.execute(
            select(Pool.key, func.count()).join(Membership).where(Membership.left_at.is_(None)).group_by(Pool.key)
        )
        assert {row[0]: row[1] for row in members} == {"leader": 10, "reserve": 15, "youth": 25}
        decided = {
            line.case_id: line.at.astimezone(OFFICE_ZONE).date()
            for line in session.scalars(select(Event).where(Event.action == "record_meeting").order_by(Event.seq))
            if json.loads(line.data)["outcome"] == "agreed"
        }
        for row in session.scalars(select(Membership).where(Membership.case_id.is_not(None))):
            assert row.tenure_from_date == decided[row.case_id]
    with databases["reviewing"].reading() as session:
        assert session.scalar(select(func.count(func.distinct(Review.membership_id)))) == 50
        states = Counter(session.scalars(select(Case.state).where(Case.round_id.is_(None))))
    assert {"self_report.writing", "opinion.body", "joint.review", "grading.grade"} <= states.keys()
    assert {"closed.retained", "closed.upgraded", "closed.removed"} <= states.keys()


def test_bodies_answer_in_every_way_there_is(databases: Any) -> None:
    with databases["review"].reading() as session:
        called = session.scalars(select(Round)).one()
        returns = session.scalars(select(NilReturn)).all()
    assert called.seats == {"reserve": 15, "youth": 25}
    assert sum(one.withdrawn_case_id is not None for one in returns) == 1
    assert len(returns) == 7


def test_an_objection_holds_a_notice_up(databases: Any) -> None:
    with databases["appointed"].reading() as session:
        objections = session.scalars(select(Objection)).all()
        ends = session.scalars(select(PublicNotice.ended_at)).all()
    assert len(objections) == 2
    assert len(ends) == 40
    assert None not in ends


def test_at_the_default_stage_every_role_has_something_to_do(databases: Any) -> None:
    # Members of the committee read what the recorder writes down; administrator and designer have no part in cases.
    names = {one.sign_in_name for one in ACCOUNTS} - {"member01", "admin", "designer"}
    with databases[DEFAULT_STAGE].reading() as session:
        by_role = (
            select(Account.sign_in_name)
            .join(RoleHolding, RoleHolding.account_id == Account.id)
            .join(BodyRole, BodyRole.id == RoleHolding.body_role_id)
            .join(WorkItem, WorkItem.body_role_id == BodyRole.id)
            .where(WorkItem.is_open)
        )
        by_account = select(Account.sign_in_name).join(WorkItem).where(WorkItem.is_open)
        waited_for = {*session.scalars(by_role), *session.scalars(by_account)}
        versions = session.scalars(select(ProcedureVersion.key)).all()
    assert names - waited_for == set()
    assert sorted(versions) == sorted(procedures())


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 3, 4, 10, 0, tzinfo=OFFICE_ZONE),  # the round runs over the Spring Festival
        datetime(2027, 1, 10, 10, 0, tzinfo=OFFICE_ZONE),  # a Sunday, just after the year's end
        datetime(2026, 12, 28, 10, 0, tzinfo=OFFICE_ZONE),  # while this year's reviews are under way
    ],
)
def test_the_round_can_be_played_on_any_day(tmp_path: Path, now: datetime) -> None:
    database = Database(f"sqlite:///{tmp_path / 'any.db'}")
    upgrade(database)
    load(database, stage="reviewing", now=now)
    assert funnel(database) == WHOLE
    database.dispose()
