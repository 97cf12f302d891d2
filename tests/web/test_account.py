"""The account page names browsers as people know them."""

import pytest

from tests.fixtures.office import Office
from tests.web.conftest import ClientOf
from tests.workflow.steps import nominated
from web.browsers import browser_name
from workflow.access.tables import SignIn

WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
)
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1"


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        (WINDOWS, "Chrome 126 (Windows)"),
        (WINDOWS + " Edg/126.0.0.0", "Edge 126 (Windows)"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox 128 (Linux)"),
        (PHONE, "Safari 17 (iPhone)"),
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.50",
            "WeChat 8 (Android)",
        ),
        ("curl/8.7.1", "curl/8.7.1"),
        ("x" * 300, "x" * 59 + "…"),
        ("", ""),
    ],
)
def test_a_browser_is_named_by_its_make_and_its_machine(sent: str, name: str) -> None:
    assert browser_name(sent) == name


def test_the_account_page_says_where_one_is_signed_in(office: Office, client_of: ClientOf) -> None:
    client = client_of("secretary")
    with office.database.writing() as session:
        session.query(SignIn).update({"browser": WINDOWS})
    page = client.get("/account/").text
    assert "Chrome 126 (Windows)" in page
    assert "AppleWebKit" not in page


def test_a_unit_stands_apart_from_its_field(office: Office, client_of: ClientOf) -> None:
    case_id = nominated(office, office.person())
    client = client_of("nominator")
    client.application.config["WTF_CSRF_ENABLED"] = False
    form = f"/nominations/{case_id}/form"
    assert "（人）" in client.get(form).text
    client.post("/language", data={"language": "en", "next": "/"})
    page = client.get(form).text
    assert "meeting (people)" in page
    assert "meeting (votes)" in page
