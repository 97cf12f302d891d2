"""What is typed on a case's page is kept on the server until it is sent, for its writer alone, and never in the way."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.fixtures.office import REPORT, Office
from tests.web.conftest import ClientOf
from tests.workflow.steps import SCORES, nominated, open_seats, scored, submitted
from workflow.access.operations import sign_out
from workflow.cases.drafts import MAX_DRAFT
from workflow.cases.tables import Draft
from workflow.panels.tables import Panel, Seat


@pytest.fixture
def browser_of(client_of: ClientOf) -> ClientOf:
    """Browsers whose forms need no token."""
    client_of(None).application.config["WTF_CSRF_ENABLED"] = False
    return client_of


@pytest.fixture
def case_in_check(office: Office) -> int:
    """A case whose papers the secretary checks."""
    return submitted(office, office.person())


def drafts(office: Office) -> dict[str, Any]:
    with office.database.reading() as session:
        return {row.place: row.values for row in session.scalars(select(Draft))}


def test_a_reason_is_kept_and_filled_in_again_for_its_writer_alone(
    office: Office, browser_of: ClientOf, case_in_check: int
) -> None:
    kept = browser_of("secretary").post(f"/cases/{case_in_check}/drafts/return", data={"reason": "请补充<b>说明</b>"})
    assert kept.headers["Location"] == f"/cases/{case_in_check}#decision"
    page = browser_of("secretary").get(f"/cases/{case_in_check}").text
    assert "请补充&lt;b&gt;说明&lt;/b&gt;</textarea>" in page
    assert "您 10:00 暂存的草稿" in page
    assert "请补充" not in browser_of("orghead").get(f"/cases/{case_in_check}").text
    assert office.case(case_in_check).version == 2, "nothing happened to the case"


def test_a_form_that_is_sent_takes_its_draft_with_it(office: Office, browser_of: ClientOf, case_in_check: int) -> None:
    client = browser_of("secretary")
    path = f"/cases/{case_in_check}"
    client.post(f"{path}/drafts/return", data={"reason": "Say more."})
    client.post(f"{path}/drafts/reject", data={"reason": "Not at all."})
    assert 'name="draft" value="yes"' in client.get(path).text
    refused = client.post(f"{path}/act/return", data={"version": 2, "reason": "", "draft": "yes"})
    assert refused.status_code == 422
    assert set(drafts(office)) == {"case:1:return", "case:1:reject"}, "what failed keeps its draft"
    client.post(f"{path}/act/return", data={"version": 2, "reason": "Say more.", "draft": "yes"})
    assert office.case(case_in_check).state == "recommendation.draft"
    assert set(drafts(office)) == {"case:1:reject"}


def test_a_draft_of_a_form_that_is_gone_stays_readable_until_it_is_thrown_away(
    office: Office, browser_of: ClientOf, case_in_check: int
) -> None:
    client = browser_of("secretary")
    client.post(f"/cases/{case_in_check}/drafts/return", data={"reason": "Say much more."})
    office.later(minutes=1)
    office.act("secretary", case_in_check, "approve")
    page = client.get(f"/cases/{case_in_check}").text
    assert "一份未提交的草稿" in page
    assert "Say much more." in page
    client.post(f"/cases/{case_in_check}/drafts/return/discard")
    assert "Say much more." not in client.get(f"/cases/{case_in_check}").text


def test_a_draft_older_than_the_state_says_so_where_its_form_came_back(
    office: Office, browser_of: ClientOf, case_in_check: int
) -> None:
    client = browser_of("secretary")
    client.post(f"/cases/{case_in_check}/drafts/reject", data={"reason": "Too early."})
    outdated = "暂存之后案件又有进展"
    assert outdated not in client.get(f"/cases/{case_in_check}").text
    office.later(minutes=1)
    office.act("secretary", case_in_check, "return", reason="Again.")
    office.act(
        "nominator", case_in_check, "submit", form={"channel": "nominating_body", "grounds": "x", "is_consented": "yes"}
    )
    page = client.get(f"/cases/{case_in_check}").text
    assert outdated in page
    assert "Too early.</textarea>" in page


def test_forms_with_fields_come_back_as_typed(office: Office, browser_of: ClientOf) -> None:
    case_id = scored(office, office.person(), SCORES, SCORES)
    client = browser_of("assessor1")
    typed = {"file_audited": "adverse", "strengths": "Calm.", "reason": "unused"}
    client.post(f"/cases/{case_id}/drafts/file_report", data=typed)
    assert drafts(office) == {"case:1:file_report": {"file_audited": "adverse", "strengths": "Calm."}}
    page = client.get(f"/cases/{case_id}").text
    assert 'name="file_audited" value="adverse" checked' in page
    assert "Calm.</textarea>" in page
    client.post(
        f"/cases/{case_id}/act/file_report", data={**REPORT, "version": office.case(case_id).version, "draft": "yes"}
    )
    assert office.case(case_id).state == "assessment.ready"
    assert drafts(office) == {}


def test_points_of_a_scoring_are_kept_and_go_with_the_opinion(office: Office, browser_of: ClientOf) -> None:
    case_id = scored(office, office.person())
    mine = next(s for s in open_seats(office, case_id) if s.account_id == office.actors["assessor1"].account_id)
    client = browser_of("assessor1")
    client.post(f"/cases/{case_id}/drafts/opinion-{mine.id}", data={"opinion": "assessed", "score_virtue": "77"})
    assert (
        'name="score_virtue" type="number" inputmode="numeric" min="0" max="100" value="77"'
        in client.get(f"/cases/{case_id}").text
    )
    points = {f"score_{key}": value for key, value in SCORES.items()}
    client.post(f"/cases/{case_id}/opinion", data={"seat": mine.id, "opinion": "assessed", **points})
    assert drafts(office) == {}


def test_a_meeting_half_recorded_is_kept_seat_by_seat(office: Office, browser_of: ClientOf) -> None:
    case_id = scored(office, office.person(), SCORES, SCORES)
    office.act("assessor1", case_id, "file_report", form=REPORT)
    office.act("secretary", case_id, "submit_to_committee")
    seat = open_seats(office, case_id)[0]
    with office.database.reading() as session:
        panel = session.scalars(select(Panel.id).where(Panel.closed_at.is_(None))).one()
    client = browser_of("recorder")
    typed = {f"attendance_{seat.id}": "absent", "reason": "Short of time."}
    client.post(f"/cases/{case_id}/drafts/meeting-{panel}", data=typed)
    page = client.get(f"/cases/{case_id}").text
    assert '<option value="absent" selected>' in page
    assert "Short of time.</textarea>" in page
    entries = {
        f"{kind}_{s.id}": value
        for s in open_seats(office, case_id)
        for kind, value in (("attendance", "present"), ("opinion", "agree"))
    }
    client.post(f"/cases/{case_id}/meeting", data={**entries, "panel": panel, "version": office.case(case_id).version})
    assert office.case(case_id).state == "notice.published"
    assert drafts(office) == {}


def test_the_rest_of_a_meeting_is_entered_at_once(office: Office, browser_of: ClientOf) -> None:
    case_id = scored(office, office.person(), SCORES, SCORES)
    office.act("assessor1", case_id, "file_report", form=REPORT)
    office.act("secretary", case_id, "submit_to_committee")
    first, second, *others = open_seats(office, case_id)
    typed = {f"attendance_{seat.id}": "present" for seat in (first, *others)} | {
        f"opinion_{seat.id}": "" for seat in others
    }
    typed |= {f"opinion_{first.id}": "disagree", f"attendance_{second.id}": "absent", "rest": "agree"}
    client = browser_of("recorder")
    client.post(f"/cases/{case_id}/meeting", data={**typed, "version": office.case(case_id).version})
    with office.database.reading() as session:
        said = dict(session.execute(select(Seat.id, Seat.opinion)).all())
    assert {seat.id: said[seat.id] for seat in (first, second, *others)} == {
        first.id: "disagree",
        second.id: None,
        **{seat.id: "agree" for seat in others},
    }


def test_the_script_is_answered_in_its_own_terms(office: Office, browser_of: ClientOf, case_in_check: int) -> None:
    client, path = browser_of("secretary"), f"/cases/{case_in_check}/drafts/return"
    as_json = {"Accept": "application/json"}
    kept = client.post(path, data={"reason": "Say more."}, headers=as_json)
    assert kept.get_json() == {"is_kept": True, "text": "已于 10:00 暂存。"}
    emptied = client.post(path, data={"reason": " "}, headers=as_json)
    assert emptied.get_json() == {"is_kept": False, "text": ""}
    assert drafts(office) == {}


def test_a_form_nobody_knows_is_kept_nowhere(office: Office, browser_of: ClientOf, case_in_check: int) -> None:
    for what in ("nonsense", "opinion-", "opinion-1x", "meeting-1234567890"):
        assert (
            browser_of("secretary").post(f"/cases/{case_in_check}/drafts/{what}", data={"reason": "x"}).status_code
            == 404
        )
    assert drafts(office) == {}


def test_a_text_too_long_is_shown_again_rather_than_lost(
    office: Office, browser_of: ClientOf, case_in_check: int
) -> None:
    answer = browser_of("secretary").post(f"/cases/{case_in_check}/drafts/return", data={"reason": "y" * MAX_DRAFT})
    assert answer.status_code == 422
    assert "yyyy</textarea>" in answer.text


def test_what_comes_after_the_session_ran_out_is_kept_for_its_writer(
    office: Office, browser_of: ClientOf, case_in_check: int
) -> None:
    client, path = browser_of("secretary"), f"/cases/{case_in_check}"
    client.get(path)
    office.later(hours=3)
    answer = client.post(f"{path}/act/return", data={"version": 2, "reason": "Written for hours."})
    assert answer.headers["Location"] == f"/sign-in?next=/cases/{case_in_check}"
    assert "已存为草稿" in client.get(answer.headers["Location"]).text
    assert office.case(case_in_check).version == 2, "the action was not taken"
    assert client.get(path).status_code == 302, "and nothing was opened"
    assert "Written for hours.</textarea>" in browser_of("secretary").get(path).text


def test_a_nomination_that_comes_too_late_is_kept_too(office: Office, browser_of: ClientOf) -> None:
    case_id = nominated(office, office.person())
    client = browser_of("nominator")
    office.later(hours=3)
    answer = client.post(f"/nominations/{case_id}/form", data={"grounds": "Written for hours."})
    assert answer.headers["Location"] == f"/sign-in?next=/nominations/{case_id}/form"
    assert "Written for hours.</textarea>" in browser_of("nominator").get(f"/nominations/{case_id}/form").text


def _signed_out(office: Office, client: FlaskClient) -> None:
    cookie = client.get_cookie("selection_session")
    assert cookie
    with office.as_("secretary") as context:
        sign_out(context, token=cookie.value)


@pytest.mark.parametrize("ending", ["signed out", "long ago"])
def test_a_session_ended_on_purpose_or_long_ago_keeps_nothing(
    office: Office, browser_of: ClientOf, case_in_check: int, ending: str
) -> None:
    client = browser_of("secretary")
    if ending == "signed out":
        _signed_out(office, client)
    else:
        office.later(hours=25)
    answer = client.post(f"/cases/{case_in_check}/act/return", data={"version": 2, "reason": "Somebody else?"})
    assert answer.headers["Location"] == "/sign-in"
    assert drafts(office) == {}


def test_an_ended_session_keeps_nothing_for_a_case_that_is_not_its_readers(
    office: Office, browser_of: ClientOf, case_in_check: int
) -> None:
    client = browser_of("stranger")
    office.later(hours=3)
    answer = client.post(f"/cases/{case_in_check}/act/return", data={"version": 2, "reason": "x"})
    assert answer.headers["Location"] == "/sign-in"
    assert drafts(office) == {}


def test_a_late_form_without_its_token_keeps_nothing(office: Office, client_of: ClientOf, case_in_check: int) -> None:
    client = client_of("secretary")
    office.later(hours=3)
    answer = client.post(f"/cases/{case_in_check}/act/return", data={"version": 2, "reason": "forged"})
    assert answer.status_code == 400
    assert drafts(office) == {}
