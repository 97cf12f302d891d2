"""Writing the scheduler's signs of life."""

from datetime import datetime

from sqlalchemy.orm import Session

from workflow.heartbeat.tables import Heartbeat

LONGEST_ERROR = 500


def beat(session: Session, *, job: str, leader: str, now: datetime, done: int = 0, error: str | None = None) -> None:
    """Notes a tick of a job: how much it did, or the error it ended with."""
    row = session.get(Heartbeat, job)
    if row is None:
        row = Heartbeat(job=job)
        session.add(row)
    row.leader, row.ticked_at = leader, now
    row.error = error[:LONGEST_ERROR] if error else None
    if error:
        row.failed_at = now
    if done:
        row.worked_at, row.done = now, done
    session.flush()
