"""Doors to sign in at."""

from datetime import datetime

import pytest

from tests.workflow.access.doors import Door
from workflow.store.database import Database


@pytest.fixture
def door(database: Database, now: datetime) -> Door:
    """A door on SQLite."""
    return Door(database, now)


@pytest.fixture
def any_door(any_database: Database, now: datetime) -> Door:
    """A door on SQLite and on PostgreSQL."""
    return Door(any_database, now)
