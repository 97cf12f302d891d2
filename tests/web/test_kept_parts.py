"""What is kept between pages never shows one reader another's page, nor yesterday's."""

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from tests.fixtures.office import Office
from tests.web.conftest import ClientOf
from tests.workflow.steps import SCORES, scored, speak, submitted
from web.rendering import once
from workflow.cases import fillings, inbox, recording
from workflow.panels import queries as panels
from workflow.people.tables import Account, Person

TOKEN = re.compile(r'name="csrf_token" value="[^"]*"')
READERS = ("secretary", "nominator", "orghead", "frontier", "assessor1", "assessor2", "recorder", "member01")


def forget() -> None:
    """As in a process that has just begun."""
    for kept in (once, recording.events_in, fillings.fillings, inbox._item, panels._view):
        kept.cache_clear()


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    forget()
    yield
    forget()


def page(client: FlaskClient, path: str) -> str:
    return TOKEN.sub("", client.get(path).text)


@pytest.fixture
def clients(office: Office, client_of: ClientOf) -> dict[str, FlaskClient]:
    """Everybody's browser, every second one in English."""
    with office.database.writing() as session:
        session.execute(update(Account).where(Account.sign_in_name.in_(READERS[::2])).values(locale="en"))
    return {name: client_of(name) for name in READERS}


def test_every_reader_gets_the_page_of_a_process_that_has_just_begun(
    office: Office, clients: dict[str, FlaskClient]
) -> None:
    half_scored = scored(office, office.person(), SCORES)
    returned = submitted(office, office.person())
    office.act("secretary", returned, "return", reason="Say <b>more</b>.")
    paths = (f"/cases/{half_scored}", f"/cases/{returned}", "/inbox")
    asked = [(name, path) for path in paths for name in READERS]
    for name, path in asked:
        page(clients[name], path)  # the visit is noted
    fresh = {}
    for name, path in asked:
        forget()
        fresh[name, path] = page(clients[name], path)
    assert len(set(fresh.values())) > len(READERS)
    forget()
    for _ in range(2):
        for name, path in asked:
            assert page(clients[name], path) == fresh[name, path], (name, path)


def test_what_happens_and_what_is_renamed_shows_at_once(office: Office, clients: dict[str, FlaskClient]) -> None:
    person_id = office.person()
    case_id = submitted(office, person_id)
    path = f"/cases/{case_id}"
    assert "Wen Lang" in page(clients["secretary"], "/inbox")
    assert "Say more." not in page(clients["nominator"], path)
    office.act("secretary", case_id, "return", reason="Say more.")
    assert "Say more." in page(clients["nominator"], path)
    with office.database.writing() as session:
        session.execute(update(Account).where(Account.sign_in_name == "secretary").values(name="改名"))
    assert "改名" in page(clients["nominator"], path)


def test_a_renamed_person_is_renamed_in_the_inbox(office: Office, clients: dict[str, FlaskClient]) -> None:
    person_id = office.person()
    submitted(office, person_id)
    assert "Wen Lang" in page(clients["secretary"], "/inbox")
    with office.database.writing() as session:
        session.execute(update(Person).where(Person.id == person_id).values(name_latin="Bai Xue"))
    assert "Bai Xue" in page(clients["secretary"], "/inbox")


def test_an_opinion_shows_at_once_to_the_others(office: Office, clients: dict[str, FlaskClient]) -> None:
    case_id = submitted(office, office.person())
    office.act("secretary", case_id, "approve")
    before = page(clients["orghead"], f"/cases/{case_id}")
    speak(office, "frontier", case_id, "agree")
    after = page(clients["orghead"], f"/cases/{case_id}")
    assert before.count("hourglass-split") == after.count("hourglass-split") + 1
