"""A session for one step of one case: straight on the driver, and an ordinary session as soon as more is asked of it.

Making a connection object, a transaction and a session, and ending them, costs as much as several statements; most
steps need none of the three.
"""

from collections.abc import Callable
from typing import Any, cast

from sqlalchemy import Connection, Engine, PoolProxiedConnection, RootTransaction
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session

DRIVER = "driver"
"""Key of `session.info` under which a writing session keeps its driver's cursor and its dialect."""
ENGINE = "engine"
"""Key of `session.info` under which a session for a step keeps its engine."""
IS_STEPPING = "is_stepping"
"""Key of `session.info`: the session is for one step that is committed by itself."""
IS_WRITTEN = "is_written"
"""Key of `session.info`: the step has been committed by itself."""


class StepSession(Session):
    """A session that becomes one when anything is asked of it that the driver's cursor does not answer.

    What `Session.__init__` sets is missing until then, so that the first use of any of it wakes the session.
    """

    def __init__(self, info: dict[str, Any], wake: Callable[[], Connection]) -> None:
        self.info = info
        self._wake: Callable[[], Connection] | None = wake
        self.connected: Connection | None = None

    def __getattr__(self, name: str) -> Any:
        wake = self.__dict__.get("_wake")
        if wake is None:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)
        self._wake = None
        self.connected = wake()
        super().__init__(self.connected)
        return getattr(self, name)

    def flush(self, objects: Any = None) -> None:
        if self.connected is not None:
            super().flush(objects)

    def in_transaction(self) -> bool:
        return self.connected is not None and super().in_transaction()

    def close(self) -> None:
        self._wake = None  # and with it the circle that would wait for the garbage collector
        if self.connected is not None:
            super().close()
            self.connected.close()


class SqliteStep:
    """One transaction on SQLite: begun as a writer's, committed when the block ends, undone when it raises."""

    __slots__ = ("_connection", "_driver", "_engine", "_session", "_transaction")

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        """Its connections are in a transaction already."""
        self._transaction: RootTransaction | None = None

    def __enter__(self) -> Session:
        self._connection: PoolProxiedConnection = self._engine.raw_connection()
        self._driver = cast("Any", self._connection.driver_connection)
        try:
            cursor = self._driver.cursor()
            cursor.execute("BEGIN IMMEDIATE")
        except BaseException:
            self._connection.close()
            raise
        info = {DRIVER: (cursor, self._engine.dialect), ENGINE: self._engine}
        self._session = StepSession(info, self._woken)
        return self._session

    def _woken(self) -> Connection:
        connection = Connection(self._engine, connection=self._connection)
        self._transaction = connection.begin()
        return connection

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        try:
            if error is None:
                self._commit()
        finally:
            self._end()

    def _commit(self) -> None:
        if self._transaction is None:
            self._driver.commit()
        else:
            self._session.flush()
            self._transaction.commit()

    def _end(self) -> None:
        """Closing what is open rolls back what was not committed."""
        if self._transaction is not None and self._transaction.is_active:
            self._transaction.rollback()
        self._session.close()
        self._connection.close()


class PostgresqlStep:
    """One step on PostgreSQL: a statement whole by itself, or a transaction once anything else is written or locked."""

    __slots__ = ("_connection", "_driver", "_engine", "_session")

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        """Its connections begin a transaction with a statement of their own."""

    def __enter__(self) -> Session:
        self._connection: PoolProxiedConnection = self._engine.raw_connection()
        self._driver = cast("Any", self._connection.driver_connection)
        try:
            self._driver.autocommit = True
            dialect: Dialect = self._engine.dialect
            info = {DRIVER: (self._driver.cursor(), dialect), ENGINE: self._engine, IS_STEPPING: True}
        except BaseException:
            self._connection.close()
            raise
        self._session = StepSession(info, self._woken)
        return self._session

    def _woken(self) -> Connection:
        return Connection(self._engine, connection=self._connection)

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        try:
            if error is None and self._session.connected is not None:
                self._commit()
        finally:
            self._end()

    def _commit(self) -> None:
        session = self._session
        if session.info.get(IS_WRITTEN) and (session.new or session.dirty or session.deleted):
            raise RuntimeError("a step was committed, and more was written after it")
        session.commit()

    def _end(self) -> None:
        try:
            self._session.close()
            if not self._driver.closed:
                self._driver.autocommit = False
        finally:
            self._connection.close()
