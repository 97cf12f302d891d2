"""The deliverer's side of the outbox: claims what is to be mailed and notes how it went."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from workflow.messages.rules import CLAIM_FOR, UNREACHABLE_FOR, next_attempt
from workflow.messages.tables import Delivery, Message
from workflow.people.tables import Account

LONGEST_ERROR = 500


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery this process is to make now, with what it takes to write the mail."""

    delivery_id: int
    message_id: int
    account_id: int
    email: str
    locale: str
    template: str
    params: dict[str, Any]
    case_id: int | None
    created_at: datetime
    attempts: int


_DUE = (
    select(Delivery.id)
    .where(Delivery.status == "queued", Delivery.channel == "mail", Delivery.next_attempt_at <= bindparam("now"))
    .order_by(Delivery.next_attempt_at, Delivery.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)


def claim_deliveries(session: Session, now: datetime, limit: int) -> tuple[Claimed, ...]:
    """The next deliveries, oldest first, for this process alone: nobody else is given them until the claim runs out.

    Commit before sending. On SQLite the session must be one for writing.
    """
    ids = session.scalars(_DUE, {"now": now, "limit": limit}).all()
    if not ids:
        return ()
    claim = update(Delivery).where(Delivery.id.in_(ids))
    session.execute(claim.values(next_attempt_at=now + CLAIM_FOR, attempts=Delivery.attempts + 1))
    rows = session.execute(
        select(
            Delivery.id,
            Delivery.message_id,
            Delivery.account_id,
            Account.email,
            Account.locale,
            Message.template,
            Message.params,
            Message.case_id,
            Message.created_at,
            Delivery.attempts,
        )
        .join(Message, Message.id == Delivery.message_id)
        .join(Account, Account.id == Delivery.account_id)
        .where(Delivery.id.in_(ids))
        .order_by(Delivery.id)
    )
    return tuple(Claimed(*row) for row in rows)


def record_sent(session: Session, delivery_id: int, now: datetime) -> None:
    """The mail server has taken it."""
    sent = update(Delivery).where(Delivery.id == delivery_id, Delivery.status == "queued")
    session.execute(sent.values(status="sent", sent_at=now, next_attempt_at=None, error=None))


def record_failure(session: Session, claimed: Claimed, now: datetime, error: str, *, is_permanent: bool) -> None:
    """It was not taken: tried again later, or given up after the last attempt or a permanent refusal."""
    again = None if is_permanent else next_attempt(claimed.attempts, now)
    failed = update(Delivery).where(Delivery.id == claimed.delivery_id, Delivery.status == "queued")
    status = "failed" if again is None else "queued"
    session.execute(failed.values(status=status, next_attempt_at=again, error=error[:LONGEST_ERROR]))


def record_unreachable(session: Session, delivery_ids: Collection[int], now: datetime, error: str) -> None:
    """The mail server did not answer: nothing is given up for it, however long it lasts."""
    waiting = update(Delivery).where(Delivery.id.in_(delivery_ids), Delivery.status == "queued")
    session.execute(
        waiting.values(
            attempts=Delivery.attempts - 1, next_attempt_at=now + UNREACHABLE_FOR, error=error[:LONGEST_ERROR]
        )
    )
