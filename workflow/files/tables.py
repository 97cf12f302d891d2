"""The table of contents of files; which answer of which case they belong to stands with the answer."""

from datetime import datetime

from sqlalchemy import LargeBinary
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
