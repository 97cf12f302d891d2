"""The table of yearly reviews, one row per membership and year."""

from datetime import date

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflow.store.base import Base


class Review(Base):
    """A review planned for a year; the case is there once the scheduler has opened it."""

    __tablename__ = "review"

    id: Mapped[int] = mapped_column(primary_key=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    procedure: Mapped[str]
    """Key of the procedure that reviews; its newest version at the time of opening is run."""
    year: Mapped[int]
    opens_date: Mapped[date]
    due_date: Mapped[date]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    grade: Mapped[str | None]
    result: Mapped[str | None]
    """`retained`, `upgraded` or `removed`."""

    __table_args__ = (UniqueConstraint("membership_id", "year"), Index(None, "case_id"))
