"""Tables of panels: the question, the seats, and the opinion given from each."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.store.base import Base
from workflow.store.types import Instant, Json


class Panel(Base):
    """One asking of a panel state; a case that returns to the state asks anew in a new row."""

    __tablename__ = "panel"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    state: Mapped[str]
    opened_seq: Mapped[int]
    opened_at: Mapped[datetime] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    outcome: Mapped[str | None]
    explanation: Mapped[Any | None] = mapped_column(Json)

    __table_args__ = (Index(None, "case_id", "state"),)


class Seat(Base):
    """One place in a panel, held by a role in a body or by an account, with the opinion given from it."""

    __tablename__ = "seat"

    id: Mapped[int] = mapped_column(primary_key=True)
    panel_id: Mapped[int] = mapped_column(ForeignKey("panel.id"), index=True)
    role: Mapped[str]
    body_role_id: Mapped[int | None] = mapped_column(ForeignKey("body_role.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    attendance: Mapped[str | None]
    """`present`, `absent` or `recused` where the panel sits as a meeting."""
    opinion: Mapped[str | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    scores: Mapped[Any | None] = mapped_column(Json)
    """Rubric item → points, where the panel scores."""
    given_at: Mapped[datetime | None] = mapped_column(Instant)
    given_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
