"""The cheap question whether any timer is due, asked every few seconds on a driver connection kept for it."""

from datetime import datetime
from typing import Any

from workflow.store.database import Database
from workflow.store.types import instant_text

OPEN = {"sqlite": "is_open = 1", "postgresql": "is_open"}
"""Word for word the condition of the partial indexes: SQLite reads the whole table where it is written otherwise."""
# The order keeps PostgreSQL's prepared plan on the partial index; without it the plan went generic and read the whole table.
_DUE = "SELECT id FROM timer WHERE {} AND due_at <= {} ORDER BY due_at, id LIMIT 1"


class DuePoll:
    """Asks on one connection outside the pool and outside transactions; a lost connection is replaced at the next question."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Any = None
        self._cursor: Any = None
        self._statement = _DUE.format(OPEN[database.engine.dialect.name], "?" if database.is_sqlite else "%s")

    def is_due(self, now: datetime) -> bool:
        """Whether an open timer is due. Raises the driver's error where the database does not answer."""
        if self._cursor is None:
            self._connect()
        try:
            self._cursor.execute(self._statement, (instant_text(now),))
            return self._cursor.fetchone() is not None
        except Exception:
            self.close()
            raise

    def close(self) -> None:
        """Gives the connection up."""
        connection, self._connection, self._cursor = self._connection, None, None
        if connection is not None:
            connection.close()

    def _connect(self) -> None:
        self._connection = self._database.engine.raw_connection()
        driver: Any = self._connection.driver_connection
        self._connection.detach()
        if not self._database.is_sqlite:
            driver.autocommit = True
        self._cursor = driver.cursor()
