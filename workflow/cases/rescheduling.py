"""Deadlines that follow a date of the round: looked at before the date moves, and moved with it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update

from workflow.calendar.queries import calendar
from workflow.calendar.rules import Calendar
from workflow.cases.entering import escalation_role
from workflow.cases.loading import LoadedCase, load_case
from workflow.cases.moving import note_in_state
from workflow.cases.tables import Case, Timer, WorkItem
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.engine.deadlines import Plan, plan_deadline
from workflow.engine.decide import Compiled
from workflow.procedure.stages import Deadline
from workflow.store.types import instant_text

RESCHEDULED = "reschedule"
ROUND = "round."
Moves = Mapping[str, tuple[date | None, date]]
"""Key of a round's date → the day until now, and the day from now on."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A case whose deadline follows a date that moves; one that was extended by a decision of its own keeps its day."""

    case_id: int
    reference: str
    state: str
    version_id: int
    was_due_at: datetime | None
    due_at: datetime
    is_kept: bool


def shifts(context: Context, *, round_id: int, moves: Moves) -> tuple[Shift, ...]:
    """What moves with these dates: open cases of the round, in the order they were opened."""
    days = calendar(context)
    open_ones = select(Case.id, Case.reference, Case.procedure_version_id, Case.state, Case.due_at).where(
        Case.round_id == round_id, Case.closed_at.is_(None)
    )
    found = []
    for row in context.session.execute(open_ones.order_by(Case.id)).all():
        deadline = _deadline(compiled_version(context.session, row.procedure_version_id), row.state)
        move = moves.get(_date_followed(deadline))
        if deadline is None or move is None:
            continue
        plan = _plan(context, deadline, move[1], days)
        is_kept = row.due_at is not None and row.due_at != _due(context, deadline, move[0], days)
        found.append(
            Shift(row.id, row.reference, row.state, row.procedure_version_id, row.due_at, plan.due_at, is_kept)
        )
    return tuple(found)


def move_deadlines(context: Context, *, planned: Iterable[Shift], moves: Moves, role: str, reason: str) -> None:
    """Moves the deadline, the reminders and the work of each case, with an event that says why."""
    days = calendar(context)
    for shift in planned:
        case = load_case(context.session, shift.case_id, is_locked=True)
        compiled = compiled_version(context.session, case.version_id)
        deadline = _deadline(compiled, case.state)
        if shift.is_kept or deadline is None or case.state != shift.state:
            continue
        plan = _plan(context, deadline, moves[_date_followed(deadline)][1], days)
        due = {
            "at": instant_text(plan.due_at),
            "calendar": plan.calendar_version,
            "is_provisional": plan.is_provisional,
        }
        data = {"reason": reason, "date": deadline.on, "was_due_at": case.due_at, "due": due}
        note_in_state(context, case=case, action=RESCHEDULED, role=role, data=data)
        _move_rows(context, compiled, case, deadline, plan)


def holders_of_work(context: Context, case_ids: Iterable[int]) -> Iterator[tuple[int | None, int | None, int]]:
    """(role in a body, account, case) of whoever open work of these cases waits for, each once."""
    waiting = select(WorkItem.body_role_id, WorkItem.account_id, WorkItem.case_id).where(
        WorkItem.is_open, WorkItem.case_id.in_(list(case_ids))
    )
    for row in context.session.execute(waiting.distinct().order_by(WorkItem.case_id)):
        yield row.body_role_id, row.account_id, row.case_id


def _deadline(compiled: Compiled, state: str) -> Deadline | None:
    known = compiled.procedure.states.get(state)
    return known.deadline if known else None


def _date_followed(deadline: Deadline | None) -> str:
    """The key of the round's date that a deadline follows; empty for every other deadline."""
    named = (deadline.on if deadline else None) or ""
    return named.removeprefix(ROUND) if named.startswith(ROUND) else ""


def _plan(context: Context, deadline: Deadline, on: date, days: Calendar) -> Plan:
    plan = plan_deadline(deadline, entered=context.now, calendar=days, zone=context.zone, dates={deadline.on or "": on})
    assert plan is not None, "the date is given"
    return plan


def _due(context: Context, deadline: Deadline, on: date | None, days: Calendar) -> datetime | None:
    return None if on is None else _plan(context, deadline, on, days).due_at


def _move_rows(context: Context, compiled: Compiled, case: LoadedCase, deadline: Deadline, plan: Plan) -> None:
    """The case, its open work and its timers; who has the work keeps it."""
    session = context.session
    session.execute(update(Case).where(Case.id == case.id).values(due_at=plan.due_at, has_timers=bool(plan.rungs)))
    session.execute(update(WorkItem).where(WorkItem.case_id == case.id, WorkItem.is_open).values(due_at=plan.due_at))
    session.execute(
        update(Timer)
        .where(Timer.case_id == case.id, Timer.is_open)
        .values(is_open=False, done_at=context.now, result="closed")
    )
    due_at = instant_text(plan.due_at)
    for rung in plan.rungs:
        params: dict[str, Any] = {"reference": case.reference, "digest": compiled.procedure.digest, "due_at": due_at}
        if rung.kind == "escalate":
            params |= escalation_role(session, compiled, case, deadline)
        session.add(
            Timer(kind=rung.kind, case_id=case.id, state=case.state, rung=rung.rung, due_at=rung.due_at, params=params)
        )
    session.flush()
