"""Work that waits for a role: taken by one of its holders, given back, or handed to a colleague."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow.bodies.tables import BodyRole, RoleHolding
from workflow.cases.barring import barred_among, told_to_others
from workflow.cases.loading import load_case
from workflow.cases.operations import Acted, note_in_state
from workflow.cases.tables import WorkItem
from workflow.cases.versions import compiled_version
from workflow.context import Context
from workflow.people.called import Name, names_by_id
from workflow.people.tables import Account
from workflow.problems import Conflict, Forbidden, Invalid, Missing, Reason, Refused

HEAD = "head"
"""The role in a body whose holder hands its work from one to another."""


def claim_item(context: Context, *, item_id: int) -> Acted:
    """Takes a work item of the actor's role: it waits for the actor alone, until it is given back.

    Colleagues keep their right to act on the case; what changes is whose inbox it stands in. Raises Missing, Forbidden
    where the role is not the actor's, Conflict where somebody has it already, Refused where the rules bar the actor.
    """
    item = _open_item(context, item_id)
    if item.offered_to is not None or item.body_role_id is None:
        raise Conflict("item_taken")
    if item.body_role_id not in context.actor.body_role_ids:
        raise Forbidden("item_not_yours")
    own = context.actor.account_id
    barred = _barred(context, item, () if own is None else (own,))
    if own in barred:
        raise Refused(barred[own])
    return _hand(context, item, own, "claim")


def release_item(context: Context, *, item_id: int) -> Acted:
    """Gives a work item back to its role. Raises Missing, Forbidden unless the actor has it or heads the body."""
    item = _open_item(context, item_id)
    if item.offered_to is None:
        raise Conflict("item_not_taken")
    if item.account_id != context.actor.account_id and not _heads(context, item.offered_to):
        raise Forbidden("item_not_yours")
    return _hand(context, item, None, "release")


def reassign_item(context: Context, *, item_id: int, account_id: int, reason: str) -> Acted:
    """Hands a work item to somebody who holds its role. Only who has it, or heads the body, may; with a reason.

    Raises Missing, Forbidden, Invalid for an account that does not hold the role today or for a missing reason, Refused
    for one that the rules bar from what is waited for.
    """
    item = _open_item(context, item_id)
    role = item.offered_to if item.offered_to is not None else item.body_role_id
    if role is None:
        raise Conflict("item_taken")
    if item.account_id != context.actor.account_id and not _heads(context, role):
        raise Forbidden("item_not_yours")
    if not reason.strip():
        raise Invalid("reason_required", field="reason")
    if account_id not in holders_of(context.session, role, context.today):
        raise Invalid("account_not_eligible", field="account")
    barred = _barred(context, item, (account_id,))
    if account_id in barred:
        raise Refused(told_to_others(barred[account_id]))
    return _hand(context, item, account_id, "reassign", reason=reason.strip())


def assign_item(context: Context, item: WorkItem, account_id: int, *, data: dict[str, Any]) -> Acted:
    """Hands work that waits for a role to one of its holders, by the rules; `data` says how they were chosen."""
    return _hand(context, item, account_id, "assign", more=data)


def holders_of(session: Session, body_role_id: int, on: date) -> frozenset[int]:
    """Accounts that hold a role on a day, closed ones apart."""
    held = select(RoleHolding.account_id).join(Account, Account.id == RoleHolding.account_id).where(Account.is_active)
    held = held.where(RoleHolding.body_role_id == body_role_id, RoleHolding.from_date <= on)
    return frozenset(session.scalars(held.where(RoleHolding.to_date.is_(None) | (RoleHolding.to_date >= on))))


def _open_item(context: Context, item_id: int) -> WorkItem:
    item = context.session.scalar(select(WorkItem).where(WorkItem.id == item_id).with_for_update())
    if item is None or not item.is_open:
        raise Missing("item_missing")
    if item.seat_id is not None:
        raise Conflict("item_is_a_seat")
    return item


def _heads(context: Context, body_role_id: int) -> bool:
    body = context.session.scalar(select(BodyRole.body_id).where(BodyRole.id == body_role_id))
    return body is not None and context.actor.holds(HEAD, body_id=body)


def _hand(
    context: Context,
    item: WorkItem,
    account_id: int | None,
    action: str,
    *,
    reason: str = "",
    more: dict[str, Any] | None = None,
) -> Acted:
    role = item.offered_to if item.offered_to is not None else item.body_role_id
    item.offered_to = role if account_id is not None else None
    item.account_id = account_id
    item.body_role_id = role if account_id is None else None
    context.session.flush()
    case = load_case(context.session, item.case_id)
    data = {"item": item.id, "account": account_id, **({"reason": reason} if reason else {}), **(more or {})}
    return note_in_state(context, case=case, action=action, role=item.role, data=data)


def _barred(context: Context, item: WorkItem, accounts: Sequence[int]) -> dict[int, tuple[Reason, ...]]:
    case = load_case(context.session, item.case_id)
    return barred_among(context, compiled_version(context.session, case.version_id), case, item.role, accounts)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who holds the role of a work item, and why they cannot be given it, where the rules say so."""

    account_id: int
    name: Name
    reasons: tuple[Reason, ...] = ()


def colleagues_for(context: Context, item_id: int) -> tuple[Colleague, ...]:
    """Everybody else who holds the role of a work item. Raises as `reassign_item` does."""
    item = _open_item(context, item_id)
    role = item.offered_to if item.offered_to is not None else item.body_role_id
    if role is None:
        raise Conflict("item_taken")
    if item.account_id != context.actor.account_id and not _heads(context, role):
        raise Forbidden("item_not_yours")
    held = holders_of(context.session, role, context.today) - {item.account_id}
    rows = context.session.execute(
        select(Account.id, Account.name, Account.name_latin)
        .where(Account.id.in_(sorted(held)), Account.is_active)
        .order_by(Account.id)
    )
    names = names_by_id(rows)
    barred = _barred(context, item, tuple(names))
    return tuple(Colleague(one, name, told_to_others(barred.get(one, ()))) for one, name in names.items())


def case_of_item(context: Context, item_id: int) -> int:
    """The case of a work item that is open. Raises Missing."""
    return _open_item(context, item_id).case_id
