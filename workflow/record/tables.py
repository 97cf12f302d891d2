"""The table of events: written once, never changed, each line carrying the hash of the one before."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.store.base import Base
from workflow.store.types import Instant


class Event(Base):
    """One line of a case's record. `data` and `facts` are canonical JSON text, kept as the bytes that were hashed."""

    __tablename__ = "event"

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """1, 2, 3 … without gaps within the case."""
    at: Mapped[datetime] = mapped_column(Instant)
    actor_id: Mapped[int | None]
    """The account; None when the clock acted."""
    role: Mapped[str | None]
    """The procedure's role the actor acted in."""
    action: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    procedure_digest: Mapped[str]
    command_key: Mapped[str | None]
    data: Mapped[str] = mapped_column(Text)
    facts: Mapped[str] = mapped_column(Text)
    previous_hash: Mapped[str]
    hash: Mapped[str]

    __table_args__ = (
        Index(
            "uq_event_command_key",
            "case_id",
            "command_key",
            unique=True,
            sqlite_where=text("command_key IS NOT NULL"),
            postgresql_where=text("command_key IS NOT NULL"),
        ),
        # The row lives in its key's tree: one page to write instead of two, and a case's lines stand together.
        {"sqlite_with_rowid": False},
    )
