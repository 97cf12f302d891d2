"""Reading the cases behind a number of a report, as far as the actor may read them."""

from sqlalchemy import ColumnElement, and_, exists, select

from workflow.cases.listing import CaseList, cases_that
from workflow.cases.tables import Case, Waiver
from workflow.context import Context
from workflow.procedure.model import Procedure
from workflow.record.tables import Event
from workflow.reports.queries import has_step, reported_round
from workflow.reports.rules import milestones, stage_of, timed_stages
from workflow.rounds.rules import WITHDRAWN

WAIVED = "waived"
"""The key of the cases in which a rule was waived."""
WAITING, BODY = "waiting-", "body-"
"""Begin the keys of the cases waiting in a stage, and of the nominations of a body."""
LONGEST_NUMBER = 9
"""Digits of a body's number in a key; more would not fit the database."""


def cases_behind(context: Context, round_id: int, key: str, *, cursor: str | None = None) -> CaseList | None:
    """The cases a number counts, newest movement first; None where a report has no number of that name.

    `key` is a line of the funnel, `waived`, `waiting-STAGE` or `body-NUMBER`.
    """
    _, procedure = reported_round(context, round_id)
    condition = _condition(procedure, key)
    if condition is None:
        return None
    return cases_that(context, and_(Case.round_id == round_id, condition), cursor=cursor)


def _condition(procedure: Procedure, key: str) -> ColumnElement[bool] | None:
    if key == "nominated":
        return Case.id.is_not(None)
    if key == WAIVED:
        return exists(select(Waiver.id).where(Waiver.case_id == Case.id))
    stage = key.removeprefix(WAITING)
    if key.startswith(WAITING) and stage in timed_stages(procedure):
        return Case.state.in_([ref for ref in procedure.states if stage_of(ref) == stage])
    number = key.removeprefix(BODY)
    if key.startswith(BODY) and number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER:
        return and_(Case.body_id == int(number), Case.outcome.is_distinct_from(WITHDRAWN))
    ways = {line.key: line.ways for line in milestones(procedure)}.get(key)
    if ways is None:
        return None
    return exists(select(Event.seq).where(Event.case_id == Case.id, has_step(ways)))
