"""Writing messages with their cause, spreading them to people, and noting what became of each delivery."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, func, insert, literal, null, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from workflow.bodies.tables import RoleHolding
from workflow.context import Context
from workflow.messages.tables import Delivery, Message
from workflow.people.tables import Account
from workflow.problems import Conflict, Forbidden, Missing
from workflow.store.database import engine_of
from workflow.store.types import Instant, instant_text

SPREAD_AT_ONCE = 500
DELIVERY_COLUMNS = ("message_id", "account_id", "channel", "status", "attempts", "next_attempt_at", "sent_at")


def write_message(
    context: Context,
    *,
    template: str,
    params: Mapping[str, Any],
    case_id: int | None,
    body_role_id: int | None = None,
    account_id: int | None = None,
    once_key: str | None = None,
) -> int | None:
    """Writes a message to a role in a body or to an account; its id, or None where `once_key` was used before.

    Moments and dates among the values are kept as texts; name them `…_at` and `…_date` so that they are read as such.
    """
    if (body_role_id is None) == (account_id is None):
        raise ValueError("a message goes to a body role or to an account")
    dialect = postgresql if engine_of(context.session).dialect.name == "postgresql" else sqlite
    statement = dialect.insert(Message).values(
        template=template,
        params={name: _storable(value) for name, value in params.items()},
        case_id=case_id,
        body_role_id=body_role_id,
        account_id=account_id,
        created_at=context.now,
        once_key=once_key,
    )
    written: int | None = context.session.scalar(statement.on_conflict_do_nothing().returning(Message.id))
    return written


def _storable(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant_text(value)
    return value.isoformat() if isinstance(value, date) else value


def spread(context: Context, *, is_mailing: bool = True, limit: int = SPREAD_AT_ONCE) -> int:
    """Makes deliveries of the oldest messages that have none, and returns of how many messages.

    A message to a role goes to everybody who holds it that day. In the application it is there at once; mail is queued
    for accounts with an address, where the installation sends mail.
    """
    session = context.session
    oldest = select(Message.id).where(Message.spread_at.is_(None)).order_by(Message.id).limit(limit)
    ids = session.scalars(oldest.with_for_update(skip_locked=True)).all()
    if not ids:
        return 0
    in_app = _recipients(context, ids, channel="in_app", status="sent")
    session.execute(insert(Delivery).from_select(DELIVERY_COLUMNS, in_app))
    if is_mailing:
        mail = _recipients(context, ids, channel="mail", status="queued").where(Account.email != "")
        session.execute(insert(Delivery).from_select(DELIVERY_COLUMNS, mail))
    session.execute(update(Message).where(Message.id.in_(ids)).values(spread_at=context.now))
    return len(ids)


def _recipients(
    context: Context, ids: Sequence[int], *, channel: str, status: str
) -> Select[int, int, str, str, int, datetime | None, datetime | None]:
    """A delivery for each account a message is for: named itself, or holding the role today."""
    today, moment = context.today, literal(context.now, Instant())
    is_sent = status == "sent"
    holding = and_(
        RoleHolding.body_role_id == Message.body_role_id,
        RoleHolding.from_date <= today,
        or_(RoleHolding.to_date.is_(None), RoleHolding.to_date >= today),
    )
    empty = null().cast(Instant())
    return (
        select(
            Message.id,
            Account.id,
            literal(channel),
            literal(status),
            literal(0),
            empty if is_sent else moment,
            moment if is_sent else empty,
        )
        .select_from(Message)
        .outerjoin(RoleHolding, holding)
        .join(Account, Account.id == func.coalesce(RoleHolding.account_id, Message.account_id))
        .where(Message.id.in_(ids), Account.is_active)
        .distinct()
        .order_by(Message.id, Account.id)
    )


def mark_read(context: Context, *, up_to: int | None = None, delivery_id: int | None = None) -> int:
    """Marks the actor's notifications read: one, or all up to one (the newest the page showed); returns how many."""
    if (up_to is None) == (delivery_id is None):
        raise ValueError("one notification, or all up to one")
    statement = (
        update(Delivery)
        .where(
            Delivery.account_id == context.actor.account_id, Delivery.channel == "in_app", Delivery.read_at.is_(None)
        )
        .where(Delivery.id == delivery_id if up_to is None else Delivery.id <= up_to)
    )
    return len(context.session.scalars(statement.values(read_at=context.now).returning(Delivery.id)).all())


def retry_failed(context: Context, *, delivery_id: int) -> None:
    """Queues a failed delivery anew, with all its attempts before it.

    Raises Forbidden for anybody but an administrator, Missing, and Conflict where the delivery has not failed.
    """
    if not context.actor.is_administrator:
        raise Forbidden("delivery_for_administrators")
    delivery = context.session.get(Delivery, delivery_id)
    if delivery is None:
        raise Missing("delivery_missing", delivery=delivery_id)
    changed = context.session.scalar(
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.status == "failed")
        .values(status="queued", attempts=0, next_attempt_at=context.now)
        .returning(Delivery.id)
    )
    if changed is None:
        raise Conflict("delivery_not_failed", status=delivery.status)
