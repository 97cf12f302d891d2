"""Reading rounds: the calls a body has with its own nominations, and a round with its timetable."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import select

from workflow.calendar.queries import calendar
from workflow.calendar.rules import Calendar
from workflow.cases.subjects import SUBJECT, SUBJECT_LATIN
from workflow.cases.tables import Case
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.people.tables import Person
from workflow.problems import Forbidden, Missing, Reason
from workflow.procedure.model import Procedure
from workflow.procedure.parts import Words
from workflow.rounds.rules import (
    WITHDRAWN,
    bodies_nominated_for,
    may_call,
    may_survey,
    nominating_holds,
    not_open,
)
from workflow.rounds.tables import NilReturn, Round, RoundCall
from workflow.rounds.timetable import DateView, timetable


@dataclass(frozen=True, slots=True)
class SeatsView:
    """The seats of one category; None where the round sets no limit."""

    category: str
    title: Words
    seats: int | None


@dataclass(frozen=True, slots=True)
class RoundView:
    """A round with its timetable. `not_open` says why no nomination is taken today; empty while they are."""

    round_id: int
    reference: str
    title: Words
    procedure: Words
    procedure_key: str
    opens_date: date
    closes_date: date
    timetable: tuple[DateView, ...]
    """Every date of the round, the first and the last day of nominations among them."""
    working_days_left: int
    """Working days after today up to the closing day; 0 on that day and after it."""
    seats: tuple[SeatsView, ...]
    rubric: Sequence[Any]
    opened_at: datetime
    closed_at: datetime | None
    not_open: tuple[Reason, ...]
    phase: Literal["ahead", "open", "over", "closed"]
    """Not begun, taking nominations, ended by its timetable, or closed by hand before."""
    may_call: bool
    """Whether the actor may end the taking of nominations, and move dates."""


@dataclass(frozen=True, slots=True)
class NilReturnView:
    """A nil return in force."""

    reason: str
    filed_at: datetime


@dataclass(frozen=True, slots=True)
class NominationView:
    """One nomination of a body, with where it stands."""

    case_id: int
    reference: str
    person_id: int | None
    person: str
    person_latin: str
    category: Words | None
    state: Words
    state_ref: str
    entered_at: datetime
    outcome: str | None


@dataclass(frozen=True, slots=True)
class CallView:
    """A call as the body that is called sees it."""

    round: RoundView
    body_id: int
    nil_return: NilReturnView | None
    nominations: tuple[NominationView, ...]

    @property
    def has_answered(self) -> bool:
        return self.nil_return is not None or any(one.outcome != WITHDRAWN for one in self.nominations)


def rounds(context: Context) -> tuple[RoundView, ...]:
    """Every round the actor surveys, newest first."""
    rows = context.session.scalars(select(Round).order_by(Round.id.desc())).all()
    days = calendar(context)
    return tuple(
        view_of(context, row, days) for row in rows if may_survey(round_procedure(context, row), context.actor)
    )


def round_view(context: Context, round_id: int) -> RoundView:
    """One round. Raises Missing for whoever neither surveys it nor is called in it."""
    row = context.session.get(Round, round_id)
    if row is not None:
        procedure = round_procedure(context, row)
        mine = bodies_nominated_for(procedure, context.actor)
        called = select(RoundCall.id).where(RoundCall.round_id == round_id, RoundCall.body_id.in_(sorted(mine)))
        if may_survey(procedure, context.actor) or context.session.scalar(called.limit(1)) is not None:
            return view_of(context, row, calendar(context))
    raise Missing("round_missing")


def open_rounds(context: Context, *, body_id: int) -> tuple[CallView, ...]:
    """The calls a body can answer today, the one that closes first on top, with the body's own nominations."""
    today = context.today
    return tuple(
        call
        for call in called_rounds(context, body_id=body_id)
        if call.round.closed_at is None and call.round.opens_date <= today <= call.round.closes_date
    )


