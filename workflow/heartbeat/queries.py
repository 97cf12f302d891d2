"""Reading the scheduler's signs of life, for the page of the administrator."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from workflow.context import Context
from workflow.heartbeat.tables import Heartbeat

SILENCE = timedelta(minutes=5)
"""A job that has not ticked for so long is taken to stand still."""


@dataclass(frozen=True, slots=True)
class JobView:
    """One job of the scheduler as it was last heard of."""

    job: str
    leader: str
    ticked_at: datetime
    worked_at: datetime | None
    done: int
    error: str | None
    failed_at: datetime | None
    is_alive: bool


def jobs(context: Context) -> tuple[JobView, ...]:
    """Every job that has ever ticked, by name."""
    rows = context.session.execute(select(Heartbeat).order_by(Heartbeat.job)).scalars()
    return tuple(
        JobView(
            job=row.job,
            leader=row.leader,
            ticked_at=row.ticked_at,
            worked_at=row.worked_at,
            done=row.done,
            error=row.error,
            failed_at=row.failed_at,
            is_alive=context.now - row.ticked_at < SILENCE,
        )
        for row in rows
    )
