"""Everybody begins where their day begins."""

import pytest

from tests.fixtures.office import Office
from tests.web.conftest import ClientOf
from workflow.rounds.tables import Round


@pytest.mark.parametrize(
    ("name", "first"),
    [("nominator", "/calls/"), ("secretary", "/rounds/1"), ("orghead", "/inbox"), ("street_head", "/inbox")],
)
def test_first_page_is_the_roles_own(client_of: ClientOf, name: str, first: str) -> None:
    client = client_of(name)
    assert client.get("/").headers["Location"] == first
    assert client.get(first).status_code == 200


def test_an_administrator_sees_the_state_of_the_system(client_of: ClientOf, administrator: str) -> None:
    assert client_of(administrator).get("/").headers["Location"] == "/administration/"


def test_a_secretary_without_an_open_round_begins_with_the_inbox(office: Office, client_of: ClientOf) -> None:
    with office.database.writing() as session:
        session.get_one(Round, office.round_id).closed_at = office.now
    assert client_of("secretary").get("/").headers["Location"] == "/inbox"