def called_rounds(context: Context, *, body_id: int) -> tuple[CallView, ...]:
    """Every round a body is or was called in, by closing day. Raises Forbidden for whoever does not nominate for it."""
    rows = context.session.scalars(
        select(Round)
        .join(RoundCall, RoundCall.round_id == Round.id)
        .where(RoundCall.body_id == body_id)
        .order_by(Round.closes_date, Round.id)
    ).all()
    # In some rounds people apply for themselves; no body nominates in them.
    rows = [row for row in rows if nominating_holds(round_procedure(context, row))]
    mine = [row for row in rows if body_id in bodies_nominated_for(round_procedure(context, row), context.actor)]
    if len(mine) < len(rows) or not (rows or any(held.body_id == body_id for held in context.actor.holdings)):
        raise Forbidden("round_not_called")
    nominations = _nominations(context, mine, body_id)
    returns = nil_returns_of(context, [row.id for row in mine], body_id)
    days = calendar(context)
    return tuple(
        CallView(view_of(context, row, days), body_id, returns.get((row.id, body_id)), nominations.get(row.id, ()))
        for row in mine
    )


def round_procedure(context: Context, row: Round) -> Procedure:
    """The rules a round runs under."""
    return compiled_version(context.session, row.procedure_version_id).procedure


def procedure_of(context: Context, round_id: int) -> Procedure:
    """The rules of one round. Raises Missing."""
    row = context.session.get(Round, round_id)
    if row is None:
        raise Missing("round_missing")
    return round_procedure(context, row)


def view_of(context: Context, row: Round, days: Calendar) -> RoundView:
    """The round as anybody sees it who may see it at all."""
    procedure = round_procedure(context, row)
    return RoundView(
        round_id=row.id,
        reference=row.reference,
        title=Words(zh=row.title_zh, en=row.title_en),
        procedure=procedure.title,
        procedure_key=procedure.procedure,
        opens_date=row.opens_date,
        closes_date=row.closes_date,
        timetable=timetable(
            procedure,
            days,
            opens_date=row.opens_date,
            closes_date=row.closes_date,
            planned={key: date.fromisoformat(day) for key, day in row.planned.items()},
        ),
        working_days_left=max(0, days.working_days_between(context.today, row.closes_date)),
        seats=tuple(SeatsView(key, kind.title, row.seats.get(key)) for key, kind in procedure.categories.items()),
        rubric=row.rubric,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        not_open=not_open(
            today=context.today,
            opens_date=row.opens_date,
            closes_date=row.closes_date,
            is_closed=row.closed_at is not None,
        ),
        phase=_phase(row, context.today),
        may_call=may_call(procedure, context.actor),
    )


def _phase(row: Round, today: date) -> Literal["ahead", "open", "over", "closed"]:
    if row.closed_at is not None:
        return "closed"
    return "ahead" if today < row.opens_date else "over" if today > row.closes_date else "open"


def _nominations(context: Context, rows: Sequence[Round], body_id: int) -> dict[int | None, tuple[NominationView, ...]]:
    found = context.session.execute(
        select(Case, SUBJECT, SUBJECT_LATIN)
        .outerjoin(Person, Person.id == Case.person_id)
        .where(Case.round_id.in_([row.id for row in rows]), Case.body_id == body_id)
        .order_by(Case.id)
    )
    procedures: dict[int | None, Procedure] = {row.id: round_procedure(context, row) for row in rows}
    views: dict[int | None, tuple[NominationView, ...]] = {}
    for case, name, latin in found:
        procedure = procedures[case.round_id]
        category = procedure.categories.get(case.category or "")
        view = NominationView(
            case_id=case.id,
            reference=case.reference,
            person_id=case.person_id,
            person=name,
            person_latin=latin,
            category=category.title if category else None,
            state=procedure.states[case.state].title,
            state_ref=case.state,
            entered_at=case.entered_at,
            outcome=case.outcome,
        )
        views[case.round_id] = (*views.get(case.round_id, ()), view)
    return views


def nil_returns_of(
    context: Context, round_ids: Sequence[int], body_id: int | None = None
) -> dict[tuple[int, int], NilReturnView]:
    """(round, body) → the nil return in force."""
    statement = (
        select(RoundCall.round_id, RoundCall.body_id, NilReturn.reason, NilReturn.filed_at)
        .join(NilReturn, NilReturn.round_call_id == RoundCall.id)
        .where(RoundCall.round_id.in_(round_ids), NilReturn.withdrawn_at.is_(None))
    )
    if body_id is not None:
        statement = statement.where(RoundCall.body_id == body_id)
    return {
        (row.round_id, row.body_id): NilReturnView(row.reason, row.filed_at)
        for row in context.session.execute(statement)
    }
