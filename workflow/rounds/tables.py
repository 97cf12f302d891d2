"""Tables of rounds and of the calls to bodies with what each returned."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Text, UniqueConstraint
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
    seats: Mapped[Any] = mapped_column(Json)
    """Category → number: {"reserve": 15, "youth": 25}."""
    rubric: Mapped[Any] = mapped_column(Json)
    """The one yardstick: list of {"key", "title": {"zh", "en"}, "weight", "out_of"}; weights add up to 100."""
    opened_at: Mapped[datetime] = mapped_column(Instant)
    opened_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    closed_at: Mapped[datetime | None] = mapped_column(Instant)


class RoundCall(Base):
    """The call to one body and its answer: nominated, nil return, or nothing yet."""

    __tablename__ = "round_call"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"), index=True)
    nil_return_at: Mapped[datetime | None] = mapped_column(Instant)
    nil_return_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    nil_return_reason: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (UniqueConstraint("round_id", "body_id"),)
