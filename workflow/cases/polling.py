"""The cheap question whether any timer is due, asked every few seconds on a driver connection kept for it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from psycopg import OperationalError
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus

from workflow.store.database import Database
from workflow.store.types import instant_text

OPEN = {"sqlite": "is_open = 1", "postgresql": "is_open"}
"""Word for word the condition of the partial indexes: SQLite reads the whole table where it is written otherwise."""
# The order keeps PostgreSQL's prepared plan on the partial index; without it the plan went generic and read the whole table.
_DUE = "SELECT id FROM timer WHERE {} AND due_at <= {} ORDER BY due_at, id LIMIT 1"
_NAME = b"due_poll"


class DuePoll:
    """Asks on one connection outside the pool and outside transactions; a lost connection is replaced at the next question."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Any = None
        self._asked: Callable[[str], bool] | None = None

    def is_due(self, now: datetime) -> bool:
        """Whether an open timer is due. Raises the driver's error where the database does not answer."""
        asked = self._asked or self._connect()
        try:
            return asked(instant_text(now))
        except Exception:
            self.close()
            raise

    def close(self) -> None:
        """Gives the connection up."""
        connection, self._connection, self._asked = self._connection, None, None
        if connection is not None:
            connection.close()

    def _connect(self) -> Callable[[str], bool]:
        self._connection = self._database.engine.raw_connection()
        driver: Any = self._connection.driver_connection
        self._connection.detach()
        self._asked = _on_sqlite(driver) if self._database.is_sqlite else _on_postgresql(driver)
        return self._asked


def _on_sqlite(driver: Any) -> Callable[[str], bool]:
    cursor = driver.cursor()
    statement = _DUE.format(OPEN["sqlite"], "?")

    def asked(now: str) -> bool:
        return cursor.execute(statement, (now,)).fetchone() is not None

    return asked


def _on_postgresql(driver: Any) -> Callable[[str], bool]:
    """Prepared once and asked of libpq itself: the driver's own way costs as much again as the trip to the server."""
    driver.autocommit = True
    server = driver.pgconn

    def answered(result: Any, status: ExecStatus) -> Any:
        if server.status != ConnStatus.OK:
            raise OperationalError(result.get_error_message())
        if result.status != status:
            raise error_from_result(result)
        return result

    answered(server.prepare(_NAME, _DUE.format(OPEN["postgresql"], "$1").encode()), ExecStatus.COMMAND_OK)

    def asked(now: str) -> bool:
        return bool(answered(server.exec_prepared(_NAME, [now.encode()]), ExecStatus.TUPLES_OK).ntuples)

    return asked
