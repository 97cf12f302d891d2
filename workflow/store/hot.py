"""Statements of the hot path: written once in SQLAlchemy Core, compiled once, run straight on the driver's cursor.

SQLAlchemy's own execution costs about as much as the statement itself; for the few statements of one approval that
is half of the time. Values must be what the driver takes as it is: numbers, text, None, and booleans.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session
from sqlalchemy.sql import Executable
from sqlalchemy.sql.elements import ClauseElement

from workflow.store.database import DRIVER


class Hot:
    """One statement ready to run on either database."""

    __slots__ = ("_compiled", "_statement")

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._compiled: dict[str, tuple[str, tuple[str, ...] | None]] = {}

    def _on(self, dialect: Dialect) -> tuple[str, tuple[str, ...] | None]:
        known = self._compiled.get(dialect.name)
        if known is None:
            assert isinstance(self._statement, ClauseElement)
            compiled = self._statement.compile(dialect=dialect)
            order = getattr(compiled, "positiontup", None)
            known = (str(compiled), tuple(order) if order is not None else None)
            self._compiled[dialect.name] = known
        return known

    def run(self, cursor: Any, dialect: Dialect, values: Mapping[str, Any]) -> Any:
        """Runs it once; the cursor holds the rows."""
        sql, order = self._on(dialect)
        cursor.execute(sql, values if order is None else [values[name] for name in order])
        return cursor

    def one(self, session: Session, values: Mapping[str, Any]) -> Any:
        """The first row in the session's transaction, or None."""
        cursor, dialect = driver_cursor(session)
        return self.run(cursor, dialect, values).fetchone()

    def all(self, session: Session, values: Mapping[str, Any]) -> Any:
        """Every row in the session's transaction."""
        cursor, dialect = driver_cursor(session)
        return self.run(cursor, dialect, values).fetchall()

    def run_many(self, cursor: Any, dialect: Dialect, rows: Sequence[Mapping[str, Any]]) -> None:
        """Runs it for each row."""
        sql, order = self._on(dialect)
        if len(rows) == 1:
            cursor.execute(sql, rows[0] if order is None else [rows[0][name] for name in order])
        elif rows:
            cursor.executemany(sql, rows if order is None else [[row[name] for name in order] for row in rows])


def driver_cursor(session: Session) -> tuple[Any, Dialect]:
    """The driver's cursor inside the session's transaction, and the dialect; flushes what the session holds."""
    kept = session.info.get(DRIVER)
    if kept is not None:
        session.flush()
        return kept  # type: ignore[no-any-return]
    connection = session.connection()
    return connection.connection.cursor(), connection.dialect
