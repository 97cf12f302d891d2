"""Documents on the case's page, read in both languages, and taken away as the very bytes of the record."""

import hashlib

from flask.testing import FlaskClient

from tests.fixtures.office import Office
from tests.web.conftest import ClientOf
from tests.workflow.steps import decided
from web.security import POLICY


def english(client: FlaskClient) -> FlaskClient:
    client.application.config["WTF_CSRF_ENABLED"] = False
    client.post("/language", data={"language": "en", "next": "/inbox"})
    return client


def test_the_case_page_lists_what_its_reader_may_read(office: Office, client_of: ClientOf) -> None:
    case_id = decided(office, office.person())
    page = english(client_of("secretary")).get(f"/cases/{case_id}").text
    assert f"/cases/{case_id}/documents/10/assessment_report" in page
    assert f"/cases/{case_id}/documents/12/public_notice" in page
    assert "Report on the candidate" in page
    nominator = client_of("nominator").get(f"/cases/{case_id}").text
    assert "public_notice" in nominator
    assert "公示" in nominator
    assert "assessment_report" not in nominator


def test_a_document_is_read_in_the_readers_language_and_in_the_other(office: Office, client_of: ClientOf) -> None:
    case_id = decided(office, office.person())
    path = f"/cases/{case_id}/documents/12/public_notice"
    answer = client_of("nominator").get(path)
    assert "公示期5个工作日" in answer.text
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.text.count("<h1") == 1
    assert "<style" not in answer.text
    assert "The notice stands for 5 working days" in client_of("nominator").get(f"{path}?language=en").text
    assert client_of("nominator").get(f"{path}?language=xx").status_code == 200
    assert client_of("nominator").get(f"/cases/{case_id}/documents/12/nothing").status_code == 404


def test_the_file_is_taken_away_as_the_record_has_it(office: Office, client_of: ClientOf) -> None:
    case_id = decided(office, office.person())
    path = f"/cases/{case_id}/documents/12/public_notice"
    client = english(client_of("nominator"))
    answer = client.get(f"{path}/zh.html")
    reference = office.case(case_id).reference
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{reference}-12-public_notice-zh.html"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert hashlib.sha256(answer.data).hexdigest() in client.get(f"{path}?language=zh").text
