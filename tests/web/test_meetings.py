"""Meetings and votes, and cases one was only told about: who finds what there."""

from scheduler.jobs import Work, spread_messages
from tests.fixtures.office import REPORT, Office
from tests.web.conftest import ClientOf
from tests.workflow.steps import SCORES, open_seats, scored, speak, submitted
from workflow.messages.operations import write_message
from workflow.panels.operations import record_meeting
from workflow.settings import Settings


def told(office: Office) -> None:
    work = Work(office.database, Settings(database_url=office.database.url))
    spread_messages(work, office.now)
    work.close()


def test_a_department_finds_its_co_sign_until_it_has_signed(office: Office, client_of: ClientOf) -> None:
    case_id = submitted(office, office.person())
    office.act("secretary", case_id, "approve")
    link = f'href="/cases/{case_id}"'
    assert "待您办理" in client_of("orghead").get("/meetings").text
    speak(office, "orghead", case_id, "agree")
    after = client_of("orghead").get("/meetings").text
    assert link in after
    assert "待您办理" not in after
    assert "1／3" in after
    assert link not in client_of("stranger").get("/meetings").text
    assert link not in client_of("member01").get("/meetings").text


def test_members_find_the_meeting_while_it_is_to_be_held(office: Office, client_of: ClientOf) -> None:
    case_id = scored(office, office.person(), SCORES, SCORES)
    office.act("assessor1", case_id, "file_report", form=REPORT)
    office.act("secretary", case_id, "submit_to_committee")
    link = f'href="/cases/{case_id}"'
    member = client_of("member01").get("/meetings").text
    assert link in member
    assert "应到 11 人" in member
    assert "由会议记录人登记" in member
    assert "待您办理" in client_of("recorder").get("/meetings").text
    entries = {one.id: {"attendance": "present", "opinion": "agree"} for one in open_seats(office, case_id)}
    with office.as_("recorder") as context:
        record_meeting(context, case_id=case_id, entries=entries, seen_version=office.case(case_id).version)
    assert link not in client_of("member01").get("/meetings").text, "papers go when the meeting is over"


def test_an_assessment_says_how_many_have_scored_and_later_its_result(office: Office, client_of: ClientOf) -> None:
    case_id = scored(office, office.person(), SCORES)
    assert "1／2" in client_of("assessor2").get("/meetings").text
    assert "近 90 天已有结果" not in client_of("assessor2").get("/meetings").text
    speak(office, "assessor2", case_id, "assessed", scores=SCORES)
    assert "近 90 天已有结果" in client_of("assessor2").get("/meetings").text


def test_whoever_was_only_told_finds_the_case_among_the_copied(office: Office, client_of: ClientOf) -> None:
    case_id = submitted(office, office.person())
    with office.as_(None) as context:
        write_message(
            context,
            template="case_closed",
            params={"reference": "RO-2026-0001", "state": "review.formal_check", "due_at": None, "reason": ""},
            case_id=case_id,
            account_id=office.actors["orghead"].account_id,
        )
    told(office)
    link = f'href="/cases/{case_id}"'
    assert link in client_of("orghead").get("/copied").text
    assert link not in client_of("nominator").get("/copied").text, "who acted finds it among the done"
    assert link not in client_of("secretary").get("/copied").text, "what waits is in the inbox"
    assert link not in client_of("stranger").get("/copied").text


def test_the_bell_counts_what_is_unread(office: Office, client_of: ClientOf) -> None:
    submitted(office, office.person())
    assert "条未读" not in client_of("secretary").get("/inbox").text
    told(office)
    secretary = client_of("secretary")
    assert "通知，1 条未读" in secretary.get("/inbox").text
    secretary.application.config["WTF_CSRF_ENABLED"] = False
    secretary.post("/notifications/read", data={"up_to": 1_000})
    assert "条未读" not in secretary.get("/inbox").text


def test_the_recorder_is_told_whose_stance_is_missing_and_what_a_meeting_came_to(
    office: Office, client_of: ClientOf
) -> None:
    case_id = scored(office, office.person(), SCORES, SCORES)
    office.act("assessor1", case_id, "file_report", form=REPORT)
    office.act("secretary", case_id, "submit_to_committee")
    client = client_of("recorder")
    client.application.config["WTF_CSRF_ENABLED"] = False
    seats = [one.id for one in open_seats(office, case_id)]
    sent = {f"attendance_{one}": "present" if n < 7 else "absent" for n, one in enumerate(seats)}
    sent |= {f"opinion_{one}": "agree" for one in seats[:6]} | {"version": str(office.case(case_id).version)}
    unsaid = client.post(f"/cases/{case_id}/meeting", data=sent)
    assert "member07：到会成员须表明态度。" in unsaid.text
    client.post(f"/cases/{case_id}/meeting", data=sent | {f"opinion_{seats[6]}": "agree"})
    page = client.get(f"/cases/{case_id}").text
    assert "会议结果：无效（未达法定人数）。现处于“常委会讨论”" in page
    late = client.post(f"/cases/{case_id}/meeting", data=sent).text
    assert late.partition("最近的变化：")[2].partition("</ul>")[0].count("<li>") == 1, (
        "only what the recorder has not seen"
    )
