"""What the clock will do next: the open timers, for the ledger's page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, literal, or_, select

from workflow.bodies.tables import Body, BodyRole
from workflow.cases.tables import Case, ProcedureVersion, Timer, WorkItem
from workflow.context import Context
from workflow.people.called import Name
from workflow.people.tables import Account
from workflow.procedure.parts import Words


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody a timer will tell: holders of a role in a body, or one account.

    `role` is the procedure's, empty where the timer names only the body.
    """

    role: str
    body: Words | None = None
    name: Name | None = None


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
    told: tuple[Told, ...]
    """Who would be told now: whoever has open work of the case, or the role a delay is reported to; nobody of an expiry."""


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
    rows = context.session.execute(statement).all()
    told = _told(context, [timer for timer, *_ in rows])
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
            told=tuple(told.get(timer.id, ())),
        )
        for timer, reference, digest in rows
    )


def _told(context: Context, timers: Sequence[Timer]) -> dict[int, list[Told]]:
    """Timer → whom it would tell, in one statement: of a reminder who has open work, of a report the role it goes to."""
    reported = {timer.id: timer.params.get("body_role_id") for timer in timers if timer.kind == "escalate"}
    reminded = {timer.id: timer.case_id for timer in timers if timer.kind == "remind"}
    columns = (Body.title_zh, Body.title_en, Account.name, Account.name_latin)
    work = (
        select(WorkItem.case_id.label("key"), WorkItem.role, func.min(WorkItem.id).label("place"), *columns)
        .outerjoin(BodyRole, BodyRole.id == WorkItem.body_role_id)
        .outerjoin(Body, Body.id == BodyRole.body_id)
        .outerjoin(Account, Account.id == WorkItem.account_id)
        .where(WorkItem.is_open, WorkItem.case_id.in_(sorted(filter(None, reminded.values()))))
        .group_by(WorkItem.case_id, WorkItem.role, *columns)
    )
    roles = (
        select(-BodyRole.id, literal(""), literal(0), Body.title_zh, Body.title_en, literal(""), literal(""))
        .join(Body, Body.id == BodyRole.body_id)
        .where(BodyRole.id.in_(sorted(filter(None, reported.values()))))
    )
    found: dict[int, list[Told]] = {}
    for key, role, _place, zh, en, name, latin in context.session.execute(work.union_all(roles).order_by("place")):
        body = Words(zh=zh, en=en) if zh else None
        found.setdefault(key, []).append(Told(role, body, Name(name, latin) if name else None))
    of_reports = {timer: found.get(-(role or 0), []) for timer, role in reported.items()}
    return of_reports | {timer: found.get(case or 0, []) for timer, case in reminded.items()}
