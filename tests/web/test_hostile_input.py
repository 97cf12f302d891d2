"""What browsers should never send: answered in the reader's words, never a fault of ours, nothing half written."""

from io import BytesIO

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fixtures.office import NOMINATION, Office
from tests.web.conftest import ClientOf
from tests.web.test_access import COMMANDS, PAGES, digest, path_of
from web.request import database
from workflow.store.database import Database

TEN_MEGABYTES = 10 * 1024 * 1024

GARBAGE = st.one_of(
    st.text(max_size=40),
    st.integers(min_value=-(10**30), max_value=10**30).map(str),
    st.sampled_from(["\x00", "1e999", "-1", "NaN", "null", "[]", "../../etc/passwd", "%00", "'\"<script>", "9" * 400]),
)
FIELDS = st.dictionaries(
    st.sampled_from(["version", "reason", "seat", "opinion", "after", "before", "due", "procedure", "q", "person",
                     "category", "up_to", "year", "status", "tier", "search", "next", "guard", "form", "body", "called"]),
    GARBAGE, max_size=6,
)  # fmt: skip


@pytest.fixture
def client(client_of: ClientOf) -> FlaskClient:
    """The nominator's browser, whose forms need no token here."""
    made = client_of("nominator")
    made.application.config["WTF_CSRF_ENABLED"] = False
    return made


@pytest.mark.parametrize(
    ("action", "form", "status"),
    [
        ("submit", {**NOMINATION, "votes": "many"}, 422),
        ("submit", {**NOMINATION, "votes": "9" * 400}, 422),
        ("submit", {**NOMINATION, "votes": "-3"}, 422),
        ("submit", {**NOMINATION, "votes": "1.5"}, 422),
        ("submit", {**NOMINATION, "channel": "back_door"}, 422),
        ("submit", {**NOMINATION, "grounds": "x" * 5_000}, 422),
        ("submit", {**NOMINATION, "is_consented": ["yes", "no"], "channel": ""}, 422),
        ("no_such_action", {}, 422),
        ("approve", {}, 422),
    ],
)
def test_a_form_that_does_not_fit_is_explained_and_changes_nothing(
    client: FlaskClient, office: Office, case_id: int, action: str, form: dict[str, str], status: int
) -> None:
    before = digest(office)
    answer = client.post(f"/cases/{case_id}/act/{action}", data={"version": 1, **form})
    assert answer.status_code == status
    assert "Traceback" not in answer.text
    assert digest(office) == before


@pytest.mark.parametrize(("language", "words"), [("zh", "过大"), ("en", "large")])
def test_a_field_of_ten_megabytes_is_too_large(
    client: FlaskClient, office: Office, case_id: int, language: str, words: str
) -> None:
    client.post("/language", data={"language": language, "next": "/inbox"})
    before = digest(office)
    answer = client.post(f"/cases/{case_id}/act/submit", data={"version": 1, "grounds": "x" * TEN_MEGABYTES})
    assert answer.status_code == 413
    assert words in answer.text
    assert digest(office) == before


@pytest.mark.parametrize(
    "body",
    [
        b"version=1&reason=%ff%fe%00",
        b"&" * 20_000,
        b"&".join(b"f%d=1" % number for number in range(10_000)),
        b"version=" + b"1" * 5_000,
    ],
)
def test_a_garbled_body_is_no_fault_of_ours(client: FlaskClient, office: Office, case_id: int, body: bytes) -> None:
    before = digest(office)
    answer = client.post(f"/cases/{case_id}/act/submit", data=body, content_type="application/x-www-form-urlencoded")
    assert 400 <= answer.status_code < 500
    assert digest(office) == before


def test_a_file_where_a_text_is_expected_is_no_fault_of_ours(client: FlaskClient, case_id: int) -> None:
    data = {"version": "1", "grounds": (BytesIO(b"x" * 1_000), "x.bin")}
    assert client.post(f"/cases/{case_id}/act/submit", data=data).status_code in {413, 422}


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_led_elsewhere(client: FlaskClient, target: str) -> None:
    answer = client.post("/language", data={"language": "en", "next": target})
    assert "evil" not in answer.headers.get("Location", "")
    assert "javascript" not in answer.headers.get("Location", "")


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(number=st.integers(min_value=0, max_value=10_000), fields=FIELDS)
def test_nothing_thrown_at_any_route_is_a_fault_of_ours(
    client: FlaskClient, case_id: int, number: int, fields: dict[str, str]
) -> None:
    pages, commands = sorted(PAGES), sorted(set(COMMANDS) - {"sign_in.sign_out"})
    page = pages[number % len(pages)]
    path = path_of(client, page, PAGES[page]).partition("?")[0]
    assert client.get(path, query_string=fields).status_code < 500
    command = commands[number % len(commands)]
    assert client.post(path_of(client, command, COMMANDS[command]), data=fields).status_code < 500
    assert case_id


def test_a_locked_database_is_said_to_be_busy(client: FlaskClient, office: Office, case_id: int) -> None:
    with client.application.app_context():
        engine = database().engine
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=50")
    with office.database.writing():
        answer = client.post(f"/cases/{case_id}/act/submit", data={"version": 1, **NOMINATION})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "Traceback" not in answer.text
    assert office.case(case_id).version == 1


def test_a_database_that_is_gone_is_said_to_be_gone(client: FlaskClient) -> None:
    nowhere = Database("postgresql://nobody@127.0.0.1:9/none")
    client.application.extensions["database"] = nowhere
    answer = client.get("/inbox")
    nowhere.dispose()
    assert answer.status_code == 503
    assert "Traceback" not in answer.text
