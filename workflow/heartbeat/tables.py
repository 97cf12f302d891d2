"""The table of the scheduler's jobs: who runs them, when each ran last, and what went wrong."""

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.store.base import Base
from workflow.store.types import Instant


class Heartbeat(Base):
    """The last tick of one job; the row `leader` is beaten by the process that leads."""

    __tablename__ = "heartbeat"

    job: Mapped[str] = mapped_column(primary_key=True)
    leader: Mapped[str]
    """Host and process id of who ran it."""
    ticked_at: Mapped[datetime] = mapped_column(Instant)
    worked_at: Mapped[datetime | None] = mapped_column(Instant)
    """When it last found something to do."""
    done: Mapped[int] = mapped_column(default=0)
    """How much it did then."""
    error: Mapped[str | None] = mapped_column(Text)
    """The last error; None once a tick has gone well again."""
    failed_at: Mapped[datetime | None] = mapped_column(Instant)
