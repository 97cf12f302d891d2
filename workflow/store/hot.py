"""Statements of the hot path: written once in SQLAlchemy Core, compiled once, run straight on the driver's cursor.

SQLAlchemy's own execution costs about as much as the statement itself; for the few statements of one approval that
is half of the time. Values must be what the driver takes as it is: numbers, text, None, and booleans.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session
from sqlalchemy.sql import Executable
from sqlalchemy.sql.elements import ClauseElement

from workflow.store.stepping import DRIVER


@dataclass(frozen=True, slots=True)
class Compilation:
    """A statement's text on one database, the order of its values where they go by place, and its own constants."""

    sql: str
    order: tuple[str, ...] | None
    constants: Mapping[str, Any]

    @classmethod
    def of(cls, statement: ClauseElement, dialect: Dialect) -> "Compilation":
        compiled = statement.compile(dialect=dialect)
        order = getattr(compiled, "positiontup", None)
        constants = {name: value for name, value in compiled.params.items() if value is not None}
        return cls(str(compiled), tuple(order) if order is not None else None, constants)

    def given(self, values: Mapping[str, Any]) -> Any:
        """The values as the driver takes them."""
        if self.constants:
            values = {**self.constants, **values}
        return values if self.order is None else [values[name] for name in self.order]


class Hot:
    """One statement ready to run on either database."""

    __slots__ = ("_compiled", "_statement")

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._compiled: dict[str, Compilation] = {}

    def _on(self, dialect: Dialect) -> Compilation:
        known = self._compiled.get(dialect.name)
        if known is None:
            assert isinstance(self._statement, ClauseElement)
            known = self._compiled[dialect.name] = Compilation.of(self._statement, dialect)
        return known

    def run(self, cursor: Any, dialect: Dialect, values: Mapping[str, Any]) -> Any:
        """Runs it once; the cursor holds the rows."""
        compiled = self._on(dialect)
        cursor.execute(compiled.sql, compiled.given(values))
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
        compiled = self._on(dialect)
        if len(rows) == 1:
            cursor.execute(compiled.sql, compiled.given(rows[0]))
        elif rows:
            cursor.executemany(compiled.sql, [compiled.given(row) for row in rows])


def driver_cursor(session: Session) -> tuple[Any, Dialect]:
    """The driver's cursor inside the session's transaction, and the dialect; flushes what the session holds."""
    kept = session.info.get(DRIVER)
    if kept is not None:
        session.flush()
        return kept  # type: ignore[no-any-return]
    connection = session.connection()
    return connection.connection.cursor(), connection.dialect
