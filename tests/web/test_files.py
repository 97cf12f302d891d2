"""Files of forms in a browser: sent, refused in words, read by those who read the answer, sent again."""

import hashlib
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select, update

from tests.fixtures.office import Office
from tests.web.conftest import ClientOf
from workflow.cases.operations import open_case
from workflow.cases.tables import CaseForm, Draft
from workflow.files.queries import altered_files
from workflow.files.tables import StoredFile
from workflow.record.queries import verify

PDF = b"%PDF-1.7 a certificate"
TYPED = {"answer.kind": "file", "where": "Line 4", "reads": "May", "should_read": "June", "grounds": "The certificate."}


@pytest.fixture
def asked(office: Office) -> int:
    """A request for correction that the street has begun."""
    person_id = office.person()
    with office.as_("nominator") as context:
        return open_case(
            context,
            version_id=office.versions["correction"],
            person_id=person_id,
            body_id=office.bodies["street"],
        ).case_id


@pytest.fixture
def client(client_of: ClientOf) -> FlaskClient:
    made = client_of("nominator")
    made.application.config["WTF_CSRF_ENABLED"] = False
    made.post("/language", data={"language": "en", "next": "/inbox"})
    return made


def send(
    client: FlaskClient, case_id: int, *files: tuple[bytes, str], to: str = "act/file_request", **more: Any
) -> Any:
    """What a browser sends; put together by hand, since the test client would leave a file open for large ones."""
    texts = {"version": "1", **TYPED, **more}.items()
    parts = [(f'name="{name}"', value.encode()) for name, value in texts]
    parts += [(f'name="evidence"; filename="{name}"', content) for content, name in files]
    body = b"".join(
        b"--part\r\nContent-Disposition: form-data; " + head.encode() + b"\r\n\r\n" + value + b"\r\n"
        for head, value in parts
    )
    sent = body + b"--part--\r\n"
    return client.post(f"/cases/{case_id}/{to}", data=sent, content_type="multipart/form-data; boundary=part")


def stored(office: Office) -> int:
    with office.database.reading() as session:
        return session.scalar(select(func.count()).select_from(StoredFile)) or 0


def test_a_file_is_sent_and_taken_away_as_the_same_bytes(office: Office, client: FlaskClient, asked: int) -> None:
    page = client.get(f"/cases/{asked}").text
    assert 'enctype="multipart/form-data"' in page
    assert 'accept=".pdf,.ofd,.png,.jpg,.jpeg"' in page
    assert "until it is sent only you see it" in page
    assert send(client, asked, (PDF, "毕业证书.pdf")).status_code == 302
    page = client.get(f"/cases/{asked}").text
    assert "毕业证书.pdf" in page
    answer = client.get(f"/cases/{asked}/files/2/request/evidence/1")
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")
    assert "%E6%AF%95" in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.mimetype == "application/octet-stream"
    with office.database.reading() as session:
        values = session.scalars(select(CaseForm.values)).one()
        assert values["evidence"][0]["sha256"] == hashlib.sha256(PDF).hexdigest()
        assert verify(session).is_whole
        assert altered_files(session) == ()


def test_the_same_content_is_kept_once(office: Office, client: FlaskClient, asked: int) -> None:
    assert send(client, asked, (PDF, "a.pdf"), (PDF, "b.pdf")).status_code == 302
    assert stored(office) == 1
    assert client.get(f"/cases/{asked}/files/2/request/evidence/2").data == PDF


def test_what_does_not_fit_is_told_and_nothing_is_kept(office: Office, client: FlaskClient, asked: int) -> None:
    answer = send(client, asked, (b"MZ program", "certificate.pdf"))
    assert answer.status_code == 422
    assert "“certificate.pdf” is by its content none of the kinds taken here" in answer.text
    assert "Line 4" in answer.text, "what was typed is still there"
    assert send(client, asked, (b"%PDF-" + b"x" * 5_000_000, "large.pdf")).status_code == 422
    assert send(client, asked, *[(PDF, f"{n}.pdf") for n in range(4)]).status_code == 422
    assert send(client, asked, (PDF, "a.pdf"), reads="").status_code == 422, "another answer is missing"
    assert stored(office) == 0


def test_too_much_at_once_is_refused_in_the_readers_language(client: FlaskClient, asked: int) -> None:
    answer = send(client, asked, (b"%PDF-" + b"x" * 23_000_000, "huge.pdf"))
    assert answer.status_code == 413
    assert "20 MB together" in answer.text
    client.post("/language", data={"language": "zh", "next": "/inbox"})
    assert "合计不超过 20 MB" in send(client, asked, (b"x" * 23_000_000, "huge.pdf")).text
    assert client.post("/account/theme", data={"theme": "x" * 3_000_000}).status_code == 413, "other forms stay small"


