"""The timetable of a round: its dates follow each other, deadlines follow them, and whom it concerns is told."""

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from tests.fixtures.office import Office
from tests.workflow.rounds.test_operations import call, told
from tests.workflow.steps import SCORES, nominated, scored
from workflow.cases.tables import Case, Timer, WorkItem
from workflow.context import OFFICE_ZONE
from workflow.messages.tables import Message
from workflow.problems import Conflict, Forbidden, Invalid, Problem
from workflow.record.queries import verify
from workflow.record.tables import Event
from workflow.rounds.rescheduling import Rescheduling, change_timetable, preview_timetable
from workflow.rounds.tables import Round, TimetableChange

PLANNED = {"review_by": date(2026, 10, 16), "assessment_by": date(2026, 11, 13), "decision_on": date(2026, 11, 20)}


def plan(office: Office, **dates: date) -> None:
    """Gives the office's round a timetable, as it would have been opened with."""
    with office.database.writing() as session:
        session.get_one(Round, office.round_id).planned = {key: day.isoformat() for key, day in dates.items()}


def move(office: Office, name: str = "secretary", *, seen: int = 0, **dates: Any) -> Rescheduling:
    with office.as_(name) as context:
        return change_timetable(
            context, round_id=office.round_id, dates=dates, reason="The papers are late.", seen_change=seen
        )


def due(office: Office, case_id: int) -> date | None:
    at = office.case(case_id).due_at
    return at.astimezone(OFFICE_ZONE).date() if at else None


def timers(office: Office, case_id: int) -> list[tuple[str, int, date]]:
    with office.database.reading() as session:
        rows = session.scalars(
            select(Timer).where(Timer.case_id == case_id, Timer.is_open).order_by(Timer.due_at, Timer.id)
        )
        return [(row.kind, row.rung, row.due_at.astimezone(OFFICE_ZONE).date()) for row in rows]


def faults(problem: Problem) -> dict[str, str]:
    return {one.field or "": one.code for one in getattr(problem, "problems", ()) or (problem,)}


def test_a_round_is_opened_with_its_planned_dates_and_says_them(office: Office) -> None:
    opened = call(office, planned=PLANNED)
    with office.database.reading() as session:
        assert session.get_one(Round, opened.round_id).planned == {
            "review_by": "2026-10-16", "assessment_by": "2026-11-13", "decision_on": "2026-11-20",
        }  # fmt: skip
        params = session.scalars(select(Message.params).where(Message.template == "round_called_planned")).first()
    assert params
    assert [line["on_date"] for line in params["planned"]] == ["2026-10-16", "2026-11-13", "2026-11-20"]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"review_by": date(2026, 9, 17)}, {"review_by": "date_too_early"}),
        ({"assessment_by": date(2026, 10, 15)}, {"assessment_by": "date_too_early"}),
        ({"lunch_on": date(2026, 10, 15)}, {"lunch_on": "date_unknown"}),
        ({"decision_on": date(9999, 1, 1)}, {"decision_on": "date_out_of_range"}),
    ],
)
def test_dates_follow_each_other(office: Office, changed: dict[str, Any], expected: dict[str, str]) -> None:
    with pytest.raises(Invalid) as caught:
        call(office, planned={**PLANNED, **changed})
    assert faults(caught.value) == expected


def test_a_date_left_out_is_passed_over(office: Office) -> None:
    with pytest.raises(Invalid) as caught:
        call(office, planned={"review_by": date(2026, 10, 16), "listing_by": date(2026, 10, 15)})
    assert faults(caught.value) == {"listing_by": "date_too_early"}


def test_a_deadline_ends_on_the_planned_date_and_moves_with_it(any_office: Office) -> None:
    office = any_office
    plan(office, **PLANNED)
    case_id = scored(office, office.person(), SCORES, SCORES)
    assert office.case(case_id).state == "assessment.report"
    assert due(office, case_id) == date(2026, 11, 13)
    move(office, assessment_by=date(2026, 11, 18))
    assert due(office, case_id) == date(2026, 11, 18)
    assert timers(office, case_id) == [
        ("remind", -3, date(2026, 11, 15)),
        ("remind", 0, date(2026, 11, 18)),
        ("escalate", 2, date(2026, 11, 20)),
    ]
    with office.database.reading() as session:
        item = session.scalars(select(WorkItem).where(WorkItem.case_id == case_id, WorkItem.is_open)).first()
        assert item
        assert item.due_at == office.case(case_id).due_at
        event = session.scalars(select(Event).where(Event.case_id == case_id).order_by(Event.seq.desc())).first()
        assert event
        assert event.action == "reschedule"
        assert "The papers are late." in event.data
        assert verify(session).first_broken is None
    assert office.case(case_id).state == "assessment.report"


