"""Statements straight on the driver: what is absent, and what SQLite prepares anew."""

from typing import Any

from sqlalchemy import Column, Integer, MetaData, String, Table, bindparam, insert, select, update

from workflow.store.database import Database
from workflow.store.hot import Hot

_NOTE = Table("hot_note", MetaData(), Column("id", Integer, primary_key=True), Column("a", String), Column("b", String))
_ADD = Hot(insert(_NOTE))
_CHANGE = Hot(update(_NOTE).where(_NOTE.c.id == bindparam("key")).values(a=bindparam("a_"), b=bindparam("b_")))
_ALL = Hot(select(_NOTE.c.a, _NOTE.c.b).order_by(_NOTE.c.id))


def test_absent_values_are_written_where_they_belong(any_database: Database) -> None:
    with any_database.writing() as session:
        _NOTE.metadata.create_all(session.connection())
        cursor, dialect = session.info["driver"]
        for key, row in enumerate([(None, "b"), ("a", None), (None, None), ("a", "b"), (None, "b")], start=1):
            _ADD.run(cursor, dialect, {"id": key, "a": row[0], "b": row[1]})
        _CHANGE.run(cursor, dialect, {"key": 4, "a_": None, "b_": "?"})
        rows = [tuple(row) for row in _ALL.all(session, {})]
    assert rows == [(None, "b"), ("a", None), (None, None), (None, "?"), (None, "b")]


def test_statements_that_come_after_hundreds_of_others_are_prepared_once(database: Database) -> None:
    asked: list[Any] = []

    def note(*what: Any) -> int:
        asked.append(what)
        return 0

    with database.writing() as session:
        driver: Any = session.connection().connection.driver_connection
        for number in range(300):
            driver.execute(f"SELECT {number}").fetchall()
        driver.set_authorizer(note)  # asked whenever a statement is prepared
        for _ in range(3):
            asked.clear()
            for number in range(300, 310):
                driver.execute(f"SELECT {number}").fetchall()
        driver.set_authorizer(None)
    assert asked == []
