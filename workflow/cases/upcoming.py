"""What the clock will do next: the open timers, for the ledger's page."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select

from workflow.cases.tables import Case, ProcedureVersion, Timer
from workflow.context import Context


@dataclass(frozen=True, slots=True)
class Upcoming:
    """An open timer; `rung` counts days from the deadline, `error` says why its last try failed."""

    timer_id: int
    kind: str
    case_id: int | None
    reference: str | None
    state: str | None
    procedure_digest: str | None
    rung: int
    due_at: datetime
    error: str | None


@dataclass(frozen=True, slots=True)
class ReviewsOpening:
    """How many yearly reviews open together, and when."""

    due_at: datetime
    count: int


def reviews_opening(context: Context) -> ReviewsOpening | None:
    """The next moment at which yearly reviews open; None where none is planned."""
    planned = (Timer.is_open, Timer.kind == "open_review")
    moment = select(func.min(Timer.due_at)).where(*planned).scalar_subquery()
    statement = select(Timer.due_at, func.count()).where(*planned, Timer.due_at == moment).group_by(Timer.due_at)
    found = context.session.execute(statement).first()
    return ReviewsOpening(*found) if found else None


def upcoming_timers(
    context: Context, *, case_id: int | None = None, after: tuple[datetime, int] | None = None, limit: int = 20
) -> tuple[Upcoming, ...]:
    """Open timers of cases, the next first; `after` is (due_at, timer) of the last one shown. Access is for the caller to decide."""
    statement = (
        select(Timer, Case.reference, ProcedureVersion.digest)
        .outerjoin(Case, Case.id == Timer.case_id)
        .outerjoin(ProcedureVersion, ProcedureVersion.id == Case.procedure_version_id)
        .where(Timer.is_open, Timer.kind != "open_review")
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
            procedure_digest=digest,
            rung=timer.rung,
            due_at=timer.due_at,
            error=timer.params.get("error"),
        )
        for timer, reference, digest in context.session.execute(statement)
    )