def test_a_case_goes_on_after_its_deadline_moved(office: Office) -> None:
    plan(office, **PLANNED)
    case_id = nominated(office, office.person())
    move(office, closes_date=date(2026, 10, 8))
    assert due(office, case_id) == date(2026, 10, 8)
    office.act("nominator", case_id, "withdraw", reason="Not now.")
    assert office.case(case_id).outcome == "withdrawn"
    assert timers(office, case_id) == []


def test_a_case_that_was_given_more_time_keeps_its_day(office: Office) -> None:
    plan(office, **PLANNED)
    case_id = scored(office, office.person(), SCORES, SCORES)
    with office.database.writing() as session:
        session.get_one(Case, case_id).due_at = datetime(2026, 11, 30, 17, 0, tzinfo=OFFICE_ZONE)
    done = move(office, assessment_by=date(2026, 11, 18))
    assert [shift.case_id for shift in done.kept] == [case_id]
    assert done.moved == ()
    assert due(office, case_id) == date(2026, 11, 30)


def test_a_look_beforehand_changes_nothing_and_says_what_the_change_does(office: Office) -> None:
    plan(office, **PLANNED)
    cases = [scored(office, office.person(), SCORES, SCORES), nominated(office, office.person())]
    with office.as_("secretary") as context:
        seen = preview_timetable(context, round_id=office.round_id, dates={"assessment_by": date(2026, 11, 18)})
    assert [(change.key, change.was, change.now) for change in seen.changes] == [
        ("assessment_by", date(2026, 11, 13), date(2026, 11, 18))
    ]
    assert [shift.case_id for shift in seen.moved] == cases[:1]
    assert seen.bodies == 2
    assert due(office, cases[0]) == date(2026, 11, 13)
    done = move(office, assessment_by=date(2026, 11, 18))
    assert (done.changes, done.shifts, done.bodies) == (seen.changes, seen.shifts, seen.bodies)


def test_whom_it_concerns_is_told_once(office: Office) -> None:
    plan(office, **PLANNED)
    cases = [scored(office, office.person(), SCORES, SCORES) for _ in range(2)]
    move(office, assessment_by=date(2026, 11, 18))
    assert len(told(office, "round_rescheduled")) == 2
    with office.database.reading() as session:
        messages = session.scalars(select(Message).where(Message.template == "deadline_moved")).all()
    assert sorted(message.account_id or 0 for message in messages) == sorted(
        office.actors[name].account_id or 0 for name in ("assessor1", "assessor2")
    )
    assert [message.params["count"] for message in messages] == [len(cases), len(cases)]


def test_a_change_is_kept_with_its_reason_and_what_stood_before(office: Office) -> None:
    plan(office, **PLANNED)
    move(office, closes_date=date(2026, 10, 9), listing_by=date(2026, 12, 31))
    with office.database.reading() as session:
        row = session.scalars(select(TimetableChange)).one()
        assert session.get_one(Round, office.round_id).closes_date == date(2026, 10, 9)
    assert row.changes == [
        {"key": "closes_date", "from": "2026-09-30", "to": "2026-10-09"},
        {"key": "listing_by", "from": None, "to": "2026-12-31"},
    ]
    assert (row.reason, row.changed_by) == ("The papers are late.", office.actors["secretary"].account_id)


def test_what_stands_against_a_change_changes_nothing(office: Office) -> None:
    plan(office, **PLANNED)
    attempts: list[tuple[dict[str, Any], dict[str, str]]] = [
        ({"opens_date": date(2026, 9, 20)}, {"opens_date": "round_has_opened"}),
        ({"closes_date": date(2026, 9, 2)}, {"closes_date": "date_is_over"}),
        ({"review_by": date(2026, 11, 14)}, {"assessment_by": "date_too_early"}),
        ({"review_by": PLANNED["review_by"]}, {"": "timetable_unchanged"}),
    ]
    for dates, expected in attempts:
        with pytest.raises(Invalid) as caught:
            move(office, **dates)
        assert faults(caught.value) == expected, dates
    with pytest.raises(Invalid), office.as_("secretary") as context:
        change_timetable(
            context, round_id=office.round_id, dates={"listing_by": date(2026, 12, 31)}, reason=" ", seen_change=0
        )
    with office.database.reading() as session:
        assert session.scalars(select(TimetableChange)).all() == []


def test_only_who_calls_rounds_changes_them_and_nobody_over_another(office: Office) -> None:
    plan(office, **PLANNED)
    with pytest.raises(Forbidden):
        move(office, "nominator", assessment_by=date(2026, 11, 18))
    move(office, assessment_by=date(2026, 11, 18))
    with pytest.raises(Conflict, match="timetable_changed"):
        move(office, assessment_by=date(2026, 11, 19))
    with office.database.reading() as session:
        newest = session.scalars(select(TimetableChange.id)).one()
    move(office, seen=newest, assessment_by=date(2026, 11, 19))
