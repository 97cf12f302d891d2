"""Rounds in which people apply for themselves: those whose first step is the person's own."""

from sqlalchemy import select

from workflow.calendar.queries import calendar
from workflow.cases.operations import Acted, open_case
from workflow.cases.tables import Case
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.people.tables import Person
from workflow.problems import Conflict, Forbidden, Missing, Refused
from workflow.procedure.model import Procedure
from workflow.rounds.queries import RoundView, round_procedure, view_of
from workflow.rounds.rules import not_open
from workflow.rounds.tables import Round


def is_applied_for(procedure: Procedure) -> bool:
    """Whether the first step of a case is taken by the person it is about."""
    actions = procedure.states[procedure.starts].actions.values()
    return any(procedure.roles[role].is_subject for action in actions if action.awaited for role in action.by)


def rounds_to_apply_in(context: Context) -> tuple[RoundView, ...]:
    """Rounds open today in which the actor may apply, the one that closes first on top; none for who is in no archive."""
    rows = _open_rounds(context) if context.actor.person_id is not None else []
    if not rows:
        return ()
    days = calendar(context)
    return tuple(view_of(context, row, days) for row in rows)


def takes_applications(context: Context) -> bool:
    """Whether there is a round open today in which people apply for themselves."""
    return bool(_open_rounds(context))


def _open_rounds(context: Context) -> list[Round]:
    today = context.today
    still_open = select(Round).where(Round.opens_date <= today, Round.closes_date >= today, Round.closed_at.is_(None))
    rows = context.session.scalars(still_open.order_by(Round.closes_date, Round.id))
    return [row for row in rows if is_applied_for(round_procedure(context, row))]


def apply_in_round(context: Context, *, round_id: int, category: str) -> Acted:
    """Opens the actor's own case in a round, as a draft.

    Raises Missing, Forbidden where nobody applies for themselves or the actor is in no archive, Refused outside the
    timetable, Invalid for an unknown category, Conflict where an application of theirs is open.
    """
    row = context.session.get(Round, round_id)
    if row is None:
        raise Missing("round_missing")
    procedure = compiled_version(context.session, row.procedure_version_id).procedure
    person = context.session.get(Person, context.actor.person_id) if context.actor.person_id else None
    if person is None or not is_applied_for(procedure):
        raise Forbidden("not_applied_for")
    reasons = not_open(
        today=context.today,
        opens_date=row.opens_date,
        closes_date=row.closes_date,
        is_closed=row.closed_at is not None,
    )
    if reasons:
        raise Refused(reasons)
    mine = select(Case.reference).where(
        Case.round_id == round_id, Case.person_id == person.id, Case.closed_at.is_(None), Case.parent_id.is_(None)
    )
    reference = context.session.scalar(mine.limit(1))
    if reference is not None:
        raise Conflict("applied_already", reference=reference)
    return open_case(
        context,
        version_id=row.procedure_version_id,
        person_id=person.id,
        body_id=person.body_id,
        round_id=row.id,
        category=category or None,
    )
