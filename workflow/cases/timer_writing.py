"""The sweep's statements: claims rungs with those who hold the work, writes messages and closings by the batch."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from json.encoder import encode_basestring
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from workflow.cases.polling import OPEN
from workflow.store.hot import Hot, driver_cursor
from workflow.store.types import canonical_json, instant_text

_PLAIN = re.compile(r'\{"digest":"\w*","due_at":"([^"\\]*)","reference":"[^"\\]*"}')
"""Parameters as the write path makes them: a reminder adds one before and one after, and need not read them."""


@dataclass(slots=True)
class Rung:
    """A claimed reminder or escalation with what is to become of it and who holds open work of its case."""

    timer_id: int
    case_id: int
    state: str
    text: str
    """The timer's parameters, as canonical JSON."""
    result: str
    holders: list[tuple[int | None, int | None]] = field(default_factory=list)

    def params(self) -> dict[str, Any]:
        """The timer's parameters."""
        return dict(json.loads(self.text))

    def reminder(self, days_since: Callable[[str | None], int]) -> str:
        """What a reminder says, as canonical JSON; spliced where possible, for there may be ten thousand of them at once."""
        plain = _PLAIN.fullmatch(self.text)
        if plain:
            return f'{{"days":{days_since(plain[1])},{self.text[1:-1]},"state":{encode_basestring(self.state)}}}'
        shown = self.shown()
        return canonical_json({**shown, "days": days_since(shown.get("due_at"))})

    def shown(self) -> dict[str, Any]:
        """What a message says about the case."""
        shown = {name: value for name, value in self.params().items() if name in ("reference", "digest", "due_at")}
        shown["state"] = self.state
        return shown


class Outgoing(NamedTuple):
    """A message to write; `params` is canonical JSON."""

    template: str
    params: str
    case_id: int | None
    body_role_id: int | None
    account_id: int | None


class Closing(NamedTuple):
    """A timer to close, and how it ended."""

    timer_id: int
    result: str


# `is_surpassed`: a later rung of the same ladder is due as well.
_CLAIM = """
WITH due AS MATERIALIZED (
    SELECT t.id, t.case_id, t.state, t.due_at, t.params, c.state AS case_state, EXISTS (
        SELECT 1 FROM timer l WHERE l.case_id = t.case_id AND l.{open} AND l.kind = t.kind AND l.state = t.state
            AND l.due_at >= t.due_at AND l.due_at <= :now AND (l.due_at > t.due_at OR l.id > t.id)
    ) AS is_surpassed
    FROM timer t JOIN "case" c ON c.id = t.case_id
    WHERE t.{open} AND t.due_at <= :now AND t.kind = :kind
    ORDER BY t.due_at, t.id LIMIT :batch {locking}
)
SELECT due.id, due.case_id, due.state, due.params, due.case_state, due.is_surpassed, w.body_role_id, w.account_id
FROM due LEFT JOIN work_item w ON w.case_id = due.case_id AND w.{open}
ORDER BY due.due_at, due.id, w.id
"""
_CLAIMS = {
    "sqlite": Hot(text(_CLAIM.format(open=OPEN["sqlite"], locking=""))),
    "postgresql": Hot(text(_CLAIM.format(open=OPEN["postgresql"], locking="FOR UPDATE OF t SKIP LOCKED"))),
}
_ADD_SQLITE = (
    "INSERT INTO message (created_at, template, params, case_id, body_role_id, account_id) VALUES (?, ?, ?, ?, ?, ?)"
)
_CLOSE_SQLITE = "UPDATE timer SET is_open = 0, done_at = ?, result = ? WHERE id = ?"
_ADD_POSTGRESQL = Hot(
    text(
        "INSERT INTO message (template, params, case_id, body_role_id, account_id, created_at) "
        "SELECT template, params, case_id, body_role_id, account_id, :created_at FROM unnest(CAST(:template AS text[]), "
        "CAST(:params AS text[]), CAST(:case_id AS int[]), CAST(:body_role_id AS int[]), CAST(:account_id AS int[])) "
        "AS given(template, params, case_id, body_role_id, account_id)"
    )
)
_CLOSE_POSTGRESQL = Hot(
    text(
        "UPDATE timer SET is_open = false, done_at = :done_at, result = given.result "
        "FROM unnest(CAST(:id AS int[]), CAST(:result AS text[])) AS given(id, result) WHERE timer.id = given.id"
    )
)


def claim_rungs(session: Session, kind: str, now: datetime, batch: int) -> list[Rung]:
    """The oldest due rungs of a kind, for this transaction alone.

    A rung's result is `sent`, `merged` where a later one of its ladder is due too, or `closed` where the case has left
    the state or, for a reminder, nobody holds work of it.
    """
    cursor, dialect = driver_cursor(session)
    values = {"now": instant_text(now), "kind": kind, "batch": batch}
    rungs: list[Rung] = []
    for timer, case, state, params, case_state, is_surpassed, role, account in _CLAIMS[dialect.name].run(
        cursor, dialect, values
    ):
        if not rungs or rungs[-1].timer_id != timer:
            result = "closed" if case_state != state else "merged" if is_surpassed else "sent"
            rungs.append(Rung(timer, case, state, params, result))
        holder = (role, account)
        if holder != (None, None) and holder not in rungs[-1].holders:
            rungs[-1].holders.append(holder)
    for rung in rungs:
        if kind == "remind" and rung.result == "sent" and not rung.holders:
            rung.result = "closed"
    return rungs


def write_swept(session: Session, now: datetime, closings: list[Closing], outgoing: list[Outgoing]) -> None:
    """Writes a batch's messages and closes its timers, in a few statements whatever its size."""
    cursor, dialect = driver_cursor(session)
    moment = instant_text(now)
    if dialect.name == "postgresql":
        _write_postgresql(cursor, dialect, moment, closings, outgoing)
        return
    cursor.executemany(_ADD_SQLITE, [(moment, *message) for message in outgoing])
    cursor.executemany(_CLOSE_SQLITE, [(moment, closing.result, closing.timer_id) for closing in closings])


def _write_postgresql(
    cursor: Any, dialect: Any, moment: str, closings: list[Closing], outgoing: list[Outgoing]
) -> None:
    if outgoing:
        columns: dict[str, Any] = dict(zip(Outgoing._fields, map(list, zip(*outgoing, strict=True)), strict=True))
        _ADD_POSTGRESQL.run(cursor, dialect, {**columns, "created_at": moment})
    if closings:
        ids, results = [closing.timer_id for closing in closings], [closing.result for closing in closings]
        _CLOSE_POSTGRESQL.run(cursor, dialect, {"id": ids, "result": results, "done_at": moment})
