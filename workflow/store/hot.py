"""Statements of the hot path: written once in SQLAlchemy Core, compiled once, run straight on the driver's cursor.

SQLAlchemy's own execution costs about as much as the statement itself; for the few statements of one approval that
is half of the time. Values must be what the driver takes as it is: numbers, text, None, and booleans.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
    spared: dict[tuple[bool, ...], str] = field(default_factory=dict)
    """Which values are absent → the text with NULL in their places."""

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

    def bound(self, values: Mapping[str, Any]) -> tuple[str, Any]:
        """Text and values for one run. SQLite's driver looks for an adapter for each None: it stands in the text."""
        given = self.given(values)
        if self.order is None or None not in given:
            return self.sql, given
        absent = tuple([value is None for value in given])
        sql = self.spared.get(absent)
        if sql is None:
            first, *rest = self.sql.split("?")
            marks = ["NULL" if is_absent else "?" for is_absent in absent]
            sql = self.spared[absent] = first + "".join(map("".join, zip(marks, rest, strict=True)))
        return sql, [value for value in given if value is not None]


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
        cursor.execute(*self._on(dialect).bound(values))
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
        if len(rows) == 1:
            self.run(cursor, dialect, rows[0])
        elif rows:
            compiled = self._on(dialect)
            cursor.executemany(compiled.sql, [compiled.given(row) for row in rows])


def driver_cursor(session: Session) -> tuple[Any, Dialect]:
    """The driver's cursor inside the session's transaction, and the dialect; flushes what the session holds."""
    kept = session.info.get(DRIVER)
    if kept is not None:
        session.flush()
        return kept  # type: ignore[no-any-return]
    connection = session.connection()
    return connection.connection.cursor(), connection.dialect
