"""What guards and choices may know of the panels of a case."""

import json
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflow.cases.gathering import Gathered, fact_family, one_fact
from workflow.cases.loading import LoadedCase
from workflow.engine.tally import placed
from workflow.panels.rules import weighted_score
from workflow.panels.tables import Panel, Seat
from workflow.record.tables import Event


@fact_family("votes")
def votes(session: Session, case: LoadedCase, _facts: Gathered, rest: str) -> int:
    """How many gave an opinion when the panel of a state was last settled; 0 where it never was."""
    state, _, opinion = rest.rpartition(".")
    counted = select(func.count(Seat.id)).where(
        Seat.panel_id == _settled(session, case, state), Seat.opinion == opinion
    )
    return int(session.scalar(counted) or 0)


def _settled(session: Session, case: LoadedCase, state: str) -> int | None:
    """The panel of a state that was settled last."""
    settled = select(func.max(Panel.id)).where(Panel.case_id == case.id, Panel.state == state)
    return session.scalar(settled.where(Panel.outcome.is_not(None)))


@fact_family("scores")
def scores(session: Session, case: LoadedCase, facts: Gathered, rest: str) -> str | None:
    """The mean of the weighted totals of a panel that scored, with two decimals; None where nobody gave points."""
    rows = session.scalars(select(Seat.scores).where(Seat.panel_id == _settled(session, case, rest)))
    rubric = one_fact(session, case, facts, "round.rubric")
    totals = [Decimal(str(weighted_score(rubric, given))) for given in rows if given]
    if not totals:
        return None
    return str((sum(totals, Decimal()) / len(totals)).quantize(Decimal("0.01"), ROUND_HALF_UP))


@fact_family("tally")
def tally(session: Session, case: LoadedCase, facts: Gathered, rest: str) -> int:
    """How many candidates stood, shared the first place or the last, when the panel of a state was settled last."""
    state, _, wanted = rest.rpartition(".")
    now_state, now = facts.get("tally.now", ("", None))
    votes = now if now_state == state and now is not None else _kept_tally(session, case, state)
    return len(votes) if wanted == "candidates" else len(placed(votes, wanted))


def _kept_tally(session: Session, case: LoadedCase, state: str) -> dict[str, int]:
    left = select(Event.data).where(Event.case_id == case.id, Event.from_state == state).order_by(Event.seq.desc())
    kept = (json.loads(data).get("tally") for data in session.scalars(left))
    return next((votes for votes in kept if votes is not None), {})
