"""What guards may know of a case's round."""

import json
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session

from workflow.cases.gathering import Gathered, fact_family, fact_source, iso_text
from workflow.cases.loading import LoadedCase
from workflow.cases.tables import Case, CaseForm
from workflow.cases.versions import compiled_version
from workflow.rounds.rules import rubric_of
from workflow.rounds.tables import Round
from workflow.store.hot import Hot
from workflow.store.serializing import serialize_on

_ROUND = Hot(
    select(Round.opens_date, Round.closes_date, Round.closed_at, Round.seats, Round.rubric).where(
        Round.id == bindparam("round_id")
    )
)

_WITHOUT_ROUND: Gathered = {
    "round.opens_date": None,
    "round.closes_date": None,
    "round.is_closed": False,
    "round.seats": {},
}


@fact_source("round.opens_date", "round.closes_date", "round.is_closed", "round.seats", "round.rubric")
def round_dates(session: Session, case: LoadedCase, _facts: Gathered) -> Gathered:
    if case.round_id is None:
        return {**_WITHOUT_ROUND, "round.rubric": rubric_of(compiled_version(session, case.version_id).procedure)}
    opens, closes, closed_at, seats, rubric = _ROUND.one(session, {"round_id": case.round_id})
    return {
        "round.opens_date": iso_text(opens),
        "round.closes_date": iso_text(closes),
        "round.is_closed": closed_at is not None,
        "round.seats": json.loads(seats),
        "round.rubric": json.loads(rubric),
    }


_PLANNED = Hot(select(Round.planned).where(Round.id == bindparam("round_id")))


@fact_family("round")
def planned_date(session: Session, case: LoadedCase, _facts: Gathered, rest: str) -> str | None:
    """A planned date of the round's timetable; None where none is set."""
    if case.round_id is None:
        return None
    found: str | None = json.loads(_PLANNED.one(session, {"round_id": case.round_id})[0]).get(rest)
    return found


@fact_source("round.states")
def round_states(session: Session, case: LoadedCase, _facts: Gathered) -> Gathered:
    serialize_on(session, f"round-states:{case.round_id}:{case.category}")
    rows = session.execute(
        select(Case.category, Case.state, func.count().label("n"))
        .where(Case.round_id == case.round_id, Case.category == case.category, Case.id != case.id)
        .group_by(Case.category, Case.state)
    )
    states: dict[str, dict[str, int]] = {}
    for row in rows:
        states.setdefault(row.category or "", {})[row.state] = row.n
    return {"round.states": states}


@fact_family("rank")
def rank(session: Session, case: LoadedCase, _facts: Gathered, rest: str) -> int | None:
    """The place of a case by a number of its forms; whoever decides by it waits for others who do."""
    serialize_on(
        session, f"round-states:{case.round_id}:{case.category}:{case.parent_id if case.round_id is None else ''}"
    )
    form, _, key = rest.partition(".")
    if case.round_id is not None:
        peers = and_(Case.round_id == case.round_id, Case.category == case.category)
    else:
        peers = Case.parent_id == case.parent_id
    rows = session.execute(
        select(CaseForm.case_id, CaseForm.values)
        .join(Case, Case.id == CaseForm.case_id)
        .where(CaseForm.form == form, peers, Case.closed_at.is_(None))
        .order_by(CaseForm.id)
    )
    answers: dict[int, Any] = {case_id: values.get(key) for case_id, values in rows}
    marks = {case_id: Decimal(str(answer)) for case_id, answer in answers.items() if answer is not None}
    mine = marks.get(case.id)
    return None if mine is None else 1 + sum(mark > mine for mark in marks.values())
