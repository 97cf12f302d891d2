"""What may be missed is noted at once or not at all."""

from datetime import datetime

import pytest
from sqlalchemy import func, select, text

from workflow.people.tables import Account
from workflow.problems import Unavailable
from workflow.store.database import BUSY_TIMEOUT_MS, Database


def added(database: Database, name: str, now: datetime) -> None:
    with database.noting() as session:
        session.add(Account(sign_in_name=name, name=name, name_latin=name, email="", created_at=now))


def test_a_note_is_kept(any_database: Database, now: datetime) -> None:
    added(any_database, "one", now)
    with any_database.reading() as session:
        assert session.scalar(select(func.count(Account.id))) == 1


def test_nobody_waits_to_note_while_somebody_writes(database: Database, now: datetime) -> None:
    with database.writing() as session:
        with pytest.raises(Unavailable), database.noting():
            pytest.fail("somebody else is writing")
        session.execute(text("SELECT 1"))
    added(database, "one", now)


def test_afterwards_writers_wait_as_long_as_ever(database: Database) -> None:
    with database.writing(), pytest.raises(Unavailable), database.noting():
        pytest.fail("somebody else is writing")
    with database.noting() as session:
        assert session.scalar(text("PRAGMA busy_timeout")) == BUSY_TIMEOUT_MS
    with database.writing() as session:
        assert session.scalar(text("PRAGMA busy_timeout")) == BUSY_TIMEOUT_MS
