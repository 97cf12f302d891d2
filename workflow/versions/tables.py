"""Tables of drafts of definitions, and of plans by which cases move from one version to another."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.store.base import Base
from workflow.store.types import Instant, Json


class ProcedureDraft(Base):
    """The text of a definition before it is published: its author's until somebody else publishes it."""

    __tablename__ = "procedure_draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    """The procedure's key, as far as the text says one; empty where it does not yet."""
    source: Mapped[str] = mapped_column(Text)
    """YAML, sound or not."""
    note_en: Mapped[str] = mapped_column(Text)
    note_zh: Mapped[str] = mapped_column(Text)
    """The changelog line, in both languages."""
    author_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    revision: Mapped[int]
    """Counts savings; who publishes names the one they read."""
    saved_at: Mapped[datetime] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    """When it was published or withdrawn; None while it is open."""
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    version_id: Mapped[int | None] = mapped_column(ForeignKey("procedure_version.id"))
    """The version it became; None where it was withdrawn."""

    __table_args__ = (Index(None, "key"),)


class MigrationPlan(Base):
    """How cases of one version go on by another: written once, named by every move made by it."""

    __tablename__ = "migration_plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    from_version_id: Mapped[int] = mapped_column(ForeignKey("procedure_version.id"))
    to_version_id: Mapped[int] = mapped_column(ForeignKey("procedure_version.id"))
    states: Mapped[Any] = mapped_column(Json)
    """State of the old version → state of the new; cases in others stay with their version."""
    reopened: Mapped[Any] = mapped_column(Json)
    """States of the new version whose panel is asked anew instead of going on."""
    fields: Mapped[Any] = mapped_column(Json)
    """Answers that stand under another name now: `form.field` → `form.field`."""
    made_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime] = mapped_column(Instant)
    reverts_id: Mapped[int | None] = mapped_column(ForeignKey("migration_plan.id"))
    """The plan this one takes back."""

    __table_args__ = (Index(None, "to_version_id"), Index(None, "from_version_id"))
