"""Tables of rounds with the changes of their timetables, of the calls to bodies, and of nil returns."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.store.base import Base
from workflow.store.types import Instant, Json


class Round(Base):
    """A batch of cases under one procedure version, one timetable and one rubric."""

    __tablename__ = "round"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    title_zh: Mapped[str]
    title_en: Mapped[str]
    procedure_version_id: Mapped[int] = mapped_column(ForeignKey("procedure_version.id"))
    opens_date: Mapped[date]
    closes_date: Mapped[date]
    """Last day on which a nomination is taken."""
    planned: Mapped[Any] = mapped_column(Json, default=dict)
    """Planned date of the procedure's timetable → its day: {"review_by": "2026-03-20"}; one left out is not set yet."""
    seats: Mapped[Any] = mapped_column(Json)
    """Category → number: {"reserve": 15, "youth": 25}; a category left out has no limit."""
    rubric: Mapped[Any] = mapped_column(Json)
    """The one yardstick: list of {"key", "title": {"zh", "en"}, "weight", "out_of", perhaps "at_least"}; weights add up to 100."""
    opened_at: Mapped[datetime] = mapped_column(Instant)
    opened_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    """Since when no nomination is taken, whatever the timetable says."""
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class TimetableChange(Base):
    """A change of a round's timetable: what stood before stays here, with who changed it and why."""

    __tablename__ = "timetable_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    changes: Mapped[Any] = mapped_column(Json)
    """List of {"key", "from", "to"} in the order of the timetable; `from` and `to` are ISO dates, or null."""
    reason: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    changed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))


class RoundCall(Base):
    """The call to one body; it has answered with nominations, with a nil return, or not yet."""

    __tablename__ = "round_call"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"), index=True)

    __table_args__ = (UniqueConstraint("round_id", "body_id"),)


class NilReturn(Base):
    """A body's word that it nominates nobody; a later nomination corrects it, and the row says which and by whom."""

    __tablename__ = "nil_return"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_call_id: Mapped[int] = mapped_column(ForeignKey("round_call.id"))
    reason: Mapped[str] = mapped_column(Text)
    filed_at: Mapped[datetime] = mapped_column(Instant)
    filed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    withdrawn_case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))

    __table_args__ = (
        Index(
            "uq_nil_return_in_force",
            "round_call_id",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )
