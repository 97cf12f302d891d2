"""The table of documents: what a case's steps made, kept as the very bytes whose hash stands in the record."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.store.base import Base
from workflow.store.types import Instant


class Document(Base):
    """One document in one language; written once and never changed."""

    __tablename__ = "document"

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """The event that made it."""
    template: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[str] = mapped_column(Text)
    """The whole HTML file."""
    sha256: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(Instant)
