"""The sweep's statements: claims rungs with those who hold the work, writes messages and closings by the batch."""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
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
    holders: tuple[tuple[int | None, int | None], ...] = ()

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
FROM due LEFT JOIN {holders}
ORDER BY due.due_at, due.id, w.id
"""
# PostgreSQL would read every open item for a batch; a subquery that may not be merged keeps it to the cases at hand.
_HOLDERS = {
    "sqlite": "work_item w ON w.case_id = due.case_id AND w.is_open = 1",
    "postgresql": "LATERAL (SELECT id, body_role_id, account_id FROM work_item i WHERE i.case_id = due.case_id AND i.is_open "
    "OFFSET 0) w ON true",
}
_CLAIMS = {
    "sqlite": Hot(text(_CLAIM.format(open=OPEN["sqlite"], holders=_HOLDERS["sqlite"], locking=""))),
    "postgresql": Hot(
        text(
            _CLAIM.format(
                open=OPEN["postgresql"], holders=_HOLDERS["postgresql"], locking="FOR UPDATE OF t SKIP LOCKED"
            )
        )
    ),
}
_ADD_SQLITE = (
    "INSERT INTO message (created_at, template, params, case_id, body_role_id, account_id) VALUES (?, ?, ?, ?, ?, ?)"
)
_CLOSE_SQLITE = "UPDATE timer SET is_open = 0, done_at = ?, result = ? WHERE id IN (SELECT value FROM json_each(?))"
_ADD_POSTGRESQL = Hot(
    text(
        "INSERT INTO message (template, params, case_id, body_role_id, account_id, created_at) "
        "SELECT template, params, case_id, body_role_id, account_id, :created_at FROM unnest("
        "string_to_array(:template, chr(30)), string_to_array(:params, chr(30)), CAST(:case_id AS int[]), "
        "CAST(:body_role_id AS int[]), CAST(:account_id AS int[])) "
        "AS given(template, params, case_id, body_role_id, account_id)"
    )
)
_CLOSE_POSTGRESQL = Hot(
    text(
        "UPDATE timer SET is_open = false, done_at = :done_at, result = given.result "
        "FROM unnest(CAST(:id AS int[]), string_to_array(:result, chr(30))) AS given(id, result) WHERE timer.id = given.id"
    )
)
_BETWEEN = "\x1e"
"""Stands between the texts of a batch: JSON never holds this character as itself, and the driver's own lists cost more than
the server's writing."""


def claim_rungs(session: Session, kind: str, now: datetime, batch: int) -> list[Rung]:
    """The oldest due rungs of a kind, for this transaction alone.

    A rung's result is `sent`, `merged` where a later one of its ladder is due too, or `closed` where the case has left
    the state or, for a reminder, nobody holds work of it.
    """
    cursor, dialect = driver_cursor(session)
    values = {"now": instant_text(now), "kind": kind, "batch": batch}
    rungs: list[Rung] = []
    for timer, case, state, params, case_state, is_surpassed, role, account in (
        _CLAIMS[dialect.name].run(cursor, dialect, values).fetchall()
    ):
        if not rungs or rungs[-1].timer_id != timer:
            result = "closed" if case_state != state else "merged" if is_surpassed else "sent"
            rungs.append(Rung(timer, case, state, params, result))
        holder = (role, account)
        if holder != (None, None) and holder not in rungs[-1].holders:
            rungs[-1].holders += (holder,)
    for rung in rungs:
        if kind == "remind" and rung.result == "sent" and not rung.holders:
            rung.result = "closed"
    return rungs


def write_swept(session: Session, now: datetime, rungs: Sequence[Rung], outgoing: Sequence[Outgoing]) -> None:
    """Writes a batch's messages and closes its timers, in a few statements whatever its size."""
    cursor, dialect = driver_cursor(session)
    moment = instant_text(now)
    if dialect.name == "postgresql":
        _write_postgresql(cursor, dialect, moment, rungs, outgoing)
        return
    cursor.executemany(_ADD_SQLITE, [(moment, *message) for message in outgoing])
    by_result: dict[str, list[int]] = {}
    for rung in rungs:
        by_result.setdefault(rung.result, []).append(rung.timer_id)
    for result, timers in by_result.items():
        cursor.execute(_CLOSE_SQLITE, (moment, result, json.dumps(timers)))


def _write_postgresql(
    cursor: Any, dialect: Any, moment: str, rungs: Sequence[Rung], outgoing: Sequence[Outgoing]
) -> None:
    if outgoing:
        templates, params, *numbers = zip(*outgoing, strict=True)
        values = {"template": _BETWEEN.join(templates), "params": _BETWEEN.join(params), "created_at": moment}
        values.update(zip(Outgoing._fields[2:], map(_array, numbers), strict=True))
        _ADD_POSTGRESQL.run(cursor, dialect, values)
    if rungs:
        ids, results = _array([rung.timer_id for rung in rungs]), _BETWEEN.join([rung.result for rung in rungs])
        _CLOSE_POSTGRESQL.run(cursor, dialect, {"id": ids, "result": results, "done_at": moment})


def _array(numbers: Iterable[int | None]) -> str:
    """PostgreSQL's text of an array of whole numbers."""
    return "{" + ",".join(["NULL" if number is None else str(number) for number in numbers]) + "}"
