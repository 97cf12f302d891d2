"""Reading how long the cases of a round stay in each stage, and what has waited longest, in working days."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import CTE, ColumnElement, String, and_, case, column, func, or_, select, type_coerce, values

from workflow.calendar.queries import calendar
from workflow.calendar.rules import Calendar
from workflow.cases.reading import may_read
from workflow.cases.tables import Case
from workflow.context import Context
from workflow.procedure.model import Procedure
from workflow.procedure.parts import Words
from workflow.record.tables import Event
from workflow.reports.queries import reported_round
from workflow.reports.rules import stage_of, timed_stages
from workflow.rounds.tables import Round
from workflow.store.types import instant_text


@dataclass(frozen=True, slots=True)
class StageTime:
    """Stays in one stage, in working days: those that have ended, and the cases that are there now.

    A stay lasts from the step into the stage to the step out of it; who comes back begins another. The median of an
    even number is the mean of the two in the middle; the 90th percentile is the shortest time within which nine of ten
    stays ended. None where none has ended, or nobody waits.
    """

    stage: str
    title: Words
    ended: int
    median: float | None
    ninetieth: int | None
    waiting: int
    oldest_days: int | None
    oldest_case_id: int | None
    """The case that has waited longest, where the actor may read it."""


def stage_times(context: Context, round_id: int) -> tuple[StageTime, ...]:
    """Each stage of the round's procedure in which a case can wait, in its order."""
    row, procedure = reported_round(context, round_id)
    days = calendar(context)
    ended = {line.stage: line for line in context.session.execute(_ended(context, row, procedure, days))}
    waiting = {line.stage: line for line in context.session.execute(_waiting(context, row, procedure))}
    return tuple(
        _stage_time(context, days, key, procedure.stages[key].title, ended.get(key), waiting.get(key))
        for key in timed_stages(procedure)
    )


def _stays(procedure: Procedure, round_id: int) -> CTE:
    """Each stay of a case in a stage: since when, and until when; no end while it lasts."""
    left_stage, stage = _stage(procedure, Event.from_state), _stage(procedure, Event.to_state)
    left = func.lead(Event.at).over(partition_by=Event.case_id, order_by=Event.seq)
    return (
        select(Event.case_id, stage.label("stage"), Event.at.label("since_at"), left.label("left_at"))
        .join(Case, Case.id == Event.case_id)
        .where(Case.round_id == round_id, or_(Event.from_state.is_(None), left_stage != stage))
        .cte("stay")
    )


def _stage(procedure: Procedure, state: Any) -> ColumnElement[str]:
    """The stage of a state, as the procedure has it."""
    return case({ref: stage_of(ref) for ref in procedure.states}, value=state)


def _ended(context: Context, row: Round, procedure: Procedure, days: Calendar) -> Any:
    """Stage → how many stays have ended, and how long they took."""
    stay, office_day = _stays(procedure, row.id), _office_days(context, row, days)
    since, left = type_coerce(stay.c.since_at, String), type_coerce(stay.c.left_at, String)
    began = and_(office_day.c.starts_at > since, office_day.c.starts_at <= left)
    taken = select(func.count()).select_from(office_day).where(began).scalar_subquery()
    timed = select(stay.c.stage, taken.label("days")).where(stay.c.left_at.is_not(None)).cte("timed")
    place = func.row_number().over(partition_by=timed.c.stage, order_by=timed.c.days)
    ranked = select(
        timed.c.stage, timed.c.days, place.label("place"), func.count().over(partition_by=timed.c.stage).label("ended")
    ).cte("ranked")
    twice, ended = ranked.c.place * 2, ranked.c.ended
    return select(
        ranked.c.stage,
        func.max(ended).label("ended"),
        func.avg(case((twice.between(ended, ended + 2), ranked.c.days))).label("median"),
        func.min(case((ranked.c.place * 10 >= ended * 9, ranked.c.days))).label("ninetieth"),
    ).group_by(ranked.c.stage)


def _waiting(context: Context, row: Round, procedure: Procedure) -> Any:
    """Stage → how many cases are there now, and since when the one that came first."""
    stay = _stays(procedure, row.id)
    first = (stay.c.since_at, stay.c.case_id)
    now = (
        select(
            stay.c.stage,
            stay.c.case_id,
            stay.c.since_at,
            func.count().over(partition_by=stay.c.stage).label("waiting"),
            func.row_number().over(partition_by=stay.c.stage, order_by=first).label("place"),
        )
        .where(stay.c.left_at.is_(None), stay.c.stage.in_(timed_stages(procedure)))
        .subquery()
    )
    return (
        select(now.c.stage, now.c.waiting, now.c.since_at, now.c.case_id, may_read(context).label("is_readable"))
        .join(Case, Case.id == now.c.case_id)
        .where(now.c.place == 1)
    )


def _office_days(context: Context, row: Round, days: Calendar) -> CTE:
    """The first moment of each working day since the round was opened: a stay takes as many days as began in it."""
    first = row.opened_at.astimezone(context.zone).date()
    passed = range(1, max(0, days.working_days_between(first, context.today)) + 1)
    mornings = [datetime.combine(days.shift_working_days(first, n), time(), context.zone) for n in passed]
    rows = [(instant_text(morning),) for morning in mornings] or [(instant_text(context.now),)]
    return values(column("starts_at", String), name="office_day").data(rows).cte("office_day")


def _stage_time(context: Context, days: Calendar, stage: str, title: Words, ended: Any, waiting: Any) -> StageTime:
    oldest = None
    if waiting is not None:
        since = waiting.since_at.astimezone(context.zone).date()
        oldest = max(0, days.working_days_between(since, context.today))
    return StageTime(
        stage=stage,
        title=title,
        ended=ended.ended if ended else 0,
        median=float(ended.median) if ended else None,
        ninetieth=ended.ninetieth if ended else None,
        waiting=waiting.waiting if waiting else 0,
        oldest_days=oldest,
        oldest_case_id=waiting.case_id if waiting and waiting.is_readable else None,
    )
