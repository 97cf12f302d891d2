"""What the clock will do next: open timers in the order they fall due."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from workflow.cases.tables import Case, Timer
from workflow.context import Context

MOST = 20


@dataclass(frozen=True, slots=True)
class Upcoming:
    """One timer: `remind`, `escalate`, `expire` or `open_review`; `rung` counts days from the deadline."""

    kind: str
    rung: int
    due_at: datetime
    case_id: int | None
    reference: str | None


def upcoming_timers(context: Context) -> tuple[Upcoming, ...]:
    """The next timers of all cases. Access is for the caller to decide."""
    rows = context.session.execute(
        select(Timer.kind, Timer.rung, Timer.due_at, Timer.case_id, Case.reference)
        .outerjoin(Case, Case.id == Timer.case_id)
        .where(Timer.is_open)
        .order_by(Timer.due_at, Timer.id)
        .limit(MOST)
    )
    return tuple(Upcoming(*row) for row in rows)
