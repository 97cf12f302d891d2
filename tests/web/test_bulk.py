"""Doing one thing to many cases, as a browser does: ticked in the inbox, looked at, begun, followed, taken as a file."""

import re

import html5lib
import pytest
from flask.testing import FlaskClient

from tests.fixtures.office import Office
from tests.web.conftest import ClientOf
from tests.workflow.steps import submitted
from workflow.bulk import operations
from workflow.problems import Unavailable

ITEM = re.compile(r'name="item" value="(\d+)"')
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


@pytest.fixture
def secretary(client_of: ClientOf) -> FlaskClient:
    made = client_of("secretary")
    made.application.config["WTF_CSRF_ENABLED"] = False
    made.post("/language", data={"language": "en", "next": "/inbox"})
    return made


def ready(office: Office, count: int) -> list[int]:
    return [submitted(office, office.person()) for _ in range(count)]


def shown(client: FlaskClient, way: str) -> dict[str, list[str]]:
    """The fields of the form under the preview of everything in the inbox."""
    items = ITEM.findall(client.get("/inbox").text)
    answer = client.get("/bulk/", query_string={"item": items, "do": way})
    html5lib.HTMLParser(strict=True).parse(answer.text)
    fields: dict[str, list[str]] = {}
    for name, value in HIDDEN.findall(answer.text.partition('action="/bulk/"')[2]):
        fields.setdefault(name, []).append(value)
    return fields


def test_the_inbox_ticks_only_what_the_rules_let_be_done_in_bulk(office: Office, client_of: ClientOf) -> None:
    ready(office, 2)
    assert len(ITEM.findall(client_of("secretary").get("/inbox").text)) == 2
    case = ready(office, 1)[0]
    office.act("secretary", case, "return", reason="Incomplete.")
    page = client_of("nominator").get("/inbox").text
    assert f"/cases/{case}" in page
    assert ITEM.findall(page) == []
    assert "data-bulk" not in page


def test_from_the_inbox_to_the_result(office: Office, secretary: FlaskClient) -> None:
    cases = ready(office, 3)
    items = ITEM.findall(secretary.get("/inbox").text)
    choice = secretary.get("/bulk/", query_string={"item": items}).text
    assert re.findall(r'name="do" value="([\w:]+)"', choice) == ["act:approve", "act:return"]
    fields = shown(secretary, "act:approve")
    assert len(fields["case"]) == 3
    assert all(office.case(case).state == "review.formal_check" for case in cases)
    answer = secretary.post("/bulk/", data=fields, follow_redirects=True)
    html5lib.HTMLParser(strict=True).parse(answer.text)
    assert answer.request.path == "/bulk/1"
    assert "3 of 3 cases" in answer.text
    assert all(office.case(case).state == "review.co_sign" for case in cases)
    again = secretary.post("/bulk/", data=fields)
    assert again.headers["Location"] == "/bulk/1"
    file = secretary.get("/bulk/1/result.csv").data.decode("utf-8-sig").splitlines()
    assert file[0] == "Reference,Person,Body,Result,Why"
    assert [line.split(",")[3] for line in file[1:]] == ["done"] * 3
    assert "/bulk/1" in secretary.get("/bulk/").text


def test_a_missing_reason_is_asked_for_and_changes_nothing(office: Office, secretary: FlaskClient) -> None:
    (case,) = ready(office, 1)
    fields = shown(secretary, "act:return")
    refused = secretary.post("/bulk/", data={**fields, "reason": " "})
    assert refused.status_code == 422
    assert 'href="#field-reason"' in refused.text
    assert office.case(case).state == "review.formal_check"
    done = secretary.post("/bulk/", data={**fields, "reason": "No seal."}, follow_redirects=True)
    assert "1 of 1 cases" in done.text
    assert office.case(case).state == "recommendation.draft"


def test_who_cannot_is_shown_before_with_the_reason_and_left_out(office: Office, secretary: FlaskClient) -> None:
    first, second = ready(office, 2)
    fields = shown(secretary, "act:approve")
    office.act("secretary", first, "return", reason="No seal.")
    page = secretary.post("/bulk/", data=fields, follow_redirects=True).text
    assert page.count("changed meanwhile") == 1
    assert "was changed by somebody else" in page
    assert office.case(second).state == "review.co_sign"


def test_more_than_twenty_wait_for_the_scheduler_and_can_be_cancelled(office: Office, secretary: FlaskClient) -> None:
    cases = ready(office, 23)
    choice = secretary.get("/bulk/", query_string={"all": "1"})
    items = ITEM.findall(choice.text)
    assert len(items) == 23
    preview = secretary.get("/bulk/", query_string={"item": items, "do": "act:approve"})
    fields: dict[str, list[str]] = {}
    for name, value in HIDDEN.findall(preview.text.partition('action="/bulk/"')[2]):
        fields.setdefault(name, []).append(value)
    page = secretary.post("/bulk/", data=fields, follow_redirects=True).text
    assert "20 of 23 cases" in page
    assert "data-working" in page
    page = secretary.post("/bulk/1/cancel", follow_redirects=True).text
    assert "3 cases are left as they were." in page
    assert "data-working" not in page
    assert sum(office.case(case).state == "review.co_sign" for case in cases) == 20


def test_a_busy_database_leaves_the_cases_to_the_scheduler(
    office: Office, secretary: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready(office, 1)
    fields = shown(secretary, "act:approve")

    def busy(*_given: object, **_named: object) -> bool:
        raise Unavailable("database_unavailable")

    monkeypatch.setattr(operations, "_step", busy)
    assert "0 of 1 cases" in secretary.post("/bulk/", data=fields, follow_redirects=True).text


@pytest.mark.parametrize("way", ["act:reject", "act:", "opinion:agree", "x", "\x00"])
def test_what_is_not_on_offer_is_said(office: Office, secretary: FlaskClient, way: str) -> None:
    ready(office, 1)
    items = ITEM.findall(secretary.get("/inbox").text)
    assert secretary.get("/bulk/", query_string={"item": items, "do": way}).status_code == 422
    data = {"item": items, "do": way, "state": "review.formal_check", "case": "1.2.0", "once_key": "k", "reason": "R"}
    assert secretary.post("/bulk/", data=data).status_code == 422
    assert office.case(1).state == "review.formal_check"


@pytest.mark.parametrize(
    ("path", "who"),
    [("/inbox", "secretary"), ("/search?q=Wen", "secretary"), ("/mine", "nominator"), ("/meetings", "orghead")],
)
def test_the_month_of_birth_stands_beside_the_name(office: Office, client_of: ClientOf, path: str, who: str) -> None:
    case = ready(office, 1)[0]
    if path == "/meetings":
        office.act("secretary", case, "approve")
    assert "1990年5月生" in client_of(who).get(path).text


def test_the_board_tells_stuck_people_apart(office: Office, client_of: ClientOf) -> None:
    ready(office, 1)
    office.later(days=20)
    assert "1990年5月生" in client_of("secretary").get("/rounds/1").text


def test_shortcuts_are_kept_with_the_account(client_of: ClientOf) -> None:
    client = client_of("secretary")
    client.application.config["WTF_CSRF_ENABLED"] = False
    assert "data-shortcuts" not in client.get("/inbox").text
    client.post("/account/shortcuts", data={"shortcuts": "off"})
    assert 'data-shortcuts="off"' in client_of("secretary").get("/inbox").text
    client.post("/account/shortcuts", data={"shortcuts": "on"})
    assert "data-shortcuts" not in client.get("/inbox").text
