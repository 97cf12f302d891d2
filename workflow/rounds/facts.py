"""What guards may know of a case's round."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflow.cases.gathering import Gathered, fact_source, serialize_on
from workflow.cases.loading import LoadedCase
from workflow.cases.tables import Case
from workflow.rounds.tables import Round


def _iso(value: Any) -> str | None:
    return None if value is None else value.isoformat()


@fact_source("round.opens_date", "round.closes_date", "round.seats", "round.rubric")
def round_dates(session: Session, case: LoadedCase, _facts: Gathered) -> Gathered:
    row = session.execute(
        select(Round.opens_date, Round.closes_date, Round.seats, Round.rubric).where(Round.id == case.round_id)
    ).one_or_none()
    return {
        "round.opens_date": _iso(row.opens_date) if row else None,
        "round.closes_date": _iso(row.closes_date) if row else None,
        "round.seats": dict(row.seats) if row else {},
        "round.rubric": list(row.rubric) if row else [],
    }


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
