"""Writes a step: statement by statement on SQLite, as one statement on PostgreSQL, all of it or nothing."""

from typing import Any, cast

from sqlalchemy import ColumnElement, Table, bindparam, insert, literal_column, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session

from workflow.cases.step import Step
from workflow.cases.tables import Case, CaseReader, Timer, WorkItem
from workflow.cases.writing_postgresql import write_postgresql
from workflow.messages.tables import Message
from workflow.problems import Conflict
from workflow.record.tables import Event
from workflow.store.base import Base
from workflow.store.hot import Hot, driver_cursor
from workflow.store.stepping import IS_STEPPING, IS_WRITTEN

ITEM_COLUMNS = ("case_id", "body_role_id", "account_id", "seat_id", "role", "state", "created_at", "due_at", "is_open")
MESSAGE_COLUMNS = ("template", "params", "case_id", "body_role_id", "account_id", "created_at", "once_key")
TIMER_COLUMNS = ("kind", "case_id", "state", "rung", "due_at", "is_open", "params")
READER_COLUMNS = ("case_id", "body_role_id", "account_id", "role")


def _table(model: type[Base]) -> Table:
    """The table behind a model: statements of the hot path are on tables, not on mapped classes."""
    return cast("Table", model.__table__)


# Booleans stand in the text: SQLite's driver looks for an adapter for each it is given. Whatever a step adds is open.
_OPEN: ColumnElement[bool] = literal_column("1")
_CLOSED: ColumnElement[bool] = literal_column("0")


def _insert(model: type[Base], columns: tuple[str, ...]) -> Any:
    return insert(_table(model)).values({name: _OPEN if name == "is_open" else bindparam(name) for name in columns})


_CASE = _table(Case).c
_MOVE = update(_table(Case)).where(_CASE.id == bindparam("case_id_"), _CASE.version == bindparam("seen_version"))
_MOVE_CASE = Hot(
    _MOVE.values(
        version=_CASE.version + literal_column("1"),
        **{
            name: bindparam(f"{name}_")
            for name in ("state", "last_seq", "last_hash", "entered_at", "due_at", "has_timers", "closed_at", "outcome")
        },
    )
)
_ADD_EVENT = Hot(insert(_table(Event)))
_CLOSE_ITEMS = Hot(
    update(_table(WorkItem))
    .where(WorkItem.case_id == bindparam("case_id_"), WorkItem.is_open)
    .values(is_open=_CLOSED, closed_at=bindparam("closed_at_"))
)
_CLOSE_SEAT_ITEM = Hot(
    update(_table(WorkItem))
    .where(WorkItem.case_id == bindparam("case_id_"), WorkItem.is_open, WorkItem.seat_id == bindparam("seat_id_"))
    .values(is_open=_CLOSED, closed_at=bindparam("closed_at_"))
)
_CLOSE_TIMERS = Hot(
    update(_table(Timer))
    .where(Timer.case_id == bindparam("case_id_"), Timer.is_open)
    .values(is_open=_CLOSED, done_at=bindparam("closed_at_"), result=bindparam("result_"))
)
_ADD_ITEM = Hot(_insert(WorkItem, ITEM_COLUMNS))
_ADD_MESSAGE = Hot(_insert(Message, MESSAGE_COLUMNS))
_ADD_TIMER = Hot(_insert(Timer, TIMER_COLUMNS))
_ADD_READER = Hot(
    sqlite.insert(_table(CaseReader)).values({n: bindparam(n) for n in READER_COLUMNS}).on_conflict_do_nothing()
)


def write_step(session: Session, step: Step) -> None:
    """Writes a step's rows in the session's transaction.

    Raises Conflict where the case is no longer the version the step was decided on; nothing is written then.
    """
    event = step.event()
    moved = _moved(step, event)
    cursor, dialect = driver_cursor(session)
    if session.info.get(IS_STEPPING) and not session.in_transaction():
        session.info[IS_WRITTEN] = True
    if dialect.name == "postgresql":
        written = write_postgresql(cursor, step, event, moved)
    else:
        written = _write_sqlite(cursor, dialect, step, event, moved)
    if not written:
        raise Conflict("case_changed", reference=step.case.reference, seen=step.case.version)


def _moved(step: Step, event: dict[str, Any]) -> dict[str, Any]:
    """The case row after the step; keys end in an underscore because SQLAlchemy keeps the bare names for itself."""
    stays = not step.moves
    return {
        "case_id_": step.case.id,
        "seen_version": step.case.version,
        "state_": step.to_state,
        "last_seq_": event["seq"],
        "last_hash_": event["hash"],
        "entered_at_": step.case.entered_at if stays else step.entered_at or step.at,
        "due_at_": step.case.due_at if stays else step.due_at,
        "has_timers_": step.case.has_timers if stays else bool(step.timers),
        "closed_at_": step.at if step.is_final else None,
        "outcome_": step.outcome,
        "result_": "closed",
        "seat_id_": step.closes_seat,
    }


def _write_sqlite(cursor: Any, dialect: Dialect, step: Step, event: dict[str, Any], moved: dict[str, Any]) -> bool:
    moved["has_timers_"] = int(moved["has_timers_"])
    if _MOVE_CASE.run(cursor, dialect, moved).rowcount != 1:
        return False
    _ADD_EVENT.run(cursor, dialect, event)
    closing = {**moved, "closed_at_": step.at}
    if step.moves:
        _CLOSE_ITEMS.run(cursor, dialect, closing)
        if step.case.has_timers:
            _CLOSE_TIMERS.run(cursor, dialect, closing)
    elif step.closes_seat is not None:
        _CLOSE_SEAT_ITEM.run(cursor, dialect, closing)
    _ADD_ITEM.run_many(cursor, dialect, step.items)
    _ADD_MESSAGE.run_many(cursor, dialect, step.messages)
    _ADD_TIMER.run_many(cursor, dialect, step.timers)
    _ADD_READER.run_many(cursor, dialect, step.readers)
    return True
