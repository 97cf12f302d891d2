"""Tells called bodies of a round, and reminds those that have not answered, by hand and by the clock."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select

from workflow.bodies.tables import BodyRole
from workflow.cases.tables import Case
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.engine.deadlines import REMINDER_TIME
from workflow.messages.operations import write_message
from workflow.procedure.model import Procedure
from workflow.rounds.rules import WITHDRAWN, nominating_holds
from workflow.rounds.tables import NilReturn, Round, RoundCall


def remind_when_due(context: Context) -> int:
    """Reminds by the clock, on the days the first state's deadline names; how many bodies were told.

    May be called as often as one likes: each rung is said once to each body, and after downtime only the latest.
    """
    told = 0
    open_rounds = select(Round).where(
        Round.closed_at.is_(None), Round.opens_date <= context.today, Round.closes_date >= context.today
    )
    for row in context.session.scalars(open_rounds.order_by(Round.id)).all():
        procedure = compiled_version(context.session, row.procedure_version_id).procedure
        deadline = procedure.states[procedure.starts].deadline
        due = [
            days
            for days in (deadline.remind if deadline and deadline.on == "round.closes_date" else ())
            if datetime.combine(row.closes_date + timedelta(days=days), REMINDER_TIME, context.zone) <= context.now
        ]
        if due:
            bodies = unanswered(context, row.id)
            occasion = f"rung:{max(due)}"
            told += tell_bodies(context, row, procedure, bodies, template="round_reminder", occasion=occasion)
    return told


def unanswered(context: Context, round_id: int) -> list[int]:
    """Called bodies with neither a nomination nor a nil return."""
    nominated = (
        select(Case.id)
        .where(Case.round_id == RoundCall.round_id, Case.body_id == RoundCall.body_id)
        .where(Case.outcome.is_distinct_from(WITHDRAWN))
    )
    returned = select(NilReturn.id).where(NilReturn.round_call_id == RoundCall.id, NilReturn.withdrawn_at.is_(None))
    rows = select(RoundCall.body_id).where(RoundCall.round_id == round_id, ~nominated.exists(), ~returned.exists())
    return list(context.session.scalars(rows.order_by(RoundCall.id)))


def tell_bodies(
    context: Context,
    row: Round,
    procedure: Procedure,
    body_ids: Iterable[int],
    *,
    template: str,
    occasion: str,
    reason: str = "",
) -> int:
    """Writes a message to whoever nominates in each body; how many bodies were told now."""
    roles = context.session.execute(
        select(BodyRole.id, BodyRole.body_id)
        .where(BodyRole.body_id.in_(list(body_ids)), BodyRole.role.in_(sorted(nominating_holds(procedure))))
        .order_by(BodyRole.id)
    )
    told = set()
    for role in roles.all():
        written = write_message(
            context,
            template=template,
            params={
                "round_id": row.id,
                "reference": row.reference,
                "title": {"zh": row.title_zh, "en": row.title_en},
                "opens_date": row.opens_date,
                "closes_date": row.closes_date,
                "planned": [
                    {"title": planned.title.model_dump(), "on_date": row.planned[key]}
                    for key, planned in procedure.timetable.items()
                    if key in row.planned
                ],
                "reason": reason,
            },
            case_id=None,
            body_role_id=role.id,
            once_key=f"{template}:{row.id}:{role.id}:{occasion}",
        )
        if written is not None:
            told.add(role.body_id)
    return len(told)
