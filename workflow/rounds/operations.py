"""Opens and closes rounds, takes nominations and nil returns, and has bodies reminded."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from workflow.bodies.tables import Body
from workflow.cases.operations import Acted, open_case
from workflow.cases.references import next_reference
from workflow.cases.tables import Case
from workflow.cases.versions import compiled_version, newest_version
from workflow.context import Context
from workflow.people.tables import Person
from workflow.problems import Conflict, Forbidden, Invalid, Missing, Refused
from workflow.procedure.model import Procedure
from workflow.rounds.rules import (
    WITHDRAWN,
    bodies_nominated_for,
    check_round,
    checked_reason,
    may_call,
    not_open,
    rubric_of,
)
from workflow.rounds.tables import NilReturn, Round, RoundCall
from workflow.rounds.telling import tell_bodies, unanswered

PREFIX = "R"


@dataclass(frozen=True, slots=True)
class Opened:
    """A round just opened."""

    round_id: int
    reference: str


def open_round(
    context: Context,
    *,
    procedure: str,
    title_zh: str,
    title_en: str,
    opens_date: date,
    closes_date: date,
    body_ids: Collection[int],
    seats: Mapping[str, int],
    planned: Mapping[str, date] | None = None,
    version_id: int | None = None,
) -> Opened:
    """Calls bodies to a round under the newest version of a procedure, or under the one named.

    `planned` has the days of the procedure's timetable that are known already.

    Raises Forbidden for anybody but the role that calls rounds, Invalid naming every faulty field, Missing.
    """
    session = context.session
    version, rules = _rules(context, procedure, version_id)
    _require_caller(context, rules)
    check_round(
        rules,
        titles={"title_zh": title_zh, "title_en": title_en},
        opens_date=opens_date,
        closes_date=closes_date,
        seats=seats,
        body_ids=body_ids,
        today=context.today,
        planned=planned or {},
    )
    bodies = _known_bodies(context, body_ids)
    row = _row(context, version, rules, opens_date, closes_date, seats, planned or {})
    row.title_zh, row.title_en = title_zh.strip(), title_en.strip()
    session.add(row)
    session.flush()
    session.add_all(RoundCall(round_id=row.id, body_id=body_id) for body_id in bodies)
    session.flush()
    template = "round_called_planned" if row.planned else "round_called"
    tell_bodies(context, row, rules, bodies, template=template, occasion="called")
    return Opened(row.id, row.reference)


def _row(
    context: Context,
    version_id: int,
    rules: Procedure,
    opens_date: date,
    closes_date: date,
    seats: Mapping[str, int],
    planned: Mapping[str, date],
) -> Round:
    return Round(
        reference=next_reference(context, PREFIX, digits=2),
        procedure_version_id=version_id,
        opens_date=opens_date,
        closes_date=closes_date,
        planned={key: day.isoformat() for key, day in planned.items()},
        seats=dict(seats),
        rubric=rubric_of(rules),
        opened_at=context.now,
        opened_by=context.actor.account_id,
    )


def _rules(context: Context, procedure: str, version_id: int | None) -> tuple[int, Procedure]:
    if version_id is None:
        newest, compiled = newest_version(context.session, procedure)
        return newest, compiled.procedure
    chosen = compiled_version(context.session, version_id).procedure
    if chosen.procedure != procedure:
        raise Missing("version_missing", version=version_id)
    return version_id, chosen


def _known_bodies(context: Context, body_ids: Collection[int]) -> list[int]:
    bodies = sorted(set(body_ids))
    if context.session.scalar(select(func.count()).select_from(Body).where(Body.id.in_(bodies))) != len(bodies):
        raise Invalid("round_body_unknown", field="body_ids")
    return bodies


def close_round(context: Context, *, round_id: int) -> None:
    """Ends the taking of nominations before or after the timetable does; cases on their way go on.

    Raises Forbidden, Missing, and Conflict where the round is closed.
    """
    row, procedure = _round(context, round_id, is_locked=True)
    _require_caller(context, procedure)
    if row.closed_at is not None:
        raise Conflict("round_closed_already", reference=row.reference)
    row.closed_at, row.closed_by = context.now, context.actor.account_id
    context.session.flush()


def nominate(
    context: Context,
    *,
    round_id: int,
    person_id: int,
    category: str,
    body_id: int | None = None,
    channel: str | None = None,
) -> Acted:
    """Opens a person's case in a round for the actor's body, as a draft.

    `body_id` says which, where the actor nominates for several. A nil return of the body is withdrawn by it, and keeps
    what it said. Raises Forbidden, Missing, Refused while the round takes none, Invalid for a person of another archive,
    and Conflict where the body has an open case of the person in the category.
    """
    row, procedure = _round(context, round_id)
    call = _called(context, row, procedure, body_id)
    require_open(context, row)
    _require_own_person(context, person_id, call.body_id)
    _require_first(context, row, call, person_id, category)
    acted = open_case(
        context,
        version_id=row.procedure_version_id,
        person_id=person_id,
        body_id=call.body_id,
        round_id=row.id,
        category=category,
        channel=channel,
    )
    nil_return = _nil_return(context, call.id)
    if nil_return is not None:
        nil_return.withdrawn_at, nil_return.withdrawn_by = context.now, context.actor.account_id
        nil_return.withdrawn_case_id = acted.case_id
        context.session.flush()
    return acted


def file_nil_return(context: Context, *, round_id: int, reason: str, body_id: int | None = None) -> int:
    """Says that the actor's body nominates nobody in a round, and why; the id of the return.

    Raises Forbidden, Missing, Invalid, Refused while the round takes no returns, and Conflict where the body has
    nominations or has filed before.
    """
    row, procedure = _round(context, round_id)
    call = _called(context, row, procedure, body_id)
    require_open(context, row)
    text = checked_reason(reason)
    nominations = context.session.scalar(
        select(func.count())
        .select_from(Case)
        .where(Case.round_id == row.id, Case.body_id == call.body_id)
        .where(Case.outcome.is_distinct_from(WITHDRAWN))
    )
    if nominations:
        raise Conflict("nil_return_with_nominations", count=nominations)
    if _nil_return(context, call.id) is not None:
        raise Conflict("nil_return_filed")
    filed = NilReturn(round_call_id=call.id, reason=text, filed_at=context.now, filed_by=context.actor.account_id)
    context.session.add(filed)
    context.session.flush()
    return filed.id


def remind_bodies(context: Context, *, round_id: int) -> int:
    """Reminds every called body that has not answered, at most once a day each; how many were reminded.

    Raises Forbidden, Missing, and Refused while the round takes no nominations.
    """
    row, procedure = _round(context, round_id)
    _require_caller(context, procedure)
    require_open(context, row)
    bodies = unanswered(context, row.id)
    return tell_bodies(context, row, procedure, bodies, template="round_reminder", occasion=context.today.isoformat())


def _round(context: Context, round_id: int, *, is_locked: bool = False) -> tuple[Round, Procedure]:
    statement = select(Round).where(Round.id == round_id)
    row = context.session.scalar(statement.with_for_update() if is_locked else statement)
    if row is None:
        raise Missing("round_missing")
    return row, compiled_version(context.session, row.procedure_version_id).procedure


def _require_caller(context: Context, procedure: Procedure) -> None:
    if not may_call(procedure, context.actor):
        raise Forbidden("round_for_callers")


def require_open(context: Context, row: Round) -> None:
    """Raises Refused with the reasons why a round takes no cases today."""
    reasons = not_open(
        today=context.today,
        opens_date=row.opens_date,
        closes_date=row.closes_date,
        is_closed=row.closed_at is not None,
    )
    if reasons:
        raise Refused(reasons)


def _called(context: Context, row: Round, procedure: Procedure, body_id: int | None) -> RoundCall:
    """The call to the actor's body, locked: a nomination and a nil return of one body wait for each other."""
    mine = bodies_nominated_for(procedure, context.actor)
    wanted = mine if body_id is None else mine & {body_id}
    calls = context.session.scalars(
        select(RoundCall)
        .where(RoundCall.round_id == row.id, RoundCall.body_id.in_(sorted(wanted)))
        .order_by(RoundCall.id)
        .with_for_update()
    ).all()
    if not calls:
        raise Forbidden("round_not_called")
    if len(calls) > 1:
        raise Invalid("round_which_body", field="body_id")
    return calls[0]


