"""Tables of public notices and the objections they draw."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.store.base import Base
from workflow.store.types import Instant


class PublicNotice(Base):
    """A notice with its computed end and the calendar that computed it."""

    __tablename__ = "public_notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    state: Mapped[str]
    starts_date: Mapped[date]
    ends_date: Mapped[date]
    """Last day of the notice, included."""
    working_days: Mapped[int]
    calendar_version: Mapped[str]
    is_provisional: Mapped[bool]
    """True while the end lies in a year whose notice of days off is not out."""
    paused_at: Mapped[datetime | None] = mapped_column(Instant)
    days_left: Mapped[int | None]
    """Working days still to run, while paused."""
    ended_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (Index(None, "case_id"),)


class Objection(Base):
    """What somebody objected during a notice; the complainant is sealed from everybody but the receiver's role."""

    __tablename__ = "objection"

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("public_notice.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    complainant: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(Instant)
    received_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
