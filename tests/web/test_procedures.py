"""Pages of procedures as a browser sees them: read, written, checked, compared and published by a second person."""

import re

import html5lib
import pytest
from flask.testing import FlaskClient

from definitions.library import FOLDER
from tests.fixtures.office import Office
from tests.web.conftest import ClientOf
from tests.workflow.versions.moving_about import begun, version
from workflow.bodies.tables import BodyRole, RoleHolding

TEXT = (FOLDER / "annual-review.yaml").read_text(encoding="utf-8")
CHANGED = TEXT.replace("after: 7, to: organization_head", "after: 9, to: organization_head")
DRAFT = {"source": CHANGED, "note_en": "Nine days.", "note_zh": "改为九日。"}


@pytest.fixture
def designer(office: Office) -> str:
    """`stranger` designs procedures from now on."""
    with office.database.writing() as session:
        role = BodyRole(body_id=office.bodies["organization"], role="designer")
        session.add(role)
        session.flush()
        account = office.actors["stranger"].account_id
        session.add(RoleHolding(body_role_id=role.id, account_id=account, from_date=office.now.date()))
    return "stranger"


@pytest.fixture
def writer(client_of: ClientOf, designer: str) -> FlaskClient:
    return signed_in(client_of, designer)


@pytest.fixture
def second(client_of: ClientOf, administrator: str) -> FlaskClient:
    return signed_in(client_of, administrator)


def signed_in(client_of: ClientOf, name: str) -> FlaskClient:
    made = client_of(name)
    made.application.config["WTF_CSRF_ENABLED"] = False
    made.post("/language", data={"language": "en", "next": "/procedures/"})
    return made