def _require_own_person(context: Context, person_id: int, body_id: int) -> None:
    """A body nominates from its own archive and from those of bodies below it; who is in no body's is open to all."""
    found = context.session.execute(select(Person.id, Person.body_id).where(Person.id == person_id)).one_or_none()
    if found is None:
        raise Missing("person_missing")
    if found.body_id in (None, body_id):
        return
    above = select(Body.id, Body.parent_id).where(Body.id == found.body_id).cte("above", recursive=True)
    above = above.union(select(Body.id, Body.parent_id).join(above, Body.id == above.c.parent_id))
    if body_id not in set(context.session.scalars(select(above.c.id))):
        # The same answer as for a person that does not exist: another body's archive is not told about.
        raise Missing("person_missing")


def _require_first(context: Context, row: Round, call: RoundCall, person_id: int, category: str) -> None:
    reference = context.session.scalar(
        select(Case.reference)
        .where(Case.round_id == row.id, Case.body_id == call.body_id, Case.person_id == person_id)
        .where(Case.category == category, Case.closed_at.is_(None))
    )
    if reference is not None:
        raise Conflict("nominated_already", reference=reference)


def _nil_return(context: Context, call_id: int) -> NilReturn | None:
    return context.session.scalar(
        select(NilReturn).where(NilReturn.round_call_id == call_id, NilReturn.withdrawn_at.is_(None))
    )
