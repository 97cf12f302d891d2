"""How far an account has read a case, visit by visit, so that the page can say what is new to its reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, bindparam, select, type_coerce
from sqlalchemy.dialects import postgresql, sqlite

from workflow.cases.reading import reading_roles
from workflow.cases.tables import LastView
from workflow.context import Context
from workflow.store.database import engine_of
from workflow.store.types import instant

VISIT_LENGTH = timedelta(minutes=30)
"""Somebody who comes back within it is still in the same visit, and keeps seeing what was new at its beginning."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A reader's present visit of a case, and how far the case had come in the visit before."""

    seen_seq: int
    seen_at: datetime
    before_seq: int | None
    before_at: datetime | None


VISIT = select(
    LastView.seen_seq,
    type_coerce(LastView.seen_at, String),
    LastView.before_seq,
    type_coerce(LastView.before_at, String),
).where(LastView.account_id == bindparam("account"), LastView.case_id == bindparam("case_id"))


def visit_in(rows: Sequence[Sequence[Any]], *, now: datetime, last_seq: int) -> tuple[Visit, bool]:
    """The actor's visit of a case whose record ends at `last_seq`, and whether it has to be noted; of a row of `VISIT`.

    A look within half an hour of the last one noted belongs to the same visit, and is noted only when something new
    was there; a later one begins a new visit.
    """
    if not rows:
        return Visit(last_seq, now, None, None), True
    row = rows[0]
    seen = Visit(row[0], instant(row[1]), row[2], instant(row[3]) if row[3] else None)
    if now - seen.seen_at >= VISIT_LENGTH:
        return Visit(last_seq, now, seen.seen_seq, seen.seen_at), True
    if last_seq > seen.seen_seq:
        return Visit(last_seq, now, seen.before_seq, seen.before_at), True
    return seen, False


def note_visit(context: Context, *, case_id: int, visit: Visit) -> None:
    """Notes a visit. Raises Missing where the case is not open to the actor."""
    reading_roles(context, case_id)
    values: dict[str, Any] = {name: getattr(visit, name) for name in Visit.__slots__}
    dialect = postgresql if engine_of(context.session).dialect.name == "postgresql" else sqlite
    statement = dialect.insert(LastView).values(account_id=context.actor.account_id, case_id=case_id, **values)
    context.session.execute(statement.on_conflict_do_update(index_elements=["account_id", "case_id"], set_=values))