def page(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    html5lib.HTMLParser(strict=True).parse(answer.text)
    return answer.text


def written(writer: FlaskClient, **changed: str) -> str:
    """The address of a new draft."""
    answer = writer.post("/procedure-drafts/new", data={**DRAFT, **changed})
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def test_the_office_reads_who_does_what_by_when_and_by_which_rule(client_of: ClientOf) -> None:
    secretary = signed_in(client_of, "secretary")
    assert "/procedures/reserve-official" in page(secretary, "/procedures/")
    text = page(secretary, "/procedures/reserve-official")
    for said in (
        "<svg",
        "Co-sign by three departments",
        "10 working days",
        "age (",
        "Version 1",
        "came with the application",
    ):
        assert said in text, said
    assert "/procedure-drafts/new" not in text


def test_from_the_editor_to_the_published_version(writer: FlaskClient, second: FlaskClient) -> None:
    editor = page(writer, "/procedure-drafts/new?version=1")
    assert "procedure: " in editor or "&#34;procedure&#34;" in editor
    address = written(writer)
    assert "<svg" in page(writer, address)
    assert "somebody else publishes it" in page(writer, f"{address}/publish")
    reading = page(second, f"{address}/publish")
    assert "Days after: 7 → 9" in reading
    revision = re.search(r'name="revision" value="(\d+)"', reading)
    assert revision
    done = second.post(f"{address}/publish", data={"revision": revision[1]}, follow_redirects=True)
    assert done.request.path == "/procedures/annual-review"
    assert "Nine days." in done.text
    differences = page(writer, "/procedures/annual-review/differences")
    assert "From version 1 to version 2" in differences
    assert "Joint review › Joint review by two departments › deadline › report of delay" in differences
    assert "published by admin" in page(writer, address)


def test_the_author_is_refused_and_told_why(writer: FlaskClient) -> None:
    address = written(writer)
    refused = writer.post(f"{address}/publish", data={"revision": "1"})
    assert refused.status_code == 403
    assert "A version is published by a second person" in refused.text


def test_findings_stand_with_their_lines(writer: FlaskClient, second: FlaskClient) -> None:
    broken = CHANGED.replace("to: joint.review", "to: joint.nowhere")
    line = next(number for number, one in enumerate(broken.splitlines(), 1) if "joint.nowhere" in one)
    address = written(writer, source=broken)
    assert f'data-line="{line}">Line {line}</a>' in page(writer, address)
    assert f'data-line="{line}">Line {line}</a>' in writer.post("/procedure-drafts/check", data={"source": broken}).text
    assert f'data-line="{line}">Line {line}</a>' in page(second, f"{address}/publish")
    assert "Publish this version" not in page(second, f"{address}/publish")
    assert second.post(f"{address}/publish", data={"revision": "1"}).status_code == 422


def test_what_was_typed_is_kept_when_somebody_saved_in_between(writer: FlaskClient) -> None:
    address = written(writer)
    assert writer.post(address, data={**DRAFT, "revision": "1"}).status_code == 302
    late = writer.post(address, data={**DRAFT, "source": "mine: 1\n", "revision": "1"})
    assert late.status_code == 409
    assert "mine: 1" in late.text


def test_a_draft_is_withdrawn_by_its_author(writer: FlaskClient, second: FlaskClient) -> None:
    address = written(writer)
    assert "Drafts that wait" in page(second, "/procedures/")
    assert second.post(f"{address}/withdraw").status_code == 403
    assert "The draft is withdrawn" in writer.post(f"{address}/withdraw", follow_redirects=True).text
    assert "Drafts that wait" not in page(second, "/procedures/")


@pytest.mark.parametrize("path", ["/procedures/nothing", "/procedures/annual-review?number=9", "/procedure-drafts/99"])
def test_what_is_not_there_is_said(writer: FlaskClient, path: str) -> None:
    assert writer.get(path).status_code == 404


def test_running_cases_are_moved_from_plan_to_job_and_back(office: Office, second: FlaskClient) -> None:
    played = begun(office)
    other = begun(office)
    other.gives("orghead", "disagree")
    other.gives("frontier", "disagree")
    new = version(office, ("joint", "co_sign"), ("sum:", "amount:"), ("form.wish.sum", "form.wish.amount"))
    assert f"/procedure-moves/new?from={played.version_id}&amp;to={new}" in page(second, "/procedures/played")
    editor = page(second, f"/procedure-moves/new?from={played.version_id}&to={new}")
    assert 'value="desk.co_sign" selected' in editor
    assert 'name="answer-wish.sum" value="wish.amount"' in editor
    plan = {"from": played.version_id, "to": new, "state-desk.joint": "desk.co_sign", "answer-wish.sum": "wish.amount"}
    made = second.post("/procedure-moves/new", data=plan)
    address = str(made.headers["Location"])
    preview = page(second, address)
    assert "1 case will move" in preview
    assert "The plan does not say where cases in “Draft” go on." in preview
    assert "温朗" not in preview, "who moves cases does not read them"
    fields = {"case": re.findall(r'name="case" value="([^"]+)"', preview), "once_key": "k"}
    done = second.post(address, data=fields, follow_redirects=True)
    assert "1 of 1 cases" in done.text
    assert "Goes on by another version" in done.text
    assert (played.state, other.state) == ("desk.co_sign", "desk.draft")
    assert f'{address}"' in page(second, "/procedures/played")
    back = str(second.post(f"{address}/revert").headers["Location"])
    assert "takes plan 1 back" in page(second, back)
    fields = {"case": re.findall(r'name="case" value="([^"]+)"', page(second, back)), "once_key": "l"}
    assert "1 of 1 cases" in second.post(back, data=fields, follow_redirects=True).text
    assert played.state == "desk.joint"


def test_the_page_of_a_moved_case_says_so(office: Office, client_of: ClientOf, second: FlaskClient) -> None:
    played = begun(office)
    new = version(office, ("joint", "co_sign"))
    plan = {"from": played.version_id, "to": new, "state-desk.joint": "desk.co_sign"}
    address = str(second.post("/procedure-moves/new", data=plan).headers["Location"])
    fields = {"case": re.findall(r'name="case" value="([^"]+)"', page(second, address)), "once_key": "k"}
    second.post(address, data=fields)
    text = page(signed_in(client_of, "orghead"), f"/cases/{played.case_id}")
    assert "Goes on by another version" in text
    assert "From version 1 to version 2" in text


def test_a_faulty_plan_is_shown_again_with_what_is_wrong(office: Office, second: FlaskClient) -> None:
    old, new = version(office), version(office, ("working_days: 10", "working_days: 20"))
    answer = second.post("/procedure-moves/new", data={"from": old, "to": new, "state-desk.joint": "desk.nowhere"})
    assert answer.status_code == 422
    html5lib.HTMLParser(strict=True).parse(answer.text)
    assert 'href="#field-state-desk.joint"' in answer.text
    assert "has no state desk.nowhere" in answer.text