def test_text_never_stands_for_a_file(office: Office, client: FlaskClient, asked: int) -> None:
    data = {"version": "1", **TYPED, "evidence": hashlib.sha256(PDF).hexdigest()}
    assert client.post(f"/cases/{asked}/act/file_request", data=data).status_code == 302
    with office.database.reading() as session:
        assert "evidence" not in session.scalars(select(CaseForm.values)).one()


def test_a_draft_names_no_file_and_the_record_s_store_has_none(office: Office, client: FlaskClient, asked: int) -> None:
    assert send(client, asked, (PDF, "a.pdf"), to="drafts/file_request").status_code == 302
    with office.database.reading() as session:
        kept = session.scalars(select(Draft.values)).one()
    assert kept["where"] == "Line 4"
    assert "evidence" not in kept
    assert stored(office) == 0


def test_a_file_is_open_to_readers_of_its_answer_alone(office: Office, client_of: ClientOf, asked: int) -> None:
    made = client_of("nominator")
    made.application.config["WTF_CSRF_ENABLED"] = False
    send(made, asked, (PDF, "a.pdf"))
    path = f"/cases/{asked}/files/2/request/evidence/1"
    assert client_of("secretary").get(path).data == PDF
    assert client_of("other_nominator").get(path).status_code == 404
    assert client_of("stranger").get(path).status_code == 404
    assert made.get(f"/cases/{asked}/files/2/request/evidence/2").status_code == 404
    assert made.get(f"/cases/{asked}/files/2/request/grounds/1").status_code == 404


@pytest.mark.parametrize("way", ["changed", "gone"])
def test_an_altered_file_is_noticed(office: Office, client: FlaskClient, asked: int, way: str) -> None:
    send(client, asked, (PDF, "a.pdf"))
    with office.database.writing() as session:
        session.execute(delete(StoredFile) if way == "gone" else update(StoredFile).values(content=b"other"))
    with office.database.reading() as session:
        assert altered_files(session) == (hashlib.sha256(PDF).hexdigest(),)


@pytest.fixture
def returned(office: Office, client: FlaskClient, asked: int) -> int:
    """A request sent with two files that the secretary has handed back."""
    assert send(client, asked, (PDF, "a.pdf"), (PDF + b" two", "b.pdf")).status_code == 302
    office.act("secretary", asked, "return", reason="Say which line.")
    return asked


def newest_files(office: Office) -> list[str]:
    with office.database.reading() as session:
        values = session.scalars(select(CaseForm.values).order_by(CaseForm.case_id.desc(), CaseForm.seq.desc())).first()
    return [one["name"] for one in (values or {}).get("evidence", [])]


def test_what_was_sent_stands_in_the_form_when_the_case_comes_back(client: FlaskClient, returned: int) -> None:
    page = client.get(f"/cases/{returned}").text
    assert "As it was sent on" in page
    assert 'value="Line 4"' in page
    assert page.count('name="kept.evidence"') == page.count("checked> <span>") - page.count('value="file" checked') == 2
    assert "b.pdf" in page


def test_files_sent_before_are_sent_again_unless_unticked(office: Office, client: FlaskClient, returned: int) -> None:
    version = str(office.case(returned).version)
    more = {"version": version, "kept.evidence": "2"}
    refused = send(client, returned, (PDF, "c.pdf"), reads="", **more)
    assert refused.status_code == 422
    boxes = refused.text.split('name="kept.evidence" value="')[1:]
    assert ["checked" in box.split(">")[0] for box in boxes] == [False, True], "ticked as they were sent"
    assert send(client, returned, (PDF, "c.pdf"), **more).status_code == 302
    assert newest_files(office) == ["b.pdf", "c.pdf"]
    assert stored(office) == 2, "no content is kept twice"
    with office.database.reading() as session:
        assert verify(session).is_whole
        assert altered_files(session) == ()


def test_numbers_of_no_file_bring_none(office: Office, client: FlaskClient, returned: int) -> None:
    more = {"version": str(office.case(returned).version), "kept.evidence": "9", "kept.where": "1"}
    assert send(client, returned, **more).status_code == 302
    assert newest_files(office) == []


def test_a_case_s_files_cannot_be_sent_with_another(office: Office, client: FlaskClient, asked: int) -> None:
    send(client, asked, (PDF, "a.pdf"))
    person_id = office.person()
    with office.as_("nominator") as context:
        other = open_case(
            context,
            version_id=office.versions["correction"],
            person_id=person_id,
            body_id=office.bodies["street"],
        ).case_id
    assert send(client, other, **{"kept.evidence": "1"}).status_code == 302
    assert newest_files(office) == []
