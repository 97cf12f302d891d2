"""Applications: a person puts themselves forward in a round, where the procedure lets them open their own case."""

from sqlalchemy import select

from workflow.bodies.tables import Body
from workflow.calendar.queries import calendar
from workflow.cases.operations import Acted, open_case
from workflow.cases.tables import Case
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.people.tables import Person
from workflow.problems import Conflict, Forbidden, Invalid, Missing
from workflow.procedure.model import Procedure
from workflow.rounds.operations import require_open
from workflow.rounds.queries import RoundView, round_procedure, view_of
from workflow.rounds.tables import Round, RoundCall


def apply_to_round(context: Context, *, round_id: int, category: str, body_id: int | None = None) -> Acted:
    """Opens the actor's own case in a round, as a draft, at the body called, or at the one named of several.

    Whether somebody may apply a second time is for the procedure to say (`one_active_case`); two drafts are none the less
    a mistake. Raises Forbidden where the procedure does not let people apply or the account is no person's, Missing,
    Refused while the round takes none, Invalid for a body that is not called, and Conflict where a draft is there.
    """
    row = context.session.scalar(select(Round).where(Round.id == round_id).with_for_update())
    if row is None:
        raise Missing("round_missing")
    person_id = context.actor.person_id
    procedure = compiled_version(context.session, row.procedure_version_id).procedure
    if not may_apply(procedure) or person_id is None:
        raise Forbidden("round_not_for_applicants")
    require_open(context, row)
    _require_no_draft(context, row, procedure, person_id, category)
    return open_case(
        context,
        version_id=row.procedure_version_id,
        person_id=person_id,
        body_id=_called(context, row, person_id, body_id),
        round_id=row.id,
        category=category,
    )


def may_apply(procedure: Procedure) -> bool:
    """Whether people open their own cases in rounds of a procedure."""
    return any(procedure.roles[key].is_subject for key in procedure.opened_by)


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
    return [row for row in rows if may_apply(round_procedure(context, row))]


def bodies_to_apply_at(context: Context, round_id: int) -> tuple[Body, ...]:
    """The bodies an applicant has to choose from: none where their own is called, or only one is."""
    called = select(Body).join(RoundCall, RoundCall.body_id == Body.id).where(RoundCall.round_id == round_id)
    bodies = tuple(context.session.scalars(called.order_by(Body.position, Body.id)))
    own = context.session.scalar(select(Person.body_id).where(Person.id == context.actor.person_id))
    return () if len(bodies) == 1 or own in {body.id for body in bodies} else bodies


def _called(context: Context, row: Round, person_id: int, body_id: int | None) -> int:
    """The body named, the person's own, or the only one there is; each only where it is called."""
    called = set(context.session.scalars(select(RoundCall.body_id).where(RoundCall.round_id == row.id)))
    own = context.session.scalar(select(Person.body_id).where(Person.id == person_id))
    wanted = body_id if body_id is not None else own if own in called else None
    if wanted is None and len(called) == 1:
        return called.pop()
    if wanted is None or wanted not in called:
        codes = context.session.scalars(select(Body.code).where(Body.id.in_(called)).order_by(Body.code))
        raise Invalid("application_which_body", field="body_id", allowed=", ".join(codes))
    return wanted


def _require_no_draft(context: Context, row: Round, procedure: Procedure, person_id: int, category: str) -> None:
    mine = select(Case.reference).where(Case.round_id == row.id, Case.person_id == person_id)
    reference = context.session.scalar(mine.where(Case.category == category, Case.state == procedure.starts))
    if reference is not None:
        raise Conflict("applied_already", reference=reference)
