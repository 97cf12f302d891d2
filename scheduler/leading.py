"""One scheduler leads, others stand by: an advisory lock on PostgreSQL, a locked file beside an SQLite database."""

import fcntl
import os
import socket
from pathlib import Path
from threading import Lock
from typing import Any, Protocol, TextIO

import psycopg
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from workflow.store.database import Database

LOCK = 4_615_211
"""The advisory lock of whoever leads."""


def own_name() -> str:
    """How this process signs: host and process id."""
    return f"{socket.gethostname()}:{os.getpid()}"


class Leadership(Protocol):
    """The right to do what is due."""

    def hold(self) -> bool:
        """Whether this process leads now; takes the lead where nobody has it."""
        ...

    def release(self) -> None:
        """Lets the next one lead."""
        ...


class PostgresLeadership:
    """Held by a connection: when the process or its connection dies, the server frees the lock by itself."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pooled: Any = None
        self._driver: Any = None
        self._guard = Lock()

    def hold(self) -> bool:
        """Asks the server each time: a lock whose connection was lost is somebody else's by now."""
        with self._guard:
            try:
                if self._driver is not None:
                    self._driver.execute("SELECT 1")
                    return True
                return self._take()
            except (psycopg.Error, SQLAlchemyError):
                self._drop()
                return False

    def _take(self) -> bool:
        pooled = self._pooled = self._database.engine.raw_connection()
        driver: Any = pooled.driver_connection
        pooled.detach()
        driver.autocommit = True
        if driver.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,)).fetchone()[0]:
            self._driver = driver
            return True
        self._drop()
        return False

    def _drop(self) -> None:
        pooled, self._pooled, self._driver = self._pooled, None, None
        if pooled is not None:
            pooled.close()

    def release(self) -> None:
        """Unlocks before it hangs up: the server frees the lock of a closed connection only a moment later."""
        with self._guard:
            try:
                if self._driver is not None:
                    self._driver.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))
            except psycopg.Error:
                pass
            finally:
                self._drop()


class FileLeadership:
    """Held by an open file: the system frees the lock when the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: TextIO | None = None
        self._guard = Lock()

    def hold(self) -> bool:
        with self._guard:
            if self._file is not None:
                return True
            file = self._path.open("w", encoding="utf-8")
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                file.close()
                return False
            file.write(own_name())
            file.flush()
            self._file = file
            return True

    def release(self) -> None:
        with self._guard:
            if self._file is not None:
                self._file.close()
                self._file = None


def leadership(database: Database) -> Leadership:
    """The kind of lead that fits the database."""
    if not database.is_sqlite:
        return PostgresLeadership(database)
    return FileLeadership(Path(f"{make_url(database.url).database}.scheduler"))
