"""Tables of pools and their members."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.store.base import Base
from workflow.store.types import Instant


class Pool(Base):
    """A list of people kept under review, with a target size."""

    __tablename__ = "pool"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    """`leader`, `reserve`, `youth`."""
    title_zh: Mapped[str]
    title_en: Mapped[str]
    target: Mapped[int]
    """Members wanted; a vacancy is shown below it, nothing is filled by force."""


class Membership(Base):
    """A person's place on a pool from its tenure date until it is left."""

    __tablename__ = "membership"

    id: Mapped[int] = mapped_column(primary_key=True)
    pool_id: Mapped[int] = mapped_column(ForeignKey("pool.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    """The case that led here; None for members taken over from older lists."""
    tenure_from_date: Mapped[date]
    entered_at: Mapped[datetime] = mapped_column(Instant)
    left_at: Mapped[datetime | None] = mapped_column(Instant)
    left_reason: Mapped[str | None]
    """`upgraded`, `removed`, or `moved` to another list."""

    __table_args__ = (
        Index(None, "case_id"),
        Index(
            "uq_membership_open",
            "pool_id",
            "person_id",
            unique=True,
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
    )
