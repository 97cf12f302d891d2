"""Reading the earliest lawful day of each end of a running case, from where it is now."""

from datetime import date
from typing import Any

from sqlalchemy import select

from workflow.calendar.queries import calendar
from workflow.cases.gathering import gather_facts
from workflow.cases.loading import LoadedCase, load_case
from workflow.cases.reading import reading_roles
from workflow.cases.tables import Case
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.notices.tables import PublicNotice
from workflow.procedure.model import Procedure
from workflow.simulation.earliest import Earliest, Situation, Terms
from workflow.simulation.lawful import earliest_ends
from workflow.store.types import instant

MOST_CHILDREN = 50
ROUND_DATES = ("round.opens_date", "round.closes_date")


def earliest_of_case(context: Context, case_id: int) -> Earliest:
    """The ends the case can still come to, and when at the earliest. Raises Missing for a reader it is not open to."""
    reading_roles(context, case_id)
    case = load_case(context.session, case_id)
    if case.outcome is not None:
        return Earliest(())
    situation, dates = _situation(context, case)
    return earliest_ends(Terms(calendar(context), dates, zone=context.zone), situation, context.today)


def _situation(context: Context, case: LoadedCase) -> tuple[Situation, dict[str, date]]:
    procedure = compiled_version(context.session, case.version_id).procedure
    state = procedure.states[case.state]
    asked = _dates_named(procedure)
    facts = gather_facts(context, case, needs=(*asked, "case.visited", "case.suspended_in"), form=None)
    ends, left = _notices(context, case, procedure)
    if state.deadline and case.due_at:
        ends = ends or instant(case.due_at).astimezone(context.zone).date()
    children = _children(context, case) if state.children else None
    situation = Situation(
        procedure, case.state, ends, left, tuple(facts["case.visited"]), facts["case.suspended_in"], children
    )
    return situation, _dated(facts, asked)


def _dates_named(procedure: Procedure) -> tuple[str, ...]:
    """Every date that a deadline or the opening of a round names."""
    named = {state.deadline.on for state in procedure.states.values() if state.deadline and state.deadline.on}
    return tuple(sorted(named | (set(ROUND_DATES) if procedure.rounds_by else set())))


def _dated(facts: dict[str, Any], names: tuple[str, ...]) -> dict[str, date]:
    return {name: date.fromisoformat(facts[name]) for name in names if facts.get(name)}


def _notices(context: Context, case: LoadedCase, procedure: Procedure) -> tuple[date | None, dict[str, int]]:
    """The last day of the notice that runs, and the working days left of those that are halted."""
    if not any(state.notice for state in procedure.states.values()):
        return None, {}
    rows = context.session.execute(
        select(PublicNotice.state, PublicNotice.ends_date, PublicNotice.paused_at, PublicNotice.days_left).where(
            PublicNotice.case_id == case.id, PublicNotice.ended_at.is_(None)
        )
    ).all()
    running = [row.ends_date for row in rows if row.paused_at is None and row.state == case.state]
    return (running[0] if running else None), {row.state: row.days_left for row in rows if row.paused_at is not None}


def _children(context: Context, case: LoadedCase) -> tuple[Situation, ...]:
    """The child cases as they stand; the clocks that run for them are taken to begin anew."""
    rows = context.session.execute(
        select(Case.procedure_version_id, Case.state)
        .where(Case.parent_id == case.id)
        .order_by(Case.id)
        .limit(MOST_CHILDREN)
    )
    found = []
    for version_id, state in rows:
        procedure = compiled_version(context.session, version_id).procedure
        if state != procedure.cancelled:
            found.append(Situation(procedure, state))
    return tuple(found)
