"""Reading the numbers of a round: how far its nominations came, and how each body called has answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, distinct, func, or_, select

from workflow.access.rules import may_open
from workflow.bodies.tables import Body
from workflow.calendar.queries import calendar
from workflow.calendar.rules import Calendar
from workflow.cases.tables import Case
from workflow.context import Context
from workflow.problems import Forbidden, Missing
from workflow.procedure.model import Procedure
from workflow.procedure.parts import Words
from workflow.record.tables import Event
from workflow.reports.rules import Ways, listing_outcomes, may_report, milestones
from workflow.rounds.queries import round_procedure
from workflow.rounds.rules import WITHDRAWN, may_compare, may_survey
from workflow.rounds.tables import NilReturn, Round, RoundCall


@dataclass(frozen=True, slots=True)
class ReportedRound:
    """A round there are numbers about, and which lists behind them the actor may open."""

    round_id: int
    reference: str
    title: Words
    procedure: Words
    opens_date: date
    closes_date: date
    cases: int
    listed: int
    may_survey: bool
    may_compare: bool


@dataclass(frozen=True, slots=True)
class FunnelLine:
    """How many nominations came so far; None where the procedure has no such step."""

    key: str
    count: int | None


@dataclass(frozen=True, slots=True)
class BodyLine:
    """One body called: its nominations not withdrawn, its answer, and how long that took.

    `answer` is `nominated`, `nil_return` or None. `working_days` lie between the call and the first answer.
    """

    body_id: int
    title: Words
    nominated: int
    answer: str | None
    answered_at: datetime | None
    working_days: int | None


def reported_rounds(context: Context) -> tuple[ReportedRound, ...]:
    """Every round the actor sees numbers of, newest first, with its cases and those listed among them.

    Raises Forbidden for whoever may not open reports.
    """
    require_reader(context)
    rows = context.session.scalars(select(Round).order_by(Round.id.desc())).all()
    seen = [row for row in rows if may_report(round_procedure(context, row), context.actor)]
    counts: dict[int | None, dict[str | None, int]] = {}
    for line in context.session.execute(
        select(Case.round_id, Case.outcome, func.count().label("number"))
        .where(Case.round_id.in_([row.id for row in seen]))
        .group_by(Case.round_id, Case.outcome)
    ):
        counts.setdefault(line.round_id, {})[line.outcome] = line.number
    return tuple(_reported(context, row, counts.get(row.id, {})) for row in seen)


def reported_round(context: Context, round_id: int) -> tuple[Round, Procedure]:
    """A round with its rules. Raises Forbidden for whoever may open no reports, Missing for whoever may not see this one."""
    require_reader(context)
    row = context.session.get(Round, round_id)
    if row is not None:
        procedure = round_procedure(context, row)
        if may_report(procedure, context.actor):
            return row, procedure
    raise Missing("round_missing")


def require_reader(context: Context) -> None:
    """Raises Forbidden for whoever may not open reports."""
    if not may_open(context.actor, "reports"):
        raise Forbidden("page_forbidden")


def heading(context: Context, round_id: int) -> ReportedRound:
    """What stands above the numbers of a round."""
    row, _ = reported_round(context, round_id)
    outcomes = context.session.execute(
        select(Case.outcome, func.count().label("number")).where(Case.round_id == round_id).group_by(Case.outcome)
    )
    return _reported(context, row, {line.outcome: line.number for line in outcomes})


def funnel(context: Context, round_id: int) -> tuple[FunnelLine, ...]:
    """How many nominations of a round came how far, told from the record in one statement.

    A nomination counts on every line it reached, also when it was sent back or ended later.
    """
    _, procedure = reported_round(context, round_id)
    lines = milestones(procedure)
    reached = [
        func.count(distinct(case((has_step(line.ways), Case.id)))).label(line.key) for line in lines if line.ways
    ]
    row = context.session.execute(
        select(func.count(distinct(Case.id)).label("nominated"), *reached)
        .join(Event, Event.case_id == Case.id)
        .where(Case.round_id == round_id)
    ).one()
    counts = row._mapping
    return (
        FunnelLine("nominated", counts["nominated"]),
        *(FunnelLine(line.key, counts[line.key] if line.ways else None) for line in lines),
    )


def answers(context: Context, round_id: int) -> tuple[BodyLine, ...]:
    """What each body called has answered and after how many working days, in the official order."""
    row, _ = reported_round(context, round_id)
    called_on = row.opened_at.astimezone(context.zone).date()
    days = calendar(context)
    return tuple(_answer(context, line, days, called_on) for line in context.session.execute(_calls(round_id)))


def _reported(context: Context, row: Round, outcomes: Mapping[str | None, int]) -> ReportedRound:
    procedure = round_procedure(context, row)
    return ReportedRound(
        round_id=row.id,
        reference=row.reference,
        title=Words(zh=row.title_zh, en=row.title_en),
        procedure=procedure.title,
        opens_date=row.opens_date,
        closes_date=row.closes_date,
        cases=sum(outcomes.values()),
        listed=sum(outcomes.get(word, 0) for word in listing_outcomes(procedure)),
        may_survey=may_survey(procedure, context.actor),
        may_compare=may_compare(procedure, context.actor),
    )


def has_step(ways: Ways) -> ColumnElement[bool]:
    """The condition on `event` for being one of these steps."""
    anyhow = [target for left, target in ways if left is None]
    exactly = [and_(Event.from_state == left, Event.to_state == target) for left, target in ways if left is not None]
    return or_(Event.to_state.in_(anyhow), *exactly)


def _calls(round_id: int) -> Select[Any]:
    """Each body called with its nominations, whether a nil return is in force, and when it said either first."""
    nominations, returns = _nominations(round_id), _nil_returns()
    return (
        select(
            Body.id,
            Body.title_zh,
            Body.title_en,
            func.coalesce(nominations.c.number, 0).label("nominated"),
            nominations.c.first_at.label("nominated_at"),
            func.coalesce(returns.c.in_force, 0).label("nil_returns"),
            returns.c.first_at.label("returned_at"),
        )
        .join(RoundCall, RoundCall.body_id == Body.id)
        .outerjoin(nominations, nominations.c.body_id == Body.id)
        .outerjoin(returns, returns.c.round_call_id == RoundCall.id)
        .where(RoundCall.round_id == round_id)
        .order_by(Body.position, Body.id)
    )


def _nominations(round_id: int) -> Subquery:
    """Body → nominations not withdrawn, and the first of them."""
    return (
        select(Case.body_id, func.count().label("number"), func.min(Case.opened_at).label("first_at"))
        .where(Case.round_id == round_id, Case.outcome.is_distinct_from(WITHDRAWN))
        .group_by(Case.body_id)
        .subquery()
    )


def _nil_returns() -> Subquery:
    """Call → nil returns in force, and the first ever filed."""
    in_force = func.count().filter(NilReturn.withdrawn_at.is_(None)).label("in_force")
    first_at = func.min(NilReturn.filed_at).label("first_at")
    return select(NilReturn.round_call_id, first_at, in_force).group_by(NilReturn.round_call_id).subquery()


def _answer(context: Context, line: Any, days: Calendar, called_on: date) -> BodyLine:
    answer = "nominated" if line.nominated else "nil_return" if line.nil_returns else None
    # A nil return that a nomination corrected was an answer too: the first word counts.
    words = [at for at in (line.nominated_at, line.returned_at) if at is not None] if answer else []
    at = min(words, default=None)
    taken = None if at is None else days.working_days_between(called_on, at.astimezone(context.zone).date())
    return BodyLine(
        body_id=line.id,
        title=Words(zh=line.title_zh, en=line.title_en),
        nominated=line.nominated,
        answer=answer,
        answered_at=at,
        working_days=None if taken is None else max(0, taken),
    )
