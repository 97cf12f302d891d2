"""The tables of contents of files; which answer of which case a stored one belongs to stands with the answer."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from workflow.store.base import Base
from workflow.store.types import Instant


class StoredFile(Base):
    """The bytes of a file, once for each content; written once and never changed."""

    __tablename__ = "stored_file"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int]
    stored_at: Mapped[datetime] = mapped_column(Instant)


class HeldFile(Base):
    """A file chosen for a form that is not sent yet; only its chooser sees it, and it is gone once the form is sent."""

    __tablename__ = "held_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    place: Mapped[str]
    """The form, as drafts name it."""
    field: Mapped[str]
    """The question."""
    name: Mapped[str]
    sha256: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int]
    held_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (Index(None, "account_id", "place"), Index(None, "held_at"))
