"""Of several schedulers one leads; when it goes, another takes over."""

import psycopg
import pytest
from sqlalchemy import text

from scheduler.leading import LOCK, FileLeadership, PostgresLeadership, leadership
from workflow.store.database import Database


def test_second_one_stands_by_until_the_first_lets_go(any_database: Database) -> None:
    first, second = leadership(any_database), leadership(any_database)
    assert first.hold()
    assert not second.hold()
    assert first.hold(), "a leader keeps the lead"
    first.release()
    assert second.hold()
    assert not first.hold()
    second.release()


@pytest.mark.postgres
def test_leader_whose_connection_dies_loses_the_lead_to_the_next(postgres_database: Database) -> None:
    first, second = PostgresLeadership(postgres_database), PostgresLeadership(postgres_database)
    assert first.hold()
    with postgres_database.writing() as session:
        session.execute(
            text("SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory' AND objid = :lock"),
            {"lock": LOCK},
        )
    assert second.hold()
    assert not first.hold(), "it notices that it leads no more"
    assert not first.hold()
    second.release()


@pytest.mark.postgres
def test_server_that_is_away_means_no_lead(postgres_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise psycopg.OperationalError("the server is away")

    lead = PostgresLeadership(postgres_database)
    monkeypatch.setattr(postgres_database.engine, "raw_connection", away)
    assert not lead.hold()


def test_file_lies_beside_the_database(sqlite_database: Database) -> None:
    lead = leadership(sqlite_database)
    assert isinstance(lead, FileLeadership)
    assert lead.hold()
    assert lead._path.name == "selection.db.scheduler"
    lead.release()
