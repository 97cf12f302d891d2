"""Table of the years whose notice of days off has been entered by hand."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflow.store.base import Base
from workflow.store.types import Instant, Json


class CalendarYear(Base):
    """One version of one year's notice; the newest version of a year counts."""

    __tablename__ = "calendar_year"

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    version: Mapped[int]
    days_off: Mapped[Any] = mapped_column(Json)
    """ISO dates off beside ordinary weekends."""
    working_weekend_days: Mapped[Any] = mapped_column(Json)
    """ISO dates of weekends worked instead."""
    source: Mapped[str]
    entered_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (UniqueConstraint("year", "version"),)
