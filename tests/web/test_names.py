"""Colleagues stand in Latin letters on English pages, and as they are written on Chinese ones."""

import re

import pytest
from sqlalchemy import select

from tests.fixtures.office import Office
from tests.web.conftest import ClientOf
from tests.workflow.steps import SCORES, decided, nominated, scored, speak, submitted
from workflow.cases.case_page import case_page
from workflow.cases.operations import grant_waiver
from workflow.messages.operations import spread
from workflow.people.tables import Account

CHINESE, LATIN = "签名甲", "Signed Jia"


@pytest.fixture
def renamed(office: Office) -> Office:
    """An office in which everybody who signs in has one name, told apart by nobody but this test."""
    with office.database.writing() as session:
        for account in session.scalars(select(Account)):
            account.name, account.name_latin = CHINESE, LATIN
    return office


def text(client_of: ClientOf, name: str, path: str, language: str) -> str:
    client = client_of(name)
    client.application.config["WTF_CSRF_ENABLED"] = False
    client.post("/language", data={"language": language, "next": "/"})
    answer = client.get(path)
    assert answer.status_code == 200, path
    page = answer.text.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def shown(client_of: ClientOf, name: str, path: str) -> None:
    """The name stands there, in the letters of the language and in no others."""
    english, chinese = text(client_of, name, path, "en"), text(client_of, name, path, "zh")
    assert LATIN in english, path
    assert CHINESE not in english, path
    assert CHINESE in chinese, path
    assert LATIN not in chinese, path


def test_a_case_says_who_did_what(renamed: Office, client_of: ClientOf) -> None:
    case_id = decided(renamed, renamed.person())
    shown(client_of, "secretary", f"/cases/{case_id}")
    page = text(client_of, "secretary", f"/cases/{case_id}", "en")
    assert page.count(LATIN) > 10, "events, forms, the team among the answers, members of the committee"


def test_an_open_panel_says_whom_it_waits_for(renamed: Office, client_of: ClientOf) -> None:
    shown(client_of, "secretary", f"/cases/{scored(renamed, renamed.person(), SCORES)}")
    meeting = scored(renamed, renamed.person(), SCORES, SCORES)
    shown(client_of, "secretary", f"/cases/{meeting}")


def test_a_rule_set_aside_says_by_whom(renamed: Office, client_of: ClientOf) -> None:
    case_id = nominated(renamed, renamed.person(education="college"))
    renamed.act("nominator", case_id, "ask_exception", reason="Rare skill.")
    with renamed.as_("orghead") as context:
        (reason, *_) = case_page(context, case_id).waivable
        assert reason.guard
        grant_waiver(
            context, case_id=case_id, guard=reason.guard, reason="Yes.", seen_version=renamed.case(case_id).version
        )
    shown(client_of, "orghead", f"/cases/{case_id}")
    shown(client_of, "orghead", f"/cases/{case_id}/rules")


def test_the_team_is_chosen_among_names(renamed: Office, client_of: ClientOf) -> None:
    case_id = submitted(renamed, renamed.person())
    renamed.act("secretary", case_id, "approve")
    for name in ("orghead", "frontier", "personnel"):
        speak(renamed, name, case_id, "agree")
    shown(client_of, "secretary", f"/cases/{case_id}")


def test_lists_of_the_office_say_who(renamed: Office, client_of: ClientOf, administrator: str) -> None:
    submitted(renamed, renamed.person())
    with renamed.as_(None) as context:
        spread(context, is_mailing=False)
    shown(client_of, "secretary", "/ledger/")
    shown(client_of, administrator, "/administration/accounts")
