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
from workflow.store.stepping import DRIVER, ENGINE, PostgresqlStep, SqliteStep

BUSY_TIMEOUT_MS = 5_000
CACHE_KIB = 65_536
CHECKPOINT_PAGES = 8_000
"""Pages of 4 KiB in the write-ahead log before they are carried over: fewer, larger carryings cost a commit less."""
POOL_SIZE = 8
CACHED_STATEMENTS = 1_000
"""Prepared statements a SQLite connection keeps. pysqlite3 throws out the least used, and among those the newest: once the
tables' making and whatever came first have filled its usual hundred, every statement of a step is prepared anew each time."""


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
        options = connection.get_execution_options()
        if not options.get("stepping", False):  # a step's session joins the transaction that was begun with the step
            # Straight on the driver: SQLAlchemy's way costs as much as a statement.
            driver = connection.connection.driver_connection
            if options.get("noting"):
                _begin_at_once(driver)
            else:
                driver.execute("BEGIN IMMEDIATE" if options.get("writing") else "BEGIN")


def _begin_at_once(driver: Any) -> None:
    """Begins to write, or raises where somebody else is writing."""
    driver.execute("PRAGMA busy_timeout=0")
    try:
        driver.execute("BEGIN IMMEDIATE")
    finally:
        driver.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")


def _sqlite_engine(url: Any) -> Engine:
    module = _sqlite_module()
    version = tuple(module.sqlite_version_info)
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        module=module,
        pool_size=POOL_SIZE,
        max_overflow=0,
        connect_args={"check_same_thread": False, "cached_statements": CACHED_STATEMENTS},
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
        self._noting = self.engine.execution_options(noting=True)
        self._stepping = self.engine.execution_options(stepping=True)
        self._step = SqliteStep if self.is_sqlite else PostgresqlStep

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
        with self._written(self._writing) as session:
            yield session

    @contextmanager
    def noting(self) -> Iterator[Session]:
        """The same for what may be missed: raises Unavailable at once where somebody else is writing on SQLite."""
        with self._written(self._noting) as session:
            yield session

    @contextmanager
    def _written(self, engine: Engine) -> Iterator[Session]:
        with translated(), engine.connect() as connection, connection.begin() as transaction:
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
        written or locked, and an approval costs two trips to the server. Elsewhere one transaction, as `writing()`.
        """
        with translated(), self._step(self._stepping) as session:
            yield session

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


def engine_of(session: Session) -> Engine:
    """The engine a session's statements run on."""
    known: Engine | None = session.info.get(ENGINE)
    return known if known is not None else session.get_bind().engine


class translated:  # noqa: N801 - reads as the statement it stands in
    """A locked, full, absent or overrun database becomes `Unavailable`; faults of our own pass unchanged."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, (OperationalError, PoolTimeout, *DRIVER_FAULTS)):
            raise Unavailable("database_unavailable") from error
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise Unavailable("database_unavailable") from error
