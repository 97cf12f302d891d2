"""Who gets in where: every page before signing in, a case for readers and strangers, forms without their token."""

import html5lib
import pytest
from werkzeug.routing import IntegerConverter

from tests.fixtures.office import NOMINATION, Office
from tests.web.conftest import ClientOf
from web.security import OPEN_TO_ALL, POLICY

SAMPLES = {"int": 1, "default": "submit"}
CLOCKED = ("/inbox", "/mine", "/done", "/search?q=wen", "/account/", "/notifications/", "/calls/")


def test_every_page_asks_for_a_sign_in_first(client_of: ClientOf) -> None:
    client = client_of(None)
    rules = [rule for rule in client.application.url_map.iter_rules() if "GET" in (rule.methods or set())]
    asked = 0
    with client.application.test_request_context():
        for rule in rules:
            if rule.endpoint in OPEN_TO_ALL:
                continue
            given = {
                name: SAMPLES["int" if isinstance(c, IntegerConverter) else "default"]
                for name, c in rule._converters.items()
            }
            _, path = rule.build(given) or ("", "/")
            answer = client.get(path)
            assert answer.status_code == 302, path
            assert answer.headers["Location"].startswith("/sign-in"), path
            asked += 1
    assert asked > 15


@pytest.mark.parametrize("path", CLOCKED)
def test_pages_are_valid_and_protected(client_of: ClientOf, path: str) -> None:
    answer = client_of("nominator").get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert " style=" not in answer.text
    html5lib.HTMLParser(strict=True).parse(answer.text)


def test_a_case_is_there_for_its_readers_only(client_of: ClientOf, case_id: int) -> None:
    assert client_of("nominator").get(f"/cases/{case_id}").status_code == 200
    for name in ("other_nominator", "stranger", "assessor1"):
        assert client_of(name).get(f"/cases/{case_id}").status_code == 404


def test_a_form_without_its_token_changes_nothing(client_of: ClientOf, office: Office, case_id: int) -> None:
    answer = client_of("nominator").post(f"/cases/{case_id}/act/submit", data={"version": 1, **NOMINATION})
    assert answer.status_code == 400
    assert office.case(case_id).state == "recommendation.draft"


def test_a_stale_page_gets_409_and_keeps_what_was_typed(client_of: ClientOf, office: Office, case_id: int) -> None:
    office.act("nominator", case_id, "submit", form=NOMINATION)
    client = client_of("secretary")
    client.application.config["WTF_CSRF_ENABLED"] = False
    answer = client.post(f"/cases/{case_id}/act/return", data={"version": 1, "reason": "Typed words."})
    assert answer.status_code == 409
    assert "Typed words." in answer.text


@pytest.mark.parametrize(
    "path", ["/inbox?due=never", "/inbox?after=x", "/mine?after=%00", "/cases/999999999", "/nowhere"]
)
def test_what_a_client_sends_wrong_is_never_a_fault_of_ours(client_of: ClientOf, path: str) -> None:
    assert client_of("nominator").get(path).status_code in {404, 422}
