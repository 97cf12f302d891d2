"""One person from nomination to the list, on both databases, with what each step leaves behind."""

from datetime import date

import pytest
from sqlalchemy import select

from tests.fixtures.office import NOMINATION, REPORT, Office
from workflow.cases.operations import open_case
from workflow.cases.tables import Case, WorkItem
from workflow.messages.tables import Message
from workflow.notices.operations import expire_notice
from workflow.notices.tables import PublicNotice
from workflow.panels.operations import give_opinion, record_meeting
from workflow.panels.tables import Panel, Seat
from workflow.problems import Conflict, Forbidden, Invalid, Refused
from workflow.record.queries import verify


def nominate(office: Office, person_id: int, *, category: str = "reserve") -> int:
    with office.as_("nominator") as context:
        return open_case(
            context,
            version_id=office.versions["reserve-official"],
            person_id=person_id,
            body_id=office.bodies["street"],
            round_id=office.round_id,
            category=category,
        ).case_id


def waiting(office: Office, case_id: int) -> list[str]:
    with office.database.reading() as session:
        return sorted(session.scalars(select(WorkItem.role).where(WorkItem.case_id == case_id, WorkItem.is_open)))


def seats(office: Office, case_id: int) -> list[Seat]:
    with office.database.reading() as session:
        rows = select(Seat).join(Panel).where(Panel.case_id == case_id, Panel.closed_at.is_(None)).order_by(Seat.id)
        return list(session.scalars(rows))


def speak(office: Office, name: str, case_id: int, opinion: str, **given: object) -> str | None:
    actor = office.actors[name]
    seat = next(
        s for s in seats(office, case_id) if s.body_role_id in actor.body_role_ids or s.account_id == actor.account_id
    )
    with office.as_(name) as context:
        return give_opinion(context, case_id=case_id, seat_id=seat.id, opinion=opinion, **given).settlement.outcome  # type: ignore[arg-type]


def reviewed(office: Office, case_id: int) -> None:
    """From the draft to the assessment, with what each step leaves behind."""
    assert waiting(office, case_id) == ["nominator"]
    assert office.act("nominator", case_id, "submit", form=NOMINATION).state == "review.formal_check"
    assert office.act("secretary", case_id, "approve").state == "review.co_sign"
    assert waiting(office, case_id) == ["organization_head", "personnel_head", "united_front_head"]
    assert speak(office, "orghead", case_id, "agree") is None
    assert waiting(office, case_id) == ["personnel_head", "united_front_head"]
    assert speak(office, "frontier", case_id, "agree") is None
    assert speak(office, "personnel", case_id, "agree") == "agreed"


def assessed(office: Office, case_id: int) -> None:
    """From the naming of the team to the committee."""
    team = [office.actors[name].account_id for name in ("assessor1", "assessor2")]
    assert office.act("secretary", case_id, "appoint_team", form={"members": team}).state == "assessment.scoring"
    scores = {"virtue": 90, "ability": 80, "diligence": 85, "results": "88", "integrity": 95}
    assert speak(office, "assessor1", case_id, "assessed", scores=scores) is None
    assert speak(office, "assessor2", case_id, "assessed", scores=scores) == "complete"
    assert office.act("assessor1", case_id, "file_report", form=REPORT).state == "assessment.ready"
    assert office.act("secretary", case_id, "submit_to_committee").state == "decision.committee"


def test_a_case_runs_from_nomination_to_the_list(any_office: Office) -> None:
    office = any_office
    case_id = nominate(office, office.person())
    reviewed(office, case_id)
    assessed(office, case_id)
    entries = {s.id: {"attendance": "present", "opinion": "agree"} for s in seats(office, case_id)}
    assert len(entries) == 11
    with office.as_("recorder") as context:
        settled = record_meeting(context, case_id=case_id, entries=entries, seen_version=office.case(case_id).version)
    assert settled.settlement.outcome == "agreed"
    assert settled.acted.state == "notice.published"
    with office.database.reading() as session:
        notice = session.scalars(select(PublicNotice)).one()
        assert notice.ends_date == date(2026, 9, 14)
        assert not notice.is_provisional
    office.later(days=7)
    with pytest.raises(Conflict), office.as_(None) as context:
        expire_notice(context, case_id=case_id, state="notice.published")
    office.later(days=1)
    with office.as_(None) as context:
        assert expire_notice(context, case_id=case_id, state="notice.published").state == "appointment.confirm"
    with office.database.reading() as session:
        assert verify(session).first_broken is None


