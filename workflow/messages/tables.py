"""Tables of the outbox: messages written with their cause, deliveries per person and channel."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.store.base import Base
from workflow.store.types import Instant, Json

UNREAD = "channel = 'in_app' AND read_at IS NULL"


class Message(Base):
    """Something to tell a role in a body or an account; spread into deliveries by the scheduler."""

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(primary_key=True)
    template: Mapped[str]
    """A key of `definitions/messages`."""
    params: Mapped[Any] = mapped_column(Json)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    body_role_id: Mapped[int | None] = mapped_column(ForeignKey("body_role.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    once_key: Mapped[str | None]
    """Two causes of the same message carry the same key; the second is not written."""
    spread_at: Mapped[datetime | None] = mapped_column(Instant)
    """When deliveries were made of it."""

    __table_args__ = (
        Index(
            "uq_message_once_key",
            "once_key",
            unique=True,
            sqlite_where=text("once_key IS NOT NULL"),
            postgresql_where=text("once_key IS NOT NULL"),
        ),
        Index(
            "ix_message_unspread",
            "id",
            sqlite_where=text("spread_at IS NULL"),
            postgresql_where=text("spread_at IS NULL"),
        ),
    )


class Delivery(Base):
    """One message to one account over one channel."""

    __tablename__ = "delivery"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    channel: Mapped[str]
    """`in_app` or `mail`."""
    status: Mapped[str]
    """`queued`, `sent` or `failed` (no further try)."""
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    read_at: Mapped[datetime | None] = mapped_column(Instant)
    error: Mapped[str | None]

    __table_args__ = (
        UniqueConstraint("message_id", "account_id", "channel"),
        Index(
            "ix_delivery_queued",
            "next_attempt_at",
            "id",
            sqlite_where=text("status = 'queued'"),
            postgresql_where=text("status = 'queued'"),
        ),
        Index("ix_delivery_account", "account_id", "channel", "id"),
        Index("ix_delivery_unread", "account_id", "id", sqlite_where=text(UNREAD), postgresql_where=text(UNREAD)),
    )
