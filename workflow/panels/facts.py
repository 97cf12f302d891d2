"""What guards and choices may know of the panels of a case."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflow.cases.gathering import Gathered, fact_family
from workflow.cases.loading import LoadedCase
from workflow.panels.tables import Panel, Seat


@fact_family("votes")
def votes(session: Session, case: LoadedCase, _facts: Gathered, rest: str) -> int:
    """How many gave an opinion when the panel of a state was last settled; 0 where it never was."""
    stage, state, opinion = rest.split(".")
    settled = select(func.max(Panel.id)).where(Panel.case_id == case.id, Panel.state == f"{stage}.{state}")
    panel_id = session.scalar(settled.where(Panel.outcome.is_not(None)))
    counted = select(func.count(Seat.id)).where(Seat.panel_id == panel_id, Seat.opinion == opinion)
    return int(session.scalar(counted) or 0)
