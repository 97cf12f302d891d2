"""Whom a case waits for, and what its reader may do about who has the work: take it, give it back, hand it on."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, bindparam, func, select, type_coerce

from workflow.bodies.tables import Body, BodyRole
from workflow.cases.assigning import HEAD
from workflow.cases.tables import WorkItem
from workflow.context import Actor
from workflow.people.called import Name
from workflow.problems import Reason
from workflow.procedure.model import Procedure
from workflow.procedure.parts import Words
from workflow.store.types import instant


@dataclass(frozen=True, slots=True)
class HolderView:
    """Somebody the case waits for, since when; of work offered to a role, who has taken it."""

    role: Words
    role_key: str
    body_zh: str
    body_en: str
    account: Name | None
    since: datetime
    item_id: int
    is_taken: bool
    """Whether an account has taken what was offered to its role."""
    is_mine: bool
    may_claim: bool
    may_release: bool
    may_reassign: bool
    barred: tuple[Reason, ...] = ()
    """Why the reader, who holds the role, may not take it."""


HOLDERS = (
    select(
        WorkItem.role,
        WorkItem.account_id,
        type_coerce(WorkItem.created_at, String),
        Body.title_zh,
        Body.title_en,
        WorkItem.id,
        WorkItem.seat_id,
        WorkItem.body_role_id,
        WorkItem.offered_to,
        BodyRole.body_id,
    )
    .outerjoin(BodyRole, BodyRole.id == func.coalesce(WorkItem.body_role_id, WorkItem.offered_to))
    .outerjoin(Body, Body.id == BodyRole.body_id)
    .where(WorkItem.case_id == bindparam("case_id"), WorkItem.is_open)
    .order_by(WorkItem.id)
)


def holders_among(
    procedure: Procedure,
    rows: Iterable[Sequence[Any]],
    names: dict[int, Name],
    actor: Actor,
    barred: Callable[[str], tuple[Reason, ...]],
) -> tuple[HolderView, ...]:
    """The rows of `HOLDERS` as one reader sees them; the operations of `assigning` refuse what is not offered here.

    `barred` says why the reader may not take the work of a role.
    """
    return tuple(_holder(procedure, row, names, actor, barred) for row in rows)


def _holder(
    procedure: Procedure,
    row: Sequence[Any],
    names: dict[int, Name],
    actor: Actor,
    barred: Callable[[str], tuple[Reason, ...]],
) -> HolderView:
    role, account, since, zh, en, item, seat, body_role, offered_to, body = row
    is_mine = account is not None and account == actor.account_id
    is_head = body is not None and actor.holds(HEAD, body_id=body)
    is_open_to_all = seat is None and offered_to is None and body_role in actor.body_role_ids
    reasons = barred(role) if is_open_to_all else ()
    is_offered = seat is None and (body_role is not None or offered_to is not None)
    return HolderView(
        role=procedure.roles[role].title,
        role_key=role,
        body_zh=zh or "",
        body_en=en or "",
        account=names.get(account or 0),
        since=instant(since),
        item_id=item,
        is_taken=offered_to is not None,
        is_mine=is_mine,
        may_claim=is_open_to_all and not reasons,
        may_release=offered_to is not None and (is_mine or is_head),
        may_reassign=is_offered and (is_mine or is_head),
        barred=reasons,
    )
