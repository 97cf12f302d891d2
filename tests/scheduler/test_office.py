"""The clock and a real case: deadlines of the shipped procedure are reminded of, expire, and read well in both languages."""

from datetime import timedelta

from sqlalchemy import func, select

from definitions.notifying import notification_text
from scheduler.jobs import Work, spread_messages, sweep_timers
from tests.fixtures.office import NOMINATION, REPORT, Office
from tests.workflow.cases.test_whole_path import nominate, seats, speak
from workflow.cases.tables import Timer
from workflow.cases.versions import procedures_by_digest
from workflow.messages.tables import Delivery, Message
from workflow.panels.operations import record_meeting
from workflow.record.queries import verify
from workflow.settings import Settings


def to_co_sign(office: Office) -> int:
    case_id = nominate(office, office.person())
    office.act("nominator", case_id, "submit", form=NOMINATION)
    office.act("secretary", case_id, "approve")
    return case_id


def to_notice(office: Office) -> int:
    case_id = to_co_sign(office)
    for name in ("orghead", "frontier", "personnel"):
        speak(office, name, case_id, "agree")
    team = [office.actors[name].account_id for name in ("assessor1", "assessor2")]
    office.act("secretary", case_id, "appoint_team", form={"members": team})
    scores = {"virtue": 90, "ability": 80, "diligence": 85, "results": "88", "integrity": 95}
    for name in ("assessor1", "assessor2"):
        speak(office, name, case_id, "assessed", scores=scores)
    office.act("assessor1", case_id, "file_report", form=REPORT)
    office.act("secretary", case_id, "submit_to_committee")
    entries = {seat.id: {"attendance": "present", "opinion": "agree"} for seat in seats(office, case_id)}
    with office.as_("recorder") as context:
        record_meeting(context, case_id=case_id, entries=entries, seen_version=office.case(case_id).version)
    return case_id


def open_timers(office: Office, case_id: int) -> int:
    with office.database.reading() as session:
        return session.scalar(select(func.count()).where(Timer.case_id == case_id, Timer.is_open)) or 0


def test_notice_ends_by_the_clock_and_only_once(any_office: Office, settings: Settings) -> None:
    case_id = to_notice(any_office)
    work = Work(any_office.database, settings)
    sweep_timers(work, any_office.now + timedelta(days=7))
    assert any_office.case(case_id).state == "notice.published"
    sweep_timers(work, any_office.now + timedelta(days=8))
    assert any_office.case(case_id).state == "appointment.confirm"
    version = any_office.case(case_id).version
    sweep_timers(work, any_office.now + timedelta(days=8))
    assert any_office.case(case_id).version == version
    with any_office.database.reading() as session:
        assert verify(session).is_whole
    work.close()


def test_after_a_long_stop_each_silent_department_is_reminded_once(any_office: Office, settings: Settings) -> None:
    case_id = to_co_sign(any_office)
    speak(any_office, "orghead", case_id, "agree")
    assert open_timers(any_office, case_id) > 1
    work = Work(any_office.database, settings)
    later = any_office.now + timedelta(days=60)
    for _ in range(2):
        sweep_timers(work, later)
        spread_messages(work, later)
    with any_office.database.reading() as session:
        told = session.scalars(
            select(Delivery.account_id)
            .join(Message, Message.id == Delivery.message_id)
            .where(Message.template == "deadline_reminder", Delivery.channel == "in_app")
        ).all()
    assert sorted(told) == sorted(any_office.actors[name].account_id or 0 for name in ("frontier", "personnel"))
    assert open_timers(any_office, case_id) == 0
    work.close()


def test_every_message_of_a_case_reads_in_both_languages(office: Office, settings: Settings) -> None:
    case_id = to_notice(office)
    work = Work(office.database, settings)
    sweep_timers(work, office.now + timedelta(days=8))
    work.close()
    with office.database.reading() as session:
        rows = session.scalars(select(Message).where(Message.case_id == case_id)).all()
        assert len(rows) > 8
        known = procedures_by_digest(session)
        for row in rows:
            for language in ("en", "zh"):
                subject, body = notification_text(row.template, language, row.params, known)
                assert "RO-2026-0001" in subject
                assert row.params["state"] not in subject + body, "a state is said by its title"
