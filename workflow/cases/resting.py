"""Deadlines of a case that rested: they go on with the time that was left when the case was suspended."""

import json

from sqlalchemy import select

from workflow.calendar.queries import calendar
from workflow.cases.follow_ups import Moved
from workflow.context import Context
from workflow.engine.deadlines import remaining
from workflow.procedure.stages import Deadline
from workflow.record.tables import Event
from workflow.store.types import instant


def rested(context: Context, moved: Moved, deadline: Deadline) -> Deadline:
    """The deadline of the state entered; what was left of it where the case was suspended there and now goes on."""
    case = moved.case
    left = moved.compiled.procedure.states.get(case.state) if case.last_seq else None
    if left is None or not left.suspends:
        return deadline
    stopped = context.session.execute(
        select(Event.at, Event.from_state, Event.data)
        .where(Event.case_id == case.id, Event.to_state == case.state, Event.from_state != case.state)
        .order_by(Event.seq.desc())
        .limit(1)
    ).one_or_none()
    due_at = json.loads(stopped.data).get("rests", {}).get("due_at") if stopped else None
    if stopped is None or due_at is None or stopped.from_state != moved.step.to_state:
        return deadline
    zone = context.zone
    stopped_on, due_on = stopped.at.astimezone(zone).date(), instant(due_at).astimezone(zone).date()
    return remaining(deadline, stopped=stopped_on, due=due_on, calendar=calendar(context))
