"""Tables of bulk jobs: what is to be done to many cases, and what became of each."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.store.base import Base
from workflow.store.types import Instant, Json


class BulkJob(Base):
    """One thing done to many cases of one step, in the name of one account."""

    __tablename__ = "bulk_job"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    once_key: Mapped[str]
    """Sent with the command, so that what is sent twice begins once."""
    procedure_version_id: Mapped[int] = mapped_column(ForeignKey("procedure_version.id"))
    """The version the thing is called by; each case keeps to its own."""
    state: Mapped[str]
    doing: Mapped[str]
    """`act:approve` or `opinion:agree`, as `State.in_bulk` names it."""
    reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    """When nothing was left to do; None while entries wait."""
    cancelled_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        UniqueConstraint("account_id", "once_key"),
        Index(
            "ix_bulk_job_open", "id", sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL")
        ),
    )


class BulkEntry(Base):
    """One case of a job: as it was when it was looked at, and what became of it."""

    __tablename__ = "bulk_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("bulk_job.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    seen_version: Mapped[int]
    seat_id: Mapped[int | None]
    """The seat an opinion is given from."""
    outcome: Mapped[str | None]
    """`done`, `refused`, `changed` (somebody else was first), `cancelled`; None while it waits."""
    reasons: Mapped[Any] = mapped_column(Json, default=list)
    """Why not: `{code, params}` each, in the words of the refusal."""
    done_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (UniqueConstraint("job_id", "case_id"),)
