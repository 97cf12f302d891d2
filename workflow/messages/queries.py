"""Reading the outbox: a person's notifications, and the ledger of what was sent to whom."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, literal, or_, select, text
from sqlalchemy.orm import Session

from workflow.context import Context
from workflow.messages.tables import UNREAD, Delivery, Message
from workflow.people.called import Name
from workflow.people.tables import Account
from workflow.store.hot import Hot
from workflow.store.types import instant_text

MOST_UNREAD = 99
PAGE = 20


@dataclass(frozen=True, slots=True)
class NotificationView:
    """A message as its reader has it in the application."""

    delivery_id: int
    template: str
    params: dict[str, Any]
    case_id: int | None
    created_at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One delivery, or a message that has none.

    `status` is that of the delivery, `waiting` for a message not yet spread, `nobody` for one that found nobody in its role.
    """

    message_id: int
    delivery_id: int
    """0 where there is no delivery."""
    template: str
    params: dict[str, Any]
    case_id: int | None
    created_at: datetime
    account_id: int | None
    account_name: Name | None
    channel: str | None
    status: str
    attempts: int
    next_attempt_at: datetime | None
    sent_at: datetime | None
    read_at: datetime | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Outbox:
    """Mail that is not yet out."""

    waiting: int
    oldest_at: datetime | None
    """When the message that waits longest was written."""
    failed: int


_UNREAD = Hot(
    select(func.count()).select_from(
        select(literal(1))
        # As the index says it: a condition with a value of its own would not be known to be the index's.
        .where(Delivery.account_id == bindparam("account"), text(UNREAD))
        .limit(MOST_UNREAD + 1)
        .subquery()
    )
)
_NOTIFICATIONS = (
    select(Delivery.id, Message.template, Message.params, Message.case_id, Message.created_at, Delivery.read_at)
    .join(Message, Message.id == Delivery.message_id)
    .where(Delivery.account_id == bindparam("account"), Delivery.channel == "in_app", Delivery.id < bindparam("before"))
    .order_by(Delivery.id.desc())
    .limit(bindparam("limit"))
)
_UNREAD_NOTIFICATIONS = _NOTIFICATIONS.where(Delivery.read_at.is_(None))
_NEWEST = 2**31 - 1


def unread_count(context: Context) -> int:
    """How many notifications the actor has not read; anything above 99 is said as 100."""
    return int(_UNREAD.one(context.session, {"account": context.actor.account_id})[0])


def outbox(context: Context) -> Outbox:
    """How much mail waits, since when, and how much was given up. Access is for the caller to decide."""
    is_waiting = Delivery.status == "queued"
    row = context.session.execute(
        select(
            func.count().filter(is_waiting).label("waiting"),
            func.min(Message.created_at).filter(is_waiting).label("oldest_at"),
            func.count().filter(Delivery.status == "failed").label("failed"),
        )
        .join(Message, Message.id == Delivery.message_id)
        .where(Delivery.channel == "mail", Delivery.status != "sent")
    ).one()
    return Outbox(row.waiting, row.oldest_at, row.failed)


def notifications(
    context: Context, *, before: int | None = None, limit: int = PAGE, is_unread_only: bool = False
) -> tuple[NotificationView, ...]:
    """The actor's notifications, newest first; `before` is the last delivery of the page before."""
    given = {
        "account": context.actor.account_id,
        "before": min(max(before or _NEWEST, 0), _NEWEST),
        "limit": limit,
    }
    statement = _UNREAD_NOTIFICATIONS if is_unread_only else _NOTIFICATIONS
    return tuple(NotificationView(*row) for row in context.session.execute(statement, given))


def notifications_of_case(context: Context, case_id: int, *, limit: int = 50) -> tuple[NotificationView, ...]:
    """What the actor was told about one case, newest first."""
    given = {"account": context.actor.account_id, "before": _NEWEST, "limit": limit}
    statement = _NOTIFICATIONS.where(Message.case_id == case_id)
    return tuple(NotificationView(*row) for row in context.session.execute(statement, given))


def ledger(
    context: Context,
    *,
    template: str | None = None,
    status: str | None = None,
    account_id: int | None = None,
    case_id: int | None = None,
    before: tuple[int, int] | None = None,
    limit: int = PAGE,
) -> tuple[LedgerLine, ...]:
    """What was sent to whom, when, and what failed, newest first; `before` is (message, delivery) of the last line shown.

    Access is for the caller to decide: the ledger shows everybody's messages.
    """
    statement = _lines().order_by(Message.id.desc(), Delivery.id.desc()).limit(limit)
    if template:
        statement = statement.where(Message.template == template)
    if account_id:
        statement = statement.where(Delivery.account_id == account_id)
    if case_id:
        statement = statement.where(Message.case_id == case_id)
    if status:
        statement = statement.where(_has_status(status))
    if before:
        same = and_(Message.id == before[0], Delivery.id < before[1])
        statement = statement.where(or_(Message.id < before[0], same))
    return tuple(_line(row) for row in context.session.execute(statement))


def _lines() -> Select[Message, Delivery, str, str]:
    return (
        select(Message, Delivery, Account.name, Account.name_latin)
        .outerjoin(Delivery, Delivery.message_id == Message.id)
        .outerjoin(Account, Account.id == Delivery.account_id)
    )


def _has_status(status: str) -> Any:
    if status == "waiting":
        return Message.spread_at.is_(None)
    if status == "nobody":
        return and_(Message.spread_at.is_not(None), Delivery.id.is_(None))
    return Delivery.status == status


def _line(row: Any) -> LedgerLine:
    message, delivery, name, latin = row
    return LedgerLine(
        message_id=message.id,
        delivery_id=delivery.id if delivery else 0,
        template=message.template,
        params=message.params,
        case_id=message.case_id,
        created_at=message.created_at,
        account_id=delivery.account_id if delivery else message.account_id,
        account_name=Name(name, latin) if name else None,
        channel=delivery.channel if delivery else None,
        status=delivery.status if delivery else "nobody" if message.spread_at else "waiting",
        attempts=delivery.attempts if delivery else 0,
        next_attempt_at=delivery.next_attempt_at if delivery else None,
        sent_at=delivery.sent_at if delivery else None,
        read_at=delivery.read_at if delivery else None,
        error=delivery.error if delivery else None,
    )


def proof_of_sending(
    session: Session, case_id: int, body_role_id: int | None, account_id: int | None
) -> list[dict[str, Any]]:
    """Every delivery of what a role or an account was asked in a case: to whom, how and when it went out."""
    whom = Message.account_id == account_id if account_id is not None else Message.body_role_id == body_role_id
    rows = session.execute(
        select(Delivery.id, Delivery.account_id, Delivery.channel, Delivery.status, Delivery.sent_at, Message.template)
        .join(Message, Message.id == Delivery.message_id)
        .where(Message.case_id == case_id, whom)
        .order_by(Delivery.id)
    )
    return [
        {
            "delivery": row.id,
            "account": row.account_id,
            "channel": row.channel,
            "status": row.status,
            "sent_at": instant_text(row.sent_at) if row.sent_at else None,
            "template": row.template,
        }
        for row in rows
    ]
