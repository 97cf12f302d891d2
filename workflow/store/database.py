"""Connections and transactions: reads that never wait, writes that are whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from workflow.problems import Unavailable

BUSY_TIMEOUT_MS = 5_000
CACHE_KIB = 65_536
CHECKPOINT_PAGES = 8_000
"""Pages of 4 KiB in the write-ahead log before they are carried over: fewer, larger carryings cost a commit less."""
POOL_SIZE = 8
DRIVER = "driver"
"""Key of `session.info` under which a session keeps its driver's cursor."""
IS_STEPPING = "is_stepping"
"""Key of `session.info`: the session is for one step."""
IS_WRITTEN = "is_written"
"""Key of `session.info`: the step has been committed by itself."""


def _sqlite_module() -> Any:
    """The newest SQLite at hand: libraries before 3.51.3 can corrupt a WAL database at a reset."""
    try:
        from pysqlite3 import dbapi2
    except ImportError:
        import sqlite3 as dbapi2
    return dbapi2


DRIVER_FAULTS = (_sqlite_module().OperationalError, psycopg.OperationalError)
"""What statements run straight on a driver raise when the database is locked, full or gone."""


def _prepare_sqlite(engine: Engine, journal_mode: str) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        cursor.execute(f"PRAGMA journal_mode={journal_mode}")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
        cursor.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Any) -> None:
        writing = connection.get_execution_options().get("writing", False)
        # Straight on the driver: one approval opens one transaction, and SQLAlchemy's way costs as much as a statement.
        connection.connection.driver_connection.execute("BEGIN IMMEDIATE" if writing else "BEGIN")


def _sqlite_engine(url: Any) -> Engine:
    module = _sqlite_module()
    version = tuple(module.sqlite_version_info)
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url, module=module, pool_size=POOL_SIZE, max_overflow=0, connect_args={"check_same_thread": False}
    )
    _prepare_sqlite(engine, "WAL" if version >= (3, 51, 3) else "TRUNCATE")
    return engine


def _prepare_postgresql(engine: Engine) -> None:
    @event.listens_for(engine, "begin")
    def on_begin(connection: Any) -> None:
        if connection.get_execution_options().get("stepping", False):
            connection.connection.driver_connection.execute("BEGIN")


def make_engine(url: str) -> Engine:
    """An engine for `sqlite:///path` or `postgresql://…`; psycopg 3 is used where no driver is named."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite_engine(parsed)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    engine = create_engine(parsed, pool_size=POOL_SIZE, max_overflow=0, connect_args={"prepare_threshold": 1})
    _prepare_postgresql(engine)
    return engine


def _reading_engine(engine: Engine) -> Engine:
    """Where looking happens: on PostgreSQL connections that cannot write and need no BEGIN and ROLLBACK round trips."""
    if engine.dialect.name == "sqlite":
        return engine
    arguments = {"prepare_threshold": 1, "options": "-c default_transaction_read_only=on"}
    return create_engine(
        engine.url, pool_size=POOL_SIZE, max_overflow=0, isolation_level="AUTOCOMMIT", connect_args=arguments
    )


class Database:
    """One database and the two ways into it: `reading()` and `writing()`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = make_engine(url)
        self._reading = _reading_engine(self.engine)
        self._writing = self.engine.execution_options(writing=True)
        self._stepping = (
            self._writing
            if self.is_sqlite
            else self.engine.execution_options(isolation_level="AUTOCOMMIT", stepping=True)
        )

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for looking; what it would change is rolled back on SQLite and refused on PostgreSQL."""
        with translated(), self._reading.connect() as connection:
            connection.begin()
            session = Session(connection, autoflush=False)
            session.info[DRIVER] = (connection.connection.cursor(), connection.dialect)
            try:
                yield session
            finally:
                session.close()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose work is committed when the block ends and undone when it raises."""
        with translated(), self._writing.connect() as connection, connection.begin() as transaction:
            session = Session(connection)
            session.info[DRIVER] = (connection.connection.cursor(), connection.dialect)
            try:
                yield session
                session.flush()
                transaction.commit()
            finally:
                if transaction.is_active:
                    transaction.rollback()
                session.close()

    @contextmanager
    def stepping(self) -> Iterator[Session]:
        """A session for one step of one case, which is the last thing written in it.

        On PostgreSQL a step is one statement, whole by itself: the transaction begins only when something else is
        written or locked, and an approval costs three trips to the server instead of five. Elsewhere as `writing()`.
        """
        if self.is_sqlite:
            with self.writing() as session:
                yield session
            return
        with translated(), self._stepping.connect() as connection, Session(connection) as session:
            session.info[DRIVER] = (connection.connection.cursor(), connection.dialect)
            session.info[IS_STEPPING] = True
            yield session
            if session.info.get(IS_WRITTEN) and (session.new or session.dirty or session.deleted):
                raise RuntimeError("a step was committed, and more was written after it")
            session.commit()

    def dispose(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()
        self._reading.dispose()


@contextmanager
def at_one_moment(session: Session) -> Iterator[None]:
    """Everything read in the block is as it was at its beginning, however long it takes and whoever writes meanwhile."""
    driver: Any = session.connection().connection.driver_connection
    if not isinstance(driver, psycopg.Connection) or not driver.autocommit:
        yield
        return
    driver.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    try:
        yield
    finally:
        driver.execute("ROLLBACK")


@contextmanager
def translated() -> Iterator[None]:
    """A locked, full, absent or overrun database becomes `Unavailable`; faults of our own pass unchanged."""
    try:
        yield
    except (OperationalError, PoolTimeout, *DRIVER_FAULTS) as error:
        raise Unavailable("database_unavailable") from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise Unavailable("database_unavailable") from error
        raise
