"""A step as one statement for PostgreSQL: whole by itself in one trip, and no heavier than the rows there are.

The text names just the tables a step touches; the server plans each shape of step once.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from workflow.cases.step import Step

_MOVED = """WITH moved AS (
    UPDATE "case" SET state = %(state_)s, version = version + 1, last_seq = %(last_seq_)s, last_hash = %(last_hash_)s,
        entered_at = %(entered_at_)s, due_at = %(due_at_)s, has_timers = %(has_timers_)s, closed_at = %(closed_at_)s,
        outcome = %(outcome_)s
    WHERE id = %(case_id_)s AND version = %(seen_version)s RETURNING id
), added AS (
    INSERT INTO event (case_id, seq, at, actor_id, role, action, from_state, to_state, procedure_digest, command_key,
        data, facts, previous_hash, hash)
    SELECT id, %(seq)s, %(at)s, %(actor_id)s::int, %(role)s, %(action)s, %(from_state)s, %(to_state)s,
        %(procedure_digest)s, %(command_key)s, %(data)s, %(facts)s, %(previous_hash)s, %(hash)s FROM moved
)"""
_CLOSED = """, closed AS (
    UPDATE work_item SET is_open = false, closed_at = %(at)s FROM moved WHERE case_id = moved.id AND is_open
)"""
_SEAT_CLOSED = """, closed AS (
    UPDATE work_item SET is_open = false, closed_at = %(at)s FROM moved
    WHERE case_id = moved.id AND is_open AND seat_id = %(seat_id_)s
)"""
_STOPPED = """, stopped AS (
    UPDATE timer SET is_open = false, done_at = %(at)s, result = 'closed' FROM moved WHERE case_id = moved.id AND is_open
)"""
_TABLES: Mapping[str, Mapping[str, str]] = {
    "work_item": {
        "body_role_id": "int", "account_id": "int", "seat_id": "int", "role": "text", "state": "text",
        "created_at": "text", "due_at": "text", "is_open": "boolean",
    },
    "message": {
        "template": "text", "params": "text", "body_role_id": "int", "account_id": "int", "created_at": "text",
        "once_key": "text",
    },
    "timer": {"kind": "text", "state": "text", "rung": "int", "due_at": "text", "is_open": "boolean", "params": "text"},
    "case_reader": {"body_role_id": "int", "account_id": "int", "role": "text"},
}  # fmt: skip
"""Table → column → type, for rows of the case that a step adds."""


@lru_cache(maxsize=1_024)
def _statement(closing: str, stops_timers: bool, counts: tuple[int, ...]) -> str:
    parts = [_MOVED, closing, _STOPPED if stops_timers else ""]
    parts += [_adding(table, count) for table, count in zip(_TABLES, counts, strict=True) if count]
    return "".join((*parts, " SELECT count(*) FROM moved"))


def _adding(table: str, count: int) -> str:
    columns = _TABLES[table]
    rows = ", ".join(
        "(" + ", ".join(f"%({table}_{number}_{name})s::{kind}" for name, kind in columns.items()) + ")"
        for number in range(count)
    )
    names = ", ".join(columns)
    once = " ON CONFLICT DO NOTHING" if table == "case_reader" else ""
    return f""", new_{table} AS (
    INSERT INTO {table} (case_id, {names})
    SELECT moved.id, {", ".join(f"new.{name}" for name in columns)} FROM moved, (VALUES {rows}) AS new({names}){once}
)"""  # noqa: S608 - names of ours, values go in by name


def write_postgresql(cursor: Any, step: Step, event: dict[str, Any], moved: dict[str, Any]) -> bool:
    """Writes the step; False where the case is no longer the version seen, and then nothing is written."""
    added: Sequence[Sequence[Mapping[str, Any]]] = (step.items, step.messages, step.timers, step.readers)
    values = {**event, **moved}
    for table, rows in zip(_TABLES, added, strict=True):
        for number, row in enumerate(rows):
            values.update({f"{table}_{number}_{name}": row[name] for name in _TABLES[table]})
    closing = _CLOSED if step.moves else "" if step.closes_seat is None else _SEAT_CLOSED
    stops_timers = step.moves and bool(step.case.has_timers)
    cursor.execute(_statement(closing, stops_timers, tuple(map(len, added))), values)
    return bool(cursor.fetchone()[0] == 1)
