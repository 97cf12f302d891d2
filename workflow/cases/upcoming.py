"""What the clock will do next: the open timers, for the ledger's page."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select

from workflow.cases.tables import Case, Timer
from workflow.context import Context


@dataclass(frozen=True, slots=True)
class Upcoming:
    """An open timer; `rung` counts days from the deadline, `error` says why its last try failed."""

    timer_id: int
    kind: str
    case_id: int | None
    reference: str | None
    state: str | None
    rung: int
    due_at: datetime
    error: str | None


def upcoming_timers(
    context: Context, *, case_id: int | None = None, after: tuple[datetime, int] | None = None, limit: int = 20
) -> tuple[Upcoming, ...]:
    """Open timers, the next first; `after` is (due_at, timer) of the last one shown. Access is for the caller to decide."""
    statement = (
        select(Timer, Case.reference)
        .outerjoin(Case, Case.id == Timer.case_id)
        .where(Timer.is_open)
        .order_by(Timer.due_at, Timer.id)
        .limit(limit)
    )
    if case_id is not None:
        statement = statement.where(Timer.case_id == case_id)
    if after is not None:
        same = and_(Timer.due_at == after[0], Timer.id > after[1])
        statement = statement.where(or_(Timer.due_at > after[0], same))
    return tuple(
        Upcoming(
            timer_id=timer.id,
            kind=timer.kind,
            case_id=timer.case_id,
            reference=reference,
            state=timer.state,
            rung=timer.rung,
            due_at=timer.due_at,
            error=timer.params.get("error"),
        )
        for timer, reference in context.session.execute(statement)
    )
