"""How many statements a page costs: a literal number, the same for a handful and for fifty."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, event, select

from scheduler.jobs import Work, spread_messages
from tests.fixtures.office import Office
from tests.web.conftest import ClientOf
from tests.workflow.steps import begun, listed, nominated, submitted
from workflow.bulk.tables import BulkEntry, BulkJob
from workflow.cases.tables import Case
from workflow.rounds.tables import Round
from workflow.settings import Settings

PAGES = {
    "/inbox": ("secretary", 4),
    "/bulk/": ("secretary", 3),
    "/bulk/1": ("secretary", 6),
    "/bulk/1/result.csv": ("secretary", 3),
    "/mine": ("nominator", 3),
    "/done": ("nominator", 3),
    "/copied": ("street_head", 3),
    "/meetings": ("orghead", 4),
    "/search?q=Wen": ("secretary", 3),
    "/people/": ("secretary", 4),
    "/rounds/": ("secretary", 5),
    "/rounds/1": ("secretary", 12),
    "/rounds/1/ranking": ("secretary", 4),
    "/reports/": ("secretary", 4),
    "/reports/1": ("secretary", 15),
    "/reports/1/sex.csv": ("secretary", 5),
    "/reports/1/cases/nominated": ("secretary", 6),
    "/calls/": ("nominator", 6),
    "/ledger/": ("secretary", 7),
    "/notifications/": ("secretary", 4),
    "/pools/": ("orghead", 4),
    "/pools/reviews": ("orghead", 4),
    "/procedures/": ("secretary", 3),
    "/procedures/reserve-official": ("secretary", 3),
    "/procedures/reserve-official/diagram": ("secretary", 3),
    "/procedure-simulations/reserve-official?cases=20": ("secretary", 5),
    "/procedures/reserve-official/differences": ("secretary", 3),
    "/cases/1/rules": ("secretary", 8),
    "/cases/1": ("secretary", 7),
}
"""Page → who looks at it, and how many statements it takes."""
NOT_COUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")


def grow(office: Office, count: int) -> None:
    """So many people: one in five is listed, the others' papers wait for the secretary or are drafts."""
    with office.database.writing() as session:
        session.get_one(Round, office.round_id).seats = {"reserve": 100, "youth": 100}
    for number in range(count):
        if number % 5 == 0:
            at = office.now
            listed(office, office.person())
            office.now = at
        else:
            (nominated if number % 5 == 1 else submitted)(office, office.person())
    work = Work(office.database, Settings(database_url=office.database.url))
    spread_messages(work, office.now)
    work.close()


def ask_for_many(office: Office) -> None:
    """Every case of the formal check is in one bulk job; nothing is done to them yet."""
    with office.database.reading() as session:
        cases = session.scalars(select(Case.id).where(Case.state == "review.formal_check").order_by(Case.id)).all()
    begun(office, *cases)


@pytest.fixture
def counted(client_of: ClientOf) -> Callable[[FlaskClient, str], int]:
    """Opens a page and says how many statements the driver was given; the second time, so that nothing is learnt."""
    app = client_of(None).application
    statements: list[str] = []

    @event.listens_for(app.extensions["database"].engine, "checkout")
    def on_checkout(connection: Any, _record: Any, _proxy: Any) -> None:
        connection.set_trace_callback(statements.append)

    def count(client: FlaskClient, path: str) -> int:
        assert client.get(path).status_code == 200, path
        statements.clear()
        client.get(path)
        return sum(not one.startswith(NOT_COUNTED) for one in statements)

    return count


def test_pages_cost_the_same_for_a_handful_and_for_fifty(
    office: Office, client_of: ClientOf, counted: Callable[[FlaskClient, str], int]
) -> None:
    grow(office, 5)
    ask_for_many(office)
    few = {path: counted(client_of(name), path) for path, (name, _) in PAGES.items()}
    office.now = office.now.replace(minute=30)
    grow(office, 50)
    with office.database.writing() as session:
        session.execute(delete(BulkEntry))
        session.execute(delete(BulkJob))
    ask_for_many(office)
    many = {path: counted(client_of(name), path) for path, (name, _) in PAGES.items()}
    assert many == few
    assert few == {path: number for path, (_, number) in PAGES.items()}