def test_a_veto_hands_the_case_back_at_once(any_office: Office) -> None:
    office = any_office
    case_id = nominate(office, office.person())
    office.act("nominator", case_id, "submit", form=NOMINATION)
    office.act("secretary", case_id, "approve")
    with pytest.raises(Invalid) as caught:
        speak(office, "frontier", case_id, "disagree")
    assert caught.value.code == "reason_required"
    assert speak(office, "frontier", case_id, "disagree", reason="Not yet.") == "refused"
    assert office.case(case_id).state == "review.returned"
    assert waiting(office, case_id) == ["secretary"]
    assert office.act("secretary", case_id, "return", reason="See the remark.").state == "recommendation.draft"
    assert office.act("nominator", case_id, "submit", form=NOMINATION).state == "review.formal_check"


def test_who_is_not_eligible_is_refused_with_every_failing_rule(office: Office) -> None:
    person = office.person(birth_date=date(1975, 1, 1), political_status="cpc", education="diploma")
    case_id = nominate(office, person)
    with pytest.raises(Refused) as caught:
        office.act("nominator", case_id, "submit", form=NOMINATION)
    codes = [reason.code for reason in caught.value.reasons]
    assert codes == ["age.at_most", "political_status.not_in", "education.at_least"]
    assert caught.value.reasons[0].params["age"] == 51
    assert caught.value.reasons[0].cites == "work-rules/6"
    assert caught.value.reasons[0].waivable_by == ("organization_head",)
    assert office.case(case_id).state == "recommendation.draft"
    assert office.case(case_id).version == 1


def test_a_faulty_form_is_told_beside_the_rules(office: Office) -> None:
    case_id = nominate(office, office.person(political_status="cpc"))
    with pytest.raises(Refused) as caught:
        office.act("nominator", case_id, "submit", form={"channel": "nowhere"})
    assert {problem.field for problem in caught.value.problems} == {"channel", "grounds", "is_consented"}


def test_somebody_without_the_role_is_forbidden(office: Office) -> None:
    case_id = nominate(office, office.person())
    for name in ("secretary", "other_nominator", "stranger"):
        with pytest.raises(Forbidden):
            office.act(name, case_id, "submit", form=NOMINATION)


def test_unknown_actions_and_foreign_seats_are_refused(office: Office) -> None:
    case_id = nominate(office, office.person())
    with pytest.raises(Refused) as caught:
        office.act("nominator", case_id, "fly", form=None)
    assert caught.value.reasons[0].code == "action.unknown_here"
    office.act("nominator", case_id, "submit", form=NOMINATION)
    office.act("secretary", case_id, "approve")
    seat = seats(office, case_id)[0]
    with pytest.raises(Forbidden), office.as_("stranger") as context:
        give_opinion(context, case_id=case_id, seat_id=seat.id, opinion="agree")
    speak(office, "orghead", case_id, "agree")
    with pytest.raises(Conflict) as again:
        speak(office, "orghead", case_id, "agree")
    assert again.value.code == "seat_has_spoken"


def test_a_stale_version_changes_nothing_and_a_repeated_command_is_answered_again(any_office: Office) -> None:
    office = any_office
    case_id = nominate(office, office.person())
    first = office.act("nominator", case_id, "submit", form=NOMINATION, seen_version=1, command_key="k1")
    again = office.act("nominator", case_id, "submit", form=NOMINATION, seen_version=1, command_key="k1")
    assert (again.seq, again.is_repeat) == (first.seq, True)
    with pytest.raises(Conflict):
        office.act("secretary", case_id, "approve", seen_version=1)
    assert office.case(case_id).version == 2


def test_every_work_item_brings_one_message(office: Office) -> None:
    case_id = nominate(office, office.person())
    office.act("nominator", case_id, "submit", form=NOMINATION)
    office.act("secretary", case_id, "approve")
    with office.database.reading() as session:
        items = len(session.scalars(select(WorkItem)).all())
        messages = session.scalars(select(Message).where(Message.template == "work_waiting")).all()
    assert len(messages) == items == 5


def test_a_nomination_submitted_twice_by_two_bodies_is_refused(office: Office) -> None:
    person = office.person()
    office.act("nominator", nominate(office, person), "submit", form=NOMINATION)
    second = nominate(office, person)
    with pytest.raises(Refused) as caught:
        office.act("nominator", second, "submit", form=NOMINATION)
    assert [reason.code for reason in caught.value.reasons] == ["one_active_case.other"]


def test_references_count_within_procedure_and_year(office: Office) -> None:
    first, second = nominate(office, office.person()), nominate(office, office.person())
    assert [office.case(case).reference for case in (first, second)] == ["RO-2026-0001", "RO-2026-0002"]
    with office.database.reading() as session:
        assert session.scalars(select(Case.version)).all() == [1, 1]
